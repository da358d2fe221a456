//! Settling or rejecting a top-up: what it is, what the wallet holds before and after, and what the reseller reads about it.

use leptos::prelude::*;
use shared::dto::operator::{OperatorReseller, OperatorTopUp, RejectTopUpRequest, SettleTopUpRequest};
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::Money;
use std::time::Duration;

use super::reason::Reason;
use crate::api::{ApiError, transport};
use crate::components::decision::{Confirm, Fact, buttons, facts, progress};
use crate::components::{Dialog, dynamic, optional_field};
use crate::format::{date_time, money};
use crate::pages::activation::model::actor_name;
use crate::pages::wallet::method_name;
use crate::state::commit::{Commit, Write};
use crate::state::query::Query;
use crate::state::watch;

/// What an operator decides about a top-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The money has come.
    Settle,
    /// It will not come.
    Reject,
}

impl Decision {
    /// The word on its button.
    pub const fn verb(self) -> &'static str {
        match self {
            Self::Settle => "Settle",
            Self::Reject => "Reject",
        }
    }
}

/// Asks and does it; `done` is called with what is said afterwards.
pub fn decision_dialog(
    decision: Decision,
    row: &OperatorTopUp,
    close: Callback<()>,
    done: Callback<String>,
) -> AnyView {
    let commit = Commit::new();
    let reseller = Query::<OperatorReseller>::new();
    reseller.load(paths::operator_reseller(row.reseller_id));
    let amount = row.top_up.amount;
    let (note, reason) = (RwSignal::new(String::new()), Reason::new(commit));
    let is_settling = decision == Decision::Settle;
    let id = row.top_up.id;
    let name = row.reseller_name.clone();
    let run = Callback::new(move |()| {
        let write = if is_settling {
            let note = Some(note.with_untracked(|text| text.trim().to_owned())).filter(|text| !text.is_empty());
            Write::post(paths::operator_settle_top_up(id), &SettleTopUpRequest { note })
        } else {
            let Some(reason) = reason.given() else { return };
            Write::post(paths::operator_reject_top_up(id), &RejectTopUpRequest { reason })
        };
        let name = name.clone();
        commit.send(write, move |text| {
            let decided: OperatorTopUp = transport::parse(text)?;
            let sum = money(decided.top_up.amount);
            done.run(if is_settling {
                format!("{sum} is on the wallet of {name}. What waited for it was tried at once.")
            } else {
                format!("The top-up of {sum} of {name} was rejected.")
            });
            Ok(())
        });
    });
    // Somebody else was first, or this very answer was lost on its way: the list shows what became of it.
    watch(move || {
        if commit.error.with(|error| error.as_ref().and_then(ApiError::code)) == Some(ProblemCode::InvalidTransition) {
            set_timeout(move || done.run("This top-up was decided already.".to_owned()), Duration::ZERO);
        }
    });
    let known = known(row);
    let shown = move || {
        let mut shown = known.clone();
        shown.extend(reseller.data.with(|reseller| {
            let before = reseller.as_ref()?.balance;
            let after = if is_settling { Money::new(before.minor + amount.minor, before.currency) } else { before };
            Some(Fact::change("Balance", money(before), money(after)))
        }));
        facts(shown)
    };
    let wrong =
        Signal::derive(move || commit.error.with(|error| error.as_ref().and_then(|error| error.field("/note"))));
    let (field, follows) = if is_settling {
        (
            optional_field("decision-text", "Note for the reseller (optional)", note, wrong),
            "Only for money that has been seen. It is spent at once where renewals wait for it.",
        )
    } else {
        (
            reason.field("Reason, for the reseller"),
            "Nothing moves. Money that comes all the same needs a top-up of its own.",
        )
    };
    let body = view! {
        {dynamic(shown)}
        <div class="dialog__fields dialog__fields--below">{field}</div>
        <p class="dialog__note">{follows}</p>
        {progress(commit, Signal::stored(None))}
    };
    let confirm = Confirm {
        label: Signal::stored(format!("{} {}", decision.verb(), money(amount))),
        busy: if is_settling { "Settling…" } else { "Rejecting…" },
        is_danger: Signal::stored(!is_settling),
        is_ready: Signal::stored(true),
        shortfall: Signal::stored(None),
        again: None,
        run,
    };
    let title = format!("{} {} of {}?", decision.verb(), money(amount), row.reseller_name);
    view! {
        <Dialog title=title is_locked=commit.is_locked on_close=close body=body.into_any() foot=buttons(commit, close, confirm)/>
    }
    .into_any()
}

fn known(row: &OperatorTopUp) -> Vec<Fact> {
    let top_up = &row.top_up;
    let requested = format!("{}, {}", date_time(top_up.requested_at, "UTC"), actor_name(&top_up.requested_by));
    let mut known = vec![
        Fact::known("Payment reference", top_up.payment_reference.clone()),
        Fact::known("Paid by", method_name(top_up.method).to_owned()),
        Fact::known("Requested", requested),
    ];
    known.extend(top_up.reference.clone().map(|reference| Fact::known("Their reference", reference)));
    known
}
