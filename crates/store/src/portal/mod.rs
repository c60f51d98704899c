//! What customers read: every query takes an `AccountScope` and carries the account. Nothing here selects internal notes.

pub(crate) mod dues;
pub(crate) mod files;
pub(crate) mod list;
mod one;
mod place;
pub(crate) mod search;
pub(crate) mod settled;
pub(crate) mod work;

pub use dues::{Dues, LateRow};
pub use files::FileRow;
pub use list::{InvoicePage, ListFilter, ListedRow, Show};
pub use one::{Mailed, ScopedInvoice};
pub use place::{Place, WorkPlace};
pub use search::{Found, MOST_FOUND, pattern};
pub use settled::SettledRow;
pub use work::{ShownEntry, WorkKind, WorkRow};
