//! Forms: from which site they may come, and what may stand in them.

use axum::body::Body;
use axum::http::Request;
use billing::staff::Rights;
use store::session::Proof;

use crate::browser::{Answer, Browser};
use crate::cast::ALICE;
use crate::paying::owing;
use crate::world::{BASE, HOST, World};

stories!(
    only_our_own_pages_post,
    a_form_token_stands_in_where_a_browser_says_nothing,
    unknown_fields_are_refused,
    too_much_is_refused,
    methods_nobody_offers_are_refused,
    what_no_database_holds_is_left_out,
);

async fn what_no_database_holds_is_left_out(world: World) {
    owing(&world).await;
    let mut dana = world.staff("dana", Rights::Admin, Proof::Passkey).await;
    for path in ["/office/audit?person=%00", "/office/doctor?address=a%00b", "/office/autopay/new?account=%00C-1"] {
        assert_eq!(dana.get(path).await.status, 200, "{path}");
    }
    let check =
        [("account", "C-1\0"), ("amount", "1.00"), ("on", "2026-09-04"), ("reference", "Check\0 7"), ("key", "k\0")];
    let recorded = dana.post("/office/payments", &check).await;
    assert_eq!(recorded.status, 303);
    assert!(dana.get(recorded.location()).await.has("$1.00 of C-1 is recorded: Check 7."));
}

async fn only_our_own_pages_post(world: World) {
    let alice = world.signed_in(ALICE).await;
    let from = |site: Option<&str>, origin: Option<&str>| {
        let browser = alice.clone().without("sec-fetch-site").without("origin");
        let browser = site.into_iter().fold(browser, |browser, site| browser.saying("sec-fetch-site", site));
        origin.into_iter().fold(browser, |browser, origin| browser.saying("origin", origin))
    };
    let own = Some(BASE);
    let same = Some("same-origin");
    let elsewhere = [
        (Some("cross-site"), Some("https://evil.example")),
        (Some("cross-site"), own),
        (Some("same-site"), own),
        (same, Some("https://evil.example")),
        (same, Some("null")),
        (None, Some("null")),
        (None, Some("https://evil.example")),
        (None, Some("http://billing.provider.example")),
        (None, Some("https://billing.provider.example.evil.example")),
        (None, Some("https://billing.provider.example:444")),
        (Some("cross-site"), None),
        (Some("Same-Origin"), own),
    ];
    for (site, origin) in elsewhere {
        let answer = from(site, origin).post("/sessions/end-others", &[]).await;
        assert!(answer.status == 403 && answer.has("Nothing was changed"), "{site:?} {origin:?}: {}", answer.status);
        let asked = from(site, origin).asks(ALICE).await;
        assert_eq!(asked.status, 403, "signing in is guarded as well: {site:?} {origin:?}");
    }
    for (site, origin) in [(same, own), (same, None), (Some("none"), None), (None, own)] {
        let answer = from(site, origin).post("/sessions/end-others", &[]).await;
        assert_eq!(answer.status, 303, "{site:?} {origin:?}");
    }
}

async fn a_form_token_stands_in_where_a_browser_says_nothing(world: World) {
    let mut alice = world.signed_in(ALICE).await.without("sec-fetch-site").without("origin");
    let bob = world.signed_in(crate::cast::BOB).await;
    assert_eq!(alice.post("/sessions/end-others", &[]).await.status, 403);
    let token = token(&alice.get("/sessions").await);
    let theirs = token_of(bob).await;
    assert_eq!(alice.post("/sessions/end-others", &[("csrf", &theirs)]).await.status, 403);
    assert_eq!(alice.post("/sessions/end-others", &[("csrf", &token), ("csrf", &token)]).await.status, 403);
    assert_eq!(alice.post("/sessions/end-others", &[("csrf", &token)]).await.status, 303);
    assert_ne!(token, self::token(&alice.get("/sessions").await), "masked anew");
    // Without a session there is nothing to protect, and no token to have.
    let mut stranger = world.browser().without("sec-fetch-site").without("origin");
    assert_eq!(stranger.asks(ALICE).await.status, 303);
    // An error page has a working token as well.
    let error = alice.get("/nowhere").await;
    assert_eq!(error.status, 404);
    let out = alice.post("/sign-out", &[("csrf", &self::token(&error))]).await;
    assert_eq!(out.status, 303);
}

async fn unknown_fields_are_refused(world: World) {
    let mut browser = world.browser();
    for body in
        ["email=a%40b.example&role=admin", "email=a%40b.example&email=c%40d.example", "next=%2F", "", "{\"email\":1}"]
    {
        let answer = browser.post_raw("/sign-in", body).await;
        assert!(answer.status == 422 && answer.has("could not read that form"), "{body}: {}", answer.status);
    }
    let json = Request::post("/sign-in")
        .header("content-type", "application/json")
        .body(Body::from("{\"email\":\"a@b.example\"}"));
    assert_eq!(browser.send(json.unwrap()).await.status, 422);
    assert_eq!(
        browser.post("/sign-in", &[("email", ALICE), ("csrf", "whatever")]).await.status,
        303,
        "the token isn't unknown"
    );
}

async fn too_much_is_refused(world: World) {
    let mut browser = world.browser();
    let large = |bytes: usize| format!("email={}", "a".repeat(bytes - 6));
    assert_eq!(browser.post_raw("/sign-in", large(262_144)).await.status, 422, "as much as may be, though no address");
    assert_eq!(browser.post_raw("/sign-in", large(262_145)).await.status, 413);
    let declared = Request::post("/sign-out").header("content-length", "10000000").body(Body::empty()).unwrap();
    let answer = browser.send(declared).await;
    assert!(answer.status == 413 && answer.has("too large"), "{}", answer.status);
    let mut silent = world.signed_in(ALICE).await.without("sec-fetch-site").without("origin");
    assert_eq!(silent.post_raw("/sign-out", large(262_145)).await.status, 413);
}

async fn methods_nobody_offers_are_refused(world: World) {
    let mut browser = world.browser();
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
        let request = Request::builder().method(method).uri("/sign-in").header("host", HOST).header("origin", BASE);
        let answer = browser.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 405, "{method}");
    }
    assert_eq!(browser.post("/", &[]).await.status, 405);
    assert_eq!(browser.post("/nowhere", &[]).await.status, 404);
}

async fn token_of(mut browser: Browser) -> String {
    token(&browser.get("/sessions").await)
}

fn token(page: &Answer) -> String {
    page.text().split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}
