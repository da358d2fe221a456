//! An amount of one currency in integer minor units.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Currency, UnknownCurrency};

/// The largest amount that can be written or read, in minor units either side of zero.
pub const MAX_MINOR: i64 = 1_000_000_000_000;

/// An amount of one currency.
///
/// Stored and added as integer minor units; written as `{"amount":"54.00","currency":"USD"}` with exactly the
/// currency's digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// The amount in minor units (cents for EUR, yen for JPY, fils for KWD).
    pub minor: i64,
    /// Its currency.
    pub currency: Currency,
}

/// Why a text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMoney {
    /// Signs, spaces, exponents, leading zeros or no digits at all.
    #[error("{0:?} is not a decimal number such as 54.00")]
    Malformed(String),
    /// More decimals than the currency has.
    #[error("{amount:?} has more than the {digits} decimals of {currency}")]
    TooPrecise {
        /// What was given.
        amount: String,
        /// Digits the currency has.
        digits: u32,
        /// The currency.
        currency: Currency,
    },
    /// Beyond [`MAX_MINOR`].
    #[error("{0:?} is out of range")]
    OutOfRange(String),
    /// Not an ISO 4217 code.
    #[error(transparent)]
    Currency(#[from] UnknownCurrency),
}

impl Money {
    /// An amount from minor units.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads an amount: 0 up to the currency's decimals, no `+`, exponent, spaces or leading zeros. Never rounds.
    pub fn parse(amount: &str, currency: Currency) -> Result<Self, InvalidMoney> {
        let malformed = || InvalidMoney::Malformed(amount.to_owned());
        let unsigned = amount.strip_prefix('-').unwrap_or(amount);
        let (whole, fraction) = match unsigned.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return Err(malformed()),
            None => (unsigned, ""),
        };
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let has_leading_zero = whole.len() > 1 && whole.starts_with('0');
        if whole.is_empty() || has_leading_zero || !is_digits(whole) || !is_digits(fraction) {
            return Err(malformed());
        }
        let digits = currency.digits();
        if fraction.len() > digits as usize {
            return Err(InvalidMoney::TooPrecise { amount: amount.to_owned(), digits, currency });
        }
        let out_of_range = || InvalidMoney::OutOfRange(amount.to_owned());
        let mut decimal: Decimal = amount.parse().map_err(|_| out_of_range())?;
        decimal.rescale(digits);
        if decimal.scale() != digits {
            return Err(out_of_range());
        }
        let minor = i64::try_from(decimal.mantissa()).map_err(|_| out_of_range())?;
        if minor.abs() > MAX_MINOR || (minor == 0 && amount.starts_with('-')) {
            return Err(if minor == 0 { malformed() } else { out_of_range() });
        }
        Ok(Self { minor, currency })
    }

    /// The amount as a decimal string with exactly the currency's digits, without the currency.
    pub fn amount(self) -> String {
        Decimal::from_i128_with_scale(i128::from(self.minor), self.currency.digits()).to_string()
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}", self.amount(), self.currency)
    }
}

/// How money looks on the wire.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Money))]
#[serde(deny_unknown_fields)]
struct WireMoney {
    /// The amount as a decimal string with at most the currency's decimals.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "54.00", pattern = r"^-?(0|[1-9][0-9]{0,12})(\.[0-9]{1,4})?$", max_length = 19)
    )]
    amount: String,
    /// ISO 4217 currency code.
    currency: Currency,
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WireMoney { amount: self.amount(), currency: self.currency }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = WireMoney::deserialize(deserializer)?;
        Self::parse(&wire.amount, wire.currency).map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Money {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        <WireMoney as utoipa::PartialSchema>::schema()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Money {
    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>) {
        <WireMoney as utoipa::ToSchema>::schemas(schemas);
    }
}
