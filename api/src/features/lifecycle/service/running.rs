//! The renewal run of one reseller, batch by batch (docs/domain.md §6).
//!
//! What ends comes first, then renewals by (due date, priority, id), then resumptions. A batch is one transaction; where
//! the next one goes on is a key and no more, so a run may stop anywhere and another may take over. Renewals that need
//! nothing but the money are written together, all others one by one, each in a savepoint.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::activation::{Arrears, SettleStep};
use shared::vocab::{ActivationId, ActivationStatus};

use super::super::store::{self, Stored, bulk};
use super::recording::price_of;
use super::settling::{Progress, advance};
use super::tally::Tally;
use super::together::{Plain, write_together};
use super::{Context, refused};
use crate::auth::Actor;
use crate::db::WriteTx;
use crate::error::Error;
use crate::features::ledger::store::{Wallet, lock_wallet, try_lock_wallet};

/// Activations in one batch.
const BATCH: u64 = 100;

/// The place of an activation in the order of a run.
pub type DueKey = (DateTime<Utc>, i16, ActivationId);

/// How a run goes about it.
#[derive(Debug, Clone, Copy)]
pub struct Pass {
    /// What to do with too many periods at once.
    pub arrears: Arrears,
    /// Whether to try again what could not be paid before: money came in.
    pub retries: bool,
    /// Whether to leave a reseller alone that somebody else is working on.
    pub skips_locked: bool,
}

/// Where a run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// With what ends, after this one.
    Endings(Option<ActivationId>),
    /// With renewals, after this one.
    Renewals(Option<DueKey>),
    /// With resumptions, after this one.
    Resumptions(Option<DueKey>),
    /// Nowhere.
    Done,
    /// Nowhere: somebody else is at it.
    Busy,
}

/// Does the next batch of what is due at `context.now`. A blocked wallet stands still.
async fn run_batch(
    tx: &WriteTx,
    context: &Context<'_>,
    pass: Pass,
    position: Position,
) -> Result<(Position, Tally), Error> {
    let system = Actor::system();
    let context = context.by(&system);
    let mut tally = Tally::default();
    let wallet = if pass.skips_locked {
        match try_lock_wallet(tx, context.reseller.id).await? {
            Some(wallet) => wallet,
            None => return Ok((Position::Busy, tally)),
        }
    } else {
        lock_wallet(tx, context.reseller.id).await?
    };
    if wallet.is_some_and(|wallet| wallet.blocked_at.is_some()) {
        return Ok((Position::Done, tally));
    }
    let run = Run { tx, context: &context, pass };
    let next = match position {
        Position::Endings(after) => run.endings(after, &mut tally).await?,
        Position::Renewals(after) => run.renewals(after, wallet, &mut tally).await?,
        Position::Resumptions(after) => run.resumptions(after, &mut tally).await?,
        Position::Done | Position::Busy => position,
    };
    Ok((next, tally))
}

/// Goes on from a position until about a batch is done.
pub async fn run_some(
    tx: &WriteTx,
    context: &Context<'_>,
    pass: Pass,
    from: Position,
) -> Result<(Position, Tally), Error> {
    let (mut position, mut tally) = (from, Tally::default());
    while !matches!(position, Position::Done | Position::Busy) && tally.size() < BATCH {
        let (next, done) = run_batch(tx, context, pass, position).await?;
        tally.add(done);
        position = next;
    }
    Ok((position, tally))
}

/// Does everything that is due at `context.now` in the caller's transaction.
pub async fn run_due(tx: &WriteTx, context: &Context<'_>) -> Result<Tally, Error> {
    let pass = Pass { arrears: Arrears::Hold, retries: true, skips_locked: false };
    let (mut position, mut tally) = (Position::Endings(None), Tally::default());
    while !matches!(position, Position::Done | Position::Busy) {
        let (next, done) = run_batch(tx, context, pass, position).await?;
        tally.add(done);
        position = next;
    }
    Ok(tally)
}

struct Run<'a> {
    tx: &'a WriteTx,
    context: &'a Context<'a>,
    pass: Pass,
}

/// Renewals that wait, the smallest key first.
#[derive(Default)]
struct Queue {
    keys: BinaryHeap<Reverse<DueKey>>,
    waiting: HashMap<ActivationId, Stored>,
}

impl Queue {
    fn push(&mut self, activation: Stored, now: DateTime<Utc>) {
        if let Some(renews_at) = activation.state.renews_at().filter(|renews_at| *renews_at <= now) {
            self.keys.push(Reverse((renews_at, activation.priority, activation.id)));
            self.waiting.insert(activation.id, activation);
        }
    }

    fn pop(&mut self, last: Option<DueKey>) -> Option<Stored> {
        loop {
            let Reverse(key) = *self.keys.peek()?;
            if last.is_some_and(|last| key > last) {
                return None;
            }
            self.keys.pop();
            // A place that was given up is passed over.
            if self.waiting.get(&key.2).is_some_and(|waiting| waiting.state.renews_at() == Some(key.0)) {
                return self.waiting.remove(&key.2);
            }
        }
    }
}

impl Run<'_> {
    async fn endings(&self, after: Option<ActivationId>, tally: &mut Tally) -> Result<Position, Error> {
        let (tx, now) = (self.tx, self.context.now);
        let mut rows = store::due_endings(tx, self.context.reseller.id, now, after, BATCH + 1).await?;
        let is_last = cut(&mut rows);
        let last = rows.last().map(|row| row.id);
        for activation in rows {
            match activation.state.settle_step(now, self.pass.arrears).map_err(Error::internal)? {
                Some(SettleStep::Expire { .. } | SettleStep::Deactivate { .. }) => {
                    self.alone(activation, tally).await?;
                }
                // Its turn comes below.
                Some(_) => {}
                None => {
                    bulk::set_due_at(tx, self.context.reseller.id, activation.id, activation.state.due_at()).await?;
                }
            }
        }
        Ok(if is_last { Position::Renewals(None) } else { Position::Endings(last) })
    }

    async fn resumptions(&self, after: Option<DueKey>, tally: &mut Tally) -> Result<Position, Error> {
        let (tx, now, retries) = (self.tx, self.context.now, self.pass.retries);
        let reseller_id = self.context.reseller.id;
        let mut rows = store::due_resumptions(tx, reseller_id, now, retries, after, BATCH + 1).await?;
        let is_last = cut(&mut rows);
        let last = rows.last().and_then(|row| Some((row.state.resume_at?, row.priority, row.id)));
        for activation in rows {
            let after = self.alone(activation, tally).await?;
            if let Some(waiting) = after.filter(|after| after.state.status == ActivationStatus::Paused) {
                // Without the money it is tried again when some comes in, not at every tick.
                let expires_at = waiting.state.pause_expires_at().map_err(Error::internal)?;
                let due_at = [waiting.state.ends_at, expires_at].into_iter().flatten().min();
                bulk::set_due_at(tx, reseller_id, waiting.id, due_at).await?;
            }
        }
        Ok(if is_last { Position::Done } else { Position::Resumptions(last) })
    }

    async fn renewals(
        &self,
        after: Option<DueKey>,
        wallet: Option<Wallet>,
        tally: &mut Tally,
    ) -> Result<Position, Error> {
        let now = self.context.now;
        let mut rows = {
            let which = store::Which {
                retries: self.pass.retries,
                released: self.pass.arrears == Arrears::Charge,
                after,
                limit: BATCH + 1,
            };
            store::due_renewals(self.tx, self.context.reseller.id, now, which).await?
        };
        if self.pass.arrears == Arrears::Charge {
            // An operator has released it.
            for row in &mut rows {
                row.state.held_at = None;
            }
        }
        let is_last = cut(&mut rows);
        let last = rows.last().and_then(|row| Some((row.state.renews_at()?, row.priority, row.id)));
        let mut queue = Queue::default();
        for row in rows {
            queue.push(row, now);
        }
        let mut balance_minor = wallet.map_or(0, |wallet| wallet.balance_minor);
        let end = if is_last { None } else { last };
        while let Some(activation) = queue.pop(end) {
            let (plain, odd) = self.plan(activation, &mut queue, end, balance_minor).await?;
            let paid_minor: i64 = plain.iter().map(|renewal| renewal.price.minor).sum();
            if self.together(plain, &mut queue, tally).await? {
                balance_minor -= paid_minor;
            }
            if let Some(activation) = odd {
                balance_minor -= self.one(activation, &mut queue, tally).await?;
            }
        }
        Ok(if is_last { Position::Resumptions(None) } else { Position::Renewals(last) })
    }

    /// Takes from the queue what can be written together, in order, up to the first renewal that needs more.
    async fn plan(
        &self,
        first: Stored,
        queue: &mut Queue,
        end: Option<DueKey>,
        balance_minor: i64,
    ) -> Result<(Vec<Plain>, Option<Stored>), Error> {
        let now = self.context.now;
        let (mut plain, mut left_minor) = (Vec::new(), balance_minor);
        let mut next = Some(first);
        while let Some(before) = next {
            let step = before.state.settle_step(now, self.pass.arrears).map_err(Error::internal)?;
            if step != Some(SettleStep::Renew) {
                return Ok((plain, Some(before)));
            }
            let charged = before.state.clone().renew_due(now).map_err(refused)?;
            let price = price_of(self.tx, self.context, &before, &charged.charge).await?;
            let is_plain = !charged.charge.opens_term && !charged.charge.applies_change && price.id == before.price_id;
            if !is_plain || price.minor > left_minor {
                return Ok((plain, Some(before)));
            }
            left_minor -= price.minor;
            let state = charged.activation;
            let mut after = Stored { state, price_id: price.id, price_minor: price.minor, ..before.clone() };
            after.take_replacement()?;
            queue.push(after.clone(), now);
            plain.push(Plain { before, after, charge: charged.charge, price });
            next = queue.pop(end);
        }
        Ok((plain, None))
    }

    /// One renewal by itself; put back if it was paid. Returns what it cost, in minor units.
    async fn one(&self, activation: Stored, queue: &mut Queue, tally: &mut Tally) -> Result<i64, Error> {
        let paid_until_at = activation.state.paid_until_at;
        let Some(next) = self.once(activation, tally).await? else { return Ok(0) };
        if next.state.paid_until_at == paid_until_at {
            // It was tried because money came in; now it waits for more.
            let (reseller_id, due_at) = (self.context.reseller.id, next.state.due_at());
            bulk::set_due_at(self.tx, reseller_id, next.id, due_at).await?;
            return Ok(0);
        }
        let price_minor = next.price_minor;
        queue.push(next, self.context.now);
        Ok(price_minor)
    }

    /// Writes renewals together, or, should that fail, one by one. Tells whether they were written together.
    async fn together(&self, plain: Vec<Plain>, queue: &mut Queue, tally: &mut Tally) -> Result<bool, Error> {
        if plain.is_empty() {
            return Ok(true);
        }
        let written = Box::pin(self.tx.savepoint(async |tx| write_together(tx, self.context, &plain).await)).await;
        match written {
            Ok(()) => {
                for renewal in &plain {
                    tally.note(&renewal.before, &renewal.after);
                }
                Ok(true)
            }
            Err(error) if error.is_retryable() => Err(error),
            Err(error) => {
                tracing::warn!(%error, cause = ?error.cause(), "renewals could not be written together");
                let mut tried: HashSet<ActivationId> = HashSet::new();
                for Plain { before, .. } in plain {
                    // What it was to become is not what it is.
                    queue.waiting.remove(&before.id);
                    if tried.insert(before.id) {
                        self.one(before, queue, tally).await?;
                    }
                }
                Ok(false)
            }
        }
    }

    /// Everything that is due on one activation; none if a fault kept it from being done.
    async fn alone(&self, activation: Stored, tally: &mut Tally) -> Result<Option<Stored>, Error> {
        let mut activation = activation;
        loop {
            let before = activation.state.clone();
            match self.once(activation, tally).await? {
                Some(next) if next.state != before && next.state.is_on() => activation = next,
                next => return Ok(next),
            }
        }
    }

    /// One step of one activation, in a savepoint; none if a fault kept it from being done.
    async fn once(&self, activation: Stored, tally: &mut Tally) -> Result<Option<Stored>, Error> {
        let before = activation.clone();
        let arrears = self.pass.arrears;
        match Box::pin(self.tx.savepoint(async |tx| advance(tx, self.context, activation, arrears).await)).await {
            Ok(Progress::Further(after) | Progress::Stuck(after)) => {
                tally.note(&before, &after);
                Ok(Some(after))
            }
            Err(error) if error.is_retryable() => Err(error),
            Err(error) => {
                tracing::error!(activation = %before.id, %error, cause = ?error.cause(), "an activation could not be settled");
                tally.failed += 1;
                Ok(None)
            }
        }
    }
}

/// One row more than a batch was read to know whether there is another.
fn cut(rows: &mut Vec<Stored>) -> bool {
    let limit = usize::try_from(BATCH).unwrap_or(usize::MAX);
    let is_last = rows.len() <= limit;
    rows.truncate(limit);
    is_last
}
