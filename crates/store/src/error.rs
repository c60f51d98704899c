//! What can go wrong in the store. The same mistake gives the same error on both databases.

/// An error of the store. `Clone`, because a commit that fails gives one error to many closures.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Too much work is waiting, or another process holds the database. The caller answers 503.
    #[error("the database is busy")]
    Busy,

    /// A unique constraint is violated. `constraint` names the columns, `table(column, column)`, or the index when it
    /// is over an expression: the same text on both databases. When several are violated at once, which one is said
    /// differs.
    #[error("{constraint} is taken already")]
    Conflict {
        /// `account(code)`, or the name of the index.
        constraint: String,
    },

    /// A rule of the schema other than uniqueness is violated: a bug of the program, never of a person.
    #[error("the database refuses the row ({rule:?}): {detail}")]
    Violation {
        /// Which kind of rule.
        rule: Rule,
        /// The words of the database, for the log.
        detail: String,
    },

    /// The disk or the quota is full.
    #[error("the disk of the database is full")]
    Full,

    /// No connection to the database, or it broke and could not be made again.
    #[error("the database can't be reached: {0}")]
    Unreachable(String),

    /// Other transactions kept changing the same rows, in every attempt.
    #[error("too many transactions compete for the same rows")]
    Contended,

    /// A write inside `Store::read`, or a database that only allows reading.
    #[error("the database can't be written here")]
    ReadOnly,

    /// A value that can't be read as, or stored as, what its column says.
    #[error("{column}: {reason}")]
    Corrupt {
        /// The column, or empty where no column is known.
        column: String,
        /// What is wrong with the value. Never the value itself, which may be personal.
        reason: String,
    },

    /// The database belongs to another instance than the one expected.
    #[error("this database belongs to another instance")]
    WrongInstance,

    /// The schema can't be brought to this program's version. The text is a sentence for whoever runs it.
    #[error("{0}")]
    Migration(String),

    /// Anything else, in the words of the database or of a panic.
    #[error("{0}")]
    Other(String),
}

/// The kinds of schema rules besides uniqueness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// A row points to one that doesn't exist, or is still pointed to.
    ForeignKey,
    /// A CHECK failed.
    Check,
    /// NULL in a column that doesn't allow it.
    NotNull,
}

impl Error {
    /// A value that is not what its column says.
    pub fn corrupt(reason: impl Into<String>) -> Error {
        Error::Corrupt { column: String::new(), reason: reason.into() }
    }

    /// The same error, saying which column it is about, unless it knows already.
    pub fn in_column(self, name: &str) -> Error {
        match self {
            Error::Corrupt { column, reason } if column.is_empty() => {
                Error::Corrupt { column: name.to_owned(), reason }
            }
            other => other,
        }
    }

    /// True when the constraint named (`account(code)`) is the one in conflict.
    pub fn is_conflict(&self, name: &str) -> bool {
        matches!(self, Error::Conflict { constraint } if constraint == name)
    }
}
