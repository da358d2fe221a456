//! What is held because too many periods were due at once, and letting it go.

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use shared::dto::page::Page;
use shared::dto::renewal_run::{HeldRenewals, ReleaseHeldRequest};
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::Money;
use std::time::Duration;

use super::model::held_count;
use super::reason::Reason;
use crate::api::{ApiError, transport};
use crate::components::decision::{Confirm, Fact, buttons, facts, progress};
use crate::components::{Dialog, TableHead, error_panel, icon, keep_focus, rows};
use crate::format::{BROWSER, count, date_time, money};
use crate::state::app_state;
use crate::state::commit::{Commit, Write};
use crate::state::query::Query;

const UTC: &str = "UTC";
const HEAD: TableHead = TableHead {
    label: "Held renewals table, scrolls sideways",
    caption: "Resellers of whom renewals are held",
    columns: &[
        ("Reseller", ""),
        ("Activations", "num"),
        ("Held since", ""),
        ("Due since", ""),
        ("Due", "num"),
        ("Balance", "num"),
        ("Actions", "col-actions"),
    ],
};

type Opened = RwSignal<Option<HeldRenewals>>;

/// Nothing where nothing is held. `released` is called when something was let go.
pub fn held_card(released: Callback<()>) -> AnyView {
    let state = app_state();
    let held = Query::<Page<HeldRenewals>>::new();
    // Whoever is further down the list comes up as those before are released.
    held.load(format!("{}?limit=200", paths::OPERATOR_HELD_RENEWALS));
    let opened: Opened = RwSignal::new(None);
    let said = RwSignal::new(None::<String>);
    let close = Callback::new(move |()| {
        opened.set(None);
        held.reload();
    });
    let done = Callback::new(move |text: String| {
        state.announcer.say(&text);
        said.set(Some(text));
        opened.set(None);
        held.reload();
        released.run(());
        set_timeout(keep_focus, Duration::from_millis(600));
    });
    let card = move || match (held.data.get(), held.error.get()) {
        (Some(page), _) if page.items.is_empty() => None,
        (Some(page), _) => {
            let rows = rows(HEAD, page.items, |row| table_row(row, opened), |row| list_row(row, opened));
            Some(
                view! {
                    <section class="card" aria-labelledby="held">
                        <div class="card__head"><h2 class="card__title" id="held">"Held"</h2></div>
                        <p class="toolbar note">
                            "More than three periods were due at once, which looks like a wrong clock: nothing is charged, service goes on. Release what is right."
                        </p>
                        {rows}
                    </section>
                }
                .into_any(),
            )
        }
        (None, Some(error)) => {
            let again = Callback::new(move |()| held.reload());
            Some(view! { <section class="card">{error_panel("What is held could not be loaded", &error, again)}</section> }.into_any())
        }
        (None, None) => None,
    };
    view! {
        {dynamic(move || said.get().map(|text| view! { <p class="status-message status-message--page">{icon("check", 16)}<span>{text}</span></p> }))}
        {dynamic(card)}
        {dynamic(move || opened.get().map(|row| dialog(&row, close, done)))}
    }
    .into_any()
}

fn release_button(row: &HeldRenewals, opened: Opened) -> AnyView {
    let (asked, label) = (row.clone(), format!("Release what is held of {}", row.reseller_name));
    view! {
        <span class="row-actions">
            <button class="btn btn--sm" type="button" aria-label=label on:click=move |_| opened.set(Some(asked.clone()))>"Release"</button>
        </span>
    }
    .into_any()
}

fn table_row(row: HeldRenewals, opened: Opened) -> AnyView {
    let release = release_button(&row, opened);
    view! {
        <tr>
            <td><span class="cell-main">{row.reseller_name}</span></td>
            <td class="num">{count(row.activation_count)}</td>
            <td><time datetime=row.held_at.to_string()>{date_time(row.held_at, UTC)}</time></td>
            <td><time datetime=row.due_at.to_string()>{date_time(row.due_at, UTC)}</time></td>
            <td class="num">{money(row.due)}</td>
            <td class="num">{money(row.balance)}</td>
            <td class="col-actions">{release}</td>
        </tr>
    }
    .into_any()
}

fn list_row(row: HeldRenewals, opened: Opened) -> AnyView {
    let release = release_button(&row, opened);
    view! {
        <li class="list__row list__row--money list__row--decide">
            <span class="list__main">{row.reseller_name}</span>
            <span class="list__amount">{money(row.due)}</span>
            <span class="list__sub">{held_count(row.activation_count, BROWSER)}</span>
            <span class="list__line">"Balance "{money(row.balance)}</span>
            <span class="list__line">"Due since "{date_time(row.due_at, UTC)}</span>
            {release}
        </li>
    }
    .into_any()
}

/// Asks and does it; `done` is called with what is said afterwards.
fn dialog(row: &HeldRenewals, close: Callback<()>, done: Callback<String>) -> AnyView {
    let commit = Commit::new();
    let reason = Reason::new(commit);
    let (id, name) = (row.reseller_id, row.reseller_name.clone());
    let run = Callback::new(move |()| {
        let Some(reason) = reason.given() else { return };
        let write = Write::post(paths::operator_release_held(id), &ReleaseHeldRequest { reason });
        let name = name.clone();
        commit.send(write, move |text| {
            let released: HeldRenewals = transport::parse(text)?;
            let count = held_count(released.activation_count, BROWSER);
            done.run(format!("{count} of {name} released. The run below says what was charged."));
            Ok(())
        });
    });
    // Somebody else was first.
    watch(move || {
        if commit.error.with(|error| error.as_ref().and_then(ApiError::code)) == Some(ProblemCode::InvalidTransition) {
            set_timeout(move || done.run("Nothing is held any more.".to_owned()), Duration::ZERO);
        }
    });
    let mut known = vec![
        Fact::known("Held", held_count(row.activation_count, BROWSER)),
        Fact::known("Held since", date_time(row.held_at, UTC)),
        Fact::known("Due since", date_time(row.due_at, UTC)),
        Fact::known("Charges that are due", count(row.due_count)),
        Fact::known("They cost", money(row.due)),
        Fact::known("Balance", money(row.balance)),
    ];
    let missing = row.due.minor.saturating_sub(row.balance.minor);
    if missing > 0 {
        known.push(Fact::known("Not covered", money(Money::new(missing, row.due.currency))));
    }
    let body = view! {
        {facts(known)}
        <div class="dialog__fields dialog__fields--below">{reason.field("Reason, for the record")}</div>
        <p class="dialog__note">
            "Every period that was due is charged in order, as far as the balance reaches; what it does not pay goes into grace. This cannot be undone."
        </p>
        {progress(commit, Signal::stored(None))}
    };
    let confirm = Confirm {
        label: Signal::stored(format!("Release {}", held_count(row.activation_count, BROWSER))),
        busy: "Releasing…",
        is_danger: Signal::stored(true),
        is_ready: Signal::stored(true),
        shortfall: Signal::stored(None),
        again: None,
        run,
    };
    let title = format!("Release what is held of {}?", row.reseller_name);
    view! {
        <Dialog title=title is_locked=commit.is_locked on_close=close body=body.into_any() foot=buttons(commit, close, confirm)/>
    }
    .into_any()
}
