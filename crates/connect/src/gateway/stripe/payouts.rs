//! What went to the bank, and of what it is made.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Stripe;
use super::form::Form;
use super::thing::Thing;
use crate::gateway::{Amount, Payout, PayoutPart, PayoutPartKind, Trouble};

impl Stripe {
    pub(in crate::gateway) async fn payouts(&self, since: Date) -> Result<Vec<Payout>, Trouble> {
        // Days of arrival are midnights of UTC.
        let since = TimeZone::UTC.to_timestamp(since.at(0, 0, 0, 0));
        let since = since.map_err(|error| Trouble::Refused(error.to_string()))?;
        let query = Form::new().with("arrival_date[gte]", since.as_second()).with("status", "paid");
        let mut payouts = Vec::new();
        for found in self.client.list("/v1/payouts", &query).await? {
            payouts.extend(self.payout(Thing(&found)).await?);
        }
        payouts.sort_by_key(|payout| payout.arrives_on);
        Ok(payouts)
    }

    async fn payout(&self, found: Thing<'_>) -> Result<Option<Payout>, Trouble> {
        let (Some(id), Some(minor)) = (found.text("id"), found.number("amount")) else { return Ok(None) };
        let Some(arrives_at) = found.instant("arrival_date") else { return Ok(None) };
        let currency = found.owned("currency").to_ascii_uppercase();
        let parts = if found.flag("automatic") == Some(false) {
            // Of one that somebody made by hand Stripe doesn't know of what it is made.
            vec![part(PayoutPartKind::Other, minor)]
        } else {
            let query = Form::new().with("payout", id).expanding(&["data.source"]);
            let moved = self.client.list("/v1/balance_transactions", &query).await?;
            // Newest first; the payout itself stands among them.
            moved.iter().rev().map(Thing).filter(|moved| moved.text("type") != Some("payout")).map(moved_part).collect()
        };
        let arrives_on = TimeZone::UTC.to_datetime(arrives_at).date();
        Ok(Some(Payout { id: id.to_owned(), amount: Amount { minor, currency }, arrives_on, parts }))
    }
}

/// Money that moved; what we don't know is kept as it is, so that the sum stays right.
/// <https://docs.stripe.com/reports/balance-transaction-types>
fn moved_part(moved: Thing<'_>) -> PayoutPart {
    let source = moved.at("source");
    let what = match moved.text("type").unwrap_or_default() {
        "charge" | "payment" => PayoutPartKind::Charge,
        "refund" | "payment_refund" | "refund_failure" => PayoutPartKind::Refund,
        "payment_failure_refund" | "payment_reversal" => PayoutPartKind::Dispute,
        "adjustment" if source.text("object") == Some("dispute") => PayoutPartKind::Dispute,
        _ => PayoutPartKind::Other,
    };
    let charge = match what {
        PayoutPartKind::Other => None,
        _ if source.text("object") == Some("charge") => source.text("id"),
        PayoutPartKind::Charge => moved.name_of("source"),
        _ => source.name_of("charge"),
    };
    PayoutPart {
        charge: charge.map(str::to_owned),
        reference: source.ours("reference").map(str::to_owned),
        fee_minor: moved.number("fee").unwrap_or_default(),
        ..part(what, moved.number("amount").unwrap_or_default())
    }
}

fn part(what: PayoutPartKind, gross_minor: i64) -> PayoutPart {
    PayoutPart { what, charge: None, reference: None, gross_minor, fee_minor: 0 }
}
