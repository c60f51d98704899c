//! An invoice that everybody pays in the same moment, each in their own way, is charged once.

use std::pin::Pin;

use billing::payment::PaymentState;
use connect::gateway::Gateway;
use connect::gateway::sandbox::TestMethod;
use futures_util::future::join_all;
use jiff::SignedDuration;
use quittance::actions::ask_processor::ask_processor;
use quittance::actions::keep_autopay::{Look, keep_autopay};
use quittance::actions::start_payment::{Payer, StartPayment, With, start_payment};
use quittance::audit::Actor;

use crate::autopay::{holds, keeps, owing, works};
use crate::cast::ALICE;
use crate::paying::{balance, form, learns, ledger, link_to, sandbox, sends};
use crate::world::World;

paying_stories!(fifty_ways_at_once_charge_once);

type Attempt<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

async fn fifty_ways_at_once_charge_once(world: World) {
    owing(&world).await;
    let method = keeps(&world, 1, TestMethod::CardSettles).await;
    holds(&world, &[]).await;
    for _ in 0..9 {
        world.passes(SignedDuration::from_hours(24));
        works(&world).await;
    }
    world.passes(SignedDuration::from_hours(24));
    let alice = world.signed_in(ALICE).await;
    let page = alice.clone().get("/pay?number=INV-11").await.text();
    let place = link_to(&world, 11).await;
    let linked = world.browser().get(&place).await.text();
    let by = Actor::console(&world.app);
    let mut attempts: Vec<Attempt<'_>> = Vec::new();
    for at in 0..50 {
        let key = format!("at-once-{at:04}");
        let (world, page, linked, place, by) = (&world, &page, &linked, &place, &by);
        let mut browser = if at % 4 == 1 { world.browser() } else { alice.clone() };
        attempts.push(match at % 4 {
            0 => Box::pin(async move {
                let answer = sends(&mut browser, "/payments", &form(page, &[("key", &key)])).await;
                assert!(matches!(answer.status, 303 | 404 | 422), "{}", answer.text());
            }),
            1 => Box::pin(async move {
                let answer = sends(&mut browser, &format!("{place}/payments"), &form(linked, &[("key", &key)])).await;
                assert!(matches!(answer.status, 303 | 404 | 422), "{}", answer.text());
            }),
            2 => Box::pin(async move {
                let payer = Payer::AutoPay { account: 1.into() };
                let (parts, with) = (vec![("INV-11".to_owned(), 1_800)], With::Kept(1.into(), method));
                let ask = StartPayment { parts, ahead: None, with, on: None, key };
                if let Ok(started) = start_payment(&world.app, payer, ask, by).await {
                    ask_processor(&world.app, started.payment.unwrap().payment_id, "/payments").await.unwrap();
                }
            }),
            _ => Box::pin(async move {
                keep_autopay(&world.app, Look::Again).await.unwrap();
            }),
        });
    }
    join_all(attempts).await;
    let payments = world.app.store.read(|tx| tx.payments_for(1.into(), 11.into())).await.unwrap();
    let under_way: Vec<_> = payments.iter().filter(|one| one.state.is_under_way()).collect();
    let settled = payments.iter().filter(|one| one.state == PaymentState::Settled).count();
    assert_eq!(under_way.len() + settled, 1, "{payments:?}");
    // Where the link was first, its page is still open; then it is paid there.
    if let Some(page) = under_way.first().and_then(|one| one.page.clone()) {
        sandbox(&world).complete(&page, TestMethod::CardSettles).unwrap();
    }
    learns(&world).await;
    works(&world).await;
    let charges = Gateway::Sandbox(sandbox(&world)).charges(jiff::Timestamp::UNIX_EPOCH).await.unwrap();
    assert_eq!(charges.len(), 1, "{charges:?}");
    assert_eq!((balance(&world, 11).await, ledger(&world, "1050").await), (0, 1_800));
}
