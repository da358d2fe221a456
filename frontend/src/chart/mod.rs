//! The active-users chart.
//!
//! [`draw`] turns numbers into SVG through plotters, [`ticks`] chooses labels, [`model`] says in words what a series shows;
//! these are plain Rust. [`UsersChart`] is the component with crosshair, tooltip, keyboard and table.

pub mod draw;
pub mod model;
mod plot;
pub mod runway;
mod svg;
mod table;
pub mod ticks;

use crate::components::dynamic;
use leptos::prelude::*;
use shared::dto::active_users::ActiveUsersSeries;
use shared::vocab::{Bucket, Range};

use crate::components::Segmented;
use crate::format::BROWSER;
use crate::format::words::range_name;
use plot::Plot;
pub(crate) use plot::measured_width;
use table::DataTable;

/// A card with the chart of a series: range switch, summary, plot, key, table and CSV.
#[component]
pub fn UsersChart(
    /// Unique on the page; the base of all ids in the card.
    id: &'static str,
    /// The card's heading.
    title: &'static str,
    /// The series; none until it is there.
    #[prop(into)]
    series: Signal<Option<ActiveUsersSeries>>,
    /// The range that is asked for.
    #[prop(into)]
    range: Signal<Range>,
    /// Called with a new range.
    on_range: Callback<Range>,
    /// Where the same series is to be had as CSV.
    #[prop(into)]
    csv_path: Signal<String>,
    /// Whether newer data is on its way.
    #[prop(into)]
    is_loading: Signal<bool>,
    /// Height of the plot on wide screens.
    height: u32,
) -> impl IntoView {
    let is_table_open = RwSignal::new(false);
    let summary =
        Memo::new(move |_| series.with(|series| series.as_ref().map(|series| model::summary(series, BROWSER))));
    let has_weekends = move || {
        series.with(|series| {
            series.as_ref().is_some_and(|series| series.bucket == Bucket::Day && series.points.len() <= 62)
        })
    };
    let time_zone = move || {
        let zone = series.with(|series| series.as_ref().map(|series| series.time_zone.clone()));
        zone.map(|zone| format!("Times in {zone}"))
    };
    let earlier = move || series.with(|series| series.as_ref().and_then(model::earlier_label));
    let options = Range::ALL.iter().map(|range| (range.as_str(), range_name(*range))).collect::<Vec<_>>();
    let choose = Callback::new(move |word: &'static str| {
        if let Ok(range) = word.parse() {
            on_range.run(range);
        }
    });
    let class = move || {
        let short = if height < 300 { " chart--short" } else { "" };
        let open = if is_table_open.get() { " chart--open" } else { "" };
        format!("card chart{short}{open}")
    };
    let strong = move || {
        summary.get().map(|summary| {
            view! { {summary.before}<strong>{summary.figure}</strong>{summary.after} }
        })
    };
    let table_id = format!("{id}-table");
    view! {
        <section class=class aria-labelledby=id aria-busy=move || is_loading.get().then_some("true")>
            {dynamic(move || is_loading.get().then(|| view! { <div class="progress-line"></div> }))}
            <div class="card__head card__head--wrap">
                <h2 id=id>{title}</h2>
                <div class="card__tools">
                    <Segmented legend="Range" name="range" options=options value=Signal::derive(move || range.get().as_str()) on_choose=choose/>
                </div>
            </div>
            <p class="chart__summary">{dynamic(strong)}</p>
            <Plot series=series height=height/>
            <div class="card__foot">
                {dynamic(move || earlier().map(narrow_key))}
                {dynamic(move || has_weekends().then(|| view! {
                    <span class="key"><span class="key__item"><span class="key__box key__box--weekend"></span>"Weekend"</span></span>
                }))}
                <span class="hide-compact">{dynamic(time_zone)}</span>
                <span class="chart__links">
                    <button
                        class="link-button"
                        type="button"
                        aria-expanded=move || if is_table_open.get() { "true" } else { "false" }
                        aria-controls=table_id.clone()
                        on:click=move |_| is_table_open.update(|open| *open = !*open)
                    >
                        {dynamic(move || if is_table_open.get() { "Hide the table" } else { "Show data as a table" })}
                    </button>
                    <a href=move || csv_path.get() download rel="external">"Download CSV"</a>
                </span>
            </div>
            <div id=table_id>{dynamic(move || is_table_open.get().then(|| view! { <DataTable series=series title=title/> }))}</div>
        </section>
    }
}

/// Replaces the labels at the right end on narrow screens.
fn narrow_key(earlier: String) -> AnyView {
    let line = r#"<line x1="0" x2="14" y1="4" y2="4"/>"#;
    view! {
        <span class="key only-narrow">
            <span class="key__item"><svg class="swatch" viewBox="0 0 14 8" aria-hidden="true" inner_html=line></svg>"This period"</span>
            <span class="key__item"><svg class="swatch swatch--prev" viewBox="0 0 14 8" aria-hidden="true" inner_html=line></svg>{earlier}</span>
        </span>
    }
    .into_any()
}
