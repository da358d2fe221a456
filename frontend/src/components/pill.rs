//! The status of an activation: icon, text and colour, never colour alone.

use chrono::NaiveDate;
use leptos::prelude::*;
use shared::dto::activation::ActivationRow;
use shared::vocab::{ActivationStatus, BillingState};

use super::icon;
use crate::format::words::{DateForm, Texts};

/// A pill of a tone (`ok`, `warn`, `bad`, `info`, `neutral`).
pub fn pill(tone: &'static str, symbol: &'static str, text: String) -> AnyView {
    view! { <span class=format!("pill pill--{tone}")>{icon(symbol, 12)}{text}</span> }.into_any()
}

/// "✓ Covered" or "⚠ Not covered".
pub fn cover(is_covered: bool) -> AnyView {
    if is_covered {
        view! { <span class="cover cover--ok">{icon("check", 14)}"Covered"</span> }.into_any()
    } else {
        view! { <span class="cover cover--no">{icon("warn", 14)}"Not covered"</span> }.into_any()
    }
}

/// The pill of an activation.
pub fn status_pill(row: &ActivationRow, today: NaiveDate) -> AnyView {
    let (tone, symbol, text) = wording(row, today, crate::format::BROWSER);
    pill(tone, symbol, text)
}

/// The pill for a list on a narrow screen, where the date stands on another line.
pub fn short_status_pill(row: &ActivationRow, today: NaiveDate) -> AnyView {
    if row.billing_state == Some(BillingState::Grace) {
        return pill("warn", "warn", "Renewal failed".to_owned());
    }
    status_pill(row, today)
}

fn wording(row: &ActivationRow, today: NaiveDate, texts: Texts<'_>) -> (&'static str, &'static str, String) {
    let on = |date: NaiveDate| (texts.date)(date, DateForm::near(date, today));
    match (row.status, row.billing_state) {
        (ActivationStatus::Active, Some(BillingState::Grace)) => {
            let until = row.grace_until_on.map(|date| format!(" – on until {}", on(date)));
            ("warn", "warn", format!("Renewal failed{}", until.unwrap_or_default()))
        }
        (ActivationStatus::Active, Some(BillingState::Ending)) => {
            let ends = row.ends_on.map_or_else(|| "Ending".to_owned(), |date| format!("Ends {}", on(date)));
            ("neutral", "s-ending", ends)
        }
        (ActivationStatus::Active, _) => ("ok", "s-active", "Active".to_owned()),
        (ActivationStatus::Paused, _) => ("warn", "s-paused", "Paused".to_owned()),
        (ActivationStatus::Expired, _) => ("bad", "s-expired", "Expired".to_owned()),
        (ActivationStatus::Pending, _) => ("info", "s-pending", "Setting up".to_owned()),
        (ActivationStatus::Failed, _) => ("bad", "warn", "Set-up failed – refunded".to_owned()),
        (ActivationStatus::Deactivated, _) => ("neutral", "s-ring", "Deactivated".to_owned()),
    }
}
