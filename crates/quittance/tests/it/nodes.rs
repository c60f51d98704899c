//! Numbers of processes in ids: leased, lost, given back.

use jiff::SignedDuration;

use crate::world::World;

stories!(every_process_has_a_number_of_its_own);

async fn every_process_has_a_number_of_its_own(world: World) {
    let mailer = || connect::mail::Mailer::Mailbox(world.mailbox.clone());
    let (one, two) = (&world.app, world.again(mailer()).await);
    assert_eq!((one.node.number(), two.node.number()), (Some(0), Some(1)));
    let before: Vec<i64> = one.ids.many(5);
    // To the second one the first seems to have slept for a minute, or to have died.
    two.give_node_back().await;
    let given_back = two.ids.minted_until();
    two.clock.pass_for_tests(i64::try_from(SignedDuration::from_secs(61).as_micros()).unwrap());
    two.hold_node().await.unwrap();
    assert_eq!(two.node.number(), Some(0));
    let theirs = two.ids.many(5);
    // Not knowing yet, the first goes on in its own time; then it takes another number.
    let unaware = one.ids.many(5);
    // Within one millisecond the number given back would not be free yet.
    while one.clock.real() <= given_back {}
    one.hold_node().await.unwrap();
    assert_eq!(one.node.number(), Some(1));
    let after = one.ids.many(5);
    let ours = [before, unaware, after].concat();
    assert!(ours.is_sorted_by(|a, b| a < b), "{ours:?}");
    assert!(theirs.iter().all(|id| !ours.contains(id)));
    // Given back, a number is free as soon as the millisecond of its last id has passed.
    one.give_node_back().await;
    while one.clock.real() <= one.ids.minted_until() {}
    let three = world.again(mailer()).await;
    assert_eq!(three.node.number(), Some(1));
    assert!(three.ids.mint::<i64>() > *ours.last().unwrap());
}
