//! The dashboard: three figures, recurring costs, active users, next renewals, activated products.

mod costs;
mod figures;
pub mod model;
mod products;
mod renewals;

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use shared::dto::active_users::ActiveUsersSeries;
use shared::dto::dashboard::{Dashboard, Section};
use shared::paths;
use shared::vocab::{Permission, Range};
use std::time::Duration;

use crate::api::ApiError;
use crate::chart::model::{failure, is_answered};
use crate::chart::view::{ChartView, Scope};
use crate::chart::{FULL_HEIGHT, UsersChart, asked_view, not_understood, skeleton};
use crate::components::{error_panel, icon, skeleton_rows, use_page};
use crate::format::time;
use crate::format::words::DateForm;
use crate::state::app_state;
use crate::state::query::Query;
use model::{Part, data_path, part};

const REFRESH: Duration = Duration::from_mins(1);
const SECTIONS: usize = 5;

/// `/dashboard`
#[component]
pub fn DashboardPage() -> impl IntoView {
    use_page(|| "Dashboard".to_owned());
    let state = app_state();
    let asked = asked_view(use_location().query);
    let view = Signal::derive(move || asked.get().0);
    // What is usual comes with the rest; other days, comparisons and buckets are read apart.
    let plain = Memo::new(move |_| view.get().plain());
    let dashboard = Query::<Dashboard>::new();
    watch(move || dashboard.load(data_path(plain.get().unwrap_or(Range::ThirtyDays))));
    let apart = Query::<ActiveUsersSeries>::new();
    watch(move || {
        apart.error.set(None);
        match plain.get() {
            Some(_) => apart.data.set(None),
            None => apart.load(view.get().data_path(paths::ACTIVE_USERS, Scope::Everybody)),
        }
    });
    keep_fresh(dashboard, move || {
        if plain.get_untracked().is_none() {
            apart.reload();
        }
    });
    watch(move || {
        // Section by section: the whole is large, and a copy of it takes its time on a phone.
        let session = dashboard.data.with(|data| data_of(data.as_ref()?.session.clone()));
        if let Some(session) = session {
            state.session.know(session);
        }
        if let Some(balance) = dashboard.data.with(|data| data_of(data.as_ref()?.overview.clone())) {
            state.balance.set(balance.balance.map(|figure| figure.balance));
        }
        if let Some(runway) = dashboard.data.with(|data| data_of(data.as_ref()?.runway.clone())) {
            // The warning is drawn in a turn of its own.
            set_timeout(move || state.runway.set(Some(runway)), Duration::ZERO);
        }
    });

    // The frame leaves it to the dashboard to bring the session along; without one it has to be asked for.
    watch(move || {
        if dashboard.error.with(Option::is_some) && state.session.is_unknown() {
            state.session.ask();
        }
    });

    let shown = Memo::new(move |_| dashboard.data.get().map(model::without_moments));
    let retry = Callback::new(move |()| dashboard.reload());
    let has_failed = Memo::new(move |_| dashboard.data.with(Option::is_none).then(|| dashboard.error.get()).flatten());
    let navigate = use_navigate();
    let show = Callback::new(move |view: ChartView| {
        navigate(&view.page_path("/dashboard"), NavigateOptions { scroll: false, ..Default::default() });
    });
    let series = Series { view, show, plain, apart, is_loading: dashboard.is_loading, error: dashboard.error };
    let sections = move || match has_failed.get() {
        Some(error) => {
            view! { <section class="card">{error_panel("The dashboard could not be loaded", &error, retry)}</section> }
                .into_any()
        }
        None => sections(shown, series, retry),
    };
    view! {
        <Head dashboard=dashboard/>
        {not_understood(asked)}
        {dynamic(sections)}
    }
}

fn data_of<T>(section: Section<T>) -> Option<T> {
    match section {
        Section::Data(data) => Some(data),
        Section::Problem(_) => None,
    }
}

/// What the chart shows and where that is read.
#[derive(Clone, Copy)]
struct Series {
    view: Signal<ChartView>,
    show: Callback<ChartView>,
    plain: Memo<Option<Range>>,
    apart: Query<ActiveUsersSeries>,
    /// Whether the dashboard is being read, and why that failed last.
    is_loading: RwSignal<bool>,
    error: RwSignal<Option<ApiError>>,
}

/// Reads again every minute while the tab is seen, and when it is seen again.
fn keep_fresh(dashboard: Query<Dashboard>, also: impl Fn() + Copy + 'static) {
    let is_seen = || !document().hidden();
    let interval = set_interval_with_handle(
        move || {
            if is_seen() && !dashboard.is_loading.get_untracked() {
                dashboard.reload();
                also();
            }
        },
        REFRESH,
    );
    let listener = document_visibility(move || {
        if is_seen() && dashboard.data.with_untracked(Option::is_some) {
            dashboard.reload();
            also();
        }
    });
    on_cleanup(move || {
        if let Ok(interval) = interval {
            interval.clear();
        }
        listener.remove();
    });
}

fn document_visibility(changed: impl Fn() + 'static) -> WindowListenerHandle {
    // The event is sent to the document and bubbles to the window.
    window_event_listener_untyped("visibilitychange", move |_| changed())
}

#[component]
fn Head(dashboard: Query<Dashboard>) -> impl IntoView {
    let state = app_state();
    let today = Memo::new(move |_| {
        dashboard.data.with(|data| Some(part(data.as_ref(), |data| &data.overview).ready()?.today_on))
    });
    let as_of = Memo::new(move |_| {
        let zone = state.session.time_zone();
        dashboard.data.with(|data| data.as_ref().map(|data| time(data.as_of, &zone)))
    });
    let date = move || today.get().map(|on| crate::components::time_of(on, DateForm::WeekdayLong));
    let freshness = move || {
        let as_of = as_of.get()?;
        let is_stale = dashboard.error.with(Option::is_some);
        Some(if is_stale {
            view! { <span class="live live--stale">{format!("Data from {as_of} – reconnecting")}</span> }.into_any()
        } else {
            view! { <span>{format!("as of {as_of}")}</span> }.into_any()
        })
    };
    view! {
        <div class="page-head">
            <div>
                <h1 tabindex="-1">"Dashboard"</h1>
                <p class="page-head__date">{dynamic(date)}</p>
            </div>
            <div class="page-head__meta">
                {dynamic(freshness)}
                <button class="icon-btn" type="button" aria-label="Refresh" on:click=move |_| dashboard.reload()>{icon("renew", 14)}</button>
            </div>
        </div>
    }
}

fn sections(shown: Memo<Option<Dashboard>>, asked: Series, retry: Callback<()>) -> AnyView {
    let turn = turns(shown);
    let overview = Memo::new(move |_| in_turn(turn, 0, shown, |data| &data.overview));
    let costs = Memo::new(move |_| in_turn(turn, 1, shown, |data| &data.recurring_costs));
    let renewals = Memo::new(move |_| in_turn(turn, 3, shown, |data| &data.next_renewals));
    let activations = Memo::new(move |_| in_turn(turn, 4, shown, |data| &data.activations));
    let balance = Signal::derive(move || {
        overview.with(|overview| overview.ready().and_then(|overview| overview.balance.clone()))
    });
    let series = series(turn, shown, asked);
    let series_data = Signal::derive(move || series.with(|series| series.ready().cloned()));
    // Reading the same again every minute is nobody's business: only another view shows the line.
    let is_late = move || {
        let is_open = series.with(|series| match series {
            Part::Waiting => false,
            Part::Ready(series) => !is_answered(asked.view.get(), series),
            Part::Failed(_) => true,
        });
        is_open && (asked.is_loading.get() || asked.apart.is_loading.get())
    };
    let again = Callback::new(move |()| {
        retry.run(());
        if asked.plain.get_untracked().is_none() {
            asked.apart.reload();
        }
    });
    let failure = Memo::new(move |_| match series.get() {
        Part::Failed(error) => Some(error),
        Part::Waiting | Part::Ready(_) => None,
    });
    // Once it stands it stays: the range switch, and a note that is being written over it.
    let is_begun =
        Memo::new(move |before| before == Some(&true) || series.with(|series| !matches!(series, Part::Waiting)));
    let chart = move || {
        if !is_begun.get() {
            return skeleton(FULL_HEIGHT);
        }
        view! {
            <UsersChart
                id="active-users"
                title="Active users"
                series=series_data
                failure=failure
                retry=again
                scope=Scope::Everybody
                view=asked.view
                show=asked.show
                is_loading=Signal::derive(is_late)
                height=FULL_HEIGHT
            />
        }
        .into_any()
    };
    let chart_skeleton = || skeleton(FULL_HEIGHT);
    // While nobody knows who looks, its room is kept.
    let session = app_state().session;
    let sees_no_money =
        Memo::new(move |_| session.session().is_some_and(|known| !known.permissions.contains(&Permission::WalletRead)));
    view! {
        <div class="stack" aria-busy=move || shown.with(Option::is_none).then_some("true")>
            {when(overview, figures::skeleton, "The figures could not be loaded", retry, move || figures::figures(overview))}
            {dynamic(move || (!sees_no_money.get()).then(|| {
                when(costs, costs::skeleton, "Recurring costs could not be loaded", retry, move || costs::costs(costs))
            }))}
            <div class="grid-2-1 grid-2-1--fill">
                {dynamic(chart)}
                {when(renewals, chart_skeleton, "Next renewals could not be loaded", retry, move || renewals::renewals(renewals, balance))}
            </div>
            <products::Products page=activations shown=shown retry=retry/>
        </div>
    }
    .into_any()
}

/// The series in its turn: the dashboard's, or the one that was read apart. Until that is there, what was shown stays.
fn series(turn: RwSignal<usize>, shown: Memo<Option<Dashboard>>, asked: Series) -> Memo<Part<ActiveUsersSeries>> {
    const TURN: usize = 2;
    Memo::new(move |before: Option<&Part<ActiveUsersSeries>>| {
        if turn.get() <= TURN {
            return Part::Waiting;
        }
        let (read, error) = if asked.plain.get().is_some() {
            (shown.with(|data| part(data.as_ref(), |data| &data.active_users)), asked.error.get())
        } else {
            (asked.apart.data.get().map_or(Part::Waiting, Part::Ready), asked.apart.error.get())
        };
        match (failure(asked.view.get(), read.ready(), error), read, before) {
            (Some(error), ..) => Part::Failed(error),
            (None, Part::Waiting, Some(Part::Ready(series))) => Part::Ready(series.clone()),
            (None, read, _) => read,
        }
    })
}

/// Which sections may be drawn: with the first data one, and one more each turn of the browser. All at once would keep it
/// from answering for as long as the slowest phone takes.
fn turns(shown: Memo<Option<Dashboard>>) -> RwSignal<usize> {
    let turn = RwSignal::new(0);
    watch(move || {
        if shown.with(Option::is_some) && turn.get() < SECTIONS {
            set_timeout(
                move || {
                    let _ = turn.try_update(|turn| *turn += 1);
                },
                Duration::ZERO,
            );
        }
    });
    turn
}

/// A section, waiting until it is its turn.
fn in_turn<T: Clone>(
    turn: RwSignal<usize>,
    place: usize,
    shown: Memo<Option<Dashboard>>,
    section: impl Fn(&Dashboard) -> &Section<T>,
) -> Part<T> {
    if turn.get() <= place { Part::Waiting } else { shown.with(|data| part(data.as_ref(), section)) }
}

/// Skeleton, data or error of a section. The data's view stays while data follows data.
fn when<T: Clone + PartialEq + Send + Sync + 'static>(
    part: Memo<Part<T>>,
    skeleton: fn() -> AnyView,
    title: &'static str,
    retry: Callback<()>,
    ready: impl Fn() -> AnyView + Send + 'static,
) -> AnyView {
    // None: ready. The data itself is left out, so that a change of it does not change the stage.
    let stage = Memo::new(move |_| {
        part.with(|part| match part {
            Part::Waiting => Some(None),
            Part::Failed(error) => Some(Some(error.clone())),
            Part::Ready(_) => None,
        })
    });
    dynamic(move || match stage.get() {
        None => ready(),
        Some(None) => skeleton(),
        Some(Some(error)) => view! { <section class="card">{error_panel(title, &error, retry)}</section> }.into_any(),
    })
}

fn table_skeleton() -> AnyView {
    view! {
        <div class="card">
            <div class="card__head"><span class="sk sk--line sk--20"></span></div>
            {skeleton_rows(25)}
        </div>
    }
    .into_any()
}
