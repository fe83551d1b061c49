//! Bulk sending: nothing unless all rows are right, each row once, none for another's sake (G3).

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;

use chancery_auth::UserId;
use chancery_ledger::{
    Commit, Context, Fault, FaultKind, FaultyStore, Kind, MemoryStore, NewEvent, Runner, Sequence, Store,
    Tenant, Version,
};
use chancery_workflow::bulk::{BatchId, BulkFault, BulkPlan, Made, RowFaults};
use chancery_workflow::template::{Template, TemplateBuilder, TemplateLocks, TemplatePart};
use chancery_workflow::*;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;
use proptest::prelude::*;

type Outcome = Result<(), Box<dyn Error>>;

const BATCH: BatchId = BatchId::from_bytes([6; 16]);

fn now() -> Timestamp {
    Timestamp::from_second(1_780_000_000).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn sender() -> Context {
    Context::with_fresh(Acting::User(UserId::from_bytes([100; 16])).actor(), now(), [0; 32])
}

/// A notice to be acknowledged: nobody signs, so no document is asked what it permits.
fn template() -> Result<Template, Box<dyn Error>> {
    let disclosure = Disclosure { version: Text::new("2026-1")?, digest: ContentDigest::from_bytes([9; 32]) };
    let mut builder =
        TemplateBuilder::new(TemplateId::from_bytes([1; 16]), "House rules", Rules::new(disclosure))?;
    builder.document("rules.pdf", ContentDigest::from_bytes([7; 32]))?;
    let reading = builder.step(Step::all(Phase::Approval));
    builder.role("tenant", Party::of_role(Role::Acknowledge, reading))?;
    builder.role("neighbour", Party::of_role(Role::Acknowledge, reading))?;
    Ok(builder.publish()?)
}

/// One identity for each address, as an application would have it.
fn people() -> impl FnMut(&Person) -> Result<UserId, String> {
    let mut known = BTreeMap::new();
    move |person: &Person| {
        let address = person.email.as_ref().map_or("", |email| email.as_str()).to_owned();
        if address.starts_with("gone") {
            return Err("the account is closed".to_owned());
        }
        let number = u64::try_from(known.len()).unwrap_or(0);
        let user = known.entry(address).or_insert_with(|| {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&number.to_be_bytes());
            UserId::from_bytes(id)
        });
        Ok(*user)
    }
}

fn table(rows: usize) -> String {
    let mut csv =
        String::from("title,tenant.name,tenant.email,neighbour.name,neighbour.email,tenant.language\r\n");
    for n in 0..rows {
        let _ = writeln!(
            csv,
            "\"Rules, flat {n}\",Tenant {n},t{n}@example.org,Neighbour {n},n{n}@example.org,ja\r"
        );
    }
    csv
}

/// The same with fields of tenant and neighbour in two documents.
fn with_fields(locks: &[TemplatePart]) -> Result<Template, Box<dyn Error>> {
    let mut builder = template()?.next_version();
    let rules = DocumentId::new(0);
    let annex = builder.document("annex", ContentDigest::from_bytes([8; 32]))?;
    let (tenant, neighbour) = (PartyId::new(0), PartyId::new(1));
    let text = || FieldContent::Text { most: 9 };
    for (document, party, name, content) in [
        (rules, tenant, "Flat", text()),
        (rules, neighbour, "Flat", text()),
        (rules, tenant, "Date", FieldContent::Date),
        (annex, tenant, "Date", FieldContent::Date),
        (rules, tenant, "title", text()),
        (rules, tenant, "Read", FieldContent::CheckBox), // to be ticked by the tenant alone
        (rules, tenant, "Pets", FieldContent::OneOf(vec![Text::new("cat")?, Text::new("none")?])),
    ] {
        builder.field(Field::new(document, party, Text::new(name)?, content));
    }
    let amount = FieldContent::Amount { least: None, most: Amount::parse("5000").ok() };
    builder.field(Field::new(rules, tenant, Text::new("Rent")?, amount.clone()).fixed());
    let deposit = Field::new(rules, tenant, Text::new("Deposit")?, amount).fixed();
    builder.field(deposit.prefilled(Text::new("2400")?));
    Ok(builder.locked(locks.iter().copied()).publish()?)
}

fn plan(table: &str) -> Result<BulkPlan, RowFaults> {
    let template = template().unwrap_or_else(|error| unreachable!("{error}"));
    BulkPlan::read(&template, table.as_bytes(), BATCH, &mut people())
}

fn acme() -> Tenant {
    Tenant::new("acme").unwrap_or_else(|error| unreachable!("{error}"))
}

fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

/// The envelopes in a store, each with how often it was sent.
fn sent(store: &impl Store) -> Result<BTreeMap<String, usize>, Box<dyn Error>> {
    let mut sent = BTreeMap::new();
    let mut from = Sequence(0);
    loop {
        let page = store.since(&acme(), from, 1000)?;
        let Some(last) = page.last() else { return Ok(sent) };
        from = Sequence(last.record.sequence.0 + 1);
        for event in &page {
            if event.record.kind.as_str() == "envelope.sent" {
                *sent.entry(event.record.stream.as_str().to_owned()).or_default() += 1;
            }
        }
    }
}

#[test]
fn every_row_is_an_envelope_of_its_own() -> Outcome {
    let (plan, store, workflow) = (plan(&table(1203))?, MemoryStore::new(), Workflow::new());
    let ready = plan.judge(&workflow, &[], &acme(), &sender()).map_err(|refused| format!("{refused:?}"))?;
    let sizes: Vec<_> = ready.transactions(&mut rng()).map(|transaction| transaction.len()).collect();
    assert_eq!(sizes, [500, 500, 203], "at most 500 rows in one transaction");
    let report = ready.send(&store, &mut rng());
    assert_eq!((report.sent(), report.failed().count()), (1203, 0));
    assert!(report.rows.iter().all(|row| matches!(row.came, Ok(Made::Now))));
    let found = sent(&store)?;
    assert_eq!(found.len(), 1203);
    assert!(found.values().all(|times| *times == 1));

    let row = &plan.rows()[7];
    let loaded = Runner::new(&workflow, &store).load(&acme(), &row.envelope.stream())?;
    let envelope = loaded.state.ok_or("no envelope")?;
    assert_eq!(envelope.status().name(), StatusName::InProgress);
    assert_eq!(envelope.draft().title.as_str(), "Rules, flat 7");
    let person = envelope.person(PartyId::new(0)).ok_or("nobody")?;
    assert_eq!((person.name.as_str(), person.language.as_ref().map(Text::as_str)), ("Tenant 7", Some("ja")));
    assert_eq!(envelope.draft().template, Some(template()?.reference()));
    Ok(())
}

#[test]
fn a_batch_that_is_sent_again_makes_nothing_twice() -> Outcome {
    let (plan, store, workflow) = (plan(&table(20))?, MemoryStore::new(), Workflow::new());
    let ready = |context: &Context| {
        plan.judge(&workflow, &[], &acme(), context).map_err(|refused| format!("{refused:?}"))
    };
    assert_eq!(ready(&sender())?.send(&store, &mut rng()).sent(), 20);
    // Later, on another node, which planned it from the same table.
    let later =
        Context::with_fresh(sender().actor().clone(), now() + jiff::SignedDuration::from_hours(30), [1; 32]);
    let again = ready(&later)?.send(&store, &mut rng());
    assert!(again.rows.iter().all(|row| matches!(row.came, Ok(Made::Before))));
    assert!(sent(&store)?.values().all(|times| *times == 1));
    // Another table under the same batch is a mistake, row by row.
    let other = BulkPlan::read(
        &template()?,
        table(20).replace("Tenant 3,", "Tenant x,").as_bytes(),
        BATCH,
        &mut people(),
    )?;
    let report = other
        .judge(&workflow, &[], &acme(), &sender())
        .map_err(|refused| format!("{refused:?}"))?
        .send(&store, &mut rng());
    let failed: Vec<_> = report.failed().map(|row| row.line).collect();
    assert_eq!(failed, [5], "the row that differs");
    Ok(())
}

#[test]
fn a_row_that_fails_takes_no_other_with_it() -> Outcome {
    let (plan, store, workflow) = (plan(&table(10))?, MemoryStore::new(), Workflow::new());
    // Somebody wrote to the stream of the fourth row.
    let intruder = NewEvent::new(Kind::new("something.else")?, 1, b"");
    store.commit(&Commit::new(&acme(), sender().actor(), now(), &mut rng()).append(
        &plan.rows()[3].envelope.stream(),
        Version::EMPTY,
        [intruder],
    ))?;
    let ready = plan.judge(&workflow, &[], &acme(), &sender()).map_err(|refused| format!("{refused:?}"))?;
    let report = ready.send(&store, &mut rng());
    assert_eq!(report.failed().map(|row| row.line).collect::<Vec<_>>(), [5]);
    assert_eq!(sent(&store)?.len(), 9);
    Ok(())
}

fn faults(table: &str) -> Vec<String> {
    match plan(table) {
        Ok(_) => Vec::new(),
        Err(RowFaults::Table(error)) => vec![error.to_string()],
        Err(RowFaults::Rows { first, .. }) => first.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn everything_that_is_wrong_is_told_with_its_place_before_anything_is_sent() -> Outcome {
    let header = "tenant.name,tenant.email,neighbour.name,neighbour.email,neighbour.phone,title\n";
    let rows = "A,a@x.org,B,b@x.org,,\n,a@x.org,B,b@x,12,\nA,gone@x.org,B,a\u{202e}@x.org,,\u{202e}\nC,c@x.org,C,c@x.org,,\n";
    assert_eq!(
        faults(&format!("{header}{rows}")),
        [
            "line 3, column 1 (tenant.name): there must be something here",
            "line 3, column 4 (neighbour.email): a domain is labels of letters, digits and hyphens, with points between them",
            "line 3, column 5 (neighbour.phone): a telephone number is + and 7 to 15 digits",
            "line 4, column 2 (tenant.email): this person cannot be asked: the account is closed",
            "line 4, column 4 (neighbour.email): before the @ stand 1 to 64 letters, digits and signs, without spaces",
            "line 5: party 1: the same person acts already in step 0",
        ]
    );
    assert_eq!(
        faults("tenant.name,neighbour.name,neighbour.email,tenants.email\nA,B,b@x.org,a@x.org\n"),
        [
            "line 1: the column tenant.email is missing",
            "line 1, column 4 (tenants.email): this column means nothing; there can be: tenant.name, tenant.email, tenant.phone, tenant.language, neighbour.name, neighbour.email, neighbour.phone, neighbour.language, title",
        ]
    );
    assert_eq!(faults(header), ["line 1: there are no rows"]);
    assert_eq!(faults(&format!("{header}A,a@x.org\n")), ["line 2: the header has 6 columns, this row has 2"]);
    let many = format!("{header}{}", ",,,,,\n".repeat(1000));
    let Err(RowFaults::Rows { first, all }) = plan(&many) else { return Err("planned".into()) };
    assert_eq!((first.len(), all), (RowFaults::SHOWN, 4000));
    assert!(first.iter().all(|fault| fault.fault == BulkFault::Empty));
    Ok(())
}

const PEOPLE: &str = "tenant.name,tenant.email,neighbour.name,neighbour.email";

/// Pain 13: rows fill fields, not only names.
#[test]
fn rows_fill_fields() -> Outcome {
    let template = with_fields(&[])?;
    assert_eq!(
        BulkPlan::columns(&template)[9..],
        [
            "tenant.Flat",
            "neighbour.Flat",
            "tenant.rules.pdf.Date",
            "tenant.annex.Date",
            "tenant.title",
            "Pets",
            "Rent",
            "Deposit"
        ]
    );
    let table = format!(
        "{PEOPLE},tenant.Flat,neighbour.Flat,tenant.annex.Date,Rent,Deposit,Pets,tenant.title\n\
         A,a@x.org,B,b@x.org,=1+1,8,2027-01-01,1200,,cat,Dr\n\
         C,c@x.org,D,d@x.org, 9 ,,,950.5,1900,,\n"
    );
    let plan = BulkPlan::read(&template, table.as_bytes(), BATCH, &mut people())?;
    let store = MemoryStore::new();
    let workflow = Workflow::new().policy(TemplateLocks::of([template]));
    let ready = plan.judge(&workflow, &[], &acme(), &sender()).map_err(|refused| format!("{refused:?}"))?;
    assert_eq!(ready.send(&store, &mut rng()).sent(), 2);
    let mut found = Vec::new();
    for row in plan.rows() {
        let loaded = Runner::new(&workflow, &store).load(&acme(), &row.envelope.stream())?;
        let envelope = loaded.state.ok_or("no envelope")?;
        let value = |n| envelope.value(FieldId::new(n)).map_or(String::new(), ToString::to_string);
        found.push((0..9).map(value).collect::<Vec<_>>().join("|"));
    }
    // A formula is text in here; whoever writes tables of it takes `csv::harmless`.
    assert_eq!(found, ["=1+1|8||2027-01-01|Dr||cat|1200|2400", "9|||||||950.5|1900"]);
    Ok(())
}

#[test]
fn values_that_cannot_stand_are_told_with_row_and_column() -> Outcome {
    let told = |locks: &[TemplatePart], table: &str| -> Result<Vec<String>, Box<dyn Error>> {
        let template = with_fields(locks)?;
        match BulkPlan::read(&template, format!("{PEOPLE},{table}").as_bytes(), BATCH, &mut people()) {
            Ok(_) => Ok(Vec::new()),
            Err(RowFaults::Table(error)) => Err(error.into()),
            Err(RowFaults::Rows { first, .. }) => Ok(first.iter().map(ToString::to_string).collect()),
        }
    };
    let (who, locks) = ("A,a@x.org,B,b@x.org", [TemplatePart::Values]);
    assert_eq!(told(&[], &format!("Rent,Deposit\n{who},1,2\n"))?, [""; 0]);
    assert_eq!(
        told(
            &[],
            &format!("Rent,Pets,tenant.rules.pdf.Date\n{who},,dog,1.1.2027\n{who},5000.01,a\u{202e}b,\n")
        )?,
        [
            "line 2, column 7 (tenant.rules.pdf.Date): this field takes a day, as 2026-11-22 is written",
            "line 2, column 6 (Pets): this field takes one of the choices of the field",
            "line 2, column 5 (Rent): there must be something here",
            "line 3, column 6 (Pets): the character '\\u{202e}' at byte 1 cannot be seen; leave it out",
            "line 3, column 5 (Rent): this field takes an amount within the bounds of the field",
        ]
    );
    assert_eq!(told(&[], &format!("Pets\n{who},cat\n"))?, ["line 1: the column Rent is missing"]);
    // Neither what is ambiguous, nor what the tenant must tick, nor what the template locks.
    for (locks, column) in [(&[][..], "Flat"), (&[], "Date"), (&[], "Read"), (&locks, "Deposit")] {
        let told = told(locks, &format!("Rent,{column}\n{who},1,yes\n"))?;
        assert_eq!(told.len(), 1);
        assert!(told[0].starts_with(&format!("line 1, column 6 ({column}): this column means nothing")));
    }
    Ok(())
}

/// What a report repeats of a table travels further than the table.
#[test]
fn a_fault_repeats_no_value() {
    let found = faults(
        "tenant.name,tenant.email,neighbour.name,neighbour.email\nSecret\u{202e},secret,Secret,secret@\n",
    )
    .join("\n");
    assert!(!found.is_empty() && !found.to_lowercase().contains("secret"), "{found}");
}

/// A policy would refuse one row in the middle: nothing of the batch is sent.
#[test]
fn a_row_that_would_be_refused_keeps_all_from_being_sent() -> Outcome {
    #[derive(Debug)]
    struct NotSeven;
    impl Policy for NotSeven {
        fn name(&self) -> Text {
            Text::new("not seven").unwrap_or_else(|error| unreachable!("{error}"))
        }
        fn permit(&self, envelope: Option<&Envelope>, _: &Command, _: &Context) -> Result<(), Objection> {
            let seven = envelope.is_some_and(|envelope| envelope.draft().title.as_str() == "Rules, flat 7");
            let text = || self.name();
            if seven { Err(Objection { why: text(), next: text() }) } else { Ok(()) }
        }
    }
    let workflow = Workflow::new().policy(NotSeven);
    let plan = plan(&table(20))?;
    let Err(refused) = plan.judge(&workflow, &[], &acme(), &sender()) else { return Err("judged".into()) };
    assert_eq!(refused.iter().map(|row| row.line).collect::<Vec<_>>(), [9]);
    Ok(())
}

#[test]
fn ids_and_keys_follow_from_batch_and_row_and_are_never_shared() -> Outcome {
    let (one, again) = (plan(&table(300))?, plan(&table(300))?);
    let other =
        BulkPlan::read(&template()?, table(300).as_bytes(), BatchId::random(&mut rng()), &mut people())?;
    let names =
        |plan: &BulkPlan| plan.rows().iter().map(|row| (row.envelope, row.key.clone())).collect::<Vec<_>>();
    assert_eq!(names(&one), names(&again));
    let all: BTreeSet<_> =
        names(&one).into_iter().chain(names(&other)).map(|(envelope, _)| envelope).collect();
    assert_eq!(all.len(), 600);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// ∀ crashes and retries: each envelope is made at most once, and in the end exactly once.
    #[test]
    fn a_batch_that_breaks_off_anywhere_is_sent_once(
        crashes in prop::collection::vec((0_u64..40, prop::sample::select(FaultKind::ALL.to_vec())), 0..6),
        rows in 1_usize..30,
    ) {
        let (plan, store, workflow) = (plan(&table(rows)).unwrap(), MemoryStore::new(), Workflow::new());
        for (call, kind) in crashes {
            let faulty = FaultyStore::new(&store, [Fault { call, kind }]);
            let ready = plan.judge(&workflow, &[], &acme(), &sender()).unwrap();
            let _ = ready.send(&faulty, &mut rng());
            prop_assert!(sent(&store).unwrap().values().all(|times| *times == 1));
        }
        let report = plan.judge(&workflow, &[], &acme(), &sender()).unwrap().send(&store, &mut rng());
        prop_assert_eq!(report.sent(), rows);
        let found = sent(&store).unwrap();
        prop_assert_eq!(found.len(), rows);
        prop_assert!(found.values().all(|times| *times == 1));
    }
}
