//! The people behind the figure "Total active users": as many rows as the figure says.

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use shared::dto::end_user::EndUser;
use shared::dto::page::Page;
use shared::paths;

use crate::components::{CursorPager, empty, error_panel, skeleton_rows, use_page};
use crate::format::words::counted;
use crate::format::{BROWSER, date_time};
use crate::state::app_state;
use crate::state::query::Query;

/// `/reports/active-users`
#[component]
pub fn ActiveUsersReportPage() -> impl IntoView {
    use_page(|| "Active users".to_owned());
    let cursor = use_location().query;
    let people = Query::<Page<EndUser>>::new();
    watch(move || {
        let cursor = cursor.with(|query| query.get("cursor")).map(|cursor| format!("&cursor={cursor}"));
        people.load(format!("{}?limit=25&include_total=true{}", paths::END_USERS, cursor.unwrap_or_default()));
    });
    let info = Signal::derive(move || {
        people.data.with(|page| page.as_ref().map(|page| page.page.clone()).unwrap_or_default())
    });
    let total = Signal::derive(move || info.get().total.map(|total| counted(total, "person", "people", BROWSER)));
    let retry = Callback::new(move |()| people.reload());
    let stage = Memo::new(move |_| match people.data.with(|page| page.as_ref().map(|page| page.items.is_empty())) {
        Some(is_empty) => Ok(Some(is_empty)),
        None => people.error.get().map_or(Ok(None), Err),
    });
    let body = move || match stage.get() {
        Err(error) => error_panel("The people could not be loaded", &error, retry),
        Ok(None) => view! { <div aria-busy="true">{skeleton_rows(25)}</div> }.into_any(),
        Ok(Some(true)) => {
            empty("users", "Nobody in the last 30 days", "People appear here when they use an activated product.", None)
        }
        Ok(Some(false)) => {
            view! { {table(people)}<CursorPager base="/reports/active-users?" info=info total=total/> }.into_any()
        }
    };
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <a href="/dashboard">"Dashboard"</a>{crate::components::icon("right", 12)}<span aria-current="page">"Active users"</span>
        </nav>
        <div class="page-head">
            <div>
                <h1 tabindex="-1">"Active users"</h1>
                <p class="page-head__date">"People who used at least one activated product in the last 30 days, today included. Each has a stable name of its own; who they are is never shown."</p>
            </div>
        </div>
        <section class="card" aria-label="People">{dynamic(body)}</section>
    }
}

fn table(people: Query<Page<EndUser>>) -> AnyView {
    let zone = app_state().session.time_zone();
    let rows = move || {
        let people = people.data.with(|page| page.as_ref().map(|page| page.items.clone()).unwrap_or_default());
        people.into_iter().map(|person| row(person, &zone)).collect_view()
    };
    view! {
        <div class="table-scroll" role="region" tabindex="0" aria-label="People table, scrolls sideways">
            <table class="table table--compact">
                <caption class="vh">"People active in the last 30 days"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Person"</th>
                        <th scope="col">"Client"</th>
                        <th scope="col">"Products"</th>
                        <th scope="col">"First use"</th>
                        <th scope="col">"Last use"</th>
                    </tr>
                </thead>
                <tbody>{dynamic(rows)}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(person: EndUser, zone: &str) -> AnyView {
    let products = person.products.iter().map(|product| product.name.as_str()).collect::<Vec<_>>().join(", ");
    let at = |at: chrono::DateTime<chrono::Utc>| view! { <time datetime=at.to_string()>{date_time(at, zone)}</time> };
    view! {
        <tr>
            <th scope="row"><code>{person.id.to_string()}</code></th>
            <td>{person.client.name}</td>
            <td>{products}</td>
            <td>{at(person.first_used_at)}</td>
            <td>{at(person.last_used_at)}</td>
        </tr>
    }
    .into_any()
}
