//! `cargo xtask tidy`: what no compiler checks. Files stay short, SQL stays in `store`, `billing` stays pure, and nothing
//! names the machine it was written on. Lengths and parameters of functions are clippy's.

use std::path::{Path, PathBuf};

use crate::Result;
use crate::place::Place;

/// The most lines of a file that people write.
const MOST_LINES: usize = 600;
/// Folders that hold nothing of ours.
const SKIPPED: [&str; 4] = [".git", "target", "node_modules", "__pycache__"];
/// Endings of files that people write.
const WRITTEN: [&str; 12] = ["rs", "py", "mjs", "js", "css", "html", "typ", "sql", "toml", "md", "sh", "yml"];
/// Where statements may stand, beside `store`: what is measured against our code, and what breaks it on purpose.
const SQL_ALLOWED: [&str; 5] = [
    "crates/store/",
    "bench/",
    "crates/quittance/tests/it/faults/",
    "crates/quittance/tests/it/post_office.rs",
    "crates/quittance/tests/it/verify.rs",
];
/// The beginnings of statements.
const SQL: [&str; 6] = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "CREATE TABLE ", "DROP TABLE "];
/// What may stand nowhere, in halves so that it doesn't stand here: what is unfinished, where packages came from, and texts
/// that aren't in the repository.
const FORBIDDEN: [(&str, &str); 6] = [
    ("TO", "DO"),
    ("FIX", "ME"),
    ("registry.", "npmjs"),
    ("arti", "factory"),
    ("product", ".md"),
    ("founding", " text"),
];
/// Folders in which people and tools have their own things: a path through one of them leads somewhere on one machine alone.
const FOLDERS: [&str; 6] = ["Users", "home", "mnt", "root", "shared", "work"];

/// Looks at every file; prints what is wrong and how long files and functions are. True where nothing is wrong.
pub fn run() -> Result<bool> {
    let place = Place::find()?;
    let mut files = Vec::new();
    collect(&place.root, &mut files)?;
    files.sort();
    let mut report = Report::default();
    for path in &files {
        let name = path.strip_prefix(&place.root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let bytes = std::fs::read(path).map_err(|error| format!("{name} can't be read: {error}"))?;
        // What isn't text is none of ours: pictures, fonts.
        if let Ok(text) = String::from_utf8(bytes)
            && !text.contains('\0')
        {
            report.look(&name, &text);
        }
    }
    Ok(report.end())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{} can't be read: {error}", folder.display()))?;
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if SKIPPED.iter().any(|skipped| name == *skipped) {
            continue;
        }
        if path.is_dir() && !path.is_symlink() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

#[derive(Default)]
struct Report {
    problems: Vec<String>,
    files: Vec<usize>,
    functions: Vec<usize>,
}

impl Report {
    fn look(&mut self, name: &str, text: &str) {
        let is_foreign = name.starts_with("crates/documents/fonts/");
        if !is_foreign && !text.is_empty() && (!text.ends_with('\n') || text.ends_with("\n\n")) {
            self.problems.push(format!("{name}: it has to end with one line feed"));
        }
        let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let is_data = name.starts_with("sample/") && ending == "csv" || name == "Cargo.lock";
        if !is_data {
            self.words(name, text);
        }
        if WRITTEN.contains(&ending) && text.lines().count() > MOST_LINES {
            self.problems.push(format!("{name}: {} lines, at most {MOST_LINES}", text.lines().count()));
        }
        if ending == "rs" {
            self.rust(name, text);
        }
    }

    fn words(&mut self, name: &str, text: &str) {
        for (line, number) in text.lines().zip(1..) {
            for (left, right) in FORBIDDEN {
                let word = format!("{left}{right}");
                if line.contains(&word) {
                    self.problems.push(format!("{name}:{number}: {word}"));
                }
            }
            if let Some(folder) = own_folder(line) {
                self.problems.push(format!("{name}:{number}: a path in /{folder} of one machine"));
            }
            if let Some(code) = code(line) {
                self.problems.push(format!("{name}:{number}: ({code} is a code of no text in the repository"));
            }
        }
    }

    fn rust(&mut self, name: &str, text: &str) {
        self.files.push(text.lines().count());
        self.functions.extend(functions(text));
        if !text.starts_with("//!") {
            self.problems.push(format!("{name}: it has to begin with what it is for (//!)"));
        }
        let may_hold_sql = SQL_ALLOWED.iter().any(|allowed| name.starts_with(allowed)) || name.starts_with("xtask/");
        let is_pure = name.starts_with("crates/billing/src/");
        for (line, number) in text.lines().zip(1..) {
            let code = line.split("//").next().unwrap_or_default();
            if !may_hold_sql && SQL.iter().any(|statement| code.contains(&format!("\"{statement}"))) {
                self.problems.push(format!("{name}:{number}: SQL stands only in store"));
            }
            if is_pure && code.split(|c: char| !c.is_alphanumeric()).any(|word| word == "async" || word == "await") {
                self.problems.push(format!("{name}:{number}: billing waits for nothing"));
            }
        }
    }

    fn end(mut self) -> bool {
        for problem in &self.problems {
            println!("{problem}");
        }
        let (files, functions) = (self.files.len(), self.functions.len());
        println!(
            "{files} Rust files, median {} lines, longest {}; {functions} functions, median {} lines, longest {}; {} problems",
            median(&mut self.files),
            self.files.last().unwrap_or(&0),
            median(&mut self.functions),
            self.functions.last().unwrap_or(&0),
            self.problems.len()
        );
        self.problems.is_empty()
    }
}

/// The folder of one machine that a path in the line begins in, or comes to from outside of the repository. Folders of ours
/// may have such names: what stands before them is then the name of another one.
fn own_folder(line: &str) -> Option<&'static str> {
    FOLDERS.into_iter().find(|folder| {
        let in_folder = format!("/{folder}/");
        line.match_indices(&in_folder).any(|(at, _)| {
            let before = line.get(..at).and_then(|before| before.chars().next_back());
            !before.is_some_and(|before| before.is_alphanumeric() || matches!(before, '_' | '-' | '}'))
        })
    })
}

/// A code for a sentence of a plan, an S and its number after a bracket.
fn code(line: &str) -> Option<&str> {
    let mut codes = line.split('(').skip(1).filter_map(|rest| rest.get(..2));
    codes.find(|code| code.starts_with('S') && code.ends_with(|digit: char| digit.is_ascii_digit()))
}

/// Lines of each function, from its head to its closing brace; rustfmt puts both at the same depth.
fn functions(text: &str) -> Vec<usize> {
    let lines: Vec<&str> = text.lines().collect();
    let mut lengths = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let depth = line.len() - line.trim_start().len();
        let Some(head) = line.split_once("fn ").map(|(before, _)| before.trim()) else { continue };
        let words = ["pub", "pub(crate)", "pub(super)", "const", "async"];
        if !head.split_whitespace().all(|word| words.contains(&word)) {
            continue;
        }
        let closing = format!("{}}}", " ".repeat(depth));
        let end =
            if line.ends_with('}') { Some(0) } else { lines.iter().skip(index).position(|line| *line == closing) };
        lengths.extend(end.map(|end| end + 1));
    }
    lengths
}

fn median(values: &mut [usize]) -> usize {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Report, functions};

    fn problems(name: &str, text: &str) -> usize {
        let mut report = Report::default();
        report.look(name, text);
        report.problems.len()
    }

    #[test]
    fn functions_are_measured() {
        assert_eq!(
            functions("fn a() {}\n\nimpl B {\n    pub async fn c(\n        d: u8,\n    ) {\n        d\n    }\n}\n"),
            [1, 5]
        );
    }

    #[test]
    fn each_rule_finds_its_breach() {
        assert_eq!(problems("a.rs", "//! Good.\n"), 0);
        assert_eq!(problems("a.rs", "fn headless() {}\n"), 1);
        assert_eq!(problems("a.rs", "//! No end."), 1);
        assert_eq!(problems("a.md", &format!("{}{} later\n", "TO", "DO")), 1);
        assert_eq!(problems("a.rs", "//! SQL.\nconst A: &str = \"SELECT 1\";\n"), 1);
        assert_eq!(problems("crates/store/src/a.rs", "//! SQL.\nconst A: &str = \"SELECT 1\";\n"), 0);
        assert_eq!(problems("crates/billing/src/a.rs", "//! Rules.\nasync fn a() {}\n"), 1);
        assert_eq!(problems("a.rs", &format!("//! Long.\n{}", "//\n".repeat(600))), 1);
        assert_eq!(problems("a.md", &format!("As ({}12) says.\n", 'S')), 1);
        assert_eq!(problems("a.md", &format!("As the {} {} says.\n", "founding", "text")), 1);
        assert_eq!(problems("a.md", "A signature (SHA-256), and `preset = \"founding\"`.\n"), 0);
    }

    #[test]
    fn a_path_of_one_machine_is_found() {
        for folder in super::FOLDERS {
            for before in ["", "See ", "\"", "file://", ".."] {
                assert_eq!(problems("a.md", &format!("{before}/{folder}/a.csv\n")), 1, "{before}/{folder}");
            }
            assert_eq!(problems("a.md", &format!("bench/{folder}/a.csv and /var/lib/{folder}.csv\n")), 0);
        }
        assert_eq!(problems("a.md", "/etc/quittance, /tmp/rehearsal, /invoices/INV-1, /office\n"), 0);
    }
}
