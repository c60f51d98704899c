//! Passkeys, and the fresh proof that adding and removing them asks for.

use jiff::SignedDuration;
use quittance::random::Token;
use serde_json::Value;
use store::session::{LiveAt, Proof};

use crate::authenticator::Authenticator;
use crate::browser::{Answer, Browser};
use crate::cast::{ALICE, BOB};
use crate::world::World;

stories!(
    a_passkey_signs_in,
    a_challenge_is_answered_once,
    false_answers_open_nothing,
    a_removed_passkey_opens_nothing,
    who_was_removed_is_out_with_passkeys_too,
    another_persons_passkey_is_not_there,
    an_offer_is_for_one_person,
    names_are_kept_short_and_can_change,
    what_is_sensitive_asks_for_a_fresh_proof,
    more_than_a_code_is_proved_by_more_than_a_code,
    the_offer_is_made_until_it_is_declined,
);

/// What is wrong with an answer.
type Lie = fn(&mut Authenticator);

/// What a page's script fetches: ticket and options.
async fn fetched(browser: &mut Browser, path: &str) -> (String, Value) {
    let answer = browser.post(path, &[]).await;
    assert_eq!(answer.status, 200, "{path}: {} {}", answer.location(), answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    let mut json: Value = serde_json::from_slice(&answer.body).unwrap();
    (json["ticket"].as_str().unwrap().to_owned(), json["options"].take())
}

async fn adds(browser: &mut Browser, name: &str) -> Authenticator {
    let mut phone = Authenticator::new();
    let (ticket, options) = fetched(browser, "/passkeys/new").await;
    let made = phone.creates(&options);
    let added = browser.post("/passkeys", &[("name", name), ("ticket", &ticket), ("credential", &made)]).await;
    assert_eq!((added.status, added.location()), (303, "/passkeys?done=added"), "{}", added.text());
    phone
}

async fn enters(browser: &mut Browser, phone: &mut Authenticator, next: &str) -> Answer {
    let (ticket, options) = fetched(browser, "/sign-in/passkey/challenge").await;
    let answer = phone.gets(&options);
    browser.post("/sign-in/passkey", &[("next", next), ("ticket", &ticket), ("credential", &answer)]).await
}

async fn proof(world: &World, browser: &Browser) -> Option<Proof> {
    let hash = Token::parse(&browser.cookies["__Host-session"]).unwrap().hash();
    let live = LiveAt { now: world.app.clock.real(), idle_since: jiff::Timestamp::UNIX_EPOCH };
    world.app.store.read(move |tx| tx.session(&hash, live)).await.unwrap().map(|session| session.proof)
}

async fn a_passkey_signs_in(world: World) {
    let mut alice = world.signed_in(ALICE).await;
    assert_eq!(proof(&world, &alice).await, Some(Proof::Code));
    assert!(alice.get("/passkeys").await.has("No passkeys yet"));
    let page = alice.get("/passkeys/new").await;
    assert!(page.has("data-passkey=\"create\" hidden") && page.has("needs JavaScript"), "{}", page.text());
    let mut phone = adds(&mut alice, "My <phone>").await;
    let page = alice.get("/passkeys?done=added").await;
    assert!(
        page.has("My &#60;phone&#62;") && page.has("not used yet") && page.has("Your passkey is ready"),
        "{}",
        page.text()
    );
    let mut other = world.browser();
    let page = other.get("/sign-in").await;
    assert!(
        page.has("autocomplete=\"username webauthn\"") && page.has("data-passkey=\"get\" hidden"),
        "{}",
        page.text()
    );
    let entered = enters(&mut other, &mut phone, "/work").await;
    assert_eq!((entered.status, entered.location()), (303, "/work"), "{}", entered.text());
    assert!(other.get("/sessions").await.has("Alice Archer"));
    assert_eq!(proof(&world, &other).await, Some(Proof::Passkey));
    assert!(alice.get("/passkeys").await.has("last used"));
    assert_eq!(enters(&mut world.browser(), &mut phone, "//evil.example").await.location(), "/invoices");
    world.letters(ALICE, 1).await;
}

async fn a_challenge_is_answered_once(world: World) {
    let mut phone = adds(&mut world.signed_in(ALICE).await, "").await;
    let mut browser = world.browser();
    let (ticket, options) = fetched(&mut browser, "/sign-in/passkey/challenge").await;
    let answer = phone.gets(&options);
    let fields = [("ticket", ticket.as_str()), ("credential", answer.as_str())];
    assert_eq!(browser.post("/sign-in/passkey", &fields).await.location(), "/invoices");
    let again = world.browser().post("/sign-in/passkey", &fields).await;
    assert_eq!(again.location(), "/sign-in?said=expired", "{}", again.text());
    let (other, _) = fetched(&mut browser, "/sign-in/passkey/challenge").await;
    let fields = [("ticket", other.as_str()), ("credential", answer.as_str())];
    assert_eq!(world.browser().post("/sign-in/passkey", &fields).await.location(), "/sign-in?said=passkey");
    let (late, options) = fetched(&mut browser, "/sign-in/passkey/challenge").await;
    let answer = phone.gets(&options);
    world.passes(SignedDuration::from_mins(11));
    let fields = [("ticket", late.as_str()), ("credential", answer.as_str())];
    assert_eq!(world.browser().post("/sign-in/passkey", &fields).await.location(), "/sign-in?said=expired");
    quittance::actions::forget_expired::forget_expired(&world.app).await.unwrap();
}

async fn false_answers_open_nothing(world: World) {
    let phone = adds(&mut world.signed_in(ALICE).await, "").await;
    let lies: [(&str, Lie); 5] = [
        ("another site", |phone| phone.origin = "https://evil.example".to_owned()),
        ("no encryption", |phone| phone.origin = phone.origin.replace("https", "http")),
        ("another site's hash", |phone| phone.site = "evil.example".to_owned()),
        ("nobody was verified", |phone| phone.verifies = false),
        ("another key under the same name", |phone| {
            *phone = Authenticator { id: phone.id.clone(), handle: phone.handle.clone(), ..Authenticator::new() };
        }),
    ];
    for (what, lie) in lies {
        let (mut browser, mut liar) = (world.browser(), phone.clone());
        lie(&mut liar);
        let answer = enters(&mut browser, &mut liar, "/work").await;
        assert_eq!(answer.location(), "/sign-in?next=%2Fwork&said=passkey", "{what}");
        assert!(!browser.cookies.contains_key("__Host-session"), "{what}");
    }
    for nonsense in ["", "{}", "[]", "{\"id\":\"x\"}"] {
        let mut browser = world.browser();
        let (ticket, _) = fetched(&mut browser, "/sign-in/passkey/challenge").await;
        let fields = [("ticket", ticket.as_str()), ("credential", nonsense)];
        assert_eq!(browser.post("/sign-in/passkey", &fields).await.location(), "/sign-in?said=passkey");
    }
    let page = world.browser().get("/sign-in?said=passkey").await;
    assert!(page.has("That passkey does not open anything here"), "{}", page.text());
    // A stranger's own passkey, which is none of ours.
    let mut stranger = Authenticator::new();
    let mut browser = world.browser();
    assert_eq!(enters(&mut browser, &mut stranger, "").await.location(), "/sign-in?said=passkey");
    // A new passkey that lies is not added.
    let mut alice = world.signed_in(ALICE).await;
    for (what, lie) in &lies[..4] {
        let mut liar = Authenticator::new();
        lie(&mut liar);
        let (ticket, options) = fetched(&mut alice, "/passkeys/new").await;
        let made = liar.creates(&options);
        let refused = alice.post("/passkeys", &[("name", "x"), ("ticket", &ticket), ("credential", &made)]).await;
        assert!(refused.status == 422 && refused.has("could not be used"), "{what}: {}", refused.text());
    }
}

async fn a_removed_passkey_opens_nothing(world: World) {
    let mut alice = world.signed_in(ALICE).await;
    let mut phone = adds(&mut alice, "Lost").await;
    let page = alice.get("/passkeys").await.text();
    let id = page.split("action=\"/passkeys/").nth(1).unwrap().split('/').next().unwrap();
    let action = format!("/passkeys/{id}/remove");
    let removed = alice.post(&action, &[]).await;
    assert_eq!(removed.location(), "/passkeys?done=removed", "{}", removed.text());
    assert_eq!(enters(&mut world.browser(), &mut phone, "").await.location(), "/sign-in?said=passkey");
    assert_eq!(alice.post(&action, &[]).await.status, 404);
}

async fn who_was_removed_is_out_with_passkeys_too(world: World) {
    let mut phone = adds(&mut world.signed_in(ALICE).await, "").await;
    let removed = world.app.store.write(|tx| tx.delete_contact(store::AccountId::from(1), store::PersonId::from(1)));
    removed.await.unwrap();
    assert_eq!(enters(&mut world.browser(), &mut phone, "").await.location(), "/sign-in?said=passkey");
}

async fn another_persons_passkey_is_not_there(world: World) {
    let (mut alice, mut bob) = (world.signed_in(ALICE).await, world.signed_in(BOB).await);
    adds(&mut alice, "Hers").await;
    let page = alice.get("/passkeys").await.text();
    let id = page.split("action=\"/passkeys/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let foreign = bob.post(&format!("/passkeys/{id}/remove"), &[]).await;
    let absent = bob.post("/passkeys/77/remove", &[]).await;
    assert_eq!((foreign.status, foreign.body), (404, absent.body), "byte for byte");
    assert_eq!(bob.post(&format!("/passkeys/{id}/name"), &[("name", "His")]).await.status, 404);
    assert_eq!(bob.post("/passkeys/x/remove", &[]).await.status, 404);
    assert!(alice.get("/passkeys").await.has("Hers"));
    assert!(bob.get("/passkeys").await.has("No passkeys yet"));
}

async fn an_offer_is_for_one_person(world: World) {
    let (mut alice, mut bob) = (world.signed_in(ALICE).await, world.signed_in(BOB).await);
    let mut phone = Authenticator::new();
    let (ticket, options) = fetched(&mut alice, "/passkeys/new").await;
    let made = phone.creates(&options);
    let fields = [("name", ""), ("ticket", ticket.as_str()), ("credential", made.as_str())];
    let refused = bob.post("/passkeys", &fields).await;
    assert!(refused.status == 422 && refused.has("took too long"), "{}", refused.text());
    let late = alice.post("/passkeys", &fields).await;
    assert_eq!(late.status, 422, "it was used up");
    // An offer to make a passkey lets nobody in, and a passkey that is known is not added twice.
    let (ticket, options) = fetched(&mut alice, "/passkeys/new").await;
    let made = phone.creates(&options);
    let fields = [("name", ""), ("ticket", ticket.as_str()), ("credential", made.as_str())];
    assert_eq!(alice.post("/passkeys", &fields).await.status, 303);
    let (ticket, options) = fetched(&mut bob, "/passkeys/new").await;
    let made = phone.creates(&options);
    let twice = bob.post("/passkeys", &[("name", ""), ("ticket", &ticket), ("credential", &made)]).await;
    assert!(twice.status == 422 && twice.has("could not be used"), "{}", twice.text());
    assert_eq!(world.browser().post("/passkeys/new", &[]).await.location(), "/sign-in");
}

async fn names_are_kept_short_and_can_change(world: World) {
    let mut alice = world.signed_in(ALICE).await;
    adds(&mut alice, &format!("{}\n", "n".repeat(80))).await;
    let page = alice.get("/passkeys").await;
    assert!(page.has(&format!("<b>{}</b>", "n".repeat(60))), "{}", page.text());
    let text = page.text();
    let id = text.split("action=\"/passkeys/").nth(1).unwrap().split('/').next().unwrap();
    assert_eq!(alice.post(&format!("/passkeys/{id}/name"), &[("name", " Desk ")]).await.location(), "/passkeys");
    assert!(alice.get("/passkeys").await.has("<b>Desk</b>"));
    alice.post(&format!("/passkeys/{id}/name"), &[("name", "  ")]).await;
    assert!(alice.get("/passkeys").await.has("<b>Passkey</b>"));
}

async fn what_is_sensitive_asks_for_a_fresh_proof(world: World) {
    let mut alice = world.signed_in(ALICE).await;
    adds(&mut alice, "Desk").await;
    world.passes(SignedDuration::from_secs(560));
    assert_eq!(alice.get("/passkeys/new").await.status, 200, "not ten minutes yet");
    world.passes(SignedDuration::from_secs(41));
    for (answer, next) in [
        (alice.get("/passkeys/new?a=1").await, "%2Fpasskeys%2Fnew%3Fa%3D1"),
        (alice.post("/passkeys/new", &[]).await, "%2F"),
        (
            alice
                .clone()
                .saying("referer", "https://billing.provider.example/passkeys?x=1")
                .post("/passkeys/1/remove", &[])
                .await,
            "%2Fpasskeys%3Fx%3D1%23again",
        ),
        (alice.clone().saying("referer", "https://evil.example/passkeys").post("/passkeys/1/remove", &[]).await, "%2F"),
        (
            alice
                .clone()
                .saying("referer", "https://billing.provider.example//evil")
                .post("/passkeys/1/remove", &[])
                .await,
            "",
        ),
    ] {
        let expected = if next.is_empty() { "/prove".to_owned() } else { format!("/prove?next={next}") };
        assert_eq!((answer.status, answer.location()), (303, expected.as_str()));
    }
    assert_eq!(alice.get("/passkeys").await.status, 200, "looking needs no proof");
    let page = alice.get("/prove?next=/passkeys/new").await;
    assert!(page.has("Use a passkey") && page.has("Alice@Acme.example") && !page.has("Microsoft"), "{}", page.text());
    assert!(!alice.get("/prove?next=https://evil.example").await.has("evil"));
    let mut before = alice.clone();
    alice.post("/sign-in", &[("email", ALICE), ("next", "/passkeys/new")]).await;
    let code = world.code_for(ALICE).await;
    assert_eq!(alice.types(&code).await.location(), "/passkeys/new");
    assert_eq!(alice.get("/passkeys/new").await.status, 200);
    assert_eq!(before.get("/passkeys").await.status, 303, "the token before the proof is dead");
    assert_eq!(world.browser().get("/prove").await.location(), "/sign-in");
}

async fn more_than_a_code_is_proved_by_more_than_a_code(world: World) {
    let mut phone = adds(&mut world.signed_in(ALICE).await, "Desk").await;
    let mut browser = world.browser();
    enters(&mut browser, &mut phone, "").await;
    world.passes(SignedDuration::from_mins(11));
    let page = browser.get("/prove?next=/passkeys/new").await;
    assert!(page.has("Use a passkey") && !page.has("E-mail me a code"), "{}", page.text());
    let entered = enters(&mut browser, &mut phone, "/passkeys/new").await;
    assert_eq!(entered.location(), "/passkeys/new");
    assert_eq!(browser.get("/passkeys/new").await.status, 200);
    world.passes(SignedDuration::from_mins(11));
    let refused = enters(&mut browser, &mut Authenticator::new(), "/passkeys/new").await;
    assert_eq!(refused.location(), "/prove?next=%2Fpasskeys%2Fnew&said=passkey");
    assert!(browser.get(refused.location()).await.has("That passkey does not open anything here"));
}

async fn the_offer_is_made_until_it_is_declined(world: World) {
    let mut alice = world.signed_in(ALICE).await;
    let offers = |page: &Answer| page.has("class=\"notice neutral offer\"");
    assert!(offers(&alice.get("/invoices").await));
    assert!(!offers(&alice.get("/work").await), "on the landing page alone");
    world.passes(SignedDuration::from_mins(11));
    assert!(!offers(&alice.get("/invoices").await), "just after signing in alone");
    let mut bob = world.signed_in(BOB).await;
    assert_eq!(bob.post("/passkeys/not-now", &[]).await.location(), "/invoices");
    assert!(!offers(&bob.get("/invoices").await));
    assert!(!offers(&world.signed_in(BOB).await.get("/invoices").await), "never again");
    let mut alice = world.signed_in(ALICE).await;
    adds(&mut alice, "").await;
    assert!(!offers(&world.signed_in(ALICE).await.get("/invoices").await), "who has one needs no other");
}
