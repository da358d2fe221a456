//! `/reports`: what can be looked up, each with what it says at a glance.

use crate::components::dynamic;
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use shared::dto::report::{CostsPerActiveUser, Demand, RenewalDecisions, UnusedActivations};
use shared::paths;
use shared::vocab::Suggestion;

use crate::components::{icon, use_page};
use crate::format::words::counted;
use crate::format::{BROWSER, count, money};
use crate::state::query::Query;

/// A report at a glance.
#[derive(Debug, Clone, Copy)]
struct Card {
    path: &'static str,
    symbol: &'static str,
    name: &'static str,
    text: &'static str,
}

/// `/reports`
#[component]
pub fn ReportsPage() -> impl IntoView {
    use_page(|| "Reports".to_owned());
    let decisions = glance::<RenewalDecisions>(paths::REPORT_DECISIONS);
    let unused = glance::<UnusedActivations>(paths::REPORT_UNUSED);
    let costs = glance::<CostsPerActiveUser>(paths::REPORT_COST_PER_USER);
    let demand = glance::<Demand>(paths::REPORT_DEMAND);
    let to_decide = line(decisions, decided);
    let at_stake = line(unused, stake);
    let per_user = line(costs, cost);
    let activated = line(demand, |report| {
        let new = report.total.new_activations;
        counted(new, "new activation in 30 days", "new activations in 30 days", BROWSER)
    });
    let people =
        line(costs, |report| counted(report.total.active_users, "person in 30 days", "people in 30 days", BROWSER));
    view! {
        <div class="page-head">
            <div>
                <h1 tabindex="-1">"Reports"</h1>
                <p class="page-head__date">"What is used, what it costs, and what to decide."</p>
            </div>
        </div>
        <div class="picks">
            {card(
                Card { path: "/reports/decisions", symbol: "renew", name: "Renewals to decide about", text: "What renews next, who uses it, and whether it is worth it." },
                to_decide,
            )}
            {card(
                Card { path: "/reports/unused", symbol: "off", name: "Unused activations", text: "What you pay for and nobody uses, with the money at stake." },
                at_stake,
            )}
            {card(
                Card { path: "/reports/cost-per-user", symbol: "wallet", name: "Cost per active user", text: "What a person who uses it costs a month, by product and by client." },
                per_user,
            )}
            {card(
                Card { path: "/reports/demand", symbol: "up", name: "Demand", text: "Products by new activations, against the time before." },
                activated,
            )}
            {card(
                Card { path: "/reports/impact", symbol: "layers", name: "Activation impact", text: "Who used what in the 28 days before and after each activation." },
                || Some(Ok("28 days before and after".to_owned())),
            )}
            {card(
                Card { path: "/reports/active-users", symbol: "users", name: "Active users", text: "The people behind the figure, under names that say nothing about them." },
                people,
            )}
        </div>
    }
}

/// A report's totals; of its rows one will do.
fn glance<T: DeserializeOwned + Clone + PartialEq + Send + Sync + 'static>(path: &str) -> Query<T> {
    let query = Query::<T>::new();
    query.load(format!("{path}?limit=1"));
    query
}

/// What a report says at a glance: nothing yet, its line, or that it could not be read.
type Line = Option<Result<String, &'static str>>;

fn line<T: Send + Sync + 'static>(report: Query<T>, of: fn(&T) -> String) -> impl Fn() -> Line {
    move || {
        let said = report.data.with(|report| report.as_ref().map(of));
        said.map(Ok).or_else(|| report.error.with(Option::is_some).then_some(Err("This could not be loaded.")))
    }
}

fn card(card: Card, glance: impl Fn() -> Line + Send + 'static) -> AnyView {
    let line = move || match glance() {
        // The line is there before its text comes.
        None => "\u{a0}".into_any(),
        Some(Ok(text)) => text.into_any(),
        Some(Err(text)) => view! { <span class="text-bad">{icon("warn", 14)}{text}</span> }.into_any(),
    };
    view! {
        <a class="card pick pick--report" href=card.path>
            <h2 class="pick__name">{icon(card.symbol, 16)}{card.name}</h2>
            <p class="pick__text">{card.text}</p>
            <p class="pick__glance">{dynamic(line)}</p>
        </a>
    }
    .into_any()
}

fn decided(report: &RenewalDecisions) -> String {
    let of = |suggestion: Suggestion| {
        report.by_suggestion.iter().find(|total| total.suggestion == suggestion).map_or(0, |total| total.count)
    };
    match (of(Suggestion::Drop), of(Suggestion::Pause), of(Suggestion::Renew)) {
        (0, 0, 0) => "Nothing renews in 30 days".to_owned(),
        (0, 0, renew) => counted(renew, "renewal, worth it", "renewals, all worth it", BROWSER),
        (drop, pause, _) => format!("{} to drop, {} to pause", count(drop), count(pause)),
    }
}

fn stake(report: &UnusedActivations) -> String {
    match (report.count, report.at_stake) {
        (0, _) => "Everything is used".to_owned(),
        (unused, Some(at_stake)) => format!("{} at stake in {}", money(at_stake.total), count(unused)),
        (unused, None) => counted(unused, "activation", "activations", BROWSER),
    }
}

fn cost(report: &CostsPerActiveUser) -> String {
    match report.total.cost_per_user {
        Some(cost) => format!("{} a month", money(cost)),
        None => counted(report.total.active_users, "active user", "active users", BROWSER),
    }
}
