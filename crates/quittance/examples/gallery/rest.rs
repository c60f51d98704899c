//! Help, the button, sessions, what goes wrong, and the demo's mailbox.

use quittance::help_texts;
use quittance::web::{
    look,
    pages::{
        ButtonPage, Day, Deed, DemoClock, ErrorKind, ErrorPage, File, HelpPage, HelpSection, Link, Mail, MailPage,
        MailRow, MailboxPage, MicrosoftRow, NewPasskeyPage, Notice, NoticeKind, PasskeyRow, PasskeysPage, Person,
        SessionRow, SessionsPage,
    },
};

use crate::{
    Gallery,
    frame::{ACCENT, demo, khadra, outside},
};

pub fn hang(gallery: &Gallery) -> std::io::Result<()> {
    let questions = questions();
    let sections = vec![HelpSection::from_text(
        "Where does my payment go?",
        "Checks go to the main office.\n\nWe post them within two business days.",
    )];
    gallery.hang(
        "help",
        &HelpPage { frame: khadra(), questions: questions.clone(), sections: sections.clone(), has_w9: true },
    )?;
    gallery.hang("help-outside", &HelpPage { frame: outside(), questions, sections, has_w9: false })?;
    let sign_in_url = "https://pay.westprairie.example/sign-in".to_owned();
    gallery.hang(
        "button",
        &ButtonPage { frame: outside(), snippet: look::button_snippet(ACCENT, &sign_in_url), sign_in_url },
    )?;
    gallery.hang("sessions", &sessions())?;
    passkeys(gallery)?;
    errors(gallery)?;
    mailbox(gallery)
}

fn questions() -> Vec<HelpSection> {
    let provider = outside().provider;
    let values = help_texts::Values {
        provider: help_texts::ProviderValues {
            name: &provider.name,
            phone: &provider.phone,
            email: &provider.email,
            website: "",
            support_hours: &provider.hours,
        },
        sender: &provider.email,
        microsoft: true,
        payments: true,
        parts: true,
        links: true,
    };
    help_texts::founding(&values).into_iter().map(|(title, text)| HelpSection::from_text(title, &text)).collect()
}

fn sessions() -> SessionsPage {
    let at = |iso: &str, text: &str| Day::new(format!("2026-11-{iso}-06:00"), text);
    let session = |device: &str, network: &str, end: Option<Deed>| SessionRow {
        device: device.into(),
        since: at("02T08:11:00", "Nov 2, 8:11 am"),
        seen: at("06T09:40:00", "today, 9:40 am"),
        network: network.into(),
        end,
    };
    let mut frame = khadra();
    frame.notices.push(Notice {
        kind: NoticeKind::Done,
        first: "Safari on iPhone is signed out.".into(),
        rest: "It took effect at once.".into(),
        link: None,
    });
    SessionsPage {
        frame,
        sessions: vec![
            session("Firefox on Windows", "192.0.2.17", None),
            session("Chrome on Android", "198.51.100.4", Some(Deed::new("/sessions/2/end", "End it"))),
        ],
        end_others: Some(Deed::new("/sessions/others/end", "End all others")),
    }
}

fn passkeys(gallery: &Gallery) -> std::io::Result<()> {
    let passkey = |id: u8, name: &str, used: Option<Day>| PasskeyRow {
        name: name.into(),
        made: Day::new("2026-11-02T08:11:00-06:00", "Nov 2, 8:11 am"),
        used,
        rename: format!("/passkeys/{id}/name"),
        remove: Deed::new(format!("/passkeys/{id}/remove"), "Remove"),
    };
    let today = Day::new("2026-11-06T09:40:00-06:00", "today, 9:40 am");
    let rows = vec![passkey(1, "Work laptop", Some(today)), passkey(2, "Safari on iPhone", None)];
    let day = Day::new("2026-11-02T08:11:00-06:00", "Nov 2, 8:11 am");
    let list = |passkeys: Vec<PasskeyRow>, accounts: Vec<MicrosoftRow>| PasskeysPage {
        frame: khadra(),
        possible: true,
        passkeys,
        accounts,
        unlink: Deed::new("/sign-in/microsoft/unlink", "Unlink Microsoft"),
    };
    gallery.hang("passkeys", &list(rows, vec![MicrosoftRow { linked: day.clone(), used: day }]))?;
    gallery.hang("passkeys-none", &list(Vec::new(), Vec::new()))?;
    let page = |refused: &str| NewPasskeyPage {
        frame: khadra(),
        name: "Firefox on Windows".into(),
        longest: 60,
        or_microsoft: false,
        refused: refused.into(),
    };
    gallery.hang("passkey-new", &page(""))?;
    gallery.hang("passkey-new-staff", &NewPasskeyPage { or_microsoft: true, ..page("") })?;
    gallery.hang("passkey-new-refused", &page("That took too long. No passkey was added here. Try again."))
}

fn errors(gallery: &Gallery) -> std::io::Result<()> {
    let kinds = [
        ErrorKind::NotFound,
        ErrorKind::Refused,
        ErrorKind::WrongHost("https://pay.westprairie.example".into()),
        ErrorKind::NotUnderstood,
        ErrorKind::TooLarge,
        ErrorKind::TooMany("in 2 minutes".into()),
        ErrorKind::Broken,
        ErrorKind::Busy("in 5 seconds".into()),
        ErrorKind::DiskFull,
    ];
    let mut named: Vec<_> = kinds.into_iter().map(|kind| (format!("error-{}", kind.status()), kind)).collect();
    // There is more than one reason for a 503.
    named.push(("error-503-reading".to_owned(), ErrorKind::NotWritable));
    named.push(("error-503-database".to_owned(), ErrorKind::NoDatabase));
    for (name, kind) in named {
        let frame = if kind == ErrorKind::NotFound { khadra() } else { outside() };
        gallery.hang(&name, &ErrorPage { frame, kind, trace: "7Q4-K2M".into() })?;
    }
    Ok(())
}

fn mailbox(gallery: &Gallery) -> std::io::Result<()> {
    let mail = |id: u32, subject: &str, attachment: &str| MailRow {
        href: format!("/demo/mailbox/{id}"),
        subject: subject.into(),
        to: "khadra.moua@northfieldgrain.example".into(),
        at: Day::new("2026-11-06T09:40:00-06:00", "Nov 6, 9:40 am"),
        attachment: attachment.into(),
    };
    let person = |name: &str, email: &str, detail: &str| Person {
        name: name.into(),
        email: email.into(),
        detail: detail.into(),
        href: format!("/sign-in?email={email}"),
    };
    let people = vec![
        person("Khadra Moua", "khadra.moua@northfieldgrain.example", "Northfield Grain & Supply, admin"),
        person("Marit Solberg", "marit@solbergbookkeeping.example", "6 accounts"),
    ];
    let staff = vec![Person {
        name: "Dana Desk".into(),
        email: "dana@westprairie.example".into(),
        detail: "decides, and says who else may".into(),
        href: String::new(),
    }];
    let mails = vec![
        mail(17, "418 027 is your code for West Prairie Technology", ""),
        mail(16, "Invoice INV-20517: $3,908.90, due December 1", "INV-20517.pdf"),
    ];
    let clock = DemoClock {
        now: Day::new("2026-11-06T09:12:00-06:00", "Friday, 6 November 2026, 09:12"),
        next: "2026-11-07".into(),
    };
    gallery.hang(
        "mailbox",
        &MailboxPage { frame: demo(outside()), mails, more: "/demo/mailbox?after=16".into(), staff, people, clock },
    )?;
    let mail = Mail {
        subject: "Invoice INV-20517: $3,908.90, due December 1".into(),
        from: "West Prairie Technology <billing@westprairie.example>".into(),
        to: "erik.lund@northfieldgrain.example".into(),
        cc: "khadra.moua@northfieldgrain.example".into(),
        at: Day::new("2026-11-02T09:02:00-06:00", "Nov 2, 9:02 am"),
        text: "Hello Erik,\n\nyour invoice INV-20517 for October is attached.\n\nhttps://pay.westprairie.example/invoices/INV-20517\n\nWest Prairie Technology".into(),
        attachments: vec![File {
            href: "/demo/mailbox/16/INV-20517.pdf".into(),
            text: "INV-20517.pdf".into(),
            size: "84 kB".into(),
        }],
        links: vec![Link::new("/invoices/INV-20517", "See INV-20517 in the portal")],
    };
    gallery.hang("mail", &MailPage { frame: demo(outside()), mail })
}
