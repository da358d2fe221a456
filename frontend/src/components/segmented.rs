//! A switch between a few choices: a native radio group.

use leptos::prelude::*;

/// A radio group that looks like one control. `options` are value and label.
#[component]
pub fn Segmented(
    /// What is chosen, for assistive technology.
    legend: &'static str,
    /// The group's name; unique on the page.
    name: &'static str,
    /// Value and label of each choice.
    options: Vec<(&'static str, &'static str)>,
    /// The chosen value.
    #[prop(into)]
    value: Signal<&'static str>,
    /// Called with the new value.
    on_choose: Callback<&'static str>,
    /// Another choice at the end, which has to be made elsewhere.
    #[prop(optional)]
    extra: Option<AnyView>,
) -> impl IntoView {
    let option = move |(word, label): (&'static str, &'static str)| {
        let id = format!("{name}-{word}");
        view! {
            <span class="segmented__opt">
                <input
                    type="radio"
                    name=name
                    id=id.clone()
                    prop:checked=move || value.get() == word
                    on:change=move |_| on_choose.run(word)
                />
                <label for=id>{label}</label>
            </span>
        }
    };
    view! {
        <fieldset class="segmented">
            <legend class="vh">{legend}</legend>
            {options.into_iter().map(option).collect_view()}
            {extra}
        </fieldset>
    }
}
