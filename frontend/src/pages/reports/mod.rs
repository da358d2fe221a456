//! The reports: what is used, what it costs, and what to decide. One file a page; what they share is in `frame`.

mod cost_per_user;
mod decisions;
mod demand;
mod explanation;
mod frame;
mod impact;
mod model;
mod overview;
mod unused;

pub use explanation::ExplanationText;

use leptos::prelude::*;

/// A page below `/reports`, by the last part of its address; the list of reports without one.
pub fn page(report: &str) -> AnyView {
    match report {
        "" => view! { <overview::ReportsPage/> }.into_any(),
        "unused" => view! { <unused::UnusedPage/> }.into_any(),
        "impact" => view! { <impact::ImpactPage/> }.into_any(),
        "cost-per-user" => view! { <cost_per_user::CostPerUserPage/> }.into_any(),
        "demand" => view! { <demand::DemandPage/> }.into_any(),
        "decisions" => view! { <decisions::DecisionsPage/> }.into_any(),
        _ => view! { <super::not_found::NotFoundPage/> }.into_any(),
    }
}
