//! Which function of `billing` answers which op.

mod autopay;
mod calendar;
mod dunning;
mod einvoice;
mod lifecycle;
mod money;
mod number;
mod periods;
mod proration;
mod split;
mod tax;

use billing::{Currency, Overflow};
use serde_json::{Value, json};

use crate::Case;
use crate::given::{Given, Read, Unsupported, unsupported};

/// What a case gives: the input and its events.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    op: &'a str,
    given: Given<'a>,
    when: &'a [Value],
}

impl<'a> Asked<'a> {
    fn events(self) -> impl Iterator<Item = Given<'a>> {
        self.when.iter().map(Given)
    }

    /// The currency; US dollars where none is given.
    fn currency(self) -> Read<Currency> {
        let Some(code) = self.given.get("currency") else { return Ok(Currency::USD) };
        let code = crate::given::text(code);
        Currency::from_code(&code).ok_or_else(|| Unsupported(format!("{code} is no currency")))
    }
}

/// A family of ops; nothing for an op that isn't its own.
type Family = fn(Asked<'_>) -> Option<Read<Value>>;

/// The answer to a case, as a record of figures.
pub fn answer(case: &Case) -> Read<Value> {
    let asked = Asked { op: &case.op, given: Given(&case.given), when: &case.when };
    let families: [Family; 11] = [
        calendar::answer,
        periods::answer,
        proration::answer,
        split::answer,
        money::answer,
        tax::answer,
        einvoice::answer,
        number::answer,
        lifecycle::answer,
        autopay::answer,
        dunning::answer,
    ];
    families
        .iter()
        .find_map(|family| family(asked))
        .unwrap_or_else(|| unsupported(format!("the op {} is unknown", case.op)))
}

/// A refusal as an answer.
fn refusal(reason: &impl ToString) -> Value {
    json!({ "error": reason.to_string() })
}

/// What `billing` answered: its figures, or that they are too large.
fn figures<T>(result: Result<T, Overflow>, as_json: impl FnOnce(T) -> Value) -> Value {
    result.map_or_else(|overflow| refusal(&overflow), as_json)
}
