//! `/usage-events`.

use actix_web::{HttpResponse, post, web};
use shared::dto::usage_event::{RecordUsageEventsRequest, RecordedUsageEvents};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto;
use super::service::{self, Window};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::http::{LargeJsonBody, no_store};

/// A batch of the longest events, every letter of them spelled as JSON's `\uXXXX`, and some white space.
const MAX_BODY_BYTES: usize = 5 << 20;

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(record_usage_events);
}

/// Send usage events.
#[utoipa::path(tag = "usage-events", operation_id = "record_usage_events", summary = "Send usage events",
    description = "Takes in 1 to 1,000 events, at most 5 MiB, and tells what was done with each, in the order of the request. \
                   All that are accepted are counted in one transaction; the next answer of the dashboard has them. There is \
                   no `Idempotency-Key`: the id of each event is its key, so a batch may be sent again, whole, in part or \
                   mixed with new events, and is not counted twice. A batch that cannot be read is refused whole, and nothing \
                   of it is kept. Needs `usage_write`.",
    request_body(content = RecordUsageEventsRequest, description = "Who used what, when."),
    responses((status = 200, description = "What was done with each event.", body = RecordedUsageEvents)))]
#[post("/api/v1/usage-events")]
async fn record_usage_events(
    state: web::Data<State>,
    caller: Caller<policy::UsageWrite>,
    LargeJsonBody(body): LargeJsonBody<RecordUsageEventsRequest, MAX_BODY_BYTES>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let batch = dto::batch(body)?;
    let (now, secret) = (state.clock.now(reseller), &state.config.secrets.end_user);
    let outcomes = state
        .db
        .write(reseller.id, async |tx| service::ingest(tx, reseller, &batch, Some(Window::REQUEST), now, secret).await)
        .await?;
    Ok(no_store(&dto::recorded(now, batch, &outcomes)))
}
