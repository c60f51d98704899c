//! What an admin of an account decides about colleagues, what each of them can do, and what ends at once.

use jiff::SignedDuration;
use quittance::actions::deliver_mail::deliver_mail;
use quittance::actions::render_documents::render_documents;
use store::audit::AuditKind;

use crate::browser::{Answer, Browser};
use crate::cast::{ALICE, BOB, CAROL};
use crate::issued::{Bill, issue};
use crate::world::World;

stories!(
    a_colleague_is_added_and_signs_in,
    another_domain_is_warned_of,
    what_cannot_be_added_is_told,
    the_last_admin_stays,
    who_is_removed_is_out_at_once,
    two_admins_at_once_leave_one,
    what_opened_the_portal_goes_with_the_contact,
    deciding_needs_a_fresh_proof,
    others_cannot_decide,
    invoices_that_reach_nobody_are_told,
    an_address_only_receives,
    an_invoice_goes_to_a_colleague,
    who_says_it_was_not_them_is_heard,
);

const DORA: &str = "dora@globex.example";
const PLACE: &str = "/accounts/C-2/contacts";

async fn adds(browser: &mut Browser, email: &str, role: &str, confirmed: &str) -> Answer {
    let form = [("email", email), ("name", "Dora <Dent>"), ("role", role), ("confirmed", confirmed)];
    browser.post(PLACE, &form).await
}

/// The number of somebody's page, as the list links it.
async fn page_of(browser: &mut Browser, name: &str) -> String {
    let list = browser.get(PLACE).await.text();
    let row = list.split("<tr").find(|row| row.contains(name)).unwrap_or_else(|| panic!("{name}: {list}"));
    let link = row.split("href=\"").nth(1).unwrap();
    link.split('"').next().unwrap().to_owned()
}

async fn a_colleague_is_added_and_signs_in(world: World) {
    let mut carol = world.signed_in(CAROL).await;
    let added = adds(&mut carol, "Dora@Globex.example", "viewer", "").await;
    assert_eq!((added.status, added.location()), (303, PLACE));
    let list = carol.get(PLACE).await;
    assert!(list.has("Dora &#60;Dent&#62;") && list.has("Sees"), "{}", list.text());
    assert_eq!(world.told("is a contact now").await, [CAROL, DORA]);
    let letter = world.mailbox.received_by(DORA).into_iter().next().unwrap();
    assert!(
        letter.text.contains("/accounts/C-2/objections") && letter.text.contains("320-555-0150"),
        "{}",
        letter.text
    );
    assert!(!letter.text.contains("token"), "nothing in it signs anybody in");
    let mut dora = world.signed_in(DORA).await;
    assert_eq!(dora.get("/invoices").await.status, 200);
    let list = dora.get(PLACE).await;
    assert!(list.status == 200 && list.has(CAROL) && !list.has("Add a person"), "she sees who is who");
    assert_eq!(dora.get(&format!("{PLACE}/3")).await.status, 403);
    assert!(world.log().await.contains(&AuditKind::ContactAdded));
}

async fn another_domain_is_warned_of(world: World) {
    let mut carol = world.signed_in(CAROL).await;
    let warned = adds(&mut carol, "dora@books.example", "payer", "").await;
    assert!(warned.status == 200 && warned.has("books.example is not the domain of your admins"), "{}", warned.text());
    assert!(!carol.get(PLACE).await.has("dora@books.example"));
    // Another domain than the one that was warned of is warned of anew.
    assert_eq!(adds(&mut carol, "dora@books.example", "payer", "globex.example").await.status, 200);
    assert_eq!(adds(&mut carol, "dora@books.example", "payer", "books.example").await.status, 303);
    assert!(carol.get(PLACE).await.has("dora@books.example"));
    assert_eq!(adds(&mut carol, "dora@gmail.com", "payer", "").await.status, 200);
}

async fn what_cannot_be_added_is_told(world: World) {
    let mut carol = world.signed_in(CAROL).await;
    let known = adds(&mut carol, CAROL, "viewer", "").await;
    assert!(known.status == 422 && known.has("is a contact already"), "{}", known.text());
    assert_eq!(adds(&mut carol, "no address", "viewer", "").await.status, 422);
    assert_eq!(adds(&mut carol, DORA, "boss", "").await.status, 422);
    let nameless = carol.post(PLACE, &[("email", DORA), ("name", "  "), ("role", "viewer")]).await;
    assert!(nameless.status == 422 && nameless.has("Enter the name"), "{}", nameless.text());
    let curious = carol.post(PLACE, &[("email", DORA), ("name", "D"), ("role", "viewer"), ("admin", "yes")]).await;
    assert_eq!(curious.status, 422);
    assert!(!carol.get(PLACE).await.has(DORA));
}

async fn the_last_admin_stays(world: World) {
    let mut carol = world.signed_in(CAROL).await;
    let own = page_of(&mut carol, CAROL).await;
    let gone = carol.post(&format!("{own}/removal"), &[]).await;
    assert!(gone.status == 422 && gone.has("last admin"), "{}", gone.text());
    let viewer = [("role", "viewer"), ("recurring", "no"), ("biweekly", "no")];
    assert_eq!(carol.post(&own, &viewer).await.status, 422);
    adds(&mut carol, DORA, "admin", "").await;
    assert_eq!(carol.post(&own, &viewer).await.status, 303);
    assert_eq!(carol.get(&own).await.status, 403, "she is none any more");
    let mut dora = world.signed_in(DORA).await;
    assert_eq!(dora.post(&format!("{own}/removal"), &[]).await.status, 303);
    assert_eq!(carol.get("/invoices").await.status, 303, "and out");
    assert_eq!(world.told("may now see invoices").await, [CAROL, DORA]);
    assert_eq!(world.told("is no contact any more").await, [CAROL, DORA]);
}

async fn who_is_removed_is_out_at_once(world: World) {
    let mut carol = world.signed_in(CAROL).await;
    adds(&mut carol, DORA, "payer", "").await;
    let mut dora = world.signed_in(DORA).await;
    let mut asking = world.browser();
    asking.asks(DORA).await;
    let code = world.code_for(DORA).await;
    let page = page_of(&mut carol, DORA).await;
    assert_eq!(carol.post(&format!("{page}/removal"), &[]).await.status, 303);
    assert_eq!(dora.get("/invoices").await.status, 303);
    assert_eq!(asking.types(&code).await.status, 422, "a code on its way opens nothing");
    // Added again, nobody is in by the old session or the old code.
    adds(&mut carol, DORA, "payer", "").await;
    assert_eq!(dora.get("/invoices").await.status, 303);
    assert_eq!(asking.types(&code).await.status, 422);
}

async fn two_admins_at_once_leave_one(world: World) {
    let mut carol = world.signed_in(CAROL).await;
    adds(&mut carol, DORA, "admin", "").await;
    let mut dora = world.signed_in(DORA).await;
    let (hers, own) = (page_of(&mut carol, DORA).await, page_of(&mut carol, CAROL).await);
    let (hers, own) = (format!("{hers}/removal"), format!("{own}/removal"));
    let (one, other) = futures_util::future::join(carol.post(&hers, &[]), dora.post(&own, &[])).await;
    let done = [one.status, other.status].iter().filter(|status| **status == 303).count();
    let left = world.app.store.read(|tx| tx.contacts_of(2.into())).await.unwrap();
    assert!(left.len() == 1 && left[0].role == billing::account::Role::Admin, "{left:?}");
    assert!(done >= 1, "{} {}", one.status, other.status);
}

async fn what_opened_the_portal_goes_with_the_contact(world: World) {
    let mut carol = world.signed_in(CAROL).await;
    adds(&mut carol, DORA, "payer", "").await;
    let dora = world.app.store.read(|tx| tx.person_by_email(DORA)).await.unwrap().unwrap().person_id;
    let now = world.app.clock.real();
    let given = world.app.store.write(move |tx| {
        tx.add_passkey(store::passkey::PasskeyRow {
            passkey_id: 1.into(),
            person_id: dora,
            credential_id: vec![1],
            handle: vec![1],
            name: "Phone".to_owned(),
            credential: "{}".to_owned(),
            made_at: now,
            used_at: None,
        })?;
        let (tenant_id, object_id) = ("t".to_owned(), "o".to_owned());
        let link = store::microsoft::MicrosoftIdentityRow {
            tenant_id,
            object_id,
            person_id: dora,
            linked_at: now,
            used_at: now,
        };
        tx.link_microsoft(link)
    });
    given.await.unwrap();
    let page = page_of(&mut carol, DORA).await;
    assert_eq!(carol.post(&format!("{page}/removal"), &[]).await.status, 303);
    let left = world
        .app
        .store
        .read(move |tx| Ok::<_, store::Error>((tx.passkeys(dora)?.len(), tx.microsoft_identities(dora)?.len())));
    assert_eq!(left.await.unwrap(), (0, 0));
}

async fn deciding_needs_a_fresh_proof(world: World) {
    let mut carol =
        world.signed_in(CAROL).await.saying("referer", "https://billing.provider.example/accounts/C-2/contacts");
    world.passes(SignedDuration::from_mins(11));
    let asked = adds(&mut carol, DORA, "viewer", "").await;
    assert_eq!((asked.status, asked.location()), (303, "/prove?next=%2Faccounts%2FC-2%2Fcontacts%23again"));
    assert_eq!(carol.get(PLACE).await.status, 200, "looking needs none");
    assert!(!carol.get(PLACE).await.has(DORA));
    let removal = carol.post("/accounts/C-2/recipients/removal", &[("email", "a@b.example")]).await;
    assert!(removal.location().starts_with("/prove"), "{}", removal.location());
}

async fn others_cannot_decide(world: World) {
    let mut carol = world.signed_in(CAROL).await;
    let (mut alice, mut bob) = (world.signed_in(ALICE).await, world.signed_in(BOB).await);
    let form = [("email", "mallory@acme.example"), ("name", "Mallory"), ("role", "admin")];
    for (browser, status) in [(&mut alice, 403), (&mut bob, 403), (&mut carol, 404)] {
        assert_eq!(browser.post("/accounts/C-1/contacts", &form).await.status, status);
        assert_eq!(browser.post("/accounts/C-1/contacts/2/removal", &[]).await.status, status);
    }
    // A person of another account isn't there, whoever asks.
    assert_eq!(carol.get(&format!("{PLACE}/1")).await.status, 404);
    assert_eq!(carol.post(&format!("{PLACE}/1/removal"), &[]).await.status, 404);
    let contacts = world.app.store.read(|tx| tx.contacts()).await.unwrap();
    assert_eq!(contacts.len(), 4);
}

async fn invoices_that_reach_nobody_are_told(world: World) {
    let mut carol = world.signed_in(CAROL).await;
    assert!(carol.get("/invoices").await.has("Invoices of Globex Dental are mailed to nobody."));
    assert!(carol.get(PLACE).await.has("Invoices are mailed to nobody."));
    let own = page_of(&mut carol, CAROL).await;
    carol.post(&own, &[("role", "admin"), ("recurring", "to"), ("biweekly", "cc")]).await;
    assert!(carol.get(PLACE).await.has("Bi-weekly invoices are mailed to nobody."));
    carol.post(&own, &[("role", "admin"), ("recurring", "to"), ("biweekly", "to")]).await;
    assert!(!carol.get("/invoices").await.has("mailed to nobody"));
    // An address that mail comes back from reaches nobody.
    let now = world.app.clock.real();
    let bounced = world
        .app
        .store
        .write(move |tx| quittance::outbox::address::note_bounce(tx, (CAROL, "5.1.1", "550 No such user"), now));
    bounced.await.unwrap();
    assert!(carol.get("/invoices").await.has("Invoices of Globex Dental are mailed to nobody."));
    assert!(carol.get(PLACE).await.has("Mail comes back"));
    let mut alice = world.signed_in(ALICE).await;
    assert!(!alice.get("/invoices").await.has("mailed to nobody"), "who can't change it isn't told");
}

async fn an_address_only_receives(world: World) {
    let mut carol = world.signed_in(CAROL).await;
    let set = |recurring: &'static str, biweekly: &'static str| {
        [("email", "Invoices@Globex.example"), ("recurring", recurring), ("biweekly", biweekly)]
    };
    assert_eq!(carol.post("/accounts/C-2/recipients", &set("no", "to")).await.status, 303);
    assert_eq!(
        carol
            .post("/accounts/C-2/recipients", &[("email", "no address"), ("recurring", "to"), ("biweekly", "to")])
            .await
            .status,
        422
    );
    let bad = carol
        .post("/accounts/C-2/recipients", &[("email", "no address"), ("recurring", "to"), ("biweekly", "to")])
        .await;
    assert!(bad.has("This is not an e-mail address") && bad.has("value=\"no address\""), "{}", bad.text());
    let contact = [("email", CAROL), ("recurring", "to"), ("biweekly", "to")];
    assert!(carol.post("/accounts/C-2/recipients", &contact).await.has("This person is a contact"));
    assert!(carol.post("/accounts/C-2/recipients", &set("no", "no")).await.has("Choose what this address receives"));
    assert_eq!(world.told("invoices@globex.example gets recurring invoices by no mail").await, [CAROL]);
    let page = carol.get(PLACE).await;
    assert!(
        page.has("invoices@globex.example") && page.has("Recurring invoices are mailed to nobody."),
        "{}",
        page.text()
    );
    assert_eq!(
        carol.post("/accounts/C-2/recipients/removal", &[("email", "invoices@globex.example")]).await.status,
        303
    );
    assert_eq!(
        carol.post("/accounts/C-2/recipients/removal", &[("email", "invoices@globex.example")]).await.status,
        404
    );
    assert!(!carol.get(PLACE).await.has("invoices@globex.example"));
    // It opens nothing: a code never comes.
    let mut browser = world.browser();
    browser.asks("invoices@globex.example").await;
    assert!(world.mailbox.received_by("invoices@globex.example").is_empty());
}

async fn an_invoice_goes_to_a_colleague(world: World) {
    issue(&world.app.store, vec![Bill::new(1, 1, "2026-09-04"), Bill::new(2, 2, "2026-09-04")]).await;
    render_documents(&world.app, |_, _| ()).await.unwrap();
    let mut alice = world.signed_in(ALICE).await;
    let sent = alice.post("/invoices/INV-1/forwards", &[("email", "boss@acme.example")]).await;
    assert_eq!((sent.status, sent.location()), (303, "/invoices/INV-1"));
    deliver_mail(&world.app, |_| ()).await.unwrap();
    let letters = world.mailbox.received_by("boss@acme.example");
    assert!(
        letters.len() == 1 && letters[0].enclosures[0].file_name == "INV-1.pdf",
        "{:?}",
        letters.first().map(|l| &l.subject)
    );
    assert!(alice.get("/invoices/INV-1").await.has("to boss@acme.example, accepted"));
    let nonsense = alice.post("/invoices/INV-1/forwards", &[("email", " boss@acme ")]).await;
    assert!(nonsense.status == 422 && nonsense.has("<title>Error: Invoice INV-1"), "{}", nonsense.text());
    for words in [
        "<details class=\"forward\" open><summary>Send it to a colleague",
        "role=\"alert\"",
        "This is not an e-mail address.",
        "value=\"boss@acme\" autofocus aria-invalid=\"true\" aria-describedby=\"colleague-error colleague-hint\"",
    ] {
        assert!(nonsense.has(words), "{words}: {}", nonsense.text());
    }
    assert!(!alice.get("/invoices/INV-1").await.has("autofocus"));
    assert_eq!(alice.post("/invoices/INV-2/forwards", &[("email", "boss@acme.example")]).await.status, 404);
    let mut bob = world.signed_in(BOB).await;
    assert_eq!(bob.post("/invoices/INV-1/forwards", &[("email", "boss@acme.example")]).await.status, 403);
    for _ in 1..20 {
        assert_eq!(alice.post("/invoices/INV-1/forwards", &[("email", "boss@acme.example")]).await.status, 303);
    }
    assert_eq!(alice.post("/invoices/INV-1/forwards", &[("email", "boss@acme.example")]).await.status, 429);
    let told = world.log().await.into_iter().filter(|kind| *kind == AuditKind::InvoiceForwarded).count();
    assert_eq!(told, 20);
}

async fn who_says_it_was_not_them_is_heard(world: World) {
    let mut carol = world.signed_in(CAROL).await;
    assert_eq!(carol.get("/accounts/C-2/objections").await.status, 200);
    let heard = carol.post("/accounts/C-2/objections", &[("words", "I never added <Dora>")]).await;
    assert!(heard.status == 200 && heard.has("We look at it."), "{}", heard.text());
    assert_eq!(carol.post("/accounts/C-1/objections", &[("words", "x")]).await.status, 404);
    let wordless = carol.post("/accounts/C-2/objections", &[("words", " ")]).await;
    assert!(wordless.status == 422 && wordless.has("Say in a few words"), "{}", wordless.text());
    // Nobody else uses up the count of who is signed in.
    for _ in 0..4 {
        let form = [("company", "x"), ("name", "x"), ("email", "x@x.example"), ("phone", ""), ("words", "")];
        world.browser().post("/billing-contact", &form).await;
    }
    let again = carol.post("/accounts/C-2/objections", &[("words", "And once more")]).await;
    assert_eq!(again.status, 200, "{}", again.text());
    assert_eq!(world.told("Somebody says that it wasn't them: Globex Dental").await, ["dana@provider.example"; 2]);
    let open = world.app.store.read(|tx| tx.open_requests(10)).await.unwrap();
    assert!(
        open.len() == 5 && open[0].words == "I never added <Dora>" && open[0].asked_by == Some(3.into()),
        "{open:?}"
    );
}
