//! Activations and movements, replayed in the order of time: what a top-up in January brings pays the renewals after it.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use shared::problem::ProblemCode;
use shared::vocab::{ActivationId, ClientId, PriceId, ProductId, TakesEffect};

use super::Counts;
use super::apply::{Job, Verdict};
use super::rows::{ActivationRow, MovementRow, Row};
use super::store;
use super::table::{ACTIVATIONS, MOVEMENTS};
use crate::auth::Actor;
use crate::error::Error;
use crate::features::catalogue::store::list_prices;
use crate::features::lifecycle::service::{
    Context, NewActivation, activate, adjust, deactivate, pause, replay_until, resume, run_due, top_up,
};
use crate::features::lifecycle::store::set_notes;

/// What happens at a moment. At one moment, money comes in first and goes out last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Credit,
    Activate,
    Pause,
    Resume,
    Deactivate,
    Debit,
}

/// What an activation points at.
#[derive(Debug, Clone, Copy)]
struct Targets {
    product: ProductId,
    client: ClientId,
    price: Option<PriceId>,
}

/// Replays the new rows up to now; returns what became of activations and movements.
pub async fn run(
    job: &mut Job<'_>,
    activations: &[Row<ActivationRow>],
    movements: &[Row<MovementRow>],
) -> Result<(Counts, Counts), Error> {
    let (mut activation_counts, mut movement_counts) = (Counts::default(), Counts::default());
    let mut steps: Vec<(DateTime<Utc>, Step, usize)> = Vec::new();
    let mut targets = HashMap::new();
    let known = store::known_rows(job.tx, job.reseller.id, ACTIVATIONS.file).await?;
    let existing = store::activations_by_reference(job.tx, job.reseller.id).await?;
    let mut taken = Vec::new();
    for (index, row) in activations.iter().enumerate() {
        match (job.judge(&ACTIVATIONS, &known, row), existing.get(&row.key)) {
            (Verdict::New, None) => {
                if let Some(found) = targets_of(job, row).await? {
                    targets.insert(index, found);
                    steps.extend(steps_of(row, index));
                    activation_counts.added += 1;
                    taken.push(row);
                }
            }
            (Verdict::New, Some(_)) => {
                let message = format!("there is an activation with the reference {:?} already", row.key);
                job.problems.push(ACTIVATIONS.file, Some(row.line), Some("external_id"), message);
            }
            (Verdict::Changed, Some(id)) => {
                set_notes(job.tx, job.reseller, *id, row.value.notes.as_deref()).await?;
                activation_counts.updated += 1;
                taken.push(row);
            }
            (Verdict::Unchanged, _) => activation_counts.unchanged += 1,
            (Verdict::Changed | Verdict::Refused, _) => {}
        }
    }
    job.remember(&ACTIVATIONS, &taken).await?;
    let known = store::known_rows(job.tx, job.reseller.id, MOVEMENTS.file).await?;
    let mut taken = Vec::new();
    for (index, row) in movements.iter().enumerate() {
        match job.judge(&MOVEMENTS, &known, row) {
            Verdict::New => {
                let step = if row.value.signed_minor > 0 { Step::Credit } else { Step::Debit };
                steps.push((row.value.occurred_at, step, index));
                movement_counts.added += 1;
                taken.push(row);
            }
            Verdict::Unchanged => movement_counts.unchanged += 1,
            Verdict::Changed | Verdict::Refused => {}
        }
    }
    job.remember(&MOVEMENTS, &taken).await?;
    if job.problems.is_empty() && !steps.is_empty() {
        steps.sort();
        replay(job, activations, movements, &targets, &steps).await?;
    }
    Ok((activation_counts, movement_counts))
}

async fn targets_of(job: &mut Job<'_>, row: &Row<ActivationRow>) -> Result<Option<Targets>, Error> {
    let value = &row.value;
    let product = job.references.product(job.tx, &value.product).await?;
    let client = job.references.client(job.tx, job.reseller, &value.client).await?;
    for (column, found) in [("product", product.as_ref().err()), ("client", client.as_ref().err())] {
        if let Some(message) = found {
            job.problems.push(ACTIVATIONS.file, Some(row.line), Some(column), message);
        }
    }
    let (Ok(product), Ok(client)) = (product, client) else { return Ok(None) };
    let currency = job.reseller.currency;
    let prices = list_prices(job.tx.connection(), product, value.interval, currency).await?;
    let on = job.reseller.date_of(value.activated_at);
    let (price, column, missing) = match value.price {
        Some(pinned) => (
            prices.iter().find(|price| price.details.amount_minor == pinned.minor),
            "price",
            format!("{pinned} is none of the product's {} prices; add it to prices.csv", value.interval),
        ),
        None => (
            prices.iter().find(|price| price.details.valid_from_on <= on),
            "billing_interval",
            format!("{} has no {} price in {currency} on {on}", value.product, value.interval),
        ),
    };
    let Some(price) = price else {
        job.problems.push(ACTIVATIONS.file, Some(row.line), Some(column), missing);
        return Ok(None);
    };
    Ok(Some(Targets { product, client, price: value.price.map(|_| price.id) }))
}

fn steps_of(row: &Row<ActivationRow>, index: usize) -> impl Iterator<Item = (DateTime<Utc>, Step, usize)> {
    let value = &row.value;
    [
        (Some(value.activated_at), Step::Activate),
        (value.paused_at, Step::Pause),
        (value.resumed_at, Step::Resume),
        (value.deactivated_at, Step::Deactivate),
    ]
    .into_iter()
    .filter_map(move |(at, step)| Some((at?, step, index)))
}

async fn replay(
    job: &mut Job<'_>,
    activations: &[Row<ActivationRow>],
    movements: &[Row<MovementRow>],
    targets: &HashMap<usize, Targets>,
    steps: &[(DateTime<Utc>, Step, usize)],
) -> Result<(), Error> {
    let (tx, now, actor) = (job.tx, job.now, Actor::import());
    let context = |at| Context { recorded_at: now, ..Context::new(job.reseller, at, &actor) };
    let mut ids: HashMap<usize, ActivationId> = HashMap::new();
    let mut failed: HashSet<usize> = HashSet::new();
    let mut mistakes: Vec<(&str, u64, &str, String)> = Vec::new();
    for (at, step, index) in steps {
        let context = context(*at);
        // Money that comes in at a moment is there for what is due at that moment.
        let before = if *step == Step::Credit { *at - TimeDelta::microseconds(1) } else { *at };
        replay_until(tx, &context, before).await?;
        if matches!(step, Step::Credit | Step::Debit) {
            let row = &movements[*index];
            if let Err(error) = move_money(tx, &context, row).await {
                mistakes.push((MOVEMENTS.file, row.line, "amount", mistake(error)?));
            }
            continue;
        }
        let row = &activations[*index];
        if failed.contains(index) {
            continue;
        }
        let done = match (step, targets.get(index), ids.get(index)) {
            (Step::Activate, Some(targets), _) => start(tx, &context, row, *targets).await.map(|id| {
                ids.insert(*index, id);
            }),
            (Step::Pause, _, Some(id)) => pause(tx, &context, *id, None, None).await.map(|_| ()),
            (Step::Resume, _, Some(id)) => resume(tx, &context, *id, None).await.map(|_| ()),
            (Step::Deactivate, _, Some(id)) => deactivate(tx, &context, *id, TakesEffect::Now).await.map(|_| ()),
            _ => Ok(()),
        };
        if let Err(error) = done {
            failed.insert(*index);
            mistakes.push((ACTIVATIONS.file, row.line, column_of(*step), mistake(error)?));
        }
    }
    replay_until(tx, &context(now), now).await?;
    for (file, line, column, message) in mistakes {
        job.problems.push(file, Some(line), Some(column), message);
    }
    Ok(())
}

async fn move_money(tx: &crate::db::WriteTx, context: &Context<'_>, row: &Row<MovementRow>) -> Result<(), Error> {
    let reason = row.value.reference.as_deref().unwrap_or("Imported");
    let reference = Some(row.key.as_str());
    if row.value.is_top_up {
        top_up(tx, context, row.value.signed_minor, reason, reference).await?;
    } else {
        adjust(tx, context, row.value.signed_minor, reason, reference).await?;
    }
    if row.value.signed_minor > 0 {
        run_due(tx, context).await?;
    }
    Ok(())
}

async fn start(
    tx: &crate::db::WriteTx,
    context: &Context<'_>,
    row: &Row<ActivationRow>,
    targets: Targets,
) -> Result<ActivationId, Error> {
    let new = NewActivation {
        id: None,
        client_id: targets.client,
        product_id: targets.product,
        interval: row.value.interval,
        auto_renew: row.value.auto_renew,
        priority: row.value.priority,
        price_id: targets.price,
        external_reference: Some(&row.key),
        notes: row.value.notes.as_deref(),
    };
    Ok(activate(tx, context, &new).await?.id)
}

fn column_of(step: Step) -> &'static str {
    match step {
        Step::Pause => "paused_on",
        Step::Resume => "resumed_on",
        Step::Deactivate => "deactivated_on",
        Step::Credit | Step::Activate | Step::Debit => "activated_on",
    }
}

/// What the rules refuse is a mistake in the files; anything else is not.
fn mistake(error: Error) -> Result<String, Error> {
    match error.code() {
        ProblemCode::InsufficientBalance => {
            Ok(format!("the balance does not cover this: {} Put a movement before it.", error.detail()))
        }
        ProblemCode::InvalidTransition | ProblemCode::ValidationFailed | ProblemCode::WalletBlocked => {
            Ok(format!("the rules do not allow this: {}", error.detail()))
        }
        _ => Err(error),
    }
}
