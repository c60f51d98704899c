//! Money: what is paid, credited, refunded, given up. Books are written today, whatever day a story tells it on.

use super::deeds::pair;
use super::expected::{minor, money};
use super::{Story, Told, after};

impl Story<'_> {
    /// One line of a story: `2025-05-02 acme: pays 100.00 for INV-2`.
    pub fn books(&mut self, account: &str, day: &str, what: &[&str]) -> Told {
        self.bookings += 1;
        let reference = after(what, "as").map_or_else(|| format!("{day}, {}", self.bookings), str::to_owned);
        let reason = ["--reason", &reference];
        match *what {
            ["pays", amount, ..] => {
                let mut words = vec!["payments", "record", account, "--amount", amount, "--on", day];
                words.extend(["--reference", &reference]);
                words.extend(pair("--invoice", after(what, "for")));
                self.does(&words).map(|_| ())
            }
            [deed @ ("returned" | "chargeback"), payment, ..] => {
                let mut words = vec!["payments", "return", payment, "--on", day, "--reason", deed];
                words.extend((deed == "chargeback").then_some("--chargeback"));
                words.extend(pair("--fee", after(what, "fee")));
                self.does(&words).map(|_| ())
            }
            ["reinstated", payment] => self.does(&["payments", "reinstate", payment, "--on", day]).map(|_| ()),
            ["credit", number, ref choice @ .., "=", total, "off", off, "kept", kept] => {
                let choice: Vec<&str> = match *choice {
                    ["all"] => vec!["--all"],
                    ["lines", lines] => vec!["--lines", lines],
                    ["amount", amount] => vec!["--amount", amount],
                    _ => return Err("credit all, lines 1,2 or amount 12.00".to_owned()),
                };
                let said = self.does(&[&["credit", "note", number], &choice[..], &reason].concat())?.out;
                let wanted =
                    format!("issued: ${total}, of it ${off} off the invoice and ${kept} to the account's credit");
                if said.contains(&wanted) { Ok(()) } else { Err(format!("expected {wanted:?}, got {said:?}")) }
            }
            ["give", amount] => self.credit(&[&["give", account, "--amount", amount], &reason[..]].concat()),
            ["use", "credit"] => self.credit(&["apply", account]),
            ["refund", amount, ..] => {
                let mut words = vec!["refund", account, "--amount", amount, "--reference", &reference];
                words.extend(pair("--invoice", after(what, "of")));
                self.credit(&words)
            }
            ["write-off", number, ref amount @ ..] => {
                let mut words = vec!["write-off", number];
                words.extend(pair("--amount", amount.first().copied()));
                self.credit(&[&words[..], &reason].concat())
            }
            ["late", "fees", count] => {
                let said = self.does(&["credit", "late-fees"])?.out;
                if said.contains(&format!("{count} late fees made")) { Ok(()) } else { Err(format!("got {said}")) }
            }
            _ => Err("nothing of the kind can happen to an account".to_owned()),
        }
    }

    fn credit(&mut self, words: &[&str]) -> Told {
        self.does(&[&["credit"], words].concat()).map(|_| ())
    }

    /// `expect balance INV-1 12.00`, `expect credit acme 3.00`, `expect ledger 1000 3.00`, `expect refused 2025-05-02 acme: refund 5.00`.
    pub fn expects_money(&mut self, what: &[&str]) -> Told {
        let (name, wanted, got) = match *what {
            ["balance", number, wanted] => {
                let invoices = self.house.invoices();
                let found =
                    invoices.iter().find(|invoice| invoice.number == number).ok_or("there is no such invoice")?;
                (number, wanted, found.balance_minor)
            }
            ["credit", code, wanted] => (code, wanted, self.credit_of(code)),
            ["ledger", code, wanted] => (code, wanted, self.ledger(code)),
            ["refused", day, account, ref deed @ ..] => {
                return match self.deed(account.trim_end_matches(':'), day, deed) {
                    Ok(()) => Err("expected that it is refused".to_owned()),
                    Err(_) => Ok(()),
                };
            }
            _ => return Err("nothing of the kind can be expected".to_owned()),
        };
        if minor(wanted)? == got { Ok(()) } else { Err(format!("{name}: expected {wanted}, got {}", money(got))) }
    }

    /// Debit positive.
    fn ledger(&self, code: &str) -> i64 {
        let rows = self.house.reads(|tx| tx.trial_balance(jiff::civil::date(2999, 1, 1)));
        rows.iter().filter(|row| row.code == code).map(|row| row.debit_minor - row.credit_minor).sum()
    }

    fn credit_of(&self, code: &str) -> i64 {
        let code = code.to_owned();
        self.house.reads(move |tx| {
            let account = tx.accounts()?.into_iter().find(|account| account.code == code).unwrap();
            Ok(tx.account_states(&[account.account_id])?.first().map_or(0, |state| state.credit_minor))
        })
    }
}
