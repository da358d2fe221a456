//! The picture, and crosshair and tooltip over it. One tab stop; pointer, touch and keyboard lead to the same bucket.

use crate::components::{dynamic, icon};
use crate::state::watch;
use std::fmt::Write as _;
use std::time::Duration;

use chrono::NaiveDate;
use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{ResizeObserver, ResizeObserverEntry};

use super::draw::{Geometry, draw};
use super::model::{Frame, Row, moved, people_path, picture, rows};
use super::{Chart, Happening};
use crate::format::BROWSER;
use crate::parts;
use crate::state::app_state;

const NARROW_HEIGHT: u32 = 220;
const TIP_WIDTH: f64 = 204.0;
const TIP_DISTANCE: f64 = 12.0;
/// The lane's share of the height.
const LANE_HEIGHT: u32 = 28;
/// Most things that a tooltip names; the lane has all.
const MOST_HAPPENINGS: usize = 3;
/// After the figures stand, so that nothing of what is late competes with them.
const LATE: Duration = Duration::from_millis(600);

/// The plot of a series, as wide as the room it finds.
#[component]
pub fn Plot(
    /// The chart it belongs to.
    chart: Chart,
    /// First and last days without service.
    paused: Signal<Vec<(NaiveDate, NaiveDate)>>,
    /// Its height on wide screens.
    height: u32,
) -> impl IntoView {
    let state = app_state();
    let Chart { series, at, .. } = chart;
    let frame = NodeRef::<html::Div>::new();
    let width = measured_width(frame);
    let is_narrow = state.viewport.is_narrow;
    let height = Signal::derive(move || if is_narrow.get() { NARROW_HEIGHT } else { height });
    let drawn = Memo::new(move |_| {
        let size = (width.get(), height.get());
        series.with(|series| match series {
            Some(series) if size.0 > 0 => paused.with(|paused| {
                draw(&picture(series, Frame { size, is_narrow: is_narrow.get(), has_lane: true, paused }, BROWSER))
            }),
            _ => (String::new(), Geometry::default()),
        })
    });
    watch(move || chart.geometry.set(drawn.with(|(_, geometry)| geometry.clone())));
    let rows = Memo::new(move |_| {
        series.with(|series| series.as_ref().map(|series| rows(series, BROWSER)).unwrap_or_default())
    });
    let row = Memo::new(move |_| rows.with(|rows| rows.get(at.get()?).cloned()));
    announce_row(row);
    leave_other_days(chart);

    let point_at = move |event: web_sys::PointerEvent| {
        // Who reads the tooltip points at nothing else.
        if let Some(frame) = frame.get_untracked().filter(|_| !is_within(event.target(), ".chart-tip")) {
            let x = f64::from(event.client_x()) - frame.get_bounding_client_rect().left();
            at.set(drawn.with_untracked(|(_, geometry)| geometry.nearest(x)));
        }
    };
    let key = walk(chart, rows);
    // A click on the tooltip's link takes the focus from the plot, and must find the link still there.
    let leave = move |event: web_sys::FocusEvent| {
        if !is_within(event.related_target(), ".chart-tip") {
            at.set(None);
        }
    };
    let enter = move |_| {
        if at.get_untracked().is_none() {
            at.set(rows.with_untracked(|rows| rows.len().checked_sub(1)));
        }
    };
    let marks = move || drawn.with(|(marks, _)| marks.clone());
    let crosshair = move || drawn.with(|(_, geometry)| at.get().map(|at| crosshair(geometry, at)).unwrap_or_default());
    let left = Signal::derive(move || {
        drawn.with(|(_, geometry)| {
            format!("{}px", tenths(tip_left(geometry, at.get().unwrap_or_default(), width.get())))
        })
    });
    view! {
        <div class="chart__plot">
            // An application, so that screen readers leave the arrow keys to it.
            <div
                class="chart__frame"
                id=format!("{}-plot", chart.id)
                node_ref=frame
                tabindex="0"
                role="application"
                aria-label=format!("{}, chart", chart.title)
                aria-describedby=format!("{0}-summary {0}-keys", chart.id)
                on:keydown=key
                on:focus=enter
                on:blur=leave
                on:pointermove=point_at
                on:pointerdown=point_at
                on:pointerleave=move |event: web_sys::PointerEvent| if event.pointer_type() == "mouse" { at.set(None) }
            >
                <svg class="chart__svg" width=move || width.get() height=move || height.get() aria-hidden="true" inner_html=marks></svg>
                <svg class="chart__over" width=move || width.get() height=move || height.get() aria-hidden="true" inner_html=crosshair></svg>
                {tip(chart, row, left)}
            </div>
            <p class="vh" id=format!("{}-keys", chart.id)>"Arrow keys walk through the values, Enter lists the people."</p>
            {lane(chart, height)}
        </div>
    }
}

/// Keys lead from bucket to bucket, and from a bucket to its people.
fn walk(chart: Chart, rows: Memo<Vec<Row>>) -> impl Fn(web_sys::KeyboardEvent) {
    let navigate = use_navigate();
    let at = chart.at;
    move |event| {
        // What lies over the plot has keys of its own.
        let is_own = event.target() == event.current_target();
        if !is_own || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let here = at.get_untracked();
        let path = rows.with_untracked(|rows| rows.get(here?).map(|row| people_path(row, chart.scope)));
        match (event.key().as_str(), path) {
            ("Escape", _) => at.set(None),
            ("Enter", Some(path)) => navigate(&path, NavigateOptions::default()),
            (key, _) => {
                if let Some(next) = moved(key, here, rows.with_untracked(Vec::len)) {
                    event.prevent_default();
                    at.set(Some(next));
                }
            }
        }
    }
}

/// Looks at no bucket any more once other days are shown: the same place is another day then.
fn leave_other_days(chart: Chart) {
    let days = StoredValue::new(None);
    watch(move || {
        let now =
            chart.series.with(|series| series.as_ref().map(|series| (series.from_on, series.to_on, series.bucket)));
        if days.get_value() != now {
            days.set_value(now);
            chart.at.set(None);
        }
    });
}

/// The tooltip of the bucket that is looked at.
fn tip(chart: Chart, row: Memo<Option<Row>>, left: Signal<String>) -> AnyView {
    let is_second = StoredValue::new(false);
    dynamic(move || {
        let (row, at) = (row.get()?, chart.at.get_untracked()?);
        let path = people_path(&row, chart.scope);
        // Another name of the same animation begins it anew: each bucket has to be stood still on.
        is_second.update_value(|is_second| *is_second = !*is_second);
        let class = if is_second.get_value() { "chart-tip" } else { "chart-tip chart-tip--second" };
        Some(view! {
            <div class=class style:left=left>
                {tip_rows(row)}
                {dynamic(move || happenings(chart, at))}
                <a class="chart-tip__link" href=path tabindex="-1">"Show the people"</a>
            </div>
        })
    })
}

/// The lane under the axis, which comes when everything else stands.
fn lane(chart: Chart, height: Signal<u32>) -> AnyView {
    let is_late = RwSignal::new(false);
    watch(move || {
        if chart.series.with(Option::is_some) && !is_late.get_untracked() {
            let come = move || {
                let _ = is_late.try_set(true);
            };
            set_timeout(come, LATE);
        }
    });
    let top = move || format!("{}px", height.get().saturating_sub(LANE_HEIGHT));
    view! { <div class="lane" style:top=top>{dynamic(move || is_late.get().then(|| parts::chart_late(chart)))}</div> }
        .into_any()
}

/// Whether something is, or lies in, an element.
fn is_within(target: Option<web_sys::EventTarget>, selector: &str) -> bool {
    let element = target.and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    element.is_some_and(|element| matches!(element.closest(selector), Ok(Some(_))))
}

/// What happened in a bucket, as far as there is room for it.
fn happenings(chart: Chart, bucket: usize) -> AnyView {
    // A chart that is left takes its lane away first, which empties this; what shows it may hear of that after the chart is gone.
    let lines = chart.happenings.try_with(|known| {
        let known: Vec<&Happening> = known.iter().filter(|one| one.bucket == bucket).collect();
        let more = known.len().saturating_sub(MOST_HAPPENINGS);
        let mut lines: Vec<(&str, String)> =
            known.iter().take(MOST_HAPPENINGS).map(|one| (one.sign, one.text.clone())).collect();
        if more > 0 {
            lines.push(("", format!("and {more} more")));
        }
        lines
    });
    let line = |(sign, text): (&'static str, String)| {
        let class = format!("chart-tip__ev marker--{sign}");
        let sign = (!sign.is_empty()).then(|| icon(&format!("m-{sign}"), 14));
        view! { <p class=class>{sign}<span>{text}</span></p> }
    };
    lines.unwrap_or_default().into_iter().map(line).collect_view().into_any()
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
    on_cleanup(move || {
        if let Some(Some(last)) = waiting.try_get_value() {
            last.clear();
        }
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

/// Beside the crosshair, on the side with room; never over it.
fn tip_left(geometry: &Geometry, at: usize, width: u32) -> f64 {
    let Some(x) = geometry.centers.get(at) else { return 0.0 };
    let (left, right) = (x - TIP_DISTANCE - TIP_WIDTH, x + TIP_DISTANCE);
    let is_roomy = right + TIP_WIDTH <= geometry.plot[2] + 40.0;
    // Where the left side has no room, the labels at the right end are covered rather than the point.
    let fits = right + TIP_WIDTH <= f64::from(width);
    if is_roomy || (left < 0.0 && fits) { right } else { left.max(0.0) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tooltip_stands_beside_the_point_at_every_width() {
        for width in 456..1_200 {
            let plot = [38.0, 22.0, f64::from(width) - 112.0, 246.0];
            let step = (plot[2] - plot[0]) / 29.0;
            let centers: Vec<f64> = (0..30).map(|index| plot[0] + step * f64::from(index)).collect();
            let geometry = Geometry { plot, centers, ..Geometry::default() };
            for at in 0..30 {
                let (x, left) = (geometry.centers[at], tip_left(&geometry, at, width));
                assert!(left >= x + 11.9 || left + TIP_WIDTH <= x - 11.9, "{at} of {width}: {left} over {x}");
                assert!(left >= 0.0 && left + TIP_WIDTH <= f64::from(width), "{at} of {width}: {left}");
            }
        }
    }
}
