//! Two dates, typed or by a preset.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::steps::{ends, presets};
use super::today;
use crate::chart::Chart;
use crate::chart::view::{DatesError, dates};
use crate::components::{Dialog, date_field};

const FROM: &str = "chart-from";
const TO: &str = "chart-to";
const FORM: &str = "chart-dates";

/// Asks for two dates.
pub fn dialog(chart: Chart) -> AnyView {
    let today = today(chart);
    let (first, last) = ends(chart.view.get_untracked().stretch, today);
    let (from, to) = (RwSignal::new(first.to_string()), RwSignal::new(last.to_string()));
    let error = RwSignal::new(None::<DatesError>);
    let close = Callback::new(move |()| chart.layer.set(None));
    let show = move || match dates(&from.get_untracked(), &to.get_untracked(), today) {
        Ok(stretch) => {
            chart.layer.set(None);
            chart.show.run(chart.view.get_untracked().over(stretch));
        }
        Err(wrong) => {
            error.set(Some(wrong));
            focus(if wrong.said().0 { FROM } else { TO });
        }
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        show();
    };
    let preset = move |(name, first, last): (&'static str, chrono::NaiveDate, chrono::NaiveDate)| {
        let take = move |_| {
            from.set(first.to_string());
            to.set(last.to_string());
            show();
        };
        view! { <button class="chip" type="button" on:click=take>{name}</button> }
    };
    let wrong = move |is_first: bool| {
        Signal::derive(move || {
            error.get().map(DatesError::said).filter(|said| said.0 == is_first).map(|said| said.1.to_owned())
        })
    };
    let body = view! {
        <div class="chips" role="group" aria-label="Usual stretches">{presets(today).into_iter().map(preset).collect_view()}</div>
        <form class="dates" id=FORM novalidate on:submit=submit>
            {date_field(FROM, "First day", from, wrong(true))}
            {date_field(TO, "Last day", to, wrong(false))}
        </form>
        <p class="dialog__note">"Both days included, at most 24 months. Up to 31 days are shown by day, up to 200 by week, more by month."</p>
    };
    let foot = view! {
        <button class="btn" type="button" on:click=move |_| close.run(())>"Cancel"</button>
        <button class="btn btn--primary" type="submit" form=FORM>"Show these days"</button>
    };
    view! {
        <Dialog title="Which days?".to_owned() is_locked=false on_close=close body=body.into_any() foot=foot.into_any()/>
    }
    .into_any()
}

fn focus(id: &str) {
    if let Some(field) = document().get_element_by_id(id) {
        let _ = field.unchecked_into::<web_sys::HtmlElement>().focus();
    }
}
