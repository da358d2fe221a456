//! Which activations a list shows and in which order, as the caller asked for it.

use std::fmt::Display;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use shared::vocab::{ActivationStatus, BillingInterval, BillingState, ClientId, ProductId};
use uuid::Uuid;

use crate::features::lifecycle::words;

/// Which activations.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// With one of these statuses; all but deactivated ones if empty.
    pub statuses: Vec<ActivationStatus>,
    /// With one of these billing states.
    pub billing_states: Vec<BillingState>,
    /// Paid by one of these intervals.
    pub billing_intervals: Vec<BillingInterval>,
    /// Whether they will renew (active; current or in grace).
    pub is_renewing: Option<bool>,
    /// Of one of these products.
    pub products: Vec<ProductId>,
    /// For one of these clients.
    pub clients: Vec<ClientId>,
    /// Renewing so soon.
    pub renews: Option<RenewsWithin>,
    /// Activated on this day or later.
    pub activated_from: Option<NaiveDate>,
    /// Activated on this day or earlier.
    pub activated_to: Option<NaiveDate>,
    /// With a word that begins with each of these.
    pub words: Vec<String>,
}

/// The words that a search text asks for: split as what is stored, but for ids, which are one word.
pub fn search_words(text: &str) -> Vec<String> {
    let is_id = |token: &str| token.starts_with("act_");
    let split = |token: &str| -> Vec<String> {
        if is_id(token) { vec![token.to_lowercase()] } else { words::split(token).collect() }
    };
    text.split_whitespace().flat_map(split).collect()
}

/// How soon a renewal is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub enum RenewsWithin {
    /// Due already.
    #[serde(rename = "overdue")]
    Overdue,
    /// Within 7 days of today, overdue ones included.
    #[serde(rename = "7d")]
    SevenDays,
    /// Within 30 days of today, overdue ones included.
    #[serde(rename = "30d")]
    ThirtyDays,
    /// Whenever it is due, the wallet does not cover it.
    #[serde(rename = "uncovered")]
    Uncovered,
}

/// By what a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortColumn {
    /// The product's name.
    Product,
    /// The client's name.
    Client,
    /// The status as a word.
    Status,
    /// The moment of activation.
    ActivatedAt,
    /// The next renewal; those without one come last, whatever the direction.
    RenewsAt,
    /// The price of a period.
    Price,
}

/// The order of a list; the id breaks ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub column: SortColumn,
    /// Highest or latest first.
    pub is_descending: bool,
}

const COLUMNS: [(&str, SortColumn); 6] = [
    ("product", SortColumn::Product),
    ("client", SortColumn::Client),
    ("status", SortColumn::Status),
    ("activated_at", SortColumn::ActivatedAt),
    ("renews_at", SortColumn::RenewsAt),
    ("price", SortColumn::Price),
];

impl Default for Sort {
    fn default() -> Self {
        Self { column: SortColumn::ActivatedAt, is_descending: true }
    }
}

impl FromStr for Sort {
    type Err = UnknownSort;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (word, is_descending) = text.strip_prefix('-').map_or((text, false), |word| (word, true));
        let (_, column) = COLUMNS.iter().find(|(name, _)| *name == word).ok_or_else(|| UnknownSort(text.to_owned()))?;
        Ok(Self { column: *column, is_descending })
    }
}

/// A sort key that is not offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownSort(String);

impl Display for UnknownSort {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.contains(',') {
            return formatter.write_str("takes one column; the id breaks ties");
        }
        let columns = COLUMNS.map(|(name, _)| name).join(", ");
        write!(formatter, "unknown value {:?}; expected one of {columns}", self.0)
    }
}

impl<'de> Deserialize<'de> for Sort {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The sort key of a row at the edge of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The value of the column.
    #[serde(rename = "v")]
    pub value: KeyValue,
    /// The id.
    pub id: Uuid,
}

/// The value of a sort column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyValue {
    /// A name or a word.
    #[serde(rename = "t")]
    Text(String),
    /// A price.
    #[serde(rename = "n")]
    Number(i64),
    /// A moment.
    #[serde(rename = "i")]
    Instant(DateTime<Utc>),
    /// No renewal.
    #[serde(rename = "m")]
    Missing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_split_like_what_is_stored() {
        assert_eq!(search_words(" Ana@Ferreira-studio  writer "), ["ana", "ferreira", "studio", "writer"]);
        assert_eq!(search_words("act_01k4kneba5"), ["act_01k4kneba5"]);
        assert!(search_words(" - ").is_empty());
    }

    #[test]
    fn a_sort_is_a_column_with_an_optional_minus() {
        let sort = |text: &str| text.parse::<Sort>();
        assert_eq!(sort("-activated_at"), Ok(Sort::default()));
        assert_eq!(sort("price"), Ok(Sort { column: SortColumn::Price, is_descending: false }));
        for wrong in ["", "-", "--price", "name", "price,product"] {
            assert!(sort(wrong).is_err(), "{wrong:?} was read");
        }
    }
}
