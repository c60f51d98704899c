//! Paying: the page before it, its three ends, the list, kept methods, and the sandbox's own page.

use quittance::web::pages::{
    AccountMethods, CheckForm, Day, Deed, ExceptionLine, Frame, Link, MethodLine, MethodsPage, Notice, NoticeKind,
    OfficePaymentLine, OfficePaymentPage, OfficePaymentsPage, Pair, PayAhead, PayAutoPay, PayMethod, PayPage, PayRow,
    PaymentLine, PaymentPage, PaymentsPage, Piece, RefundLine, SandboxPayPage, Status, StatusKind, Step, TestChoice,
};

use crate::Gallery;
use crate::frame::khadra;
use crate::people::dana;

pub fn hang(gallery: &Gallery) -> std::io::Result<()> {
    gallery.hang("pay", &pay())?;
    gallery.hang("pay-wrong", &wrong())?;
    gallery.hang("pay-link", &link())?;
    gallery.hang("pay-ahead", &ahead())?;
    gallery.hang("pay-by-credit", &by_credit())?;
    gallery.hang("payment-processing", &processing())?;
    gallery.hang("payment-unknown", &unknown())?;
    gallery.hang("payment-paid", &paid())?;
    gallery.hang("payment-failed", &failed())?;
    gallery.hang("payments", &payments())?;
    gallery.hang(
        "payments-none",
        &PaymentsPage { frame: khadra(), rows: Vec::new(), more: String::new(), may_pay: true, ahead: ahead_links() },
    )?;
    gallery.hang("methods", &methods())?;
    gallery.hang("sandbox-pay", &sandbox())?;
    office(gallery)
}

fn ahead_links() -> Vec<Link> {
    vec![Link::new("/pay?ahead=C-1012", "Pay ahead")]
}

fn row(number: &str, what: &str, status: Status, open: &str, amount: &str) -> PayRow {
    PayRow {
        number: number.into(),
        href: format!("/invoices/{number}"),
        what: what.into(),
        status: Some(status),
        open: open.into(),
        is_covered: false,
        amount: amount.into(),
        error: String::new(),
    }
}

fn method(value: &str, name: &str, hint: &str) -> PayMethod {
    PayMethod {
        value: value.into(),
        name: name.into(),
        hint: hint.into(),
        chosen: value == "1",
        is_new: value.len() > 1,
    }
}

fn pay() -> PayPage {
    let overdue = Status::new(StatusKind::Overdue, "Overdue 19 days");
    let due = Status::new(StatusKind::Due, "Due in 25 days");
    PayPage {
        frame: khadra(),
        title: "Pay two invoices".into(),
        account_name: "Northfield Grain & Supply, Inc.".into(),
        error: String::new(),
        rows: vec![
            row("INV-20299", "Bi-weekly, Sep 4–17", overdue, "$3,163.73", "3163.73"),
            row("INV-20517", "Recurring, Oct 1–31", due, "$3,908.90", "3908.90"),
        ],
        ahead: Some(PayAhead { code: "C-1012".into(), ..PayAhead::default() }),
        by_credit: false,
        may_lower: true,
        notes: vec![vec![
            Piece::text("P-1007 would pay INV-20517 on Dec 1. "),
            Piece::strong("Paying it here cancels that charge."),
        ]],
        methods: vec![
            method("1", "Visa 4242", "Expires Aug 31, 2028."),
            method("2", "Checking 6789", "Arrives in 2 to 4 business days."),
            method("card", "Another card", "You enter it on our payment company’s page and come back here."),
            method("bank", "Another bank account", "Arrives in 2 to 4 business days."),
        ],
        autopay: Some(PayAutoPay {
            label: "Let Auto Pay take later invoices with Visa 4242 on their due dates".into(),
            hint: "You get a mail 3 days before each charge, and can stop it. It starts once we have confirmed it.".into(),
            text: "Northfield Grain & Supply, Inc. permits Prairie IT to charge Visa 4242 for all invoices on their due dates. Three \
                days before each charge you get a mail. You can end this at any time."
                .into(),
            chosen: false,
        }),
        may_keep: true,
        keep: false,
        may_wait: true,
        on: String::new(),
        days: ("2026-11-07".into(), "2027-05-05".into()),
        total: "$7,072.63".into(),
        button: "Pay $7,072.63 with Visa 4242".into(),
        agreed: "707263 1 ".into(),
        after: "Charged today, Friday, Nov 6, once. The receipt comes by mail.".into(),
        key: "gallery-key".into(),
        action: "/payments".into(),
        back: Link::new("/invoices", "Invoices"),
        sign: "$".into(),
        locale: "en-US",
    }
}

fn wrong() -> PayPage {
    let mut page = pay();
    page.error = "One of the amounts can't be paid so.".into();
    if let Some(first) = page.rows.first_mut() {
        first.amount = "4000".into();
        first.error = "$3,163.73 is open of INV-20299; pay that or less, more than nothing.".into();
    }
    page.on = "2026-11-20".into();
    page
}

fn ahead() -> PayPage {
    let field = PayAhead {
        code: "C-1012".into(),
        name: "Northfield Grain & Supply, Inc.".into(),
        amount: "12,5x".into(),
        error: "“12,5x” is not an amount. Write it like 100.50.".into(),
        is_alone: true,
    };
    let error = "So much can't be paid ahead.".into();
    let (total, button) = ("$0.00".into(), "Pay ahead with Visa 4242".into());
    PayPage {
        title: "Pay ahead".into(),
        total,
        button,
        rows: Vec::new(),
        notes: Vec::new(),
        ahead: Some(field),
        error,
        ..pay()
    }
}

fn by_credit() -> PayPage {
    let mut page = pay();
    page.title = "Pay INV-20299".into();
    page.rows.truncate(1);
    page.rows.iter_mut().for_each(|row| (row.is_covered, row.amount) = (true, "0.00".into()));
    page.notes = vec![vec![Piece::strong("$3,163.73 of your credit"), Piece::text(" is used for INV-20299 first.")]];
    (page.by_credit, page.total) = (true, "$0.00".into());
    page.button = "Pay INV-20299 with $3,163.73 of your credit".into();
    page.after = "No money moves, and nothing is charged.".into();
    page
}

fn link() -> PayPage {
    let mut page = pay();
    (page.ahead, page.autopay) = (None, None);
    page.frame = Frame { visitor: None, csrf: String::new(), ..khadra() };
    page.rows.truncate(1);
    page.rows.iter_mut().for_each(|row| row.href.clear());
    page.title = "Pay INV-20299".into();
    page.notes.clear();
    page.methods = vec![
        method("card", "Card", "You enter it on our payment company’s page and come back here."),
        method("bank", "Bank account", "Arrives in 2 to 4 business days."),
    ];
    page.methods.iter_mut().take(1).for_each(|method| method.chosen = true);
    (page.may_keep, page.may_wait) = (false, false);
    (page.total, page.button) = ("$3,163.73".into(), "Pay $3,163.73 by card".into());
    page.back = Link::default();
    page
}

fn pair(label: &str, value: &str) -> Pair {
    Pair { label: label.into(), href: String::new(), value: value.into() }
}

fn outcome(kind: StatusKind, word: &str, sentence: &str) -> PaymentPage {
    let linked = |number: &str, value: &str| Pair { href: format!("/invoices/{number}"), ..pair(number, value) };
    PaymentPage {
        frame: khadra(),
        number: "P-4417".into(),
        status: Status::new(kind, word),
        sentence: sentence.into(),
        warning: (String::new(), String::new()),
        rows: vec![linked("INV-20299", "3,163.73"), linked("INV-20517", "3,908.90")],
        total: pair("Visa 4242", "$7,072.63"),
        steps: Vec::new(),
        facts: Vec::new(),
        links: vec![Link::new("/invoices", "Back to invoices")],
        cancel: None,
        reads_again: false,
        call: "Call 320-555-0150 and say P-4417.".into(),
    }
}

fn steps(kind: StatusKind, now: &str, hint: &str) -> Vec<Step> {
    let step = |kind, text: &str, hint: &str, is_present| Step {
        status: Status::new(kind, text),
        hint: hint.into(),
        is_present,
    };
    vec![
        step(StatusKind::Paid, "Written down", "P-4417, Nov 6, 9:41 am", false),
        step(kind, now, hint, true),
        step(StatusKind::Due, "A mail either way", "", false),
    ]
}

fn processing() -> PaymentPage {
    let sentence = "We’ve asked for $7,072.63 from Visa 4242. This takes a few seconds.";
    PaymentPage {
        steps: steps(StatusKind::Processing, "Asking the bank", ""),
        ..outcome(StatusKind::Processing, "Processing", sentence)
    }
}

fn unknown() -> PaymentPage {
    let sentence = "The answer about $7,072.63 from Visa 4242 did not reach us. It may have been charged.";
    let rest = "Its invoices are locked until we know, so a second charge cannot happen.";
    PaymentPage {
        warning: ("Please don’t pay again.".into(), rest.into()),
        steps: steps(StatusKind::Unknown, "Asking the payment company again", "Every few seconds at first."),
        ..outcome(StatusKind::Unknown, "We don’t know yet", sentence)
    }
}

fn paid() -> PaymentPage {
    PaymentPage {
        links: vec![
            Link::new("/payments/P-4417/receipt.pdf", "Receipt, PDF"),
            Link::new("/invoices", "Back to invoices"),
        ],
        facts: vec![pair("Receipt mailed to", "khadra.moua@northfieldgrain.example"), pair("You still owe", "$165.00")],
        ..outcome(StatusKind::Paid, "Paid", "We charged $7,072.63 to Visa 4242 on Nov 6, 9:41 am.")
    }
}

fn failed() -> PaymentPage {
    let sentence =
        "$7,072.63 was not charged: there was not enough money. You can try again, or pay with another method.";
    PaymentPage {
        links: vec![Link::new("/pay", "Pay what is open"), Link::new("/invoices", "Back to invoices")],
        ..outcome(StatusKind::Overdue, "Did not go through", sentence)
    }
}

fn payments() -> PaymentsPage {
    let line = |number: &str, day: (&str, &str), what: &str, method: &str, amount: &str, status: Status| PaymentLine {
        number: number.into(),
        href: format!("/payments/{number}"),
        day: Day::new(day.0, day.1),
        what: what.into(),
        method: method.into(),
        amount: amount.into(),
        status,
    };
    let planned = Status::new(StatusKind::Due, "Planned for Nov 20");
    PaymentsPage {
        frame: khadra(),
        rows: vec![
            line("P-4419", ("2026-11-20", "Nov 20"), "INV-20480", "Checking 6789", "$165.00", planned),
            line(
                "P-4418",
                ("2026-11-05", "Nov 5"),
                "INV-20435",
                "Checking 6789",
                "$72.50",
                Status::new(StatusKind::Processing, "Processing"),
            ),
            line(
                "P-4417",
                ("2026-11-04", "Nov 4"),
                "INV-20299 and INV-20517",
                "Visa 4242",
                "$7,072.63",
                Status::new(StatusKind::Paid, "Paid"),
            ),
            line(
                "P-4402",
                ("2026-10-02", "Oct 2"),
                "INV-20197",
                "Visa 4242",
                "$3,882.33",
                Status::new(StatusKind::Overdue, "Came back"),
            ),
        ],
        more: "/payments?before=1".into(),
        ahead: ahead_links(),
        may_pay: true,
    }
}

fn office(gallery: &Gallery) -> std::io::Result<()> {
    let check = CheckForm { on: "2026-11-06".into(), key: "k".into(), ..CheckForm::default() };
    let none = OfficePaymentsPage { frame: dana(), rows: Vec::new(), exceptions: Vec::new(), may_act: false, check };
    gallery.hang("office-payments-none", &none)?;
    let mut frame = dana();
    frame.notices.push(Notice {
        kind: NoticeKind::Done,
        first: "$4,000.00 of C-1000 is recorded: Check 1042.".into(),
        rest: "It paid $3,163.73 of INV-20299, $165.00 of INV-20480. $671.27 is the account’s credit.".into(),
        link: None,
    });
    let by_hand = PaymentLine {
        number: "By hand".into(),
        href: String::new(),
        day: Day::new("2026-11-06", "Nov 6"),
        what: "INV-20299 and INV-20480".into(),
        method: "Check 1042".into(),
        amount: "$4,000.00".into(),
        status: Status::new(StatusKind::Paid, "Paid"),
    };
    let rows = std::iter::once(by_hand).chain(payments().rows);
    let rows = rows.map(|line| OfficePaymentLine { line, accounts: "C-1000".into() }).collect();
    let exception = |words: &str| ExceptionLine {
        action: "/office/payments/exceptions/7".into(),
        day: Day::new("2026-11-05", "Nov 5"),
        words: words.into(),
    };
    let exceptions = vec![
        exception("P-4419 came as $16.50 where $165.00 was asked for; nothing was booked."),
        exception("A charge of $412.00 (ch_3Qx81) is none of ours."),
    ];
    let full = OfficePaymentsPage { frame, rows, exceptions, may_act: true, check: none.check.clone() };
    gallery.hang("office-payments", &full)?;
    let check = CheckForm {
        account: "C-9".into(),
        amount: "12".into(),
        error: "There is no account C-9.".into(),
        ..none.check.clone()
    };
    gallery.hang("office-payments-error", &OfficePaymentsPage { check, may_act: true, ..none })?;
    let page = |shown: PaymentPage, refund: &str| OfficePaymentPage {
        frame: dana(),
        number: shown.number,
        status: shown.status,
        sentence: shown.sentence,
        warning: shown.warning,
        rows: shown.rows,
        total: shown.total,
        account: "C-1000 Northfield Grain & Supply".into(),
        payer: "Khadra Moua khadra.moua@northfieldgrain.example".into(),
        charge: "ch_3Qx81".into(),
        receipt: "/office/payments/P-4417/receipt.pdf".into(),
        refund: refund.into(),
        refunds: Vec::new(),
        left: "$7,072.63".into(),
        error: String::new(),
        key: "k".into(),
    };
    gallery.hang("office-payment", &page(paid(), "/office/payments/P-4417/refunds"))?;
    let waits = OfficePaymentPage { refunds: refunds(), ..page(paid(), "") };
    gallery.hang("office-payment-refunds", &waits)?;
    gallery.hang("office-payment-unknown", &page(unknown(), ""))?;
    let error = "At most $7,072.63 of P-4417 can go back.".to_owned();
    let refused = OfficePaymentPage { error, ..page(paid(), "/office/payments/P-4417/refunds") };
    gallery.hang("office-payment-error", &refused)
}

fn refunds() -> Vec<RefundLine> {
    let line = |words: &str, hint: &str, state: &str| RefundLine {
        words: words.into(),
        hint: hint.into(),
        day: Day::new("2026-11-05", "Nov 5"),
        state: state.into(),
        action: String::new(),
        may_approve: false,
    };
    vec![
        line("$72.50: Charged twice", "Asked for by dana@westprairie.example", "Sent"),
        RefundLine {
            action: "/office/payments/P-4417/refunds/2".into(),
            may_approve: true,
            ..line(
                "$3,163.73: They had paid by check as well",
                "Asked for by eve@westprairie.example",
                "Waits for a second person",
            )
        },
    ]
}

fn methods() -> MethodsPage {
    let deed = |what: &str, text: &str| Some(Deed::new(format!("/methods/C-1000/1/{what}"), text));
    let card = MethodLine {
        name: "Visa 4242".into(),
        hint: "Expires Nov 30, 2026 · added Jul 28, 2026".into(),
        warning: "It expires soon. Put a new one in its place.".into(),
        is_default: true,
        make_default: None,
        replace: deed("replacement", "Put a new card in its place"),
        remove: deed("removal", "Remove"),
        rename: deed("name", "Save the name"),
        own_name: String::new(),
    };
    let bank = MethodLine {
        name: "Business checking (Checking 6789)".into(),
        hint: "added Oct 1, 2026".into(),
        warning: String::new(),
        is_default: false,
        make_default: deed("default", "Use first"),
        replace: deed("replacement", "Put a new account in its place"),
        own_name: "Business checking".into(),
        ..card.clone()
    };
    MethodsPage {
        frame: khadra(),
        error: "Visa 4242 can't be removed: P-4419 is planned with it for 2026-11-20; call that off first.".into(),
        accounts: vec![AccountMethods {
            name: String::new(),
            methods: vec![card, bank],
            add: vec![
                Deed::new("/methods/C-1000/card", "Add a card"),
                Deed::new("/methods/C-1000/bank", "Add a bank account"),
            ],
        }],
    }
}

fn sandbox() -> SandboxPayPage {
    let choice = |value: &str, name: &str, hint: &str| TestChoice {
        value: value.into(),
        name: name.into(),
        hint: hint.into(),
        chosen: value == "a",
    };
    SandboxPayPage {
        frame: khadra(),
        error: String::new(),
        amount: "$7,072.63".into(),
        words: "INV-20299 and 1 more".into(),
        choices: vec![
            choice("a", "Visa 4242", "Paid at once"),
            choice("b", "Visa 9995", "Declined: not enough money"),
            choice("c", "Visa 0259", "Paid; disputed after 5 days, lost 20 days later"),
        ],
        action: "/sandbox/pay/page_1".into(),
        back: Deed::new("/sandbox/pay/page_1/back", "Back without paying"),
        button: "Pay $7,072.63".into(),
    }
}
