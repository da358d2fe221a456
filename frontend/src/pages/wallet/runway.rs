//! The projected balance: a step line for 30, 60 or 90 days, in words above and as a table below.

use crate::components::dynamic;
use leptos::html;
use leptos::prelude::*;
use shared::dto::forecast::Forecast;

use super::model::{Day, HORIZONS, days, summary};
use crate::chart::measured_width;
use crate::chart::runway::{Runway, draw};
use crate::components::{Segmented, TableHead, cover, icon, table};
use crate::format::words::{DateForm, counted};
use crate::format::{BROWSER, date, money, whole_money};
use crate::state::app_state;

const HEIGHT: u32 = 300;
const HEAD: TableHead = TableHead {
    label: "Projected balance as a table",
    caption: "Projected balance, day by day",
    columns: &[("Day", ""), ("Renewals", "num"), ("Due", "num"), ("Balance", "num")],
};
const COVERED_KEY: &str = r#"<line x1="0" x2="14" y1="4" y2="4"/>"#;
const SHORT_KEY: &str = r#"<line x1="0" x2="14" y1="4" y2="4" stroke-dasharray="5 4"/>"#;
/// As many days fit into the card on narrow screens; the table has them all.
const LISTED: usize = 8;

/// The card with the chart.
#[component]
pub fn RunwayChart(
    /// What is projected.
    forecast: RwSignal<Option<Forecast>>,
) -> impl IntoView {
    let state = app_state();
    let horizon = RwSignal::new(HORIZONS[0].0);
    let is_open = RwSignal::new(false);
    let frame = NodeRef::<html::Div>::new();
    let width = measured_width(frame);
    let shown = Memo::new(move |_| {
        let length = HORIZONS.iter().find(|known| known.0 == horizon.get()).map_or(30, |known| known.2);
        forecast.with(|forecast| forecast.as_ref().map(|forecast| days(forecast, length)).unwrap_or_default())
    });
    let sentence = Memo::new(move |_| {
        forecast.with(|forecast| forecast.as_ref().map(|forecast| summary(&forecast.runway, BROWSER)))
    });
    let marks = Memo::new(move |_| {
        let first = forecast.with(|forecast| {
            let shortfall = forecast.as_ref()?.runway.first_shortfall.clone()?;
            Some(format!("First not covered: {}", date(shortfall.on, DateForm::Short)))
        });
        shown.with(|days| draw(&picture(days, (width.get(), HEIGHT), first)))
    });
    let label =
        move || sentence.get().map(|(before, strong, after)| format!("Projected balance. {before}{strong}{after}"));
    let strong =
        move || sentence.get().map(|(before, strong, after)| view! { {before}<strong>{strong}</strong>{after} });
    let options = HORIZONS.map(|(word, name, _)| (word, name)).to_vec();
    let plot = move || {
        if state.viewport.is_narrow.get() {
            let due = shown.get().into_iter().filter(|day| day.count > 0).take(LISTED);
            return view! { <ul class="list list--days">{due.map(|day| list_row(&day)).collect_view()}</ul> }
                .into_any();
        }
        view! {
            <div class="chart__plot">
                <div class="chart__frame" node_ref=frame>
                    <svg class="chart__svg" width=move || width.get() height=HEIGHT role="img" aria-label=label inner_html=move || marks.get()></svg>
                </div>
            </div>
        }
        .into_any()
    };
    let class = move || {
        if is_open.get() || state.viewport.is_narrow.get() { "card chart chart--open" } else { "card chart" }
    };
    view! {
        <section class=class aria-labelledby="runway">
            <div class="card__head card__head--wrap">
                <h2 id="runway">"Projected balance"</h2>
                <div class="card__tools">
                    <Segmented legend="Horizon" name="horizon" options=options value=Signal::derive(move || horizon.get()) on_choose=Callback::new(move |word| horizon.set(word))/>
                </div>
            </div>
            <p class="chart__summary">{dynamic(strong)}</p>
            {dynamic(plot)}
            <div class="card__foot">
                <span class="key hide-narrow">
                    <span class="key__item"><svg class="swatch" viewBox="0 0 14 8" aria-hidden="true" inner_html=COVERED_KEY></svg>"Covered"</span>
                    <span class="key__item"><svg class="swatch swatch--bad" viewBox="0 0 14 8" aria-hidden="true" inner_html=SHORT_KEY></svg>"Not covered"</span>
                </span>
                <span class="chart__links">
                    <button
                        class="link-button"
                        type="button"
                        aria-expanded=move || if is_open.get() { "true" } else { "false" }
                        aria-controls="runway-table"
                        on:click=move |_| is_open.update(|open| *open = !*open)
                    >
                        {dynamic(move || if is_open.get() { "Hide the table" } else { "Show data as a table" })}
                    </button>
                </span>
            </div>
            <div id="runway-table">{dynamic(move || is_open.get().then(|| day_table(shown.get())))}</div>
        </section>
    }
}

/// The picture of some days.
fn picture(days: &[Day], size: (u32, u32), first: Option<String>) -> Runway {
    let Some(currency) = days.first().map(|day| day.balance.currency) else { return Runway::default() };
    let every = (days.len() / 5).max(1);
    let last = days.len() - 1;
    let end = days[last].balance;
    Runway {
        size,
        balances: days.iter().map(|day| day.balance.minor).collect(),
        due: days.iter().map(|day| day.count > 0).collect(),
        ticks: (1..=last).step_by(every).map(|index| (index, date(days[index].on, DateForm::Short))).collect(),
        unit: 10_i64.pow(currency.digits()),
        first_short: first,
        end: if end.minor < 0 {
            format!("{} short", money(shared::vocab::Money::new(-end.minor, currency)))
        } else {
            format!("{} left", money(end))
        },
        value_label: Box::new(move |minor| whole_money(shared::vocab::Money::new(minor, currency))),
    }
}

fn list_row(day: &Day) -> AnyView {
    let due = counted(day.count, "renewal", "renewals", BROWSER);
    view! {
        <li class="list__row list__row--money">
            <span class="list__main">{date(day.on, DateForm::WeekdayShort)}</span>
            <span class="list__amount">{money(day.balance)}</span>
            <span class="list__line">{due}" · "{money(day.due)}</span>
            <span class="renewal__cover">{cover(day.balance.minor >= 0)}</span>
        </li>
    }
    .into_any()
}

fn day_table(days: Vec<Day>) -> AnyView {
    let row = |day: Day| {
        let class = if day.balance.minor < 0 { "num text-warn" } else { "num" };
        let sign = (day.balance.minor < 0).then(|| icon("warn", 14));
        view! {
            <tr>
                <th scope="row">{date(day.on, DateForm::WeekdayShort)}</th>
                <td class="num">{crate::format::count(day.count)}</td>
                <td class="num">{money(day.due)}</td>
                <td class=class>{sign}{money(day.balance)}</td>
            </tr>
        }
        .into_any()
    };
    table(HEAD, days.into_iter().map(row).collect())
}
