//! Cases: what other systems' tests, documents and statutes say that something costs or when it happens, put to the
//! public functions of `billing`. Nothing is computed here: inputs are translated, answers compared.

mod answer;
mod compare;
mod fact;
mod given;
mod read;

pub use compare::same;
pub use fact::facts;
pub use read::cases;

use serde_json::Value;

/// A case: what is given, what happens, what is expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its name in its file.
    pub id: String,
    /// The matter: `calendar`.
    pub family: String,
    /// What is asked: `add_months`.
    pub op: String,
    /// Whether the convention of our rules gives what is expected.
    pub recommended: bool,
    /// The input.
    pub given: Value,
    /// Events, in order.
    pub when: Vec<Value>,
    /// The figures.
    pub expect: Value,
}

/// What became of a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The answer is what was expected.
    Held,
    /// It is not, and should be.
    Failed(Value),
    /// Another convention than ours, or something that no provider needs.
    Other,
    /// It can't be asked: an unknown op or an unknown shape.
    Unsupported(String),
}

/// What no provider needs, and why: see the decision "Facts of other systems".
const NOT_NEEDED: [&str; 5] = ["billing_cycles", "factor", "rrule", "rrule_dates", "uk_late_payment_compensation"];

/// Asks `billing` and compares; the answer is there before anybody looks at what is expected.
#[must_use]
pub fn judge(case: &Case) -> Verdict {
    if NOT_NEEDED.contains(&case.op.as_str()) {
        return Verdict::Other;
    }
    let answer = match answer::answer(case) {
        Ok(answer) => answer,
        Err(given::Unsupported(reason)) => return Verdict::Unsupported(reason),
    };
    if same(&expected(case), &answer) {
        Verdict::Held
    } else if case.recommended {
        Verdict::Failed(answer)
    } else {
        Verdict::Other
    }
}

/// What is expected, with what is expected after each event.
fn expected(case: &Case) -> Value {
    let mut expect = case.expect.clone();
    let after: Vec<Value> = case.when.iter().map(|event| event.get("after").cloned().unwrap_or_default()).collect();
    if let Some(object) = expect.as_object_mut().filter(|_| after.iter().any(|state| !state.is_null())) {
        object.insert("after".to_owned(), Value::Array(after));
    }
    expect
}
