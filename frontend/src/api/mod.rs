//! The way to the server.
//!
//! Two clients, two types: [`Anonymous`] can only do what needs no session; [`Authenticated`] renews an expired session once
//! and in one tab at a time, and says so when it is over. Neither knows a page.

mod anonymous;
mod authenticated;
mod renewal;
pub(crate) mod transport;

pub use anonymous::Anonymous;
pub use authenticated::Authenticated;
pub use renewal::now;

use shared::problem::{Problem, ProblemCode};

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// The server refused and said why.
    Problem(Box<Problem>),
    /// Nobody answered: no connection, or the server is down.
    Unreachable,
    /// The session is over; only logging in helps.
    SessionEnded,
    /// Something answered that is not this API; the server may be newer than this page.
    Unreadable,
}

impl ApiError {
    /// The code of the problem, where there is one.
    pub fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Problem(problem) => Some(problem.code),
            _ => None,
        }
    }

    /// Whether the server did not take what stands at a place of the request.
    pub fn refuses(&self, pointer: &str) -> bool {
        matches!(self, Self::Problem(problem) if problem.errors.iter().any(|error| error.pointer == pointer))
    }

    /// One plain sentence for the person in front of the screen.
    pub fn sentence(&self) -> String {
        match self {
            Self::Problem(problem) if problem.detail.is_empty() => format!("{}.", problem.title),
            Self::Problem(problem) => problem.detail.clone(),
            Self::Unreachable => "The server did not answer. Check your connection.".to_owned(),
            Self::SessionEnded => "Your session has ended. Sign in again.".to_owned(),
            Self::Unreadable => "The answer could not be read. Reload the page: it may be out of date.".to_owned(),
        }
    }

    /// What to quote when asking for help.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Problem(problem) if !problem.request_id.is_empty() => Some(&problem.request_id),
            _ => None,
        }
    }

    /// What is said about one field of the form that was sent, by its JSON pointer.
    pub fn field(&self, pointer: &str) -> Option<String> {
        let Self::Problem(problem) = self else { return None };
        problem.errors.iter().find(|error| error.pointer == pointer).map(|error| error.message.clone())
    }
}
