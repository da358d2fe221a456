//! What report pages share: the address, the head with its switches and the download, the stages of a list, tiles, pages.

use crate::components::dynamic;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use serde::de::DeserializeOwned;
use shared::dto::activation::ActivationRow;
use shared::dto::page::PageInfo;
use shared::dto::report::ReportWindow;
use shared::vocab::{Permission, ProductId};

use super::model::{Choice, joined, read, written};
use crate::api::ApiError;
use crate::components::{Segmented, icon, panel, use_page};
use crate::format::words::{DateForm, counted};
use crate::format::{BROWSER, count, date};
use crate::state::query::Query;
use crate::state::{app_state, watch};

/// Rows on a page.
const LIMIT: &str = "limit=25";

/// A report and what its address asks of it.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    place: &'static str,
    api: &'static str,
    choices: &'static [Choice],
    chosen: Memo<(Vec<&'static str>, bool)>,
    cursor: Memo<String>,
}

impl Asked {
    /// The report at `place`, read from `api`.
    pub fn new(place: &'static str, api: &'static str, choices: &'static [Choice]) -> Self {
        let query = use_location().query;
        let chosen = Memo::new(move |_| query.with(|query| read(choices, |key| query.get(key))));
        let cursor = Memo::new(move |_| {
            query.with(|query| query.get("cursor")).map(|cursor| format!("cursor={cursor}")).unwrap_or_default()
        });
        Self { place, api, choices, chosen, cursor }
    }

    fn filter(self) -> String {
        self.chosen.with(|(chosen, _)| written(self.choices, chosen))
    }

    /// The value of a choice.
    pub fn value(self, index: usize) -> &'static str {
        self.chosen.with(|(chosen, _)| chosen.get(index).copied().unwrap_or_default())
    }

    /// Where the page of rows is read.
    pub fn data_path(self) -> String {
        joined(self.api, &[LIMIT, &self.filter(), &self.cursor.get()])
    }

    /// A place in the list that the server no longer knows leads back to the first page.
    fn forget_old_cursor(self, error: RwSignal<Option<ApiError>>) {
        let navigate = use_navigate();
        watch(move || {
            let is_refused = error.with(|error| error.as_ref().is_some_and(|error| error.refuses("?cursor")));
            if is_refused && !self.cursor.with_untracked(String::is_empty) {
                let path = joined(self.place, &[&self.filter()]);
                navigate(&path, NavigateOptions { replace: true, scroll: false, ..Default::default() });
            }
        });
    }

    fn csv_path(self) -> String {
        joined(&format!("{}.csv", self.api), &[&self.filter()])
    }

    /// The switch of a choice.
    pub fn switch(self, index: usize) -> AnyView {
        let navigate = use_navigate();
        let choice = self.choices[index];
        let choose = Callback::new(move |value: &'static str| {
            let mut chosen = self.chosen.get_untracked().0;
            chosen[index] = value;
            let path = joined(self.place, &[&written(self.choices, &chosen)]);
            navigate(&path, NavigateOptions { scroll: false, ..Default::default() });
        });
        let value = Signal::derive(move || self.value(index));
        view! { <Segmented legend=choice.legend name=choice.key options=choice.options.to_vec() value=value on_choose=choose/> }
            .into_any()
    }

    fn note(self) -> AnyView {
        dynamic(move || {
            let is_understood = self.chosen.with(|(_, is_understood)| *is_understood);
            (!is_understood).then(
                || view! { <p class="note not-understood" role="status">"Part of this link was not understood."</p> },
            )
        })
    }
}

/// The name of a report and what it is for.
#[derive(Debug, Clone, Copy)]
pub struct Title {
    /// Its name.
    pub name: &'static str,
    /// What it answers.
    pub lead: &'static str,
    /// One row and several, as the download names them.
    pub rows: (&'static str, &'static str),
}

/// How many rows a report has, and whether those are of what is asked now.
pub type RowCount = Signal<Option<(i64, bool)>>;

/// The count of a report; none until one has come.
pub fn row_count<T: Send + Sync + 'static>(report: Query<T>, of: fn(&T) -> i64) -> RowCount {
    Signal::derive(move || {
        let count = report.data.with(|report| report.as_ref().map(of))?;
        Some((count, report.is_answered.get()))
    })
}

/// Crumbs, heading, switches and the download that names its rows, once they are those of its address.
pub fn head(title: Title, asked: Asked, switches: AnyView, count: RowCount) -> AnyView {
    use_page(move || format!("{} – Reports", title.name));
    let session = app_state().session;
    let download = move || {
        let (count, is_known) =
            count.get().filter(|(count, _)| *count > 0 && session.may(Permission::ReportsExport))?;
        let (one, many) = title.rows;
        let text = if is_known { counted(count, one, many, BROWSER) } else { format!("All {many}") };
        Some(view! {
            <a class="btn" href=asked.csv_path() download rel="external">{icon("download", 14)}{format!("{text} as CSV")}</a>
        })
    };
    view! {
        <nav class="crumbs" aria-label="Breadcrumb"><a href="/reports">"Reports"</a>{icon("right", 12)}<span aria-current="page">{title.name}</span></nav>
        <div class="page-head">
            <div>
                <h1 tabindex="-1">{title.name}</h1>
                <p class="page-head__date">{title.lead}</p>
            </div>
        </div>
        {asked.note()}
        <div class="report-tools">{switches}<span class="report-tools__end">{dynamic(download)}</span></div>
    }
    .into_any()
}

/// What stands there until a report comes, when it fails, and the report itself.
pub fn body<T>(
    asked: Asked,
    query: Query<T>,
    failed: &'static str,
    show: impl Fn(T) -> AnyView + Send + 'static,
) -> AnyView
where
    T: DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
{
    asked.forget_old_cursor(query.error);
    let frame = |part: AnyView| view! { <section class="card">{part}</section> }.into_any();
    panel(query, failed, 12, frame, show)
}

/// A figure above the rows: name, value, and a line below.
pub type Tile = (&'static str, String, String);

/// Three figures above the rows; on narrow screens the first takes a line of its own.
pub fn tiles(tiles: [Tile; 3]) -> AnyView {
    let tile = |(index, (name, value, line)): (usize, Tile)| {
        let class = if index == 0 { "card kpi span-narrow" } else { "card kpi" };
        view! {
            <section class=class>
                <h2 class="kpi__label">{name}</h2>
                <p class="kpi__value">{value}</p>
                <p class="kpi__row"><span>{line}</span></p>
            </section>
        }
    };
    view! { <div class="grid-3 tiles">{tiles.into_iter().enumerate().map(tile).collect_view()}</div> }.into_any()
}

/// The rows in their card, with what they are and the steps to other pages below.
pub fn card(
    asked: Asked,
    label: &'static str,
    heading: String,
    list: AnyView,
    page: &PageInfo,
    total: String,
) -> AnyView {
    view! {
        <section class="card" aria-label=label>
            <div class="card__head"><p class="note">{heading}</p></div>
            {list}
            {pager(asked, page, total)}
        </section>
    }
    .into_any()
}

fn pager(asked: Asked, page: &PageInfo, total: String) -> AnyView {
    let filter = asked.chosen.with_untracked(|(chosen, _)| written(asked.choices, chosen));
    let step = |name: &'static str, cursor: Option<&String>| match cursor {
        Some(cursor) => {
            let path = joined(asked.place, &[&filter, &format!("cursor={cursor}")]);
            view! { <a class="btn btn--sm" href=path>{name}</a> }.into_any()
        }
        None => view! { <span class="btn btn--sm" role="link" aria-disabled="true">{name}</span> }.into_any(),
    };
    view! {
        <nav class="pager" aria-label="Pages">
            <span role="status">{total}</span>
            <span class="pager__nav ms-auto">{step("Previous", page.prev_cursor.as_ref())}{step("Next", page.next_cursor.as_ref())}</span>
        </nav>
    }
    .into_any()
}

/// "24 Oct – 22 Nov 2026"
pub fn span(window: ReportWindow) -> String {
    format!("{} – {}", date(window.from_on, DateForm::Short), date(window.to_on, DateForm::Medium))
}

/// The page that shows how much a product is used.
pub fn usage_of(product: ProductId) -> String {
    format!("/reports/products/{product}")
}

/// A number of activations of something, which leads to the list of them.
pub fn list_of(number: i64, list: String, name: &str) -> AnyView {
    view! { <a href=list>{count(number)}<span class="vh">{format!(" of {name}")}</span></a> }.into_any()
}

/// Product and client in one cell; the link is the product.
pub fn product_cell(row: &ActivationRow) -> AnyView {
    view! {
        <td class="col-product">
            <a class="cell-main" href=format!("/activations/{}", row.id)>{row.product.name.clone()}</a>
            <span class="cell-sub cell-clip">{row.client.name.clone()}</span>
        </td>
    }
    .into_any()
}
