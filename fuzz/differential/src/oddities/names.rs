//! Names: spelled in many ways, and constrained.

use chancery_certificate::asn1::tag;

use crate::generate::Plan;
use crate::make::Ext;
use crate::random::Random;
use crate::values::*;

/// The issuer is named as its subject is, but in other letters or another string type (RFC 5280 §7.1).
pub fn spelling(plan: &mut Plan, random: &mut Random) {
    let at = plan.below_anchor(random);
    // The target issues nothing; the authority above is what it names.
    let common = format!("Authority {}", at - 1);
    let spelled = |country: &str, tag_of_rest: u8, organization: &str, common: &str| {
        name(&[
            Part(COUNTRY, tag::PRINTABLE_STRING, country.into()),
            Part(ORGANIZATION, tag_of_rest, organization.into()),
            Part(COMMON_NAME, tag_of_rest, common.into()),
        ])
    };
    if !plan.traits.is_empty() && plan.traits.contains(&"self-issued") {
        return;
    }
    let (what, issuer) = match random.below(6) {
        0 => ("issuer in other case", spelled("EE", tag::UTF8_STRING, "oRACLE", &common.to_uppercase())),
        1 => ("issuer in another string type", spelled("EE", tag::PRINTABLE_STRING, "Oracle", &common)),
        2 => (
            "issuer with other spaces",
            spelled("EE", tag::UTF8_STRING, " Oracle  ", &common.replace(' ', "   ")),
        ),
        3 => ("issuer in BMPString", spelled("EE", tag::BMP_STRING, "Oracle", &common)),
        4 => ("issuer in TeletexString", spelled("EE", tag::TELETEX_STRING, "Oracle", &common)),
        _ => ("issuer with another letter", spelled("EE", tag::UTF8_STRING, "0racle", &common)),
    };
    plan.is(what);
    plan.specs[at].issuer = issuer;
}

/// An authority, or two, may certify only some names; the target has names of many forms.
pub fn constraints(plan: &mut Plan, random: &mut Random) {
    let Some(at) = plan.intermediate(random) else { return };
    plan.is("name constraints");
    let forms = random.some(&FORMS, 30);
    let forms = if forms.is_empty() { vec![random.one(&FORMS)] } else { forms };
    let mut count = 1;
    if random.percent(30) {
        plan.is("several constraining authorities");
        count = 2;
    }
    for step in 0..count {
        let at = if step == 0 { at } else { 1 + random.below(plan.specs.len() - 2) };
        let (mut permitted, mut excluded) = (Vec::new(), Vec::new());
        for form in &forms {
            for _ in 0..random.one(&[0, 1, 1, 2]) {
                let base = base(*form, plan, random);
                if random.percent(60) { permitted.push(base) } else { excluded.push(base) }
            }
        }
        if permitted.is_empty() && excluded.is_empty() {
            plan.is("empty name constraints");
        }
        let critical = random.percent(90);
        if !critical {
            plan.is("name constraints not critical");
        }
        plan.specs[at].set(Ext(NAME_CONSTRAINTS, critical, name_constraints(&permitted, &excluded)));
    }
    let mut alternatives = Vec::new();
    for form in &forms {
        for _ in 0..random.one(&[0, 1, 1, 2]) {
            alternatives.push(subject(*form, plan, random));
        }
    }
    if !alternatives.is_empty() {
        let critical = random.percent(10);
        plan.target().set(Ext(ALTERNATIVE_NAME, critical, names(&alternatives)));
    }
    if random.percent(10) {
        plan.is("e-mail address in the subject");
        let parts = [
            Part(COUNTRY, tag::PRINTABLE_STRING, "EE".into()),
            Part(
                "1.2.840.113549.1.9.1",
                tag::IA5_STRING,
                random.one(&["alice@example.org", "alice@other.test"]).into(),
            ),
        ];
        plan.target().subject = name(&parts);
    }
    if random.percent(8) {
        plan.is("empty subject");
        plan.target().subject = name(&[]);
    }
}

#[derive(Clone, Copy)]
enum Form {
    Host,
    Email,
    Directory,
    Uri,
    Address,
    Registered,
}

const FORMS: [Form; 6] =
    [Form::Host, Form::Email, Form::Directory, Form::Uri, Form::Address, Form::Registered];

/// What an authority may or may not certify.
fn base(form: Form, plan: &mut Plan, random: &mut Random) -> Vec<u8> {
    match form {
        Form::Host => {
            let text = random.one(&[
                "example.org",
                "EXAMPLE.org",
                "sub.example.org",
                "other.test",
                "org",
                ".example.org",
                "",
            ]);
            if text.starts_with('.') {
                plan.is("host base with a leading period")
            }
            if text.is_empty() {
                plan.is("empty host base")
            }
            host(text)
        }
        Form::Email => {
            let text = random.one(&[
                "example.org",
                ".example.org",
                "alice@example.org",
                "Alice@example.org",
                "alice@EXAMPLE.org",
                "other.test",
                "",
            ]);
            if text.is_empty() {
                plan.is("empty e-mail base")
            }
            email(text)
        }
        Form::Directory => {
            let country = Part(COUNTRY, tag::PRINTABLE_STRING, random.one(&["EE", "EE", "ee", "FI"]).into());
            let organization = Part(
                ORGANIZATION,
                random.one(&[tag::UTF8_STRING, tag::PRINTABLE_STRING]),
                random.one(&["Oracle", "ORACLE", "Other"]).into(),
            );
            match random.below(3) {
                0 => directory(&name(&[country])),
                1 => directory(&name(&[country, organization])),
                _ => {
                    plan.is("empty directory base");
                    directory(&name(&[]))
                }
            }
        }
        Form::Uri => {
            let text = random.one(&[
                "example.org",
                ".example.org",
                "host.example.org",
                "other.test",
                "http://example.org",
            ]);
            if text.contains(':') {
                plan.is("URI base that is a URI")
            }
            uri(text)
        }
        Form::Address => match random.below(4) {
            0 => address(&[10, 0, 0, 0, 255, 0, 0, 0]),
            1 => address(&[10, 1, 2, 3, 255, 255, 255, 255]),
            2 => address(&[[0x20, 1, 0xd, 0xb8].as_slice(), &[0; 12], &[0xff; 4], &[0; 12]].concat()),
            _ => {
                plan.is("address mask with holes");
                address(&[10, 0, 0, 0, 255, 0, 255, 0])
            }
        },
        Form::Registered => {
            plan.is("constraint on a form without rules");
            registered("1.3.6.1.4.1.99999.3")
        }
    }
}

/// A name of the target.
fn subject(form: Form, plan: &mut Plan, random: &mut Random) -> Vec<u8> {
    match form {
        Form::Host => {
            let text = random.one(&[
                "example.org",
                "a.example.org",
                "a.sub.example.org",
                "badexample.org",
                "A.EXAMPLE.ORG",
                "other.test",
                "*.example.org",
                "example.org.",
            ]);
            if text.starts_with('*') {
                plan.is("host with a star")
            }
            if text.ends_with('.') {
                plan.is("host with a period at the end")
            }
            host(text)
        }
        Form::Email => {
            let text = random.one(&[
                "alice@example.org",
                "Alice@example.org",
                "alice@EXAMPLE.ORG",
                "bob@sub.example.org",
                "bob@badexample.org",
                "carol@other.test",
                "\"a@b\"@example.org",
                "nobody",
            ]);
            if text.starts_with('"') {
                plan.is("quoted mailbox")
            }
            if !text.contains('@') {
                plan.is("mailbox without a host")
            }
            email(text)
        }
        Form::Directory => {
            let country = Part(COUNTRY, tag::PRINTABLE_STRING, random.one(&["EE", "ee", "FI"]).into());
            let organization =
                Part(ORGANIZATION, tag::UTF8_STRING, random.one(&["Oracle", "oracle", "Other"]).into());
            directory(&name(&[country, organization, Part(UNIT, tag::UTF8_STRING, "Desk".into())]))
        }
        Form::Uri => {
            let text = random.one(&[
                "https://example.org/x",
                "https://host.example.org:8443/x",
                "https://EXAMPLE.org",
                "https://badexample.org/",
                "https://alice@example.org/",
                "https://10.1.2.3/",
                "urn:example:x",
                "https://other.test/example.org",
            ]);
            if text.contains('@') {
                plan.is("URI with a user");
            }
            if text.starts_with("urn") || text.contains("10.1") {
                plan.is("URI without a host name")
            }
            uri(text)
        }
        Form::Address => match random.below(4) {
            0 => address(&[10, 1, 2, 3]),
            1 => address(&[11, 1, 2, 3]),
            2 => address(&[[0x20, 1, 0xd, 0xb8].as_slice(), &[0; 11], &[1]].concat()),
            _ => {
                plan.is("address of another length");
                address(&[10, 1, 2])
            }
        },
        Form::Registered => {
            plan.is("name of a form without rules");
            registered("1.3.6.1.4.1.99999.3.1")
        }
    }
}
