//! Who people are at Microsoft, who is on the way there, and which tenants an account vouches for.

use jiff::Timestamp;

use crate::{AccountId, Error, One, PersonId, Tx, record, statements};

record! {
    /// Somebody at Microsoft, and who they are here.
    pub struct MicrosoftIdentityRow in "microsoft_identity" key(tenant_id, object_id) {
        /// The company: a GUID in lower case.
        pub tenant_id: String,
        /// The person in it: a GUID in lower case.
        pub object_id: String,
        pub person_id: PersonId,
        pub linked_at: Timestamp,
        pub used_at: Timestamp,
    }
}

record! {
    /// Somebody was sent to Microsoft.
    pub struct MicrosoftAttemptRow in "microsoft_attempt" {
        /// SHA-256 of the state in the address they were sent to.
        pub state_hash: [u8; 32],
        /// SHA-256 of the token in the sending browser's cookie.
        pub browser_hash: [u8; 32],
        /// Where to land afterwards.
        pub next_path: String,
        pub expires_at: Timestamp,
        /// Each attempt returns once.
        pub returned_at: Option<Timestamp>,
        /// Who returned, where a code has still to show whose that is.
        pub tenant_id: Option<String>,
        pub object_id: Option<String>,
        pub linked_at: Option<Timestamp>,
    }
}

record! {
    /// A tenant whose people an account vouches for.
    pub struct AccountTenantRow in "account_tenant" {
        pub account_id: AccountId,
        /// A GUID in lower case.
        pub tenant_id: String,
        pub added_at: Timestamp,
    }
}

statements! {
    IDENTITY: (Text, Text) -> MicrosoftIdentityRow = "SELECT tenant_id, object_id, person_id, linked_at, used_at \
        FROM microsoft_identity WHERE tenant_id = $1 AND object_id = $2";
    OF_PERSON: (Integer) -> MicrosoftIdentityRow = "SELECT tenant_id, object_id, person_id, linked_at, used_at \
        FROM microsoft_identity WHERE person_id = $1 ORDER BY linked_at, tenant_id, object_id";
    USE: (Text, Text, Integer) = "UPDATE microsoft_identity SET used_at = $3 WHERE tenant_id = $1 AND object_id = $2";
    UNLINK: (Integer) = "DELETE FROM microsoft_identity WHERE person_id = $1";
    // The tenant is on the list of one of their accounts, or an admin of that account comes from it.
    VOUCHED: (Text, Text) -> One<PersonId> = "SELECT p.person_id FROM person p WHERE p.email = $2 AND EXISTS (SELECT 1 FROM contact c \
        WHERE c.person_id = p.person_id AND (EXISTS (SELECT 1 FROM account_tenant t WHERE t.account_id = c.account_id AND t.tenant_id = $1) \
        OR EXISTS (SELECT 1 FROM contact a JOIN microsoft_identity i ON i.person_id = a.person_id \
        WHERE a.account_id = c.account_id AND a.role = 'admin' AND i.tenant_id = $1)))";
    ATTEMPT: (Bytes, Bytes, Integer) -> MicrosoftAttemptRow = "SELECT state_hash, browser_hash, next_path, expires_at, returned_at, tenant_id, \
        object_id, linked_at FROM microsoft_attempt WHERE state_hash = $1 AND browser_hash = $2 AND expires_at > $3 AND returned_at IS NULL";
    RETURN: (Bytes, Integer) = "UPDATE microsoft_attempt SET returned_at = $2 WHERE state_hash = $1 AND returned_at IS NULL";
    KEEP: (Bytes, Text, Text, Integer) = "UPDATE microsoft_attempt SET tenant_id = $2, object_id = $3, expires_at = $4 WHERE state_hash = $1";
    WAITING: (Bytes, Integer) -> MicrosoftAttemptRow = "SELECT state_hash, browser_hash, next_path, expires_at, returned_at, tenant_id, \
        object_id, linked_at FROM microsoft_attempt WHERE browser_hash = $1 AND expires_at > $2 AND tenant_id IS NOT NULL AND linked_at IS NULL \
        ORDER BY returned_at DESC, state_hash LIMIT 1";
    KEPT: (Bytes, Integer) -> MicrosoftAttemptRow = "SELECT state_hash, browser_hash, next_path, expires_at, returned_at, tenant_id, \
        object_id, linked_at FROM microsoft_attempt WHERE state_hash = $1 AND expires_at > $2 AND tenant_id IS NOT NULL AND linked_at IS NULL";
    RETURNED: (Bytes) -> MicrosoftAttemptRow = "SELECT state_hash, browser_hash, next_path, expires_at, returned_at, tenant_id, \
        object_id, linked_at FROM microsoft_attempt WHERE state_hash = $1";
    LINKED: (Bytes, Integer) = "UPDATE microsoft_attempt SET linked_at = $2 WHERE state_hash = $1 AND linked_at IS NULL";
    FORGET: (Integer) = "DELETE FROM microsoft_attempt WHERE expires_at < $1";
    TENANTS: (Integer) -> AccountTenantRow = "SELECT account_id, tenant_id, added_at FROM account_tenant WHERE account_id = $1 ORDER BY tenant_id";
    REMOVE_TENANT: (Integer, Text) = "DELETE FROM account_tenant WHERE account_id = $1 AND tenant_id = $2";
}

impl Tx {
    /// Who somebody of Microsoft is here.
    pub fn microsoft_identity(
        &mut self,
        tenant_id: &str,
        object_id: &str,
    ) -> Result<Option<MicrosoftIdentityRow>, Error> {
        self.row(&IDENTITY, &[&tenant_id, &object_id])
    }

    /// Who a person is at Microsoft, the first link first.
    pub fn microsoft_identities(&mut self, person: PersonId) -> Result<Vec<MicrosoftIdentityRow>, Error> {
        self.rows(&OF_PERSON, &[&person])
    }

    /// Links somebody of Microsoft to a person; who was linked before isn't any more.
    pub fn link_microsoft(&mut self, row: MicrosoftIdentityRow) -> Result<(), Error> {
        self.replace(&[row])
    }

    /// Notes that somebody came in by Microsoft.
    pub fn use_microsoft(&mut self, tenant_id: &str, object_id: &str, now: Timestamp) -> Result<u64, Error> {
        self.execute(&USE, &[&tenant_id, &object_id, &now])
    }

    /// Takes all of Microsoft from a person; gives how many links there were.
    pub fn unlink_microsoft(&mut self, person: PersonId) -> Result<u64, Error> {
        self.execute(&UNLINK, &[&person])
    }

    /// The contact with this lower-cased address whose account vouches for this tenant.
    pub fn vouched_person(&mut self, tenant_id: &str, email: &str) -> Result<Option<PersonId>, Error> {
        self.value(&VOUCHED, &[&tenant_id, &email])
    }

    /// Notes that somebody is about to be sent to Microsoft.
    pub fn insert_microsoft_attempt(&mut self, row: MicrosoftAttemptRow) -> Result<(), Error> {
        self.insert(&[row])
    }

    /// Takes the attempt of a state in the browser it was begun in: it returns once, whatever comes of it.
    pub fn return_microsoft_attempt(
        &mut self,
        state_hash: &[u8; 32],
        browser_hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<MicrosoftAttemptRow>, Error> {
        let found = self.row(&ATTEMPT, &[state_hash, browser_hash, &now])?;
        Ok(if found.is_some() && self.execute(&RETURN, &[state_hash, &now])? == 1 { found } else { None })
    }

    /// Keeps who returned until a code has shown whose that is.
    pub fn keep_microsoft_attempt(
        &mut self,
        state_hash: &[u8; 32],
        (tenant_id, object_id): (&str, &str),
        expires_at: Timestamp,
    ) -> Result<u64, Error> {
        self.execute(&KEEP, &[state_hash, &tenant_id, &object_id, &expires_at])
    }

    /// Who returned last in a browser and waits for a code.
    pub fn waiting_microsoft_attempt(
        &mut self,
        browser_hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<MicrosoftAttemptRow>, Error> {
        self.row(&WAITING, &[browser_hash, &now])
    }

    /// Links who returned in an attempt to the person whose code was right; 0 where it is too late for that.
    pub fn link_microsoft_attempt(
        &mut self,
        state_hash: &[u8; 32],
        person_id: PersonId,
        now: Timestamp,
    ) -> Result<u64, Error> {
        let Some(attempt) = self.row::<MicrosoftAttemptRow>(&KEPT, &[state_hash, &now])? else { return Ok(0) };
        let (Some(tenant_id), Some(object_id)) = (attempt.tenant_id, attempt.object_id) else { return Ok(0) };
        self.link_microsoft(MicrosoftIdentityRow { tenant_id, object_id, person_id, linked_at: now, used_at: now })?;
        self.execute(&LINKED, &[state_hash, &now])
    }

    /// What became of an attempt; nothing once it is forgotten.
    pub fn microsoft_attempt(&mut self, state_hash: &[u8; 32]) -> Result<Option<MicrosoftAttemptRow>, Error> {
        self.row(&RETURNED, &[state_hash])
    }

    /// Deletes attempts that ended before an instant.
    pub fn forget_microsoft_attempts(&mut self, before: Timestamp) -> Result<u64, Error> {
        self.execute(&FORGET, &[&before])
    }

    /// The tenants that an account vouches for.
    pub fn account_tenants(&mut self, account: AccountId) -> Result<Vec<AccountTenantRow>, Error> {
        self.rows(&TENANTS, &[&account])
    }

    /// Lets an account vouch for a tenant; 0 where it does already.
    pub fn add_account_tenant(&mut self, row: AccountTenantRow) -> Result<u64, Error> {
        self.insert_or_skip(&[row])
    }

    /// An account vouches for a tenant no longer; 0 where it didn't.
    pub fn remove_account_tenant(&mut self, account: AccountId, tenant_id: &str) -> Result<u64, Error> {
        self.execute(&REMOVE_TENANT, &[&account, &tenant_id])
    }
}
