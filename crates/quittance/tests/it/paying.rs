//! Somebody pays: pages and forms as a browser has them, the sandbox's processor, and what the books say then.

use billing::payment::PaymentState;
use connect::gateway::Gateway;
use connect::gateway::Sandbox;
use jiff::SignedDuration;
use quittance::actions::look_up_payments::look_up_payments;
use quittance::actions::take_event::{Taken, take_event};
use quittance::actions::verify_books::verify_books;
use store::method::{GatewayName, MandateRow, MethodKind, MethodRow, MethodState};
use store::payment::{GatewayPaymentRow, Hold, PaymentPartRow};

use crate::browser::{Answer, Browser};
use crate::issued::{Bill, issue_booked};
use crate::world::World;

pub fn sandbox(world: &World) -> Sandbox {
    match &world.app.gateway {
        Some(Gateway::Sandbox(sandbox)) => sandbox.clone(),
        _ => unreachable!("a world that pays"),
    }
}

pub async fn owing(world: &World) {
    let today = world.app.today();
    let day = |ago: i64| today.checked_sub(jiff::Span::new().days(ago)).unwrap().to_string();
    let bills = vec![
        Bill::new(1, 11, &day(20)),
        Bill::new(1, 12, &day(10)),
        Bill::new(1, 13, &day(5)),
        Bill::new(2, 21, &day(9)),
    ];
    issue_booked(&world.app.store, bills).await;
}

pub fn form(page: &str, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let inputs = page.split("<form class=\"paying\"").nth(1).unwrap_or_else(|| panic!("no form: {page}"));
    for input in inputs.split("</form>").next().unwrap().split("<input").skip(1) {
        let tag = input.split('>').next().unwrap();
        let attribute = |name: &str| tag.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        let is_chosen = !matches!(attribute("type"), Some("radio" | "checkbox")) || tag.contains(" checked");
        if let (Some(name), Some(value), true) = (attribute("name"), attribute("value"), is_chosen)
            && name != "csrf"
        {
            fields.push((name.to_owned(), value.to_owned()));
        }
    }
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    fields
}

pub async fn sends(browser: &mut Browser, path: &str, fields: &[(String, String)]) -> Answer {
    browser.post_raw(path, serde_urlencoded::to_string(fields).unwrap()).await
}

pub async fn pays_with(
    world: &World,
    browser: &mut Browser,
    query: &str,
    changes: &[(&str, &str)],
    card: &str,
) -> String {
    let page = browser.get(&format!("/pay{query}")).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let mut fields = form(&page.text(), changes);
    fields.retain(|(name, _)| name != "agreed");
    let gone = sends(browser, "/payments", &fields).await;
    assert_eq!(gone.status, 303, "{}", gone.text());
    let there =
        gone.location().strip_prefix(crate::world::BASE).unwrap_or_else(|| panic!("to {}", gone.location())).to_owned();
    assert!(browser.get(&there).await.has("No money moves here"));
    let back = browser.post(&there, &[("choice", card)]).await;
    assert_eq!(back.status, 303, "{}", back.text());
    learns(world).await;
    let newest = world.app.store.read(|tx| tx.newest_payments(i64::MAX.into(), 1)).await.unwrap();
    newest[0].number.clone()
}

pub async fn learns(world: &World) {
    for _ in 0..3 {
        world.passes(SignedDuration::from_mins(3));
        look_up_payments(&world.app).await.unwrap();
    }
    world.told("nothing of this").await;
}

pub async fn events(world: &World) {
    let (gateway, sandbox) = (world.app.gateway.clone().unwrap(), sandbox(world));
    for _ in 0..4 {
        for event in sandbox.due_events() {
            assert_eq!(take_event(&world.app, &gateway, event.body, &event.signature).await.unwrap(), Taken::Yes);
            sandbox.told(&event.id);
        }
        world.passes(SignedDuration::from_mins(2));
    }
}

pub async fn days(world: &World, days: i64) {
    for _ in 0..days {
        world.passes(SignedDuration::from_hours(24));
        events(world).await;
        look_up_payments(&world.app).await.unwrap();
    }
}

pub async fn payment(world: &World, number: &str) -> GatewayPaymentRow {
    let number = number.to_owned();
    world.app.store.read(move |tx| tx.gateway_payment_by_number(&number)).await.unwrap().unwrap()
}

pub async fn balance(world: &World, invoice: i64) -> i64 {
    let account = if invoice > 20 { 2 } else { 1 };
    let read = world.app.store.read(move |tx| tx.invoice_state(account.into(), invoice.into()));
    read.await.unwrap().unwrap().balance_minor
}

pub async fn ledger(world: &World, code: &str) -> i64 {
    for verdict in verify_books(&world.app).await.unwrap() {
        if ["I2", "I4", "I6", "I10"].contains(&verdict.id) || verdict.holds.contains("sums to zero") {
            assert_eq!(verdict.broken, [""; 0], "{} {}", verdict.id, verdict.holds);
        }
    }
    let rows = world.app.store.read(|tx| tx.trial_balance(jiff::civil::date(2999, 1, 1))).await.unwrap();
    rows.iter().filter(|row| row.code == code).map(|row| row.debit_minor - row.credit_minor).sum()
}

pub async fn add(world: &World, browser: &mut Browser, kind: &str, card: &str) {
    let gone = browser.post(&format!("/methods/C-1/{kind}"), &[]).await;
    assert_eq!(gone.status, 303, "{}", gone.text());
    let there = gone.location().strip_prefix(crate::world::BASE).unwrap().to_owned();
    let back = browser.post(&there, &[("choice", card)]).await;
    assert_eq!((back.status, back.location()), (303, "/methods/new"), "{}", back.text());
    assert_eq!(browser.get("/methods/new").await.location(), "/methods");
    let _ = world;
}

/// The link of a mail to one of Acme's invoices, for a day.
pub async fn link_to(world: &World, document: i64) -> String {
    let (token, now) = (quittance::random::Token::new(), world.app.clock.real());
    let row = store::payment::PayLinkRow {
        token_hash: token.hash(),
        account_id: 1.into(),
        document_id: document.into(),
        made_at: now,
        expires_at: now + SignedDuration::from_hours(24),
    };
    world.app.store.write(move |tx| tx.insert(std::slice::from_ref(&row))).await.unwrap();
    format!("/pay/{}", token.reveal())
}

/// A kept card of Acme's.
pub fn card(world: &World) -> MethodRow {
    MethodRow {
        account_id: 1.into(),
        method_id: 1.into(),
        gateway: GatewayName::Sandbox,
        live: false,
        customer: "cus".to_owned(),
        token: "pm".to_owned(),
        kind: MethodKind::Card,
        brand: "Visa".to_owned(),
        last4: "4242".to_owned(),
        expires_on: None,
        name: String::new(),
        state: MethodState::Usable,
        replaced_by: None,
        is_default: true,
        added_by: None,
        added_at: world.app.clock.now(),
        gone_at: None,
    }
}

pub async fn planned(world: &World, number: &'static str) {
    let now = world.app.clock.now();
    let method = card(world);
    let payment = GatewayPaymentRow {
        payment_id: 1.into(),
        number: number.to_owned(),
        key: "planned-key".to_owned(),
        origin: billing::payment::Origin::Page,
        person_id: None,
        email: "bob@acme.example".to_owned(),
        payer_name: "Bob Brown".to_owned(),
        account_id: 1.into(),
        method_id: Some(1.into()),
        kind: MethodKind::Card,
        method_words: method.words(),
        keep: false,
        gateway: GatewayName::Sandbox,
        live: false,
        currency: billing::Currency::USD,
        amount_minor: 100,
        state: PaymentState::Planned,
        charge_on: Some(jiff::civil::date(2099, 1, 1)),
        attempt: 1,
        page: None,
        page_url: None,
        charge: None,
        money: billing::payment::Money::Nothing,
        is_returned: false,
        objection: billing::payment::Objection::Never,
        refunded_minor: 0,
        decline: None,
        decline_class: None,
        made_at: now,
        asked_at: None,
        settled_at: None,
        ended_at: None,
        next_at: now,
        looks: 0,
        lease_until: jiff::Timestamp::UNIX_EPOCH,
    };
    let part = PaymentPartRow {
        account_id: 1.into(),
        payment_id: 1.into(),
        part_no: 1,
        document_id: Some(1.into()),
        amount_minor: 100,
        hold: Hold::Planned,
    };
    let written = world.app.store.write(move |tx| {
        tx.keep_method(&method)?;
        tx.insert(std::slice::from_ref(&payment))?;
        tx.insert(std::slice::from_ref(&part))
    });
    written.await.unwrap();
}

/// A permission of Acme's to charge its kept card.
pub async fn permitted(world: &World) {
    let mandate = MandateRow {
        account_id: 1.into(),
        mandate_id: 1.into(),
        method_id: 1.into(),
        version: 1,
        words: "Acme Milling permits it.".to_owned(),
        person_id: None,
        accepted_by: "bob@acme.example".to_owned(),
        accepted_at: world.app.clock.now(),
        network: "198.51.100.0/24".to_owned(),
        ended_at: None,
        ended_because: None,
    };
    world.app.store.write(move |tx| tx.insert(std::slice::from_ref(&mandate))).await.unwrap();
}
