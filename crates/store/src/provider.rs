//! The provider's profile in its versions, and the texts the provider edits.

use billing::hours::WorkTerms;
use billing::schedule::Settings;
use billing::tax::TaxTerms;
use billing::{Currency, Receivables, Schedule};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{Error, Tx, record, statements};

record! {
    /// A version of the profile. Invoices name the version they were issued under.
    pub struct ProviderRow in "provider" {
        pub version: i64,
        pub made_at: Timestamp,
        pub name: String,
        pub legal_name: String,
        pub address: String,
        pub city: String,
        pub region: String,
        pub postal_code: String,
        pub country: String,
        pub phone: String,
        pub email: String,
        pub website: String,
        pub timezone: String,
        pub currency: Currency,
        pub invoice_number_prefix: String,
        pub invoice_number_start: i64,
        pub billing_starts_on: Date,
        pub biweekly_anchor_on: Date,
        pub biweekly_terms_days: u32,
        pub support_hours: String,
        pub accent: String,
        pub tagline: Option<String>,
        pub tax_id: Option<String>,
        pub remit_to: Option<String>,
        pub recurring_note: Option<String>,
        pub biweekly_note: Option<String>,
        /// Where the portal is: what the QR code of a document leads to.
        pub portal_url: String,
        /// When runs, deliveries and due dates are.
        pub schedule: Settings,
        /// Numbers of credit notes and late fees, and what paying late costs.
        pub receivables: Receivables,
        /// How work is reckoned whose hours or rate are left out.
        pub work: WorkTerms,
        /// Where tax is rounded, and whether prices hold it.
        pub tax: TaxTerms,
    }
}

impl ProviderRow {
    /// The settings with the dates they start from.
    pub fn schedule(&self) -> Schedule {
        Schedule {
            settings: self.schedule.clone(),
            billing_starts_on: self.billing_starts_on,
            biweekly_anchor_on: self.biweekly_anchor_on,
        }
    }
}

record! {
    /// A text that the provider changed.
    pub struct WordingRow in "wording" key(key) {
        pub key: String,
        pub body: String,
        pub changed_at: Timestamp,
    }
}

statements! {
    PROVIDER: () -> ProviderRow = "SELECT version, made_at, name, legal_name, address, city, region, postal_code, country, phone, \
        email, website, timezone, currency, invoice_number_prefix, invoice_number_start, billing_starts_on, biweekly_anchor_on, \
        biweekly_terms_days, support_hours, accent, tagline, tax_id, remit_to, recurring_note, biweekly_note, portal_url, \
        schedule, receivables, work, tax FROM provider ORDER BY version DESC LIMIT 1";
    PROVIDER_VERSION: (Integer) -> ProviderRow = "SELECT version, made_at, name, legal_name, address, city, region, postal_code, country, phone, \
        email, website, timezone, currency, invoice_number_prefix, invoice_number_start, billing_starts_on, biweekly_anchor_on, \
        biweekly_terms_days, support_hours, accent, tagline, tax_id, remit_to, recurring_note, biweekly_note, portal_url, \
        schedule, receivables, work, tax FROM provider WHERE version = $1";
    WORDINGS: () -> WordingRow = "SELECT key, body, changed_at FROM wording ORDER BY key";
    RESET_WORDING: (Text) = "DELETE FROM wording WHERE key = $1";
}

impl Tx {
    /// The profile as it is now, or nothing before `init`.
    pub fn provider(&mut self) -> Result<Option<ProviderRow>, Error> {
        self.row(&PROVIDER, &[])
    }

    /// The profile as an invoice was issued under.
    pub fn provider_version(&mut self, version: i64) -> Result<Option<ProviderRow>, Error> {
        self.row(&PROVIDER_VERSION, &[&version])
    }

    /// Adds a version; `Conflict` where somebody else added it first.
    pub fn insert_provider(&mut self, row: ProviderRow) -> Result<(), Error> {
        self.insert(&[row])
    }

    /// All texts that were changed.
    pub fn wordings(&mut self) -> Result<Vec<WordingRow>, Error> {
        self.rows(&WORDINGS, &[])
    }

    /// Sets a text.
    pub fn set_wording(&mut self, row: WordingRow) -> Result<(), Error> {
        self.replace(&[row])
    }

    /// Goes back to the text that came with the program.
    pub fn reset_wording(&mut self, key: &str) -> Result<(), Error> {
        self.execute(&RESET_WORDING, &[&key]).map(drop)
    }
}
