//! An account's admin asks for another name or billing address. Both bear on tax and on who owes, so staff approve it.

use serde::{Deserialize, Serialize};
use store::account::AccountRow;
use store::request::RequestKind;
use store::scope::ScopedAccount;

use crate::actions::add_contact::one_line;
use crate::actions::ask_staff::{Asking, ask_staff};
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};

/// The longest of a field, in characters: what a document has room for.
const LONGEST: usize = 120;

/// To whom invoices are made out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    pub name: String,
    pub address_1: String,
    /// May be empty.
    pub address_2: String,
    pub city: String,
    pub region: String,
    pub postal_code: String,
    /// Two capital letters.
    pub country: String,
}

impl Company {
    /// As it is.
    pub fn of(account: &AccountRow) -> Self {
        Self {
            name: account.name.clone(),
            address_1: account.address_1.clone(),
            address_2: account.address_2.clone().unwrap_or_default(),
            city: account.city.clone(),
            region: account.region.clone(),
            postal_code: account.postal_code.clone(),
            country: account.country.clone(),
        }
    }

    /// The account with these in place of its own.
    pub fn put(self, account: AccountRow) -> AccountRow {
        AccountRow {
            name: self.name,
            address_1: self.address_1,
            address_2: Some(self.address_2).filter(|line| !line.is_empty()),
            city: self.city,
            region: self.region,
            postal_code: self.postal_code,
            country: self.country,
            ..account
        }
    }

    /// Each on one line, without spaces around it.
    fn tidy(self) -> Self {
        Self {
            name: one_line(&self.name),
            address_1: one_line(&self.address_1),
            address_2: one_line(&self.address_2),
            city: one_line(&self.city),
            region: one_line(&self.region),
            postal_code: one_line(&self.postal_code),
            country: one_line(&self.country).to_uppercase(),
        }
    }

    /// What is wrong with it, in a sentence.
    fn wrong(&self) -> Option<&'static str> {
        let needed = [&self.name, &self.address_1, &self.city, &self.postal_code];
        let all = [&self.name, &self.address_1, &self.address_2, &self.city, &self.region, &self.postal_code];
        if needed.iter().any(|text| text.is_empty()) {
            return Some("Enter the name, the first line of the address, the city and the postal code.");
        }
        if all.iter().any(|text| text.chars().count() > LONGEST) {
            return Some("Each line has room for 120 characters.");
        }
        let is_country = self.country.len() == 2 && self.country.bytes().all(|byte| byte.is_ascii_uppercase());
        (!is_country).then_some("Enter the country as two letters, like US or CA.")
    }
}

/// Writes the request down.
///
/// # Errors
/// `Refused` with what is wrong, or where nothing is different; as [`ask_staff`].
pub async fn ask_company(app: &App, account: &ScopedAccount, company: Company, by: &Actor) -> Result<()> {
    let company = company.tidy();
    if let Some(wrong) = company.wrong() {
        return Err(Error::refused(wrong));
    }
    let id = account.account_id;
    let known = app.store.read(move |tx| tx.accounts_of(&[id])).await?;
    let before = known.first().map(Company::of).ok_or(Error::NotFound)?;
    if before == company {
        return Err(Error::refused("This is what we have already. Change what is different, then ask."));
    }
    let json = |company: &Company| serde_json::to_value(company).map_err(Error::internal);
    let asking = Asking { before: Some(json(&before)?), after: Some(json(&company)?), ..Asking::of(account) };
    let about = by.person.map(|person| (account.account_id, person));
    ask_staff(app, (RequestKind::Company, asking), about, by).await
}
