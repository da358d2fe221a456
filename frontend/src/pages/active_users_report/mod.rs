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
    CursorPager, Segmented, Stage, awaiting, date_field, dynamic, empty, error_panel, focus_field, icon, skeleton_rows,
    use_page,
};
use crate::format::words::{counted, range_name};
use crate::format::{BROWSER, date_time};
use crate::state::query::Query;
use crate::state::{app_state, watch};
use model::{PeopleView, read};

const HEADING: &str = "people";
const FROM: &str = "people-from";
const TO: &str = "people-to";

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
    let (filter, series) = filter(view);
    let people = Query::<Page<EndUser>>::new();
    watch(move || {
        if let Some(filter) = filter.get() {
            let page = cursor.get().map(|cursor| format!("cursor={cursor}")).unwrap_or_default();
            let parts = ["limit=25&include_total=true".to_owned(), filter, page];
            people.load(with_query(paths::END_USERS, &parts));
        }
    });
    let back = use_navigate();
    watch(move || {
        let is_refused = people.error.with(|error| error.as_ref().is_some_and(|error| error.refuses("?cursor")));
        if is_refused && cursor.with_untracked(Option::is_some) {
            let path = view.get_untracked().page_path();
            back(&path, NavigateOptions { replace: true, scroll: false, ..Default::default() });
        }
    });
    let total = Memo::new(move |_| {
        let total = people.data.with(|page| page.as_ref().and_then(|page| page.page.total));
        total.map(|total| counted(total, "person", "people", BROWSER))
    });
    let reading = Reading::new(people, filter, series);
    let heading = move || {
        let total = total.get().filter(|_| reading.stage.get() == Stage::Ready);
        total.unwrap_or_else(|| "People".to_owned())
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
            <a href="/reports">"Reports"</a>{icon("right", 12)}<span aria-current="page">"Active users"</span>
        </nav>
        <div class="page-head">
            <div>
                <h1 tabindex="-1">"Active users"</h1>
                <p class="page-head__date">{dynamic(sentence)}</p>
            </div>
        </div>
        {dynamic(move || (!asked.get().1).then(|| view! { <p class="note not-understood" role="status">"Part of this link was not understood."</p> }))}
        <section class="card" aria-labelledby=HEADING>
            <div class="card__head card__head--wrap">
                <h2 id=HEADING tabindex="-1"><span role="status">{dynamic(heading)}</span></h2>
                <div class="card__tools">{days(view, show)}{export(filter)}</div>
            </div>
            {dates_form(view, show)}
            {dynamic(move || chip(view.get(), people, show))}
            {list(view, people, total.into(), reading)}
        </section>
    }
}

/// How far the reading of the list is. Where the days of a range are not known, nobody can be asked for: then it is how far
/// that question is.
#[derive(Debug, Clone, Copy)]
struct Reading {
    stage: Memo<Stage>,
    is_answered: Memo<bool>,
    is_awaited: Signal<bool>,
    retry: Callback<()>,
}

impl Reading {
    fn new(people: Query<Page<EndUser>>, filter: Memo<Option<String>>, series: Query<ActiveUsersSeries>) -> Self {
        let has_days = Memo::new(move |_| filter.with(Option::is_some));
        let is_answered = Memo::new(move |_| has_days.get() && people.is_answered.get());
        let stage = Memo::new(move |_| {
            let error = if has_days.get() { people.error.get() } else { series.error.get() };
            Stage::of(people.data.with(Option::is_some), is_answered.get(), error)
        });
        let is_awaited = Signal::derive(move || {
            let is_loading = if has_days.get() { people.is_loading.get() } else { series.is_loading.get() };
            is_loading && !is_answered.get()
        });
        let retry = Callback::new(move |()| if has_days.get_untracked() { people.reload() } else { series.reload() });
        Self { stage, is_answered, is_awaited, retry }
    }
}

/// The people, or what stands in their place.
fn list(
    view: Memo<PeopleView>,
    people: Query<Page<EndUser>>,
    total: Signal<Option<String>>,
    reading: Reading,
) -> AnyView {
    let Reading { stage, is_answered, is_awaited, retry } = reading;
    let info = Signal::derive(move || {
        people.data.with(|page| page.as_ref().map(|page| page.page.clone()).unwrap_or_default())
    });
    let base = Signal::derive(move || {
        let path = view.get().page_path();
        format!("{path}{}", if path.contains('?') { '&' } else { '?' })
    });
    let is_empty = Memo::new(move |_| people.data.with(|page| page.as_ref().is_none_or(|page| page.items.is_empty())));
    let body = move || match stage.get() {
        Stage::Failed(error) => error_panel("The people could not be loaded", &error, retry),
        Stage::Ready if !is_empty.get() => {
            view! { {table(people, total)}<CursorPager base=base info=info total=total/> }.into_any()
        }
        // That there was nobody says nothing of other days.
        Stage::Ready if is_answered.get() => {
            let title = format!("Nobody {}", view.get().days(BROWSER));
            empty("users", &title, "People appear here when they use an activated product.", None)
        }
        Stage::Ready | Stage::Waiting => skeleton_rows(25),
    };
    awaiting(stage, is_awaited, dynamic(body))
}

/// The query of the list, and where the server is asked which days a range has: without them there is no query.
fn filter(view: Memo<PeopleView>) -> (Memo<Option<String>>, Query<ActiveUsersSeries>) {
    let series = Query::<ActiveUsersSeries>::new();
    watch(move || {
        let view = view.get();
        if view.needs_days() {
            let days = ChartView::default().over(view.stretch);
            series.load(days.data_path(paths::ACTIVE_USERS, Scope::Everybody));
        }
    });
    let filter = Memo::new(move |_| {
        let view = view.get();
        let days = series.data.with(|series| {
            let series = series.as_ref()?;
            let is_same = series.range.is_some_and(|range| Stretch::Range(range) == view.stretch);
            is_same.then_some((series.from_on, series.to_on))
        });
        view.query(days)
    });
    (filter, series)
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
    dynamic(move || {
        // Without its days it would be a list of everybody.
        let filter = filter.get().filter(|_| session.may(Permission::ReportsExport))?;
        let path = with_query(paths::END_USERS_CSV, &[filter]);
        Some(view! { <a class="btn btn--sm" href=path download rel="external">{icon("download", 14)}"CSV"</a> })
    })
}

/// Two dates.
fn dates_form(view: Memo<PeopleView>, show: Callback<PeopleView>) -> AnyView {
    let (from, to) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let error = RwSignal::new(None::<DatesError>);
    let announcer = app_state().announcer;
    watch(move || {
        let (first, last) = match view.get().stretch {
            Stretch::Dates { from, to } => (from.to_string(), to.to_string()),
            Stretch::Range(_) => (String::new(), String::new()),
        };
        from.set(first);
        to.set(last);
        error.set(None);
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        match dates(&from.get_untracked(), &to.get_untracked(), tomorrow()) {
            Ok(stretch) => {
                error.set(None);
                show.run(PeopleView { stretch, ..view.get_untracked() });
            }
            Err(wrong) => {
                let (is_first, text) = wrong.said();
                error.set(Some(wrong));
                announcer.say(text);
                focus_field(if is_first { FROM } else { TO });
            }
        }
    };
    let wrong = move |is_first: bool| {
        Signal::derive(move || {
            error.get().map(DatesError::said).filter(|said| said.0 == is_first).map(|said| said.1.to_owned())
        })
    };
    view! {
        <form class="toolbar people-dates" novalidate on:submit=submit>
            {date_field(FROM, "First day", from, wrong(true))}
            {date_field(TO, "Last day", to, wrong(false))}
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
    let clear = move |_| {
        show.run(PeopleView { scope: Scope::Everybody, ..view });
        // The button goes with its chip.
        focus_field(HEADING);
    };
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
            <th scope="row">
                {person.label.map(|label| view! { {label}<br/> }.into_any())}
                <code>{person.id.to_string()}</code>
            </th>
            <td><a href=format!("/clients/{}", person.client.id)>{person.client.name}</a></td>
            <td>{products}</td>
            <td>{at(person.first_used_at)}</td>
            <td>{at(person.last_used_at)}</td>
        </tr>
    }
    .into_any()
}
