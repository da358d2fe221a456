//! Which prices replace which, for what runs.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use shared::vocab::PriceId;
use uuid::Uuid;

use crate::db::entity::{price, price_migration};
use crate::error::Error;

/// A price that takes over for periods that start on a day or later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replacement {
    /// The price that is replaced.
    pub from: PriceId,
    /// The price that takes over.
    pub to: PriceId,
    /// Its amount, in minor units.
    pub to_minor: i64,
    /// From when on.
    pub effective_on: NaiveDate,
}

/// All that was announced. There are few: each was announced by hand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replacements(HashMap<Uuid, Replacement>);

impl Replacements {
    /// The replacements of a price, one after the other.
    pub fn of(&self, price_id: PriceId) -> Vec<Replacement> {
        let mut chain: Vec<Replacement> = Vec::new();
        let mut present = price_id.0;
        // Nothing that is replaced may replace, so a chain ends; its length says so once more.
        while let Some(next) = self.0.get(&present).filter(|_| chain.len() < self.0.len()) {
            chain.push(*next);
            present = next.to.0;
        }
        chain
    }

    /// The prices that are, or will be, replaced.
    pub fn held(&self) -> impl Iterator<Item = PriceId> {
        self.0.keys().map(|id| PriceId(*id))
    }
}

/// The price in a chain that a period costs that starts on this day; none if it is the one that is held.
pub fn in_force(chain: &[Replacement], held: PriceId, start_on: NaiveDate) -> Option<Replacement> {
    let first = chain.iter().position(|replacement| replacement.from == held)?;
    chain[first..].iter().take_while(|replacement| replacement.effective_on <= start_on).last().copied()
}

/// Reads all that was announced.
pub async fn replacements(connection: &impl ConnectionTrait) -> Result<Replacements, Error> {
    let rows = price_migration::Entity::find().all(connection).await?;
    if rows.is_empty() {
        return Ok(Replacements::default());
    }
    let prices = price::Entity::find()
        .filter(price::Column::Id.is_in(rows.iter().map(|row| row.to_price_id)))
        .all(connection)
        .await?;
    let amounts: HashMap<Uuid, i64> = prices.into_iter().map(|row| (row.id, row.amount_minor)).collect();
    let replacement = |row: price_migration::Model| {
        let to_minor = *amounts.get(&row.to_price_id)?;
        let (from, to) = (PriceId(row.from_price_id), PriceId(row.to_price_id));
        Some((row.from_price_id, Replacement { from, to, to_minor, effective_on: row.effective_on }))
    };
    Ok(Replacements(rows.into_iter().filter_map(replacement).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(number: u128) -> PriceId {
        PriceId(Uuid::from_u128(number))
    }

    #[test]
    fn the_day_on_which_a_period_starts_decides() {
        let replacement = |from, to, on: &str| Replacement {
            from: price(from),
            to: price(to),
            to_minor: 0,
            effective_on: on.parse().unwrap(),
        };
        let all = [replacement(1, 2, "2026-05-01"), replacement(2, 3, "2026-07-01")];
        let all = Replacements(all.into_iter().map(|replacement| (replacement.from.0, replacement)).collect());
        let chain = all.of(price(1));
        assert_eq!((chain.len(), all.of(price(3)).len()), (2, 0));
        let on = |held, day: &str| in_force(&chain, price(held), day.parse().unwrap()).map(|found| found.to);
        assert_eq!(on(1, "2026-04-30"), None);
        assert_eq!(on(1, "2026-05-01"), Some(price(2)));
        assert_eq!(on(1, "2026-07-15"), Some(price(3)));
        assert_eq!((on(2, "2026-06-30"), on(2, "2026-07-01")), (None, Some(price(3))));
        assert_eq!((on(3, "2027-01-01"), on(9, "2027-01-01")), (None, None));
    }
}
