//! Activations as a table, or as a list on narrow screens. Only one of the two is rendered.

use crate::components::dynamic;
use chrono::NaiveDate;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use shared::dto::activation::ActivationRow;
use shared::vocab::{ActivationId, ActivationStatus, BillingState};

use super::{cover, missing, short_status_pill, status_pill};
use crate::format::words::{DateForm, days_away, initials, interval_name};
use crate::format::{date, money};
use crate::state::app_state;

/// A column that can be sorted by, and how the list is sorted.
#[derive(Debug, Clone, Copy)]
pub struct SortHeader {
    /// The key of the sort, with `-` for descending.
    pub sort: Signal<String>,
    /// Called with the key of a column whose header was pressed.
    pub on_sort: Callback<&'static str>,
}

const COLUMNS: [(&str, &str, &str); 6] = [
    ("product", "Product", "col-product"),
    ("client", "Client", ""),
    ("status", "Status", ""),
    ("activated_at", "Activated", ""),
    ("renews_at", "Next renewal", ""),
    ("price", "Price", "num col-price"),
];

/// The rows, newest or as `sort` says.
#[component]
pub fn ActivationList(
    /// What to show.
    #[prop(into)]
    rows: Signal<Vec<ActivationRow>>,
    /// Says what the table holds.
    #[prop(into)]
    caption: Signal<String>,
    /// The name of the scrolling region.
    label: &'static str,
    /// Sortable headers; without, the list is sorted newest first.
    #[prop(optional)]
    sort: Option<SortHeader>,
    /// Rows can be selected.
    #[prop(optional)]
    selected: Option<RwSignal<Vec<ActivationId>>>,
    /// Whether they are being selected where that has a mode of its own: in the list of narrow screens.
    #[prop(optional, into)]
    is_selecting: Option<Signal<bool>>,
    /// Whether each row says that its renewal is covered; without, only those are marked that are not.
    #[prop(optional, into)]
    with_cover: Option<Signal<bool>>,
) -> impl IntoView {
    let state = app_state();
    let today = Memo::new(move |_| crate::format::today(&state.session.time_zone()));
    // The whole row is the key: a row that changed is drawn anew, the others keep focus and selection.
    let says_cover = move || with_cover.is_some_and(|with_cover| with_cover.get());
    let key = move |row: &ActivationRow| format!("{} {}", row_key(row), says_cover());
    // Both kinds of rows through one `For`, so that it is compiled once.
    let drawn = move |item: Item, selected: Option<RwSignal<Vec<ActivationId>>>| {
        let item = move |row: ActivationRow| item(&row, today.get_untracked(), selected, says_cover());
        view! { <For each=move || rows.get() key=key children=item/> }.into_any()
    };
    dynamic(move || {
        if state.viewport.is_narrow.get() {
            let selected = selected.filter(|_| is_selecting.is_some_and(|is_selecting| is_selecting.get()));
            view! { <ul class="list">{drawn(list_row, selected)}</ul> }.into_any()
        } else {
            view! {
                <div class="table-scroll has-list" role="region" tabindex="0" aria-label=label>
                    <table class="table">
                        <caption class="vh">{caption}</caption>
                        <thead><tr>{selected.map(|selected| view! { <th scope="col" class="col-check">{select_all(selected, rows)}</th> })}{COLUMNS.map(|column| header(column, sort)).into_iter().collect_view()}</tr></thead>
                        <tbody>{drawn(table_row, selected)}</tbody>
                    </table>
                </div>
            }
            .into_any()
        }
    })
}

/// Draws one row.
type Item = fn(&ActivationRow, NaiveDate, Option<RwSignal<Vec<ActivationId>>>, bool) -> AnyView;

fn header((key, name, class): (&'static str, &'static str, &'static str), sort: Option<SortHeader>) -> AnyView {
    let Some(SortHeader { sort, on_sort }) = sort else {
        return view! { <th scope="col" class=class>{name}</th> }.into_any();
    };
    let direction = move || {
        sort.with(|sort| match sort.strip_prefix('-') {
            Some(column) if column == key => Some("descending"),
            None if sort == key => Some("ascending"),
            _ => None,
        })
    };
    let sign = move || match direction() {
        Some("descending") => "▼",
        Some(_) => "▲",
        None => "⇅",
    };
    view! {
        <th scope="col" class=class aria-sort=direction>
            <button class="th-sort" type="button" on:click=move |_| on_sort.run(key)>
                {name}<span class="th-sort__dir" aria-hidden="true">{dynamic(sign)}</span>
            </button>
        </th>
    }
    .into_any()
}

fn select_all(selected: RwSignal<Vec<ActivationId>>, rows: Signal<Vec<ActivationRow>>) -> AnyView {
    let is_all = move || rows.with(|rows| !rows.is_empty() && selected.with(|known| known.len() == rows.len()));
    check_box(
        "Select all on this page".to_owned(),
        Signal::derive(is_all),
        Callback::new(move |()| {
            let all = if is_all() { Vec::new() } else { rows.with(|rows| rows.iter().map(|row| row.id).collect()) };
            selected.set(all);
        }),
    )
}

fn select_one(row: &ActivationRow, selected: RwSignal<Vec<ActivationId>>) -> AnyView {
    let id = row.id;
    let toggle = move |()| {
        selected.update(|known| match known.iter().position(|known| *known == id) {
            Some(index) => drop(known.remove(index)),
            None => known.push(id),
        });
    };
    let is_on = Signal::derive(move || selected.with(|known| known.contains(&id)));
    check_box(format!("Select {} for {}", row.product.name, row.client.name), is_on, Callback::new(toggle))
}

fn check_box(label: String, is_on: Signal<bool>, toggle: Callback<()>) -> AnyView {
    view! {
        <label class="check-hit">
            <input class="check" type="checkbox" aria-label=label prop:checked=move || is_on.get() on:change=move |_| toggle.run(())/>
        </label>
    }
    .into_any()
}

fn table_row(
    row: &ActivationRow,
    today: NaiveDate,
    selected: Option<RwSignal<Vec<ActivationId>>>,
    says_cover: bool,
) -> AnyView {
    let path = format!("/activations/{}", row.id);
    let navigate = use_navigate();
    let target = path.clone();
    let open = move |event: web_sys::MouseEvent| {
        if is_plain_click(&event) {
            navigate(&target, NavigateOptions::default());
        }
    };
    let price = money(row.price);
    view! {
        <tr class="row-link" on:click=open>
            {selected.map(|selected| view! { <td class="col-check">{select_one(row, selected)}</td> })}
            <td class="col-product">
                <div class="cell-product">
                    <span class="glyph" aria-hidden="true">{initials(&row.product.name)}</span>
                    <span>
                        <a class="cell-main" href=path>{row.product.name.clone()}</a>
                        <span class="cell-sub">{interval_name(row.billing_interval)}<span class="only-medium">" · "{price.clone()}</span></span>
                    </span>
                </div>
            </td>
            <td>
                <span class="cell-main cell-clip">{row.client.name.clone()}</span>
                <span class="cell-sub cell-clip">{row.client.email.clone()}</span>
            </td>
            <td>{status_pill(row, today)}</td>
            <td>{time_of(row.activated_on, DateForm::Medium)}</td>
            <td>{next_renewal(row, says_cover)}</td>
            <td class="num col-price">{price}</td>
        </tr>
    }
    .into_any()
}

/// Whether a click on a row means the row: no link, no modifier, no selected text.
fn is_plain_click(event: &web_sys::MouseEvent) -> bool {
    use wasm_bindgen::JsCast as _;
    let is_modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let is_control = target.is_some_and(|target| matches!(target.closest("a, button, input, label"), Ok(Some(_))));
    let selection = window().get_selection().ok().flatten();
    let has_selection = selection.is_some_and(|selection| !selection.is_collapsed());
    !is_modified && !is_control && !has_selection && !event.default_prevented()
}

/// The row's id and everything of it that is shown.
fn row_key(row: &ActivationRow) -> String {
    let dates = [row.renews_on, row.grace_until_on, row.ends_on, row.paid_until_on];
    let dates = dates.map(|on| on.map(|on| on.to_string()).unwrap_or_default()).join(" ");
    let days = row.renews_in_days.unwrap_or(i64::MAX);
    let state = row.billing_state.map_or("", |state| state.as_str());
    let email = row.client.email.as_deref().unwrap_or_default();
    let names = [&row.product.name, &row.client.name, email, row.status.as_str(), state, row.billing_interval.as_str()];
    format!("{} {} {} {dates} {days} {:?} {}", row.id, row.price, row.activated_on, row.covered, names.join(" "))
}

/// A date for eye and machine.
pub fn time_of(on: NaiveDate, form: DateForm) -> AnyView {
    view! { <time datetime=on.to_string()>{date(on, form)}</time> }.into_any()
}

/// The second line only where it matters: not covered, due within 14 days, or overdue.
fn next_renewal(row: &ActivationRow, says_cover: bool) -> AnyView {
    let Some(renews_on) = row.renews_on else { return missing() };
    // One of the two, for there is no room for both.
    let below = cover_of(row, says_cover).or_else(|| {
        let days = row.renews_in_days.filter(|days| *days <= 14)?;
        let class = if days < 0 { "text-bad" } else { "" };
        Some(view! { <span class=class>{days_away(days)}</span> }.into_any())
    });
    let below = below.map(|below| view! { <span class="cell-sub">{below}</span> });
    view! { {time_of(renews_on, DateForm::Medium)}{below} }.into_any()
}

/// Whether the next renewal is covered, where that is to be said.
fn cover_of(row: &ActivationRow, says_cover: bool) -> Option<AnyView> {
    row.covered.filter(|is_covered| says_cover || !is_covered).map(cover)
}

fn list_row(
    row: &ActivationRow,
    today: NaiveDate,
    selected: Option<RwSignal<Vec<ActivationId>>>,
    says_cover: bool,
) -> AnyView {
    let class = if selected.is_some() { "list__row list__row--select" } else { "list__row" };
    view! {
        <li class=class>
            {selected.map(|selected| view! { <span class="list__select">{select_one(row, selected)}</span> })}
            <a class="list__main" href=format!("/activations/{}", row.id)>{row.product.name.clone()}</a>
            {short_status_pill(row, today)}
            <span class="list__sub">{row.client.name.clone()}" · "{interval_name(row.billing_interval)}</span>
            <span class="list__line">{list_line(row, today)}" · "{money(row.price)}{cover_of(row, says_cover)}</span>
        </li>
    }
    .into_any()
}

/// "Renews 2 Jul", "Due since 20 Nov", "Paid until 25 Nov", "Ended".
fn list_line(row: &ActivationRow, today: NaiveDate) -> AnyView {
    let is_grace = row.billing_state == Some(BillingState::Grace);
    let (word, on) = match (row.status, row.renews_on) {
        (ActivationStatus::Active, Some(on)) if is_grace => ("Due since ", Some(on)),
        (_, Some(on)) => ("Renews ", Some(on)),
        (ActivationStatus::Expired, None) => ("Expired ", row.paid_until_on),
        (ActivationStatus::Deactivated, None) => ("Ended ", row.ends_on.or(row.paid_until_on)),
        (_, None) => ("Paid until ", row.paid_until_on),
    };
    match on {
        Some(on) => view! { {word}{time_of(on, DateForm::near(on, today))} }.into_any(),
        None => "Not paid".into_any(),
    }
}
