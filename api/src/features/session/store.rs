//! Rows of sessions, refresh tokens and one-time links, and the passwords of accounts.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use shared::vocab::{MemberId, MemberStatus, OperatorId, SessionId};
use uuid::Uuid;

use crate::db::{Word, entity};
use crate::error::Error;
use crate::features::accounts::Account;

/// What is needed to check a password.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Whose.
    pub account: Account,
    /// None until a password was set.
    pub password_hash: Option<String>,
    /// As written when the account was made.
    pub email: String,
}

/// The credentials behind an address. Asks both tables in any case, so that the time tells nothing.
pub async fn find_credentials_by_email(
    email: &str,
    connection: &impl ConnectionTrait,
) -> Result<Option<Credentials>, Error> {
    use entity::{member, operator};
    let member = member::Entity::find().filter(member::Column::Email.eq(email)).one(connection).await?;
    let operator = operator::Entity::find().filter(operator::Column::Email.eq(email)).one(connection).await?;
    Ok(member.map(of_member).or(operator.map(of_operator)))
}

/// The credentials of an account.
pub async fn find_credentials(
    account: Account,
    connection: &impl ConnectionTrait,
) -> Result<Option<Credentials>, Error> {
    Ok(match account {
        Account::Member(id) => entity::member::Entity::find_by_id(id.0).one(connection).await?.map(of_member),
        Account::Operator(id) => entity::operator::Entity::find_by_id(id.0).one(connection).await?.map(of_operator),
    })
}

fn of_member(row: entity::member::Model) -> Credentials {
    Credentials { account: Account::Member(MemberId(row.id)), password_hash: row.password_hash, email: row.email }
}

fn of_operator(row: entity::operator::Model) -> Credentials {
    Credentials { account: Account::Operator(OperatorId(row.id)), password_hash: row.password_hash, email: row.email }
}

/// Sets a password; an invited account becomes active, a suspended one is left alone. Whether it was set.
pub async fn update_password(account: Account, password_hash: &str, tx: &DatabaseTransaction) -> Result<bool, Error> {
    use entity::{member, operator};
    let suspended = Word(MemberStatus::Suspended);
    let active = Word(MemberStatus::Active);
    let updated = match account {
        Account::Member(id) => {
            member::Entity::update_many()
                .col_expr(member::Column::PasswordHash, Expr::value(password_hash))
                .col_expr(member::Column::Status, Expr::value(active))
                .filter(member::Column::Id.eq(id.0))
                .filter(member::Column::Status.ne(suspended))
                .exec(tx)
                .await?
        }
        Account::Operator(id) => {
            operator::Entity::update_many()
                .col_expr(operator::Column::PasswordHash, Expr::value(password_hash))
                .col_expr(operator::Column::Status, Expr::value(active))
                .filter(operator::Column::Id.eq(id.0))
                .filter(operator::Column::Status.ne(suspended))
                .exec(tx)
                .await?
        }
    };
    Ok(updated.rows_affected == 1)
}

/// A session.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// Its id.
    pub id: SessionId,
    /// Whose.
    pub account: Account,
    /// When it ends for good.
    pub expires_at: DateTime<Utc>,
    /// Whether it was ended.
    pub is_revoked: bool,
}

/// A new session.
pub async fn insert_session(
    session: &SessionRow,
    created_at: DateTime<Utc>,
    tx: &DatabaseTransaction,
) -> Result<(), Error> {
    let row = entity::session::ActiveModel {
        id: Set(session.id.0),
        member_id: Set(session.account.member_id().map(|id| id.0)),
        operator_id: Set(session.account.operator_id().map(|id| id.0)),
        created_at: Set(created_at),
        expires_at: Set(session.expires_at),
        revoked_at: Set(None),
        revoked_reason: Set(None),
    };
    entity::session::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// A session by its id.
pub async fn find_session(id: SessionId, connection: &impl ConnectionTrait) -> Result<Option<SessionRow>, Error> {
    let row = entity::session::Entity::find_by_id(id.0).one(connection).await?;
    Ok(row.and_then(|row| {
        let account = account_of(row.member_id, row.operator_id)?;
        Some(SessionRow { id, account, expires_at: row.expires_at, is_revoked: row.revoked_at.is_some() })
    }))
}

fn account_of(member_id: Option<Uuid>, operator_id: Option<Uuid>) -> Option<Account> {
    let member = member_id.map(|id| Account::Member(MemberId(id)));
    member.or(operator_id.map(|id| Account::Operator(OperatorId(id))))
}

/// Ends one session.
pub async fn revoke_session(
    id: SessionId,
    reason: &str,
    now: DateTime<Utc>,
    tx: &DatabaseTransaction,
) -> Result<(), Error> {
    use entity::session::{Column, Entity};
    Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now))
        .col_expr(Column::RevokedReason, Expr::value(reason))
        .filter(Column::Id.eq(id.0))
        .filter(Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Ends all sessions of an account but one.
pub async fn revoke_sessions(
    account: Account,
    except: Option<SessionId>,
    reason: &str,
    now: DateTime<Utc>,
    tx: &DatabaseTransaction,
) -> Result<(), Error> {
    use entity::session::{Column, Entity};
    let mut revoke = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now))
        .col_expr(Column::RevokedReason, Expr::value(reason))
        .filter(Column::RevokedAt.is_null());
    revoke = match account {
        Account::Member(id) => revoke.filter(Column::MemberId.eq(id.0)),
        Account::Operator(id) => revoke.filter(Column::OperatorId.eq(id.0)),
    };
    if let Some(except) = except {
        revoke = revoke.filter(Column::Id.ne(except.0));
    }
    revoke.exec(tx).await?;
    Ok(())
}

/// A refresh token as stored.
#[derive(Debug, Clone)]
pub struct RefreshRow {
    /// Which session it prolongs.
    pub session_id: SessionId,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// A new refresh token.
pub async fn insert_refresh_token(
    token_hash: Vec<u8>,
    row: &RefreshRow,
    created_at: DateTime<Utc>,
    tx: &DatabaseTransaction,
) -> Result<(), Error> {
    let row = entity::refresh_token::ActiveModel {
        token_hash: Set(token_hash),
        session_id: Set(row.session_id.0),
        created_at: Set(created_at),
        expires_at: Set(row.expires_at),
        used_at: Set(None),
    };
    entity::refresh_token::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// A refresh token by its hash.
pub async fn find_refresh_token(
    token_hash: &[u8],
    connection: &impl ConnectionTrait,
) -> Result<Option<RefreshRow>, Error> {
    let row = entity::refresh_token::Entity::find_by_id(token_hash.to_vec()).one(connection).await?;
    Ok(row.map(|row| RefreshRow { session_id: SessionId(row.session_id), expires_at: row.expires_at }))
}

/// Uses a refresh token up; false if that was done before. One statement, so of two at once only one gets true.
pub async fn use_refresh_token(token_hash: &[u8], now: DateTime<Utc>, tx: &DatabaseTransaction) -> Result<bool, Error> {
    use entity::refresh_token::{Column, Entity};
    let used = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now))
        .filter(Column::TokenHash.eq(token_hash.to_vec()))
        .filter(Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    Ok(used.rows_affected == 1)
}

/// A one-time link that can be used.
#[derive(Debug, Clone)]
pub struct LinkRow {
    /// Whose password it sets.
    pub account: Account,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// A link that was neither used nor ran out.
pub async fn find_usable_link(
    token_hash: &[u8],
    now: DateTime<Utc>,
    connection: &impl ConnectionTrait,
) -> Result<Option<LinkRow>, Error> {
    use entity::one_time_link::{Column, Entity};
    let row = Entity::find().filter(Column::TokenHash.eq(token_hash.to_vec())).one(connection).await?;
    let usable = row.filter(|row| row.used_at.is_none() && now < row.expires_at);
    Ok(usable.and_then(|row| {
        let account = account_of(row.member_id, row.operator_id)?;
        Some(LinkRow { account, expires_at: row.expires_at })
    }))
}

/// Uses a link up; false if that was done before.
pub async fn use_link(token_hash: &[u8], now: DateTime<Utc>, tx: &DatabaseTransaction) -> Result<bool, Error> {
    use entity::one_time_link::{Column, Entity};
    let used = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now))
        .filter(Column::TokenHash.eq(token_hash.to_vec()))
        .filter(Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    Ok(used.rows_affected == 1)
}

/// Uses up whatever links an account still has.
pub async fn use_links_of(account: Account, now: DateTime<Utc>, tx: &DatabaseTransaction) -> Result<(), Error> {
    use entity::one_time_link::{Column, Entity};
    let update = Entity::update_many().col_expr(Column::UsedAt, Expr::value(now)).filter(Column::UsedAt.is_null());
    let update = match account {
        Account::Member(id) => update.filter(Column::MemberId.eq(id.0)),
        Account::Operator(id) => update.filter(Column::OperatorId.eq(id.0)),
    };
    update.exec(tx).await?;
    Ok(())
}

/// The name of the reseller a member belongs to.
pub async fn find_reseller_name(account: Account, connection: &impl ConnectionTrait) -> Result<Option<String>, Error> {
    let Some(id) = account.member_id() else { return Ok(None) };
    let Some(member) = entity::member::Entity::find_by_id(id.0).one(connection).await? else { return Ok(None) };
    let reseller = entity::reseller::Entity::find_by_id(member.reseller_id).one(connection).await?;
    Ok(reseller.map(|reseller| reseller.name))
}
