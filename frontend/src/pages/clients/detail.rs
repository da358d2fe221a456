//! One client: who it is, how much what runs for it is used, and what that is.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use shared::dto::activation::ActivationRow;
use shared::dto::client::Client;
use shared::dto::page::Page;
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::{ClientId, Permission};

use super::dialogs::{self, Opened};
use crate::api::ApiError;
use crate::chart::usage::Usage;
use crate::chart::view::Scope;
use crate::components::{ActivationList, NoRows, dynamic, empty, error_panel, icon, listing, skeleton_rows, use_page};
use crate::format::words::{DateForm, counted};
use crate::format::{BROWSER, count, date_in, money};
use crate::pages::activation::fact;
use crate::state::query::Query;
use crate::state::{app_state, watch};

/// Rows of what runs for it; the list has all.
const ROWS: u32 = 25;

/// `/clients/:id`
#[component]
pub fn ClientPage(
    /// The id in the address; none where that cannot be one.
    id: Option<ClientId>,
) -> impl IntoView {
    let client = Query::<Client>::new();
    if let Some(id) = id {
        client.load(paths::client(id));
    }
    let name = Memo::new(move |_| client.data.with(|data| data.as_ref().map(|data| data.name.clone())));
    let title = move || name.get().unwrap_or_else(|| "Client".to_owned());
    use_page(move || format!("{} – Clients", title()));
    let is_unknown = Memo::new(move |_| {
        let code = client.error.with(|error| error.as_ref().and_then(ApiError::code));
        id.is_none() || code == Some(ProblemCode::NotFound)
    });
    let opened = RwSignal::new(None::<Opened>);
    let close = Callback::new(move |()| {
        opened.set(None);
        client.reload();
    });
    let email = move || client.data.with(|data| data.as_ref().and_then(|data| data.email.clone()));
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <a href="/clients">"Clients"</a>{icon("right", 12)}<span aria-current="page">{dynamic(title)}</span>
        </nav>
        <div class="detail-head">
            <div>
                <h1 tabindex="-1">{dynamic(title)}</h1>
                <p class="detail-head__sub">{dynamic(email)}</p>
            </div>
            <div class="detail-head__actions detail-head__actions--always">{dynamic(move || client.data.get().map(|client| actions(client, opened)))}</div>
        </div>
        {dynamic(move || match id {
            Some(id) if !is_unknown.get() => content(id, client),
            _ => unknown(),
        })}
        {dynamic(move || opened.get().map(|opened| dialogs::dialog(opened, close)))}
    }
}

fn unknown() -> AnyView {
    let actions = view! { <a class="btn" href="/clients">"All clients"</a> }.into_any();
    view! {
        <section class="card">
            {empty("search", "There is no such client", "The link may be old, or mistyped.", Some(actions))}
        </section>
    }
    .into_any()
}

/// Change, and put a product in service for it, for those who may.
fn actions(client: Client, opened: RwSignal<Option<Opened>>) -> AnyView {
    let session = app_state().session;
    let navigate = use_navigate();
    let (id, name) = (client.id, client.name.clone());
    let is_in_use = client.archived_at.is_none();
    let activate = move |_| {
        let path = crate::pages::activate::begin_for(id, &name);
        navigate(path, leptos_router::NavigateOptions::default());
    };
    let edit = session.may(Permission::ClientsWrite).then(|| {
        view! { <button class="btn" type="button" on:click=move |_| opened.set(Some(Opened::Edit(client.clone())))>"Edit"</button> }
    });
    let activate = (is_in_use && session.may(Permission::ActivationsSpend)).then(|| {
        view! { <button class="btn btn--primary" type="button" on:click=activate>{icon("plus", 14)}"Activate for this client"</button> }
    });
    view! { {edit}{activate} }.into_any()
}

fn content(id: ClientId, client: Query<Client>) -> AnyView {
    let usage = Usage::new(Scope::Client(id), format!("/clients/{id}"));
    let retry = Callback::new(move |()| client.reload());
    let facts = move || match (client.data.get(), client.error.get()) {
        (Some(client), _) => facts(client),
        (None, Some(error)) => error_panel("The client could not be loaded", &error, retry),
        (None, None) => view! { <div aria-busy="true">{skeleton_rows(4)}</div> }.into_any(),
    };
    view! {
        {usage.note()}
        <div class="stack">
            <div class="grid-2-1">
                {usage.chart("usage", "Active users of this client", 244, Signal::stored(Vec::new()))}
                <section class="card" aria-labelledby="client-facts">
                    <div class="card__head"><h2 id="client-facts">"Details"</h2></div>
                    {dynamic(facts)}
                </section>
            </div>
            {activations(id)}
        </div>
    }
    .into_any()
}

fn facts(client: Client) -> AnyView {
    let zone = app_state().session.time_zone();
    let added = crate::components::time_of(date_in(client.created_at, &zone), DateForm::Medium);
    let reference =
        client.external_reference.map(|text| fact("Your reference", view! { <code>{text}</code> }.into_any()));
    let notes = client.notes.map(|text| fact("Notes", view! { <span class="pre-line">{text}</span> }.into_any()));
    let archived =
        client.archived_at.map(|at| fact("Archived", crate::components::time_of(date_in(at, &zone), DateForm::Medium)));
    view! {
        <div class="card__body card__body--facts"><dl class="facts facts--narrow">
            {fact("Active products", count(client.active_activations).into_any())}
            {fact("Monthly cost", money(client.monthly_equivalent).into_any())}
            {reference}
            {fact("Added", added)}
            {archived}
            {notes}
        </dl></div>
    }
    .into_any()
}

/// What runs, or ran, for the client.
fn activations(id: ClientId) -> AnyView {
    let rows = Query::<Page<ActivationRow>>::new();
    let writes = app_state().writes;
    watch(move || {
        writes.track();
        rows.load(format!("{}?client={id}&limit={ROWS}&include_total=true", paths::ACTIVATIONS));
    });
    let total = move || {
        rows.data.with(|page| {
            let total = page.as_ref()?.page.total?;
            Some(counted(total, "activation", "activations", BROWSER))
        })
    };
    let nothing = NoRows {
        failed: "The activations could not be loaded",
        symbol: "layers",
        nothing: "Nothing is in service",
        sentence: "What is put in service for this client appears here.",
    };
    // The rows follow the page by themselves, so that they keep their focus.
    let shown =
        Signal::derive(move || rows.data.with(|page| page.as_ref().map(|page| page.items.clone()).unwrap_or_default()));
    let list = move |_| {
        view! { <ActivationList rows=shown caption="Activations of this client".to_owned() label="Activations table, scrolls sideways"/> }
            .into_any()
    };
    view! {
        <section class="card" aria-labelledby="client-activations">
            <div class="card__head">
                <h2 id="client-activations">"Activations"</h2>
                <span class="note">{dynamic(total)}</span>
                <a class="ms-auto note-link" href=format!("/activations?client={id}")>"Search and filter"</a>
            </div>
            {listing(rows, nothing, list)}
        </section>
    }
    .into_any()
}
