//! What a decision about money shows: the sum, facts as they are and as they will be, what is refused and why, and the two
//! buttons.

use crate::components::dynamic;
use leptos::prelude::*;
use shared::dto::lifecycle::Quote;
use shared::problem::ProblemCode;
use shared::vocab::{Money, Permission};

use super::icon;
use crate::api::ApiError;
use crate::format::{BROWSER, money};
use crate::pages::dashboard::model::reach_alone;
use crate::state::app_state;
use crate::state::commit::{Commit, Stage};
use crate::url::encoded;

/// The sum of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Well {
    /// "You pay now"
    pub label: &'static str,
    /// How much.
    pub value: String,
    /// For what.
    pub sub: String,
}

/// Something that is known, or that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What.
    pub name: &'static str,
    /// How it is; none where it does not change.
    pub before: Option<String>,
    /// How it is, or will be.
    pub after: String,
}

impl Fact {
    /// Something that does not change.
    pub const fn known(name: &'static str, after: String) -> Self {
        Self { name, before: None, after }
    }

    /// Something that changes, unless both are the same.
    pub fn change(name: &'static str, before: String, after: String) -> Self {
        let before = (before != after).then_some(before);
        Self { name, before, after }
    }
}

/// How far the wallet reaches, and would reach afterwards; none where the quote does not say.
pub fn reach_of(quote: &Quote) -> Option<Fact> {
    let after = quote.runway.as_ref()?;
    let after = reach_alone(after.state, after.covered_until_on, BROWSER);
    let before = app_state().runway.get_untracked();
    let before = before.map_or_else(|| after.clone(), |now| reach_alone(now.state, now.covered_until_on, BROWSER));
    Some(Fact::change("Covers renewals until", before, after))
}

/// The sum in its box.
pub fn well(well: Well) -> AnyView {
    view! {
        <div class="well">
            <p class="well__label">{well.label}</p>
            <p class="well__value">{well.value}</p>
            <p class="well__sub">{well.sub}</p>
        </div>
    }
    .into_any()
}

/// Facts, each as it is and as it will be.
pub fn facts(facts: Vec<Fact>) -> AnyView {
    let row = |fact: Fact| {
        let before = fact.before.map(|before| {
            view! {
                <span class="was">{before}</span>
                <span class="to">{icon("arrow", 14)}</span>
                <span class="vh">" becomes "</span>
            }
        });
        view! { <div class="facts__row"><dt>{fact.name}</dt><dd>{before}{fact.after}</dd></div> }
    };
    view! { <dl class="facts facts--money">{facts.into_iter().map(row).collect_view()}</dl> }.into_any()
}

/// Something that needs attention, said as soon as it is there.
pub fn alert(tone: &'static str, strong: &str, text: String) -> AnyView {
    let class = format!("banner banner--in {tone}");
    view! {
        <div class=class role="alert">
            {icon("warn", 16)}
            <p class="banner__text"><strong>{strong.to_owned()}</strong>" "{text}</p>
        </div>
    }
    .into_any()
}

/// What became of a write so far, where that has to be said: refused, or being found out. `changed` says what a quote that
/// changed was and is now.
pub fn progress(commit: Commit, changed: Signal<Option<String>>) -> AnyView {
    let part = move || {
        if commit.stage.get() == Stage::Checking {
            return Some(alert(
                "",
                "We are checking whether this went through.",
                "The answer did not arrive. Nothing is done twice: this asks until it is known.".to_owned(),
            ));
        }
        let error = commit.error.get()?;
        Some(match (error.code(), changed.get()) {
            (Some(ProblemCode::QuoteChanged), Some(text)) => {
                alert("", "This changed while you were looking.", format!("{text} Nothing was charged."))
            }
            _ if error == ApiError::SessionEnded => {
                alert("", "Your session has ended.", "Nothing was done. Sign in, then confirm again.".to_owned())
            }
            _ => alert("banner--bad", "Not done.", error.sentence()),
        })
    };
    dynamic(part)
}

/// What is missing, if the last refusal or the quote says so.
pub fn shortfall_of(commit: Commit, quoted: Option<Money>) -> Option<Money> {
    let refused = commit.error.with(|error| match error {
        Some(ApiError::Problem(problem)) => problem.shortfall,
        _ => None,
    });
    refused.or(quoted)
}

/// States what is missing.
pub fn short(shortfall: Money) -> AnyView {
    let text = format!("{} more is needed. Nothing is charged before the balance suffices.", money(shortfall));
    alert("", "The balance is not enough.", text)
}

/// What the button that acts says and does.
#[derive(Debug, Clone, Copy)]
pub struct Confirm {
    /// "Renew for €29.00"
    pub label: Signal<String>,
    /// "Renewing…"
    pub busy: &'static str,
    /// Whether it takes something away.
    pub is_danger: Signal<bool>,
    /// Whether it may be pressed: whether what it would do is on screen.
    pub is_ready: Signal<bool>,
    /// What is missing on the balance.
    pub shortfall: Signal<Option<Money>>,
    /// Where the same question is asked again once there is enough, and the verb for it: "renew".
    pub again: Option<(&'static str, Signal<String>)>,
    /// Called when it is pressed.
    pub run: Callback<()>,
}

/// Cancel, then the verb with its sum; or the top-up where the balance is not enough.
pub fn buttons(commit: Commit, cancel: Callback<()>, confirm: Confirm) -> AnyView {
    let state = app_state();
    let label = move || match commit.stage.get() {
        Stage::Ready => confirm.label.get(),
        Stage::Sending => confirm.busy.to_owned(),
        Stage::Checking => "Checking…".to_owned(),
    };
    let class = move || if confirm.is_danger.get() { "btn btn--danger" } else { "btn btn--primary" };
    let is_waiting = move || commit.is_busy() || !confirm.is_ready.get();
    let act = move |_| {
        if confirm.is_ready.get_untracked() && commit.stage.get_untracked() == Stage::Ready {
            confirm.run.run(());
        }
    };
    let is_short = Memo::new(move |_| confirm.shortfall.get());
    let main = move || {
        match is_short.get() {
        Some(missing) if state.session.may(Permission::WalletTopUp) => {
            let sum = money(missing);
            let (label, next) = match confirm.again {
                Some((verb, path)) => {
                    (format!("Top up {sum} and {verb}"), format!("&next={}", encoded(&path.get(), b"/")))
                }
                None => (format!("Top up {sum}"), String::new()),
            };
            let path = format!("/wallet?amount={}{next}#top-up", missing.amount());
            view! { <a class="btn btn--primary" href=path>{label}</a> }.into_any()
        }
        Some(_) => ().into_any(),
        None => view! {
            <button class=class type="button" aria-disabled=move || is_waiting().then_some("true") on:click=act>{dynamic(label)}</button>
        }
        .into_any(),
    }
    };
    view! {
        <button class="btn" type="button" aria-disabled=move || commit.is_locked.get().then_some("true") on:click=move |_| if !commit.is_locked.get_untracked() { cancel.run(()) }>"Cancel"</button>
        {dynamic(main)}
    }
    .into_any()
}
