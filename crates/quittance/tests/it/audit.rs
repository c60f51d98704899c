//! The audit log: what is told to it, by whom; one chain however many append at once; who may read which part.

use futures_util::future::join_all;
use quittance::actions::verify_books::verify_books;
use quittance::audit::Actor;
use store::audit::AuditKind;

use crate::cast::{ALICE, BOB, CAROL};
use crate::world::World;

stories!(
    signing_in_and_out_is_told,
    many_append_at_once_to_one_chain,
    an_admin_reads_the_part_of_their_account,
    a_deed_that_fails_is_not_told,
);

async fn signing_in_and_out_is_told(world: World) {
    let mut alice = world.signed_in(ALICE).await;
    let mut other = world.signed_in(ALICE).await;
    other.post("/sessions/end-others", &[]).await;
    assert_eq!(alice.get("/sessions").await.status, 303);
    other.post("/sign-out", &[]).await;
    other.post("/sign-out", &[]).await;
    let kinds = world.log().await;
    assert_eq!(
        kinds,
        [AuditKind::SessionBegun, AuditKind::SessionBegun, AuditKind::SessionEnded, AuditKind::SessionEnded]
    );
    let rows = world.app.store.read(|tx| tx.audit_from(0, 10)).await.unwrap();
    assert!(rows.iter().all(|row| row.actor == ALICE && row.network == "198.51.100.0/24"), "{rows:?}");
    assert_eq!(rows.iter().map(|row| row.serial).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

async fn many_append_at_once_to_one_chain(world: World) {
    let second = world.again(connect::mail::Mailer::Mailbox(world.mailbox.clone())).await;
    let appending = (0..60).map(|number| {
        let app = if number % 2 == 0 { world.app.clone() } else { second.clone() };
        async move {
            let deed = Actor::console(&app).did(AuditKind::SettingChanged, format!("number {number}"));
            // Two of them now and then, so that a batch stands beside single rows.
            let deeds = vec![deed; 1 + number % 2];
            app.store.write(move |tx| tx.append_audit(&deeds)).await
        }
    });
    assert!(join_all(appending).await.into_iter().all(|done| done.is_ok()));
    assert_eq!(world.log().await.len(), 90);
}

async fn an_admin_reads_the_part_of_their_account(world: World) {
    world.signed_in(ALICE).await;
    let mut carol = world.signed_in(CAROL).await;
    let page = carol.get("/accounts/C-2/audit").await;
    assert!(page.status == 200 && page.has("signed in") && page.has(CAROL) && !page.has(ALICE), "{}", page.text());
    assert_eq!(carol.get("/accounts/C-1/audit").await.status, 404);
    let mut bob = world.signed_in(BOB).await;
    assert_eq!(bob.get("/accounts/C-1/audit").await.status, 403, "a viewer is no admin");
    assert_eq!(world.browser().get("/accounts/C-1/audit").await.status, 303);
    // In pages, each once.
    let by = Actor::console(&world.app);
    let many = (0..60).map(|number| by.did(AuditKind::SettingChanged, format!("<setting {number}>")).of(2.into()));
    let many: Vec<_> = many.collect();
    world.app.store.write(move |tx| tx.append_audit(&many)).await.unwrap();
    let first = carol.get("/accounts/C-2/audit").await.text();
    let older = first.split("<a href=\"/accounts/C-2/audit?before=").nth(1).unwrap().split('"').next().unwrap();
    let second = carol.get(&format!("/accounts/C-2/audit?before={older}")).await.text();
    let count = |page: &str, number: usize| page.matches(&format!("&#60;setting {number}&#62;")).count();
    assert!((0..60).all(|number| count(&first, number) + count(&second, number) == 1), "{second}");
}

async fn a_deed_that_fails_is_not_told(world: World) {
    let deed = Actor::console(&world.app).did(AuditKind::SettingChanged, "nothing");
    let failed = world.app.store.write(move |tx| {
        tx.append_audit(std::slice::from_ref(&deed))?;
        Err::<(), _>(store::Error::Other("no".to_owned()))
    });
    assert!(failed.await.is_err());
    assert!(world.log().await.is_empty());
    assert!(verify_books(&world.app).await.unwrap().iter().all(|verdict| verdict.broken.is_empty()));
}
