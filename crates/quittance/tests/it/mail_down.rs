//! When the mail server is down, the door says so, and everything else works.

use jiff::SignedDuration;
use quittance::actions::deliver_mail::deliver_mail;
use quittance::app::App;
use store::testing::{BOTH, Database};

use crate::cast::{ALICE, NOBODY};
use crate::issued::{Bill, issue};
use crate::world::{Wishes, World};

stories!(
    a_silent_mail_server_is_said_at_the_door,
    an_invoice_that_reaches_no_server_is_said_at_the_door,
    a_refused_letter_is_not_a_dead_server,
);

async fn a_silent_mail_server_is_said_at_the_door(world: World) {
    let mut alice = world.signed_in(ALICE).await;
    world.mailbox.take_down();
    let mut browser = world.browser();
    browser.asks(ALICE).await;
    until(&world, true).await;
    let waiting = browser.get("/sign-in/code").await;
    assert!(waiting.status == 200 && waiting.has("We can’t send codes right now"), "{}", waiting.text());
    let door = browser.get("/sign-in").await;
    assert!(
        door.status == 200 && door.has("We can’t send codes right now") && door.has("320-555-0150"),
        "{}",
        door.text()
    );
    for email in [ALICE, NOBODY] {
        let refused = world.browser().asks(email).await;
        assert!(refused.status == 503 && refused.has("Whoever is signed in can go on reading"), "{}", refused.text());
        assert!(refused.has("<b>trace "), "that of the request: {}", refused.text());
        assert!(!refused.header("retry-after").is_empty());
    }
    assert_eq!(alice.get("/sessions").await.status, 200);
    let ready = browser.get("/readyz").await;
    assert_eq!((ready.status, ready.text().as_str()), (200, r#"{"ready":true,"down":["mail"]}"#));
    // The letter that waited goes out when the server is back, and that ends the notice.
    world.mailbox.bring_up();
    let code = world.code_for(ALICE).await;
    until(&world, false).await;
    assert_eq!(browser.types(&code).await.status, 303);
    assert!(!world.browser().get("/sign-in").await.has("We can’t send codes right now"));
}

/// Nobody asks for a code: an invoice's mail is the first to find nobody there, and the first to be taken again.
async fn an_invoice_that_reaches_no_server_is_said_at_the_door(world: World) {
    issue(&world.app.store, vec![Bill::new(1, 7, "2026-09-18")]).await;
    let mut alice = world.signed_in(ALICE).await;
    world.app.post.is_settled().await;
    world.mailbox.take_down();
    assert_eq!(alice.post("/invoices/INV-7/mails", &[]).await.status, 303);
    assert_eq!(deliver_mail(&world.app, |_| ()).await.unwrap().postponed, 1);
    until(&world, true).await;
    assert!(world.browser().get("/sign-in").await.has("We can’t send codes right now"));
    world.mailbox.bring_up();
    world.passes(SignedDuration::from_hours(1));
    assert_eq!(deliver_mail(&world.app, |_| ()).await.unwrap().accepted, 1);
    assert!(!world.app.mail_is_down());
}

async fn a_refused_letter_is_not_a_dead_server(world: World) {
    let refusal = connect::mail::Refusal::Permanent { code: 550, text: "no such mailbox".to_owned() };
    world.mailbox.fail_next(refusal);
    let mut browser = world.browser();
    browser.asks(ALICE).await;
    browser.asks(ALICE).await;
    world.code_for(ALICE).await;
    assert!(!world.app.mail_is_down());
    assert_eq!(world.browser().asks(NOBODY).await.status, 303);
}

#[tokio::test]
async fn without_a_mail_server_the_door_says_so() {
    for on in BOTH {
        let world = World::with(on, Wishes { without_mailer: true, ..Wishes::default() }).await;
        let mut browser = world.browser();
        assert!(browser.get("/sign-in").await.has("We can’t send codes right now"));
        assert_eq!(browser.asks(ALICE).await.status, 503);
        assert_eq!(browser.get("/help").await.status, 200);
    }
}

#[tokio::test]
async fn a_start_without_mail_is_noticed() {
    let world = World::on(Database::Sqlite).await;
    world.mailbox.take_down();
    let mailer = connect::mail::Mailer::Mailbox(world.mailbox.clone());
    let app = world.again(mailer).await;
    let post = tokio::spawn(quittance::post::work(app.clone()));
    until_down_is(&app, true).await;
    post.abort();
}

async fn until(world: &World, down: bool) {
    until_down_is(&world.app, down).await;
}

async fn until_down_is(app: &App, down: bool) {
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while app.mail_is_down() != down {
        assert!(std::time::Instant::now() < patience, "after ten seconds: is mail down? it should be {down}");
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}
