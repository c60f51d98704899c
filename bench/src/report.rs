//! What was measured, as a table and as a page of Markdown.

use std::time::Duration;

use crate::machine::{Machine, QUIET};

/// One line of the table.
pub struct Row {
    /// What was measured, with its dose.
    pub what: String,
    /// Our figure with its unit.
    pub ours: String,
    /// The floor's figure with its unit; empty where there is none.
    pub floor: String,
    /// Ours against the floor, where there is one.
    pub ratio: Option<f64>,
    /// What is asked for.
    pub target: Target,
}

/// What is asked for.
pub enum Target {
    /// The ratio is to be at least so much.
    RatioAtLeast(f64),
    /// The ratio is to be at most so much.
    RatioAtMost(f64),
    /// A figure is to be at least so much of a unit.
    AtLeast { found: f64, limit: f64, unit: &'static str },
    /// A figure is to be at most so much of a unit.
    AtMost { found: f64, limit: f64, unit: &'static str },
}

impl Row {
    /// A line with one figure and the most it may be, in the same unit.
    pub fn at_most(what: String, ours: String, (found, limit, unit): (f64, f64, &'static str)) -> Self {
        Self { what, ours, floor: String::new(), ratio: None, target: Target::AtMost { found, limit, unit } }
    }
}

/// All lines, with the machine they were measured on.
pub struct Report {
    machine: Machine,
    rows: Vec<Row>,
}

impl Report {
    /// An empty one.
    pub fn new(machine: Machine) -> Self {
        Self { machine, rows: Vec::new() }
    }

    /// Adds a line, and prints it.
    pub fn add(&mut self, row: Row) {
        println!("{}", self.line(&row));
        self.rows.push(row);
    }

    /// The table alone.
    pub fn table(&self) -> String {
        let head = "| What | Ours | Floor | Ratio | Target |\n|---|---|---|---|---|".to_owned();
        let lines = self.rows.iter().map(|row| self.line(row));
        std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n")
    }

    /// The page.
    pub fn page(&self) -> String {
        let quiet = if self.machine.is_quiet() {
            String::new()
        } else {
            format!(
                "\n**The machine was busy when this began (load {:.2}, above {QUIET}), so no ratio is given.** The figures \
                 themselves show the order of magnitude alone.\n",
                self.machine.load
            )
        };
        format!(
            "# Performance\n\nWritten by `cargo xtask bench` on {}. Each figure is a median; ours and the floor take turns in one \
             run.\n\n{}.\n{quiet}\n{}\n\n{METHOD}",
            self.machine.on,
            self.machine,
            self.table()
        )
    }

    fn line(&self, row: &Row) -> String {
        let ratio = match row.ratio {
            None => String::new(),
            Some(_) if !self.machine.is_quiet() => "not given".to_owned(),
            Some(ratio) => format!("{ratio:.2}"),
        };
        let (target, met) = match &row.target {
            Target::RatioAtLeast(least) => (format!("at least {least:.2}"), row.ratio.map(|ratio| ratio >= *least)),
            Target::RatioAtMost(most) => (format!("at most {most:.2}"), row.ratio.map(|ratio| ratio <= *most)),
            Target::AtLeast { found, limit, unit } => (format!("at least {limit} {unit}"), Some(found >= limit)),
            Target::AtMost { found, limit, unit } => (format!("at most {limit} {unit}"), Some(found <= limit)),
        };
        let is_ratio = matches!(row.target, Target::RatioAtLeast(_) | Target::RatioAtMost(_));
        let verdict = match met {
            _ if is_ratio && !self.machine.is_quiet() => "",
            Some(true) => ", met",
            Some(false) => ", **missed**",
            None => "",
        };
        format!("| {} | {} | {} | {ratio} | {target}{verdict} |", row.what, row.ours, row.floor)
    }
}

/// The middle one of some figures; 0 of none.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(0.0)
}

/// The figure that so many of a hundred don't exceed; 0 of none.
pub fn percentile(mut figures: Vec<f64>, of_hundred: usize) -> f64 {
    figures.sort_by(f64::total_cmp);
    let place = (figures.len() * of_hundred).div_ceil(100).saturating_sub(1);
    figures.get(place).copied().unwrap_or(0.0)
}

/// Milliseconds.
pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// So many a second.
pub fn per_second(count: usize, time: Duration) -> f64 {
    u32::try_from(count).map_or(0.0, f64::from) / time.as_secs_f64().max(f64::EPSILON)
}

const METHOD: &str = "\
## How it is measured

- **Issuing**: the real deeds `plan_run` and `issue_run` make the monthly runs of an instance from its agreements: reading, \
rating, tax, drafts, approval, numbers, frozen rows, ledger entries, balances and rendering jobs, each batch in a transaction \
that reaches the disk. Rendering isn't counted. The floor is a copy of the same instance into which a bare driver (rusqlite \
with prepared statements; tokio-postgres with one pipelined `unnest` per table) writes exactly the rows that ours left, from \
memory, in transactions of 1,000 invoices with the same durability, constraints and indexes.
- **Issuing online**: 64 tasks each issue one approved draft after the other by `issue_accounts` (what `run approve RUN/ACCOUNT` \
does): the agreement is read and rated again, and the answer comes when the invoice is on the disk. Those that wait share one \
commit. The floor is how often a second this disk syncs 4 KiB, one after the other. On a disk whose sync takes milliseconds, \
as most do that keep what they acknowledge, it is a few hundred; where it takes a tenth of one, an invoice of eight lines \
costs more processor time than several syncs.
- **The large invoice**: one account with one agreement. Planned and rated: its lines in memory become those of an invoice \
with tax, total and fingerprint. Issued: what `issue_run` takes from its approved draft. Medians of months.
- **The month**: the steps one after the other, as `run`, `render` and `deliver` make them, one-page invoices to customers \
with a mail domain each; the mail server is a thread that takes everything.
- **The home beside a run**: people ask at fixed times, a hundred times a second in all, over four connections; an answer's \
time counts from when it was to be asked for.
- **Signing in**: `POST /sign-in`, reading the letter in a mailbox in memory, `POST /sign-in/code`, with all limits in place; \
each person has an address and a network of their own.
- **Who is known**: one person on one connection asks for a code of an address that is known and of one that isn't, by turns, \
each once and from a network of its own; the first hundreds aren't counted. The letter is made beside the answer and goes to \
a mailbox in memory.
- **Webhooks**: a `serve` process is told by signed events of the sandbox that payments settled, a part of them twice, over \
kept-open connections. It answers when event, payment and entry are on the disk; those that wait share one commit. The floor is \
that of issuing online. Rendering and looking up payments rest meanwhile.
- **Start and memory**: `quittance serve` as a process. Memory is `VmRSS`, without the rendering processes. \
What isn't its own when idle is the program itself, as far as it was used, mapped from its file: the system shares these pages with \
the rendering processes and takes them back when it needs room. A program that holds a typesetter, a database and three \
servers in one file doesn't come much below.
- **Growth**: monthly runs for all accounts of the home's instance and of one with a hundredth of the accounts, planned and \
issued; ageing is what `quittance books ageing` reads.
- **Documents**: a two-page invoice through the pool of rendering processes that `serve` uses. CPU time and memory are those of \
the children.
- **Importing**: `quittance import` of a file of time entries, into an instance that knows their accounts, from the start of the \
process to its end, with the most memory that the process held (`VmHWM`). The floor inserts the same rows with rusqlite by one prepared \
statement in one transaction with the same durability, constraints and indexes; making the rows isn't counted.
- **The home**: `GET /invoices` of signed-in people with one account each, over kept-open connections on the loopback, from \
the same process for ours and the floor. The floor is an axum handler that runs the same statements with rusqlite in the \
request's own thread and renders the same template, without scopes, form tokens, policies, time limits or anything else \
around it.
- **Weight**: bytes on the wire, heads included, of a page with all its styles, scripts, icons and fonts in an empty browser.
";
