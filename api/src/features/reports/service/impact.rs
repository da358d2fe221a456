//! Who used what before and after activations.

use std::collections::HashMap;

use chrono::DateTime;
use domain::active_users::LocalDay;
use domain::reports::{IMPACT_DAYS, ImpactWindow};
use shared::vocab::ActivationId;
use uuid::Uuid;

use super::{Context, Days, Key, Part, Placed, Usage};
use crate::error::Error;
use crate::features::activations::store::{ListedActivation, exists};
use crate::features::reports::store::{
    Edge, ImpactAsked, ImpactUsers, Started, StartedWhich, impact_users, started, started_count,
};
use crate::http::cursor::Cursor;

/// Which activations.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Only this one.
    pub activation: Option<ActivationId>,
    /// Only those whose days after are all over, or only the others.
    pub is_complete: Option<bool>,
}

/// What activations changed.
#[derive(Debug)]
pub struct Impacts {
    /// How many activations match.
    pub count: usize,
    /// The rows asked for.
    pub rows: Vec<Placed<ImpactRow>>,
}

/// What an activation changed.
#[derive(Debug)]
pub struct ImpactRow {
    /// As lists show it.
    pub listed: ListedActivation,
    /// The days around it.
    pub window: ImpactWindow,
    /// The days before it.
    pub before: Days,
    /// The days after it.
    pub after: Days,
    /// Whether use was counted on all days before.
    pub is_before_whole: bool,
    /// Users of the client before; none if nothing was counted yet.
    pub client_before: Option<i64>,
    /// Users of the client after.
    pub client_after: i64,
    /// Users of the activation after.
    pub activation_after: i64,
    /// The first day of counted use.
    pub first_used: Option<LocalDay>,
    /// Users of the activation on day 7, once it is over.
    pub day_7: Option<i64>,
    /// Users of the activation on day 28, once it is over.
    pub day_28: Option<i64>,
}

/// What the activations changed, the latest first.
pub async fn impacts(context: Context<'_>, filter: Filter, part: &Part) -> Result<Impacts, Error> {
    let (connection, reseller) = (context.connection, context.reseller);
    if let Some(id) = filter.activation
        && !exists(connection, reseller.id, id).await?
    {
        return Err(Error::field("?activation", "unknown_value", "is not one of your activations"));
    }
    let usage = context.usage().await?;
    // Complete since the day that leaves 28 before today.
    let complete_before = context.start_of(context.today().plus(1 - IMPACT_DAYS))?;
    let which = StartedWhich {
        id: filter.activation.map(|id| id.0),
        usable_before: filter.is_complete.map(|is_complete| (complete_before, is_complete)),
    };
    let count = usize::try_from(started_count(connection, reseller.id, which).await?).map_err(Error::internal)?;
    let shown = started(connection, reseller.id, which, edge_of(part)?).await?;
    let window = |started: &Started| {
        let usable = LocalDay::from_date(reseller.date_of(started.usable_since));
        ImpactWindow::new(usable, context.today())
    };
    let asked: Vec<_> = shown
        .iter()
        .map(|row| ImpactAsked { id: row.id, client_id: row.client_id, day: window(row).day(1).into() })
        .collect();
    let users =
        impact_users(connection, reseller.id, (usage.epoch, context.today()), i64::from(IMPACT_DAYS), &asked).await?;
    let users: HashMap<Uuid, ImpactUsers> = users.into_iter().map(|row| (row.id, row)).collect();
    let ids: Vec<Uuid> = asked.iter().map(|asked| asked.id).collect();
    let mut listed = context.listed(&ids).await?;
    let mut rows = Vec::with_capacity(shown.len());
    for row in shown {
        let (Some(listed), Some(users)) = (listed.remove(&row.id), users.get(&row.id)) else { continue };
        let key = Key(vec![-row.activated_at.timestamp_micros()], row.id);
        rows.push(Placed { key, row: impact(listed, window(&row), *users, usage)? });
    }
    Ok(Impacts { count, rows })
}

/// Where a page begins and how many rows it reads, one more where there are more.
fn edge_of(part: &Part) -> Result<(Option<Edge>, Option<u64>), Error> {
    let Part::Page { edge, limit } = part else { return Ok((None, None)) };
    let edge = edge.as_ref().map(|Cursor { direction, key: Key(order, id) }| -> Result<Edge, Error> {
        let micros = order.first().copied().and_then(i64::checked_neg);
        let activated_at = micros.and_then(DateTime::from_timestamp_micros);
        Ok((activated_at.ok_or_else(|| Error::internal("a place in time that does not exist"))?, *id, *direction))
    });
    Ok((edge.transpose()?, Some(u64::from(*limit) + 1)))
}

fn impact(
    listed: ListedActivation,
    window: ImpactWindow,
    users: ImpactUsers,
    usage: Usage,
) -> Result<ImpactRow, Error> {
    let days = |(from, to): (LocalDay, LocalDay)| Days { from, to };
    let (before, after) = (days(window.before()), days(window.after()));
    Ok(ImpactRow {
        is_before_whole: usage.first_event.is_some_and(|first| first <= before.from),
        client_before: usage.or_gap(before.to, users.client_before),
        client_after: users.client_after,
        activation_after: users.activation_after,
        first_used: users.first_day.map(LocalDay::try_from).transpose().map_err(Error::internal)?,
        day_7: Some(users.day_7).filter(|_| window.is_over(7)),
        day_28: Some(users.last_day).filter(|_| window.is_over(IMPACT_DAYS)),
        listed,
        window,
        before,
        after,
    })
}
