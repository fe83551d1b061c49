//! Seed values: what signature fields ask of the signatures that are put into them (ISO 32000-2, tables 237 to 239).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_digest::{DigestAlgorithm, Source};
use chancery_http::{Address, Request, Response, TransportError, transport_fn};
use chancery_key::{KeyKind, SignatureAlgorithm, Signer, SoftwareSigner};
use chancery_pades::{
    Batch, BatchFile, ChangesAllowed, Done, PadesError, PdfSigner, SignatureForm, SignedPdf, WithoutTimestamp,
};
use chancery_pdf::{Document, Object, PdfString};
use chancery_timestamp::TimestampAuthority;
use support::{
    assert_passed, authority, contract, dictionary, edit_catalog, now, pki, revised, rng, signatures, verify,
    with_field,
};

type AliceSigns<'a> = PdfSigner<'a, &'a SoftwareSigner>;

/// A document with a field that asks for this.
fn asking(seeds: &str) -> Vec<u8> {
    with_field(&contract(), &format!("<</FT/Sig/T(Approval)/SV<</Type/SV{seeds}>>>>"))
}

fn sign<'s>(signer: &AliceSigns<'_>, pdf: &'s dyn Source) -> Result<SignedPdf<'s>, PadesError> {
    signer.clone().field("Approval").sign(pdf)
}

/// The entry whose rule is broken; `None` if the signature is made and passes.
fn broken(signer: &AliceSigns<'_>, seeds: &str) -> Option<&'static str> {
    match sign(signer, &asking(seeds)) {
        Ok(_) => None,
        Err(PadesError::SeedValue { field, entry, asked, instead }) => {
            assert_eq!(field, "Approval");
            assert!(!asked.is_empty() && !instead.is_empty(), "{seeds}");
            Some(entry)
        }
        Err(other) => panic!("{seeds}: {other}"),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    String::from_utf8(Object::from(PdfString::hexadecimal(bytes)).to_bytes()).unwrap()
}

#[test]
fn each_rule_is_kept_and_each_wish_may_be_passed_over() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let plain = || PdfSigner::new(&alice, now());
    // Flags, entry, signer, and the rule that is broken where the flag stands.
    let rows: [(u32, &str, AliceSigns<'_>, Option<&str>); 30] = [
        (1, "/Filter/Adobe.PPKLite", plain(), None),
        (1, "/Filter/Entrust.PPKEF", plain(), Some("Filter")),
        (2, "/SubFilter[/ETSI.CAdES.detached]", plain(), None),
        (2, "/SubFilter[/adbe.x509.rsa_sha1]", plain(), Some("SubFilter")),
        (2, "/SubFilter[]", plain(), Some("SubFilter")),
        (2, "/SubFilter[/adbe.pkcs7.detached]", plain().form(SignatureForm::Cades), Some("SubFilter")),
        (
            2,
            "/SubFilter[/adbe.pkcs7.detached/ETSI.CAdES.detached]",
            plain().form(SignatureForm::Cades),
            Some("SubFilter"),
        ),
        (4, "/V 3", plain(), None),
        (4, "/V 4", plain(), Some("V")),
        (8, "/Reasons[(I approve)(I wrote it)]", plain().reason("I wrote it"), None),
        (8, "/Reasons[(I approve)]", plain().reason("I approve "), Some("Reasons")),
        (8, "/Reasons[(I approve)]", plain(), Some("Reasons")),
        (8, "/Reasons[<FEFF005A006F00EB>]", plain().reason("Zoë"), None),
        (8, "/Reasons[(.)]", plain(), None),
        (8, "/Reasons[(.)]", plain().reason("I approve"), Some("Reasons")),
        (8, "/Reasons[(.)]", plain().reason("."), Some("Reasons")),
        (8, "", plain().reason("I approve"), Some("Reasons")),
        (8, "", plain(), None),
        (16, "/LegalAttestation[(No hidden content)]", plain(), None),
        (
            16,
            "/LegalAttestation[(No hidden content)]",
            plain().certify(ChangesAllowed::None),
            Some("LegalAttestation"),
        ),
        (32, "/AddRevInfo true", plain(), Some("AddRevInfo")),
        (32, "/AddRevInfo false", plain(), None),
        (64, "/DigestMethod[(SHA384)(SHA256)]", plain(), None),
        (64, "/DigestMethod[(sha-256)]", plain(), None),
        (64, "/DigestMethod[(SHA1)(SHA384)(SHA512)(RIPEMD160)]", plain(), Some("DigestMethod")),
        (64, "/DigestMethod[(SHA3-256)]", plain(), Some("DigestMethod")),
        (128, "/LockDocument/true", plain().allow_only(ChangesAllowed::FormFilling), Some("LockDocument")),
        (128, "/LockDocument/false", plain().allow_only(ChangesAllowed::None), Some("LockDocument")),
        (128, "/LockDocument/auto", plain().allow_only(ChangesAllowed::None), None),
        (256, "/AppearanceFilter(Company seal)", plain(), Some("AppearanceFilter")),
    ];
    for (flag, entry, signer, rule) in rows {
        assert_eq!(broken(&signer, &format!("{entry}/Ff {flag}")), rule, "as a rule: {entry}");
        assert_eq!(broken(&signer, entry), None, "as a wish: {entry}");
        assert_eq!(
            broken(&signer, &format!("{entry}/Ff {}", 511 - flag)).filter(|one| Some(*one) == rule),
            None
        );
    }
    assert_eq!(broken(&plain(), "/Ff 512"), Some("Ff"), "a rule of a later standard");
}

#[test]
fn the_kind_of_signature_needs_no_flag() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let plain = || PdfSigner::new(&alice, now());
    let certify = || plain().certify(ChangesAllowed::FormFilling);
    for (seeds, signer, rule) in [
        ("/MDP<</P 0>>", plain(), None),
        ("/MDP<</P 0>>", certify(), Some("MDP")),
        ("/MDP<</P 2>>", certify(), None),
        ("/MDP<</P 1>>", certify(), Some("MDP")),
        ("/MDP<</P 4>>", plain(), Some("MDP")),
        ("/MDP<<>>", certify(), None),
    ] {
        assert_eq!(broken(&signer, seeds), rule, "{seeds}");
    }
}

#[test]
fn what_can_be_fulfilled_without_asking_is_fulfilled() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let signed = |seeds: &str| {
        let pdf = asking(seeds);
        let signed = sign(&PdfSigner::new(&alice, now()), &pdf).unwrap().to_vec().unwrap();
        assert_passed(&verify(&pki, &signed), 1);
        signed
    };
    let dictionary = |pdf: &Vec<u8>| signatures(pdf).remove(0).2;
    let form =
        |pdf: &Vec<u8>| dictionary(pdf).get("SubFilter").and_then(Object::as_name).unwrap().to_string();
    for seeds in ["/SubFilter[/adbe.pkcs7.sha1/adbe.pkcs7.detached]/Ff 2", "/SubFilter[/adbe.pkcs7.detached]"]
    {
        assert_eq!(form(&signed(seeds)), "adbe.pkcs7.detached");
    }
    assert_eq!(form(&signed("/SubFilter[/unknown]")), "ETSI.CAdES.detached");

    let certified = signed("/MDP<</P 3>>");
    let document = Document::open(&certified).unwrap();
    let (_, catalog) = document.latest().catalog().unwrap();
    let permissions = catalog.get("Perms").and_then(Object::as_dictionary).unwrap();
    assert_eq!(permissions.get("DocMDP"), Some(&Object::Reference(signatures(&certified)[0].1)));

    for seeds in ["/LockDocument/true/Ff 128", "/LockDocument/true", "/LockDocument true"] {
        let locked = signed(seeds);
        let error = PdfSigner::new(&alice, now()).sign(&locked).err().unwrap();
        assert!(matches!(error, PadesError::LockedDocument { .. }), "{seeds}: {error}");
    }
    assert!(PdfSigner::new(&alice, now()).sign(&signed("/LockDocument/false/Ff 128")).is_ok());
}

#[test]
fn a_certification_that_a_field_asks_for_must_be_possible() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let first = support::signed(&pki, &asking("/MDP<</P 2>>"));
    let error = PdfSigner::new(&alice, now()).field("Approval").sign(&first).err().unwrap();
    assert!(matches!(error, PadesError::CertifyingSigned { .. }), "{error}");
}

const TIMESTAMPS: [(&str, Option<&str>, bool); 4] = [
    ("/URL(http://tsa.example/)", Some("http://tsa.example/"), false),
    ("/URL(http://tsa.example/)/Ff 1", Some("http://tsa.example/"), true),
    // It need not say from whom (table 239).
    ("/Ff 1", None, true),
    ("/URL 7/Ff 1", None, true),
];

#[test]
fn a_timestamp_is_told_to_the_caller_and_needs_its_room() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    for (entries, url, required) in TIMESTAMPS {
        let seeds = format!("/TimeStamp<<{entries}>>");
        let pdf = asking(&seeds);
        let signer = PdfSigner::new(&alice, now()).field("Approval");
        let prepared = signer.prepare(&pdf).unwrap();
        let asked = prepared.asked_timestamp().unwrap();
        assert_eq!((asked.url.as_deref(), asked.is_required), (url, required), "{entries}");
        let roomless = signer.timestamp_room(0);
        let refused = matches!(roomless.prepare(&pdf), Err(PadesError::SeedValue { entry: "TimeStamp", .. }));
        assert_eq!(refused, required, "{entries}");
    }
    let pdf = asking("");
    assert_eq!(sign(&PdfSigner::new(&alice, now()), &pdf).unwrap().asked_timestamp(), None);
}

/// One call signs with a timestamp or not at all; in halves, the timestamp comes last.
#[test]
fn a_field_that_demands_a_timestamp_is_not_signed_without() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let tsa = authority(&pki);
    let folder = tempfile::tempdir().unwrap();
    for (number, (entries, _, required)) in TIMESTAMPS.into_iter().enumerate() {
        let seeds = format!("/TimeStamp<<{entries}>>");
        let signer = PdfSigner::new(&alice, now()).field("Approval");
        let rule = required.then_some("TimeStamp");
        assert_eq!(broken(&signer, &seeds), rule, "{entries}");

        let pdf = asking(&seeds);
        let place = |name: &str| folder.path().join(format!("{number}-{name}.pdf"));
        std::fs::write(place("from"), &pdf).unwrap();
        let file = |to: &str| BatchFile { from: place("from"), to: place(to) };
        let alone = Batch::new(&signer).sign_file(&file("alone"), &mut rng());
        match alone {
            Err(PadesError::SeedValue { entry: "TimeStamp", .. }) if required => {}
            Ok(Done::Signed(None)) if !required => {}
            other => panic!("{entries}: {other:?}"),
        }
        assert_eq!(place("alone").exists(), !required, "{entries}");
        let batch = Batch::new(&signer).timestamp(&tsa, WithoutTimestamp::Require);
        batch.sign_file(&file("stamped"), &mut rng()).unwrap();
        assert_passed(&verify(&pki, &std::fs::read(place("stamped")).unwrap()), 1);

        // An account that is empty: what is demanded cannot be done without, whatever the caller says.
        let empty = transport_fn(|_: &Request| -> Result<Response, TransportError> {
            Ok(Response::new(402, Default::default(), Vec::new()))
        });
        let empty = TimestampAuthority::new(Address::parse(&pki.tsa_url()).unwrap(), &empty);
        let degraded = signer.sign_with_timestamp(&pdf, &empty, WithoutTimestamp::Degrade, &mut rng());
        assert_eq!(degraded.is_err(), required, "{entries}");

        let prepared = signer.prepare(&pdf).unwrap();
        let value = alice.sign(prepared.to_be_signed()).unwrap();
        let mut signed = prepared.finish(value).unwrap();
        assert_eq!(signed.asked_timestamp().unwrap().is_required, required);
        signed.timestamp(&tsa, &mut rng()).unwrap();
        assert_passed(&verify(&pki, &signed), 1);
    }
}

/// What is asked for in a way that nobody understands cannot be kept: as a wish it is passed over, as a rule it refuses.
#[test]
fn what_is_asked_for_must_be_understood() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let plain = || PdfSigner::new(&alice, now()).reason("I approve");
    for (flag, entry) in [
        (1, "Filter 7"),
        (2, "SubFilter/ETSI.CAdES.detached"),
        (2, "SubFilter[/ETSI.CAdES.detached 7]"),
        (4, "V/3"),
        (8, "Reasons(I approve)"),
        (8, "Reasons[(I approve)[(I approve)]]"),
        (16, "LegalAttestation 7"),
        (32, "AddRevInfo/true"),
        (64, "DigestMethod(SHA256)"),
        (128, "LockDocument/sometimes"),
        (128, "LockDocument 1"),
        (256, "AppearanceFilter/Seal"),
    ] {
        let key = entry.split(['/', '(', '[', ' ']).next();
        assert_eq!(broken(&plain(), &format!("/{entry}/Ff {flag}")), key, "as a rule: {entry}");
        assert_eq!(broken(&plain(), &format!("/{entry}")), None, "as a wish: {entry}");
    }
    for (flag, entry) in [
        (1, "Subject 7"),
        (1, "Subject[7]"),
        (2, "Issuer(x)"),
        (2, "Issuer[<<>>]"),
        (4, "OID(1.2.3)"),
        (8, "SubjectDN<</CN(Alice)>>"),
        (8, "SubjectDN[<</CN/Alice>>]"),
        (32, "KeyUsage(X1)"),
    ] {
        let key = entry.split(['/', '(', '[', ' ', '<']).next();
        let seeds = |flag: &str| format!("/Cert<</{entry}{flag}>>");
        assert_eq!(broken(&plain(), &seeds(&format!("/Ff {flag}"))), key, "as a rule: {entry}");
        assert_eq!(broken(&plain(), &seeds("")), None, "as a wish: {entry}");
    }
    // These have no flag, or are the flags.
    for (seeds, key) in [
        ("/Ff -1", "Ff"),
        ("/Ff -8/Reasons[(I approve)]", "Ff"),
        ("/Ff 8.0/Reasons[(I approve)]", "Ff"),
        ("/Ff(8)/Reasons[(I approve)]", "Ff"),
        ("/MDP 2", "MDP"),
        ("/MDP<</P/2>>", "MDP"),
        ("/TimeStamp(http://tsa.example/)", "TimeStamp"),
        ("/TimeStamp<</Ff true>>", "TimeStamp"),
        ("/TimeStamp<</Ff 2>>", "TimeStamp"),
        ("/Cert(Alice)", "Cert"),
        ("/Cert<</Ff 1.0>>", "Ff"),
        ("/Cert<</SignaturePolicyOID 1.2>>", "SignaturePolicyOID"),
    ] {
        assert_eq!(broken(&plain(), seeds), Some(key), "{seeds}");
    }
    // What is null, or refers to nothing, is not stated.
    for seeds in ["/Ff null/MDP 999 0 R/Reasons null", "/Cert null/TimeStamp<</Ff null>>"] {
        assert_eq!(broken(&plain(), seeds), None, "{seeds}");
    }
    let odd = with_field(&contract(), "<</FT/Sig/T(Approval)/SV[7]>>");
    let error = sign(&plain(), &odd).err().unwrap();
    assert!(matches!(error, PadesError::SeedValue { entry: "SV", .. }), "{error}");
}

#[test]
fn the_digest_is_compared_with_what_the_signer_uses() {
    let pki = pki();
    let rita = |digest| {
        let rita = pki.signer("Rita", KeyKind::Rsa { bits: 2048 });
        rita.with_algorithm(SignatureAlgorithm::RsaPkcs1v15(digest)).unwrap()
    };
    for (digest, listed, rule) in [
        (DigestAlgorithm::Sha384, "(SHA384)", None),
        (DigestAlgorithm::Sha512, "(SHA384)", Some("DigestMethod")),
        (DigestAlgorithm::Sha3_256, "(SHA3-256)", None),
        (DigestAlgorithm::Sha3_384, "(SHA384)", Some("DigestMethod")),
        (DigestAlgorithm::Sha384, "(SHA3-384)", Some("DigestMethod")),
    ] {
        let signer = rita(digest);
        let found = broken(&PdfSigner::new(&signer, now()), &format!("/DigestMethod[{listed}]/Ff 64"));
        assert_eq!(found, rule, "{digest} for {listed}");
    }
}

#[test]
fn the_certificate_is_what_the_field_asks_for() {
    let pki = pki();
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::P256));
    let der = |signer: &SoftwareSigner| hexadecimal(signer.chain()[0].to_der());
    let (root, issuer) = (hexadecimal(pki.root().to_der()), hexadecimal(pki.intermediate().to_der()));
    // Another root of the same name, with another key.
    let foreign = hexadecimal(chancery_testkit::TestPki::with_keys(now(), KeyKind::P384).root().to_der());
    let rows = [
        (1, format!("/Subject[{}{}]", der(&bob), der(&alice)), None),
        (1, format!("/Subject[{}]", der(&bob)), Some("Subject")),
        (1, "/Subject[]".to_owned(), None),
        (2, format!("/Issuer[{issuer}]"), None),
        (2, format!("/Issuer[{foreign}{root}]"), None),
        (2, format!("/Issuer[{foreign}]"), Some("Issuer")),
        (2, "/Issuer[(no certificate)]".to_owned(), Some("Issuer")),
        (2, format!("/Issuer[{}]", der(&alice)), Some("Issuer")),
        (4, format!("/Issuer[{issuer}]/OID[(1.2.3.4)]"), Some("OID")),
        (4, "/OID[(1.2.3.4)]".to_owned(), None),
        (8, "/SubjectDN[<</CN(Alice)>>]".to_owned(), None),
        (8, "/SubjectDN[<</cn(ALICE)>>]".to_owned(), None),
        (8, "/SubjectDN[<</2.5.4.3(Alice)>>]".to_owned(), None),
        (8, "/SubjectDN[<</CN(Alic)>>]".to_owned(), Some("SubjectDN")),
        (8, "/SubjectDN[<</CN(Alice)/OU(Nowhere)>>]".to_owned(), Some("SubjectDN")),
        (8, "/SubjectDN[<</CN(Alice)>><</1.2.3(x)>>]".to_owned(), Some("SubjectDN")),
        (32, "/KeyUsage[(X1)]".to_owned(), None),
        (32, "/KeyUsage[(XXXXX1)(X1XXX0)]".to_owned(), None),
        (32, "/KeyUsage[(X0)]".to_owned(), Some("KeyUsage")),
        (32, "/KeyUsage[(XXXXX1)]".to_owned(), Some("KeyUsage")),
        (32, "/KeyUsage[(XXXXXXXXX111)]".to_owned(), None),
        (64, "/URL(http://example.org/enrol)/URLType/Browser".to_owned(), None),
        (128, String::new(), Some("Ff")),
    ];
    for (flag, entry, rule) in rows {
        let signer = PdfSigner::new(&alice, now());
        let seeds = |flag: &str| format!("/Cert<</Type/SVCert{entry}{flag}>>");
        assert_eq!(broken(&signer, &seeds(&format!("/Ff {flag}"))), rule, "as a rule: {entry}");
        assert_eq!(broken(&signer, &seeds("")), None, "as a wish: {entry}");
    }
    let policy = "/Cert<</SignaturePolicyOID(1.2.3)>>";
    assert_eq!(broken(&PdfSigner::new(&alice, now()), policy), Some("SignaturePolicyOID"));
}

#[test]
fn the_error_says_what_would_do() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let told = |seeds: &str| sign(&PdfSigner::new(&alice, now()), &asking(seeds)).err().unwrap().to_string();
    let reasons = told("/Reasons[(I approve)(I wrote it)]/Ff 8");
    assert!(reasons.contains("“I approve”, “I wrote it”") && reasons.contains("none was given"), "{reasons}");
    let url = "/Cert<</SubjectDN[<</CN(Bob)>>]/URL(http://example.org/\u{7}enrol)/Ff 8>>";
    let certificate = told(url);
    assert!(certificate.contains("CN = “Bob”") && certificate.contains("“Alice”"), "{certificate}");
    assert!(certificate.contains("http://example.org/") && !certificate.contains('\u{7}'), "{certificate}");
}

#[test]
fn seed_values_of_hostile_files_are_bounded() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let many = format!("/Reasons[{}]/Ff 8", "(x)".repeat(2_000));
    let error = sign(&PdfSigner::new(&alice, now()), &asking(&many)).err().unwrap();
    assert!(matches!(error, PadesError::TooMany { .. }), "{error}");
}

/// What many elements refer to is read for each of them.
#[test]
fn what_seed_values_refer_to_again_and_again_is_bounded() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let long = "x".repeat(100_000);
    for (shared, seeds) in [
        (format!("({long})"), "/Reasons[{}]"),
        (format!("/{long}"), "/DigestMethod[{}]"),
        (format!("[{}]", "0 ".repeat(20_000)), "/Reasons[{}]"),
        (format!("<</CN({long})>>"), "/Cert<</SubjectDN[{}]>>"),
        (format!("<</{long}(x)>>"), "/Cert<</SubjectDN[{}]>>"),
        (format!("({long})"), "/Cert<</Subject[{}]>>"),
    ] {
        let asking = |times: usize| {
            revised(&contract(), |document, increment| {
                let (place, field) = (increment.allocate(), increment.allocate());
                increment.put_raw(place, shared.clone().into_bytes());
                let seeds = seeds.replace("{}", &format!("{place} ").repeat(times));
                let entries = format!("<</FT/Sig/T(Approval)/SV<<{seeds}>>>>");
                increment.put(field, &dictionary(&entries).into()).unwrap();
                edit_catalog(document, increment, |catalog| {
                    catalog.set("AcroForm", dictionary(&format!("<</Fields[{field}]>>")));
                });
            })
        };
        let sign = |times| sign(&PdfSigner::new(&alice, now()), &asking(times)).map(|_| ());
        sign(2).unwrap();
        match sign(500) {
            Err(PadesError::TooMany { what: "bytes of seed values", .. }) => {}
            other => panic!("{seeds}: {other:?}"),
        }
    }
    // Each cell of a table may refer to the same, too.
    let cells: String = (0..500).map(|cell| format!("/A{cell} {{}} ")).collect();
    let file = revised(&contract(), |document, increment| {
        let (place, field) = (increment.allocate(), increment.allocate());
        increment.put_raw(place, format!("({long})").into_bytes());
        let cells = cells.replace("{}", &place.to_string());
        let entries = format!("<</FT/Sig/T(Approval)/SV<</Cert<</SubjectDN[<<{cells}>>]>>>>>>");
        increment.put(field, &dictionary(&entries).into()).unwrap();
        edit_catalog(document, increment, |catalog| {
            catalog.set("AcroForm", dictionary(&format!("<</Fields[{field}]>>")));
        });
    });
    let error = sign(&PdfSigner::new(&alice, now()), &file).err().unwrap();
    assert!(matches!(error, PadesError::TooMany { what: "bytes of seed values", .. }), "{error}");
}
