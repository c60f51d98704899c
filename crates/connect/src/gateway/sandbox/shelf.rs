//! Things in the order in which they were made, found by their name and by the key they were asked with.

use std::collections::HashMap;

/// What there is of one kind. Nothing is taken away.
pub(super) struct Shelf<T> {
    things: Vec<T>,
    by_name: HashMap<String, usize>,
    by_key: HashMap<String, usize>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { things: Vec::new(), by_name: HashMap::new(), by_key: HashMap::new() }
    }
}

impl<T> Shelf<T> {
    pub(super) fn put(&mut self, name: &str, key: Option<&str>, thing: T) {
        let place = self.things.len();
        self.things.push(thing);
        self.by_name.insert(name.to_owned(), place);
        if let Some(key) = key {
            self.by_key.insert(key.to_owned(), place);
        }
    }

    /// Gives a thing a key after it was put there.
    pub(super) fn also_by_key(&mut self, key: &str, name: &str) {
        if let Some(place) = self.by_name.get(name) {
            self.by_key.insert(key.to_owned(), *place);
        }
    }

    pub(super) fn named(&self, name: &str) -> Option<&T> {
        self.things.get(*self.by_name.get(name)?)
    }

    pub(super) fn named_mut(&mut self, name: &str) -> Option<&mut T> {
        self.things.get_mut(*self.by_name.get(name)?)
    }

    pub(super) fn keyed(&self, key: &str) -> Option<&T> {
        self.things.get(*self.by_key.get(key)?)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.things.iter()
    }
}
