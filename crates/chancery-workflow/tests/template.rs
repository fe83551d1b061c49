//! Templates: versions that stay, roles that are bound, locks that hold (G2).

use std::error::Error;

use chancery_auth::UserId;
use chancery_ledger::{Context, Decider};
use chancery_workflow::template::{
    Bindings, Template, TemplateBuilder, TemplateError, TemplateLocks, TemplatePart,
};
use chancery_workflow::*;
use proptest::prelude::*;

type Outcome = Result<(), Box<dyn Error>>;

fn rules() -> Result<Rules, TextError> {
    let disclosure = Disclosure { version: Text::new("2026-1")?, digest: ContentDigest::from_bytes([9; 32]) };
    Ok(Rules::new(disclosure))
}

fn user(n: u8) -> UserId {
    UserId::from_bytes([n; 16])
}

fn sign() -> Role {
    Role::Sign { level: SignatureLevel::Simple }
}

/// An approver, two signers and a seal.
fn lease() -> Result<TemplateBuilder, Box<dyn Error>> {
    let mut builder = TemplateBuilder::new(TemplateId::from_bytes([1; 16]), "Lease", rules()?)?;
    let document = builder.document("lease.pdf", ContentDigest::from_bytes([7; 32]))?;
    let approval = builder.step(Step::all(Phase::Approval));
    let signing = builder.step(Step::all(Phase::Signing));
    let sealing = builder.step(Step::all(Phase::Signing));
    builder.role("manager", Party::of_role(Role::Approve, approval).in_house())?;
    let mut parties = Vec::new();
    for role in ["landlord", "tenant"] {
        let party = builder.role(role, Party::of_role(sign(), signing))?;
        builder.signature_field(document, party, role)?;
        parties.push(party);
    }
    let rent = Field::new(document, parties[1], Text::new("Rent")?, FieldContent::Text { most: 10 });
    builder.field(rent.prefilled(Text::new("1200")?).fixed());
    builder.field(Field::new(document, parties[1], Text::new("From")?, FieldContent::Date).optional());
    let seal = Party::sealed(Text::new("company seal")?, SignatureLevel::Simple, sealing).invisible();
    builder.role("seal", seal)?;
    Ok(builder)
}

fn everybody() -> Bindings {
    Bindings::new().bind("manager", user(1), None).bind("landlord", user(2), None).bind(
        "tenant",
        user(3),
        None,
    )
}

#[test]
fn every_role_that_nobody_takes_is_named_at_once() -> Outcome {
    let template = lease()?.publish()?;
    let to_bind: Vec<_> = template.roles_to_bind().map(Text::as_str).collect();
    assert_eq!(to_bind, ["manager", "landlord", "tenant"], "a seal is bound to nobody");
    let bindings =
        Bindings::new().bind("landlord", user(2), None).bind("seal", user(4), None).bind("x", user(5), None);
    let Err(error) = template.instantiate("\u{202e}", &bindings) else { return Err("made".into()) };
    assert_eq!(error.unbound.iter().map(Text::as_str).collect::<Vec<_>>(), ["manager", "tenant"]);
    assert_eq!(error.unknown, ["seal", "x"]);
    assert!(error.title.is_some());
    Ok(())
}

#[test]
fn an_instance_keeps_version_and_hash() -> Outcome {
    let first = lease()?.publish()?;
    let draft = first.instantiate("Lease 7", &everybody())?;
    assert_eq!(draft.template, Some(first.reference()));
    assert_eq!(draft.title.as_str(), "Lease 7");
    assert_eq!(
        draft.parties.iter().map(|party| party.user).collect::<Vec<_>>(),
        [Some(user(1)), Some(user(2)), Some(user(3)), None]
    );

    let mut next = first.next_version();
    next.document("house rules.pdf", ContentDigest::from_bytes([8; 32]))?;
    let second = next.publish()?;
    assert_eq!(second.reference().id, first.reference().id);
    assert_eq!(second.reference().version, TemplateVersion::new(2));
    assert_ne!(second.reference().hash, first.reference().hash);
    assert_eq!(draft.documents.len(), 1, "what was made of the first stays");
    assert_eq!(first.instantiate("Lease 7", &everybody())?, draft, "and so does the first");
    Ok(())
}

#[test]
fn values_are_the_template_s_or_those_of_whoever_uses_it() -> Outcome {
    let [landlord, rent, from, beyond] = [0, 2, 3, 9].map(FieldId::new);
    let template = lease()?.publish()?;
    let values = |draft: &Draft| {
        draft.fields.iter().map(|field| field.prefill.as_ref().map(ToString::to_string)).collect::<Vec<_>>()
    };
    let draft = template.instantiate("Lease 7", &everybody())?;
    assert_eq!(values(&draft), [None, None, Some("1200".to_owned()), None]);
    let bindings = everybody().fill(rent, Text::new("1300")?).fill(from, Text::new("2027-01-01")?);
    let filled = template.instantiate("Lease 7", &bindings)?;
    assert_eq!(values(&filled)[2..], [Some("1300".to_owned()), Some("2027-01-01".to_owned())]);
    let locked = lease()?.locked([TemplatePart::Values]).publish()?;
    for (template, field, value, why) in [
        (&template, from, "soon", "a day, as 2026-11-22 is written"),
        (&template, beyond, "x", "the template has no such field"),
        (&template, landlord, "x", "its value is the party's own, or locked by the template"),
        (&locked, rent, "1300", "its value is the party's own, or locked by the template"),
    ] {
        let bindings = everybody().fill(field, Text::new(value)?);
        let Err(error) = template.instantiate("Lease 7", &bindings) else { return Err(value.into()) };
        assert_eq!(error.values, [(field, why)]);
    }
    // What a template fixes without a value is given with each envelope, not published.
    let mut open = lease()?;
    let name = Text::new("Flat")?;
    open.field(Field::new(DocumentId::new(0), PartyId::new(2), name, FieldContent::Text { most: 9 }).fixed());
    assert!(open.publish().is_ok());
    Ok(())
}

#[test]
fn what_could_never_be_sent_is_not_published() -> Outcome {
    let empty = TemplateBuilder::new(TemplateId::from_bytes([1; 16]), "Empty", rules()?)?.publish();
    assert!(
        matches!(empty, Err(TemplateError::Draft(faults)) if faults.contains(&DraftFault::NoDocument) && faults.contains(&DraftFault::NobodyActs))
    );
    let mut unplaced = lease()?;
    unplaced.role("witness", Party::of_role(sign(), StepId::new(1)))?;
    assert!(
        matches!(unplaced.publish(), Err(TemplateError::Draft(faults)) if faults == [DraftFault::NoPlace(PartyId::new(4))])
    );
    let mut twice = lease()?;
    twice.role("tenant", Party::of_role(Role::Acknowledge, StepId::new(0)))?;
    assert_eq!(twice.publish().err(), Some(TemplateError::SameRole(Text::new("tenant")?)));
    Ok(())
}

#[test]
fn a_template_is_read_as_it_was_written_and_no_other_way() -> Outcome {
    let template = lease()?.locked([TemplatePart::Documents]).publish()?;
    let bytes = template.to_bytes();
    assert_eq!(Template::from_bytes(bytes)?, template);
    let text = std::str::from_utf8(bytes)?;
    for bad in [
        text.replacen("{", "{ ", 1),
        text.replacen("\"version\":1", "\"version\":1,\"more\":1", 1),
        text.replacen("\"manager\",", "", 1),
        text[..text.len() - 1].to_owned(),
        String::new(),
    ] {
        assert!(Template::from_bytes(bad.as_bytes()).is_err(), "{bad}");
    }
    Ok(())
}

fn decide(workflow: &Workflow, state: &Option<Envelope>, command: &Command) -> (Option<Envelope>, Reply) {
    let now = "2026-11-22T12:00:00Z".parse().unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let context = Context::with_fresh(Acting::User(user(100)).actor(), now, [0; 32]);
    let decision = workflow.decide(state, command, &context);
    let after = decision.recorded().iter().fold(state.clone(), |state, event| workflow.evolve(state, event));
    (after, decision.replied().clone())
}

fn create(draft: Draft) -> Command {
    Command::CreateDraft { envelope: EnvelopeId::from_bytes([5; 16]), draft: Box::new(draft) }
}

#[test]
fn locks_hold_whatever_the_sender_tries() -> Outcome {
    let template = lease()?.locked(TemplatePart::ALL).publish()?;
    let workflow = Workflow::new().policy(TemplateLocks::of([template.clone()]));
    let draft = template.instantiate("Lease 7", &everybody())?;
    let (state, reply) = decide(&workflow, &None, &create(draft.clone()));
    assert!(reply.accepted().is_ok());

    type Edit = fn(&mut Draft);
    let edits: [(TemplatePart, Edit); 7] = [
        (TemplatePart::Documents, |draft| draft.documents[0].digest = ContentDigest::from_bytes([8; 32])),
        (TemplatePart::Steps, |draft| draft.steps[0].quorum = Quorum::AtLeast(1)),
        (TemplatePart::Roles, |draft| draft.parties[0].decline = Permission::Forbidden),
        (TemplatePart::Fields, |draft| draft.fields.push(draft.fields[0].clone())),
        (TemplatePart::Fields, |draft| draft.fields[1].change = Permission::Forbidden),
        (TemplatePart::Values, |draft| draft.fields[2].prefill = None),
        (TemplatePart::Rules, |draft| draft.rules.reminders = 0),
    ];
    for (part, edit) in edits {
        let mut changed = draft.clone();
        edit(&mut changed);
        assert_eq!(template.broken_locks(&changed), [part]);
        for (state, command) in [
            (&None, create(changed.clone())),
            (&state, Command::EditDraft { draft: Box::new(changed.clone()) }),
        ] {
            let (_, reply) = decide(&workflow, state, &command);
            let Reply::Refused(Refusal::Policy { why, .. }) = &reply else {
                return Err(format!("{part}: {reply:?}").into());
            };
            assert_eq!(why.as_str(), format!("the template locks its {part}"));
        }
    }
    // Who takes a role, the title, and what the template leaves empty, are the sender's.
    let mut other = draft.clone();
    other.parties[2].user = Some(user(9));
    other.fields[3].prefill = Some(Text::new("2027-01-01")?);
    other.title = Text::new("Lease 8")?;
    assert!(decide(&workflow, &state, &Command::EditDraft { draft: Box::new(other) }).1.accepted().is_ok());
    // Without the template's name there are no locks, so it cannot be taken away, nor another be claimed.
    let mut free = draft.clone();
    free.template = None;
    assert!(decide(&workflow, &state, &Command::EditDraft { draft: Box::new(free) }).1.refusal().is_some());
    let mut claimed = draft;
    claimed.template = claimed
        .template
        .map(|reference| FromTemplate { hash: TemplateHash::from_bytes([0; 32]), ..reference });
    assert!(decide(&workflow, &None, &create(claimed)).1.refusal().is_some());
    Ok(())
}

proptest! {
    /// ∀: whatever becomes of a template, what was made of it stays; and what is made of a version is what it says.
    #[test]
    fn changing_a_template_changes_no_instance(names in prop::collection::vec("[a-z]{1,8}", 1..6), title in "[A-Za-z ]{0,20}[a-z]") {
        let mut builder = lease().unwrap();
        let base = builder.clone().publish().unwrap();
        let made = base.instantiate(&title, &everybody()).unwrap();
        let kept = made.clone();
        let mut versions = vec![base.clone()];
        for (n, name) in names.iter().enumerate() {
            builder = versions.last().unwrap().next_version();
            builder.document(name, ContentDigest::from_bytes([100 + u8::try_from(n).unwrap(); 32])).unwrap();
            versions.push(builder.clone().publish().unwrap());
        }
        prop_assert_eq!(&made, &kept);
        prop_assert_eq!(&base.instantiate(&title, &everybody()).unwrap(), &kept);
        for (n, version) in versions.iter().enumerate() {
            let draft = version.instantiate(&title, &everybody()).unwrap();
            prop_assert_eq!(draft.documents.len(), 1 + n);
            prop_assert_eq!(draft.template, Some(version.reference()));
            prop_assert_eq!(version.reference().version.number(), 1 + u32::try_from(n).unwrap());
            prop_assert_eq!(Template::from_bytes(version.to_bytes()).unwrap().reference(), version.reference());
        }
    }
}
