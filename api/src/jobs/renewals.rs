//! Looks for what is due, again and again.

use std::time::Duration;

use crate::app::State;
use crate::features::renewals::service::tick;

/// Runs what is due every so often until the process ends; does nothing where the configuration switched it off.
pub fn start(state: &State) {
    let Some(seconds) = state.config.renewal_tick_seconds else { return };
    let (db, clock) = (state.db.clone(), state.clock.clone());
    let mut ticks = tokio::time::interval(Duration::from_secs(u64::from(seconds.get())));
    // After a long run the next one comes a whole tick later, not at once for each that was missed.
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    actix_web::rt::spawn(async move {
        loop {
            ticks.tick().await;
            match tick(&db, &clock).await {
                Ok(done) if done.size() > 0 => tracing::info!(
                    charged = done.charged,
                    short = done.short,
                    failed = done.failed,
                    held = done.held,
                    ended = done.ended,
                    resumed = done.resumed,
                    "renewals were run"
                ),
                Ok(_) => {}
                Err(error) => tracing::error!(%error, cause = ?error.cause(), "renewals could not be run"),
            }
        }
    });
}
