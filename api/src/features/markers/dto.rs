//! Markers as the API shows them.

use chrono::{DateTime, NaiveDate, Utc};
use shared::dto::activation::ActivationProduct;
use shared::dto::end_user::EndUserClient;
use shared::dto::marker::{Marker, MarkerEvent, Markers};
use shared::vocab::{
    ActivationId, BillingInterval, ClientId, HistoryKind, MarkerKind, Money, NoteId, PriceMigrationId, ProductId,
    PromotionId,
};

use super::service::{self, Event};
use super::store::{HappenedRow, MigrationRow, PriceRow};
use crate::auth::Reseller;
use crate::features::notes::service::ListedNote;
use crate::features::promotions::store::PromotionRow;

/// The markers.
pub fn markers(reseller: &Reseller, as_of: DateTime<Utc>, found: service::Markers) -> Markers {
    let service::Markers { from, to, markers, subjects, products } = found;
    let items = markers.into_iter().map(|((on, kind), group)| {
        let event = |event| match event {
            Event::Happened(row) => {
                let subject = subjects.get(&row.activation_id).cloned();
                let (product, client) = subject.map_or((None, None), |(product, client)| (Some(product), Some(client)));
                happened(plain(on, kind), row, product, client)
            }
            Event::PriceChange(change) => {
                let (row, before, after) = *change;
                let name = products.get(&row.product_id).cloned().unwrap_or_default();
                price_change(plain(on, kind), &row, (&before, &after), name)
            }
            Event::Promotion(row) => promotion(plain(on, kind), row),
            Event::Note(listed) => note(plain(on, kind), listed),
        };
        Marker {
            on,
            kind,
            count: i64::try_from(group.count).unwrap_or(i64::MAX),
            events: group.events.into_iter().map(event).collect(),
        }
    });
    Markers { as_of, time_zone: reseller.time_zone.name().to_owned(), from_on: from, to_on: to, items: items.collect() }
}

fn plain(on: NaiveDate, kind: MarkerKind) -> MarkerEvent {
    MarkerEvent {
        kind,
        title: String::new(),
        text: None,
        on,
        at: None,
        ends_on: None,
        activation_id: None,
        product: None,
        client: None,
        price_migration_id: None,
        price_before: None,
        price_after: None,
        promotion_id: None,
        note_id: None,
        visibility: None,
        by: None,
    }
}

fn happened(
    event: MarkerEvent,
    row: HappenedRow,
    product: Option<service::Named>,
    client: Option<service::Named>,
) -> MarkerEvent {
    let verb = match row.kind.0 {
        HistoryKind::Activated => "activated",
        HistoryKind::Paused => "paused",
        HistoryKind::Expired => "expired",
        _ => "deactivated",
    };
    let name = |named: &Option<service::Named>| named.as_ref().map(|(_, name)| name.clone()).unwrap_or_default();
    MarkerEvent {
        title: format!("{} {verb} for {}", name(&product), name(&client)),
        at: Some(row.occurred_at),
        activation_id: Some(ActivationId(row.activation_id)),
        product: product.map(|(id, name)| ActivationProduct { id: ProductId(id), name }),
        client: client.map(|(id, name)| EndUserClient { id: ClientId(id), name }),
        by: row.actor_name,
        ..event
    }
}

fn price_change(
    event: MarkerEvent,
    row: &MigrationRow,
    (before, after): (&PriceRow, &PriceRow),
    product: String,
) -> MarkerEvent {
    let interval = match before.billing_interval.0 {
        BillingInterval::Monthly => "monthly",
        BillingInterval::Quarterly => "quarterly",
        BillingInterval::Semiannual => "every 6 months",
        BillingInterval::Yearly => "yearly",
    };
    let money = |price: &PriceRow| Money::new(price.amount_minor, price.currency.0);
    MarkerEvent {
        title: format!("New price of {product} ({interval})"),
        price_migration_id: Some(PriceMigrationId(row.id)),
        product: Some(ActivationProduct { id: ProductId(row.product_id), name: product }),
        price_before: Some(money(before)),
        price_after: Some(money(after)),
        ..event
    }
}

fn promotion(event: MarkerEvent, row: PromotionRow) -> MarkerEvent {
    MarkerEvent {
        title: row.title,
        text: row.text,
        ends_on: row.ends_on,
        promotion_id: Some(PromotionId(row.id)),
        ..event
    }
}

fn note(event: MarkerEvent, listed: ListedNote) -> MarkerEvent {
    let row = listed.row;
    let product = row.product_id.zip(listed.product_name);
    let client = row.client_id.zip(listed.client_name);
    MarkerEvent {
        title: row.text,
        product: product.map(|(id, name)| ActivationProduct { id: ProductId(id), name }),
        client: client.map(|(id, name)| EndUserClient { id: ClientId(id), name }),
        note_id: Some(NoteId(row.id)),
        visibility: Some(row.visibility.0),
        by: row.author_name,
        ..event
    }
}
