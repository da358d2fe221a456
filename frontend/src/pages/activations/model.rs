//! The list's view state and its address, both ways; what the filters are called. Plain Rust.
//!
//! The address is the only state: reload, back and a pasted link give the same view. Equal views have equal addresses: lists
//! are sorted, defaults are left out. Keys the app does not know are dropped, wrong values noted.

use chrono::NaiveDate;
use shared::dto::activation::ActivationCounts;
use shared::paths;
use shared::vocab::{ActivationStatus, BillingInterval, BillingState, ClientId, ProductId};

use crate::format::words::{DateForm, Texts, interval_name, status_name};
use crate::url::encoded;

/// Longest search.
pub const LONGEST_SEARCH: usize = 100;
/// Sizes a page can have.
pub const LIMITS: [u32; 3] = [25, 50, 100];
/// Newest first.
pub const DEFAULT_SORT: &str = "-activated_at";
/// Columns that can be sorted by, what they are called in a sentence, and their two directions.
pub const SORTS: [(&str, &str, &str, &str); 6] = [
    ("product", "product", "A to Z", "Z to A"),
    ("client", "client", "A to Z", "Z to A"),
    ("status", "status", "first to last", "last to first"),
    ("activated_at", "activation date", "oldest first", "newest first"),
    ("renews_at", "next renewal", "earliest first", "latest first"),
    ("price", "price", "lowest first", "highest first"),
];

/// How soon a renewal can be asked for, with what the filter calls it.
pub const RENEWS: [(&str, &str); 4] =
    [("overdue", "Overdue"), ("7d", "Within 7 days"), ("30d", "Within 30 days"), ("uncovered", "Not covered")];

/// What the list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListView {
    /// Words searched for.
    pub q: String,
    /// Only these statuses; empty: all but deactivated.
    pub status: Vec<ActivationStatus>,
    /// Only these billing states.
    pub billing_state: Vec<BillingState>,
    /// Only what will renew.
    pub is_renewing: bool,
    /// Only what renews so soon: a key of [`RENEWS`].
    pub renews: Option<&'static str>,
    /// Only these products.
    pub product: Vec<ProductId>,
    /// Only these clients.
    pub client: Vec<ClientId>,
    /// Only these intervals.
    pub billing_interval: Vec<BillingInterval>,
    /// Only activated on this day or later.
    pub activated_from: Option<NaiveDate>,
    /// Only activated on this day or earlier.
    pub activated_to: Option<NaiveDate>,
    /// Column, with `-` for descending.
    pub sort: String,
    /// Rows on a page.
    pub limit: u32,
    /// Where the page begins; empty: the first.
    pub cursor: String,
}

impl Default for ListView {
    fn default() -> Self {
        Self {
            q: String::new(),
            status: Vec::new(),
            billing_state: Vec::new(),
            is_renewing: false,
            renews: None,
            product: Vec::new(),
            client: Vec::new(),
            billing_interval: Vec::new(),
            activated_from: None,
            activated_to: None,
            sort: DEFAULT_SORT.to_owned(),
            limit: LIMITS[0],
            cursor: String::new(),
        }
    }
}

/// The view a link asks for, and whether all of it was understood.
pub fn read(query: &[(String, String)]) -> (ListView, bool) {
    let mut view = ListView::default();
    let mut is_understood = true;
    for (key, value) in query {
        let value = value.trim();
        let is_good = match key.as_str() {
            "q" => {
                view.q = value.chars().take(LONGEST_SEARCH).collect();
                true
            }
            "status" => read_list(value, &mut view.status),
            "billing_state" => read_list(value, &mut view.billing_state),
            "renewing" => {
                view.is_renewing = value == "true";
                view.is_renewing
            }
            "renews" => {
                view.renews = RENEWS.iter().map(|(key, _)| *key).find(|key| *key == value);
                view.renews.is_some()
            }
            "product" => read_list(value, &mut view.product),
            "client" => read_list(value, &mut view.client),
            "billing_interval" => read_list(value, &mut view.billing_interval),
            "activated_from" => read_date(value, &mut view.activated_from),
            "activated_to" => read_date(value, &mut view.activated_to),
            "sort" => {
                let is_known = SORTS.iter().any(|(column, ..)| value.strip_prefix('-').unwrap_or(value) == *column);
                if is_known {
                    value.clone_into(&mut view.sort);
                }
                is_known
            }
            "limit" => {
                let limit = value.parse().ok().filter(|limit| LIMITS.contains(limit));
                view.limit = limit.unwrap_or(LIMITS[0]);
                limit.is_some()
            }
            "cursor" => {
                value.clone_into(&mut view.cursor);
                true
            }
            // Not ours: ignored, and never passed on.
            _ => true,
        };
        is_understood &= is_good;
    }
    (view, is_understood)
}

fn read_list<T: std::str::FromStr + Ord>(value: &str, into: &mut Vec<T>) -> bool {
    let words: Vec<&str> = value.split(',').filter(|word| !word.is_empty()).collect();
    let members: Vec<T> = words.iter().filter_map(|word| word.parse().ok()).collect();
    let is_good = members.len() == words.len() && !words.is_empty();
    into.clear();
    for member in members {
        if !into.contains(&member) {
            insert_in_order(into, member);
        }
    }
    is_good
}

fn read_date(value: &str, into: &mut Option<NaiveDate>) -> bool {
    *into = value.parse().ok();
    into.is_some()
}

impl ListView {
    /// Whether it is looked at for what renews.
    pub fn is_about_renewals(&self) -> bool {
        self.is_renewing || self.renews.is_some() || self.sort.trim_start_matches('-') == "renews_at"
    }

    /// The pairs of the address, without defaults, in one order.
    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        let mut put = |key: &'static str, value: String| {
            if !value.is_empty() {
                pairs.push((key, value));
            }
        };
        put("q", self.q.clone());
        put("status", joined(&self.status));
        put("billing_state", joined(&self.billing_state));
        put("renewing", if self.is_renewing { "true".to_owned() } else { String::new() });
        put("renews", self.renews.unwrap_or_default().to_owned());
        put("product", joined(&self.product));
        put("client", joined(&self.client));
        put("billing_interval", joined(&self.billing_interval));
        put("activated_from", self.activated_from.map(|on| on.to_string()).unwrap_or_default());
        put("activated_to", self.activated_to.map(|on| on.to_string()).unwrap_or_default());
        put("sort", if self.sort == DEFAULT_SORT { String::new() } else { self.sort.clone() });
        put("limit", if self.limit == LIMITS[0] { String::new() } else { self.limit.to_string() });
        put("cursor", self.cursor.clone());
        pairs
    }

    /// The page's address.
    pub fn page_path(&self) -> String {
        let query = encode(&self.pairs());
        if query.is_empty() { "/activations".to_owned() } else { format!("/activations?{query}") }
    }

    /// The address of the data.
    pub fn data_path(&self) -> String {
        let mut pairs = self.pairs();
        pairs.retain(|(key, _)| *key != "limit");
        pairs.push(("limit", self.limit.to_string()));
        pairs.push(("include_total", "true".to_owned()));
        format!("{}?{}", paths::ACTIVATIONS, encode(&pairs))
    }

    /// The same from the first page on: filters, search, sort and size drop the cursor.
    pub fn from_start(mut self) -> Self {
        self.cursor.clear();
        self
    }

    /// Without any filter and search; sort and size stay.
    pub fn without_filters(&self) -> Self {
        Self { sort: self.sort.clone(), limit: self.limit, ..Self::default() }
    }

    /// Sorted by a column: descending first, then ascending. Texts begin with ascending.
    pub fn sorted_by(&self, column: &str) -> Self {
        let descending = format!("-{column}");
        let sort = if self.sort == descending {
            column.to_owned()
        } else if self.sort == column || !matches!(column, "product" | "client") {
            descending
        } else {
            column.to_owned()
        };
        Self { sort, ..self.clone() }.from_start()
    }

    /// "sorted by activation date, newest first"
    pub fn sort_sentence(&self) -> String {
        let (column, is_descending) = match self.sort.strip_prefix('-') {
            Some(column) => (column, true),
            None => (self.sort.as_str(), false),
        };
        let known = SORTS.iter().find(|(key, ..)| *key == column);
        known.map_or_else(String::new, |(_, name, ascending, descending)| {
            format!("sorted by {name}, {}", if is_descending { descending } else { ascending })
        })
    }

    /// Each active filter, what it is called, and the view without it.
    pub fn chips(&self, counts: Option<&ActivationCounts>, texts: Texts<'_>) -> Vec<Chip> {
        let mut chips = Vec::new();
        let mut chip = |name: &'static str, value: String, without: Self| {
            chips.push(Chip { name, value, without: without.from_start() });
        };
        let date = |on: NaiveDate| (texts.date)(on, DateForm::Medium);
        if !self.status.is_empty() {
            let names = self.status.iter().map(|status| status_name(*status)).collect::<Vec<_>>().join(", ");
            chip("Status", names, Self { status: Vec::new(), ..self.clone() });
        }
        if !self.billing_state.is_empty() {
            let names =
                self.billing_state.iter().map(|state| billing_state_name(*state)).collect::<Vec<_>>().join(", ");
            chip("Billing", names, Self { billing_state: Vec::new(), ..self.clone() });
        }
        if self.is_renewing {
            chip("Renewal", "Will renew".to_owned(), Self { is_renewing: false, ..self.clone() });
        }
        if let Some((_, name)) = RENEWS.iter().find(|(key, _)| self.renews == Some(key)) {
            chip("Renews", (*name).to_owned(), Self { renews: None, ..self.clone() });
        }
        if !self.product.is_empty() {
            let names = self.product.iter().map(|id| product_name(*id, counts)).collect::<Vec<_>>().join(", ");
            chip("Product", names, Self { product: Vec::new(), ..self.clone() });
        }
        if !self.client.is_empty() {
            let value =
                if self.client.len() == 1 { "One client".to_owned() } else { format!("{} clients", self.client.len()) };
            chip("Client", value, Self { client: Vec::new(), ..self.clone() });
        }
        if !self.billing_interval.is_empty() {
            let names =
                self.billing_interval.iter().map(|interval| interval_name(*interval)).collect::<Vec<_>>().join(", ");
            chip("Interval", names, Self { billing_interval: Vec::new(), ..self.clone() });
        }
        if let Some(on) = self.activated_from {
            chip("Activated from", date(on), Self { activated_from: None, ..self.clone() });
        }
        if let Some(on) = self.activated_to {
            chip("Activated to", date(on), Self { activated_to: None, ..self.clone() });
        }
        if !self.q.is_empty() {
            chip("Search", self.q.clone(), Self { q: String::new(), ..self.clone() });
        }
        chips
    }
}

/// An active filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// "Status"
    pub name: &'static str,
    /// "Active, Paused"
    pub value: String,
    /// The view without this filter.
    pub without: ListView,
}

/// The billing state as filters call it.
pub const fn billing_state_name(state: BillingState) -> &'static str {
    match state {
        BillingState::Current => "Paid",
        BillingState::Grace => "Renewal failed",
        BillingState::Ending => "Ending",
    }
}

fn product_name(id: ProductId, counts: Option<&ActivationCounts>) -> String {
    let known = counts.and_then(|counts| counts.by_product.iter().find(|known| known.product.id == id));
    known.map_or_else(|| "Another product".to_owned(), |known| known.product.name.clone())
}

fn joined<T: ToString>(members: &[T]) -> String {
    members.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn encode(pairs: &[(&'static str, String)]) -> String {
    let pair = |(key, value): &(&'static str, String)| format!("{key}={}", encoded(value, b","));
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// The lists are short: sorting them would bring more code than all of this file.
fn insert_in_order<T: Ord>(members: &mut Vec<T>, member: T) {
    let place = members.iter().take_while(|known| **known < member).count();
    members.insert(place, member);
}

/// Adds a member to a filter, or takes it out; the order is kept the same for equal views.
pub fn toggle<T: Ord + Copy>(members: &mut Vec<T>, member: T) {
    if let Some(position) = members.iter().position(|known| *known == member) {
        members.remove(position);
    } else {
        insert_in_order(members, member);
    }
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
