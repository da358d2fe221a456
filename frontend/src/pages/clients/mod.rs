//! The clients: the list, adding, changing and putting away; and one client with what runs for it.

mod detail;
mod dialogs;

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use shared::dto::client::Client;
use shared::dto::page::Page;
use shared::paths;
use shared::vocab::Permission;

use crate::components::{CursorPager, empty, icon, missing, panel, use_page};
use crate::format::words::{counted, initials};
use crate::format::{BROWSER, count, money};
use crate::state::app_state;
use crate::state::query::Query;
pub use detail::ClientPage;
use dialogs::Opened;

/// `/clients`
#[component]
pub fn ClientsPage() -> impl IntoView {
    use_page(|| "Clients".to_owned());
    let query = use_location().query;
    let clients = Query::<Page<Client>>::new();
    watch(move || {
        let cursor = query.with(|query| query.get("cursor")).map(|cursor| format!("&cursor={cursor}"));
        clients.load(format!("{}?limit=25&include_total=true{}", paths::CLIENTS, cursor.unwrap_or_default()));
    });
    let opened = RwSignal::new(None::<Opened>);
    let close = Callback::new(move |()| {
        opened.set(None);
        clients.reload();
    });
    let info = Signal::derive(move || {
        clients.data.with(|page| page.as_ref().map(|page| page.page.clone()).unwrap_or_default())
    });
    let total = Signal::derive(move || info.get().total.map(|total| counted(total, "client", "clients", BROWSER)));
    let session = app_state().session;
    let may_write = Memo::new(move |_| session.may(Permission::ClientsWrite));
    let list = panel(clients, "The clients could not be loaded", 25, std::convert::identity, move |page| {
        if page.items.is_empty() {
            let text = "Clients appear here as soon as the first one is added or imported.";
            return empty("users", "No clients yet", text, None);
        }
        view! { <Clients clients=page.items opened=opened/><CursorPager base="/clients?" info=info total=total/> }
            .into_any()
    });
    view! {
        <div class="page-head">
            <div><h1 tabindex="-1">"Clients"</h1></div>
            <div class="page-head__meta">
                {dynamic(move || may_write.get().then(|| view! {
                    <button class="btn btn--primary" type="button" on:click=move |_| opened.set(Some(Opened::Add))>{icon("plus", 14)}"Add client"</button>
                }))}
            </div>
        </div>
        <section class="card" aria-label="Client list">{list}</section>
        {dynamic(move || opened.get().map(|opened| dialogs::dialog(opened, close)))}
    }
}

#[component]
fn Clients(clients: Vec<Client>, opened: RwSignal<Option<Opened>>) -> impl IntoView {
    let state = app_state();
    let rows = move || clients.clone();
    move || {
        if state.viewport.is_narrow.get() {
            return view! { <ul class="list">{rows().into_iter().map(|client| list_row(client, opened)).collect_view()}</ul> }.into_any();
        }
        view! {
            <div class="table-scroll" role="region" tabindex="0" aria-label="Clients table, scrolls sideways">
                <table class="table">
                    <caption class="vh">"Clients"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Reference"</th>
                            <th scope="col" class="num">"Active products"</th>
                            <th scope="col" class="num">"Monthly cost"</th>
                            <th scope="col"><span class="vh">"Actions"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows().into_iter().map(|client| table_row(client, opened)).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    }
}

/// Edit and Archive, for those who may.
fn actions(client: &Client, opened: RwSignal<Option<Opened>>) -> Option<AnyView> {
    if !app_state().session.may(Permission::ClientsWrite) {
        return None;
    }
    let (edited, archived) = (client.clone(), client.clone());
    let (edit, archive) = (format!("Edit {}", client.name), format!("Archive {}", client.name));
    Some(
        view! {
            <span class="row-actions">
                <button class="btn btn--sm" type="button" aria-label=edit on:click=move |_| opened.set(Some(Opened::Edit(edited.clone())))>"Edit"</button>
                <button class="btn btn--sm" type="button" aria-label=archive on:click=move |_| opened.set(Some(Opened::Archive(archived.clone())))>"Archive"</button>
            </span>
        }
        .into_any(),
    )
}

fn table_row(client: Client, opened: RwSignal<Option<Opened>>) -> AnyView {
    let actions = actions(&client, opened);
    view! {
        <tr>
            <td>
                <div class="cell-product">
                    <span class="avatar" aria-hidden="true">{initials(&client.name)}</span>
                    <span>
                        <a class="cell-main" href=format!("/clients/{}", client.id)>{client.name}</a>
                        <span class="cell-sub">{client.email}</span>
                    </span>
                </div>
            </td>
            <td>{client.external_reference.map_or_else(missing, IntoAny::into_any)}</td>
            <td class="num">{count(client.active_activations)}</td>
            <td class="num">{money(client.monthly_equivalent)}</td>
            <td>{actions}</td>
        </tr>
    }
    .into_any()
}

fn list_row(client: Client, opened: RwSignal<Option<Opened>>) -> AnyView {
    let actions = actions(&client, opened);
    let products = counted(client.active_activations, "active product", "active products", BROWSER);
    view! {
        <li class="list__row">
            <a class="list__main" href=format!("/clients/{}", client.id)>{client.name}</a>
            <span class="list__sub">{client.email}</span>
            <span class="list__line">{products}" · "{money(client.monthly_equivalent)}" a month"</span>
            {actions}
        </li>
    }
    .into_any()
}
