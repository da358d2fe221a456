//! Answers that are still true: rendered once, given again until something is written or time changes them.
//!
//! A kept answer is exactly what reading everything anew at its `as_of` would have given. It is given again only while the
//! reseller's version and the catalogue's are those that it was read with, the caller is shown as the same, and the moment
//! has not come at which time alone changes it; never for longer than [`MAX_AGE`]. Knows no figures.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use moka::Entry;
use moka::future::Cache;
use moka::ops::compute::Op;
use shared::dto::session::SessionPerson;
use shared::vocab::{Permission, Range, ResellerId};
use uuid::Uuid;

use crate::auth::{Credential, Principal, Reseller};
use crate::db::Versions;
use crate::error::Error;
use crate::http::etag::Rendered;

/// How old an answer may be: what happened 30 days ago to the second moves with the clock.
pub const MAX_AGE: TimeDelta = TimeDelta::seconds(1);

const MOST_BYTES: u64 = 32 << 20;
/// One that nobody asks for any more gives its memory back.
const FORGOTTEN_AFTER: Duration = Duration::from_mins(1);

/// Whose answer it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    reseller_id: ResellerId,
    actor_id: Option<Uuid>,
    session_id: Option<Uuid>,
    range: Range,
}

/// What an answer shows of its caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    reseller: Option<Reseller>,
    person: SessionPerson,
    credential: Credential,
    permissions: Vec<Permission>,
}

impl Viewer {
    /// As far as answers show it; the version of the reseller is compared by itself.
    pub fn of(principal: &Principal) -> Self {
        let reseller = principal.reseller.clone().map(|reseller| Reseller { version: 0, ..reseller });
        let (person, credential) = (principal.person.clone(), principal.credential.clone());
        Self { reseller, person, credential, permissions: principal.permissions.clone() }
    }
}

/// An answer, and for how long it is true.
#[derive(Debug)]
pub struct Answer {
    /// What is sent.
    pub rendered: Rendered,
    /// For whom.
    pub viewer: Viewer,
    /// What it was read with.
    pub versions: Versions,
    /// When it was read.
    pub as_of: DateTime<Utc>,
    /// When time alone changes it.
    pub changes_at: DateTime<Utc>,
}

impl Answer {
    /// Whether it may be given at a moment to whoever sees these versions.
    pub fn is_true(&self, viewer: &Viewer, versions: Versions, now: DateTime<Utc>) -> bool {
        let is_fresh = self.as_of <= now && now < self.changes_at && now - self.as_of < MAX_AGE;
        is_fresh && self.versions == versions && self.viewer == *viewer
    }
}

/// The answers of this process.
#[derive(Debug, Clone)]
pub struct Answers(Cache<Key, Arc<Answer>>);

impl Default for Answers {
    fn default() -> Self {
        let size = |_: &Key, answer: &Arc<Answer>| u32::try_from(answer.rendered.len()).unwrap_or(u32::MAX);
        Self(Cache::builder().weigher(size).max_capacity(MOST_BYTES).time_to_live(FORGOTTEN_AFTER).build())
    }
}

impl Answers {
    /// Where the answer to a caller is kept.
    pub fn key(principal: &Principal, reseller: &Reseller, range: Range) -> Key {
        let session_id = match principal.credential {
            Credential::Session { id, .. } => Some(id.0),
            Credential::ApiKey => None,
        };
        Key { reseller_id: reseller.id, actor_id: principal.actor.id, session_id, range }
    }

    /// The answer that is kept, while `is_true` says so.
    pub async fn find(&self, key: &Key, is_true: impl Fn(&Answer) -> bool) -> Option<Arc<Answer>> {
        self.0.get(key).await.filter(|answer| is_true(answer))
    }

    /// The same, and otherwise the one that is read now. Who asks meanwhile waits for it and asks `is_true` again, so that many
    /// who find an answer too old read it once.
    pub async fn find_or_read(
        &self,
        key: Key,
        is_true: impl Fn(&Answer) -> bool,
        read: impl Future<Output = Result<Answer, Error>>,
    ) -> Result<Arc<Answer>, Error> {
        let read_unless_known = async |kept: Option<Entry<Key, Arc<Answer>>>| match kept {
            Some(kept) if is_true(kept.value()) => Ok(Op::Nop),
            _ => read.await.map(|answer| Op::Put(Arc::new(answer))),
        };
        let kept = self.0.entry(key).and_try_compute_with(read_unless_known).await?;
        kept.into_entry().map(Entry::into_value).ok_or_else(|| Error::internal("an answer that was not kept"))
    }
}

#[cfg(test)]
mod tests;
