//! Announcing a promotion or a launch, changing it, taking it away.

use gloo_net::http::Method;
use leptos::prelude::*;
use shared::dto::promotion::Promotion;
use shared::paths;
use shared::vocab::{PromotionId, PromotionKind, PromotionScope, ResellerId};
use std::collections::BTreeSet;

use super::event_model::{Form, audience, days, kind_name, patch};
use super::resellers::{self, Resellers};
use crate::api::transport;
use crate::components::decision::{Confirm, Fact, alert, buttons, facts};
use crate::components::versioned::{Versioned, changed, outcome};
use crate::components::{Dialog, date_field, dynamic, focus_field, optional_field};
use crate::format::BROWSER;
use crate::state::commit::{Commit, Write};
use crate::state::watch;

/// Where the API finds fault, and the field that is meant.
const FIELDS: [(&str, &str); 5] = [
    ("/title", "event-title"),
    ("/text", "event-text"),
    ("/starts_on", "event-starts"),
    ("/ends_on", "event-ends"),
    ("/reseller_ids", resellers::FIELD),
];
const UNREAD: &str = "The event could not be loaded.";
const KINDS: [PromotionKind; 2] = [PromotionKind::Promotion, PromotionKind::Launch];

/// Which dialog is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// For a new event.
    Add,
    /// To change one.
    Edit(Promotion),
    /// To take one away.
    Delete(Promotion),
}

/// The open dialog; `done` is called with what is said afterwards.
pub fn dialog(opened: Opened, resellers: Resellers, close: Callback<()>, done: Callback<String>) -> AnyView {
    match opened {
        Opened::Add => form(None, resellers, close, done),
        Opened::Edit(event) => form(Some(&event), resellers, close, done),
        Opened::Delete(event) => deletion(event, resellers, close, done),
    }
}

/// An event as it is being written.
#[derive(Debug, Clone, Copy)]
struct Draft {
    kind: RwSignal<PromotionKind>,
    title: RwSignal<String>,
    text: RwSignal<String>,
    starts_on: RwSignal<String>,
    ends_on: RwSignal<String>,
    scope: RwSignal<PromotionScope>,
    chosen: RwSignal<BTreeSet<ResellerId>>,
}

impl Draft {
    fn new(form: Form) -> Self {
        Self {
            kind: RwSignal::new(form.kind),
            title: RwSignal::new(form.title),
            text: RwSignal::new(form.text),
            starts_on: RwSignal::new(form.starts_on),
            ends_on: RwSignal::new(form.ends_on),
            scope: RwSignal::new(form.scope),
            chosen: RwSignal::new(form.chosen),
        }
    }

    fn fill(self, form: Form) {
        self.kind.set(form.kind);
        self.title.set(form.title);
        self.text.set(form.text);
        self.starts_on.set(form.starts_on);
        self.ends_on.set(form.ends_on);
        self.chosen.set(form.chosen);
        // Last: it draws the list of resellers anew.
        self.scope.set(form.scope);
    }

    fn form(self) -> Form {
        Form {
            kind: self.kind.get(),
            title: self.title.get(),
            text: self.text.get(),
            starts_on: self.starts_on.get(),
            ends_on: ended(self.ends_on.get()),
            scope: self.scope.get(),
            chosen: self.chosen.get(),
        }
    }

    fn now(self) -> Form {
        untrack(|| self.form())
    }
}

/// A date that is typed by half has no value, but is not left empty either.
fn ended(value: String) -> String {
    let is_half = matches!(document().query_selector("#event-ends:invalid"), Ok(Some(_)));
    if value.is_empty() && is_half { "?".to_owned() } else { value }
}

/// The fields of an event; one that is there already is changed.
fn form(event: Option<&Promotion>, resellers: Resellers, close: Callback<()>, done: Callback<String>) -> AnyView {
    let commit = Commit::new();
    let shown = event.map_or_else(Form::default, Form::from);
    let draft = Draft::new(shown.clone());
    let latest = RwSignal::new(None::<Promotion>);
    let saved = move |title: &str| done.run(format!("“{title}” was saved."));
    // The row may be old: what is read with the version counts, as long as nothing else was written.
    let take = move |found: Promotion, is_first: bool| {
        let (written, says) = (draft.now(), Form::from(&found));
        if is_first && written == shown {
            draft.fill(says);
        } else if !is_first && written.request() == says.request() {
            saved(&found.title);
        } else if !is_first || says != shown {
            latest.set(Some(found));
        }
    };
    let known = event.map(|event| event.id);
    let versioned = known.map(|id| Versioned::follow(paths::operator_promotion(id), commit, take));
    // One that somebody deleted meanwhile is to be added again.
    let changes = RwSignal::new(known.zip(versioned));
    watch(move || {
        if versioned.is_some_and(|versioned| versioned.is_gone.get()) {
            changes.set(None);
            latest.set(None);
            commit.error.set(None);
        }
    });
    let is_tried = RwSignal::new(false);
    let run = Callback::new(move |()| {
        is_tried.set(true);
        match draft.now().request() {
            Ok(request) => {
                latest.set(None);
                let write = match changes.get_untracked() {
                    Some((id, versioned)) => {
                        transport::write(&patch(request)).map(|body| on(Method::PATCH, id, body, versioned))
                    }
                    None => Write::post(paths::OPERATOR_PROMOTIONS.to_owned(), &request),
                };
                commit.send(write, move |text| {
                    saved(&transport::parse::<Promotion>(text)?.title);
                    Ok(())
                });
            }
            Err(wrong) => focus(|pointer| wrong.iter().any(|(at, _)| *at == pointer)),
        }
    });
    watch(move || {
        commit.error.with(|error| {
            if let Some(error) = error {
                focus(|pointer| error.field(pointer).is_some());
            }
        });
    });
    let of = move || changes.get().map(|(_, versioned)| versioned);
    let is_lost = move || versioned.is_some() && changes.with(Option::is_none);
    let body = view! {
        {fields(draft, resellers, commit, is_tried)}
        {dynamic(move || latest.get().map(|event| conflict(draft, latest, event, resellers)))}
        {dynamic(move || is_lost().then(|| alert("", "Somebody deleted this event.", "What is written here can be added again.".to_owned())))}
        {dynamic(move || outcome(UNREAD, of(), commit))}
    };
    let confirm = Confirm {
        label: Signal::derive(move || if of().is_some() { "Save" } else { "Add event" }.to_owned()),
        busy: "Saving…",
        is_danger: Signal::stored(false),
        is_ready: Signal::derive(move || of().is_none_or(Versioned::is_ready)),
        shortfall: Signal::stored(None),
        again: None,
        run,
    };
    let title = if event.is_some() { "Change this event?" } else { "Add an event?" };
    view! {
        <Dialog title=title.to_owned() is_locked=commit.is_locked on_close=close body=body.into_any() foot=buttons(commit, close, confirm)/>
    }
    .into_any()
}

/// The fields, each with what is wrong there: of what is written once that was tried, and of what was refused.
fn fields(draft: Draft, resellers: Resellers, commit: Commit, is_tried: RwSignal<bool>) -> AnyView {
    let wrong = Memo::new(move |_| is_tried.get().then(|| draft.form().request().err()).flatten().unwrap_or_default());
    let wrong = move |pointer: &'static str| {
        Signal::derive(move || {
            let missed =
                wrong.with(|wrong| wrong.iter().find(|(at, _)| *at == pointer).map(|(_, say)| (*say).to_owned()));
            missed.or_else(|| commit.error.with(|error| error.as_ref().and_then(|error| error.field(pointer))))
        })
    };
    view! {
        <div class="dialog__fields">
            {radios("event-kind", "Kind", KINDS.map(|kind| (kind, kind_name(kind))), draft.kind)}
            {optional_field("event-title", "Title", draft.title, wrong("/title"))}
            {optional_field("event-text", "More about it (optional)", draft.text, wrong("/text"))}
            {date_field("event-starts", "First day", draft.starts_on, wrong("/starts_on"))}
            {date_field("event-ends", "Last day (optional)", draft.ends_on, wrong("/ends_on"))}
            {radios("event-scope", "Who sees it", [(PromotionScope::All, "All resellers"), (PromotionScope::Chosen, "Chosen resellers")], draft.scope)}
            {dynamic(move || (draft.scope.get() == PromotionScope::Chosen).then(|| resellers.choice(draft.chosen, wrong("/reseller_ids"))))}
        </div>
    }
    .into_any()
}

fn on(method: Method, id: PromotionId, body: String, versioned: Versioned) -> Write {
    Write { method, path: paths::operator_promotion(id), body, version: versioned.version.get_untracked() }
}

/// Puts the focus on the first field that is wrong.
fn focus(is_wrong: impl Fn(&str) -> bool) {
    if let Some((_, field)) = FIELDS.iter().find(|(pointer, _)| is_wrong(pointer)) {
        focus_field(field);
    }
}

/// What the event says now, beside what is written.
fn conflict(draft: Draft, latest: RwSignal<Option<Promotion>>, event: Promotion, resellers: Resellers) -> AnyView {
    let seen_by = resellers.names.with(|names| audience(&event, names, BROWSER));
    let more = event.text.as_ref().map(|text| format!(" “{text}”")).unwrap_or_default();
    let now = format!(
        "It says now: {} “{}”, {}, for {seen_by}.{more} Saving replaces that.",
        kind_name(event.kind),
        event.title,
        days(&event, BROWSER),
    );
    changed(now, move || {
        draft.fill(Form::from(&event));
        latest.set(None);
        focus_field("event-title");
    })
}

/// A choice between a few, all of them in view.
fn radios<T: Copy + PartialEq + Send + Sync + 'static>(
    name: &'static str,
    legend: &'static str,
    options: [(T, &'static str); 2],
    value: RwSignal<T>,
) -> AnyView {
    let option = move |(choice, label): (T, &'static str)| {
        view! {
            <label class="check-row">
                <input
                    class="radio"
                    type="radio"
                    name=name
                    id=format!("{name}-{label}").replace(' ', "-")
                    prop:checked=move || value.get() == choice
                    on:change=move |_| value.set(choice)
                />
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <fieldset>
            <legend class="field__label">{legend}</legend>
            {options.map(option).into_iter().collect_view()}
        </fieldset>
    }
    .into_any()
}

/// Asks before an event goes.
fn deletion(event: Promotion, resellers: Resellers, close: Callback<()>, done: Callback<String>) -> AnyView {
    let commit = Commit::new();
    let (id, title) = (event.id, event.title.clone());
    let (shown, is_changed) = (RwSignal::new(event), RwSignal::new(false));
    let take = move |found: Promotion, _: bool| {
        is_changed.set(shown.with_untracked(|shown| *shown != found));
        shown.set(found);
    };
    let versioned = Versioned::follow(paths::operator_promotion(id), commit, take);
    let deleted = move || done.run(format!("“{}” was deleted.", shown.with_untracked(|event| event.title.clone())));
    // What is gone is deleted, by whomever; or by this, where the answer got lost.
    watch(move || {
        if versioned.is_gone.get() {
            set_timeout(deleted, std::time::Duration::ZERO);
        }
    });
    let run = Callback::new(move |()| {
        is_changed.set(false);
        commit.send(Ok(on(Method::DELETE, id, String::new(), versioned)), move |_| {
            deleted();
            Ok(())
        });
    });
    let known = move || {
        let event = shown.get();
        let seen_by = resellers.names.with(|names| audience(&event, names, BROWSER));
        facts(vec![
            Fact::known("Event", event.title.clone()),
            Fact::known("Kind", kind_name(event.kind).to_owned()),
            Fact::known("Days", days(&event, BROWSER)),
            Fact::known("Seen by", seen_by),
        ])
    };
    let changed = move || {
        let text = "Above is what it says now.".to_owned();
        is_changed.get().then(|| alert("", "This changed while you were looking.", text))
    };
    let body = view! {
        {dynamic(known)}
        <p class="dialog__note">"Its marker disappears from the charts, and cannot be brought back."</p>
        {dynamic(changed)}
        {outcome(UNREAD, Some(versioned), commit)}
    };
    let confirm = Confirm {
        label: Signal::stored("Delete event".to_owned()),
        busy: "Deleting…",
        is_danger: Signal::stored(true),
        is_ready: Signal::derive(move || versioned.is_ready() && !versioned.is_gone.get()),
        shortfall: Signal::stored(None),
        again: None,
        run,
    };
    view! {
        <Dialog title=format!("Delete “{title}”?") is_locked=commit.is_locked is_careful=true on_close=close body=body.into_any() foot=buttons(commit, close, confirm)/>
    }
    .into_any()
}
