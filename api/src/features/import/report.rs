//! What an import did.

use std::fmt;

use shared::vocab::Money;

/// What became of the rows of one file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// New rows.
    pub added: usize,
    /// Known rows that changed something.
    pub updated: usize,
    /// Known rows that say what they said before.
    pub unchanged: usize,
}

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Whether it was undone.
    pub is_dry_run: bool,
    /// Rows of `products.csv`.
    pub products: Counts,
    /// Rows of `prices.csv`.
    pub prices: Counts,
    /// Rows of `clients.csv`.
    pub clients: Counts,
    /// Rows of `activations.csv`.
    pub activations: Counts,
    /// Rows of `balance_movements.csv`.
    pub movements: Counts,
    /// Rows of `usage.csv`.
    pub usage: Counts,
    /// New usage that is kept but not counted, as the activation was off.
    pub usage_not_counted: usize,
    /// The balance afterwards.
    pub balance: Money,
}

impl Report {
    /// Whether the books and rows are as they were.
    pub fn changes_nothing(&self) -> bool {
        let all = [self.products, self.prices, self.clients, self.activations, self.movements, self.usage];
        all.iter().all(|counts| counts.added == 0 && counts.updated == 0)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = if self.is_dry_run { "Would be imported" } else { "Imported" };
        writeln!(formatter, "{verb}:")?;
        let files = [
            ("products", self.products),
            ("prices", self.prices),
            ("clients", self.clients),
            ("activations", self.activations),
            ("movements", self.movements),
            ("usage", self.usage),
        ];
        for (name, counts) in files {
            let Counts { added, updated, unchanged } = counts;
            writeln!(formatter, "  {name:<12} {added:>7} new, {updated:>5} updated, {unchanged:>7} unchanged")?;
        }
        if self.usage_not_counted > 0 {
            let count = self.usage_not_counted;
            writeln!(formatter, "{count} usage rows are kept but not counted: the activation was off at that moment.")?;
        }
        write!(formatter, "Balance: {}", self.balance)
    }
}
