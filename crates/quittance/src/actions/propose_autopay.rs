//! Somebody proposes a rule of Auto Pay: the customer, who agrees to its text with it, or staff for a customer on the telephone.
//! Nothing is charged by proposing; a rule that holds goes on until the new one starts.

use billing::autopay::Rule;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use store::audit::AuditKind;
use store::autopay::{RuleRow, RuleState, Side};
use store::notice::NoticeRow;
use store::{AccountId, MandateId, RuleId, RuleVersionId, Tx};

use crate::actions::confirm_autopay::bring_into_force;
use crate::actions::keep_autopay::live_day;
use crate::app::App;
use crate::audit::Actor;
use crate::autopay::{letters, mandates, methods};
use crate::config::SetBy;
use crate::error::{Error, Result};
use crate::outbox::notices::{notice, stamp};
use crate::told::Telling;

/// What is proposed.
#[derive(Clone, Debug)]
pub struct ProposeAutoPay {
    /// What the rule says.
    pub rule: Rule,
    /// The rule whose next version it is to be; nothing: it is a rule of its own.
    pub replaces: Option<RuleId>,
    /// Who proposes it.
    pub from: Side,
    /// Of the customer: the text that they read and agreed to.
    pub agreed: Option<String>,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// The version.
    pub version: RuleVersionId,
    /// Whether it holds already, since nobody else has to agree.
    pub is_in_force: bool,
}

/// At most so many rules hold at once.
const MOST_RULES: usize = 10;

/// Everything that is made before the transaction, which may run again.
struct Desk {
    account: AccountId,
    ask: ProposeAutoPay,
    set_by: SetBy,
    provider: String,
    version_id: RuleVersionId,
    mandate_id: MandateId,
    by: Actor,
    telling: Telling,
    staff: NoticeRow,
    base_url: String,
    today: Date,
    now: Timestamp,
}

/// Proposes a rule.
///
/// # Errors
/// `Refused` with the sentence that says what is wrong with it, or who sets up Auto Pay here; those of the database.
pub async fn propose_autopay(app: &App, account: AccountId, ask: ProposeAutoPay, by: &Actor) -> Result<Proposed> {
    ask.rule.check().map_err(|refused| Error::Refused(refused.to_string()))?;
    if app.gateway.is_none() {
        return Err(Error::refused("Nothing can be paid here online, so nothing can be charged."));
    }
    let id = app.ids.mint();
    let desk = Desk {
        account,
        set_by: app.config.autopay.set_by,
        provider: app.provider().legal_name.clone(),
        version_id: id,
        mandate_id: app.ids.mint(),
        telling: Telling::of(app, by),
        staff: notice(stamp(app), format!("autopay proposal {}", i64::from(id)), (String::new(), String::new())),
        base_url: app.config.base_url.clone(),
        today: app.today(),
        now: app.clock.now(),
        by: by.clone(),
        ask,
    };
    let proposed = app.store.write(move |tx| desk.write(tx)).await?;
    app.wake.mail.notify_waiters();
    if proposed.is_in_force {
        live_day(app, account).await?;
    }
    Ok(proposed)
}

impl Desk {
    fn write(&self, tx: &mut Tx) -> Result<Proposed> {
        let versions = tx.autopay_rules(self.account)?;
        self.check(&versions)?;
        let rule_id = self.ask.replaces.unwrap_or_else(|| RuleId::from(i64::from(self.version_id)));
        self.supersede(tx, &versions, rule_id)?;
        let waits_for = match self.ask.from {
            Side::Customer => Side::Staff,
            Side::Staff => Side::Customer,
        };
        let mandate_id = self.accept(tx)?;
        let row = RuleRow {
            account_id: self.account,
            version_id: self.version_id,
            rule_id,
            state: RuleState::Proposed,
            rule: self.ask.rule.clone(),
            waits_for: Some(waits_for),
            proposed_by: self.by.person,
            proposed_name: self.by.name.clone(),
            proposed_at: self.now,
            mandate_id,
            confirmed_by: None,
            confirmed_name: None,
            confirmed_at: None,
            starts_on: None,
            ended_name: None,
            ended_at: None,
            ended_because: None,
        };
        tx.replace(std::slice::from_ref(&row))?;
        let deed = self.by.did(AuditKind::AutoPayProposed, "Auto Pay").of(self.account);
        tx.append_audit(&[deed.after(json!({ "rule": row.rule, "version": i64::from(row.version_id) }))])?;
        let is_in_force = self.ask.from == Side::Customer && self.set_by == SetBy::Customer;
        if is_in_force {
            bring_into_force(tx, row, (&self.by, self.now), (self.today, &self.telling))?;
        } else {
            self.tell(tx, &row)?;
        }
        Ok(Proposed { version: self.version_id, is_in_force })
    }

    fn check(&self, versions: &[RuleRow]) -> Result<()> {
        if self.ask.from == Side::Customer && self.set_by == SetBy::Staff {
            return Err(Error::refused(
                "Auto Pay is set up with us here: call or write, and we propose a rule to you.",
            ));
        }
        let is_known = |rule: RuleId| {
            versions
                .iter()
                .any(|row| row.rule_id == rule && matches!(row.state, RuleState::InForce | RuleState::Proposed))
        };
        if self.ask.replaces.is_some_and(|rule| !is_known(rule)) {
            return Err(Error::refused("The rule that this one replaces has ended. Open the page again."));
        }
        let held = versions.iter().filter(|row| matches!(row.state, RuleState::InForce | RuleState::Proposed)).count();
        if self.ask.replaces.is_none() && held >= MOST_RULES {
            return Err(Error::refused("There are ten rules already. End one, or change one of them."));
        }
        Ok(())
    }

    /// A newer proposal takes the place of one that nobody has agreed to.
    fn supersede(&self, tx: &mut Tx, versions: &[RuleRow], rule: RuleId) -> Result<(), store::Error> {
        let older = versions.iter().find(|row| row.rule_id == rule && row.state == RuleState::Proposed);
        let Some(row) = older.cloned() else { return Ok(()) };
        mandates::end(tx, (self.account, row.mandate_id), "Another rule was proposed instead.", self.now)?;
        tx.replace(&[RuleRow {
            state: RuleState::Refused,
            waits_for: None,
            ended_name: Some(self.by.name.clone()),
            ended_at: Some(self.now),
            ended_because: Some("Another rule was proposed instead.".to_owned()),
            ..row
        }])
    }

    /// The customer agrees with the text as it is now; another one than they read is refused.
    fn accept(&self, tx: &mut Tx) -> Result<Option<MandateId>> {
        let methods = methods(tx, self.account)?;
        let accounts = tx.accounts_of(&[self.account])?;
        let name = accounts.first().map(|account| account.name.clone()).ok_or(Error::NotFound)?;
        let text = mandates::text(&self.ask.rule, &methods, (&name, &self.provider))?;
        let Some(agreed) = &self.ask.agreed else { return Ok(None) };
        if *agreed != text {
            return Err(Error::refused("The permission has changed since you read it. Please read it again."));
        }
        let ids = (self.account, self.mandate_id);
        let row = mandates::accept(tx, ids, (&self.ask.rule, &methods), text, (&self.by, self.now))?;
        Ok(Some(row.mandate_id))
    }

    fn tell(&self, tx: &mut Tx, row: &RuleRow) -> Result<(), store::Error> {
        if row.waits_for == Some(Side::Customer) {
            let subject = "An Auto Pay rule was prepared for you.";
            let what = format!("{subject} It starts when you agree to it: {}/autopay", self.base_url);
            return letters::tell_account(tx, &self.telling, self.account, (subject, &what));
        }
        let accounts = tx.accounts_of(&[self.account])?;
        let name = accounts.first().map(|account| account.name.clone()).unwrap_or_default();
        let subject = format!("{name} proposes an Auto Pay rule");
        let body = format!(
            "{} proposes it. Look at what it would do, and confirm or refuse it: {}/office/autopay",
            self.by.name, self.base_url
        );
        tx.tell_staff(&NoticeRow { subject, body, ..self.staff.clone() })?;
        let subject = "An Auto Pay rule was proposed.";
        letters::tell_account(tx, &self.telling, self.account, (subject, subject))
    }
}
