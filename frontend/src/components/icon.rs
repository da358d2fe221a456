//! The icons: one inline sprite, and the way to use one of its symbols.

use leptos::prelude::*;

/// The symbols of all icons, once per page.
pub fn sprite() -> impl IntoView {
    view! { <div class="sprite" inner_html=include_str!("sprite.svg")></div> }
}

/// A decorative icon of the sprite; what it means is always said in words beside it.
pub fn icon(name: &str, size: u8) -> AnyView {
    let symbol = format!("<use href=\"#i-{name}\"/>");
    view! { <svg class="icon" width=size height=size aria-hidden="true" inner_html=symbol></svg> }.into_any()
}

/// The sign of the product.
pub fn brand_mark() -> AnyView {
    let path = "<rect width=\"26\" height=\"26\" rx=\"7\"/><path fill=\"none\" stroke-width=\"2.2\" \
                stroke-linecap=\"round\" stroke-linejoin=\"round\" d=\"M8.5 7.5v11M17.5 7.5v11M8.5 13h9\"/>";
    view! { <svg class="brand__mark" viewBox="0 0 26 26" aria-hidden="true" inner_html=path></svg> }.into_any()
}
