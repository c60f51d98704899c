//! What commands print. A reader that goes away is no error and never stops a deed half way; an output that can't be
//! written is one.

use std::io::{ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

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

/// Whether everything that was said could be written.
pub fn was_heard() -> bool {
    !FAILED.load(Ordering::Relaxed)
}

/// Whether anybody still reads standard output: a long list needn't go on for nobody.
pub fn is_read() -> bool {
    !CLOSED.load(Ordering::Relaxed)
}
