//! The provider's staff: what they may do.

use crate::words::words;

words! {
    /// Each includes those before it.
    pub enum Rights {
        /// See.
        Read = "read",
        /// Also bill: imports, agreements, runs, credits, payments, contacts of customers.
        Billing = "billing",
        /// Also the house: staff, texts, what a second person has to approve.
        Admin = "admin",
    }
}

impl Rights {
    /// Whether they are enough for what needs `needed`.
    #[must_use]
    pub fn cover(self, needed: Self) -> bool {
        self >= needed
    }
}

#[cfg(test)]
mod tests {
    use super::Rights;

    #[test]
    fn each_right_includes_those_before_it() {
        let covered = |rights: Rights| Rights::ALL.iter().filter(|needed| rights.cover(**needed)).count();
        assert_eq!(Rights::ALL.iter().map(|rights| covered(*rights)).collect::<Vec<_>>(), [1, 2, 3]);
    }
}
