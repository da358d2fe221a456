//! Taking in a batch of usage events (docs/domain.md §8): each event once, in any order of arrival.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::active_users::{EndUserKey, InvalidEndUserKey, LocalDay};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use shared::vocab::{ActivationId, ClientId, ProductId, ResellerId};
use uuid::Uuid;

use super::counters::{Changes, Presence, Use, by_activation, by_product_and_total};
use super::store::{self, EndUser, EventRow, ServedActivation, State};
use crate::auth::Reseller;
use crate::clock::whole_micros;
use crate::db::WriteTx;
use crate::error::Error;
use crate::features::active_users::scope::Scope;

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
    let state = store::lock_state(tx, reseller.id).await?;
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

/// Counts uses under an epoch: each presence that is new, and nothing for what is known.
pub(super) async fn count(
    tx: &WriteTx,
    reseller_id: ResellerId,
    epoch: i64,
    uses: &BTreeSet<Use>,
) -> Result<(), Error> {
    let mut new = store::insert_presences(tx, reseller_id, epoch, &by_activation(uses.iter())).await?;
    let fresh: HashSet<Presence> = new.iter().copied().collect();
    let is_fresh = |of: &&Use| {
        let scope = Scope::activation(of.activation_id);
        fresh.contains(&Presence { end_user_no: of.end_user_no, scope, day: of.day })
    };
    let wider = by_product_and_total(uses.iter().filter(is_fresh));
    new.extend(store::insert_presences(tx, reseller_id, epoch, &wider).await?);
    let counted = store::neighbours(tx, reseller_id, epoch, &new).await?;
    let clients = uses.iter().map(|of| (of.end_user_no, of.client_id)).collect();
    store::apply(tx, reseller_id, epoch, &Changes::of(counted, &clients)).await
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

/// An event that is taken unless it is known.
struct Candidate {
    /// Its end user.
    end_user: (ClientId, Vec<u8>),
    product_id: ProductId,
    is_counted: bool,
    occurred_at: DateTime<Utc>,
}

/// What a slice changes.
#[derive(Default)]
struct Slice {
    /// By epoch.
    uses: BTreeMap<i64, BTreeSet<Use>>,
    touched: HashSet<(ClientId, Vec<u8>)>,
}

impl Ingestion<'_> {
    async fn take(&mut self, slice: &[NewUsageEvent]) -> Result<Vec<Outcome>, Error> {
        self.learn_activations(slice).await?;
        let mut seen = HashSet::new();
        let mut verdicts: Vec<_> = slice.iter().map(|event| self.examine(event, &mut seen)).collect();
        self.spot_known(slice, &mut verdicts).await?;
        self.learn_end_users(&verdicts).await?;
        let rows = slice.iter().zip(&verdicts).filter_map(|(event, verdict)| {
            let candidate = verdict.as_ref().ok()?;
            Some(EventRow {
                id: &event.id,
                activation_id: event.activation_id,
                end_user_no: self.end_users.get(&candidate.end_user)?.no,
                occurred_at: candidate.occurred_at,
                is_counted: candidate.is_counted,
            })
        });
        let rows: Vec<EventRow<'_>> = rows.collect();
        let new = store::insert_events(self.tx, self.reseller.id, &rows, self.now).await?;
        let mut changes = Slice::default();
        let outcomes = slice.iter().zip(verdicts).map(|(event, verdict)| match verdict {
            Err(outcome) => outcome,
            Ok(_) if !new.contains(&event.id) => Outcome::Duplicate,
            Ok(candidate) => self.note(event, candidate, &mut changes),
        });
        let outcomes = outcomes.collect();
        let touched = changes.touched.iter().filter_map(|key| self.end_users.get(key));
        store::save_end_users(self.tx, self.reseller.id, touched).await?;
        for (epoch, uses) in &changes.uses {
            count(self.tx, self.reseller.id, *epoch, uses).await?;
        }
        Ok(outcomes)
    }

    /// What would be taken, or why it is not. Whether it is known is not asked yet.
    fn examine<'e>(&mut self, event: &'e NewUsageEvent, seen: &mut HashSet<&'e str>) -> Result<Candidate, Outcome> {
        let is_printable = event.id.bytes().all(|byte| byte.is_ascii_graphic());
        if event.id.is_empty() || event.id.len() > MAX_ID_CHARS || !is_printable {
            return Err(Outcome::InvalidId);
        }
        if seen.contains(event.id.as_str()) {
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
        let hash = self.hash_of(&event.end_user_key);
        let Some(Some(activation)) = self.activations.get(&event.activation_id) else {
            return Err(Outcome::UnknownActivation);
        };
        let hash = hash.map_err(Outcome::InvalidKey)?;
        let occurred_at = whole_micros(event.occurred_at);
        seen.insert(&event.id);
        Ok(Candidate {
            end_user: (activation.client_id, hash),
            product_id: activation.product_id,
            is_counted: activation.was_on(occurred_at),
            occurred_at,
        })
    }

    /// What would be refused is a duplicate all the same if its id is known: it was taken when it came first.
    async fn spot_known(
        &self,
        slice: &[NewUsageEvent],
        verdicts: &mut [Result<Candidate, Outcome>],
    ) -> Result<(), Error> {
        let is_open = |verdict: &Result<Candidate, Outcome>| {
            !matches!(verdict, Ok(_) | Err(Outcome::Duplicate | Outcome::InvalidId))
        };
        let open = slice.iter().zip(verdicts.iter()).filter(|(_, verdict)| is_open(verdict));
        let ids = open.map(|(event, _)| event.id.as_str());
        let known = store::known_event_ids(self.tx, self.reseller.id, ids).await?;
        for (event, verdict) in slice.iter().zip(verdicts) {
            if is_open(verdict) && known.contains(&event.id) {
                *verdict = Err(Outcome::Duplicate);
            }
        }
        Ok(())
    }

    fn hash_of(&mut self, key: &str) -> Result<Vec<u8>, InvalidEndUserKey> {
        if let Some(known) = self.hashes.get(key) {
            return known.clone();
        }
        let hash = EndUserKey::normalise(key).map(|key| hash(self.secret, self.reseller, &key));
        self.hashes.insert(key.to_owned(), hash.clone());
        hash
    }

    /// Puts a new event into the uses and its end user's dates.
    fn note(&mut self, event: &NewUsageEvent, candidate: Candidate, changes: &mut Slice) -> Outcome {
        let Candidate { end_user: key, product_id, is_counted, occurred_at } = candidate;
        let Some(end_user) = self.end_users.get_mut(&key) else { return Outcome::UnknownActivation };
        if let Some(label) = event.label.as_deref().filter(|_| self.state.keeps_labels) {
            let letters = label.trim().chars().filter(|letter| !letter.is_control());
            end_user.label = Some(letters.take(MAX_LABEL_CHARS).collect());
        }
        if is_counted {
            let activation_id = event.activation_id;
            let of = |day| Use { end_user_no: end_user.no, activation_id, product_id, client_id: key.0, day };
            for epoch in std::iter::once(self.state.serving).chain(self.state.next) {
                let day = LocalDay::of(occurred_at, epoch.time_zone);
                changes.uses.entry(epoch.no).or_default().insert(of(day));
            }
            let day = LocalDay::of(occurred_at, self.state.serving.time_zone);
            self.state.first_day = Some(self.state.first_day.map_or(day, |first| first.min(day)));
            self.state.ever_used += i64::from(end_user.first_used_at.is_none());
            end_user.used_at(occurred_at);
        }
        changes.touched.insert(key);
        if is_counted { Outcome::Counted } else { Outcome::NotCounted }
    }

    async fn learn_activations(&mut self, slice: &[NewUsageEvent]) -> Result<(), Error> {
        let unknown: BTreeSet<ActivationId> =
            slice.iter().map(|event| event.activation_id).filter(|id| !self.activations.contains_key(id)).collect();
        let unknown: Vec<ActivationId> = unknown.into_iter().collect();
        let mut found = store::served_activations(self.tx, self.reseller.id, &unknown).await?;
        self.activations.extend(unknown.into_iter().map(|id| (id, found.remove(&id))));
        Ok(())
    }

    /// Finds the end users of what may be taken. Those that are new get the next numbers, and are written with their first event.
    async fn learn_end_users(&mut self, verdicts: &[Result<Candidate, Outcome>]) -> Result<(), Error> {
        let mut unknown = Vec::new();
        let mut asked: HashSet<&(ClientId, Vec<u8>)> = HashSet::new();
        for candidate in verdicts.iter().flatten() {
            if !self.end_users.contains_key(&candidate.end_user) && asked.insert(&candidate.end_user) {
                unknown.push(candidate.end_user.clone());
            }
        }
        for end_user in store::find_end_users(self.tx, self.reseller.id, &unknown).await? {
            self.end_users.insert((end_user.client_id, end_user.key_hash.clone()), end_user);
        }
        for key in unknown {
            let no = &mut self.state.next_end_user_no;
            self.end_users.entry(key).or_insert_with_key(|(client_id, hash)| {
                *no += 1;
                EndUser::new(*no - 1, Uuid::now_v7(), *client_id, hash.clone())
            });
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
