//! Switching auto-renew on or off. No money moves, so there is no quote; the version that was read is named in the change.

use crate::components::dynamic;
use gloo_net::http::Method;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::dto::activation::Activation;
use shared::dto::lifecycle::PatchActivationRequest;
use shared::paths;

use super::Said;
use crate::api::{ApiError, Authenticated, transport};
use crate::components::Dialog;
use crate::components::decision::{Confirm, Fact, buttons, facts, progress};
use crate::format::words::DateForm;
use crate::format::{date, money};
use crate::state::commit::{Commit, Write};

/// Asks whether to switch, and does it.
#[component]
pub fn AutoRenewDialog(data: StoredValue<Activation>, close: Callback<()>, done: Callback<Said>) -> impl IntoView {
    let data = data.get_value();
    let path = paths::activation(data.row.id);
    let will_be_on = !data.row.auto_renew;
    let row = &data.row;
    let word = if will_be_on { "on" } else { "off" };
    let title = format!("Turn auto-renew {word} for {} for {}?", row.product.name, row.client.name);
    let commit = Commit::new();
    let version = RwSignal::new(None::<String>);
    let asked = path.clone();
    spawn_local(async move {
        match Authenticated.get_version(&asked).await {
            Ok((_, tag)) => {
                version.try_set(Some(tag));
            }
            Err(error) => {
                commit.error.try_set(Some(error));
            }
        }
    });
    let paid_until = row.paid_until_on.map_or_else(|| "Not paid".to_owned(), |on| date(on, DateForm::Medium));
    let (after, note) = if will_be_on {
        let after = format!("{paid_until}, {}", money(row.price));
        (after, "Nothing is charged now. From then on each period is charged by itself when the one before it ends.")
    } else {
        (
            "None".to_owned(),
            "Nothing is charged any more. It goes off when what is paid has run out, unless you renew it.",
        )
    };
    let before = row.renews_on.map_or_else(|| "None".to_owned(), |on| date(on, DateForm::Medium));
    let shown = vec![Fact::known("Paid until", paid_until), Fact::change("Next automatic renewal", before, after)];
    let run = Callback::new(move |()| {
        let body = transport::write(&PatchActivationRequest { auto_renew: Some(will_be_on), priority: None });
        let version = version.get_untracked();
        let write = body.map(|body| Write { method: Method::PATCH, path: path.clone(), body, version });
        commit.send(write, move |_| {
            commit.state().changed(None);
            done.run(Said { text: format!("Auto-renew is {word}."), entry: None, undo: None });
            Ok(())
        });
    });
    let is_stale = move || commit.error.with(|error| matches!(error, Some(ApiError::Problem(p)) if p.status == 412));
    let body = view! {
        {facts(shown)}
        <p class="dialog__note">{note}</p>
        {dynamic(move || is_stale().then(|| view! { <p class="dialog__note">"Close this and look at it again: somebody else changed it meanwhile."</p> }))}
        {progress(commit, Signal::stored(None))}
    };
    let confirm = Confirm {
        label: Signal::stored(format!("Turn auto-renew {word}")),
        busy: "Saving…",
        is_danger: Signal::stored(false),
        is_ready: Signal::derive(move || version.with(Option::is_some)),
        shortfall: Signal::stored(None),
        again: None,
        run,
    };
    view! {
        <Dialog title=title is_locked=commit.is_locked on_close=close body=body.into_any() foot=buttons(commit, close, confirm)/>
    }
}
