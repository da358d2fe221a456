//! The resellers by name, and choosing some of them.

use leptos::prelude::*;
use shared::dto::operator::OperatorReseller;
use shared::dto::page::Page;
use shared::paths;
use shared::vocab::ResellerId;
use std::collections::BTreeSet;

use super::event_model::{Names, offered};
use crate::components::{dynamic, error_line, optional_field};
use crate::format::BROWSER;
use crate::format::words::counted;
use crate::state::query::Query;
use crate::state::watch;

/// The field by which a reseller is found.
pub const FIELD: &str = "event-resellers";

/// All resellers, read page by page once somebody wants them.
#[derive(Debug, Clone, Copy)]
pub struct Resellers {
    /// As far as they are read.
    pub names: RwSignal<Names>,
    page: Query<Page<OperatorReseller>>,
    is_complete: RwSignal<bool>,
    is_wanted: StoredValue<bool>,
}

impl Resellers {
    /// Reads nothing yet.
    pub fn new() -> Self {
        let (names, is_complete) = (RwSignal::new(Names::new()), RwSignal::new(false));
        let page = Query::<Page<OperatorReseller>>::new();
        watch(move || {
            let Some(read) = page.data.get() else { return };
            let name = |one: OperatorReseller| {
                let closed = if one.is_closed { " (closed)" } else { "" };
                (one.id, format!("{}{closed}", one.name))
            };
            names.update(|names| names.extend(read.items.into_iter().map(name)));
            match read.page.next_cursor {
                Some(cursor) => page.load(path(&format!("&cursor={cursor}"))),
                None => is_complete.set(true),
            }
        });
        Self { names, page, is_complete, is_wanted: StoredValue::new(false) }
    }

    /// Reads them, unless that has begun.
    pub fn want(self) {
        if !self.is_wanted.get_value() {
            self.is_wanted.set_value(true);
            self.page.load(path(""));
        }
    }

    /// The field that finds some and the boxes of those it finds.
    pub fn choice(self, chosen: RwSignal<BTreeSet<ResellerId>>, wrong: Signal<Option<String>>) -> AnyView {
        self.want();
        let typed = RwSignal::new(String::new());
        let list = move || {
            if self.page.error.with(Option::is_some) {
                let again = Callback::new(move |()| self.page.reload());
                return error_line("The resellers could not be loaded", again);
            }
            if !self.is_complete.get() {
                return view! { <p class="note" role="status">"Loading the resellers…"</p> }.into_any();
            }
            // Whoever is chosen now stays in place until another name is typed.
            let (shown, more) = chosen
                .with_untracked(|chosen| self.names.with(|names| typed.with(|typed| offered(names, chosen, typed))));
            let nobody =
                shown.is_empty().then(|| view! { <p class="note" role="status">"No reseller has this name."</p> });
            let more = (more > 0).then(|| view! { <p class="note">{more}" more: type a part of the name."</p> });
            let boxes: Vec<AnyView> = shown.into_iter().map(|(id, name)| check(id, name, chosen)).collect();
            view! { {nobody}<div class="bulk-items">{boxes}</div>{more} }.into_any()
        };
        let number = move || {
            let number = i64::try_from(chosen.with(BTreeSet::len)).unwrap_or(i64::MAX);
            format!("{} chosen", counted(number, "reseller", "resellers", BROWSER))
        };
        view! {
            {optional_field(FIELD, "Find resellers by name or id", typed, wrong)}
            {dynamic(list)}
            <p class="note" role="status">{dynamic(number)}</p>
        }
        .into_any()
    }
}

fn path(more: &str) -> String {
    format!("{}?limit=200{more}", paths::OPERATOR_RESELLERS)
}

fn check(id: ResellerId, name: String, chosen: RwSignal<BTreeSet<ResellerId>>) -> AnyView {
    let change = move |_| {
        chosen.update(|chosen| {
            if !chosen.remove(&id) {
                chosen.insert(id);
            }
        });
    };
    view! {
        <label class="check-row">
            <input
                class="check"
                type="checkbox"
                id=id.to_string()
                prop:checked=move || chosen.with(|chosen| chosen.contains(&id))
                on:change=change
            />
            <span>{name}</span>
        </label>
    }
    .into_any()
}
