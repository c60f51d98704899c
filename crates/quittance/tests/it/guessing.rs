//! Guessing in parallel: however many try at once, from wherever and by whatever spelling, a code has five tries.

use futures_util::future::join_all;
use jiff::SignedDuration;
use quittance::random::Token;

use crate::browser::{Answer, Browser};
use crate::cast::{ALICE, CAROL};
use crate::world::World;

stories!(
    two_hundred_guesses_at_once_are_five,
    a_hundred_addresses_and_every_spelling_are_five,
    doors_that_write_a_row_for_everybody_have_limits,
);

/// How often the code that a browser asked for was tried.
async fn tries(world: &World, browser: &Browser) -> u32 {
    let hash = Token::parse(&browser.cookies["__Host-sign-in"]).unwrap().hash();
    world.app.store.read(move |tx| tx.sign_in(&hash)).await.unwrap().unwrap().tries
}

async fn two_hundred_guesses_at_once_are_five(world: World) {
    let mut asking = world.browser();
    asking.asks(ALICE).await;
    let code = world.code_for(ALICE).await;
    let guesses = (0..200).map(|number: u32| {
        let mut browser = asking.clone();
        // Never the right one by chance.
        let guess = format!("{:06}", (code.parse::<u32>().unwrap() + 1 + number) % 1_000_000);
        async move { browser.types(&guess).await.status }
    });
    // Where very many wait at once some are asked to come back; none of them was a try.
    assert!(join_all(guesses).await.iter().all(|status| matches!(status, 422 | 503)));
    assert_eq!(tries(&world, &asking).await, 5);
    assert_eq!(asking.types(&code).await.status, 422, "the right one comes too late");
    assert_eq!(asking.get("/invoices").await.status, 303);
}

const SPELLINGS: [&str; 9] = [
    "/sign-in/code",
    "/sign-in/code?a=b",
    "/sign-in/code/",
    "//sign-in/code",
    "/sign-in//code",
    "/sign-in/./code",
    "/sign-in/%63ode",
    "/SIGN-IN/CODE",
    "/sign-in/code;x",
];

async fn a_hundred_addresses_and_every_spelling_are_five(world: World) {
    let mut asking = world.browser();
    asking.asks(CAROL).await;
    let code = world.code_for(CAROL).await;
    let guess = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
    let guesses = (0..100).flat_map(|number: usize| {
        let address = format!("203.0.{number}.9");
        let browser = asking.clone().from("127.0.0.1:1").saying("x-forwarded-for", &address);
        let guess = guess.clone();
        SPELLINGS.map(|path| {
            let (mut browser, guess) = (browser.clone(), guess.clone());
            async move {
                let answer: Answer = browser.post(path, &[("code", &guess)]).await;
                (path, answer.status, browser.cookies.contains_key("__Host-session"))
            }
        })
    });
    for (path, status, is_in) in join_all(guesses).await {
        assert!(matches!(status, 404 | 405 | 422 | 503) && !is_in, "{path}: {status}");
    }
    assert_eq!(tries(&world, &asking).await, 5);
    for path in SPELLINGS {
        assert_ne!(asking.post(path, &[("code", &code)]).await.status, 303, "{path}");
    }
}

async fn doors_that_write_a_row_for_everybody_have_limits(world: World) {
    // From the start of a quarter of an hour, so that it does not end in between.
    let into = world.app.clock.real().as_second().rem_euclid(15 * 60);
    world.passes(SignedDuration::from_secs(15 * 60 - into));
    let mut browser = world.browser();
    for _ in 0..200 {
        assert_eq!(browser.post("/sign-in/passkey/challenge", &[]).await.status, 200);
    }
    let refused = browser.post("/sign-in/passkey/challenge", &[]).await;
    let retry: u32 = refused.header("retry-after").parse().unwrap();
    assert!(refused.status == 429 && (800..=901).contains(&retry), "{} {retry}", refused.status);
    assert_eq!(world.browser().post("/sign-in/passkey/challenge", &[]).await.status, 429, "of the same network");
    let mut elsewhere = world.browser().from("203.0.113.80:1");
    assert_eq!(elsewhere.post("/sign-in/passkey/challenge", &[]).await.status, 200);
    let mut known = world.signed_in(ALICE).await;
    assert_eq!(known.post("/sign-in/passkey/challenge", &[]).await.status, 200, "a device of its own");
    world.passes(SignedDuration::from_mins(15));
    assert_eq!(browser.post("/sign-in/passkey/challenge", &[]).await.status, 200);
    assert_eq!(browser.post("/sign-in/microsoft", &[]).await.status, 404, "a door that isn't there has none");
}
