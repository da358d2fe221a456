//! `renew-due`.

use shared::vocab::RunTrigger;

use super::arguments::RenewDueArguments;
use super::{Failure, Workplace, output};
use crate::config::Environment;
use crate::features::accounts::service::get_reseller_by_text;
use crate::features::renewals::service::run_by_hand;

/// `renew-due …`.
pub async fn renew_due(arguments: &RenewDueArguments, environment: &Environment) -> Result<(), Failure> {
    let place = Workplace::open(&arguments.settings, environment).await?;
    let reseller = match &arguments.reseller {
        Some(text) => Some(get_reseller_by_text(&place.db, text).await?),
        None => None,
    };
    let cause = if arguments.release { RunTrigger::Release } else { RunTrigger::Command };
    let done = run_by_hand(&place.db, &place.clock, reseller.as_ref(), cause).await?;
    output::line(&format!(
        "{} due: {} charged, {} not covered, {} held, {} failed. {} ended, {} resumed.",
        done.due(),
        done.charged,
        done.short,
        done.held,
        done.failed,
        done.ended,
        done.resumed
    ));
    if done.failed == 0 { Ok(()) } else { Err(Failure::Told) }
}
