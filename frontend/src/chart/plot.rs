//! The picture, and crosshair and tooltip over it. One tab stop; pointer, touch and keyboard lead to the same bucket.

use crate::components::dynamic;
use crate::state::watch;
use std::fmt::Write as _;
use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use shared::dto::active_users::ActiveUsersSeries;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{ResizeObserver, ResizeObserverEntry};

use super::draw::{Geometry, draw};
use super::model::{Row, moved, picture, rows, summary};
use crate::format::BROWSER;
use crate::state::app_state;

const NARROW_HEIGHT: u32 = 220;
const TIP_WIDTH: f64 = 204.0;
const TIP_DISTANCE: f64 = 12.0;

/// The plot of a series, as wide as the room it finds.
#[component]
pub fn Plot(
    /// The series.
    series: Signal<Option<ActiveUsersSeries>>,
    /// Its height on wide screens.
    height: u32,
) -> impl IntoView {
    let state = app_state();
    let frame = NodeRef::<html::Div>::new();
    let width = measured_width(frame);
    let is_narrow = state.viewport.is_narrow;
    let height = Signal::derive(move || if is_narrow.get() { NARROW_HEIGHT } else { height });
    let drawn = Memo::new(move |_| {
        let size = (width.get(), height.get());
        series.with(|series| match series {
            Some(series) if size.0 > 0 => draw(&picture(series, size, is_narrow.get(), BROWSER)),
            _ => (String::new(), Geometry::default()),
        })
    });
    let rows = Memo::new(move |_| {
        series.with(|series| series.as_ref().map(|series| rows(series, BROWSER)).unwrap_or_default())
    });
    let at = RwSignal::new(None::<usize>);
    let row = Memo::new(move |_| rows.with(|rows| rows.get(at.get()?).cloned()));
    announce_row(row);

    let point_at = move |event: web_sys::PointerEvent| {
        if let Some(frame) = frame.get_untracked() {
            let x = f64::from(event.client_x()) - frame.get_bounding_client_rect().left();
            at.set(drawn.with_untracked(|(_, geometry)| geometry.nearest(x)));
        }
    };
    let key = move |event: web_sys::KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        if event.key() == "Escape" {
            at.set(None);
        } else if let Some(next) = moved(&event.key(), at.get_untracked(), rows.with_untracked(Vec::len)) {
            event.prevent_default();
            at.set(Some(next));
        }
    };
    let label =
        move || series.with(|series| series.as_ref().map(|series| summary(series, BROWSER).text())).unwrap_or_default();
    let marks = move || drawn.with(|(marks, _)| marks.clone());
    let crosshair = move || drawn.with(|(_, geometry)| at.get().map(|at| crosshair(geometry, at)).unwrap_or_default());
    let tip_left =
        move || drawn.with(|(_, geometry)| format!("{}px", tenths(tip_left(geometry, at.get().unwrap_or_default()))));
    let tip = move || {
        let row = row.get()?;
        Some(view! { <div class="chart-tip" style:left=tip_left>{tip_rows(row)}</div> })
    };
    view! {
        <div
            class="chart__plot"
            tabindex="0"
            role="group"
            aria-label=move || format!("{} Use the arrow keys to walk through the values.", label())
            on:keydown=key
            on:focus=move |_| if at.get_untracked().is_none() { at.set(rows.with_untracked(|rows| rows.len().checked_sub(1))) }
            on:blur=move |_| at.set(None)
        >
            <div
                class="chart__frame"
                node_ref=frame
                on:pointermove=point_at
                on:pointerdown=point_at
                on:pointerleave=move |event: web_sys::PointerEvent| if event.pointer_type() == "mouse" { at.set(None) }
            >
                <svg class="chart__svg" width=move || width.get() height=move || height.get() role="img" aria-label=label inner_html=marks></svg>
                <svg class="chart__over" width=move || width.get() height=move || height.get() aria-hidden="true" inner_html=crosshair></svg>
                {dynamic(tip)}
            </div>
        </div>
    }
}

/// Whole pixels of the element, followed as it changes.
pub(crate) fn measured_width(frame: NodeRef<html::Div>) -> Signal<u32> {
    let width = RwSignal::new(0_u32);
    let observer = StoredValue::new_local(None::<ResizeObserver>);
    watch(move || {
        let Some(frame) = frame.get() else { return };
        let changed = Closure::<dyn Fn(js_sys::Array)>::new(move |entries: js_sys::Array| {
            let entry = entries.get(0).unchecked_into::<ResizeObserverEntry>();
            width.set(whole_pixels(entry.content_rect().width()));
        });
        if let Ok(made) = ResizeObserver::new(changed.as_ref().unchecked_ref()) {
            made.observe(&frame);
            observer.set_value(Some(made));
            // Lives as long as the observer, which the browser may call until it is disconnected.
            changed.forget();
        }
    });
    on_cleanup(move || {
        if let Some(Some(observer)) = observer.try_get_value() {
            observer.disconnect();
        }
    });
    width.into()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the width of an element on screen")]
fn whole_pixels(width: f64) -> u32 {
    width.max(0.0).floor() as u32
}

/// Reads the value out once the reader has stopped for a moment.
fn announce_row(row: Memo<Option<Row>>) {
    let announcer = app_state().announcer;
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    watch(move || {
        let text = row.get().map(|row| row.spoken());
        if let Some(Some(earlier)) = waiting.try_get_value() {
            earlier.clear();
        }
        let Some(text) = text else { return };
        let say = move || announcer.say(&text);
        waiting.set_value(set_timeout_with_handle(say, Duration::from_millis(500)).ok());
    });
}

fn crosshair(geometry: &Geometry, at: usize) -> String {
    let Some(x) = geometry.centers.get(at) else { return String::new() };
    let [_, top, _, bottom] = geometry.plot;
    let (x, top, bottom) = (tenths(*x), tenths(top), tenths(bottom));
    let mut marks = format!(r#"<line class="cross" x1="{x}" x2="{x}" y1="{top}" y2="{bottom}"/>"#);
    let dots = [("dot dot--prevfocus", "3.5", &geometry.previous), ("dot dot--focus", "4.5", &geometry.values)];
    for (class, radius, heights) in dots {
        if let Some(Some(y)) = heights.get(at) {
            let y = tenths(*y);
            let _ = write!(marks, r#"<circle class="{class}" cx="{x}" cy="{y}" r="{radius}"/>"#);
        }
    }
    marks
}

/// A coordinate with one decimal.
#[expect(clippy::cast_possible_truncation, reason = "coordinates of a picture a few thousand pixels wide")]
fn tenths(pixels: f64) -> String {
    let tenths = (pixels * 10.0).round() as i64;
    format!("{}.{}", tenths / 10, tenths.abs() % 10)
}

/// Beside the crosshair, on the side with room.
fn tip_left(geometry: &Geometry, at: usize) -> f64 {
    let Some(x) = geometry.centers.get(at) else { return 0.0 };
    let right = x + TIP_DISTANCE;
    if right + TIP_WIDTH <= geometry.plot[2] + 40.0 { right } else { (x - TIP_DISTANCE - TIP_WIDTH).max(0.0) }
}

fn tip_rows(row: Row) -> AnyView {
    let swatch = |class| {
        let line = r#"<line x1="0" x2="14" y1="4" y2="4"/>"#;
        view! { <svg class=class viewBox="0 0 14 8" aria-hidden="true" inner_html=line></svg> }
    };
    let so_far = if row.is_running { " so far" } else { "" };
    let previous = row.previous.map(|(name, value)| {
        view! { <p class="chart-tip__row">{swatch("swatch swatch--prev")}<span>{name}</span><span>{value}</span></p> }
    });
    let change = row.change.map(|change| {
        view! { <p class="chart-tip__row"><span>"Change"</span><span>{change}</span></p> }
    });
    view! {
        <p class="chart-tip__date">{row.name}</p>
        <p class="chart-tip__row chart-tip__row--main">{swatch("swatch")}<span>"Active users"{so_far}</span><span>{row.value}</span></p>
        {previous}
        {change}
    }
    .into_any()
}
