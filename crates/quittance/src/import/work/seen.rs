//! What was seen of a large file, eight bytes an id: enough to suspect that one stands twice, or that a ticket
//! contradicts itself. Whether it really does is looked up in the file.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::TicketOf;

/// Pairs of tickets before the first look for doubles.
const FIRST_LOOK: usize = 1 << 16;
/// Places of the memory of tickets looked up: a power of two.
const RECENT: usize = 1 << 14;

/// Hashes of ids, and of tickets with what they are.
pub struct Seen {
    ids: Vec<u64>,
    /// With what they are: whose in the upper half of the bits, the rest in the lower one.
    tickets: Vec<(u64, u64)>,
    next_look: usize,
    recent: Vec<u64>,
}

/// Ids and tickets that may be wrong, as sorted hashes.
pub struct Suspects {
    ids: Vec<u64>,
    tickets: Vec<u64>,
    all_ids: Vec<u64>,
    all_tickets: Vec<(u64, u64)>,
}

impl Seen {
    /// Nothing yet.
    pub fn nothing() -> Self {
        Self { ids: Vec::new(), tickets: Vec::new(), next_look: FIRST_LOOK, recent: vec![0; RECENT] }
    }

    /// An id of a row.
    pub fn add_id(&mut self, id: &str) {
        self.ids.push(hash(id));
    }

    /// What a row says of its ticket.
    pub fn add_ticket(&mut self, ticket: TicketOf<'_>) {
        self.tickets.push((hash(ticket.ticket), owner(ticket) | (hash(ticket.told) & !OWNER)));
        if self.tickets.len() >= self.next_look {
            self.tickets.sort_unstable();
            self.tickets.dedup();
            self.next_look = FIRST_LOOK.max(2 * self.tickets.len());
        }
    }

    /// Whether a ticket comes for the first time, as far as is remembered: one that has very many entries needn't be
    /// looked up with each part of the file.
    pub fn is_new_ticket(&mut self, ticket: &str) -> bool {
        let hash = hash(ticket);
        let place = usize::try_from(hash).unwrap_or(0) % RECENT;
        self.recent.get_mut(place).is_none_or(|known| std::mem::replace(known, hash) != hash)
    }

    /// What has to be looked at again.
    pub fn suspects(mut self) -> Suspects {
        self.ids.sort_unstable();
        self.tickets.sort_unstable();
        self.tickets.dedup();
        let twice =
            |pair: &[u64]| matches!(pair, [one, other] if one == other).then(|| pair.first().copied()).flatten();
        let mut ids: Vec<u64> = self.ids.windows(2).filter_map(twice).collect();
        ids.dedup();
        let told_twice = |pair: &[(u64, u64)]| match pair {
            [(one, _), (other, _)] if one == other => Some(*one),
            _ => None,
        };
        let mut tickets: Vec<u64> = self.tickets.windows(2).filter_map(told_twice).collect();
        tickets.dedup();
        Suspects { ids, tickets, all_ids: self.ids, all_tickets: self.tickets }
    }
}

impl Suspects {
    /// Whether nothing is suspected.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.tickets.is_empty()
    }

    /// Whether an id may stand twice.
    pub fn has_id(&self, id: &str) -> bool {
        self.ids.binary_search(&hash(id)).is_ok()
    }

    /// Whether the file may contradict itself about a ticket.
    pub fn has_ticket(&self, ticket: &str) -> bool {
        self.tickets.binary_search(&hash(ticket)).is_ok()
    }

    /// Whether an id stands in the file.
    pub fn was_seen(&self, id: &str) -> bool {
        self.all_ids.binary_search(&hash(id)).is_ok()
    }

    /// Whether the file tells of a ticket.
    pub fn tells_of(&self, ticket: &str) -> bool {
        self.told_of(ticket).next().is_some()
    }

    /// Whether the file gives a ticket to other accounts alone.
    pub fn gives_to_another(&self, ticket: TicketOf<'_>) -> bool {
        self.tells_of(ticket.ticket) && self.told_of(ticket.ticket).all(|what| what & OWNER != owner(ticket))
    }

    /// What the file says of a ticket.
    fn told_of(&self, ticket: &str) -> impl Iterator<Item = u64> {
        let ticket = hash(ticket);
        let begin = self.all_tickets.partition_point(|(known, _)| *known < ticket);
        let rest = self.all_tickets.get(begin..).unwrap_or_default();
        rest.iter().take_while(move |(known, _)| *known == ticket).map(|(_, what)| *what)
    }
}

/// The bits that say whose a ticket is.
const OWNER: u64 = 0xffff_ffff_0000_0000;

fn owner(ticket: TicketOf<'_>) -> u64 {
    hash(ticket.account) & OWNER
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
