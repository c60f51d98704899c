//! Sessions: how long they last, and how they end.

use jiff::SignedDuration;
use store::audit::AuditKind;
use store::session::LiveAt;

use crate::browser::Browser;
use crate::cast::{ALICE, BOB};
use crate::world::World;

stories!(
    seven_idle_days_end_a_session,
    thirty_days_end_a_session,
    a_session_ends_with_the_button,
    another_persons_session_is_not_there,
    all_others_end_together,
    signing_out_ends_it,
    a_removed_contact_is_out_at_once,
    a_false_cookie_opens_nothing,
);

async fn seven_idle_days_end_a_session(world: World) {
    let mut alice = world.signed_in(ALICE).await;
    world.passes(SignedDuration::from_hours(7 * 24 - 1));
    assert_eq!(alice.get("/sessions").await.status, 200);
    noted(&world, &alice).await;
    world.passes(SignedDuration::from_hours(7 * 24 - 1));
    assert_eq!(alice.get("/sessions").await.status, 200, "using it keeps it alive");
    noted(&world, &alice).await;
    world.passes(SignedDuration::from_hours(7 * 24 + 1));
    assert_eq!(alice.get("/sessions").await.status, 303);
}

async fn thirty_days_end_a_session(world: World) {
    let mut alice = world.signed_in(ALICE).await;
    for _ in 0..5 {
        world.passes(SignedDuration::from_hours(6 * 24 - 1));
        assert_eq!(alice.get("/sessions").await.status, 200);
        noted(&world, &alice).await;
    }
    world.passes(SignedDuration::from_hours(6));
    assert_eq!(alice.get("/sessions").await.status, 303);
}

async fn a_session_ends_with_the_button(world: World) {
    let mut desk = world.signed_in(ALICE).await;
    let mut phone = world
        .browser()
        .from("203.0.113.80:1")
        .saying("user-agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1");
    phone.asks(ALICE).await;
    let code = world.code_for(ALICE).await;
    phone.types(&code).await;
    let page = desk.get("/sessions").await.text();
    assert!(
        page.contains("Safari on iPhone") && page.contains("203.0.113.0/24") && page.contains("This one"),
        "{page}"
    );
    let actions: Vec<&str> =
        page.split("action=\"/sessions/").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(actions.len(), 2, "{actions:?}");
    let ended = desk.post(&format!("/sessions/{}", actions[0]), &[]).await;
    assert_eq!((ended.status, ended.location()), (303, "/sessions"));
    assert_eq!(phone.get("/sessions").await.status, 303);
    assert_eq!(desk.get("/sessions").await.status, 200);
    let again = desk.post(&format!("/sessions/{}", actions[0]), &[]).await;
    assert_eq!((again.status, again.location()), (303, "/sessions"), "pressed twice");
    let ends = world.log().await.into_iter().filter(|kind| *kind == AuditKind::SessionEnded).count();
    assert_eq!(ends, 1);
}

async fn another_persons_session_is_not_there(world: World) {
    let (mut alice, mut bob) = (world.signed_in(ALICE).await, world.signed_in(BOB).await);
    let mut second = world.browser();
    second.asks(BOB).await;
    let code = world.code_for(BOB).await;
    second.types(&code).await;
    let page = bob.get("/sessions").await.text();
    let action = page.split("action=\"/sessions/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let foreign = alice.post(&format!("/sessions/{action}"), &[]).await;
    let absent = alice.post("/sessions/77/end", &[]).await;
    assert_eq!((foreign.status, foreign.location()), (303, "/sessions"));
    assert_eq!((foreign.body, absent.status, absent.location()), (absent.body.clone(), 303, "/sessions"), "told alike");
    assert!(!world.log().await.contains(&AuditKind::SessionEnded), "nothing was ended");
    assert_eq!(alice.post("/sessions/abc/end", &[]).await.status, 404);
    assert_eq!(second.get("/sessions").await.status, 200);
}

async fn all_others_end_together(world: World) {
    let (mut one, mut bob) = (world.signed_in(ALICE).await, world.signed_in(BOB).await);
    let mut two = world.signed_in(ALICE).await;
    assert_eq!(two.post("/sessions/end-others", &[]).await.status, 303);
    assert_eq!(one.get("/sessions").await.status, 303);
    assert_eq!(two.get("/sessions").await.status, 200);
    assert_eq!(bob.get("/sessions").await.status, 200);
    assert!(!two.get("/sessions").await.has("End all others"));
}

async fn signing_out_ends_it(world: World) {
    let mut alice = world.signed_in(ALICE).await;
    let mut copy = alice.clone();
    let out = alice.post("/sign-out", &[]).await;
    assert_eq!((out.status, out.location()), (303, "/"));
    assert!(!alice.cookies.contains_key("__Host-session"));
    assert_eq!(copy.get("/sessions").await.status, 303, "the token itself is dead");
    assert_eq!(alice.get("/").await.status, 200);
    assert_eq!(alice.post("/sign-out", &[]).await.status, 303, "twice does no harm");
}

async fn a_removed_contact_is_out_at_once(world: World) {
    let mut alice = world.signed_in(ALICE).await;
    let removed = world.app.store.write(|tx| tx.delete_contact(store::AccountId::from(1), store::PersonId::from(1)));
    removed.await.unwrap();
    assert_eq!(alice.get("/sessions").await.status, 303);
    assert_eq!(alice.get("/").await.status, 200);
    alice.asks(ALICE).await;
    world.letters(ALICE, 1).await;
}

async fn a_false_cookie_opens_nothing(world: World) {
    let alice = world.signed_in(ALICE).await;
    let good = alice.cookies["__Host-session"].clone();
    for value in
        ["", "x", &good[1..], &"A".repeat(43), &format!("{good}; __Host-session={good}"), &format!("\"{good}\"")]
    {
        let mut browser = world.browser();
        browser.cookies.insert("__Host-session".to_owned(), value.to_owned());
        assert_eq!(browser.get("/sessions").await.status, 303, "{value}");
    }
}

/// Waits until the session's use is written, which happens beside the request.
async fn noted(world: &World, browser: &Browser) {
    let hash = quittance::random::Token::parse(&browser.cookies["__Host-session"]).unwrap().hash();
    let now = world.app.clock.real();
    let live = LiveAt { now, idle_since: now.saturating_sub(SignedDuration::from_mins(10)).unwrap() };
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while world.app.store.read(move |tx| tx.session(&hash, live)).await.unwrap().is_none() {
        assert!(std::time::Instant::now() < patience, "the session's use is not written after ten seconds");
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}
