//! Requests to Stripe, and what a failed one means: whether it was done, may have been done, or was not.

use std::time::Duration;

use serde_json::Value;

use super::VERSION;
use super::form::Form;
use super::thing::Thing;
use crate::Secret;
use crate::gateway::Trouble;

const CONNECT: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(20);
/// No answer of theirs is longer, in bytes: a hundred charges with all that hangs on them.
const LONGEST: usize = 16 << 20;
/// The most things of a page of a list, which is Stripe's limit.
const PAGE: usize = 100;
/// The most pages that are read of a list.
const PAGES: usize = 1_000;

/// Speaks to Stripe.
#[derive(Clone)]
pub(super) struct Client {
    http: reqwest::Client,
    api: String,
    key: Secret,
    is_live: bool,
}

/// What came back: something done, or a refusal with its reason.
pub(super) struct Reply {
    status: u16,
    /// The object, or `error` with what is wrong.
    pub(super) body: Value,
}

impl Client {
    pub(super) fn new(key: Secret, api: &str) -> Result<Self, String> {
        let is_live = mode(key.reveal())?;
        let api = api.trim_end_matches('/').to_owned();
        let is_encrypted = api.starts_with("https://");
        if !is_encrypted && (is_live || !is_near(&api)) {
            return Err(format!(
                "Stripe's address {api:?} can't be used: it must be https://… (a test key may go to http:// on the loopback)"
            ));
        }
        // A redirect would take the key elsewhere.
        let builder = reqwest::Client::builder().connect_timeout(CONNECT).timeout(WHOLE);
        let builder = builder.redirect(reqwest::redirect::Policy::none());
        let builder = if is_encrypted { builder } else { builder.no_proxy() };
        let http = builder.build().map_err(|error| error.to_string())?;
        Ok(Self { http, api, key, is_live })
    }

    pub(super) fn is_live(&self) -> bool {
        self.is_live
    }

    /// Looks something up. Where no answer comes nothing was done: it can be looked up again.
    pub(super) async fn get(&self, path: &str, query: &Form) -> Result<Value, Trouble> {
        let request = self.http.get(format!("{}{path}", self.api)).query(query.pairs());
        let reply = self.send(request).await.map_err(|trouble| match trouble {
            Trouble::Unknown(why) => Trouble::Unreachable(why),
            other => other,
        })?;
        self.done(reply)
    }

    /// Has something done. The same key has it done once.
    pub(super) async fn post(&self, path: &str, form: &Form, key: Option<&str>) -> Result<Reply, Trouble> {
        let request = self.http.post(format!("{}{path}", self.api)).form(form.pairs());
        let request = if let Some(key) = key { request.header("Idempotency-Key", key) } else { request };
        self.send(request).await
    }

    /// All things of a list, as Stripe sorts them: newest first.
    pub(super) async fn list(&self, path: &str, query: &Form) -> Result<Vec<Value>, Trouble> {
        let mut all: Vec<Value> = Vec::new();
        for _ in 0..PAGES {
            let mut page = query.clone();
            page.put("limit", PAGE);
            if let Some(last) = all.last().and_then(|last| Thing(last).text("id")) {
                page.put("starting_after", last);
            }
            let body = self.get(path, &page).await?;
            let page = Thing(&body);
            let things = page.list("data");
            for thing in things {
                self.check_mode(thing)?;
            }
            all.extend(things.iter().cloned());
            if things.is_empty() || !page.is("has_more") {
                return Ok(all);
            }
        }
        Err(Trouble::Unreachable(format!("its list {path} has no end")))
    }

    /// The object of a reply.
    pub(super) fn done(&self, reply: Reply) -> Result<Value, Trouble> {
        match reply.status {
            200..=299 => {
                self.check_mode(&reply.body)?;
                Ok(reply.body)
            }
            _ => Err(reply.refusal()),
        }
    }

    /// A test key can't see live things, nor the other way round; where it seems to, something is set up wrongly.
    fn check_mode(&self, thing: &Value) -> Result<(), Trouble> {
        match Thing(thing).flag("livemode") {
            Some(is_live) if is_live != self.is_live => {
                Err(Trouble::Refused("the answer is about another mode (live or test) than the key's".to_owned()))
            }
            _ => Ok(()),
        }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Reply, Trouble> {
        let request = request.bearer_auth(self.key.reveal()).header("Stripe-Version", VERSION);
        let answer = request.send().await.map_err(trouble)?;
        let status = answer.status().as_u16();
        let bytes = whole(answer).await?;
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        let reply = Reply { status, body };
        match status {
            // Another request with this key is under way, or there are too many: this one was not begun.
            409 | 429 => Err(Trouble::Unreachable(reply.reason())),
            200..=299 if reply.body.is_null() => Err(Trouble::Unknown("the answer is no JSON".to_owned())),
            200..=299 | 400..=499 => Ok(reply),
            _ => Err(Trouble::Unknown(reply.reason())),
        }
    }
}

impl Reply {
    /// Whether the card or account was declined, which is an answer and no error.
    pub(super) fn is_decline(&self) -> bool {
        self.status == 402
    }

    /// Whether it was refused because the thing isn't there, or isn't in a state for it.
    pub(super) fn is_pointless(&self) -> bool {
        matches!(self.status, 400 | 404)
    }

    /// Whether there is no such thing.
    pub(super) fn is_missing(&self) -> bool {
        self.status == 404
    }

    pub(super) fn refusal(&self) -> Trouble {
        Trouble::Refused(self.reason())
    }

    /// Stripe's own words, which hold no data of cards.
    fn reason(&self) -> String {
        let error = Thing(&self.body).at("error");
        let said = error.text("message").or_else(|| error.text("code")).unwrap_or("no reason given");
        format!("{said} ({})", self.status)
    }
}

/// Whether a key moves real money.
fn mode(key: &str) -> Result<bool, String> {
    let has = |prefixes: [&str; 2]| prefixes.iter().any(|prefix| key.len() > prefix.len() && key.starts_with(prefix));
    match (has(["sk_live_", "rk_live_"]), has(["sk_test_", "rk_test_"])) {
        (true, _) => Ok(true),
        (_, true) => Ok(false),
        _ => Err("Stripe's secret key must begin with sk_live_, rk_live_, sk_test_ or rk_test_".to_owned()),
    }
}

/// Whether an address is on this very machine.
fn is_near(api: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(api) else { return false };
    url.scheme() == "http"
        && url.host_str().is_some_and(|host| {
            host == "localhost"
                || host == "[::1]"
                || host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
        })
}

/// Without a connection nothing was sent; after that nobody knows.
fn trouble(error: reqwest::Error) -> Trouble {
    let was_sent = !error.is_connect() && !error.is_builder();
    // The reason is in the innermost error; the address stays out of the log.
    let error = error.without_url();
    let mut reason: &dyn std::error::Error = &error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    let why = format!("{error}: {reason}");
    if was_sent { Trouble::Unknown(why) } else { Trouble::Unreachable(why) }
}

async fn whole(mut answer: reqwest::Response) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| Trouble::Unknown(error.without_url().to_string()))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LONGEST {
            return Err(Trouble::Unknown("it answers without end".to_owned()));
        }
    }
    Ok(bytes)
}
