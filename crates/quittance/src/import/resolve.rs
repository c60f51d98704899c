//! From an export to changes: ids found or minted, references and tickets checked, what an invoice took left alone.

use std::collections::HashMap;
use std::sync::Arc;

use billing::ledger::Ledger;
use billing::{Charge, Currency, Month, Span, Terms};
use jiff::Timestamp;
use store::account::{AccountRow, ContactRow, PersonRow};
use store::agreement::{AgreementLineRow, AgreementRow, ChargedMonth};
use store::books::LedgerRow;
use store::item::{ItemRow, TaxRateRow};
use store::provider::ProviderRow;
use store::work::{DeliveryRow, TimeEntryRow};
use store::{AccountId, Tx};

use super::changes::Changes;
use super::check::{self, Complaints, Ticket};
use super::problem::Problem;
use super::provider::ProviderIn;
use super::rows::Export;

/// What an import needs besides the files; nothing of it is made inside the transaction.
#[derive(Clone)]
pub struct Given {
    /// One id for each row of the export, and some to spare.
    pub ids: Arc<[i64]>,
    /// Now, for a new version of the provider.
    pub now: Timestamp,
}

/// Compares an export with what is stored. Nothing is written here.
///
/// # Errors
/// Those of the database. What is wrong with the export goes to `problems`.
pub fn changes(tx: &mut Tx, export: &Export, given: &Given, problems: &mut Vec<Problem>) -> Result<Changes, store::Error> {
    check::within_files(export, problems);
    let mut resolver = Resolver { changes: Changes::default(), ids: given.ids.iter().copied(), problems, charged: HashMap::new() };
    resolver.provider(tx, export.provider.as_ref(), given.now)?;
    resolver.items(tx, export)?;
    resolver.tax_rates(tx, export)?;
    let accounts = resolver.accounts(tx, export)?;
    resolver.contacts(tx, export, &accounts)?;
    let agreements = resolver.agreements(tx, export, &accounts)?;
    resolver.lines(tx, export, &agreements)?;
    resolver.entries(tx, export, &accounts, &agreements)?;
    resolver.deliveries(tx, export, &accounts)?;
    Ok(resolver.changes)
}

struct Resolver<'a, I> {
    changes: Changes,
    ids: I,
    problems: &'a mut Vec<Problem>,
    charged: HashMap<AccountId, Vec<ChargedMonth>>,
}

type ByCode<R> = HashMap<String, R>;

impl<I: Iterator<Item = i64>> Resolver<'_, I> {
    fn mint<T: From<i64>>(&mut self) -> Result<T, store::Error> {
        self.ids.next().map(T::from).ok_or_else(|| store::Error::Other("the import ran out of ids".to_owned()))
    }

    fn provider(&mut self, tx: &mut Tx, new: Option<&ProviderIn>, now: Timestamp) -> Result<(), store::Error> {
        let (Some(new), Some(stored)) = (new, tx.provider()?) else { return Ok(()) };
        let mut row = provider_row(new, &stored, now);
        row.version = stored.version;
        row.made_at = stored.made_at;
        if row == stored {
            return Ok(());
        }
        let issued = !tx.listed_invoices(0, 1)?.is_empty();
        let fixed = [
            ("billing_starts_on", row.billing_starts_on == stored.billing_starts_on),
            ("biweekly_anchor_on", row.biweekly_anchor_on == stored.biweekly_anchor_on),
            ("currency", row.currency == stored.currency),
            ("invoice_number_prefix", row.invoice_number_prefix == stored.invoice_number_prefix),
            ("invoice_number_start", row.invoice_number_start == stored.invoice_number_start),
        ];
        for (key, same) in fixed {
            if issued && !same {
                Complaints::about("provider.toml", self.problems).add(
                    1, key, "", "invoices were issued under the old value", "the old value; it can't change any more",
                );
            }
        }
        row.version = stored.version + 1;
        row.made_at = now;
        self.changes.provider = Some(row);
        Ok(())
    }

    fn items(&mut self, tx: &mut Tx, export: &Export) -> Result<(), store::Error> {
        let stored = by_code(tx.items()?, |row| &row.code);
        for row in &export.items {
            let known = stored.get(&row.item);
            let item = ItemRow {
                item_id: known.map_or_else(|| self.mint(), |known| Ok(known.item_id))?,
                code: row.item.clone(),
                name: row.name.clone(),
                kind: row.kind,
                unit: row.unit.clone(),
                unit_price: row.unit_price.normalize(),
                taxable: row.taxable,
            };
            let place = format!("items.csv:{} {}", row.line, row.item);
            if known.is_some_and(|known| known.kind.recurs() != item.kind.recurs()) {
                Complaints::about("items.csv", self.problems).add(
                    row.line, "kind", row.kind, "the item would move to the other stream", "a new item for the other stream",
                );
            }
            self.changes.items.take(item, known, &place, &mut self.changes.fields)?;
        }
        Ok(())
    }

    fn tax_rates(&mut self, tx: &mut Tx, export: &Export) -> Result<(), store::Error> {
        let key = |region: &str, jurisdiction: &str, from: jiff::civil::Date| format!("{region}\n{jurisdiction}\n{from}");
        let stored: HashMap<String, TaxRateRow> = tx
            .tax_rates()?
            .into_iter()
            .map(|row| (key(&row.tax_region, &row.jurisdiction, row.from_on), row))
            .collect();
        let ledgers: Vec<String> = tx.ledgers()?.into_iter().map(|row| row.code).collect();
        for row in &export.tax_rates {
            let rate = TaxRateRow {
                tax_region: row.tax_region.clone(),
                jurisdiction: row.jurisdiction.clone(),
                from_on: row.from_on,
                rate_percent: row.rate_percent.normalize(),
            };
            let known = stored.get(&key(&row.tax_region, &row.jurisdiction, row.from_on));
            if known.is_some_and(|known| *known != rate) && tx.tax_was_charged(&row.tax_region, row.from_on)? {
                Complaints::about("tax_rates.csv", self.problems).add(
                    row.line, "rate_percent", row.rate_percent, "invoices were issued under the old rate",
                    "the old rate here, and a new row from the day on which the new rate holds",
                );
            }
            let place = format!("tax_rates.csv:{} {} {}", row.line, row.tax_region, row.jurisdiction);
            self.changes.tax_rates.take(rate, known, &place, &mut self.changes.fields)?;
            let ledger = ledger_row(&Ledger::TaxPayable(row.jurisdiction.clone()));
            let new = &mut self.changes.ledgers.added;
            if !ledgers.contains(&ledger.code) && new.iter().all(|known| known.code != ledger.code) {
                new.push(ledger);
            }
        }
        Ok(())
    }

    fn accounts(&mut self, tx: &mut Tx, export: &Export) -> Result<ByCode<AccountRow>, store::Error> {
        let mut accounts = by_code(tx.accounts()?, |row| &row.code);
        let mut regions: Vec<String> = tx.tax_rates()?.into_iter().map(|row| row.tax_region).collect();
        regions.extend(export.tax_rates.iter().map(|row| row.tax_region.clone()));
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
                po_number: row.po_number.clone(),
                status: row.status,
            };
            let mut complaints = Complaints::about("accounts.csv", self.problems);
            if !regions.contains(&row.tax_region) {
                complaints.add(row.line, "tax_region", &row.tax_region, "it has no rate", "a region with at least one row in tax_rates.csv");
            }
            if let Some(known) = known.filter(|known| known.currency != row.currency)
                && tx.account_states(&[known.account_id])?.iter().any(|state| state.account_id == known.account_id)
            {
                complaints.add(row.line, "currency", row.currency.code(), "invoices were issued in the old currency", "a new account for the new currency");
            }
            let place = format!("accounts.csv:{} {}", row.line, row.account);
            self.changes.accounts.take(account.clone(), known, &place, &mut self.changes.fields)?;
            accounts.insert(row.account.clone(), account);
        }
        Ok(accounts)
    }

    fn contacts(&mut self, tx: &mut Tx, export: &Export, accounts: &ByCode<AccountRow>) -> Result<(), store::Error> {
        let mut people: ByCode<PersonRow> = by_code(tx.people()?, |row| &row.email);
        let mut contacts: HashMap<_, ContactRow> =
            tx.contacts()?.into_iter().map(|row| ((row.account_id, row.person_id), row)).collect();
        for row in &export.contacts {
            let Some(account) = known_account(&row.account, row.line, accounts, "contacts.csv", self.problems) else { continue };
            let email = row.email.to_lowercase();
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
            let place = format!("contacts.csv:{} {} {}", row.line, row.account, row.email);
            let known = contacts.get(&(account, person_id));
            self.changes.contacts.take(contact.clone(), known, &place, &mut self.changes.fields)?;
            contacts.insert((account, person_id), contact);
        }
        self.warn_unreached(export, accounts, contacts.values());
        Ok(())
    }

    /// An account whose invoices of a stream reach nobody is billed all the same; staff should know.
    fn warn_unreached<'c>(
        &mut self,
        export: &Export,
        accounts: &ByCode<AccountRow>,
        contacts: impl Iterator<Item = &'c ContactRow> + Clone,
    ) {
        use billing::account::Routing;
        for row in &export.accounts {
            let Some(account) = accounts.get(&row.account) else { continue };
            let mut own = contacts.clone().filter(|contact| contact.account_id == account.account_id);
            let (recurring, biweekly) = own.by_ref().fold((false, false), |(recurring, biweekly), contact| {
                (recurring || contact.recurring_mail == Routing::To, biweekly || contact.biweekly_mail == Routing::To)
            });
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

    fn agreements(
        &mut self,
        tx: &mut Tx,
        export: &Export,
        accounts: &ByCode<AccountRow>,
    ) -> Result<ByCode<AgreementRow>, store::Error> {
        let mut agreements = by_code(tx.agreements()?, |row| &row.code);
        let lines = tx.agreement_lines()?;
        for row in &export.agreements {
            let Some(account) = known_account(&row.account, row.line, accounts, "agreements.csv", self.problems) else { continue };
            let known = agreements.get(&row.agreement);
            let agreement = AgreementRow {
                account_id: account,
                agreement_id: known.map_or_else(|| self.mint(), |known| Ok(known.agreement_id))?,
                code: row.agreement.clone(),
                name: row.name.clone(),
                starts_on: row.starts_on,
                ends_on: row.ends_on,
                billing: row.billing,
                po_number: row.po_number.clone(),
            };
            if let Some(known) = known.cloned() {
                if known.account_id != account {
                    Complaints::about("agreements.csv", self.problems).add(
                        row.line, "account", &row.account, "the agreement is another account's", "a new agreement for this account",
                    );
                    continue;
                }
                for line in lines.iter().filter(|line| line.agreement_id == known.agreement_id && line.account_id == account) {
                    self.keeps_charges(tx, ("agreements.csv", row.line), (line, &known), (line, &agreement))?;
                }
            }
            let place = format!("agreements.csv:{} {}", row.line, row.agreement);
            self.changes.agreements.take(agreement.clone(), agreements.get(&row.agreement), &place, &mut self.changes.fields)?;
            agreements.insert(row.agreement.clone(), agreement);
        }
        Ok(agreements)
    }

    fn lines(&mut self, tx: &mut Tx, export: &Export, agreements: &ByCode<AgreementRow>) -> Result<(), store::Error> {
        let stored = by_code(tx.agreement_lines()?, |row| &row.code);
        let items = self.all_items(tx)?;
        for row in &export.lines {
            let mut complaints = Complaints::about("agreement_lines.csv", self.problems);
            let fits = "an item of kind service or licence (all else is billed bi-weekly, in products.csv)";
            let item_id = check::item(&row.item, row.line, &items, |kind| kind.recurs(), fits, &mut complaints);
            let Some(agreement) = agreements.get(&row.agreement) else {
                complaints.add(row.line, "agreement", &row.agreement, "there is no such agreement", "an id of agreements.csv");
                continue;
            };
            let Some(item_id) = item_id else { continue };
            let known = stored.get(&row.line_code);
            let line = AgreementLineRow {
                account_id: agreement.account_id,
                line_id: known.map_or_else(|| self.mint(), |known| Ok(known.line_id))?,
                agreement_id: agreement.agreement_id,
                code: row.line_code.clone(),
                item_id,
                description: row.description.clone(),
                starts_on: row.starts_on,
                ends_on: row.ends_on,
                quantity: row.quantity.normalize(),
                unit_price: row.unit_price.normalize(),
                prorate: row.prorate,
            };
            if let Some(known) = known {
                let moved = known.account_id != line.account_id || known.agreement_id != line.agreement_id || known.item_id != line.item_id;
                let charged = self.charged(tx, known.account_id)?.iter().any(|month| month.source_id == known.line_id);
                if moved && (charged || known.account_id != line.account_id) {
                    Complaints::about("agreement_lines.csv", self.problems).add(
                        row.line, "line", &row.line_code, "it was charged under another agreement or item",
                        "the line as it was, ended, and a new line for the new agreement or item",
                    );
                    continue;
                }
                self.keeps_charges(tx, ("agreement_lines.csv", row.line), (known, agreement), (&line, agreement))?;
            }
            let place = format!("agreement_lines.csv:{} {}", row.line, row.line_code);
            self.changes.lines.take(line, known, &place, &mut self.changes.fields)?;
        }
        Ok(())
    }

    /// Tells where a change would alter a month that an invoice has taken already.
    fn keeps_charges(
        &mut self,
        tx: &mut Tx,
        (file, line): (&'static str, u64),
        before: (&AgreementLineRow, &AgreementRow),
        after: (&AgreementLineRow, &AgreementRow),
    ) -> Result<(), store::Error> {
        let (old, new) = (terms(before.0, before.1), terms(after.0, after.1));
        if old == new {
            return Ok(());
        }
        let months: Vec<ChargedMonth> =
            self.charged(tx, before.0.account_id)?.iter().filter(|month| month.source_id == before.0.line_id).cloned().collect();
        for charged in months {
            let now = charge(&new, charged.month, charged.currency);
            if charge(&old, charged.month, charged.currency) != now || old.billing != new.billing {
                let until = charged.month.next().first();
                Complaints::about(file, self.problems).add(
                    line, "", "", &format!("{} was charged {} on {}; an invoice can't change", before.0.code, charged.month, charged.number),
                    &format!("the row as it was until {until}, and a new row from the day on which the change holds"),
                );
                break;
            }
        }
        Ok(())
    }

    fn charged(&mut self, tx: &mut Tx, account: AccountId) -> Result<&Vec<ChargedMonth>, store::Error> {
        if !self.charged.contains_key(&account) {
            let months = tx.charged_months(account)?;
            self.charged.insert(account, months);
        }
        Ok(self.charged.entry(account).or_default())
    }

    fn entries(
        &mut self,
        tx: &mut Tx,
        export: &Export,
        accounts: &ByCode<AccountRow>,
        agreements: &ByCode<AgreementRow>,
    ) -> Result<(), store::Error> {
        let codes: Vec<String> = export.entries.iter().map(|row| row.entry.clone()).collect();
        let stored = by_code(tx.entries_by_code(&codes)?, |row| &row.code);
        let tickets: Vec<String> = export.entries.iter().map(|row| row.ticket.clone()).collect();
        let mut known_tickets = self.stored_tickets(tx, &tickets, &stored)?;
        let starts_on = tx.provider()?.map(|provider| provider.billing_starts_on);
        let mut too_early = 0;
        for row in &export.entries {
            let Some(account) = known_account(&row.account, row.line, accounts, "time_entries.csv", self.problems) else { continue };
            let mut complaints = Complaints::about("time_entries.csv", self.problems);
            check::ticket(row, account, &mut known_tickets, &mut complaints);
            let agreement = check::entry_agreement(row, account, agreements, &mut complaints);
            let known = stored.get(&row.entry);
            let mut entry = TimeEntryRow {
                account_id: account,
                entry_id: known.map_or_else(|| self.mint(), |known| Ok(known.entry_id))?,
                code: row.entry.clone(),
                ticket: row.ticket.clone(),
                ticket_summary: row.ticket_summary.clone(),
                requester: row.requester.clone(),
                site: row.site.clone(),
                worked_on: row.worked_on,
                started_at: row.started_at.clone(),
                ended_at: row.ended_at.clone(),
                technician: row.technician.clone(),
                work_type: row.work_type,
                hours_worked: row.hours_worked.normalize(),
                hours_billed: row.hours_billed.normalize(),
                rate: row.rate.normalize(),
                coverage: row.coverage,
                agreement_id: agreement.map(|agreement| agreement.agreement_id),
                notes: row.notes.clone(),
                internal_notes: row.internal_notes.clone(),
                approved_on: row.approved_on,
                invoice_id: known.and_then(|known| known.invoice_id),
            };
            too_early += usize::from(starts_on.is_some_and(|day| row.worked_on < day));
            if let Some(known) = known.filter(|known| known.invoice_id.is_some() || known.account_id != account) {
                entry.internal_notes.clone_from(&known.internal_notes);
                if *known != entry {
                    Complaints::about("time_entries.csv", self.problems).add(
                        row.line, "entry", &row.entry, "an invoice has taken it; it can't change",
                        "the entry as it was; correct it by a new entry",
                    );
                    continue;
                }
                entry.internal_notes.clone_from(&row.internal_notes);
            }
            let place = format!("time_entries.csv:{} {}", row.line, row.entry);
            self.changes.entries.take(entry, known, &place, &mut self.changes.fields)?;
        }
        self.warn_early("time_entries.csv", too_early);
        Ok(())
    }

    /// The tickets as stored, leaving aside those whose entries this very export changes.
    fn stored_tickets(
        &mut self,
        tx: &mut Tx,
        tickets: &[String],
        changing: &ByCode<TimeEntryRow>,
    ) -> Result<HashMap<String, Ticket>, store::Error> {
        let retold: Vec<&str> =
            changing.values().filter(|entry| entry.invoice_id.is_none()).map(|entry| entry.ticket.as_str()).collect();
        let rows = tx.tickets(tickets)?;
        Ok(rows
            .into_iter()
            .filter(|row| !retold.contains(&row.ticket.as_str()))
            .map(|row| (row.ticket, Ticket { account: row.account_id, summary: row.ticket_summary, requester: row.requester }))
            .collect())
    }

    fn deliveries(&mut self, tx: &mut Tx, export: &Export, accounts: &ByCode<AccountRow>) -> Result<(), store::Error> {
        let codes: Vec<String> = export.deliveries.iter().map(|row| row.delivery.clone()).collect();
        let stored = by_code(tx.deliveries_by_code(&codes)?, |row| &row.code);
        let items = self.all_items(tx)?;
        let starts_on = tx.provider()?.map(|provider| provider.billing_starts_on);
        let mut too_early = 0;
        for row in &export.deliveries {
            let Some(account) = known_account(&row.account, row.line, accounts, "products.csv", self.problems) else { continue };
            let mut complaints = Complaints::about("products.csv", self.problems);
            let fits = "an item of kind product or fee (services and licences are agreement lines)";
            let Some(item_id) = check::item(&row.item, row.line, &items, |kind| kind.is_delivered(), fits, &mut complaints) else {
                continue;
            };
            let known = stored.get(&row.delivery);
            let delivery = DeliveryRow {
                account_id: account,
                delivery_id: known.map_or_else(|| self.mint(), |known| Ok(known.delivery_id))?,
                code: row.delivery.clone(),
                ticket: row.ticket.clone(),
                delivered_on: row.delivered_on,
                item_id,
                description: row.description.clone(),
                quantity: row.quantity.normalize(),
                unit_price: row.unit_price.normalize(),
                approved_on: row.approved_on,
                invoice_id: known.and_then(|known| known.invoice_id),
            };
            too_early += usize::from(starts_on.is_some_and(|day| row.delivered_on < day));
            let fixed = known.is_some_and(|known| (known.invoice_id.is_some() || known.account_id != account) && *known != delivery);
            if fixed {
                Complaints::about("products.csv", self.problems).add(
                    row.line, "delivery", &row.delivery, "an invoice has taken it; it can't change",
                    "the delivery as it was; correct it by a new delivery",
                );
                continue;
            }
            let place = format!("products.csv:{} {}", row.line, row.delivery);
            self.changes.deliveries.take(delivery, known, &place, &mut self.changes.fields)?;
        }
        self.warn_early("products.csv", too_early);
        Ok(())
    }

    fn warn_early(&mut self, file: &str, rows: usize) {
        if rows > 0 {
            self.changes.warnings.push(format!("{file}: {rows} rows lie before billing_starts_on; they are kept and never billed"));
        }
    }

    /// Items as they will be.
    fn all_items(&self, tx: &mut Tx) -> Result<ByCode<ItemRow>, store::Error> {
        let mut items = by_code(tx.items()?, |row| &row.code);
        let new = self.changes.items.added.iter().chain(&self.changes.items.changed);
        items.extend(new.map(|row| (row.code.clone(), row.clone())));
        Ok(items)
    }
}

fn known_account(
    code: &str,
    line: u64,
    accounts: &ByCode<AccountRow>,
    file: &'static str,
    problems: &mut Vec<Problem>,
) -> Option<AccountId> {
    let account = accounts.get(code).map(|row| row.account_id);
    if account.is_none() {
        Complaints::about(file, problems).add(line, "account", code, "there is no such account", "an id of accounts.csv");
    }
    account
}

fn by_code<R>(rows: Vec<R>, code: impl Fn(&R) -> &String) -> ByCode<R> {
    rows.into_iter().map(|row| (code(&row).clone(), row)).collect()
}

/// A line's terms within its agreement.
pub fn terms(line: &AgreementLineRow, agreement: &AgreementRow) -> Terms {
    Terms {
        active: Span::open(line.starts_on, line.ends_on).and(Span::open(agreement.starts_on, agreement.ends_on)),
        billing: agreement.billing,
        quantity: line.quantity,
        unit_price: line.unit_price,
        proration: line.prorate,
    }
}

fn charge(terms: &Terms, month: Month, currency: Currency) -> Option<Charge> {
    let of_month = Terms { billing: billing::Billing::Arrears, ..*terms };
    of_month.charges(month, month.first(), currency).ok().and_then(|charges| charges.first().copied())
}

/// A ledger account as a row.
pub fn ledger_row(ledger: &Ledger) -> LedgerRow {
    LedgerRow { code: ledger.code(), name: ledger.name(), kind: ledger.kind() }
}

/// The profile of `provider.toml` as a row; what the file leaves out stays as it was.
pub fn provider_row(new: &ProviderIn, stored: &ProviderRow, now: Timestamp) -> ProviderRow {
    ProviderRow {
        version: stored.version + 1,
        made_at: now,
        name: new.name.clone(),
        legal_name: new.legal_name.clone(),
        address: new.address.clone(),
        city: new.city.clone(),
        region: new.region.clone(),
        postal_code: new.postal_code.clone(),
        country: new.country.clone(),
        phone: new.phone.clone(),
        email: new.email.clone(),
        website: new.website.clone(),
        timezone: new.timezone.clone(),
        currency: Currency::from_code(&new.currency).unwrap_or(stored.currency),
        invoice_number_prefix: new.invoice_number_prefix.clone(),
        invoice_number_start: new.invoice_number_start,
        billing_starts_on: new.billing_starts_on.unwrap_or(stored.billing_starts_on),
        biweekly_anchor_on: new.biweekly_anchor_on,
        biweekly_terms_days: new.biweekly_terms_days,
        support_hours: new.support_hours.clone(),
        accent: new.accent.clone(),
        tagline: new.tagline.clone(),
        tax_id: new.tax_id.clone(),
        remit_to: new.remit_to.clone(),
        recurring_note: new.recurring_note.clone(),
        biweekly_note: new.biweekly_note.clone(),
        portal_url: stored.portal_url.clone(),
    }
}
