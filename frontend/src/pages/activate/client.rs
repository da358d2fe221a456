//! For whom: a client that is there, or a new one.

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use shared::dto::client::{Client, CreateClientRequest};
use shared::dto::page::Page;
use shared::paths;
use shared::vocab::Permission;
use std::time::Duration;

use super::draft::{Chosen, Draft};
use crate::api::transport;
use crate::components::decision::progress;
use crate::components::{TextField, icon, optional_field, panel};
use crate::format::BROWSER;
use crate::format::words::{counted, initials};
use crate::state::app_state;
use crate::state::commit::{Commit, Write};
use crate::state::query::Query;

const TYPING_PAUSE: Duration = Duration::from_millis(250);
const FOUND: u32 = 10;

/// Searches clients, and adds one.
#[component]
pub fn ClientStep(draft: Draft, next: Callback<Draft>) -> impl IntoView {
    let state = app_state();
    let clients = Query::<Page<Client>>::new();
    let search = RwSignal::new(String::new());
    watch(move || {
        let q = search.with(|text| crate::url::encoded(text.trim(), &[]));
        let q = if q.is_empty() { q } else { format!("&q={q}") };
        clients.load(format!("{}?limit={FOUND}&include_total=true{q}", paths::CLIENTS));
    });
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let typed = move |event: web_sys::Event| {
        let text = event_target_value(&event);
        if let Some(Some(earlier)) = waiting.try_get_value() {
            earlier.clear();
        }
        waiting.set_value(set_timeout_with_handle(move || search.set(text), TYPING_PAUSE).ok());
    };
    let draft = StoredValue::new(draft);
    let choose = Callback::new(move |client: Client| {
        let mut draft = draft.get_value();
        draft.client = Some(Chosen { id: client.id, name: client.name });
        next.run(draft);
    });
    let found = panel(clients, "The clients could not be loaded", 6, std::convert::identity, move |page| {
        let shown = page.items.len();
        let total = page.page.total.unwrap_or_default();
        let rest = total - i64::try_from(shown).unwrap_or_default();
        let more = (rest > 0).then(|| {
            let text =
                format!("{} more: search for the name or email address.", counted(rest, "client", "clients", BROWSER));
            view! { <p class="note">{text}</p> }
        });
        let none = (shown == 0).then(|| view! { <p class="note" role="status">"No client matches."</p> });
        view! {
            {none}
            <ul class="picks picks--rows">{page.items.into_iter().map(|client| row(client, choose)).collect_view()}</ul>
            {more}
        }
        .into_any()
    });
    let product =
        draft.with_value(|draft| draft.product.as_ref().map(|product| product.name.clone()).unwrap_or_default());
    let is_new = RwSignal::new(false);
    view! {
        <div class="page-head"><div><h1 tabindex="-1">{format!("{product} for which client?")}</h1></div></div>
        <div class="picks__bar">
            <div class="input-wrap picks__search" role="search">
                {icon("search", 16)}
                <input class="input" type="search" aria-label="Search clients" placeholder="Name, email, reference" maxlength="100" autocomplete="off" on:input=typed/>
            </div>
            {dynamic(move || state.session.may(Permission::ClientsWrite).then(|| view! {
                <button class="btn" type="button" aria-expanded=move || if is_new.get() { "true" } else { "false" } aria-controls="new-client" on:click=move |_| is_new.update(|open| *open = !*open)>{icon("plus", 14)}"New client"</button>
            }))}
        </div>
        <div id="new-client">{dynamic(move || is_new.get().then(|| view! { <NewClient choose=choose/> }))}</div>
        {found}
    }
}

fn row(client: Client, choose: Callback<Client>) -> AnyView {
    let products = counted(client.active_activations, "active product", "active products", BROWSER);
    let (name, email) = (client.name.clone(), client.email.clone());
    view! {
        <li>
            <button class="pick pick--row card" type="button" on:click=move |_| choose.run(client.clone())>
                <span class="avatar" aria-hidden="true">{initials(&name)}</span>
                <span class="pick__two"><span class="pick__name">{name}</span><span class="pick__text">{email}</span></span>
                <span class="pick__end">{products}</span>
            </button>
        </li>
    }
    .into_any()
}

#[component]
fn NewClient(choose: Callback<Client>) -> impl IntoView {
    let commit = Commit::new();
    let (name, email) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let wrong = move |pointer: &'static str| {
        Signal::derive(move || commit.error.with(|error| error.as_ref().and_then(|error| error.field(pointer))))
    };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let email = Some(email.get_untracked().trim().to_owned()).filter(|email| !email.is_empty());
        let request = CreateClientRequest {
            name: name.get_untracked().trim().to_owned(),
            email,
            ..CreateClientRequest::default()
        };
        commit.send(Write::post(paths::CLIENTS.to_owned(), &request), move |text| {
            choose.run(transport::parse(text)?);
            Ok(())
        });
    };
    view! {
        <section class="card new-client" aria-label="New client">
            <form class="new-client__form" on:submit=send novalidate>
                <TextField id="client-name" label="Name" kind="text" autocomplete="off" value=name error=wrong("/name")/>
                {optional_field("client-email", "Email (optional)", email, wrong("/email"))}
                {progress(commit, Signal::stored(None))}
                <div><button class="btn btn--primary" type="submit" aria-disabled=move || commit.is_busy().then_some("true")>"Add and go on"</button></div>
            </form>
        </section>
    }
}
