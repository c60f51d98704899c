//! The headers of every kind of answer, the hosts we answer under, and requests that make no sense.

use axum::body::Body;
use axum::http::Request;

use crate::browser::Answer;
use crate::cast::ALICE;
use crate::world::World;

stories!(
    every_answer_is_guarded,
    pages_name_their_nonce,
    a_page_of_another_host_is_refused,
    nonsense_is_never_our_fault,
    pages_shrink_and_assets_stay,
);

fn guarded(answer: &Answer, what: &str) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ] {
        assert_eq!(answer.header(name), value, "{what}: {name}");
    }
    let policy = answer.header("content-security-policy");
    for part in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action"] {
        assert!(policy.contains(part), "{what}: {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{what}: {policy}");
    assert!(answer.header("permissions-policy").contains("camera=()"), "{what}");
    let cache = if what.starts_with("/assets/portal") { "public, max-age=31536000, immutable" } else { "no-store" };
    assert_eq!(answer.header("cache-control"), cache, "{what}");
}

async fn every_answer_is_guarded(world: World) {
    let mut alice = world.signed_in(ALICE).await;
    let mut stranger = world.browser();
    let page = stranger.get("/").await.text();
    let css =
        page.split("href=\"").find(|rest| rest.starts_with("/assets")).unwrap().split('"').next().unwrap().to_owned();
    for (path, status) in [
        ("/", 200),
        ("/sign-in", 200),
        ("/help", 200),
        ("/button", 200),
        ("/healthz", 200),
        ("/readyz", 200),
        (css.as_str(), 200),
        ("/sessions", 303),
        ("/sign-in/code", 303),
        ("/nowhere", 404),
        ("/assets/other.css", 404),
        ("/demo/mailbox", 404),
        ("/%00", 404),
        ("/sign-out", 405),
    ] {
        let answer = stranger.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        guarded(&answer, path);
    }
    for path in ["/sessions", "/nowhere", "/sign-in"] {
        guarded(&alice.get(path).await, path);
    }
    guarded(&stranger.asks("nonsense").await, "422");
    guarded(&stranger.asks(ALICE).await, "303");
    guarded(&stranger.clone().saying("origin", "https://evil.example").asks(ALICE).await, "403");
    guarded(&stranger.clone().saying("host", "evil.example").get("/").await, "421");
    guarded(&stranger.get(&format!("/{}", "a".repeat(9000))).await, "414");
    let head = Request::head("/sign-in").body(Body::empty()).unwrap();
    let answer = stranger.send(head).await;
    assert!(answer.status == 200 && answer.body.is_empty());
    guarded(&answer, "HEAD");
}

async fn pages_name_their_nonce(world: World) {
    let mut browser = world.browser();
    let (one, other) = (browser.get("/sign-in").await, browser.get("/sign-in").await);
    let nonce = |answer: &Answer| answer.text().split("nonce=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let policy = one.header("content-security-policy");
    assert!(policy.contains(&format!("script-src 'nonce-{}'", nonce(&one))), "{policy}");
    assert!(policy.contains(&format!("style-src 'nonce-{}'", nonce(&one))), "{policy}");
    assert!(policy.contains("require-trusted-types-for 'script'"), "{policy}");
    assert_ne!(nonce(&one), nonce(&other));
    assert_eq!(one.text().matches("<script").count(), one.text().matches("<script src=\"/assets/").count());
    assert!(!one.has(" style=") && !one.has("<style"));
    let error = browser.get("/nowhere").await;
    assert!(error.header("content-security-policy").contains("script-src 'self'") && !error.has("nonce="));
}

async fn a_page_of_another_host_is_refused(world: World) {
    for host in
        ["evil.example", "billing.provider.example.evil.example", "", "billing.provider.example:80@evil.example"]
    {
        let answer = world.browser().saying("host", host).get("/").await;
        assert!(answer.status == 421 && answer.has("https://billing.provider.example"), "{host}: {}", answer.status);
    }
    assert_eq!(world.browser().without("host").get("/").await.status, 421);
    for host in
        ["BILLING.provider.example", "billing.provider.example:8443", "127.0.0.1:8080", "localhost:8080", "[::1]:8080"]
    {
        assert_eq!(world.browser().saying("host", host).get("/").await.status, 200, "{host}");
    }
    // A proxy that names its own upstream still has the browser's origin.
    let mut proxied = world.browser().saying("host", "127.0.0.1:8080");
    assert_eq!(proxied.asks(ALICE).await.status, 303);
    assert_eq!(proxied.saying("origin", "http://127.0.0.1:8080").asks(ALICE).await.status, 303);
}

async fn nonsense_is_never_our_fault(world: World) {
    let mut alice = world.signed_in(ALICE).await;
    for path in [
        "/invoices/..%2F..%2Fetc%2Fpasswd",
        "/invoices/%00",
        "/invoices/%ff",
        "/invoices/%",
        "/sessions/%2e%2e/end",
        "/assets/..%5Cportal.css",
        "/demo/mailbox/-1",
        "/demo/mailbox/99999999999999999999",
        "/demo/mailbox.json",
        "/demo/people.json",
        "/a/../b",
        "//",
        "//evil.example",
    ] {
        let answer = alice.get(path).await;
        assert!(answer.status == 404 && answer.has("There is nothing here"), "{path}: {}", answer.status);
    }
    assert_eq!(alice.get("/sign-in?next=a&next=b").await.status, 422);
    assert_eq!(alice.get(&format!("/help?{}", "a".repeat(9000))).await.status, 414);
}

async fn pages_shrink_and_assets_stay(world: World) {
    let mut browser = world.browser();
    let page = browser.get("/").await.text();
    let mut sizes = Vec::new();
    for href in ["css", "js"]
        .map(|kind| page.split('"').find(|part| part.starts_with("/assets/") && part.ends_with(kind)).unwrap())
    {
        for (accepts, coding) in [("br, gzip", "br"), ("gzip", "gzip"), ("identity", ""), ("br;q=0, gzip", "gzip")] {
            let answer = browser.clone().saying("accept-encoding", accepts).get(href).await;
            assert_eq!((answer.status, answer.header("content-encoding")), (200, coding), "{href} {accepts}");
            assert_eq!(answer.header("vary"), "accept-encoding");
            sizes.push(answer.body.len());
        }
    }
    assert!(sizes[0] <= sizes[1] && sizes[1] < sizes[2] && sizes[4] <= sizes[5], "{sizes:?}");
    let small = browser.saying("accept-encoding", "gzip").get("/help").await;
    assert_eq!(small.header("content-encoding"), "gzip");
}
