//! From what the service knows to what is sent, and the examples of the document.

use chrono::{DateTime, TimeZone, Utc};
use shared::dto::session::{OneTimeLink, Session, SessionPerson, SessionReseller};
use shared::vocab::{Currency, MemberId, ResellerId, Role};
use uuid::Uuid;

use super::service::{Link, Opened};
use crate::auth::{Credential, Principal, Reseller};

fn reseller(reseller: &Reseller) -> SessionReseller {
    SessionReseller {
        id: reseller.id,
        name: reseller.name.clone(),
        currency: reseller.currency,
        time_zone: reseller.time_zone.name().to_owned(),
    }
}

/// Who just logged in.
pub fn of_opened(opened: &Opened) -> Session {
    let identity = &opened.identity;
    Session {
        reseller: identity.reseller.as_ref().map(reseller),
        person: identity.person.clone(),
        permissions: identity.permissions.clone(),
        access_expires_at: Some(opened.access_expires_at),
    }
}

/// Who is calling.
pub fn of_principal(principal: &Principal) -> Session {
    Session {
        reseller: principal.reseller.as_ref().map(reseller),
        person: principal.person.clone(),
        permissions: principal.permissions.clone(),
        access_expires_at: match principal.credential {
            Credential::Session { access_expires_at, .. } => Some(access_expires_at),
            Credential::ApiKey => None,
        },
    }
}

/// Whose link it is.
pub fn of_link(link: Link) -> OneTimeLink {
    OneTimeLink { email: link.email, reseller_name: link.reseller_name, expires_at: link.expires_at }
}

fn example_moment() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 13, 12, 0).single().unwrap_or_default()
}

/// An example for the document.
pub fn example_session() -> Session {
    let id = Uuid::from_u128(0x019a_aa70_5c00_7000_8000_0000_0000_0001);
    Session {
        reseller: Currency::from_code("EUR").ok().map(|currency| SessionReseller {
            id: ResellerId(id),
            name: "Harbour Digital".to_owned(),
            currency,
            time_zone: "Europe/Berlin".to_owned(),
        }),
        person: SessionPerson::Member {
            id: MemberId(id),
            name: "Mara Lindqvist".to_owned(),
            email: "mara@harbour-digital.example".to_owned(),
            role: Role::Viewer,
        },
        permissions: Role::Viewer.permissions().to_vec(),
        access_expires_at: Some(example_moment()),
    }
}

/// An example for the document.
pub fn example_link() -> OneTimeLink {
    OneTimeLink {
        email: "mara@harbour-digital.example".to_owned(),
        reseller_name: Some("Harbour Digital".to_owned()),
        expires_at: example_moment(),
    }
}
