//! Facts: cases as tables in plain text, for people to read and check.

use std::iter::Peekable;
use std::str::Chars;

use serde_json::{Map, Value};

use crate::Case;

/// Reads a file of facts. `[op]` begins a table; its first line names the columns: what is given, `->`, what is expected,
/// and the source. Cells are parted by `|`; an empty cell is left out, `-` is nothing. A value is a word, `[a b]` a list,
/// `{key:value}` a record; what holds a space or a bracket stands in quotes. The column `when` holds events. A line that
/// begins with `!` is another system's convention.
///
/// # Errors
/// The sentence that says what is wrong, and in which line.
pub fn facts(family: &str, text: &str) -> Result<Vec<Case>, String> {
    let mut facts = Vec::new();
    let (mut op, mut columns) = (String::new(), Vec::new());
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) =
            line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).filter(|_| !line.contains('|'))
        {
            (op, columns) = (name.to_owned(), Vec::new());
        } else if columns.is_empty() {
            columns = line.split('|').map(|name| name.trim().to_owned()).collect();
        } else {
            let fact = fact(family, &op, &columns, line).map_err(|reason| format!("line {number}: {reason}"))?;
            facts.push(Case { id: format!("{family}, line {number}"), ..fact });
        }
    }
    Ok(facts)
}

fn fact(family: &str, op: &str, columns: &[String], line: &str) -> Result<Case, String> {
    let (recommended, line) = line.strip_prefix('!').map_or((true, line), |rest| (false, rest));
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    if cells.len() != columns.len() {
        return Err(format!("{} cells for {} columns", cells.len(), columns.len()));
    }
    let (mut given, mut expect, mut when) = (Map::new(), Map::new(), Vec::new());
    for (column, cell) in columns.iter().zip(cells) {
        let (name, is_expected) =
            column.strip_prefix("->").map_or((column.as_str(), false), |rest| (rest.trim(), true));
        match (name, cell) {
            ("source", _) | (_, "") => {}
            ("when", cell) => when = value(cell)?.as_array().cloned().ok_or("events are a list")?,
            (name, cell) if is_expected => drop(expect.insert(name.to_owned(), value(cell)?)),
            (name, cell) => drop(given.insert(name.to_owned(), value(cell)?)),
        }
    }
    let (given, expect) = (Value::Object(given), Value::Object(expect));
    let (family, op) = (family.to_owned(), op.to_owned());
    Ok(Case { id: String::new(), family, op, recommended, given, when, expect })
}

/// Reads one cell.
fn value(cell: &str) -> Result<Value, String> {
    let mut rest = cell.chars().peekable();
    let value = next(&mut rest)?;
    skip(&mut rest);
    if rest.peek().is_none() { Ok(value) } else { Err(format!("{cell} goes on after its value")) }
}

fn next(rest: &mut Peekable<Chars<'_>>) -> Result<Value, String> {
    skip(rest);
    match rest.peek() {
        Some('[') => {
            rest.next();
            list(rest)
        }
        Some('{') => {
            rest.next();
            record(rest)
        }
        Some('"') => word(rest).map(Value::from),
        _ => Ok(match word(rest)?.as_str() {
            "-" => Value::Null,
            "true" => true.into(),
            "false" => false.into(),
            word => number(word).map_or_else(|| Value::from(word), Value::from),
        }),
    }
}

/// A whole number as people write it; 001 is a name.
fn number(word: &str) -> Option<i64> {
    word.parse().ok().filter(|number: &i64| number.to_string() == word)
}

fn list(rest: &mut Peekable<Chars<'_>>) -> Result<Value, String> {
    let mut values = Vec::new();
    while !ends(rest, ']')? {
        values.push(next(rest)?);
    }
    Ok(values.into())
}

fn record(rest: &mut Peekable<Chars<'_>>) -> Result<Value, String> {
    let mut fields = Map::new();
    while !ends(rest, '}')? {
        let key = word(rest)?;
        if rest.next() != Some(':') {
            return Err(format!("{key} has no value"));
        }
        fields.insert(key, next(rest)?);
    }
    Ok(Value::Object(fields))
}

/// Whether the bracket closes here.
fn ends(rest: &mut Peekable<Chars<'_>>, bracket: char) -> Result<bool, String> {
    skip(rest);
    match rest.peek() {
        Some(found) if *found == bracket => Ok(rest.next().is_some()),
        Some(_) => Ok(false),
        None => Err(format!("a {bracket} is missing")),
    }
}

/// A word, or what stands in quotes.
fn word(rest: &mut Peekable<Chars<'_>>) -> Result<String, String> {
    if rest.next_if_eq(&'"').is_some() {
        let mut quoted = String::new();
        loop {
            match rest.next() {
                Some('"') => return Ok(quoted),
                Some(letter) => quoted.push(letter),
                None => return Err("a quote is not closed".to_owned()),
            }
        }
    }
    let mut word = String::new();
    while let Some(letter) = rest.next_if(|letter| !letter.is_whitespace() && !"[]{}:\"".contains(*letter)) {
        word.push(letter);
    }
    if word.is_empty() { Err("a value is missing".to_owned()) } else { Ok(word) }
}

fn skip(rest: &mut Peekable<Chars<'_>>) {
    while rest.next_if(|letter| letter.is_whitespace()).is_some() {}
}
