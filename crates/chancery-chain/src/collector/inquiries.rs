//! What was asked of the network, what it cost, and what may still be asked.

use std::collections::HashMap;

use chancery_http::{AddressGuard, AddressRule, Request, Response, TransportError};

use crate::collector::answer_error::AnswerError;
use crate::collector::fetch::{Fetch, Wanted};
use crate::collector::fetch_fault::FetchFault;
use crate::collector::limits::CollectorLimits;
use crate::collector::place;
use crate::collector::sources::{Form, Source};

/// The questions of one collection: each place once, within limits.
#[derive(Debug)]
pub(crate) struct Inquiries {
    limits: CollectorLimits,
    guard: AddressGuard,
    asked: HashMap<Place, usize>,
    fetches: Vec<Fetch>,
    spent: Spent,
    state: State,
}

/// Whether the limits allow another question.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Open,
    Ended,
}

/// Where something was asked: URL, and what was sent there.
type Place = (String, Vec<u8>);

#[derive(Debug, Default)]
struct Spent {
    requests: u32,
    issuer_requests: u32,
    bytes: usize,
}

impl Inquiries {
    pub(crate) fn new() -> Self {
        Self {
            limits: CollectorLimits::default(),
            guard: AddressGuard::public_only(),
            asked: HashMap::new(),
            fetches: Vec::new(),
            spent: Spent::default(),
            state: State::Open,
        }
    }

    pub(crate) fn within(self, limits: CollectorLimits) -> Self {
        Self { limits, ..self }
    }

    pub(crate) fn allow(self, rule: AddressRule) -> Self {
        Self { guard: self.guard.allow(rule), ..self }
    }

    pub(crate) fn state(&self) -> State {
        self.state
    }

    pub(crate) fn into_fetches(self) -> Vec<Fetch> {
        self.fetches
    }

    /// The request to a place, unless it was asked before or may not be asked.
    pub(crate) fn prepare(&mut self, source: &Source) -> Option<Request> {
        if source.form == Form::Post && !self.misunderstood(source) {
            return None;
        }
        let place = place_of(source);
        if let Some(fetch) = self.asked.get(&place).and_then(|index| self.fetches.get_mut(*index)) {
            fetch.also_about(source.about());
            return None;
        }
        self.asked.insert(place, self.fetches.len());
        let checked = source.request().map_err(FetchFault::from).and_then(|request| {
            place::check(request.address(), &self.guard)?;
            self.spend(source, request)
        });
        match checked {
            Ok(request) => Some(request),
            Err(fault) => {
                self.note(source, Err(fault));
                None
            }
        }
    }

    /// Counts what came, and refuses what the request did not allow.
    pub(crate) fn receive(
        &mut self,
        request: &Request,
        answer: Result<Response, TransportError>,
    ) -> Result<Response, FetchFault> {
        let limit = request.limits().max_response;
        let length = match &answer {
            Ok(response) => response.body().len(),
            // It was read up to there.
            Err(TransportError::TooLarge { limit, .. }) => *limit,
            Err(_) => 0,
        };
        self.spent.bytes = self.spent.bytes.saturating_add(length);
        match answer? {
            _ if length > limit => Err(AnswerError::TooLarge { length, limit }.into()),
            response => Ok(response),
        }
    }

    /// Keeps what became of a question.
    pub(crate) fn note(&mut self, source: &Source, outcome: Result<(), FetchFault>) {
        self.fetches.push(Fetch::new(source.wanted(), &source.url, source.about().clone(), outcome));
    }

    /// Whether the place was not asked yet. If it was, the answer counts for this certificate too.
    pub(crate) fn is_open(&mut self, source: &Source) -> bool {
        let Some(index) = self.asked.get(&place_of(source)) else {
            return source.form == Form::Usual || !self.asked_by_get(source) || self.misunderstood(source);
        };
        if let Some(fetch) = self.fetches.get_mut(*index) {
            fetch.also_about(source.about());
        }
        false
    }

    fn asked_by_get(&self, source: &Source) -> bool {
        self.asked.contains_key(&place_of(&Source { form: Form::Usual, ..source.clone() }))
    }

    /// Whether the same responder was asked by GET and gave no OCSP answer at all.
    fn misunderstood(&self, source: &Source) -> bool {
        let by_get = Source { form: Form::Usual, ..source.clone() };
        let fetch = self.asked.get(&place_of(&by_get)).and_then(|index| self.fetches.get(*index));
        matches!(
            fetch.map(Fetch::outcome),
            Some(Err(FetchFault::Answer(
                AnswerError::Status { .. }
                    | AnswerError::Redirected { .. }
                    | AnswerError::Empty
                    | AnswerError::NotRecognised { .. }
                    | AnswerError::Refused { status: "malformedRequest" }
            )))
        )
    }

    /// The request within what is left of the limits.
    fn spend(&mut self, source: &Source, request: Request) -> Result<Request, FetchFault> {
        let CollectorLimits { requests, issuer_requests, bytes, timeout } = self.limits;
        let ended = |what, allowed| FetchFault::LimitReached { what, allowed };
        let left = bytes.saturating_sub(self.spent.bytes);
        if self.spent.requests >= requests || left == 0 {
            self.state = State::Ended;
            return Err(if left == 0 {
                ended("bytes", u64::try_from(bytes).unwrap_or(u64::MAX))
            } else {
                ended("requests", requests.into())
            });
        }
        if source.wanted() == Wanted::Issuer {
            if self.spent.issuer_requests >= issuer_requests {
                return Err(ended("requests for issuers", issuer_requests.into()));
            }
            self.spent.issuer_requests += 1;
        }
        self.spent.requests += 1;
        let limits = request.limits().with_timeout(timeout);
        let limits = limits.with_max_response(limits.max_response.min(left));
        Ok(request.with_limits(limits))
    }
}

fn place_of(source: &Source) -> Place {
    match source.request() {
        Ok(request) => (request.address().to_string(), request.body().to_vec()),
        Err(_) => (source.url.clone(), Vec::new()),
    }
}
