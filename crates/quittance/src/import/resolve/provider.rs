//! The provider's profile: what invoices were issued under doesn't change.

use billing::Currency;
use jiff::Timestamp;
use store::Tx;
use store::provider::ProviderRow;
use store::run::SeriesRow;

use super::Resolver;
use crate::actions::issue_run::SERIES;
use crate::import::check::Complaints;
use crate::import::provider::ProviderIn;

impl Resolver<'_> {
    pub(super) fn provider(
        &mut self,
        tx: &mut Tx,
        new: Option<&ProviderIn>,
        now: Timestamp,
    ) -> Result<(), store::Error> {
        let (Some(new), Some(stored)) = (new, tx.provider()?) else { return Ok(()) };
        let mut row = provider_row(new, &stored, now);
        row.version = stored.version;
        row.made_at = stored.made_at;
        if row == stored {
            return Ok(());
        }
        // Numbers are given by the first run's invoices; drafts already stand on the calendar.
        let has_run = !tx.runs()?.is_empty();
        let fixed = [
            ("billing_starts_on", row.billing_starts_on == stored.billing_starts_on),
            ("biweekly_anchor_on", row.biweekly_anchor_on == stored.biweekly_anchor_on),
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

/// The profile of `provider.toml` as a row; what the file leaves out stays as it was.
fn provider_row(new: &ProviderIn, stored: &ProviderRow, now: Timestamp) -> ProviderRow {
    ProviderRow {
        version: stored.version + 1,
        made_at: now,
        name: new.name.clone(),
        legal_name: new.legal_name.clone(),
        address: new.address.clone(),
        city: new.city.clone(),
        region: new.region.clone(),
        postal_code: new.postal_code.clone(),
        country: new.country.clone(),
        phone: new.phone.clone(),
        email: new.email.clone(),
        website: new.website.clone(),
        timezone: new.timezone.clone(),
        currency: Currency::from_code(&new.currency).unwrap_or(stored.currency),
        invoice_number_prefix: new.invoice_number_prefix.clone(),
        invoice_number_start: new.invoice_number_start,
        billing_starts_on: new.billing_starts_on.unwrap_or(stored.billing_starts_on),
        biweekly_anchor_on: new.biweekly_anchor_on,
        biweekly_terms_days: new.biweekly_terms_days,
        support_hours: new.support_hours.clone(),
        accent: new.accent.clone(),
        tagline: new.tagline.clone(),
        tax_id: new.tax_id.clone(),
        remit_to: new.remit_to.clone(),
        recurring_note: new.recurring_note.clone(),
        biweekly_note: new.biweekly_note.clone(),
        portal_url: stored.portal_url.clone(),
    }
}
