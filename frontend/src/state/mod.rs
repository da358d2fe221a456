//! What the whole app knows: who is logged in, the theme, what is announced, whether there is a connection.
//!
//! [`query`] holds one resource a page shows. Knows no page and no markup.

pub mod announcer;
pub mod commit;
pub mod connection;
pub mod query;
pub mod session;
pub mod shortcuts;
pub mod theme;
pub mod viewport;

use leptos::prelude::*;
use shared::dto::forecast::Runway;
use shared::vocab::Money;

/// Everything that lives as long as the app.
#[derive(Debug, Clone, Copy)]
pub struct AppState {
    /// Who is logged in.
    pub session: session::SessionState,
    /// What is read out to assistive technology.
    pub announcer: announcer::Announcer,
    /// Light, dark, or as the system has it.
    pub theme: theme::ThemeState,
    /// Whether the browser has a connection.
    pub is_online: ReadSignal<bool>,
    /// The balance that was read last, wherever that was.
    pub balance: RwSignal<Option<Money>>,
    /// How far the wallet reaches, as it was read last.
    pub runway: RwSignal<Option<Runway>>,
    /// How many notices nobody has read; none until that is known.
    pub unread_notices: RwSignal<Option<i64>>,
    /// Grows with each change this tab made, so that what depends on it is read again.
    pub writes: RwSignal<u32>,
    /// How wide the window is, in the steps of the design.
    pub viewport: viewport::Viewport,
}

impl AppState {
    /// Made once, by the app.
    pub fn provide() -> Self {
        let state = Self {
            session: session::SessionState::new(),
            announcer: announcer::Announcer::new(),
            theme: theme::ThemeState::new(),
            is_online: connection::is_online(),
            balance: RwSignal::new(None),
            runway: RwSignal::new(None),
            unread_notices: RwSignal::new(None),
            writes: RwSignal::new(0),
            viewport: viewport::Viewport::new(),
        };
        provide_context(state);
        state
    }

    /// Something was changed, and the wallet holds `balance` since; none where the answer does not say.
    pub fn changed(&self, balance: Option<Money>) {
        if balance.is_some() {
            self.balance.set(balance);
        }
        self.writes.update(|count| *count += 1);
    }
}

/// The state the app provided.
pub fn app_state() -> AppState {
    expect_context()
}

/// Runs `action` now, and again when a signal it reads changes. Boxed, so that the machinery is compiled once.
pub fn watch(action: impl Fn() + 'static) {
    let action: Box<dyn Fn()> = Box::new(action);
    Effect::new(move |_: Option<()>| action());
}
