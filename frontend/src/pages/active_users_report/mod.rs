//! The people behind a figure of active users: as many rows as the figure says. The address is the state; see [`model`].

pub mod model;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use shared::dto::active_users::ActiveUsersSeries;
use shared::dto::end_user::EndUser;
use shared::dto::page::Page;
use shared::paths;
use shared::vocab::{Permission, Range};

use crate::chart::tomorrow;
use crate::chart::view::{ChartView, DatesError, Scope, Stretch, dates, with_query};
use crate::components::{
    CursorPager, Segmented, date_field, dynamic, empty, error_panel, icon, skeleton_rows, use_page,
};
use crate::format::words::{counted, range_name};
use crate::format::{BROWSER, date_time};
use crate::state::query::Query;
use crate::state::{app_state, watch};
use model::{PeopleView, read};

/// `/reports/active-users`
#[component]
pub fn ActiveUsersReportPage() -> impl IntoView {
    use_page(|| "Active users".to_owned());
    let query = use_location().query;
    let latest = tomorrow();
    let asked = Memo::new(move |_| query.with(|query| read(&|key| query.get(key), latest)));
    let view = Memo::new(move |_| asked.get().0);
    let cursor = Memo::new(move |_| query.with(|query| query.get("cursor")));
    let navigate = use_navigate();
    let show = Callback::new(move |view: PeopleView| {
        navigate(&view.page_path(), NavigateOptions { scroll: false, ..Default::default() });
    });
    let filter = filter(view);
    let people = Query::<Page<EndUser>>::new();
    watch(move || {
        if let Some(filter) = filter.get() {
            let page = cursor.get().map(|cursor| format!("cursor={cursor}")).unwrap_or_default();
            let parts = ["limit=25&include_total=true".to_owned(), filter, page];
            people.load(with_query(paths::END_USERS, &parts));
        }
    });
    let info = Signal::derive(move || {
        people.data.with(|page| page.as_ref().map(|page| page.page.clone()).unwrap_or_default())
    });
    let total = Memo::new(move |_| info.get().total.map(|total| counted(total, "person", "people", BROWSER)));
    let retry = Callback::new(move |()| people.reload());
    let stage = Memo::new(move |_| match people.data.with(|page| page.as_ref().map(|page| page.items.is_empty())) {
        _ if people.error.with(Option::is_some) => people.error.get().map_or(Ok(None), Err),
        Some(is_empty) => Ok(Some(is_empty)),
        None => Ok(None),
    });
    let base = Signal::derive(move || {
        let path = view.get().page_path();
        format!("{path}{}", if path.contains('?') { '&' } else { '?' })
    });
    let body = move || match stage.get() {
        Err(error) => error_panel("The people could not be loaded", &error, retry),
        Ok(None) => view! { <div aria-busy="true">{skeleton_rows(25)}</div> }.into_any(),
        Ok(Some(true)) => {
            let title = format!("Nobody {}", view.get().days(BROWSER));
            empty("users", &title, "People appear here when they use an activated product.", None)
        }
        Ok(Some(false)) => {
            view! { {table(people, total.into())}<CursorPager base=base info=info total=total/> }.into_any()
        }
    };
    let sentence = move || {
        let days = view.get().days(BROWSER);
        let what = match view.get().scope {
            Scope::Everybody => "at least one activated product",
            Scope::Product(_) => "this product",
            Scope::Client(_) => "something activated for this client",
            Scope::Activation(_) => "this activation",
        };
        format!("People who used {what} {days}. Each has a stable name of its own; who they are is never shown.")
    };
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <a href="/dashboard">"Dashboard"</a>{icon("right", 12)}<span aria-current="page">"Active users"</span>
        </nav>
        <div class="page-head">
            <div>
                <h1 tabindex="-1">"Active users"</h1>
                <p class="page-head__date">{dynamic(sentence)}</p>
            </div>
        </div>
        {dynamic(move || (!asked.get().1).then(|| view! { <p class="note not-understood" role="status">"Part of this link was not understood."</p> }))}
        <section class="card" aria-labelledby="people">
            <div class="card__head card__head--wrap">
                <h2 id="people"><span role="status">{dynamic(move || total.get().unwrap_or_else(|| "People".to_owned()))}</span></h2>
                <div class="card__tools">{days(view, show)}{export(filter)}</div>
            </div>
            {dates_form(view, show)}
            {dynamic(move || chip(view.get(), people, show))}
            {dynamic(body)}
        </section>
    }
}

/// The query of the list: where the server has to say which days a range has, once it has said so.
fn filter(view: Memo<PeopleView>) -> Memo<Option<String>> {
    let series = Query::<ActiveUsersSeries>::new();
    watch(move || {
        let view = view.get();
        if view.needs_days() {
            let days = ChartView::default().over(view.stretch);
            series.load(days.data_path(paths::ACTIVE_USERS, Scope::Everybody));
        }
    });
    Memo::new(move |_| {
        let view = view.get();
        let days = series.data.with(|series| {
            let series = series.as_ref()?;
            let is_same = series.range.is_some_and(|range| Stretch::Range(range) == view.stretch);
            is_same.then_some((series.from_on, series.to_on))
        });
        view.query(days)
    })
}

/// The three ranges.
fn days(view: Memo<PeopleView>, show: Callback<PeopleView>) -> AnyView {
    let options = Range::ALL.iter().map(|range| (range.as_str(), range_name(*range))).collect::<Vec<_>>();
    let chosen = Signal::derive(move || match view.get().stretch {
        Stretch::Range(range) => range.as_str(),
        Stretch::Dates { .. } => "",
    });
    let choose = Callback::new(move |word: &'static str| {
        if let Ok(range) = word.parse() {
            show.run(PeopleView { stretch: Stretch::Range(range), ..view.get_untracked() });
        }
    });
    view! { <Segmented legend="Range" name="range" options=options value=chosen on_choose=choose/> }.into_any()
}

fn export(filter: Memo<Option<String>>) -> AnyView {
    let session = app_state().session;
    let path = move || with_query(paths::END_USERS_CSV, &[filter.get().unwrap_or_default()]);
    dynamic(move || {
        session.may(Permission::ReportsExport).then(|| {
            view! {
                <a class="btn btn--sm" href=path download rel="external">{icon("download", 14)}"CSV"</a>
            }
        })
    })
}

/// Two dates.
fn dates_form(view: Memo<PeopleView>, show: Callback<PeopleView>) -> AnyView {
    let (from, to) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    watch(move || {
        let (first, last) = match view.get().stretch {
            Stretch::Dates { from, to } => (from.to_string(), to.to_string()),
            Stretch::Range(_) => (String::new(), String::new()),
        };
        from.set(first);
        to.set(last);
    });
    let error = RwSignal::new(None::<DatesError>);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        match dates(&from.get_untracked(), &to.get_untracked(), tomorrow()) {
            Ok(stretch) => {
                error.set(None);
                show.run(PeopleView { stretch, ..view.get_untracked() });
            }
            Err(wrong) => error.set(Some(wrong)),
        }
    };
    let wrong = move |is_first: bool| {
        Signal::derive(move || {
            error.get().map(DatesError::said).filter(|said| said.0 == is_first).map(|said| said.1.to_owned())
        })
    };
    view! {
        <form class="toolbar people-dates" novalidate on:submit=submit>
            {date_field("people-from", "First day", from, wrong(true))}
            {date_field("people-to", "Last day", to, wrong(false))}
            <button class="btn" type="submit">"Show these days"</button>
        </form>
    }
    .into_any()
}

/// What the list is limited to, and the way out of it.
fn chip(view: PeopleView, people: Query<Page<EndUser>>, show: Callback<PeopleView>) -> Option<AnyView> {
    let row = people.data.with(|page| page.as_ref().and_then(|page| page.items.first().cloned()));
    let name = match (view.scope, row) {
        (Scope::Everybody, _) => return None,
        (Scope::Client(_), Some(row)) => row.client.name,
        (Scope::Product(id), Some(row)) => {
            let name = row.products.into_iter().find(|product| product.id == id).map(|product| product.name);
            name.unwrap_or_else(|| "One product".to_owned())
        }
        (Scope::Client(_), None) => "One client".to_owned(),
        (Scope::Product(_), None) => "One product".to_owned(),
        (Scope::Activation(_), _) => "One activation".to_owned(),
    };
    let kind = match view.scope {
        Scope::Product(_) => "Product",
        Scope::Client(_) => "Client",
        _ => "Activation",
    };
    let remove = format!("Remove the filter {kind}");
    let clear = move |_| show.run(PeopleView { scope: Scope::Everybody, ..view });
    Some(
        view! {
            <div class="chips active-filters">
                <span class="chip chip--active">
                    <span><span class="chip__key">{kind}": "</span>{name}</span>
                    <button class="chip__x" type="button" aria-label=remove on:click=clear>{icon("cross", 12)}</button>
                </span>
            </div>
        }
        .into_any(),
    )
}

fn table(people: Query<Page<EndUser>>, total: Signal<Option<String>>) -> AnyView {
    let zone = app_state().session.time_zone();
    let rows = move || {
        let people = people.data.with(|page| page.as_ref().map(|page| page.items.clone()).unwrap_or_default());
        people.into_iter().map(|person| row(person, &zone)).collect_view()
    };
    view! {
        <div class="table-scroll" role="region" tabindex="0" aria-label="People table, scrolls sideways">
            <table class="table table--compact">
                <caption class="vh">{dynamic(move || total.get())}</caption>
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
            <td><a href=format!("/clients/{}", person.client.id)>{person.client.name}</a></td>
            <td>{products}</td>
            <td>{at(person.first_used_at)}</td>
            <td>{at(person.last_used_at)}</td>
        </tr>
    }
    .into_any()
}
