//! A write that must happen once: sent under one key until there is an answer.
//!
//! When nobody answers, it is not known whether the write went through. The same request is sent again under the same key: the
//! server then either carries it out or repeats its first answer. Nobody is ever asked to try again.

use gloo_net::http::Method;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::problem::ProblemCode;
use std::fmt::Write as _;
use std::time::Duration;

use super::{AppState, app_state};
use crate::api::{ApiError, Authenticated};

/// As long as this a dialog stays open for an answer.
const LOCKED: Duration = Duration::from_secs(10);
const LONGEST_PAUSE_MILLISECONDS: u32 = 8_000;

/// How far a write is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Not sent, or refused: nothing happened.
    Ready,
    /// Sent.
    Sending,
    /// Sent, and the answer did not come: being found out.
    Checking,
}

/// What is written.
#[derive(Debug, Clone)]
pub struct Write {
    /// POST or PATCH.
    pub method: Method,
    /// Where.
    pub path: String,
    /// What.
    pub body: String,
    /// The version of the resource that is changed, for PATCH.
    pub version: Option<String>,
}

impl Write {
    /// A POST of `body`.
    pub fn post<T: serde::Serialize>(path: String, body: &T) -> Result<Self, ApiError> {
        let body = crate::api::transport::write(body)?;
        Ok(Self { method: Method::POST, path, body, version: None })
    }
}

type Done = Box<dyn FnOnce(&str) -> Result<(), ApiError>>;

/// One write, its key, and what became of it.
#[derive(Debug, Clone, Copy)]
pub struct Commit {
    /// How far it is.
    pub stage: RwSignal<Stage>,
    /// Why it was refused; nothing happened then.
    pub error: RwSignal<Option<ApiError>>,
    /// Whether it is too early to leave.
    pub is_locked: RwSignal<bool>,
    key: StoredValue<String>,
    state: AppState,
}

impl Commit {
    /// Sends nothing yet. Made once for each thing a person decides, so that the key is that of the decision.
    #[expect(clippy::new_without_default, reason = "it needs the app around it")]
    pub fn new() -> Self {
        Self {
            stage: RwSignal::new(Stage::Ready),
            error: RwSignal::new(None),
            is_locked: RwSignal::new(false),
            key: StoredValue::new(new_key()),
            state: app_state(),
        }
    }

    /// The app's state, for what is done with an answer: nothing can be looked up by then.
    pub const fn state(self) -> AppState {
        self.state
    }

    /// Whether an answer is awaited.
    pub fn is_busy(self) -> bool {
        self.stage.get() != Stage::Ready
    }

    /// Another decision, for what stays on screen when it is done.
    pub fn start_over(self) {
        self.key.set_value(new_key());
        self.error.set(None);
        self.stage.set(Stage::Ready);
        self.is_locked.set(false);
    }

    /// Sends `write` until there is an answer. While one is awaited, further calls do nothing.
    pub fn send(self, write: Result<Write, ApiError>, done: impl FnOnce(&str) -> Result<(), ApiError> + 'static) {
        if self.stage.get_untracked() != Stage::Ready {
            return;
        }
        match write {
            Ok(write) => {
                self.stage.set(Stage::Sending);
                self.is_locked.set(true);
                let unlock = move || {
                    self.is_locked.try_set(false);
                };
                set_timeout(unlock, LOCKED);
                spawn_local(self.settle(write, Box::new(done)));
            }
            Err(error) => self.error.set(Some(error)),
        }
    }

    async fn settle(self, write: Write, done: Done) {
        let Some(answer) = self.answer(&write).await else { return };
        // Once it is done, whoever asked goes away: nothing of it is touched any more.
        if let Err(error) = answer.and_then(|text| done(&text)) {
            self.state.session.note(&error);
            self.error.try_set(Some(error));
            self.stage.try_set(Stage::Ready);
            self.is_locked.try_set(false);
        }
    }

    /// None when whoever asked is gone.
    async fn answer(self, write: &Write) -> Option<Result<String, ApiError>> {
        let key = self.key.get_value();
        let mut headers = vec![("Idempotency-Key", key.as_str())];
        if let Some(version) = &write.version {
            headers = vec![("If-Match", version)];
        }
        let mut pause = 1_000;
        loop {
            let answer = Authenticated.write(write.method.clone(), &write.path, &write.body, &headers).await;
            self.stage.try_get_untracked()?;
            if !is_unknown(&answer) {
                return Some(answer);
            }
            self.stage.set(Stage::Checking);
            rest(pause).await;
            self.stage.try_get_untracked()?;
            pause = (pause * 2).min(LONGEST_PAUSE_MILLISECONDS);
        }
    }
}

/// Whether it is open if the write went through.
fn is_unknown(answer: &Result<String, ApiError>) -> bool {
    match answer {
        Err(ApiError::Unreachable) => true,
        Err(error) => error.code() == Some(ProblemCode::IdempotencyInFlight),
        Ok(_) => false,
    }
}

async fn rest(milliseconds: u32) {
    let pause = js_sys::Promise::new(&mut |resolve, _| {
        let resolve = move || {
            let _ = resolve.call0(&wasm_bindgen::JsValue::UNDEFINED);
        };
        set_timeout(resolve, Duration::from_millis(milliseconds.into()));
    });
    // It never rejects.
    let _ = wasm_bindgen_futures::JsFuture::from(pause).await;
}

/// 32 random hexadecimal digits.
fn new_key() -> String {
    let mut bytes = [0_u8; 16];
    if let Ok(crypto) = window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    bytes.iter().fold(String::with_capacity(32), |mut key, byte| {
        let _ = write!(key, "{byte:02x}");
        key
    })
}
