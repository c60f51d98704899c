//! Turns the text of a migration, written for SQLite, into PostgreSQL's: INTEGER into BIGINT, BLOB into BYTEA, and
//! STRICT and WITHOUT ROWID left out. Strings, quoted names and comments stay as they are.

/// The text for PostgreSQL.
pub(crate) fn for_postgres(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len() + sql.len() / 8);
    let mut rest = sql;
    let mut depth = 0_usize;
    // Table options stand outside of parentheses, separated by commas that go with them.
    let mut after_option = false;
    while let Some(first) = rest.chars().next() {
        let (token, after) = rest.split_at(token_length(rest, first));
        rest = after;
        let is_outside = depth == 0;
        match first {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let option = if is_outside { option_length(token, rest) } else { None };
        if let Some(length) = option {
            rest = rest.get(length..).unwrap_or_default();
            after_option = true;
            continue;
        }
        if after_option && token == "," {
            continue;
        }
        after_option &= token.chars().all(char::is_whitespace);
        out.push_str(replacement(token));
    }
    out
}

fn replacement(token: &str) -> &str {
    match token.to_ascii_uppercase().as_str() {
        "INTEGER" => "BIGINT",
        "BLOB" => "BYTEA",
        _ => token,
    }
}

/// How many bytes after the token belong to the same table option; nothing when the token doesn't begin one.
fn option_length(token: &str, rest: &str) -> Option<usize> {
    if token.eq_ignore_ascii_case("STRICT") {
        return Some(0);
    }
    let word = rest.trim_start();
    let begins =
        token.eq_ignore_ascii_case("WITHOUT") && word.get(..5).is_some_and(|word| word.eq_ignore_ascii_case("ROWID"));
    begins.then(|| rest.len() - word.len() + 5)
}

/// The bytes of the token that a text begins with: a word, a string, a quoted name, a comment, or one character.
fn token_length(text: &str, first: char) -> usize {
    let end_of = |mark: &str, from: usize| {
        let found = text.get(from..).and_then(|inner| inner.find(mark));
        found.map_or(text.len(), |place| from + place + mark.len())
    };
    match first {
        // A doubled quote ends one string and begins the next, which comes to the same.
        '\'' => end_of("'", 1),
        '"' => end_of("\"", 1),
        '-' if text.starts_with("--") => end_of("\n", 2),
        '/' if text.starts_with("/*") => end_of("*/", 2),
        first if is_word(first) => text.find(|c| !is_word(c)).unwrap_or(text.len()),
        first => first.len_utf8(),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::for_postgres;

    #[test]
    fn types_and_options_are_rewritten() {
        let cases = [
            ("CREATE TABLE t (a INTEGER, b blob) STRICT;", "CREATE TABLE t (a BIGINT, b BYTEA) ;"),
            ("CREATE TABLE t (a TEXT)\n  STRICT, WITHOUT ROWID;\nX", "CREATE TABLE t (a TEXT)\n   ;\nX"),
            ("CREATE TABLE t (a TEXT) without  rowid,strict;", "CREATE TABLE t (a TEXT) ;"),
            ("SELECT CAST(a AS INTEGER), b FROM t, u", "SELECT CAST(a AS BIGINT), b FROM t, u"),
            ("integers, blob_id, INTEGER_", "integers, blob_id, INTEGER_"),
        ];
        for (sqlite, postgres) in cases {
            assert_eq!(for_postgres(sqlite), postgres);
        }
    }

    #[test]
    fn strings_names_and_comments_stay() {
        for text in [
            "CHECK (a IN ('INTEGER', 'it''s a BLOB', 'STRICT'))",
            "CREATE TABLE \"INTEGER\" (\"BLOB\" TEXT)",
            "-- an INTEGER, STRICT\nSELECT 'é -- BLOB' /* WITHOUT ROWID, BLOB */",
            "(strict, without rowid)",
            "'open INTEGER",
            "/* open INTEGER",
            "",
        ] {
            assert_eq!(for_postgres(text), text);
        }
    }
}
