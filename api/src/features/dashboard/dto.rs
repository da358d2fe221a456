//! The sections as the API shows them.

use shared::dto::dashboard::{Dashboard, Section};

use super::service::{ACTIVATIONS, Look, Sections};
use crate::app::State;
use crate::error::Error;
use crate::features::{activations, active_users, forecast, overview, recurring_costs, session};

/// The dashboard; the problem of a section carries the id of the request.
pub fn dashboard(state: &State, look: &Look<'_>, sections: Sections, request_id: &str) -> Dashboard {
    let (reseller, as_of) = (look.reseller, look.as_of);
    let today = reseller.date_of(as_of);
    let first_page = |listed| activations::routes::first_page(state, reseller, today, ACTIVATIONS, listed);
    let row = |row: &_| activations::dto::row(reseller, today, row);
    Dashboard {
        as_of,
        session: Section::Data(session::dto::of_principal(look.principal)),
        overview: section(request_id, sections.overview, |figures| overview::dto::overview(reseller, as_of, figures)),
        recurring_costs: section(request_id, sections.recurring_costs, |costs| {
            recurring_costs::dto::recurring_costs(reseller, as_of, &costs)
        }),
        active_users: section(request_id, sections.active_users, |series| {
            active_users::dto::series(reseller, as_of, &series)
        }),
        activations: section(request_id, sections.activations.and_then(first_page), |page| page),
        activation_counts: section(request_id, sections.activation_counts, activations::dto::counts),
        next_renewals: section(request_id, sections.next_renewals, |rows| rows.iter().map(row).collect()),
        runway: section(request_id, sections.runway, |reach| forecast::dto::runway(reseller, as_of, reach)),
    }
}

fn section<T, U>(request_id: &str, read: Result<T, Error>, show: impl FnOnce(T) -> U) -> Section<U> {
    match read {
        Ok(read) => Section::Data(show(read)),
        Err(error) => Section::Problem(error.problem(request_id)),
    }
}
