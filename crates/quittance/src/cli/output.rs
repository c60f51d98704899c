//! What commands print. A reader that goes away is no error and never stops a deed half way; an output that can't be
//! written is one.

use std::io::{ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use billing::{Currency, Money};
use jiff::Timestamp;

use crate::app::App;
use crate::paper::words::counted;

/// Standard output is closed: what follows is left unsaid.
static CLOSED: AtomicBool = AtomicBool::new(false);
/// Something could not be written.
static FAILED: AtomicBool = AtomicBool::new(false);

/// Prints a line to standard output.
pub fn say(line: &str) {
    if CLOSED.load(Ordering::Relaxed) {
        return;
    }
    if let Err(error) = writeln!(std::io::stdout(), "{line}") {
        CLOSED.store(true, Ordering::Relaxed);
        if error.kind() != ErrorKind::BrokenPipe {
            FAILED.store(true, Ordering::Relaxed);
            warn(&format!("quittance: the output can't be written: {error}"));
        }
    }
}

/// Prints a line to standard error; where that is closed, nobody listens.
pub fn warn(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// An instant in the provider's zone, to the minute.
pub fn moment(app: &App, at: Timestamp) -> String {
    at.to_zoned(app.zone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// An amount without its currency; of a currency that isn't known here, as it came.
pub fn written(minor: i64, currency: &str) -> String {
    Currency::from_code(currency).map_or_else(|| minor.to_string(), |known| Money::new(minor, known).to_string())
}

/// `1 invoice`, `12 invoices`.
pub fn many(count: usize, one: &str, many: &str) -> String {
    counted(i64::try_from(count).unwrap_or(i64::MAX), one, many)
}

/// Whether everything that was said could be written.
pub fn was_heard() -> bool {
    !FAILED.load(Ordering::Relaxed)
}

/// Whether anybody still reads standard output: a long list needn't go on for nobody.
pub fn is_read() -> bool {
    !CLOSED.load(Ordering::Relaxed)
}
