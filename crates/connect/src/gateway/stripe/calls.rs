//! The rest of the seam: charges, refunds, methods.

use jiff::Timestamp;
use serde_json::Value;

use super::charges::{self, WITH_CHARGE};
use super::form::Form;
use super::pages::path_part;
use super::thing::Thing;
use super::{Stripe, methods};
use crate::gateway::{Charge, ChargeAsk, Method, MethodKind, Refund, RefundAsk, Trouble};

/// The most characters that a card's statement shows of ours; the account's own name takes the rest of 22.
const STATEMENT_CHARACTERS: usize = 10;

impl Stripe {
    pub(in crate::gateway) async fn charge(&self, ask: &ChargeAsk) -> Result<Charge, Trouble> {
        let reply = self.client.post("/v1/payment_intents", &charging(ask), Some(&ask.key)).await?;
        if reply.is_decline()
            && let Some(charge) = charges::declined(&reply.body, ask, self.is_live())
        {
            return Ok(charge);
        }
        let intent = self.client.done(reply)?;
        charges::intent(&intent).ok_or_else(unreadable)
    }

    pub(in crate::gateway) async fn look_at(&self, charge: &str) -> Result<Charge, Trouble> {
        let id = path_part(charge)?;
        if id.starts_with("pi_") { self.look_at_intent(id).await } else { self.look_at_charge(id).await }
    }

    /// Listed and not searched for: Stripe's search knows nothing of the last minutes, its lists do.
    pub(in crate::gateway) async fn find(&self, reference: &str, since: Timestamp) -> Result<Vec<Charge>, Trouble> {
        self.listed(since, |charge| charge.reference == reference).await
    }

    pub(in crate::gateway) async fn charges(&self, since: Timestamp) -> Result<Vec<Charge>, Trouble> {
        self.listed(since, |_| true).await
    }

    pub(in crate::gateway) async fn refund(&self, ask: &RefundAsk) -> Result<Refund, Trouble> {
        let field = if ask.charge.starts_with("pi_") { "payment_intent" } else { "charge" };
        let form =
            Form::new().with(field, &ask.charge).with("amount", ask.amount.minor).with("metadata[key]", &ask.key);
        let reply = self.client.post("/v1/refunds", &form, Some(&ask.key)).await?;
        let refund = charges::refund(&self.client.done(reply)?).ok_or_else(unreadable)?;
        Ok(Refund { charge: ask.charge.clone(), ..refund })
    }

    pub(in crate::gateway) async fn method(&self, method: &str) -> Result<Method, Trouble> {
        let id = path_part(method)?;
        let found = self.client.get(&format!("/v1/payment_methods/{id}"), &Form::new()).await?;
        let found = methods::method(Thing(&found)).ok_or_else(unreadable)?;
        let setups = match found.kind {
            MethodKind::Card => Vec::new(),
            MethodKind::Bank => self.client.list("/v1/setup_intents", &Form::new().with("payment_method", id)).await?,
        };
        // An account waits for its micro-deposits before it belongs to anybody.
        if found.customer.is_empty() && setups.is_empty() {
            return Err(Trouble::Refused(format!("the method {id} is kept no more")));
        }
        let is_verified = found.is_verified && methods::is_shown(&setups);
        Ok(Method { is_verified, ..found })
    }

    pub(in crate::gateway) async fn forget_method(&self, method: &str) -> Result<(), Trouble> {
        let path = format!("/v1/payment_methods/{}/detach", path_part(method)?);
        let reply = self.client.post(&path, &Form::new(), None).await?;
        if reply.is_pointless() { Ok(()) } else { self.client.done(reply).map(drop) }
    }

    async fn look_at_charge(&self, id: &str) -> Result<Charge, Trouble> {
        let found = self.client.get(&format!("/v1/charges/{id}"), &Form::new().expanding(&WITH_CHARGE)).await?;
        self.with_disputes(&found).await?.ok_or_else(unreadable)
    }

    async fn look_at_intent(&self, id: &str) -> Result<Charge, Trouble> {
        let query = Form::new().expanding(&["latest_charge.balance_transaction", "payment_method"]);
        let found = self.client.get(&format!("/v1/payment_intents/{id}"), &query).await?;
        let intent = Thing(&found);
        match intent.whole("latest_charge").filter(|latest| latest.is("disputed")).and_then(|latest| latest.text("id"))
        {
            Some(charge) => self.look_at_charge(charge).await,
            None => charges::intent(&found).ok_or_else(unreadable),
        }
    }

    /// Those made from an instant on that fit, oldest first.
    async fn listed(&self, since: Timestamp, fits: impl Fn(&Charge) -> bool) -> Result<Vec<Charge>, Trouble> {
        let fields = WITH_CHARGE.map(|field| format!("data.{field}"));
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        let query = Form::new().with("created[gt]", since.as_second() - 1).expanding(&fields);
        let mut charges = Vec::new();
        // They come newest first.
        for found in self.client.list("/v1/charges", &query).await?.iter().rev() {
            if let Some(charge) = charges::charge(found, &[]).filter(|charge| fits(charge)) {
                let is_disputed = Thing(found).is("disputed");
                charges.push(if is_disputed { self.with_disputes(found).await?.unwrap_or(charge) } else { charge });
            }
        }
        charges.sort_by_key(|charge| charge.made_at);
        Ok(charges)
    }

    /// A charge with what its disputes say, which don't stand in it.
    async fn with_disputes(&self, found: &Value) -> Result<Option<Charge>, Trouble> {
        let thing = Thing(found);
        let disputes = match thing.text("id") {
            Some(id) if thing.is("disputed") => {
                self.client.list("/v1/disputes", &Form::new().with("charge", id)).await?
            }
            _ => Vec::new(),
        };
        Ok(charges::charge(found, &disputes))
    }
}

/// A charge without its owner, under the mandate that they gave when they left the method.
/// <https://docs.stripe.com/api/payment_intents/create>
fn charging(ask: &ChargeAsk) -> Form {
    let kind = if ask.kind == MethodKind::Card { "card" } else { "us_bank_account" };
    let mut form = Form::new()
        .with("amount", ask.amount.minor)
        .with("currency", ask.amount.currency.to_ascii_lowercase())
        .with("customer", &ask.customer)
        .with("payment_method", &ask.method)
        .with("payment_method_types[]", kind)
        .with("confirm", true)
        .with("off_session", true)
        .with("description", &ask.words)
        .with("metadata[key]", &ask.key)
        .with("metadata[reference]", &ask.reference)
        .expanding(&["latest_charge.balance_transaction"]);
    if let Some(words) = statement(&ask.words).filter(|_| ask.kind == MethodKind::Card) {
        form.put("statement_descriptor_suffix", words);
    }
    form
}

/// What a card's statement can show, which is short and plain; words that don't fit are left out rather than cut.
fn statement(words: &str) -> Option<&str> {
    let is_plain = words.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" -./#".contains(&byte));
    let has_letter = words.bytes().any(|byte| byte.is_ascii_alphabetic());
    Some(words).filter(|words| is_plain && has_letter && words.len() <= STATEMENT_CHARACTERS)
}

fn unreadable() -> Trouble {
    Trouble::Unknown("its answer lacks what makes a charge, refund or method".to_owned())
}
