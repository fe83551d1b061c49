//! Webhooks, from both sides.

use std::error::Error;

use chancery_ledger::{Delivery, DeliveryId, Destination, Effect, Kind, Sequence, StreamId, Tenant};
use chancery_workflow::webhook::{
    Received, ReplayCache, ReplayUnknown, WEBHOOK_ID, WEBHOOK_SIGNATURE, WEBHOOK_TIMESTAMP, Webhook,
    WebhookFault, WebhookRefusal, WebhookSecret, WebhookSecrets, WebhookVerifier,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

type Outcome = Result<(), Box<dyn Error>>;

/// The vector on which the specification's own libraries agree (standard-webhooks/standard-webhooks, libraries/*,
/// "sign function works").
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const SENT: i64 = 1_614_265_330;
const BODY: &[u8] = br#"{"test": 2432232314}"#;
const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}

fn known() -> WebhookSecrets {
    WebhookSecrets::new(secret(SECRET))
}

fn other() -> WebhookSecret {
    secret("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX")
}

fn secret(text: &str) -> WebhookSecret {
    WebhookSecret::parse(text).unwrap_or_else(|fault| unreachable!("{fault}"))
}

fn headers<'h>(id: &'h str, timestamp: &'h str, signature: &'h str) -> [(&'h str, &'h str); 3] {
    [(WEBHOOK_ID, id), (WEBHOOK_TIMESTAMP, timestamp), (WEBHOOK_SIGNATURE, signature)]
}

fn refusal(headers: &[(&str, &str)], body: &[u8], now: i64) -> Option<WebhookRefusal> {
    WebhookVerifier::new(known()).verify(headers.iter().copied(), body, at(now)).err()
}

#[test]
fn the_vector_of_the_specification() -> Outcome {
    let webhook = Webhook::new(ID, BODY)?;
    let sent = webhook.headers(&known(), at(SENT));
    let expected = headers(ID, "1614265330", SIGNATURE);
    assert_eq!(sent.iter().collect::<Vec<_>>(), expected);
    let genuine = WebhookVerifier::new(known()).verify(expected, BODY, at(SENT))?;
    assert_eq!((genuine.id(), genuine.sent(), genuine.counts_until()), (ID, at(SENT), at(SENT + 300)));
    Ok(())
}

#[test]
fn every_refusal() {
    let good = headers(ID, "1614265330", SIGNATURE);
    assert_eq!(refusal(&good, BODY, SENT), None);
    for n in 0..3 {
        let without: Vec<_> = good.iter().enumerate().filter(|(m, _)| *m != n).map(|(_, h)| *h).collect();
        assert_eq!(refusal(&without, BODY, SENT), Some(WebhookRefusal::Missing(good[n].0)));
        // Also under another case, which HTTP takes for the same.
        let upper = good[n].0.to_uppercase();
        let twice = [good[0], good[1], good[2], (upper.as_str(), good[n].1)];
        assert_eq!(refusal(&twice, BODY, SENT), Some(WebhookRefusal::Twice(good[n].0)));
    }
    for id in ["", "a.b", "msg\r\nx: y", "é", &"x".repeat(129)] {
        let found = refusal(&headers(id, "1614265330", SIGNATURE), BODY, SENT);
        assert_eq!(found, Some(WebhookRefusal::Id { most: 128 }), "{id}");
    }
    for time in ["", "-1", "+1614265330", "01614265330", "1614265330.0", " 1614265330", "9999999999999", "x"]
    {
        let found = refusal(&headers(ID, time, SIGNATURE), BODY, SENT);
        assert_eq!(found, Some(WebhookRefusal::Timestamp), "{time}");
    }
    for signature in ["", "v1", "v1,***", "v2,AAAA", "v1a,hnO3f9T8", SIGNATURE.trim_start_matches("v1,")] {
        let found = refusal(&headers(ID, "1614265330", signature), BODY, SENT);
        assert_eq!(found, Some(WebhookRefusal::NoSignature), "{signature}");
    }
    let long = "v1,AAAA ".repeat(300);
    let found = refusal(&headers(ID, "1614265330", &long), BODY, SENT);
    assert_eq!(found, Some(WebhookRefusal::TooManySignatures { most: 2048 }));
    // A signature cut short, an empty one, one of another body, id, time or secret.
    let other_body = headers(ID, "1614265330", SIGNATURE);
    assert_eq!(refusal(&other_body, br#"{"test":2432232314}"#, SENT), Some(WebhookRefusal::Signature));
    for signature in ["v1,", "v1,g0hM9SsE+OTPJTGt/tmIKg==", "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="]
    {
        let found = refusal(&headers(ID, "1614265330", signature), BODY, SENT);
        assert_eq!(found, Some(WebhookRefusal::Signature), "{signature}");
    }
    assert_eq!(
        refusal(&headers("msg_other", "1614265330", SIGNATURE), BODY, SENT),
        Some(WebhookRefusal::Signature)
    );
    assert_eq!(refusal(&headers(ID, "1614265331", SIGNATURE), BODY, SENT), Some(WebhookRefusal::Signature));
    let verifier = WebhookVerifier::new(WebhookSecrets::new(other()));
    assert_eq!(verifier.verify(good, BODY, at(SENT)).err(), Some(WebhookRefusal::Signature));
    let small = WebhookVerifier::new(known()).most_bytes(19);
    assert_eq!(small.verify(good, BODY, at(SENT)).err(), Some(WebhookRefusal::Body { most: 19 }));
}

#[test]
fn five_minutes_and_not_a_second_more() {
    let good = headers(ID, "1614265330", SIGNATURE);
    let (sent, age) = (at(SENT), 300);
    assert_eq!(refusal(&good, BODY, SENT + age), None);
    assert_eq!(refusal(&good, BODY, SENT - age), None);
    let now = at(SENT + age + 1);
    assert_eq!(refusal(&good, BODY, SENT + age + 1), Some(WebhookRefusal::TooOld { sent, now }));
    let now = at(SENT - age - 1);
    assert_eq!(refusal(&good, BODY, SENT - age - 1), Some(WebhookRefusal::TooNew { sent, now }));
    let strict = WebhookVerifier::new(known()).tolerance(SignedDuration::ZERO);
    assert!(strict.verify(good, BODY, at(SENT + 1)).is_ok());
    assert!(strict.verify(good, BODY, at(SENT + 2)).is_err());
}

#[test]
fn a_secret_is_changed_without_losing_a_webhook() -> Outcome {
    let (began, ends) = (at(SENT), at(SENT + 86_400));
    let mut sender = known();
    sender.rotate(other(), ends, began)?;
    let webhook = Webhook::new(ID, BODY)?;
    let during = webhook.headers(&sender, began);
    assert_eq!(during.signature_count(), 2);
    // The receiver has the old one, the new one, or both.
    for secrets in [known(), WebhookSecrets::new(other()), known().and_until(other(), ends)?] {
        assert!(WebhookVerifier::new(secrets).verify(during.iter(), BODY, began).is_ok());
    }
    let after = webhook.headers(&sender, ends);
    assert_eq!(after.signature_count(), 1);
    assert_eq!(
        WebhookVerifier::new(known()).verify(after.iter(), BODY, ends).err(),
        Some(WebhookRefusal::Signature)
    );
    // At the receiver an ended secret opens nothing either.
    let mut receiver = known();
    receiver.rotate(other(), ends, began)?;
    let old = webhook.headers(&known(), ends);
    assert_eq!(
        WebhookVerifier::new(receiver).verify(old.iter(), BODY, ends).err(),
        Some(WebhookRefusal::Signature)
    );
    Ok(())
}

#[test]
fn what_cannot_be_sent() {
    assert_eq!(Webhook::new("a.b", BODY).err(), Some(WebhookFault::Id { most: 128 }));
    let (most, found) = (Webhook::MOST_BYTES, Webhook::MOST_BYTES + 1);
    assert_eq!(Webhook::new(ID, vec![0; found]).err(), Some(WebhookFault::Body { most, found }));
}

fn delivery(tenant: &str, sequence: u64, n: u32, attempt: u32) -> Result<Delivery, Box<dyn Error>> {
    Ok(Delivery {
        tenant: Tenant::new(tenant)?,
        id: DeliveryId { sequence: Sequence(sequence), n },
        stream: StreamId::new("envelope/7")?,
        effect: Effect {
            destination: Destination::new("webhook")?,
            kind: Kind::new("envelope.completed")?,
            body: BODY.to_vec(),
        },
        attempt,
        until: at(i64::from(attempt)),
    })
}

/// Documenso #3204: each attempt looked like a new event.
#[test]
fn a_repeated_delivery_is_the_same_webhook() -> Outcome {
    let first = Webhook::of_delivery(&delivery("acme", 5, 0, 1)?)?;
    let again = Webhook::of_delivery(&delivery("acme", 5, 0, 2)?)?;
    assert_eq!((first.id(), first.body()), (again.id(), again.body()));
    let others = [delivery("acme", 5, 1, 1)?, delivery("acme", 6, 0, 1)?, delivery("umbrella", 5, 0, 1)?];
    for other in &others {
        assert_ne!(Webhook::of_delivery(other)?.id(), first.id());
    }
    let mut cache = ReplayCache::new(10);
    let verifier = WebhookVerifier::new(known());
    let mut receive = |webhook: &Webhook, now| -> Result<Received, Box<dyn Error>> {
        let genuine = verifier.verify(webhook.headers(&known(), now).iter(), webhook.body(), now)?;
        Ok(cache.receive(&genuine, now)?)
    };
    assert_eq!(receive(&first, at(100))?, Received::First);
    assert_eq!(receive(&again, at(105))?, Received::Again);
    Ok(())
}

#[test]
fn the_cache_forgets_nothing_that_still_counts() -> Outcome {
    let verifier = WebhookVerifier::new(known());
    let genuine = |id: &str, sent: i64| {
        let webhook = Webhook::new(id, BODY).unwrap();
        verifier.verify(webhook.headers(&known(), at(sent)).iter(), BODY, at(sent)).unwrap()
    };
    let mut cache = ReplayCache::new(2);
    let (one, two) = (genuine("one", 1000), genuine("two", 1001));
    assert_eq!(cache.receive(&one, at(1000))?, Received::First);
    assert_eq!(cache.receive(&two, at(1001))?, Received::First);
    // Full, and nobody makes room by sending more.
    let three = genuine("three", 1002);
    assert_eq!(cache.receive(&three, at(1002)), Err(ReplayUnknown::Full { most: 2 }));
    assert_eq!(cache.receive(&one, at(1300))?, Received::Again);
    // A second later a copy of the first would be refused as too old, so it may be forgotten.
    assert_eq!(cache.receive(&three, at(1301))?, Received::First);
    assert_eq!(cache.len(), 2);
    // The clock goes back: the copy of the first would be accepted by its time, and cannot be told from a new one.
    let forgotten = at(1301);
    assert_eq!(cache.receive(&one, at(1200)), Err(ReplayUnknown::ClockBehind { forgotten }));
    // What was not acted on comes again as the first.
    cache.failed(&three);
    assert_eq!(cache.receive(&three, at(1302))?, Received::First);
    assert!(!cache.is_empty());
    Ok(())
}

#[test]
fn a_later_attempt_is_remembered_for_longer() -> Outcome {
    let verifier = WebhookVerifier::new(known());
    let webhook = Webhook::new(ID, BODY)?;
    let genuine = |sent| verifier.verify(webhook.headers(&known(), at(sent)).iter(), BODY, at(sent));
    let (early, late) = (genuine(1000)?, genuine(1200)?);
    let mut cache = ReplayCache::new(1);
    assert_eq!(cache.receive(&early, at(1000))?, Received::First);
    assert_eq!(cache.receive(&late, at(1200))?, Received::Again);
    assert_eq!(cache.receive(&early, at(1250))?, Received::Again);
    assert_eq!(cache.receive(&late, at(1500))?, Received::Again);
    Ok(())
}

proptest! {
    /// No byte of anything signed can be another.
    #[test]
    fn any_edit_is_refused(body in proptest::collection::vec(any::<u8>(), 1..200), place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let webhook = Webhook::new(ID, body.clone()).unwrap();
        let headers = webhook.headers(&known(), at(SENT));
        let verifier = WebhookVerifier::new(known());
        prop_assert!(verifier.verify(headers.iter(), &body, at(SENT)).is_ok());
        let mut edited = body;
        let place = place.index(edited.len());
        edited[place] ^= 1 << bit;
        prop_assert_eq!(verifier.verify(headers.iter(), &edited, at(SENT)).err(), Some(WebhookRefusal::Signature));
    }

    /// Whatever comes in is answered.
    #[test]
    fn any_headers_are_answered(id in "\\PC{0,40}", time in "\\PC{0,20}", signature in "(v1,)?\\PC{0,60}", body in any::<Vec<u8>>()) {
        let found = refusal(&headers(&id, &time, &signature), &body, SENT);
        prop_assert!(found.is_some());
    }
}
