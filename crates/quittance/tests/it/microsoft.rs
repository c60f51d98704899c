//! Signing in with Microsoft, at a stand-in that signs whatever a story wants.

use std::io::Write;

use billing::staff::Rights;
use jiff::SignedDuration;
use quittance::config::{Config, MicrosoftConfig, SignInConfig};
use quittance::random::Token;
use serde_json::{Value, json};
use store::account::ContactRow;
use store::microsoft::AccountTenantRow;
use store::session::{LiveAt, Proof};
use store::testing::Database;
use store::{AccountId, PersonId};

use crate::authority::{
    ACME, Authority, CLIENT, EVIL, GLOBEX, SECRET, Way, modulus, signed_by, signed_with_secret, unsigned,
};
use crate::browser::{Answer, Browser};
use crate::cast::{ALICE, BOB, CAROL, NOBODY};
use crate::world::{BASE, Wishes, World};

const ALICE_THERE: (&str, &str) = (ACME, "0a11ce00-0000-4000-8000-00000000a11c");
const CAROL_THERE: (&str, &str) = (GLOBEX, "0ca401e0-0000-4000-8000-00000000ca40");
const BOB_THERE: (&str, &str) = (GLOBEX, "0b0b0b0b-0000-4000-8000-000000000b0b");
const MALLORY: (&str, &str) = (EVIL, "0bad0bad-0000-4000-8000-000000000bad");
const PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// A world with the second door.
struct Street {
    world: World,
    authority: Authority,
    _secret: tempfile::NamedTempFile,
}

macro_rules! at_microsoft {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(super::Street::on(store::testing::Database::Sqlite).await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name(super::Street::on(store::testing::Database::Postgres).await).await;
            })+
        }
    };
}

at_microsoft!(
    the_first_time_takes_one_code,
    a_vouched_tenant_needs_no_code,
    an_admins_tenant_vouches_for_colleagues,
    a_strangers_tenant_claims_in_vain,
    forged_tokens_open_nothing,
    an_attempt_returns_once_to_its_own_browser,
    personal_accounts_stay_outside,
    a_new_key_is_found_and_not_asked_for_too_often,
    silence_is_said_and_everything_else_works,
    a_company_that_has_not_consented_gets_a_text,
    strangers_are_answered_like_contacts,
    who_was_removed_is_out,
    a_waiting_link_is_only_for_who_asks_for_it,
    it_asks_for_nothing_but_who_it_is,
    a_link_while_signed_in_proves_and_comes_back,
    staff_link_microsoft_with_a_second_factor,
    a_weaker_proof_takes_no_place_of_a_stronger,
    the_button_has_a_limit,
);

impl Street {
    async fn on(database: Database) -> Street {
        let authority = Authority::start().await;
        let mut secret = tempfile::NamedTempFile::new().unwrap();
        writeln!(secret, "{SECRET}").unwrap();
        let microsoft = MicrosoftConfig {
            authority: authority.url.clone(),
            client_id: CLIENT.to_owned(),
            client_secret_file: secret.path().to_owned(),
        };
        let config = Config { sign_in: SignInConfig { microsoft: Some(microsoft) }, ..Config::default() };
        let world = World::set_up(database, Wishes::default(), config).await;
        Street { world, authority, _secret: secret }
    }

    /// Presses the button.
    async fn sent(&self, browser: &mut Browser, fields: &[(&str, &str)]) -> Way {
        let page = browser.post("/sign-in/microsoft", fields).await;
        assert_eq!(page.status, 200, "{} {}", page.location(), page.text());
        let address = page.text().split("id=\"on\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let address = address.replace("&#38;", "&");
        assert!(page.has(&format!("content=\"0;url={}", address.replace('&', "&#38;"))), "it leads on by itself");
        Way::of(&address)
    }

    /// Presses the button, is somebody there, and comes back.
    async fn arrives(&self, browser: &mut Browser, who: (&str, &str), more: Value) -> Answer {
        let way = self.sent(browser, &[]).await;
        let token = self.authority.signed(&self.authority.claims(&way, who, more));
        returns(browser, &way, &self.authority.grants(&way, token)).await
    }

    /// Links somebody by the one code.
    async fn linked(&self, email: &str, who: (&str, &str)) -> Browser {
        let mut browser = self.world.browser();
        assert_eq!(self.arrives(&mut browser, who, json!({})).await.location(), "/sign-in?said=link");
        browser.post("/sign-in", &[("email", email), ("link", "1")]).await;
        let code = self.world.code_for(email).await;
        assert_eq!(browser.types(&code).await.location(), "/invoices");
        browser
    }

    async fn vouches(&self, account: i64, tenant: &str) {
        let (now, tenant_id) = (self.world.app.clock.real(), tenant.to_owned());
        let row = AccountTenantRow { account_id: AccountId::from(account), tenant_id, added_at: now };
        self.world.app.store.write(move |tx| tx.add_account_tenant(row.clone())).await.unwrap();
    }

    async fn proof(&self, browser: &Browser) -> Proof {
        let hash = Token::parse(&browser.cookies["__Host-session"]).unwrap().hash();
        let now = self.world.app.clock.real();
        let live = LiveAt { now, idle_since: jiff::Timestamp::UNIX_EPOCH };
        self.world.app.store.read(move |tx| tx.session(&hash, live)).await.unwrap().unwrap().proof
    }
}

async fn returns(browser: &mut Browser, way: &Way, code: &str) -> Answer {
    browser.get(&format!("/sign-in/microsoft/callback?state={}&code={code}&session_state=x", way.query["state"])).await
}

async fn the_first_time_takes_one_code(street: Street) {
    let mut browser = street.world.browser();
    let page = browser.get("/sign-in?next=/sessions").await;
    assert!(page.has("Sign in with Microsoft") && page.has("name=\"next\" value=\"/sessions\""), "{}", page.text());
    let way = street.sent(&mut browser, &[("next", "/sessions")]).await;
    let claims = street.authority.claims(&way, ALICE_THERE, json!({"email": "Alice@Acme.example"}));
    let code = street.authority.grants(&way, street.authority.signed(&claims));
    let back = returns(&mut browser, &way, &code).await;
    assert_eq!(back.location(), "/sign-in?next=%2Fsessions&said=link&email=alice%40acme.example");
    street.world.letters(ALICE, 0).await;
    let page = browser.get(back.location()).await;
    assert!(
        page.has("Microsoft knows you") && page.has("name=\"link\" value=\"1\"") && page.has(ALICE),
        "{}",
        page.text()
    );
    browser.post("/sign-in", &[("email", ALICE), ("next", "/sessions"), ("link", "1")]).await;
    let page = browser.get("/sign-in/code").await;
    assert!(page.has("name=\"link\" value=\"1\""), "another code links as well");
    assert!(page.has("<a href=\"/sign-in?next=%2Fsessions&#38;said=link\">Use another"), "and to another address");
    let code = street.world.code_for(ALICE).await;
    assert_eq!(browser.types(&code).await.location(), "/sessions");
    // From then on no code.
    let mut phone = street.world.browser();
    let again = street.arrives(&mut phone, ALICE_THERE, json!({"email": "renamed@acme.example"})).await;
    assert_eq!(again.location(), "/invoices", "neither address nor name count");
    assert!(phone.get("/sessions").await.has("Alice Archer"));
    assert_eq!(street.proof(&phone).await, Proof::Microsoft);
    let more = json!({"amr": ["pwd", "mfa"]});
    assert_eq!(street.arrives(&mut phone, ALICE_THERE, more).await.location(), "/invoices");
    assert_eq!(street.proof(&phone).await, Proof::MicrosoftMfa);
    street.world.letters(ALICE, 1).await;
    // Until it is unlinked.
    assert!(phone.get("/passkeys").await.has("Work account"));
    assert_eq!(phone.post("/sign-in/microsoft/unlink", &[]).await.location(), "/passkeys?done=unlinked");
    assert_eq!(phone.post("/sign-in/microsoft/unlink", &[]).await.status, 404);
    let back = street.arrives(&mut street.world.browser(), ALICE_THERE, json!({})).await;
    assert_eq!(back.location(), "/sign-in?said=link");
}

async fn a_vouched_tenant_needs_no_code(street: Street) {
    street.vouches(1, ACME).await;
    for more in [
        json!({"email": ALICE}),
        json!({"email": ALICE, "xms_edov": false}),
        json!({"email": ALICE, "xms_edov": "0"}),
        json!({"email": ALICE, "xms_edov": true, "acct": 1}),
        json!({"email": ALICE, "xms_edov": true, "idp": "https://sts.windows.net/elsewhere/"}),
        json!({"preferred_username": ALICE, "upn": ALICE, "xms_edov": true}),
        json!({"email": CAROL, "xms_edov": true}),
        json!({"email": NOBODY, "xms_edov": true}),
    ] {
        let mut browser = street.world.browser();
        let back = street.arrives(&mut browser, ALICE_THERE, more.clone()).await;
        assert!(back.location().starts_with("/sign-in?said=link"), "{more}: {}", back.location());
        assert!(!browser.cookies.contains_key("__Host-session"), "{more}");
    }
    let mut browser = street.world.browser();
    let back = street.arrives(&mut browser, ALICE_THERE, json!({"email": "ALICE@acme.example", "xms_edov": "1"})).await;
    assert_eq!(back.location(), "/invoices");
    assert!(browser.get("/sessions").await.has("Alice Archer"));
    // Once linked it holds, whatever becomes of the list and of the address.
    let removed = street.world.app.store.write(|tx| tx.remove_account_tenant(AccountId::from(1), ACME));
    assert_eq!(removed.await.unwrap(), 1);
    assert_eq!(street.arrives(&mut street.world.browser(), ALICE_THERE, json!({})).await.location(), "/invoices");
    street.world.letters(ALICE, 0).await;
}

async fn an_admins_tenant_vouches_for_colleagues(street: Street) {
    let colleague = street.world.app.store.write(|tx| {
        let carol = tx.contacts_of(AccountId::from(2))?.remove(0);
        tx.insert(&[ContactRow {
            person_id: PersonId::from(2),
            email: BOB.to_owned(),
            role: billing::account::Role::Viewer,
            ..carol
        }])
    });
    colleague.await.unwrap();
    let verified = json!({"email": BOB, "xms_edov": true});
    let early = street.arrives(&mut street.world.browser(), BOB_THERE, verified.clone()).await;
    assert!(early.location().starts_with("/sign-in?said=link"), "no admin of Globex has come from there yet");
    street.linked(CAROL, CAROL_THERE).await;
    let back = street.arrives(&mut street.world.browser(), BOB_THERE, verified).await;
    assert_eq!(back.location(), "/invoices");
    let mut mallory = street.world.browser();
    let other = street.arrives(&mut mallory, (GLOBEX, MALLORY.1), json!({"email": ALICE, "xms_edov": true}));
    assert!(other.await.location().starts_with("/sign-in?said=link"), "Globex doesn't vouch for Acme's people");
}

async fn a_strangers_tenant_claims_in_vain(street: Street) {
    street.vouches(1, ACME).await;
    street.linked(ALICE, ALICE_THERE).await;
    for who in [MALLORY, (EVIL, ALICE_THERE.1)] {
        let mut browser = street.world.browser();
        let more = json!({"email": ALICE, "preferred_username": ALICE, "upn": ALICE, "xms_edov": true, "amr": ["mfa"]});
        let back = street.arrives(&mut browser, who, more).await;
        assert!(back.location().starts_with("/sign-in?said=link"), "{}", back.location());
        assert_eq!(browser.get("/invoices").await.status, 303);
    }
    street.world.letters(ALICE, 1).await;
}

async fn forged_tokens_open_nothing(street: Street) {
    street.linked(ALICE, ALICE_THERE).await;
    let now = quittance::clock::Clock::default().real().as_second();
    let changed: [(&str, Value); 13] = [
        ("iss", json!(street.authority.issuer(EVIL))),
        ("iss", json!("https://evil.example/v2.0")),
        ("iss", json!(street.authority.issuer("{tenantid}"))),
        ("iss", Value::Null),
        ("aud", json!("another application")),
        ("aud", json!([CLIENT, "another application"])),
        ("nonce", json!("another attempt's")),
        ("nonce", Value::Null),
        ("exp", json!(now - 60)),
        ("tid", json!(EVIL)),
        ("tid", json!("../common")),
        ("tid", Value::Null),
        ("oid", Value::Null),
    ];
    for (claim, value) in changed {
        let mut browser = street.world.browser();
        let way = street.sent(&mut browser, &[]).await;
        let mut claims = street.authority.claims(&way, ALICE_THERE, json!({}));
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(claim);
        } else {
            claims[claim] = value.clone();
        }
        let code = street.authority.grants(&way, street.authority.signed(&claims));
        refuses(&mut browser, &way, &code, &format!("{claim} {value}")).await;
    }
    for kind in
        ["none", "none without a dot", "HS256 with our secret", "HS256 with their key", "another key", "changed"]
    {
        let mut browser = street.world.browser();
        let way = street.sent(&mut browser, &[]).await;
        let claims = street.authority.claims(&way, ALICE_THERE, json!({}));
        let good = street.authority.signed(&claims);
        let token = match kind {
            "none" => format!("{}.", unsigned(&json!({"alg": "none"}), &claims)),
            "none without a dot" => unsigned(&json!({"alg": "none"}), &claims),
            "HS256 with our secret" => signed_with_secret(SECRET.as_bytes(), &claims),
            "HS256 with their key" => signed_with_secret(modulus(0).as_bytes(), &claims),
            "another key" => signed_by(1, 0, &claims),
            _ => {
                let others = street.authority.claims(&way, MALLORY, json!({}));
                let (body, _) = good.rsplit_once('.').unwrap();
                format!("{body}.{}", street.authority.signed(&others).rsplit_once('.').unwrap().1)
            }
        };
        let code = street.authority.grants(&way, token);
        refuses(&mut browser, &way, &code, kind).await;
    }
    // The same with nothing wrong opens.
    let mut browser = street.world.browser();
    assert_eq!(street.arrives(&mut browser, ALICE_THERE, json!({})).await.location(), "/invoices");
}

async fn refuses(browser: &mut Browser, way: &Way, code: &str, what: &str) {
    let back = returns(browser, way, code).await;
    assert_eq!((back.status, back.location()), (303, "/sign-in?said=refused"), "{what}");
    assert!(!browser.cookies.contains_key("__Host-session"), "{what}");
}

async fn an_attempt_returns_once_to_its_own_browser(street: Street) {
    street.linked(ALICE, ALICE_THERE).await;
    let expired = |answer: &Answer, what: &str| assert_eq!(answer.location(), "/sign-in?said=expired", "{what}");
    let granted = |way: &Way| {
        street.authority.grants(way, street.authority.signed(&street.authority.claims(way, ALICE_THERE, json!({}))))
    };
    let mut browser = street.world.browser();
    let way = street.sent(&mut browser, &[]).await;
    let code = granted(&way);
    let mut stranger = street.world.browser();
    expired(&returns(&mut stranger, &way, &code).await, "a browser without cookie");
    street.sent(&mut stranger, &[]).await;
    expired(&returns(&mut stranger, &way, &code).await, "a browser with another attempt");
    let mut copy = browser.clone();
    assert_eq!(returns(&mut browser, &way, &code).await.location(), "/invoices", "strangers used nothing up");
    expired(&returns(&mut copy, &way, &granted(&way)).await, "a second return");
    let made_up = Way::of("/?state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    expired(&returns(&mut copy, &made_up, "code-0").await, "a state nobody gave");
    let late = street.sent(&mut copy, &[]).await;
    street.world.passes(SignedDuration::from_mins(16));
    expired(&returns(&mut copy, &late, &granted(&late)).await, "a quarter of an hour later");
    // A code that was bought for another attempt doesn't fit this one's verifier.
    let (mut mine, mut theirs) = (street.world.browser(), street.world.browser());
    let (my_way, their_way) = (street.sent(&mut mine, &[]).await, street.sent(&mut theirs, &[]).await);
    let their_code = granted(&their_way);
    refuses(&mut mine, &my_way, &their_code, "another attempt's code").await;
}

async fn personal_accounts_stay_outside(street: Street) {
    let mut browser = street.world.browser();
    let back = street.arrives(&mut browser, (PERSONAL, ALICE_THERE.1), json!({"email": ALICE, "xms_edov": true})).await;
    assert_eq!(back.location(), "/sign-in?said=personal");
    let page = browser.get(back.location()).await;
    assert!(page.has("personal Microsoft account") && page.has("name=\"how\" value=\"choose\""), "{}", page.text());
    assert_eq!(street.sent(&mut browser, &[("how", "choose")]).await.query["prompt"], "select_account");
}

async fn a_new_key_is_found_and_not_asked_for_too_often(street: Street) {
    street.linked(ALICE, ALICE_THERE).await;
    assert_eq!(street.authority.keys_read(), 1);
    street.authority.rotates_its_key();
    let mut browser = street.world.browser();
    assert_eq!(street.arrives(&mut browser, ALICE_THERE, json!({})).await.location(), "/invoices");
    assert_eq!(street.authority.keys_read(), 2);
    for _ in 0..3 {
        let way = street.sent(&mut browser, &[]).await;
        let token = signed_by(0, 7, &street.authority.claims(&way, ALICE_THERE, json!({})));
        let code = street.authority.grants(&way, token);
        assert!(returns(&mut browser, &way, &code).await.location().ends_with("said=refused"));
    }
    assert_eq!(street.authority.keys_read(), 2, "tokens of unknown keys make us ask once a minute");
}

async fn silence_is_said_and_everything_else_works(street: Street) {
    street.authority.falls_silent(true);
    let mut browser = street.world.browser();
    let back = browser.post("/sign-in/microsoft", &[("next", "/sessions")]).await;
    assert_eq!((back.status, back.location()), (303, "/sign-in?next=%2Fsessions&said=down"));
    let page = browser.get(back.location()).await;
    assert!(page.has("aria-disabled=\"true\"") && page.has("Microsoft does not answer right now"), "{}", page.text());
    let ready = browser.get("/readyz").await;
    assert_eq!((ready.status, ready.text().as_str()), (200, r#"{"ready":true,"down":["microsoft"]}"#));
    street.world.signed_in(BOB).await;
    street.authority.falls_silent(false);
    street.world.app.microsoft.as_ref().unwrap().refresh(street.world.app.clock.real()).await;
    assert!(!browser.get("/sign-in").await.has("aria-disabled=\"true\""));
    // What is known of it does while it is silent, up to the code.
    let way = street.sent(&mut browser, &[]).await;
    let token = street.authority.signed(&street.authority.claims(&way, ALICE_THERE, json!({})));
    let code = street.authority.grants(&way, token);
    street.authority.falls_silent(true);
    assert_eq!(returns(&mut browser, &way, &code).await.location(), "/sign-in?said=down");
    street.world.passes(SignedDuration::from_hours(25));
    street.sent(&mut browser, &[]).await;
}

async fn a_company_that_has_not_consented_gets_a_text(street: Street) {
    let errors = [
        ("consent_required", "AADSTS65001%3A+nobody+has+consented", "consent"),
        ("interaction_required", "", "consent"),
        ("access_denied", "AADSTS90094%3A+an+administrator+has+to", "consent"),
        ("access_denied", "the+user+cancelled", "cancelled"),
        ("temporarily_unavailable", "", "down"),
        ("invalid_request", "%3Cscript%3E", "refused"),
    ];
    for (error, description, said) in errors {
        let mut browser = street.world.browser();
        let way = street.sent(&mut browser, &[("next", "/help")]).await;
        let state = &way.query["state"];
        let path = format!("/sign-in/microsoft/callback?state={state}&error={error}&error_description={description}");
        let back = browser.get(&path).await;
        assert_eq!(back.location(), format!("/sign-in?next=%2Fhelp&said={said}"), "{error}");
        let page = browser.get(back.location()).await;
        assert!(page.has("E-mail me a code") && !page.has("script>alert"), "{}", page.text());
        assert_eq!(page.has("/adminconsent?client_id="), said == "consent", "{error}: {}", page.text());
    }
    let mut browser = street.world.browser();
    let way = street.sent(&mut browser, &[]).await;
    let code = street.authority.denies(&way, "AADSTS65001: The user or administrator has not consented");
    assert_eq!(returns(&mut browser, &way, &code).await.location(), "/sign-in?said=consent");
    // Not ours: who makes such an address up shows nobody anything.
    let made_up = browser.get("/sign-in/microsoft/callback?error=consent_required&state=x").await;
    assert_eq!(made_up.location(), "/sign-in?said=expired");
    assert_eq!(browser.get("/sign-in/microsoft/callback?admin_consent=True&tenant=x").await.location(), "/sign-in");
}

async fn strangers_are_answered_like_contacts(street: Street) {
    let (mut known, mut unknown) = (street.world.browser(), street.world.browser());
    let arrivals = [
        street.arrives(&mut known, ALICE_THERE, json!({"email": ALICE})).await,
        street.arrives(&mut unknown, MALLORY, json!({"email": NOBODY})).await,
    ];
    let location = |answer: &Answer| answer.location().replace("alice%40acme", "X").replace("nobody%40elsewhere", "X");
    assert_eq!(location(&arrivals[0]), location(&arrivals[1]));
    let pages = [known.get(arrivals[0].location()).await, unknown.get(arrivals[1].location()).await];
    assert_eq!(pages[0].plain().replace(ALICE, "X"), pages[1].plain().replace(NOBODY, "X"));
    let asked = [
        known.post("/sign-in", &[("email", ALICE), ("link", "1")]).await,
        unknown.post("/sign-in", &[("email", NOBODY), ("link", "1")]).await,
    ];
    assert_eq!(asked[0].location(), asked[1].location());
    let pages = [known.get("/sign-in/code").await, unknown.get("/sign-in/code").await];
    assert_eq!(pages[0].plain().replace(ALICE, "X"), pages[1].plain().replace(NOBODY, "X"));
    let without = street.arrives(&mut street.world.browser(), ALICE_THERE, json!({})).await;
    assert_eq!(without.location(), "/sign-in?said=link", "a user without an address");
}

async fn who_was_removed_is_out(street: Street) {
    let mut alice = street.linked(ALICE, ALICE_THERE).await;
    let removed = street.world.app.store.write(|tx| tx.delete_contact(AccountId::from(1), PersonId::from(1)));
    removed.await.unwrap();
    assert_eq!(alice.get("/sessions").await.status, 303);
    let mut browser = street.world.browser();
    let back = street.arrives(&mut browser, ALICE_THERE, json!({"email": ALICE})).await;
    assert_eq!(back.location(), "/sign-in?said=link&email=alice%40acme.example", "as if never seen");
    assert!(!browser.cookies.contains_key("__Host-session"));
}

async fn a_waiting_link_is_only_for_who_asks_for_it(street: Street) {
    // Alice goes away in between; Bob signs in on the same machine by a code of his own.
    let mut shared = street.world.browser();
    street.arrives(&mut shared, ALICE_THERE, json!({"email": ALICE})).await;
    shared.asks(BOB).await;
    let code = street.world.code_for(BOB).await;
    assert_eq!(shared.types(&code).await.status, 303);
    let back = street.arrives(&mut street.world.browser(), ALICE_THERE, json!({})).await;
    assert_eq!(back.location(), "/sign-in?said=link");
    // And it waits for half an hour.
    let mut late = street.world.browser();
    street.arrives(&mut late, ALICE_THERE, json!({})).await;
    street.world.passes(SignedDuration::from_mins(31));
    late.post("/sign-in", &[("email", ALICE), ("link", "1")]).await;
    let code = street.world.code_for(ALICE).await;
    assert_eq!(late.types(&code).await.location(), "/invoices", "the code itself is good");
    let back = street.arrives(&mut street.world.browser(), ALICE_THERE, json!({})).await;
    assert_eq!(back.location(), "/sign-in?said=link");
}

async fn it_asks_for_nothing_but_who_it_is(street: Street) {
    let mut browser = street.world.browser();
    let way = street.sent(&mut browser, &[]).await;
    assert_eq!(way.query["scope"], "openid profile email");
    assert_eq!(way.query["response_type"], "code");
    assert_eq!(way.query["code_challenge_method"], "S256");
    assert_eq!(way.query["client_id"], CLIENT);
    assert_eq!(way.query["redirect_uri"], format!("{BASE}/sign-in/microsoft/callback"));
    assert!(!way.query.contains_key("prompt") && !way.address.contains(SECRET));
    let other = street.sent(&mut street.world.browser(), &[]).await;
    for once in ["state", "nonce", "code_challenge"] {
        assert_ne!(way.query[once], other.query[once], "{once}");
    }
    assert_eq!(browser.get("/sign-in/microsoft").await.location(), "/sign-in");
    let elsewhere = browser.clone().saying("origin", "https://evil.example").post("/sign-in/microsoft", &[]).await;
    assert_eq!(elsewhere.status, 403);
    assert_eq!(browser.post("/sign-in/microsoft", &[("next", "//evil.example")]).await.status, 200);
}

async fn a_link_while_signed_in_proves_and_comes_back(street: Street) {
    let mut alice = street.world.signed_in(ALICE).await;
    street.world.passes(SignedDuration::from_mins(11));
    let sent = alice.get("/passkeys/new").await;
    assert_eq!(sent.location(), "/prove?next=%2Fpasskeys%2Fnew");
    assert!(alice.get(sent.location()).await.has("Sign in with Microsoft once more"));
    let again = [("next", "/passkeys/new"), ("how", "again")];
    let way = street.sent(&mut alice, &again).await;
    assert_eq!(way.query["prompt"], "login");
    let token = street.authority.signed(&street.authority.claims(&way, ALICE_THERE, json!({})));
    let back = returns(&mut alice, &way, &street.authority.grants(&way, token)).await;
    assert_eq!(back.location(), "/prove?next=%2Fpasskeys%2Fnew&said=link");
    assert!(alice.get(back.location()).await.has("name=\"link\" value=\"1\""));
    alice.post("/sign-in", &[("email", ALICE), ("next", "/passkeys/new"), ("link", "1")]).await;
    let code = street.world.code_for(ALICE).await;
    assert_eq!(alice.types(&code).await.location(), "/passkeys/new");
    street.world.passes(SignedDuration::from_mins(11));
    let way = street.sent(&mut alice, &again).await;
    let token = street.authority.signed(&street.authority.claims(&way, ALICE_THERE, json!({})));
    let back = returns(&mut alice, &way, &street.authority.grants(&way, token)).await;
    assert_eq!(back.location(), "/passkeys/new", "linked by now");
    assert_eq!(alice.get("/passkeys/new").await.status, 200);
}

const DANA_THERE: (&str, &str) = (EVIL, "0da0a0da-0000-4000-8000-00000000da0a");

async fn staff_link_microsoft_with_a_second_factor(street: Street) {
    let world = &street.world;
    let mut dana = world.staff("dana", Rights::Admin, Proof::Code).await;
    let weak = street.arrives(&mut dana, DANA_THERE, json!({})).await;
    assert_eq!(weak.location(), "/prove?said=link");
    let page = dana.get(weak.location()).await;
    assert!(
        page.has("did not say that you showed a second factor") && !page.has("E-mail me a code"),
        "{}",
        page.text()
    );
    let strong = street.arrives(&mut dana, DANA_THERE, json!({"amr": ["pwd", "mfa"]})).await;
    assert_eq!(strong.location(), "/invoices");
    assert_eq!((dana.get("/office").await.status, street.proof(&dana).await), (200, Proof::MicrosoftMfa));
    let mut elsewhere = world.browser();
    assert_eq!(street.arrives(&mut elsewhere, DANA_THERE, json!({"amr": ["mfa"]})).await.location(), "/invoices");
    assert_eq!(elsewhere.get("/office").await.status, 200);
    assert_eq!(world.told("A Microsoft account was linked").await, ["dana@provider.example"]);
    // Ten minutes later nothing is linked any more.
    let mut late = world.staff("late", Rights::Admin, Proof::Passkey).await;
    world.passes(SignedDuration::from_mins(11));
    let refused = street.arrives(&mut late, MALLORY, json!({"amr": ["mfa"]})).await;
    assert_eq!(refused.location(), "/prove?said=link");
}

async fn a_weaker_proof_takes_no_place_of_a_stronger(street: Street) {
    let mut alice = street.linked(ALICE, ALICE_THERE).await;
    street.arrives(&mut alice, ALICE_THERE, json!({"amr": ["mfa"]})).await;
    assert_eq!(street.proof(&alice).await, Proof::MicrosoftMfa);
    let strong = alice.cookies["__Host-session"].clone();
    street.world.passes(SignedDuration::from_mins(11));
    alice.asks(ALICE).await;
    let code = street.world.code_for(ALICE).await;
    assert_eq!(alice.types(&code).await.status, 303);
    assert_ne!(alice.cookies["__Host-session"], strong, "the token is another all the same");
    assert_eq!(street.proof(&alice).await, Proof::MicrosoftMfa);
    assert_eq!(alice.get("/passkeys/new").await.status, 303, "a code makes it no fresher");
    // Somebody else in the same browser is in by what they showed.
    alice.asks(BOB).await;
    let code = street.world.code_for(BOB).await;
    alice.types(&code).await;
    assert_eq!(street.proof(&alice).await, Proof::Code);
    assert_eq!(alice.get("/passkeys/new").await.status, 200);
}

async fn the_button_has_a_limit(street: Street) {
    let world = &street.world;
    let into = world.app.clock.real().as_second().rem_euclid(15 * 60);
    world.passes(SignedDuration::from_secs(15 * 60 - into));
    let mut browser = world.browser();
    for _ in 0..60 {
        assert_eq!(browser.post("/sign-in/microsoft", &[]).await.status, 200);
    }
    let refused = browser.post("/sign-in/microsoft", &[]).await;
    assert!(refused.status == 429 && refused.has("320-555-0150"), "{}", refused.text());
    world.passes(SignedDuration::from_mins(15));
    assert_eq!(browser.post("/sign-in/microsoft", &[]).await.status, 200);
}

#[tokio::test]
async fn without_settings_there_is_no_second_door() {
    let world = World::on(Database::Sqlite).await;
    let mut browser = world.browser();
    assert!(!browser.get("/sign-in").await.has("Microsoft"));
    assert_eq!(browser.post("/sign-in/microsoft", &[]).await.status, 404);
    assert_eq!(browser.get("/sign-in/microsoft/callback?code=x&state=y").await.status, 404);
}
