//! One activation: details, money, use, access, timeline.

mod actions;
pub mod model;
mod money;
mod support;
mod timeline;
pub mod usage;

use crate::components::dynamic;
use chrono::NaiveDate;
use leptos::prelude::*;
use shared::dto::activation::Activation;
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::ActivationId;

use crate::api::ApiError;
use crate::chart::usage::Usage;
use crate::chart::view::Scope;
use crate::components::{CopyButton, empty, error_panel, icon, missing, skeleton_rows, status_pill, time_of, use_page};
use crate::format::words::{DateForm, days_away, interval_name};
use crate::state::app_state;
use crate::state::query::Query;
pub(crate) use actions::Actions;
pub(crate) use actions::words::{
    action_icon, action_name, busy_word, difference, interval_length, next_renewal, permission_for,
};

/// `/activations/:id`
#[component]
pub fn ActivationPage(
    /// The id in the address; none where that cannot be one.
    id: Option<ActivationId>,
) -> impl IntoView {
    let query = Query::<Activation>::new();
    // An id that cannot be one is answered like one that does not exist.
    if let Some(id) = id {
        query.load(paths::activation(id));
    }
    let title = Memo::new(move |_| query.data.with(|data| data.as_ref().map(|data| data.row.product.name.clone())));
    use_page(move || title.get().map_or_else(|| "Activation".to_owned(), |name| format!("{name} – Activations")));
    let is_unknown = move || {
        id.is_none() || query.error.with(|error| error.as_ref().and_then(ApiError::code) == Some(ProblemCode::NotFound))
    };
    let retry = Callback::new(move |()| query.reload());
    // Whether there is something to show; the data itself is followed by its parts, so that they stay while it changes.
    let stage = Memo::new(move |_| {
        if is_unknown() {
            return Stage::Unknown;
        }
        match query.error.get() {
            _ if query.data.with(Option::is_some) => Stage::Ready,
            Some(error) => Stage::Failed(error),
            None => Stage::Waiting,
        }
    });
    let body = move || match (stage.get(), id) {
        (Stage::Ready, Some(id)) => content(query, id),
        (Stage::Failed(error), _) => {
            view! { <section class="card">{error_panel("The activation could not be loaded", &error, retry)}</section> }
                .into_any()
        }
        (Stage::Waiting, _) => view! { <section class="card" aria-busy="true">{skeleton_rows(6)}</section> }.into_any(),
        _ => unknown(),
    };
    let actions = Actions::new(query);
    actions.open_asked();
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <a href="/activations">"Activations"</a>
            {icon("right", 12)}
            <span aria-current="page">{dynamic(move || title.get().unwrap_or_else(|| "Activation".to_owned()))}</span>
        </nav>
        <Head query=query title=title actions=actions/>
        {actions.message()}
        {dynamic(body)}
        {actions.dialog()}
    }
}

#[derive(Clone, PartialEq)]
enum Stage {
    Waiting,
    Failed(ApiError),
    Unknown,
    Ready,
}

#[component]
fn Head(query: Query<Activation>, title: Memo<Option<String>>, actions: Actions) -> impl IntoView {
    let state = app_state();
    let pill = move || {
        query.data.with(|data| {
            data.as_ref().map(|data| status_pill(&data.row, crate::format::today(&state.session.time_zone())))
        })
    };
    let sub = move || {
        query.data.with(|data| {
            data.as_ref().map(|data| {
                let client = &data.row.client;
                let id = data.row.id.to_string();
                view! {
                    <p class="detail-head__sub">
                        <a href=format!("/clients/{}", client.id)>{client.name.clone()}</a>
                        {client.email.clone().map(|email| view! { <span>{email}</span> })}
                        <span class="id">{id.clone()}<CopyButton text=id label="Copy id"/></span>
                    </p>
                }
            })
        })
    };
    view! {
        <div class="detail-head">
            <div>
                <div class="detail-head__title">
                    <h1 tabindex="-1">{dynamic(move || title.get().unwrap_or_else(|| "Activation".to_owned()))}</h1>
                    {dynamic(pill)}
                </div>
                {dynamic(sub)}
            </div>
            {dynamic(move || {
                let class = if state.viewport.is_narrow.get() { "action-bar" } else { "detail-head__actions" };
                view! { <div class=class role="group" aria-label="Actions">{actions.buttons()}</div> }
            })}
        </div>
    }
}

fn unknown() -> AnyView {
    let actions = view! { <a class="btn" href="/activations">"All activations"</a> }.into_any();
    view! {
        <section class="card">
            {empty("search", "There is no such activation", "The link may be old, or mistyped.", Some(actions))}
        </section>
    }
    .into_any()
}

fn content(query: Query<Activation>, id: ActivationId) -> AnyView {
    let of = move |part: fn(&Activation) -> Option<AnyView>| {
        dynamic(move || query.data.with(|data| data.as_ref().and_then(part)))
    };
    view! {
        <div class="grid-2-1">
            <div class="stack">
                {of(|data| Some(details(data, crate::format::today(&app_state().session.time_zone()))))}
                <Use id=id/>
                {of(access)}
            </div>
            <div class="stack">
                {of(money::panel)}
                <timeline::Timeline id=id/>
            </div>
        </div>
    }
    .into_any()
}

/// A row of a list of facts.
pub(crate) fn fact(name: &'static str, value: AnyView) -> AnyView {
    view! { <div class="facts__row"><dt>{name}</dt><dd>{value}</dd></div> }.into_any()
}

fn details(data: &Activation, today: NaiveDate) -> AnyView {
    let row = &data.row;
    let medium = |on| time_of(on, DateForm::Medium);
    let by = data.activated_by.name.clone().map(|name| view! { " "<span class="muted">"by "{name}</span> });
    let period = match &data.current_period {
        Some(period) => view! { {medium(period.start_on)}" – "{medium(period.end_on)} }.into_any(),
        None => missing(),
    };
    let next = match (row.renews_on, row.ends_on) {
        (Some(on), _) => {
            let days = row.renews_in_days.map(days_away);
            let class = if row.renews_in_days.is_some_and(|days| days < 0) { "text-bad" } else { "muted" };
            view! { {medium(on)}" "<span class=class>"· "{days}</span> }.into_any()
        }
        (None, Some(on)) => view! { "Ends "{time_of(on, DateForm::near(on, today))} }.into_any(),
        (None, None) => missing(),
    };
    let paused = data.paused_at.map(|at| {
        let zone = app_state().session.time_zone();
        fact(
            "Paused since",
            view! { <time datetime=at.to_string()>{crate::format::date_time(at, &zone)}</time> }.into_any(),
        )
    });
    let reference =
        row.external_reference.clone().map(|text| fact("External reference", view! { <code>{text}</code> }.into_any()));
    let notes = data.notes.clone().map(|text| fact("Notes", view! { <span class="pre-line">{text}</span> }.into_any()));
    view! {
        <section class="card" aria-labelledby="details">
            <div class="card__head"><h2 id="details">"Details"</h2></div>
            <div class="card__body card__body--facts">
                <dl class="facts">
                    {fact("Activated", view! { {medium(row.activated_on)}{by} }.into_any())}
                    {fact("Billing interval", format!("{}, {}", interval_name(row.billing_interval), crate::format::money(row.price)).into_any())}
                    {fact("Current period", period)}
                    {paused}
                    {fact("Next renewal", next)}
                    {fact("Auto-renew", if row.auto_renew { "On" } else { "Off" }.into_any())}
                    {fact("Active users, 30 days", view! { {crate::format::count(data.active_users_30_days)}" "<a class="change" href=format!("/activations/{}/usage", row.id)>"See the use"</a>" "<a class="change" href=format!("/reports/products/{}", row.product.id)>"Use of the product"</a> }.into_any())}
                    {reference}
                    {notes}
                </dl>
            </div>
        </section>
    }
    .into_any()
}

/// The chart of this activation alone, its pauses set apart.
#[component]
fn Use(id: ActivationId) -> impl IntoView {
    let usage = Usage::new(Scope::Activation(id), format!("/activations/{id}"));
    view! { {usage.note()}{usage::chart(usage, id)} }
}

pub(crate) fn access(data: &Activation) -> Option<AnyView> {
    let url = data.access_url.clone().map(|url| {
        // Only the web's own addresses become links; anything else stays text.
        let is_web = url.starts_with("https://") || url.starts_with("http://");
        let shown = if is_web {
            view! { <a href=url.clone() rel="external noopener noreferrer" target="_blank">{url.clone()}<span class="vh">" (opens in a new tab)"</span></a> }.into_any()
        } else {
            view! { <span>{url.clone()}</span> }.into_any()
        };
        fact("Sign-in page", view! { {shown}<CopyButton text=url label="Copy sign-in page" with_word=true/> }.into_any())
    });
    let note = data.access_note.clone().map(|note| {
        let text = note.clone();
        fact(
            "How to sign in",
            view! { <span>{note}</span><CopyButton text=text label="Copy how to sign in" with_word=true/> }.into_any(),
        )
    });
    if url.is_none() && note.is_none() {
        return None;
    }
    Some(
        view! {
            <section class="card" aria-labelledby="access">
                <div class="card__head"><h2 id="access">"Access for the client"</h2></div>
                <div class="card__body card__body--facts"><dl class="facts facts--copy">{url}{note}</dl></div>
            </section>
        }
        .into_any(),
    )
}
