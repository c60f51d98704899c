//! Statements: every SQL text written by hand, declared once with the kinds of its parameters and its rows.

use std::sync::OnceLock;

use crate::{Column, Error, Kind};

/// How many keys one execution of a `$keys` statement takes. Few sizes, so that few texts are prepared.
pub(crate) const CHUNKS: [usize; 3] = [1, 16, 256];

/// A registered SQL text, the same on both databases. Declared with [`statements!`](crate::statements).
pub struct Statement {
    /// The constant's name, for messages.
    pub name: &'static str,
    /// With `$1`, `$2` … for the parameters, and at most one `$keys`.
    pub sql: &'static str,
    /// The kind of `$1`, of `$2`, …
    pub parameters: &'static [Kind],
    /// The kind of each of `$keys`, when the text has it.
    pub many: Option<Kind>,
    /// The columns it answers with.
    pub columns: &'static [Column],
    expansions: [OnceLock<Expansion>; CHUNKS.len()],
}

/// A `$keys` statement written out for a fixed number of keys.
pub(crate) struct Expansion {
    pub(crate) sql: String,
    pub(crate) parameters: Vec<Kind>,
    pub(crate) size: usize,
}

impl Statement {
    /// For the macro.
    #[doc(hidden)]
    pub const fn new(
        name: &'static str,
        sql: &'static str,
        parameters: &'static [Kind],
        many: Option<Kind>,
        columns: &'static [Column],
    ) -> Statement {
        Statement { name, sql, parameters, many, columns, expansions: [const { OnceLock::new() }; CHUNKS.len()] }
    }

    /// The text written out for the smallest chunk that holds so many keys, or for the largest chunk.
    /// Errors: `Other` when the text has no `$keys`.
    pub(crate) fn expanded(&'static self, keys: usize) -> Result<&'static Expansion, Error> {
        let kind = self.many.ok_or_else(|| Error::Other(format!("{} takes no $keys", self.name)))?;
        let sizes = CHUNKS.iter().zip(&self.expansions);
        let fitting = sizes.clone().find(|(size, _)| **size >= keys).or(sizes.last());
        let (size, place) = fitting.ok_or_else(|| Error::Other("no chunk sizes".to_owned()))?;
        Ok(place.get_or_init(|| self.expand(kind, *size)))
    }

    fn expand(&self, kind: Kind, size: usize) -> Expansion {
        let first = self.parameters.len() + 1;
        let names: Vec<String> = (first..first + size).map(|number| format!("${number}")).collect();
        let mut parameters = self.parameters.to_vec();
        parameters.resize(self.parameters.len() + size, kind);
        Expansion { sql: self.sql.replace("$keys", &names.join(",")), parameters, size }
    }
}

/// Declares statements and the list `ALL` of them, which the crate's list of lists takes up. One use per module.
///
/// ```
/// use store::{Error, One, Tx, record, statements};
///
/// record! {
///     pub struct ShelfRow { id: i64, name: String }
/// }
///
/// statements! {
///     /// One shelf of a room by its name.
///     SHELF: (Integer, Text) -> ShelfRow = "SELECT id, name FROM shelf WHERE room_id = $1 AND name = $2";
///     /// Those of a room's shelves that are asked for.
///     SHELVES: (Integer; many Integer) -> ShelfRow =
///         "SELECT id, name FROM shelf WHERE room_id = $1 AND id IN ($keys) ORDER BY id";
///     /// How many a room has.
///     COUNT: (Integer) -> One<i64> = "SELECT count(*) FROM shelf WHERE room_id = $1";
///     /// Gives it another name.
///     RENAME: (Integer, Text) = "UPDATE shelf SET name = $2 WHERE id = $1";
/// }
///
/// fn rename(tx: &mut Tx, room: i64, from: &str, to: &str) -> Result<u64, Error> {
///     match tx.row::<ShelfRow>(&SHELF, &[&room, &from])? {
///         Some(shelf) => tx.execute(&RENAME, &[&shelf.id, &to]),
///         None => Ok(0),
///     }
/// }
/// ```
#[macro_export]
macro_rules! statements {
    ($(
        $(#[$doc:meta])*
        $name:ident : ( $($kind:ident),* $(; many $many:ident)? ) $(-> $row:ty)? = $sql:expr ;
    )+) => {
        $(
            $(#[$doc])*
            pub(crate) static $name: $crate::Statement = $crate::Statement::new(
                stringify!($name),
                $sql,
                &[$($crate::Kind::$kind),*],
                $crate::statements!(@many $($many)?),
                $crate::statements!(@columns $($row)?),
            );
        )+

        /// Every statement of this module, for the test that prepares them all.
        pub(crate) static ALL: &[&$crate::Statement] = &[$(&$name),+];
    };
    (@many) => { None };
    (@many $many:ident) => { Some($crate::Kind::$many) };
    (@columns) => { <$crate::Nothing as $crate::Record>::COLUMNS };
    (@columns $row:ty) => { <$row as $crate::Record>::COLUMNS };
}
