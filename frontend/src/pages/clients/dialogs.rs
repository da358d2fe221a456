//! Adding, changing and putting away a client.

use gloo_net::http::Method;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::dto::client::{Client, CreateClientRequest, PatchClientRequest};
use shared::paths;

use crate::api::{Authenticated, transport};
use crate::components::decision::{Confirm, Fact, buttons, facts, progress};
use crate::components::{Dialog, optional_field};
use crate::format::BROWSER;
use crate::format::words::counted;
use crate::state::commit::{Commit, Write};

/// Which dialog is open.
#[derive(Debug, Clone, PartialEq)]
pub enum Opened {
    /// For a new client.
    Add,
    /// To change one.
    Edit(Client),
    /// To put one away.
    Archive(Client),
}

/// The open dialog.
pub fn dialog(opened: Opened, close: Callback<()>) -> AnyView {
    match opened {
        Opened::Add => form(None, close),
        Opened::Edit(client) => form(Some(&client), close),
        Opened::Archive(client) => archive(&client, close),
    }
}

fn form(client: Option<&Client>, close: Callback<()>) -> AnyView {
    let commit = Commit::new();
    let field = |of: fn(&Client) -> Option<String>| RwSignal::new(client.and_then(of).unwrap_or_default());
    let name = field(|client| Some(client.name.clone()));
    let email = field(|client| client.email.clone());
    let reference = field(|client| client.external_reference.clone());
    let notes = field(|client| client.notes.clone());
    let wrong = move |pointer: &'static str| {
        Signal::derive(move || commit.error.with(|error| error.as_ref().and_then(|error| error.field(pointer))))
    };
    let id = client.map(|client| client.id);
    // A change names the version it is of; a new client has none.
    let version = RwSignal::new(None::<String>);
    if let Some(id) = id {
        spawn_local(async move {
            match Authenticated.get_version(&paths::client(id)).await {
                Ok((_, tag)) => drop(version.try_set(Some(tag))),
                Err(error) => drop(commit.error.try_set(Some(error))),
            }
        });
    }
    let written =
        move |text: RwSignal<String>| Some(text.get_untracked().trim().to_owned()).filter(|text| !text.is_empty());
    let run = Callback::new(move |()| {
        let name = name.get_untracked().trim().to_owned();
        let (email, external_reference, notes) = (written(email), written(reference), written(notes));
        let write = if let Some(id) = id {
            let (email, external_reference, notes) = (Some(email), Some(external_reference), Some(notes));
            let patch = PatchClientRequest { name: Some(name), email, external_reference, notes };
            let (path, version) = (paths::client(id), version.get_untracked());
            transport::write(&patch).map(|body| Write { method: Method::PATCH, path, body, version })
        } else {
            let request = CreateClientRequest { name, email, external_reference, notes };
            Write::post(paths::CLIENTS.to_owned(), &request)
        };
        commit.send(write, move |text| {
            let client: Client = transport::parse(text)?;
            commit.state().announcer.say(&format!("{} was saved.", client.name));
            close.run(());
            Ok(())
        });
    });
    let body = view! {
        <div class="dialog__fields">
            {optional_field("client-name", "Name", name, wrong("/name"))}
            {optional_field("client-email", "Email (optional)", email, wrong("/email"))}
            {optional_field("client-reference", "Your reference (optional)", reference, wrong("/external_reference"))}
            {optional_field("client-notes", "Notes (optional)", notes, wrong("/notes"))}
        </div>
        {progress(commit, Signal::stored(None))}
    };
    let is_new = id.is_none();
    let title = match client {
        Some(client) => format!("Change {}?", client.name),
        None => "Add a client?".to_owned(),
    };
    let confirm = Confirm {
        label: Signal::stored(if is_new { "Add client" } else { "Save" }.to_owned()),
        busy: "Saving…",
        is_danger: Signal::stored(false),
        is_ready: Signal::derive(move || is_new || version.with(Option::is_some)),
        shortfall: Signal::stored(None),
        again: None,
        run,
    };
    view! {
        <Dialog title=title is_locked=commit.is_locked on_close=close body=body.into_any() foot=buttons(commit, close, confirm)/>
    }
    .into_any()
}

fn archive(client: &Client, close: Callback<()>) -> AnyView {
    let commit = Commit::new();
    let path = paths::client_archive(client.id);
    let run = Callback::new(move |()| {
        let write = Write { method: Method::POST, path: path.clone(), body: String::new(), version: None };
        commit.send(Ok(write), move |text| {
            let client: Client = transport::parse(text)?;
            commit.state().announcer.say(&format!("{} was archived.", client.name));
            close.run(());
            Ok(())
        });
    });
    let products = counted(client.active_activations, "activation", "activations", BROWSER);
    let body = view! {
        {facts(vec![Fact::known("Active now", products)])}
        <p class="dialog__note">"It disappears from lists and choices; its history stays. That is possible once nothing of it is active or paused any more."</p>
        {progress(commit, Signal::stored(None))}
    };
    let confirm = Confirm {
        label: Signal::stored(format!("Archive {}", client.name)),
        busy: "Archiving…",
        is_danger: Signal::stored(false),
        is_ready: Signal::stored(true),
        shortfall: Signal::stored(None),
        again: None,
        run,
    };
    view! {
        <Dialog title=format!("Archive {}?", client.name) is_locked=commit.is_locked on_close=close body=body.into_any() foot=buttons(commit, close, confirm)/>
    }
    .into_any()
}
