//! Creating resellers, members, operators, one-time links and API keys.
//!
//! The command line, the demo data, imports and tests all come through here. Secrets are returned once and never stored.

use chrono::TimeDelta;
use chrono_tz::Tz;
use sea_orm::ConnectionTrait;
use secrecy::{ExposeSecret, SecretString};
use shared::vocab::{ApiKeyId, Currency, MemberId, OperatorId, Permission, ResellerId, Role};
use uuid::Uuid;

use super::store;
use crate::auth::{Reseller, password, secret_token};
use crate::clock::Clock;
use crate::db::Db;
use crate::error::Error;

/// How long a one-time link can be used.
pub const LINK_HOURS: i64 = 72;
const MAX_NAME: usize = 200;
const MAX_KEY_NAME: usize = 100;
const MAX_EMAIL: usize = 254;

/// Somebody who can log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Account {
    /// A member of a reseller.
    Member(MemberId),
    /// A person who runs the instance.
    Operator(OperatorId),
}

impl Account {
    /// Its id, if it is a member.
    pub fn member_id(self) -> Option<MemberId> {
        match self {
            Self::Member(id) => Some(id),
            Self::Operator(_) => None,
        }
    }

    /// Its id, if it is an operator.
    pub fn operator_id(self) -> Option<OperatorId> {
        match self {
            Self::Operator(id) => Some(id),
            Self::Member(_) => None,
        }
    }
}

/// A reseller to be.
#[derive(Debug, Clone)]
pub struct NewReseller {
    /// Its name.
    pub name: String,
    /// The one currency it pays in.
    pub currency: Currency,
    /// The zone its dates are shown in.
    pub time_zone: Tz,
}

/// A member to be.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// Address to log in with; letter case does not matter.
    pub email: String,
    /// Name as shown.
    pub name: String,
    /// What the member is to the reseller.
    pub role: Role,
    /// None to let the member set it through a one-time link.
    pub password: Option<SecretString>,
}

/// Opens a reseller with an empty wallet.
pub async fn create_reseller(db: &Db, clock: &Clock, new: NewReseller) -> Result<ResellerId, Error> {
    let name = checked_text(&new.name, "/name", MAX_NAME)?;
    let (id, now) = (ResellerId(Uuid::now_v7()), clock.system_now());
    db.write(id, async |tx| store::insert_reseller(id, &name, new.currency, new.time_zone, now, tx).await).await?;
    Ok(id)
}

/// One reseller by its id, in a transaction; an error where there is none.
pub async fn find_reseller(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<Reseller, Error> {
    store::find_reseller(reseller_id, connection).await?.ok_or_else(Error::not_found)
}

/// One reseller by its id; an error where there is none.
pub async fn get_reseller(db: &Db, reseller_id: ResellerId) -> Result<Reseller, Error> {
    find_reseller(db.pool(), reseller_id).await
}

/// One reseller by what a person types: its id or its exact name.
pub async fn get_reseller_by_text(db: &Db, text: &str) -> Result<Reseller, Error> {
    if let Ok(id) = text.parse() {
        return get_reseller(db, id).await.map_err(|_| no_reseller(text));
    }
    let mut named = store::list_resellers_named(text, db.pool()).await?;
    match (named.pop(), named.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_), false) => {
            Err(Error::field("/reseller", "ambiguous", "is the name of several resellers; give the id (res_…)"))
        }
        (None, _) => Err(no_reseller(text)),
    }
}

fn no_reseller(text: &str) -> Error {
    Error::field("/reseller", "unknown", format!("{text:?} is neither the id nor the name of a reseller"))
}

/// Adds a member: active with a password, invited without.
pub async fn create_member(db: &Db, clock: &Clock, reseller_id: ResellerId, new: NewMember) -> Result<MemberId, Error> {
    let email = checked_email(&new.email)?;
    let name = checked_text(&new.name, "/name", MAX_NAME)?;
    let password_hash = match new.password {
        Some(password) => {
            password::check_new(password.expose_secret(), &email, "/password")?;
            let hashed = tokio::task::spawn_blocking(move || password::hash_blocking(&password)).await;
            Some(hashed.map_err(Error::internal)??)
        }
        None => None,
    };
    let row = store::MemberRow { email, name, role: new.role, password_hash };
    let (id, now) = (MemberId(Uuid::now_v7()), clock.system_now());
    db.write(reseller_id, async |tx| {
        refuse_known(store::find_account(&row.email, tx.connection()).await?)?;
        store::insert_member(reseller_id, id, row.clone(), now, tx).await
    })
    .await?;
    Ok(id)
}

/// Adds an operator, who sets the password through a one-time link.
pub async fn create_operator(db: &Db, clock: &Clock, email: &str) -> Result<OperatorId, Error> {
    let email = checked_email(email)?;
    let (id, now) = (OperatorId(Uuid::now_v7()), clock.system_now());
    db.write_shared(async |tx| {
        refuse_known(store::find_account(&email, tx).await?)?;
        store::insert_operator(id, &email, now, tx).await
    })
    .await?;
    Ok(id)
}

/// Whose address this is.
pub async fn find_account(db: &Db, email: &str) -> Result<Option<Account>, Error> {
    store::find_account(&checked_email(email)?, db.pool()).await
}

/// Whether anybody could log in.
pub async fn has_accounts(db: &Db) -> Result<bool, Error> {
    store::has_accounts(db.pool()).await
}

/// Makes a link where the password is set, and returns its token. Older links of the account stay usable until they end.
pub async fn create_link(db: &Db, clock: &Clock, account: Account) -> Result<SecretString, Error> {
    let token = secret_token::new_token();
    let now = clock.system_now();
    let expires_at = now + TimeDelta::hours(LINK_HOURS);
    let hash = secret_token::hash(token.expose_secret());
    db.write_shared(async |tx| store::insert_link(account, hash.clone(), now, expires_at, tx).await).await?;
    Ok(token)
}

/// The address of a one-time link, as it is sent to a person.
pub fn link_url(public_url: &str, token: &SecretString) -> String {
    format!("{}/invite/{}", public_url.trim_end_matches('/'), token.expose_secret())
}

/// Makes an API key with these permissions as its scopes, and returns the secret this once.
pub async fn create_api_key(
    db: &Db,
    clock: &Clock,
    reseller_id: ResellerId,
    name: &str,
    scopes: &[Permission],
) -> Result<(ApiKeyId, SecretString), Error> {
    let name = checked_text(name, "/name", MAX_KEY_NAME)?;
    if scopes.is_empty() {
        return Err(Error::field("/scopes", "required", "must name at least one permission"));
    }
    let mut scopes: Vec<_> = scopes.iter().map(ToString::to_string).collect();
    scopes.sort();
    scopes.dedup();
    let key = secret_token::new_api_key();
    let row = store::ApiKeyRow {
        name,
        key_start: secret_token::key_start(&key),
        secret_hash: secret_token::hash(key.expose_secret()),
        scopes: scopes.join(","),
    };
    let (id, now) = (ApiKeyId(Uuid::now_v7()), clock.system_now());
    db.write(reseller_id, async |tx| store::insert_api_key(reseller_id, id, row.clone(), now, tx).await).await?;
    Ok((id, key))
}

fn refuse_known(account: Option<Account>) -> Result<(), Error> {
    match account {
        None => Ok(()),
        Some(_) => Err(Error::field("/email", "taken", "belongs to an account already")),
    }
}

/// An email address as it is stored and compared: trimmed, in lower case.
pub fn normal_email(text: &str) -> String {
    text.trim().to_lowercase()
}

fn checked_email(text: &str) -> Result<String, Error> {
    let email = normal_email(text);
    let has_form = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    let is_clean = !email.chars().any(|letter| letter.is_whitespace() || letter.is_control());
    if has_form && is_clean && email.len() <= MAX_EMAIL && email.matches('@').count() == 1 {
        Ok(email)
    } else {
        Err(Error::field("/email", "invalid", "must be an email address such as mara@example.com"))
    }
}

/// A text without blanks around it that is neither empty nor too long nor odd.
pub fn checked_text(text: &str, pointer: &str, longest: usize) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::field(pointer, "required", "must not be empty"));
    }
    if text.chars().count() > longest {
        return Err(Error::field(pointer, "too_long", format!("must have at most {longest} characters")));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::field(pointer, "invalid", "must have no control characters"));
    }
    Ok(text.to_owned())
}
