//! What the encryption of a document lets its reader do (ISO 32000-2, 7.6.4.2).

/// Something that the author of an encrypted document may have forbidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Permission {
    /// Print, perhaps in a coarse form only.
    Print,
    /// Print so faithfully that the print is as good as the document.
    PrintFaithfully,
    /// Change the content by other means than those named here.
    Modify,
    /// Copy text and graphics.
    Copy,
    /// Add and change annotations.
    Annotate,
    /// Fill in fields that are there; sign a signature field that is there.
    FillFields,
    /// Create and change fields, signature fields included.
    CreateFields,
    /// Insert, rotate or delete pages; create outlines.
    Assemble,
}

/// As whom a password opened a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OpenedAs {
    /// Its owner, who may do everything. Where owner and user have the same password, whoever knows it is both.
    Owner,
    /// A user, who may do what the permissions allow.
    User,
}

/// What whoever opened an encrypted document may do: `/P` of the encryption dictionary, and whose password was given.
///
/// No cipher enforces these bits. A program that respects the author's wish asks [`Permissions::allows`] before it
/// changes the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Permissions {
    bits: u32,
    opened_as: OpenedAs,
    layout: Layout,
}

/// Which bits there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Layout {
    /// Revision 2 of the standard security handler: bits 3 to 6 say everything.
    Four,
    /// Revision 3 and later: bits 9, 11 and 12 grant parts of what bits 3 to 6 may have withheld.
    Seven,
}

impl Permissions {
    pub(crate) fn new(bits: u32, opened_as: OpenedAs, layout: Layout) -> Self {
        Self { bits, opened_as, layout }
    }

    /// Whose password was given.
    #[must_use]
    pub fn opened_as(&self) -> OpenedAs {
        self.opened_as
    }

    /// `/P` as it stands in the file, as 32 bits; bit 1 of the standard is the lowest.
    #[must_use]
    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// Whether the person who opened the document may do this. Owners may do everything.
    #[must_use]
    pub fn allows(&self, permission: Permission) -> bool {
        self.opened_as == OpenedAs::Owner || self.users_may(permission)
    }

    /// Whether `/P` grants this to users (table 22).
    #[must_use]
    pub fn users_may(&self, permission: Permission) -> bool {
        // In revision 2 the finer bits do not exist: the coarser one decides.
        let finer = |position: u32| self.layout == Layout::Seven && self.has(position);
        match permission {
            Permission::Print => self.has(3),
            Permission::PrintFaithfully => self.has(3) && (self.layout == Layout::Four || self.has(12)),
            Permission::Modify => self.has(4),
            Permission::Copy => self.has(5),
            Permission::Annotate => self.has(6),
            Permission::FillFields => self.has(6) || finer(9),
            Permission::CreateFields => self.has(4) && self.has(6),
            Permission::Assemble => self.has(4) || finer(11),
        }
    }

    /// A bit, counted from 1 as the standard does.
    fn has(self, position: u32) -> bool {
        self.bits >> (position - 1) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(positions: &[u32], layout: Layout) -> Permissions {
        let bits = positions.iter().map(|position| 1 << (position - 1)).sum();
        Permissions::new(bits, OpenedAs::User, layout)
    }

    #[test]
    fn each_bit_grants_what_the_table_says() {
        use Permission::*;
        let all = [Print, PrintFaithfully, Modify, Copy, Annotate, FillFields, CreateFields, Assemble];
        let rows: [(&[u32], &[Permission]); 9] = [
            (&[], &[]),
            (&[3], &[Print]),
            (&[3, 12], &[Print, PrintFaithfully]),
            (&[12], &[]),
            (&[4], &[Modify, Assemble]),
            (&[5], &[Copy]),
            (&[6], &[Annotate, FillFields]),
            (&[4, 6], &[Modify, Annotate, FillFields, CreateFields, Assemble]),
            (&[9, 11], &[FillFields, Assemble]),
        ];
        for (positions, granted) in rows {
            let permissions = user(positions, Layout::Seven);
            let found: Vec<Permission> =
                all.into_iter().filter(|permission| permissions.allows(*permission)).collect();
            assert_eq!(found, granted, "{positions:?}");
            let owner = Permissions { opened_as: OpenedAs::Owner, ..permissions };
            assert!(all.into_iter().all(|permission| owner.allows(permission)));
        }
    }

    #[test]
    fn revision_2_knows_the_coarse_bits_only() {
        let fine = user(&[9, 11, 12], Layout::Four);
        assert!(!fine.allows(Permission::FillFields) && !fine.allows(Permission::Assemble));
        assert!(user(&[3], Layout::Four).allows(Permission::PrintFaithfully));
    }
}
