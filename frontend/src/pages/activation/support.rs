//! What support asks for first, as plain text on the clipboard.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::dto::activation::{Activation, HistoryEntry};
use shared::dto::page::Page;
use shared::paths;

use super::model::support_summary;
use crate::api::Authenticated;
use crate::state::app_state;

/// As many of the last events belong to it.
const EVENTS: usize = 5;

/// Puts it on the clipboard and says so.
pub fn copy_summary(data: Activation) {
    let state = app_state();
    spawn_local(async move {
        let path = format!("{}?limit={EVENTS}", paths::activation_history(data.row.id));
        match Authenticated.get::<Page<HistoryEntry>>(&path).await {
            Ok(page) => {
                let text = support_summary(&data, &page.items);
                let written = wasm_bindgen_futures::JsFuture::from(window().navigator().clipboard().write_text(&text));
                let is_written = written.await.is_ok();
                state.announcer.say(if is_written { "Copied" } else { "The browser did not allow copying" });
            }
            Err(error) => {
                state.session.note(&error);
                state.announcer.say(&error.sentence());
            }
        }
    });
}
