//! Many requests at once: limits hold, and nobody is refused for being one of many.

use futures_util::future::join_all;

use crate::browser::Browser;
use crate::cast::ALICE;
use crate::world::World;

stories!(
    many_ask_at_once,
    the_limit_holds_for_codes_asked_at_once,
    five_tries_are_five_however_quickly,
    a_code_typed_twice_at_once_signs_in_once,
);

async fn many_ask_at_once(world: World) {
    let asking = (0..40).map(|number| {
        let mut browser = world.browser();
        async move { browser.asks(&format!("person-{number}@elsewhere.example")).await.status }
    });
    assert!(join_all(asking).await.into_iter().all(|status| status == 303));
}

async fn the_limit_holds_for_codes_asked_at_once(world: World) {
    let asking = (0..10).map(|_| {
        let mut browser = world.browser();
        async move { browser.asks(ALICE).await.status }
    });
    let answers = join_all(asking).await;
    assert_eq!(answers.iter().filter(|status| **status == 303).count(), 3, "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == 429).count(), 7, "{answers:?}");
    world.letters(ALICE, 3).await;
}

async fn five_tries_are_five_however_quickly(world: World) {
    let mut browser = world.browser();
    browser.asks(ALICE).await;
    let code = world.code_for(ALICE).await;
    let tries = tried(&browser, "x", 16).await;
    assert!(tries.iter().all(|status| *status == 422), "{tries:?}");
    let failures = world.app.store.read(|tx| {
        let ever = jiff::Timestamp::UNIX_EPOCH;
        tx.sign_in_failures_of(ALICE, ever, ever)
    });
    assert_eq!(failures.await.unwrap(), 5);
    assert_eq!(browser.types(&code).await.status, 422);
}

async fn a_code_typed_twice_at_once_signs_in_once(world: World) {
    let mut browser = world.browser();
    browser.asks(ALICE).await;
    let code = world.code_for(ALICE).await;
    let answers = tried(&browser, &code, 6).await;
    assert_eq!(answers.iter().filter(|status| **status == 303).count(), 1, "{answers:?}");
}

async fn tried(browser: &Browser, code: &str, times: usize) -> Vec<u16> {
    join_all((0..times).map(|_| {
        let mut browser = browser.clone();
        async move { browser.types(code).await.status }
    }))
    .await
}
