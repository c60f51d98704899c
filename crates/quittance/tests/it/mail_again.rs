//! An invoice mailed again, and what its page says of its mails.

use jiff::SignedDuration;
use quittance::actions::deliver_mail::deliver_mail;
use store::bounce::{AddressState, MailAddressRow};

use crate::cast::{ALICE, BOB, CAROL};
use crate::issued::{Bill, issue};
use crate::world::World;

stories!(
    who_may_pay_has_it_mailed_again_a_few_times_a_day,
    nobody_else_has_it_mailed,
    an_address_that_bounces_is_told_and_not_tried,
);

async fn who_may_pay_has_it_mailed_again_a_few_times_a_day(world: World) {
    issue(&world.app.store, vec![Bill::new(1, 7, "2026-09-18")]).await;
    let mut alice = world.signed_in(ALICE).await;
    assert!(alice.get("/invoices/INV-7").await.has("E-mail it to me again"));
    for count in 1..=3 {
        let answer = alice.post("/invoices/INV-7/mails", &[]).await;
        assert_eq!((answer.status, answer.location()), (303, "/invoices/INV-7"));
        let page = alice.get("/invoices/INV-7").await;
        assert!(page.has("again on its way by e-mail to Alice@Acme.example"), "{}", page.text());
        deliver_mail(&world.app, |_| ()).await.unwrap();
        let letters: Vec<_> =
            world.mailbox.received_by(ALICE).into_iter().filter(|l| l.subject.contains("INV-7")).collect();
        assert_eq!(letters.len(), count);
        assert_eq!(letters[0].enclosures[0].file_name, "INV-7.pdf");
        let ids: std::collections::BTreeSet<_> = letters.iter().map(|letter| &letter.message_id).collect();
        assert_eq!(ids.len(), count, "each has a Message-ID of its own");
        assert!(alice.get("/invoices/INV-7").await.has("e-mailed again"));
    }
    let answer = alice.post("/invoices/INV-7/mails", &[]).await;
    assert_eq!(answer.status, 429);
    assert!(!answer.header("retry-after").is_empty());
    world.passes(SignedDuration::from_hours(25));
    assert_eq!(alice.post("/invoices/INV-7/mails", &[]).await.status, 303);
}

async fn nobody_else_has_it_mailed(world: World) {
    issue(&world.app.store, vec![Bill::new(1, 7, "2026-09-18")]).await;
    let mut bob = world.signed_in(BOB).await;
    assert!(!bob.get("/invoices/INV-7").await.has("E-mail it to me again"));
    assert_eq!(bob.post("/invoices/INV-7/mails", &[]).await.status, 403);
    let mut carol = world.signed_in(CAROL).await;
    assert_eq!(carol.post("/invoices/INV-7/mails", &[]).await.status, 404);
    assert_eq!(carol.post("/invoices/INV-8/mails", &[]).await.status, 404);
    let signed_out = world.browser().post("/invoices/INV-7/mails", &[]).await;
    assert_eq!((signed_out.status, signed_out.location()), (303, "/sign-in"));
    let mut alice = world.signed_in(ALICE).await;
    assert_eq!(alice.post("/invoices/INV-7/mails", &[("to", "evil@elsewhere.example")]).await.status, 422);
    assert_eq!(alice.get("/invoices/INV-7/mails").await.status, 405);
    deliver_mail(&world.app, |_| ()).await.unwrap();
    assert!(world.mailbox.received().iter().all(|letter| !letter.subject.contains("INV-7")));
}

async fn an_address_that_bounces_is_told_and_not_tried(world: World) {
    issue(&world.app.store, vec![Bill::new(1, 7, "2026-09-18")]).await;
    let now = world.app.clock.now();
    let row = MailAddressRow {
        email: ALICE.to_owned(),
        state: AddressState::Hard,
        status: "5.1.1".to_owned(),
        reason: "no such user".to_owned(),
        bounces: 1,
        first_at: now,
        last_at: now,
    };
    world.app.store.write(move |tx| tx.replace(std::slice::from_ref(&row))).await.unwrap();
    let mut alice = world.signed_in(ALICE).await;
    assert_eq!(alice.post("/invoices/INV-7/mails", &[]).await.status, 303);
    deliver_mail(&world.app, |_| ()).await.unwrap();
    let page = alice.get("/invoices/INV-7").await;
    assert!(page.has("This invoice was not delivered to Alice@Acme.example."), "{}", page.text());
    assert!(page.has("Earlier mail to this address came back") && page.has("320-555-0150"), "{}", page.text());
    assert!(world.mailbox.received_by(ALICE).iter().all(|letter| !letter.subject.contains("INV-7")));
}
