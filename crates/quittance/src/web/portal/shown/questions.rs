//! The questions of an invoice: under its lines, on its side, in a word beside a ticket.

use billing::account::Role;
use billing::question::{QuestionState, Said, Side, may_settle};
use billing::{Currency, Money};
use store::invoice::{InvoiceLineRow, WholeInvoice};
use store::question::{HeldRow, QuestionMessageRow, QuestionRow};
use store::{AccountId, InvoiceId, PersonId, QuestionId};

use super::Today;
use crate::paper::words::counted;
use crate::questions::{Threads, line_words};
use crate::web::pages::{
    AskForm, Asked, InvoicePage, Link, Notice, NoticeKind, ReplyForm, Status, StatusKind, Thread, ThreadMessage, Ticket,
};
use crate::web::portal::pay::plain;

/// What was typed and refused is shown again where it was typed.
#[derive(Clone, Debug)]
pub struct Typed {
    /// Which form it was.
    pub form: TypedIn,
    pub words: String,
    /// Why it was refused.
    pub error: String,
}

/// A form of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypedIn {
    /// About a line, or the whole invoice; the amount to hold, where it disputes.
    Ask(Option<i64>, Option<String>),
    /// That goes on with a question.
    Reply(QuestionId),
}

/// Everything the questions of a page are made of.
pub struct Talk<'a> {
    pub threads: &'a Threads,
    pub whole: &'a WholeInvoice,
    /// Who looks; nobody: staff who look as the customer, and can't say anything.
    pub visitor: Option<(PersonId, Role)>,
    pub typed: Option<&'a Typed>,
    /// The provider's name.
    pub provider: &'a str,
    pub today: &'a Today,
}

/// Puts everything that was asked, and the ways to ask, into the page.
pub fn fill(page: &mut InvoicePage, talk: &Talk<'_>) {
    for line in page.agreements.iter_mut().flat_map(|agreement| &mut agreement.lines) {
        talk.fill(&mut line.asked);
    }
    for ticket in &mut page.tickets {
        let lines = ticket.entries.iter_mut().map(|entry| &mut entry.asked);
        lines
            .chain(ticket.deliveries.iter_mut().map(|delivery| &mut delivery.asked))
            .for_each(|asked| talk.fill(asked));
        mark(ticket);
    }
    let loose = page.loose_entries.iter_mut().map(|entry| &mut entry.asked);
    loose
        .chain(page.loose_deliveries.iter_mut().map(|delivery| &mut delivery.asked))
        .for_each(|asked| talk.fill(asked));
    page.asked = talk.asked(0);
    page.questions = talk.threads.questions.iter().map(|row| talk.link(row)).collect();
    page.is_refused = talk.typed.is_some();
    page.frame.notices.extend(talk.typed.filter(|typed| talk.is_homeless(typed)).map(|typed| Notice {
        kind: NoticeKind::Refusal,
        first: typed.error.clone(),
        rest: String::new(),
        link: None,
    }));
}

/// Says beside the ticket what was asked about its lines, and opens it where that isn't settled.
fn mark(ticket: &mut Ticket) {
    let lines = ticket.entries.iter().map(|entry| &entry.asked);
    let lines: Vec<&Asked> = lines.chain(ticket.deliveries.iter().map(|delivery| &delivery.asked)).collect();
    let threads: Vec<&Thread> = lines.iter().flat_map(|asked| &asked.threads).collect();
    let is_typed = lines.iter().any(|asked| asked.form.as_ref().is_some_and(|form| !form.error.is_empty()));
    let is_open = is_typed || threads.iter().any(|thread| !thread.is_settled);
    let remark = (!threads.is_empty()).then(|| {
        let count = counted(i64::try_from(threads.len()).unwrap_or(i64::MAX), "question", "questions");
        let words = ["in dispute", "not answered yet", "answered", "settled"];
        let worst = threads.iter().map(|thread| urgency(thread)).min().and_then(|place| words.get(place));
        format!("{count}, {}", worst.copied().unwrap_or_default())
    });
    let remarks = [Some(std::mem::take(&mut ticket.remark)).filter(|remark| !remark.is_empty()), remark];
    ticket.remark = remarks.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    ticket.open = ticket.open || is_open;
}

/// How much it needs somebody: the less, the more.
fn urgency(thread: &Thread) -> usize {
    match thread.status.kind {
        StatusKind::Dispute => 0,
        StatusKind::Due => 1,
        _ if !thread.is_settled => 2,
        _ => 3,
    }
}

impl Talk<'_> {
    /// Whether the form that was refused stands nowhere any more: its question is settled.
    fn is_homeless(&self, typed: &Typed) -> bool {
        let TypedIn::Reply(question) = typed.form else { return false };
        let of = self.threads.questions.iter().find(|row| row.question_id == question);
        of.is_none_or(|row| row.state == QuestionState::Settled)
    }

    fn fill(&self, asked: &mut Asked) {
        *asked = self.asked(asked.line_no);
    }

    /// What was asked about a line; 0: about the whole invoice.
    fn asked(&self, line_no: i64) -> Asked {
        let line = Some(line_no).filter(|no| *no != 0);
        let own = self.threads.questions.iter().filter(|row| row.line_no == line);
        Asked { line_no, threads: own.map(|row| self.thread(row)).collect(), form: self.form(line) }
    }

    fn link(&self, row: &QuestionRow) -> (Link, Status) {
        let href = format!("#question-{}", i64::from(row.question_id));
        (Link::new(href, what(self.whole, row)), status(row, self.whole.invoice.currency))
    }

    fn form(&self, line: Option<i64>) -> Option<AskForm> {
        let (_, role) = self.visitor?;
        let invoice = &self.whole.invoice;
        let row = self.whole.lines.iter().find(|row| Some(row.line_no) == line);
        let most = if role.may_pay() { self.threads.most(self.whole, row) } else { 0 };
        let typed = self.typed.filter(|typed| matches!(&typed.form, TypedIn::Ask(about, _) if *about == line));
        let wanted =
            typed.and_then(|typed| if let TypedIn::Ask(_, wanted) = &typed.form { wanted.clone() } else { None });
        Some(AskForm {
            action: format!("/invoices/{}/questions", invoice.number),
            line: line.map(|no| no.to_string()).unwrap_or_default(),
            label: if line.is_some() { "Ask about this line" } else { "Ask about this invoice" }.to_owned(),
            most: if most > 0 { Money::new(most, invoice.currency).with_currency() } else { String::new() },
            disputes: wanted.is_some(),
            amount: wanted.unwrap_or_else(|| plain(most, invoice.currency)),
            words: typed.map(|typed| typed.words.clone()).unwrap_or_default(),
            error: typed.map(|typed| typed.error.clone()).unwrap_or_default(),
        })
    }

    fn thread(&self, row: &QuestionRow) -> Thread {
        let messages = self.threads.of(row.question_id);
        let thread = thread(row, self.whole, messages, (self.provider, self.today));
        let Some((person, role)) = self.visitor.filter(|_| !thread.is_settled) else { return thread };
        let place = format!("/invoices/{}/questions/{}", self.whole.invoice.number, i64::from(row.question_id));
        let typed = self.typed.filter(|typed| typed.form == TypedIn::Reply(row.question_id));
        let may_settle = may_settle(role, (person, row.asked_by), row.held_minor);
        let is_answered = row.state == QuestionState::Answered;
        let amount = Money::new(row.held_minor, self.whole.invoice.currency).with_currency();
        Thread {
            reply: Some(ReplyForm {
                action: format!("{place}/messages"),
                words: typed.map(|typed| typed.words.clone()).unwrap_or_default(),
                error: typed.map(|typed| typed.error.clone()).unwrap_or_default(),
            }),
            settle: if may_settle && is_answered { format!("{place}/settlement") } else { String::new() },
            settles: if row.held_minor > 0 { format!("{amount} is not held any more then.") } else { String::new() },
            ..thread
        }
    }
}

/// A question with everything said about it, to be read.
pub fn thread<'m>(
    row: &QuestionRow,
    whole: &WholeInvoice,
    messages: impl Iterator<Item = &'m QuestionMessageRow>,
    (provider, today): (&str, &Today),
) -> Thread {
    let currency = whole.invoice.currency;
    Thread {
        id: format!("question-{}", i64::from(row.question_id)),
        what: what(whole, row),
        status: status(row, currency),
        is_settled: row.state == QuestionState::Settled,
        messages: messages.map(|message| shown(message, currency, (provider, today))).collect(),
        reply: None,
        settle: String::new(),
        settles: String::new(),
    }
}

fn what(whole: &WholeInvoice, row: &QuestionRow) -> String {
    let line: Option<&InvoiceLineRow> = whole.lines.iter().find(|line| Some(line.line_no) == row.line_no);
    line.map_or_else(|| "The whole invoice".to_owned(), line_words)
}

fn shown(message: &QuestionMessageRow, currency: Currency, (provider, today): (&str, &Today)) -> ThreadMessage {
    let amount = Money::new(message.held_minor, currency).with_currency();
    ThreadMessage {
        who: match (message.side, message.author.as_str()) {
            (Side::Staff, "") => provider.to_owned(),
            (Side::Staff, name) => format!("{name}, {provider}"),
            (Side::Customer, name) => name.to_owned(),
        },
        at: today.instant(message.made_at),
        did: match message.said {
            Said::Asked | Said::Replied | Said::Answered => String::new(),
            Said::Disputed => format!("disputes {amount}"),
            Said::Credited if message.held_minor > 0 => format!("{amount} stays held"),
            Said::Released | Said::Credited => "nothing is held any more".to_owned(),
            Said::Settled => "settled".to_owned(),
        },
        words: message.words.clone(),
    }
}

/// Where a question stands.
pub fn status(row: &QuestionRow, currency: Currency) -> Status {
    let amount = Money::new(row.held_minor, currency).with_currency();
    match row.state {
        QuestionState::Settled => Status::new(StatusKind::Paid, "Settled"),
        _ if row.held_minor > 0 => Status::new(StatusKind::Dispute, format!("In dispute, {amount} held")),
        QuestionState::Answered => Status::new(StatusKind::Paid, "Answered"),
        QuestionState::Asked => Status::new(StatusKind::Due, "Not answered yet"),
    }
}

/// What is held of an open document, minor units; nothing where nothing is, or nothing of it is open.
pub fn held_of(held: &[HeldRow], (account, document): (AccountId, InvoiceId), open: i64) -> Option<i64> {
    let row = held.iter().find(|row| (row.account_id, row.invoice_id) == (account, document))?;
    Some(row.held_minor.min(open)).filter(|held| *held > 0)
}

/// The word for an invoice with something in dispute.
pub fn in_dispute() -> Status {
    Status::new(StatusKind::Dispute, "In dispute")
}

/// What happens next with an invoice of which so much is held.
pub fn next_of(held: i64, open: i64, currency: Currency) -> String {
    let amount = Money::new(held, currency).with_currency();
    if held < open { format!("{amount} is held, please pay the rest") } else { format!("{amount} is held") }
}
