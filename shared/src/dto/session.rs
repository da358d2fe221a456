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
#[serde(tag = "kind", rename_all = "snake_case", try_from = "PersonFields")]
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

/// A person as it is read: all fields of all kinds. What serde makes of a tagged enum is ten times as large in the browser.
#[derive(Deserialize)]
struct PersonFields {
    kind: PersonKind,
    id: Option<String>,
    name: Option<String>,
    email: Option<String>,
    role: Option<Role>,
    key_start: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum PersonKind {
    Member,
    Operator,
    ApiKey,
}

impl TryFrom<PersonFields> for SessionPerson {
    type Error = &'static str;

    fn try_from(fields: PersonFields) -> Result<Self, Self::Error> {
        let PersonFields { kind, id, name, email, role, key_start } = fields;
        let read = match kind {
            PersonKind::Member => member(id, name, email, role),
            PersonKind::Operator => operator(id, email),
            PersonKind::ApiKey => api_key(name, key_start),
        };
        read.ok_or("a person lacks a field of its kind")
    }
}

fn member(
    id: Option<String>,
    name: Option<String>,
    email: Option<String>,
    role: Option<Role>,
) -> Option<SessionPerson> {
    Some(SessionPerson::Member { id: id?.parse().ok()?, name: name?, email: email?, role: role? })
}

fn operator(id: Option<String>, email: Option<String>) -> Option<SessionPerson> {
    Some(SessionPerson::Operator { id: id?.parse().ok()?, email: email? })
}

fn api_key(name: Option<String>, key_start: Option<String>) -> Option<SessionPerson> {
    Some(SessionPerson::ApiKey { name: name?, key_start: key_start? })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_person_is_read_as_it_was_written_and_none_without_its_fields() {
        let id = "mem_00000000000000000000000001".parse().unwrap();
        let people = [
            SessionPerson::Member { id, name: "Mara".into(), email: "mara@example.com".into(), role: Role::Owner },
            SessionPerson::Operator {
                id: "ope_00000000000000000000000001".parse().unwrap(),
                email: "o@example.com".into(),
            },
            SessionPerson::ApiKey { name: "Shop".into(), key_start: "rsp_live_4f9k".into() },
        ];
        for person in people {
            let written = serde_json::to_value(&person).unwrap();
            assert_eq!(serde_json::from_value::<SessionPerson>(written.clone()).unwrap(), person);
            for field in written.as_object().unwrap().keys() {
                let mut lacking = written.clone();
                lacking.as_object_mut().unwrap().remove(field);
                assert!(serde_json::from_value::<SessionPerson>(lacking).is_err(), "without {field}");
            }
        }
    }
}
