//! What can happen to an activation and to the wallet, each in the caller's transaction.

mod actions;
mod planning;
mod quoting;
mod recording;
mod running;
mod settling;
mod tally;
mod together;

use chrono::{DateTime, Utc};
use domain::activation::TransitionError;
use shared::problem::ProblemCode;

use crate::auth::{Actor, Reseller};
use crate::error::Error;

pub use super::store::bulk::queue_waiting;
pub use actions::{
    NewActivation, PutInService, activate, adjust, deactivate, fail_provisioning, keep, pause, provision, renew,
    resume, set_auto_renew, set_priority, top_up,
};
pub use planning::{Action, Request};
pub use quoting::{Agree, Done, Quoted, balance_minor, change_settings, create, lock, perform, quote, quote_new};
pub use running::{Pass, Position, run_due, run_some};
pub use settling::{next_due_at, replay_until, settle};
pub use tally::{Tally, Told};

/// When something happens, and who asked for it.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Whose activation or wallet.
    pub reseller: &'a Reseller,
    /// When it happens: the rules know no other time.
    pub now: DateTime<Utc>,
    /// When it is written down; later than `now` for data that is moved in.
    pub recorded_at: DateTime<Utc>,
    /// Who asked for it.
    pub actor: &'a Actor,
    /// The request.
    pub request_id: Option<&'a str>,
    /// The key under which money moves at most once.
    pub idempotency_key: Option<&'a str>,
}

impl<'a> Context<'a> {
    /// Something that happens now.
    pub fn new(reseller: &'a Reseller, now: DateTime<Utc>, actor: &'a Actor) -> Self {
        Self { reseller, now, recorded_at: now, actor, request_id: None, idempotency_key: None }
    }

    /// The same at another moment.
    #[must_use]
    pub fn at(self, now: DateTime<Utc>) -> Self {
        Self { now, ..self }
    }

    /// What time alone does is nobody's doing.
    fn by<'b>(self, system: &'b Actor) -> Context<'b>
    where
        'a: 'b,
    {
        Context { actor: system, idempotency_key: None, ..self }
    }
}

/// A transition the rules refuse, as a problem.
fn refused(error: TransitionError) -> Error {
    match error {
        TransitionError::Invalid { status, allowed_actions } => {
            let listed = allowed_actions.iter().map(|action| action.as_str()).collect::<Vec<_>>().join(", ");
            let allowed = if listed.is_empty() { "nothing".to_owned() } else { listed };
            Error::invalid_transition(format!("The activation is {status}. Allowed now: {allowed}."), allowed_actions)
        }
        TransitionError::AlreadyRenewedAhead { paid_until_at } => Error::new(
            ProblemCode::AlreadyRenewedAhead,
            format!("The next period is paid already, until {}.", paid_until_at.format("%Y-%m-%dT%H:%M:%SZ")),
        ),
        TransitionError::ChangeAtRenewalOnly => Error::new(
            ProblemCode::ChangeAtRenewalOnly,
            "What is paused or unpaid changes its interval with the next period that is charged.",
        ),
        TransitionError::Calendar(error) => Error::internal(error),
    }
}
