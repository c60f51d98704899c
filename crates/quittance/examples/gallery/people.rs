//! Who may see and pay, who receives, what was done; and the provider's own pages.

use quittance::web::pages::{
    AccountPlace, AccountsPage, AuditLine, AuditPage, BillingContactPage, BillingContactState, Choice, CodeLine,
    ContactLine, ContactOnFile, ContactPage, ContactsPage, Day, Deed, DoctorPage, FieldChange, Frame, JoinPage, Link,
    NewContact, NewReceiver, Notice, NoticeKind, ObjectionPage, OfficeAccountLine, OfficeAccountsPage, OfficeAuditPage,
    OfficePage, ReceiverLine, RequestLine, RequestPage, RequestsPage, TypedRequest, UnreachedLine, Visitor,
};

use crate::{
    Gallery,
    frame::{khadra, marit, outside},
};

pub fn hang(gallery: &Gallery) -> std::io::Result<()> {
    contacts(gallery)?;
    office(gallery)?;
    let place = |name: &str, role: &str| AccountPlace {
        name: name.into(),
        role: role.into(),
        href: "/accounts/C-1000/contacts".into(),
    };
    let accounts = vec![place("Northfield Grain & Supply", "Admin"), place("Prairie Dental", "Sees and pays")];
    gallery.hang("accounts", &AccountsPage { frame: marit(), accounts })?;
    let (account_name, action) = ("Northfield Grain & Supply".to_owned(), "/accounts/C-1000/objections".to_owned());
    for (name, is_sent) in [("objection", false), ("objection-sent", true)] {
        let (account_name, action) = (account_name.clone(), action.clone());
        gallery.hang(name, &ObjectionPage { frame: khadra(), account_name, action, is_sent, error: String::new() })?;
    }
    let states = [
        ("billing-contact", BillingContactState::Fresh),
        ("billing-contact-incomplete", BillingContactState::Incomplete),
        ("billing-contact-sent", BillingContactState::Sent),
        ("billing-contact-too-many", BillingContactState::TooMany),
    ];
    for (name, state) in states {
        gallery.hang(name, &BillingContactPage { frame: outside(), state, typed: TypedRequest::default() })?;
    }
    Ok(())
}

fn choices(of: &[(&str, &str)], chosen: &str) -> Vec<Choice> {
    let choice = |(value, text): &(&str, &str)| Choice {
        value: (*value).to_owned(),
        text: (*text).to_owned(),
        chosen: *value == chosen,
        ..Choice::default()
    };
    of.iter().map(choice).collect()
}

const ROLES: [(&str, &str); 3] =
    [("viewer", "Sees invoices"), ("payer", "Sees and pays invoices"), ("admin", "Admin: also manages the contacts")];
const ROUTINGS: [(&str, &str); 3] = [("to", "To"), ("cc", "Cc"), ("no", "No mail")];

fn page(frame: Frame, new: NewContact) -> ContactsPage {
    let line = |name: &str, role: &str, [recurring, biweekly]: [&str; 2]| ContactLine {
        name: name.into(),
        email: format!("{}@northfieldgrain.example", name.to_lowercase().replace(' ', ".")),
        role: role.into(),
        recurring: recurring.into(),
        biweekly: biweekly.into(),
        href: "/accounts/C-1000/contacts/1".into(),
        ..ContactLine::default()
    };
    let khadra = ContactLine { is_self: true, ..line("Khadra Moua", "Admin", ["Cc", "No mail"]) };
    let erik = ContactLine { comes_back: true, ..line("Erik Lund", "Sees and pays", ["To", "To"]) };
    let books = ReceiverLine {
        email: "invoices@northfieldgrain.example".into(),
        recurring: "To".into(),
        biweekly: "Cc".into(),
        ..ReceiverLine::default()
    };
    ContactsPage {
        frame,
        account_name: "Northfield Grain & Supply".into(),
        place: "/accounts/C-1000".into(),
        people: vec![khadra, erik, line("Solveig Berg", "Sees", ["No mail", "No mail"])],
        receivers: vec![books],
        roles: choices(&ROLES, &new.role),
        routings: choices(&ROUTINGS, "to"),
        new,
        new_receiver: NewReceiver::default(),
        may_change: true,
    }
}

fn contacts(gallery: &Gallery) -> std::io::Result<()> {
    let mut frame = khadra();
    frame.notices.push(Notice {
        kind: NoticeKind::Warning,
        first: "Bi-weekly invoices are mailed to nobody.".into(),
        rest: "They stand here all the same. Choose who receives them as “To”.".into(),
        link: None,
    });
    gallery.hang("contacts", &page(frame, NewContact::default()))?;
    let typed = NewContact {
        email: "marit@solbergbookkeeping.example".into(),
        name: "Marit Solberg".into(),
        role: "payer".into(),
        ..NewContact::default()
    };
    let foreign = NewContact { foreign: "solbergbookkeeping.example".into(), ..typed.clone() };
    gallery.hang("contacts-foreign", &page(khadra(), foreign))?;
    let error = "This person is a contact already; change them in the list.".to_owned();
    gallery.hang("contacts-error", &page(khadra(), NewContact { error, ..typed }))?;
    let new_receiver = NewReceiver {
        email: "invoices".into(),
        error: "This is not an e-mail address. It needs an @ and a domain, like name@company.example.".into(),
    };
    gallery.hang("contacts-receiver", &ContactsPage { new_receiver, ..page(khadra(), NewContact::default()) })?;
    gallery.hang("contacts-viewer", &ContactsPage { may_change: false, ..page(khadra(), NewContact::default()) })?;
    for (name, error) in
        [("contact", ""), ("contact-error", "This is the last admin. Make somebody else an admin first.")]
    {
        let page = ContactPage {
            frame: khadra(),
            account_name: "Northfield Grain & Supply".into(),
            name: "Erik Lund".into(),
            email: "erik.lund@northfieldgrain.example".into(),
            error: error.into(),
            roles: choices(&ROLES, "payer"),
            recurring: choices(&ROUTINGS, "to"),
            biweekly: choices(&ROUTINGS, "no"),
            action: "/accounts/C-1000/contacts/2".into(),
            removal: Deed::new("/accounts/C-1000/contacts/2/removal", "Remove"),
            back: "/accounts/C-1000/contacts".into(),
        };
        gallery.hang(name, &page)?;
    }
    let (account_name, back) = ("Northfield Grain & Supply".to_owned(), "/accounts/C-1000/contacts".to_owned());
    let older = "/accounts/C-1000/audit?before=7".to_owned();
    let page = |lines: Vec<AuditLine>, older: String| AuditPage {
        frame: khadra(),
        account_name: account_name.clone(),
        back: back.clone(),
        lines,
        older,
    };
    gallery.hang("audit", &page(log(), older))?;
    gallery.hang("audit-empty", &page(Vec::new(), String::new()))
}

fn at(iso: &str, text: &str) -> Day {
    Day::new(format!("2026-11-{iso}-06:00"), text)
}

fn log() -> Vec<AuditLine> {
    let line = |day: Day, who: &str, what: &str, subject: &str, change: &str| AuditLine {
        at: day,
        who: who.into(),
        what: what.into(),
        subject: subject.into(),
        change: change.into(),
        network: "192.0.2.0/24".into(),
        ..AuditLine::default()
    };
    let (khadra, erik) = ("khadra.moua@northfieldgrain.example", "erik.lund@northfieldgrain.example");
    vec![
        line(at("06T09:40:00", "today, 9:40 am"), khadra, "contact changed", erik, "role: viewer, now payer"),
        line(at("06T09:12:00", "today, 9:12 am"), khadra, "signed in", "by passkey, Firefox on Windows", ""),
        AuditLine {
            network: String::new(),
            ..line(at("02T08:11:00", "Nov 2, 8:11 am"), "West Prairie Technology", "credit note issued", "CN-1001", "")
        },
    ]
}

pub fn dana() -> Frame {
    Frame { visitor: Some(Visitor { name: "Dana Desk".into(), detail: "Staff".into(), is_staff: true }), ..outside() }
}

fn waiting() -> RequestLine {
    RequestLine {
        href: "/office/requests/7".into(),
        what: "Another billing contact".into(),
        company: "Northfield Grain & Supply, INV-20517".into(),
        at: at("05T16:02:00", "Nov 5, 4:02 pm"),
        state: "Waits for somebody to look".into(),
    }
}

fn request() -> RequestPage {
    let on_file = |name: &str, phone: &str, leaves: bool| ContactOnFile {
        name: name.into(),
        email: format!("{}@northfieldgrain.example", name.to_lowercase().replace(' ', ".")),
        role: "admin".into(),
        phone: phone.into(),
        leaves,
    };
    RequestPage {
        frame: dana(),
        line: waiting(),
        action: "/office/requests/7".into(),
        error: String::new(),
        name: "Solveig Berg".into(),
        email: "solveig.berg@northfieldgrain.example".into(),
        phone: "320-555-0199".into(),
        words: "Khadra has left us.\nPlease let me in.".into(),
        network: "198.51.100.0/24".into(),
        account: "C-1000".into(),
        account_name: "Northfield Grain & Supply".into(),
        contacts: vec![on_file("Khadra Moua", "320-555-0111", true), on_file("Erik Lund", "", false)],
        leaver: "khadra.moua@northfieldgrain.example".into(),
        seen: String::new(),
        checked_by: String::new(),
        checked_how: String::new(),
        decided_by: String::new(),
        decided_why: String::new(),
        changes: Vec::new(),
        tax_region: String::new(),
        has_file: false,
        is_hand_over: true,
        may_check: true,
        may_decide: false,
        is_open: true,
    }
}

fn accounts(gallery: &Gallery) -> std::io::Result<()> {
    let account = |code: &str, name: &str, open: &str, credit: &str| OfficeAccountLine {
        code: code.into(),
        name: name.into(),
        place: "Willmar, US".into(),
        is_former: credit.is_empty() && open.is_empty(),
        open: open.into(),
        credit: credit.into(),
    };
    let lines = vec![
        account("C-1000", "Northfield Grain & Supply", "$3,914.66", ""),
        account("C-1008", "Café d’Été", "", "$25.00"),
        account("C-1029", "Lakeside Orthodontics and Dental Surgery of Kandiyohi County", "", ""),
    ];
    let next = "/office/accounts?q=&after=C-1029".to_owned();
    gallery.hang(
        "office-accounts",
        &OfficeAccountsPage { frame: dana(), wanted: String::new(), lines, next, may_act: true },
    )?;
    let none = OfficeAccountsPage {
        frame: dana(),
        wanted: "zz".into(),
        lines: Vec::new(),
        next: String::new(),
        may_act: false,
    };
    gallery.hang("office-accounts-none", &none)
}

fn office(gallery: &Gallery) -> std::io::Result<()> {
    let unreached = vec![UnreachedLine {
        code: "C-1029".into(),
        name: "Lakeside Orthodontics".into(),
        which: "recurring invoices reach nobody".into(),
    }];
    gallery.hang(
        "office",
        &OfficePage {
            frame: dana(),
            error: String::new(),
            viewed: String::new(),
            waits: vec![
                Link::new("/office/questions", "2 questions wait for an answer"),
                Link::new("/office/payments", "1 thing about payments doesn’t fit"),
            ],
            requests: vec![waiting()],
            unreached,
        },
    )?;
    accounts(gallery)?;
    let (error, viewed) = ("There is no account C-9.".to_owned(), "Northfield Grain & Supply".to_owned());
    let quiet = |error: String, viewed: String| OfficePage {
        frame: dana(),
        error,
        viewed,
        waits: Vec::new(),
        requests: Vec::new(),
        unreached: Vec::new(),
    };
    gallery.hang("office-quiet", &quiet(error, String::new()))?;
    gallery.hang("office-viewing", &quiet(String::new(), viewed))?;
    gallery.hang("office-requests", &RequestsPage { frame: dana(), requests: vec![waiting()] })?;
    gallery.hang("office-requests-empty", &RequestsPage { frame: dana(), requests: Vec::new() })?;
    gallery.hang("office-request", &request())?;
    let checked = RequestPage {
        checked_by: "Dana Desk".into(),
        checked_how: "Called 320-555-0111, spoke with the owner, Anders Moua.".into(),
        may_check: false,
        may_decide: true,
        ..request()
    };
    gallery.hang("office-request-second", &checked)?;
    let change = |label: &str, before: &str, after: &str| FieldChange {
        label: label.into(),
        before: before.into(),
        after: after.into(),
    };
    let asked = RequestPage {
        line: RequestLine { what: "Another name or address".into(), ..waiting() },
        words: String::new(),
        changes: vec![change("Street", "1400 Elevator Road", "9 Harbor Street"), change("Second line", "", "Suite 4")],
        tax_region: "MN".into(),
        has_file: true,
        is_hand_over: false,
        may_check: false,
        may_decide: true,
        ..request()
    };
    gallery.hang("office-request-company", &asked)?;
    let error = "You checked it yourself. Somebody else of the staff has to approve it.".to_owned();
    gallery.hang("office-request-error", &RequestPage { error, may_decide: false, ..checked })?;
    doctor(gallery)
}

fn doctor(gallery: &Gallery) -> std::io::Result<()> {
    let lines = log().into_iter().map(|line| AuditLine { account: "C-1000".into(), ..line }).collect();
    let page = |lines: Vec<AuditLine>| OfficeAuditPage {
        frame: dana(),
        account: "C-1000".into(),
        person: String::new(),
        kinds: vec![
            Choice { value: String::new(), text: "Everything".into(), count: String::new(), chosen: true },
            Choice { value: "contact_changed".into(), text: "contact changed".into(), ..Choice::default() },
        ],
        lines,
        older: String::new(),
    };
    gallery.hang("office-audit", &page(lines))?;
    gallery.hang("office-audit-empty", &page(Vec::new()))?;
    let join = JoinPage {
        frame: outside(),
        name: "Dana Desk".into(),
        email: "dana@westprairie.example".into(),
        action: "/office/join/x".into(),
    };
    gallery.hang("office-join", &join)?;
    gallery.hang("office-doctor", &DoctorPage { frame: dana(), ..DoctorPage::default() })?;
    let code = CodeLine {
        at: at("06T09:38:00", "today, 9:38 am"),
        trace: "7Q4-K2M".into(),
        became: "used up by five wrong tries; letter accepted: 250 ok".into(),
    };
    let found = DoctorPage {
        frame: dana(),
        asked: "7Q4-K2M".into(),
        email: "erik.lund@northfieldgrain.example".into(),
        findings: vec![
            "Contact of C-1000: Erik Lund, payer.".into(),
            "Not signed in anywhere now; has no passkey.".into(),
        ],
        codes: vec![code],
        is_unknown: false,
    };
    gallery.hang("office-doctor-found", &found)?;
    gallery.hang(
        "office-doctor-unknown",
        &DoctorPage { frame: dana(), asked: "ZZZ-ZZZ".into(), is_unknown: true, ..DoctorPage::default() },
    )
}
