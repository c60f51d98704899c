//! Scopes: whose data a query may see. Only signing in makes an `AccountScope`; every query for a customer takes one.

use billing::Currency;
use billing::account::{AccountStatus, Role};
use jiff::Timestamp;

use crate::account::AccountFormats;
use crate::session::SessionRow;
use crate::staff::StaffMember;
use crate::{AccountId, Error, PersonId, Tx, record, statements};

record! {
    /// An account of a person, with the person's part in it.
    pub struct ScopedAccount {
        pub account_id: AccountId,
        pub code: String,
        pub name: String,
        pub currency: Currency,
        pub formats: Option<AccountFormats>,
        pub status: AccountStatus,
        pub role: Role,
        pub contact_name: String,
        pub contact_email: String,
    }
}

/// The accounts that a signed-in person may see, by code. There is no other way to make one than [`Tx::session_scope`].
#[derive(Clone, Debug)]
pub struct AccountScope {
    person: PersonId,
    accounts: Vec<ScopedAccount>,
    staff: Option<StaffMember>,
}

impl AccountScope {
    /// Who is signed in.
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// The member of staff who is no contact of any account.
    pub fn staff_alone(&self) -> Option<&StaffMember> {
        self.staff.as_ref()
    }

    /// The account that staff look at as it sees the portal, without changing anything.
    pub fn viewed(&self) -> Option<&ScopedAccount> {
        self.staff.as_ref().and(self.accounts.first())
    }

    /// The accounts, by code; empty for staff who are nobody's contact.
    pub fn accounts(&self) -> &[ScopedAccount] {
        &self.accounts
    }

    /// The account if it is in the scope.
    pub fn account(&self, account: AccountId) -> Option<&ScopedAccount> {
        self.accounts.iter().find(|scoped| scoped.account_id == account)
    }

    /// The same person, only this account; nothing where it isn't in the scope.
    pub fn only(&self, code: &str) -> Option<Self> {
        let account = self.accounts.iter().find(|scoped| scoped.code == code)?;
        Some(Self { accounts: vec![account.clone()], ..self.empty() })
    }

    /// The same person, only the accounts that `keep` keeps; perhaps none.
    pub fn narrowed(&self, keep: impl Fn(&ScopedAccount) -> bool) -> Self {
        Self { accounts: self.accounts.iter().filter(|account| keep(account)).cloned().collect(), ..self.empty() }
    }

    fn empty(&self) -> Self {
        Self { person: self.person, accounts: Vec::new(), staff: self.staff.clone() }
    }
}

statements! {
    ACCOUNTS_OF_PERSON: (Integer) -> ScopedAccount = "SELECT a.account_id, a.code, a.name, a.currency, a.formats, a.status, c.role, c.name AS contact_name, \
        c.email AS contact_email FROM contact c JOIN account a ON a.account_id = c.account_id WHERE c.person_id = $1 ORDER BY a.code";
}

impl Tx {
    /// Whether a person has anything to see here: nobody else signs in, whatever they can prove.
    pub fn may_sign_in(&mut self, person: PersonId) -> Result<bool, Error> {
        Ok(self.scope_of(person)?.is_some())
    }

    /// What a person's session may see: of staff who look as an account sees it, that account. For the code that has just
    /// checked the session, and for nothing else.
    pub fn session_scope(&mut self, session: &SessionRow, now: Timestamp) -> Result<Option<AccountScope>, Error> {
        let Some(scope) = self.scope_of(session.person_id)? else { return Ok(None) };
        if scope.staff.is_none() || !session.proof.is_strong() {
            return Ok(Some(scope));
        }
        let accounts = self.viewed(&session.token_hash, now)?.into_iter().collect();
        Ok(Some(AccountScope { accounts, ..scope }))
    }

    /// The accounts that a person is a contact of, by code. It is no scope: for what is done about people who are not
    /// signed in.
    pub fn accounts_of_person(&mut self, person: PersonId) -> Result<Vec<ScopedAccount>, Error> {
        self.rows(&ACCOUNTS_OF_PERSON, &[&person])
    }

    fn scope_of(&mut self, person: PersonId) -> Result<Option<AccountScope>, Error> {
        let accounts = self.accounts_of_person(person)?;
        let staff = if accounts.is_empty() { self.staff(person)? } else { None };
        Ok((!accounts.is_empty() || staff.is_some()).then_some(AccountScope { person, accounts, staff }))
    }
}
