//! The provider's profile: what invoices were issued under doesn't change.

use billing::Receivables;
use jiff::Timestamp;
use store::Tx;
use store::run::SeriesRow;

use super::Resolver;
use crate::actions::issue_run::SERIES;
use crate::books::{CREDIT_NOTES, LATE_FEES};
use crate::import::check::Complaints;
use crate::import::provider::{Besides, ProviderIn};

impl Resolver<'_> {
    pub(super) fn provider(
        &mut self,
        tx: &mut Tx,
        new: Option<&ProviderIn>,
        now: Timestamp,
    ) -> Result<(), store::Error> {
        let (Some(new), Some(stored)) = (new, tx.provider()?) else { return Ok(()) };
        let mut row = new.row(Besides {
            version: stored.version,
            made_at: stored.made_at,
            billing_starts_on: stored.billing_starts_on,
            portal_url: stored.portal_url.clone(),
        });
        if row == stored {
            return Ok(());
        }
        // Numbers are given by the first run's invoices; drafts already stand on the calendar.
        let has_run = !tx.runs()?.is_empty();
        let fixed = [
            ("billing_starts_on", row.billing_starts_on == stored.billing_starts_on),
            ("biweekly_anchor_on", row.biweekly_anchor_on == stored.biweekly_anchor_on),
            ("[biweekly] cadence", row.schedule().grid() == stored.schedule().grid()),
            ("currency", row.currency == stored.currency),
            ("invoice_number_prefix", row.invoice_number_prefix == stored.invoice_number_prefix),
            ("invoice_number_start", row.invoice_number_start == stored.invoice_number_start),
            // What was charged for a month is compared with what it comes to: both with the tax in them, or neither.
            ("[tax] prices", row.tax.prices == stored.tax.prices),
        ];
        let series = tx.all_series()?;
        let given = |name: &str| series.iter().any(|series| series.series == name);
        let (new_numbers, old_numbers) = (&row.receivables, &stored.receivables);
        let credit = |of: &Receivables| (of.credit_number_prefix.clone(), of.credit_number_start);
        let late_fee = |of: &Receivables| (of.late_fee_number_prefix.clone(), of.late_fee_number_start);
        let begun = [
            ("credit_number_prefix", given(CREDIT_NOTES) && credit(new_numbers) != credit(old_numbers)),
            ("late_fee_number_prefix", given(LATE_FEES) && late_fee(new_numbers) != late_fee(old_numbers)),
        ];
        for (key, _) in begun.into_iter().filter(|(_, differs)| *differs) {
            Complaints::about("provider.toml", self.problems).add(
                1,
                key,
                "",
                "numbers were given under the old value",
                "the old value; it can't change any more",
            );
        }
        for (key, same) in fixed {
            if has_run && !same {
                Complaints::about("provider.toml", self.problems).add(
                    1,
                    key,
                    "",
                    "runs were made under the old value",
                    "the old value; it can't change any more",
                );
            }
        }
        if !has_run {
            self.changes.series = Some(SeriesRow {
                series: SERIES.to_owned(),
                prefix: row.invoice_number_prefix.clone(),
                first: row.invoice_number_start,
                next: row.invoice_number_start,
            });
        }
        row.version = stored.version + 1;
        row.made_at = now;
        self.changes.provider = Some(row);
        Ok(())
    }
}
