//! The list of work: some of it covered, some not billed yet, and nothing at all.

use quittance::web::pages::{Billed, Choice, Day, Empty, Filter, Link, Price, WorkDay, WorkPage, WorkRow};

use crate::{Gallery, frame::khadra};

pub fn hang(gallery: &Gallery) -> std::io::Result<()> {
    gallery.hang("work", &work())?;
    let empty = Empty {
        title: "No work yet".into(),
        text: "What we do for you appears here as soon as it is written down and checked, with who did it and what it costs.".into(),
        link: None,
    };
    gallery.hang(
        "work-none",
        &WorkPage { filter: None, days: Vec::new(), empty: Some(empty), more: String::new(), ..work() },
    )
}

#[expect(clippy::too_many_lines, reason = "one long literal of invented data")]
fn work() -> WorkPage {
    let month = |value: &str, text: &str| Choice { value: value.into(), text: text.into(), ..Choice::default() };
    let setup = ["T-48930", "New employee setup: Saw Peña"];
    let clock = ["T-48923", "Time clock does not sync"];
    let not_yet = || Billed::NotYet("Not billed yet".into());
    let on = || Billed::On(Link::new("/invoices/INV-20299", "INV-20299"));
    WorkPage {
        frame: khadra(),
        account_name: "Northfield Grain & Supply, Inc.".into(),
        accounts: None,
        filter: Some(Filter {
            periods: vec![month("", "All months"), month("2026-09", "September 2026")],
            ..Filter::default()
        }),
        count_line: "7 entries, 4.44 h worked".into(),
        days: vec![
            WorkDay {
                day: Day::new("2026-10-28", "Wednesday, Oct 28"),
                sum: String::new(),
                rows: vec![row(
                    ["T-49271", "Second screen for the scale house"],
                    ["Thunderbolt dock 180 W", "Delivered", "1 piece", ""],
                    Price::Money("279.00".into()),
                    not_yet(),
                )],
            },
            WorkDay {
                day: Day::new("2026-09-22", "Tuesday, Sep 22"),
                sum: "0.34 h worked".into(),
                rows: vec![
                    row(
                        setup,
                        [
                            "Follow-up: added Saw Peña to the shared calendar and the AgriTrack user list.",
                            "T. Becker, remote",
                            "0.17 h",
                            "0.25 h",
                        ],
                        Price::Covered,
                        not_yet(),
                    ),
                    row(
                        clock,
                        [
                            "Compared punches of two days with Ifrah: complete.",
                            "E. Saarinen, remote",
                            "0.17 h",
                            "0.25 h",
                        ],
                        Price::Covered,
                        not_yet(),
                    ),
                ],
            },
            WorkDay {
                day: Day::new("2026-09-14", "Monday, Sep 14"),
                sum: "3.38 h worked".into(),
                rows: vec![
                    row(
                        setup,
                        [
                            "Created account and mailbox for Saw Peña, added to groups as on the new-hire form, assigned licence.",
                            "T. Becker, remote",
                            "0.98 h",
                            "1.00 h",
                        ],
                        Price::Covered,
                        on(),
                    ),
                    row(
                        setup,
                        [
                            "Set up NGS-PC-041: enrolled, encrypted, installed AgriTrack and printers.",
                            "T. Becker, remote",
                            "1.15 h",
                            "1.25 h",
                        ],
                        Price::NoCharge,
                        on(),
                    ),
                    row(
                        setup,
                        [
                            "Delivered NGS-PC-041 to Saw Peña, walked through sign-in, multi-factor and phone voicemail.",
                            "T. Becker, on site",
                            "1.25 h",
                            "1.25 h",
                        ],
                        Price::Money("206.25".into()),
                        on(),
                    ),
                    row(
                        ["", ""],
                        ["Recycling with certificate", "Delivered", "1 piece", ""],
                        Price::Money("18.00".into()),
                        Billed::On(Link::new("/invoices/INV-20251", "INV-20251")),
                    ),
                ],
            },
        ],
        more: "/work?after=311469".into(),
        empty: None,
    }
}

fn row(ticket: [&str; 2], texts: [&str; 4], amount: Price, invoice: Billed) -> WorkRow {
    let [ticket, summary] = ticket.map(str::to_owned);
    let [what, by, worked, billed] = texts.map(str::to_owned);
    WorkRow { ticket, summary, what, by, account: String::new(), worked, billed, amount, invoice }
}
