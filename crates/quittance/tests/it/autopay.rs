//! Auto Pay through the front door: proposed, agreed to, announced, charged; and everything that takes a charge away.

use billing::payment::PaymentState;
use billing::staff::Rights;
use connect::gateway::sandbox::{Fault, TestMethod};
use connect::gateway::{Gateway, Keep, MethodKind, PageAsk, PageState, Sandbox};
use jiff::SignedDuration;
use quittance::actions::keep_autopay::{Look, keep_autopay};
use quittance::actions::look_up_payments::look_up_payments;
use quittance::actions::take_event::take_event;
use quittance::actions::verify_books::verify_books;
use store::audit::AuditKind;
use store::autopay::ChargedRow;
use store::method::{GatewayName, MethodRow, MethodState};
use store::session::Proof;
use store::{AccountId, MethodId};

use crate::browser::{Answer, Browser};
use crate::cast::{ALICE, BOB, CAROL};
use crate::issued::{Bill, delivery, issue_booked};
use crate::world::World;

paying_stories!(
    a_rule_is_proposed_confirmed_announced_and_charged,
    nothing_is_charged_before_both_agree,
    what_was_read_is_what_is_agreed_to,
    staff_prepare_a_rule_and_the_customer_agrees,
    a_limit_leaves_an_invoice_and_everybody_is_told,
    one_is_skipped_and_the_rule_rests_and_ends,
    who_pays_it_themselves_is_not_charged,
    what_is_in_dispute_is_not_charged,
    a_declined_card_is_tried_four_times_and_no_more,
    a_lost_card_is_never_tried_again,
    the_second_method_steps_in,
    a_replaced_card_goes_on,
    a_processor_that_is_down_is_asked_the_next_day,
    an_answer_that_got_lost_charges_once,
    strangers_and_viewers_decide_nothing,
    wrong_rules_are_told_in_words,
);

fn sandbox(world: &World) -> Sandbox {
    match &world.app.gateway {
        Some(Gateway::Sandbox(sandbox)) => sandbox.clone(),
        _ => unreachable!("a world that pays"),
    }
}

/// Acme owes 18.00 on two bi-weekly invoices, due in 10 and in 20 days.
pub async fn owing(world: &World) {
    let today = world.app.today();
    let day = |ago: i64| today.checked_sub(jiff::Span::new().days(ago)).unwrap().to_string();
    issue_booked(&world.app.store, vec![Bill::new(1, 11, &day(20)), Bill::new(1, 12, &day(10))]).await;
}

/// Keeps a test card or account for an account, as leaving it on the processor's page would.
pub async fn keeps(world: &World, account: i64, choice: TestMethod) -> MethodId {
    let (gateway, sandbox) = (world.app.gateway.clone().unwrap(), sandbox(world));
    let method_id: MethodId = world.app.ids.mint();
    let ask = PageAsk {
        key: format!("kept-{}", i64::from(method_id)),
        reference: format!("C-{account}"),
        amount: None,
        kind: choice.kind(),
        keep: Keep::ForLater,
        customer: None,
        payer: ("Acme".to_owned(), ALICE.to_owned()),
        words: "Kept".to_owned(),
        done_url: String::new(),
        back_url: String::new(),
    };
    let page = gateway.open_page(&ask).await.unwrap();
    sandbox.complete(&page.id, choice).unwrap();
    let Ok(PageState::Done { method: Some(method), .. }) = gateway.page(&page.id).await else { panic!("not left") };
    let now = world.app.clock.now();
    let written = world.app.store.write(move |tx| {
        let is_default = tx.methods(AccountId::from(account))?.is_empty();
        tx.keep_method(&MethodRow {
            account_id: AccountId::from(account),
            method_id,
            gateway: GatewayName::Sandbox,
            live: false,
            customer: method.customer.clone(),
            token: method.id.clone(),
            kind: if method.kind == MethodKind::Card {
                store::method::MethodKind::Card
            } else {
                store::method::MethodKind::Bank
            },
            brand: method.brand.clone(),
            last4: method.last4.clone(),
            expires_on: method.expires_on,
            name: String::new(),
            state: MethodState::Usable,
            replaced_by: None,
            is_default,
            added_by: None,
            added_at: now,
            gone_at: None,
        })
    });
    written.await.unwrap();
    method_id
}

/// So many days pass, each with Auto Pay's work and what the processor tells.
async fn days(world: &World, days: i64) {
    for _ in 0..days {
        world.passes(SignedDuration::from_hours(24));
        works(world).await;
    }
}

/// The work of a day.
pub async fn works(world: &World) {
    let gateway = world.app.gateway.clone().unwrap();
    keep_autopay(&world.app, Look::Daily).await.unwrap();
    for event in sandbox(world).due_events() {
        take_event(&world.app, &gateway, event.body, &event.signature).await.unwrap();
        sandbox(world).told(&event.id);
    }
    look_up_payments(&world.app).await.unwrap();
}

async fn balance(world: &World, invoice: i64) -> i64 {
    let read = world.app.store.read(move |tx| tx.invoice_state(1.into(), invoice.into()));
    read.await.unwrap().unwrap().balance_minor
}

pub async fn charges(world: &World, account: i64) -> Vec<ChargedRow> {
    world.app.store.read(move |tx| tx.autopay_charges(account.into(), jiff::civil::date(2000, 1, 1))).await.unwrap()
}

/// The fields of the form whose action is `action`, with changes.
fn form(page: &str, action: &str, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let at = format!("action=\"{action}\"");
    let inside = page.split("<form").find(|form| form.contains(&at) && form.contains("method=\"post\""));
    let inside = inside.unwrap_or_else(|| panic!("no form {action}: {page}")).split("</form>").next().unwrap();
    let mut fields = Vec::new();
    for input in inside.split("<input").skip(1) {
        let tag = input.split('>').next().unwrap();
        let attribute = |name: &str| tag.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        if let (Some(name), Some(value), true) = (attribute("name"), attribute("value"), tag.contains("hidden"))
            && name != "csrf"
        {
            fields.push((name.to_owned(), plain(value)));
        }
    }
    fields.retain(|(known, _)| changes.iter().all(|(name, _)| name != known));
    fields.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

fn plain(escaped: &str) -> String {
    let known = [("&#38;", "&"), ("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'")];
    known.iter().rev().fold(escaped.to_owned(), |text, (code, letter)| text.replace(code, letter))
}

async fn sends(browser: &mut Browser, path: &str, fields: &[(String, String)]) -> Answer {
    browser.post_raw(path, serde_urlencoded::to_string(fields).unwrap()).await
}

/// The query of a rule: everything on the due date unless something else is said.
fn query(changes: &[(&str, &str)]) -> String {
    let usual = [
        ("account", "C-1"),
        ("scope", "everything"),
        ("method", "default"),
        ("when", "due"),
        ("notice", "3"),
        ("open", "due"),
    ];
    let usual = usual.iter().filter(|(name, _)| changes.iter().all(|(known, _)| known != name));
    let all: Vec<(&str, &str)> = usual.copied().chain(changes.iter().copied()).collect();
    format!("/autopay?{}", serde_urlencoded::to_string(all).unwrap())
}

/// Alice proposes a rule as the page shows it.
async fn proposes(world: &World, changes: &[(&str, &str)]) -> Answer {
    let mut alice = world.signed_in(ALICE).await;
    let page = alice.get(&query(changes)).await;
    assert_eq!(page.status, 200, "{}", page.text());
    sends(&mut alice, "/autopay", &form(&page.text(), "/autopay", &[("yes", "yes")])).await
}

/// Dana confirms what waits.
async fn confirms(world: &World, name: &str) {
    let mut dana = world.staff(name, Rights::Billing, Proof::Passkey).await;
    let waits = world.app.store.read(|tx| tx.autopay_proposals()).await.unwrap();
    let place = format!("/office/autopay/C-1/{}", i64::from(waits[0].version_id));
    let page = dana.get(&place).await;
    assert!(page.has("Confirm this rule") && page.has("What it would do"), "{}", page.text());
    assert_eq!(dana.post(&format!("{place}/confirmation"), &[]).await.location(), "/office/autopay");
}

/// A rule in force: everything on the due date unless something else is said.
pub async fn holds(world: &World, changes: &[(&str, &str)]) {
    let proposed = proposes(world, changes).await;
    assert_eq!(proposed.status, 303, "{}", proposed.text());
    confirms(world, "dana").await;
}

async fn a_rule_is_proposed_confirmed_announced_and_charged(world: World) {
    owing(&world).await;
    keeps(&world, 1, TestMethod::CardSettles).await;
    let mut alice = world.signed_in(ALICE).await;
    let page = alice.get(&query(&[])).await;
    assert!(page.has("INV-11 would be charged on") && page.has("Visa 4242"), "{}", page.text());
    assert!(page.has("Acme Milling permits Prairie IT, Inc. to charge Visa 4242"), "{}", page.text());
    holds(&world, &[]).await;
    assert_eq!(world.told("An Auto Pay rule holds").await, [ALICE]);
    let list = alice.get("/invoices").await;
    assert!(list.has("Auto Pay takes next") && list.has("Visa 4242"), "{}", list.text());
    let invoice = alice.get("/invoices/INV-11").await;
    assert!(invoice.has("Auto Pay takes this one") && invoice.has("Skip this one"), "{}", invoice.text());
    days(&world, 6).await;
    assert_eq!(world.told("INV-11").await, [""; 0], "three days before, not four");
    days(&world, 1).await;
    assert_eq!(world.told("We charge Visa 4242 $18.00").await, [ALICE]);
    assert_eq!(charges(&world, 1).await, []);
    days(&world, 2).await;
    assert_eq!((balance(&world, 11).await, world.told("We charge Visa").await.len()), (1_800, 1));
    days(&world, 1).await;
    assert_eq!((balance(&world, 11).await, balance(&world, 12).await), (0, 1_800));
    assert_eq!(world.told("Receipt: $18.00").await, [ALICE]);
    days(&world, 20).await;
    let made = charges(&world, 1).await;
    assert_eq!(made.len(), 2, "each once: {made:?}");
    assert_eq!(balance(&world, 12).await, 0);
    let kinds = world.log().await;
    for kind in [AuditKind::AutoPayProposed, AuditKind::AutoPayConfirmed] {
        assert!(kinds.contains(&kind), "{kind:?}");
    }
    for verdict in verify_books(&world.app).await.unwrap() {
        if ["I2", "I4", "I6", "I10"].contains(&verdict.id) {
            assert_eq!(verdict.broken, [""; 0], "{} {}", verdict.id, verdict.holds);
        }
    }
}

async fn nothing_is_charged_before_both_agree(world: World) {
    owing(&world).await;
    keeps(&world, 1, TestMethod::CardSettles).await;
    assert_eq!(proposes(&world, &[]).await.status, 303);
    assert_eq!(world.told("proposes an Auto Pay rule").await, [crate::cast::DESK]);
    days(&world, 25).await;
    assert_eq!(charges(&world, 1).await, []);
    let mut alice = world.signed_in(ALICE).await;
    assert!(alice.get("/autopay").await.has("it waits for us"));
    // Both are overdue by now: the rule leaves them, even the one that was to be taken.
    confirms(&world, "dana").await;
    days(&world, 10).await;
    assert_eq!(charges(&world, 1).await, []);
    let mut alice = world.signed_in(ALICE).await;
    assert!(alice.get("/invoices/INV-11").await.has("it is already overdue"));
}

async fn what_was_read_is_what_is_agreed_to(world: World) {
    owing(&world).await;
    keeps(&world, 1, TestMethod::CardSettles).await;
    let mut alice = world.signed_in(ALICE).await;
    let page = alice.get(&query(&[])).await.text();
    let unread = sends(&mut alice, "/autopay", &form(&page, "/autopay", &[])).await;
    assert!(unread.status == 422 && unread.has("Tick that you have read"), "{}", unread.text());
    let other = form(&page, "/autopay", &[("yes", "yes"), ("per_month", "500")]);
    let changed = sends(&mut alice, "/autopay", &other).await;
    assert!(changed.status == 422 && changed.has("Please read it again"), "{}", changed.text());
    assert!(changed.has("at most $500.00 in one calendar month"), "{}", changed.text());
    assert_eq!(world.app.store.read(|tx| tx.autopay_proposals()).await.unwrap(), []);
    world.passes(SignedDuration::from_mins(11));
    let stale = sends(&mut alice, "/autopay", &form(&page, "/autopay", &[("yes", "yes")])).await;
    assert!(stale.location().starts_with("/prove"), "a stale proof is not enough");
}

async fn staff_prepare_a_rule_and_the_customer_agrees(world: World) {
    owing(&world).await;
    keeps(&world, 1, TestMethod::CardSettles).await;
    let mut dana = world.staff("dana", Rights::Billing, Proof::Passkey).await;
    let mut rita = world.staff("rita", Rights::Read, Proof::Passkey).await;
    let new = query(&[("per_invoice", "100")]).replace("/autopay?", "/office/autopay/new?");
    assert_eq!(rita.get(&new).await.status, 403);
    let page = dana.get(&new).await;
    assert!(page.has("INV-11 would be charged on") && page.has("Send it to the customer"), "{}", page.text());
    let sent = sends(&mut dana, "/office/autopay/new", &form(&page.text(), "/office/autopay/new", &[])).await;
    assert_eq!((sent.status, sent.location()), (303, "/office/autopay"), "{}", sent.text());
    assert_eq!(world.told("was prepared for you").await, [ALICE]);
    let waits = world.app.store.read(|tx| tx.autopay_proposals()).await.unwrap();
    let place = format!("/office/autopay/C-1/{}", i64::from(waits[0].version_id));
    let early = dana.post(&format!("{place}/confirmation"), &[]).await;
    assert!(early.status == 422 && early.has("The other side agrees"), "{}", early.text());
    days(&world, 12).await;
    assert_eq!(charges(&world, 1).await, [], "nobody has agreed");
    let mut alice = world.signed_in(ALICE).await;
    let own = format!("/autopay/C-1/{}", i64::from(waits[0].version_id));
    assert!(alice.get("/autopay").await.has(&format!("href=\"{own}\"")));
    let page = alice.get(&own).await;
    assert!(page.has("Agree and start it") && page.has("at most $100.00 for one invoice"), "{}", page.text());
    let action = format!("{own}/agreement");
    let unread = sends(&mut alice, &action, &form(&page.text(), &action, &[])).await;
    assert_eq!(unread.status, 422);
    let agreed = sends(&mut alice, &action, &form(&page.text(), &action, &[("yes", "yes")])).await;
    assert_eq!(agreed.status, 303, "{}", agreed.text());
    days(&world, 12).await;
    assert_eq!((balance(&world, 11).await, balance(&world, 12).await), (1_800, 0), "the first was overdue by then");
}

async fn a_limit_leaves_an_invoice_and_everybody_is_told(world: World) {
    let today = world.app.today();
    let day = |ago: i64| today.checked_sub(jiff::Span::new().days(ago)).unwrap().to_string();
    let dear = Bill { lines: vec![delivery("A server", "1", "2500.00")], ..Bill::new(1, 11, &day(20)) };
    issue_booked(&world.app.store, vec![dear, Bill::new(1, 12, &day(20))]).await;
    keeps(&world, 1, TestMethod::CardSettles).await;
    holds(&world, &[("per_invoice", "2000")]).await;
    let mut alice = world.signed_in(ALICE).await;
    let page = alice.get("/invoices/INV-11").await;
    assert!(page.has("Auto Pay leaves this one: above your $2,000.00 limit"), "{}", page.text());
    days(&world, 11).await;
    assert_eq!((balance(&world, 11).await, balance(&world, 12).await), (250_000, 0));
    assert_eq!(world.told("Auto Pay won't charge INV-11").await, [ALICE, crate::cast::DESK], "once, before its day");
}

async fn one_is_skipped_and_the_rule_rests_and_ends(world: World) {
    owing(&world).await;
    issue_booked_later(&world, 13, -5).await;
    keeps(&world, 1, TestMethod::CardSettles).await;
    holds(&world, &[]).await;
    let mut alice = world.signed_in(ALICE).await;
    assert_eq!(alice.post("/invoices/INV-11/autopay", &[("skip", "yes")]).await.status, 303);
    assert!(alice.get("/invoices/INV-11").await.has("Auto Pay leaves this one: you skipped it"));
    days(&world, 12).await;
    assert_eq!(balance(&world, 11).await, 1_800);
    let rule = world.app.store.read(|tx| tx.autopay_in_force()).await.unwrap().remove(0);
    let place = format!("/autopay/C-1/{}", i64::from(rule.version_id));
    let mut alice = world.signed_in(ALICE).await;
    let until = world.app.today().checked_add(jiff::Span::new().days(10)).unwrap().to_string();
    let paused = alice.post(&format!("{place}/pause"), &[("until", &until)]).await;
    assert_eq!(paused.status, 303, "{}", paused.text());
    assert!(alice.get("/autopay").await.has("Paused until"));
    days(&world, 11).await;
    assert_eq!(balance(&world, 12).await, 1_800, "it fell due in the pause");
    days(&world, 3).await;
    assert_eq!((balance(&world, 12).await, balance(&world, 13).await), (1_800, 0), "the next one is taken again");
    let mut alice = world.signed_in(ALICE).await;
    assert_eq!(alice.post(&format!("{place}/end"), &[]).await.status, 303);
    assert!(!alice.get("/autopay").await.has("In force since"));
    let mandates = world.app.store.read(|tx| tx.mandates(1.into())).await.unwrap();
    assert!(mandates.iter().all(|mandate| mandate.ended_at.is_some()), "{mandates:?}");
    let again = alice.post(&format!("{place}/end"), &[]).await;
    assert!(again.status == 422 && again.has("over already"), "{}", again.text());
    assert_eq!(world.told("Auto Pay was ended").await, [ALICE, crate::cast::DESK]);
}

/// Another invoice of Acme's, issued so many days from today.
async fn issue_booked_later(world: &World, id: i64, from_today: i64) {
    let day = world.app.today().checked_add(jiff::Span::new().days(from_today)).unwrap();
    let bill = Bill::new(1, id, &day.to_string());
    issue_booked(&world.app.store, vec![bill]).await;
}

async fn who_pays_it_themselves_is_not_charged(world: World) {
    owing(&world).await;
    keeps(&world, 1, TestMethod::CardSettles).await;
    holds(&world, &[]).await;
    days(&world, 8).await;
    let mut alice = world.signed_in(ALICE).await;
    let method = world.app.store.read(|tx| tx.methods(1.into())).await.unwrap().remove(0);
    let by = i64::from(method.method_id).to_string();
    let one = [("amount", "18.00"), ("method", by.as_str()), ("key", "script-0001")];
    assert_eq!(alice.post("/invoices/INV-11/payments", &one).await.status, 303);
    days(&world, 5).await;
    assert_eq!((balance(&world, 11).await, charges(&world, 1).await.len()), (0, 0));
    let on = world.app.today().checked_add(jiff::Span::new().days(9)).unwrap().to_string();
    let mut alice = world.signed_in(ALICE).await;
    let later = [("amount", "18.00"), ("method", by.as_str()), ("when", "later"), ("on", &on), ("key", "script-0002")];
    assert_eq!(alice.post("/invoices/INV-12/payments", &later).await.status, 303);
    days(&world, 8).await;
    assert_eq!(charges(&world, 1).await.len(), 0, "their own day goes before the rule's");
    assert_eq!(balance(&world, 12).await, 1_800);
}

async fn what_is_in_dispute_is_not_charged(world: World) {
    owing(&world).await;
    keeps(&world, 1, TestMethod::CardSettles).await;
    holds(&world, &[]).await;
    let mut alice = world.signed_in(ALICE).await;
    let dispute = [("line", "1"), ("kind", "dispute"), ("words", "We never got it.")];
    assert_eq!(alice.post("/invoices/INV-11/questions", &dispute).await.status, 303);
    assert!(alice.get("/invoices/INV-11").await.has("Auto Pay leaves this one: it is in dispute"));
    days(&world, 21).await;
    assert_eq!((balance(&world, 11).await, balance(&world, 12).await), (1_800, 0));
}

async fn a_declined_card_is_tried_four_times_and_no_more(world: World) {
    owing(&world).await;
    keeps(&world, 1, TestMethod::CardInsufficientFunds).await;
    holds(&world, &[("scope", "invoice"), ("invoice", "INV-11")]).await;
    days(&world, 10).await;
    assert_eq!(charges(&world, 1).await.len(), 1);
    assert_eq!(world.told("We try").await, [ALICE]);
    let first = charges(&world, 1).await[0].charged_on;
    let mut alice = world.signed_in(ALICE).await;
    assert!(alice.get("/invoices").await.has("Auto Pay again"));
    days(&world, 60).await;
    let made = charges(&world, 1).await;
    let after: Vec<i32> = made.iter().map(|one| first.until(one.charged_on).unwrap().get_days()).collect();
    assert_eq!(after, [0, 3, 8, 15]);
    assert!(made.iter().all(|one| one.state == Some(PaymentState::Failed)));
    assert!(world.told("was declined too often").await.contains(&ALICE.to_owned()));
    assert_eq!(balance(&world, 11).await, 1_800);
}

async fn a_lost_card_is_never_tried_again(world: World) {
    owing(&world).await;
    keeps(&world, 1, TestMethod::CardLost).await;
    holds(&world, &[]).await;
    days(&world, 60).await;
    assert_eq!(charges(&world, 1).await.len(), 1, "not for the other invoice, either");
    assert!(world.told("was declined and isn").await.contains(&crate::cast::DESK.to_owned()));
}

async fn the_second_method_steps_in(world: World) {
    owing(&world).await;
    keeps(&world, 1, TestMethod::CardLost).await;
    let second = keeps(&world, 1, TestMethod::CardSettles).await;
    let backup = i64::from(second).to_string();
    holds(&world, &[("backup", &backup)]).await;
    days(&world, 10).await;
    assert_eq!(charges(&world, 1).await.len(), 1);
    days(&world, 2).await;
    assert_eq!(balance(&world, 11).await, 1_800, "told first");
    days(&world, 1).await;
    assert_eq!(balance(&world, 11).await, 0);
    days(&world, 10).await;
    let made = charges(&world, 1).await;
    assert_eq!(made.iter().map(|one| one.method_id == second).collect::<Vec<_>>(), [false, true, true]);
}

async fn a_replaced_card_goes_on(world: World) {
    owing(&world).await;
    let first = keeps(&world, 1, TestMethod::CardSettles).await;
    let chosen = i64::from(first).to_string();
    holds(&world, &[("method", &chosen)]).await;
    let mut alice = world.signed_in(ALICE).await;
    let gone = alice.post(&format!("/methods/C-1/{chosen}/replacement"), &[]).await;
    let there = gone.location().strip_prefix(crate::world::BASE).unwrap().to_owned();
    alice.post(&there, &[("choice", "card_expires_next_month")]).await;
    alice.get("/methods/new").await;
    days(&world, 21).await;
    let made = charges(&world, 1).await;
    assert_eq!(made.len(), 2);
    assert!(made.iter().all(|one| one.method_id != first), "{made:?}");
    assert_eq!((balance(&world, 11).await, balance(&world, 12).await), (0, 0));
}

async fn a_processor_that_is_down_is_asked_the_next_day(world: World) {
    owing(&world).await;
    keeps(&world, 1, TestMethod::CardSettles).await;
    holds(&world, &[("scope", "invoice"), ("invoice", "INV-11")]).await;
    days(&world, 9).await;
    sandbox(&world).fail_calls(1, Fault::Before);
    days(&world, 1).await;
    assert_eq!(balance(&world, 11).await, 1_800);
    days(&world, 1).await;
    assert_eq!((balance(&world, 11).await, charges(&world, 1).await.len()), (0, 2), "that counts as no refusal");
}

async fn an_answer_that_got_lost_charges_once(world: World) {
    owing(&world).await;
    keeps(&world, 1, TestMethod::CardSettles).await;
    holds(&world, &[("scope", "invoice"), ("invoice", "INV-11")]).await;
    days(&world, 9).await;
    sandbox(&world).fail_calls(1, Fault::After);
    world.passes(SignedDuration::from_hours(24));
    keep_autopay(&world.app, Look::Daily).await.unwrap();
    let mut alice = world.signed_in(ALICE).await;
    assert!(alice.get("/invoices").await.has("We don’t know yet"));
    days(&world, 8).await;
    let made = Gateway::Sandbox(sandbox(&world)).charges(jiff::Timestamp::UNIX_EPOCH).await.unwrap();
    assert_eq!((made.len(), balance(&world, 11).await), (1, 0));
}

async fn strangers_and_viewers_decide_nothing(world: World) {
    owing(&world).await;
    keeps(&world, 1, TestMethod::CardSettles).await;
    holds(&world, &[]).await;
    let rule = world.app.store.read(|tx| tx.autopay_in_force()).await.unwrap().remove(0);
    let place = format!("/autopay/C-1/{}", i64::from(rule.version_id));
    let (mut bob, mut carol) = (world.signed_in(BOB).await, world.signed_in(CAROL).await);
    let page = bob.get("/autopay").await;
    assert!(page.has("In force since") && !page.has("End it") && !page.has("Propose"), "{}", page.text());
    for deed in ["end", "pause", "resumption", "agreement"] {
        let form = [("until", "2099-01-01")];
        assert_eq!(bob.post(&format!("{place}/{deed}"), &form).await.status, 403, "{deed}");
        assert_eq!(carol.post(&format!("{place}/{deed}"), &form).await.status, 404, "{deed}");
    }
    assert_eq!(carol.get("/autopay?account=C-1").await.status, 404);
    assert_eq!(carol.get("/autopay/preview?account=C-1").await.status, 404);
    assert_eq!(carol.post("/invoices/INV-11/autopay", &[("skip", "yes")]).await.status, 404);
    assert_eq!(bob.post("/invoices/INV-11/autopay", &[("skip", "yes")]).await.status, 403);
    assert_eq!(carol.get("/office/autopay").await.status, 404);
    let mut alice = world.signed_in(ALICE).await;
    assert_eq!(alice.post("/autopay/C-1/1/end", &[]).await.status, 404);
    assert_eq!(alice.post("/autopay/C-1/x/end", &[]).await.status, 404);
    assert_eq!(world.browser().get("/autopay").await.status, 303);
}

async fn wrong_rules_are_told_in_words(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    assert!(alice.get("/autopay").await.has("Add a card or bank account first"));
    keeps(&world, 1, TestMethod::CardSettles).await;
    for (changes, told) in [
        (&[("per_invoice", "0")][..], "“0” is no limit"),
        (&[("per_invoice", "12x")], "“12x” is no limit"),
        (&[("per_invoice", "500"), ("per_month", "400")], "below the limit for one invoice"),
        (&[("notice", "0")], "1 to 14 days"),
        (&[("notice", "")], "1 to 14 days"),
        (&[("when", "before_due")], "Type the number of days"),
        (&[("when", "day"), ("days", "32")], "day of the month from 1 to 31"),
        (&[("scope", "agreements")], "Choose at least one agreement"),
        (&[("scope", "invoice")], "Say which invoice"),
        (&[("scope", "all")], "Choose which invoices"),
        (&[("method", "x")], "Choose the card"),
        (&[("method", "99")], "Add a card or bank account first"),
        (&[("start", "soon")], "Choose the day on which it starts"),
        (&[("backup", "default")], "The second method is the first one"),
        (&[("open", "x")], "open already"),
    ] {
        let page = alice.get(&query(changes)).await;
        assert!(page.status == 200 && page.has(told), "{changes:?}: {}", page.text());
        assert!(!page.has("Propose this rule"), "{changes:?}");
    }
    assert_eq!(alice.get("/autopay?colour=red").await.status, 422);
    let alone = alice.get(&query(&[]).replace("/autopay?", "/autopay/preview?")).await;
    assert!(alone.status == 200 && alone.has("INV-12 would be charged on"), "{}", alone.text());
}
