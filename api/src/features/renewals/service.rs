//! Running what is due: for one reseller, or for everybody.

use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use domain::activation::Arrears;
use futures_util::{StreamExt, stream};
use sea_orm::DbBackend;
use shared::vocab::{NoticeKind, ResellerId, RunTrigger};

use super::{notices, store};
use crate::auth::{Actor, Reseller};
use crate::clock::Clock;
use crate::db::{Db, WriteTx};
use crate::error::Error;
use crate::features::accounts::service::get_reseller;
use crate::features::lifecycle::service::{Context, Pass, Position, Tally, Told, run_some};

/// Resellers worked on at once, where the database has more than one writer.
const PARALLEL: usize = 4;
/// How often the renewals ahead are looked through.
const LOOK_EVERY: TimeDelta = TimeDelta::hours(1);

/// Does everything that is due for a reseller at `now`, a batch at a time, each in a transaction of its own.
///
/// Any number of these may run at once and stop anywhere: a period is charged by whoever holds the wallet's lock, and
/// what is left is still due. One that the schedule set going leaves a reseller alone that another is working on.
pub async fn run(
    db: &Db,
    reseller: &Reseller,
    now: DateTime<Utc>,
    cause: RunTrigger,
    request_id: Option<&str>,
) -> Result<Tally, Error> {
    let started = Instant::now();
    let system = Actor::system();
    let context = Context { request_id, ..Context::new(reseller, now, &system) };
    let pass = Pass {
        arrears: if cause == RunTrigger::Release { Arrears::Charge } else { Arrears::Hold },
        retries: cause != RunTrigger::Schedule,
        skips_locked: cause == RunTrigger::Schedule,
    };
    let (mut position, mut whole) = (Position::Endings(None), Tally::default());
    while !matches!(position, Position::Done | Position::Busy) {
        let from = position;
        let so_far = &whole;
        let (next, done) = db
            .write(reseller.id, async |tx| {
                let (next, done) = run_some(tx, &context, pass, from).await?;
                tell(tx, reseller, now, &done.told).await?;
                if matches!(next, Position::Done | Position::Busy) {
                    let mut all = so_far.clone();
                    all.add(done.clone());
                    if all.size() > 0 {
                        let duration_ms = i64::try_from(started.elapsed().as_millis()).map_err(Error::internal)?;
                        store::insert_run(tx, reseller.id, cause, now, duration_ms, &all).await?;
                    }
                }
                Ok((next, done))
            })
            .await?;
        whole.add(done);
        position = next;
    }
    Ok(whole)
}

/// One notice for each kind of news; what was told before is not told again.
pub async fn tell(tx: &WriteTx, reseller: &Reseller, now: DateTime<Utc>, told: &[Told]) -> Result<(), Error> {
    for kind in [NoticeKind::Failed, NoticeKind::Expired, NoticeKind::Held] {
        let item = |told: &Told| store::NewItem {
            activation_id: told.activation_id,
            renews_at: told.renews_at,
            within_days: 0,
            amount_minor: told.amount_minor,
        };
        let items: Vec<_> = told.iter().filter(|told| told.kind == kind).map(item).collect();
        if !items.is_empty() {
            store::insert_notice(tx, reseller.id, kind, &items, now).await?;
        }
    }
    Ok(())
}

/// Everything that is due for everybody now, and the notices of what lies ahead. Returns what was done.
///
/// A reseller that fails does not keep the others waiting; it is tried again by the next tick.
pub async fn tick(db: &Db, clock: &Clock) -> Result<Tally, Error> {
    let now = clock.system_now();
    let due = store::due_resellers(db.pool(), now).await?;
    let whole =
        for_each(db, due, async |reseller| run(db, &reseller, clock.now(&reseller), RunTrigger::Schedule, None).await)
            .await;
    let unlooked = store::unlooked_resellers(db.pool(), now - LOOK_EVERY, now).await?;
    for_each(db, unlooked, async |reseller| {
        notices::look_ahead(db, &reseller, clock.now(&reseller), now).await.map(|()| Tally::default())
    })
    .await;
    Ok(whole)
}

/// Runs what is due for these resellers, or for everybody who has something due, at a person's word.
pub async fn run_by_hand(
    db: &Db,
    clock: &Clock,
    reseller: Option<&Reseller>,
    cause: RunTrigger,
) -> Result<Tally, Error> {
    if let Some(reseller) = reseller {
        return run(db, reseller, clock.now(reseller), cause, None).await;
    }
    let ids = match cause {
        RunTrigger::Release => store::holding_resellers(db.pool()).await?,
        _ => store::due_resellers(db.pool(), clock.system_now()).await?,
    };
    Ok(for_each(db, ids, async |reseller| run(db, &reseller, clock.now(&reseller), cause, None).await).await)
}

async fn for_each(db: &Db, resellers: Vec<ResellerId>, work: impl AsyncFn(Reseller) -> Result<Tally, Error>) -> Tally {
    let width = if db.backend() == DbBackend::Sqlite { 1 } else { PARALLEL };
    let one = async |id: ResellerId| match get_reseller(db, id).await {
        Ok(reseller) => work(reseller).await.map_err(|error| (id, error)),
        Err(error) => Err((id, error)),
    };
    let mut done = stream::iter(resellers).map(one).buffer_unordered(width);
    let mut whole = Tally::default();
    while let Some(result) = done.next().await {
        match result {
            Ok(tally) => whole.add(tally),
            Err((id, error)) => tracing::error!(reseller = %id, %error, cause = ?error.cause(), "a renewal run failed"),
        }
    }
    whole
}
