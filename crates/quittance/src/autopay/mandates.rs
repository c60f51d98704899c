//! The permission to charge: its text from a rule, and its row.

use billing::autopay::{Method, Parties, Rule, mandate};
use jiff::Timestamp;
use store::autopay::{RuleRow, RuleState};
use store::method::MandateRow;
use store::{AccountId, MandateId, MethodId, PersonId, Tx};

use super::letters;
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::told::Telling;

/// The methods that a rule charges today: the first, and the one in its place.
///
/// # Errors
/// `Refused` where nothing plays the first one's part.
pub fn chosen<'a>(rule: &Rule, methods: &'a [Method]) -> Result<(&'a Method, Option<&'a Method>)> {
    let first = methods.iter().find(|method| method.plays(&rule.method));
    let first =
        first.ok_or_else(|| Error::refused("Add a card or bank account first; the rule has nothing to charge."))?;
    let backup = rule.backup.as_ref().and_then(|role| methods.iter().find(|method| method.plays(role)));
    Ok((first, backup.filter(|backup| backup.id != first.id)))
}

/// What the customer reads before they agree.
///
/// # Errors
/// As [`chosen`].
pub fn text(rule: &Rule, methods: &[Method], (account, provider): (&str, &str)) -> Result<String> {
    let (first, backup) = chosen(rule, methods)?;
    let method = (first.label.as_str(), first.kind);
    let backup = backup.map(|backup| (backup.label.as_str(), backup.kind));
    Ok(mandate(rule, Parties { account, provider, method, backup }))
}

/// Writes down that somebody agreed to a text: the account's next version.
///
/// # Errors
/// As [`chosen`]; those of the database.
pub fn accept(
    tx: &mut Tx,
    (account_id, mandate_id): (AccountId, MandateId),
    (rule, methods): (&Rule, &[Method]),
    words: String,
    (by, now): (&Actor, Timestamp),
) -> Result<MandateRow> {
    let (first, _) = chosen(rule, methods)?;
    let newest = tx.mandates(account_id)?.first().map_or(0, |known| known.version);
    let row = MandateRow {
        account_id,
        mandate_id,
        method_id: MethodId::from(first.id),
        version: newest + 1,
        words,
        person_id: by.person,
        accepted_by: by.name.clone(),
        accepted_at: now,
        network: by.network.clone(),
        ended_at: None,
        ended_because: None,
    };
    tx.insert(std::slice::from_ref(&row))?;
    Ok(row)
}

/// A permission ends.
///
/// # Errors
/// Those of the database.
pub fn end(
    tx: &mut Tx,
    (account, mandate): (AccountId, Option<MandateId>),
    because: &str,
    now: Timestamp,
) -> Result<(), store::Error> {
    let known = tx.mandates(account)?.into_iter().find(|row| Some(row.mandate_id) == mandate && row.ended_at.is_none());
    let Some(row) = known else { return Ok(()) };
    tx.replace(&[MandateRow { ended_at: Some(now), ended_because: Some(because.to_owned()), ..row }])
}

/// What permissions take that go on with another method: made before the transaction, which may run again.
pub struct Renewals {
    provider: String,
    now: Timestamp,
    /// One for each version of a rule: more than can be in force.
    each: Vec<(MandateId, Telling)>,
}

impl Renewals {
    /// Of an account's rules.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn of(app: &App, account: AccountId, by: &Actor) -> Result<Self> {
        let rules = app.store.read(move |tx| tx.autopay_rules(account)).await?;
        let each = rules.iter().map(|_| (app.ids.mint(), Telling::of(app, by))).collect();
        Ok(Self { provider: app.provider().legal_name.clone(), now: app.clock.now(), each })
    }
}

/// The rules of an account go on with the methods as they are now: where another one plays the first part, the permission gets a
/// new version that names it, given by whoever made it so. Its people get the text by mail.
///
/// # Errors
/// Those of the database.
pub fn follow(
    tx: &mut Tx,
    renewals: &Renewals,
    account: AccountId,
    (person, by): (Option<PersonId>, &Actor),
) -> Result<()> {
    let mut each = renewals.each.iter();
    let (methods, mandates) = (super::methods(tx, account)?, tx.mandates(account)?);
    let held = tx.autopay_rules(account)?.into_iter().filter(|row| row.state == RuleState::InForce);
    for row in held {
        let Some(old) = mandates.iter().find(|mandate| Some(mandate.mandate_id) == row.mandate_id) else { continue };
        if chosen(&row.rule, &methods).is_ok_and(|(first, _)| MethodId::from(first.id) != old.method_id) {
            let began = || Error::Unreachable("a rule of Auto Pay began in this moment; try again".to_owned());
            let (mandate_id, telling) = each.next().ok_or_else(began)?;
            renew(tx, (renewals, *mandate_id, telling), (row, &methods), (person, by))?;
        }
    }
    Ok(())
}

fn renew(
    tx: &mut Tx,
    (renewals, mandate_id, telling): (&Renewals, MandateId, &Telling),
    (row, methods): (RuleRow, &[Method]),
    (person, by): (Option<PersonId>, &Actor),
) -> Result<()> {
    let (account, now) = (row.account_id, renewals.now);
    let name = tx.accounts_of(&[account])?.first().map(|row| row.name.clone()).ok_or(Error::NotFound)?;
    let text = text(&row.rule, methods, (&name, &renewals.provider))?;
    end(tx, (account, row.mandate_id), "Another method took the place of the one it names.", now)?;
    let who = tx.contacts_of(account)?.into_iter().find(|contact| Some(contact.person_id) == person);
    let by = who.map_or_else(|| by.clone(), |who| Actor { person, name: who.email.to_lowercase(), ..by.clone() });
    let new = accept(tx, (account, mandate_id), (&row.rule, methods), text, (&by, now))?;
    tx.replace(&[RuleRow { mandate_id: Some(new.mandate_id), ..row }])?;
    let subject = "Auto Pay goes on with another method.";
    let what = format!("{subject}\n\nText {}: {}", new.version, new.words);
    Ok(letters::tell_account(tx, &telling.by(&by), account, (subject, &what))?)
}

/// Whether a rule in force charges a method.
///
/// # Errors
/// Those of the database.
pub fn is_charged(tx: &mut Tx, account: AccountId, method: MethodId) -> Result<bool, store::Error> {
    let methods = super::methods(tx, account)?;
    let rules = tx.autopay_rules(account)?;
    let mut held = rules.iter().filter(|row| matches!(row.state, RuleState::InForce | RuleState::Proposed));
    let Some(own) = methods.iter().find(|known| MethodId::from(known.id) == method) else { return Ok(false) };
    Ok(held.any(|row| row.rule.roles().any(|role| own.plays(role))))
}
