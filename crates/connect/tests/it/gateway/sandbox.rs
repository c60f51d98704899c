//! The sandbox: what each card and account does, its pages, refunds, payouts, events, and calls that fail.

use std::collections::BTreeMap;

use connect::gateway::sandbox::{Fault, Signed, TestMethod};
use connect::gateway::{
    ChargeState, DeclineClass, DisputeState, Gateway, Keep, MethodKind, News, PageAsk, PageState, RefundAsk,
    RefundState, Trouble,
};

use super::{Clock, charge_ask, leaving_ask, left, page_ask, sandbox, usd, zone};

/// What a charge says of itself, in a few words.
fn words(charge: &connect::gateway::Charge) -> String {
    let class = |class| match class {
        DeclineClass::Soft => "soft",
        DeclineClass::Hard => "hard",
        DeclineClass::Authentication => "authentication",
        DeclineClass::NoPermission => "no permission",
    };
    let state = match &charge.state {
        ChargeState::Processing => "processing".to_owned(),
        ChargeState::Settled => "settled".to_owned(),
        ChargeState::Canceled => "canceled".to_owned(),
        ChargeState::Failed(why) => format!("failed {} ({})", why.code, class(why.class)),
        ChargeState::Returned(why) => format!("returned {} ({})", why.code, class(why.class)),
    };
    let dispute = charge.dispute.as_ref().map(|dispute| match dispute.state {
        DisputeState::Open => " disputed",
        DisputeState::Won => " won",
        DisputeState::Lost => " lost",
    });
    state + dispute.unwrap_or_default()
}

/// The life of a charge without its owner: each change with its local day.
async fn life(test: TestMethod) -> String {
    let clock = Clock::monday();
    let sandbox = sandbox(&clock);
    let gateway = Gateway::Sandbox(sandbox.clone());
    let method = left(&sandbox, test).await;
    if !method.is_verified {
        let early = gateway.charge(&charge_ask("early", &method)).await.unwrap_err();
        assert!(matches!(early, Trouble::Refused(_)), "{early:?}");
        clock.days(2);
        assert!(gateway.method(&method.id).await.unwrap().is_verified);
    }
    let charge = match gateway.charge(&charge_ask("INV-1043-1", &method)).await {
        Ok(charge) => charge,
        Err(trouble) => return format!("{trouble:?}").split('(').next().unwrap().to_owned(),
    };
    let mut life = vec![words(&charge)];
    while let Some(next) = sandbox.next_at() {
        clock.set(next.max(clock.now()));
        for event in sandbox.due_events() {
            sandbox.told(&event.id);
        }
        let now = words(&gateway.look_at(&charge.id).await.unwrap());
        if life.last().is_some_and(|last| !last.ends_with(&now)) {
            life.push(format!("{}: {now}", zone().to_datetime(clock.now()).date()));
        }
    }
    life.join(", ")
}

#[tokio::test]
async fn each_card_and_account_does_what_its_label_says() {
    let expected = [
        (TestMethod::CardSettles, "settled"),
        (TestMethod::CardInsufficientFunds, "failed insufficient_funds (soft)"),
        (TestMethod::CardLost, "failed lost_card (hard)"),
        (TestMethod::CardDoNotHonour, "failed do_not_honor (soft)"),
        (TestMethod::CardExpired, "failed expired_card (hard)"),
        (TestMethod::CardAuthentication, "failed authentication_required (authentication)"),
        (TestMethod::CardProcessing, "processing, 2026-11-02: settled"),
        (TestMethod::CardAnswerLost, "Unknown"),
        (TestMethod::CardAskLost, "Unknown"),
        (TestMethod::CardUnreachable, "Unreachable"),
        (TestMethod::CardDisputeWon, "settled, 2026-11-07: settled disputed, 2026-11-27: settled won"),
        (TestMethod::CardDisputeLost, "settled, 2026-11-07: settled disputed, 2026-11-27: settled lost"),
        (TestMethod::CardExpiresNextMonth, "settled"),
        (TestMethod::CardReplaced, "settled"),
        (TestMethod::BankSettles, "processing, 2026-11-05: settled"),
        (TestMethod::BankInsufficientFunds, "processing, 2026-11-04: failed R01 (soft)"),
        (TestMethod::BankClosed, "processing, 2026-11-04: failed R02 (hard)"),
        (TestMethod::BankReturned, "processing, 2026-11-05: settled, 2026-12-15: returned R10 (no permission)"),
        (TestMethod::BankUnverified, "processing, 2026-11-09: settled"),
    ];
    assert_eq!(expected.map(|(test, _)| test), TestMethod::ALL);
    for (test, life_of) in expected {
        assert_eq!(life(test).await, life_of, "{}", test.name());
        assert_eq!(TestMethod::named(test.name()), Some(test));
    }
}

#[tokio::test]
async fn the_same_key_is_the_same_charge() {
    let clock = Clock::monday();
    let sandbox = sandbox(&clock);
    let gateway = Gateway::Sandbox(sandbox.clone());
    let method = left(&sandbox, TestMethod::BankSettles).await;
    let ask = charge_ask("INV-1043-1", &method);
    let first = gateway.charge(&ask).await.unwrap();
    assert_eq!(gateway.charge(&ask).await.unwrap(), first);
    clock.days(3);
    let later = gateway.charge(&ask).await.unwrap();
    assert_eq!((later.id.as_str(), &later.state), (first.id.as_str(), &ChargeState::Settled));
    let mut more = ask.clone();
    more.amount = usd(412_01);
    assert!(matches!(gateway.charge(&more).await, Err(Trouble::Refused(_))));
    assert_eq!(gateway.charges(first.made_at).await.unwrap(), std::slice::from_ref(&later));
    assert_eq!(gateway.find(&ask.reference, first.made_at).await.unwrap(), [later]);
    assert_eq!(gateway.find("another", first.made_at).await.unwrap(), []);
}

#[tokio::test]
async fn a_lost_answer_is_found_again() {
    let clock = Clock::monday();
    let sandbox = sandbox(&clock);
    let gateway = Gateway::Sandbox(sandbox.clone());
    let since = clock.now();
    let charged = charge_ask("answer", &left(&sandbox, TestMethod::CardAnswerLost).await);
    assert!(matches!(gateway.charge(&charged).await, Err(Trouble::Unknown(_))));
    let found = gateway.find(&charged.reference, since).await.unwrap();
    assert_eq!(found.iter().map(|charge| &charge.state).collect::<Vec<_>>(), [&ChargeState::Settled]);
    assert_eq!(gateway.charge(&charged).await.unwrap(), found[0], "asked again it is the same one");

    let lost = charge_ask("ask", &left(&sandbox, TestMethod::CardAskLost).await);
    assert!(matches!(gateway.charge(&lost).await, Err(Trouble::Unknown(_))));
    assert_eq!(gateway.find(&lost.reference, since).await.unwrap(), []);
    assert_eq!(gateway.charge(&lost).await.unwrap().state, ChargeState::Settled);

    let down = charge_ask("down", &left(&sandbox, TestMethod::CardUnreachable).await);
    for _ in 0..3 {
        assert!(matches!(gateway.charge(&down).await, Err(Trouble::Unreachable(_))));
    }
    assert_eq!(gateway.find(&down.reference, since).await.unwrap(), []);
}

#[tokio::test]
async fn the_nth_call_fails_as_it_was_told() {
    let clock = Clock::monday();
    let sandbox = sandbox(&clock);
    let gateway = Gateway::Sandbox(sandbox.clone());
    let method = left(&sandbox, TestMethod::CardSettles).await;
    sandbox.fail_calls(1, Fault::Before);
    sandbox.fail_calls(2, Fault::Lost);
    sandbox.fail_calls(4, Fault::After);
    let ask = charge_ask("INV-1043-1", &method);
    assert!(matches!(gateway.charge(&ask).await, Err(Trouble::Unreachable(_))));
    assert!(matches!(gateway.charge(&ask).await, Err(Trouble::Unknown(_))));
    assert_eq!(gateway.find(&ask.reference, clock.now()).await.unwrap(), [], "the third, and nothing had happened");
    assert!(matches!(gateway.charge(&ask).await, Err(Trouble::Unknown(_))));
    assert_eq!(gateway.find(&ask.reference, clock.now()).await.unwrap().len(), 1);
    assert_eq!(gateway.charge(&ask).await.unwrap().state, ChargeState::Settled);
}

#[tokio::test]
async fn a_page_is_paid_once() {
    let clock = Clock::monday();
    let sandbox = sandbox(&clock);
    let gateway = Gateway::Sandbox(sandbox.clone());
    let ask = page_ask("INV-1043", MethodKind::Card);
    let page = gateway.open_page(&ask).await.unwrap();
    assert_eq!(gateway.open_page(&ask).await.unwrap(), page);
    assert_eq!(page.url, format!("http://127.0.0.1:8080/sandbox/{}", page.id));
    let other = PageAsk { amount: Some(usd(1_00)), ..ask.clone() };
    assert!(matches!(gateway.open_page(&other).await, Err(Trouble::Refused(_))));
    let view = sandbox.page_of(&page.id).unwrap();
    assert_eq!((view.amount, view.state), (Some(usd(412_00)), PageState::Open));
    assert!(view.choices.iter().all(|choice| choice.kind() == MethodKind::Card) && view.choices.len() == 14);

    sandbox.cancel(&page.id).unwrap();
    let why = sandbox.complete(&page.id, TestMethod::CardLost).unwrap_err();
    assert!(why.contains("lost_card"), "{why}");
    assert!(sandbox.complete(&page.id, TestMethod::BankSettles).is_err());
    assert_eq!(gateway.page(&page.id).await.unwrap(), PageState::Open);
    sandbox.complete(&page.id, TestMethod::CardAuthentication).unwrap();
    sandbox.complete(&page.id, TestMethod::CardSettles).unwrap();
    let found = gateway.find(&ask.reference, clock.now()).await.unwrap();
    assert_eq!(found.iter().map(words).collect::<Vec<_>>(), ["failed lost_card (hard)", "settled"]);
    let PageState::Done { charge: Some(charge), method: None } = gateway.page(&page.id).await.unwrap() else {
        panic!()
    };
    assert_eq!(charge, found[1]);
    assert_eq!((charge.key.as_str(), charge.fee_minor), ("INV-1043", Some(12_25)));
    let method = charge.method.unwrap();
    assert_eq!((method.id.as_str(), method.brand.as_str(), method.last4.as_str()), ("", "Visa", "3155"));
    gateway.end_page(&page.id).await.unwrap();
    assert!(matches!(gateway.page(&page.id).await.unwrap(), PageState::Done { .. }), "what is done stays done");
}

#[tokio::test]
async fn a_page_that_is_over_takes_nothing() {
    let clock = Clock::monday();
    let sandbox = sandbox(&clock);
    let gateway = Gateway::Sandbox(sandbox.clone());
    let ended = gateway.open_page(&page_ask("ended", MethodKind::Card)).await.unwrap();
    gateway.end_page(&ended.id).await.unwrap();
    gateway.end_page(&ended.id).await.unwrap();
    let old = gateway.open_page(&page_ask("old", MethodKind::Card)).await.unwrap();
    clock.set(old.expires_at);
    for page in [&ended.id, &old.id] {
        assert_eq!(gateway.page(page).await.unwrap(), PageState::Expired);
        assert!(sandbox.complete(page, TestMethod::CardSettles).is_err());
    }
    assert!(matches!(gateway.page("page_of_nobody").await, Err(Trouble::Refused(_))));
    assert!(matches!(gateway.end_page("page_of_nobody").await, Err(Trouble::Refused(_))));
    assert!(sandbox.cancel("page_of_nobody").is_err() && sandbox.page_of("page_of_nobody").is_none());
    assert_eq!(gateway.charges("2026-01-01T00:00:00Z".parse().unwrap()).await.unwrap(), []);
}

#[tokio::test]
async fn a_method_is_kept_while_paying_and_forgotten() {
    let clock = Clock::monday();
    let sandbox = sandbox(&clock);
    let gateway = Gateway::Sandbox(sandbox.clone());
    let ask = PageAsk { keep: Keep::ForLater, ..page_ask("INV-1043", MethodKind::Card) };
    let page = gateway.open_page(&ask).await.unwrap();
    sandbox.complete(&page.id, TestMethod::CardReplaced).unwrap();
    let PageState::Done { charge: Some(charge), method: Some(method) } = gateway.page(&page.id).await.unwrap() else {
        panic!()
    };
    assert_eq!(charge.method.as_ref(), Some(&method));
    assert_eq!(method.expires_on, Some("2029-11-30".parse().unwrap()));
    let again = PageAsk { customer: Some(method.customer.clone()), ..leaving_ask("another", MethodKind::Card) };
    let page = gateway.open_page(&again).await.unwrap();
    sandbox.complete(&page.id, TestMethod::CardExpiresNextMonth).unwrap();
    let PageState::Done { charge: None, method: Some(short) } = gateway.page(&page.id).await.unwrap() else { panic!() };
    assert_eq!((&short.customer, short.expires_on), (&method.customer, Some("2026-12-31".parse().unwrap())));

    clock.days(7);
    let replaced = gateway.method(&method.id).await.unwrap();
    assert_ne!(replaced.last4, method.last4);
    assert_eq!((replaced.id, replaced.expires_on), (method.id.clone(), Some("2030-11-30".parse().unwrap())));
    assert_eq!(gateway.look_at(&charge.id).await.unwrap().method, Some(method.clone()), "it was charged as it was");

    clock.days(60);
    let late = gateway.charge(&charge_ask("late", &short)).await.unwrap();
    assert_eq!(words(&late), "failed expired_card (hard)");
    sandbox.expire_method(&method.id).unwrap();
    let expired = gateway.charge(&charge_ask("expired", &method)).await.unwrap();
    assert_eq!(words(&expired), "failed expired_card (hard)");
    sandbox.replace_method(&method.id).unwrap();
    assert_eq!(gateway.charge(&charge_ask("new", &method)).await.unwrap().state, ChargeState::Settled);

    let mut strangers = charge_ask("stranger", &method);
    strangers.customer = "cus_of_globex".to_owned();
    assert!(matches!(gateway.charge(&strangers).await, Err(Trouble::Refused(_))));
    gateway.forget_method(&method.id).await.unwrap();
    gateway.forget_method(&method.id).await.unwrap();
    assert!(matches!(gateway.method(&method.id).await, Err(Trouble::Refused(_))));
    assert!(matches!(gateway.charge(&charge_ask("gone", &method)).await, Err(Trouble::Refused(_))));
}

#[tokio::test]
async fn money_goes_back_in_parts_and_never_more_than_came() {
    let clock = Clock::monday();
    let sandbox = sandbox(&clock);
    let gateway = Gateway::Sandbox(sandbox.clone());
    let card = gateway.charge(&charge_ask("card", &left(&sandbox, TestMethod::CardSettles).await)).await.unwrap();
    let back = |key: &str, minor| RefundAsk { key: key.to_owned(), charge: card.id.clone(), amount: usd(minor) };
    let part = gateway.refund(&back("part", 100_00)).await.unwrap();
    assert_eq!((part.state, part.amount.minor), (RefundState::Done, 100_00));
    assert_eq!(gateway.refund(&back("part", 100_00)).await.unwrap(), part);
    for (key, minor) in [("part", 99_00), ("much", 312_01), ("none", 0), ("less", -1)] {
        assert!(matches!(gateway.refund(&back(key, minor)).await, Err(Trouble::Refused(_))), "{key}");
    }
    gateway.refund(&back("rest", 312_00)).await.unwrap();
    assert!(matches!(gateway.refund(&back("more", 1)).await, Err(Trouble::Refused(_))));
    assert_eq!(gateway.look_at(&card.id).await.unwrap().refunded_minor, 412_00);

    let bank = gateway.charge(&charge_ask("bank", &left(&sandbox, TestMethod::BankReturned).await)).await.unwrap();
    let ask = RefundAsk { key: "bank".to_owned(), charge: bank.id.clone(), amount: usd(412_00) };
    assert!(matches!(gateway.refund(&ask).await, Err(Trouble::Refused(_))), "nothing came yet");
    clock.days(3);
    let ask = RefundAsk { key: "bank again".to_owned(), ..ask };
    assert_eq!(gateway.refund(&ask).await.unwrap().state, RefundState::Pending);
    clock.days(60);
    assert_eq!(gateway.refund(&ask).await.unwrap().state, RefundState::Done);
    assert_eq!(gateway.look_at(&bank.id).await.unwrap().state, ChargeState::Settled, "nothing was left to take back");
}

#[tokio::test]
async fn payouts_hold_what_moved_two_business_days_before() {
    let clock = Clock::monday();
    let sandbox = sandbox(&clock);
    let gateway = Gateway::Sandbox(sandbox.clone());
    let methods = [
        left(&sandbox, TestMethod::CardSettles).await,
        left(&sandbox, TestMethod::BankReturned).await,
        left(&sandbox, TestMethod::CardDisputeLost).await,
    ];
    for (method, minor) in methods.iter().zip([100_00, 1_000_00, 33_33]) {
        let mut ask = charge_ask(&format!("{minor}"), method);
        ask.amount = usd(minor);
        gateway.charge(&ask).await.unwrap();
    }
    // The dispute takes away on a Saturday, with its fee, and so there is more to come than to give for a while.
    clock.days(70);
    gateway.charge(&charge_ask("later", &methods[0])).await.unwrap();
    clock.days(4);
    let payouts = gateway.payouts("2026-11-01".parse().unwrap()).await.unwrap();
    let seen: Vec<String> = payouts
        .iter()
        .map(|payout| format!("{} {} of {}", payout.arrives_on, payout.amount.minor, payout.parts.len()))
        .collect();
    // 100.00 - 3.20 and 33.33 - 1.27; 1000.00 - 5.00; never -33.33 - 15.00, which the next one bears; never -1000.00
    // alone, until 412.00 - 12.25 came, which isn't enough.
    assert_eq!(seen, ["2026-11-04 12886 of 2", "2026-11-09 99500 of 1"]);
    for payout in payouts {
        let parts: i64 = payout.parts.iter().map(|part| part.gross_minor - part.fee_minor).sum();
        assert_eq!(parts, payout.amount.minor);
    }
    assert_eq!(gateway.payouts("2026-11-05".parse().unwrap()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn events_are_signed_come_late_and_some_twice() {
    let clock = Clock::monday();
    let sandbox = sandbox(&clock);
    let gateway = Gateway::Sandbox(sandbox.clone());
    let method = left(&sandbox, TestMethod::CardSettles).await;
    for number in 0..500 {
        gateway.charge(&charge_ask(&format!("{number}"), &method)).await.unwrap();
    }
    let mut arrived: Vec<String> = Vec::new();
    while let Some(next) = sandbox.next_at().filter(|next| *next < "2026-11-03T00:00:00Z".parse().unwrap()) {
        clock.set(next.max(clock.now()));
        for signed in sandbox.due_events() {
            let event = gateway.read_event(&signed.body, &signed.signature, clock.now()).unwrap();
            assert_eq!((event.id.as_str(), event.live), (signed.id.as_str(), false));
            assert!(event.made_at <= clock.now());
            if let News::Charge(charge) = event.what {
                arrived.push(charge.key);
            }
            sandbox.told(&signed.id);
        }
    }
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for key in &arrived {
        *times.entry(key).or_default() += 1;
    }
    let twice = times.values().filter(|times| **times == 2).count();
    assert_eq!(times.len(), 500);
    assert!((100..200).contains(&twice), "{twice} of 500 came twice");
    let made: Vec<String> = (0..500).map(|number| number.to_string()).collect();
    assert_ne!(arrived.iter().take(100).collect::<Vec<_>>(), made.iter().take(100).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_is_not_taken_is_told_again() {
    let clock = Clock::monday();
    let sandbox = sandbox(&clock);
    left(&sandbox, TestMethod::CardSettles).await;
    clock.days(1);
    let first = sandbox.due_events();
    assert!(!first.is_empty());
    assert_eq!(sandbox.due_events(), [], "it is under way");
    clock.set(sandbox.next_at().unwrap());
    let again = sandbox.due_events();
    let ids = |events: &[Signed]| events.iter().map(|event| event.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&again), ids(&first));
    for event in again {
        sandbox.told(&event.id);
    }
    clock.days(1);
    assert_eq!(sandbox.due_events(), []);
}
