//! One template, many rows: requests in bulk (G3).
//!
//! A table is planned first: every row is read, bound to the template and judged as if it were sent, and nothing happens
//! unless all rows are right. Then the rows are committed, at most [`BulkPlan::ROWS_AT_ONCE`] in one transaction of the
//! store, each a commit of its own in it: one that fails takes no other with it.
//!
//! The id of each envelope and its idempotency key follow from the batch and the number of the row. So a batch that
//! broke off anywhere is simply sent again: what was made before is made once.
//!
//! Columns are named by role: `tenant.name`, `tenant.email`, `tenant.phone`, `tenant.language`; `title` is the
//! envelope's. Name and address are needed of every role that somebody takes.
//!
//! Values for fields stand in columns with the names of the fields: `Rent`; `tenant.Rent` where two roles have a field of
//! this name; `tenant.lease.pdf.Rent` where it is in two documents. [`BulkPlan::columns`] lists them. The field of the
//! template says whether the party may change what stands there ([`Field::fixed`](crate::Field::fixed)), and what is in
//! it where a row has nothing. Signatures, check boxes and values that the template locks have no column.
//! Any column with another name is refused, since it is more likely a slip than meant to be ignored.
//!
//! ```
//! use chancery_workflow::bulk::{BatchId, BulkPlan};
//! use chancery_workflow::template::TemplateBuilder;
//! use chancery_workflow::*;
//! # use chancery_auth::UserId;
//! # let disclosure = Disclosure { version: Text::new("2026-1")?, digest: ContentDigest::from_bytes([9; 32]) };
//! # let (rules, lease) = (Rules::new(disclosure), ContentDigest::from_bytes([7; 32]));
//! # let (id, batch) = (TemplateId::from_bytes([1; 16]), BatchId::from_bytes([6; 16]));
//! # let mut people = |_: &Person| Ok(UserId::from_bytes([2; 16]));
//! let mut builder = TemplateBuilder::new(id, "Lease", rules)?;
//! let document = builder.document("lease.pdf", lease)?;
//! let signing = builder.step(Step::all(Phase::Signing));
//! let tenant = builder.role("tenant", Party::of_role(Role::Sign { level: SignatureLevel::Simple }, signing))?;
//! builder.signature_field(document, tenant, "Signature")?;
//! let amount = FieldContent::Amount { least: None, most: None };
//! let rent = builder.field(Field::new(document, tenant, Text::new("Rent")?, amount).fixed());
//! let from = builder.field(Field::new(document, tenant, Text::new("Moving in")?, FieldContent::Date));
//! let template = builder.publish()?;
//!
//! let rows = "tenant.name,tenant.email,Rent,Moving in
//! Ann,ann@example.org,1200,2027-01-01
//! Ben,ben@example.org,950.50,
//! ";
//! let plan = BulkPlan::read(&template, rows.as_bytes(), batch, &mut people)?;
//! let fields = &plan.rows()[1].draft.fields;
//! assert_eq!(fields[1].prefill, Some(Text::new("950.50")?)); // Ben cannot change it
//! assert_eq!(fields[2].prefill, None); // Ben says when
//!
//! let error = BulkPlan::read(&template, rows.replace("950.50", "much").as_bytes(), batch, &mut people).unwrap_err();
//! assert_eq!(
//!     error.to_string().lines().last(),
//!     Some("line 3, column 3 (Rent): this field takes an amount within the bounds of the field")
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod column;
mod error;
mod plan;
mod row;
mod send;

pub use error::{BulkFault, BulkRefused, RowFault, RowFaults};
pub use plan::{BatchId, BulkPlan, PlannedRow};
pub use row::People;
pub use send::{BulkReport, Made, ReadyBulk, RowOutcome};
