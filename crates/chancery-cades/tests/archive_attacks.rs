//! What an attacker does to archived signatures.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod common;

use std::collections::HashSet;
use std::sync::LazyLock;

use chancery_ades::TimestampKind;
use chancery_cades::attributes::{ARCHIVE_TIMESTAMP_V3, HASH_INDEX_V3};
use chancery_cades::{CadesSignature, Level};
use chancery_certificate::asn1;
use chancery_cms::attributes::SIGNATURE_TIMESTAMP;
use chancery_cms::{Attribute, CountersignaturePreparation, Enclosures, SignedMessage};
use chancery_digest::{AnyDigest, DigestAlgorithm, Digests};
use chancery_key::{KeyKind, Signer};
use common::{CONTENT, Office, archive_fault, archives, edit, presented, presented_with, read, replace};
use proptest::prelude::*;

/// The token of the only archive timestamp.
fn archive_token(message: &SignedMessage) -> Vec<u8> {
    message.signers()[0].unsigned_attributes().single(ARCHIVE_TIMESTAMP_V3).unwrap().to_vec()
}

#[test]
fn the_untouched_signature_matches() {
    let archived = Office::open().archive();
    assert_eq!(archive_fault(archived.message().to_bytes()), "");
}

#[test]
fn what_is_listed_and_taken_out_or_swapped_breaks_the_index() {
    let office = Office::open();
    let archived = office.archive().into_bytes();
    let message = read(&archived);
    let stranger = office.pki.issue(chancery_testkit::Profile::signer("Mallory", KeyKind::P256));
    let root = office.pki.root().to_der();
    for (what, bytes) in [
        ("1 certificates", replace(&archived, root, &[])),
        ("1 certificates", replace(&archived, root, stranger.certificate().to_der())),
        ("1 CRLs or OCSP answers", {
            let answer = message.received().unwrap();
            let answer = answer.revocations().unwrap().members()[0].as_bytes().to_vec();
            replace(&archived, &answer, &[])
        }),
        ("1 unsigned attributes", {
            let stamp = message.signers()[0].unsigned_attributes().find(SIGNATURE_TIMESTAMP).next().unwrap();
            replace(&archived, &stamp.to_der(), &[])
        }),
    ] {
        let fault = archive_fault(&bytes);
        assert!(fault.contains(&format!("lists {what}")), "{what}: {fault}");
    }
}

#[test]
fn what_is_added_later_is_not_proven() {
    let office = Office::open();
    let archived = office.archive();
    let stranger = office.pki.issue(chancery_testkit::Profile::signer("Mallory", KeyKind::P256));
    let added = Enclosures::new().certificate(stranger.certificate().clone()).crl(&office.pki.crl()).unwrap();
    let message = archived.message().with_enclosures(&added).unwrap();
    let late = CadesSignature::first_of(message).unwrap();
    let late = late.with_timestamp(&office.token(&late.timestamp_digest(DigestAlgorithm::Sha256))).unwrap();
    let subject = presented(late.message(), 0);
    let [stamp] = archives(&subject)[..] else { panic!("not one archive timestamp") };
    assert!(stamp.token.is_ok(), "adding is allowed");
    let covered = stamp.covers.covered_evidence();
    assert!(!covered.certificates().contains(stranger.certificate()));
    assert!(covered.crls().is_empty());
    assert_eq!(stamp.covers.tokens().count(), 1, "the later signature timestamp is not covered");
    assert_eq!(subject.timestamps.iter().filter(|stamp| stamp.kind == TimestampKind::Signature).count(), 2);
}

/// The message with another token in the place of its archive timestamp.
fn with_token(archived: &SignedMessage, token: &[u8]) -> Vec<u8> {
    archived.with_unsigned_value_replaced(0, &archive_token(archived), token).unwrap().into_bytes()
}

#[test]
fn an_index_is_neither_left_out_nor_doubled_nor_changed() {
    let archived = Office::open().archive();
    let message = archived.message();
    let token = read(&archive_token(message));
    let index = token.signers()[0].unsigned_attributes().single(HASH_INDEX_V3).unwrap().to_vec();

    let attribute = Attribute::new(HASH_INDEX_V3, index.clone()).to_der();
    let fault = archive_fault(&with_token(
        message,
        &edit(token.to_bytes(), &mut |element| (element == attribute).then(Vec::new)),
    ));
    assert!(fault.contains("no hash index"), "{fault}");

    let twice = token.with_unsigned_attribute(0, &Attribute::new(HASH_INDEX_V3, index.clone())).unwrap();
    let fault = archive_fault(&with_token(message, twice.to_bytes()));
    assert!(fault.contains("2 hash indices"), "{fault}");

    // Less is listed, so that something could be exchanged: but the index itself is stamped.
    let empty = asn1::sequence(&[]);
    let algorithm = asn1::sequence(&[&asn1::oid(&DigestAlgorithm::Sha256.oid())]);
    let nothing = asn1::sequence(&[&algorithm, &empty, &empty, &empty]);
    let fault = archive_fault(&with_token(message, &replace(token.to_bytes(), &index, &nothing)));
    assert!(fault.contains("it stamps other bytes"), "{fault}");

    let other = asn1::sequence(&[&asn1::oid(&DigestAlgorithm::Sha512.oid())]);
    let other = asn1::sequence(&[&other, &empty, &empty, &empty]);
    let fault = archive_fault(&with_token(message, &replace(token.to_bytes(), &index, &other)));
    assert!(fault.contains("SHA-512, the timestamp SHA-256"), "{fault}");
}

#[test]
fn other_content_of_the_same_message_does_not_match() {
    let office = Office::open();
    let detached = office.archived(&office.preserved(&office.stamped(&office.detached())));
    let message = detached.message();
    let fault = |content| {
        let subject = presented_with(message, 0, content);
        archives(&subject)[0].token.as_ref().err().map(ToString::to_string)
    };
    assert_eq!(fault(CONTENT), None);
    assert!(fault(b"The tenant pays 9000 euro a month.").unwrap().contains("it stamps other bytes"));
    // Without its digest nothing can be said.
    let none = chancery_cades::subject(
        "it".into(),
        message,
        &message.signers()[0],
        &Digests::default(),
        chancery_ades::RequiredBinding::Signed,
        &chancery_chain::Evidence::new(),
    );
    assert!(archives(&none)[0].token.as_ref().unwrap_err().to_string().contains("were not digested"));
    assert_eq!(archives(&none)[0].covers.signatures().count(), 0, "what is not matched proves nothing");
}

/// Two signers of one message, each with a timestamp, the first archived.
fn two_signers(office: &Office) -> SignedMessage {
    let mut message = office.joined_by("Bob");
    for index in [0, 1] {
        let signed = CadesSignature::of(message, index).unwrap();
        message = office.preserved(&office.stamped(&signed)).message().clone();
    }
    office.archived(&CadesSignature::of(message, 0).unwrap()).message().clone()
}

#[test]
fn an_archive_timestamp_of_one_signer_proves_nothing_of_another() {
    let office = Office::open();
    let message = two_signers(&office);
    let (first, second) = (presented(&message, 0), presented(&message, 1));
    assert!(archives(&first)[0].token.is_ok());
    assert!(archives(&second).is_empty());
    let tokens: Vec<_> = archives(&first)[0].covers.tokens().map(<[u8]>::to_vec).collect();
    let of_second = message.signers()[1].unsigned_attributes().single(SIGNATURE_TIMESTAMP).unwrap();
    assert!(!tokens.iter().any(|token| token == of_second));
    assert!(!archives(&first)[0].covers.signatures().any(|value| value == message.signers()[1].signature()));
    let levels = [0, 1].map(|signer| Level::of(&message, &message.signers()[signer]));
    assert_eq!(levels, [Level::BaselineLta, Level::BaselineLt]);

    // Carried over to the other signer it does not match.
    let stolen = Attribute::new(ARCHIVE_TIMESTAMP_V3, archive_token(&message));
    let moved = message.with_unsigned_attribute(1, &stolen).unwrap();
    let subject = presented(&moved, 1);
    let fault = archives(&subject)[0].token.as_ref().unwrap_err().to_string();
    assert!(fault.contains("not in the signature"), "{fault}");
}

#[test]
fn ber_around_and_inside_changes_nothing() {
    let archived = Office::open().archive().into_bytes();
    // Indefinite lengths of everything down to the SignedData.
    let (oid, data) = {
        let mut fields = asn1::Reader::new(&archived).element().unwrap().reader();
        (fields.element().unwrap().raw, fields.element().unwrap().reader().element().unwrap().content)
    };
    let around = [&[0x30, 0x80], oid, &[0xa0, 0x80, 0x30, 0x80], data, &[0; 6]].concat();
    assert_eq!(archive_fault(&around), "");
    // A listed token in BER: as DER it is what was listed.
    let message = read(&archived);
    let token = message.signers()[0].unsigned_attributes().single(SIGNATURE_TIMESTAMP).unwrap().to_vec();
    let content = asn1::Reader::new(&token).element().unwrap().content;
    let ber = [&[0x30, 0x80], content, &[0, 0]].concat();
    let inside = message.with_unsigned_value_replaced(0, &token, &ber).unwrap();
    assert_eq!(archive_fault(inside.to_bytes()), "");
}

#[test]
fn originals_in_ber_are_archived_as_they_are() {
    let office = Office::open();
    let basic = office.basic().into_bytes();
    let (oid, data) = {
        let mut fields = asn1::Reader::new(&basic).element().unwrap().reader();
        (fields.element().unwrap().raw, fields.element().unwrap().reader().element().unwrap().content)
    };
    let ber = [&[0x30, 0x80], oid, &[0xa0, 0x80, 0x30, 0x80], data, &[0; 6]].concat();
    let signed = CadesSignature::first_of(read(&ber)).unwrap();
    let archived = office.archived(&office.preserved(&office.stamped(&signed)));
    assert!(archived.message().to_bytes().starts_with(&[0x30, 0x80]), "still BER");
    assert_eq!(archive_fault(archived.message().to_bytes()), "");
}

#[test]
fn a_countersignature_is_covered_once_it_is_listed() {
    let office = Office::open();
    let preserved = office.long_term();
    let notary = office.pki.signer("Notary", KeyKind::P256);
    let countersigned = |message: &SignedMessage| {
        let target = &message.signers()[0];
        let prepared =
            CountersignaturePreparation::new(notary.chain(), notary.algorithm(), target).prepare().unwrap();
        let finished = prepared.finish(notary.sign(prepared.to_be_signed()).unwrap()).unwrap();
        CadesSignature::first_of(message.with_countersignature(&finished).unwrap()).unwrap()
    };
    let before = office.archived(&countersigned(preserved.message()));
    let after = countersigned(office.archived(&preserved).message());
    for (signed, signatures) in [(before, 2), (after, 1)] {
        let subject = presented(signed.message(), 0);
        let [stamp] = archives(&subject)[..] else { panic!("not one archive timestamp") };
        assert!(stamp.token.is_ok());
        assert_eq!(stamp.covers.signatures().count(), signatures);
    }
}

#[test]
fn a_renewal_does_not_hide_that_an_earlier_one_is_broken() {
    let office = Office::open();
    let archived = office.archive();
    let renewed = office.archived(&office.preserved(&archived));
    // The first archive timestamp loses its signature timestamp, which the second lists too.
    let message = renewed.message();
    let stamp = message.signers()[0].unsigned_attributes().find(SIGNATURE_TIMESTAMP).next().unwrap();
    let bytes = replace(message.to_bytes(), &stamp.to_der(), &[]);
    let message = read(&bytes);
    let subject = presented(&message, 0);
    assert_eq!(archives(&subject).len(), 2);
    assert!(archives(&subject).iter().all(|stamp| stamp.token.is_err()));
    assert!(archives(&subject).iter().all(|stamp| stamp.covers.signatures().count() == 0));
}

#[test]
fn the_longest_timestamp_may_be_one_that_a_shorter_one_lists() {
    const UNKNOWN: const_oid::ObjectIdentifier = const_oid::ObjectIdentifier::new_unwrap("1.2.3.4.5");
    let office = Office::open();
    let message = office.archive().message().clone();
    let padding = Attribute::new(UNKNOWN, asn1::octet_string(&[7; 20_000]));
    let token = read(&archive_token(&message)).with_unsigned_attribute(0, &padding).unwrap();
    let first = CadesSignature::first_of(read(&with_token(&message, token.to_bytes()))).unwrap();
    let renewed = office.archived(&office.preserved(&first));
    let subject = presented(renewed.message(), 0);
    let archives = archives(&subject);
    assert!(archives.len() == 2 && archives.iter().all(|stamp| stamp.token.is_ok()));
    assert!(archives.iter().any(|stamp| stamp.covers.tokens().any(|covered| covered == token.to_bytes())));
    // Not because nobody looks: another of the same length is not the one that is listed.
    let other = Attribute::new(UNKNOWN, asn1::octet_string(&[8; 20_000]));
    let other = read(&archive_token(&message)).with_unsigned_attribute(0, &other).unwrap();
    let bytes =
        renewed.message().with_unsigned_value_replaced(0, token.to_bytes(), other.to_bytes()).unwrap();
    let subject = presented(&bytes, 0);
    assert_eq!(common::archives(&subject).iter().filter(|stamp| stamp.token.is_ok()).count(), 1);
}

/// A signature that was archived twice, with everything that its timestamps prove.
static ARCHIVED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let office = Office::open();
    office.archived(&office.preserved(&office.archive())).into_bytes()
});

/// What the archive timestamps that match prove to have existed: signature values, tokens, certificates, CRLs and OCSP
/// answers.
fn proven(message: &SignedMessage) -> HashSet<Vec<u8>> {
    let subject = presented(message, 0);
    let mut proven = HashSet::new();
    for stamp in archives(&subject).into_iter().filter(|stamp| stamp.token.is_ok()) {
        proven.extend(stamp.covers.signatures().chain(stamp.covers.tokens()).map(<[u8]>::to_vec));
        let evidence = stamp.covers.covered_evidence();
        proven.extend(evidence.certificates().iter().map(|one| one.to_der().to_vec()));
        proven.extend(evidence.crls().iter().chain(evidence.ocsp()).map(|one| one.to_vec()));
    }
    proven
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_change_of_a_byte_makes_anything_new_proven(place in any::<prop::sample::Index>(), change in 1_u8..) {
        let mut bytes = ARCHIVED.clone();
        let place = place.index(bytes.len());
        bytes[place] ^= change;
        // Where an index lists something in DER, it comes in whatever BER: any octet but 0 is TRUE, and it is the same
        // thing in other octets.
        let is_boolean = place >= 2 && ARCHIVED[place - 2..=place] == [1, 1, 0xff];
        prop_assume!(!is_boolean || bytes[place] == 0);
        if let Ok(changed) = SignedMessage::from_ber(&bytes) && !changed.signers().is_empty() {
            let (before, after) = (proven(&read(&ARCHIVED)), proven(&changed));
            prop_assert!(after.is_subset(&before), "{place}");
        }
    }

    #[test]
    fn any_index_and_any_value_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let value = asn1::encode(asn1::tag::SEQUENCE, &bytes);
        let message = read(&ARCHIVED);
        let kinds = [
            HASH_INDEX_V3,
            ARCHIVE_TIMESTAMP_V3,
            chancery_cades::attributes::ARCHIVE_TIMESTAMP_V2,
            chancery_cades::attributes::CERTIFICATE_VALUES,
            chancery_cades::attributes::REVOCATION_VALUES,
            chancery_cms::attributes::COUNTERSIGNATURE,
        ];
        let added = kinds.iter().try_fold(message.clone(), |message, oid| {
            message.with_unsigned_attribute(0, &Attribute::new(*oid, value.clone()))
        });
        if let Ok(added) = added {
            prop_assert!(proven(&added).is_subset(&proven(&message)));
        }
    }
}

/// A true archive timestamp of today over long-term evidence, whose index lists certificates, CRLs and OCSP answers, and
/// attributes, or leaves them out.
fn archived_over(lists: [bool; 3]) -> SignedMessage {
    let office = Office::open();
    let signed = office.long_term();
    office.wait();
    let message = signed.message();
    let (outer, signer) = (message.received().unwrap(), message.signers()[0].received().unwrap());
    let hash = |bytes: &[u8]| asn1::octet_string(DigestAlgorithm::Sha256.digest(bytes).as_bytes());
    let members = |set: Option<&chancery_cms::ReceivedSet<'_>>| -> Vec<Vec<u8>> {
        set.unwrap().members().iter().map(|member| hash(member.as_bytes())).collect()
    };
    let values = signer.unsigned_values().unwrap();
    let values =
        values.iter().map(|one| hash(&[one.attribute_type.as_bytes(), one.value.as_bytes()].concat()));
    let all = [members(outer.certificates()), members(outer.revocations()), values.collect()];
    let listed = all.iter().zip(lists).map(|(hashes, listed)| {
        asn1::encode(asn1::tag::SEQUENCE, &if listed { hashes.concat() } else { Vec::new() })
    });
    let algorithm = asn1::sequence(&[&asn1::oid(&DigestAlgorithm::Sha256.oid())]);
    let index = asn1::encode(
        asn1::tag::SEQUENCE,
        &std::iter::once(algorithm).chain(listed).collect::<Vec<_>>().concat(),
    );
    let content = DigestAlgorithm::Sha256.digest(CONTENT);
    let stamped =
        [outer.content_type().as_bytes(), content.as_bytes(), &signer.signed_fields(), &index].concat();
    let token = office.token(&DigestAlgorithm::Sha256.digest(&stamped));
    let token = token.message().with_unsigned_attribute(0, &Attribute::new(HASH_INDEX_V3, index)).unwrap();
    message.with_unsigned_attribute(0, &Attribute::new(ARCHIVE_TIMESTAMP_V3, token.to_bytes())).unwrap()
}

/// A timestamp that matches makes a signature last only with what it lists: the level says so.
#[test]
fn a_level_counts_only_what_an_archive_timestamp_lists() {
    for (lists, level) in [
        ([true, true, true], Level::BaselineLta),
        ([false, true, true], Level::BaselineLt),
        ([true, true, false], Level::BaselineLt),
        ([false, false, false], Level::BaselineLt),
        ([false, false, true], Level::BaselineLt),
        ([true, false, true], Level::BaselineLt),
    ] {
        let message = archived_over(lists);
        let subject = presented(&message, 0);
        let [stamp] = archives(&subject)[..] else { panic!("not one archive timestamp") };
        assert!(stamp.token.is_ok(), "{:?}", stamp.token);
        assert_eq!(Level::of(&message, &message.signers()[0]), level, "{lists:?}");
    }
}

/// What came after the archive timestamp takes nothing away; what is broken takes it all.
#[test]
fn a_level_stays_when_something_is_added() {
    let office = Office::open();
    let archived = office.archive();
    let preserved = office.preserved(&archived);
    assert_eq!((archived.level(), preserved.level()), (Level::BaselineLta, Level::BaselineLta));
    let token = read(&archive_token(archived.message()));
    let index = token.signers()[0].unsigned_attributes().single(HASH_INDEX_V3).unwrap().to_vec();
    let broken =
        replace(token.to_bytes(), &index, &[&index[..index.len() - 1], &[!index[index.len() - 1]]].concat());
    let broken = read(&with_token(archived.message(), &broken));
    assert_eq!(Level::of(&broken, &broken.signers()[0]), Level::BaselineLt);
}
