//! A provider of trust services.

use roxmltree::Node;

use crate::service::Service;
use crate::text::Localized;
use crate::xml::{Fields, Notes, Result, namespace};

/// A provider of trust services (TS 119 612, 5.4).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Provider {
    /// Its name by law.
    pub names: Localized,
    /// Names under which it trades, and its number in a register, as in `VATBE-0475396406`.
    pub trade_names: Localized,
    /// Its services.
    pub services: Vec<Service>,
}

impl Provider {
    /// `TrustServiceProvider`.
    pub(crate) fn read(node: Node<'_, '_>, notes: &Notes) -> Result<Self> {
        let mut fields = Fields::of(node);
        let information = fields.required(namespace::LIST, "TSPInformation")?;
        let services = fields.required(namespace::LIST, "TSPServices")?;
        fields.note_rest(notes);

        let mut information = Fields::of(information);
        let names = Localized::read(Some(information.required(namespace::LIST, "TSPName")?), "Name", notes)?;
        let trade_names =
            Localized::read(information.optional(namespace::LIST, "TSPTradeName")?, "Name", notes)?;
        information.pass_over(namespace::LIST, &["TSPAddress", "TSPInformationURI"]);
        information.note_rest(notes);

        let mut fields = Fields::of(services);
        let mut services = Vec::new();
        for service in fields.all(namespace::LIST, "TSPService") {
            services.push(Service::read(service, notes)?);
        }
        fields.note_rest(notes);
        Ok(Self { names, trade_names, services })
    }
}
