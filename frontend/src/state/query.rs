//! One resource a page shows: its data, whether it is being read, and what went wrong last.
//!
//! Data stays until newer data comes; an answer that was overtaken by a later question is dropped.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;

use super::app_state;
use super::session::SessionState;
use crate::api::{ApiError, Authenticated};

/// A resource that is read again and again.
#[derive(Debug)]
pub struct Query<T: Send + Sync + 'static> {
    /// What was read last.
    pub data: RwSignal<Option<T>>,
    /// Why the last reading failed; cleared by the next that succeeds.
    pub error: RwSignal<Option<ApiError>>,
    /// Whether it is being read.
    pub is_loading: RwSignal<bool>,
    /// The last question and its number.
    asked: StoredValue<(u32, String)>,
    session: SessionState,
}

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
        let query = Self {
            data: RwSignal::new(None),
            error: RwSignal::new(None),
            is_loading: RwSignal::new(true),
            asked: StoredValue::new((0, String::new())),
            session,
        };
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
        self.asked.update_value(|asked| asked.1 = path);
        self.reload();
    }

    /// Reads the same once more.
    pub fn reload(self) {
        self.asked.update_value(|asked| asked.0 += 1);
        let (number, path) = self.asked.get_value();
        if path.is_empty() {
            return;
        }
        self.is_loading.set(true);
        let session = self.session;
        spawn_local(async move {
            let answer = Authenticated.get::<T>(&path).await;
            // The page may be gone, or have asked something else since.
            if self.asked.try_get_value().is_none_or(|asked| asked.0 != number) {
                return;
            }
            match answer {
                Ok(data) => {
                    self.error.set(None);
                    if self.data.with_untracked(|known| known.as_ref() != Some(&data)) {
                        self.data.set(Some(data));
                    }
                }
                Err(error) => {
                    session.note(&error);
                    self.error.set(Some(error));
                }
            }
            self.is_loading.set(false);
        });
    }
}
