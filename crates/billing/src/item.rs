//! Items: what can stand on an invoice, and where each kind belongs.

use crate::words::words;

words! {
    /// The kind of an item. It decides the stream: services and licences recur, products and fees are bi-weekly, and
    /// labour is what time entries are.
    pub enum ItemKind {
        /// A recurring service.
        Service = "service",
        /// A recurring licence.
        Licence = "licence",
        /// A product delivered.
        Product = "product",
        /// A one-time fee.
        Fee = "fee",
        /// Work; only a list price, no row names it.
        Labour = "labour",
    }
}

impl ItemKind {
    /// Whether an agreement line may name it: the recurring stream takes nothing else.
    #[must_use]
    pub const fn recurs(self) -> bool {
        matches!(self, Self::Service | Self::Licence)
    }

    /// Whether a delivery may name it.
    #[must_use]
    pub const fn is_delivered(self) -> bool {
        matches!(self, Self::Product | Self::Fee)
    }
}
