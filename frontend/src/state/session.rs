//! Who is logged in.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::dto::session::Session;
use shared::paths;
use shared::vocab::Permission;

use crate::api::{ApiError, Authenticated};

/// What is known about the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionStatus {
    /// Nobody asked the server yet.
    Unknown,
    /// Nobody is logged in.
    SignedOut,
    /// Somebody is.
    SignedIn(Box<Session>),
    /// Somebody was, and what they looked at is still on screen.
    Ended(Box<Session>),
}

/// The session of this tab.
#[derive(Debug, Clone, Copy)]
pub struct SessionState {
    status: RwSignal<SessionStatus>,
    /// Grows with each log-in, so that pages read again what they could not.
    log_ins: RwSignal<u32>,
}

impl SessionState {
    /// Made once, by the app.
    pub(crate) fn new() -> Self {
        Self { status: RwSignal::new(SessionStatus::Unknown), log_ins: RwSignal::new(0) }
    }

    /// What is known.
    pub fn status(self) -> SessionStatus {
        self.status.get()
    }

    /// Whether nobody asked yet.
    pub fn is_unknown(self) -> bool {
        self.status.with_untracked(|status| *status == SessionStatus::Unknown)
    }

    /// The session, also when it has just ended.
    pub fn session(self) -> Option<Box<Session>> {
        match self.status.get() {
            SessionStatus::SignedIn(session) | SessionStatus::Ended(session) => Some(session),
            SessionStatus::Unknown | SessionStatus::SignedOut => None,
        }
    }

    /// The reseller's time zone, or UTC until it is known.
    pub fn time_zone(self) -> String {
        let zone = self.session().and_then(|session| session.reseller.map(|reseller| reseller.time_zone));
        zone.unwrap_or_else(|| "UTC".to_owned())
    }

    /// Whether the person may do something.
    pub fn may(self, permission: Permission) -> bool {
        self.session().is_some_and(|session| session.permissions.contains(&permission))
    }

    /// Changes with each log-in.
    pub fn log_ins(self) -> u32 {
        self.log_ins.get()
    }

    /// Asks the server who is logged in.
    pub fn ask(self) {
        spawn_local(async move {
            match Authenticated.get::<Session>(paths::SESSION).await {
                Ok(session) => self.know(session),
                Err(error) => self.note(&error),
            }
        });
    }

    /// Takes a session that came with an answer.
    pub fn know(self, session: Session) {
        let status = SessionStatus::SignedIn(Box::new(session));
        if self.status.with_untracked(|known| *known != status) {
            self.status.set(status);
        }
    }

    /// Somebody logged in.
    pub fn begin(self, session: Session) {
        self.know(session);
        self.log_ins.update(|count| *count += 1);
    }

    /// Somebody logged out.
    pub fn end(self) {
        self.status.set(SessionStatus::SignedOut);
    }

    /// Learns from an error whether the session is over.
    pub fn note(self, error: &ApiError) {
        if *error != ApiError::SessionEnded {
            return;
        }
        match self.status.get_untracked() {
            SessionStatus::SignedIn(session) => self.status.set(SessionStatus::Ended(session)),
            SessionStatus::Unknown => self.status.set(SessionStatus::SignedOut),
            SessionStatus::SignedOut | SessionStatus::Ended(_) => {}
        }
    }
}
