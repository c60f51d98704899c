//! The provider's own pages: how staff come in, what waits for them, and that one alone decides nothing that needs two.

use billing::staff::Rights;
use jiff::SignedDuration;
use quittance::actions::invite_staff::{InviteStaff, invite_staff, renew_staff};
use quittance::audit::Actor;
use store::audit::AuditKind;
use store::session::Proof;

use crate::browser::Browser;
use crate::cast::{ALICE, CAROL, DESK};
use crate::issued::{Bill, issue};
use crate::world::World;

stories!(
    staff_come_in_by_a_link_and_prove_it_with_a_passkey,
    a_code_opens_no_office,
    the_billing_contact_is_handed_over_by_two,
    what_was_found_anew_is_read_anew,
    the_number_on_file_stays_on_file,
    a_lost_passkey_is_renewed,
    staff_are_nobodys_contact,
    requests_tell_nobody_who_is_a_customer,
    an_objection_is_seen_to,
    the_log_is_read_and_filtered,
    the_doctor_says_what_keeps_somebody_out,
    staff_look_as_a_customer_and_change_nothing,
    accounts_are_found_in_the_office,
    a_form_is_as_it_was_after_the_proof,
);

async fn staff_come_in_by_a_link_and_prove_it_with_a_passkey(world: World) {
    let by = Actor::console(&world.app);
    let invite = |email: &str| InviteStaff {
        email: connect::mail::Address::new("", email).unwrap(),
        name: "Dana Desk".to_owned(),
        rights: Rights::Admin,
    };
    assert!(invite_staff(&world.app, invite(ALICE), &by).await.is_err(), "she is a customer's contact");
    let lost = invite_staff(&world.app, invite(DESK), &by).await.unwrap();
    let link = invite_staff(&world.app, invite(DESK), &by).await.unwrap();
    let mut dana = world.browser();
    let path = |link: &quittance::random::Token| format!("/office/join/{}", link.reveal());
    assert_eq!(dana.get(&path(&lost)).await.status, 404, "a newer link takes its place");
    let page = dana.get(&path(&link)).await;
    assert!(page.status == 200 && page.has("Welcome, Dana Desk"), "{}", page.text());
    assert!(dana.cookies.is_empty(), "opening it changes nothing");
    let joined = dana.post(&path(&link), &[]).await;
    assert_eq!((joined.status, joined.location()), (303, "/passkeys/new"));
    assert_eq!(dana.get("/passkeys/new").await.status, 200);
    let office = dana.get("/office").await;
    assert_eq!((office.status, office.location()), (303, "/prove?next=%2Foffice"), "the link alone opens no office");
    assert_eq!(dana.get("/invoices").await.location(), "/office");
    assert_eq!(world.browser().post(&path(&link), &[]).await.status, 404, "it works once");
    let late = invite_staff(&world.app, invite("late@provider.example"), &by).await.unwrap();
    world.passes(SignedDuration::from_hours(49));
    assert_eq!(world.browser().get(&path(&late)).await.status, 404);
    assert!(world.log().await.contains(&AuditKind::StaffJoined));
}

async fn a_code_opens_no_office(world: World) {
    let mut carol = world.signed_in(CAROL).await;
    for path in ["/office", "/office/requests", "/office/requests/1", "/office/audit"] {
        assert_eq!(world.browser().get(path).await.status, 303, "{path}");
        let (here, nowhere) = (carol.get(path).await, carol.get("/offices").await);
        assert_eq!((here.status, here.plain()), (404, nowhere.plain()), "{path}: to a customer it isn't there");
    }
    let mut weak = world.staff("wanda", Rights::Admin, Proof::Code).await;
    assert_eq!(weak.get("/office").await.location(), "/prove?next=%2Foffice");
    let mut microsoft = world.staff("mike", Rights::Admin, Proof::Microsoft).await;
    assert_eq!(microsoft.get("/office").await.location(), "/prove?next=%2Foffice");
    let mut dana = world.staff("dana", Rights::Read, Proof::Passkey).await;
    assert!(dana.get("/office").await.has("Globex Dental"), "whose invoices reach nobody");
    world.passes(SignedDuration::from_mins(11));
    assert_eq!(dana.get("/office").await.status, 200);
    let decided = dana.post("/office/requests/1/decision", &[("verdict", "approve")]).await;
    assert_eq!(decided.location(), "/prove?next=%2Foffice", "deciding needs a fresh proof");
}

/// Asks for another billing contact, and gives the request's page.
async fn asked(world: &World, office: &mut Browser) -> String {
    let form = [
        ("company", "Globex <Dental>"),
        ("name", "Dora Dent"),
        ("email", "dora@globex.example"),
        ("phone", "555-0199"),
        ("words", "Carol has left us."),
    ];
    let sent = world.browser().post("/billing-contact", &form).await;
    assert!(sent.status == 200 && sent.has("We have your request."), "{}", sent.text());
    let list = office.get("/office/requests").await.text();
    assert!(list.contains("Globex &#60;Dental&#62;"), "{list}");
    let link = list.split("href=\"/office/requests/").nth(1).unwrap();
    format!("/office/requests/{}", link.split('"').next().unwrap())
}

async fn the_billing_contact_is_handed_over_by_two(world: World) {
    let mut carol = world.signed_in(CAROL).await;
    let mut dana = world.staff("dana", Rights::Billing, Proof::Passkey).await;
    let mut eve = world.staff("eve", Rights::Billing, Proof::MicrosoftMfa).await;
    let mut rita = world.staff("rita", Rights::Read, Proof::Passkey).await;
    let page = asked(&world, &mut dana).await;
    let decision = format!("{page}/decision");
    let approve = [("verdict", "approve")];
    let early = dana.post(&decision, &approve).await;
    assert!(early.status == 422 && early.has("call the number on file first"), "{}", early.text());
    let shown = dana.get(&format!("{page}?account=C-2")).await;
    assert!(shown.has(CAROL) && shown.has("before and after"), "{}", shown.text());
    let called = [("account", "C-2"), ("leaver", CAROL), ("how", "Called 320-555-0111, spoke with the owner")];
    assert_eq!(rita.post(&page, &called).await.status, 403);
    assert_eq!(dana.post(&page, &[("account", "C-2"), ("leaver", ALICE), ("how", "x")]).await.status, 422);
    assert_eq!(dana.post(&page, &[("account", "C-2"), ("leaver", CAROL), ("how", " ")]).await.status, 422);
    assert_eq!(dana.post(&page, &called).await.status, 303);
    let unseen = eve.post(&decision, &approve).await;
    assert!(unseen.status == 422 && unseen.has("Read it again"), "{}", unseen.text());
    let seen = eve.get(&page).await.text();
    let seen = seen.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let approve = [("verdict", "approve"), ("seen", seen)];
    let alone = dana.post(&decision, &approve).await;
    assert!(alone.status == 422 && alone.has("You checked it yourself"), "{}", alone.text());
    assert_eq!(rita.post(&decision, &approve).await.status, 403);
    assert_eq!(carol.get("/invoices").await.status, 200, "nothing has changed yet");
    assert_eq!(eve.post(&decision, &approve).await.status, 303);
    assert_eq!(carol.get("/invoices").await.status, 303, "the old one is out at once");
    assert_eq!(eve.post(&decision, &approve).await.status, 422, "decided once");
    let mut dora = world.signed_in("dora@globex.example").await;
    assert_eq!(dora.get("/accounts/C-2/audit").await.status, 200, "the new one is an admin");
    assert_eq!(world.told("is the billing contact now").await, [CAROL, "dora@globex.example"]);
    let kinds = world.log().await;
    for kind in [
        AuditKind::RequestMade,
        AuditKind::RequestChecked,
        AuditKind::ContactAdded,
        AuditKind::ContactRemoved,
        AuditKind::RequestApproved,
    ] {
        assert_eq!(kinds.iter().filter(|known| **known == kind).count(), 1, "{kind:?}");
    }
    assert!(dora.get("/accounts/C-2/audit").await.has("Called 320-555-0111"));
}

async fn what_was_found_anew_is_read_anew(world: World) {
    let mut dana = world.staff("dana", Rights::Billing, Proof::Passkey).await;
    let mut eve = world.staff("eve", Rights::Billing, Proof::Passkey).await;
    let mut finn = world.staff("finn", Rights::Billing, Proof::Passkey).await;
    let page = asked(&world, &mut dana).await;
    assert_eq!(dana.post(&page, &[("account", "C-2"), ("leaver", ""), ("how", "Called 1")]).await.status, 303);
    let seen = eve.get(&page).await.text();
    let seen = seen.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    world.passes(SignedDuration::from_secs(1));
    assert_eq!(finn.post(&page, &[("account", "C-1"), ("leaver", ALICE), ("how", "Called 2")]).await.status, 303);
    let decided = eve.post(&format!("{page}/decision"), &[("verdict", "approve"), ("seen", seen)]).await;
    assert!(decided.status == 422 && decided.has("Read it again"), "{}", decided.text());
    assert_eq!(world.app.store.read(|tx| tx.contacts()).await.unwrap().len(), 4);
    // The database itself refuses an approval by one alone.
    let row = world.app.store.read(|tx| tx.open_requests(1)).await.unwrap().remove(0);
    let alone =
        store::request::RequestRow { state: store::request::RequestState::Approved, decided_by: row.checked_by, ..row };
    let unchecked = store::request::RequestRow { checked_by: None, ..alone.clone() };
    for broken in [alone, unchecked] {
        let written = world.app.store.write(move |tx| tx.replace(std::slice::from_ref(&broken)));
        assert!(written.await.is_err());
    }
}

async fn the_number_on_file_stays_on_file(world: World) {
    let phoned = world.app.store.write(|tx| {
        let known = tx.contacts_of(2.into())?.remove(0);
        tx.replace(&[store::account::ContactRow { phone: Some("320-555-0111".to_owned()), ..known }])
    });
    phoned.await.unwrap();
    let mut dana = world.staff("dana", Rights::Billing, Proof::Passkey).await;
    let mut eve = world.staff("eve", Rights::Billing, Proof::Passkey).await;
    let form = [("company", "Globex"), ("name", "Mallory"), ("email", CAROL), ("phone", "900-555-0666"), ("words", "")];
    world.browser().post("/billing-contact", &form).await;
    let list = dana.get("/office/requests").await.text();
    let id = list.split("href=\"/office/requests/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = format!("/office/requests/{id}");
    dana.post(&page, &[("account", "C-2"), ("leaver", ""), ("how", "Called")]).await;
    let seen = eve.get(&page).await.text();
    let seen = seen.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(eve.post(&format!("{page}/decision"), &[("verdict", "approve"), ("seen", seen)]).await.status, 303);
    let carol = world.app.store.read(|tx| tx.contacts_of(2.into())).await.unwrap().remove(0);
    assert_eq!((carol.phone.as_deref(), carol.name.as_str()), (Some("320-555-0111"), "Carol Clay"));
}

async fn a_lost_passkey_is_renewed(world: World) {
    let by = Actor::console(&world.app);
    let mut dana = world.staff("dana", Rights::Admin, Proof::Passkey).await;
    assert_eq!(dana.get("/office").await.status, 200);
    let passkey = store::passkey::PasskeyRow {
        passkey_id: 1.into(),
        person_id: world
            .app
            .store
            .read(|tx| tx.staff_by_email("dana@provider.example"))
            .await
            .unwrap()
            .unwrap()
            .person_id,
        credential_id: vec![1],
        handle: vec![1],
        name: "Lost".to_owned(),
        credential: "{}".to_owned(),
        made_at: by.at,
        used_at: None,
    };
    world.app.store.write(move |tx| tx.add_passkey(passkey.clone())).await.unwrap();
    let link = renew_staff(&world.app, "Dana@provider.example", &by).await.unwrap();
    assert_eq!(dana.get("/office").await.status, 303, "what she came in by is over");
    let mut anew = world.browser();
    assert_eq!(anew.post(&format!("/office/join/{}", link.reveal()), &[]).await.location(), "/passkeys/new");
    let page = anew.get("/prove?next=/office").await;
    assert!(page.has("make one") && !page.has("E-mail me a code"), "{}", page.text());
    let left = world.app.store.read(|tx| tx.passkey_by_credential(&[1])).await.unwrap();
    assert!(left.is_none(), "the lost one opens nothing");
    assert!(renew_staff(&world.app, ALICE, &by).await.is_err());
    // A link that was not used yet may say other rights, but not leave the house without an admin.
    let demoted = InviteStaff {
        email: connect::mail::Address::new("", "dana@provider.example").unwrap(),
        name: "Dana".to_owned(),
        rights: Rights::Read,
    };
    assert!(invite_staff(&world.app, demoted, &by).await.is_err());
    assert_eq!(world.told("gets a new link").await, ["dana@provider.example"]);
}

async fn staff_are_nobodys_contact(world: World) {
    world.staff("dana", Rights::Admin, Proof::Passkey).await;
    let mut carol = world.signed_in(CAROL).await;
    let form = [("email", DESK), ("name", "Dana"), ("role", "viewer"), ("confirmed", "provider.example")];
    let refused = carol.post("/accounts/C-2/contacts", &form).await;
    assert!(refused.status == 422 && refused.has("of our own staff"), "{}", refused.text());
    world.browser().asks(DESK).await;
    assert!(world.mailbox.received_by(DESK).is_empty(), "no code ever comes to staff");
}

async fn requests_tell_nobody_who_is_a_customer(world: World) {
    let form = |company: &'static str| {
        [("company", company), ("name", "N"), ("email", "n@n.example"), ("phone", ""), ("words", "")]
    };
    let mut browser = world.browser();
    let known = browser.post("/billing-contact", &form("Globex Dental")).await;
    let unknown = browser.post("/billing-contact", &form("Nobody at all")).await;
    assert_eq!((known.status, known.plain()), (unknown.status, unknown.plain()));
    let incomplete = browser.post("/billing-contact", &form("")).await;
    assert!(incomplete.status == 422 && incomplete.has("Enter your company"), "{}", incomplete.text());
    assert_eq!(browser.post("/billing-contact", &form("C")).await.status, 200);
    let fourth = browser.post("/billing-contact", &form("D")).await;
    assert!(fourth.status == 429 && fourth.has("320-555-0150"), "{}", fourth.text());
    let mut elsewhere = world.browser().from("203.0.113.80:1");
    assert_eq!(elsewhere.post("/billing-contact", &form("D")).await.status, 200);
    world.passes(SignedDuration::from_hours(25));
    assert_eq!(browser.post("/billing-contact", &form("D")).await.status, 200);
}

async fn an_objection_is_seen_to(world: World) {
    let mut carol = world.signed_in(CAROL).await;
    carol.post("/accounts/C-2/objections", &[("words", "Not me")]).await;
    let mut dana = world.staff("dana", Rights::Billing, Proof::Passkey).await;
    let list = dana.get("/office").await.text();
    let link = list.split("href=\"/office/requests/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = format!("/office/requests/{link}");
    assert!(dana.get(&page).await.has("Not me"));
    assert_eq!(dana.post(&format!("{page}/decision"), &[("verdict", "perhaps")]).await.status, 422);
    assert_eq!(dana.post(&format!("{page}/decision"), &[("verdict", "approve")]).await.status, 303);
    assert!(dana.get("/office/requests").await.has("Nothing waits"));
    assert_eq!(dana.get("/office/requests/77").await.status, 404);
    assert_eq!(dana.get("/office/requests/abc").await.status, 404);
}

async fn the_log_is_read_and_filtered(world: World) {
    world.signed_in(ALICE).await;
    world.signed_in(CAROL).await;
    let mut dana = world.staff("dana", Rights::Read, Proof::Passkey).await;
    let all = dana.get("/office/audit").await;
    assert!(all.has(ALICE) && all.has(CAROL), "{}", all.text());
    let hers = dana.get(&format!("/office/audit?person={ALICE}")).await;
    assert!(hers.has("signed in") && !hers.has(CAROL), "{}", hers.text());
    assert!(dana.get("/office/audit?account=C-9").await.has("No match"));
    assert!(dana.get("/office/audit?kind=contact_removed").await.has("No match"));
    assert!(dana.get("/office/audit?kind=session_begun").await.has(CAROL));
}

async fn the_doctor_says_what_keeps_somebody_out(world: World) {
    world.signed_in(ALICE).await;
    let mut stuck = world.browser();
    stuck.asks(CAROL).await;
    world.code_for(CAROL).await;
    for _ in 0..5 {
        stuck.types("000000").await;
    }
    world.browser().asks("nobody@elsewhere.example").await;
    world.app.post.is_settled().await;
    let mut dana = world.staff("dana", Rights::Read, Proof::Passkey).await;
    let alice = dana.get(&format!("/office/doctor?address={}", ALICE.to_uppercase())).await;
    for words in
        ["Contact of C-1: Alice Archer, payer.", "Signed in now in 1 browser; has no passkey.", "used; letter accepted"]
    {
        assert!(alice.has(words), "{words}: {}", alice.text());
    }
    let carol = dana.get(&format!("/office/doctor?address={CAROL}")).await;
    assert!(carol.has("used up by five wrong tries") && carol.has("ten letters and digits now"), "{}", carol.text());
    let trace = carol.text().split(", trace ").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(dana.get(&format!("/office/doctor?address={}", trace.to_lowercase())).await.has(CAROL));
    let unknown = dana.get("/office/doctor?address=nobody@elsewhere.example").await;
    assert!(unknown.has("Nobody has this address") && unknown.has("no letter was sent"), "{}", unknown.text());
    assert!(dana.get("/office/doctor?address=ZZZ-ZZZ").await.has("No code of the last two days"));
}

async fn staff_look_as_a_customer_and_change_nothing(world: World) {
    issue(&world.app.store, vec![Bill::new(1, 1, "2026-09-04"), Bill::new(2, 2, "2026-09-04")]).await;
    let mut dana = world.staff("dana", Rights::Read, Proof::Passkey).await;
    assert_eq!(dana.get("/invoices/INV-2").await.status, 404, "not before");
    let nobody = dana.post("/office/viewing", &[("account", "C-9")]).await;
    assert!(nobody.status == 422 && nobody.has("There is no account C-9."), "{}", nobody.text());
    let begun = dana.post("/office/viewing", &[("account", "C-2")]).await;
    assert_eq!((begun.status, begun.location()), (303, "/invoices"));
    let page = dana.get("/invoices/INV-2").await;
    assert!(page.status == 200 && page.has("You see what Globex Dental sees."), "{}", page.text());
    assert_eq!(dana.get("/invoices/INV-1").await.status, 404, "one account at a time");
    assert_eq!(dana.get("/accounts/C-2/audit").await.status, 403);
    for path in
        ["/invoices/INV-2/mails", "/invoices/INV-2/forwards", "/accounts/C-2/objections", "/sessions/end-others"]
    {
        assert_eq!(dana.post(path, &[]).await.status, 403, "{path}");
    }
    let mut carol = world.signed_in(CAROL).await;
    let log = carol.get("/accounts/C-2/audit").await;
    assert!(log.has("staff looked as the customer") && log.has("dana@provider.example"), "{}", log.text());
    assert_eq!(carol.post("/office/viewing/end", &[]).await.status, 404);
    world.passes(SignedDuration::from_mins(15));
    assert_eq!(dana.post("/office/viewing/end", &[]).await.location(), "/office", "stopping needs no fresh proof");
    assert_eq!(dana.get("/invoices/INV-2").await.status, 404);
    assert!(dana.post("/office/viewing", &[("account", "C-2")]).await.location().starts_with("/prove"));
    let mut dana = world.staff("dan", Rights::Read, Proof::Passkey).await;
    dana.post("/office/viewing", &[("account", "C-2")]).await;
    assert_eq!(dana.get("/invoices/INV-2").await.status, 200);
    world.passes(SignedDuration::from_mins(61));
    assert_eq!(dana.get("/invoices/INV-2").await.status, 404, "an hour, no longer");
}

async fn accounts_are_found_in_the_office(world: World) {
    issue(&world.app.store, vec![Bill::new(2, 2, "2026-09-04")]).await;
    let mut rita = world.staff("rita", Rights::Read, Proof::Passkey).await;
    let all = rita.get("/office/accounts").await;
    assert!(
        all.has("C-1") && all.has("C-2") && all.has("a customer no more") && all.has("$18.00 open"),
        "{}",
        all.text()
    );
    for (sought, found) in [("globex", "C-2"), ("c-2", "C-2"), ("carol@", "C-2"), ("INITECH.example", "C-3")] {
        let page = rita.get(&format!("/office/accounts?q={sought}")).await;
        let codes: Vec<&str> =
            ["C-1", "C-2", "C-3"].into_iter().filter(|code| page.has(&format!("<b>{code}</b>"))).collect();
        assert_eq!(codes, [found], "{sought}");
    }
    assert!(rita.get("/office/accounts?q=%00zz%25").await.has("Nothing is called that"));
    let none = rita.get("/office/accounts?after=C-3").await;
    assert_eq!(none.status, 200);
    // What the list leads to knows the account.
    let mut dana = world.staff("dana", Rights::Billing, Proof::Passkey).await;
    assert!(dana.get("/office/payments?account=C-2").await.has("value=\"C-2\""));
    assert_eq!(dana.get("/office/autopay/new?account=C-2").await.status, 200);
    assert_eq!(rita.post("/office/viewing", &[("account", "C-2")]).await.location(), "/invoices");
}

async fn a_form_is_as_it_was_after_the_proof(world: World) {
    let mut carol = world.signed_in(CAROL).await;
    world.passes(SignedDuration::from_mins(11));
    carol.get("/accounts/C-2/profile").await;
    let mut from = carol.saying("referer", "https://billing.provider.example/accounts/C-2/profile");
    let sent = from.post("/accounts/C-2/po-numbers", &[("agreement", ""), ("po_number", "1")]).await;
    assert_eq!(sent.location(), "/prove?next=%2Faccounts%2FC-2%2Fprofile%23again", "where the browser fills it in");
}
