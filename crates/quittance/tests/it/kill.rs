//! Killed at any moment and started again: nothing acknowledged is lost, nothing is made twice.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use store::testing::Database;

use crate::export::Export;
use crate::house::{House, Listed, is_slow};
use crate::post_office::PostOffice;

const ACCOUNTS: [&str; 3] = ["C-1000", "C-1008", "C-1023"];

/// The whole way from an export to mails, each step a command that can be repeated.
pub const STEPS: [&[&str]; 6] = [
    &["import", "EXPORT"],
    &["run", "recurring", "--for", "2026-07", "--approve"],
    &["run", "biweekly", "--on", "2026-07-10", "--approve"],
    &["run", "biweekly", "--on", "2026-07-24", "--approve"],
    &["render"],
    // The invoices of this export are months old.
    &["deliver", "--late"],
];

#[test]
fn killed_on_sqlite() {
    survives(Database::Sqlite);
}

#[test]
fn killed_on_postgres() {
    survives(Database::Postgres);
}

fn survives(database: Database) {
    let wanted = if is_slow() { 200 } else { 10 };
    let seed = RandomState::new().build_hasher().finish();
    println!("seed {seed}");
    let mut dice = Dice(seed);
    let calm = Life::begin(database);
    let durations = STEPS.map(|step| calm.lives_through(step));
    let expected = calm.outcome();
    assert!(expected.invoices.len() >= 6 && !expected.mails.is_empty());
    let mut kills = 0;
    while kills < wanted {
        let life = Life::begin(database);
        for (step, duration) in STEPS.iter().zip(durations) {
            for _ in 0..=dice.roll(2) {
                kills += usize::from(life.dies_in(step, duration.mul_f64(dice.fraction() * 1.05)));
                life.is_consistent(&expected.invoices);
            }
            life.lives_through(step);
        }
        assert_eq!(life.outcome(), expected);
    }
    println!("{kills} kills");
}

pub struct Life {
    house: House,
    post: PostOffice,
    export: Export,
}

/// What remains of a life: the same whether it was disturbed or not.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    pub invoices: Vec<Listed>,
    /// Who was sent which invoice.
    mails: BTreeSet<(String, String)>,
}

impl Life {
    pub fn begin(database: Database) -> Life {
        let house = House::on(database);
        let export = Export::of(&ACCOUNTS, house.path("export"));
        house.inits(&export.folder);
        let post = PostOffice::open();
        house.mails_to(post.port);
        Life { house, post, export }
    }

    fn arguments<'a>(&'a self, step: &[&'a str]) -> Vec<&'a str> {
        step.iter().map(|argument| if *argument == "EXPORT" { self.export.path() } else { argument }).collect()
    }

    /// The program about to carry out a step.
    pub fn command(&self, step: &[&str]) -> Command {
        self.house.command(&self.arguments(step))
    }

    /// Carries out a step to its end; gives how long it took.
    pub fn lives_through(&self, step: &[&str]) -> Duration {
        let started = Instant::now();
        self.house.does(&self.arguments(step));
        started.elapsed()
    }

    /// Starts a step and kills it after a while; false where it had ended before.
    fn dies_in(&self, step: &[&str], after: Duration) -> bool {
        let mut command = self.command(step);
        let mut process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(after);
        let running = process.try_wait().unwrap().is_none();
        // SIGKILL, as `kill -9` sends it.
        process.kill().unwrap();
        process.wait().unwrap();
        running
    }

    /// Every invariant holds, and what was issued is the beginning of what will be.
    pub fn is_consistent(&self, expected: &[Listed]) {
        self.house.is_sound();
        let invoices = self.house.invoices();
        assert_eq!(invoices, expected[..invoices.len()]);
    }

    pub fn outcome(&self) -> Outcome {
        self.house.is_sound();
        assert_eq!(self.house.reads(|tx| tx.waiting_jobs()), 0);
        assert_eq!(self.house.reads(|tx| tx.waiting_mails()), 0);
        let mut ids: BTreeMap<String, String> = BTreeMap::new();
        let mut mails = BTreeSet::new();
        for letter in self.post.letters() {
            let subject = letter.header("Subject").to_owned();
            let id = letter.header("Message-ID").to_owned();
            // A letter that arrives twice is known as the same.
            assert_eq!(*ids.entry(subject.clone()).or_insert_with(|| id.clone()), id);
            mails.insert((letter.envelope.to[0].clone(), subject));
        }
        Outcome { invoices: self.house.invoices(), mails }
    }
}

/// SplitMix64: a failure can be repeated from the printed seed.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 to `sides - 1`.
    fn roll(&mut self, sides: u64) -> u64 {
        self.next() % sides
    }

    /// 0 to 1.
    fn fraction(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).unwrap()) / f64::from(u32::MAX)
    }
}
