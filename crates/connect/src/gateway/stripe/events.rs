//! Events, of whatever version: only what is needed is read, and where it isn't there we say what to ask for.
//! <https://docs.stripe.com/api/events/types>

use serde_json::Value;

use super::thing::Thing;
use super::{charges, methods};
use crate::gateway::{BadEvent, Event, News};

/// An event whose signature was right.
///
/// # Errors
/// `Unreadable`: it is no JSON, or no event.
pub(super) fn read(body: &[u8]) -> Result<Event, BadEvent> {
    let value: Value = serde_json::from_slice(body).map_err(|error| BadEvent::Unreadable(error.to_string()))?;
    let thing = Thing(&value);
    let lacks = |field: &str| BadEvent::Unreadable(format!("it has no {field}"));
    let kind = thing.text("type").ok_or_else(|| lacks("type"))?;
    Ok(Event {
        id: thing.text("id").ok_or_else(|| lacks("id"))?.to_owned(),
        kind: kind.to_owned(),
        made_at: thing.instant("created").ok_or_else(|| lacks("created"))?,
        live: thing.flag("livemode").ok_or_else(|| lacks("livemode"))?,
        what: news(kind, thing.at("data").at("object")).unwrap_or(News::Other),
    })
}

/// What it says; nothing where we don't act on it.
fn news(kind: &str, object: Thing<'_>) -> Option<News> {
    // The name of the thing itself is surer than the event's: `charge.refund.updated` is about a refund.
    match object.text("object")? {
        "charge" => about_charge(object),
        "dispute" => Some(ask(object.name_of("charge")?, "")),
        "payment_intent" => about_intent(kind, object),
        "checkout.session" => Some(News::Page {
            page: object.text("id")?.to_owned(),
            reference: object
                .ours("reference")
                .or_else(|| object.text("client_reference_id"))
                .unwrap_or_default()
                .to_owned(),
        }),
        "refund" => charges::refund(object.0).map(News::Refund),
        "payment_method" => about_method(kind, object),
        "setup_intent" if kind == "setup_intent.succeeded" || kind == "setup_intent.setup_failed" => {
            Some(News::AskMethod(object.name_of("payment_method")?.to_owned()))
        }
        "mandate" if object.text("status") == Some("inactive") => {
            Some(News::MethodGone(object.name_of("payment_method")?.to_owned()))
        }
        "payout" => Some(News::Payout(object.text("id")?.to_owned())),
        _ => None,
    }
}

/// A charge stands in the event whole unless it is disputed, or what we wrote stands only on its intent.
fn about_charge(object: Thing<'_>) -> Option<News> {
    let reference = object.ours("reference");
    let is_whole = !object.is("disputed") && (reference.is_some() || object.name_of("payment_intent").is_none());
    match charges::charge(object.0, &[]).filter(|_| is_whole) {
        Some(charge) => Some(News::Charge(charge)),
        None => Some(ask(object.text("id")?, reference.unwrap_or_default())),
    }
}

/// An intent names its charge. One that only waits says nothing yet.
fn about_intent(kind: &str, object: Thing<'_>) -> Option<News> {
    if !matches!(kind.rsplit('.').next()?, "succeeded" | "processing" | "payment_failed" | "canceled") {
        return None;
    }
    let charge = object
        .name_of("latest_charge")
        // Until 2022 its charges stood in a list, newest first.
        .or_else(|| Thing(object.at("charges").list("data").first()?).text("id"))
        .or_else(|| object.at("last_payment_error").name_of("charge"))
        .or_else(|| object.text("id"))?;
    Some(ask(charge, object.ours("reference").unwrap_or_default()))
}

fn about_method(kind: &str, object: Thing<'_>) -> Option<News> {
    if kind == "payment_method.detached" {
        return Some(News::MethodGone(object.text("id")?.to_owned()));
    }
    // Whether an account was verified doesn't stand here.
    match methods::method(object)? {
        method if object.whole("card").is_some() => Some(News::Method(method)),
        method => Some(News::AskMethod(method.id)),
    }
}

fn ask(charge: &str, reference: &str) -> News {
    News::AskCharge { charge: charge.to_owned(), reference: reference.to_owned() }
}
