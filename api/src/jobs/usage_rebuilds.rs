//! Goes on with changes of time zone, again and again.

use std::time::Duration;

use crate::app::State;
use crate::features::usage::rebuild::work;

const PAUSE: Duration = Duration::from_secs(2);

/// Does what there is to do every so often until the process ends; does nothing where renewals are switched off as well.
pub fn start(state: &State) {
    if state.config.renewal_tick_seconds.is_none() {
        return;
    }
    let (db, clock) = (state.db.clone(), state.clock.clone());
    actix_web::rt::spawn(async move {
        loop {
            match work(&db, &clock).await {
                Ok(0) => {}
                Ok(steps) => tracing::info!(steps, "usage was counted anew in another time zone"),
                Err(error) => tracing::error!(%error, cause = ?error.cause(), "usage could not be counted anew"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    });
}
