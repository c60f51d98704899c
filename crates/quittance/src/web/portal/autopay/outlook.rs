//! What Auto Pay does with open invoices, on pages that are about something else: the list, the strip on top, an invoice.

use billing::autopay::{Cause, Charge, Decision, Invoice, Reason};
use billing::{Money, calendar};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::scope::AccountScope;
use store::{AccountId, InvoiceId, Tx};

use crate::autopay::AutoPay;
use crate::autopay::letters::label;
use crate::web::pages::{Deed, HowToPay, Link, NextDue, Piece};
use crate::web::portal::shown::Today;

/// An open invoice and what becomes of it.
struct Outcome {
    account: AccountId,
    document: InvoiceId,
    invoice: Invoice,
    decision: Decision,
    /// What is charged.
    label: String,
    /// Days between notice and charge.
    notice_days: u8,
}

/// What Auto Pay does with the open invoices of a scope; of accounts without a rule it says nothing.
#[derive(Default)]
pub struct Outlook {
    outcomes: Vec<Outcome>,
}

impl Outlook {
    /// Reads it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn read(tx: &mut Tx, scope: &AccountScope, (today, zone): (Date, &TimeZone)) -> Result<Self, store::Error> {
        let mut outcomes = Vec::new();
        for account in scope.accounts() {
            let account = account.account_id;
            if !tx.has_autopay(account)? {
                continue;
            }
            let known = AutoPay::read(tx, account, (today, zone))?;
            let all = known.invoices.iter().zip(&known.ids).zip(known.forecast());
            outcomes.extend(
                all.map(|((invoice, document), decision)| outcome(&known, (account, *document), invoice, decision)),
            );
        }
        Ok(Self { outcomes })
    }

    fn of(&self, account: AccountId, document: InvoiceId) -> Option<&Outcome> {
        self.outcomes.iter().find(|one| (one.account, one.document) == (account, document))
    }

    /// What happens next with an invoice: `Auto Pay Dec 1, Visa 4242`, or why not.
    pub fn next(&self, account: AccountId, document: InvoiceId, today: &Today) -> Option<String> {
        let one = self.of(account, document)?;
        Some(match &one.decision {
            Decision::Charge(charge) => {
                let again = if charge.cause == Cause::Retry { "Auto Pay again" } else { "Auto Pay" };
                format!("{again} {}, {}", today.day(charge.charge_on).text, one.label)
            }
            Decision::Leave(reason) => format!("Nothing planned: {}", reason.sentence(|day| today.day(day).text)),
        })
    }

    /// The day on which an invoice is charged.
    pub fn charged_on(&self, account: AccountId, document: InvoiceId) -> Option<Date> {
        match &self.of(account, document)?.decision {
            Decision::Charge(charge) => Some(charge.charge_on),
            Decision::Leave(_) => None,
        }
    }

    /// The first charge to come.
    pub fn takes_next(&self, today: &Today) -> Option<NextDue> {
        let charges = self.outcomes.iter().filter_map(|one| match &one.decision {
            Decision::Charge(charge) => Some((one, charge)),
            Decision::Leave(_) => None,
        });
        let (one, charge) = charges.min_by_key(|(one, charge)| (charge.charge_on, one.invoice.number.clone()))?;
        let told = match charge.cause {
            Cause::ToAnnounce => format!(" We write to you on {}.", today.day(told_on(one, charge)).text),
            Cause::Announced | Cause::Retry => String::new(),
        };
        let words = format!("{}, {}.{told} ", today.weekday(charge.charge_on), one.label);
        let link =
            Link::new(format!("/invoices/{}", one.invoice.number), format!("{}: see or skip it", one.invoice.number));
        Some(NextDue { amount: written(charge.amount, one), note: vec![Piece::text(words), Piece::Link(link)] })
    }

    /// The panel of an invoice says what Auto Pay does with it. `may` is for who may decide about the account's money.
    pub fn explain(&self, (account, document): (AccountId, InvoiceId), today: &Today, may: May, pay: &mut HowToPay) {
        let Some(one) = self.of(account, document) else { return };
        let number = &one.invoice.number;
        let deed = |value: &str, text: &str| {
            let action = format!("/invoices/{number}/autopay");
            (may == May::Decide).then(|| (Deed { action, text: text.to_owned() }, value.to_owned()))
        };
        let why = Piece::Link(Link::new("/autopay", "Your rule"));
        match &one.decision {
            Decision::Charge(charge) => {
                pay.title = "Auto Pay takes this one".to_owned();
                pay.sentence = sentence(one, charge, today);
                pay.paragraphs.clear();
                pay.references.clear();
                if let Some(now) = &mut pay.pay_now {
                    now.text = "Pay it now instead".to_owned();
                }
                pay.skip = deed("yes", "Skip this one");
                let cancels = format!("Paying now cancels the charge of {}. ", today.day(charge.charge_on).text);
                pay.note = vec![Piece::text(cancels), why];
            }
            Decision::Leave(reason) => {
                let help = reason.help().map(|help| format!(" {help}")).unwrap_or_default();
                let said = reason.sentence(|day| today.day(day).text);
                pay.note = vec![Piece::text(format!("Auto Pay leaves this one: {said}.{help} ")), why];
                if *reason == Reason::Skipped {
                    pay.skip = deed("no", "Let Auto Pay take it");
                }
            }
        }
    }
}

/// Whether somebody may decide about an account's money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum May {
    /// They may.
    Decide,
    /// They only look.
    Look,
}

fn outcome(
    known: &AutoPay,
    (account, document): (AccountId, InvoiceId),
    invoice: &Invoice,
    decision: Decision,
) -> Outcome {
    let (method, rule) = match &decision {
        Decision::Charge(charge) => {
            (Some(charge.method), known.rules.iter().find(|held| held.rule_id == charge.rule_id))
        }
        Decision::Leave(_) => (None, None),
    };
    Outcome {
        account,
        document,
        invoice: invoice.clone(),
        label: method.map(|method| label(known, method)).unwrap_or_default(),
        notice_days: rule.map_or(0, |held| held.rule.notice_days),
        decision,
    }
}

fn written(minor: i64, one: &Outcome) -> String {
    Money::new(minor, one.invoice.currency).with_currency()
}

fn told_on(one: &Outcome, charge: &Charge) -> Date {
    calendar::shift(charge.charge_on, -i32::from(one.notice_days))
}

/// `We’ll charge $3,908.90 to Visa 4242 on Tuesday, Dec 1. You get a mail on Nov 28.`
fn sentence(one: &Outcome, charge: &Charge, today: &Today) -> Vec<Piece> {
    let lead = if charge.cause == Cause::Retry {
        "The last charge did not go through. We’ll try "
    } else {
        "We’ll charge "
    };
    let mail = match charge.cause {
        Cause::ToAnnounce => format!(". You get a mail on {}.", today.day(told_on(one, charge)).text),
        Cause::Announced | Cause::Retry => ".".to_owned(),
    };
    vec![
        Piece::text(lead),
        Piece::Strong(written(charge.amount, one)),
        Piece::text(" to "),
        Piece::Strong(one.label.clone()),
        Piece::text(" on "),
        Piece::Strong(today.weekday(charge.charge_on)),
        Piece::text(mail),
    ]
}
