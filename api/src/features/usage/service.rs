//! Taking in a batch of usage events (docs/domain.md §8): each event once, in any order of arrival.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::active_users::{EndUserKey, InvalidEndUserKey, LocalDay};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use shared::vocab::{ActivationId, ClientId};
use uuid::Uuid;

use super::counters::{Scope, Uses};
use super::store::{self, EndUser, EventRow, ServedActivation, State};
use crate::auth::Reseller;
use crate::db::WriteTx;
use crate::error::Error;

/// Events worked out together: enough to make statements few, little enough for memory.
const SLICE: usize = 20_000;
/// The longest id a sender may make.
const MAX_ID_CHARS: usize = 64;
const MAX_LABEL_CHARS: usize = 100;

/// An end user opened or used an activated product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUsageEvent {
    /// Made by the sender; a repeated one counts once.
    pub id: String,
    /// What was used.
    pub activation_id: ActivationId,
    /// By whom: any text that names the person to the sender. Only its keyed hash is kept.
    pub end_user_key: String,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// A name to show; kept only if the reseller switched that on.
    pub label: Option<String>,
}

/// How far an event may lie from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Older ones are refused.
    pub oldest: TimeDelta,
    /// Clocks of senders are wrong by so much at most.
    pub ahead: TimeDelta,
}

impl Window {
    /// What the API takes.
    pub const REQUEST: Self = Self { oldest: TimeDelta::days(30), ahead: TimeDelta::minutes(5) };
}

/// What was done with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Kept and counted.
    Counted,
    /// Kept, but not counted: the activation was off at that moment.
    NotCounted,
    /// Known already; nothing was done.
    Duplicate,
    /// Before the window.
    TooOld,
    /// After the window.
    InFuture,
    /// The reseller has no such activation.
    UnknownActivation,
    /// The id is empty, too long or not printable ASCII.
    InvalidId,
    /// The end user's key cannot be used.
    InvalidKey(InvalidEndUserKey),
}

/// Takes in a batch and tells per event, in its order, what was done.
///
/// Without a window events of any age are taken. Batches of one reseller take turns.
pub async fn ingest(
    tx: &WriteTx,
    reseller: &Reseller,
    batch: &[NewUsageEvent],
    window: Option<Window>,
    now: DateTime<Utc>,
    secret: &SecretString,
) -> Result<Vec<Outcome>, Error> {
    let state = store::lock_state(tx, reseller).await?;
    let mut ingestion = Ingestion {
        tx,
        reseller,
        now,
        window,
        secret,
        state,
        activations: HashMap::new(),
        end_users: HashMap::new(),
        hashes: HashMap::new(),
    };
    let mut outcomes = Vec::with_capacity(batch.len());
    for slice in batch.chunks(SLICE) {
        outcomes.extend(ingestion.take(slice).await?);
    }
    store::save_state(tx, reseller.id, &ingestion.state).await?;
    Ok(outcomes)
}

struct Ingestion<'a> {
    tx: &'a WriteTx,
    reseller: &'a Reseller,
    now: DateTime<Utc>,
    window: Option<Window>,
    secret: &'a SecretString,
    state: State,
    /// `None` for what the reseller does not have.
    activations: HashMap<ActivationId, Option<ServedActivation>>,
    end_users: HashMap<(ClientId, Vec<u8>), EndUser>,
    hashes: HashMap<String, Result<Vec<u8>, InvalidEndUserKey>>,
}

impl Ingestion<'_> {
    async fn take(&mut self, slice: &[NewUsageEvent]) -> Result<Vec<Outcome>, Error> {
        self.learn_activations(slice).await?;
        let ids = slice.iter().map(|event| event.id.as_str());
        let mut seen: HashSet<String> = store::known_event_ids(self.tx, self.reseller.id, ids).await?;
        let verdicts: Vec<_> = slice.iter().map(|event| self.examine(event, &mut seen)).collect();
        self.learn_end_users(slice, &verdicts).await?;
        let mut rows = Vec::with_capacity(slice.len());
        let mut uses = Uses::default();
        let mut touched = HashSet::new();
        let mut outcomes = Vec::with_capacity(slice.len());
        for (event, verdict) in slice.iter().zip(verdicts) {
            outcomes.push(match verdict {
                Err(outcome) => outcome,
                Ok(hash) => self.note(event, hash, &mut rows, &mut uses, &mut touched),
            });
        }
        let changed = touched.iter().filter_map(|key| self.end_users.get(key));
        store::save_end_users(self.tx, self.reseller.id, changed).await?;
        store::insert_events(self.tx, self.reseller.id, &rows, self.now).await?;
        let epoch = self.state.epoch;
        let known = store::presences(self.tx, self.reseller.id, epoch, uses.stretches()).await?;
        store::apply(self.tx, self.reseller.id, epoch, &uses.changes(known)).await?;
        Ok(outcomes)
    }

    /// The hash of the event's key, or why it is not taken.
    fn examine(&mut self, event: &NewUsageEvent, seen: &mut HashSet<String>) -> Result<Vec<u8>, Outcome> {
        let is_printable = event.id.bytes().all(|byte| byte.is_ascii_graphic());
        if event.id.is_empty() || event.id.len() > MAX_ID_CHARS || !is_printable {
            return Err(Outcome::InvalidId);
        }
        if seen.contains(&event.id) {
            return Err(Outcome::Duplicate);
        }
        if let Some(window) = self.window {
            if event.occurred_at < self.now - window.oldest {
                return Err(Outcome::TooOld);
            }
            if event.occurred_at > self.now + window.ahead {
                return Err(Outcome::InFuture);
            }
        }
        if self.activations.get(&event.activation_id).is_none_or(Option::is_none) {
            return Err(Outcome::UnknownActivation);
        }
        let hash = self.hash_of(&event.end_user_key).map_err(Outcome::InvalidKey)?;
        seen.insert(event.id.clone());
        Ok(hash)
    }

    fn hash_of(&mut self, key: &str) -> Result<Vec<u8>, InvalidEndUserKey> {
        if let Some(known) = self.hashes.get(key) {
            return known.clone();
        }
        let hash = EndUserKey::normalise(key).map(|key| hash(self.secret, self.reseller, &key));
        self.hashes.insert(key.to_owned(), hash.clone());
        hash
    }

    /// Puts an accepted event into rows, uses and its end user's dates.
    fn note(
        &mut self,
        event: &NewUsageEvent,
        hash: Vec<u8>,
        rows: &mut Vec<EventRow>,
        uses: &mut Uses,
        touched: &mut HashSet<(ClientId, Vec<u8>)>,
    ) -> Outcome {
        let Some(Some(activation)) = self.activations.get(&event.activation_id) else {
            return Outcome::UnknownActivation;
        };
        let is_counted = activation.was_on(event.occurred_at);
        let key = (activation.client_id, hash);
        let state = &mut self.state;
        let end_user = self.end_users.entry(key.clone()).or_insert_with(|| {
            let no = state.next_end_user_no;
            state.next_end_user_no += 1;
            EndUser::new(no, Uuid::now_v7(), key.0, key.1.clone())
        });
        if state.keeps_labels && event.label.is_some() {
            end_user.label = event.label.as_ref().map(|label| label.trim().chars().take(MAX_LABEL_CHARS).collect());
        }
        rows.push(EventRow {
            id: event.id.clone(),
            activation_id: event.activation_id,
            end_user_no: end_user.no,
            occurred_at: event.occurred_at,
            is_counted,
        });
        if is_counted {
            let day = LocalDay::of(event.occurred_at, state.time_zone);
            for scope in
                [Scope::TOTAL, Scope::product(activation.product_id.0), Scope::activation(event.activation_id.0)]
            {
                uses.add((end_user.no, scope), day);
            }
            state.first_day = Some(state.first_day.map_or(day, |first| first.min(day)));
            state.ever_used += i64::from(end_user.first_used_at.is_none());
            end_user.used_at(event.occurred_at);
        }
        touched.insert(key);
        if is_counted { Outcome::Counted } else { Outcome::NotCounted }
    }

    async fn learn_activations(&mut self, slice: &[NewUsageEvent]) -> Result<(), Error> {
        let unknown: std::collections::BTreeSet<ActivationId> =
            slice.iter().map(|event| event.activation_id).filter(|id| !self.activations.contains_key(id)).collect();
        let unknown: Vec<ActivationId> = unknown.into_iter().collect();
        let mut found = store::served_activations(self.tx, self.reseller.id, &unknown).await?;
        self.activations.extend(unknown.into_iter().map(|id| (id, found.remove(&id))));
        Ok(())
    }

    async fn learn_end_users(
        &mut self,
        slice: &[NewUsageEvent],
        verdicts: &[Result<Vec<u8>, Outcome>],
    ) -> Result<(), Error> {
        let mut unknown: HashSet<(ClientId, Vec<u8>)> = HashSet::new();
        for (event, verdict) in slice.iter().zip(verdicts) {
            let Some(Some(activation)) = self.activations.get(&event.activation_id) else { continue };
            let Ok(hash) = verdict else { continue };
            let key = (activation.client_id, hash.clone());
            if !self.end_users.contains_key(&key) {
                unknown.insert(key);
            }
        }
        let unknown: Vec<_> = unknown.into_iter().collect();
        for end_user in store::find_end_users(self.tx, self.reseller.id, &unknown).await? {
            let key = (end_user.client_id, end_user.key_hash.clone());
            self.end_users.entry(key).or_insert(end_user);
        }
        Ok(())
    }
}

/// The keyed hash under which an end user is known; another reseller's would differ for the same person.
pub fn hash(secret: &SecretString, reseller: &Reseller, key: &EndUserKey) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()) else {
        // HMAC takes keys of any length.
        return Vec::new();
    };
    mac.update(reseller.id.0.as_bytes());
    mac.update(key.as_str().as_bytes());
    mac.finalize().into_bytes().to_vec()
}
