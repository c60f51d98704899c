//! The keys of `provider.toml`, each tried by itself, so that everything wrong with them is told at once.

use toml::{Table, Value};

use super::problem::{Problem, Problems};
use super::provider::ProviderIn;
use super::table::unprintable;

/// Every key that must be there, with a value that is right: what each other key is tried beside.
const EXAMPLE: &str = r#"
name = "West Prairie Technology"
legal_name = "West Prairie Technology, Inc."
address = "1200 Main Avenue, Suite 4"
city = "Willmar"
region = "MN"
postal_code = "56201"
country = "US"
phone = "320-555-0150"
email = "billing@westprairie.example"
website = "https://www.westprairie.example"
timezone = "America/Chicago"
currency = "USD"
invoice_number_prefix = "INV-"
invoice_number_start = 20001
biweekly_anchor_on = 2026-01-09
biweekly_terms_days = 30
support_hours = "Monday to Friday 7:00 am to 6:00 pm"
"#;

/// Where a file's problems are told.
pub struct Place<'a> {
    /// Its name.
    pub file: &'a str,
    /// All of it.
    pub text: &'a str,
}

impl Place<'_> {
    /// A problem of a key, `[table] key` where it stands in one, on its line.
    pub fn problem(&self, key: &str, value: impl Into<String>, wrong: &str, expected: &str) -> Problem {
        let problem = Problem::of_row(self.file, self.line_of(key), wrong, expected);
        Problem { column: key.to_owned(), value: value.into(), ..problem }
    }

    /// The line on which a key stands; the table's where it isn't found in it, else the first.
    fn line_of(&self, key: &str) -> u64 {
        let (table, key) = key.rsplit_once(' ').unwrap_or(("", key));
        let (mut inside, mut found) = ("", None);
        for (text, line) in self.text.lines().map(str::trim).zip(1_u64..) {
            if text.starts_with('[') {
                inside = text.split_inclusive(']').next().unwrap_or_default();
                found = found.or((inside == table).then_some(line));
            }
            let before = text.split_once('=').map_or("", |(before, _)| before.trim().trim_matches('"'));
            if inside == table && before == key {
                return line;
            }
        }
        found.unwrap_or(1)
    }

    /// The file can't be read as TOML from a place on.
    fn unreadable(&self, error: &toml::de::Error) -> Problem {
        let at = error.span().map_or(0, |span| span.start);
        let before = self.text.get(..at).unwrap_or_default();
        let line = before.matches('\n').count();
        let (key, value) = self.text.lines().nth(line).and_then(|text| text.split_once('=')).unwrap_or_default();
        let line = u64::try_from(line).unwrap_or(0) + 1;
        let problem =
            Problem::of_row(self.file, line, error.message(), "TOML: a key, =, and its value, text in quotes");
        Problem { column: key.trim().to_owned(), value: value.trim().to_owned(), ..problem }
    }
}

/// Reads the keys and tells each one that is missing, unknown or of another kind. What is given is the profile with what
/// is right, so that this can be checked further.
pub fn read(place: &Place<'_>, problems: &mut Problems) -> Option<ProviderIn> {
    let table = match toml::from_str::<Table>(place.text) {
        Ok(table) => table,
        Err(error) => {
            problems.push(place.unreadable(&error));
            return None;
        }
    };
    let example = toml::from_str::<Table>(EXAMPLE).ok()?;
    for (key, value) in example.iter().filter(|(key, _)| !table.contains_key(key.as_str())) {
        problems.push(place.problem(key, "", "it is missing", &format!("a line such as {key} = {value}")));
    }
    let mut keys = Keys { taken: example.clone(), example, place, problems };
    for (key, value) in &table {
        keys.take(&[key.as_str()], value);
    }
    let Keys { taken, problems, .. } = keys;
    let provider = taken.try_into::<ProviderIn>();
    provider
        .map_err(|error| problems.push(Problem::of_row(place.file, 1, error.message(), "keys that fit together")))
        .ok()
}

struct Keys<'a> {
    example: Table,
    /// The example with every key that is right.
    taken: Table,
    place: &'a Place<'a>,
    problems: &'a mut Problems,
}

impl Keys<'_> {
    /// Tries a key, or those of a table.
    fn take(&mut self, path: &[&str], value: &Value) {
        if let Value::Table(inner) = value
            && self.misfit(path, Value::Table(Table::new())).is_none()
        {
            for (key, value) in inner {
                self.take(&[path, &[key.as_str()]].concat(), value);
            }
            return;
        }
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let (wrong, expected) = match (self.misfit(path, value.clone()), unprintable(&shown)) {
            (Some(message), _) => said(&message),
            (None, Some(odd)) => {
                let wrong = format!("it holds the character U+{:04X}, which can't be printed", u32::from(odd));
                (wrong, "text without it".to_owned())
            }
            (None, None) => return put(&mut self.taken, path, value.clone()),
        };
        let name = match path {
            [tables @ .., key] if !tables.is_empty() => format!("[{}] {key}", tables.join(".")),
            _ => path.concat(),
        };
        self.problems.push(self.place.problem(&name, shown, &wrong, &expected));
    }

    /// Why a value can't stand at a key; nothing where it can.
    fn misfit(&self, path: &[&str], value: Value) -> Option<String> {
        let mut beside = self.example.clone();
        put(&mut beside, path, value);
        beside.try_into::<ProviderIn>().err().map(|error| error.message().to_owned())
    }
}

fn put(table: &mut Table, path: &[&str], value: Value) {
    match path {
        [] => {}
        [key] => drop(table.insert((*key).to_owned(), value)),
        [first, rest @ ..] => {
            let inner = table.entry(*first).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

/// What is wrong and what is expected, of the reader's message.
fn said(message: &str) -> (String, String) {
    let (wrong, expected) = message.split_once(", expected ").unwrap_or((message, "a value of the import contract"));
    let expected = match expected {
        "u8" | "u16" | "u32" | "u64" | "i64" => "an integer from 0 on".to_owned(),
        "a string" => "text in quotes".to_owned(),
        "a boolean" => "true or false".to_owned(),
        other if other.contains("Decimal") => "a decimal in quotes, such as \"1.5\"".to_owned(),
        other if other.starts_with("struct ") => "a table".to_owned(),
        other => other.replace('`', ""),
    };
    let wrong = match wrong.split_once(' ') {
        Some(("unknown", rest)) if rest.starts_with("field") => "there is no such key",
        Some(("unknown", _)) => "it is none of the words",
        Some(("invalid", rest)) if rest.starts_with("type") => "it is of another kind",
        Some(("invalid", _)) => "it can't be used",
        _ => wrong,
    };
    (wrong.to_owned(), expected)
}

#[cfg(test)]
mod tests {
    use super::{EXAMPLE, Place, Problems, read};

    /// Line, key and value of each problem.
    fn told(text: &str) -> Vec<(u64, String, String)> {
        let mut problems = Problems::default();
        read(&Place { file: "provider.toml", text }, &mut problems);
        let shown = problems.shown().into_iter().cloned();
        let mut told: Vec<_> = shown.map(|problem| (problem.line, problem.column, problem.value)).collect();
        told.sort();
        told
    }

    #[test]
    fn the_example_is_right() {
        assert_eq!(told(EXAMPLE), []);
    }

    #[test]
    fn each_key_is_told_on_its_line() {
        let text = EXAMPLE.replace("\"Willmar\"", "5").replace("region = \"MN\"\n", "");
        let text = format!("{text}colour = \"red\"\n[recurring]\nreview = \"maybe\"\nrun_day = 3\nissued = 1\n");
        let of = |line, key: &str, value: &str| (line, key.to_owned(), value.to_owned());
        let expected = [
            of(1, "region", ""),
            of(5, "city", "5"),
            of(18, "colour", "red"),
            of(20, "[recurring] review", "maybe"),
            of(22, "[recurring] issued", "1"),
        ];
        assert_eq!(told(&text), expected);
    }

    #[test]
    fn what_is_no_toml_is_told_once() {
        assert_eq!(told("name = \"A\"\ncity = Willmar\n"), [(2, "city".to_owned(), "Willmar".to_owned())]);
    }
}
