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
        transport::text(renewing(Method::GET, path, None, &[]).await?).await
    }

    /// Reads a resource and its version, to be named when it is changed.
    pub async fn get_version(self, path: &str) -> Result<(String, String), ApiError> {
        let response = renewing(Method::GET, path, None, &[]).await?;
        let version = response.headers().get("etag").unwrap_or_default();
        Ok((transport::text(response).await?, version))
    }

    /// Sends a body and reads the text of the answer.
    pub async fn write(
        self,
        method: Method,
        path: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> Result<String, ApiError> {
        transport::text(renewing(method, path, Some(body), headers).await?).await
    }

    /// Ends this session.
    pub async fn log_out(self) -> Result<(), ApiError> {
        renewing(Method::DELETE, paths::SESSION, None, &[]).await.map(drop)
    }

    /// Ends every session of this person.
    pub async fn log_out_everywhere(self) -> Result<(), ApiError> {
        renewing(Method::POST, paths::SESSION_REVOKE_ALL, None, &[]).await.map(drop)
    }

    /// Sets a new password.
    pub async fn change_password(self, current_password: String, new_password: String) -> Result<(), ApiError> {
        let body = transport::write(&ChangePasswordRequest { current_password, new_password })?;
        renewing(Method::POST, paths::SESSION_PASSWORD, Some(&body), &[]).await.map(drop)
    }
}

/// Sends a request; when the access has run out, renews it and sends the request once more.
async fn renewing(
    method: Method,
    path: &str,
    body: Option<&str>,
    headers: &[(&str, &str)],
) -> Result<Response, ApiError> {
    let sent_at = renewal::now();
    match transport::send_with(method.clone(), path, body, headers).await {
        Err(error) if error.code() == Some(ProblemCode::Unauthenticated) => {}
        other => return other,
    }
    renewal::renew(sent_at).await?;
    match transport::send_with(method, path, body, headers).await {
        Err(error) if error.code() == Some(ProblemCode::Unauthenticated) => Err(ApiError::SessionEnded),
        other => other,
    }
}
