//! Where a piece of evidence may be had, as certificates say.

use chancery_certificate::{Certificate, DistributionPoint, GeneralName};
use chancery_http::{AddressError, Request, Response};

use crate::collector::answer_error::AnswerError;
use crate::collector::crl_question::CrlQuestion;
use crate::collector::fetch::Wanted;
use crate::collector::issuer_question::IssuerQuestion;
use crate::collector::ocsp_question::OcspQuestion;
use crate::evidence::Evidence;
use crate::extensions;
use crate::revocation::lists::may_speak_of;

/// URLs of one kind that are taken from a certificate. Real ones name up to four.
const MOST_URLS: usize = 8;

/// In which order places are asked about revocation. When one has no answer, the other is asked.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum SourceOrder {
    /// OCSP responders first: their answers are small and fresh.
    #[default]
    OcspFirst,
    /// CRLs first: nobody learns which certificate is asked about, and one list serves many certificates.
    CrlFirst,
}

/// A question and the place to ask it.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) question: Question,
    pub(crate) url: String,
    pub(crate) form: Form,
}

#[derive(Clone, Debug)]
pub(crate) enum Question {
    Issuer(IssuerQuestion),
    Ocsp(OcspQuestion),
    Crl(CrlQuestion),
}

/// How an OCSP responder is asked.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// By GET, if the request is short enough.
    Usual,
    /// By POST, for a responder that did not understand the GET.
    Post,
}

/// What came.
#[derive(Debug)]
pub(crate) enum Gained {
    Certificates(Vec<Certificate>),
    Ocsp(Vec<u8>),
    Crl(Vec<u8>),
}

/// The places where the certificate's issuer may be had.
pub(crate) fn of_issuer(certificate: &Certificate) -> Vec<Source> {
    let question = || Question::Issuer(IssuerQuestion::new(certificate));
    let urls = certificate.issuer_urls().into_iter().take(MOST_URLS);
    urls.map(|url| Source { question: question(), url, form: Form::Usual }).collect()
}

/// The places where the certificate's revocation may be asked about.
pub(crate) fn of_revocation(
    certificate: &Certificate,
    issuer: &Certificate,
    order: SourceOrder,
    evidence: &Evidence,
) -> Vec<Source> {
    let (answers, lists) = (of_answers(certificate, issuer), of_lists(certificate));
    let mut sources = match order {
        SourceOrder::OcspFirst => [answers, lists],
        SourceOrder::CrlFirst => [lists, answers],
    }
    .concat();
    // A delta only says what is newer than a complete list.
    sources.extend(of_deltas(certificate, evidence));
    sources
}

/// The places of CRLs that speak of the certificate.
pub(crate) fn of_lists(certificate: &Certificate) -> Vec<Source> {
    let question = CrlQuestion::new(certificate);
    at_urls(&Question::Crl(question.clone()), question.urls())
}

fn of_answers(certificate: &Certificate, issuer: &Certificate) -> Vec<Source> {
    let question = Question::Ocsp(OcspQuestion::new(certificate, issuer));
    let usual = at_urls(&question, certificate.ocsp_urls());
    let both = |source: Source| [source.clone(), Source { form: Form::Post, ..source }];
    usual.into_iter().flat_map(both).collect()
}

/// The places of delta CRLs, as the certificate says (`freshestCRL`, RFC 5280 §4.2.1.15) and complete CRLs about it that
/// are at hand (§5.2.6).
fn of_deltas(certificate: &Certificate, evidence: &Evidence) -> Vec<Source> {
    let own = certificate.freshest_crl().ok().flatten().unwrap_or_default();
    let of_lists = evidence
        .read_lists()
        .filter(|list| may_speak_of(certificate, list))
        .filter_map(|list| DistributionPoint::list_from_der(list.extension(extensions::FRESHEST_CRL)?).ok());
    let points = of_lists.fold(own, |points, more| [points, more].concat());
    let names = points.into_iter().flat_map(|point| point.full_name);
    let urls = names.filter_map(|name| if let GeneralName::Uri(url) = name { Some(url) } else { None });
    at_urls(&Question::Crl(CrlQuestion::new(certificate)), urls)
}

fn at_urls(question: &Question, urls: impl IntoIterator<Item = String>) -> Vec<Source> {
    let urls = urls.into_iter().take(MOST_URLS);
    urls.map(|url| Source { question: question.clone(), url, form: Form::Usual }).collect()
}

impl Source {
    /// The certificate for which it is asked.
    pub(crate) fn about(&self) -> &Certificate {
        match &self.question {
            Question::Issuer(question) => question.certificate(),
            Question::Ocsp(question) => question.certificate(),
            Question::Crl(question) => question.certificate(),
        }
    }

    pub(crate) fn wanted(&self) -> Wanted {
        match &self.question {
            Question::Issuer(_) => Wanted::Issuer,
            Question::Ocsp(_) => Wanted::OcspAnswer,
            Question::Crl(_) => Wanted::Crl,
        }
    }

    pub(crate) fn request(&self) -> Result<Request, AddressError> {
        let url = self.url.as_str();
        match (&self.question, self.form) {
            (Question::Issuer(question), _) => question.request(url),
            (Question::Ocsp(question), Form::Usual) => question.request(url),
            (Question::Ocsp(question), Form::Post) => question.post(url),
            (Question::Crl(question), _) => question.request(url),
        }
    }

    pub(crate) fn accept(&self, response: &Response) -> Result<Gained, AnswerError> {
        match &self.question {
            Question::Issuer(question) => question.accept(response).map(Gained::Certificates),
            Question::Ocsp(question) => question.accept(response).map(Gained::Ocsp),
            Question::Crl(question) => question.accept(response).map(Gained::Crl),
        }
    }
}
