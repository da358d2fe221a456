//! The field's terms as types: one word per thing, used in code, tables, JSON and on screen.

mod activation;
mod billing_interval;
mod catalogue;
mod currency;
mod ids;
mod ledger;
mod marker;
mod money;
mod range;
mod renewal;
mod report;
mod role;
mod usage;

pub use activation::{ActivationAction, ActivationStatus, BillingState, HistoryKind, TakesEffect};
pub use billing_interval::BillingInterval;
pub use catalogue::{ProductStatus, Provisioning};
pub use currency::{Currency, UnknownCurrency};
pub use ids::{
    ActivationId, ApiKeyId, ClientId, EndUserId, EventId, HistoryId, InvalidId, LedgerEntryId, LinkId, MemberId,
    NoteId, NoticeId, OperatorId, PeriodId, PriceId, PriceMigrationId, ProductId, PromotionId, RenewalRunId,
    ResellerId, SessionId, TermId, TopUpId, UsageEventId,
};
pub use ledger::{LedgerAccountKind, LedgerCheck, LedgerEntryKind, TopUpMethod, TopUpStatus};
pub use marker::{MarkerKind, NoteVisibility, PromotionKind, PromotionScope};
pub use money::{InvalidMoney, MAX_MINOR, Money};
pub use range::{Bucket, Compare, Measure, Range};
pub use renewal::{BalanceLevel, NoticeKind, RunTrigger, RunwayState};
pub use report::{CostBy, DecisionReason, Figure, RowsKind, Suggestion};
pub use role::{ActorKind, MemberStatus, Permission, Role};
pub use usage::UsageEventOutcome;

/// Declares an enumeration whose members have one fixed `lower_snake` word: in JSON, in the database and in URLs.
///
/// The word is taken as it stands: as a `literal` it would come in a group, in which the OpenAPI document does not look for it.
macro_rules! word_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:tt),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// Every member, in the order in which it is declared.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word used in JSON, in the database and in URLs.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::vocab::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::vocab::UnknownWord { given: text.to_owned(), expected: &[$($word),+] }),
                }
            }
        }
    };
}
pub(crate) use word_enum;

/// A word that is not a member of the enumeration it was read as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown value {given:?}; expected one of {}", expected.join(", "))]
pub struct UnknownWord {
    /// What was given.
    pub given: String,
    /// What would have been understood.
    pub expected: &'static [&'static str],
}

#[cfg(test)]
mod tests;
