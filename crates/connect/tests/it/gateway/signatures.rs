//! Signatures of events, compared both ways with Stripe's own package, and everything that must be refused.

use connect::gateway::sandbox::TestMethod;
use connect::gateway::{BadEvent, Gateway, Stripe, StripeSettings};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::counterpart::run_python;
use super::recorder::stripe_at;
use super::{Clock, left, sandbox, secret};

/// Prints a header for each body.
const SIGN: &str = "
import json, sys, stripe
secret, time, bodies = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
sign = stripe.WebhookSignature.generate_signature_header
print(json.dumps([sign(body, secret, time) for body in bodies]))
";
/// Prints whether each body fits its header.
const VERIFY: &str = "
import json, sys, stripe
def fits(body, header):
    try:
        return stripe.WebhookSignature.verify_header(body, header, sys.argv[1])
    except stripe.SignatureVerificationError:
        return False
print(json.dumps([fits(body, header) for body, header in json.loads(sys.argv[2])]))
";

fn stripe() -> Gateway {
    stripe_at("https://api.stripe.com", "sk_test_1")
}

fn body(text: &str) -> String {
    json!({ "id": "evt_1", "type": "a.b", "created": 1, "livemode": false, "note": text }).to_string()
}

#[test]
fn what_their_package_signs_is_right() {
    let bodies: Vec<String> = ["", "Zoë owes €5", "\u{1f4b6}", "a\nb", "t=1,v1=2"].map(body).to_vec();
    let now = Clock::monday().now();
    let (time, listed) = (now.as_second().to_string(), json!(bodies).to_string());
    let headers = run_python(SIGN, &[secret().reveal(), &time, &listed]);
    let headers: Vec<&str> = headers.as_array().unwrap().iter().map(|header| header.as_str().unwrap()).collect();
    assert_eq!(headers.len(), bodies.len());
    for (body, header) in bodies.iter().zip(&headers) {
        assert_eq!(stripe().read_event(body.as_bytes(), header, now).unwrap().id, "evt_1");
        let other = format!("{body} ");
        assert!(matches!(stripe().read_event(other.as_bytes(), header, now), Err(BadEvent::Signature(_))));
    }
}

#[tokio::test]
async fn what_we_sign_is_right_by_their_package() {
    let clock = Clock::monday();
    let sandbox = sandbox(&clock);
    left(&sandbox, TestMethod::BankUnverified).await;
    clock.days(3);
    let signed = sandbox.due_events();
    assert!(signed.len() > 1);
    let pairs: Vec<[String; 2]> = signed
        .iter()
        .map(|signed| [String::from_utf8(signed.body.clone()).unwrap(), signed.signature.clone()])
        .collect();
    let verdicts = |pairs: &[[String; 2]]| run_python(VERIFY, &[secret().reveal(), &json!(pairs).to_string()]);
    assert_eq!(verdicts(&pairs), Value::from(vec![true; pairs.len()]));
    let changed: Vec<[String; 2]> = pairs.into_iter().map(|[body, header]| [body + " ", header]).collect();
    assert_eq!(verdicts(&changed), Value::from(vec![false; changed.len()]));
}

#[test]
fn a_header_is_refused_unless_all_of_it_is_right() {
    let now = Clock::monday().now();
    let text = body("");
    let bodies = json!([text]).to_string();
    let header = |secret: &str, at: Timestamp| {
        let signed = run_python(SIGN, &[secret, &at.as_second().to_string(), &bodies]);
        signed.as_array().unwrap()[0].as_str().unwrap().to_owned()
    };
    let right = header(secret().reveal(), now);
    let read = |header: &str, now: Timestamp| stripe().read_event(text.as_bytes(), header, now).map(|event| event.id);
    let (time, code) = right.split_once(',').unwrap();
    // While a secret is being changed there are two signatures; other schemes are passed over.
    let wrong = header("whsec_another", now);
    let wrong_code = wrong.split_once(',').unwrap().1;
    for header in [
        right.clone(),
        format!("{time},{wrong_code},{code}"),
        format!("{time},{code},v0=00"),
        format!("{code},{time}"),
        format!("{time}, {code}"),
    ] {
        assert_eq!(read(&header, now), Ok("evt_1".to_owned()), "{header}");
    }
    for header in [
        "",
        time,
        code,
        "t=,v1=",
        "t=1,v1=",
        &wrong,
        &format!("{time},v1={}", "0".repeat(64)),
        &format!("{time},v1=é{}", "0".repeat(62)),
        &format!("{time},{}", &code[..code.len() - 2]),
        &format!("{time},{code}0"),
        &format!("{time},v0={}", &code[3..]),
        &format!("t={},{code}", now.as_second() - 1),
    ] {
        assert!(matches!(read(header, now), Err(BadEvent::Signature(_))), "{header}");
    }
    for (seconds, is_fresh) in [(300, true), (301, false), (-300, true), (-301, false)] {
        let later = now + SignedDuration::from_secs(seconds);
        assert_eq!(read(&right, later).is_ok(), is_fresh, "{seconds} s later");
    }
}

#[test]
fn without_a_secret_nothing_is_taken() {
    let settings = |webhook_secret: Option<&str>| StripeSettings {
        secret_key: "sk_test_1".to_owned().into(),
        webhook_secret: webhook_secret.map(|secret| secret.to_owned().into()),
        api: "https://api.stripe.com".to_owned(),
    };
    let stripe = Gateway::Stripe(Stripe::new(settings(None)).unwrap());
    assert_eq!(stripe.read_event(b"{}", "t=1,v1=00", Clock::monday().now()), Err(BadEvent::NoSecret));
    assert!(Stripe::new(settings(Some(""))).is_err(), "an empty secret would let anybody sign");
}
