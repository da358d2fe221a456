//! `/reports/decisions`: renewals to decide about. The suggestion of each leads into the dialog that carries it out.

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use shared::dto::activation::{Activation, ActivationRow};
use shared::dto::report::{RenewalDecision, RenewalDecisions};
use shared::paths;
use shared::vocab::{ActivationAction, ActivationId, Suggestion};

use super::frame::{Asked, Tile, Title, body, card, head, product_cell, row_count, tiles};
use super::model::{Choice, action_of, reasons_text, suggestion_name};
use crate::components::{TableHead, cover, empty, icon, missing, pill, rows, time_of};
use crate::format::words::{DateForm, Direction, counted, days_away, delta};
use crate::format::{BROWSER, count, date, money};
use crate::pages::activation::{Actions, action_icon, action_name, permission_for};
use crate::state::app_state;
use crate::state::query::Query;

const TITLE: Title = Title {
    name: "Renewals to decide about",
    lead: "What renews next, who uses it, and a suggestion with its reasons. Nothing is done by itself.",
    rows: ("row", "rows"),
};
const CHOICES: &[Choice] = &[
    Choice {
        key: "days",
        legend: "Renewing within",
        options: &[("7", "7 days"), ("30", "30 days"), ("90", "90 days")],
        default: "30",
    },
    Choice {
        key: "suggestion",
        legend: "Suggestion",
        options: &[("all", "All"), ("drop", "Drop"), ("pause", "Pause"), ("renew", "Renew")],
        default: "all",
    },
];
const COLUMNS: &[(&str, &str)] = &[
    ("Product, client", "col-product"),
    ("Renews", ""),
    ("Cost", "num"),
    ("Users", "num"),
    ("Suggestion", ""),
    ("Decide", "col-actions"),
];
/// The table of a member who may decide nothing.
const READ_ONLY: TableHead = TableHead {
    label: "Renewals table, scrolls sideways",
    caption: "Renewals to decide about: drop, pause, renew; in each the earliest first",
    columns: COLUMNS.split_at(COLUMNS.len() - 1).0,
};
const HEAD: TableHead = TableHead { columns: COLUMNS, ..READ_ONLY };
/// What can be decided, in the order of the suggestions.
const ACTIONS: [ActivationAction; 3] = [ActivationAction::Deactivate, ActivationAction::Pause, ActivationAction::Renew];

/// What was pressed and waits for the activation to be read.
#[derive(Debug, Clone, Copy)]
struct Decide {
    activation: Query<Activation>,
    wanted: RwSignal<Option<(ActivationId, ActivationAction)>>,
    /// That what was pressed cannot be done any more.
    changed: RwSignal<Option<String>>,
}

impl Decide {
    fn new() -> Self {
        Self { activation: Query::new(), wanted: RwSignal::new(None), changed: RwSignal::new(None) }
    }

    fn start(self, id: ActivationId, action: ActivationAction) {
        // What was read of it, or of another one, before must not be taken for it as it is now.
        self.activation.data.set(None);
        self.activation.is_loading.set(true);
        self.activation.load(paths::activation(id));
        self.changed.set(None);
        self.wanted.set(Some((id, action)));
    }

    /// Opens the dialog once the activation is read: it tells of it as it is now.
    fn follow(self, actions: Actions, report: Query<RenewalDecisions>) {
        watch(move || {
            let Some((_, action)) = self.wanted.get() else { return };
            if self.activation.is_loading.get() {
                return;
            }
            // Where it could not be read, that is said, and what was pressed waits for another try.
            let Some(row) = self.activation.data.get_untracked().map(|data| data.row) else { return };
            self.wanted.set(None);
            if !actions.ask(action) {
                self.changed.set(Some(format!(
                    "This changed while you were looking. {} is not possible any more for {} of {}.",
                    action_name(action),
                    row.product.name,
                    row.client.name
                )));
                report.reload();
            }
        });
    }

    fn is_reading(self, id: ActivationId, action: ActivationAction) -> bool {
        self.wanted.get() == Some((id, action)) && self.activation.is_loading.get()
    }

    /// Why no dialog opened.
    fn message(self) -> AnyView {
        let retry = move |_| self.activation.reload();
        dynamic(move || {
            let failure = self.activation.error.get().filter(|_| self.wanted.get().is_some());
            let (text, button) = match failure {
                Some(error) => {
                    let retry = view! { <button class="btn btn--sm ms-auto" type="button" on:click=retry>{icon("renew", 14)}"Retry"</button> };
                    (format!("The activation could not be read. {}", error.sentence()), Some(retry))
                }
                None => (self.changed.get()?, None),
            };
            Some(view! {
                <p class="status-message status-message--page status-message--bad" role="alert">
                    {icon("warn", 16)}<span>{text}</span>{button}
                </p>
            })
        })
    }
}

/// `/reports/decisions`
#[component]
pub fn DecisionsPage() -> impl IntoView {
    let asked = Asked::new("/reports/decisions", paths::REPORT_DECISIONS, CHOICES);
    let report = Query::<RenewalDecisions>::new();
    let state = app_state();
    watch(move || {
        state.writes.track();
        report.load(asked.data_path());
    });
    let decide = Decide::new();
    let actions = Actions::new(decide.activation);
    decide.follow(actions, report);
    let count = row_count(report, |report| report.count);
    let switches = view! { {asked.switch(0)}{asked.switch(1)} }.into_any();
    view! {
        {head(TITLE, asked, switches, count)}
        {decide.message()}
        {actions.message()}
        {body(asked, report, "The report could not be loaded", move |report| show(asked, decide, report))}
        {actions.dialog()}
    }
}

fn show(asked: Asked, decide: Decide, report: RenewalDecisions) -> AnyView {
    let until = date(report.due.to_on, DateForm::Medium);
    let figures = Suggestion::ALL.iter().map(|suggestion| {
        let total = report.by_suggestion.iter().find(|total| total.suggestion == *suggestion);
        let renewals = total.map_or(0, |total| total.count);
        let amount = total.and_then(|total| total.amount);
        let number = counted(renewals, "renewal", "renewals", BROWSER);
        (suggestion_name(*suggestion), amount.map_or_else(|| count(renewals), money), number)
    });
    let figures: Vec<Tile> = figures.collect();
    let tiles = <[Tile; 3]>::try_from(figures).ok().map(tiles);
    let list = if report.items.is_empty() {
        let is_all = asked.value(1) == "all";
        let title = if is_all { "Nothing renews in this time" } else { "No renewal carries this suggestion" };
        view! { <section class="card">{empty("check", title, "", None)}</section> }.into_any()
    } else {
        let number = counted(report.count, "renewal", "renewals", BROWSER);
        let heading =
            format!("Due until {until}, overdue ones included; users of the last 30 days and of the 30 before");
        let head = if allowed().is_empty() { READ_ONLY } else { HEAD };
        let list = rows(head, report.items, move |item| table_row(&item, decide), move |item| list_row(&item, decide));
        card(asked, "Renewals to decide about", heading, list, &report.page, number)
    };
    view! { <div class="stack">{tiles}{list}</div> }.into_any()
}

fn suggested(suggestion: Suggestion) -> AnyView {
    let (tone, symbol) = match suggestion {
        Suggestion::Drop => ("bad", "s-expired"),
        Suggestion::Pause => ("warn", "s-paused"),
        Suggestion::Renew => ("ok", "renew"),
    };
    pill(tone, symbol, suggestion_name(suggestion).to_owned())
}

/// What this member may decide.
fn allowed() -> Vec<ActivationAction> {
    let session = app_state().session;
    ACTIONS.into_iter().filter(|action| session.may(permission_for(*action))).collect()
}

/// The buttons this member may press: the suggested one first and full, the others beside it. None where there are none.
fn buttons(item: &RenewalDecision, decide: Decide) -> Option<AnyView> {
    let suggested = action_of(item.suggestion);
    let ActivationRow { id, product, client, .. } = &item.activation;
    let (id, of) = (*id, format!("{} for {}", product.name, client.name));
    let button = move |action: ActivationAction| {
        let (class, symbol) = if action == suggested {
            ("btn btn--sm", Some(icon(action_icon(action), 14)))
        } else {
            ("link-button", None)
        };
        let of = of.clone();
        let name = action_name(action);
        view! {
            <button
                class=class
                type="button"
                aria-busy=move || decide.is_reading(id, action).then_some("true")
                on:click=move |_| decide.start(id, action)
            >
                {symbol}{name}<span class="vh">{format!(" {of}")}</span>
            </button>
        }
        .into_any()
    };
    let (first, others): (Vec<_>, Vec<_>) = allowed().into_iter().partition(|action| *action == suggested);
    let buttons: Vec<AnyView> = first.into_iter().chain(others).map(button).collect();
    (!buttons.is_empty())
        .then(|| view! { <div class="decide" role="group" aria-label="Decide">{buttons}</div> }.into_any())
}

/// "4", below it "down 7 (64%)".
fn users(item: &RenewalDecision) -> AnyView {
    let change = item.previous_active_users.map(|previous| {
        let change = delta(item.active_users, previous, BROWSER);
        let class = if change.direction == Direction::Down { "cell-sub text-bad" } else { "cell-sub" };
        view! { <span class=class>{change.text}</span> }
    });
    view! { <strong>{count(item.active_users)}</strong>{change} }.into_any()
}

fn cost(item: &RenewalDecision) -> AnyView {
    let per_user = match item.cost_per_user {
        Some(cost) => Some(format!("{} a user a month", money(cost))),
        None => item.monthly_equivalent.map(|cost| format!("{} a month", money(cost))),
    };
    let amount = item.amount.map_or_else(missing, |amount| money(amount).into_any());
    view! { {amount}{per_user.map(|text| view! { <span class="cell-sub">{text}</span> })} }.into_any()
}

fn renews(row: &ActivationRow) -> AnyView {
    let Some(on) = row.renews_on else { return missing() };
    let days = row.renews_in_days.unwrap_or_default();
    let class = if days < 0 { "text-bad" } else { "" };
    let below = match row.covered {
        Some(false) => cover(false),
        _ => view! { <span class=class>{days_away(days)}</span> }.into_any(),
    };
    view! { {time_of(on, DateForm::Medium)}<span class="cell-sub">{below}</span> }.into_any()
}

fn reasons(item: &RenewalDecision) -> AnyView {
    let text = reasons_text(&item.reasons);
    view! { {suggested(item.suggestion)}<span class="cell-sub cell-wrap">{text}</span> }.into_any()
}

fn table_row(item: &RenewalDecision, decide: Decide) -> AnyView {
    view! {
        <tr>
            {product_cell(&item.activation)}
            <td>{renews(&item.activation)}</td>
            <td class="num">{cost(item)}</td>
            <td class="num">{users(item)}</td>
            <td>{reasons(item)}</td>
            {buttons(item, decide).map(|buttons| view! { <td class="col-actions">{buttons}</td> })}
        </tr>
    }
    .into_any()
}

fn list_row(item: &RenewalDecision, decide: Decide) -> AnyView {
    let row = &item.activation;
    let amount = item.amount.map(|amount| format!(" · {}", money(amount)));
    let on = row.renews_on.map(|on| time_of(on, DateForm::Short));
    let before = item.previous_active_users.map(|users| format!(", {} before", count(users)));
    view! {
        <li class="list__row list__row--decide">
            <a class="list__main" href=format!("/activations/{}", row.id)>{row.product.name.clone()}</a>
            {suggested(item.suggestion)}
            <span class="list__sub">{row.client.name.clone()}</span>
            <span class="list__line">"Renews "{on}{amount}</span>
            <span class="list__line">{reasons_text(&item.reasons)}": "{counted(item.active_users, "user", "users", BROWSER)}{before}</span>
            {buttons(item, decide)}
        </li>
    }
    .into_any()
}
