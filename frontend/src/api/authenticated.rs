//! What can be done with a session.

use gloo_net::http::{Method, Response};
use serde::de::DeserializeOwned;
use shared::dto::session::ChangePasswordRequest;
use shared::paths;
use shared::problem::ProblemCode;

use super::{ApiError, renewal, transport};

/// The client of a member who logged in, or who is believed to have.
#[derive(Debug, Clone, Copy, Default)]
pub struct Authenticated;

impl Authenticated {
    /// Reads a resource.
    pub async fn get<T: DeserializeOwned>(self, path: &str) -> Result<T, ApiError> {
        transport::parse(&self.get_text(path).await?)
    }

    /// Reads a resource as the text it is sent as.
    pub async fn get_text(self, path: &str) -> Result<String, ApiError> {
        transport::text(renewing(Method::GET, path, None).await?).await
    }

    /// Ends this session.
    pub async fn log_out(self) -> Result<(), ApiError> {
        renewing(Method::DELETE, paths::SESSION, None).await.map(drop)
    }

    /// Ends every session of this person.
    pub async fn log_out_everywhere(self) -> Result<(), ApiError> {
        renewing(Method::POST, paths::SESSION_REVOKE_ALL, None).await.map(drop)
    }

    /// Sets a new password.
    pub async fn change_password(self, current_password: String, new_password: String) -> Result<(), ApiError> {
        let body = transport::write(&ChangePasswordRequest { current_password, new_password })?;
        renewing(Method::POST, paths::SESSION_PASSWORD, Some(&body)).await.map(drop)
    }
}

/// Sends a request; when the access has run out, renews it and sends the request once more.
async fn renewing(method: Method, path: &str, body: Option<&str>) -> Result<Response, ApiError> {
    let sent_at = renewal::now();
    match transport::send(method.clone(), path, body).await {
        Err(error) if error.code() == Some(ProblemCode::Unauthenticated) => {}
        other => return other,
    }
    renewal::renew(sent_at).await?;
    match transport::send(method, path, body).await {
        Err(error) if error.code() == Some(ProblemCode::Unauthenticated) => Err(ApiError::SessionEnded),
        other => other,
    }
}
