//! What happens to agreements and lines from a day on, as `quittance agreement` records it.

use std::collections::{HashMap, HashSet};

use billing::Span;
use billing::life::{ChangeKind, Misplaced, Subject};
use jiff::Timestamp;
use jiff::civil::Date;
use store::agreement::{AgreementChangeRow, AgreementLineRow, AgreementRow};
use store::{AgreementId, AgreementLineId, Tx};

use super::agreements::run_until;
use super::{ByCode, Resolver, by_code};
use crate::import::check::Complaints;
use crate::import::export::Export;
use crate::import::rows::ChangeIn;

const FILE: &str = "agreement_changes.csv";

/// What can be recorded once: of whom, what, on which day.
type Place = (AgreementId, Option<AgreementLineId>, ChangeKind, Date);

fn place(row: &AgreementChangeRow) -> Place {
    (row.agreement_id, row.line_id, row.kind, row.takes_effect_on)
}

/// Agreements and lines as they will be.
pub(super) type Agreed<'a> = (&'a ByCode<AgreementRow>, &'a ByCode<AgreementLineRow>);

impl Resolver<'_> {
    pub(super) fn agreement_changes(
        &mut self,
        tx: &mut Tx,
        export: &Export,
        agreed: Agreed<'_>,
        now: Timestamp,
    ) -> Result<(), store::Error> {
        if export.agreement_changes.is_empty() {
            return Ok(());
        }
        let stored = by_code(tx.all_agreement_changes()?, |row| &row.code);
        let told: HashSet<&str> = export.agreement_changes.iter().map(|row| row.change.as_str()).collect();
        let others = stored.values().filter(|row| !told.contains(row.code.as_str()));
        let mut places: HashMap<Place, String> = others.map(|row| (place(row), row.code.clone())).collect();
        let run_until = run_until(tx)?;
        for row in &export.agreement_changes {
            let subject = (row.agreement.as_str(), row.line_code.as_deref());
            let Some((agreement, line)) = self.agreed(FILE, row.line, subject, agreed) else { continue };
            let known = stored.get(&row.change);
            let change = AgreementChangeRow {
                account_id: agreement.account_id,
                change_id: known.map_or_else(|| self.mint(), |known| Ok(known.change_id))?,
                agreement_id: agreement.agreement_id,
                line_id: line.map(|line| line.line_id),
                code: row.change.clone(),
                kind: row.kind,
                takes_effect_on: row.from_on,
                value: row.value.map(|value| value.normalize()),
                owed_from: known.map_or(row.from_on, |known| known.owed_from.min(row.from_on)),
                made_at: known.map_or(now, |known| known.made_at),
            };
            let mut complaints = Complaints::about(FILE, self.problems);
            if let Some(earlier) = places.insert(place(&change), row.change.clone()) {
                let wrong = format!(
                    "{earlier} says so of the same {} already",
                    if line.is_some() { "line" } else { "agreement" }
                );
                complaints.add(row.line, "from_on", row.from_on, &wrong, "one change of a kind and day");
                continue;
            }
            if known != Some(&change) {
                if !may_be(row, (agreement, line), known, &mut complaints) {
                    continue;
                }
                if run_until.is_some_and(|until| change.owed_from < until) {
                    self.changes.warnings.push(format!(
                        "{FILE}:{} {} holds from {} on, in a month that was run already; the next invoice corrects it",
                        row.line, row.change, change.owed_from
                    ));
                }
            }
            let place = format!("{FILE}:{} {}", row.line, row.change);
            self.changes.agreement_changes.take(change, known, &place, &mut self.changes.fields)?;
        }
        Ok(())
    }

    /// The agreement that a row names, and its line where it names one; told where there is none.
    pub(super) fn agreed<'a>(
        &mut self,
        file: &'static str,
        row: u64,
        (agreement, line): (&str, Option<&str>),
        (agreements, lines): Agreed<'a>,
    ) -> Option<(&'a AgreementRow, Option<&'a AgreementLineRow>)> {
        let mut complaints = Complaints::about(file, self.problems);
        let Some(known) = agreements.get(agreement) else {
            if !self.unread.may_hold("agreements.csv", agreement) {
                complaints.add(row, "agreement", agreement, "there is no such agreement", "an id of agreements.csv");
            }
            return None;
        };
        let Some(code) = line else { return Some((known, None)) };
        match lines.get(code) {
            Some(line) if line.agreement_id == known.agreement_id => Some((known, Some(line))),
            Some(_) => {
                complaints.add(row, "line", code, "it is another agreement's", &format!("a line of {agreement}"));
                None
            }
            None => {
                if !self.unread.may_hold("agreement_lines.csv", code) {
                    complaints.add(row, "line", code, "there is no such line", "an id of agreement_lines.csv");
                }
                None
            }
        }
    }
}

/// Whether a new or changed row can be meant; told where it can't.
fn may_be(
    row: &ChangeIn,
    (agreement, line): (&AgreementRow, Option<&AgreementLineRow>),
    known: Option<&AgreementChangeRow>,
    complaints: &mut Complaints<'_>,
) -> bool {
    let of = (agreement.agreement_id, line.map(|line| line.line_id));
    if known.is_some_and(|known| (known.agreement_id, known.line_id) != of) {
        let expected = "a new change; the old one is taken back with `quittance agreement undo`";
        complaints.add(row.line, "change", &row.change, "it was recorded for another line or agreement", expected);
        return false;
    }
    if row.kind.takes_value() != row.value.is_some() {
        let expected = if row.kind.takes_value() { "how much" } else { "nothing: there is nothing to say" };
        let value = row.value.map_or(String::new(), |value| value.to_string());
        complaints.add(row.line, "value", value, &format!("the kind is {}", row.kind), expected);
        return false;
    }
    let whole = Span::open(agreement.starts_on, agreement.ends_on);
    let (subject, span) = match line {
        Some(line) => (Subject::Line, Span::open(line.starts_on, line.ends_on).and(whole)),
        None => (Subject::Agreement, whole),
    };
    let Err(why) = row.kind.check(subject, row.from_on, span) else { return true };
    let code = row.line_code.clone().unwrap_or_default();
    let day = row.from_on.to_string();
    let (column, value, expected) = match why {
        Misplaced::OfALine(_) => ("line", code, "a line of the agreement"),
        Misplaced::OfAnAgreement => ("line", code, "nothing: it belongs to the whole agreement"),
        Misplaced::InsideAMonth(_) => ("from_on", day, "the 1st of a month"),
        Misplaced::Outside { .. } => ("from_on", day, "a day on which it is there"),
    };
    complaints.add(row.line, column, value, &why.to_string(), expected);
    false
}
