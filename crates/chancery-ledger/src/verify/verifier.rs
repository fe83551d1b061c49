//! The verifier: who is asked, and with what in hand.

use crate::anchor::{Anchor, AnchorJudge, Attestation};
use crate::checkpoint::Checkpoint;
use crate::error::StoreError;
use crate::name::Tenant;
use crate::verify::damage::{Damage, Flaw, Place};
use crate::verify::events::Walk;
use crate::verify::records::Records;
use crate::verify::table::{Column, Table, Value};
use crate::verify::verification::{Verification, Weakness, Witness};

/// More than this nobody reads; the first says where to look.
pub(super) const MOST_DAMAGES: usize = 32;

/// Whether a ledger is what was written: every hash made again from every row, every derived value compared.
///
/// Without a checkpoint, or an anchor of a third party, the best answer is [`ConsistentOnly`]: whoever owns the store
/// can rebuild the log as a whole, or cut off its tail, and it looks the same.
///
/// [`ConsistentOnly`]: Verification::ConsistentOnly
///
/// ```
/// use chancery_ledger::{LedgerVerifier, MemoryStore, Tenant, Verification};
///
/// let store = MemoryStore::new();
/// let verification = LedgerVerifier::new().verify(&mut store.records(), &Tenant::new("acme")?)?;
/// assert!(matches!(verification, Verification::ConsistentOnly { .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
pub struct LedgerVerifier<'j> {
    checkpoints: Vec<Checkpoint>,
    anchors: Vec<Anchor>,
    judge: Option<&'j dyn AnchorJudge>,
}

/// A root that the log must have had at a size, and who says so.
pub(super) struct Claim {
    pub(super) checkpoint: Checkpoint,
    /// None where it attests nothing about the owner, as its own seal.
    pub(super) witness: Option<Witness>,
}

impl<'j> LedgerVerifier<'j> {
    /// A verifier with nothing in hand.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With a checkpoint that the caller kept where the ledger's owner cannot change it.
    #[must_use]
    pub fn checkpoint(mut self, kept: Checkpoint) -> Self {
        self.checkpoints.push(kept);
        self
    }

    /// With an anchor that is kept outside the ledger.
    #[must_use]
    pub fn anchor(mut self, anchor: Anchor) -> Self {
        self.anchors.push(anchor);
        self
    }

    /// With somebody who can tell what anchors prove, those in the log and those given. Without, they prove nothing.
    #[must_use]
    pub fn judge(mut self, judge: &'j dyn AnchorJudge) -> Self {
        self.judge = Some(judge);
        self
    }

    /// Verifies the log of one tenant, in one pass over its rows and with little memory.
    ///
    /// # Errors
    /// If the store cannot be read. Damage is no error.
    pub fn verify(&self, records: &mut dyn Records, tenant: &Tenant) -> Result<Verification, StoreError> {
        let mut damages = records.oddities()?;
        if damages.is_empty() {
            damages = records.promises()?;
            if is_not_looked_at(&mut damages, records)? {
                return Ok(Verification::Broken { damages });
            }
            // Told after what rows are about, which says more.
            let promises = std::mem::take(&mut damages);
            let (mut refused, mut claims) = (Refused::default(), Vec::new());
            for checkpoint in &self.checkpoints {
                claims.push(Claim { checkpoint: *checkpoint, witness: Some(Witness::Checkpoint) });
            }
            for anchor in &self.anchors {
                claims.extend(self.claim(anchor, &mut refused));
            }
            let mut walk = Walk::new(records, tenant, claims);
            walk.events(&mut |anchor| self.claim(anchor, &mut refused))?;
            walk.heads()?;
            let (found, log, witness) = walk.end()?;
            damages = found;
            damages.extend(promises);
            if damages.is_empty() {
                return Ok(match witness {
                    Some((size, by)) => Verification::Anchored { by, size, log },
                    None => Verification::ConsistentOnly { why: refused.weakness(), log },
                });
            }
        }
        damages.truncate(MOST_DAMAGES);
        Ok(Verification::Broken { damages })
    }

    /// Verifies the logs of all tenants that the store holds, with their names. Rows that belong to no tenant at all
    /// are told under none. Checkpoints and anchors are those of one tenant: here they are not used.
    ///
    /// # Errors
    /// If the store cannot be read. Damage is no error.
    pub fn verify_all(
        &self,
        records: &mut dyn Records,
    ) -> Result<Vec<(Option<Tenant>, Verification)>, StoreError> {
        let odd = records.oddities()?;
        if !odd.is_empty() {
            return Ok(vec![(None, Verification::Broken { damages: odd })]);
        }
        let mut promises = records.promises()?;
        if is_not_looked_at(&mut promises, records)? {
            return Ok(vec![(None, Verification::Broken { damages: promises })]);
        }
        let tenants = records.tenants()?;
        if tenants.is_empty() {
            // Else they are told with each of them.
            let broken = (!promises.is_empty()).then_some((None, Verification::Broken { damages: promises }));
            return Ok(broken.into_iter().collect());
        }
        let alone = LedgerVerifier { judge: self.judge, ..LedgerVerifier::new() };
        let mut verified = Vec::new();
        for value in tenants {
            let tenant = match &value {
                Value::Text(text) => Tenant::new(text).ok(),
                _ => None,
            };
            let verification = match &tenant {
                Some(tenant) => alone.verify(records, tenant)?,
                None => Verification::Broken { damages: vec![nobodys(&value)] },
            };
            verified.push((tenant, verification));
        }
        Ok(verified)
    }

    /// What an anchor claims, if whoever judges accepts its token or it is the owner's own.
    fn claim(&self, anchor: &Anchor, refused: &mut Refused) -> Option<Claim> {
        let nobody = || Attestation::Nothing { why: "nobody was asked to judge it".to_owned() };
        let attestation = self.judge.map_or_else(nobody, |judge| judge.judge(anchor));
        let witness = match attestation {
            Attestation::ThirdParty { by, at } => Some(Witness::ThirdParty { by, since: at }),
            Attestation::Own => {
                refused.count(None);
                None
            }
            Attestation::Nothing { why } => {
                refused.count(Some(why));
                return None;
            }
        };
        Some(Claim { checkpoint: anchor.checkpoint, witness })
    }
}

/// Without its indexes a ledger is read again for each of its rows. So many rows are looked at all the same, to say which
/// of them are altered; a larger one is broken by its schema alone.
const LOOKED_AT: u64 = 2_000;

/// Whether a schema is not that of a ledger, and there are too many rows to look at them. Told as well.
fn is_not_looked_at(damages: &mut Vec<Damage>, records: &mut dyn Records) -> Result<bool, StoreError> {
    if damages.is_empty() {
        return Ok(false);
    }
    let rows = records.size()?;
    if rows <= LOOKED_AT {
        return Ok(false);
    }
    damages.truncate(MOST_DAMAGES - 1);
    let told =
        format!("with this schema its {rows} rows were not looked at: what else is altered is not said");
    damages.push(Damage { at: Place::Store, flaw: Flaw::Store(told) });
    Ok(true)
}

/// Anchors that say nothing about the owner.
#[derive(Default)]
struct Refused {
    anchors: usize,
    last: Option<String>,
}

impl Refused {
    fn count(&mut self, why: Option<String>) {
        self.anchors += 1;
        self.last = why;
    }

    fn weakness(self) -> Weakness {
        let Self { anchors, last } = self;
        if anchors == 0 { Weakness::NoWitness } else { Weakness::NoneAccepted { anchors, last } }
    }
}

/// Rows whose tenant is none: some column `tenant` was altered.
fn nobodys(found: &Value) -> Damage {
    let column = Table::Events.columns().first().map_or("tenant", |Column { name, .. }| name);
    let flaw = format!("rows of some table have {found} in the column {column}: altered");
    Damage { at: Place::Store, flaw: Flaw::Store(flaw) }
}
