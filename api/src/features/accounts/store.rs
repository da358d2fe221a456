//! Rows of resellers, members, operators, one-time links and keys.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use shared::vocab::{
    ApiKeyId, Currency, LedgerAccountKind, LinkId, MemberId, MemberStatus, OperatorId, ResellerId, Role,
};

use super::service::Account;
use crate::auth::Reseller;
use crate::db::{Word, WriteTx, entity};
use crate::error::Error;

/// One reseller.
pub async fn find_reseller(
    reseller_id: ResellerId,
    connection: &impl ConnectionTrait,
) -> Result<Option<Reseller>, Error> {
    let row = entity::reseller::Entity::find_by_id(reseller_id.0).one(connection).await?;
    row.map(Reseller::try_from).transpose()
}

/// All resellers of a name.
pub async fn list_resellers_named(name: &str, connection: &impl ConnectionTrait) -> Result<Vec<Reseller>, Error> {
    let rows = entity::reseller::Entity::find().filter(entity::reseller::Column::Name.eq(name)).all(connection).await?;
    rows.into_iter().map(Reseller::try_from).collect()
}

/// A reseller with its four accounts and the state of its usage figures.
pub async fn insert_reseller(
    reseller_id: ResellerId,
    name: &str,
    currency: Currency,
    time_zone: Tz,
    created_at: DateTime<Utc>,
    tx: &WriteTx,
) -> Result<(), Error> {
    let reseller = entity::reseller::ActiveModel {
        id: Set(reseller_id.0),
        name: Set(name.to_owned()),
        currency: Set(Word(currency)),
        time_zone: Set(time_zone.name().to_owned()),
        status: Set("active".to_owned()),
        clock_offset_seconds: Set(0),
        version: Set(0),
        event_sequence: Set(0),
        keeps_end_user_labels: Set(false),
        created_at: Set(created_at),
    };
    entity::reseller::Entity::insert(reseller).exec_without_returning(tx.connection()).await?;
    let accounts = LedgerAccountKind::ALL.iter().map(|kind| entity::ledger_account::ActiveModel {
        reseller_id: Set(reseller_id.0),
        kind: Set(Word(*kind)),
        currency: Set(Word(currency)),
        balance_minor: Set(0),
        last_sequence: Set(0),
        blocked_at: Set(None),
        blocked_reason: Set(None),
        low_balance_thresholds: Set("[]".to_owned()),
    });
    entity::ledger_account::Entity::insert_many(accounts).exec_without_returning(tx.connection()).await?;
    let usage = entity::usage_state::ActiveModel {
        reseller_id: Set(reseller_id.0),
        epoch: Set(1),
        time_zone: Set(time_zone.name().to_owned()),
        next_end_user_no: Set(1),
        first_day: Set(None),
        ever_used: Set(0),
        next_epoch: Set(None),
        next_time_zone: Set(None),
    };
    entity::usage_state::Entity::insert(usage).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// Whose address this is.
pub async fn find_account(email: &str, connection: &impl ConnectionTrait) -> Result<Option<Account>, Error> {
    use entity::{member, operator};
    if let Some(row) = member::Entity::find().filter(member::Column::Email.eq(email)).one(connection).await? {
        return Ok(Some(Account::Member(MemberId(row.id))));
    }
    let row = operator::Entity::find().filter(operator::Column::Email.eq(email)).one(connection).await?;
    Ok(row.map(|row| Account::Operator(OperatorId(row.id))))
}

/// Whether anybody could log in.
pub async fn has_accounts(connection: &impl ConnectionTrait) -> Result<bool, Error> {
    let has_operator = entity::operator::Entity::find().one(connection).await?.is_some();
    Ok(has_operator || entity::member::Entity::find().one(connection).await?.is_some())
}

/// What a member's row holds.
#[derive(Debug, Clone)]
pub struct MemberRow {
    /// Address, already in lower case.
    pub email: String,
    /// Name as shown.
    pub name: String,
    /// What the member is to the reseller.
    pub role: Role,
    /// None until the one-time link was used.
    pub password_hash: Option<String>,
}

fn status_for(password_hash: Option<&String>) -> Word<MemberStatus> {
    Word(if password_hash.is_some() { MemberStatus::Active } else { MemberStatus::Invited })
}

/// A member of a reseller.
pub async fn insert_member(
    reseller_id: ResellerId,
    id: MemberId,
    member: MemberRow,
    created_at: DateTime<Utc>,
    tx: &WriteTx,
) -> Result<(), Error> {
    let row = entity::member::ActiveModel {
        id: Set(id.0),
        reseller_id: Set(reseller_id.0),
        email: Set(member.email),
        name: Set(member.name),
        role: Set(Word(member.role)),
        status: Set(status_for(member.password_hash.as_ref())),
        password_hash: Set(member.password_hash),
        created_at: Set(created_at),
    };
    entity::member::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// An operator without a password.
pub async fn insert_operator(
    id: OperatorId,
    email: &str,
    created_at: DateTime<Utc>,
    tx: &DatabaseTransaction,
) -> Result<(), Error> {
    let row = entity::operator::ActiveModel {
        id: Set(id.0),
        email: Set(email.to_owned()),
        status: Set(Word(MemberStatus::Invited)),
        password_hash: Set(None),
        created_at: Set(created_at),
    };
    entity::operator::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// A link for an account.
pub async fn insert_link(
    account: Account,
    token_hash: Vec<u8>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    tx: &DatabaseTransaction,
) -> Result<LinkId, Error> {
    let id = LinkId(uuid::Uuid::now_v7());
    let row = entity::one_time_link::ActiveModel {
        id: Set(id.0),
        token_hash: Set(token_hash),
        member_id: Set(account.member_id().map(|id| id.0)),
        operator_id: Set(account.operator_id().map(|id| id.0)),
        created_at: Set(created_at),
        expires_at: Set(expires_at),
        used_at: Set(None),
    };
    entity::one_time_link::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(id)
}

/// What an API key's row holds.
#[derive(Debug, Clone)]
pub struct ApiKeyRow {
    /// Name as shown.
    pub name: String,
    /// Its first letters.
    pub key_start: String,
    /// The hash of the whole.
    pub secret_hash: Vec<u8>,
    /// Comma list of permissions.
    pub scopes: String,
}

/// A key of a reseller.
pub async fn insert_api_key(
    reseller_id: ResellerId,
    id: ApiKeyId,
    key: ApiKeyRow,
    created_at: DateTime<Utc>,
    tx: &WriteTx,
) -> Result<(), Error> {
    let row = entity::api_key::ActiveModel {
        id: Set(id.0),
        reseller_id: Set(reseller_id.0),
        name: Set(key.name),
        key_start: Set(key.key_start),
        secret_hash: Set(key.secret_hash),
        scopes: Set(key.scopes),
        created_at: Set(created_at),
        expires_at: Set(None),
        last_used_at: Set(None),
        revoked_at: Set(None),
    };
    entity::api_key::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(())
}
