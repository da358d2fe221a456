//! Choosing the amounts below which the balance is told of.

use gloo_net::http::Method;
use leptos::prelude::*;
use shared::dto::wallet::LowBalanceAlerts;
use shared::paths;
use shared::vocab::Currency;

use super::alerts_model::{MOST, lines, typed};
use crate::api::transport;
use crate::components::decision::{Confirm, buttons};
use crate::components::versioned::{Versioned, changed, outcome};
use crate::components::{Dialog, dynamic, focus_field, icon};
use crate::format::money;
use crate::state::commit::{Commit, Write};

const UNREAD: &str = "The alerts could not be loaded.";

/// A line, by a number that no other line has. Its text belongs to nothing on the screen, so that it outlives what added it.
type Line = (usize, ArcRwSignal<String>);

/// The lines of the dialog.
#[derive(Debug, Clone, Copy)]
struct Lines {
    all: RwSignal<Vec<Line>>,
    next: StoredValue<usize>,
}

impl Lines {
    fn new() -> Self {
        Self { all: RwSignal::new(Vec::new()), next: StoredValue::new(0) }
    }

    fn line(self, text: String) -> Line {
        let number = self.next.get_value();
        self.next.set_value(number + 1);
        (number, ArcRwSignal::new(text))
    }

    fn fill(self, alerts: &LowBalanceAlerts) {
        self.all.set(lines(alerts).into_iter().map(|text| self.line(text)).collect());
    }

    fn add(self) {
        let line = self.line(String::new());
        let id = field_id(line.0);
        self.all.update(|all| all.push(line));
        focus_soon(id);
    }

    /// Takes a line away; the next one is where the caret goes, or what adds one.
    fn remove(self, number: usize) {
        let place = self.all.with_untracked(|all| all.iter().position(|line| line.0 == number).unwrap_or_default());
        self.all.update(|all| all.retain(|line| line.0 != number));
        let next = self.all.with_untracked(|all| all.get(place).or(all.last()).map(|line| field_id(line.0)));
        focus_soon(next.unwrap_or_else(|| ADD.to_owned()));
    }

    fn focus_first(self) {
        let first = self.all.with_untracked(|all| all.first().map(|line| field_id(line.0)));
        focus_soon(first.unwrap_or_else(|| ADD.to_owned()));
    }

    fn texts(self) -> Vec<String> {
        self.all.with(|all| all.iter().map(|(_, text)| text.get()).collect())
    }
}

/// Once it is drawn.
fn focus_soon(id: String) {
    request_animation_frame(move || focus_field(&id));
}

const ADD: &str = "alert-add";

fn field_id(number: usize) -> String {
    format!("alert-{number}")
}

/// The dialog; `done` is called when they are saved.
pub fn dialog(currency: Currency, close: Callback<()>, done: Callback<()>) -> AnyView {
    let commit = Commit::new();
    let lines = Lines::new();
    let latest = RwSignal::new(None::<LowBalanceAlerts>);
    let take = move |found: LowBalanceAlerts, is_first: bool| {
        let written = untrack(|| typed(&lines.texts(), currency));
        if is_first {
            lines.fill(&found);
        } else if written.is_ok_and(|written| is_same(&written, &found)) {
            // Sent twice because the first answer got lost: it is what it says now.
            done.run(());
        } else {
            latest.set(Some(found));
        }
    };
    let versioned = Versioned::follow(paths::LOW_BALANCE_ALERTS.to_owned(), commit, take);
    let is_tried = RwSignal::new(false);
    let wrong = Memo::new(move |_| match typed(&lines.texts(), currency) {
        Err(wrong) if is_tried.get() => wrong,
        _ => Vec::new(),
    });
    let run = Callback::new(move |()| {
        is_tried.set(true);
        match untrack(|| typed(&lines.texts(), currency)) {
            Ok(alerts) => {
                latest.set(None);
                let write = transport::write(&alerts).map(|body| Write {
                    method: Method::PUT,
                    path: paths::LOW_BALANCE_ALERTS.to_owned(),
                    body,
                    version: versioned.version.get_untracked(),
                });
                commit.send(write, move |text| {
                    transport::parse::<LowBalanceAlerts>(text)?;
                    done.run(());
                    Ok(())
                });
            }
            Err(wrong) => {
                let first = wrong.first().map(|(place, _)| *place).unwrap_or_default();
                let line = lines.all.with_untracked(|all| all.get(first).map(|line| line.0));
                focus_field(&field_id(line.unwrap_or_default()));
            }
        }
    });
    // Until they are read there is nothing to add to.
    let is_read = Memo::new(move |_| versioned.version.with(Option::is_some));
    let has_room = Memo::new(move |_| is_read.get() && lines.all.with(|all| all.len() < MOST));
    let body = view! {
        <p class="dialog__note">"A notice is written each time the balance falls below one of these amounts."</p>
        <div class="dialog__fields dialog__fields--below">
            <For each=move || lines.all.get() key=|line| line.0 children=move |line| field(line, lines, currency, wrong)/>
            {dynamic(move || has_room.get().then(|| view! {
                <button class="btn btn--sm" type="button" id=ADD on:click=move |_| lines.add()>{icon("plus", 14)}"Add an amount"</button>
            }))}
        </div>
        {dynamic(move || latest.get().map(|found| conflict(found, lines, latest)))}
        {outcome(UNREAD, Some(versioned), commit)}
    };
    let confirm = Confirm {
        label: Signal::stored("Save".to_owned()),
        busy: "Saving…",
        is_danger: Signal::stored(false),
        is_ready: Signal::derive(move || versioned.is_ready()),
        shortfall: Signal::stored(None),
        again: None,
        run,
    };
    view! {
        <Dialog title="Tell me when the balance is low".to_owned() is_locked=commit.is_locked on_close=close body=body.into_any() foot=buttons(commit, close, confirm)/>
    }
    .into_any()
}

fn is_same(one: &LowBalanceAlerts, other: &LowBalanceAlerts) -> bool {
    let sorted = |alerts: &LowBalanceAlerts| {
        let mut amounts: Vec<i64> = alerts.thresholds.iter().map(|threshold| threshold.minor).collect();
        amounts.sort_unstable();
        amounts
    };
    sorted(one) == sorted(other)
}

fn field((number, text): Line, lines: Lines, currency: Currency, wrong: Memo<Vec<(usize, String)>>) -> AnyView {
    let place = move || lines.all.with(|all| all.iter().position(|line| line.0 == number));
    let error = Memo::new(move |_| {
        let place = place()?;
        wrong.with(|wrong| wrong.iter().find(|(at, _)| *at == place).map(|(_, say)| say.clone()))
    });
    let (id, error_id) = (field_id(number), format!("alert-{number}-error"));
    let described = error_id.clone();
    let label = move || format!("Amount {} in {currency}", place().unwrap_or_default() + 1);
    let shown = text.clone();
    let said = move || {
        let error_id = error_id.clone();
        error.get().map(|say| view! { <p class="field__error" id=error_id>{icon("warn", 14)}<span>{say}</span></p> })
    };
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>{label}</label>
            <div class="field__row">
                <input class="input" type="text" inputmode="decimal" id=id autocomplete="off" prop:value=move || shown.get()
                    aria-invalid=move || error.get().map(|_| "true") aria-describedby=move || error.get().map(|_| described.clone())
                    on:input:target=move |event| text.set(event.target().value())/>
                <button class="icon-btn" type="button" on:click=move |_| lines.remove(number)>
                    {icon("cross", 16)}<span class="vh">{move || format!("Remove amount {}", place().unwrap_or_default() + 1)}</span>
                </button>
            </div>
            {dynamic(said)}
        </div>
    }
    .into_any()
}

fn conflict(found: LowBalanceAlerts, lines: Lines, latest: RwSignal<Option<LowBalanceAlerts>>) -> AnyView {
    let amounts: Vec<_> = found.thresholds.iter().map(|threshold| money(*threshold)).collect();
    let now =
        if amounts.is_empty() { "There are none now.".to_owned() } else { format!("Now: {}.", amounts.join(", ")) };
    changed(now, move || {
        lines.fill(&found);
        latest.set(None);
        lines.focus_first();
    })
}
