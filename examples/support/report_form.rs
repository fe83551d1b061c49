//! How a report is shown.

use chancery_ades::Report;

use crate::failure::Failure;

/// What `--report` asks for.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub enum ReportForm {
    /// For people.
    #[default]
    Tree,
    /// For programs.
    Json,
    /// For programs that know ETSI TS 119 102-2.
    Etsi,
}

impl ReportForm {
    /// The form of this name.
    ///
    /// # Errors
    /// If it is none of the three.
    pub fn from_name(name: &str) -> Result<Self, Failure> {
        match name {
            "tree" => Ok(Self::Tree),
            "json" => Ok(Self::Json),
            "etsi" => Ok(Self::Etsi),
            other => Err(Failure::usage(format!("--report is tree, json or etsi, not {other}"))),
        }
    }

    /// Prints the report.
    pub fn print(self, report: &Report) {
        match self {
            Self::Tree => print!("{report}"),
            Self::Json => println!("{}", report.to_json()),
            Self::Etsi => print!("{}", report.to_etsi_xml()),
        }
    }
}
