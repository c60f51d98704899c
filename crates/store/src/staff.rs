//! The provider's staff, and the one-time links by which they come in.

use billing::staff::Rights;
use jiff::Timestamp;

use crate::{Error, PersonId, Tx, record, statements};

record! {
    /// A member of staff.
    pub struct StaffRow in "staff" key(person_id) {
        pub person_id: PersonId,
        pub name: String,
        pub rights: Rights,
        pub made_at: Timestamp,
        /// When a passkey was registered by the one-time link.
        pub joined_at: Option<Timestamp>,
    }
}

record! {
    /// A member of staff with their address.
    pub struct StaffMember {
        pub person_id: PersonId,
        /// Lower-cased.
        pub email: String,
        pub name: String,
        pub rights: Rights,
        pub joined_at: Option<Timestamp>,
    }
}

record! {
    /// A one-time link that was handed out.
    pub struct StaffInvitationRow in "staff_invitation" {
        /// SHA-256 of the token in the link.
        pub token_hash: [u8; 32],
        pub person_id: PersonId,
        pub made_at: Timestamp,
        pub expires_at: Timestamp,
        pub used_at: Option<Timestamp>,
    }
}

statements! {
    ALL_STAFF: () -> StaffMember = "SELECT s.person_id, p.email, s.name, s.rights, s.joined_at FROM staff s \
        JOIN person p ON p.person_id = s.person_id ORDER BY p.email";
    STAFF: (Integer) -> StaffMember = "SELECT s.person_id, p.email, s.name, s.rights, s.joined_at FROM staff s \
        JOIN person p ON p.person_id = s.person_id WHERE s.person_id = $1";
    STAFF_BY_EMAIL: (Text) -> StaffMember = "SELECT s.person_id, p.email, s.name, s.rights, s.joined_at FROM staff s \
        JOIN person p ON p.person_id = s.person_id WHERE p.email = $1";
    JOIN: (Integer, Integer) = "UPDATE staff SET joined_at = $2 WHERE person_id = $1 AND joined_at IS NULL";
    SET_RIGHTS: (Integer, Text) = "UPDATE staff SET rights = $2 WHERE person_id = $1";
    REMOVE: (Integer) = "DELETE FROM staff WHERE person_id = $1";
    FORGET_INVITATIONS: (Integer) = "DELETE FROM staff_invitation WHERE person_id = $1";
    INVITATION: (Bytes, Integer) -> StaffInvitationRow = "SELECT token_hash, person_id, made_at, expires_at, used_at FROM staff_invitation \
        WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
    USE_INVITATION: (Bytes, Integer) = "UPDATE staff_invitation SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
}

impl Tx {
    /// Everybody, by address.
    pub fn all_staff(&mut self) -> Result<Vec<StaffMember>, Error> {
        self.rows(&ALL_STAFF, &[])
    }

    /// A person, if a member of staff.
    pub fn staff(&mut self, person: PersonId) -> Result<Option<StaffMember>, Error> {
        self.row(&STAFF, &[&person])
    }

    /// The member of staff with a lower-cased address.
    pub fn staff_by_email(&mut self, email: &str) -> Result<Option<StaffMember>, Error> {
        self.row(&STAFF_BY_EMAIL, &[&email])
    }

    /// Notes that a member of staff has come in by the link.
    pub fn join_staff(&mut self, person: PersonId, now: Timestamp) -> Result<(), Error> {
        self.execute(&JOIN, &[&person, &now]).map(drop)
    }

    /// Gives a member of staff other rights.
    pub fn set_rights(&mut self, person: PersonId, rights: Rights) -> Result<(), Error> {
        self.execute(&SET_RIGHTS, &[&person, &rights]).map(drop)
    }

    /// Takes a person out of the staff, with links that were not used. What they did stays in the log under their address.
    pub fn remove_staff(&mut self, person: PersonId) -> Result<(), Error> {
        self.execute(&FORGET_INVITATIONS, &[&person])?;
        self.execute(&REMOVE, &[&person]).map(drop)
    }

    /// Hands out a link; those handed out before stop working.
    pub fn invite_staff(&mut self, row: StaffInvitationRow) -> Result<(), Error> {
        self.execute(&FORGET_INVITATIONS, &[&row.person_id])?;
        self.insert(&[row])
    }

    /// The invitation behind a link that still works.
    pub fn staff_invitation(
        &mut self,
        token_hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<StaffInvitationRow>, Error> {
        self.row(&INVITATION, &[token_hash, &now])
    }

    /// Uses a link; 0 where it was used, or is too old.
    pub fn use_staff_invitation(&mut self, token_hash: &[u8; 32], now: Timestamp) -> Result<u64, Error> {
        self.execute(&USE_INVITATION, &[token_hash, &now])
    }
}
