//! The provider's profile: what invoices were issued under doesn't change.

use jiff::Timestamp;
use store::Tx;
use store::run::SeriesRow;

use super::Resolver;
use crate::actions::issue_run::SERIES;
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
        ];
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
