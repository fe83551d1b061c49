//! How long does it take to send one template to 10,000 rows of a table, so that it lasts?
//!
//! Wall time, on a file in the folder for temporary files, `synchronous = FULL`. Bar: 3 seconds from the bytes of the
//! table to the last commit: reading, binding, judging, and 20 transactions of 500 rows. Each row is an envelope with an
//! approver and a signer; nobody has an access code, which would take Argon2id for each.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chancery_auth::UserId;
use chancery_benches::{Case, Look, Outcome, Rounds, Table, ensure, open_ledger};
use chancery_ledger::{Context, Runner, SqliteStore, Store, Tenant};
use chancery_workflow::bulk::{BatchId, BulkPlan};
use chancery_workflow::template::{Template, TemplateBuilder};
use chancery_workflow::{
    Acting, Allowance, ContentDigest, Disclosure, Field, FieldContent, ModificationPermission, Party, Person,
    Phase, Role, Rules, SignatureLevel, StatusName, Step, TemplateId, Text, Workflow,
};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;

const ROWS: usize = 10_000;
/// Seconds for all of them.
const BAR: f64 = 3.0;

fn main() -> Outcome<ExitCode> {
    let mut table = Table::new("Send one template to 10,000 rows (wall time; SQLite, synchronous = FULL)");
    let (template, rows) = (lease()?, rows());
    let rounds = Rounds::new(10, 1)?;
    let (mut planning, mut sending) = (Vec::new(), Vec::new());
    let [all] =
        rounds.run([Case::with_time_of("from the table's bytes to the last commit", |_, look| {
            let folder = tempfile::tempdir()?;
            let store = open_ledger(&folder.path().join("bulk.sqlite"))?;
            let (planned, sent) = send(&template, rows.as_bytes(), &store, look)?;
            planning.push(planned.as_secs_f64());
            sending.push(sent.as_secs_f64());
            Ok(planned + sent)
        })])?;
    table.heading(&rounds.describe());
    table.row_with_bar(&all, BAR);
    let median = |numbers: &[f64]| chancery_benches::Samples::median_of(numbers);
    table.note(&format!(
        "median: {:.2} s to read, bind and judge; {:.2} s to commit in 20 transactions",
        median(&planning),
        median(&sending)
    ));
    Ok(table.finish())
}

fn send(template: &Template, rows: &[u8], store: &SqliteStore, look: Look) -> Outcome<(Duration, Duration)> {
    let mut rng = UnwrapErr(SysRng);
    let (workflow, acme) = (Workflow::new(), Tenant::new("acme")?);
    let sender = Acting::User(UserId::from_bytes([100; 16])).actor();
    let context = Context::new(sender, "2026-11-22T12:00:00Z".parse()?, &mut rng);
    let permitted: [Arc<dyn ModificationPermission>; 1] = [Arc::new(AsMany(CONTRACT))];

    let start = Instant::now();
    let mut accounts = 0_u64;
    let mut people = |_: &Person| {
        accounts += 1;
        let mut id = [0; 16];
        id.iter_mut().zip(accounts.to_be_bytes()).for_each(|(to, from)| *to = from);
        Ok(UserId::from_bytes(id))
    };
    let plan = BulkPlan::read(template, rows, BatchId::random(&mut rng), &mut people)?;
    let ready =
        plan.judge(&workflow, &permitted, &acme, &context).map_err(|refused| format!("{refused:?}"))?;
    let planned = start.elapsed();
    let start = Instant::now();
    let report = ready.send(store, &mut rng);
    let sent = start.elapsed();

    ensure(report.sent() == ROWS, "every row was sent")?;
    if look == Look::Closely {
        for row in plan.rows().iter().step_by(1000) {
            let loaded = Runner::new(&workflow, store).load(&acme, &row.envelope.stream())?;
            let status = loaded.state.map(|envelope| envelope.status().name());
            ensure(status == Some(StatusName::InProgress), "it is with its parties")?;
        }
        ensure(store.log(&acme)?.size() >= 3 * u64::try_from(ROWS)?, "all events are there")?;
    }
    Ok((planned, sent))
}

const CONTRACT: ContentDigest = ContentDigest::from_bytes([7; 32]);

fn lease() -> Outcome<Template> {
    let disclosure = Disclosure { version: Text::new("2026-1")?, digest: ContentDigest::from_bytes([9; 32]) };
    let mut builder = TemplateBuilder::new(TemplateId::from_bytes([1; 16]), "Lease", Rules::new(disclosure))?;
    let contract = builder.document("lease.pdf", CONTRACT)?;
    let approval = builder.step(Step::all(Phase::Approval));
    let signing = builder.step(Step::all(Phase::Signing));
    builder.role("manager", Party::of_role(Role::Approve, approval).in_house())?;
    let tenant = Party::of_role(Role::Sign { level: SignatureLevel::Simple }, signing);
    let tenant = builder.role("tenant", tenant)?;
    builder.signature_field(contract, tenant, "Tenant")?;
    let amount = FieldContent::Amount { least: None, most: None };
    builder.field(Field::new(contract, tenant, Text::new("Rent")?, amount).fixed());
    builder.field(Field::new(contract, tenant, Text::new("Moving in")?, FieldContent::Date));
    Ok(builder.publish()?)
}

fn rows() -> String {
    let mut csv = String::from(
        "title,manager.name,manager.email,tenant.name,tenant.email,tenant.language,Rent,Moving in\r\n",
    );
    for n in 0..ROWS {
        let _ = writeln!(
            csv,
            "\"Lease, flat {n}\",Manager,m@example.org,Tenant {n},tenant{n}@example.org,ja,{},2027-01-01\r",
            900 + n % 700
        );
    }
    csv
}

/// A document that permits any number of signatures.
#[derive(Debug)]
struct AsMany(ContentDigest);

impl ModificationPermission for AsMany {
    fn document(&self) -> ContentDigest {
        self.0
    }

    fn signatures(&self) -> Allowance {
        Allowance::Any
    }

    fn may_show(&self, _: &str) -> Result<(), Text> {
        Ok(())
    }

    fn may_fill(&self, _: &str) -> Result<(), Text> {
        Ok(())
    }
}
