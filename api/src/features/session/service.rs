//! Sessions from log-in to log-out.
//!
//! A session lives 30 days at most, and 7 days after its last refresh. Each refresh token is good once; one that comes back
//! was copied, or sent twice, and ends its session. Secrets leave here once and are stored as hashes.

use std::net::IpAddr;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::DatabaseTransaction;
use secrecy::{ExposeSecret, SecretString};
use shared::problem::ProblemCode;
use shared::vocab::SessionId;
use uuid::Uuid;

use super::store::{self, RefreshRow, SessionRow};
use crate::app::State;
use crate::auth::identities::{self, Identity};
use crate::auth::{password, secret_token, unauthenticated};
use crate::error::Error;
use crate::features::accounts::Account;
use crate::features::accounts::service::normal_email;

const SESSION_LIFE: TimeDelta = TimeDelta::days(30);
const IDLE_LIFE: TimeDelta = TimeDelta::days(7);

/// What a browser gets: two tokens and who it is.
#[derive(Debug)]
pub struct Opened {
    /// Who logged in.
    pub identity: Arc<Identity>,
    /// The access token.
    pub access: SecretString,
    /// When it runs out.
    pub access_expires_at: DateTime<Utc>,
    /// The refresh token.
    pub refresh: SecretString,
    /// When it runs out, if it is not used.
    pub refresh_expires_at: DateTime<Utc>,
}

/// Logs in with email and password.
pub async fn log_in(state: &State, email: &str, password: SecretString, address: IpAddr) -> Result<Opened, Error> {
    let now = state.clock.system_now();
    let email = normal_email(email);
    let guess = state.auth.guesses.take(&email, address, now).await?;
    let credentials = store::find_credentials_by_email(&email, state.db.pool()).await?;
    let (account, hash) = match credentials {
        Some(credentials) => (Some(credentials.account), credentials.password_hash),
        None => (None, None),
    };
    let is_right = state.auth.passwords.verify(password, hash).await?;
    let (Some(account), true) = (account, is_right) else { return Err(invalid_credentials()) };
    guess.was_right().await;
    let identity = identity_of(state, account).await?.ok_or_else(invalid_credentials)?;
    let session =
        SessionRow { id: SessionId(Uuid::now_v7()), account, expires_at: now + SESSION_LIFE, is_revoked: false };
    let (refresh, refresh_expires_at) = state
        .db
        .write_shared(async |tx| {
            store::insert_session(&session, now, tx).await?;
            insert_refresh_token(&session, now, tx).await
        })
        .await?;
    opened(state, identity, &session, refresh, refresh_expires_at, now)
}

fn invalid_credentials() -> Error {
    Error::new(ProblemCode::InvalidCredentials, "There is no account with this email address and password.")
}

async fn identity_of(state: &State, account: Account) -> Result<Option<Identity>, Error> {
    match account {
        Account::Member(id) => identities::of_member(id, state.db.pool()).await,
        Account::Operator(id) => identities::of_operator(id, state.db.pool()).await,
    }
}

async fn insert_refresh_token(
    session: &SessionRow,
    now: DateTime<Utc>,
    tx: &DatabaseTransaction,
) -> Result<(SecretString, DateTime<Utc>), Error> {
    let token = secret_token::new_token();
    let expires_at = (now + IDLE_LIFE).min(session.expires_at);
    let row = RefreshRow { session_id: session.id, expires_at };
    store::insert_refresh_token(secret_token::hash(token.expose_secret()), &row, now, tx).await?;
    Ok((token, expires_at))
}

fn opened(
    state: &State,
    identity: Identity,
    session: &SessionRow,
    refresh: SecretString,
    refresh_expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Opened, Error> {
    let (access, access_expires_at) = state.auth.access_tokens.issue(session.id, session.expires_at, now)?;
    Ok(Opened { identity: Arc::new(identity), access, access_expires_at, refresh, refresh_expires_at })
}

/// What became of a refresh token.
enum Refreshed {
    Prolonged(SessionRow, SecretString, DateTime<Utc>),
    /// It was used before: the session was ended, in the same transaction.
    Reused(SessionId),
    Refused,
}

/// Exchanges a refresh token for new tokens.
pub async fn refresh(state: &State, token: &str) -> Result<Opened, Error> {
    if !secret_token::is_token(token) {
        return Err(unauthenticated());
    }
    let (hash, now) = (secret_token::hash(token), state.clock.system_now());
    match state.db.write_shared(async |tx| use_refresh_token(&hash, now, tx).await).await? {
        Refreshed::Prolonged(session, refresh, refresh_expires_at) => {
            let identity = identity_of(state, session.account).await?.ok_or_else(unauthenticated)?;
            opened(state, identity, &session, refresh, refresh_expires_at, now)
        }
        Refreshed::Reused(session_id) => {
            state.auth.identities.forget();
            tracing::warn!(session = %session_id, "a refresh token came back after its use; its session was ended");
            Err(unauthenticated())
        }
        Refreshed::Refused => Err(unauthenticated()),
    }
}

async fn use_refresh_token(hash: &[u8], now: DateTime<Utc>, tx: &DatabaseTransaction) -> Result<Refreshed, Error> {
    let Some(token) = store::find_refresh_token(hash, tx).await? else { return Ok(Refreshed::Refused) };
    if !store::use_refresh_token(hash, now, tx).await? {
        store::revoke_session(token.session_id, "refresh_token_reused", now, tx).await?;
        return Ok(Refreshed::Reused(token.session_id));
    }
    let session = store::find_session(token.session_id, tx).await?;
    let is_good = |session: &SessionRow| !session.is_revoked && now < session.expires_at && now < token.expires_at;
    let Some(session) = session.filter(is_good) else { return Ok(Refreshed::Refused) };
    let (refresh, expires_at) = insert_refresh_token(&session, now, tx).await?;
    Ok(Refreshed::Prolonged(session, refresh, expires_at))
}

/// Ends one session.
pub async fn log_out(state: &State, session_id: SessionId) -> Result<(), Error> {
    let now = state.clock.system_now();
    state.db.write_shared(async |tx| store::revoke_session(session_id, "logged_out", now, tx).await).await?;
    state.auth.identities.forget();
    Ok(())
}

/// Ends every session of an account.
pub async fn log_out_everywhere(state: &State, session_id: SessionId) -> Result<(), Error> {
    let now = state.clock.system_now();
    let account = account_of(state, session_id).await?;
    state
        .db
        .write_shared(async |tx| store::revoke_sessions(account, None, "logged_out_everywhere", now, tx).await)
        .await?;
    state.auth.identities.forget();
    Ok(())
}

async fn account_of(state: &State, session_id: SessionId) -> Result<Account, Error> {
    let session = store::find_session(session_id, state.db.pool()).await?;
    Ok(session.ok_or_else(unauthenticated)?.account)
}

/// Changes the password of whoever is logged in, and ends the other sessions.
pub async fn change_password(
    state: &State,
    session_id: SessionId,
    current: SecretString,
    new: SecretString,
    address: IpAddr,
) -> Result<(), Error> {
    let now = state.clock.system_now();
    let account = account_of(state, session_id).await?;
    let credentials = store::find_credentials(account, state.db.pool()).await?.ok_or_else(unauthenticated)?;
    password::check_new(new.expose_secret(), &credentials.email, "/new_password")?;
    let guess = state.auth.guesses.take(&credentials.email, address, now).await?;
    if !state.auth.passwords.verify(current, credentials.password_hash).await? {
        return Err(Error::field("/current_password", "wrong", "is not your present password"));
    }
    guess.was_right().await;
    let hash = state.auth.passwords.hash(new).await?;
    state.db.write_shared(async |tx| set_password(account, &hash, Some(session_id), now, tx).await).await?;
    state.auth.identities.forget();
    Ok(())
}

async fn set_password(
    account: Account,
    hash: &str,
    except: Option<SessionId>,
    now: DateTime<Utc>,
    tx: &DatabaseTransaction,
) -> Result<(), Error> {
    if !store::update_password(account, hash, tx).await? {
        return Err(link_invalid());
    }
    store::use_links_of(account, now, tx).await?;
    store::revoke_sessions(account, except, "password_changed", now, tx).await
}

fn link_invalid() -> Error {
    Error::new(ProblemCode::LinkInvalid, "It was used, it ran out, or a newer password was set. Ask for a new one.")
}

/// Whose one-time link it is.
#[derive(Debug)]
pub struct Link {
    /// The address the password will belong to.
    pub email: String,
    /// The reseller's name; none for an operator.
    pub reseller_name: Option<String>,
    /// Until when it can be used.
    pub expires_at: DateTime<Utc>,
}

/// Whose one-time link it is, as long as it can be used.
pub async fn inspect_link(state: &State, token: &str) -> Result<Link, Error> {
    let (_, link, credentials) = usable_link(state, token).await?;
    let reseller_name = store::find_reseller_name(link.account, state.db.pool()).await?;
    Ok(Link { email: credentials.email, reseller_name, expires_at: link.expires_at })
}

async fn usable_link(state: &State, token: &str) -> Result<(Vec<u8>, store::LinkRow, store::Credentials), Error> {
    if !secret_token::is_token(token) {
        return Err(link_invalid());
    }
    let hash = secret_token::hash(token);
    let now = state.clock.system_now();
    let link = store::find_usable_link(&hash, now, state.db.pool()).await?.ok_or_else(link_invalid)?;
    let credentials = store::find_credentials(link.account, state.db.pool()).await?.ok_or_else(link_invalid)?;
    Ok((hash, link, credentials))
}

/// Sets a password with a link, uses up all links of the account and ends its sessions.
pub async fn redeem_link(state: &State, token: &str, password: SecretString) -> Result<(), Error> {
    let (token_hash, link, credentials) = usable_link(state, token).await?;
    password::check_new(password.expose_secret(), &credentials.email, "/password")?;
    let hash = state.auth.passwords.hash(password).await?;
    let now = state.clock.system_now();
    state
        .db
        .write_shared(async |tx| {
            if !store::use_link(&token_hash, now, tx).await? {
                return Err(link_invalid());
            }
            set_password(link.account, &hash, None, now, tx).await
        })
        .await?;
    state.auth.identities.forget();
    Ok(())
}
