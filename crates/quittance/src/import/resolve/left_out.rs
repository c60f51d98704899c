//! Agreements and lines that an earlier import brought and the file doesn't name any more. An import deletes nothing: they
//! are charged all the same, and staff should know.

use std::collections::HashSet;

use billing::life::ChangeKind;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::Tx;
use store::account::Imported;
use store::agreement::AgreementLineRow;

use super::Resolver;
use super::happenings::Agreed;
use crate::import::export::Export;
use crate::import::listed::Listed;
use crate::import::work::named;

/// Ids that are named.
const NAMED: usize = 5;

impl Resolver<'_> {
    /// Warns of those that aren't over, each file by itself, where it came. What was recorded by hand never stood in one.
    pub(super) fn warn_left_out(
        &mut self,
        tx: &mut Tx,
        export: &Export,
        (agreements, lines): Agreed<'_>,
        now: Timestamp,
    ) -> Result<(), store::Error> {
        let today = now.to_zoned(TimeZone::UTC).date();
        let of_import: HashSet<i64> =
            tx.imported_values(Imported::Agreement)?.into_iter().map(|row| row.row_id).collect();
        let of_import: HashSet<_> =
            agreements.values().map(|row| row.agreement_id).filter(|id| of_import.contains(&i64::from(*id))).collect();
        let is_open = |ends_on: Option<jiff::civil::Date>| ends_on.is_none_or(|day| day > today);
        // Who ends or pauses by command has seen to it.
        let changes = tx.all_agreement_changes()?.into_iter();
        let stops = changes.filter(|change| matches!(change.kind, ChangeKind::End | ChangeKind::Suspend));
        let stopped: HashSet<_> = stops.map(|change| (change.agreement_id, change.line_id)).collect();
        if !export.agreements.is_empty() {
            let told: HashSet<&str> = export.agreements.iter().map(|row| row.agreement.as_str()).collect();
            let open = agreements.values().filter(|row| is_open(row.ends_on) && of_import.contains(&row.agreement_id));
            let open = open.filter(|row| !stopped.contains(&(row.agreement_id, None)));
            let codes = open.map(|row| &row.code).filter(|code| !told.contains(code.as_str()));
            self.warn("agreements.csv", codes.cloned());
        }
        if !export.lines.is_empty() {
            let told: HashSet<&str> = export.lines.iter().map(|row| row.line_code.as_str()).collect();
            let ended: HashSet<_> =
                agreements.values().filter(|row| !is_open(row.ends_on)).map(|row| row.agreement_id).collect();
            // A line that was recorded by hand is owed from a day on, and belongs to an agreement of an import or not.
            let of_import =
                lines.values().filter(|row| row.owed_from.is_none() && of_import.contains(&row.agreement_id));
            let is_stopped = |line: &AgreementLineRow| {
                [None, Some(line.line_id)].into_iter().any(|of| stopped.contains(&(line.agreement_id, of)))
            };
            let open =
                of_import.filter(|row| is_open(row.ends_on) && !ended.contains(&row.agreement_id) && !is_stopped(row));
            let codes = open.map(|row| &row.code).filter(|code| !told.contains(code.as_str()));
            self.warn("agreement_lines.csv", codes.cloned());
        }
        Ok(())
    }

    fn warn(&mut self, file: &str, codes: impl Iterator<Item = String>) {
        let mut codes: Vec<String> = codes.collect();
        codes.sort();
        let mut absent = Listed::at_most(NAMED);
        codes.into_iter().for_each(|code| absent.push(code));
        if absent.count() > 0 {
            self.changes.warnings.push(format!(
                "{file}: the file doesn't hold {} that an earlier import brought and that have not ended: {}. An import deletes \
                 nothing: they are charged all the same; give them a day in ends_on, or `quittance agreement cancel`",
                absent.count(),
                named(&absent)
            ));
        }
    }
}
