//! Usage rows, taken in as the API takes events, without its window.

use domain::active_users::EndUserKey;
use secrecy::SecretString;

use super::apply::Job;
use super::problems::suggestion;
use super::rows::{Row, UsageRow};
use super::table::USAGE;
use super::{Counts, store};
use crate::error::Error;
use crate::features::usage::service::{NewUsageEvent, Outcome, hash, ingest};

/// Takes the rows in; returns what became of them and how many are not counted.
pub async fn run(job: &mut Job<'_>, rows: &[Row<UsageRow>], secret: &SecretString) -> Result<(Counts, usize), Error> {
    if rows.is_empty() {
        return Ok((Counts::default(), 0));
    }
    let activations = store::activations_by_reference(job.tx, job.reseller.id).await?;
    let mut events = Vec::with_capacity(rows.len());
    let mut sources = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(activation_id) = activations.get(&row.value.activation) else {
            let hint = suggestion(&row.value.activation, activations.keys().map(String::as_str));
            let message = format!("there is no activation {:?}{hint}", row.value.activation);
            job.problems.push(USAGE.file, Some(row.line), Some("activation"), message);
            continue;
        };
        events.push(NewUsageEvent {
            id: row.key.clone(),
            activation_id: *activation_id,
            end_user_key: row.value.end_user.clone(),
            occurred_at: row.value.occurred_at,
            label: row.value.label.clone(),
        });
        sources.push(row);
    }
    let outcomes = ingest(job.tx, job.reseller, &events, None, job.now, secret).await?;
    let (mut counts, mut not_counted) = (Counts::default(), 0);
    let mut repeated = Vec::new();
    for (index, outcome) in outcomes.into_iter().enumerate() {
        let wrong = match outcome {
            Outcome::Counted => {
                counts.added += 1;
                continue;
            }
            Outcome::NotCounted => {
                counts.added += 1;
                not_counted += 1;
                continue;
            }
            Outcome::Duplicate => {
                repeated.push(index);
                continue;
            }
            Outcome::InvalidKey(error) => ("end_user", error.to_string()),
            Outcome::InvalidId => ("id", "must be printable ASCII of at most 64 characters".to_owned()),
            Outcome::UnknownActivation => ("activation", "is not the reseller's".to_owned()),
            Outcome::TooOld | Outcome::InFuture => ("occurred_at", "is out of range".to_owned()),
        };
        job.problems.push(USAGE.file, Some(sources[index].line), Some(wrong.0), wrong.1);
    }
    counts.unchanged = repeated.len();
    check_repeated(job, &events, &sources, &repeated, secret).await?;
    Ok((counts, not_counted))
}

/// A known id must say what it said before.
async fn check_repeated(
    job: &mut Job<'_>,
    events: &[NewUsageEvent],
    sources: &[&Row<UsageRow>],
    repeated: &[usize],
    secret: &SecretString,
) -> Result<(), Error> {
    let ids: Vec<&str> = repeated.iter().map(|index| events[*index].id.as_str()).collect();
    let known = store::known_events(job.tx, job.reseller.id, &ids).await?;
    for index in repeated {
        let event = &events[*index];
        let Some(before) = known.get(&event.id) else { continue };
        let key_hash = EndUserKey::normalise(&event.end_user_key).map(|key| hash(secret, job.reseller, &key));
        let is_alike = before.activation_id == event.activation_id
            && before.occurred_at == event.occurred_at
            && key_hash.is_ok_and(|key_hash| key_hash == before.key_hash);
        if !is_alike {
            let message = "the row differs from what was imported; usage that was counted cannot change";
            job.problems.push(USAGE.file, Some(sources[*index].line), None, message);
        }
    }
    Ok(())
}
