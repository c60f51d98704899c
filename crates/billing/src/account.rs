//! Accounts and their people: the words of the import contract.

use crate::words::words;

words! {
    /// Whether the account is a customer still, on the day of the export. It does not influence billing.
    pub enum AccountStatus {
        /// A customer.
        Active = "active",
        /// No longer one; still signs in and reads.
        Former = "former",
    }
}

words! {
    /// What a contact may do for an account.
    pub enum Role {
        /// Everything, contacts included.
        Admin = "admin",
        /// See and pay.
        Payer = "payer",
        /// See.
        Viewer = "viewer",
    }
}

impl Role {
    /// Whether they may pay, and decide about what is paid: methods, Auto Pay, an amount in dispute.
    #[must_use]
    pub const fn may_pay(self) -> bool {
        !matches!(self, Self::Viewer)
    }
}

words! {
    /// Whether a contact receives a stream's invoices by mail, and how.
    pub enum Routing {
        /// Main recipient.
        To = "to",
        /// In copy.
        Cc = "cc",
        /// Not at all.
        No = "no",
    }
}
