//! What happens to an account: told by the export before the first run, by commands afterwards.

use super::{Story, Told, after};

impl Story<'_> {
    /// One line of a story: `2025-03-15 acme: +3 seats m365`.
    pub fn deed(&mut self, account: &str, day: &str, what: &[&str]) -> Told {
        let on = after(what, "from").unwrap_or(day);
        match *what {
            ["agreement", code, billing, ..] => self.agrees(account, code, (on, after(what, "until")), billing),
            [quantity, "seats", item, "at", ..] => self.adds((quantity, item), on, what),
            [seats, "seats", line, ..] => self.agreement(&["seats", line, seats, "--on", on]),
            ["price", line, price, ..] => self.agreement(&["price", line, price, "--on", on]),
            ["uplift", subject, percent, ..] => self.agreement(&["uplift", subject, bare(percent), "--on", on]),
            ["renew", code, "every", months, "months", percent, ..] => {
                self.agreement(&["renew", code, "--on", on, "--months", months, "--uplift", bare(percent)])
            }
            [deed @ ("suspend" | "resume" | "cancel"), subject, ..] => self.agreement(&[deed, subject, "--on", on]),
            ["upgrade", line, "to", item, ..] => {
                let mut words = vec!["upgrade", line, "--to", item, "--on", on];
                words.extend(["--code", after(what, "as").unwrap_or(item)]);
                words.extend(pair("--price", after(what, "at")));
                words.extend(pair("--quantity", after(what, "with")));
                self.agreement(&words)
            }
            ["bill", code, billing, ..] => self.agreement(&["bill", code, billing, "--from", &on[..7]]),
            ["discount", subject, much, ..] => {
                let code = after(what, "as").ok_or("the discount has no code: as D-1")?;
                let much = much.strip_suffix('%').map_or(["--amount", much], |percent| ["--percent", percent]);
                let mut words = vec!["discount", subject, code, much[0], much[1], "--from", &on[..7]];
                words.extend(["--description", code]);
                words.extend(pair("--months", after(what, "for")));
                self.agreement(&words)
            }
            ["undo", code] => self.agreement(&["undo", code]),
            ["work", hours, "h", "at", rate, times, ..] => self.sheets.work(account, day, (hours, rate, times), what),
            ["approve", code] => self.sheets.approves(code, day),
            ["product" | "fee", quantity, item, ..] => {
                self.sheets.delivery(account, day, (quantity, item), what);
                Ok(())
            }
            _ => self.books(account, day, what),
        }
    }

    fn agreement(&mut self, words: &[&str]) -> Told {
        self.does(&[&["agreement"], words].concat()).map(|_| ())
    }

    fn agrees(&mut self, account: &str, code: &str, (from, until): (&str, Option<&str>), billing: &str) -> Told {
        code.clone_into(&mut self.newest);
        if !self.has_begun {
            self.sheets.agreement(account, code, (from, until.unwrap_or_default()), billing);
            return Ok(());
        }
        let mut words = vec!["add", account, code, code, "--from", from, "--billing", billing];
        words.extend(pair("--until", until));
        self.agreement(&words)
    }

    fn adds(&mut self, (quantity, item): (&str, &str), on: &str, what: &[&str]) -> Told {
        let agreement = after(what, "in").map_or_else(|| self.newest.clone(), str::to_owned);
        if !self.has_begun {
            self.sheets.line(&agreement, (quantity, item), on, what);
            return Ok(());
        }
        let mut words = vec!["add-line", &agreement, after(what, "as").unwrap_or(item), "--item", item];
        words.extend(["--quantity", quantity, "--from", on]);
        for (option, name) in [
            ("--price", "at"),
            ("--until", "until"),
            ("--every", "every"),
            ("--minimum", "minimum"),
            ("--included-hours", "hours"),
            ("--hours-carry-months", "carry"),
        ] {
            words.extend(pair(option, after(what, name)));
        }
        words.extend(what.contains(&"whole").then_some("--no-proration"));
        self.agreement(&words)
    }
}

fn bare(percent: &str) -> &str {
    percent.trim_end_matches('%')
}

/// An option and its value, where there is one.
pub fn pair<'a>(option: &'a str, value: Option<&'a str>) -> impl Iterator<Item = &'a str> {
    value.into_iter().flat_map(move |value| [option, value])
}
