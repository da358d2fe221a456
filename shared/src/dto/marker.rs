//! What happened on the days of a series: the lane under the chart. It tells what coincides, never a cause.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::activation::ActivationProduct;
use super::end_user::EndUserClient;
use crate::vocab::{ActivationId, MarkerKind, Money, NoteId, NoteVisibility, PriceMigrationId, PromotionId};

/// The markers of a stretch of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Markers {
    /// The moment they are of.
    pub as_of: DateTime<Utc>,
    /// IANA name of the zone whose calendar days they stand on.
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Berlin", max_length = 64))]
    pub time_zone: String,
    /// First day of the series with the same parameters.
    pub from_on: NaiveDate,
    /// Last day of it.
    pub to_on: NaiveDate,
    /// One marker per day and kind, by day, then in the order of the kinds.
    #[cfg_attr(feature = "openapi", schema(max_items = 5117))]
    pub items: Vec<Marker>,
}

/// What happened of one kind on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Marker {
    /// The day.
    pub on: NaiveDate,
    /// What kind of thing.
    pub kind: MarkerKind,
    /// How many things.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, example = 3))]
    pub count: i64,
    /// The first of them: at most 20 on a day and 1,000 in the answer, the latest days first; `count` has all.
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub events: Vec<MarkerEvent>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MarkerEvent {
    /// What kind of thing.
    pub kind: MarkerKind,
    /// In a few words: "AI Writer activated for Café Lindenhof", the title of a promotion, the text of a note.
    #[cfg_attr(feature = "openapi", schema(example = "AI Writer activated for Café Lindenhof", max_length = 500))]
    pub title: String,
    /// The text of a promotion or a launch, if it has one.
    #[cfg_attr(feature = "openapi", schema(max_length = 500))]
    pub text: Option<String>,
    /// The day.
    pub on: NaiveDate,
    /// When exactly; null for what is of a day.
    pub at: Option<DateTime<Utc>>,
    /// Last day of a promotion, if it has one.
    pub ends_on: Option<NaiveDate>,
    /// The activation, of an activation, a pause or a deactivation.
    pub activation_id: Option<ActivationId>,
    /// What it is about; null where it is about no product.
    pub product: Option<ActivationProduct>,
    /// Whom it is about; null where it is about no client.
    pub client: Option<EndUserClient>,
    /// The price migration of a change of price.
    pub price_migration_id: Option<PriceMigrationId>,
    /// What a period cost until then.
    pub price_before: Option<Money>,
    /// What a period costs that starts on the day or later.
    pub price_after: Option<Money>,
    /// The promotion or launch.
    pub promotion_id: Option<PromotionId>,
    /// The note.
    pub note_id: Option<NoteId>,
    /// Who reads the note.
    pub visibility: Option<NoteVisibility>,
    /// Who wrote the note, or did it.
    #[cfg_attr(feature = "openapi", schema(example = "Mara Lindqvist", max_length = 200))]
    pub by: Option<String>,
}
