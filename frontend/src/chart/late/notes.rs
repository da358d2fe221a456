//! One's own notes on the days of a chart: writing, changing and deleting them.

use chrono::NaiveDate;
use gloo_net::http::Method;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::dto::note::{CreateNoteRequest, Note, PatchNoteRequest};
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::{NoteId, NoteVisibility};

use super::lane::focus_open_mark;
use super::lane_model::seen_by;
use crate::api::{ApiError, Authenticated, transport};
use crate::chart::Chart;
use crate::chart::view::Scope;
use crate::components::decision::{Confirm, Fact, alert, buttons, facts, progress};
use crate::components::{Dialog, date_field, dynamic, focus_field, icon, optional_field};
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
    /// The version that is changed; none until it is known.
    version: RwSignal<Option<String>>,
    /// What it says since somebody changed it meanwhile.
    latest: RwSignal<Option<Note>>,
    /// Why it could not be read.
    error: RwSignal<Option<ApiError>>,
}

impl Draft {
    fn new(on: String) -> Self {
        Self {
            on: RwSignal::new(on),
            text: RwSignal::new(String::new()),
            visibility: RwSignal::new(NoteVisibility::Personal),
            is_own: RwSignal::new(true),
            version: RwSignal::new(None),
            latest: RwSignal::new(None),
            error: RwSignal::new(None),
        }
    }

    /// Reads the note and hands it over, its version known.
    fn read(self, id: NoteId, commit: Commit, take: impl FnOnce(Note) + 'static) {
        self.error.set(None);
        spawn_local(async move {
            let read = Authenticated.get_version(&paths::note(id)).await;
            match read.and_then(|(text, version)| Ok((transport::parse::<Note>(&text)?, version))) {
                // Whoever asked may be gone.
                Ok((note, version)) => {
                    if self.version.try_set(Some(version)).is_none() {
                        take(note);
                    }
                }
                Err(error) => {
                    commit.state().session.note(&error);
                    drop(self.error.try_set(Some(error)));
                }
            }
        });
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

/// What is done where it turns out that a note is not as it was read.
#[derive(Debug, Clone, Copy)]
struct Again {
    /// Reads it once more.
    read: Callback<()>,
    /// Whether it was refused because of that, and what it says now is not known yet.
    is_outdated: Memo<bool>,
}

/// Reads the note now, and again with each refusal that says that it changed. A change that was sent twice because its answer
/// got lost is refused like that as well: what it says then tells.
fn follow(draft: Draft, id: NoteId, commit: Commit, changed: impl Fn(Note) + Copy + Send + Sync + 'static) -> Again {
    let is_outdated = Memo::new(move |_| code(commit) == Some(ProblemCode::PreconditionFailed));
    let read = Callback::new(move |()| {
        if draft.version.with_untracked(Option::is_none) {
            return draft.read(id, commit, move |note| draft.fill(note));
        }
        draft.read(id, commit, move |note| {
            commit.error.set(None);
            changed(note);
        });
    });
    read.run(());
    watch(move || {
        if is_outdated.get() {
            read.run(());
        }
    });
    Again { read, is_outdated }
}

fn code(commit: Commit) -> Option<ProblemCode> {
    commit.error.with(|error| error.as_ref().and_then(ApiError::code))
}

/// What has to be said of reading and writing.
fn outcome(draft: Draft, commit: Commit, again: Option<Again>) -> AnyView {
    let unread = move || {
        let (error, again) = (draft.error.get()?, again?);
        Some(view! {
            {alert("banner--bad", "The note could not be loaded.", error.sentence())}
            <button class="btn btn--sm" type="button" on:click=move |_| again.read.run(())>{icon("renew", 14)}"Retry"</button>
        })
    };
    let written = move || {
        let is_outdated = again.is_some_and(|again| again.is_outdated.get());
        (!is_outdated).then(|| progress(commit, Signal::stored(None)))
    };
    view! { {dynamic(unread)}{dynamic(written)} }.into_any()
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
    form(chart, draft, commit, None, Box::new(write))
}

/// A note that is there already.
pub fn change(chart: Chart, id: NoteId) -> AnyView {
    let (draft, commit) = (Draft::new(String::new()), Commit::new());
    let settle = move |note: Note| {
        if draft.is_in(&note) { saved(chart, commit) } else { draft.latest.set(Some(note)) }
    };
    let again = follow(draft, id, commit, settle);
    let write = move |on: NaiveDate, text: String| {
        let visibility = draft.is_own.get_untracked().then(|| draft.visibility.get_untracked());
        let patch = PatchNoteRequest { on: Some(on), text: Some(text), visibility, ..PatchNoteRequest::default() };
        let (path, version) = (paths::note(id), draft.version.get_untracked());
        transport::write(&patch).map(|body| Write { method: Method::PATCH, path, body, version })
    };
    form(chart, draft, commit, Some(again), Box::new(write))
}

fn saved(chart: Chart, commit: Commit) {
    commit.state().announcer.say("The note was saved.");
    commit.state().changed(None);
    chart.layer.set(None);
}

type Written = Box<dyn Fn(NaiveDate, String) -> Result<Write, ApiError> + Send + Sync>;

/// The fields of a note; `again` where it is there already.
fn form(chart: Chart, draft: Draft, commit: Commit, again: Option<Again>, write: Written) -> AnyView {
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
        {outcome(draft, commit, again)}
    };
    let (title, label) = match again {
        Some(_) => ("Change this note?", "Save"),
        None => ("Note something on a day?", "Add note"),
    };
    let confirm = Confirm {
        label: Signal::stored(label.to_owned()),
        busy: "Saving…",
        is_danger: Signal::stored(false),
        is_ready: Signal::derive(move || {
            again.is_none_or(|again| draft.version.with(Option::is_some) && !again.is_outdated.get())
        }),
        shortfall: Signal::stored(None),
        again: None,
        run,
    };
    view! {
        <Dialog title=title.to_owned() is_locked=commit.is_locked on_close=close body=body.into_any() foot=buttons(commit, close, confirm)/>
    }
    .into_any()
}

/// What the note says now, beside what is written; one of the two goes on.
fn changed(draft: Draft, note: Note) -> AnyView {
    let date = (BROWSER.date)(note.on, DateForm::Medium);
    let text = format!("It says “{}” now, on {date}, {}. Saving replaces that.", note.text, seen_by(note.visibility));
    let take = move |_| {
        draft.fill(note.clone());
        draft.latest.set(None);
        focus_field("note-text");
    };
    view! {
        {alert("", "This changed while you were looking.", text)}
        <button class="btn btn--sm" type="button" on:click=take>"Use latest"</button>
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
    let again = follow(draft, id, commit, move |note| {
        draft.latest.set(Some(note.clone()));
        draft.fill(note);
    });
    let close = Callback::new(move |()| chart.layer.set(None));
    let deleted = move || {
        commit.state().announcer.say("The note was deleted.");
        commit.state().changed(None);
        chart.layer.set(None);
        focus_open_mark();
    };
    // What is gone is deleted, by whomever; or by this, where the answer got lost.
    let is_gone = Memo::new(move |_| code(commit) == Some(ProblemCode::NotFound));
    watch(move || {
        if is_gone.get() {
            deleted();
        }
    });
    let run = Callback::new(move |()| {
        let version = draft.version.get_untracked();
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
        {outcome(draft, commit, Some(again))}
    };
    let confirm = Confirm {
        label: Signal::stored("Delete note".to_owned()),
        busy: "Deleting…",
        is_danger: Signal::stored(true),
        is_ready: Signal::derive(move || {
            draft.version.with(Option::is_some) && !again.is_outdated.get() && !is_gone.get()
        }),
        shortfall: Signal::stored(None),
        again: None,
        run,
    };
    view! {
        <Dialog title="Delete this note?".to_owned() is_locked=commit.is_locked is_careful=true on_close=close body=body.into_any() foot=buttons(commit, close, confirm)/>
    }
    .into_any()
}
