//! Rules and previews as pages print them: pure.

use billing::autopay::{Decision, InForce, Invoice, Method, Reason, Replayed, Row, Rule};
use billing::{Currency, Money, Span};
use jiff::Timestamp;
use store::autopay::{RuleRow, RuleState, Side};
use store::method::MandateRow;

use super::draft::Draft;
use crate::autopay::said;
use crate::autopay::sight::Previewed;
use crate::paper::words;
use crate::web::pages::autopay::{PermissionText, Preview, PreviewGroup, PreviewLine, RuleForm, RuleLine};
use crate::web::pages::{Choice, Link};
use crate::web::portal::pay::plain;
use crate::web::portal::shown::Today;

/// What a rule would do, in the words of the page for who reads it. `draft` is the rule on the page that may be changed; nothing:
/// it may not.
pub fn preview(
    previewed: &Previewed,
    rule: &Rule,
    (today, reader): (&Today, Side),
    draft: Option<(&Draft, &str)>,
) -> Preview {
    let words = counted(previewed.counts(), reader);
    let next = PreviewGroup {
        title: "Next".to_owned(),
        sum: sum(previewed.next.iter().filter_map(|(_, decision)| charge_of(decision)), rule.limits.currency),
        lines: previewed.next.iter().map(|(invoice, decision)| next_line(invoice, decision, (today, reader))).collect(),
    };
    let months = previewed.months.iter().map(|(month, rows)| PreviewGroup {
        title: format!("{}, replayed", words::month_name(*month)),
        sum: sum(rows.iter().filter_map(|(_, row)| charged_of(row)), rule.limits.currency),
        lines: rows.iter().map(|(invoice, row)| past_line(invoice, row, today)).collect(),
    });
    let groups = std::iter::once(next).chain(months).filter(|group| !group.lines.is_empty()).collect();
    Preview { words, wider: draft.and_then(|(draft, page)| wider(previewed, rule, draft, page)), groups }
}

/// `Of nine invoices, seven would have been charged and two left to you.`
fn counted((all, charged): (usize, usize), reader: Side) -> String {
    let left = all.saturating_sub(charged);
    let whom = if reader == Side::Staff { "the customer" } else { "you" };
    match (all, charged, left) {
        (0, ..) => String::new(),
        (1, _, 0) => "The one invoice of these months would have been charged.".to_owned(),
        (1, ..) => format!("The one invoice of these months would have been left to {whom}."),
        (_, _, 0) => format!("All {} invoices would have been charged.", words::count(all)),
        (_, 0, _) => format!("All {} invoices would have been left to {whom}.", words::count(all)),
        _ => format!(
            "Of {} invoices, {} would have been charged and {} left to {whom}.",
            words::count(all),
            words::count(charged),
            words::count(left)
        ),
    }
}

/// The limit that fits, where a limit left something.
fn wider(previewed: &Previewed, rule: &Rule, draft: &Draft, page: &str) -> Option<(String, Link)> {
    let limits = previewed.wider(rule.limits)?;
    let written = |minor: i64| Money::new(minor, limits.currency).with_currency();
    let is_new = |before: Option<i64>, after: Option<i64>| after.filter(|_| before != after);
    let parts: Vec<String> = [
        is_new(rule.limits.per_invoice, limits.per_invoice).map(|minor| format!("{} an invoice", written(minor))),
        is_new(rule.limits.per_month, limits.per_month).map(|minor| format!("{} a month", written(minor))),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() {
        return None;
    }
    let typed = |limit: Option<i64>| limit.map(|minor| plain(minor, limits.currency)).unwrap_or_default();
    let fitting = Draft { per_invoice: typed(limits.per_invoice), per_month: typed(limits.per_month), ..draft.clone() };
    let parts = parts.join(" and ");
    Some((format!("With {parts} no limit would leave any."), Link::new(fitting.href(page), format!("Set {parts}"))))
}

fn charge_of(decision: &Decision) -> Option<i64> {
    match decision {
        Decision::Charge(charge) => Some(charge.amount),
        Decision::Leave(_) => None,
    }
}

fn charged_of(row: &Row) -> Option<i64> {
    match row.outcome {
        Replayed::Charged(_, amount) => Some(amount),
        Replayed::Left(_) => None,
    }
}

fn sum(amounts: impl Iterator<Item = i64>, currency: Currency) -> String {
    Money::new(amounts.fold(0, i64::saturating_add), currency).with_currency()
}

fn next_line(invoice: &Invoice, decision: &Decision, (today, reader): (&Today, Side)) -> PreviewLine {
    let (words, amount) = match decision {
        Decision::Charge(charge) => {
            (format!(" would be charged on {}.", today.day(charge.charge_on).text), charge.amount)
        }
        Decision::Leave(reason) => (would_not(reason, today), invoice.balance),
    };
    let left = if let Decision::Leave(reason) = decision { Some(reason) } else { None };
    // Staff can't pay it.
    let pay = (reader == Side::Customer && matches!(left, Some(Reason::Overdue)))
        .then(|| Link::new(format!("/pay?number={}", invoice.number), "Pay it now"));
    line(invoice, (words, amount), left, pay)
}

fn past_line(invoice: &Invoice, row: &Row, today: &Today) -> PreviewLine {
    match &row.outcome {
        Replayed::Charged(_, amount) => {
            let words = format!(" would have been charged on {}.", today.day(row.on).text);
            line(invoice, (words, *amount), None, None)
        }
        Replayed::Left(reason) => line(invoice, (would_not(reason, today), invoice.balance), Some(reason), None),
    }
}

fn would_not(reason: &Reason, today: &Today) -> String {
    format!(" would not: {}.", reason.sentence(|day| today.day(day).text))
}

fn line(invoice: &Invoice, (words, minor): (String, i64), left: Option<&Reason>, link: Option<Link>) -> PreviewLine {
    PreviewLine {
        number: invoice.number.clone(),
        words,
        help: left.and_then(Reason::help).unwrap_or_default(),
        link,
        amount: Money::new(minor, invoice.currency).to_string(),
        is_charged: left.is_none(),
    }
}

/// A version as a line, without anything to do about it.
pub fn rule_line(row: &RuleRow, methods: &[Method], pauses: &[Span], today: &Today) -> RuleLine {
    let on = |at: Option<jiff::Timestamp>| {
        at.map(|at| today.day(at.to_zoned(today.zone.clone()).date()).text).unwrap_or_default()
    };
    let since = match row.state {
        RuleState::InForce => match row.starts_on {
            Some(day) if day > today.day => format!("Agreed; it starts on {}", today.day(day).text),
            day => format!("In force since {}", day.map(|day| today.day(day).text).unwrap_or_default()),
        },
        RuleState::Proposed => {
            let waits =
                if row.waits_for == Some(Side::Staff) { "it waits for us" } else { "it waits for the customer" };
            format!("Proposed by {} on {}; {waits}", row.proposed_name, on(Some(row.proposed_at)))
        }
        RuleState::Ended | RuleState::Replaced | RuleState::Refused => format!("Over since {}", on(row.ended_at)),
    };
    let paused = pauses.iter().find(|pause| pause.covers(today.day));
    let note = paused.map(|pause| format!("Paused until {}.", today.day(pause.until).text));
    let note = note.or_else(|| row.ended_because.clone()).unwrap_or_default();
    RuleLine { since, sentence: said(&row.rule, methods), note, ..RuleLine::default() }
}

/// The pauses of a rule in force.
pub fn pauses_of<'a>(rules: &'a [InForce], row: &RuleRow) -> &'a [Span] {
    rules.iter().find(|held| held.rule_id == i64::from(row.rule_id)).map_or(&[], |held| held.pauses.as_slice())
}

/// The permissions there were and are.
pub fn texts(mandates: &[MandateRow], today: &Today, place: &str) -> Vec<PermissionText> {
    let day = |at: Timestamp| today.full_day(at.to_zoned(today.zone.clone()).date()).text;
    let ended = |row: &MandateRow| Some(format!("Ended on {}: {}", day(row.ended_at?), row.ended_because.as_ref()?));
    let text = |row: &MandateRow| PermissionText {
        title: format!("Text {} of {}", row.version, day(row.accepted_at)),
        by: format!("Agreed to by {}", row.accepted_by),
        end: ended(row).unwrap_or_default(),
        text: row.words.clone(),
        file: format!("{place}/mandates/{}.pdf", row.version),
    };
    mandates.iter().map(text).collect()
}

/// The form of a rule, for who fills it in.
pub fn form(
    draft: &Draft,
    methods: &[Method],
    agreements: &[(String, String)],
    (page, error, reader): (&str, &str, Side),
) -> RuleForm {
    let all = methods.iter().map(|method| (method.id.to_string(), method.label.clone()));
    let default = methods.iter().find(|method| method.is_default);
    let default = default.map_or_else(|| "a card or account".to_owned(), |method| method.label.clone());
    let first = std::iter::once(("default".to_owned(), format!("{default}, used first")));
    let left = [&draft.po, &draft.project]
        .iter()
        .map(|typed| typed.split(',').filter(|one| !one.trim().is_empty()).count())
        .sum();
    RuleForm {
        action: page.to_owned(),
        account: draft.account.clone(),
        replaces: draft.replaces.clone(),
        scopes: choices(&SCOPES, &draft.scope),
        agreements: agreements
            .iter()
            .map(|(code, name)| choice(code, &format!("{code} {name}"), draft.agreements.contains(code)))
            .collect(),
        invoice: draft.invoice.clone(),
        methods: first
            .clone()
            .chain(all.clone())
            .map(|(value, text)| choice(&value, &text, value == draft.method))
            .collect(),
        backups: std::iter::once((String::new(), "Nothing else".to_owned()))
            .chain(all)
            .map(|(value, text)| choice(&value, &text, value == draft.backup))
            .collect(),
        whens: choices(&WHENS, &draft.when),
        days: draft.days.clone(),
        per_invoice: draft.per_invoice.clone(),
        per_month: draft.per_month.clone(),
        notice: draft.notice.clone(),
        po_numbers: draft.po.clone(),
        projects: draft.project.clone(),
        left_out: if left == 0 { "None".to_owned() } else { words::count(left) },
        opens: choices(if reader == Side::Staff { &OPENS_OF_STAFF } else { &OPENS }, &draft.open),
        start: draft.start.clone(),
        error: error.to_owned(),
        fields: draft.fields(),
    }
}

const SCOPES: [(&str, &str); 5] = [
    ("everything", "recurring and bi-weekly invoices"),
    ("recurring", "recurring invoices"),
    ("biweekly", "bi-weekly invoices"),
    ("agreements", "invoices for chosen agreements"),
    ("invoice", "one single invoice"),
];

const WHENS: [(&str, &str); 5] = [
    ("due", "on the due date"),
    ("before_due", "some days before the due date"),
    ("after_due", "some days after the due date"),
    ("after_issue", "some days after the issue"),
    ("day", "on a day of the month"),
];

const OPENS: [(&str, &str); 3] = [
    ("leave", "Leave them to me"),
    ("due", "Take those that fall due after it starts"),
    ("all", "Take all of them, the overdue ones too"),
];

const OPENS_OF_STAFF: [(&str, &str); 3] = [("leave", "Leave them to the customer"), OPENS[1], OPENS[2]];

fn choices(all: &[(&str, &str)], chosen: &str) -> Vec<Choice> {
    all.iter().map(|(value, text)| choice(value, text, *value == chosen)).collect()
}

fn choice(value: &str, text: &str, chosen: bool) -> Choice {
    Choice { value: value.to_owned(), text: text.to_owned(), count: String::new(), chosen }
}
