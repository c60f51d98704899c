//! Accounts and their people.

use std::collections::{HashMap, HashSet};

use billing::Stream;
use billing::account::Routing;
use sha2::{Digest, Sha256};
use store::account::{AccountRow, ContactRow, Imported, ImportedContactRow, ImportedValueRow, PersonRow};
use store::recipient::RecipientAddressRow;
use store::{Stored, Tx, Value};

use super::{ByCode, Resolver, by_code};
use crate::import::check::Complaints;
use crate::import::export::Export;
use crate::import::rows::AccountIn;

impl Resolver<'_> {
    pub(super) fn accounts(&mut self, tx: &mut Tx, export: &Export) -> Result<ByCode<AccountRow>, store::Error> {
        let mut accounts = by_code(tx.accounts()?, |row| &row.code);
        let mut regions: Vec<String> = tx.tax_rates()?.into_iter().map(|row| row.tax_region).collect();
        regions.extend(export.tax_rates.iter().map(|row| row.tax_region.clone()));
        let imported: HashMap<i64, [u8; 32]> =
            tx.imported_values(Imported::Account)?.into_iter().map(|row| (row.row_id, row.row_hash)).collect();
        for row in &export.accounts {
            let known = accounts.get(&row.account);
            let account = AccountRow {
                account_id: known.map_or_else(|| self.mint(), |known| Ok(known.account_id))?,
                code: row.account.clone(),
                name: row.name.clone(),
                address_1: row.address_1.clone(),
                address_2: row.address_2.clone(),
                city: row.city.clone(),
                region: row.region.clone(),
                postal_code: row.postal_code.clone(),
                country: row.country.clone(),
                currency: row.currency,
                recurring_terms_days: row.recurring_terms_days,
                tax_region: row.tax_region.clone(),
                tax_exempt: row.tax_exempt,
                exempt_until: row.exempt_until,
                exemption_certificate: row.exemption_certificate.clone(),
                po_number: row.po_number.clone(),
                formats: known.and_then(|known| known.formats),
                status: row.status,
            };
            let mut complaints = Complaints::about("accounts.csv", self.problems);
            check_exemption(row, &mut complaints);
            if !regions.contains(&row.tax_region) && !self.unread.may_hold("tax_rates.csv", &row.tax_region) {
                complaints.add(
                    row.line,
                    "tax_region",
                    &row.tax_region,
                    "it has no rate",
                    "a region with at least one row in tax_rates.csv",
                );
            }
            if let Some(known) = known.filter(|known| known.currency != row.currency)
                && tx.account_states(&[known.account_id])?.iter().any(|state| state.account_id == known.account_id)
            {
                complaints.add(
                    row.line,
                    "currency",
                    row.currency.code(),
                    "invoices were issued in the old currency",
                    "a new account for the new currency",
                );
            }
            let (row_id, row_hash) = (i64::from(account.account_id), portal_hash(&account));
            let account = match known.filter(|_| imported.get(&row_id) == Some(&row_hash)) {
                // What the portal's people changed since stands, until the export says something else.
                Some(known) => portal_values(known, account),
                None => {
                    self.changes.imported_values.push(ImportedValueRow { what: Imported::Account, row_id, row_hash });
                    account
                }
            };
            let place = format!("accounts.csv:{} {}", row.line, row.account);
            self.changes.accounts.take(account.clone(), known, &place, &mut self.changes.fields)?;
            accounts.insert(row.account.clone(), account);
        }
        Ok(accounts)
    }

    pub(super) fn contacts(
        &mut self,
        tx: &mut Tx,
        export: &Export,
        accounts: &ByCode<AccountRow>,
    ) -> Result<(), store::Error> {
        let mut people: ByCode<PersonRow> = by_code(tx.people()?, |row| &row.email);
        let mut contacts: HashMap<_, ContactRow> =
            tx.contacts()?.into_iter().map(|row| ((row.account_id, row.person_id), row)).collect();
        let imported: HashMap<_, [u8; 32]> =
            tx.imported_contacts()?.into_iter().map(|row| ((row.account_id, row.person_id), row.row_hash)).collect();
        let staff: HashSet<String> = tx.all_staff()?.into_iter().map(|staff| staff.email).collect();
        for row in &export.contacts {
            let Some(account) = self.known_account(&row.account, row.line, accounts, "contacts.csv") else { continue };
            let email = row.email.to_lowercase();
            if staff.contains(&email) {
                Complaints::about("contacts.csv", self.problems).add(
                    row.line,
                    "email",
                    &row.email,
                    "it is an address of your own staff, who come in by a passkey",
                    "another address for the contact",
                );
                continue;
            }
            let person_id = match people.get(&email) {
                Some(person) => person.person_id,
                None => {
                    let person = PersonRow { person_id: self.mint()?, email: email.clone() };
                    people.insert(email, person.clone());
                    self.changes.people.added.push(person.clone());
                    person.person_id
                }
            };
            let contact = ContactRow {
                account_id: account,
                person_id,
                email: row.email.clone(),
                name: row.name.clone(),
                phone: row.phone.clone(),
                role: row.role,
                recurring_mail: row.recurring_mail,
                biweekly_mail: row.biweekly_mail,
            };
            let row_hash = row_hash(&contact)?;
            if imported.get(&(account, person_id)) == Some(&row_hash) {
                // What the portal's people decided since stands, until the export says something else.
                self.changes.contacts.same += 1;
                continue;
            }
            self.changes.imported.push(ImportedContactRow { account_id: account, person_id, row_hash });
            let place = format!("contacts.csv:{} {} {}", row.line, row.account, row.email);
            let known = contacts.get(&(account, person_id));
            self.changes.contacts.take(contact.clone(), known, &place, &mut self.changes.fields)?;
            contacts.insert((account, person_id), contact);
        }
        let addresses = tx.all_recipient_addresses()?;
        self.warn_unreached(export, accounts, (contacts.values(), &addresses));
        self.warn_absent(
            export,
            accounts,
            contacts.values().filter(|row| imported.contains_key(&(row.account_id, row.person_id))),
        );
        Ok(())
    }

    /// An import takes nobody away: who came with an earlier one and isn't in the file any more keeps access and mail, and
    /// staff should know.
    fn warn_absent<'c>(
        &mut self,
        export: &Export,
        accounts: &ByCode<AccountRow>,
        contacts: impl Iterator<Item = &'c ContactRow>,
    ) {
        if export.contacts.is_empty() {
            return;
        }
        let code_of: HashMap<_, &String> =
            accounts.values().map(|account| (account.account_id, &account.code)).collect();
        let told: HashSet<(&str, String)> =
            export.contacts.iter().map(|row| (row.account.as_str(), row.email.to_lowercase())).collect();
        for contact in contacts {
            let Some(code) = code_of.get(&contact.account_id) else { continue };
            if !told.contains(&(code.as_str(), contact.email.to_lowercase())) {
                self.changes.warnings.push(format!(
                    "contacts.csv: {email} of {code} isn't in the file any more and keeps access and mail; `quittance contacts remove {code} {email}` ends both",
                    email = contact.email
                ));
            }
        }
    }

    /// An account whose invoices of a stream reach nobody is billed all the same; staff should know.
    fn warn_unreached<'c>(
        &mut self,
        export: &Export,
        accounts: &ByCode<AccountRow>,
        (contacts, addresses): (impl Iterator<Item = &'c ContactRow> + Clone, &[RecipientAddressRow]),
    ) {
        for row in &export.accounts {
            let Some(account) = accounts.get(&row.account) else { continue };
            let mut own = contacts.clone().filter(|contact| contact.account_id == account.account_id);
            let (recurring, biweekly) = own.by_ref().fold((false, false), |(recurring, biweekly), contact| {
                (recurring || contact.recurring_mail == Routing::To, biweekly || contact.biweekly_mail == Routing::To)
            });
            let more = |stream: Stream| {
                let mut own = addresses.iter().filter(|address| address.account_id == account.account_id);
                own.any(|address| address.routing(stream) == Routing::To)
            };
            let recurring = recurring || more(Stream::Recurring);
            let biweekly = biweekly || more(Stream::Biweekly);
            for (reached, stream) in [(recurring, "recurring"), (biweekly, "bi-weekly")] {
                if !reached {
                    self.changes.warnings.push(format!(
                        "contacts.csv: {} ({}) has nobody who receives its {stream} invoices as \"to\"; they are made all the same",
                        row.account, row.name
                    ));
                }
            }
        }
    }
}

/// What an export says of the values that an account's admins may change in the portal, or ask for.
fn portal_hash(account: &AccountRow) -> [u8; 32] {
    let values = (
        [&account.name, &account.address_1, &account.city, &account.region, &account.postal_code, &account.country],
        [&account.address_2, &account.exemption_certificate, &account.po_number],
        (&account.tax_region, account.tax_exempt, account.exempt_until),
    );
    Sha256::digest(format!("{values:?}")).into()
}

/// The account as the export has it, but for these values, which are as they are.
fn portal_values(known: &AccountRow, account: AccountRow) -> AccountRow {
    AccountRow {
        currency: account.currency,
        recurring_terms_days: account.recurring_terms_days,
        status: account.status,
        ..known.clone()
    }
}

/// What an export says of a contact, as it is compared with what it said before.
fn row_hash(contact: &ContactRow) -> Result<[u8; 32], store::Error> {
    let mut values: Vec<Value<'static>> = Vec::new();
    contact.write_to(&mut values)?;
    Ok(Sha256::digest(format!("{values:?}")).into())
}

/// The longest certificate that fits beside "Tax exempt" on an invoice, in characters.
const LONGEST_CERTIFICATE: usize = 60;

/// An end and a certificate belong to an account that is exempt.
fn check_exemption(row: &AccountIn, complaints: &mut Complaints<'_>) {
    let expected = "yes in tax_exempt, or nothing here";
    if let Some(until) = row.exempt_until.filter(|_| !row.tax_exempt) {
        complaints.add(row.line, "exempt_until", until, "the account is not exempt", expected);
    }
    let Some(certificate) = &row.exemption_certificate else { return };
    if !row.tax_exempt {
        complaints.add(row.line, "exemption_certificate", certificate, "the account is not exempt", expected);
    }
    if certificate.chars().count() > LONGEST_CERTIFICATE {
        let shorter = "at most 60 characters: it is printed on the invoice";
        complaints.add(row.line, "exemption_certificate", certificate, "it is too long", shorter);
    }
}
