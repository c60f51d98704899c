//! The only place that makes randomness: tokens, codes and ids.

use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::clock::Clock;

/// `N` random bytes. The machine's source failing is a failing machine: nothing secret can be made then.
#[expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "this is the one place that asks the machine, and without randomness no secret is safe"
)]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the machine's source of randomness answers");
    bytes
}

/// A secret of 256 bits, as it stands in a cookie or a link. It has no `Display`; only its hash is stored.
pub struct Token([u8; 32]);

impl Token {
    /// A new one.
    pub fn new() -> Self {
        Self(bytes())
    }

    /// Reads one as it came back; nothing where it isn't one.
    pub fn parse(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// As it is sent.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// As it is stored.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

impl Default for Token {
    fn default() -> Self {
        Self::new()
    }
}

/// Makes ids: 41 bits of milliseconds, 10 bits of this process, 12 bits of counter. They ascend within a process; two
/// processes that drew the same 10 bits would meet at a primary key, which fails the transaction and never mixes rows.
#[derive(Debug)]
pub struct Ids {
    clock: Clock,
    process: i64,
    last: Mutex<i64>,
}

impl Ids {
    /// A maker of ids for this process.
    pub fn new(clock: Clock) -> Self {
        let process = i64::from(u16::from_le_bytes(bytes())) % 1024;
        Self { clock, process, last: Mutex::new(0) }
    }

    /// The next id.
    pub fn mint<T: From<i64>>(&self) -> T {
        let tick = self.clock.real().as_millisecond() << 12;
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *last = tick.max(*last + 1);
        let (ms, counter) = (*last >> 12, *last & 0xfff);
        T::from((ms << 22) | (self.process << 12) | counter)
    }

    /// The next `count` ids, ascending.
    pub fn many(&self, count: usize) -> Vec<i64> {
        (0..count).map(|_| self.mint()).collect()
    }
}
