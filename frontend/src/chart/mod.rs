//! The active-users chart.
//!
//! [`draw`] turns numbers into SVG through plotters, [`ticks`] chooses labels, [`model`] says in words what a series shows,
//! [`view`] is what is shown and its address; these are plain Rust. [`UsersChart`] is the component with crosshair, tooltip and
//! keyboard. What nobody needs at first is in `late`, which comes in a file of its own: marks of the days, options, dates,
//! notes, the table, single keys.

pub mod draw;
pub(crate) mod late;
pub mod model;
mod plot;
pub mod runway;
mod svg;
pub mod ticks;
pub mod usage;
pub mod view;

use crate::components::dynamic;
use chrono::{DateTime, Days, NaiveDate};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use shared::dto::active_users::ActiveUsersSeries;
use shared::paths;
use shared::vocab::{NoteId, Range};

use crate::api::ApiError;
use crate::components::{Segmented, error_panel, icon};
use crate::format::BROWSER;
use crate::format::words::range_name;
use crate::parts;
use crate::state::app_state;
use draw::Geometry;
use plot::Plot;
pub(crate) use plot::measured_width;
use view::{ChartView, Scope, Stretch};

/// The plot's height on wide screens where it has all the room it wants.
pub const FULL_HEIGHT: u32 = 300;

/// What the parts of a chart share.
#[derive(Debug, Clone, Copy)]
pub struct Chart {
    /// Unique on the page; the base of all ids in the card.
    pub id: &'static str,
    /// The card's heading.
    pub title: &'static str,
    /// The series; none until it is there.
    pub series: Signal<Option<ActiveUsersSeries>>,
    /// Whose use it is.
    pub scope: Scope,
    /// What is asked for.
    pub view: Signal<ChartView>,
    /// Called with another view.
    pub show: Callback<ChartView>,
    /// The bucket that is looked at.
    pub at: RwSignal<Option<usize>>,
    /// Where the points lie.
    pub geometry: RwSignal<Geometry>,
    /// What happened in the buckets, once that is known.
    pub happenings: RwSignal<Vec<Happening>>,
    /// Whether that could not be read.
    pub misses_happenings: RwSignal<bool>,
    /// What is open over the chart.
    pub layer: RwSignal<Option<Layer>>,
}

/// Something that happened in a bucket, as the tooltip tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// Which bucket.
    pub bucket: usize,
    /// Its sign: the name of an icon and of a colour.
    pub sign: &'static str,
    /// In a few words.
    pub text: String,
}

/// What can be open over a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// What it is compared with, what it counts over, steps, a link, keys.
    Options,
    /// Two dates.
    Dates,
    /// A new note, on a day or the last one shown.
    NewNote(Option<NaiveDate>),
    /// A note to be changed.
    EditNote(NoteId),
    /// A note to be deleted.
    DeleteNote(NoteId),
}

/// A card with the chart of a series: range switch, summary, plot, marks of the days, key, table and CSV.
#[component]
pub fn UsersChart(
    /// Unique on the page; the base of all ids in the card.
    id: &'static str,
    /// The card's heading.
    title: &'static str,
    /// The series; none until it is there.
    #[prop(into)]
    series: Signal<Option<ActiveUsersSeries>>,
    /// Why there is none; said in the place of the plot, so that something else can be asked for.
    failure: Memo<Option<ApiError>>,
    /// Called to read it again.
    retry: Callback<()>,
    /// Whose use it is.
    scope: Scope,
    /// What is asked for.
    #[prop(into)]
    view: Signal<ChartView>,
    /// Called with another view.
    show: Callback<ChartView>,
    /// Whether newer data is on its way.
    #[prop(into)]
    is_loading: Signal<bool>,
    /// First and last days without service.
    #[prop(optional, into)]
    paused: Option<Signal<Vec<(NaiveDate, NaiveDate)>>>,
    /// Height of the plot on wide screens.
    height: u32,
) -> impl IntoView {
    let chart = Chart {
        id,
        title,
        series,
        scope,
        view,
        show,
        at: RwSignal::new(None),
        geometry: RwSignal::new(Geometry::default()),
        happenings: RwSignal::new(Vec::new()),
        misses_happenings: RwSignal::new(false),
        layer: RwSignal::new(None),
    };
    let paused = paused.unwrap_or_else(|| Signal::stored(Vec::new()));
    let plot = move || match failure.get() {
        Some(error) => {
            let panel = error_panel("Active users could not be loaded", &error, retry);
            view! { <div class="chart__plot">{panel}</div> }.into_any()
        }
        None => view! { <Plot chart=chart paused=paused height=height/> }.into_any(),
    };
    let is_table_open = RwSignal::new(false);
    let summary =
        Memo::new(move |_| series.with(|series| series.as_ref().map(|series| model::summary(series, BROWSER))));
    let is_narrow = app_state().viewport.is_narrow;
    // Where the range switch has no room for two dates, they are said here.
    let days = move || match view.get().stretch {
        Stretch::Dates { from, to } if is_narrow.get() => Some(format!("{}. ", model::between(from, to, BROWSER))),
        _ => None,
    };
    let strong = move || {
        summary.get().map(|summary| {
            view! { {days()}{summary.before}<strong>{summary.figure}</strong>{summary.after} }
        })
    };
    let table_id = format!("{id}-table");
    let csv_path = move || view.get().data_path(paths::ACTIVE_USERS_CSV, scope);
    view! {
        <section class=card_class(height) aria-labelledby=id aria-busy=move || is_loading.get().then_some("true")>
            {dynamic(move || is_loading.get().then(|| view! { <div class="progress-line"></div> }))}
            <div class="card__head card__head--wrap">
                <h2 id=id>{title}</h2>
                <div class="card__tools chart__tools">{range_switch(chart)}{options(chart)}</div>
            </div>
            <p class="chart__summary" id=format!("{id}-summary")>{dynamic(strong)}</p>
            {dynamic(plot)}
            <div class="card__foot">
                {key(chart)}
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
                    <a href=csv_path download rel="external">"Download CSV"</a>
                </span>
            </div>
            <div id=table_id>{dynamic(move || is_table_open.get().then(|| parts::chart_table(chart)))}</div>
            {dynamic(move || chart.layer.get().filter(|layer| *layer != Layer::Options).map(|layer| parts::chart_layer(chart, layer)))}
        </section>
    }
}

/// The latest day that may be today anywhere, by the clock of this device: the server has the last word on what is in the
/// future.
pub fn tomorrow() -> NaiveDate {
    DateTime::from_timestamp_millis(crate::api::now()).unwrap_or_default().date_naive() + Days::new(1)
}

/// What the query of an address asks for, and whether all of it was understood.
pub fn asked_view(query: Memo<ParamsMap>) -> Memo<(ChartView, bool)> {
    let tomorrow = tomorrow();
    Memo::new(move |_| query.with(|query| view::read(&|key| query.get(key), tomorrow)))
}

/// That a link was not understood in full.
pub fn not_understood(asked: Memo<(ChartView, bool)>) -> AnyView {
    dynamic(move || {
        (!asked.get().1)
            .then(|| view! { <p class="note not-understood" role="status">"Part of this link was not understood."</p> })
    })
}

/// A chart before its first data, in its final height.
pub fn skeleton(height: u32) -> AnyView {
    view! {
        <div class=format!("{} chart--sk", card_class(height)) aria-busy="true">
            <div class="card__head"><span class="sk sk--line sk--20"></span></div>
            <div class="chart__summary"><span class="sk sk--line sk--55"></span></div>
            <div class="chart__plot"><span class="sk sk--plot"></span></div>
        </div>
    }
    .into_any()
}

const fn card_class(height: u32) -> &'static str {
    if height < FULL_HEIGHT { "card chart chart--short" } else { "card chart" }
}

/// Seven days, thirty, half a year, or two dates.
fn range_switch(chart: Chart) -> AnyView {
    let Chart { view, show, layer, .. } = chart;
    let options = Range::ALL.iter().map(|range| (range.as_str(), range_name(*range))).collect::<Vec<_>>();
    let choose = Callback::new(move |word: &'static str| {
        if let Ok(range) = word.parse() {
            show.run(view.get_untracked().over(Stretch::Range(range)));
        }
    });
    let chosen = Signal::derive(move || match view.get().stretch {
        Stretch::Range(range) => range.as_str(),
        Stretch::Dates { .. } => "",
    });
    let is_narrow = app_state().viewport.is_narrow;
    let dates = move || match view.get().stretch {
        Stretch::Dates { from, to } if !is_narrow.get() => model::between(from, to, BROWSER),
        _ => "Custom".to_owned(),
    };
    let extra = view! {
        <button
            class="segmented__more"
            type="button"
            id=format!("{}-dates", chart.id)
            aria-haspopup="dialog"
            aria-pressed=move || if chosen.get().is_empty() { "true" } else { "false" }
            on:click=move |_| layer.set(Some(Layer::Dates))
        >
            {dynamic(dates)}
        </button>
    };
    view! { <Segmented legend="Range" name="range" options=options value=chosen on_choose=choose extra=extra.into_any()/> }
        .into_any()
}

/// ⋯ and what it opens.
fn options(chart: Chart) -> AnyView {
    let panel_id = format!("{}-options", chart.id);
    let is_open = Memo::new(move |_| chart.layer.get() == Some(Layer::Options));
    let toggle = move |_| chart.layer.set((!is_open.get_untracked()).then_some(Layer::Options));
    view! {
        <div class="more-menu">
            <button
                class="icon-btn"
                type="button"
                id=format!("{panel_id}-opener")
                aria-label="Chart options"
                aria-expanded=move || if is_open.get() { "true" } else { "false" }
                aria-controls=panel_id.clone()
                on:click=toggle
            >
                {icon("more", 16)}
            </button>
            <div class="menu more-menu__panel chart-options" id=panel_id hidden=move || !is_open.get()>
                {dynamic(move || is_open.get().then(|| parts::chart_layer(chart, Layer::Options)))}
            </div>
        </div>
    }
    .into_any()
}

/// What the marks mean, as far as they are there, and whose days they are.
fn key(chart: Chart) -> AnyView {
    let of = move |is_there: fn(&ActiveUsersSeries) -> bool| {
        Memo::new(move |_| chart.series.with(|series| series.as_ref().is_some_and(is_there)))
    };
    let has_weekends = of(model::has_weekends);
    let has_quiet = of(|series| !series.summary.quiet.is_empty());
    let earlier = Memo::new(move |_| chart.series.with(|series| series.as_ref().and_then(model::earlier_label)));
    let zone = Memo::new(move |_| chart.series.with(|series| series.as_ref().map(|series| series.time_zone.clone())));
    let signs = Memo::new(move |_| {
        chart.happenings.with(|happenings| {
            let is_there = |(sign, _): &&(&'static str, &'static str)| happenings.iter().any(|one| one.sign == *sign);
            model::SIGNS.iter().filter(is_there).copied().collect::<Vec<_>>()
        })
    });
    let sign = |(sign, name): (&'static str, &'static str)| {
        let class = format!("key__item marker--{sign}");
        view! { <span class=class>{icon(&format!("m-{sign}"), 14)}<span class="muted">{name}</span></span> }
    };
    let bands = move || {
        let item = |class: &'static str, name: &'static str| {
            view! { <span class="key__item"><span class=class></span>{name}</span> }
        };
        (has_weekends.get() || has_quiet.get()).then(|| {
            view! {
                <span class="key key--bands">
                    {has_weekends.get().then(|| item("key__box key__box--weekend", "Weekend"))}
                    {has_quiet.get().then(|| item("key__box key__box--quiet", "Below usual"))}
                </span>
            }
        })
    };
    view! {
        {dynamic(move || earlier.get().map(narrow_key))}
        {dynamic(bands)}
        <span class="key key--signs">{dynamic(move || signs.get().into_iter().map(sign).collect_view())}</span>
        <span>{dynamic(move || zone.get().map(|zone| format!("Times in {zone}")))}</span>
    }
    .into_any()
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
