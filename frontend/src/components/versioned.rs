//! What is changed or deleted as it was read: its version, and what is done where it turns out not to be that any more.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;
use shared::problem::ProblemCode;

use super::decision::{alert, progress};
use super::{dynamic, icon};
use crate::api::{ApiError, Authenticated, transport};
use crate::state::commit::Commit;
use crate::state::watch;

/// A resource that a dialog changes or deletes.
#[derive(Debug, Clone, Copy)]
pub struct Versioned {
    /// The version that is changed; none until it is known.
    pub version: RwSignal<Option<String>>,
    /// Whether there is no such thing any more.
    pub is_gone: Memo<bool>,
    /// Whether a write was refused because it changed, and what it says now is not known yet.
    is_outdated: Memo<bool>,
    /// Why it could not be read.
    error: RwSignal<Option<ApiError>>,
    /// Reads it once more.
    read: Callback<()>,
}

impl Versioned {
    /// Reads it now, and again with each refusal that says that it changed. `take` is given what it says, and whether that is
    /// the first time. A change that was sent twice because its answer got lost is refused like that as well: what it says
    /// then tells.
    pub fn follow<T: DeserializeOwned + 'static>(
        path: String,
        commit: Commit,
        take: impl Fn(T, bool) + Clone + Send + Sync + 'static,
    ) -> Self {
        let (version, error) = (RwSignal::new(None), RwSignal::new(None::<ApiError>));
        let code = move |of: RwSignal<Option<ApiError>>| of.with(|error| error.as_ref().and_then(ApiError::code));
        let is_outdated = Memo::new(move |_| code(commit.error) == Some(ProblemCode::PreconditionFailed));
        let is_gone =
            Memo::new(move |_| [commit.error, error].into_iter().any(|of| code(of) == Some(ProblemCode::NotFound)));
        let read = Callback::new(move |()| {
            let (path, take) = (path.clone(), take.clone());
            let is_first = version.with_untracked(Option::is_none);
            error.set(None);
            spawn_local(async move {
                let read = Authenticated.get_version(&path).await;
                match read.and_then(|(text, tag)| Ok((transport::parse::<T>(&text)?, tag))) {
                    // Whoever asked may be gone.
                    Ok((found, tag)) => {
                        if version.try_set(Some(tag)).is_none() {
                            if !is_first {
                                commit.error.set(None);
                            }
                            take(found, is_first);
                        }
                    }
                    Err(failure) => {
                        commit.state().session.note(&failure);
                        drop(error.try_set(Some(failure)));
                    }
                }
            });
        });
        read.run(());
        watch(move || {
            if is_outdated.get() {
                read.run(());
            }
        });
        Self { version, is_gone, is_outdated, error, read }
    }

    /// Whether its version is known and, as far as that is, still the present one.
    pub fn is_ready(self) -> bool {
        self.version.with(Option::is_some) && !self.is_outdated.get()
    }
}

/// What has to be said of reading it and of writing; `unread` says that it could not be read. None where it is still to be made.
pub fn outcome(unread: &'static str, of: Option<Versioned>, commit: Commit) -> AnyView {
    let failed = move || {
        let (error, of) = (of?.error.get()?, of?);
        Some(view! {
            {alert("banner--bad", unread, error.sentence())}
            <button class="btn btn--sm" type="button" on:click=move |_| of.read.run(())>{icon("renew", 14)}"Retry"</button>
        })
    };
    let written = move || {
        let is_outdated = of.is_some_and(|of| of.is_outdated.get());
        (!is_outdated).then(|| progress(commit, Signal::stored(None)))
    };
    view! { {dynamic(failed)}{dynamic(written)} }.into_any()
}

/// What it says now, beside what is written; one of the two goes on. `take` puts the former in the place of the latter.
pub fn changed(now: String, take: impl Fn() + Send + 'static) -> AnyView {
    view! {
        {alert("", "This changed while you were looking.", now)}
        <button class="btn btn--sm" type="button" on:click=move |_| take()>"Use latest"</button>
    }
    .into_any()
}
