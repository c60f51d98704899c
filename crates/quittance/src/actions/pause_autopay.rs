//! A rule of Auto Pay rests until a day, or goes on before it. What was to be charged meanwhile is left to the customer.

use jiff::civil::Date;
use serde_json::json;
use store::audit::AuditKind;
use store::autopay::{PauseRow, RuleState};
use store::{AccountId, RuleVersionId};

use crate::actions::keep_autopay::live_day;
use crate::app::App;
use crate::audit::Actor;
use crate::autopay::letters;
use crate::error::{Error, Result};
use crate::told::Telling;

/// Nobody pauses for longer than a year.
const MOST_DAYS: i32 = 366;

/// Pauses a rule from today until a day, on which it goes on; today: it goes on at once.
///
/// # Errors
/// `NotFound`; `Refused` where it doesn't hold, or the day can't be; those of the database.
pub async fn pause_autopay(
    app: &App,
    (account, version): (AccountId, RuleVersionId),
    until: Date,
    by: &Actor,
) -> Result<()> {
    let (by, telling, now, today) = (by.clone(), Telling::of(app, by), app.clock.now(), app.today());
    let pause_id = app.ids.mint();
    if until < today || until > billing::calendar::shift(today, MOST_DAYS) {
        return Err(Error::refused("Choose a day after today, at most a year ahead."));
    }
    let written = app.store.write(move |tx| {
        let row = tx.autopay_rule(account, version)?.ok_or(Error::NotFound)?;
        if row.state != RuleState::InForce {
            return Err(Error::refused("Only a rule that holds can be paused. Open the page again."));
        }
        let pauses = tx.autopay_pauses(account)?;
        let running = pauses.into_iter().find(|pause| pause.rule_id == row.rule_id && today < pause.until_on);
        let new = PauseRow {
            account_id: account,
            pause_id,
            rule_id: row.rule_id,
            from_on: today,
            until_on: until,
            made_name: by.name.clone(),
            made_at: now,
        };
        let pause = running.map_or(new, |running| PauseRow { until_on: until, ..running });
        tx.replace(std::slice::from_ref(&pause))?;
        let deed = by.did(AuditKind::AutoPayPaused, "Auto Pay").of(account);
        tx.append_audit(&[deed.after(json!({ "until": until.to_string() }))])?;
        let (subject, rest) = if until == today {
            ("Auto Pay goes on from today.", String::new())
        } else {
            let rest = format!(" It goes on on {until}. What falls due before that day is for you to pay.");
            ("Auto Pay is paused.", rest)
        };
        let what = format!("{subject}{rest}");
        letters::tell_account(tx, &telling, account, (subject, &what))?;
        Ok::<_, Error>(())
    });
    written.await?;
    app.wake.mail.notify_waiters();
    live_day(app, account).await.map(drop)
}
