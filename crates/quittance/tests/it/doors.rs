//! The pages before the portal, and what a sandbox shows besides.

use billing::staff::Rights;
use jiff::SignedDuration;
use store::provider::WordingRow;
use store::session::Proof;
use store::testing::BOTH;

use crate::cast::{ALICE, BOB, DESK};
use crate::world::{Wishes, World};

stories!(everybody_finds_the_way_in, the_provider_words_the_help_page, health_is_told, nobody_else_has_a_demo);

async fn everybody_finds_the_way_in(world: World) {
    let mut browser = world.browser();
    let landing = browser.get("/").await;
    assert!(
        landing.status == 200 && landing.has("href=\"/sign-in\"") && landing.has("Prairie &#60;IT&#62;"),
        "{}",
        landing.text()
    );
    let button = browser.get("/button").await;
    assert!(button.has("https://billing.provider.example/sign-in") && button.has("Login to My Billing Portal"));
    let door = browser.get("/sign-in").await;
    assert!(door.has("Trouble signing in?") && door.has("320-555-0150"));
    let css = browser.get(door.text().split('"').find(|part| part.ends_with(".css")).unwrap()).await;
    assert!(css.has("#1f4e9a"), "the provider's accent");
}

async fn the_provider_words_the_help_page(world: World) {
    let questions = [
        "Do I need OTP or Microsoft SSO?",
        "Our billing contact has changed",
        "My payment method has changed",
        "One-time payment instead of Auto Pay?",
        "Trouble signing in?",
        "Phone and e-mail",
    ];
    let mut browser = world.signed_in(ALICE).await;
    let page = browser.get("/help").await;
    for question in questions {
        assert!(page.has(&format!("<h2>{question}</h2>")), "{question}");
    }
    assert!(page.has("Call 320-555-0150 or write to dana@provider.example."), "{}", page.text());
    let now = world.app.clock.real();
    let own = move |key: &str, body: &str| WordingRow { key: key.to_owned(), body: body.to_owned(), changed_at: now };
    let write = world.app.store.write(move |tx| {
        tx.set_wording(own("help/otp", "<b>Ours</b>, says {{ provider.name }}.\n\nSecond."))?;
        tx.set_wording(own("help/contact", "{{ provider.nothing }}"))?;
        tx.set_wording(own("help/method", "{% for i in range(9000000) %}x{% endfor %}"))?;
        tx.set_wording(own("help/extra", "Where does it go?\n\nTo {{ provider.email }}."))
    });
    write.await.unwrap();
    let page = browser.get("/help").await;
    assert!(page.has("&#60;b&#62;Ours&#60;/b&#62;, says Prairie &#60;IT&#62;.</p>"), "{}", page.text());
    assert!(page.has("Tell us the name") && page.has("This portal keeps no cards"), "what can't be filled falls back");
    assert!(page.has("<h2>Where does it go?</h2>") && page.has("To dana@provider.example."));
}

#[tokio::test]
async fn help_says_what_is_true_where_one_pays() {
    for on in BOTH {
        let world = World::paying(on).await;
        let page = world.browser().get("/help").await;
        for paragraph in ["Open the menu, then Cards", "If Auto Pay would take", "Tired of codes?", "To see and pay"] {
            assert!(page.has(&format!("<p class=\"lines\">{paragraph}")), "{paragraph}: {}", page.text());
        }
        assert!(!page.has("keeps no cards") && world.browser().get("/").await.has("See, download and pay"));
    }
}

async fn health_is_told(world: World) {
    let mut browser = world.browser();
    let alive = browser.get("/healthz").await;
    assert_eq!((alive.status, alive.text().as_str()), (200, "ok"));
    let ready = browser.get("/readyz").await;
    assert_eq!((ready.status, ready.text().as_str()), (200, r#"{"ready":true,"down":[]}"#));
}

async fn nobody_else_has_a_demo(world: World) {
    let mut browser = world.signed_in(ALICE).await;
    for path in ["/demo/mailbox", "/demo/mailbox.json", "/demo/people.json", "/demo/mailbox/1"] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
    assert!(!browser.get("/help").await.has("invented"));
    world.staff("dana", Rights::Admin, Proof::Passkey).await;
    let mut stranger = world.browser();
    assert_eq!(stranger.post("/demo/office", &[("email", DESK)]).await.status, 404);
    assert!(stranger.cookies.is_empty(), "the office has no such door");
}

#[tokio::test]
async fn in_a_demo_staff_come_in_by_a_click() {
    for on in BOTH {
        let world = World::with(on, Wishes { sandbox: true, ..Wishes::default() }).await;
        world.staff("dana", Rights::Read, Proof::Passkey).await;
        let mut browser = world.browser();
        let page = browser.get("/demo/mailbox").await;
        assert!(page.has("Who works here") && page.has(DESK) && page.has("reads everything"), "{}", page.text());
        for nobody in [ALICE, "nobody@provider.example", ""] {
            assert_eq!(browser.post("/demo/office", &[("email", nobody)]).await.status, 404, "{nobody}");
        }
        assert!(browser.cookies.is_empty(), "{:?}", browser.cookies);
        let come = browser.post("/demo/office", &[("email", DESK)]).await;
        assert_eq!((come.status, come.location()), (303, "/office"));
        assert_eq!(browser.get("/office").await.status, 200);
        world.passes(SignedDuration::from_mins(11));
        assert_eq!(browser.post("/office/viewing", &[("account", "C-1")]).await.location(), "/prove?next=%2Foffice");
        let prove = browser.get("/prove?next=%2Foffice%2Faudit").await;
        assert!(prove.has("action=\"/demo/office\"") && prove.has("value=\"/office/audit\""), "{}", prove.text());
        let again = [("email", DESK), ("next", "/office/audit")];
        assert_eq!(browser.post("/demo/office", &again).await.location(), "/office/audit");
        assert_eq!(browser.post("/office/viewing", &[("account", "C-1")]).await.location(), "/invoices");
        let elsewhere = [("email", DESK), ("next", "//evil.example")];
        assert_eq!(browser.post("/demo/office", &elsewhere).await.location(), "/office");
    }
}

#[tokio::test]
async fn a_sandbox_shows_its_mails_and_people() {
    for on in BOTH {
        let world = World::with(on, Wishes { sandbox: true, ..Wishes::default() }).await;
        let mut browser = world.browser();
        browser.asks(ALICE).await;
        let code = world.code_for(ALICE).await;
        let json: serde_json::Value = serde_json::from_slice(&browser.get("/demo/mailbox.json").await.body).unwrap();
        assert_eq!(json[0]["to"], ALICE);
        assert!(
            json[0]["subject"].as_str().unwrap().starts_with(&code)
                && json[0]["text"].as_str().unwrap().contains(&code)
        );
        assert!(json[0]["sent_at"].as_str().unwrap().ends_with('Z'));
        let people: serde_json::Value = serde_json::from_slice(&browser.get("/demo/people.json").await.body).unwrap();
        assert_eq!(
            people[0],
            serde_json::json!({"account": "C-1", "email": "Alice@Acme.example", "name": "Alice Archer", "role": "payer"})
        );
        assert_eq!(people[1]["email"], BOB);
        let page = browser.get("/demo/mailbox").await;
        assert!(
            page.has(&code) && page.has("Acme Milling, viewer") && page.has("Everything here is invented"),
            "{}",
            page.text()
        );
        assert!(browser.get("/demo/mailbox/1").await.has("there is nothing to click"));
        assert_eq!(browser.get("/demo/mailbox/2").await.status, 404);
        assert_eq!(browser.get("/demo/mailbox/1/x.pdf").await.status, 404);
    }
}
