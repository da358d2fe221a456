//! What can be done without a session: log in, and use a one-time link.

use gloo_net::http::Method;
use shared::dto::session::{InspectLinkRequest, LogInRequest, OneTimeLink, RedeemLinkRequest, Session};
use shared::paths;

use super::{ApiError, transport};

/// The client of somebody unknown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Anonymous;

impl Anonymous {
    /// Logs in; the session is kept in cookies that scripts never see.
    pub async fn log_in(self, email: String, password: String) -> Result<Session, ApiError> {
        let body = transport::write(&LogInRequest { email, password })?;
        transport::read(transport::send(Method::POST, paths::SESSION, Some(&body)).await?).await
    }

    /// Whose one-time link it is.
    pub async fn inspect_link(self, token: String) -> Result<OneTimeLink, ApiError> {
        let body = transport::write(&InspectLinkRequest { token })?;
        transport::read(transport::send(Method::POST, paths::ONE_TIME_LINK_INSPECT, Some(&body)).await?).await
    }

    /// Sets the password with a one-time link.
    pub async fn redeem_link(self, token: String, password: String) -> Result<(), ApiError> {
        let body = transport::write(&RedeemLinkRequest { token, password })?;
        transport::send(Method::POST, paths::ONE_TIME_LINK_REDEEM, Some(&body)).await.map(drop)
    }
}
