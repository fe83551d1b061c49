//! Certificates in words.

use std::fmt;

use chancery_digest::{DigestAlgorithm, LegacyDigest};
use const_oid::ObjectIdentifier as Oid;

use crate::{Certificate, CertificateError, GeneralName, Name, StandardPolicy, printable, purpose_name};

/// A certificate in words, a fact a line: what `openssl x509 -text` tells, without the bytes, and with what
/// trusted lists and signing add. Every text that comes from the certificate is made safe to show.
///
/// Made by [`Certificate::describe`]; print it.
#[derive(Copy, Clone, Debug)]
pub struct Description<'a>(&'a Certificate);

impl Certificate {
    /// The certificate in words, for people.
    ///
    /// ```no_run
    /// # let certificate = chancery_certificate::Certificate::from_pem(b"")?;
    /// println!("{}", certificate.describe());
    /// # Ok::<(), chancery_certificate::CertificateError>(())
    /// ```
    #[must_use]
    pub const fn describe(&self) -> Description<'_> {
        Description(self)
    }
}

impl fmt::Display for Description<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let certificate = self.0;
        let line = |f: &mut fmt::Formatter<'_>, label: &str, value: &dyn fmt::Display| {
            writeln!(f, "{:<22}{value}", format!("{label}:"))
        };
        line(f, "Subject", &shown_name(certificate.subject()))?;
        line(f, "Issuer", &shown_name(certificate.issuer()))?;
        line(f, "Serial number", &certificate.serial_hex())?;
        line(f, "Valid from", &certificate.not_before())?;
        line(f, "Valid until", &certificate.not_after())?;
        line(f, "Version", &certificate.version())?;
        match certificate.public_key_summary() {
            Ok(key) => line(f, "Public key", &key)?,
            Err(error) => line(f, "Public key", &error)?,
        }
        line(f, "Signed with", &signature_name(certificate.signature_algorithm().oid))?;
        self.extensions(f, &line)?;
        for irregularity in certificate.irregularities() {
            line(f, "Irregular", &irregularity)?;
        }
        line(f, "SHA-256 fingerprint", &colons(certificate.fingerprint(DigestAlgorithm::Sha256).as_bytes()))?;
        line(f, "SHA-1 fingerprint", &colons(certificate.fingerprint(LegacyDigest::Sha1).as_bytes()))
    }
}

type Line<'l> = dyn Fn(&mut fmt::Formatter<'_>, &str, &dyn fmt::Display) -> fmt::Result + 'l;

impl Description<'_> {
    fn extensions(&self, f: &mut fmt::Formatter<'_>, line: &Line<'_>) -> fmt::Result {
        let certificate = self.0;
        several(f, line, "Other names", certificate.subject_alternative_names(), ToString::to_string)?;
        one(f, line, "Authority", certificate.basic_constraints(), |constraints| {
            match (constraints.authority, constraints.path_length) {
                (false, _) => "no".to_owned(),
                (true, None) => "yes".to_owned(),
                (true, Some(length)) => format!("yes, with at most {length} below it"),
            }
        })?;
        one(f, line, "Key usage", certificate.key_usage(), ToString::to_string)?;
        one(f, line, "Purposes", certificate.extended_key_usage(), |purposes| {
            let name = |oid: &Oid| purpose_name(*oid).map_or_else(|| oid.to_string(), str::to_owned);
            purposes.iter().map(name).collect::<Vec<_>>().join(", ")
        })?;
        several(f, line, "Policy", certificate.certificate_policies(), |policy| {
            let name = StandardPolicy::from_oid(policy.oid).map(|known| format!(" ({known})"));
            let links: String =
                policy.practice_statements.iter().map(|link| format!(" {}", printable(link))).collect();
            let notices: String =
                policy.notices.iter().map(|text| format!(" \"{}\"", printable(text))).collect();
            format!("{}{}{links}{notices}", policy.oid, name.unwrap_or_default())
        })?;
        several(
            f,
            line,
            "Claims",
            certificate.claims().map(|claims| claims.map(|all| all.iter().cloned().collect())),
            |claim| format!("{claim} ({})", claim.clause()),
        )?;
        several(f, line, "CRL", certificate.crl_distribution_points(), |point| {
            let names: Vec<String> = point.full_name.iter().map(ToString::to_string).collect();
            if names.is_empty() { "by a name relative to the issuer's".to_owned() } else { names.join(", ") }
        })?;
        several(f, line, "Issuer's services", certificate.authority_information(), |access| {
            let method = ACCESS.iter().find(|(oid, _)| *oid == access.method);
            let method = method.map_or_else(|| access.method.to_string(), |(_, name)| (*name).to_owned());
            format!("{method} {}", access.location)
        })?;
        one(f, line, "Subject key", certificate.subject_key_identifier(), |bytes| colons(bytes))?;
        one(f, line, "Issuer key", certificate.authority_key_identifier(), |identifier| {
            identifier.key_identifier.as_deref().map_or_else(|| "by name and number".to_owned(), colons)
        })?;
        for extension in certificate.extensions() {
            if !READ.contains(&extension.oid) {
                let critical = if extension.critical { ", critical" } else { "" };
                line(
                    f,
                    "Extension",
                    &format!("{}{critical}, {} bytes", extension.oid, extension.value.len()),
                )?;
            }
        }
        Ok(())
    }
}

fn one<T>(
    f: &mut fmt::Formatter<'_>,
    line: &Line<'_>,
    label: &str,
    value: Result<Option<T>, CertificateError>,
    text: impl Fn(&T) -> String,
) -> fmt::Result {
    match value {
        Ok(Some(value)) => line(f, label, &text(&value)),
        Ok(None) => Ok(()),
        Err(error) => line(f, label, &error),
    }
}

fn several<T>(
    f: &mut fmt::Formatter<'_>,
    line: &Line<'_>,
    label: &str,
    values: Result<Option<Vec<T>>, CertificateError>,
    text: impl Fn(&T) -> String,
) -> fmt::Result {
    match values {
        Ok(values) => values.iter().flatten().try_for_each(|value| line(f, label, &text(value))),
        Err(error) => line(f, label, &error),
    }
}

fn shown_name(name: &Name) -> String {
    if name.is_empty() { "(none)".to_owned() } else { name.to_string() }
}

pub(crate) fn colons(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

fn signature_name(oid: Oid) -> String {
    let name = SIGNATURES.iter().find(|(known, _)| *known == oid).map(|(_, name)| *name);
    name.map_or_else(|| oid.to_string(), str::to_owned)
}

impl fmt::Display for GeneralName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Email(address) => write!(f, "email:{}", printable(address)),
            Self::Dns(host) => write!(f, "DNS:{}", printable(host)),
            Self::Uri(uri) => f.write_str(&printable(uri)),
            Self::Directory(name) => write!(f, "name:{name}"),
            Self::RegisteredId(oid) => write!(f, "OID:{oid}"),
            Self::Ip(bytes) => match <[u8; 4]>::try_from(bytes.as_slice()) {
                Ok(four) => write!(f, "IP:{}", std::net::Ipv4Addr::from(four)),
                Err(_) => match <[u8; 16]>::try_from(bytes.as_slice()) {
                    Ok(sixteen) => write!(f, "IP:{}", std::net::Ipv6Addr::from(sixteen)),
                    Err(_) => write!(f, "IP of {} bytes", bytes.len()),
                },
            },
            Self::Other { oid, value } => {
                // SmtpUTF8Mailbox and Microsoft's user principal name are texts.
                let text = crate::asn1::Reader::new(value).element().and_then(|element| element.text());
                match text {
                    Ok(text) => write!(f, "{oid}:{}", printable(&text)),
                    Err(_) => write!(f, "{oid}, {} bytes", value.len()),
                }
            }
            Self::Unread(bytes) => write!(f, "a name of a rare kind, {} bytes", bytes.len()),
        }
    }
}

const ACCESS: &[(Oid, &str)] = &[
    (const_oid::db::rfc5912::ID_AD_OCSP, "OCSP"),
    (const_oid::db::rfc5912::ID_AD_CA_ISSUERS, "certificate"),
];

/// The extensions that have lines of their own.
const READ: &[Oid] = &[
    const_oid::db::rfc5280::ID_CE_BASIC_CONSTRAINTS,
    const_oid::db::rfc5280::ID_CE_KEY_USAGE,
    const_oid::db::rfc5280::ID_CE_EXT_KEY_USAGE,
    const_oid::db::rfc5280::ID_CE_SUBJECT_ALT_NAME,
    const_oid::db::rfc5280::ID_CE_CERTIFICATE_POLICIES,
    const_oid::db::rfc5280::ID_CE_CRL_DISTRIBUTION_POINTS,
    const_oid::db::rfc5280::ID_PE_AUTHORITY_INFO_ACCESS,
    const_oid::db::rfc5280::ID_CE_SUBJECT_KEY_IDENTIFIER,
    const_oid::db::rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER,
    Oid::new_unwrap("1.3.6.1.5.5.7.1.3"),
];

/// RFC 8017, appendix C; RFC 5758, 3.2; RFC 8410, 3; RFC 9688 for SHA-3.
const SIGNATURES: &[(Oid, &str)] = &[
    (Oid::new_unwrap("1.2.840.113549.1.1.4"), "RSA with MD5"),
    (Oid::new_unwrap("1.2.840.113549.1.1.5"), "RSA with SHA-1"),
    (Oid::new_unwrap("1.2.840.113549.1.1.10"), "RSA-PSS"),
    (Oid::new_unwrap("1.2.840.113549.1.1.11"), "RSA with SHA-256"),
    (Oid::new_unwrap("1.2.840.113549.1.1.12"), "RSA with SHA-384"),
    (Oid::new_unwrap("1.2.840.113549.1.1.13"), "RSA with SHA-512"),
    (Oid::new_unwrap("1.2.840.113549.1.1.14"), "RSA with SHA-224"),
    (Oid::new_unwrap("1.2.840.10045.4.1"), "ECDSA with SHA-1"),
    (Oid::new_unwrap("1.2.840.10045.4.3.1"), "ECDSA with SHA-224"),
    (Oid::new_unwrap("1.2.840.10045.4.3.2"), "ECDSA with SHA-256"),
    (Oid::new_unwrap("1.2.840.10045.4.3.3"), "ECDSA with SHA-384"),
    (Oid::new_unwrap("1.2.840.10045.4.3.4"), "ECDSA with SHA-512"),
    (Oid::new_unwrap("1.2.840.10040.4.3"), "DSA with SHA-1"),
    (Oid::new_unwrap("2.16.840.1.101.3.4.3.2"), "DSA with SHA-256"),
    (Oid::new_unwrap("1.3.101.112"), "Ed25519"),
    (Oid::new_unwrap("1.3.101.113"), "Ed448"),
];
