//! What stands beside the figures of the demo: promotions, a launch, notes, low-balance alerts.

use chrono::{DateTime, Days, NaiveDate, Utc};
use shared::vocab::{NoteVisibility, ProductId, PromotionKind, PromotionScope};

use super::Cast;
use super::figures::{drop_day, peak_day, quiet_week};
use super::plan::before;
use crate::auth::{Actor, Reseller};
use crate::db::Db;
use crate::error::Error;
use crate::features::catalogue::store::find_product;
use crate::features::low_balance::service as low_balance;
use crate::features::notes::service::{self as notes, Cause, NoteDetails};
use crate::features::promotions::service::{self as promotions, PromotionDetails};

/// Writes them down, each relative to today.
pub async fn run(db: &Db, reseller: &Reseller, now: DateTime<Utc>, today: NaiveDate, cast: &Cast) -> Result<(), Error> {
    for details in announced(reseller, today) {
        db.write_shared(async |tx| promotions::create(tx, details.clone(), &cast.operator, now).await).await?;
    }
    let writer = find_product(db.pool(), "ai-writer").await?.map(|product| product.id);
    for (actor, details) in noted(cast, today, writer) {
        let cause = Cause { actor, now, request_id: None };
        db.write(reseller.id, async |tx| notes::create(tx, reseller, cause, details.clone()).await).await?;
    }
    let thresholds = [50_000, 10_000].map(|minor| reseller.money(minor));
    db.write(reseller.id, async |tx| low_balance::set(tx, reseller, &cast.owner, (now, None), &thresholds).await).await
}

fn announced(reseller: &Reseller, today: NaiveDate) -> Vec<PromotionDetails> {
    let plain = |kind, title: &str, text: &str, starts_on| PromotionDetails {
        kind,
        title: title.to_owned(),
        text: Some(text.to_owned()),
        starts_on,
        ends_on: None,
        scope: PromotionScope::All,
        resellers: std::collections::BTreeSet::new(),
    };
    let days_later = |from: NaiveDate, days| from.checked_add_days(Days::new(days));
    let yearly = before(today, 24);
    let partner = before(today, 68);
    vec![
        PromotionDetails {
            ends_on: days_later(yearly, 20),
            ..plain(PromotionKind::Promotion, "Two months free", "For yearly activations of AI Writer.", yearly)
        },
        plain(
            PromotionKind::Launch,
            "AI Images 2",
            "Larger pictures and a new editor, in every activation of AI Images.",
            before(today, 17),
        ),
        PromotionDetails {
            ends_on: days_later(partner, 13),
            scope: PromotionScope::Chosen,
            resellers: [reseller.id].into(),
            ..plain(PromotionKind::Promotion, "Partner weeks", "A lower price for the partners of the year.", partner)
        },
    ]
}

fn noted(cast: &Cast, today: NaiveDate, writer: Option<ProductId>) -> Vec<(&Actor, NoteDetails)> {
    let plain =
        |on, text: &str, visibility| NoteDetails { on, text: text.to_owned(), visibility, product: None, client: None };
    let (team, personal) = (NoteVisibility::Team, NoteVisibility::Personal);
    let peak = NoteDetails { product: writer, ..plain(peak_day(today), "Newsletter to all clients", team) };
    vec![
        (&cast.owner, peak),
        (&cast.support, plain(drop_day(today), "Single sign-on of two clients was down until noon", team)),
        (&cast.owner, plain(before(today, 20), "Ask Ana about her second shop", personal)),
        (&cast.support, plain(quiet_week(today), "School holidays", team)),
    ]
}
