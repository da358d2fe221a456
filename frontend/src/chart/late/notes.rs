//! One's own notes on the days of a chart: writing, changing and deleting them.

use chrono::NaiveDate;
use gloo_net::http::Method;
use leptos::prelude::*;
use shared::dto::note::{CreateNoteRequest, Note, PatchNoteRequest};
use shared::paths;
use shared::vocab::{NoteId, NoteVisibility};

use super::lane::focus_open_mark;
use super::lane_model::seen_by;
use crate::api::{ApiError, transport};
use crate::chart::Chart;
use crate::chart::view::Scope;
use crate::components::decision::{Confirm, Fact, alert, buttons, facts};
use crate::components::versioned::{self, Versioned, outcome};
use crate::components::{Dialog, date_field, dynamic, focus_field, optional_field};
use crate::format::BROWSER;
use crate::format::words::DateForm;
use crate::state::commit::{Commit, Write};
use crate::state::watch;

/// A note as it is being written.
#[derive(Debug, Clone, Copy)]
struct Draft {
    on: RwSignal<String>,
    text: RwSignal<String>,
    visibility: RwSignal<NoteVisibility>,
    /// Whether the reader wrote it, and so decides who sees it.
    is_own: RwSignal<bool>,
    /// What it says since somebody changed it meanwhile.
    latest: RwSignal<Option<Note>>,
}

impl Draft {
    fn new(on: String) -> Self {
        Self {
            on: RwSignal::new(on),
            text: RwSignal::new(String::new()),
            visibility: RwSignal::new(NoteVisibility::Personal),
            is_own: RwSignal::new(true),
            latest: RwSignal::new(None),
        }
    }

    fn fill(self, note: Note) {
        self.on.set(note.on.to_string());
        self.text.set(note.text);
        self.visibility.set(note.visibility);
        self.is_own.set(note.is_own);
    }

    /// Whether a note says already what is written here.
    fn is_in(self, note: &Note) -> bool {
        self.on.get_untracked() == note.on.to_string()
            && self.text.get_untracked().trim() == note.text
            && self.visibility.get_untracked() == note.visibility
    }
}

const UNREAD: &str = "The note could not be loaded.";

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
    form(chart, draft, commit, None, Box::new(write))
}

/// A note that is there already.
pub fn change(chart: Chart, id: NoteId) -> AnyView {
    let (draft, commit) = (Draft::new(String::new()), Commit::new());
    let take = move |note: Note, is_first: bool| match is_first {
        true => draft.fill(note),
        false if draft.is_in(&note) => saved(chart, commit),
        false => draft.latest.set(Some(note)),
    };
    let versioned = Versioned::follow(paths::note(id), commit, take);
    let write = move |on: NaiveDate, text: String| {
        let visibility = draft.is_own.get_untracked().then(|| draft.visibility.get_untracked());
        let patch = PatchNoteRequest { on: Some(on), text: Some(text), visibility, ..PatchNoteRequest::default() };
        let (path, version) = (paths::note(id), versioned.version.get_untracked());
        transport::write(&patch).map(|body| Write { method: Method::PATCH, path, body, version })
    };
    form(chart, draft, commit, Some(versioned), Box::new(write))
}

fn saved(chart: Chart, commit: Commit) {
    commit.state().announcer.say("The note was saved.");
    commit.state().changed(None);
    chart.layer.set(None);
}

type Written = Box<dyn Fn(NaiveDate, String) -> Result<Write, ApiError> + Send + Sync>;

/// The fields of a note; `versioned` where it is there already.
fn form(chart: Chart, draft: Draft, commit: Commit, versioned: Option<Versioned>, write: Written) -> AnyView {
    let close = Callback::new(move |()| chart.layer.set(None));
    let missing_date = RwSignal::new(false);
    let run = Callback::new(move |()| {
        let on = draft.on.get_untracked().parse::<NaiveDate>();
        missing_date.set(on.is_err());
        let Ok(on) = on else { return };
        let text = draft.text.get_untracked().trim().to_owned();
        draft.latest.set(None);
        commit.send(write(on, text), move |_| {
            saved(chart, commit);
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
        {dynamic(move || draft.latest.get().map(|note| changed(draft, note)))}
        {outcome(UNREAD, versioned, commit)}
    };
    let (title, label) = match versioned {
        Some(_) => ("Change this note?", "Save"),
        None => ("Note something on a day?", "Add note"),
    };
    let confirm = Confirm {
        label: Signal::stored(label.to_owned()),
        busy: "Saving…",
        is_danger: Signal::stored(false),
        is_ready: Signal::derive(move || versioned.is_none_or(Versioned::is_ready)),
        shortfall: Signal::stored(None),
        again: None,
        run,
    };
    view! {
        <Dialog title=title.to_owned() is_locked=commit.is_locked on_close=close body=body.into_any() foot=buttons(commit, close, confirm)/>
    }
    .into_any()
}

fn changed(draft: Draft, note: Note) -> AnyView {
    let date = (BROWSER.date)(note.on, DateForm::Medium);
    let text = format!("It says “{}” now, on {date}, {}. Saving replaces that.", note.text, seen_by(note.visibility));
    versioned::changed(text, move || {
        draft.fill(note.clone());
        draft.latest.set(None);
        focus_field("note-text");
    })
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
    let take = move |note: Note, is_first: bool| {
        draft.latest.set((!is_first).then(|| note.clone()));
        draft.fill(note);
    };
    let versioned = Versioned::follow(paths::note(id), commit, take);
    let close = Callback::new(move |()| chart.layer.set(None));
    let deleted = move || {
        commit.state().announcer.say("The note was deleted.");
        commit.state().changed(None);
        chart.layer.set(None);
        focus_open_mark();
    };
    // What is gone is deleted, by whomever; or by this, where the answer got lost.
    watch(move || {
        if versioned.is_gone.get() {
            deleted();
        }
    });
    let run = Callback::new(move |()| {
        let version = versioned.version.get_untracked();
        let write = Write { method: Method::DELETE, path: paths::note(id), body: String::new(), version };
        draft.latest.set(None);
        commit.send(Ok(write), move |_| {
            deleted();
            Ok(())
        });
    });
    let known = move || {
        let on = draft.on.get().parse::<NaiveDate>().ok()?;
        let date = (BROWSER.date)(on, DateForm::Medium);
        Some(facts(vec![Fact::known("Day", date), Fact::known("Note", draft.text.get())]))
    };
    let changed = move || {
        let text = "Above is what it says now.".to_owned();
        draft.latest.with(Option::is_some).then(|| alert("", "This changed while you were looking.", text))
    };
    let body = view! {
        {dynamic(known)}
        <p class="dialog__note">"It disappears from the chart, and cannot be brought back."</p>
        {dynamic(changed)}
        {outcome(UNREAD, Some(versioned), commit)}
    };
    let confirm = Confirm {
        label: Signal::stored("Delete note".to_owned()),
        busy: "Deleting…",
        is_danger: Signal::stored(true),
        is_ready: Signal::derive(move || versioned.is_ready() && !versioned.is_gone.get()),
        shortfall: Signal::stored(None),
        again: None,
        run,
    };
    view! {
        <Dialog title="Delete this note?".to_owned() is_locked=commit.is_locked is_careful=true on_close=close body=body.into_any() foot=buttons(commit, close, confirm)/>
    }
    .into_any()
}
