//! The URIs by which lists name things, as types that keep the ones nobody knows.

use std::fmt;

use chancery_certificate::printable;

/// Makes an enum of the URIs of one kind: each variant has one URI to write and perhaps older ones to read.
macro_rules! uris {
    (
        $(#[$doc:meta])* $name:ident, $other:literal {
            $( $(#[$variant_doc:meta])* $variant:ident = $uri:literal $(, $old:literal)*; )+
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$variant_doc])* $variant, )+
            #[doc = $other]
            Other(String),
        }

        impl $name {
            /// The thing that a URI names.
            pub fn from_uri(uri: &str) -> Self {
                match uri {
                    $( $uri $(| $old)* => Self::$variant, )+
                    other => Self::Other(other.to_owned()),
                }
            }

            /// The URI that names it.
            pub fn uri(&self) -> &str {
                match self {
                    $( Self::$variant => $uri, )+
                    Self::Other(uri) => uri,
                }
            }
        }

        impl fmt::Display for $name {
            /// The end of the URI, where the words are; all of it when it is an unknown one.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    Self::Other(uri) => f.write_str(&printable(uri)),
                    known => f.write_str(last_words(known.uri())),
                }
            }
        }
    };
}

/// `CA/QC` of `http://uri.etsi.org/TrstSvc/Svctype/CA/QC`.
fn last_words(uri: &str) -> &str {
    ["/Svctype/", "/Svcstatus/", "/SvcInfoExt/"]
        .iter()
        .find_map(|path| uri.split_once(path).map(|(_, words)| words))
        .unwrap_or(uri)
}

uris! {
    /// What a service does (TS 119 612, 5.5.1).
    ServiceType, "Another service, by its URI." {
        /// Issues qualified certificates.
        QualifiedCertificates = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC";
        /// Issues certificates that are not qualified.
        Certificates = "http://uri.etsi.org/TrstSvc/Svctype/CA/PKC";
        /// A country's root, above authorities that issue qualified certificates.
        NationalRoot = "http://uri.etsi.org/TrstSvc/Svctype/NationalRootCA-QC";
        /// Makes qualified timestamps.
        QualifiedTimestamps = "http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST";
        /// Makes timestamps that are not qualified.
        Timestamps = "http://uri.etsi.org/TrstSvc/Svctype/TSA";
        /// Makes timestamps as part of a service that issues qualified certificates.
        TimestampsOfCertificateIssuer = "http://uri.etsi.org/TrstSvc/Svctype/TSA/TSS-QC";
        /// Makes timestamps that support advanced and qualified signatures.
        TimestampsForSignatures = "http://uri.etsi.org/TrstSvc/Svctype/TSA/TSS-AdESQCandQES";
        /// Answers OCSP questions about qualified certificates.
        QualifiedOcsp = "http://uri.etsi.org/TrstSvc/Svctype/Certstatus/OCSP/QC";
        /// Answers OCSP questions about other certificates.
        Ocsp = "http://uri.etsi.org/TrstSvc/Svctype/Certstatus/OCSP";
        /// Issues revocation lists for qualified certificates.
        QualifiedCrl = "http://uri.etsi.org/TrstSvc/Svctype/Certstatus/CRL/QC";
        /// Issues revocation lists for other certificates.
        Crl = "http://uri.etsi.org/TrstSvc/Svctype/Certstatus/CRL";
        /// Delivers electronically, registered and qualified.
        QualifiedDelivery = "http://uri.etsi.org/TrstSvc/Svctype/EDS/Q";
        /// Delivers mail, registered and qualified.
        QualifiedMail = "http://uri.etsi.org/TrstSvc/Svctype/EDS/REM/Q";
        /// Preserves qualified signatures and seals.
        QualifiedPreservation = "http://uri.etsi.org/TrstSvc/Svctype/PSES/Q";
        /// Validates qualified signatures and seals.
        QualifiedValidation = "http://uri.etsi.org/TrstSvc/Svctype/QESValidation/Q";
        /// Manages qualified signature creation devices from afar.
        RemoteSignatureDevices = "http://uri.etsi.org/TrstSvc/Svctype/RemoteQSigCDManagement/Q";
        /// Manages qualified seal creation devices from afar.
        RemoteSealDevices = "http://uri.etsi.org/TrstSvc/Svctype/RemoteQSealCDManagement/Q";
        /// Attests attributes, qualified.
        QualifiedAttestation = "http://uri.etsi.org/TrstSvc/Svctype/EAA/Q";
        /// Archives electronically, qualified.
        QualifiedArchiving = "http://uri.etsi.org/TrstSvc/Svctype/ElectronicArchiving/Q";
        /// Keeps electronic ledgers, qualified.
        QualifiedLedgers = "http://uri.etsi.org/TrstSvc/Svctype/Ledgers/Q";
        /// Issues trusted lists.
        ListIssuer = "http://uri.etsi.org/TrstSvc/Svctype/TLIssuer", "http://uri.etsi.org/TrstSvc/svctype/TLIssuer";
    }
}

uris! {
    /// In what standing a service is (TS 119 612, 5.5.4). The words before and after July 2016 differ: then the
    /// eIDAS regulation took the place of directive 1999/93/EC.
    ServiceStatus, "Another status, by its URI." {
        /// Qualified, since July 2016.
        Granted = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted";
        /// No longer, or never, qualified; since July 2016.
        Withdrawn = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/withdrawn";
        /// Not qualified, but recognised by a country; since July 2016.
        RecognisedAtNationalLevel = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/recognisedatnationallevel";
        /// No longer recognised by a country; since July 2016.
        DeprecatedAtNationalLevel = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/deprecatedatnationallevel";
        /// Recognised by national law; before July 2016.
        SetByNationalLaw = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/setbynationallaw";
        /// No longer recognised by national law; before July 2016.
        DeprecatedByNationalLaw = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/deprecatedbynationallaw";
        /// Supervised; before July 2016.
        UnderSupervision = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/undersupervision",
            "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/Svcstatus/undersupervision";
        /// Ending its work, still supervised; before July 2016.
        SupervisionInCessation = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/supervisionincessation",
            "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/Svcstatus/supervisionincessation";
        /// No longer supervised, since it ended; before July 2016.
        SupervisionCeased = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/supervisionceased",
            "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/Svcstatus/supervisionceased";
        /// Failed its supervision; before July 2016.
        SupervisionRevoked = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/supervisionrevoked",
            "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/Svcstatus/supervisionrevoked";
        /// Accredited of its own will; before July 2016.
        Accredited = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/accredited",
            "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/Svcstatus/accredited";
        /// No longer accredited; before July 2016.
        AccreditationCeased = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/accreditationceased",
            "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/Svcstatus/accreditationceased";
        /// Lost its accreditation; before July 2016.
        AccreditationRevoked = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/accreditationrevoked",
            "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/Svcstatus/accreditationrevoked";
    }
}

uris! {
    /// More about what a service is for (TS 119 612, 5.5.9.4).
    AdditionalInformation, "Another word, by its URI." {
        /// Qualified certificates for electronic signatures.
        ForSignatures = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/ForeSignatures";
        /// Qualified certificates for electronic seals.
        ForSeals = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/ForeSeals";
        /// Qualified certificates for web sites.
        ForWebSites = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/ForWebSiteAuthentication";
        /// The digital identity is that of a root, and the authorities below it issue qualified certificates.
        RootOfQualified = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/RootCA-QC",
            "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/SvcInfoExt/RootCA-QC";
    }
}

uris! {
    /// What the supervisor says of some of a service's certificates, whatever they say of themselves
    /// (TS 119 612, 5.5.9.2.3).
    Qualifier, "Another qualifier, by its URI." {
        /// They are qualified, also when they do not claim it.
        IsQualified = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/QCStatement",
            "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/SvcInfoExt/QCStatement";
        /// They are not qualified, also when they claim it.
        NotQualified = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/NotQualified";
        /// They are for electronic signatures.
        ForSignatures = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/QCForESig";
        /// They are for electronic seals.
        ForSeals = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/QCForESeal";
        /// They are for web sites.
        ForWebSites = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/QCForWSA";
        /// They are issued to legal persons.
        ForLegalPersons = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/QCForLegalPerson",
            "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/SvcInfoExt/QCForLegalPerson";
        /// Their keys are in qualified devices.
        InQualifiedDevice = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/QCWithQSCD";
        /// Their keys are not in qualified devices.
        NotInQualifiedDevice = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/QCNoQSCD";
        /// Whether their keys are in qualified devices they say themselves.
        DeviceAsInCertificate = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/QCQSCDStatusAsInCert";
        /// Their keys are in qualified devices that the provider manages for their owners.
        DeviceManagedOnBehalf = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/QCQSCDManagedOnBehalf";
        /// Their keys are in secure devices, in the words before July 2016.
        InSecureDevice = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/QCWithSSCD",
            "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/SvcInfoExt/QCWithSSCD";
        /// Their keys are not in secure devices, in the words before July 2016.
        NotInSecureDevice = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/QCNoSSCD",
            "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/SvcInfoExt/QCNoSSCD";
        /// Whether their keys are in secure devices they say themselves, in the words before July 2016.
        SecureDeviceAsInCertificate = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/QCSSCDStatusAsInCert",
            "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/SvcInfoExt/QCSSCDStatusAsInCert";
    }
}

impl ServiceStatus {
    /// Whether a service of this status is one to rely on as a qualified one: granted; before July 2016 supervised,
    /// ending under supervision, or accredited.
    pub fn is_active(&self) -> bool {
        matches!(
            self,
            Self::Granted | Self::UnderSupervision | Self::SupervisionInCessation | Self::Accredited
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_old_and_new_are_known_and_strange_ones_kept() {
        let old = "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/Svcstatus/accredited";
        assert_eq!(ServiceStatus::from_uri(old), ServiceStatus::Accredited);
        assert!(ServiceStatus::Accredited.is_active() && !ServiceStatus::Withdrawn.is_active());
        assert_eq!(ServiceType::from_uri("http://uri.etsi.org/TrstSvc/Svctype/CA/QC").to_string(), "CA/QC");
        let strange = ServiceType::from_uri("http://uri.etsi.org/TrstSvc/Svctype/CA/QC ");
        assert_eq!(strange.uri(), "http://uri.etsi.org/TrstSvc/Svctype/CA/QC ");
        assert_ne!(strange, ServiceType::QualifiedCertificates);
        assert!(
            !ServiceStatus::from_uri("http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/Granted").is_active()
        );
    }
}
