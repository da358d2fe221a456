//! One resource a page shows: its data, whether it is being read, and what went wrong last.
//!
//! Data stays until newer data comes; an answer that was overtaken by a later question is dropped.

use gloo_net::http::Method;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;

use super::app_state;
use super::session::SessionState;
use crate::api::{ApiError, Authenticated, transport};

/// A resource that is read again and again.
#[derive(Debug)]
pub struct Query<T: Send + Sync + 'static> {
    /// What was read last.
    pub data: RwSignal<Option<T>>,
    /// Why the last reading failed; cleared by the next that succeeds.
    pub error: RwSignal<Option<ApiError>>,
    /// Whether it is being read.
    pub is_loading: RwSignal<bool>,
    state: QueryState,
}

/// The part of a query that is the same for every resource.
#[derive(Debug, Clone, Copy)]
struct QueryState {
    error: RwSignal<Option<ApiError>>,
    is_loading: RwSignal<bool>,
    /// The last question: its number, its address, and its body where it is sent with one.
    asked: StoredValue<(u32, String, Option<String>)>,
    session: SessionState,
}

type Accept = Box<dyn FnOnce(&str) -> Result<(), ApiError>>;

impl<T: Send + Sync + 'static> Clone for Query<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Query<T> {}

impl<T: DeserializeOwned + Clone + PartialEq + Send + Sync + 'static> Query<T> {
    /// Reads nothing yet. Asks again after each log-in.
    pub(crate) fn new() -> Self {
        let session = app_state().session;
        let (error, is_loading) = (RwSignal::new(None), RwSignal::new(true));
        let state = QueryState { error, is_loading, asked: StoredValue::new((0, String::new(), None)), session };
        let query = Self { data: RwSignal::new(None), error, is_loading, state };
        Effect::new(move |before: Option<u32>| {
            let log_ins = session.log_ins();
            if before.is_some_and(|before| before != log_ins) {
                query.reload();
            }
            log_ins
        });
        query
    }

    /// Reads `path` from now on.
    pub fn load(self, path: String) {
        self.change(path, None);
    }

    /// Asks `path` with a body from now on: a question that stores nothing, such as a quote.
    pub fn ask(self, path: String, body: String) {
        self.change(path, Some(body));
    }

    fn change(self, path: String, body: Option<String>) {
        // Whoever asks late may find the page gone.
        if self.state.asked.try_update_value(|asked| (asked.1, asked.2) = (path, body)).is_some() {
            self.reload();
        }
    }

    /// Reads the same once more.
    pub fn reload(self) {
        let next = self.state.asked.try_update_value(|asked| {
            asked.0 += 1;
            asked.clone()
        });
        let Some((number, path, body)) = next.filter(|(_, path, _)| !path.is_empty()) else { return };
        let data = self.data;
        let accept = Box::new(move |text: &str| {
            let read: T = transport::parse(text)?;
            if data.with_untracked(|known| known.as_ref() != Some(&read)) {
                data.set(Some(read));
            }
            Ok(())
        });
        spawn_local(ask(self.state, number, (path, body), accept));
    }
}

/// Everything of a reading that does not depend on what is read, so that it is compiled once.
async fn ask(state: QueryState, number: u32, (path, body): (String, Option<String>), accept: Accept) {
    state.is_loading.set(true);
    let answer = match body {
        Some(body) => Authenticated.write(Method::POST, &path, &body, &[]).await,
        None => Authenticated.get_text(&path).await,
    };
    // The page may be gone, or have asked something else since.
    if state.asked.try_get_value().is_none_or(|asked| asked.0 != number) {
        return;
    }
    match answer.and_then(|text| accept(&text)) {
        Ok(()) => state.error.set(None),
        Err(error) => {
            state.session.note(&error);
            state.error.set(Some(error));
        }
    }
    state.is_loading.set(false);
}
