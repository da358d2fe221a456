//! The three figures at the top.

use crate::components::dynamic;
use leptos::prelude::*;
use shared::dto::overview::{BalanceFigure, Overview};
use shared::vocab::Figure;

use super::model::{Part, needed, reach, sparkline};
use crate::components::{Explain, icon};
use crate::format::words::{Direction, delta};
use crate::format::{BROWSER, count, money};
use crate::state::app_state;

/// Total active users, total active software, balance.
pub fn figures(overview: Memo<Part<Overview>>) -> AnyView {
    let users =
        Memo::new(move |_| overview.with(|part| part.ready().map(|overview| overview.total_active_users.clone())));
    let software =
        Memo::new(move |_| overview.with(|part| part.ready().map(|overview| overview.total_active_software.clone())));
    let balance = Memo::new(move |_| overview.with(|part| part.ready().and_then(|overview| overview.balance.clone())));
    let users_value = move || users.get().map(|figure| count(figure.value));
    let users_trend = move || users.get().and_then(|figure| spark(&figure.trend));
    let users_change = move || {
        let figure = users.get()?;
        Some(match figure.previous {
            Some(previous) => change(figure.value, previous, "vs previous 30 days"),
            None => view! { <span>"in the last 30 days"</span> }.into_any(),
        })
    };
    let ever_used = move || {
        let ever_used = users.get().map(|figure| count(figure.ever_used));
        ever_used.map(|ever_used| format!("{ever_used} ever used something."))
    };
    let software_value = move || software.get().map(|figure| count(figure.value));
    let software_trend =
        move || software.get().and_then(|figure| spark(&figure.trend.iter().copied().map(Some).collect::<Vec<_>>()));
    let software_change = move || software.get().map(|figure| change(figure.value, figure.previous, "vs 30 days ago"));
    let tiles = move || if balance.with(Option::is_some) { "grid-3" } else { "grid-3 grid-3--two" };
    view! {
        <div class=tiles>
            <section class="card kpi" aria-labelledby="kpi-users">
                <div class="kpi__label">
                    <h2 id="kpi-users"><a href="/reports/active-users">"Total active users"</a></h2>
                    <Explain id="kpi-users-help" label="What counts as an active user" figure=Figure::TotalActiveUsers more=dynamic(ever_used)/>
                </div>
                <p class="kpi__value">{dynamic(users_value)}</p>
                <p class="kpi__row">{dynamic(users_change)}</p>
                {dynamic(users_trend)}
            </section>
            <section class="card kpi" aria-labelledby="kpi-software">
                <div class="kpi__label">
                    <h2 id="kpi-software"><a href="/activations?status=active">"Total active software"</a></h2>
                    <Explain id="kpi-software-help" label="What counts as active software" figure=Figure::TotalActiveSoftware/>
                </div>
                <p class="kpi__value">{dynamic(software_value)}</p>
                <p class="kpi__row">{dynamic(software_change)}</p>
                {dynamic(software_trend)}
            </section>
            {dynamic(move || balance.get().map(|balance| balance_tile(&balance)))}
        </div>
    }
    .into_any()
}

fn balance_tile(figure: &BalanceFigure) -> AnyView {
    let due = format!("{} due in the next 30 days", money(figure.due_in_30_days));
    let runway = app_state().runway;
    // How far it reaches comes with the same answer; without it, what is due is said alone.
    let reach = move || {
        let Some(runway) = runway.get() else { return vec![(false, due.clone())] };
        let mut lines = vec![(false, reach(&runway, BROWSER))];
        lines.extend(needed(&runway, BROWSER).map(|text| (true, text)));
        lines
    };
    let line = |(is_warning, text): (bool, String)| {
        let class = if is_warning { "text-warn" } else { "" };
        let row = if is_warning { "kpi__row kpi__row--2" } else { "kpi__row" };
        view! { <p class=row><span class=class>{is_warning.then(|| icon("warn", 14))}{text}</span></p> }
    };
    view! {
        <section class="card kpi kpi--balance span-narrow" aria-labelledby="kpi-balance">
            <div class="kpi__label"><h2 id="kpi-balance"><a href="/wallet">"Balance"</a></h2><Explain id="kpi-balance-help" label="What the balance is" figure=Figure::Balance/></div>
            <p class="kpi__value">{money(figure.balance)}</p>
            {dynamic(move || reach().into_iter().map(line).collect_view())}
        </section>
    }
    .into_any()
}

fn change(value: i64, previous: i64, period: &'static str) -> AnyView {
    let delta = delta(value, previous, BROWSER);
    let (class, symbol) = match delta.direction {
        Direction::Up => ("delta delta--good", Some("up")),
        Direction::Down => ("delta delta--bad", Some("fall")),
        Direction::Level => ("delta", None),
    };
    view! { <span class=class>{symbol.map(|symbol| icon(symbol, 12))}{delta.text}</span><span>{period}</span> }
        .into_any()
}

fn spark(trend: &[Option<i64>]) -> Option<AnyView> {
    let (marks, _) = sparkline(trend)?;
    Some(
        view! { <svg class="spark kpi__viz" width="104" height="36" viewBox="0 0 104 36" aria-hidden="true" inner_html=marks></svg> }
            .into_any(),
    )
}

/// Three tiles in their final height.
pub fn skeleton() -> AnyView {
    let tile = |class: &'static str| {
        view! {
            <div class=class>
                <span class="sk sk--line sk--40"></span>
                <span class="sk sk--kpi"></span>
                <span class="sk sk--line sk--55 sk--bottom"></span>
            </div>
        }
    };
    view! { <div class="grid-3">{tile("card kpi")}{tile("card kpi")}{tile("card kpi span-narrow")}</div> }.into_any()
}
