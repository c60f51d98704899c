//! Auto Pay: what a customer's rule takes, when, with which method, and why it leaves the rest. One function decides, `decide`:
//! for the preview, the real day, the list of invoices and the page that says why.
//!
//! Read `rule` (what the customer wants), `facts` (what is known), `decide` and then `day` (what a day brings).

mod charged;
pub mod day;
pub mod decide;
pub mod facts;
mod ladder;
pub mod preview;
mod reason;
mod replay;
mod rule;
mod said;
pub mod when;

pub use charged::Charged;
pub use day::{Deed, deeds, forecast};
pub use decide::{Cause, Charge, Decision, decide};
pub use facts::{InForce, Invoice, Method, MethodKind, MethodTrouble, Standing, State, UnderWay};
pub use ladder::{Again, Refusal, Stop, Tried, again};
pub use preview::{Outcome as Replayed, Row, preview};
pub use reason::Reason;
pub use replay::{Answer, Attempt, Event, Initiated, OpenInvoices, Outcome, Replay, selected};
pub use rule::{Except, Limits, MethodRole, Rule, RuleRefused, Scope, TakesOpen};
pub use said::{MANDATE_VERSION, Parties, mandate, sentence};
pub use when::When;
