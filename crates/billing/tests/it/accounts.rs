//! Laws of accounts: credit notes exhaust an invoice, nothing that happens loses a cent, Auto Pay never takes too much.

use billing::autopay::{Answer, Event as Happens, Initiated, OpenInvoices, Outcome, Replay};
use billing::calendar::shift;
use billing::crediting::document::{Creditable, Figures, Line, Refused};
use billing::lifecycle::{Account, Event};
use billing::{Currency, Money};
use jiff::civil::date;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn name(letter: &str, number: u8) -> String {
    format!("{letter}{number}")
}

fn events() -> impl Strategy<Value = Event> {
    let amounts = 1..3000_i64;
    let invoice = (0..4_u8).prop_map(|number| name("i", number));
    let payment = (0..6_u8).prop_map(|number| name("p", number));
    let some = prop::option::of(invoice.clone());
    let part = prop::option::of(amounts.clone());
    prop_oneof![
        3 => (invoice.clone(), prop::option::of(0..90_i32), amounts.clone()).prop_map(|(invoice, days, amount)| {
            Event::Issued { invoice, due_on: days.map(|days| shift(date(2026, 1, 1), days)), amount }
        }),
        4 => (payment.clone(), some.clone(), amounts.clone())
            .prop_map(|(payment, invoice, amount)| Event::Paid { payment, invoice, amount }),
        1 => (payment.clone(), some, amounts.clone())
            .prop_map(|(payment, invoice, amount)| Event::Pending { payment, invoice, amount }),
        1 => (payment.clone(), any::<bool>()).prop_map(|(payment, arrived)| Event::Settled { payment, arrived }),
        1 => (payment.clone(), part.clone()).prop_map(|(payment, amount)| Event::Refunded { payment, amount }),
        1 => (payment.clone(), part).prop_map(|(payment, amount)| Event::RefundedWithCredit { payment, amount }),
        1 => payment.clone().prop_map(|payment| Event::ChargedBack { payment }),
        1 => payment.prop_map(|payment| Event::ChargebackReversed { payment }),
        1 => (invoice.clone(), amounts.clone()).prop_map(|(invoice, amount)| Event::Credited { invoice, amount }),
        1 => amounts.prop_map(|amount| Event::AccountCredited { amount }),
        1 => invoice.prop_map(|invoice| Event::Voided { invoice }),
    ]
}

#[test]
fn amounts_of_two_currencies_never_meet() {
    let (dollars, euros) = (Money::new(300, Currency::USD), Money::new(200, Currency::EUR));
    assert!(dollars.plus(euros).is_err() && dollars.minus(euros).is_err());
    let one = Money::new(100, Currency::USD);
    assert_eq!((dollars.plus(one).unwrap().minor(), dollars.minus(one).unwrap().minor()), (400, 200));
}

proptest! {
    #![proptest_config(crate::dose())]

    /// Notes for any parts, the last for all that is left, sum to the invoice; not a cent more can be credited.
    #[test]
    fn credit_notes_exhaust_an_invoice(
        nets in prop::collection::vec((1..100_000_i64, 0..3_i64), 1..5),
        discount in 0..100_000_i64,
        parts in prop::collection::vec((prop::option::of(0..5_usize), 1..60_000_i64), 0..10),
    ) {
        let lines: Vec<Line> = nets.iter().map(|(net, rate)| Line { net: *net, rate: Decimal::from(rate * 10) }).collect();
        let whole: i64 = nets.iter().map(|(net, _)| net).sum();
        let discount = discount.min(whole);
        let tax = Decimal::from(whole - discount) * Decimal::new(19, 2);
        let issued = Figures::of(whole - discount, tax.round().try_into().unwrap()).unwrap();
        let mut creditable = Creditable::new(lines, discount, issued).unwrap();
        let (mut sum, mut credited) = ((0, 0, 0), 0);
        let mut add = |note: Figures| {
            assert_eq!(note.net + note.tax, note.gross);
            sum = (sum.0 + note.net, sum.1 + note.tax, sum.2 + note.gross);
        };
        for (line, net) in parts {
            let before = creditable.clone();
            match creditable.credit(line, net) {
                Ok(note) => {
                    credited += net;
                    add(note);
                }
                Err(_) => prop_assert_eq!(&before, &creditable),
            }
            let left = creditable.left();
            prop_assert!(left.net >= 0 && left.tax >= 0);
        }
        if credited < whole {
            add(creditable.credit(None, whole - credited).unwrap());
        }
        prop_assert_eq!(sum, (issued.net, issued.tax, issued.gross));
        prop_assert_eq!(creditable.left(), Figures { net: 0, tax: 0, gross: 0 });
        prop_assert_eq!(creditable.credit(None, 1), Err(Refused::MoreThanLeft));
    }

    /// What happens moves money as it says and nothing else; what can't have happened changes nothing.
    #[test]
    fn no_cent_is_lost(happened in prop::collection::vec(events(), 0..40)) {
        let mut account = Account::new();
        for event in happened {
            let (before, was) = (account.clone(), account.balance().unwrap());
            if account.happened(&event).is_err() {
                prop_assert_eq!(&before, &account);
                continue;
            }
            let now = account.balance().unwrap();
            prop_assert!(account.credit() >= 0 && account.balances().all(|(_, balance)| balance >= 0));
            // Credit that could pay something never lies about.
            prop_assert!(account.credit() == 0 || account.balances().all(|(_, balance)| balance == 0));
            match event {
                Event::Issued { amount, .. } => prop_assert_eq!(now, was + amount),
                Event::Paid { amount, .. } | Event::Credited { amount, .. } | Event::AccountCredited { amount } => {
                    prop_assert_eq!(now, was - amount);
                }
                Event::Refunded { amount: Some(amount), .. } => prop_assert_eq!(now, was + amount),
                Event::Pending { .. } | Event::RefundedWithCredit { .. } | Event::Settled { arrived: false, .. } => {
                    prop_assert_eq!(now, was);
                }
                Event::Refunded { .. } | Event::ChargedBack { .. } => prop_assert!(now >= was),
                Event::Settled { .. } | Event::ChargebackReversed { .. } | Event::Voided { .. } => prop_assert!(now <= was),
                Event::WrittenOff { .. } => {}
            }
        }
    }

    /// Auto Pay takes what is open and no more, only while it is on and there is a method, and retries as told.
    #[test]
    fn auto_pay_never_takes_too_much(
        steps in prop::collection::vec((0..6_i32, 0..7_u8, 1..2000_i64), 1..25),
        after in prop::collection::vec(1..9_u32, 0..4),
    ) {
        let mut replay = Replay::new(Account::new(), after.clone());
        let (mut on, mut issued, mut is_on, mut has_method) = (date(2026, 1, 1), 0, false, false);
        for (number, (days, kind, amount)) in steps.into_iter().enumerate() {
            on = shift(on, days);
            let invoice = format!("i{number}");
            let event = match kind {
                0 | 1 => Happens::Account(Event::Issued { invoice, due_on: None, amount }),
                2 => Happens::On(if amount % 2 == 0 { OpenInvoices::Charge } else { OpenInvoices::Leave }),
                3 => Happens::Off,
                4 => Happens::Method(amount % 4 != 0),
                5 => Happens::Next(Answer::Fails),
                _ => Happens::Next(Answer::Captures(amount)),
            };
            replay.retry_before(on).unwrap();
            let before = replay.attempts.len();
            replay.happened(on, &event).unwrap();
            match event {
                Happens::Account(_) => issued += amount,
                Happens::On(_) => is_on = true,
                Happens::Off => is_on = false,
                Happens::Method(there) => has_method = there,
                Happens::Next(_) => {}
            }
            prop_assert!(replay.attempts.len() == before || is_on && has_method);
        }
        replay.retry_before(shift(on, 400)).unwrap();
        let taken: i64 = replay.attempts.iter().filter(|attempt| attempt.outcome == Outcome::Success).map(|attempt| attempt.amount).sum();
        prop_assert_eq!(taken + replay.open().unwrap(), issued);
        prop_assert!(replay.attempts.iter().all(|attempt| attempt.initiated == Initiated::Auto && attempt.amount > 0));
        prop_assert!(replay.attempts.iter().zip(replay.attempts.iter().skip(1)).all(|(one, next)| one.on <= next.on));
    }
}
