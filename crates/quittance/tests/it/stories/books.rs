//! Money: what is paid, credited, refunded, given up.

use super::{Story, Told};

impl Story<'_> {
    pub fn books(&mut self, _account: &str, _day: &str, _what: &[&str]) -> Told {
        Err("nothing of the kind can happen to an account".to_owned())
    }

    pub fn expects_money(&mut self, _what: &[&str]) -> Told {
        Err("nothing of the kind can be expected".to_owned())
    }
}
