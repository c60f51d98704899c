//! What staff are told about a run that makes itself.

use billing::Schedule;
use billing::run::RunKey;
use jiff::civil::Date;
use store::mail::MissedRow;
use store::run::RunRow;

use crate::actions::tell_staff::Notice;

/// What is to be told about a run with `open` undecided drafts on `today`, each matter once.
pub fn notices(schedule: &Schedule, run: &RunRow, today: Date, open: i64) -> Vec<Notice> {
    if open == 0 {
        return Vec::new();
    }
    let key = run.key();
    let last_on = schedule.window(run.stream, run.issue_on).last_on;
    let mut notices = vec![review(schedule, key, open, last_on)];
    if today > last_on {
        notices.push(missed(key, open, last_on));
    } else if today >= schedule.settings.holidays.before(last_on) {
        notices.push(again(key, open, last_on));
    }
    notices
}

fn review(schedule: &Schedule, key: RunKey, open: i64, last_on: Date) -> Notice {
    let release = match schedule.release_on(key) {
        Some(day) => format!("Those that nobody holds or excludes approve themselves on {day}."),
        None => "Nothing is issued until you approve it.".to_owned(),
    };
    Notice {
        key: format!("review.{key}"),
        subject: format!("{}: please review {key}", drafts(open)),
        body: format!(
            "{key} is planned: {} for you to review. {release} The invoices are to be mailed by {last_on}.\n\n{}",
            wait(open),
            commands(key)
        ),
    }
}

fn again(key: RunKey, open: i64, last_on: Date) -> Notice {
    Notice {
        key: format!("review-again.{key}"),
        subject: format!("Still to be reviewed: {} of {key}", drafts(open)),
        body: format!(
            "{} in {key}, and its invoices are to be mailed by {last_on}.\n\n{}",
            capital(&wait(open)),
            commands(key)
        ),
    }
}

fn missed(key: RunKey, open: i64, last_on: Date) -> Notice {
    Notice {
        key: format!("missed.{key}"),
        subject: format!("{key} has missed its delivery window"),
        body: format!(
            "The last day to mail the invoices of {key} was {last_on}, and {}. They go as soon as they are approved; what is \
             more than 7 days late then waits for `quittance deliver --late`.\n\n{}",
            wait(open),
            commands(key)
        ),
    }
}

/// Mails that wait though their window is over.
pub fn missed_mails(row: &MissedRow) -> Notice {
    let recipients =
        if row.recipients == 1 { "1 recipient".to_owned() } else { format!("{} recipients", row.recipients) };
    Notice {
        key: format!("missed-mail.{}.{}", row.deliver_by, row.number),
        subject: format!("{recipients}: not mailed by {}", row.deliver_by),
        body: format!(
            "Mails that should have gone by {} still wait, for {recipients}; {} is one of the invoices. They are tried on by \
             themselves, and from 7 days after that day on they wait for: quittance deliver --late\n\n\
             What the mail server says: quittance mail test",
            row.deliver_by, row.number
        ),
    }
}

/// A run that could not be carried on.
pub fn failed(key: RunKey, reason: &str) -> Notice {
    Notice {
        key: format!("failed.{key}"),
        subject: format!("{key} could not be carried on"),
        body: format!(
            "{reason}\n\nIt is tried again by itself, at least once an hour. Nothing of it is lost, and nothing is billed twice."
        ),
    }
}

fn commands(key: RunKey) -> String {
    format!(
        "Look at it: quittance run show {key}\nApprove all that nobody holds: quittance run approve {key}\n\
         Hold or leave out one: quittance run hold {key}/ACCOUNT, quittance run exclude {key}/ACCOUNT"
    )
}

fn drafts(count: i64) -> String {
    if count == 1 { "1 draft".to_owned() } else { format!("{count} drafts") }
}

fn wait(count: i64) -> String {
    format!("{} {}", drafts(count), if count == 1 { "waits" } else { "wait" })
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
