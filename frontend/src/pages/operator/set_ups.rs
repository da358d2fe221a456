//! What waits to be set up by hand, to be put in service or given back.

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use shared::dto::operator::{FailSetUpRequest, ProvisionRequest, SetUp};
use shared::dto::page::Page;
use shared::paths;
use shared::problem::ProblemCode;
use std::time::Duration;

use super::model::subject;
use super::reason::Reason;
use super::{asked, head, pager};
use crate::api::{ApiError, transport};
use crate::components::decision::{Confirm, Fact, buttons, facts, progress};
use crate::components::{Dialog, NoRows, TableHead, icon, keep_focus, listing, missing, rows, use_page};
use crate::format::words::interval_name;
use crate::format::{date_time, money};
use crate::state::app_state;
use crate::state::commit::{Commit, Write};
use crate::state::query::Query;

const UTC: &str = "UTC";
const HEAD: TableHead = TableHead {
    label: "Set-ups table, scrolls sideways",
    caption: "What waits to be set up, oldest first",
    columns: &[
        ("Requested", ""),
        ("Product", ""),
        ("Reseller", ""),
        ("Reference", "col-price"),
        ("Paid", "num"),
        ("Actions", "col-actions"),
    ],
};
const NO_ROWS: NoRows = NoRows {
    failed: "The set-ups could not be loaded",
    symbol: "check",
    nothing: "Nothing waits to be set up",
    sentence: "Products that are put in service by hand appear here when they are paid for.",
};

/// How a set-up ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// In service from now on.
    Provision,
    /// Given up, and paid back.
    Fail,
}

impl Ending {
    const fn verb(self) -> &'static str {
        match self {
            Self::Provision => "Put in service",
            Self::Fail => "Give up",
        }
    }
}

type Opened = RwSignal<Option<(Ending, SetUp)>>;

/// `/operator/set-ups`
#[component]
pub fn SetUpsPage() -> impl IntoView {
    use_page(|| "Set-ups – Operator".to_owned());
    let state = app_state();
    let cursor = asked("cursor");
    let set_ups = Query::<Page<SetUp>>::new();
    watch(move || {
        let cursor = cursor.get();
        let cursor = if cursor.is_empty() { cursor } else { format!("&cursor={cursor}") };
        set_ups.load(format!("{}?limit=25{cursor}", paths::OPERATOR_SET_UPS));
    });
    let opened: Opened = RwSignal::new(None);
    let said = RwSignal::new(None::<String>);
    let close = Callback::new(move |()| {
        opened.set(None);
        set_ups.reload();
    });
    let done = Callback::new(move |text: String| {
        state.announcer.say(&text);
        said.set(Some(text));
        opened.set(None);
        set_ups.reload();
        set_timeout(keep_focus, Duration::from_millis(600));
    });
    let list = listing(set_ups, NO_ROWS, move |page| {
        let foot = pager(page.page, |cursor| format!("/operator/set-ups?cursor={cursor}"));
        let rows = rows(HEAD, page.items, |row| table_row(row, opened), |row| list_row(row, opened));
        view! { {rows}{foot} }.into_any()
    });
    view! {
        {head("Set-ups", None)}
        {dynamic(move || said.get().map(|text| view! { <p class="status-message status-message--page">{icon("check", 16)}<span>{text}</span></p> }))}
        <section class="card" aria-label="Set-up list">{list}</section>
        {dynamic(move || opened.get().map(|(ending, row)| dialog(ending, &row, close, done)))}
    }
}

fn actions(row: &SetUp, opened: Opened) -> AnyView {
    let button = |ending: Ending| {
        let asked = row.clone();
        let label = format!("{}: {}", ending.verb(), subject(row));
        view! {
            <button class="btn btn--sm" type="button" aria-label=label on:click=move |_| opened.set(Some((ending, asked.clone())))>{ending.verb()}</button>
        }
    };
    view! { <span class="row-actions">{button(Ending::Provision)}{button(Ending::Fail)}</span> }.into_any()
}

fn table_row(row: SetUp, opened: Opened) -> AnyView {
    let actions = actions(&row, opened);
    let notes = row.notes.map(|notes| view! { <span class="cell-sub cell-clip">{notes}</span> });
    view! {
        <tr>
            <td><time datetime=row.requested_at.to_string()>{date_time(row.requested_at, UTC)}</time></td>
            <td><span class="cell-main">{row.product.name}</span><span class="cell-sub">{row.client.name}</span></td>
            <td>{row.reseller_name}{notes}</td>
            <td class="muted col-price">{row.external_reference.map_or_else(missing, IntoAny::into_any)}</td>
            <td class="num">{money(row.price)}<span class="cell-sub">{interval_name(row.billing_interval)}</span></td>
            <td class="col-actions">{actions}</td>
        </tr>
    }
    .into_any()
}

fn list_row(row: SetUp, opened: Opened) -> AnyView {
    let actions = actions(&row, opened);
    let reference = row.external_reference.map(|reference| format!(" · {reference}"));
    view! {
        <li class="list__row list__row--money">
            <span class="list__main">{row.product.name}</span>
            <span class="list__amount">{money(row.price)}</span>
            <span class="list__sub">{row.client.name}" · "{row.reseller_name}</span>
            <span class="list__line">{date_time(row.requested_at, UTC)}{reference}</span>
            {actions}
        </li>
    }
    .into_any()
}

/// Asks and does it; `done` is called with what is said afterwards.
fn dialog(ending: Ending, row: &SetUp, close: Callback<()>, done: Callback<String>) -> AnyView {
    let commit = Commit::new();
    let reason = Reason::new(commit);
    let is_given_up = ending == Ending::Fail;
    let (reseller_id, id) = (row.reseller_id, row.activation_id);
    let (name, paid) = (subject(row), money(row.price));
    let run = Callback::new(move |()| {
        let write = match ending {
            Ending::Provision => Write::post(paths::operator_provision(reseller_id, id), &ProvisionRequest {}),
            Ending::Fail => {
                let Some(reason) = reason.given() else { return };
                Write::post(paths::operator_fail(reseller_id, id), &FailSetUpRequest { reason })
            }
        };
        let (name, paid) = (name.clone(), paid.clone());
        commit.send(write, move |text| {
            transport::parse::<SetUp>(text)?;
            done.run(match ending {
                Ending::Provision => format!("{name} is in service."),
                Ending::Fail => format!("{name} was given up, and {paid} given back."),
            });
            Ok(())
        });
    });
    // Somebody else was first: the list shows what is left.
    watch(move || {
        if commit.error.with(|error| error.as_ref().and_then(ApiError::code)) == Some(ProblemCode::InvalidTransition) {
            set_timeout(move || done.run("This does not wait to be set up any more.".to_owned()), Duration::ZERO);
        }
    });
    let mut known = vec![
        Fact::known("Product", row.product.name.clone()),
        Fact::known("Client", row.client.name.clone()),
        Fact::known("Reseller", row.reseller_name.clone()),
        Fact::known("Paid", format!("{}, {}", money(row.price), interval_name(row.billing_interval))),
    ];
    known.extend(row.client.email.clone().map(|email| Fact::known("Email", email)));
    known.extend(row.external_reference.clone().map(|reference| Fact::known("Their reference", reference)));
    known.extend(row.notes.clone().map(|notes| Fact::known("Their notes", notes)));
    let field = is_given_up.then(|| {
        let field = reason.field("Reason, for the reseller");
        view! { <div class="dialog__fields dialog__fields--below">{field}</div> }
    });
    let note = if is_given_up {
        "Everything that was paid for it goes back to the wallet and is spent at once where renewals wait for money. The reseller may ask for it again."
    } else {
        "Only when it is set up: from now on the client may use it. The paid period stays as it is."
    };
    let body = view! {
        {facts(known)}
        {field}
        <p class="dialog__note">{note}</p>
        {progress(commit, Signal::stored(None))}
    };
    let label = if is_given_up { format!("Give up and return {}", money(row.price)) } else { ending.verb().to_owned() };
    let confirm = Confirm {
        label: Signal::stored(label),
        busy: if is_given_up { "Giving back…" } else { "Putting in service…" },
        is_danger: Signal::stored(is_given_up),
        is_ready: Signal::stored(true),
        shortfall: Signal::stored(None),
        again: None,
        run,
    };
    let title = format!("{}: {}?", ending.verb(), subject(row));
    view! {
        <Dialog title=title is_locked=commit.is_locked on_close=close body=body.into_any() foot=buttons(commit, close, confirm)/>
    }
    .into_any()
}
