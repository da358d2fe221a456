//! Fields of forms: label above, hint, error below, tied together for assistive technology.

use crate::components::dynamic;
use leptos::prelude::*;

use super::icon;

/// A line of text.
#[component]
pub fn TextField(
    /// Unique on the page.
    id: &'static str,
    /// What is asked.
    label: &'static str,
    /// `email`, `text`, …
    kind: &'static str,
    /// What a password manager may fill in.
    autocomplete: &'static str,
    /// The text.
    value: RwSignal<String>,
    /// What is wrong with it.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label class="field__label" for=id>{label}</label>
            <input
                class="input"
                id=id
                type=kind
                autocomplete=autocomplete
                required
                prop:value=value
                on:input:target=move |event| value.set(event.target().value())
                aria-invalid=move || error.get().map(|_| "true")
                aria-describedby=move || error.get().map(|_| format!("{id}-error"))
            />
            {field_error(id, error)}
        </div>
    }
}

/// A line of text that may be left empty.
pub fn optional_field(
    id: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    error: Signal<Option<String>>,
) -> AnyView {
    field("text", id, label, value, error)
}

/// A date, typed or picked.
pub fn date_field(
    id: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    error: Signal<Option<String>>,
) -> AnyView {
    field("date", id, label, value, error)
}

fn field(
    kind: &'static str,
    id: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    error: Signal<Option<String>>,
) -> AnyView {
    view! {
        <div class="field">
            <label class="field__label" for=id>{label}</label>
            <input
                class="input"
                id=id
                type=kind
                autocomplete="off"
                prop:value=value
                on:input:target=move |event| value.set(event.target().value())
                aria-invalid=move || error.get().map(|_| "true")
                aria-describedby=move || error.get().map(|_| format!("{id}-error"))
            />
            {field_error(id, error)}
        </div>
    }
    .into_any()
}

/// A password, which can be shown.
#[component]
pub fn PasswordField(
    /// Unique on the page.
    id: &'static str,
    /// What is asked.
    label: &'static str,
    /// `current-password` or `new-password`.
    autocomplete: &'static str,
    /// The password.
    value: RwSignal<String>,
    /// What is wrong with it.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// What is expected of it.
    #[prop(optional)]
    hint: Option<&'static str>,
    /// Stands at the end of the label's line.
    #[prop(optional)]
    aside: Option<AnyView>,
) -> impl IntoView {
    let is_shown = RwSignal::new(false);
    let described_by = move || {
        let hint = hint.map(|_| format!("{id}-hint"));
        let error = error.get().map(|_| format!("{id}-error"));
        let ids: Vec<String> = hint.into_iter().chain(error).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    };
    view! {
        <div class="field">
            <div class="field__top"><label class="field__label" for=id>{label}</label>{aside}</div>
            <div class="input-wrap">
                <input
                    class="input input--action"
                    id=id
                    type=move || if is_shown.get() { "text" } else { "password" }
                    autocomplete=autocomplete
                    required
                    prop:value=value
                    on:input:target=move |event| value.set(event.target().value())
                    aria-invalid=move || error.get().map(|_| "true")
                    aria-describedby=described_by
                />
                <button
                    class="btn btn--link btn--inset"
                    type="button"
                    aria-pressed=move || if is_shown.get() { "true" } else { "false" }
                    aria-label="Show password"
                    on:click=move |_| is_shown.update(|shown| *shown = !*shown)
                >
                    {icon("eye", 14)}
                    {dynamic(move || if is_shown.get() { "Hide" } else { "Show" })}
                </button>
            </div>
            {hint.map(|hint| view! { <p class="field__hint" id=format!("{id}-hint")>{hint}</p> })}
            {field_error(id, error)}
        </div>
    }
}

/// Puts the focus on a field, or on whatever else has that id.
pub fn focus_field(id: &str) {
    use wasm_bindgen::JsCast as _;
    if let Some(field) = document().get_element_by_id(id) {
        let _ = field.unchecked_into::<web_sys::HtmlElement>().focus();
    }
}

fn field_error(id: &'static str, error: Signal<Option<String>>) -> impl IntoView {
    move || {
        let text = error.get()?;
        Some(view! { <p class="field__error" id=format!("{id}-error")>{icon("warn", 14)}<span>{text}</span></p> })
    }
}
