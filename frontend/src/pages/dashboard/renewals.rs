//! The next five renewals, by day.

use crate::components::dynamic;
use leptos::prelude::*;
use shared::dto::activation::ActivationRow;
use shared::dto::overview::BalanceFigure;

use super::model::{Part, RenewalDay, by_day};
use crate::components::{cover, empty, time_of};
use crate::format::words::{DateForm, days_away, interval_name};
use crate::format::{count, money};

/// What renews next, and what that takes.
pub fn renewals(rows: Memo<Part<Vec<ActivationRow>>>, balance: Signal<Option<BalanceFigure>>) -> AnyView {
    let days = move || rows.with(|rows| rows.ready().map(|rows| by_day(rows)).unwrap_or_default());
    let list = move || {
        let days = days();
        if days.is_empty() {
            return empty("check", "Nothing renews", "No activation is going to be charged.", None);
        }
        view! { <div class="renewals__days">{days.into_iter().map(day).collect_view()}</div> }.into_any()
    };
    let all = move || {
        let has_any = rows.with(|rows| rows.ready().is_some_and(|rows| !rows.is_empty()));
        has_any.then(|| {
            view! {
                <a class="ms-auto note-link" href="/activations?renewing=true&sort=renews_at">"All by date"</a>
            }
        })
    };
    let foot = move || {
        balance.get().map(|balance| {
            view! {
                <p class="card__foot">
                    <span>{format!("Next 30 days, {} renewals", count(balance.renewals_in_30_days))}</span>
                    <strong class="ms-auto fg">{money(balance.due_in_30_days)}</strong>
                </p>
            }
        })
    };
    view! {
        <section class="card renewals renewals--fixed" aria-labelledby="next-renewals">
            <div class="card__head"><h2 id="next-renewals">"Next renewals"</h2>{dynamic(all)}</div>
            {dynamic(list)}
            {dynamic(foot)}
        </section>
    }
    .into_any()
}

fn day(day: RenewalDay) -> AnyView {
    let class = if day.in_days < 0 { "text-bad" } else { "muted" };
    view! {
        <h3 class="renewals__day"><span>{time_of(day.on, DateForm::WeekdayShort)}</span><span class=class>{days_away(day.in_days)}</span></h3>
        {day.rows.into_iter().map(renewal).collect_view()}
    }
    .into_any()
}

fn renewal(row: ActivationRow) -> AnyView {
    let sub = format!("{} · {}", row.client.name, interval_name(row.billing_interval));
    view! {
        <div class="renewal">
            <a class="renewal__product cell-main" href=format!("/activations/{}", row.id)>{row.product.name}</a>
            <span class="renewal__amount">{money(row.price)}</span>
            <span class="renewal__sub">{sub}</span>
            {row.covered.map(|is_covered| view! { <span class="renewal__cover">{cover(is_covered)}</span> })}
        </div>
    }
    .into_any()
}
