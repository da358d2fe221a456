//! Prefixed, opaque, sortable identifiers: a UUID v7 written as `act_01k4…` (prefix and 26 letters of Crockford's base 32).

use uuid::Uuid;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 26 letters carry 130 bits; the two highest stay zero.
const LETTERS: usize = 26;

/// A text that is not an identifier of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier that starts with {prefix}_")]
pub struct InvalidId {
    /// The prefix that was expected.
    pub prefix: &'static str,
}

fn encode(prefix: &str, id: Uuid) -> String {
    let mut text = String::with_capacity(prefix.len() + 1 + LETTERS);
    text.push_str(prefix);
    text.push('_');
    let bits = id.as_u128();
    for position in (0..LETTERS).rev() {
        let index = usize::try_from((bits >> (position * 5)) & 31).unwrap_or_default();
        text.push(char::from(ALPHABET[index]));
    }
    text
}

fn decode(prefix: &'static str, text: &str) -> Result<Uuid, InvalidId> {
    let invalid = InvalidId { prefix };
    let Some(letters) = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')) else { return Err(invalid) };
    if letters.len() != LETTERS || letters.as_bytes()[0] > b'7' {
        return Err(invalid);
    }
    let mut bits: u128 = 0;
    for letter in letters.bytes() {
        let Some(value) = ALPHABET.iter().position(|known| *known == letter) else { return Err(invalid) };
        bits = (bits << 5) | value as u128;
    }
    Ok(Uuid::from_u128(bits))
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident = $prefix:literal),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl $name {
            /// What the written form starts with, before the underscore.
            pub const PREFIX: &'static str = $prefix;
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(&encode($prefix, self.0))
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                decode($prefix, text).map(Self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some(concat!("Opaque, sortable identifier that starts with `", $prefix, "_`.")))
                    .pattern(Some(concat!("^", $prefix, "_[0-7][0-9a-hjkmnp-tv-z]{25}$")))
                    .max_length(Some(32))
                    .examples([concat!($prefix, "_01k4kneba5pr8v6j2c0d3f7g9h")])
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    )+};
}

ids! {
    /// A reseller.
    ResellerId = "res",
    /// A person who logs in for a reseller.
    MemberId = "mem",
    /// A person who runs the instance.
    OperatorId = "ope",
    /// A browser session.
    SessionId = "ses",
    /// A one-time link.
    LinkId = "lnk",
    /// An API key.
    ApiKeyId = "key",
    /// A reseller's customer.
    ClientId = "cli",
    /// A catalogue item.
    ProductId = "prd",
    /// One product's price per interval and currency.
    PriceId = "prc",
    /// A product put in service for a client.
    ActivationId = "act",
    /// A run of periods with one interval, price and anchor day.
    TermId = "trm",
    /// One paid stretch of a term.
    PeriodId = "per",
    /// A row of an activation's timeline.
    HistoryId = "his",
    /// A ledger entry.
    LedgerEntryId = "led",
    /// Money coming in.
    TopUpId = "top",
    /// A price that replaces another for what runs.
    PriceMigrationId = "prm",
    /// A state change.
    EventId = "evt",
    /// A usage event.
    UsageEventId = "use",
    /// The stable pseudonym of an end user.
    EndUserId = "eu",
    /// A renewal run of one reseller.
    RenewalRunId = "run",
    /// A message to a reseller about its renewals.
    NoticeId = "ntc",
    /// What somebody noted on a day.
    NoteId = "note",
    /// A promotion or a launch of the operator.
    PromotionId = "promo",
}
