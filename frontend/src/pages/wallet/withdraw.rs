//! Withdrawing a top-up that nobody has settled yet.

use leptos::prelude::*;
use shared::dto::top_up::TopUp;
use shared::paths;

use crate::api::transport;
use crate::components::Dialog;
use crate::components::decision::{Confirm, Fact, buttons, facts, progress};
use crate::format::money;
use crate::state::commit::{Commit, Write};

/// Asks whether to withdraw `top_up`, and does it; `close` is called then, or when it is left.
pub fn withdraw_dialog(top_up: &TopUp, close: Callback<()>) -> AnyView {
    let commit = Commit::new();
    let id = top_up.id;
    let run = Callback::new(move |()| {
        let write = Write {
            method: gloo_net::http::Method::POST,
            path: paths::top_up_cancel(id),
            body: String::new(),
            version: None,
        };
        commit.send(Ok(write), move |text| {
            transport::parse::<TopUp>(text)?;
            commit.state().changed(None);
            close.run(());
            Ok(())
        });
    });
    let shown = vec![
        Fact::known("Amount", money(top_up.amount)),
        Fact::known("Payment reference", top_up.payment_reference.clone()),
    ];
    let body = view! {
        {facts(shown)}
        <p class="dialog__note">"Money that was sent all the same is not lost: the operator finds it by its reference."</p>
        {progress(commit, Signal::stored(None))}
    };
    let confirm = Confirm {
        label: Signal::stored("Withdraw the top-up".to_owned()),
        busy: "Withdrawing…",
        is_danger: Signal::stored(false),
        is_ready: Signal::stored(true),
        shortfall: Signal::stored(None),
        again: None,
        run,
    };
    view! {
        <Dialog title="Withdraw this top-up?".to_owned() is_locked=commit.is_locked on_close=close body=body.into_any() foot=buttons(commit, close, confirm)/>
    }
    .into_any()
}
