//! The reason an operator has to give, and what is said where there is none.

use leptos::prelude::*;

use crate::components::{TextField, focus_field};
use crate::state::commit::Commit;

const FIELD: &str = "decision-text";

/// A reason that is being written.
#[derive(Debug, Clone, Copy)]
pub struct Reason {
    text: RwSignal<String>,
    is_missed: RwSignal<bool>,
    commit: Commit,
}

impl Reason {
    /// For what `commit` sends.
    pub fn new(commit: Commit) -> Self {
        Self { text: RwSignal::new(String::new()), is_missed: RwSignal::new(false), commit }
    }

    /// The reason; where there is none, the field says so and has the focus.
    pub fn given(self) -> Option<String> {
        let text = self.text.with_untracked(|text| text.trim().to_owned());
        self.is_missed.set(text.is_empty());
        if text.is_empty() {
            focus_field(FIELD);
            return None;
        }
        Some(text)
    }

    /// Its field.
    pub fn field(self, label: &'static str) -> AnyView {
        let wrong = Signal::derive(move || {
            if self.is_missed.get() && self.text.with(|text| text.trim().is_empty()) {
                return Some("Give a reason.".to_owned());
            }
            self.commit.error.with(|error| error.as_ref().and_then(|error| error.field("/reason")))
        });
        view! { <TextField id=FIELD label=label kind="text" autocomplete="off" value=self.text error=wrong/> }
            .into_any()
    }
}
