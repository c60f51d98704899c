//! The stories of `tests/stories`: the lives of accounts with every figure computed by hand, told to the program itself.
//! `tests/stories/README.md` says how one is written.

mod books;
mod deeds;
mod expected;
mod sheets;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use store::testing::Database;

use crate::house::{House, Said};
use expected::Issued;
use sheets::Sheets;

#[test]
fn every_story_comes_true() {
    let stories = stories();
    assert!(stories.len() >= 40, "{} stories", stories.len());
    come_true(Database::Sqlite, &stories);
}

#[test]
fn every_third_story_comes_true_on_postgresql() {
    let third: Vec<PathBuf> = stories().into_iter().step_by(3).collect();
    come_true(Database::Postgres, &third);
}

fn stories() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    // One alone: QUITTANCE_STORY=part-of-its-name.
    let wanted = std::env::var("QUITTANCE_STORY").unwrap_or_default();
    let is_story = |path: &PathBuf| path.extension().is_some_and(|end| end == "story");
    let mut all: Vec<PathBuf> = files.filter(is_story).collect();
    all.sort();
    if !wanted.is_empty() {
        all.retain(|path| path.to_string_lossy().contains(&wanted));
    }
    all
}

/// Tells all stories, a few at a time, and only then says which went wrong.
fn come_true(database: Database, stories: &[PathBuf]) {
    let next = AtomicUsize::new(0);
    let teller = || {
        let mut wrong = Vec::new();
        while let Some(story) = stories.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(why) = Story::of(&House::on(database)).tell(story) {
                wrong.push(format!("{}:{why}", story.file_name().unwrap().to_string_lossy()));
            }
        }
        wrong
    };
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let tellers: Vec<_> = (0..4).map(|_| scope.spawn(teller)).collect();
        tellers.into_iter().flat_map(|teller| teller.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What a step may go wrong with: a sentence, its place is added by [`Story::tell`].
type Told<T = ()> = Result<T, String>;

struct Story<'a> {
    house: &'a House,
    sheets: Sheets,
    /// Whether the first run was made: from then on what is agreed is told by commands.
    has_begun: bool,
    /// Invoices by run, as long as nothing expected them.
    unexpected: Vec<Issued>,
    /// Runs that were made.
    made: Vec<String>,
    invoices: usize,
    /// The agreement that was named last: what is added to none goes there.
    newest: String,
    /// How many were made: each has a reason of its own.
    bookings: usize,
}

impl<'a> Story<'a> {
    fn of(house: &'a House) -> Self {
        let (sheets, unexpected, made) = (Sheets::default(), Vec::new(), Vec::new());
        Story { house, sheets, has_begun: false, unexpected, made, invoices: 0, newest: String::new(), bookings: 0 }
    }

    fn tell(mut self, path: &Path) -> Told {
        let text = std::fs::read_to_string(path).unwrap();
        let lines: Vec<(usize, &str)> = text.lines().enumerate().map(|(index, line)| (index + 1, bare(line))).collect();
        let lines: Vec<(usize, &str)> = lines.into_iter().filter(|(_, line)| !line.trim().is_empty()).collect();
        for (_, line) in &lines {
            self.sheets.notes_items(&words(line));
        }
        let mut rest = lines.as_slice();
        while let Some(((number, line), after)) = rest.split_first() {
            let count = after.iter().take_while(|(_, line)| line.starts_with(' ')).count();
            let (below, after) = after.split_at(count);
            rest = after;
            let below: Vec<&str> = below.iter().map(|(_, line)| *line).collect();
            self.step(&words(line), &below).map_err(|why| format!("{number}: {line}\n    {why}"))?;
        }
        self.ends()
    }

    fn step(&mut self, words: &[&str], below: &[&str]) -> Told {
        match *words {
            ["provider" | "tax" | "item" | "account", ..] => self.sheets.heads(words),
            ["expect", ref what @ ..] => self.expects(what, below),
            ["skip", "recurring", first, "to", last] => self.skips(first, last),
            ["exclude", account, "recurring", month] => self.excludes(account, month),
            [day, account, ref what @ ..] if account.ends_with(':') => {
                self.deed(account.trim_end_matches(':'), day, what)
            }
            _ => Err("this is no step of a story".to_owned()),
        }
    }

    fn ends(self) -> Told {
        let said = self.house.says(&["verify"]);
        match (said.code, self.unexpected.first()) {
            (0, None) => Ok(()),
            (0, Some(invoice)) => Err(format!("end: nothing expects this:\n{invoice}")),
            _ => Err(format!("end: verify says {}{}", said.out, said.err)),
        }
    }

    /// Runs a command that must succeed, after everything new was imported.
    fn does(&mut self, arguments: &[&str]) -> Told<Said> {
        if self.sheets.is_fresh {
            let folder = self.house.path("export");
            let is_first = !folder.exists();
            self.sheets.write(&folder);
            self.sheets.is_fresh = false;
            let provider = folder.join("provider.toml");
            if is_first {
                self.says(&["init", "--provider", provider.to_str().unwrap()])?;
            }
            self.says(&["import", folder.to_str().unwrap()])?;
        }
        self.says(arguments)
    }

    fn says(&self, arguments: &[&str]) -> Told<Said> {
        let said = self.house.says(arguments);
        if said.code == 0 { Ok(said) } else { Err(format!("{arguments:?} says {}{}", said.out, said.err)) }
    }
}

/// A line without its comment.
fn bare(line: &str) -> &str {
    line.split('#').next().unwrap().trim_end()
}

/// Commas only please the eye.
fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().map(|word| word.trim_end_matches(',')).collect()
}

/// The word after this one.
fn after<'a>(words: &[&'a str], name: &str) -> Option<&'a str> {
    words.windows(2).find(|pair| pair[0] == name).map(|pair| pair[1])
}
