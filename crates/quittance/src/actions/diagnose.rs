//! What keeps somebody from signing in, for whoever helps on the phone: by their address, or by the trace number they read out.

use jiff::{SignedDuration, Timestamp};
use store::Tx;
use store::account::ContactRow;
use store::bounce::{AddressState, MailAddressRow};
use store::session::LiveAt;
use store::sign_in::SignInRow;
use store::staff::StaffMember;

use crate::actions::ask_code::{FAILURES_IN_A_DAY, TRIES};
use crate::app::App;
use crate::error::{Error, Result};

/// How many codes are looked at.
const CODES: i64 = 10;
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What was found, in sentences: the newest last thing first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The address, lower-cased.
    pub email: String,
    /// Who it is, and what mail does there.
    pub findings: Vec<String>,
    /// Each code that was asked for in the last two days, the newest first: when, its trace, and what became of it.
    pub codes: Vec<(Timestamp, String, String)>,
}

/// What is read.
struct Read {
    email: String,
    contacts: Vec<(ContactRow, String)>,
    staff: Option<StaffMember>,
    passkeys: usize,
    sessions: usize,
    address: Option<MailAddressRow>,
    codes: Vec<SignInRow>,
    failures: i64,
    /// The tenants of their Microsoft accounts that are linked.
    linked: Vec<String>,
    /// The tenants that one of their accounts vouches for.
    approved: Vec<String>,
    /// The tenants that they came back from and wait to be linked.
    waiting: Vec<String>,
}

/// Looks.
///
/// # Errors
/// `NotFound` where it is a trace number of no code of the last two days; those of the database.
pub async fn diagnose(app: &App, asked: &str, live: LiveAt) -> Result<Diagnosis> {
    let asked = asked.trim().to_owned();
    let read = app.store.read(move |tx| read(tx, &asked, live)).await?.ok_or(Error::NotFound)?;
    let codes = read.codes.iter().map(|row| (row.made_at, row.trace.clone(), became(row, live.now))).collect();
    Ok(Diagnosis { findings: findings(app, &read), codes, email: read.email })
}

fn read(tx: &mut Tx, asked: &str, live: LiveAt) -> Result<Option<Read>, store::Error> {
    let email =
        if asked.contains('@') { Some(asked.to_lowercase()) } else { tx.email_of_trace(&asked.to_uppercase())? };
    let Some(email) = email else { return Ok(None) };
    let person = tx.any_person_by_email(&email)?.map(|person| person.person_id);
    let mut contacts = Vec::new();
    let (mut staff, mut passkeys, mut sessions) = (None, 0, 0);
    let (mut linked, mut approved, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(person) = person {
        for account in tx.accounts_of_person(person)? {
            let all = tx.contacts_of(account.account_id)?;
            let own = all.into_iter().find(|contact| contact.person_id == person);
            contacts.extend(own.map(|contact| (contact, account.code)));
            approved.extend(tx.account_tenants(account.account_id)?.into_iter().map(|row| row.tenant_id));
        }
        linked.extend(tx.microsoft_identities(person)?.into_iter().map(|row| row.tenant_id));
        staff = tx.staff(person)?;
        passkeys = tx.passkeys(person)?.len();
        sessions = tx.sessions(person, live)?.len();
    }
    let since = live.now.saturating_sub(DAY).unwrap_or(Timestamp::MIN);
    let address = tx.mail_address(&email)?;
    let (codes, failures) = (tx.newest_sign_ins(&email, CODES)?, tx.sign_in_failures_of(&email, since, since)?);
    for state_hash in codes.iter().filter(|row| row.used_at.is_none()).filter_map(|row| row.link_hash.as_ref()) {
        waiting.extend(tx.microsoft_attempt(state_hash)?.and_then(|row| row.tenant_id));
    }
    Ok(Some(Read { email, contacts, staff, passkeys, sessions, address, codes, failures, linked, approved, waiting }))
}

fn findings(app: &App, read: &Read) -> Vec<String> {
    let mut found = Vec::new();
    match (read.contacts.as_slice(), &read.staff) {
        ([], None) => {
            found.push("Nobody has this address: no code is ever sent to it. Look for another spelling.".to_owned())
        }
        (contacts, staff) => {
            let each = contacts
                .iter()
                .map(|(contact, code)| format!("Contact of {code}: {}, {}.", contact.name, contact.role));
            found.extend(each);
            found.extend(staff.iter().map(|staff| {
                format!(
                    "Staff: {}, {}. Comes in by a passkey, or by Microsoft with a second factor.",
                    staff.name, staff.rights
                )
            }));
        }
    }
    match &read.address {
        Some(row) if row.state == AddressState::Hard => found.push(format!(
            "Mail to it came back for good ({} {}): invoices aren't sent there. Codes are. Clear it when it works again: quittance mail addresses --clear {}",
            row.status, row.reason, read.email
        )),
        Some(row) => found.push(format!("Mail to it came back once ({} {}).", row.status, row.reason)),
        None => {}
    }
    if app.mail_is_down() {
        found.push("Mail doesn't work at the moment: no code can be sent.".to_owned());
    }
    if read.failures >= FAILURES_IN_A_DAY {
        found.push(format!(
            "{} wrong codes were typed in a day: its codes have ten letters and digits now.",
            read.failures
        ));
    }
    found.extend(microsoft(app, read));
    let browsers = counted(read.sessions, "Not signed in anywhere now", "Signed in now in", "browser");
    let passkeys = counted(read.passkeys, "has no passkey", "has", "passkey");
    found.push(format!("{browsers}; {passkeys}."));
    found
}

/// `Signed in now in 2 browsers`
fn counted(number: usize, none: &str, some: &str, what: &str) -> String {
    match number {
        0 => none.to_owned(),
        1 => format!("{some} 1 {what}"),
        number => format!("{some} {number} {what}s"),
    }
}

/// What Microsoft opens for them, and which company it was that somebody came back from.
fn microsoft(app: &App, read: &Read) -> Vec<String> {
    if app.microsoft.is_none() {
        return Vec::new();
    }
    let mut found = vec![match read.linked.as_slice() {
        [] => "No Microsoft account is linked.".to_owned(),
        linked => format!("Microsoft accounts of {} are linked.", linked.join(", ")),
    }];
    found.extend(read.waiting.iter().map(|tenant| {
        let known = if read.approved.contains(tenant) { "is on" } else { "is not on" };
        format!(
            "Came back from Microsoft of {tenant}, which {known} the list of their accounts, and was asked for a code once."
        )
    }));
    found
}

/// What became of a code.
fn became(row: &SignInRow, now: Timestamp) -> String {
    let mail = match (&row.mailed, row.person_id) {
        (_, None) => "no letter was sent: the address is nobody's".to_owned(),
        (Some(words), _) => format!("letter {words}"),
        (None, _) => "the letter is on its way, or was lost with the process".to_owned(),
    };
    let use_of = if row.used_at.is_some() {
        "used".to_owned()
    } else if row.tries >= TRIES {
        "used up by five wrong tries".to_owned()
    } else if row.expires_at <= now {
        format!("too old, {} wrong tries", row.failed)
    } else {
        format!("still good, {} wrong tries", row.failed)
    };
    let long = if row.long_code { ", ten letters and digits" } else { "" };
    format!("{use_of}{long}; {mail}")
}
