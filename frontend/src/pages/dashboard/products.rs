//! The first 25 activated products, with counts by status.

use crate::components::dynamic;
use leptos::prelude::*;
use shared::dto::activation::{ActivationCounts, ActivationRow};
use shared::dto::dashboard::Dashboard;
use shared::dto::page::Page;
use shared::vocab::ActivationStatus;

use super::model::{Part, is_first_use, part};
use super::{table_skeleton, when};
use crate::components::{ActivationList, empty};
use crate::format::words::{counted, status_name};
use crate::format::{BROWSER, count};

/// The card of activated products.
#[component]
pub fn Products(
    page: Memo<Part<Page<ActivationRow>>>,
    shown: Memo<Option<Dashboard>>,
    retry: Callback<()>,
) -> impl IntoView {
    let counts = Memo::new(move |_| shown.with(|data| part(data.as_ref(), |data| &data.activation_counts)));
    let is_empty = Memo::new(move |_| shown.with(|data| data.as_ref().is_some_and(is_first_use)));
    when(page, table_skeleton, "Activated products could not be loaded", retry, move || card(page, counts, is_empty))
}

fn card(page: Memo<Part<Page<ActivationRow>>>, counts: Memo<Part<ActivationCounts>>, is_empty: Memo<bool>) -> AnyView {
    let rows =
        Signal::derive(move || page.with(|page| page.ready().map(|page| page.items.clone()).unwrap_or_default()));
    let total = Memo::new(move |_| page.with(|page| page.ready().and_then(|page| page.page.total)));
    let note = move || {
        let total = total.get()?;
        Some(format!(
            "{}, sorted by activation date, newest first",
            counted(total, "activation", "activations", BROWSER)
        ))
    };
    let list = move || {
        if is_empty.get() {
            let sentence = "Products appear here as soon as the first one is activated or imported.";
            return empty("layers", "No products activated yet", sentence, None);
        }
        view! { <ActivationList rows=rows caption="Activated products, newest first" label="Activated products table, scrolls sideways"/> }
            .into_any()
    };
    let foot = move || {
        let total = total.get()?;
        let shown = rows.with(Vec::len);
        let text = format!(
            "{} of {}",
            count(i64::try_from(shown).unwrap_or(0)),
            counted(total, "activation", "activations", BROWSER)
        );
        (shown > 0).then(|| view! {
            <div class="pager"><span>{text}</span><a class="btn btn--sm ms-auto" href="/activations">"All activations"</a></div>
        })
    };
    view! {
        <section class="card" aria-labelledby="activated-products">
            <div class="card__head">
                <h2 id="activated-products">"Activated products"</h2>
                <span class="note hide-narrow">{dynamic(note)}</span>
            </div>
            {dynamic(move || counts.with(|counts| counts.ready().filter(|_| !is_empty.get()).map(chips)))}
            {dynamic(list)}
            {dynamic(foot)}
        </section>
    }
    .into_any()
}

/// Each count opens the list with exactly that many rows.
fn chips(counts: &ActivationCounts) -> AnyView {
    let always = [ActivationStatus::Active, ActivationStatus::Paused, ActivationStatus::Expired];
    let is_shown = |status: ActivationStatus, count: i64| count > 0 || always.contains(&status);
    let order = [
        ActivationStatus::Active,
        ActivationStatus::Paused,
        ActivationStatus::Expired,
        ActivationStatus::Pending,
        ActivationStatus::Failed,
    ];
    let count_of = |status| counts.by_status.iter().find(|known| known.status == status).map_or(0, |known| known.count);
    let chip = |status: ActivationStatus| {
        view! {
            <a class="chip" href=format!("/activations?status={status}")>{status_name(status)}" "<span class="chip__n">{count(count_of(status))}</span></a>
        }
    };
    let shown = order.into_iter().filter(|status| is_shown(*status, count_of(*status)));
    view! {
        <div class="toolbar">
            <div class="chips chips--scroll" role="group" aria-label="Activations by status">
                <a class="chip" href="/activations">"All "<span class="chip__n">{count(counts.total)}</span></a>
                {shown.map(chip).collect_view()}
            </div>
        </div>
    }
    .into_any()
}
