//! What staff are told about a run that makes itself.

use billing::Schedule;
use billing::run::{RunKey, RunRefused};
use jiff::civil::Date;
use store::account::EndingExemption;
use store::mail::MissedRow;
use store::run::RunRow;

use crate::actions::tell_staff::Notice;

/// Where the review of a run stands.
pub struct Review {
    /// When it was planned first.
    pub made_on: Date,
    /// Since when that undecided draft stands as it does that has stood so longest.
    pub since_on: Date,
    /// Undecided drafts.
    pub open: i64,
}

/// What is to be told about a run on `today`, each matter once.
pub fn notices(schedule: &Schedule, run: &RunRow, today: Date, review: &Review) -> Vec<Notice> {
    let open = review.open;
    if open == 0 {
        return Vec::new();
    }
    let key = run.key();
    let last_on = schedule.window(run.stream, run.issue_on).last_on;
    let release_on = schedule.released_on(key, review.since_on);
    let mut notices = vec![asked(key, open, release_on, last_on)];
    if let Some(release_on) = release_on.filter(|_| review.since_on > review.made_on) {
        notices.push(changed(key, open, release_on));
    }
    if today > last_on {
        notices.push(missed(key, open, last_on));
    } else if today >= schedule.settings.holidays.before(last_on) {
        notices.push(again(key, open, last_on));
    }
    notices
}

fn asked(key: RunKey, open: i64, release_on: Option<Date>, last_on: Date) -> Notice {
    let release = match release_on {
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

fn changed(key: RunKey, open: i64, release_on: Date) -> Notice {
    Notice {
        key: format!("review-changed.{key}.{release_on}"),
        subject: format!("{} of {key} changed: please review", drafts(open)),
        body: format!(
            "Something was imported since drafts of {key} were planned or approved, and {} for you to review again. Those that \
             nobody holds or excludes approve themselves on {release_on}.\n\n{}",
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

/// An account is about to be taxed.
pub fn exemption_ends(row: &EndingExemption) -> Notice {
    let (code, until) = (&row.code, row.exempt_until);
    let certificate = row.exemption_certificate.as_ref().map(|text| format!(" (certificate {text})"));
    Notice {
        key: format!("exemption-ends.{code}.{until}"),
        subject: format!("{code}: exempt from tax until {until}"),
        body: format!(
            "{} ({code}) is exempt from sales tax{}, but invoices issued on {until} or later are taxed.\n\nIf there is a new \
             certificate, import the account with it and with its new end in the column exempt_until of accounts.csv.",
            row.name,
            certificate.unwrap_or_default()
        ),
    }
}

/// A run that had been due and isn't in the schedule any more.
pub fn dropped(key: RunKey, refused: &RunRefused) -> Notice {
    Notice {
        key: format!("dropped.{key}"),
        subject: format!("{key} is not made any more"),
        body: format!(
            "{key} had come due when the provider's dates were changed: {refused}.\n\nIt is left out. What it would have billed \
             is billed by the next run of its stream, as far as it is to be billed at all."
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
