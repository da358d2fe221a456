//! What an activation's page says. Plain Rust.

use chrono::{DateTime, NaiveDate, Utc};
use shared::dto::activation::{Activation, Actor, HistoryEntry};
use shared::vocab::{ActivationStatus, ActorKind, HistoryKind};

/// First and last days of the pauses that a history tells of, newest row first; one that goes on ends `today`.
pub fn pauses(
    history: &[HistoryEntry],
    date: &dyn Fn(DateTime<Utc>) -> NaiveDate,
    today: NaiveDate,
) -> Vec<(NaiveDate, NaiveDate)> {
    let mut pauses = Vec::new();
    let mut since = None;
    for row in history.iter().rev() {
        let was_paused = row.status_before == Some(ActivationStatus::Paused);
        match (was_paused, row.status_after == ActivationStatus::Paused) {
            (false, true) => since = Some(date(row.occurred_at)),
            (true, false) => {
                if let Some(from) = since.take() {
                    pauses.push((from, date(row.occurred_at)));
                }
            }
            _ => {}
        }
    }
    pauses.extend(since.map(|from| (from, today)));
    pauses
}

/// What happened: icon and word.
pub const fn happening(kind: HistoryKind) -> (&'static str, &'static str) {
    match kind {
        HistoryKind::Activated => ("check", "Activated"),
        HistoryKind::Renewed => ("renew", "Renewed"),
        HistoryKind::RenewalFailed => ("warn", "Renewal failed"),
        HistoryKind::Paused => ("pause", "Paused"),
        HistoryKind::Resumed => ("play", "Resumed"),
        HistoryKind::EndScheduled => ("clock", "End scheduled"),
        HistoryKind::Kept => ("check", "Kept"),
        HistoryKind::AutoRenewChanged => ("renew", "Auto-renew changed"),
        HistoryKind::PriorityChanged => ("renew", "Renewal order changed"),
        HistoryKind::IntervalChangeScheduled => ("clock", "Interval change scheduled"),
        HistoryKind::IntervalChanged => ("renew", "Billing interval changed"),
        HistoryKind::Retried => ("renew", "Set-up tried again"),
        HistoryKind::Expired => ("cross", "Expired"),
        HistoryKind::Deactivated => ("off", "Deactivated"),
        HistoryKind::Failed => ("warn", "Set-up failed"),
    }
}

/// Who did it.
pub fn actor_name(actor: &Actor) -> String {
    let kind = match actor.kind {
        ActorKind::Member => "A member",
        ActorKind::ApiKey => "An API key",
        ActorKind::Operator => "The operator",
        ActorKind::System => "Automatic",
        ActorKind::Import => "Import",
    };
    match (&actor.name, actor.kind) {
        (Some(name), ActorKind::ApiKey) => format!("{name}, API key"),
        (Some(name), ActorKind::Operator) => format!("{name}, operator"),
        (Some(name), _) => name.clone(),
        (None, _) => kind.to_owned(),
    }
}

/// What support asks for first: what it is, where it stands, what happened last. Every date as ISO 8601 has it, moments in UTC.
pub fn support_summary(data: &Activation, last: &[HistoryEntry]) -> String {
    let row = &data.row;
    let state = row.billing_state.map(|state| format!(", {state}")).unwrap_or_default();
    let mut lines = vec![
        format!("Activation {}", row.id),
        format!("Product {} ({})", row.product.name, row.product.id),
        format!("Client {}", row.client.id),
        format!("Status {}{state}", row.status),
        format!(
            "Billing {}, {}, auto-renew {}",
            row.billing_interval,
            row.price,
            if row.auto_renew { "on" } else { "off" }
        ),
        format!("Activated {}", row.activated_on),
    ];
    let dates = [
        ("Paid until", row.paid_until_on),
        ("Renews", row.renews_on),
        ("Ends", row.ends_on),
        ("Grace until", row.grace_until_on),
        ("Resumes", data.resume_on),
    ];
    lines.extend(dates.into_iter().filter_map(|(name, on)| on.map(|on| format!("{name} {on}"))));
    lines.push(format!("Time zone {}", data.time_zone));
    lines.push("Last events:".to_owned());
    for event in last {
        let amount = event.amount.map(|amount| format!(", {amount}")).unwrap_or_default();
        let request = event.request_id.as_ref().map(|id| format!(", request {id}")).unwrap_or_default();
        let at = event.occurred_at;
        lines.push(format!("- {at} {}, {}{amount}{request}", happening(event.kind).1, actor_name(&event.actor)));
    }
    lines.join("\n")
}

/// Older rows put behind newer ones, without repeating any.
pub fn appended(mut known: Vec<HistoryEntry>, older: Vec<HistoryEntry>) -> Vec<HistoryEntry> {
    for entry in older {
        if known.iter().all(|row| row.id != entry.id) {
            known.push(entry);
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_run_from_their_day_to_that_of_the_resumption_or_until_today() {
        use ActivationStatus::{Active, Expired, Paused};
        let on = |text: &str| text.parse::<NaiveDate>().unwrap();
        let row = |day: &str, status_before, status_after| HistoryEntry {
            id: "his_00000000000000000000000001".parse().unwrap(),
            kind: HistoryKind::Renewed,
            occurred_at: format!("{day}T09:00:00Z").parse().unwrap(),
            actor: Actor { kind: ActorKind::System, name: None },
            reason: None,
            status_before,
            status_after,
            paid_until_on: None,
            amount: None,
            ledger_entry_id: None,
            request_id: None,
        };
        let mut history = vec![
            row("2026-05-01", None, Active),
            row("2026-06-01", Some(Active), Paused),
            row("2026-06-02", Some(Paused), Paused),
            row("2026-06-05", Some(Paused), Active),
            row("2026-07-01", Some(Active), Paused),
            row("2026-09-29", Some(Paused), Expired),
            row("2026-11-01", Some(Active), Paused),
        ];
        history.reverse();
        let found = pauses(&history, &|at| at.date_naive(), on("2026-11-22"));
        let expected = [("2026-06-01", "2026-06-05"), ("2026-07-01", "2026-09-29"), ("2026-11-01", "2026-11-22")];
        assert_eq!(found, expected.map(|(from, to)| (on(from), on(to))));
        // An end whose beginning is not among the rows says nothing.
        assert_eq!(pauses(&history[1..2], &|at| at.date_naive(), on("2026-11-22")), []);
    }

    #[test]
    fn the_actor_is_named_as_far_as_known() {
        for (kind, name, text) in [
            (ActorKind::Member, Some("Jon Park"), "Jon Park"),
            (ActorKind::System, None, "Automatic"),
            (ActorKind::Import, None, "Import"),
            (ActorKind::ApiKey, Some("Shop"), "Shop, API key"),
            (ActorKind::Member, None, "A member"),
        ] {
            assert_eq!(actor_name(&Actor { kind, name: name.map(str::to_owned) }), text);
        }
    }
}
