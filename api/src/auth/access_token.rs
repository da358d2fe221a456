//! The access cookie's content: a JWT that lives ten minutes.
//!
//! Nothing is left to a library's defaults: one algorithm, one exact header, no leeway, and every claim is compared here
//! with the instance's clock. A token says only which session it belongs to; who that is comes from the database.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use shared::vocab::SessionId;
use uuid::Uuid;

use crate::error::Error;

/// How long a token is good.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(10);
/// Who issues tokens.
pub const ISSUER: &str = "resellportal";
/// Whom they are for.
pub const AUDIENCE: &str = "resellportal-browser";
/// The type of RFC 9068.
pub const TYPE: &str = "at+jwt";
const ALGORITHM: Algorithm = Algorithm::HS256;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// Always [`ISSUER`].
    pub iss: String,
    /// Always [`AUDIENCE`].
    pub aud: String,
    /// When it runs out, in seconds since 1970.
    pub exp: i64,
    /// From when on it is good.
    pub nbf: i64,
    /// When it was made.
    pub iat: i64,
    /// Makes each token different.
    pub jti: Uuid,
    /// The session.
    pub sid: SessionId,
}

/// Makes and reads tokens.
#[derive(Clone)]
pub struct AccessTokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    header: Header,
    /// The first part of every token of ours.
    written_header: String,
}

impl std::fmt::Debug for AccessTokens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("AccessTokens")
    }
}

impl AccessTokens {
    /// With the instance's secret.
    pub fn new(secret: &SecretString) -> Self {
        let secret = secret.expose_secret().as_bytes();
        let mut validation = Validation::new(ALGORITHM);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["iss", "aud", "exp", "nbf"]);
        validation.leeway = 0;
        // Compared below with the instance's clock, which the library does not know.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let mut header = Header::new(ALGORITHM);
        header.typ = Some(TYPE.to_owned());
        let encoding = EncodingKey::from_secret(secret);
        let written_header = jsonwebtoken::encode(&header, &(), &encoding)
            .ok()
            .and_then(|token| token.split('.').next().map(str::to_owned))
            .unwrap_or_default();
        Self { encoding, decoding: DecodingKey::from_secret(secret), validation, header, written_header }
    }

    /// A token for a session, good until [`LIFETIME`] from now or the end of the session; with that moment.
    pub fn issue(
        &self,
        session_id: SessionId,
        session_ends_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(SecretString, DateTime<Utc>), Error> {
        let expires = (now + LIFETIME).min(session_ends_at).timestamp();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            exp: expires,
            nbf: now.timestamp(),
            iat: now.timestamp(),
            jti: Uuid::new_v4(),
            sid: session_id,
        };
        let token = jsonwebtoken::encode(&self.header, &claims, &self.encoding).map_err(Error::internal)?;
        Ok((SecretString::from(token), DateTime::from_timestamp(expires, 0).unwrap_or(now)))
    }

    /// The claims of a token that is good now. Why another is not, nobody needs to know.
    pub fn read(&self, token: &str, now: DateTime<Utc>) -> Option<Claims> {
        if token.split('.').next() != Some(self.written_header.as_str()) {
            return None;
        }
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation).ok()?.claims;
        let now = now.timestamp();
        let is_now = claims.nbf <= now && claims.iat <= now && now < claims.exp;
        let is_ours = claims.iss == ISSUER && claims.aud == AUDIENCE && !claims.jti.is_nil();
        let is_short = claims.exp.checked_sub(claims.iat).is_some_and(|life| life <= LIFETIME.num_seconds());
        (is_now && is_ours && is_short).then_some(claims)
    }
}

#[cfg(test)]
mod tests;
