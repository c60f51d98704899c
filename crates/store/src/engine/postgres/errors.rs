//! PostgreSQL's errors in the words of the store.

use tokio_postgres::error::{DbError, SqlState};

use crate::{Error, Rule};

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Error {
        match error.as_db_error() {
            Some(found) => translate(found),
            // Without words from the server it is the network, or a value that couldn't be read.
            None if error.is_closed() || is_io(&error) => Error::Unreachable(chain(&error)),
            None => Error::Other(chain(&error)),
        }
    }
}

fn translate(error: &DbError) -> Error {
    let detail = error.message().to_owned();
    match error.code() {
        &SqlState::UNIQUE_VIOLATION => Error::Conflict { constraint: constraint_of(error) },
        &SqlState::FOREIGN_KEY_VIOLATION => Error::Violation { rule: Rule::ForeignKey, detail },
        &SqlState::CHECK_VIOLATION => Error::Violation { rule: Rule::Check, detail },
        &SqlState::NOT_NULL_VIOLATION => Error::Violation { rule: Rule::NotNull, detail },
        &SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED => Error::Contended,
        &SqlState::DISK_FULL => Error::Full,
        &SqlState::READ_ONLY_SQL_TRANSACTION => Error::ReadOnly,
        // Class 08: connection exceptions. 53: no memory, too many connections. 57P: the server, or who runs it, ended
        // the connection. 58: its disk fails.
        code if ["08", "53", "57P", "58"].iter().any(|class| code.code().starts_with(class)) => {
            Error::Unreachable(detail)
        }
        code => Error::Other(format!("{detail} ({})", code.code())),
    }
}

fn constraint_of(error: &DbError) -> String {
    let columns = error.detail().and_then(columns_in);
    match (columns, error.table()) {
        (Some(columns), Some(table)) => format!("{table}({columns})"),
        _ => error.constraint().unwrap_or("a unique constraint").to_owned(),
    }
}

/// The columns in "Key (account_id, code)=(1, C-1000) already exists.", which may be translated. Nothing when one of
/// them is an expression: then SQLite, too, gives the name of the index.
fn columns_in(detail: &str) -> Option<&str> {
    let (columns, _) = detail.split_once('(')?.1.split_once(")=(")?;
    let is_plain = columns.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ',' | ' '));
    is_plain.then_some(columns)
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if inner.is::<std::io::Error>() {
            return true;
        }
        source = inner.source();
    }
    false
}

fn chain(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::columns_in;

    #[test]
    fn columns_are_found_in_any_language() {
        let cases = [
            ("Key (code)=(C-1000) already exists.", Some("code")),
            ("Schlüssel »(account_id, code)=(1, (x)=(y))« existiert bereits.", Some("account_id, code")),
            ("Key (lower(code))=(c-1000) already exists.", None),
        ];
        for (detail, columns) in cases {
            assert_eq!(columns_in(detail), columns);
        }
    }
}
