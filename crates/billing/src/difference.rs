//! Why an invoice differs from the one before it in its stream: rows that always sum to the difference.

/// A part of an invoice that can be found again on another: an agreement line, a ticket, a product, the tax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portion {
    /// What makes it the same thing on both invoices.
    pub key: String,
    /// What it is called on the invoice.
    pub label: String,
    /// How its amount comes about, "44 × 4.13"; empty where there is nothing to say.
    pub reckoning: String,
    /// Minor units.
    pub amount: i64,
}

/// One row: before, now, change. A side is `None` where the invoice has no such portion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The newer label.
    pub label: String,
    /// On the invoice before.
    pub before: Option<Portion>,
    /// On this one.
    pub after: Option<Portion>,
    /// Minor units, positive where this invoice is higher.
    pub change: i64,
}

/// Compares two invoices portion by portion. Portions that share a key on one side are summed. What changed comes first,
/// in the order of this invoice, then what ended; what stayed the same follows. The changes sum to the difference.
#[must_use]
pub fn difference(before: &[Portion], after: &[Portion]) -> Vec<Change> {
    let (before, after) = (joined(before), joined(after));
    let mut rows: Vec<Change> = Vec::new();
    for now in &after {
        let was = before.iter().find(|portion| portion.key == now.key);
        rows.push(Change {
            label: now.label.clone(),
            before: was.cloned(),
            after: Some(now.clone()),
            change: now.amount - was.map_or(0, |portion| portion.amount),
        });
    }
    for was in before.iter().filter(|was| after.iter().all(|now| now.key != was.key)) {
        rows.push(Change { label: was.label.clone(), before: Some(was.clone()), after: None, change: -was.amount });
    }
    let unchanged = |row: &Change| row.change == 0 && row.before.is_some() && row.after.is_some();
    rows.sort_by_key(unchanged);
    rows
}

/// Portions with equal keys as one, keeping the first label and the order.
fn joined(portions: &[Portion]) -> Vec<Portion> {
    let mut all: Vec<Portion> = Vec::new();
    for portion in portions {
        match all.iter_mut().find(|known| known.key == portion.key) {
            Some(known) => {
                known.amount += portion.amount;
                if !portion.reckoning.is_empty() {
                    known.reckoning = format!("{} + {}", known.reckoning, portion.reckoning);
                }
            }
            None => all.push(portion.clone()),
        }
    }
    all
}
