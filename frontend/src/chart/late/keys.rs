//! Single keys: `1` `2` `3` for the range, `[` `]` for a step, `c` for the comparison. Each has a control on screen, and they
//! can be switched off.

use leptos::prelude::*;
use shared::vocab::{Compare, Range};
use wasm_bindgen::JsCast as _;

use super::steps::{compared_or_not, earlier, later};
use super::today;
use crate::chart::view::{ChartView, Stretch};
use crate::chart::{Chart, model};
use crate::format::BROWSER;
use crate::state::announcer::Announcer;
use crate::state::{app_state, shortcuts, watch};

/// Where a single key is text, or means something else.
const TYPED_INTO: &str = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";

/// Listens until the chart goes, and says what came of it.
pub fn listen(chart: Chart) {
    // Looked up now: a key comes when nothing can be looked up.
    let announcer = app_state().announcer;
    let last_compare = StoredValue::new(Compare::Prev);
    watch(move || {
        let compare = chart.view.get().compare;
        if compare != Compare::None {
            last_compare.set_value(compare);
        }
    });
    let listener = window_event_listener(leptos::ev::keydown, move |event| {
        if event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        if event.key() == "Escape" {
            // Also for whoever only points at it.
            chart.at.set(None);
        } else if shortcuts::are_on() && !is_taken(event.target()) {
            act(chart, announcer, &event.key(), last_compare.get_value());
        }
    });
    on_cleanup(move || listener.remove());
    announce(chart, announcer);
}

fn act(chart: Chart, announcer: Announcer, key: &str, last_compare: Compare) {
    let view = chart.view.get_untracked();
    let range = |index: usize| Range::ALL.get(index).map(|range| view.over(Stretch::Range(*range)));
    let next = match key {
        "1" => range(0),
        "2" => range(1),
        "3" => range(2),
        "[" => return step(chart, announcer, Step::Earlier),
        "]" => return step(chart, announcer, Step::Later),
        "c" => Some(compared_or_not(view, last_compare)),
        _ => None,
    };
    if let Some(next) = next.filter(|next| *next != view) {
        chart.show.run(next);
    }
}

/// A step along the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// To the days before.
    Earlier,
    /// To the days after.
    Later,
}

/// Where a step leads; none where there is nothing to see.
pub fn stepped(chart: Chart, step: Step) -> Option<ChartView> {
    let (view, today) = (chart.view.get_untracked(), today(chart));
    match step {
        Step::Earlier => {
            let first = chart.series.with_untracked(|series| series.as_ref().and_then(|series| series.first_event_on));
            earlier(view, today, first)
        }
        Step::Later => later(view, today),
    }
}

/// Takes a step, or says why there is none.
pub fn step(chart: Chart, announcer: Announcer, step: Step) {
    match (stepped(chart, step), step) {
        (Some(view), _) => chart.show.run(view),
        (None, Step::Earlier) => announcer.say("There is nothing any earlier."),
        (None, Step::Later) => announcer.say("This ends today already."),
    }
}

fn is_taken(target: Option<web_sys::EventTarget>) -> bool {
    let element = target.and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let is_typing = element.is_some_and(|element| matches!(element.closest(TYPED_INTO), Ok(Some(_))));
    is_typing || matches!(document().query_selector("dialog[open]"), Ok(Some(_)))
}

/// Says what is shown after it changed: the focus stays where it is.
fn announce(chart: Chart, announcer: Announcer) {
    let shown = Memo::new(move |_| {
        chart.series.with(|series| {
            let series = series.as_ref()?;
            Some((series.from_on, series.to_on, series.bucket, series.compare))
        })
    });
    let before = StoredValue::new(shown.get_untracked());
    watch(move || {
        let now = shown.get();
        if now.is_none() || before.get_value() == now {
            return;
        }
        before.set_value(now);
        chart.series.with_untracked(|series| {
            if let Some(series) = series {
                let days = model::between(series.from_on, series.to_on, BROWSER);
                announcer.say(&format!("{days}. {}", model::summary(series, BROWSER).text()));
            }
        });
    });
}
