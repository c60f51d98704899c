//! Questions: under the lines of invoices, a form that was refused, and the pages of staff.

use quittance::web::pages::{
    AskForm, Asked, Day, InvoicePage, Link, Piece, QuestionLine, QuestionPage, QuestionsPage, ReplyForm, Status,
    StatusKind, Thread, ThreadMessage,
};

use crate::{
    Gallery,
    invoice::{biweekly, recurring},
    people::dana,
};

pub fn hang(gallery: &Gallery) -> std::io::Result<()> {
    gallery.hang("invoice", &asked(biweekly()))?;
    gallery.hang("invoice-recurring", &asked(recurring()))?;
    gallery.hang("invoice-disputed", &disputed())?;
    gallery.hang("invoice-question-refused", &refused())?;
    let none = QuestionsPage { frame: dana(), waiting: Vec::new(), answered: Vec::new() };
    gallery.hang("office-questions", &list())?;
    gallery.hang("office-questions-empty", &none)?;
    gallery.hang("office-question", &question())?;
    let error = "Write a few words.".to_owned();
    gallery.hang("office-question-error", &QuestionPage { error, ..question() })?;
    let over = Thread { status: Status::new(StatusKind::Paid, "Settled"), is_settled: true, ..answered() };
    let (action, held, credit) = (String::new(), String::new(), String::new());
    gallery.hang("office-question-settled", &QuestionPage { action, held, credit, thread: over, ..question() })
}

fn at(day: &str, text: &str) -> Day {
    Day::new(format!("2026-{day}-05:00"), text)
}

fn message(who: &str, at: Day, did: &str, words: &str) -> ThreadMessage {
    ThreadMessage { who: who.into(), at, did: did.into(), words: words.into() }
}

fn answered() -> Thread {
    Thread {
        id: "question-7".into(),
        what: "Monitor 27 in, height adjustable".into(),
        status: Status::new(StatusKind::Paid, "Answered"),
        is_settled: false,
        messages: vec![
            message(
                "Khadra Moua",
                at("10-06T16:20:00", "Oct 6, 4:20 pm"),
                "",
                "The new-hire form says two monitors. Did all four go to the North elevator?",
            ),
            message(
                "R. Dahl, West Prairie Technology",
                at("10-07T08:12:00", "Oct 7, 8:12 am"),
                "",
                "Two are on Saw’s desk, two on the shared desk at the scale.\n\nDwayne added those on Sep 9.",
            ),
        ],
        reply: Some(ReplyForm { action: "/invoices/INV-20299/questions/7/messages".into(), ..ReplyForm::default() }),
        settle: "/invoices/INV-20299/questions/7/settlement".into(),
        settles: String::new(),
    }
}

fn dispute() -> Thread {
    Thread {
        id: "question-8".into(),
        what: "Assigned licence to Erik, removed the trial copy, default program set.".into(),
        status: Status::new(StatusKind::Dispute, "In dispute, $72.50 held"),
        messages: vec![message(
            "Erik Lund",
            at("11-05T10:05:00", "Nov 5, 10:05 am"),
            "disputes $72.50",
            "This was meant to be covered by the agreement.",
        )],
        settle: String::new(),
        ..answered()
    }
}

fn form(line: &str, most: &str) -> AskForm {
    let label = if line.is_empty() { "Ask about this invoice" } else { "Ask about this line" };
    AskForm {
        action: "/invoices/INV-20299/questions".into(),
        line: line.into(),
        label: label.into(),
        most: most.into(),
        amount: most.replace(['$', ','], ""),
        ..AskForm::default()
    }
}

/// Every line can be asked about, and one was.
fn asked(mut page: InvoicePage) -> InvoicePage {
    let tickets = page.tickets.iter_mut();
    let lines = tickets.flat_map(|ticket| {
        let entries = ticket.entries.iter_mut().map(|entry| &mut entry.asked);
        entries.chain(ticket.deliveries.iter_mut().map(|delivery| &mut delivery.asked))
    });
    let charges = page.agreements.iter_mut().flat_map(|agreement| &mut agreement.lines);
    for (place, line) in lines.chain(charges.map(|line| &mut line.asked)).enumerate() {
        let threads = if place == 5 { vec![answered()] } else { Vec::new() };
        *line = Asked { line_no: 1, threads, form: Some(form("3", if place < 2 { "" } else { "$72.50" })) };
    }
    page.asked.form = Some(form("", "$3,163.73"));
    let link = Link::new("#question-7", "Monitor 27 in, height adjustable");
    page.questions = vec![(link, Status::new(StatusKind::Paid, "Answered"))];
    if let Some(ticket) = page.tickets.first_mut() {
        ticket.remark = "1 question, answered".into();
    }
    page
}

fn disputed() -> InvoicePage {
    let mut page = asked(biweekly());
    page.status = Status::new(StatusKind::Dispute, "In dispute");
    if let Some(ticket) = page.tickets.get_mut(2) {
        ticket.open = true;
        ticket.remark = "1 question, in dispute".into();
        ticket.entries.iter_mut().for_each(|entry| entry.asked.threads = vec![dispute()]);
    }
    let link = Link::new("#question-8", "Assigned licence to Erik, removed the trial copy, default program set.");
    page.questions.push((link, dispute().status));
    let whole = Thread { id: "question-9".into(), what: "The whole invoice".into(), ..answered() };
    page.asked.threads = vec![whole];
    if let Some(pay) = &mut page.pay {
        pay.sentence.extend([
            Piece::text(" "),
            Piece::strong("$72.50"),
            Piece::text(" of it is in dispute and held: until that is settled, pay "),
            Piece::strong("$3,091.23"),
            Piece::text("."),
        ]);
    }
    page
}

/// The dispute of picture 8, with an amount that is too high.
fn refused() -> InvoicePage {
    let mut page = asked(biweekly());
    page.is_refused = true;
    if let Some(ticket) = page.tickets.get_mut(2) {
        ticket.open = true;
        let typed = AskForm {
            disputes: true,
            amount: "725.00".into(),
            words: "Was this meant to be covered by the agreement?".into(),
            error: "Hold more than nothing, and at most what this costs and is still open.".into(),
            ..form("12", "$72.50")
        };
        ticket.entries.iter_mut().for_each(|entry| entry.asked.form = Some(typed.clone()));
    }
    page
}

fn list() -> QuestionsPage {
    let line = |id: i64, what: &str, at: Day, state: &str| QuestionLine {
        href: format!("/office/questions/{id}"),
        what: what.into(),
        at,
        state: state.into(),
    };
    QuestionsPage {
        frame: dana(),
        waiting: vec![
            line(
                8,
                "INV-20299, line 12: Northfield Grain & Supply",
                at("11-05T10:05:00", "Nov 5, 10:05 am"),
                "$72.50 held",
            ),
            line(9, "INV-20517: Prairie Dental", at("11-06T08:40:00", "Nov 6, 8:40 am"), ""),
        ],
        answered: vec![line(
            7,
            "INV-20299, line 6: Northfield Grain & Supply",
            at("10-07T08:12:00", "Oct 7, 8:12 am"),
            "",
        )],
    }
}

fn question() -> QuestionPage {
    QuestionPage {
        frame: dana(),
        number: "INV-20299".into(),
        account: "C-1000 Northfield Grain & Supply".into(),
        thread: dispute(),
        costs: "$72.50".into(),
        held: "$72.50".into(),
        credit: "quittance credit note INV-20299 --lines 12 --reason \"…\"".into(),
        action: "/office/questions/8".into(),
        words: String::new(),
        error: String::new(),
    }
}
