//! The list of activations: search, filters, sorting, pages. The address is the state; see [`model`].

mod bulk;
mod filters;
pub mod model;

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use shared::dto::activation::{ActivationCounts, ActivationRow};
use shared::dto::page::Page;
use shared::paths;
use shared::vocab::ActivationId;
use std::time::Duration;

use crate::api::ApiError;
use crate::components::{
    ActivationList, SortHeader, Stage, empty, error_panel, icon, is_awaited, skeleton_rows, use_page,
};
use crate::format::BROWSER;
use crate::format::words::counted;
use crate::state::app_state;
use crate::state::query::Query;
use filters::Filters;
use model::{ListView, read};

/// The id of the search field.
pub const SEARCH_ID: &str = "activation-search";
const TYPING_PAUSE: Duration = Duration::from_millis(250);

/// How a page changes what it shows: the new view, and whether it replaces the present one in the history.
type Show = Callback<(ListView, bool)>;

/// `/activations`
#[component]
pub fn ActivationsPage() -> impl IntoView {
    use_page(|| "Activations".to_owned());
    let state = app_state();
    let query = use_location().query;
    let asked = Memo::new(move |_| {
        let pairs = query.with(|query| {
            let pairs = query.latest_values();
            pairs.map(|(key, value)| (key.to_string(), value.to_owned())).collect::<Vec<_>>()
        });
        read(&pairs)
    });
    let view = Memo::new(move |_| asked.get().0);
    let navigate = use_navigate();
    let show: Show = Callback::new(move |(view, replace): (ListView, bool)| {
        navigate(&view.page_path(), NavigateOptions { replace, scroll: false, ..Default::default() });
    });

    let page = Query::<Page<ActivationRow>>::new();
    let counts = Query::<ActivationCounts>::new();
    watch(move || page.load(view.get().data_path()));
    counts.load(paths::ACTIVATION_COUNTS.to_owned());
    forget_old_cursor(page, view, show);

    let selected = RwSignal::new(Vec::new());
    // On wide screens there is always room for the boxes; elsewhere they come when they are asked for.
    let is_selecting = RwSignal::new(false);
    let wants_all = StoredValue::new(false);
    let on_all = Callback::new(move |()| {
        // As many as one action takes, all on one page: what is selected can be seen.
        wants_all.set_value(true);
        show.run((ListView { limit: model::LIMITS[2], ..view.get_untracked() }.from_start(), false));
    });
    watch(move || {
        // What is not on screen is not selected.
        let shown =
            page.data.with(|page| page.as_ref().map(|page| page.items.iter().map(|row| row.id).collect::<Vec<_>>()));
        let Some(shown) = shown else { return };
        if wants_all.get_value() {
            wants_all.set_value(false);
            selected.set(shown);
            // The button that was pressed is gone with that.
            set_timeout(crate::components::keep_focus, Duration::from_millis(100));
        } else {
            selected.update(|selected: &mut Vec<ActivationId>| selected.retain(|id| shown.contains(id)));
        }
    });
    let total = Memo::new(move |_| page.data.with(|page| page.as_ref().and_then(|page| page.page.total)));
    let stage = Stage::follow(page);
    let sentence = move || {
        let total = total.get().filter(|_| stage.with(|stage| *stage == Stage::Ready))?;
        Some(format!("{}, {}", counted(total, "activation", "activations", BROWSER), view.get().sort_sentence()))
    };
    Effect::new(move |before: Option<()>| {
        // Each new result is announced, the first one by the page's own reading.
        if let (Some(sentence), Some(())) = (sentence().filter(|_| page.is_answered.get()), before) {
            state.announcer.say(&sentence);
        }
    });
    let is_awaited = is_awaited(page);
    let is_open = RwSignal::new(false);
    let opener = NodeRef::<leptos::html::Button>::new();
    let filter_count =
        move || view.with(|view| view.chips(None, BROWSER).iter().filter(|chip| chip.name != "Search").count());
    let close = Callback::new(move |()| {
        is_open.set(false);
        if let Some(opener) = opener.get_untracked() {
            let _ = opener.focus();
        }
    });
    view! {
        <div class="page-head"><div><h1 tabindex="-1">"Activations"</h1></div></div>
        {dynamic(move || (!asked.get().1).then(|| view! { <p class="note not-understood" role="status">"Part of this link was not understood."</p> }))}
        <section
            class=move || if is_selecting.get() { "card select-mode" } else { "card" }
            aria-label="Activation list"
            aria-busy=move || is_awaited.get().then_some("true")
        >
            {dynamic(move || (page.is_loading.get() && page.data.with(Option::is_some)).then(|| view! { <div class="progress-line"></div> }))}
            <div class="toolbar toolbar--top">
                <Search view=view show=show/>
                <button
                    class="btn"
                    type="button"
                    node_ref=opener
                    aria-expanded=move || if is_open.get() { "true" } else { "false" }
                    aria-controls="filters"
                    on:click=move |_| is_open.update(|open| *open = !*open)
                >
                    {icon("filter", 14)}"Filter "
                    {dynamic(move || Some(filter_count()).filter(|count| *count > 0).map(|count| view! { <span class="btn__count">{count}</span> }))}
                </button>
                <button
                    class="btn hide-wide"
                    type="button"
                    aria-pressed=move || if is_selecting.get() { "true" } else { "false" }
                    on:click=move |_| {
                        is_selecting.update(|selecting| *selecting = !*selecting);
                        selected.set(Vec::new());
                    }
                >
                    {icon("check", 14)}{dynamic(move || if is_selecting.get() { "Done" } else { "Select" })}
                </button>
                <span class="note toolbar__count">{dynamic(sentence)}</span>
            </div>
            <div id="filters">{dynamic(move || is_open.get().then(|| view! { <Filters view=view counts=counts.data total=total show=show close=close/> }))}</div>
            <ActiveFilters view=view counts=counts.data show=show/>
            <bulk::BulkBar selected=selected page=page on_all=on_all/>
            <Rows page=page stage=stage view=view counts=counts.data show=show selected=selected is_selecting=is_selecting/>
        </section>
    }
}

/// A cursor that the server no longer takes leads back to the first page.
fn forget_old_cursor(page: Query<Page<ActivationRow>>, view: Memo<ListView>, show: Show) {
    watch(move || {
        let is_refused = page
            .error
            .with(|error| matches!(error, Some(ApiError::Problem(problem)) if matches!(problem.status, 400 | 422)));
        let present = view.get_untracked();
        if is_refused && !present.cursor.is_empty() {
            show.run((present.from_start(), true));
        }
    });
}

#[component]
fn Search(view: Memo<ListView>, show: Show) -> impl IntoView {
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let field = NodeRef::<leptos::html::Input>::new();
    // What this field sent last. The field follows the address only when the address holds something else: while one is
    // typing, the text is ahead of it.
    let sent = StoredValue::new(String::new());
    watch(move || {
        let q = view.with(|view| view.q.clone());
        if let Some(field) = field.get()
            && q != sent.get_value()
        {
            field.set_value(&q);
            sent.set_value(q);
        }
    });
    let search = move || {
        let Some(field) = field.get_untracked() else { return };
        let q: String = field.value().trim().chars().take(model::LONGEST_SEARCH).collect();
        sent.set_value(q.clone());
        let present = view.get_untracked();
        if present.q != q {
            show.run((ListView { q, ..present }.from_start(), true));
        }
    };
    let typed = move |_| {
        if let Some(Some(earlier)) = waiting.try_get_value() {
            earlier.clear();
        }
        waiting.set_value(set_timeout_with_handle(search, TYPING_PAUSE).ok());
    };
    view! {
        <div class="input-wrap toolbar__search" role="search">
            {icon("search", 16)}
            <input
                class="input"
                type="search"
                id=SEARCH_ID
                node_ref=field
                aria-label="Search activations"
                placeholder="Product, client, email, reference"
                maxlength="100"
                autocomplete="off"
                on:input=typed
            />
        </div>
    }
}

/// A chip for each active filter.
#[component]
fn ActiveFilters(view: Memo<ListView>, counts: RwSignal<Option<ActivationCounts>>, show: Show) -> impl IntoView {
    move || {
        let chips = chips(view, counts, show)?;
        let clear = move |_| show.run((view.get_untracked().without_filters(), false));
        Some(view! {
            <div class="chips active-filters" role="group" aria-label="Active filters">
                {chips}
                <button class="btn btn--sm btn--link" type="button" on:click=clear>"Clear all"</button>
            </div>
        })
    }
}

fn chips(view: Memo<ListView>, counts: RwSignal<Option<ActivationCounts>>, show: Show) -> Option<AnyView> {
    let chips = view.with(|view| counts.with(|counts| view.chips(counts.as_ref(), BROWSER)));
    let chip = |chip: model::Chip| {
        let label = format!("Remove filter {}: {}", chip.name, chip.value);
        let remove = move |_| {
            show.run((chip.without.clone(), false));
            crate::components::focus_search();
        };
        view! {
            <span class="chip chip--active">
                <span><span class="chip__key">{chip.name}": "</span>{chip.value}</span>
                <button class="chip__x" type="button" aria-label=label on:click=remove>{icon("cross", 12)}</button>
            </span>
        }
    };
    (!chips.is_empty()).then(|| chips.into_iter().map(chip).collect_view().into_any())
}

#[component]
fn Rows(
    page: Query<Page<ActivationRow>>,
    stage: Memo<Stage>,
    view: Memo<ListView>,
    counts: RwSignal<Option<ActivationCounts>>,
    show: Show,
    selected: RwSignal<Vec<ActivationId>>,
    is_selecting: RwSignal<bool>,
) -> impl IntoView {
    let is_empty = Memo::new(move |_| page.data.with(|page| page.as_ref().is_none_or(|page| page.items.is_empty())));
    let rows =
        Signal::derive(move || page.data.with(|page| page.as_ref().map(|page| page.items.clone()).unwrap_or_default()));
    let caption = Signal::derive(move || format!("Activations, {}", view.get().sort_sentence()));
    let sort = SortHeader {
        sort: Signal::derive(move || view.get().sort),
        on_sort: Callback::new(move |column| show.run((view.get_untracked().sorted_by(column), false))),
    };
    // Who looks at what renews wants to know of each whether it will.
    let with_cover = Signal::derive(move || view.with(ListView::is_about_renewals));
    let retry = Callback::new(move |()| page.reload());
    move || {
        match stage.get() {
        Stage::Waiting => skeleton_rows(25),
        Stage::Failed(error) => error_panel("The activations could not be loaded", &error, retry),
        Stage::Ready if is_empty.get() => nothing(view, counts, show),
        Stage::Ready => view! {
            <ActivationList rows=rows caption=caption label="Activations table, scrolls sideways" sort=sort selected=selected is_selecting=is_selecting with_cover=with_cover/>
            <Pager page=page view=view show=show/>
        }
        .into_any(),
    }
    }
}

fn nothing(view: Memo<ListView>, counts: RwSignal<Option<ActivationCounts>>, show: Show) -> AnyView {
    let is_filtered = view.with(|view| !view.chips(None, BROWSER).is_empty());
    if !is_filtered {
        return empty(
            "layers",
            "No products activated yet",
            "Products appear here as soon as the first one is activated or imported.",
            None,
        );
    }
    let clear = move |_| show.run((view.get_untracked().without_filters(), false));
    let chips = move || chips(view, counts, show).map(|chips| view! { <div class="chips">{chips}</div> });
    view! {
        <div class="empty">
            <span class="empty__icon">{icon("search", 20)}</span>
            <h2 class="h2">"No activations match"</h2>
            {dynamic(chips)}
            <div class="empty__actions"><button class="btn" type="button" on:click=clear>"Clear filters"</button></div>
        </div>
    }
    .into_any()
}

#[component]
fn Pager(page: Query<Page<ActivationRow>>, view: Memo<ListView>, show: Show) -> impl IntoView {
    let total = move || {
        page.data
            .with(|page| page.as_ref().and_then(|page| page.page.total))
            .map(|total| counted(total, "activation", "activations", BROWSER))
    };
    let step = move |name: &'static str, cursor: Option<String>| match cursor {
        Some(cursor) => {
            let path = ListView { cursor, ..view.get() }.page_path();
            view! { <a class="btn btn--sm" href=path>{name}</a> }.into_any()
        }
        None => view! { <span class="btn btn--sm" role="link" aria-disabled="true">{name}</span> }.into_any(),
    };
    let steps = move || {
        let info = page.data.with(|page| page.as_ref().map(|page| page.page.clone()).unwrap_or_default());
        view! { {step("Previous", info.prev_cursor)}{step("Next", info.next_cursor)} }
    };
    let resize = move |event: web_sys::Event| {
        let limit = event_target_value(&event).parse().unwrap_or(model::LIMITS[0]);
        show.run((ListView { limit, ..view.get_untracked() }.from_start(), false));
    };
    let option =
        move |limit: u32| view! { <option value=limit selected=move || view.get().limit == limit>{limit}</option> };
    view! {
        <nav class="pager" aria-label="Pages">
            <span>{dynamic(total)}</span>
            <span class="pager__size">
                <label for="page-size">"Rows per page"</label>
                <span class="select-wrap">
                    <select class="input select" id="page-size" on:change=resize>{model::LIMITS.map(option).into_iter().collect_view()}</select>
                    {icon("down", 14)}
                </span>
            </span>
            <span class="pager__nav">{dynamic(steps)}</span>
        </nav>
    }
}
