//! Everything that looks like chance: names, delays, duplicates. The same seed gives the same.

use sha2::{Digest, Sha256};

/// A number that depends on the seed and on what it is for, and looks like chance.
pub(super) fn number(seed: u64, purpose: &str) -> u64 {
    let digest = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(purpose.as_bytes()).finalize();
    digest.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

/// `ch_0011223344556677`
pub(super) fn name(seed: u64, kind: &str, count: u64) -> String {
    format!("{kind}_{:016x}", number(seed, &format!("{kind} {count}")))
}
