//! Messages about renewals (not covered, failed, expired, held) and a low balance. Read ones stay in the list.

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;
use shared::dto::notice::{MarkNoticesRead, Notice, NoticeItem, UnreadNotices};
use shared::dto::page::Page;
use shared::paths;
use shared::vocab::{NoticeId, NoticeKind};

use super::model::{notice_sentence, notice_title};
use crate::api::{ApiError, Authenticated, transport};
use crate::components::{CursorPager, NoRows, icon, keep_focus, listing, pill, time_of, use_page};
use crate::format::words::{DateForm, counted};
use crate::format::{BROWSER, date_time, money};
use crate::state::app_state;
use crate::state::query::Query;

const NO_ROWS: NoRows = NoRows {
    failed: "The notices could not be loaded",
    symbol: "bell",
    nothing: "No notices",
    sentence: "What will not renew, did not renew or went off for it is told here, once each, and a balance below your alerts.",
};

/// As many renewals of a notice are shown at first.
const FIRST: usize = 5;

/// `/wallet/notices`
#[component]
pub fn NoticesPage() -> impl IntoView {
    use_page(|| "Notices – Wallet".to_owned());
    let state = app_state();
    let query = use_location().query;
    let cursor = Memo::new(move |_| query.with(|query| query.get("cursor")).unwrap_or_default());
    let notices = Query::<Page<Notice>>::new();
    watch(move || {
        let cursor = cursor.get();
        let cursor = if cursor.is_empty() { cursor } else { format!("&cursor={cursor}") };
        notices.load(format!("{}?limit=25&include_total=true{cursor}", paths::NOTICES));
    });
    let info = Signal::derive(move || {
        notices.data.with(|page| page.as_ref().map(|page| page.page.clone()).unwrap_or_default())
    });
    let total = Signal::derive(move || info.get().total.map(|total| counted(total, "notice", "notices", BROWSER)));
    let unread = Memo::new(move |_| {
        notices.data.with(|page| {
            let items = page.iter().flat_map(|page| &page.items);
            items.filter(|notice| notice.read_at.is_none()).map(|notice| notice.id).collect::<Vec<_>>()
        })
    });
    let failure = RwSignal::new(None::<ApiError>);
    let mark = move |_| {
        let ids = unread.get_untracked();
        spawn_local(async move {
            match mark_read(ids).await {
                Ok(left) => {
                    state.unread_notices.set(Some(left));
                    state.announcer.say("Marked as read.");
                    failure.try_set(None);
                    notices.reload();
                    set_timeout(keep_focus, std::time::Duration::from_millis(600));
                }
                Err(error) => {
                    state.session.note(&error);
                    failure.try_set(Some(error));
                }
            }
        });
    };
    let button = move || {
        unread.with(|unread| !unread.is_empty()).then(|| {
            view! { <button class="btn btn--sm" type="button" on:click=mark>{icon("check", 14)}"Mark these as read"</button> }
        })
    };
    let failed = move || {
        failure.get().map(|error| crate::components::decision::alert("banner--bad", "Not marked.", error.sentence()))
    };
    let list = listing(notices, NO_ROWS, move |page| {
        let zone = state.session.time_zone();
        let rows = page.items.into_iter().map(|row| notice(row, &zone)).collect_view();
        view! { <ul class="list">{rows}</ul><CursorPager base="/wallet/notices?" info=info total=total/> }.into_any()
    });
    view! {
        <nav class="crumbs" aria-label="Breadcrumb"><a href="/wallet">"Wallet"</a>{icon("right", 12)}<span aria-current="page">"Notices"</span></nav>
        <div class="page-head"><div><h1 tabindex="-1">"Notices"</h1></div><div class="page-head__meta">{dynamic(button)}</div></div>
        {dynamic(failed)}
        <section class="card" aria-label="Notices">{list}</section>
    }
}

async fn mark_read(notice_ids: Vec<NoticeId>) -> Result<i64, ApiError> {
    let body = transport::write(&MarkNoticesRead { notice_ids })?;
    let text = Authenticated.write(gloo_net::http::Method::POST, paths::NOTICES_READ, &body, &[]).await?;
    Ok(transport::parse::<UnreadNotices>(&text)?.unread_count)
}

fn notice(row: Notice, zone: &str) -> AnyView {
    let (tone, symbol, title) = notice_title(row.kind, row.item_count, BROWSER);
    let new = row.read_at.is_none().then(|| pill("info", "bell", "New".to_owned()));
    let more = row.item_count - i64::try_from(row.items.len()).unwrap_or_default();
    let more = (more > 0)
        .then(|| view! { <li class="bulk-item"><span class="muted">{format!("and {more} more")}</span></li> });
    let kind = row.kind;
    let sums = match row.balance_low {
        Some(low) => format!("{} left, below {}", money(low.balance), money(low.threshold)),
        None => format!("{} together", money(row.total)),
    };
    let count = row.items.len();
    let mut items = row.items.into_iter().map(|item| renewal(item, kind)).collect::<Vec<_>>().into_iter();
    let first = items.by_ref().take(FIRST).collect::<Vec<_>>();
    let rest = (count > FIRST).then(|| {
        let label = format!("{} more", row.item_count - i64::try_from(FIRST).unwrap_or_default());
        view! { <details class="disclosure"><summary>{label}</summary><ul>{items.collect::<Vec<_>>()}{more}</ul></details> }
    });
    view! {
        <li class="notice">
            <div class="notice__head">
                {pill(tone, symbol, title)}
                {new}
                <span class="notice__meta">{sums}" · "<time datetime=row.created_at.to_string()>{date_time(row.created_at, zone)}</time></span>
            </div>
            <p class="note">{notice_sentence(kind)}</p>
            <ul>{first}</ul>
            {rest}
        </li>
    }
    .into_any()
}

fn renewal(item: NoticeItem, kind: NoticeKind) -> AnyView {
    let word = if kind == NoticeKind::NotCovered { "renews " } else { "was due " };
    view! {
        <li class="bulk-item">
            <span><a href=format!("/activations/{}", item.activation_id)>{item.product.name}</a>" for "{item.client.name}<span class="cell-sub">{word}{time_of(item.renews_on, DateForm::Medium)}</span></span>
            <span class="bulk-item__end">{money(item.amount)}</span>
        </li>
    }
    .into_any()
}
