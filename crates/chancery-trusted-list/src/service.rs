//! A service and its history.

use chancery_certificate::Certificate;
use jiff::Timestamp;
use roxmltree::Node;

use crate::extensions::ServiceExtensions;
use crate::identity::DigitalIdentity;
use crate::text::Localized;
use crate::uris::{ServiceStatus, ServiceType};
use crate::xml::{self, Fields, Notes, Result, namespace};

/// A service of a provider, as it is and as it was (TS 119 612, 5.5 and 5.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The present first, then the past, as the list has them.
    states: Vec<ServiceState>,
    identity: DigitalIdentity,
    supply_points: Vec<String>,
}

/// What holds of a service from a moment on, until the next state begins.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceState {
    /// What the service does.
    pub kind: ServiceType,
    /// What it is called.
    pub names: Localized,
    /// In what standing it is.
    pub status: ServiceStatus,
    /// Since when. The state holds from this very moment on.
    pub since: Timestamp,
    /// What is said further of it.
    pub extensions: ServiceExtensions,
}

/// What a list says of a service at a moment.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum StateAt<'a> {
    /// The list knows nothing of that time: the service was listed later.
    NotListedYet,
    /// This held.
    State(&'a ServiceState),
    /// The history is not in order, newest first, so that two states could claim the moment (TS 119 615,
    /// PRO-4.3.4-03A).
    Disputed,
}

impl Service {
    /// What holds now, by the list.
    pub fn present(&self) -> Option<&ServiceState> {
        self.states.first()
    }

    /// All states, the newest first.
    pub fn states(&self) -> &[ServiceState] {
        &self.states
    }

    /// By what the service is recognised. Entries of the history leave the certificates out (TS 119 612, 5.6.3), so
    /// what stands there is not repeated here.
    pub fn identity(&self) -> &DigitalIdentity {
        &self.identity
    }

    /// Where the service answers. Addresses from strangers.
    pub fn supply_points(&self) -> &[String] {
        &self.supply_points
    }

    /// What held at a moment: the newest state that had begun.
    pub fn state_at(&self, moment: Timestamp) -> StateAt<'_> {
        if !self.is_in_order() {
            return StateAt::Disputed;
        }
        self.states.iter().find(|state| state.since <= moment).map_or(StateAt::NotListedYet, StateAt::State)
    }

    /// Each state with the moment at which the next one begins, the newest first; `None` where the history is not
    /// in order.
    pub(crate) fn periods(&self) -> Option<impl Iterator<Item = (&ServiceState, Option<Timestamp>)>> {
        let ends = std::iter::once(None).chain(self.states.iter().map(|state| Some(state.since)));
        self.is_in_order().then(|| self.states.iter().zip(ends))
    }

    fn is_in_order(&self) -> bool {
        self.states.windows(2).all(|pair| pair[0].since > pair[1].since)
    }

    pub(crate) fn certificates(&self) -> &[Certificate] {
        &self.identity.certificates
    }

    /// `TSPService`.
    pub(crate) fn read(node: Node<'_, '_>, notes: &Notes) -> Result<Self> {
        let mut fields = Fields::of(node);
        let present = fields.required(namespace::LIST, "ServiceInformation")?;
        let history = fields.optional(namespace::LIST, "ServiceHistory")?;
        fields.note_rest(notes);
        let (state, identity, supply_points) = ServiceState::read(present, notes)?;
        let mut states = vec![state];
        if let Some(history) = history {
            let mut fields = Fields::of(history);
            for instance in fields.all(namespace::LIST, "ServiceHistoryInstance") {
                states.push(ServiceState::read(instance, notes)?.0);
            }
            fields.note_rest(notes);
        }
        Ok(Self { states, identity, supply_points })
    }
}

impl ServiceState {
    fn read(node: Node<'_, '_>, notes: &Notes) -> Result<(Self, DigitalIdentity, Vec<String>)> {
        let mut fields = Fields::of(node);
        let kind =
            ServiceType::from_uri(&xml::uri(fields.required(namespace::LIST, "ServiceTypeIdentifier")?)?);
        let names = Localized::read(fields.optional(namespace::LIST, "ServiceName")?, "Name", notes)?;
        let identity =
            DigitalIdentity::read(fields.required(namespace::LIST, "ServiceDigitalIdentity")?, notes)?;
        let status = ServiceStatus::from_uri(&xml::uri(fields.required(namespace::LIST, "ServiceStatus")?)?);
        let since = xml::time(fields.required(namespace::LIST, "StatusStartingTime")?)?;
        let extensions = fields.optional(namespace::LIST, "ServiceInformationExtensions")?;
        let extensions = ServiceExtensions::read(extensions, notes)?;
        let mut supply_points = Vec::new();
        if let Some(points) = fields.optional(namespace::LIST, "ServiceSupplyPoints")? {
            let mut points = Fields::of(points);
            for point in points.all(namespace::LIST, "ServiceSupplyPoint") {
                supply_points.push(xml::text(point)?);
            }
            points.note_rest(notes);
        }
        fields.pass_over(namespace::LIST, &["SchemeServiceDefinitionURI", "TSPServiceDefinitionURI"]);
        fields.note_rest(notes);
        Ok((Self { kind, names, status, since, extensions }, identity, supply_points))
    }
}
