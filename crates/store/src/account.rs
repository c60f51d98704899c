//! Accounts, people and contacts.

use billing::account::{AccountStatus, Role, Routing};
use billing::{Currency, Stream};
use jiff::civil::Date;

use crate::{AccountId, Error, PersonId, Tx, record, statements, text_words};

record! {
    /// A customer company.
    pub struct AccountRow in "account" key(account_id) {
        pub account_id: AccountId,
        /// The provider's own id, such as `C-1000`.
        pub code: String,
        pub name: String,
        pub address_1: String,
        pub address_2: Option<String>,
        pub city: String,
        pub region: String,
        pub postal_code: String,
        pub country: String,
        pub currency: Currency,
        pub recurring_terms_days: u32,
        pub tax_region: String,
        pub tax_exempt: bool,
        /// The first day no longer exempt; none where it has no end.
        pub exempt_until: Option<Date>,
        pub exemption_certificate: Option<String>,
        pub po_number: Option<String>,
        /// None: as in the provider's country.
        pub formats: Option<AccountFormats>,
        pub status: AccountStatus,
    }
}

text_words! {
    /// What an account's admin chose for its papers, mails and pages.
    pub enum AccountFormats {
        /// December 1, 2026, 2:30 pm, US Letter.
        Us = "us",
        /// 1 December 2026, 14:30, A4.
        International = "international",
    }
}

record! {
    /// An exemption from tax that has an end.
    pub struct EndingExemption {
        pub code: String,
        pub name: String,
        /// The first day no longer exempt.
        pub exempt_until: Date,
        pub exemption_certificate: Option<String>,
    }
}

record! {
    /// Who signs in: one row per address.
    pub struct PersonRow in "person" key(person_id) {
        pub person_id: PersonId,
        /// Lower-cased.
        pub email: String,
    }
}

record! {
    /// A person's part in an account.
    pub struct ContactRow in "contact" key(account_id, person_id) {
        pub account_id: AccountId,
        pub person_id: PersonId,
        /// As the provider writes it.
        pub email: String,
        pub name: String,
        pub phone: Option<String>,
        pub role: Role,
        pub recurring_mail: Routing,
        pub biweekly_mail: Routing,
    }
}

record! {
    /// What an export said last of a contact: while it says the same, what was decided since stands.
    pub struct ImportedContactRow in "imported_contact" key(account_id, person_id) {
        pub account_id: AccountId,
        pub person_id: PersonId,
        /// SHA-256 of the export's row.
        pub row_hash: [u8; 32],
    }
}

text_words! {
    /// What an account's admins may change in the portal, too.
    pub enum Imported {
        /// An account's name, address, exemption and PO number.
        Account = "account",
        /// An agreement's PO number.
        Agreement = "agreement",
    }
}

record! {
    /// What an export said last of such values: while it says the same, what was decided since stands.
    pub struct ImportedValueRow in "imported_value" key(what, row_id) {
        pub what: Imported,
        /// Of the account or agreement.
        pub row_id: i64,
        /// SHA-256 of the values.
        pub row_hash: [u8; 32],
    }
}

impl ContactRow {
    /// How the contact receives a stream's invoices.
    pub fn routing(&self, stream: Stream) -> Routing {
        match stream {
            Stream::Recurring => self.recurring_mail,
            Stream::Biweekly => self.biweekly_mail,
        }
    }
}

statements! {
    ACCOUNTS: () -> AccountRow = "SELECT account_id, code, name, address_1, address_2, city, region, postal_code, country, currency, \
        recurring_terms_days, tax_region, tax_exempt, exempt_until, exemption_certificate, po_number, formats, status FROM account ORDER BY code";
    ACCOUNTS_OF: (; many Integer) -> AccountRow = "SELECT account_id, code, name, address_1, address_2, city, region, postal_code, country, \
        currency, recurring_terms_days, tax_region, tax_exempt, exempt_until, exemption_certificate, po_number, formats, status FROM account WHERE account_id IN ($keys) \
        ORDER BY account_id";
    ACCOUNT_BY_CODE: (Text) -> AccountRow = "SELECT account_id, code, name, address_1, address_2, city, region, postal_code, country, \
        currency, recurring_terms_days, tax_region, tax_exempt, exempt_until, exemption_certificate, po_number, formats, status FROM account WHERE code = $1";
    ENDING_EXEMPTIONS: (Text, Text) -> EndingExemption = "SELECT code, name, exempt_until, exemption_certificate FROM account \
        WHERE tax_exempt = 1 AND exempt_until >= $1 AND exempt_until <= $2 ORDER BY exempt_until, code";
    PEOPLE: () -> PersonRow = "SELECT person_id, email FROM person ORDER BY person_id";
    PERSON: (Integer) -> PersonRow = "SELECT person_id, email FROM person WHERE person_id = $1";
    ANY_PERSON_BY_EMAIL: (Text) -> PersonRow = "SELECT person_id, email FROM person WHERE email = $1";
    PERSON_BY_EMAIL: (Text) -> PersonRow = "SELECT person_id, email FROM person WHERE email = $1 \
        AND EXISTS (SELECT 1 FROM contact WHERE contact.person_id = person.person_id)";
    CONTACTS: () -> ContactRow = "SELECT account_id, person_id, email, name, phone, role, recurring_mail, biweekly_mail \
        FROM contact ORDER BY account_id, person_id";
    CONTACTS_OF_ACCOUNT: (Integer) -> ContactRow = "SELECT account_id, person_id, email, name, phone, role, recurring_mail, biweekly_mail \
        FROM contact WHERE account_id = $1 ORDER BY person_id";
    IMPORTED_CONTACTS: () -> ImportedContactRow = "SELECT account_id, person_id, row_hash FROM imported_contact ORDER BY account_id, person_id";
    IMPORTED_VALUES: (Text) -> ImportedValueRow = "SELECT what, row_id, row_hash FROM imported_value WHERE what = $1 ORDER BY row_id";
    DELETE_CONTACT: (Integer, Integer) = "DELETE FROM contact WHERE account_id = $1 AND person_id = $2";
}

impl Tx {
    /// Every account, by code.
    pub fn accounts(&mut self) -> Result<Vec<AccountRow>, Error> {
        self.rows(&ACCOUNTS, &[])
    }

    /// These accounts.
    pub fn accounts_of(&mut self, accounts: &[AccountId]) -> Result<Vec<AccountRow>, Error> {
        self.rows_by(&ACCOUNTS_OF, &[], accounts)
    }

    /// What an account is billed in.
    pub fn currency_of(&mut self, account: AccountId) -> Result<Option<Currency>, Error> {
        Ok(self.accounts_of(&[account])?.first().map(|row| row.currency))
    }

    /// What an account chose for its papers, mails and pages.
    pub fn formats_of(&mut self, account: AccountId) -> Result<Option<AccountFormats>, Error> {
        Ok(self.accounts_of(&[account])?.first().and_then(|row| row.formats))
    }

    /// The account of a code.
    pub fn account_by_code(&mut self, code: &str) -> Result<Option<AccountRow>, Error> {
        self.row(&ACCOUNT_BY_CODE, &[&code])
    }

    /// Exempt accounts whose exemption ends on a day from `from` to `to`, both included.
    pub fn ending_exemptions(&mut self, from: Date, to: Date) -> Result<Vec<EndingExemption>, Error> {
        self.rows(&ENDING_EXEMPTIONS, &[&from, &to])
    }

    /// Every person.
    pub fn people(&mut self) -> Result<Vec<PersonRow>, Error> {
        self.rows(&PEOPLE, &[])
    }

    /// One person.
    pub fn person(&mut self, person: PersonId) -> Result<Option<PersonRow>, Error> {
        self.row(&PERSON, &[&person])
    }

    /// The person behind a lower-cased address, a contact or not.
    pub fn any_person_by_email(&mut self, email: &str) -> Result<Option<PersonRow>, Error> {
        self.row(&ANY_PERSON_BY_EMAIL, &[&email])
    }

    /// The person behind a lower-cased address, if a contact of any account.
    pub fn person_by_email(&mut self, email: &str) -> Result<Option<PersonRow>, Error> {
        self.row(&PERSON_BY_EMAIL, &[&email])
    }

    /// Every contact.
    pub fn contacts(&mut self) -> Result<Vec<ContactRow>, Error> {
        self.rows(&CONTACTS, &[])
    }

    /// The contacts of an account.
    pub fn contacts_of(&mut self, account: AccountId) -> Result<Vec<ContactRow>, Error> {
        self.rows(&CONTACTS_OF_ACCOUNT, &[&account])
    }

    /// What exports said last of contacts.
    pub fn imported_contacts(&mut self) -> Result<Vec<ImportedContactRow>, Error> {
        self.rows(&IMPORTED_CONTACTS, &[])
    }

    /// What exports said last of values that the portal may change.
    pub fn imported_values(&mut self, what: Imported) -> Result<Vec<ImportedValueRow>, Error> {
        self.rows(&IMPORTED_VALUES, &[&what])
    }

    /// Takes a person out of an account; their sessions show it no longer, from the next request on, and mail that waits
    /// for them is not sent.
    pub fn delete_contact(&mut self, account: AccountId, person: PersonId) -> Result<u64, Error> {
        self.withdraw_mails(account, person)?;
        self.execute(&DELETE_CONTACT, &[&account, &person])
    }
}
