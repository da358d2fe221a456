//! Where the marks of the days stand, what they are called and what they tell. Plain Rust.
//!
//! Marks that would overlap are one. It tells what coincides, never a cause.

use chrono::NaiveDate;
use shared::dto::active_users::ActiveUsersPoint;
use shared::dto::marker::{Marker, MarkerEvent};
use shared::vocab::{ActivationStatus, MarkerKind, NoteVisibility};

use crate::chart::Happening;
use crate::chart::view::{Scope, with_query};
use crate::format::words::{DateForm, Texts, counted};

/// A target is at least as wide.
const LEAST_WIDTH: f64 = 24.0;
/// Its sign, and what is left between that and the number.
const SIGN_WIDTH: f64 = 16.0;
/// As wide as a digit gets in the usual system fonts.
const DIGIT_WIDTH: f64 = 9.0;
/// Targets are at least so many pixels apart.
const GAP: f64 = 3.0;
/// More than this is said in the list alone.
const MOST_COUNTED: i64 = 99;

/// A mark in the lane: what happened on a day, or on several that lie too close.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Its centre in pixels.
    pub x: f64,
    /// The days, oldest first, each with what happened on it.
    pub days: Vec<Marker>,
}

impl Mark {
    /// The first day, by which it is known: its place may change with the width.
    pub fn day(&self) -> Option<NaiveDate> {
        self.days.first().map(|marker| marker.on)
    }

    /// The sign: what outranks the rest.
    pub fn sign(&self) -> &'static str {
        let kinds = self.days.iter().map(|marker| marker.kind);
        kinds.min_by_key(|kind| rank(*kind)).map_or("act", sign)
    }

    /// How many things happened.
    pub fn count(&self) -> i64 {
        self.days.iter().map(|marker| marker.count).sum()
    }

    /// The number beside the sign: "12", "99+"; none where one thing happened.
    pub fn number(&self, texts: Texts<'_>) -> Option<String> {
        match self.count() {
            ..=1 => None,
            count @ ..=MOST_COUNTED => Some((texts.count)(count)),
            _ => Some(format!("{}+", (texts.count)(MOST_COUNTED))),
        }
    }

    /// Its width; it begins half the least width before its centre.
    fn width(&self) -> f64 {
        let digits = match self.count() {
            ..=9 => 0.0,
            10..=MOST_COUNTED => 2.0,
            _ => 3.0,
        };
        (SIGN_WIDTH + digits * DIGIT_WIDTH).max(LEAST_WIDTH)
    }

    /// "5 Nov 2026: 2 activations, Autumn offer"
    pub fn label(&self, texts: Texts<'_>) -> String {
        let days = match (self.days.first(), self.days.last()) {
            (Some(first), Some(last)) => crate::chart::model::between(first.on, last.on, texts),
            _ => String::new(),
        };
        let what: Vec<String> = self.days.iter().flat_map(|marker| told(marker, texts)).collect();
        format!("{days}: {}", what.join(", "))
    }
}

/// The marks of a series: `points` are its buckets and `centers` where they stand.
pub fn marks(markers: &[Marker], points: &[ActiveUsersPoint], centers: &[f64]) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for marker in markers {
        let Some(x) = bucket_of(marker.on, points).and_then(|bucket| centers.get(bucket).copied()) else { continue };
        match marks.last_mut().filter(|last| x - last.x < last.width() + GAP) {
            Some(last) => last.days.push(marker.clone()),
            None => marks.push(Mark { x, days: vec![marker.clone()] }),
        }
    }
    marks
}

/// What tooltips and the table tell, by bucket and rank. `markers` are in the order of their days.
pub fn happenings(markers: &[Marker], points: &[ActiveUsersPoint], texts: Texts<'_>) -> Vec<Happening> {
    let placed: Vec<(usize, &Marker)> =
        markers.iter().filter_map(|marker| Some((bucket_of(marker.on, points)?, marker))).collect();
    let mut happenings = Vec::new();
    for here in placed.chunk_by(|(one, _), (other, _)| one == other) {
        let Some((bucket, _)) = here.first() else { continue };
        for kind in BY_RANK {
            let of_kind: Vec<&Marker> =
                here.iter().map(|(_, marker)| *marker).filter(|marker| marker.kind == kind).collect();
            if let Some(all) = together(&of_kind) {
                let tell = |text| Happening { bucket: *bucket, sign: sign(kind), text };
                happenings.extend(told(&all, texts).into_iter().map(tell));
            }
        }
    }
    happenings
}

/// Markers of one kind as one.
fn together(markers: &[&Marker]) -> Option<Marker> {
    let mut all = Marker { events: Vec::new(), count: 0, ..(*markers.first()?).clone() };
    for marker in markers {
        all.count += marker.count;
        all.events.extend(marker.events.iter().cloned());
    }
    Some(all)
}

/// What of one kind happened: one thing by its title, promotions and notes always; several others as a number.
fn told(marker: &Marker, texts: Texts<'_>) -> Vec<String> {
    let has_all = usize::try_from(marker.count).is_ok_and(|count| count == marker.events.len());
    let are_titles = matches!(marker.kind, MarkerKind::Promotion | MarkerKind::Launch | MarkerKind::Note);
    if has_all && (are_titles || marker.count == 1) {
        return marker.events.iter().map(|event| event.title.clone()).collect();
    }
    let (one, many) = names(marker.kind);
    vec![counted(marker.count, one, many, texts)]
}

fn bucket_of(on: NaiveDate, points: &[ActiveUsersPoint]) -> Option<usize> {
    let bucket = points.partition_point(|point| point.to_on < on);
    points.get(bucket).filter(|point| point.from_on <= on).map(|_| bucket)
}

/// Kinds by what outranks what in the sign of a mark.
const BY_RANK: [MarkerKind; 7] = [
    MarkerKind::Promotion,
    MarkerKind::Launch,
    MarkerKind::Note,
    MarkerKind::PriceChange,
    MarkerKind::Deactivation,
    MarkerKind::Pause,
    MarkerKind::Activation,
];

fn rank(kind: MarkerKind) -> usize {
    BY_RANK.iter().position(|known| *known == kind).unwrap_or(BY_RANK.len())
}

/// The sign of a kind: the name of an icon and of a colour.
pub const fn sign(kind: MarkerKind) -> &'static str {
    match kind {
        MarkerKind::Activation => "act",
        MarkerKind::Pause => "pause",
        MarkerKind::Deactivation => "end",
        MarkerKind::PriceChange => "price",
        MarkerKind::Promotion => "promo",
        MarkerKind::Launch => "launch",
        MarkerKind::Note => "note",
    }
}

const fn names(kind: MarkerKind) -> (&'static str, &'static str) {
    match kind {
        MarkerKind::Activation => ("activation", "activations"),
        MarkerKind::Pause => ("pause", "pauses"),
        MarkerKind::Deactivation => ("deactivation", "deactivations"),
        MarkerKind::PriceChange => ("price change", "price changes"),
        MarkerKind::Promotion => ("promotion", "promotions"),
        MarkerKind::Launch => ("launch", "launches"),
        MarkerKind::Note => ("note", "notes"),
    }
}

/// What stands below the title of an event: who, until when, what it cost and costs.
pub fn detail(event: &MarkerEvent, texts: Texts<'_>) -> Option<String> {
    let until = event.ends_on.map(|on| format!("until {}", (texts.date)(on, DateForm::Medium)));
    let price = event.price_before.zip(event.price_after);
    let price = price.map(|(before, after)| format!("{} → {}", (texts.money)(before), (texts.money)(after)));
    let visibility = event.visibility.map(|visibility| seen_by(visibility).to_owned());
    let by = event.by.as_ref().map(|by| format!("by {by}"));
    let parts: Vec<String> = [event.text.clone(), price, until, by, visibility].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// Who reads a note.
pub const fn seen_by(visibility: NoteVisibility) -> &'static str {
    match visibility {
        NoteVisibility::Personal => "only you see it",
        NoteVisibility::Team => "seen by your team",
    }
}

/// The list that has all of a marker, also what was switched off since; none where no list has it.
pub fn all_path(marker: &Marker, scope: Scope) -> Option<String> {
    if marker.kind != MarkerKind::Activation || matches!(scope, Scope::Activation(_)) {
        return None;
    }
    let statuses: Vec<&str> = ActivationStatus::ALL.iter().map(|status| status.as_str()).collect();
    let status = format!("status={}", statuses.join(","));
    let days = format!("activated_from={0}&activated_to={0}", marker.on);
    Some(with_query("/activations", &[status, scope.query(), days]))
}

/// Where an event leads.
pub fn target(event: &MarkerEvent) -> Option<String> {
    if let Some(id) = event.activation_id {
        return Some(format!("/activations/{id}"));
    }
    event.product.as_ref().map(|product| format!("/reports/products/{}", product.id))
}

#[cfg(test)]
#[path = "lane_model_tests.rs"]
mod tests;
