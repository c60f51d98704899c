//! Every route, as everybody whose it isn't: nobody gets more than "not here", "not yours" or the door, and nothing changes.
//! The routes are read where they are declared, so that a new one has to say whose it is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::Request;
use billing::crediting::Choice;
use billing::staff::Rights;
use quittance::actions::credit_invoice::{CreditInvoice, credit_invoice};
use quittance::actions::remove_contact::{LastAdmin, remove_contact};
use quittance::audit::Actor;
use store::copy::{Tally, tally};
use store::request::{RequestKind, RequestRow, RequestState};
use store::session::Proof;
use store::testing::BOTH;

use crate::browser::{Answer, Browser};
use crate::cast::{ALICE, BOB, CAROL};
use crate::house::root;
use crate::issued::{Bill, issue};
use crate::world::{Wishes, World};

/// Whose a route is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// Everybody's.
    Everybodys,
    /// Of whoever is signed in: it shows and changes what is theirs alone.
    Own,
    /// Of a session or passkey, by its number.
    OwnById,
    /// An account's, for its viewers, for its payers, for its admins.
    Viewers,
    Payers,
    Admins,
    /// The provider's: for staff who may read, for those who bill.
    Readers,
    Billers,
    /// Of every member of staff, however they came in.
    OfStaff,
    /// A sandbox's alone.
    Demo,
}

use Whose::{Admins, Billers, Demo, Everybodys, OfStaff, Own, OwnById, Payers, Readers, Viewers};

/// Each route with whose it is and the form that would do something.
const ROUTES: &[(&str, &str, Whose, &str)] = &[
    ("GET", "/", Everybodys, ""),
    ("GET", "/accounts", Own, ""),
    ("GET", "/accounts/{account}/audit", Admins, ""),
    ("POST", "/accounts/{account}/certificates", Admins, CERTIFICATE),
    ("GET", "/accounts/{account}/certificates/{id}", Viewers, ""),
    ("GET", "/accounts/{account}/contacts", Viewers, ""),
    ("POST", "/accounts/{account}/contacts", Admins, "email=mallory%40acme.example&name=Mallory&role=admin"),
    ("GET", "/accounts/{account}/contacts/{person}", Admins, ""),
    ("POST", "/accounts/{account}/contacts/{person}", Admins, "role=admin&recurring=to&biweekly=to"),
    ("POST", "/accounts/{account}/contacts/{person}/removal", Admins, ""),
    ("GET", "/accounts/{account}/objections", Viewers, ""),
    ("POST", "/accounts/{account}/objections", Viewers, "words=x"),
    ("POST", "/accounts/{account}/po-numbers", Admins, "agreement=&po_number=PO-1"),
    ("POST", "/accounts/{account}/formats", Admins, "formats=us"),
    ("GET", "/accounts/{account}/profile", Viewers, ""),
    (
        "POST",
        "/accounts/{account}/profile",
        Admins,
        "name=Mallory&address_1=1&address_2=&city=C&region=MN&postal_code=1&country=US",
    ),
    ("POST", "/accounts/{account}/recipients", Admins, "email=mallory%40acme.example&recurring=to&biweekly=to"),
    ("POST", "/accounts/{account}/recipients/removal", Admins, "email=books%40acme.example"),
    ("GET", "/assets/{name}", Everybodys, ""),
    ("GET", "/autopay", Own, ""),
    ("POST", "/autopay", Own, ""),
    ("GET", "/autopay/preview", Own, ""),
    ("GET", "/autopay/{account}/{version}", Viewers, ""),
    ("POST", "/autopay/{account}/{version}/{deed}", Payers, "why=no"),
    ("GET", "/autopay/{account}/mandates/{name}", Viewers, ""),
    ("GET", "/billing-contact", Everybodys, ""),
    ("POST", "/billing-contact", Everybodys, ""),
    ("GET", "/button", Everybodys, ""),
    ("GET", "/credit-notes/{name}", Viewers, ""),
    ("POST", "/demo/clock", Demo, "to=2026-12-01"),
    ("GET", "/demo/mailbox", Demo, ""),
    ("GET", "/demo/mailbox.json", Demo, ""),
    ("GET", "/demo/mailbox/{number}", Demo, ""),
    ("GET", "/demo/mailbox/{number}/{file}", Demo, ""),
    ("POST", "/demo/office", Demo, "email=dana%40provider.example"),
    ("GET", "/demo/people.json", Demo, ""),
    ("GET", "/healthz", Everybodys, ""),
    ("GET", "/help", Everybodys, ""),
    ("GET", "/invoices", Own, ""),
    ("GET", "/invoices.csv", Own, ""),
    ("GET", "/invoices.zip", Own, ""),
    ("GET", "/invoices/{name}", Viewers, ""),
    ("POST", "/invoices/{name}/autopay", Payers, "skip=yes"),
    ("POST", "/invoices/{name}/forwards", Payers, "email=mallory%40elsewhere.example"),
    ("POST", "/invoices/{name}/mails", Payers, ""),
    ("POST", "/invoices/{name}/payments", Payers, "amount=1.00&method=card&key=matrix-key"),
    ("POST", "/invoices/{name}/questions", Viewers, "kind=question&words=x"),
    ("POST", "/invoices/{name}/questions/{id}/messages", Viewers, "words=x"),
    ("POST", "/invoices/{name}/questions/{id}/settlement", Viewers, ""),
    ("GET", "/late-fees/{name}", Viewers, ""),
    ("GET", "/methods", Own, ""),
    ("GET", "/methods/new", Own, ""),
    ("POST", "/methods/{account}/{method}", Payers, ""),
    ("POST", "/methods/{account}/{method}/replacement", Payers, ""),
    ("POST", "/methods/{account}/{method}/{deed}", Payers, "name=Mine"),
    ("GET", "/office", Readers, ""),
    ("GET", "/office/accounts", Readers, ""),
    ("GET", "/office/audit", Readers, ""),
    ("GET", "/office/autopay", Readers, ""),
    ("GET", "/office/autopay/new", Billers, ""),
    ("POST", "/office/autopay/new", Billers, "account=C-1"),
    ("GET", "/office/autopay/{account}/{version}", Readers, ""),
    ("POST", "/office/autopay/{account}/{version}/{deed}", Billers, "why=no"),
    ("GET", "/office/autopay/{account}/mandates/{name}", Readers, ""),
    ("GET", "/office/doctor", Readers, ""),
    ("GET", "/office/join/{token}", Everybodys, ""),
    ("POST", "/office/join/{token}", Everybodys, ""),
    ("GET", "/office/payments", Readers, ""),
    ("POST", "/office/payments", Billers, "account=C-1&amount=1.00&on=2026-09-04&reference=x&key=matrix-key"),
    ("GET", "/office/payments/{number}", Readers, ""),
    ("GET", "/office/payments/{number}/receipt.pdf", Readers, ""),
    ("POST", "/office/payments/{number}/refunds", Billers, "reason=x&key=matrix-key"),
    ("POST", "/office/payments/{number}/refunds/{id}", Billers, "verdict=approve"),
    ("POST", "/office/payments/exceptions/{id}", Billers, "how=x"),
    ("GET", "/office/questions", Readers, ""),
    ("GET", "/office/questions/{id}", Readers, ""),
    ("POST", "/office/questions/{id}", Billers, "words=x&deed=answer"),
    ("GET", "/office/requests", Readers, ""),
    ("GET", "/office/requests/{id}", Readers, ""),
    ("POST", "/office/requests/{id}", Billers, "account=C-1&leaver=&how=called"),
    ("GET", "/office/requests/{id}/certificate", Readers, ""),
    ("POST", "/office/requests/{id}/decision", Billers, "verdict=refuse&why=no"),
    ("POST", "/office/viewing", Readers, "account=C-1"),
    ("POST", "/office/viewing/end", OfStaff, ""),
    ("GET", "/passkeys", Own, ""),
    ("POST", "/passkeys", Own, ""),
    ("GET", "/passkeys/new", Own, ""),
    ("POST", "/passkeys/new", Own, ""),
    ("POST", "/passkeys/not-now", Own, ""),
    ("POST", "/passkeys/{id}/name", OwnById, "name=Mine"),
    ("POST", "/passkeys/{id}/remove", OwnById, ""),
    ("GET", "/pay", Own, ""),
    ("GET", "/pay/{token}", Everybodys, ""),
    ("POST", "/pay/{token}/payments", Everybodys, ""),
    ("GET", "/payments", Own, ""),
    ("POST", "/payments", Own, "number=INV-1&amount=1.00&method=card&key=matrix-key"),
    ("GET", "/payments/{number}", Viewers, ""),
    ("POST", "/payments/{number}/cancel", Payers, ""),
    ("GET", "/payments/{number}/receipt.pdf", Viewers, ""),
    ("GET", "/prove", Own, ""),
    ("GET", "/readyz", Everybodys, ""),
    ("GET", "/sandbox/pay/{page}", Demo, ""),
    ("POST", "/sandbox/pay/{page}", Demo, "choice=card_settles"),
    ("POST", "/sandbox/pay/{page}/back", Demo, ""),
    ("GET", "/sessions", Own, ""),
    ("POST", "/sessions/end-others", Own, ""),
    ("POST", "/sessions/{id}/end", OwnById, ""),
    ("GET", "/sign-in", Everybodys, ""),
    ("POST", "/sign-in", Everybodys, ""),
    ("GET", "/sign-in/code", Everybodys, ""),
    ("POST", "/sign-in/code", Everybodys, ""),
    ("GET", "/sign-in/microsoft", Everybodys, ""),
    ("POST", "/sign-in/microsoft", Everybodys, ""),
    ("GET", "/sign-in/microsoft/callback", Everybodys, ""),
    ("POST", "/sign-in/microsoft/unlink", Own, ""),
    ("GET", "/sign-in/passkey", Everybodys, ""),
    ("POST", "/sign-in/passkey", Everybodys, ""),
    ("POST", "/sign-in/passkey/challenge", Everybodys, ""),
    ("POST", "/sign-out", Everybodys, ""),
    ("GET", "/statements", Own, ""),
    ("GET", "/statements.csv", Own, ""),
    ("GET", "/statements.pdf", Own, ""),
    ("GET", "/w9.pdf", Own, ""),
    ("POST", "/webhooks/{processor}", Everybodys, ""),
    ("GET", "/work", Own, ""),
];

/// The form of a certificate as a browser sends it.
const CERTIFICATE: &str = "--b7\r\nContent-Disposition: form-data; name=\"number\"\r\n\r\n\r\n\
    --b7\r\nContent-Disposition: form-data; name=\"expires_on\"\r\n\r\n2099-12-31\r\n\
    --b7\r\nContent-Disposition: form-data; name=\"file\"; filename=\"st3.pdf\"\r\nContent-Type: application/pdf\r\n\r\n\
    %PDF-1.7\r\n--b7--\r\n";

/// Every method and path that the program's files declare.
fn declared() -> BTreeSet<(String, String)> {
    let mut files = Vec::new();
    collect(&root().join("crates/quittance/src/web"), &mut files);
    let mut found = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for part in text.split(".route(\"").skip(1) {
            let (path, rest) = part.split_once('"').unwrap();
            let handlers = rest.split("\n").next().unwrap();
            for (word, method) in [("get(", "GET"), ("post(", "POST"), ("put(", "PUT"), ("delete(", "DELETE")] {
                if handlers.contains(word) {
                    found.insert((method.to_owned(), path.to_owned()));
                }
            }
        }
    }
    // Of a port of its own, which no customer reaches.
    found.remove(&("GET".to_owned(), "/metrics".to_owned()));
    found
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn every_route_says_whose_it_is() {
    let listed: BTreeSet<(String, String)> =
        ROUTES.iter().map(|(method, path, ..)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(declared(), listed);
}

/// Acme's things, as addresses name them.
fn addresses(path: &str, ids: &BTreeMap<&str, String>) -> Vec<String> {
    let names: &[&str] = match path {
        "/invoices/{name}" => &["INV-1", "INV-1.pdf", "INV-1.csv"],
        "/credit-notes/{name}" => &["CN-1001", "CN-1001.pdf"],
        "/autopay/{account}/mandates/{name}" | "/office/autopay/{account}/mandates/{name}" => &["1.pdf"],
        _ => &["INV-1"],
    };
    let mut filled = path.replace("{method}/{deed}", "{method}/name");
    for (name, value) in ids {
        filled = filled.replace(&format!("{{{name}}}"), value);
    }
    if path.starts_with("/office/requests/") {
        filled = path.replace("{id}", "7");
    }
    names.iter().map(|name| filled.replace("{name}", name)).collect()
}

/// Acme with an invoice, a credit note, and something that waits for staff.
async fn acme(world: &World) {
    issue(&world.app.store, vec![Bill::new(1, 1, "2026-09-04"), Bill::new(2, 2, "2026-09-04")]).await;
    let request = RequestRow {
        request_id: 7.into(),
        kind: RequestKind::BillingContact,
        state: RequestState::Waiting,
        company: "Acme Milling".to_owned(),
        name: "Nora New".to_owned(),
        email: "nora@acme.example".to_owned(),
        phone: String::new(),
        words: String::new(),
        asked_by: None,
        network: "198.51.100.0/24".to_owned(),
        made_at: world.app.clock.real(),
        before: None,
        after: None,
        certificate_id: None,
        account_id: None,
        leaver_id: None,
        checked_by: None,
        checked_at: None,
        checked_how: None,
        decided_by: None,
        decided_at: None,
        decided_why: None,
    };
    let written = world.app.store.write(move |tx| {
        let chart = billing::ledger::Ledger::chart();
        let chart = chart.iter().map(quittance::import::resolve::ledger_row);
        tx.insert(&chart.collect::<Vec<_>>())?;
        tx.insert(std::slice::from_ref(&request))
    });
    written.await.unwrap();
    crate::paying::planned(world, "P-1001").await;
    crate::paying::permitted(world).await;
    let (invoice, reason, key) = ("INV-1".to_owned(), "one too many".to_owned(), "key".to_owned());
    let ask = CreditInvoice { invoice, choice: Choice::Amount(100), reason, key };
    credit_invoice(&world.app, ask, &Actor::console(&world.app)).await.unwrap();
}

/// What every table holds that a request could change. That a session is in use is noted in its row, and that the process
/// lives in its own.
async fn held(world: &World) -> Vec<Tally> {
    // What became of the letters with codes is written down beside the requests that asked for them.
    world.app.post.is_settled().await;
    let mut all = tally(&world.app.store).await.unwrap();
    all.retain(|table| !["node", "session"].contains(&table.table));
    all
}

/// Asks as somebody whose it isn't: one of these answers, nothing of Acme's in it, and no changed row.
async fn is_kept_out(world: &World, who: &str, browser: &mut Browser, (method, path, form): (&str, &str, &str)) {
    let before = held(world).await;
    let answer = ask(browser, method, path, form).await;
    let after = held(world).await;
    let changed: Vec<_> =
        before.iter().zip(&after).filter(|(one, other)| one != other).map(|(one, _)| one.table).collect();
    assert_eq!(changed, [""; 0], "{who} changed something by {method} {path}");
    let at_the_door =
        answer.status == 303 && ["/sign-in", "/prove"].iter().any(|door| answer.location().starts_with(door));
    // A session by its number may be another's, ended or absent: they come to the page of their own, and learn nothing.
    let is_led_back = answer.status == 303 && path.starts_with("/sessions/") && answer.location() == "/sessions";
    let is_refused = matches!(answer.status, 403 | 404) || at_the_door || is_led_back;
    assert!(is_refused, "{who} got {} for {method} {path}", answer.status);
    // Who is of the account reads its name beside their own on every page.
    if !matches!(who, "a viewer" | "a payer") {
        is_silent(who, path, &answer);
    }
}

fn is_silent(who: &str, path: &str, answer: &Answer) {
    for secret in ["Acme Milling", "INV-1<", "CN-1001<", "bob@acme.example", "nora@acme.example"] {
        assert!(!answer.has(secret), "{who} read {secret} at {path}");
    }
}

async fn ask(browser: &mut Browser, method: &str, path: &str, form: &str) -> Answer {
    let request = Request::builder().method(method).uri(path);
    let kind =
        if form == CERTIFICATE { "multipart/form-data; boundary=b7" } else { "application/x-www-form-urlencoded" };
    let request = request.header("content-type", kind);
    let form = if method == "GET" { String::new() } else { form.to_owned() };
    browser.send(request.header("content-length", form.len()).body(Body::from(form)).unwrap()).await
}

/// Whether a role has enough for a route of its own account.
fn is_enough(role: &str, whose: Whose) -> bool {
    match whose {
        Viewers => true,
        Payers => role != "viewer",
        _ => false,
    }
}

#[tokio::test]
async fn nobody_gets_what_is_not_theirs() {
    for on in BOTH {
        let world = World::with(on, Wishes::default()).await;
        acme(&world).await;
        let mut former = world.signed_in(ALICE).await;
        let session = session_of(&world, ALICE).await;
        let own = [
            ("account", "C-1"),
            ("person", "2"),
            ("version", "1"),
            ("deed", "end"),
            ("number", "P-1001"),
            ("method", "1"),
        ];
        let mut ids: BTreeMap<&str, String> = own.map(|(name, value)| (name, value.to_owned())).into();
        ids.insert("id", session);
        let mut callers = vec![
            ("nobody", world.browser()),
            ("a stranger", world.signed_in(CAROL).await),
            ("a viewer", world.signed_in(BOB).await),
            ("a payer", former.clone()),
            ("staff by a code", world.staff("wanda", Rights::Admin, Proof::Code).await),
            ("staff who read", world.staff("rita", Rights::Read, Proof::Passkey).await),
        ];
        for (who, browser) in &mut callers {
            for (method, path, whose, form) in ROUTES {
                let is_kept = match (*who, *whose) {
                    (_, Everybodys) | ("staff who read", Readers) => false,
                    ("staff who read" | "staff by a code", OfStaff) => false,
                    ("a viewer", Viewers | Payers | Admins) => !is_enough("viewer", *whose),
                    ("a payer", Viewers | Payers | Admins) => !is_enough("payer", *whose),
                    // Their own session by its number is theirs.
                    ("a payer", OwnById) => false,
                    (_, Own) => *who == "nobody",
                    _ => true,
                };
                for address in addresses(path, &ids).iter().filter(|_| is_kept) {
                    is_kept_out(&world, who, browser, (method, address, form)).await;
                }
            }
        }
        let by = Actor::console(&world.app);
        remove_contact(&world.app, 1.into(), (1.into(), LastAdmin::Goes), &by).await.unwrap();
        for (method, path, _, form) in ROUTES.iter().filter(|(_, _, whose, _)| !matches!(whose, Everybodys)) {
            for address in addresses(path, &ids) {
                is_kept_out(&world, "a former contact", &mut former, (method, &address, form)).await;
            }
        }
        staff_without_an_account_see_no_page_break(&world).await;
        strangers_own_pages_hold_nothing_of_acme(&world).await;
        other_methods_do_nothing(&world, &ids).await;
    }
}

/// What is shown to whoever is signed in holds their own things alone, also where the address names another's.
async fn strangers_own_pages_hold_nothing_of_acme(world: &World) {
    let mut carol = world.signed_in(CAROL).await;
    for (_, path, ..) in ROUTES.iter().filter(|(method, _, whose, _)| *method == "GET" && *whose == Own) {
        for query in ["", "?account=C-1", "?account=C-1&q=INV-1", "?number=INV-1"] {
            let answer = carol.get(&format!("{path}{query}")).await;
            assert!(matches!(answer.status, 200 | 303 | 404 | 422), "{path}{query}: {}", answer.status);
            is_silent("a stranger", path, &answer);
        }
    }
}

/// Staff are nobody's contact: what shows one's own things has nothing to show, and says so.
async fn staff_without_an_account_see_no_page_break(world: &World) {
    let mut staff = world.staff("sten", Rights::Admin, Proof::Passkey).await;
    for (_, path, ..) in ROUTES.iter().filter(|(method, _, whose, _)| *method == "GET" && *whose == Own) {
        let answer = staff.get(path).await;
        assert!(matches!(answer.status, 200 | 303 | 404 | 422), "{path}: {}", answer.status);
        is_silent("staff", path, &answer);
    }
}

async fn other_methods_do_nothing(world: &World, ids: &BTreeMap<&str, String>) {
    let mut browser = world.signed_in(BOB).await;
    let paths: BTreeSet<&str> = ROUTES.iter().map(|(_, path, ..)| *path).collect();
    let before = held(world).await;
    for path in paths {
        for method in ["PUT", "PATCH", "DELETE", "POST"] {
            if ROUTES.iter().any(|(known, at, ..)| *known == method && *at == path) {
                continue;
            }
            let address = addresses(path, ids).remove(0);
            assert_eq!(ask(&mut browser, method, &address, "").await.status, 405, "{method} {address}");
        }
    }
    assert_eq!(before, held(world).await);
}

/// The number of somebody's session, as its page names it.
async fn session_of(world: &World, email: &'static str) -> String {
    let live = quittance::actions::begin_session::live_at(world.app.clock.real());
    let found = world.app.store.read(move |tx| {
        let person = tx.person_by_email(email)?.map(|person| person.person_id);
        tx.sessions(person.unwrap_or(0.into()), live)
    });
    i64::from(found.await.unwrap()[0].session_id).to_string()
}
