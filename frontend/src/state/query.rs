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
    /// Why the last reading failed; cleared by the next that succeeds, and by another question.
    pub error: RwSignal<Option<ApiError>>,
    /// Whether it is being read.
    pub is_loading: RwSignal<bool>,
    /// Whether `data` is of what is asked now; until then it is of an earlier question, or of none.
    pub is_answered: RwSignal<bool>,
    state: QueryState,
}

/// The part of a query that is the same for every resource.
#[derive(Debug, Clone, Copy)]
struct QueryState {
    error: RwSignal<Option<ApiError>>,
    is_loading: RwSignal<bool>,
    is_answered: RwSignal<bool>,
    asked: StoredValue<Asked>,
    session: SessionState,
}

/// What is asked: an address, and a body where it is sent with one.
type Question = (String, Option<String>);

/// The last question with its number, and the one that was answered last.
#[derive(Debug, Clone, Default)]
struct Asked {
    number: u32,
    question: Question,
    answered: Option<Question>,
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
        let (error, is_loading, is_answered) = (RwSignal::new(None), RwSignal::new(true), RwSignal::new(false));
        let state = QueryState { error, is_loading, is_answered, asked: StoredValue::default(), session };
        let query = Self { data: RwSignal::new(None), error, is_loading, is_answered, state };
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
        if self.state.change((path, body)) {
            self.reload();
        }
    }

    /// Reads the same once more.
    pub fn reload(self) {
        let next = self.state.asked.try_update_value(|asked| {
            asked.number += 1;
            (asked.number, asked.question.clone())
        });
        let Some((number, question)) = next.filter(|(_, (path, _))| !path.is_empty()) else { return };
        let data = self.data;
        let accept = Box::new(move |text: &str| {
            let read: T = transport::parse(text)?;
            if data.with_untracked(|known| known.as_ref() != Some(&read)) {
                data.set(Some(read));
            }
            Ok(())
        });
        spawn_local(ask(self.state, number, question, accept));
    }
}

impl Asked {
    /// Takes a question; where it is another one, says whether it is the one whose answer is still there.
    fn change(&mut self, question: Question) -> Option<bool> {
        let is_other = self.question != question;
        self.question = question;
        is_other.then(|| self.answered.as_ref() == Some(&self.question))
    }
}

impl QueryState {
    /// Asks `question` from now on; false where whoever asks is late and finds the page gone.
    fn change(self, question: Question) -> bool {
        let changed = self.asked.try_update_value(|asked| asked.change(question));
        if let Some(Some(is_answered)) = changed {
            self.error.set(None);
            self.is_answered.set(is_answered);
        }
        changed.is_some()
    }

    /// What was asked last is answered.
    fn answered(self) {
        self.asked.update_value(|asked| asked.answered = Some(asked.question.clone()));
        self.error.set(None);
        if !self.is_answered.get_untracked() {
            self.is_answered.set(true);
        }
    }
}

/// Everything of a reading that does not depend on what is read, so that it is compiled once.
async fn ask(state: QueryState, number: u32, (path, body): Question, accept: Accept) {
    state.is_loading.set(true);
    let answer = match body {
        Some(body) => Authenticated.write(Method::POST, &path, &body, &[]).await,
        None => Authenticated.get_text(&path).await,
    };
    // The page may be gone, or have asked something else since.
    if state.asked.try_with_value(|asked| asked.number) != Some(number) {
        return;
    }
    match answer.and_then(|text| accept(&text)) {
        Ok(()) => state.answered(),
        Err(error) => {
            state.session.note(&error);
            state.error.set(Some(error));
        }
    }
    state.is_loading.set(false);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_of_the_question_that_was_answered_last() {
        let question = |path: &str| (path.to_owned(), None);
        let mut asked = Asked::default();
        assert_eq!(asked.change(question("/unused?days=30")), Some(false), "nothing is there yet");
        asked.answered = Some(asked.question.clone());
        assert_eq!(asked.change(question("/unused?days=30")), None, "the same once more");
        assert_eq!(asked.change(question("/unused?days=90")), Some(false));
        assert_eq!(asked.change(("/unused?days=90".to_owned(), Some("{}".to_owned()))), Some(false));
        assert_eq!(asked.change(question("/unused?days=30")), Some(true), "back to what is still there");
    }
}
