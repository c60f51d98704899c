//! Our adapter for Stripe against localstripe, over real HTTP, with its own signed events.

use connect::gateway::{
    ChargeAsk, ChargeState, DeclineClass, Gateway, MethodKind, News, RefundAsk, RefundState, Trouble,
};
use jiff::Timestamp;

use super::counterpart::Localstripe;
use super::recorder::{Recorder, Reply};
use super::usd;

const LONG_AGO: i64 = 1_600_000_000;

fn ask(key: &str, (customer, method): &(String, String)) -> ChargeAsk {
    ChargeAsk {
        key: key.to_owned(),
        reference: format!("payment-of-{key}"),
        amount: usd(412_00),
        customer: customer.clone(),
        method: method.clone(),
        kind: MethodKind::Card,
        words: "INV-1043".to_owned(),
    }
}

fn long_ago() -> Timestamp {
    Timestamp::from_second(LONG_AGO).unwrap()
}

#[tokio::test]
async fn a_kept_card_is_charged_found_and_given_back() {
    let localstripe = Localstripe::start();
    let gateway = localstripe.stripe();
    let card = localstripe.kept_card("4242424242424242").await;
    let method = gateway.method(&card.1).await.unwrap();
    assert_eq!((method.brand.as_str(), method.last4.as_str(), &method.customer), ("Visa", "4242", &card.0));
    let charge = gateway.charge(&ask("one", &card)).await.unwrap();
    assert_eq!((&charge.state, charge.key.as_str(), charge.live), (&ChargeState::Settled, "one", false));
    gateway.charge(&ask("two", &card)).await.unwrap();
    let found = gateway.find("payment-of-one", long_ago()).await.unwrap();
    assert_eq!(found.iter().map(|charge| charge.id.as_str()).collect::<Vec<_>>(), [charge.id.as_str()]);
    assert_eq!((&found[0].key, &found[0].amount), (&charge.key, &charge.amount));
    assert_eq!(gateway.charges(long_ago()).await.unwrap().len(), 2);

    let back = RefundAsk { key: "back".to_owned(), charge: charge.id.clone(), amount: usd(100_00) };
    let refund = gateway.refund(&back).await.unwrap();
    assert_eq!((refund.state, refund.amount, refund.key.as_str()), (RefundState::Done, usd(100_00), "back"));
    let looked = gateway.look_at(&charge.id).await.unwrap();
    assert_eq!((looked.refunded_minor, looked.reference.as_str()), (100_00, "payment-of-one"));
    assert!(matches!(gateway.look_at("ch_of_nobody").await, Err(Trouble::Refused(_))));

    gateway.forget_method(&card.1).await.unwrap();
    assert!(matches!(gateway.method(&card.1).await, Err(Trouble::Refused(_))));
}

#[tokio::test]
async fn a_card_that_is_declined_or_asks_for_its_owner() {
    let localstripe = Localstripe::start();
    let gateway = localstripe.stripe();
    for (number, class) in
        [("4000000000000341", DeclineClass::Soft), ("4000002500003155", DeclineClass::Authentication)]
    {
        let card = localstripe.kept_card(number).await;
        let charge = gateway.charge(&ask(number, &card)).await.unwrap();
        let ChargeState::Failed(decline) = &charge.state else { panic!("{:?}", charge.state) };
        assert_eq!((decline.class, charge.amount.minor), (class, 412_00));
    }
    let stranger = ("cus_of_nobody".to_owned(), "pm_of_nobody".to_owned());
    assert!(matches!(gateway.charge(&ask("stranger", &stranger)).await, Err(Trouble::Refused(_))));
}

#[tokio::test]
async fn its_events_are_signed_and_lead_to_the_charge() {
    let localstripe = Localstripe::start();
    let gateway = localstripe.stripe();
    let portal = Recorder::start(|_| Reply::Text(200, String::new()));
    let hook =
        [("url", format!("{}/webhooks/stripe", portal.address)), ("secret", super::secret().reveal().to_owned())];
    let hook: Vec<(&str, &str)> = hook.iter().map(|(name, value)| (*name, value.as_str())).collect();
    localstripe.post("/_config/webhooks/portal", &hook).await;
    let settled = gateway.charge(&ask("one", &localstripe.kept_card("4242424242424242").await)).await.unwrap();
    let declined = gateway.charge(&ask("two", &localstripe.kept_card("4000000000000341").await)).await.unwrap();
    let mut told = Vec::new();
    while told.len() < 2 {
        let (kind, charge, reference) = received(&gateway, &portal);
        if kind.starts_with("payment_intent.") {
            told.push((kind, charge, reference));
        }
    }
    told.sort();
    let expected = [
        ("payment_intent.payment_failed", declined.id.as_str(), "payment-of-two"),
        ("payment_intent.succeeded", settled.id.as_str(), "payment-of-one"),
    ];
    assert_eq!(
        told,
        expected.map(|(kind, charge, reference)| (kind.to_owned(), charge.to_owned(), reference.to_owned()))
    );
}

/// The next event: its kind, charge and reference. One that was changed on its way is refused.
fn received(gateway: &Gateway, portal: &Recorder) -> (String, String, String) {
    let request = portal.next();
    let header = request.header("stripe-signature").unwrap();
    let sent_at = header.trim_start_matches("t=").split(',').next().unwrap().parse().unwrap();
    let now = Timestamp::from_second(sent_at).unwrap();
    let event = gateway.read_event(&request.body, header, now).unwrap();
    let mut changed = request.body.clone();
    changed.push(b' ');
    assert!(gateway.read_event(&changed, header, now).is_err());
    let (charge, reference) = match event.what {
        News::AskCharge { charge, reference } => (charge, reference),
        _ => (String::new(), String::new()),
    };
    (event.kind, charge, reference)
}
