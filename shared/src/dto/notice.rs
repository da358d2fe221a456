//! Messages about renewals and the balance, written once each.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::activation::{ActivationClient, ActivationProduct};
use crate::vocab::{ActivationId, Money, NoticeId, NoticeKind};

/// A message about one or several renewals, or about the balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// What it is about.
    pub kind: NoticeKind,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When somebody of the reseller read it; null until then.
    pub read_at: Option<DateTime<Utc>>,
    /// With `balance_low`: which amount it fell below, and what was left.
    pub balance_low: Option<BalanceLow>,
    /// The renewals together.
    pub total: Money,
    /// How many renewals it is about; none with `balance_low`.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 2))]
    pub item_count: i64,
    /// The renewals, earliest first; the first 20.
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub items: Vec<NoticeItem>,
}

/// A balance that fell below an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BalanceLow {
    /// The lowest of the reseller's thresholds that it fell below.
    pub threshold: Money,
    /// What the wallet held then.
    pub balance: Money,
}

/// A renewal a notice is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoticeItem {
    /// The activation.
    pub activation_id: ActivationId,
    /// Its product.
    pub product: ActivationProduct,
    /// Its client.
    pub client: ActivationClient,
    /// The day of the renewal, in the reseller's zone.
    pub renews_on: NaiveDate,
    /// What it costs.
    pub amount: Money,
    /// With `renewals_not_covered`: within so many days, one of 30, 14, 7, 3 and 1.
    #[cfg_attr(feature = "openapi", schema(example = 7))]
    pub within_days: Option<i64>,
}

/// Notices that were read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MarkNoticesRead {
    /// Which; those of somebody else or read already are passed over.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 200))]
    pub notice_ids: Vec<NoticeId>,
}

/// What is left to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnreadNotices {
    /// Notices nobody has read.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 1))]
    pub unread_count: i64,
}
