//! A list that may become long: its beginning is kept, the rest is counted, so that memory stays flat.

/// The first things of a kind, and how many there are in all.
#[derive(Clone, Debug)]
pub struct Listed<T> {
    kept: Vec<T>,
    most: usize,
    count: usize,
}

impl<T> Listed<T> {
    /// An empty list that keeps at most so many.
    pub fn at_most(most: usize) -> Self {
        Self { kept: Vec::new(), most, count: 0 }
    }

    /// One more.
    pub fn push(&mut self, one: T) {
        self.count += 1;
        if !self.is_full() {
            self.kept.push(one);
        }
    }

    /// Those of another list, after those known.
    pub fn append(&mut self, other: Self) {
        self.count += other.count;
        let room = self.most.saturating_sub(self.kept.len());
        self.kept.extend(other.kept.into_iter().take(room));
    }

    /// How many there are, kept or not.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether further ones are only counted.
    pub fn is_full(&self) -> bool {
        self.kept.len() >= self.most
    }

    /// Those kept.
    pub fn shown(&self) -> &[T] {
        &self.kept
    }
}
