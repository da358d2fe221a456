//! One action on several activations: what is selected, and the dialog of each action.

mod dialog;
mod words;

use crate::components::dynamic;
use leptos::prelude::*;
use shared::dto::activation::ActivationRow;
use shared::dto::lifecycle::MAX_BULK_ITEMS;
use shared::dto::page::Page;
use shared::vocab::{ActivationAction, ActivationId};

use crate::components::icon;
use crate::format::BROWSER;
use crate::format::words::counted;
use crate::pages::activation::{action_icon, action_name, permission_for};
use crate::state::app_state;
use crate::state::query::Query;
use dialog::BulkDialog;

const ACTIONS: [ActivationAction; 4] =
    [ActivationAction::Renew, ActivationAction::Pause, ActivationAction::Resume, ActivationAction::Deactivate];

/// What is selected, and what can be done with it.
#[component]
pub fn BulkBar(
    /// The selected rows' ids.
    selected: RwSignal<Vec<ActivationId>>,
    /// The rows on screen, for their names.
    page: Query<Page<ActivationRow>>,
    /// Called to select the rows of all pages.
    on_all: Callback<()>,
) -> impl IntoView {
    let session = app_state().session;
    let opened = RwSignal::new(None::<ActivationAction>);
    let close = Callback::new(move |()| {
        opened.set(None);
        page.reload();
    });
    let button = move |action: ActivationAction| {
        let is_allowed = move || session.may(permission_for(action));
        view! {
            <button class="btn btn--sm" type="button" hidden=move || !is_allowed() on:click=move |_| opened.set(Some(action))>
                {icon(action_icon(action), 14)}{action_name(action)}
            </button>
        }
    };
    let count = Memo::new(move |_| selected.with(Vec::len));
    let text = move || {
        counted(i64::try_from(count.get()).unwrap_or_default(), "activation selected", "activations selected", BROWSER)
    };
    // How many there are on all pages, once all of this one are selected and there are others.
    let further = Memo::new(move |_| {
        page.data.with(|page| {
            let page = page.as_ref()?;
            let is_all = count.get() == page.items.len() && count.get() < MAX_BULK_ITEMS;
            page.page.total.filter(|total| is_all && usize::try_from(*total).is_ok_and(|total| total > count.get()))
        })
    });
    let all = move || {
        let total = further.get()?;
        let most = i64::try_from(MAX_BULK_ITEMS).unwrap_or(i64::MAX);
        let label = if total > most {
            format!("Select the first {}", crate::format::count(most))
        } else {
            format!("Select all {}", crate::format::count(total))
        };
        Some(view! {
            <span>"All on this page."</span>
            <button class="btn btn--sm btn--link" type="button" on:click=move |_| on_all.run(())>{label}</button>
        })
    };
    let is_any = Memo::new(move |_| count.get() > 0);
    let bar = move || {
        is_any.get().then(|| {
            view! {
                <div class="bulk-bar" role="region" aria-label="Selection">
                    <span class="bulk-bar__text"><strong role="status">{dynamic(text)}</strong>{dynamic(all)}</span>
                    <span class="bulk-bar__actions">
                        {ACTIONS.map(button).into_iter().collect_view()}
                        <button class="btn btn--sm btn--link" type="button" on:click=move |_| selected.set(Vec::new())>"Clear"</button>
                    </span>
                </div>
            }
        })
    };
    let dialog = move || {
        let action = opened.get()?;
        let chosen = selected.get_untracked();
        let rows = page.data.get_untracked().map(|page| page.items).unwrap_or_default();
        let rows = rows.into_iter().filter(|row| chosen.contains(&row.id)).take(MAX_BULK_ITEMS).collect();
        Some(view! { <BulkDialog action=action rows=rows close=close/> })
    };
    view! { {dynamic(bar)}{dynamic(dialog)} }
}
