//! `/dashboard`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use shared::dto::dashboard::Dashboard;
use shared::vocab::Range;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto;
use super::kept::{Answer, Answers, Viewer};
use super::service::{self, Look, Read};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::http::etag::Rendered;
use crate::http::{RequestId, StrictQuery};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(get_dashboard);
}

/// What the dashboard shows.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GetDashboard {
    /// How far back the series goes from today, today included; 30 days without it.
    range: Option<Range>,
}

/// Everything the dashboard shows, of one moment.
#[utoipa::path(tag = "dashboard", operation_id = "get_dashboard", summary = "Get the dashboard",
    description = "Session, key figures, recurring costs, active users compared with the period before, the first 25 \
                   activations with their total, counts, and the next five renewals: all of one moment. Each section is \
                   either `data` or the `problem` that kept it away, a missing permission for example; the others stand on \
                   their own. Open to everybody who acts for a reseller.",
    params(GetDashboard),
    responses((status = 200, description = "The dashboard.", body = Dashboard)))]
#[get("/api/v1/dashboard")]
async fn get_dashboard(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::AnyMember>,
    request_id: RequestId,
    StrictQuery(query): StrictQuery<GetDashboard>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let range = query.range.unwrap_or(Range::ThirtyDays);
    let viewer = Viewer::of(&caller);
    // Asked for after the request came in: whatever was written before is in the answer.
    let versions = state.db.versions_now(reseller.id).await?;
    let is_true = |answer: &Answer| answer.is_true(&viewer, versions, state.clock.now(reseller));
    let key = Answers::key(&caller, reseller, range);
    if let Some(answer) = state.dashboards.find(&key, is_true).await {
        return answer.rendered.answer(&request, &request_id.0);
    }
    let read = async {
        let reseller = &caller.reseller_now(&state.db).await?;
        let look =
            Look { principal: &caller, reseller, as_of: state.clock.now(reseller), range, outlooks: &state.outlooks };
        let Read { sections, versions, changes_at } = service::get(&state.db, &look).await?;
        let rendered = Rendered::of_state(|id| dto::dashboard(&state, &look, sections, id))?;
        Ok(Answer { rendered, viewer: viewer.clone(), versions, as_of: look.as_of, changes_at })
    };
    // On the heap, and only where something has to be read: it is large.
    let answer = Box::pin(state.dashboards.find_or_read(key, is_true, read)).await?;
    answer.rendered.answer(&request, &request_id.0)
}
