//! What an activation's page says. Plain Rust.

use shared::dto::activation::{Activation, Actor, HistoryEntry};
use shared::paths;
use shared::vocab::{ActivationId, ActorKind, HistoryKind, Range};

/// The address of the usage series of an activation.
pub fn series_path(id: ActivationId, range: Range) -> String {
    format!("{}?activation={id}&range={range}", paths::ACTIVE_USERS)
}

/// The same as CSV.
pub fn csv_path(id: ActivationId, range: Range) -> String {
    format!("{}?activation={id}&range={range}", paths::ACTIVE_USERS_CSV)
}

/// The page's own address for a range; the default is left out.
pub fn page_path(id: &str, range: Range) -> String {
    match range {
        Range::ThirtyDays => format!("/activations/{id}"),
        other => format!("/activations/{id}?range={other}"),
    }
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
    fn the_range_is_part_of_the_address_unless_it_is_the_default() {
        assert_eq!(page_path("act_1", Range::ThirtyDays), "/activations/act_1");
        assert_eq!(page_path("act_1", Range::SixMonths), "/activations/act_1?range=6m");
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
