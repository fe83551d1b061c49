//! Which certificates and which reasons a CRL covers (RFC 5280 §5.2.5, §6.3.3 (b)).

use chancery_certificate::asn1::{Asn1Error, Element, Reader, tag};
use chancery_certificate::{Certificate, DistributionPoint, GeneralName, Name, asn1};

use crate::revocation::crl_error::RevocationListError;

/// Reasons for a revocation as bits, bit 0 of `ReasonFlags` highest.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reasons(pub(crate) u16);

impl Reasons {
    pub(crate) const NONE: Self = Self(0);
    /// keyCompromise (1) to aACompromise (8); bit 0 is unused (RFC 5280 §4.2.1.13).
    pub(crate) const ALL: Self = Self(0x7f80);

    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn within(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether certificateHold (6) is covered.
    pub(crate) fn include_hold(self) -> bool {
        self.0 & 0x0200 != 0
    }

    /// Whether every reason is covered.
    pub(crate) fn are_all(self) -> bool {
        self.within(Self::ALL) == Self::ALL
    }
}

/// What a list says of its own coverage.
///
/// ```text
/// IssuingDistributionPoint ::= SEQUENCE {
///     distributionPoint          [0] DistributionPointName OPTIONAL,
///     onlyContainsUserCerts      [1] BOOLEAN DEFAULT FALSE,
///     onlyContainsCACerts        [2] BOOLEAN DEFAULT FALSE,
///     onlySomeReasons            [3] ReasonFlags OPTIONAL,
///     indirectCRL                [4] BOOLEAN DEFAULT FALSE,
///     onlyContainsAttributeCerts [5] BOOLEAN DEFAULT FALSE }
/// ```
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    /// Names of the distribution point; `None`: any.
    point: Option<Vec<GeneralName>>,
    kinds: Kinds,
    reasons: Reasons,
    pub(crate) entries: EntriesOf,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Kinds {
    All,
    User,
    Authority,
    Attribute,
}

/// Whose certificates the entries of a list may be.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum EntriesOf {
    /// The issuer of the list.
    TheIssuer,
    /// Anybody that an entry names (an indirect list).
    Others,
}

impl Scope {
    /// The scope of a list without the extension.
    pub(crate) fn everything() -> Self {
        Self { point: None, kinds: Kinds::All, reasons: Reasons::ALL, entries: EntriesOf::TheIssuer }
    }

    /// Reads the extension of a list of this issuer.
    pub(crate) fn read(value: &[u8], issuer: &Name) -> Result<Self, RevocationListError> {
        let sequence = Element::only(value, tag::SEQUENCE)?;
        let mut fields = sequence.reader();
        let mut scope = Self::everything();
        if let Some(point) = fields.optional(tag::constructed(0))? {
            let (full, relative) = DistributionPoint::read_name(point.reader())?;
            scope.point = Some(names(full, relative.as_deref(), issuer)?);
        }
        let mut kinds = Vec::new();
        if flag(&mut fields, 1)? {
            kinds.push(Kinds::User);
        }
        if flag(&mut fields, 2)? {
            kinds.push(Kinds::Authority);
        }
        if let Some(reasons) = fields.optional(tag::primitive(3))? {
            scope.reasons = Reasons(reasons.named_bits()?);
        }
        if flag(&mut fields, 4)? {
            scope.entries = EntriesOf::Others;
        }
        if flag(&mut fields, 5)? {
            kinds.push(Kinds::Attribute);
        }
        fields.finish()?;
        if sequence.content.is_empty() {
            return Err(RevocationListError::Scope("says nothing"));
        }
        scope.kinds = match kinds.as_slice() {
            [] => Kinds::All,
            [kind] => *kind,
            _ => {
                return Err(RevocationListError::Scope(
                    "names several kinds of certificates as the only one",
                ));
            }
        };
        Ok(scope)
    }

    /// The reasons for which a list of this scope, issued by `issuer`, speaks of the certificate.
    pub(crate) fn covers(&self, certificate: &Certificate, issuer: &Name) -> Result<Reasons, &'static str> {
        let constraints =
            certificate.basic_constraints().map_err(|_| "its basic constraints cannot be read")?;
        let authority = constraints.is_some_and(|constraints| constraints.authority);
        match self.kinds {
            Kinds::All => {}
            Kinds::User if !authority && certificate.version() >= 3 => {}
            Kinds::Authority if authority => {}
            Kinds::User => return Err("it lists only certificates that are not of authorities"),
            Kinds::Authority => return Err("it lists only certificates of authorities"),
            Kinds::Attribute => return Err("it lists only attribute certificates"),
        }
        let points =
            certificate.crl_distribution_points().map_err(|_| "its distribution points cannot be read")?;
        let points =
            points.filter(|points| !points.is_empty()).unwrap_or_else(|| vec![DistributionPoint::default()]);
        let mut reasons = Reasons::NONE;
        for point in points.iter().filter(|point| self.matches(point, certificate, issuer)) {
            let of_point = point.reasons.as_ref().map_or(Reasons::ALL, |reasons| Reasons(reasons.0));
            reasons = reasons.with(of_point.within(self.reasons));
        }
        match reasons {
            Reasons::NONE => Err("it is for another distribution point or issuer than the certificate names"),
            reasons => Ok(reasons),
        }
    }

    /// RFC 5280 §6.3.3 (b)(1) and (2).
    fn matches(&self, point: &DistributionPoint, certificate: &Certificate, issuer: &Name) -> bool {
        let right_issuer = match point.crl_issuer.as_slice() {
            [] => issuer.matches(certificate.issuer()),
            named => {
                self.entries == EntriesOf::Others
                    && named
                        .iter()
                        .any(|name| matches!(name, GeneralName::Directory(name) if name.matches(issuer)))
            }
        };
        let Some(own) = self.point.as_deref().filter(|_| right_issuer) else { return right_issuer };
        // A name that cannot be read is no name that matches.
        let Ok(of_point) = names(point.full_name.clone(), point.relative_name.as_deref(), issuer) else {
            return false;
        };
        let issuer_itself = [GeneralName::Directory(issuer.clone())];
        let wanted: &[GeneralName] = match (of_point.as_slice(), point.crl_issuer.as_slice()) {
            ([], []) => &issuer_itself,
            ([], named) => named,
            (names, _) => names,
        };
        own.iter().any(|own| wanted.iter().any(|wanted| same(own, wanted)))
    }
}

fn same(left: &GeneralName, right: &GeneralName) -> bool {
    match (left, right) {
        (GeneralName::Directory(left), GeneralName::Directory(right)) => left.matches(right),
        _ => left == right,
    }
}

/// The full names of a distribution point: a relative one is the issuer's name with one more part.
fn names(
    full: Vec<GeneralName>,
    relative: Option<&[u8]>,
    issuer: &Name,
) -> Result<Vec<GeneralName>, Asn1Error> {
    let Some(relative) = relative else { return Ok(full) };
    let parts = Element::only(issuer.to_der(), tag::SEQUENCE)?.content;
    let part = asn1::encode(tag::SET, relative);
    let name = Name::from_der(&asn1::encode(tag::SEQUENCE, &[parts, &part].concat()))?;
    Ok(vec![GeneralName::Directory(name)])
}

fn flag(fields: &mut Reader<'_>, number: u8) -> Result<bool, Asn1Error> {
    fields.optional(tag::primitive(number))?.map_or(Ok(false), |flag| flag.boolean())
}
