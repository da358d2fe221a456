//! The lane under the axis: what happened on the days, each mark a button that opens the list of it.

use chrono::NaiveDate;
use leptos::prelude::*;
use shared::dto::active_users::ActiveUsersSeries;
use shared::dto::marker::{Marker, MarkerEvent, Markers};
use shared::paths;
use shared::vocab::{Compare, Permission};
use std::time::Duration;
use wasm_bindgen::JsCast as _;

use super::lane_model::{Mark, all_path, detail, happenings, marks, sign, target};
use crate::chart::view::ChartView;
use crate::chart::{Chart, Layer};
use crate::components::{dynamic, icon};
use crate::format::BROWSER;
use crate::format::words::{DateForm, counted};
use crate::state::query::Query;
use crate::state::{app_state, watch};

/// The list that an open mark shows.
const LIST: &str = "chart-mark";
const OPEN_MARK: &str = ".marker[aria-expanded=true]";
/// A dialog that goes gives the focus back, or to the heading, before this.
const AFTER_DIALOG: Duration = Duration::from_millis(80);

/// The marks of what is shown.
pub fn lane(chart: Chart) -> AnyView {
    let query = Query::<Markers>::new();
    let writes = app_state().writes;
    watch(move || {
        writes.track();
        // What happened is the same whatever it is compared with.
        let view = ChartView { compare: Compare::Prev, ..chart.view.get() };
        query.load(view.data_path(paths::ACTIVE_USERS_MARKERS, chart.scope));
    });
    // One reading of many that fails takes nothing away; what happened on other days would be a wrong answer.
    let is_lost = Memo::new(move |_| query.error.with(Option::is_some) && !query.is_answered.get());
    // With what was read for a series, where both are there.
    let read = move |act: &mut dyn FnMut(&[Marker], &ActiveUsersSeries)| {
        query.data.with(|markers| {
            chart.series.with(|series| {
                if let (Some(markers), Some(series), false) = (markers, series, is_lost.get()) {
                    act(&markers.items, series);
                }
            });
        });
    };
    watch(move || {
        chart.misses_happenings.set(is_lost.get());
        let mut all = Vec::new();
        read(&mut |markers, series| all = happenings(markers, &series.points, BROWSER));
        chart.happenings.set(all);
    });
    // The key names what the lane shows, and its signs go with it.
    on_cleanup(move || drop(chart.happenings.try_set(Vec::new())));
    let found = Memo::new(move |_| {
        let mut found = Vec::new();
        read(&mut |markers, series| {
            found = chart.geometry.with(|geometry| marks(markers, &series.points, &geometry.centers));
        });
        found
    });
    // What is open is known by its day: its place may change with the width.
    let open = RwSignal::new(None::<NaiveDate>);
    close_from_outside(open);
    close_with_day(chart, query.data, open);
    let lost = move || {
        is_lost.get().then(|| {
            view! {
                <p class="lane__lost" role="status">
                    "What happened could not be loaded – "
                    <button class="link-button" type="button" on:click=move |_| query.reload()>"Retry"</button>
                </p>
            }
        })
    };
    let buttons = move || {
        let found = found.get();
        found.into_iter().map(|mark| button(chart, mark, open)).collect_view()
    };
    view! {
        <div class="sprite" inner_html=include_str!("signs.svg")></div>
        <div class="lane__marks" data-settled=move || query.data.with(Option::is_some).then_some("")>{dynamic(buttons)}</div>
        {dynamic(lost)}
    }
    .into_any()
}

fn button(chart: Chart, mark: Mark, open: RwSignal<Option<NaiveDate>>) -> AnyView {
    let Some(day) = mark.day() else { return ().into_any() };
    let days: Vec<NaiveDate> = mark.days.iter().map(|marker| marker.on).collect();
    let is_open = Memo::new(move |_| open.get().is_some_and(|day| days.contains(&day)));
    let place = format!("{}px", whole(mark.x) - 12);
    let sign = mark.sign();
    let class = format!("marker marker--{sign}");
    let label = mark.label(BROWSER);
    let number = mark.number(BROWSER);
    let number = number.map(|number| view! { <span class="marker__n" aria-hidden="true" data-count=number></span> });
    let name = label.clone();
    let width = chart.geometry.with_untracked(|geometry| geometry.plot[2]);
    let list = move || is_open.get().then(|| list(chart, &mark, name.clone(), width));
    view! {
        <button
            class=class
            type="button"
            id=id_of(chart, day)
            style:left=place
            aria-label=label
            aria-expanded=move || if is_open.get() { "true" } else { "false" }
            aria-controls=LIST
            on:click=move |_| open.set((!is_open.get_untracked()).then_some(day))
        >
            {icon(&format!("m-{sign}"), 14)}{number}
        </button>
        {dynamic(list)}
    }
    .into_any()
}

/// Right after its button, so that Tab leads into it.
fn list(chart: Chart, mark: &Mark, label: String, width: f64) -> AnyView {
    const WIDTH: f64 = 300.0;
    // Up to the labels at the right end, where there are any.
    let room = if app_state().viewport.is_narrow.get_untracked() { 10.0 } else { 80.0 };
    let left = (mark.x - WIDTH / 2.0).min(width + room - WIDTH).max(0.0);
    let mut days: Vec<AnyView> = Vec::new();
    for here in mark.days.chunk_by(|one, other| one.on == other.on) {
        let Some(first) = here.first() else { continue };
        let rows = here.iter().map(|marker| events(chart, marker)).collect_view();
        let date = (BROWSER.date)(first.on, DateForm::WeekdayMedium);
        days.push(view! { <h3 class="marks__day">{date}</h3><ul>{rows}</ul> }.into_any());
    }
    view! {
        <div class="menu marks" id=LIST role="group" aria-label=label style:left=format!("{}px", whole(left))>{days}</div>
    }
    .into_any()
}

fn events(chart: Chart, marker: &Marker) -> AnyView {
    let rows = marker.events.iter().map(|event| self::event(chart, event)).collect_view();
    let known = i64::try_from(marker.events.len()).unwrap_or(0);
    let more = (marker.count > known).then(|| {
        let more = counted(marker.count - known, "more", "more", BROWSER);
        match all_path(marker, chart.scope) {
            Some(path) => view! { <li class="marks__event"><a href=path>{format!("And {more}")}</a></li> }.into_any(),
            None => view! { <li class="marks__event">{format!("And {more}")}</li> }.into_any(),
        }
    });
    view! { {rows}{more} }.into_any()
}

fn event(chart: Chart, event: &MarkerEvent) -> AnyView {
    let class = format!("marks__event marker--{}", sign(event.kind));
    let title = match target(event) {
        Some(path) => view! { <a href=path>{event.title.clone()}</a> }.into_any(),
        None => view! { <span>{event.title.clone()}</span> }.into_any(),
    };
    let detail = detail(event, BROWSER).map(|text| view! { <span class="marks__detail">{text}</span> });
    let may_write = app_state().session.may(Permission::NotesWrite);
    let change = event.note_id.filter(|_| may_write).map(|id| {
        let open = move |layer| move |_| chart.layer.set(Some(layer));
        let (edit, delete) = (format!("Change {}", event.title), format!("Delete {}", event.title));
        view! {
            <span class="marks__change">
                <button class="link-button" type="button" aria-label=edit on:click=open(Layer::EditNote(id))>"Change"</button>
                <button class="link-button" type="button" aria-label=delete on:click=open(Layer::DeleteNote(id))>"Delete"</button>
            </span>
        }
    });
    view! {
        <li class=class>{icon(&format!("m-{}", sign(event.kind)), 14)}<span class="marks__text">{title}{detail}{change}</span></li>
    }
    .into_any()
}

/// When nothing is left on a day, its list goes, and the focus to the mark that follows; the last one leaves it to the plot.
fn close_with_day(chart: Chart, known: RwSignal<Option<Markers>>, open: RwSignal<Option<NaiveDate>>) {
    watch(move || {
        let days: Option<Vec<NaiveDate>> =
            known.with(|known| known.as_ref().map(|known| known.items.iter().map(|marker| marker.on).collect()));
        let (Some(days), Some(day)) = (days, open.get_untracked()) else { return };
        if days.contains(&day) {
            return;
        }
        open.set(None);
        // Of several days that share a mark the first has its name.
        let mut ids: Vec<String> = days.iter().filter(|on| **on > day).map(|on| id_of(chart, *on)).collect();
        ids.extend(days.iter().rev().map(|on| id_of(chart, *on)));
        ids.push(format!("{}-plot", chart.id));
        let follow = move || {
            let is_nowhere = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
            let next = ids.iter().filter(|_| is_nowhere).find_map(|id| document().get_element_by_id(id));
            if let Some(element) = next {
                focus(element);
            }
        };
        set_timeout(follow, Duration::ZERO);
    });
}

/// The id of a mark.
fn id_of(chart: Chart, day: NaiveDate) -> String {
    format!("{}-mark-{day}", chart.id)
}

/// Gives the focus to the mark whose list is open, once the dialog over it is gone.
pub fn focus_open_mark() {
    set_timeout(
        || {
            if let Ok(Some(mark)) = document().query_selector(OPEN_MARK) {
                focus(mark);
            }
        },
        AFTER_DIALOG,
    );
}

fn focus(element: web_sys::Element) {
    let _ = element.unchecked_into::<web_sys::HtmlElement>().focus();
}

/// Esc, or a click elsewhere.
fn close_from_outside(open: RwSignal<Option<NaiveDate>>) {
    let escape = window_event_listener(leptos::ev::keydown, move |event| {
        let is_over = matches!(document().query_selector("dialog[open]"), Ok(Some(_)));
        if event.key() == "Escape" && !event.default_prevented() && !is_over && open.get_untracked().is_some() {
            event.prevent_default();
            if let Ok(Some(opener)) = document().query_selector(OPEN_MARK) {
                focus(opener);
            }
            open.set(None);
        }
    });
    let elsewhere = window_event_listener(leptos::ev::pointerdown, move |event| {
        let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let is_inside = element.is_some_and(|element| matches!(element.closest(".lane, dialog"), Ok(Some(_))));
        if !is_inside && open.get_untracked().is_some() {
            open.set(None);
        }
    });
    on_cleanup(move || {
        escape.remove();
        elsewhere.remove();
    });
}

#[expect(clippy::cast_possible_truncation, reason = "coordinates of a picture a few thousand pixels wide")]
fn whole(pixels: f64) -> i64 {
    pixels.round() as i64
}
