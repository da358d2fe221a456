//! Logging in, who am I, passwords and one-time links.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::vocab::{Currency, MemberId, OperatorId, Permission, ResellerId, Role};

/// Log in with email and password.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LogInRequest {
    /// The email address of the member or operator; letter case does not matter.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "mara@harbour-digital.example", min_length = 3, max_length = 254)
    )]
    pub email: String,
    /// The password.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "correct horse battery staple", min_length = 1, max_length = 200, format = "password")
    )]
    pub password: String,
}

/// Who is logged in, and what they may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// The reseller acted for; null for an operator.
    pub reseller: Option<SessionReseller>,
    /// The person.
    pub person: SessionPerson,
    /// What the person may do.
    #[cfg_attr(feature = "openapi", schema(max_items = 50))]
    pub permissions: Vec<Permission>,
    /// When the access cookie runs out; null for an API key.
    pub access_expires_at: Option<DateTime<Utc>>,
}

/// The reseller that a session acts for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionReseller {
    /// Its id.
    pub id: ResellerId,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(example = "Harbour Digital", max_length = 200))]
    pub name: String,
    /// The one currency it pays in.
    pub currency: Currency,
    /// IANA name of its time zone; every `*_on` date is in it.
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Berlin", max_length = 64))]
    pub time_zone: String,
}

/// The person behind a session, or the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SessionPerson {
    /// A member of the reseller.
    Member {
        /// Its id.
        id: MemberId,
        /// Name as shown.
        #[cfg_attr(feature = "openapi", schema(example = "Mara Lindqvist", max_length = 200))]
        name: String,
        /// Email address.
        #[cfg_attr(feature = "openapi", schema(example = "mara@harbour-digital.example", max_length = 254))]
        email: String,
        /// What the member is to the reseller.
        role: Role,
    },
    /// A person who runs the instance.
    Operator {
        /// Its id.
        id: OperatorId,
        /// Email address.
        #[cfg_attr(feature = "openapi", schema(example = "ops@example.com", max_length = 254))]
        email: String,
    },
    /// An integrator's key.
    ApiKey {
        /// Its name.
        #[cfg_attr(feature = "openapi", schema(example = "Shop integration", max_length = 100))]
        name: String,
        /// The first letters of the key, enough to recognise it.
        #[cfg_attr(feature = "openapi", schema(example = "rsp_live_4f9k", max_length = 32))]
        key_start: String,
    },
}

/// Change one's own password.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePasswordRequest {
    /// The password until now.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200, format = "password"))]
    pub current_password: String,
    /// The new one: at least 12 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 12, max_length = 200, format = "password"))]
    pub new_password: String,
}

/// Ask whose one-time link this is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InspectLinkRequest {
    /// The token in the link.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub token: String,
}

/// Whose one-time link it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OneTimeLink {
    /// The email address the password will belong to.
    #[cfg_attr(feature = "openapi", schema(example = "mara@harbour-digital.example", max_length = 254))]
    pub email: String,
    /// The reseller's name; null for an operator.
    #[cfg_attr(feature = "openapi", schema(example = "Harbour Digital", max_length = 200))]
    pub reseller_name: Option<String>,
    /// Until when it can be used.
    pub expires_at: DateTime<Utc>,
}

/// Set a password with a one-time link. Every older session ends.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RedeemLinkRequest {
    /// The token in the link.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub token: String,
    /// The new password: at least 12 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 12, max_length = 200, format = "password"))]
    pub password: String,
}
