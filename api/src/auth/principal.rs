//! The identity behind a request.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use shared::dto::session::SessionPerson;
use shared::problem::ProblemCode;
use shared::vocab::{ActorKind, Currency, Money, Permission, ResellerId, SessionId};
use uuid::Uuid;

use crate::error::Error;

/// The tenant that every query is limited to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reseller {
    /// Its id: the first argument of every store function.
    pub id: ResellerId,
    /// Its name.
    pub name: String,
    /// The one currency it pays in.
    pub currency: Currency,
    /// The zone its dates are shown in.
    pub time_zone: Tz,
    /// Moves its clock (a sandbox); 0 for everybody else.
    pub clock_offset_seconds: i64,
    /// Counts its committed writes. On a [`Principal`] it may be up to a second old: read the row where freshness counts.
    pub version: i64,
}

impl Reseller {
    /// An amount of its currency.
    pub fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency)
    }

    /// The date of an instant on its calendar.
    pub fn date_of(&self, instant: DateTime<Utc>) -> NaiveDate {
        instant.with_timezone(&self.time_zone).date_naive()
    }
}

/// Who caused a change, as history and ledger keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// What kind of caller.
    pub kind: ActorKind,
    /// Its id; none for the system.
    pub id: Option<Uuid>,
    /// Its name as shown.
    pub name: Option<String>,
}

impl Actor {
    /// The platform itself.
    pub fn system() -> Self {
        Self { kind: ActorKind::System, id: None, name: None }
    }

    /// Data moved in from elsewhere.
    pub fn import() -> Self {
        Self { kind: ActorKind::Import, id: None, name: None }
    }
}

/// How the caller proved who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A browser session.
    Session {
        /// Its id.
        id: SessionId,
        /// When the access cookie runs out.
        access_expires_at: DateTime<Utc>,
    },
    /// An API key.
    ApiKey,
}

/// An authenticated caller: a member, a key or an operator.
#[derive(Debug, Clone)]
pub struct Principal {
    /// The reseller acted for; none for an operator.
    pub reseller: Option<Reseller>,
    /// The person or key, as `GET /session` shows it.
    pub person: SessionPerson,
    /// The same, as history and ledger keep it.
    pub actor: Actor,
    /// How it proved who it is.
    pub credential: Credential,
    /// What it may do.
    pub permissions: Vec<Permission>,
}

impl Principal {
    /// Whether it may do this.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// Refuses a caller without this permission; for answers that need more than the handler's policy.
    pub fn require(&self, permission: Permission) -> Result<(), Error> {
        if self.may(permission) {
            return Ok(());
        }
        Err(Error::new(ProblemCode::PermissionDenied, format!("This needs the permission {permission}.")))
    }
}
