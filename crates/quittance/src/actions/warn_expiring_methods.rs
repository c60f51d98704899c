//! A card that ends soon is told to who may replace it: 30 days and 7 days before its last day, each once.

use billing::calendar::shift;
use jiff::civil::Date;
use store::method::MethodRow;
use store::notice::{Audience, NoticeRow};

use crate::app::App;
use crate::error::Result;
use crate::outbox::notices::{notice, stamp};

/// So many days before, the last one first.
const DAYS: [i32; 2] = [7, 30];

/// Tells of every method that ends soon.
///
/// # Errors
/// Those of the database.
pub async fn warn_expiring_methods(app: &App) -> Result<()> {
    let today = app.today();
    let expiring = app.store.read(move |tx| tx.expiring_methods(today, shift(today, 31))).await?;
    for method in expiring {
        warn(app, method, today).await?;
    }
    Ok(())
}

async fn warn(app: &App, method: MethodRow, today: Date) -> Result<()> {
    let Some(expires_on) = method.expires_on else { return Ok(()) };
    let Some(days) = DAYS.into_iter().find(|days| shift(today, *days) >= expires_on) else { return Ok(()) };
    let key = format!("method {} ends {expires_on}, {days}", i64::from(method.method_id));
    let (account, provider) = (method.account_id, app.provider());
    let chosen = app.store.read(move |tx| tx.formats_of(account)).await?;
    let words = method.words();
    let subject = format!("{words} expires on {}", app.formats(chosen).long_date(expires_on));
    let place = format!("{}/methods", app.config.base_url);
    let default = if method.is_default { " It is the one that is used first." } else { "" };
    let body = format!(
        "{words} can't be charged after that day.{default} Put a new one in its place; what is planned with it goes with it:\n{place}\n\n\
         Questions? Call {}.",
        provider.phone
    );
    let row = NoticeRow { audience: Audience::People, ..notice(stamp(app), key, (subject, body)) };
    let written = app.store.write(move |tx| {
        let contacts = tx.contacts_of(account)?.into_iter().filter(|contact| contact.role.may_pay());
        let mut emails: Vec<String> = contacts.map(|contact| contact.email.to_lowercase()).collect();
        emails.sort();
        tx.tell_people(&row, &emails)
    });
    Ok(written.await?)
}
