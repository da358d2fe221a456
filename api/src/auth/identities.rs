//! Who is behind a session or a key, read from the database and remembered for less than a second.
//!
//! Ending a session or suspending a member is felt by the next request in this process, which forgets at once, and within
//! a second in every other.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use moka::future::Cache;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use shared::dto::session::SessionPerson;
use shared::problem::ProblemCode;
use shared::vocab::{ActorKind, MemberId, MemberStatus, OperatorId, Permission, SessionId};
use uuid::Uuid;

use super::{Actor, Reseller};
use crate::db::{Db, entity};
use crate::error::Error;

const REMEMBERED: Duration = Duration::from_millis(900);
const MOST_REMEMBERED: u64 = 10_000;

/// Who it is.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The reseller acted for; none for an operator.
    pub reseller: Option<Reseller>,
    /// The person or key.
    pub person: SessionPerson,
    /// The same, for history and ledger.
    pub actor: Actor,
    /// What it may do.
    pub permissions: Vec<Permission>,
    /// When the session or key ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Session(Uuid),
    ApiKey(Vec<u8>),
}

/// Finds identities.
#[derive(Debug, Clone)]
pub struct Identities(Cache<Key, Arc<Identity>>);

impl Default for Identities {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST_REMEMBERED).time_to_live(REMEMBERED).build())
    }
}

impl Identities {
    /// Who is behind a session that was neither ended nor lost its person.
    pub async fn find_by_session(
        &self,
        id: SessionId,
        db: &Db,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<Identity>>, Error> {
        self.find(Key::Session(id.0), now, async || of_session(id, db.pool()).await).await
    }

    /// Who is behind an API key that was not revoked.
    pub async fn find_by_api_key(
        &self,
        secret_hash: Vec<u8>,
        db: &Db,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<Identity>>, Error> {
        let key = Key::ApiKey(secret_hash.clone());
        self.find(key, now, async || of_api_key(secret_hash.clone(), db.pool()).await).await
    }

    /// Forgets everybody: called after every revocation, which is rare.
    pub fn forget(&self) {
        self.0.invalidate_all();
    }

    async fn find(
        &self,
        key: Key,
        now: DateTime<Utc>,
        load: impl AsyncFn() -> Result<Option<Identity>, Error>,
    ) -> Result<Option<Arc<Identity>>, Error> {
        let found = match self.0.get(&key).await {
            Some(known) => Some(known),
            None => match load().await? {
                Some(identity) => {
                    let identity = Arc::new(identity);
                    self.0.insert(key, identity.clone()).await;
                    Some(identity)
                }
                None => None,
            },
        };
        Ok(found.filter(|identity| identity.expires_at.is_none_or(|expires_at| now < expires_at)))
    }
}

async fn of_session(id: SessionId, connection: &impl ConnectionTrait) -> Result<Option<Identity>, Error> {
    let row = entity::session::Entity::find_by_id(id.0).one(connection).await?;
    let Some(session) = row.filter(|session| session.revoked_at.is_none()) else { return Ok(None) };
    let identity = match (session.member_id, session.operator_id) {
        (Some(member_id), _) => of_member(MemberId(member_id), connection).await?,
        (None, Some(operator_id)) => of_operator(OperatorId(operator_id), connection).await?,
        (None, None) => None,
    };
    Ok(identity.map(|identity| Identity { expires_at: Some(session.expires_at), ..identity }))
}

/// Who a member is, unless suspended or without an open account.
pub async fn of_member(id: MemberId, connection: &impl ConnectionTrait) -> Result<Option<Identity>, Error> {
    let row = entity::member::Entity::find_by_id(id.0).one(connection).await?;
    let Some(member) = row.filter(|member| member.status.0 == MemberStatus::Active) else { return Ok(None) };
    let Some(reseller) = open_reseller(member.reseller_id, connection).await? else { return Ok(None) };
    let actor = Actor { kind: ActorKind::Member, id: Some(member.id), name: Some(member.name.clone()) };
    Ok(Some(Identity {
        reseller: Some(reseller),
        person: SessionPerson::Member { id, name: member.name, email: member.email, role: member.role.0 },
        actor,
        permissions: member.role.0.permissions().to_vec(),
        expires_at: None,
    }))
}

/// Who an operator is, unless suspended.
pub async fn of_operator(id: OperatorId, connection: &impl ConnectionTrait) -> Result<Option<Identity>, Error> {
    let row = entity::operator::Entity::find_by_id(id.0).one(connection).await?;
    let Some(operator) = row.filter(|operator| operator.status.0 == MemberStatus::Active) else { return Ok(None) };
    let actor = Actor { kind: ActorKind::Operator, id: Some(operator.id), name: Some(operator.email.clone()) };
    let person = SessionPerson::Operator { id, email: operator.email };
    Ok(Some(Identity { reseller: None, person, actor, permissions: Vec::new(), expires_at: None }))
}

async fn of_api_key(secret_hash: Vec<u8>, connection: &impl ConnectionTrait) -> Result<Option<Identity>, Error> {
    use entity::api_key::{Column, Entity};
    let row = Entity::find().filter(Column::SecretHash.eq(secret_hash)).one(connection).await?;
    let Some(key) = row.filter(|key| key.revoked_at.is_none()) else { return Ok(None) };
    let Some(reseller) = open_reseller(key.reseller_id, connection).await? else { return Ok(None) };
    let scopes = key.scopes.split(',').filter(|scope| !scope.is_empty());
    let permissions = scopes.map(str::parse).collect::<Result<Vec<Permission>, _>>().map_err(Error::internal)?;
    let actor = Actor { kind: ActorKind::ApiKey, id: Some(key.id), name: Some(key.name.clone()) };
    let person = SessionPerson::ApiKey { name: key.name, key_start: key.key_start };
    Ok(Some(Identity { reseller: Some(reseller), person, actor, permissions, expires_at: key.expires_at }))
}

async fn open_reseller(id: Uuid, connection: &impl ConnectionTrait) -> Result<Option<Reseller>, Error> {
    let row = entity::reseller::Entity::find_by_id(id).one(connection).await?;
    row.filter(|reseller| reseller.status == "active").map(Reseller::try_from).transpose()
}

impl TryFrom<entity::reseller::Model> for Reseller {
    type Error = Error;

    fn try_from(row: entity::reseller::Model) -> Result<Self, Error> {
        Ok(Self {
            id: shared::vocab::ResellerId(row.id),
            name: row.name,
            currency: row.currency.0,
            time_zone: row.time_zone.parse().map_err(|_| {
                Error::new(ProblemCode::Internal, "The reseller's time zone is not known to this version.")
            })?,
            clock_offset_seconds: row.clock_offset_seconds,
            version: row.version,
        })
    }
}
