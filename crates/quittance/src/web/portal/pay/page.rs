//! The page of a payment before it is made: amounts, methods, the day, and what the button does.

use billing::invoice::stream_name;
use billing::{Currency, Money, Span};
use documents::DateOrder;
use store::method::{MethodKind, MethodRow};

use super::Visitor;
use super::draft::{Draft, Fault, last_day};
use super::read::{Ahead, Offer, Read, Row, value};
use crate::actions::start_payment::Keeping;
use crate::app::App;
use crate::autopay::mandates;
use crate::config::SetBy;
use crate::paper::words;
use crate::web::answer::sentence;
use crate::web::pages::{Link, PayAhead, PayAutoPay, PayMethod, PayPage, PayRow, Piece};
use crate::web::portal::shown::Today;
use crate::web::portal::shown::status::Standing;

/// The page. `draft` is filled in.
pub(super) fn page(app: &App, visitor: Visitor, (read, draft): (&Read, &Draft)) -> PayPage {
    let Visitor { frame, action, may_agree, today, .. } = visitor;
    let of_ahead = read.ahead.as_ref().map_or(today.currency, |ahead| ahead.currency);
    let currency = read.rows.first().map_or(of_ahead, |row| row.listed.currency);
    let total = Money::new(draft.total(read), currency).with_currency();
    let is_link = action.starts_with("/pay/");
    let chosen = methods(read, draft, &today);
    PayPage {
        frame,
        title: title(read),
        account_name: account_name(read),
        error: error(read, draft),
        locale: if today.order == DateOrder::MonthFirst { "en-US" } else { "en-GB" },
        rows: rows(read, draft, &today, is_link),
        may_lower: app.config.payments.parts || read.rows.iter().any(|row| row.held > 0),
        ahead: read.ahead.as_ref().map(|ahead| ahead_field(ahead, draft, read.rows.is_empty())),
        by_credit: is_by_credit(read, draft),
        notes: notes(read, &today),
        autopay: read.offer.as_ref().filter(|_| may_agree).and_then(|offer| left_to_autopay(app, offer, draft)),
        may_keep: !is_link,
        keep: draft.keeping == Keeping::Kept,
        may_wait: !read.methods.is_empty(),
        on: draft.on.clone(),
        days: (billing::calendar::shift(today.day, 1).to_string(), last_day(today.day).to_string()),
        button: match draft.total(read) {
            _ if is_by_credit(read, draft) => by_credit(read),
            // Nothing is typed yet.
            0 => button("ahead", &chosen, draft, &today),
            _ => button(&total, &chosen, draft, &today),
        },
        agreed: draft.promise(read),
        after: if is_by_credit(read, draft) {
            "No money moves, and nothing is charged.".to_owned()
        } else {
            after(draft, &chosen, &today)
        },
        methods: chosen,
        total,
        key: draft.key.clone(),
        action,
        back: if is_link { Link::default() } else { Link::new("/invoices", "Invoices") },
        sign: if currency == Currency::USD { "$".to_owned() } else { format!("{} ", currency.code()) },
    }
}

/// Whether credit pays all of it.
fn is_by_credit(read: &Read, draft: &Draft) -> bool {
    !read.rows.is_empty() && read.rows.iter().all(Row::is_covered) && !draft.is_ahead()
}

/// `Pay INV-20299 with $18.00 of your credit`
fn by_credit(read: &Read) -> String {
    let used = read.credit.iter().map(|(_, used)| *used).fold(0, i64::saturating_add);
    let currency = read.credit.first().map(|(row, _)| row.currency);
    let what = match read.rows.as_slice() {
        [one] => one.listed.number.clone(),
        several => format!("{} invoices", words::count(several.len())),
    };
    let shown = currency.map(|currency| Money::new(used, currency).with_currency()).unwrap_or_default();
    format!("Pay {what} with {shown} of your credit")
}

/// What leaves later invoices to Auto Pay; nothing where there is no method to charge.
fn left_to_autopay(app: &App, offer: &Offer, draft: &Draft) -> Option<PayAutoPay> {
    let text = offer.text(&app.provider().legal_name)?;
    let (method, _) = mandates::chosen(&offer.rule, &offer.methods).ok()?;
    let days = offer.rule.notice_days;
    let confirmed = if app.config.autopay.set_by == SetBy::Both { " It starts once we have confirmed it." } else { "" };
    Some(PayAutoPay {
        label: format!("Let Auto Pay take later invoices with {} on their due dates", method.label),
        hint: format!("You get a mail {days} days before each charge, and can stop it.{confirmed}"),
        text,
        chosen: draft.leaves,
    })
}

fn ahead_field(ahead: &Ahead, draft: &Draft, is_alone: bool) -> PayAhead {
    PayAhead {
        code: ahead.code.clone(),
        name: ahead.name.clone(),
        amount: draft.ahead.clone(),
        error: match &draft.fault {
            Some(Fault::Ahead(why)) => why.clone(),
            _ => String::new(),
        },
        is_alone,
    }
}

fn title(read: &Read) -> String {
    match read.rows.as_slice() {
        [] if read.ahead.is_some() => "Pay ahead".to_owned(),
        [] => "Nothing to pay".to_owned(),
        [one] => format!("Pay {}", one.listed.number),
        several => format!("Pay {} invoices", words::count(several.len())),
    }
}

fn account_name(read: &Read) -> String {
    let ahead = read.ahead.as_ref().map_or("", |ahead| ahead.name.as_str());
    let first = read.rows.first().map_or(ahead, |row| row.account.as_str());
    if read.rows.iter().all(|row| row.account == first) { first.to_owned() } else { String::new() }
}

fn error(read: &Read, draft: &Draft) -> String {
    match &draft.fault {
        Some(Fault::Whole(why)) => sentence(why),
        Some(Fault::Amount(..)) => "One of the amounts can't be paid so.".to_owned(),
        Some(Fault::Ahead(_)) => "So much can't be paid ahead.".to_owned(),
        None if read.rows.is_empty() && read.held.is_empty() && read.disputed.is_empty() && read.ahead.is_none() => {
            "Nothing of this is open.".to_owned()
        }
        None => String::new(),
    }
}

fn rows(read: &Read, draft: &Draft, today: &Today, is_link: bool) -> Vec<PayRow> {
    let typed = draft.items.iter().enumerate();
    let row = |(row, (place, (_, amount))): (&Row, (usize, &(String, String)))| PayRow {
        number: row.listed.number.clone(),
        href: if is_link { String::new() } else { super::super::shown::listing::href(&row.listed) },
        what: what(row, read, today),
        status: Some(Standing::of(&row.listed).status(today.day)),
        open: Money::new(if row.is_covered() { row.listed.balance_minor } else { row.net }, row.listed.currency)
            .with_currency(),
        is_covered: row.is_covered(),
        amount: amount.clone(),
        error: match &draft.fault {
            Some(Fault::Amount(at, why)) if *at == place => why.clone(),
            _ => String::new(),
        },
    };
    read.rows.iter().zip(typed).map(row).collect()
}

fn what(row: &Row, read: &Read, today: &Today) -> String {
    let listed = &row.listed;
    let own = match &listed.fee_for {
        Some(invoice) => format!("Late fee for {invoice}"),
        None => {
            format!(
                "{}, {}",
                stream_name(listed.stream),
                today.span(Span::new(listed.period_from, listed.period_until))
            )
        }
    };
    if account_name(read).is_empty() { format!("{own}, {}", row.account) } else { own }
}

fn notes(read: &Read, today: &Today) -> Vec<Vec<Piece>> {
    let mut notes = Vec::new();
    for (row, used) in &read.credit {
        let amount = Money::new(*used, row.currency).with_currency();
        notes.push(vec![
            Piece::strong(format!("{amount} of your credit")),
            Piece::text(format!(" is used for {} first.", row.number)),
        ]);
    }
    notes.extend(read.rows.iter().filter(|row| row.held > 0).chain(&read.disputed).map(disputed));
    for (number, holder) in &read.planned {
        let on = holder.charge_on.map(|on| today.day(on).text).unwrap_or_default();
        notes.push(vec![
            Piece::text(format!("{} would pay {number} on {on}. ", holder.number)),
            Piece::strong("Paying it here cancels that charge."),
        ]);
    }
    for (number, on) in &read.autopay {
        let on = today.day(*on).text;
        notes.push(vec![
            Piece::text(format!("Auto Pay would take {number} on {on}. ")),
            Piece::strong("Paying it here cancels that charge."),
        ]);
    }
    for (number, holder) in &read.held {
        notes.push(vec![
            Piece::strong(format!("{number} is left out: a payment of it is under way, ")),
            Piece::Link(Link::new(format!("/payments/{}", holder.number), holder.number.clone())),
            Piece::text(". Please don't pay it again."),
        ]);
    }
    notes
}

/// That a part of it, or all, is in dispute.
fn disputed(row: &Row) -> Vec<Piece> {
    let number = &row.listed.number;
    let amount = Money::new(row.held, row.listed.currency).with_currency();
    let rest = if row.held < row.net {
        " and left out here. You may pay all of it."
    } else {
        ", which is all that is open. It need not be paid until that is settled."
    };
    vec![Piece::strong(format!("{amount} of {number} is in dispute")), Piece::text(rest)]
}

fn methods(read: &Read, draft: &Draft, today: &Today) -> Vec<PayMethod> {
    let kept = read.methods.iter().map(|method| PayMethod {
        value: value(method),
        name: method.words(),
        hint: hint(method, today),
        chosen: draft.method == value(method),
        is_new: false,
    });
    let new = |value: &str, name: &str, hint: &str| PayMethod {
        value: value.to_owned(),
        name: name.to_owned(),
        hint: hint.to_owned(),
        chosen: draft.method == value,
        is_new: true,
    };
    let (card, bank) =
        if read.methods.is_empty() { ("Card", "Bank account") } else { ("Another card", "Another bank account") };
    let there = "You enter it on our payment company’s page and come back here.";
    kept.chain([new("card", card, there), new("bank", bank, "Arrives in 2 to 4 business days.")]).collect()
}

fn hint(method: &MethodRow, today: &Today) -> String {
    match (method.kind, method.expires_on) {
        (MethodKind::Bank, _) => "Arrives in 2 to 4 business days.".to_owned(),
        (MethodKind::Card, Some(on)) => format!("Expires {}.", today.full_day(on).text),
        (MethodKind::Card, None) => String::new(),
    }
}

/// `Pay $7,072.63 with Visa 4242 on Nov 20`: the whole confirmation.
fn button(what: &str, methods: &[PayMethod], draft: &Draft, today: &Today) -> String {
    let chosen = methods.iter().find(|method| method.chosen);
    let with = match chosen {
        Some(method) if !method.is_new => format!(" with {}", method.name),
        Some(method) if method.value == "bank" => " by bank account".to_owned(),
        _ => " by card".to_owned(),
    };
    let on = draft.on.parse().map(|on| format!(" on {}", today.day(on).text)).unwrap_or_default();
    format!("Pay {what}{with}{on}")
}

fn after(draft: &Draft, methods: &[PayMethod], today: &Today) -> String {
    let is_new = methods.iter().any(|method| method.chosen && method.is_new);
    match draft.on.parse() {
        Ok(on) => format!("Charged on {}, once. The receipt comes by mail.", today.weekday(on)),
        Err(_) if is_new => {
            "You go on to our payment company’s page. Charged once; the receipt comes by mail.".to_owned()
        }
        Err(_) => format!("Charged today, {}, once. The receipt comes by mail.", today.weekday(today.day)),
    }
}
