//! What made a signature: the build properties, `/Prop_Build` (ISO 32000-2, 12.8.1, and Adobe's "Digital Signature Build
//! Dictionary Specification", which it refers to).

use chancery_pdf::{Dictionary, Name, Object, PdfString};

/// The application that a signature names as the one it was made with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Application {
    pub(crate) name: String,
    pub(crate) version: String,
}

impl Application {
    /// `<< /App << /Name /… /REx (…) >> >>`; the name is a name object there.
    pub(crate) fn to_build_properties(&self) -> Dictionary {
        let mut application = Dictionary::new();
        application.set("Name", Object::Name(Name::new(self.name.as_bytes())));
        application.set("REx", PdfString::text(&self.version));
        let mut properties = Dictionary::new();
        properties.set("App", application);
        properties
    }
}
