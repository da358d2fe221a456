//! One's own notes on the days of a chart: writing, changing and deleting them.

use chrono::NaiveDate;
use gloo_net::http::Method;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::dto::note::{CreateNoteRequest, Note, PatchNoteRequest};
use shared::paths;
use shared::vocab::{NoteId, NoteVisibility};

use crate::api::{ApiError, Authenticated, transport};
use crate::chart::Chart;
use crate::chart::view::Scope;
use crate::components::decision::{Confirm, Fact, buttons, facts, progress};
use crate::components::{Dialog, date_field, dynamic, optional_field};
use crate::format::BROWSER;
use crate::format::words::DateForm;
use crate::state::commit::{Commit, Write};

/// A note as it is being written.
#[derive(Debug, Clone, Copy)]
struct Draft {
    on: RwSignal<String>,
    text: RwSignal<String>,
    visibility: RwSignal<NoteVisibility>,
    /// Whether the reader wrote it, and so decides who sees it.
    is_own: RwSignal<bool>,
    /// The version that is changed; none until it is known.
    version: RwSignal<Option<String>>,
}

impl Draft {
    fn new(on: String) -> Self {
        Self {
            on: RwSignal::new(on),
            text: RwSignal::new(String::new()),
            visibility: RwSignal::new(NoteVisibility::Personal),
            is_own: RwSignal::new(true),
            version: RwSignal::new(None),
        }
    }

    /// Takes what is there already.
    fn read(self, id: NoteId, commit: Commit) {
        spawn_local(async move {
            let read = Authenticated.get_version(&paths::note(id)).await;
            let taken = read.and_then(|(text, version)| Ok((transport::parse::<Note>(&text)?, version)));
            match taken {
                Ok((note, version)) => {
                    drop(self.on.try_set(note.on.to_string()));
                    drop(self.text.try_set(note.text));
                    let _ = self.visibility.try_set(note.visibility);
                    let _ = self.is_own.try_set(note.is_own);
                    drop(self.version.try_set(Some(version)));
                }
                Err(error) => drop(commit.error.try_set(Some(error))),
            }
        });
    }
}

/// A note on a day, or on the last one shown.
pub fn new(chart: Chart, on: Option<NaiveDate>) -> AnyView {
    let last = chart.series.with_untracked(|series| series.as_ref().map(|series| series.to_on));
    let draft = Draft::new(on.or(last).map(|on| on.to_string()).unwrap_or_default());
    let commit = Commit::new();
    let write = move |on: NaiveDate, text: String| {
        let (product_id, client_id) = match chart.scope {
            Scope::Product(id) => (Some(id), None),
            Scope::Client(id) => (None, Some(id)),
            Scope::Everybody | Scope::Activation(_) => (None, None),
        };
        let visibility = draft.visibility.get_untracked();
        Write::post(paths::NOTES.to_owned(), &CreateNoteRequest { on, text, visibility, product_id, client_id })
    };
    form(chart, draft, commit, "Note something on a day?", Box::new(write))
}

/// A note that is there already.
pub fn change(chart: Chart, id: NoteId) -> AnyView {
    let (draft, commit) = (Draft::new(String::new()), Commit::new());
    draft.read(id, commit);
    let write = move |on: NaiveDate, text: String| {
        let visibility = draft.is_own.get_untracked().then(|| draft.visibility.get_untracked());
        let patch = PatchNoteRequest { on: Some(on), text: Some(text), visibility, ..PatchNoteRequest::default() };
        let (path, version) = (paths::note(id), draft.version.get_untracked());
        transport::write(&patch).map(|body| Write { method: Method::PATCH, path, body, version })
    };
    form(chart, draft, commit, "Change this note?", Box::new(write))
}

type Written = Box<dyn Fn(NaiveDate, String) -> Result<Write, ApiError> + Send + Sync>;

fn form(chart: Chart, draft: Draft, commit: Commit, title: &'static str, write: Written) -> AnyView {
    let close = Callback::new(move |()| chart.layer.set(None));
    let is_new = title.starts_with("Note");
    let missing_date = RwSignal::new(false);
    let run = Callback::new(move |()| {
        let on = draft.on.get_untracked().parse::<NaiveDate>();
        missing_date.set(on.is_err());
        let Ok(on) = on else { return };
        let text = draft.text.get_untracked().trim().to_owned();
        commit.send(write(on, text), move |_| {
            commit.state().announcer.say("The note was saved.");
            commit.state().changed(None);
            close.run(());
            Ok(())
        });
    });
    let wrong = move |pointer: &'static str| {
        Signal::derive(move || commit.error.with(|error| error.as_ref().and_then(|error| error.field(pointer))))
    };
    let wrong_date = Signal::derive(move || {
        missing_date.get().then(|| "Enter the day as a date.".to_owned()).or_else(|| wrong("/on").get())
    });
    let body = view! {
        <div class="dialog__fields">
            {date_field("note-on", "Day", draft.on, wrong_date)}
            {optional_field("note-text", "What happened", draft.text, wrong("/text"))}
            {dynamic(move || draft.is_own.get().then(|| visibility(draft)))}
        </div>
        {progress(commit, Signal::stored(None))}
    };
    let confirm = Confirm {
        label: Signal::stored(if is_new { "Add note" } else { "Save" }.to_owned()),
        busy: "Saving…",
        is_danger: Signal::stored(false),
        is_ready: Signal::derive(move || is_new || draft.version.with(Option::is_some)),
        shortfall: Signal::stored(None),
        again: None,
        run,
    };
    view! {
        <Dialog title=title.to_owned() is_locked=commit.is_locked on_close=close body=body.into_any() foot=buttons(commit, close, confirm)/>
    }
    .into_any()
}

fn visibility(draft: Draft) -> AnyView {
    let choice = move |visibility: NoteVisibility, label: &'static str| {
        view! {
            <label class="check-row">
                <input
                    class="radio"
                    type="radio"
                    name="note-visibility"
                    prop:checked=move || draft.visibility.get() == visibility
                    on:change=move |_| draft.visibility.set(visibility)
                />
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <fieldset>
            <legend class="field__label">"Who sees it"</legend>
            {choice(NoteVisibility::Personal, "Only I")}
            {choice(NoteVisibility::Team, "Everybody in my team")}
        </fieldset>
    }
    .into_any()
}

/// Asks before a note goes.
pub fn deletion(chart: Chart, id: NoteId) -> AnyView {
    let (draft, commit) = (Draft::new(String::new()), Commit::new());
    draft.read(id, commit);
    let close = Callback::new(move |()| chart.layer.set(None));
    let run = Callback::new(move |()| {
        let version = draft.version.get_untracked();
        let write = Write { method: Method::DELETE, path: paths::note(id), body: String::new(), version };
        commit.send(Ok(write), move |_| {
            commit.state().announcer.say("The note was deleted.");
            commit.state().changed(None);
            close.run(());
            Ok(())
        });
    });
    let known = move || {
        let on = draft.on.get().parse::<NaiveDate>().ok()?;
        let date = (BROWSER.date)(on, DateForm::Medium);
        Some(facts(vec![Fact::known("Day", date), Fact::known("Note", draft.text.get())]))
    };
    let body = view! {
        {dynamic(known)}
        <p class="dialog__note">"It disappears from the chart, and cannot be brought back."</p>
        {progress(commit, Signal::stored(None))}
    };
    let confirm = Confirm {
        label: Signal::stored("Delete note".to_owned()),
        busy: "Deleting…",
        is_danger: Signal::stored(true),
        is_ready: Signal::derive(move || draft.version.with(Option::is_some)),
        shortfall: Signal::stored(None),
        again: None,
        run,
    };
    view! {
        <Dialog title="Delete this note?".to_owned() is_locked=commit.is_locked is_careful=true on_close=close body=body.into_any() foot=buttons(commit, close, confirm)/>
    }
    .into_any()
}
