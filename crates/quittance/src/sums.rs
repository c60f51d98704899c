//! Sums by currency: amounts of two currencies stand beside each other, never in one figure.

use billing::{Currency, Money};

/// Amounts by currency, in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums(Vec<Money>);

impl Sums {
    /// Adds an amount. What no longer fits into 64 bits stays at the largest figure.
    pub fn add(&mut self, minor: i64, currency: Currency) {
        match self.0.iter_mut().find(|sum| sum.currency() == currency) {
            Some(sum) => *sum = Money::new(sum.minor().saturating_add(minor), currency),
            None => self.0.push(Money::new(minor, currency)),
        }
    }

    /// Whether nothing is in it.
    pub fn is_zero(&self) -> bool {
        self.0.iter().all(|sum| sum.is_zero())
    }

    /// The only currency, where there is one.
    pub fn only(&self) -> Option<Currency> {
        match self.0.as_slice() {
            [sum] => Some(sum.currency()),
            _ => None,
        }
    }

    /// `$7,237.63`, `$7,237.63 and 12.00 CAD`; of nothing `$0.00`.
    pub fn written(&self, currency: Currency) -> String {
        let figures: Vec<String> = self.0.iter().filter(|sum| !sum.is_zero()).map(|sum| sum.with_currency()).collect();
        match figures.as_slice() {
            [] => Money::zero(self.only().unwrap_or(currency)).with_currency(),
            [only] => only.clone(),
            [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
        }
    }
}

impl FromIterator<(i64, Currency)> for Sums {
    fn from_iter<T: IntoIterator<Item = (i64, Currency)>>(amounts: T) -> Self {
        let mut sums = Self::default();
        amounts.into_iter().for_each(|(minor, currency)| sums.add(minor, currency));
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_stand_apart() {
        let sums: Sums = [(723_763, Currency::USD), (1_200, Currency::CAD), (-1, Currency::USD)].into_iter().collect();
        assert_eq!(sums.written(Currency::USD), "$7,237.62 and 12.00 CAD");
        assert_eq!(Sums::default().written(Currency::USD), "$0.00");
        assert_eq!(sums.only(), None);
    }
}
