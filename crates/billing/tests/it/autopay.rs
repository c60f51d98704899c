//! Auto Pay: what `decide` says of an invoice, and what holds for every invoice and rule.

use billing::autopay::{
    Again, Cause, Charge, Charged, Decision, Deed, InForce, Invoice, Limits, Method, MethodKind, MethodRole,
    MethodTrouble, Parties, Reason, Refusal, Replayed, Rule, Scope, Standing, State, Stop, TakesOpen, Tried, UnderWay,
    When, again, decide, deeds, forecast, mandate, preview, sentence,
};
use billing::calendar::shift;
use billing::{Currency, Month, Span, Stream};
use jiff::civil::{Date, date};
use proptest::prelude::*;

const USD: Currency = Currency::USD;

fn visa() -> Method {
    Method {
        id: 1,
        kind: MethodKind::Card,
        label: "Visa 4242".to_owned(),
        took_place_of: Vec::new(),
        is_default: true,
        expires_on: None,
        trouble: None,
    }
}

fn bank() -> Method {
    let label = "Prairie Bank 6789".to_owned();
    // It took the place of account 5.
    Method { id: 2, kind: MethodKind::Bank, label, took_place_of: vec![5], is_default: false, ..visa() }
}

fn invoice(number: &str, issued_on: Date, due_on: Date, balance: i64) -> Invoice {
    Invoice {
        number: number.to_owned(),
        stream: Stream::Recurring,
        state: State::Issued,
        issued_on,
        due_on,
        currency: USD,
        balance,
        from_credit: 0,
        po_number: None,
        agreements: vec!["A-1".to_owned()],
        bills_more: false,
        projects: Vec::new(),
        under_way: None,
        yours_on: None,
        is_skipped: false,
        announced_for: None,
        tried: Vec::new(),
    }
}

/// The invoice of November: due on December 1.
fn november() -> Invoice {
    invoice("INV-20517", date(2026, 11, 1), date(2026, 12, 1), 3_908_90)
}

fn everything() -> InForce {
    InForce::from(7, Rule::everything(USD), date(2026, 7, 28))
}

fn with(change: impl FnOnce(&mut Rule)) -> InForce {
    let mut held = everything();
    change(&mut held.rule);
    held
}

fn decided(invoice: &Invoice, held: &InForce, today: Date) -> Decision {
    let (methods, charged) = ([visa(), bank()], Charged::default());
    decide(invoice, &Standing { rules: std::slice::from_ref(held), methods: &methods, charged: &charged }, today)
}

fn left(invoice: &Invoice, held: &InForce) -> String {
    match decided(invoice, held, date(2026, 11, 6)) {
        Decision::Leave(reason) => reason.sentence(|day| day.strftime("%b %-d").to_string()),
        Decision::Charge(charge) => format!("charged on {}", charge.charge_on),
    }
}

#[test]
fn it_charges_on_the_due_date() {
    let charge =
        Charge { rule_id: 7, charge_on: date(2026, 12, 1), method: 1, amount: 3_908_90, cause: Cause::ToAnnounce };
    assert_eq!(decided(&november(), &everything(), date(2026, 11, 6)), Decision::Charge(charge));
}

#[test]
fn each_reason_has_its_sentence() {
    let told = |change: fn(&mut Invoice)| {
        let mut invoice = november();
        change(&mut invoice);
        left(&invoice, &everything())
    };
    assert_eq!(told(|one| one.state = State::Draft), "it is not issued yet");
    assert_eq!(told(|one| one.state = State::Void), "it was taken back");
    assert_eq!(told(|one| one.state = State::WrittenOff), "it was written off");
    assert_eq!(told(|one| one.state = State::Disputed), "it is in dispute");
    assert_eq!(told(|one| one.balance = 0), "nothing is left to pay");
    assert_eq!(told(|one| one.from_credit = one.balance), "your credit pays it");
    assert_eq!(told(|one| one.under_way = Some(UnderWay::OnItsWay)), "your payment is on its way");
    assert_eq!(told(|one| one.under_way = Some(UnderWay::Unknown)), "we don’t know yet what became of a payment");
    assert_eq!(told(|one| one.yours_on = Some(date(2026, 11, 20))), "you pay it yourself on Nov 20");
    assert_eq!(told(|one| one.is_skipped = true), "you skipped it");
    let ruled = |change: fn(&mut Rule)| left(&november(), &with(change));
    assert_eq!(ruled(|rule| rule.scope = Scope::Stream(Stream::Biweekly)), "your rule takes bi-weekly invoices only");
    assert_eq!(ruled(|rule| rule.scope = Scope::Invoice("INV-1".to_owned())), "your rule takes INV-1 only");
    let other = ruled(|rule| rule.scope = Scope::Agreements(vec!["A-2".to_owned()]));
    assert_eq!(other, "it bills A-1, which your rule doesn’t name");
    assert_eq!(ruled(|rule| rule.limits.per_invoice = Some(2_000_00)), "above your $2,000.00 limit");
    assert_eq!(ruled(|rule| rule.limits.per_month = Some(3_000_00)), "above your $3,000.00 a month");
    assert_eq!(ruled(|rule| rule.method = MethodRole::Kept(99)), "there is no method to charge");
    let mut paused = everything();
    paused.pauses = vec![Span::new(date(2026, 11, 6), date(2026, 12, 15))];
    assert_eq!(left(&november(), &paused), "paused until Dec 15");
    let none = Standing { rules: &[], methods: &[], charged: &Charged::default() };
    assert_eq!(decide(&november(), &none, date(2026, 11, 6)), Decision::Leave(Reason::NoRule));
}

#[test]
fn what_was_left_out_stays_left() {
    let mut held = everything();
    held.rule.except.po_numbers = vec![" po-4711".to_owned()];
    held.rule.except.projects = vec!["T-88".to_owned()];
    let ordered = Invoice { po_number: Some("PO-4711 ".to_owned()), ..november() };
    assert_eq!(left(&ordered, &held), "you left out PO PO-4711 ");
    let project = Invoice { projects: vec!["T-88".to_owned()], ..november() };
    assert_eq!(left(&project, &held), "you left out project T-88");
    let agreements = with(|rule| rule.scope = Scope::Agreements(vec!["A-1".to_owned()]));
    assert_eq!(left(&november(), &agreements), "charged on 2026-12-01");
    let mixed = Invoice { bills_more: true, ..november() };
    assert_eq!(left(&mixed, &agreements), "it bills more than the agreements your rule names");
}

#[test]
fn what_is_open_already_takes_an_explicit_yes() {
    let new = |takes_open| InForce { starts_on: date(2026, 11, 6), ..with(|rule| rule.takes_open = takes_open) };
    let overdue = invoice("INV-20299", date(2026, 9, 18), date(2026, 10, 18), 3_163_73);
    assert_eq!(left(&overdue, &new(TakesOpen::Leave)), "it is already overdue");
    assert_eq!(left(&overdue, &new(TakesOpen::Due)), "it is already overdue");
    assert_eq!(left(&overdue, &new(TakesOpen::All)), "charged on 2026-11-09");
    assert_eq!(left(&november(), &new(TakesOpen::Leave)), "it was open before the rule started");
    assert_eq!(left(&november(), &new(TakesOpen::Due)), "charged on 2026-12-01");
    let later = invoice("INV-20600", date(2026, 11, 6), date(2026, 12, 6), 100);
    assert_eq!(left(&later, &new(TakesOpen::Leave)), "charged on 2026-12-06");
    let mut future = new(TakesOpen::Due);
    future.starts_on = date(2026, 12, 10);
    assert_eq!(left(&november(), &future), "it falls due before the rule starts on Dec 10");
}

#[test]
fn nobody_is_charged_without_notice() {
    let short = with(|rule| rule.when = When::AfterIssue(0));
    assert_eq!(left(&invoice("INV-1", date(2026, 11, 6), date(2026, 12, 6), 100), &short), "charged on 2026-11-09");
    let mut told = november();
    told.announced_for = Some(date(2026, 12, 1));
    let on = |day| match decided(&told, &everything(), day) {
        Decision::Charge(charge) => (charge.charge_on, charge.cause),
        Decision::Leave(reason) => panic!("{reason:?}"),
    };
    assert_eq!(on(date(2026, 12, 1)), (date(2026, 12, 1), Cause::Announced));
    // The program stood still for two days; after a week the customer is told anew.
    assert_eq!(on(date(2026, 12, 3)), (date(2026, 12, 3), Cause::Announced));
    assert_eq!(on(date(2026, 12, 8)), (date(2026, 12, 11), Cause::ToAnnounce));
}

#[test]
fn a_narrow_rule_goes_before_a_wide_one() {
    let single = InForce { rule_id: 9, ..with(|rule| rule.scope = Scope::Invoice("INV-20517".to_owned())) };
    let wide = with(|rule| rule.limits.per_invoice = Some(1));
    let (rules, charged) = ([wide, single], Charged::default());
    let standing = Standing { rules: &rules, methods: &[visa()], charged: &charged };
    assert!(
        matches!(decide(&november(), &standing, date(2026, 11, 6)), Decision::Charge(charge) if charge.rule_id == 9)
    );
}

#[test]
fn the_second_method_steps_in() {
    let held = with(|rule| rule.backup = Some(MethodRole::Kept(5)));
    let mut methods = [visa(), bank()];
    let charged = Charged::default();
    let method = |methods: &[Method], invoice: &Invoice, today| {
        let standing = Standing { rules: std::slice::from_ref(&held), methods, charged: &charged };
        match decide(invoice, &standing, today) {
            Decision::Charge(charge) => Ok((charge.method, charge.charge_on, charge.cause)),
            Decision::Leave(reason) => Err(reason),
        }
    };
    let today = date(2026, 11, 6);
    methods[0].expires_on = Some(date(2026, 11, 30));
    assert_eq!(method(&methods, &november(), today), Ok((2, date(2026, 12, 1), Cause::ToAnnounce)));
    methods[1].trouble = Some(MethodTrouble::Unverified);
    let before = Reason::ExpiresBefore("Visa 4242".to_owned(), date(2026, 12, 1));
    assert_eq!(method(&methods, &november(), today), Err(before));
    let mut failed = november();
    failed.announced_for = Some(date(2026, 12, 1));
    failed.tried = vec![Tried { method: 1, on: date(2026, 12, 1), refusal: Refusal::Hard }];
    // The announcement was of the card: the account is announced anew.
    let methods = [visa(), bank()];
    assert_eq!(method(&methods, &failed, date(2026, 12, 1)), Ok((2, date(2026, 12, 4), Cause::ToAnnounce)));
    failed.announced_for = Some(date(2026, 12, 4));
    assert_eq!(method(&methods, &failed, date(2026, 12, 4)), Ok((2, date(2026, 12, 4), Cause::Announced)));
}

#[test]
fn the_ladder_has_four_steps_for_cards_and_three_for_banks() {
    let soft = |day| Tried { method: 1, on: date(2026, 12, day), refusal: Refusal::Soft };
    assert_eq!(again(MethodKind::Card, &[]), Again::First);
    assert_eq!(again(MethodKind::Card, &[soft(1)]), Again::On(date(2026, 12, 4)));
    assert_eq!(again(MethodKind::Card, &[soft(1), soft(4)]), Again::On(date(2026, 12, 9)));
    assert_eq!(again(MethodKind::Card, &[soft(1), soft(4), soft(9)]), Again::On(date(2026, 12, 16)));
    assert_eq!(again(MethodKind::Card, &[soft(1), soft(4), soft(9), soft(16)]), Again::Never(Stop::Enough));
    assert_eq!(again(MethodKind::Bank, &[soft(1), soft(4)]), Again::On(date(2026, 12, 9)));
    assert_eq!(again(MethodKind::Bank, &[soft(1), soft(4), soft(9)]), Again::Never(Stop::Enough));
    let long_ago = Tried { on: date(2026, 5, 1), ..soft(1) };
    assert_eq!(again(MethodKind::Bank, &[long_ago, soft(1)]), Again::Never(Stop::Enough));
    let with = |refusal| again(MethodKind::Card, &[Tried { refusal, ..soft(1) }]);
    assert_eq!(with(Refusal::Hard), Again::Never(Stop::Hard));
    assert_eq!(with(Refusal::NoPermission), Again::Never(Stop::NoPermission));
    assert_eq!(with(Refusal::Authentication), Again::Ask);
    let meaning = ["R01", "R02", "R05", "R07", "R09", "R10", "R29", "R99"].map(Refusal::of_return);
    let (soft, hard, never) = (Refusal::Soft, Refusal::Hard, Refusal::NoPermission);
    assert_eq!(meaning, [soft, hard, never, never, soft, never, never, hard]);
}

#[test]
fn days_are_counted_as_the_rule_says() {
    let day = |when: When| when.day(date(2026, 1, 31), date(2026, 3, 2));
    assert_eq!(day(When::Due), date(2026, 3, 2));
    assert_eq!(day(When::BeforeDue(5)), date(2026, 2, 25));
    assert_eq!(day(When::BeforeDue(60)), date(2026, 1, 31));
    assert_eq!(day(When::AfterDue(5)), date(2026, 3, 7));
    assert_eq!(day(When::AfterIssue(10)), date(2026, 2, 10));
    assert_eq!(day(When::DayOfMonth(15)), date(2026, 2, 15));
    assert_eq!(day(When::DayOfMonth(31)), date(2026, 2, 28));
}

#[test]
fn a_rule_and_its_permission_are_told_in_words() {
    let mut rule = with(|rule| rule.scope = Scope::Stream(Stream::Recurring)).rule;
    let said = sentence(&rule, "Visa 4242");
    assert_eq!(said, "We charge every recurring invoice to Visa 4242 on its due date, without a limit.");
    rule.scope = Scope::Everything;
    rule.limits = Limits { currency: USD, per_invoice: Some(4_000_00), per_month: Some(7_500_00) };
    rule.except.po_numbers = vec!["4711".to_owned(), "4712".to_owned()];
    rule.when = When::DayOfMonth(22);
    let said = sentence(&rule, "Visa 4242");
    let expected = "We charge every invoice, recurring and bi-weekly,, but not PO 4711 and PO 4712 to Visa 4242 on the 22nd \
                    of the month, up to $4,000.00 an invoice and $7,500.00 a month.";
    assert_eq!(said, expected.replace(",,", ","));
    let parties = Parties {
        account: "Northfield Grain & Supply, Inc.",
        provider: "West Prairie Technology, Inc.",
        method: ("Visa 4242", MethodKind::Card),
        backup: None,
    };
    rule.when = When::Due;
    rule.except.po_numbers.clear();
    let text = mandate(&rule, parties);
    assert_eq!(
        text,
        "Northfield Grain & Supply, Inc. permits West Prairie Technology, Inc. to charge Visa 4242 for its recurring and \
         bi-weekly invoices on their due dates, at most $4,000.00 for one invoice and $7,500.00 in one calendar month. We \
         write to you at least 3 days before each charge. You can skip a charge, pause or end this permission here at any \
         time before the day of the charge."
    );
    let backed = mandate(&rule, Parties { backup: Some(("Prairie Bank 6789", MethodKind::Bank)), ..parties });
    assert!(backed.contains("may charge Prairie Bank 6789 instead"), "{backed}");
    assert!(backed.contains("ACH"), "{backed}");
}

#[test]
fn a_rule_is_read_as_it_was_written() {
    let mut rule = Rule::everything(USD);
    rule.scope = Scope::Agreements(vec!["A-1".to_owned()]);
    rule.backup = Some(MethodRole::Default);
    rule.method = MethodRole::Kept(99);
    rule.when = When::BeforeDue(4);
    rule.limits.per_month = Some(100);
    rule.not_before = Some(date(2026, 12, 1));
    let text = serde_json::to_string(&rule).unwrap();
    assert_eq!(serde_json::from_str::<Rule>(&text).unwrap(), rule, "{text}");
    assert_eq!(rule.check(), Ok(()));
}

/// The month of picture 09: what comes after the limit is reached is left, and says what the month would have come to.
#[test]
fn a_month_is_replayed() {
    let held = with(|rule| {
        rule.limits = Limits { currency: USD, per_invoice: Some(4_000_00), per_month: Some(7_500_00) };
    });
    let month_before = |due_on: Date, number, amount| invoice(number, shift(due_on, -30), due_on, amount);
    let past = [
        month_before(date(2026, 10, 1), "INV-20197", 3_882_33),
        month_before(date(2026, 10, 31), "INV-20345", 3_896_10),
        month_before(date(2026, 10, 4), "INV-20251", 18_00),
        month_before(date(2026, 10, 18), "INV-20299", 3_163_73),
    ];
    let rows = preview(&past, &held, &[visa()], Span::new(date(2026, 10, 1), date(2026, 11, 6)));
    let told: Vec<_> = rows.iter().map(|row| (row.place, row.on, row.outcome.clone())).collect();
    let above = Reason::AboveMonthLimit {
        limit: billing::Money::new(7_500_00, USD),
        month: Month::of(date(2026, 10, 1)),
        with_it: billing::Money::new(1_096_016, USD),
    };
    assert_eq!(above.help().unwrap(), "With it, October comes to $10,960.16.");
    let expected = vec![
        (0, date(2026, 10, 1), Replayed::Charged(1, 3_882_33)),
        (2, date(2026, 10, 4), Replayed::Charged(1, 18_00)),
        (3, date(2026, 10, 18), Replayed::Charged(1, 3_163_73)),
        (1, date(2026, 10, 31), Replayed::Left(above)),
    ];
    assert_eq!(told, expected);
}

/// What a plain reading of the rules does: each morning ask for all that is known, tell, charge, and write down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Lived {
    /// By number: day, amount, method.
    charges: Vec<(String, Date, i64, i64)>,
    /// Of the day on which each was told.
    told: Vec<(String, Date, Date)>,
}

fn live(invoices: &[Invoice], held: &InForce, methods: &[Method], span: Span) -> Lived {
    let mut world: Vec<Invoice> = invoices.to_vec();
    let (mut charged, mut lived, mut day) = (Charged::default(), Lived::default(), span.from);
    while day < span.until {
        let there: Vec<Invoice> = world.iter().filter(|one| one.issued_on <= day).cloned().collect();
        let standing = Standing { rules: std::slice::from_ref(held), methods, charged: &charged.clone() };
        for deed in deeds(&there, &standing, day) {
            let (Deed::Announce(at, _) | Deed::Charge(at, _) | Deed::Withdraw(at, _)) = &deed;
            let one = world.iter_mut().find(|one| one.number == there.get(*at).unwrap().number).unwrap();
            match deed {
                Deed::Announce(_, charge) => {
                    lived.told.push((one.number.clone(), day, charge.charge_on));
                    one.announced_for = Some(charge.charge_on);
                }
                Deed::Withdraw(..) => one.announced_for = None,
                Deed::Charge(_, charge) => {
                    lived.charges.push((one.number.clone(), day, charge.amount, charge.method));
                    charged.add(charge.rule_id, day, charge.amount);
                    // The account's credit pays the rest in the same moment.
                    one.balance = 0;
                }
            }
        }
        day = shift(day, 1);
    }
    lived
}

fn invoices() -> impl Strategy<Value = Vec<Invoice>> {
    let one = (0_i32..90, 1_i32..45, 1_i64..5_000_00, any::<bool>());
    prop::collection::vec(one, 1..12).prop_map(|rows| {
        let invoice = |(n, (issued, terms, amount, recurring)): (usize, (i32, i32, i64, bool))| {
            let issued_on = shift(date(2026, 1, 5), issued);
            let stream = if recurring { Stream::Recurring } else { Stream::Biweekly };
            let number = format!("INV-{n:02}");
            Invoice { stream, ..invoice(&number, issued_on, shift(issued_on, terms), amount) }
        };
        rows.into_iter().enumerate().map(invoice).collect()
    })
}

fn whens() -> impl Strategy<Value = When> {
    prop_oneof![
        Just(When::Due),
        (1_u8..60).prop_map(When::BeforeDue),
        (1_u8..60).prop_map(When::AfterDue),
        (0_u8..60).prop_map(When::AfterIssue),
        (1_u8..=31).prop_map(When::DayOfMonth),
    ]
}

fn scopes() -> impl Strategy<Value = Scope> {
    prop_oneof![
        3 => Just(Scope::Everything),
        1 => Just(Scope::Stream(Stream::Recurring)),
        1 => Just(Scope::Stream(Stream::Biweekly)),
        1 => Just(Scope::Invoice("INV-03".to_owned())),
    ]
}

fn limits() -> impl Strategy<Value = Limits> {
    (prop::option::of(1_i64..6_000_00), prop::option::of(1_i64..12_000_00))
        .prop_map(|(per_invoice, per_month)| Limits { currency: USD, per_invoice, per_month })
}

fn rules() -> impl Strategy<Value = InForce> {
    (scopes(), whens(), limits(), 1_u8..=14).prop_map(|(scope, when, limits, notice_days)| {
        with(|rule| *rule = Rule { scope, when, limits, notice_days, ..rule.clone() })
    })
}

/// Long enough for every invoice to have had its day.
fn year() -> Span {
    Span::new(date(2026, 1, 1), date(2026, 9, 1))
}

/// The numbers of what was charged.
fn numbers(lived: &Lived) -> Vec<&str> {
    let mut numbers: Vec<&str> = lived.charges.iter().map(|(number, ..)| number.as_str()).collect();
    numbers.sort_unstable();
    numbers
}

fn is_among(some: &Lived, all: &Lived) -> bool {
    let all = numbers(all);
    numbers(some).iter().all(|number| all.contains(number))
}

/// A rule as if it had always been in force.
fn always(held: &InForce) -> InForce {
    InForce { starts_on: Date::MIN, ..held.clone() }
}

proptest! {
    #![proptest_config(crate::dose())]

    /// The preview shows exactly what happens when each day is lived.
    #[test]
    fn the_preview_is_what_happens(invoices in invoices(), held in rules()) {
        let lived = live(&invoices, &always(&held), &[visa()], year());
        let rows = preview(&invoices, &held, &[visa()], year());
        prop_assert_eq!(rows.len(), invoices.len(), "each invoice is charged or left, once");
        let mut shown: Vec<_> = rows.iter().filter_map(|row| match row.outcome {
            Replayed::Charged(method, amount) => Some((invoices[row.place].number.clone(), row.on, amount, method)),
            Replayed::Left(_) => None,
        }).collect();
        shown.sort();
        let mut charges = lived.charges.clone();
        charges.sort();
        prop_assert_eq!(shown, charges);
    }

    /// So does the forecast of what is open: nothing new comes, and it happens.
    #[test]
    fn the_forecast_is_what_happens(invoices in invoices(), held in rules(), day in 0_i32..90) {
        let today = shift(date(2026, 1, 5), day);
        let open: Vec<Invoice> = invoices.into_iter().filter(|one| one.issued_on <= today).collect();
        let held = always(&held);
        let standing = Standing { rules: std::slice::from_ref(&held), methods: &[visa()], charged: &Charged::default() };
        let mut told: Vec<(String, Date, i64)> = open.iter().zip(forecast(&open, &standing, today))
            .filter_map(|(one, decision)| match decision {
                Decision::Charge(charge) => Some((one.number.clone(), charge.charge_on, charge.amount)),
                Decision::Leave(_) => None,
            }).collect();
        told.sort();
        let lived = live(&open, &held, &[visa()], Span::new(today, date(2026, 12, 1)));
        let mut charges: Vec<_> = lived.charges.into_iter().map(|(number, on, amount, _)| (number, on, amount)).collect();
        charges.sort();
        prop_assert_eq!(told, charges);
    }

    /// No limit is ever exceeded, nothing is charged twice or for more than is open, and everybody is told in time.
    #[test]
    fn limits_hold_and_nothing_is_charged_twice(invoices in invoices(), held in rules(), credit in 0_i64..1_000_00) {
        let credited: Vec<Invoice> = invoices.iter().map(|one| Invoice { from_credit: credit, ..one.clone() }).collect();
        let lived = live(&credited, &always(&held), &[visa()], year());
        let limits = held.rule.limits;
        let mut months = std::collections::BTreeMap::<Month, i64>::new();
        for (number, on, amount, _) in &lived.charges {
            let one = invoices.iter().find(|one| one.number == *number).unwrap();
            prop_assert_eq!(*amount, one.balance - credit);
            prop_assert!(*amount > 0 && limits.per_invoice.is_none_or(|limit| *amount <= limit));
            *months.entry(Month::of(*on)).or_default() += amount;
            prop_assert!(*on >= held.rule.when.day(one.issued_on, one.due_on), "before its day");
            let told = lived.told.iter().rfind(|(told, ..)| told == number).unwrap();
            prop_assert_eq!(told.2, *on, "announced for another day");
            prop_assert!(shift(told.1, i32::from(held.rule.notice_days)) <= *on, "announced too late");
        }
        prop_assert!(months.values().all(|sum| limits.per_month.is_none_or(|limit| *sum <= limit)), "{:?}", months);
        let mut once = numbers(&lived);
        once.dedup();
        prop_assert_eq!(once.len(), lived.charges.len());
    }

    /// To skip, to pause and to set a limit only ever takes charges away. (A month's limit is one more law: what it leaves of
    /// one invoice makes room for another, so it is compared with no limit.)
    #[test]
    fn skips_pauses_and_limits_only_remove(
        invoices in invoices(), held in rules(), skip in 0_usize..12, pause in (0_i32..120, 1_i32..40),
    ) {
        let mut free = always(&held);
        free.rule.limits = Limits { currency: USD, per_invoice: None, per_month: None };
        let most = live(&invoices, &free, &[visa()], year());
        let limited = InForce { rule: Rule { limits: held.rule.limits, ..free.rule.clone() }, ..free.clone() };
        prop_assert!(is_among(&live(&invoices, &limited, &[visa()], year()), &most));
        let mut skipping = invoices.clone();
        if let Some(one) = skipping.get_mut(skip) {
            one.is_skipped = true;
        }
        let skipped = live(&skipping, &free, &[visa()], year());
        prop_assert!(is_among(&skipped, &most));
        prop_assert!(skipped.charges.iter().all(|(number, ..)| invoices.get(skip).is_none_or(|one| one.number != *number)));
        let from = shift(date(2026, 1, 5), pause.0);
        let span = Span::new(from, shift(from, pause.1));
        let paused = live(&invoices, &InForce { pauses: vec![span], ..free }, &[visa()], year());
        prop_assert!(is_among(&paused, &most));
        prop_assert!(paused.charges.iter().all(|(_, on, ..)| !span.covers(*on)));
    }

    /// What isn't owed, or on its way, is never charged.
    #[test]
    fn what_is_not_owed_is_never_charged(one in invoices(), held in rules(), what in 0_usize..7, day in 0_i32..200) {
        let mut invoice = one[0].clone();
        match what {
            0 => invoice.state = State::Draft,
            1 => invoice.state = State::Void,
            2 => invoice.state = State::WrittenOff,
            3 => invoice.state = State::Disputed,
            4 => invoice.balance = 0,
            5 => invoice.under_way = Some(UnderWay::OnItsWay),
            _ => invoice.under_way = Some(UnderWay::Unknown),
        }
        let today = shift(date(2026, 1, 5), day);
        prop_assert!(matches!(decided(&invoice, &always(&held), today), Decision::Leave(_)));
    }

    /// Whatever is refused when: a card is tried four times in 30 days at most, an account three times in 180.
    #[test]
    fn the_ladder_keeps_the_networks_rules(
        is_card in any::<bool>(), delays in prop::collection::vec(0_i32..60, 8), hard_at in 0_usize..9,
    ) {
        let kind = if is_card { MethodKind::Card } else { MethodKind::Bank };
        let (mut tried, mut on) = (Vec::new(), date(2026, 3, 1));
        for (count, delay) in delays.into_iter().enumerate() {
            let refusal = if count == hard_at { Refusal::Hard } else { Refusal::Soft };
            tried.push(Tried { method: 1, on, refusal });
            match again(kind, &tried) {
                Again::On(day) => {
                    prop_assert!(day > on && refusal == Refusal::Soft);
                    on = shift(day, delay);
                }
                _ => break,
            }
        }
        let most = if is_card { 4 } else { 3 };
        prop_assert!(tried.len() <= most);
    }
}
