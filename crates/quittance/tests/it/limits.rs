//! How often codes can be asked for and guessed, so that nobody gets in and nobody is locked out.

use jiff::SignedDuration;
use store::PersonId;
use store::sign_in::SignInRow;

use crate::browser::Browser;
use crate::cast::{ALICE, BOB, CAROL, DESK, NOBODY};
use crate::world::World;

stories!(
    three_codes_in_fifteen_minutes,
    a_stranger_elsewhere_does_not_use_up_the_count,
    a_known_device_has_a_count_of_its_own,
    ten_codes_in_a_day,
    five_failures_make_the_next_codes_long,
    the_breaker_makes_codes_long_for_unknown_devices,
    expired_rows_are_forgotten,
);

async fn three_codes_in_fifteen_minutes(world: World) {
    for email in [ALICE, NOBODY] {
        let mut browser = world.browser();
        for _ in 0..3 {
            assert_eq!(browser.asks(email).await.status, 303);
            world.passes(SignedDuration::from_mins(1));
        }
        let answer = browser.asks(email).await;
        assert!(answer.status == 429 && answer.has("in 12 minutes"), "{}", answer.text());
        let retry: u32 = answer.header("retry-after").parse().unwrap();
        assert!((700..=721).contains(&retry), "{retry}");
        // Another browser of the same network is no way around it.
        assert_eq!(world.browser().from("198.51.100.99:1").asks(email).await.status, 429);
        world.passes(SignedDuration::from_mins(13));
        assert_eq!(browser.asks(email).await.status, 303);
    }
}

async fn a_stranger_elsewhere_does_not_use_up_the_count(world: World) {
    let mut stranger = world.browser().from("203.0.113.5:1");
    for _ in 0..3 {
        stranger.asks(ALICE).await;
    }
    assert_eq!(stranger.asks(ALICE).await.status, 429);
    assert_eq!(world.browser().asks(ALICE).await.status, 303);
    assert_eq!(stranger.asks(BOB).await.status, 303, "another address has another count");
    // The proxy on this machine says who asks.
    let behind = |address: &'static str| world.browser().from("127.0.0.1:1").saying("x-forwarded-for", address);
    assert_eq!(behind("10.1.1.1, 203.0.113.77").asks(ALICE).await.status, 429);
    assert_eq!(behind("192.0.2.1").asks(ALICE).await.status, 303);
}

async fn a_known_device_has_a_count_of_its_own(world: World) {
    let mut known = world.signed_in(ALICE).await;
    known.post("/sign-out", &[]).await;
    let mut stranger = world.browser();
    while stranger.asks(ALICE).await.status == 303 {}
    assert_eq!(known.asks(ALICE).await.status, 303, "the same network, but a device that signed in before");
    assert_eq!(known.asks(BOB).await.status, 303);
    for _ in 0..2 {
        known.asks(ALICE).await;
    }
    assert_eq!(known.asks(ALICE).await.status, 429);
}

async fn ten_codes_in_a_day(world: World) {
    let mut browser = world.browser();
    for _ in 0..10 {
        assert_eq!(browser.asks(CAROL).await.status, 303);
        world.passes(SignedDuration::from_mins(30));
    }
    let answer = browser.asks(CAROL).await;
    assert!(answer.status == 429 && answer.has("in 19 hours"), "{}", answer.text());
    world.passes(SignedDuration::from_hours(19));
    assert_eq!(browser.asks(CAROL).await.status, 303);
}

async fn five_failures_make_the_next_codes_long(world: World) {
    let mut stranger = world.browser().from("203.0.113.5:1");
    stranger.asks(ALICE).await;
    world.code_for(ALICE).await;
    for _ in 0..5 {
        stranger.types("x").await;
    }
    assert_eq!(code_of(&world, &mut world.browser(), ALICE).await.len(), 10);
    assert_eq!(code_of(&world, &mut world.browser(), BOB).await.len(), 6, "that was another account's person");
    world.passes(SignedDuration::from_hours(25));
    assert_eq!(code_of(&world, &mut world.browser(), ALICE).await.len(), 6);
}

async fn the_breaker_makes_codes_long_for_unknown_devices(world: World) {
    let mut known = world.signed_in(ALICE).await;
    let now = world.app.clock.real();
    let failed = move |number: u8| SignInRow {
        token_hash: [number; 32],
        email: format!("victim-{number}@elsewhere.example"),
        person_id: None::<PersonId>,
        code_hash: [0; 32],
        long_code: false,
        asked_by: [0; 32],
        next_path: String::new(),
        trace: String::new(),
        tries: 5,
        failed: 5,
        made_at: now,
        expires_at: now,
        last_try_at: Some(now),
        used_at: None,
        link_hash: None,
        mailed: None,
    };
    let rows = move |tx: &mut store::Tx| (1..=39).try_for_each(|number| tx.insert_sign_in(failed(number)));
    world.app.store.write(rows).await.unwrap();
    assert_eq!(code_of(&world, &mut world.browser(), BOB).await.len(), 6, "195 failures are fewer than 200");
    let mut guesser = world.browser();
    guesser.asks(NOBODY).await;
    for _ in 0..5 {
        guesser.types("000000").await;
    }
    let warning = world.letters(DESK, 1).await.remove(0);
    assert!(warning.subject.contains("guessing") && warning.text.contains("200 wrong"), "{}", warning.text);
    assert_eq!(code_of(&world, &mut world.browser(), CAROL).await.len(), 10);
    assert_eq!(code_of(&world, &mut known, ALICE).await.len(), 6, "a device that signed in before");
    world.letters(DESK, 1).await;
    world.passes(SignedDuration::from_mins(11));
    assert_eq!(code_of(&world, &mut world.browser(), CAROL).await.len(), 6);
}

async fn expired_rows_are_forgotten(world: World) {
    let mut alice = world.signed_in(ALICE).await;
    world.passes(SignedDuration::from_hours(24 * 61));
    quittance::actions::forget_expired::forget_expired(&world.app).await.unwrap();
    let hash = quittance::random::Token::parse(&alice.cookies["__Host-session"]).unwrap().hash();
    let always = store::session::LiveAt { now: jiff::Timestamp::UNIX_EPOCH, idle_since: jiff::Timestamp::UNIX_EPOCH };
    assert_eq!(world.app.store.read(move |tx| tx.session(&hash, always)).await.unwrap(), None);
    assert_eq!(alice.get("/sessions").await.status, 303);
}

async fn code_of(world: &World, browser: &mut Browser, email: &str) -> String {
    assert_eq!(browser.asks(email).await.status, 303);
    world.code_for(email).await
}
