//! Parts of the page that follow signals.

use leptos::prelude::*;

/// A part that is drawn anew when a signal it reads changes.
///
/// The same as the closure itself, but of one type for all closures: otherwise the machinery behind each of them is compiled
/// once more, and the app is a tenth larger.
pub fn dynamic<V: IntoView + 'static>(part: impl Fn() -> V + Send + 'static) -> AnyView {
    boxed(Box::new(move || part().into_any()))
}

fn boxed(part: Box<dyn Fn() -> AnyView + Send>) -> AnyView {
    (move || part()).into_any()
}
