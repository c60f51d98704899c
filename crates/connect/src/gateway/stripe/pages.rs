//! Checkout: the page of Stripe's on which cards and accounts are entered.
//! <https://docs.stripe.com/api/checkout/sessions/create>

use super::Stripe;
use super::charges;
use super::form::Form;
use super::methods;
use super::thing::Thing;
use crate::gateway::{HostedPage, Keep, Method, MethodKind, PageAsk, PageState, Trouble};

/// What is answered with a page.
const WITH_PAGE: [&str; 3] = [
    "payment_intent.latest_charge.balance_transaction",
    "payment_intent.payment_method",
    "setup_intent.payment_method",
];

impl Stripe {
    pub(in crate::gateway) async fn open_page(&self, ask: &PageAsk) -> Result<HostedPage, Trouble> {
        let customer = match (&ask.customer, ask.keep) {
            // Who pays once leaves nothing behind.
            (_, Keep::Once) if ask.amount.is_some() => None,
            (Some(customer), _) => Some(customer.clone()),
            (None, _) => Some(self.new_customer(ask).await?),
        };
        let form =
            if ask.amount.is_some() { paying(ask, customer.as_deref()) } else { leaving(ask, customer.as_deref()) };
        let reply = self.client.post("/v1/checkout/sessions", &form, Some(&ask.key)).await?;
        let page = self.client.done(reply)?;
        let page = Thing(&page);
        let parts = (page.text("id"), page.text("url"), page.instant("expires_at"));
        let (Some(id), Some(url), Some(expires_at)) = parts else {
            return Err(Trouble::Refused("its page has no address, so it is over already".to_owned()));
        };
        Ok(HostedPage { id: id.to_owned(), url: url.to_owned(), expires_at })
    }

    pub(in crate::gateway) async fn page(&self, page: &str) -> Result<PageState, Trouble> {
        let path = format!("/v1/checkout/sessions/{}", path_part(page)?);
        let found = self.client.get(&path, &Form::new().expanding(&WITH_PAGE)).await?;
        let found = Thing(&found);
        match found.text("status") {
            Some("complete") => {}
            Some("expired") => return Ok(PageState::Expired),
            _ => return Ok(PageState::Open),
        }
        let intent = found.whole("payment_intent");
        let charge = match intent.and_then(|intent| charges::intent(intent.0)) {
            Some(charge) if self.has_disputes(intent) => Some(self.look_at(&charge.id).await?),
            charge => charge,
        };
        Ok(PageState::Done { charge, method: kept(found) })
    }

    pub(in crate::gateway) async fn end_page(&self, page: &str) -> Result<(), Trouble> {
        let path = format!("/v1/checkout/sessions/{}/expire", path_part(page)?);
        let reply = self.client.post(&path, &Form::new(), None).await?;
        // One that is over can't be ended; one that never was is told.
        if reply.is_pointless() && !reply.is_missing() {
            return Ok(());
        }
        self.client.done(reply).map(drop)
    }

    async fn new_customer(&self, ask: &PageAsk) -> Result<String, Trouble> {
        let (name, email) = &ask.payer;
        let mut form = Form::new();
        for (field, value) in [("name", name), ("email", email)] {
            if !value.is_empty() {
                form.put(field, value);
            }
        }
        form.put("metadata[key]", &ask.key);
        let reply = self.client.post("/v1/customers", &form, Some(&format!("{}-customer", ask.key))).await?;
        let customer = self.client.done(reply)?;
        let id = Thing(&customer).text("id").map(str::to_owned);
        id.ok_or_else(|| Trouble::Unknown("its customer has no name".to_owned()))
    }

    fn has_disputes(&self, intent: Option<Thing<'_>>) -> bool {
        intent.is_some_and(|intent| intent.at("latest_charge").is("disputed"))
    }
}

/// A page on which something is paid. An account's owner shows at once that it is theirs: a debit that waits for
/// micro-deposits would hold the invoice for days before anything is debited.
fn paying(ask: &PageAsk, customer: Option<&str>) -> Form {
    let mut form = common(ask, "payment", customer);
    if let Some(amount) = &ask.amount {
        form.put("line_items[0][quantity]", 1);
        form.put("line_items[0][price_data][currency]", amount.currency.to_ascii_lowercase());
        form.put("line_items[0][price_data][unit_amount]", amount.minor);
        form.put("line_items[0][price_data][product_data][name]", &ask.words);
    }
    form.put("payment_intent_data[description]", &ask.words);
    form.put("payment_intent_data[metadata][key]", &ask.key);
    form.put("payment_intent_data[metadata][reference]", &ask.reference);
    if ask.keep == Keep::ForLater {
        form.put("payment_intent_data[setup_future_usage]", "off_session");
    }
    if customer.is_none() && !ask.payer.1.is_empty() {
        form.put("customer_email", &ask.payer.1);
    }
    if ask.kind == MethodKind::Bank {
        form.put("payment_method_options[us_bank_account][verification_method]", "instant");
    }
    form
}

/// A page on which a method is left. Where a bank knows no instant way, micro-deposits show whose account it is.
fn leaving(ask: &PageAsk, customer: Option<&str>) -> Form {
    let mut form = common(ask, "setup", customer);
    form.put("setup_intent_data[description]", &ask.words);
    form.put("setup_intent_data[metadata][key]", &ask.key);
    form.put("setup_intent_data[metadata][reference]", &ask.reference);
    if ask.kind == MethodKind::Bank {
        form.put("payment_method_options[us_bank_account][verification_method]", "automatic");
    }
    form
}

fn common(ask: &PageAsk, mode: &str, customer: Option<&str>) -> Form {
    let kind = if ask.kind == MethodKind::Card { "card" } else { "us_bank_account" };
    let form = Form::new()
        .with("mode", mode)
        .with("payment_method_types[0]", kind)
        .with("success_url", &ask.done_url)
        .with("cancel_url", &ask.back_url)
        .with("client_reference_id", &ask.reference)
        .with("metadata[key]", &ask.key)
        .with("metadata[reference]", &ask.reference);
    match customer {
        Some(customer) => form.with("customer", customer),
        None => form,
    }
}

/// The method that was left, or kept while paying.
fn kept(page: Thing<'_>) -> Option<Method> {
    if let Some(setup) = page.whole("setup_intent") {
        let method = setup.whole("payment_method").and_then(methods::method)?;
        let customer = page.name_of("customer").unwrap_or(&method.customer).to_owned();
        let is_shown = setup.text("status") == Some("succeeded");
        return Some(Method { customer, is_verified: method.is_verified && is_shown, ..method });
    }
    let intent = page.whole("payment_intent")?;
    intent.text("setup_future_usage")?;
    let method = intent.whole("payment_method").and_then(methods::method)?;
    let customer = page.name_of("customer").unwrap_or(&method.customer).to_owned();
    Some(Method { customer, ..method })
}

/// A name as part of a path: what isn't one of Stripe's names can't lead elsewhere.
pub(super) fn path_part(name: &str) -> Result<&str, Trouble> {
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_name { Ok(name) } else { Err(Trouble::Refused(format!("{name:?} is no name of Stripe's"))) }
}
