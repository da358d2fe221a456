//! A promotion or a launch as it is being written and as it is told, and which resellers a form offers. Plain Rust.

use chrono::NaiveDate;
use shared::dto::promotion::{CreatePromotionRequest, PatchPromotionRequest, Promotion};
use shared::vocab::{PromotionKind, PromotionScope, ResellerId};
use std::collections::{BTreeMap, BTreeSet};

use crate::chart::model::between;
use crate::format::words::{DateForm, Texts, counted};

/// More resellers than this are found by their name.
pub const MOST_OFFERED: usize = 50;
/// More than this are told by their number.
const MOST_NAMED: usize = 2;

/// The resellers that are known, by their names.
pub type Names = BTreeMap<ResellerId, String>;

/// What stands in the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// What it is.
    pub kind: PromotionKind,
    /// In a few words.
    pub title: String,
    /// More about it.
    pub text: String,
    /// First day, as typed.
    pub starts_on: String,
    /// Last day, as typed.
    pub ends_on: String,
    /// Who sees it.
    pub scope: PromotionScope,
    /// With `chosen`: the resellers.
    pub chosen: BTreeSet<ResellerId>,
}

impl Form {
    /// What is sent, or what is wrong and where: by the pointers of the API.
    pub fn request(&self) -> Result<CreatePromotionRequest, Vec<(&'static str, &'static str)>> {
        let starts_on = self.starts_on.parse::<NaiveDate>().ok();
        let ends_on = Some(self.ends_on.as_str()).filter(|text| !text.is_empty()).map(str::parse::<NaiveDate>);
        let is_chosen = self.scope == PromotionScope::Chosen;
        let checks = [
            (self.title.trim().is_empty(), "/title", "Give a title."),
            (starts_on.is_none(), "/starts_on", "Enter the first day as a date."),
            (matches!(ends_on, Some(Err(_))), "/ends_on", "Enter the last day as a date, or leave it empty."),
            (
                matches!((starts_on, ends_on), (Some(first), Some(Ok(last))) if last < first),
                "/ends_on",
                "The last day is before the first.",
            ),
            (is_chosen && self.chosen.is_empty(), "/reseller_ids", "Choose at least one reseller."),
        ];
        let wrong: Vec<_> =
            checks.into_iter().filter(|(is_wrong, ..)| *is_wrong).map(|(_, at, say)| (at, say)).collect();
        let Some(starts_on) = starts_on.filter(|_| wrong.is_empty()) else { return Err(wrong) };
        Ok(CreatePromotionRequest {
            kind: self.kind,
            title: self.title.trim().to_owned(),
            text: Some(self.text.trim().to_owned()).filter(|text| !text.is_empty()),
            starts_on,
            ends_on: ends_on.and_then(Result::ok),
            scope: self.scope,
            reseller_ids: if is_chosen { self.chosen.iter().copied().collect() } else { Vec::new() },
        })
    }
}

impl Default for Form {
    fn default() -> Self {
        Self {
            kind: PromotionKind::Promotion,
            title: String::new(),
            text: String::new(),
            starts_on: String::new(),
            ends_on: String::new(),
            scope: PromotionScope::All,
            chosen: BTreeSet::new(),
        }
    }
}

impl From<&Promotion> for Form {
    fn from(event: &Promotion) -> Self {
        Self {
            kind: event.kind,
            title: event.title.clone(),
            text: event.text.clone().unwrap_or_default(),
            starts_on: event.starts_on.to_string(),
            ends_on: event.ends_on.map(|on| on.to_string()).unwrap_or_default(),
            scope: event.scope,
            chosen: event.reseller_ids.iter().copied().collect(),
        }
    }
}

/// All of it, for one that is there already.
pub fn patch(request: CreatePromotionRequest) -> PatchPromotionRequest {
    PatchPromotionRequest {
        kind: Some(request.kind),
        title: Some(request.title),
        text: Some(request.text),
        starts_on: Some(request.starts_on),
        ends_on: Some(request.ends_on),
        scope: Some(request.scope),
        reseller_ids: Some(request.reseller_ids),
    }
}

/// The word for its kind.
pub const fn kind_name(kind: PromotionKind) -> &'static str {
    match kind {
        PromotionKind::Promotion => "Promotion",
        PromotionKind::Launch => "Launch",
    }
}

/// "10 Nov – 20 Nov 2026"; without a last day the first alone.
pub fn days(event: &Promotion, texts: Texts<'_>) -> String {
    match event.ends_on {
        Some(ends_on) => between(event.starts_on, ends_on, texts),
        None => (texts.date)(event.starts_on, DateForm::Medium),
    }
}

/// "All resellers", "Harbour Digital", "Harbour Digital, Nordlicht and 3 more"; by number while the names are not known.
pub fn audience(event: &Promotion, names: &Names, texts: Texts<'_>) -> String {
    if event.scope == PromotionScope::All {
        return "All resellers".to_owned();
    }
    let known: Vec<&str> = event.reseller_ids.iter().filter_map(|id| names.get(id)).map(String::as_str).collect();
    let all = event.reseller_ids.len();
    if known.is_empty() {
        return counted(i64::try_from(all).unwrap_or(i64::MAX), "reseller", "resellers", texts);
    }
    let named = &known[..known.len().min(MOST_NAMED)];
    match all - named.len() {
        0 => named.join(" and "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// The resellers a form offers: those that are chosen, then those whose name has what is typed, by name; and how many more
/// there are. An id that is typed is offered as well, be it known or not.
pub fn offered(names: &Names, chosen: &BTreeSet<ResellerId>, typed: &str) -> (Vec<(ResellerId, String)>, usize) {
    let typed = typed.trim().to_lowercase();
    let id = typed.parse::<ResellerId>().ok();
    let name = |id: ResellerId| (id, names.get(&id).cloned().unwrap_or_else(|| id.to_string()));
    let by_name = |list: &mut Vec<(ResellerId, String)>| list.sort_by_cached_key(|(_, name)| name.to_lowercase());
    let mut first: Vec<_> = chosen.iter().copied().chain(id.filter(|id| !chosen.contains(id))).map(name).collect();
    by_name(&mut first);
    let is_asked = |(id, name): &(&ResellerId, &String)| !chosen.contains(id) && name.to_lowercase().contains(&typed);
    let mut rest: Vec<_> = names.iter().filter(is_asked).map(|(id, name)| (*id, name.clone())).collect();
    by_name(&mut rest);
    let more = rest.len().saturating_sub(MOST_OFFERED);
    rest.truncate(MOST_OFFERED);
    first.extend(rest);
    (first, more)
}

#[cfg(test)]
#[path = "event_model_tests.rs"]
mod tests;
