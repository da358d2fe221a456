//! Cursor pages, the form of every list.

use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The rows, in the order that was asked for; at most `limit`.
    #[cfg_attr(feature = "openapi", schema(max_items = 200))]
    pub items: Vec<T>,
    /// Where this page stands in the list.
    pub page: PageInfo,
}

/// Where a page stands in its list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PageInfo {
    /// Pass as `cursor` for the page after this one; null on the last.
    #[cfg_attr(feature = "openapi", schema(max_length = 1000))]
    pub next_cursor: Option<String>,
    /// Pass as `cursor` for the page before this one; null on the first.
    #[cfg_attr(feature = "openapi", schema(max_length = 1000))]
    pub prev_cursor: Option<String>,
    /// Rows in the whole list; only with `include_total=true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 96))]
    pub total: Option<i64>,
}

impl<T> Page<T> {
    /// The same page with the length of the whole list and each row made into another.
    pub fn with<U>(self, total: Option<i64>, convert: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(convert).collect(), page: PageInfo { total, ..self.page } }
    }
}
