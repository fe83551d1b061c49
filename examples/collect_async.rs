//! How do I make signatures last in a program that must not block?
//!
//! `cargo run --release --example collect_async`
//!
//! Needs nothing: the authorities are made here and listen on this machine only. Chancery knows no runtime; with yours,
//! implement `AsyncTransport` by the client that you have anyway, and leave `block_on` out.

use std::error::Error;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use chancery_cades::{CadesSignature, CadesSigner, LongTermCollector};
use chancery_chain::{ChainVerifier, Purpose, RevocationPolicy, TrustAnchors};
use chancery_digest::{Digest, DigestAlgorithm, Digests};
use chancery_http::{AddressRule, Answer, AsyncTransport, BlockingClient, Request, Transport};
use chancery_key::KeyKind;
use chancery_testkit::TestPki;
use chancery_timestamp::{MatchingToken, TimestampQuestion};
use getrandom::SysRng;
use getrandom::rand_core::{TryRng, UnwrapErr};
use jiff::Timestamp;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let pki = TestPki::on_loopback(Timestamp::now());
    let alice = pki.signer("Alice", KeyKind::P256);
    let signed = CadesSigner::new(&alice, pki.now()).sign(b"I approve.".to_vec())?;
    let signed = block_on(keep(signed, &pki))?;
    println!("{}: {} bytes", signed.level(), signed.message().to_bytes().len());
    Ok(())
}

/// From B-B to B-LTA. The steps are those of the blocking methods; only who waits is another.
async fn keep(signed: CadesSignature, pki: &TestPki) -> Outcome<CadesSignature> {
    let network = Threads(BlockingClient::new().allow(AddressRule::Loopback));
    let roots = TrustAnchors::from_pem(pki.anchors_pem().as_bytes())?;
    let verifier = ChainVerifier::new(&roots, Purpose::DocumentSigning, RevocationPolicy::Require);

    let token = stamp(signed.timestamp_digest(DigestAlgorithm::Sha256), pki, &network).await?;
    let signed = signed.with_timestamp(&token)?;
    println!("timestamped at {}", token.time());

    let collector = LongTermCollector::new(&signed, &verifier, &verifier, pki.now())?;
    let evidence = collector.allow(AddressRule::Loopback).collect_async(&network).await?;
    let signed = signed.preserve(&evidence)?;
    println!("preserved with {} chains", evidence.chains().len());

    let prepared = signed.prepare_archive(&Digests::default(), DigestAlgorithm::Sha256)?;
    let token = stamp(*prepared.digest(), pki, &network).await?;
    Ok(prepared.finish(&token)?)
}

/// One question, one answer.
async fn stamp(digest: Digest, pki: &TestPki, network: &impl AsyncTransport) -> Outcome<MatchingToken> {
    let mut nonce = [0; 16];
    UnwrapErr(SysRng).try_fill_bytes(&mut nonce)?;
    let question = TimestampQuestion::new(digest, nonce);
    let request = question.request(pki.tsa_url().as_str())?;
    Ok(question.accept(&network.send(&request).await?)?)
}

/// A thread for each request: enough for an example.
struct Threads(BlockingClient);

impl AsyncTransport for Threads {
    fn send<'a>(&'a self, request: &'a Request) -> Answer<'a> {
        type Slot<T> = Arc<Mutex<(Option<T>, Option<Waker>)>>;
        let slot: Slot<_> = Arc::new(Mutex::new((None, None)));
        let (client, request, theirs) = (self.0.clone(), request.clone(), Arc::clone(&slot));
        thread::spawn(move || {
            let answer = client.send(&request);
            let mut slot = theirs.lock().unwrap_or_else(PoisonError::into_inner);
            slot.0 = Some(answer);
            if let Some(waker) = slot.1.take() {
                waker.wake();
            }
        });
        Box::pin(poll_fn(move |context| {
            let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
            match slot.0.take() {
                Some(answer) => Poll::Ready(answer),
                None => {
                    slot.1 = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        }))
    }
}

/// The smallest of all runtimes: this thread, which sleeps in between.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct ThisThread(Thread);
    impl Wake for ThisThread {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(ThisThread(thread::current())));
    let (mut future, mut context) = (pin!(future), Context::from_waker(&waker));
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}
