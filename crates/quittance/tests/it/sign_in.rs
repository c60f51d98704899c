//! Signing in: a code that comes by mail, typed into the browser that asked for it.

use jiff::SignedDuration;
use quittance::config::Config;
use store::account::ContactRow;
use store::testing::BOTH;

use crate::browser::Answer;
use crate::cast::{ALICE, CAROL, DESK, INES, NOBODY};
use crate::issued::{Bill, issue};
use crate::world::{Wishes, World};

stories!(
    a_code_signs_in,
    a_code_works_once,
    five_wrong_tries_use_a_code_up,
    a_resend_does_not_reset_the_tries,
    a_code_lives_ten_minutes,
    a_code_belongs_to_the_browser_that_asked,
    only_the_newest_code_counts,
    an_unknown_address_is_answered_like_a_known_one,
    the_way_in_leads_where_it_was_meant_to,
    another_address_leads_to_the_same,
    the_keyboard_stays_that_of_letters,
    the_door_names_the_trace_of_the_newest_code,
    the_way_in_never_leads_elsewhere,
    what_is_no_address_is_said_so,
    a_former_customer_reads_on,
    signing_in_again_ends_the_session_before,
    no_get_changes_anything,
);

async fn a_code_signs_in(world: World) {
    let mut browser = world.browser();
    let page = browser.get("/sign-in").await;
    assert!(page.status == 200 && page.has("E-mail me a code"), "{}", page.text());
    let asked = browser.asks("  ALICE@acme.Example ").await;
    assert_eq!((asked.status, asked.location()), (303, "/sign-in/code"));
    let letter = world.letters(ALICE, 1).await.remove(0);
    let code = letter.subject.split(' ').next().unwrap().to_owned();
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{}", letter.subject);
    assert_eq!(letter.subject, format!("{code} is your code for Prairie <IT>"));
    assert!(letter.text.contains(&code) && letter.html.contains(&code) && letter.html.contains("Prairie &#60;IT&#62;"));
    assert!(!letter.text.contains("http") && !letter.html.contains("href"), "no link signs anybody in");
    let page = browser.get("/sign-in/code").await;
    assert!(page.has("Enter your code") && page.has(ALICE) && page.has("one-time-code"), "{}", page.text());
    let entered = browser.types(&format!(" {} {} ", &code[..3], &code[3..])).await;
    assert_eq!((entered.status, entered.location()), (303, "/invoices"));
    let cookies: Vec<&str> =
        entered.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    let session = cookies.iter().find(|cookie| cookie.starts_with("__Host-session=")).unwrap();
    for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(session.contains(attribute), "{session}");
    }
    assert!(!session.contains("Domain"));
    let page = browser.get("/sessions").await;
    assert!(page.status == 200 && page.has("Alice Archer") && page.has("Acme Milling"), "{}", page.text());
}

async fn a_code_works_once(world: World) {
    let mut browser = world.browser();
    browser.asks(ALICE).await;
    let code = world.code_for(ALICE).await;
    let mut copy = browser.clone();
    assert_eq!(browser.types(&code).await.status, 303);
    let again = copy.types(&code).await;
    assert!(again.status == 422 && again.has("too old"), "{}", again.text());
    assert!(!copy.cookies.contains_key("__Host-session"));
}

async fn five_wrong_tries_use_a_code_up(world: World) {
    let mut browser = world.browser();
    browser.asks(ALICE).await;
    let code = world.code_for(ALICE).await;
    assert_eq!(browser.types("  ").await.status, 200, "nothing typed is no try");
    for (left, words) in [(4, "4 tries are left"), (3, "3 tries"), (2, "2 tries"), (1, "1 try is left")] {
        let wrong = browser.types(&wrong(&code)).await;
        assert!(wrong.status == 422 && wrong.has(words), "{left}: {}", wrong.text());
    }
    let last = browser.types("not even a code").await;
    assert!(last.status == 422 && last.has("no longer works"), "{}", last.text());
    let right = browser.types(&code).await;
    assert!(right.status == 422 && right.has("no longer works"), "{}", right.text());
    assert!(browser.get("/sign-in/code").await.has("no longer works"));
    // No lock-out: the next code works, and is long.
    browser.asks(ALICE).await;
    let code = world.code_for(ALICE).await;
    assert_eq!(code.len(), 10);
    assert_eq!(browser.types(&format!("{}-{}", code[..5].to_lowercase(), &code[5..])).await.status, 303);
}

async fn a_resend_does_not_reset_the_tries(world: World) {
    let mut browser = world.browser();
    browser.asks(ALICE).await;
    let first = world.code_for(ALICE).await;
    for _ in 0..4 {
        browser.types(&wrong(&first)).await;
    }
    browser.asks(ALICE).await;
    let second = world.code_for(ALICE).await;
    let last = browser.types(&wrong(&second)).await;
    assert!(last.has("no longer works"), "{}", last.text());
    assert!(browser.types(&second).await.has("no longer works"));
}

async fn a_code_lives_ten_minutes(world: World) {
    let mut browser = world.browser();
    browser.asks(ALICE).await;
    let code = world.code_for(ALICE).await;
    let mut late = browser.clone();
    world.passes(SignedDuration::from_secs(599));
    assert!(browser.get("/sign-in/code").await.has("Enter your code"));
    world.passes(SignedDuration::from_secs(1));
    let answer = late.types(&code).await;
    assert!(answer.status == 422 && answer.has("too old"), "{}", answer.text());
    let page = late.get("/sign-in/code").await;
    assert_eq!((page.status, page.location()), (303, "/sign-in"));
}

async fn a_code_belongs_to_the_browser_that_asked(world: World) {
    let (mut asking, mut other, mut third) = (world.browser(), world.browser(), world.browser());
    asking.asks(ALICE).await;
    let code = world.code_for(ALICE).await;
    other.asks(CAROL).await;
    world.code_for(CAROL).await;
    assert!(other.types(&code).await.has("This is not the code"));
    assert!(third.types(&code).await.has("too old"));
    assert!(!other.cookies.contains_key("__Host-session") && !third.cookies.contains_key("__Host-session"));
    assert_eq!(asking.types(&code).await.status, 303);
}

async fn only_the_newest_code_counts(world: World) {
    let mut browser = world.browser();
    browser.asks(ALICE).await;
    let old = world.code_for(ALICE).await;
    let mut before = browser.clone();
    browser.asks(ALICE).await;
    let new = world.code_for(ALICE).await;
    if old != new {
        assert!(browser.types(&old).await.has("This is not the code of our newest mail"));
    }
    assert!(before.types(&old).await.has("too old"), "the replaced code is over even for who kept its cookie");
    assert_eq!(browser.types(&new).await.status, 303);
}

async fn an_unknown_address_is_answered_like_a_known_one(world: World) {
    let (mut known, mut unknown) = (world.browser(), world.browser());
    let same = |one: &Answer, other: &Answer| {
        let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!((one.status, names(one), one.location()), (other.status, names(other), other.location()));
        let words = |answer: &Answer, email: &str| answer.plain().replace(email, "EMAIL");
        assert_eq!(words(one, ALICE), words(other, NOBODY));
    };
    same(&unknown.asks(NOBODY).await, &known.asks(ALICE).await);
    same(&known.get("/sign-in/code").await, &unknown.get("/sign-in/code").await);
    let code = world.code_for(ALICE).await;
    for _ in 0..5 {
        same(&known.types(&wrong(&code)).await, &unknown.types(&wrong(&code)).await);
    }
    same(&known.types("000000").await, &unknown.types("000000").await);
    for _ in 0..2 {
        same(&known.asks(ALICE).await, &unknown.asks(NOBODY).await);
    }
    same(&known.asks(ALICE).await, &unknown.asks(NOBODY).await);
    assert_eq!(unknown.asks(NOBODY).await.status, 429);
    world.letters(ALICE, 3).await;
    world.letters(NOBODY, 0).await;
    let rows = world.app.store.read(|tx| {
        let day = jiff::Timestamp::UNIX_EPOCH;
        Ok::<_, store::Error>([tx.sign_in_failures_of(ALICE, day, day)?, tx.sign_in_failures_of(NOBODY, day, day)?])
    });
    assert_eq!(rows.await.unwrap(), [5, 5]);
}

async fn the_way_in_leads_where_it_was_meant_to(world: World) {
    let mut browser = world.browser();
    let target = "/sessions?a=1&b=%20x";
    let sent = browser.get(target).await;
    assert_eq!((sent.status, sent.location()), (303, "/sign-in?next=%2Fsessions%3Fa%3D1%26b%3D%2520x"));
    let page = browser.get(sent.location()).await;
    assert!(page.has("name=\"next\" value=\"/sessions?a=1&#38;b=%20x\""), "{}", page.text());
    browser.post("/sign-in", &[("email", ALICE), ("next", target)]).await;
    let code = world.code_for(ALICE).await;
    browser.types(&wrong(&code)).await;
    let entered = browser.types(&code).await;
    assert_eq!((entered.status, entered.location()), (303, target));
    assert_eq!(browser.get("/sign-in?next=/help").await.location(), "/help");
    assert_eq!(browser.get("/").await.location(), "/invoices");
}

async fn another_address_leads_to_the_same(world: World) {
    issue(&world.app.store, vec![Bill::new(1, 7, "2026-09-18")]).await;
    let mut browser = world.browser();
    let door = browser.get("/invoices/INV-7").await.location().to_owned();
    browser.post("/sign-in", &[("email", NOBODY), ("next", "/invoices/INV-7")]).await;
    let page = browser.get("/sign-in/code").await;
    assert!(page.has(&format!("<a href=\"{door}\">Use another address</a>")), "{}", page.text());
    for _ in 0..5 {
        browser.types("000000").await;
    }
    let page = browser.get("/sign-in/code").await;
    assert!(page.has("no longer works") && page.has(&format!("<a href=\"{door}\">Use another")), "{}", page.text());
    assert!(browser.get(&door).await.has("name=\"next\" value=\"/invoices/INV-7\""));
    browser.post("/sign-in", &[("email", ALICE), ("next", "/invoices/INV-7")]).await;
    let code = world.code_for(ALICE).await;
    let entered = browser.types(&code).await;
    assert_eq!((entered.status, entered.location()), (303, "/invoices/INV-7"));
    assert_eq!(browser.get("/invoices/INV-7").await.status, 200);
}

async fn the_keyboard_stays_that_of_letters(world: World) {
    let mut browser = world.browser();
    browser.asks(NOBODY).await;
    let digits = browser.types("123 456").await;
    assert!(digits.has("inputmode=\"numeric\"") && digits.has("My code has letters"), "{}", digits.text());
    let letters = browser.types("2a345-67234").await;
    assert!(letters.has("inputmode=\"text\"") && letters.has("My code has only digits"), "{}", letters.text());
}

/// What is read out on the phone.
fn trace(answer: &Answer) -> Option<String> {
    let text = answer.text();
    Some(text.split_once("<b>trace ")?.1.split_once('<')?.0.to_owned())
}

async fn the_door_names_the_trace_of_the_newest_code(world: World) {
    let (mut browser, mut stranger) = (world.browser(), world.browser());
    assert_eq!(trace(&browser.get("/sign-in").await), None);
    assert_eq!(trace(&browser.asks("alice").await), None);
    for _ in 0..3 {
        browser.asks(ALICE).await;
    }
    let newest = trace(&browser.get("/sign-in/code").await);
    assert!(newest.is_some());
    assert_eq!(trace(&browser.get("/sign-in").await), newest);
    assert_eq!(trace(&browser.asks("alice").await), newest);
    let refused = browser.asks(ALICE).await;
    assert_eq!((refused.status, trace(&refused)), (429, newest.clone()), "what its mail can be found by");
    let refused = stranger.asks(ALICE).await;
    let own = trace(&refused);
    assert!(refused.status == 429 && own.is_some() && own != newest, "that of the request: {own:?}");
    assert_eq!(trace(&stranger.get("/sign-in").await), None);
}

#[tokio::test]
async fn the_door_names_who_codes_come_from() {
    for on in BOTH {
        let mut config = Config::default();
        config.mail.from = "no-reply@post.provider.example".to_owned();
        let world = World::set_up(on, Wishes::default(), config).await;
        let mut browser = world.browser();
        browser.asks(ALICE).await;
        let letter = world.letters(ALICE, 1).await.remove(0);
        let look = |sender: &str| format!("“code” from {sender}");
        assert_eq!(letter.from.email(), "no-reply@post.provider.example");
        for path in ["/sign-in", "/sign-in/code", "/help"] {
            let page = browser.get(path).await;
            assert!(page.has(&look(letter.from.email())) && !page.has(&look(DESK)), "{path}: {}", page.text());
        }
    }
}

async fn the_way_in_never_leads_elsewhere(world: World) {
    for next in [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/\u{9}/evil.example",
        "/sign-in",
        "javascript:alert(1)",
    ] {
        let mut browser = world.browser();
        let page = browser.get(&format!("/sign-in?{}", serde_urlencoded::to_string([("next", next)]).unwrap())).await;
        assert!(page.status == 200 && !page.has("evil") && !page.has("alert("), "{next}");
        browser.post("/sign-in", &[("email", CAROL), ("next", next)]).await;
        let code = world.code_for(CAROL).await;
        assert_eq!(browser.types(&code).await.location(), "/invoices", "{next}");
        world.passes(SignedDuration::from_mins(20));
    }
}

async fn what_is_no_address_is_said_so(world: World) {
    let mut browser = world.browser();
    for (typed, words) in
        [("", "Enter your e-mail address"), ("alice", "This is not an e-mail address"), ("<b>@x", "&#60;b&#62;@x")]
    {
        let answer = browser.asks(typed).await;
        assert!(answer.status == 422 && answer.has(words), "{}", answer.text());
    }
    assert!(browser.cookies.is_empty());
    let page = browser.get("/sign-in?email=alice%40acme.example").await;
    assert!(page.has("value=\"alice@acme.example\""));
}

async fn a_former_customer_reads_on(world: World) {
    let mut ines = world.signed_in(INES).await;
    let page = ines.get("/sessions").await;
    assert!(page.status == 200 && page.has("Initech Repair"), "{}", page.text());
}

async fn signing_in_again_ends_the_session_before(world: World) {
    let mut browser = world.signed_in(ALICE).await;
    let mut before = browser.clone();
    browser.asks(ALICE).await;
    let code = world.code_for(ALICE).await;
    assert_eq!(browser.types(&code).await.status, 303);
    assert_ne!(browser.cookies["__Host-session"], before.cookies["__Host-session"]);
    assert_eq!(browser.cookies["__Host-device"], before.cookies["__Host-device"]);
    assert_eq!(browser.get("/sessions").await.status, 200);
    assert_eq!(before.get("/sessions").await.status, 303);
}

async fn no_get_changes_anything(world: World) {
    let mut alice = world.signed_in(ALICE).await;
    for path in ["/sign-out", "/sessions/end-others", "/sessions/1/end"] {
        let answer = alice.get(path).await;
        assert_eq!(answer.status, 405, "{path}");
        assert!(answer.has("Nothing was changed"), "{}", answer.text());
    }
    assert_eq!(alice.get("/sessions").await.status, 200);
    let contacts: Vec<ContactRow> = world.app.store.read(|tx| tx.contacts()).await.unwrap();
    assert_eq!(contacts.len(), 4);
}

/// Another code of the same kind.
fn wrong(code: &str) -> String {
    let last = if code.ends_with('1') { "2" } else { "1" };
    format!("{}{last}", &code[..code.len() - 1])
}
