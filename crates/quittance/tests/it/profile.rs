//! An account's own data: what its admins set, what they ask for, and what staff make of it.

use axum::body::Body;
use axum::http::Request;
use billing::staff::Rights;
use jiff::SignedDuration;
use store::account::AccountRow;
use store::audit::AuditKind;
use store::certificate::{ProviderPaperRow, W9};
use store::session::Proof;

use crate::browser::{Answer, Browser};
use crate::cast::{ALICE, CAROL};
use crate::issued::{Bill, issue};
use crate::world::World;

stories!(
    a_po_number_is_the_customers_own,
    another_address_waits_for_staff,
    what_is_turned_down_changes_nothing,
    a_certificate_is_handed_in_and_accepted,
    what_is_no_certificate_is_told,
    all_of_it_needs_an_admin_and_a_fresh_proof,
    the_w9_is_for_who_is_signed_in,
    an_account_has_formats_of_its_own,
);

const PLACE: &str = "/accounts/C-2/profile";
const CAROLS: [(&str, &str); 7] = [
    ("name", "Globex Dental"),
    ("address_1", "9 <Harbor> Street"),
    ("address_2", "Suite 4"),
    ("city", "Willmar"),
    ("region", "MN"),
    ("postal_code", "56201"),
    ("country", "us"),
];

async fn globex(world: &World) -> AccountRow {
    world.app.store.read(|tx| tx.account_by_code("C-2")).await.unwrap().unwrap()
}

async fn a_po_number_is_the_customers_own(world: World) {
    let mut carol = world.signed_in(CAROL).await;
    let sets = async |browser: &mut Browser, agreement: &str, number: &str| -> Answer {
        browser.post("/accounts/C-2/po-numbers", &[("agreement", agreement), ("po_number", number)]).await
    };
    let before = world.app.store.read(|tx| tx.data_state()).await.unwrap();
    assert_eq!(sets(&mut carol, "", " PO-<8812> ").await.location(), PLACE);
    assert!(carol.get(PLACE).await.has("value=\"PO-&#60;8812&#62;\""));
    assert_eq!(globex(&world).await.po_number.as_deref(), Some("PO-<8812>"));
    assert_ne!(
        before,
        world.app.store.read(|tx| tx.data_state()).await.unwrap(),
        "a draft made before is planned anew"
    );
    assert_eq!(world.told("PO number of your invoices is PO PO-<8812>").await, [CAROL]);
    let long = sets(&mut carol, "", &"9".repeat(61)).await;
    assert!(long.status == 422 && long.has("room for 60 characters"), "{}", long.text());
    assert_eq!(sets(&mut carol, "AG-NONE", "1").await.status, 404);
    assert_eq!(sets(&mut carol, "", "").await.status, 303);
    assert_eq!(globex(&world).await.po_number, None);
    let told = world.log().await.into_iter().filter(|kind| *kind == AuditKind::AccountChanged).count();
    assert_eq!(told, 2);
}

/// The page of the one request that waits, and what its form has seen.
async fn waits(office: &mut Browser) -> String {
    let list = office.get("/office/requests").await.text();
    let link = list.split("href=\"/office/requests/").nth(1).unwrap_or_else(|| panic!("{list}"));
    format!("/office/requests/{}", link.split('"').next().unwrap())
}

async fn another_address_waits_for_staff(world: World) {
    issue(&world.app.store, vec![Bill::new(2, 2, "2026-09-04")]).await;
    let mut carol = world.signed_in(CAROL).await;
    let asked = carol.post(PLACE, &CAROLS).await;
    assert_eq!((asked.status, asked.location()), (303, PLACE), "{}", asked.text());
    let page = carol.get(PLACE).await;
    assert!(page.has("waits for us") && page.has("9 &#60;Harbor&#62; Street") && page.has("1 Main Street"));
    let again = carol.post(PLACE, &CAROLS).await;
    assert!(again.status == 422 && again.has("still waits"), "{}", again.text());
    assert_eq!(globex(&world).await.address_1, "1 Main Street", "nothing has changed yet");
    let mut dana = world.staff("dana", Rights::Billing, Proof::Passkey).await;
    let request = waits(&mut dana).await;
    let shown = dana.get(&request).await;
    assert!(shown.has("before: 1 Main Street") && shown.has("9 &#60;Harbor&#62; Street"), "{}", shown.text());
    let decision = format!("{request}/decision");
    let wrong = dana.post(&decision, &[("verdict", "approve"), ("tax_region", "ZZ")]).await;
    assert!(wrong.status == 422 && wrong.has("No tax rate is known"), "{}", wrong.text());
    let mut rita = world.staff("rita", Rights::Read, Proof::Passkey).await;
    assert_eq!(rita.post(&decision, &[("verdict", "approve")]).await.status, 403);
    assert_eq!(dana.post(&decision, &[("verdict", "approve"), ("tax_region", "MN")]).await.status, 303);
    let account = globex(&world).await;
    assert_eq!((account.address_1.as_str(), account.address_2.as_deref()), ("9 <Harbor> Street", Some("Suite 4")));
    assert_eq!((account.country.as_str(), account.tax_region.as_str()), ("US", "MN"));
    let frozen = world.app.store.read(|tx| tx.whole_invoice(2.into(), 2.into())).await.unwrap().unwrap().invoice;
    assert_ne!(frozen.bill_to_address_1, account.address_1, "an issued invoice keeps its own");
    assert_eq!(world.told("are made out to").await, [CAROL]);
    let log = carol.get("/accounts/C-2/audit").await;
    assert!(log.has("address 1: 1 Main Street, now 9 &#60;Harbor&#62; Street"), "{}", log.text());
    let same = carol.post(PLACE, &CAROLS).await;
    assert!(same.status == 422 && same.has("what we have already"), "{}", same.text());
}

async fn what_is_turned_down_changes_nothing(world: World) {
    let mut carol = world.signed_in(CAROL).await;
    for (field, value, words) in [
        ("name", " ", "Enter the name"),
        ("country", "USA", "two letters"),
        ("city", &"x".repeat(121), "room for 120 characters"),
    ] {
        let form = CAROLS.map(|(name, known)| (name, if name == field { value } else { known }));
        let refused = carol.post(PLACE, &form).await;
        assert!(refused.status == 422 && refused.has(words) && refused.has("Suite 4"), "{}", refused.text());
    }
    carol.post(PLACE, &CAROLS).await;
    let mut dana = world.staff("dana", Rights::Billing, Proof::Passkey).await;
    let request = waits(&mut dana).await;
    let form = [("verdict", "refuse"), ("why", "Send us the deed first")];
    assert_eq!(dana.post(&format!("{request}/decision"), &form).await.status, 303);
    assert_eq!(globex(&world).await.address_1, "1 Main Street");
    assert_eq!(world.told("was not taken over: Send us the deed first").await, [CAROL]);
    assert!(!carol.get(PLACE).await.has("waits for us"));
    // Asked of what was changed meanwhile, it is not taken over.
    carol.post(PLACE, &CAROLS).await;
    let moved = world.app.store.write(|tx| {
        let account = tx.account_by_code("C-2")?.unwrap();
        tx.replace(&[AccountRow { city: "Spicer".to_owned(), ..account }])
    });
    moved.await.unwrap();
    let request = waits(&mut dana).await;
    let stale = dana.post(&format!("{request}/decision"), &[("verdict", "approve")]).await;
    assert!(stale.status == 422 && stale.has("has been changed since"), "{}", stale.text());
    assert_eq!(globex(&world).await.city, "Spicer");
}

/// Hands in a file as a browser does.
async fn hands_in(browser: &mut Browser, (name, bytes): (&str, &[u8]), fields: &[(&str, &str)]) -> Answer {
    let mut body = Vec::new();
    for (field, value) in fields {
        let part = format!("--b7\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!("--b7\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--b7--\r\n");
    let request = Request::post("/accounts/C-2/certificates")
        .header("content-type", "multipart/form-data; boundary=b7")
        .header("content-length", body.len());
    browser.send(request.body(Body::from(body)).unwrap()).await
}

const PDF: &[u8] = b"%PDF-1.7\r\n--b\r\nnot the end";
const FIELDS: [(&str, &str); 2] = [("number", "ST3-1188"), ("expires_on", "2099-12-31")];

async fn a_certificate_is_handed_in_and_accepted(world: World) {
    let mut carol = world.signed_in(CAROL).await;
    let handed = hands_in(&mut carol, ("C:\\forms\\st3 \u{201c}x.exe", PDF), &FIELDS).await;
    assert_eq!((handed.status, handed.location()), (303, PLACE), "{}", handed.text());
    let page = carol.get(PLACE).await.text();
    assert!(page.contains("Your exemption certificate waits for us") && page.contains("holds until"), "{page}");
    let link = page.split("href=\"/accounts/C-2/certificates/").nth(1).unwrap().split('"').next().unwrap();
    let path = format!("/accounts/C-2/certificates/{link}");
    let file = carol.get(&path).await;
    assert_eq!((file.status, file.header("content-type"), &file.body[..]), (200, "application/pdf", PDF));
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"st3 _x.pdf\"");
    let mut alice = world.signed_in(ALICE).await;
    assert_eq!(alice.get(&path).await.status, 404);
    assert_eq!(alice.get(&path.replace("C-2", "C-1")).await.status, 404, "nor as one of her own account");
    assert!(!globex(&world).await.tax_exempt);
    let mut dana = world.staff("dana", Rights::Billing, Proof::Passkey).await;
    let request = waits(&mut dana).await;
    assert_eq!(&dana.get(&format!("{request}/certificate")).await.body[..], PDF);
    assert_eq!(dana.post(&format!("{request}/decision"), &[("verdict", "approve")]).await.status, 303);
    let account = globex(&world).await;
    assert!(account.tax_exempt && account.exemption_certificate.as_deref() == Some("ST3-1188"));
    assert_eq!(account.exempt_until.unwrap().to_string(), "2100-01-01", "the day after the last one");
    let page = carol.get(PLACE).await;
    assert!(page.has("exempt from sales tax until Dec 31, 2099, by certificate ST3-1188"), "{}", page.text());
    assert_eq!(world.told("is exempt from sales tax").await, [CAROL]);
}

async fn what_is_no_certificate_is_told(world: World) {
    let mut carol = world.signed_in(CAROL).await;
    let page = ("x.pdf", b"<html>%PDF-".as_slice());
    let refused = hands_in(&mut carol, page, &FIELDS).await;
    assert!(refused.status == 422 && refused.has("Choose a PDF"), "{}", refused.text());
    assert_eq!(hands_in(&mut carol, ("", b""), &FIELDS).await.status, 422);
    let over = [("number", ""), ("expires_on", "2020-01-31")];
    let refused = hands_in(&mut carol, ("x.pdf", PDF), &over).await;
    assert!(refused.status == 422 && refused.has("can’t be over already"), "{}", refused.text());
    assert_eq!(hands_in(&mut carol, ("x.pdf", PDF), &[("number", ""), ("expires_on", "soon")]).await.status, 422);
    let curious = [("number", ""), ("expires_on", "2099-12-31"), ("tax_exempt", "1")];
    assert_eq!(hands_in(&mut carol, ("x.pdf", PDF), &curious).await.status, 422);
    let mut large = PDF.to_vec();
    large.resize(10 * 1024 * 1024 + 1, b' ');
    assert_eq!(hands_in(&mut carol, ("x.pdf", &large), &FIELDS).await.status, 422);
    large.resize(11 * 1024 * 1024, b' ');
    assert_eq!(hands_in(&mut carol, ("x.pdf", &large), &FIELDS).await.status, 413);
    assert_eq!(carol.post("/accounts/C-2/certificates", &FIELDS).await.status, 422, "a form without a file");
    assert!(world.app.store.read(|tx| tx.certificates(2.into())).await.unwrap().is_empty());
    // As large as it may be.
    large.truncate(10 * 1024 * 1024);
    assert_eq!(hands_in(&mut carol, ("x.png.pdf", &large), &FIELDS).await.status, 303);
}

async fn all_of_it_needs_an_admin_and_a_fresh_proof(world: World) {
    let mut alice = world.signed_in(ALICE).await;
    let page = alice.get("/accounts/C-1/profile").await;
    assert!(page.status == 200 && page.has("1 Main Street") && !page.has("<form method=\"post\" action=\"/accounts/"));
    let po = [("agreement", ""), ("po_number", "1")];
    assert_eq!(alice.post("/accounts/C-1/po-numbers", &po).await.status, 403);
    assert_eq!(alice.post("/accounts/C-1/profile", &CAROLS).await.status, 403);
    assert_eq!(alice.get(PLACE).await.status, 404);
    assert_eq!(alice.post(PLACE, &CAROLS).await.status, 404);
    let mut carol = world.signed_in(CAROL).await;
    world.passes(SignedDuration::from_mins(11));
    assert_eq!(carol.get(PLACE).await.status, 200, "looking needs none");
    for answer in [
        carol.post(PLACE, &CAROLS).await,
        carol.post("/accounts/C-2/po-numbers", &po).await,
        hands_in(&mut carol, ("x.pdf", PDF), &FIELDS).await,
    ] {
        assert!(answer.status == 303 && answer.location().starts_with("/prove"), "{}", answer.location());
    }
    assert!(world.app.store.read(|tx| tx.open_requests(10)).await.unwrap().is_empty());
}

async fn the_w9_is_for_who_is_signed_in(world: World) {
    let mut carol = world.signed_in(CAROL).await;
    assert_eq!(carol.get("/w9.pdf").await.status, 404);
    assert!(!carol.get("/help").await.has("/w9.pdf") && carol.get(PLACE).await.has("W-9 is not here yet"));
    let row = ProviderPaperRow { name: W9.to_owned(), bytes: PDF.to_vec(), changed_at: world.app.clock.now() };
    world.app.store.write(move |tx| tx.set_provider_paper(&row)).await.unwrap();
    assert_eq!(&carol.get("/w9.pdf").await.body[..], PDF);
    assert!(carol.get("/help").await.has("/w9.pdf") && carol.get(PLACE).await.has("/w9.pdf"));
    let outside = world.browser().get("/w9.pdf").await;
    assert_eq!((outside.status, outside.location()), (303, "/sign-in?next=%2Fw9.pdf"));
}

async fn an_account_has_formats_of_its_own(world: World) {
    issue(&world.app.store, vec![Bill::new(2, 2, "2026-09-04"), Bill::new(1, 1, "2026-09-04")]).await;
    let (mut carol, mut alice) = (world.signed_in(CAROL).await, world.signed_in(ALICE).await);
    assert!(carol.get("/invoices/INV-2").await.has("Sep 4"));
    let sets = async |browser: &mut Browser, account: &str, formats: &str| -> Answer {
        browser.post(&format!("/accounts/{account}/formats"), &[("formats", formats)]).await
    };
    let wrong = sets(&mut carol, "C-2", "metric").await;
    assert!(wrong.status == 422 && wrong.has("Choose one of the formats in the list."), "{}", wrong.text());
    assert_eq!(sets(&mut alice, "C-1", "us").await.status, 403, "a payer can't");
    assert_eq!(sets(&mut alice, "C-2", "us").await.status, 404);
    assert_eq!(sets(&mut carol, "C-2", "international").await.location(), "/accounts/C-2/profile#formats");
    let page = carol.get(PLACE).await;
    assert!(page.has("<option value=\"international\" selected>1 Dec 2026, 14:30, A4</option>"), "{}", page.text());
    let page = carol.get("/invoices/INV-2").await;
    assert!(page.has("4 Sep") && !page.has("Sep 4"), "{}", page.text());
    assert!(alice.get("/invoices/INV-1").await.has("Sep 4"), "the others' stay");
    assert_eq!(world.told("documents to come are written like").await, [CAROL]);
    let log = carol.get("/accounts/C-2/audit").await;
    assert!(log.has("formats: nothing, now international"), "{}", log.text());
    // As it was.
    assert_eq!(sets(&mut carol, "C-2", "").await.status, 303);
    assert!(carol.get("/invoices/INV-2").await.has("Sep 4"));
    assert_eq!(globex(&world).await.formats, None);
}
