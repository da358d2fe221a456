//! A change of the reseller's time zone: its presences and counters are made anew under another epoch.
//!
//! The valid epoch goes on serving meanwhile, and what comes in is counted under both. Events that came before are counted in
//! steps, each a transaction that says how far it came; counting one twice changes nothing, so any process may stop anywhere
//! and another go on. At the end one transaction makes the new epoch the valid one and its zone the reseller's.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::active_users::LocalDay;
use shared::vocab::ResellerId;

use super::counters::Use;
use super::service::count;
use super::store::rebuilds::{self, Phase, Rebuild};
use super::store::{self, Epoch};
use crate::clock::Clock;
use crate::db::{Db, WriteTx};
use crate::error::Error;

/// Events of one step: a moment's work, for which others that write wait.
pub const STEP_EVENTS: i64 = 2_000;
/// Rows removed in one step, about.
const STEP_ROWS: i64 = 5_000;
/// For how long a caller's zone may be remembered as it was before.
const REMEMBERED: TimeDelta = TimeDelta::seconds(2);

/// What a request for another zone led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requested {
    /// It has that zone; a change to another one is given up.
    IsSo,
    /// Such a change is under way.
    IsUnderWay,
    /// It begins.
    Begins,
}

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing: there is nothing to do, it is not yet time, or another process is at it.
    Idle,
    /// So many events were counted.
    Counted(usize),
    /// The new epoch became the valid one.
    Switched,
    /// Some of what was before was removed.
    Dropped,
    /// Nothing is left of it.
    Done,
}

/// Asks for another zone.
pub async fn request(db: &Db, clock: &Clock, reseller_id: ResellerId, zone: Tz) -> Result<Requested, Error> {
    let now = clock.system_now();
    db.write(reseller_id, async |tx| begin(tx, reseller_id, zone, now).await).await
}

async fn begin(tx: &WriteTx, reseller_id: ResellerId, zone: Tz, now: DateTime<Utc>) -> Result<Requested, Error> {
    let before = rebuilds::lock_rebuild(tx, reseller_id).await?;
    let state = store::lock_state(tx, reseller_id).await?;
    let fresh = Rebuild { phase: Phase::Filling, last_event_id: String::new(), requested_at: now, stepped_at: now };
    if state.serving.time_zone == zone {
        if state.next.is_some() {
            rebuilds::set_next(tx, reseller_id, None).await?;
            rebuilds::save_rebuild(tx, reseller_id, &Rebuild { phase: Phase::Dropping, ..fresh }).await?;
        }
        return Ok(Requested::IsSo);
    }
    if before.is_some() && state.next.is_some_and(|next| next.time_zone == zone) {
        return Ok(Requested::IsUnderWay);
    }
    // What is left of a change that was given up must not be taken for this one's.
    let taken = [Some(state.serving.no), state.next.map(|next| next.no), rebuilds::last_epoch(tx, reseller_id).await?];
    let no = taken.into_iter().flatten().max().unwrap_or_default() + 1;
    rebuilds::set_next(tx, reseller_id, Some(Epoch { no, time_zone: zone })).await?;
    rebuilds::save_rebuild(tx, reseller_id, &fresh).await?;
    Ok(Requested::Begins)
}

/// Whether a change to this zone has begun and not come to its end.
pub async fn is_under_way(db: &Db, reseller_id: ResellerId, zone: Tz) -> Result<bool, Error> {
    Ok(rebuilds::find_next_zone(db.pool(), reseller_id).await?.as_deref() == Some(zone.name()))
}

/// Does the next step of a reseller's change: counts so many events at most.
pub async fn step(db: &Db, clock: &Clock, reseller_id: ResellerId, most_events: i64) -> Result<Step, Error> {
    let now = clock.system_now();
    db.write(reseller_id, async |tx| {
        let Some(rebuild) = rebuilds::claim_rebuild(tx, reseller_id).await? else { return Ok(Step::Idle) };
        match rebuild.phase {
            Phase::Filling => fill(tx, reseller_id, rebuild, (now, most_events)).await,
            // Whoever remembers the zone of before may keep an answer that mixes both until something is written; that is
            // the removal, which therefore waits.
            Phase::Dropping if now < rebuild.stepped_at + REMEMBERED => Ok(Step::Idle),
            Phase::Dropping => remove(tx, reseller_id).await,
        }
    })
    .await
}

async fn fill(
    tx: &WriteTx,
    reseller_id: ResellerId,
    rebuild: Rebuild,
    (now, most_events): (DateTime<Utc>, i64),
) -> Result<Step, Error> {
    let state = store::lock_state(tx, reseller_id).await?;
    let next = state.next.ok_or_else(|| Error::internal("a change of zone without an epoch"))?;
    let events = rebuilds::events_after(tx, reseller_id, &rebuild.last_event_id, most_events).await?;
    let Some(last) = events.last() else {
        rebuilds::switch(tx, reseller_id, next).await?;
        let dropping = Rebuild { phase: Phase::Dropping, stepped_at: now, ..rebuild };
        rebuilds::save_rebuild(tx, reseller_id, &dropping).await?;
        return Ok(Step::Switched);
    };
    let uses = events.iter().filter(|event| event.is_counted).map(|event| Use {
        end_user_no: event.end_user_no,
        activation_id: event.activation_id,
        product_id: event.product_id,
        client_id: event.client_id,
        day: LocalDay::of(event.occurred_at, next.time_zone),
    });
    count(tx, reseller_id, next.no, &uses.collect::<BTreeSet<_>>()).await?;
    let further = Rebuild { last_event_id: last.id.clone(), stepped_at: now, ..rebuild };
    rebuilds::save_rebuild(tx, reseller_id, &further).await?;
    Ok(Step::Counted(events.len()))
}

async fn remove(tx: &WriteTx, reseller_id: ResellerId) -> Result<Step, Error> {
    let state = store::lock_state(tx, reseller_id).await?;
    let keep = (state.serving.no, state.next.map_or(state.serving.no, |next| next.no));
    if rebuilds::drop_some(tx, reseller_id, keep, STEP_ROWS).await? {
        return Ok(Step::Dropped);
    }
    rebuilds::delete_rebuild(tx, reseller_id).await?;
    Ok(Step::Done)
}

/// Does all there is to do for the changes that are under way. Returns how many steps that took.
pub async fn work(db: &Db, clock: &Clock) -> Result<u64, Error> {
    let mut steps = 0;
    let mut waiting = rebuilds::list_rebuilding(db.pool()).await?;
    while !waiting.is_empty() {
        let mut further = Vec::new();
        for reseller_id in waiting {
            match step(db, clock, reseller_id, STEP_EVENTS).await {
                Ok(Step::Idle) => continue,
                Ok(Step::Switched | Step::Done) => {}
                Ok(Step::Counted(_) | Step::Dropped) => further.push(reseller_id),
                // One reseller's trouble is not the others'.
                Err(error) => {
                    tracing::error!(reseller = %reseller_id, %error, cause = ?error.cause(), "usage could not be counted anew");
                    continue;
                }
            }
            steps += 1;
            // Whoever waits to write has a turn in between.
            tokio::task::yield_now().await;
        }
        waiting = further;
    }
    Ok(steps)
}
