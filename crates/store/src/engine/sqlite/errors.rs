//! SQLite's errors in the words of the store.

use rusqlite::ffi;

use crate::{Error, Rule};

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Error {
        let (code, text) = match &error {
            rusqlite::Error::SqliteFailure(code, text) => (code.extended_code, text.clone()),
            rusqlite::Error::SqlInputError { error, msg, .. } => (error.extended_code, Some(msg.clone())),
            other => return Error::Other(other.to_string()),
        };
        let text = text.unwrap_or_else(|| error.to_string());
        match code {
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
                Error::Conflict { constraint: constraint_in(&text) }
            }
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Error::Violation { rule: Rule::ForeignKey, detail: text },
            ffi::SQLITE_CONSTRAINT_CHECK => Error::Violation { rule: Rule::Check, detail: text },
            ffi::SQLITE_CONSTRAINT_NOTNULL => Error::Violation { rule: Rule::NotNull, detail: text },
            // The low byte is the kind of error, the rest says where it came from.
            code => match code & 0xff {
                ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => Error::Busy,
                ffi::SQLITE_FULL => Error::Full,
                ffi::SQLITE_READONLY => Error::ReadOnly,
                ffi::SQLITE_CANTOPEN | ffi::SQLITE_NOTADB | ffi::SQLITE_IOERR => Error::Unreachable(text),
                _ => Error::Other(text),
            },
        }
    }
}

/// `account(code, name)` from "UNIQUE constraint failed: account.code, account.name", and the name of an index over an
/// expression from "UNIQUE constraint failed: index 'name'".
fn constraint_in(message: &str) -> String {
    let rest = message.rsplit_once("failed: ").map_or(message, |(_, rest)| rest);
    if let Some(index) = rest.strip_prefix("index '") {
        return index.trim_end_matches('\'').to_owned();
    }
    let table = rest.split_once('.').map_or("", |(table, _)| table);
    let columns: Vec<&str> =
        rest.split(", ").map(|column| column.split_once('.').map_or(column, |(_, name)| name)).collect();
    format!("{table}({})", columns.join(", "))
}

#[cfg(test)]
mod tests {
    use super::constraint_in;

    #[test]
    fn constraints_are_named_by_their_columns() {
        let cases = [
            ("UNIQUE constraint failed: account.code", "account(code)"),
            ("UNIQUE constraint failed: contact.account_id, contact.email", "contact(account_id, email)"),
            ("UNIQUE constraint failed: index 'account_code_lower'", "account_code_lower"),
        ];
        for (message, name) in cases {
            assert_eq!(constraint_in(message), name);
        }
    }
}
