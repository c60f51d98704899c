//! Faults on demand, for tests: `QUITTANCE_FAULT=write:3:fail` fails the third call of that kind in this process, and
//! `write:3:die` ends the process there as `kill -9` would. Programs built for release know nothing of it.

/// Whether the call that now begins, or ended, is to fail. Kinds: `read`, `write` and `written` in the store; those who
/// call the world name theirs.
#[cfg(debug_assertions)]
pub fn strikes(kind: &str) -> bool {
    wanted::strikes(kind)
}

/// Never: there are no faults on demand in a release.
#[cfg(not(debug_assertions))]
pub const fn strikes(_kind: &str) -> bool {
    false
}

#[cfg(debug_assertions)]
mod wanted {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    struct Fault {
        kind: String,
        number: u32,
        dies: bool,
        calls: AtomicU32,
    }

    static WANTED: OnceLock<Option<Fault>> = OnceLock::new();

    fn read() -> Option<Fault> {
        let text = std::env::var("QUITTANCE_FAULT").ok()?;
        let mut parts = text.split(':');
        let (kind, number) = (parts.next()?.to_owned(), parts.next()?.parse().ok()?);
        Some(Fault { kind, number, dies: parts.next() == Some("die"), calls: AtomicU32::new(0) })
    }

    pub fn strikes(kind: &str) -> bool {
        let Some(fault) = WANTED.get_or_init(read) else { return false };
        if fault.kind != kind || fault.calls.fetch_add(1, Ordering::SeqCst) + 1 != fault.number {
            return false;
        }
        if fault.dies {
            std::process::abort();
        }
        true
    }
}
