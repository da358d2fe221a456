//! What a chart is compared with, what a point counts over, steps along the time, a note, a link, single keys.

use leptos::prelude::*;
use shared::vocab::{Bucket, Compare, Permission};
use wasm_bindgen::JsCast as _;

use super::keys::{Step, step, stepped};
use crate::chart::view::{ChartView, Stretch};
use crate::chart::{Chart, Layer};
use crate::components::{Segmented, dynamic, icon};
use crate::state::{app_state, shortcuts};

/// What the ⋯ of a chart opens.
pub fn options(chart: Chart) -> AnyView {
    close_from_outside(chart);
    let view = chart.view;
    let compared = Signal::derive(move || view.get().compare.as_str());
    let compare = Callback::new(move |word: &'static str| {
        if let Ok(compare) = word.parse() {
            chart.show.run(ChartView { compare, ..view.get_untracked() });
        }
    });
    let compares = vec![
        (Compare::Prev.as_str(), "Period before"),
        (Compare::Year.as_str(), "Year before"),
        (Compare::None.as_str(), "Nothing"),
    ];
    let offered = Memo::new(move |_| view.get().stretch.buckets());
    view! {
        <p class="chart-options__label" aria-hidden="true">"Compare with"</p>
        <Segmented legend="Compare with" name="compare" options=compares value=compared on_choose=compare/>
        {dynamic(move || (offered.get().len() > 1).then(|| buckets(chart, offered.get())))}
        <div class="chart-options__steps">{step_button(chart, Step::Earlier)}{step_button(chart, Step::Later)}</div>
        {dynamic(move || app_state().session.may(Permission::NotesWrite).then(|| note_button(chart)))}
        {copy_button(chart)}
        {keys_switch()}
    }
    .into_any()
}

fn buckets(chart: Chart, offered: &'static [Bucket]) -> AnyView {
    let counted = Signal::derive(move || chart.view.get().bucket().as_str());
    let count = Callback::new(move |word: &'static str| {
        if let Ok(bucket) = word.parse() {
            chart.show.run(chart.view.get_untracked().by(bucket));
        }
    });
    let name = |bucket: &Bucket| match bucket {
        Bucket::Day => (Bucket::Day.as_str(), "Day"),
        Bucket::Week => (Bucket::Week.as_str(), "Week"),
        Bucket::Month => (Bucket::Month.as_str(), "Month"),
    };
    let options = offered.iter().map(name).collect();
    view! {
        <p class="chart-options__label" aria-hidden="true">"One point is a"</p>
        <Segmented legend="One point is a" name="bucket" options=options value=counted on_choose=count/>
    }
    .into_any()
}

fn step_button(chart: Chart, to: Step) -> AnyView {
    let (label, keys, symbol) = match to {
        Step::Earlier => ("Earlier", "[", "left"),
        Step::Later => ("Later", "]", "right"),
    };
    let announcer = app_state().announcer;
    // Where it leads depends on what is shown.
    let is_useless = Memo::new(move |_| {
        chart.view.track();
        chart.series.track();
        stepped(chart, to).is_none()
    });
    view! {
        <button
            class="btn btn--sm"
            type="button"
            aria-keyshortcuts=keys
            aria-disabled=move || is_useless.get().then_some("true")
            on:click=move |_| step(chart, announcer, to)
        >
            {icon(symbol, 14)}{label}
        </button>
    }
    .into_any()
}

fn note_button(chart: Chart) -> AnyView {
    // This goes with the options: the dialog gives the focus back to what opened them.
    let open = move |_| {
        focus_opener(chart);
        chart.layer.set(Some(Layer::NewNote(None)));
    };
    view! { <button class="menu__item" type="button" on:click=open>{icon("plus", 16)}"Add a note"</button> }.into_any()
}

/// Whoever gets the link sees the same days, also tomorrow.
fn copy_button(chart: Chart) -> AnyView {
    let announcer = app_state().announcer;
    let copy = move |_| {
        let Some(view) = frozen(chart) else { return };
        let location = window().location();
        let (origin, page) = (location.origin().unwrap_or_default(), location.pathname().unwrap_or_default());
        // The browser may refuse.
        let _ = window().navigator().clipboard().write_text(&view.page_path(&format!("{origin}{page}")));
        announcer.say("Copied");
        chart.layer.set(None);
        focus_opener(chart);
    };
    view! { <button class="menu__item" type="button" on:click=copy>{icon("copy", 16)}"Copy link to these days"</button> }
        .into_any()
}

fn frozen(chart: Chart) -> Option<ChartView> {
    let view = chart.view.get_untracked();
    chart.series.with_untracked(|series| {
        let series = series.as_ref()?;
        Some(view.over(Stretch::Dates { from: series.from_on, to: series.to_on }).by(series.bucket))
    })
}

fn keys_switch() -> AnyView {
    let is_on = RwSignal::new(shortcuts::are_on());
    let switch = move |_| {
        is_on.update(|on| *on = !*on);
        shortcuts::switch(is_on.get_untracked());
    };
    view! {
        <label class="menu__item chart-options__keys">
            <input class="check" type="checkbox" prop:checked=move || is_on.get() on:change=switch/>
            <span>"Single keys "<span class="muted">"1 2 3 · [ ] · c"</span></span>
        </label>
    }
    .into_any()
}

/// Esc, or a click elsewhere.
fn close_from_outside(chart: Chart) {
    let escape = window_event_listener(leptos::ev::keydown, move |event| {
        if event.key() == "Escape" && !event.default_prevented() {
            event.prevent_default();
            chart.layer.set(None);
            focus_opener(chart);
        }
    });
    let panel = format!("#{0}-options, #{0}-options-opener", chart.id);
    let elsewhere = window_event_listener(leptos::ev::pointerdown, move |event| {
        let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if element.is_none_or(|element| !matches!(element.closest(&panel), Ok(Some(_)))) {
            chart.layer.set(None);
        }
    });
    on_cleanup(move || {
        escape.remove();
        elsewhere.remove();
    });
}

fn focus_opener(chart: Chart) {
    if let Some(opener) = document().get_element_by_id(&format!("{}-options-opener", chart.id)) {
        let _ = opener.unchecked_into::<web_sys::HtmlElement>().focus();
    }
}
