//! Recurring costs by billing interval.

use crate::components::dynamic;
use leptos::prelude::*;
use shared::dto::recurring_costs::{RecurringCostCard, RecurringCosts};
use shared::vocab::Figure;

use super::model::Part;
use crate::components::{Explain, time_of};
use crate::format::words::{DateForm, interval_card_name, interval_unit};
use crate::format::{count, money};
use crate::state::app_state;

/// One cell per interval, and all together by the month.
pub fn costs(costs: Memo<Part<RecurringCosts>>) -> AnyView {
    let together = move || costs.with(|costs| costs.ready().map(|costs| money(costs.monthly_equivalent)));
    let shares = move || {
        costs.with(|costs| {
            let costs = costs.ready()?;
            let (short, long) = (&costs.short_intervals, &costs.long_intervals);
            Some(format!(
                "Monthly and quarterly make {}, half-yearly and yearly {}.",
                money(short.monthly_equivalent),
                money(long.monthly_equivalent)
            ))
        })
    };
    let cells = move || costs.with(|costs| costs.ready().map(|costs| costs.cards.iter().map(cell).collect_view()));
    view! {
        <section class="card strip" aria-labelledby="recurring-costs">
            <div class="card__head strip__head">
                <h2 id="recurring-costs">"Recurring costs"</h2>
                <p class="strip__sum">
                    <span>"≈ "<strong>{dynamic(together)}</strong>" a month all together"</span>
                    <Explain id="recurring-costs-help" label="How the monthly total is calculated" figure=Figure::MonthlyEquivalent more=dynamic(shares)/>
                </p>
            </div>
            <div class="strip__cells" role="list">{dynamic(cells)}</div>
        </section>
    }
    .into_any()
}

fn cell(card: &RecurringCostCard) -> AnyView {
    let interval = card.billing_interval;
    let path = format!("/activations?billing_interval={interval}&renewing=true&sort=renews_at");
    let state = app_state();
    let today = crate::format::today(&state.session.time_zone());
    let next = card.next_charge.as_ref().map(|next| {
        view! { <span class="sep">" · "</span><span>"next "{time_of(next.renews_on, DateForm::near(next.renews_on, today))}</span> }
    });
    let figure = if card.renewing_count == 0 {
        view! { "None" }.into_any()
    } else {
        view! { {money(card.total)}" "<span class="strip__unit">{interval_unit(interval)}</span> }.into_any()
    };
    view! {
        <div class="strip__cell" role="listitem">
            <h3 class="strip__label"><a href=path>{interval_card_name(interval)}</a></h3>
            <p class="strip__value">{figure}</p>
            <p class="strip__meta"><span>{count(card.renewing_count)}" renewing"</span>{next}</p>
        </div>
    }
    .into_any()
}

/// The strip in its final height.
pub fn skeleton() -> AnyView {
    let cell = || {
        view! {
            <div class="strip__cell">
                <span class="sk sk--line sk--40"></span>
                <span class="sk sk--line sk--fig sk--55"></span>
                <span class="sk sk--line sk--70"></span>
            </div>
        }
    };
    view! {
        <div class="card strip">
            <div class="card__head strip__head"><span class="sk sk--line sk--20"></span></div>
            <div class="strip__cells">{(0..4).map(|_| cell()).collect_view()}</div>
        </div>
    }
    .into_any()
}
