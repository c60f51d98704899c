//! `quittance agreement hours`: the balance of an agreement's prepaid hours, month by month.

use billing::Month;
use clap::Args;

use super::say;
use crate::app::App;
use crate::error::{Error, Result};
use crate::paper::hours;
use crate::reckon::WorkBasis;

/// Show what each month granted, what invoices drew of it, what expired and what is left.
#[derive(Args)]
pub struct Hours {
    /// The agreement's id.
    agreement: String,
}

impl Hours {
    /// Prints it.
    ///
    /// # Errors
    /// `Refused` where there is no such agreement, or none that includes hours.
    pub async fn show(self, app: &App) -> Result<()> {
        let code = self.agreement.clone();
        let read = app.store.read(move |tx| {
            let Some(agreement) = tx.agreement_by_code(&code)? else { return Ok(None) };
            let of = [agreement.account_id];
            let (lines, changes, accounts) =
                (tx.billable_lines(&of)?, tx.agreement_changes(&of)?, tx.accounts_of(&of)?);
            let drawn = tx.drawn_hours(&[agreement.agreement_id])?;
            Ok::<_, store::Error>(Some((agreement.agreement_id, lines, changes, accounts, drawn)))
        });
        let Some((agreement, lines, changes, accounts, drawn)) = read.await? else {
            return Err(Error::Refused(format!("there is no agreement {}", self.agreement)));
        };
        let account = accounts.first().ok_or_else(|| Error::internal("an agreement without its account"))?;
        if !lines.iter().any(|line| line.agreement_id == agreement && line.included_hours.is_some()) {
            let none = format!(
                "no line of {} includes hours; agreement_lines.csv gives them in included_hours, `quittance agreement add-line` \
                 with --included-hours",
                self.agreement
            );
            return Err(Error::Refused(none));
        }
        let now = Month::of(app.today());
        let mut basis = WorkBasis::default();
        basis.take_drawn(drawn);
        basis
            .take_hours(&lines, &changes, (app.provider().billing_starts_on, now), account.currency)
            .map_err(|overflow| Error::Refused(format!("{}: {overflow}", self.agreement)))?;
        say(&format!("{:<8} {:>10} {:>10} {:>10} {:>10}", "month", "granted", "drawn", "expired", "left"));
        for month in basis.balance(agreement).months(now) {
            say(&format!(
                "{:<8} {:>10} {:>10} {:>10} {:>10}",
                month.month.to_string(),
                hours(month.granted),
                hours(month.drawn),
                hours(month.expired),
                hours(month.left)
            ));
        }
        say("Drawn is what invoices drew; work that waits for its invoice is not in it.");
        Ok(())
    }
}
