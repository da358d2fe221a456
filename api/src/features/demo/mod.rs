//! The demo account: a reseller with eighteen months of business, made through the plain services.
//!
//! The same for everybody who looks on the same day: one fixed seed, every date relative to today. [`seed`] fills an
//! empty database and knows nothing of where it lies or when it is made anew.

mod beside;
mod business;
mod dice;
mod figures;
mod names;
mod plan;
mod usage;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use shared::vocab::{ActorKind, Currency, MemberId, Role};

use crate::auth::Actor;
use crate::clock::Clock;
use crate::config::Secrets;
use crate::db::Db;
use crate::error::Error;
use crate::features::accounts::service::{self as accounts, NewMember, NewReseller};

/// Address of the demo's owner.
pub const OWNER_EMAIL: &str = "mara@harbour-digital.example";
/// Address of a member who may only look.
pub const VIEWER_EMAIL: &str = "ines@harbour-digital.example";
/// Password of everybody in the demo.
pub const PASSWORD: &str = "demo-harbour-2026";
const RESELLER: &str = "Harbour Digital";

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seeded {
    /// Activations, whatever became of them.
    pub activations: usize,
    /// Usage events.
    pub usage_events: usize,
}

/// Who acts in the demo.
struct Cast {
    owner: Actor,
    support: Actor,
    operator: Actor,
}

/// Fills a migrated database with the demo account.
pub async fn seed(db: &Db, clock: &Clock, secrets: &Secrets) -> Result<Seeded, Error> {
    if accounts::find_account(db, OWNER_EMAIL).await?.is_some() {
        return Err(Error::field("/demo", "exists", "is there already: take an empty database"));
    }
    let euro = Currency::from_code("EUR").map_err(Error::internal)?;
    let new = NewReseller { name: RESELLER.to_owned(), currency: euro, time_zone: chrono_tz::Europe::Berlin };
    let reseller_id = accounts::create_reseller(db, clock, new).await?;
    let add = async |name: &str, email: &str, role: Role| {
        let password = Some(SecretString::from(PASSWORD.to_owned()));
        let new = NewMember { email: email.to_owned(), name: name.to_owned(), role, password };
        accounts::create_member(db, clock, reseller_id, new).await
    };
    let owner = add("Mara Lindqvist", OWNER_EMAIL, Role::Owner).await?;
    let support = add("Jon Park", "jon@harbour-digital.example", Role::Support).await?;
    add("Ines Carvalho", VIEWER_EMAIL, Role::Viewer).await?;
    let cast = Cast {
        owner: member(owner, "Mara Lindqvist"),
        support: member(support, "Jon Park"),
        operator: Actor { kind: ActorKind::Operator, id: None, name: Some("Operator".to_owned()) },
    };
    let reseller = accounts::get_reseller(db, reseller_id).await?;
    let now: DateTime<Utc> = clock.now(&reseller);
    let story = plan::write(reseller.date_of(now));
    let made = business::run(db, &reseller, now, &story, &cast).await?;
    let usage_events = usage::run(db, &reseller, now, &story, &made, &secrets.end_user).await?;
    beside::run(db, &reseller, now, story.today, &cast).await?;
    Ok(Seeded { activations: made.len(), usage_events })
}

fn member(id: MemberId, name: &str) -> Actor {
    Actor { kind: ActorKind::Member, id: Some(id.0), name: Some(name.to_owned()) }
}
