//! Grouping what happened by day and kind.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use domain::active_users::{LocalDay, Selection, View, window};
use domain::billing_calendar::local_midnight;
use sea_orm::ConnectionTrait;
use shared::vocab::{HistoryKind, MarkerKind, Permission, PriceId, PromotionKind};
use uuid::Uuid;

use super::store::{self, HappenedRow, MigrationRow, PriceRow};
use crate::auth::{Principal, Reseller};
use crate::error::Error;
use crate::features::active_users::filter::Filter;
use crate::features::active_users::selection::refusal;
use crate::features::notes::service::{self as notes, ListedNote};
use crate::features::notes::store::{self as note_store, NoteRow};
use crate::features::promotions::store::{self as promotions, PromotionRow};
use crate::features::{clients, products};

/// Events that are told of a day and kind.
const MOST_OF_MARKER: usize = 20;
/// Events that are told in an answer, those of the latest days.
const MOST_IN_ALL: usize = 1_000;

/// The markers of a series that was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Which days.
    pub selection: Selection,
    /// By what: weeks and months are whole.
    pub view: View,
    /// Of what.
    pub filter: Filter,
}

/// The markers of a stretch of days.
#[derive(Debug)]
pub struct Markers {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// By day and kind.
    pub markers: BTreeMap<(NaiveDate, MarkerKind), Group>,
    /// Product and client of activations, with their names.
    pub subjects: HashMap<Uuid, (Named, Named)>,
    /// Names of products of price changes.
    pub products: HashMap<Uuid, String>,
}

/// An id and its name.
pub type Named = (Uuid, String);

/// What happened of one kind on one day.
#[derive(Debug, Default)]
pub struct Group {
    /// How many things.
    pub count: usize,
    /// The first of them.
    pub events: Vec<Event>,
}

/// One thing that happened.
#[derive(Debug)]
pub enum Event {
    /// To an activation.
    Happened(HappenedRow),
    /// What runs goes over to another price: the migration, the prices before and after.
    PriceChange(Box<(MigrationRow, PriceRow, PriceRow)>),
    /// The operator announced something.
    Promotion(PromotionRow),
    /// Somebody noted something.
    Note(ListedNote),
}

/// The markers that a caller sees. What its permissions do not open is left out.
pub async fn get(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    caller: &Principal,
    as_of: DateTime<Utc>,
    asked: &Asked,
) -> Result<Markers, Error> {
    asked.filter.check(connection, reseller).await?;
    let today = LocalDay::from_date(reseller.date_of(as_of));
    let window = window(asked.selection, asked.view, today).map_err(refusal)?;
    let first = window.buckets.first().map_or(today, |span| span.first_day);
    let last = window.buckets.last().map_or(today, |span| span.last_day.min(today));
    let (from, to) = (first.date(), last.date());
    let mut markers =
        Markers { from, to, markers: BTreeMap::new(), subjects: HashMap::new(), products: HashMap::new() };
    if caller.may(Permission::ActivationsRead) {
        markers.add_history(connection, reseller, asked.filter, last).await?;
        markers.add_price_changes(connection, reseller, asked.filter).await?;
    }
    for row in promotions::seen_by(connection, reseller.id, from, to).await? {
        let kind = match row.kind.0 {
            PromotionKind::Promotion => MarkerKind::Promotion,
            PromotionKind::Launch => MarkerKind::Launch,
        };
        markers.add(row.starts_on, kind, Event::Promotion(row));
    }
    markers.add_notes(connection, reseller, caller, asked.filter).await?;
    markers.shorten();
    markers.name(connection, reseller).await?;
    Ok(markers)
}

impl Markers {
    fn add(&mut self, on: NaiveDate, kind: MarkerKind, event: Event) {
        let group = self.markers.entry((on, kind)).or_default();
        group.count += 1;
        if group.events.len() < MOST_OF_MARKER {
            group.events.push(event);
        }
    }

    async fn add_history(
        &mut self,
        connection: &impl ConnectionTrait,
        reseller: &Reseller,
        filter: Filter,
        last: LocalDay,
    ) -> Result<(), Error> {
        let midnight = |date| local_midnight(date, reseller.time_zone).map_err(Error::internal);
        let (from, before) = (midnight(self.from)?, midnight(last.plus(1).date())?);
        for row in store::happened(connection, reseller.id, filter, from, before).await? {
            let kind = match row.kind.0 {
                HistoryKind::Activated => MarkerKind::Activation,
                HistoryKind::Paused => MarkerKind::Pause,
                _ => MarkerKind::Deactivation,
            };
            self.add(reseller.date_of(row.occurred_at), kind, Event::Happened(row));
        }
        Ok(())
    }

    /// Those that concern something the reseller had in service on the day.
    async fn add_price_changes(
        &mut self,
        connection: &impl ConnectionTrait,
        reseller: &Reseller,
        filter: Filter,
    ) -> Result<(), Error> {
        for (row, before, after) in store::price_changes(connection, self.from, self.to).await? {
            let is_of_other_product = filter.product().is_some_and(|product| product.0 != row.product_id);
            if is_of_other_product || before.currency.0 != reseller.currency {
                continue;
            }
            let at = local_midnight(row.effective_on, reseller.time_zone).map_err(Error::internal)?;
            let held = store::taken_over_by(connection, PriceId(row.from_price_id)).await?;
            if store::ran_on(connection, reseller.id, filter, held, at).await? {
                let on = row.effective_on;
                self.add(on, MarkerKind::PriceChange, Event::PriceChange(Box::new((row, before, after))));
            }
        }
        Ok(())
    }

    async fn add_notes(
        &mut self,
        connection: &impl ConnectionTrait,
        reseller: &Reseller,
        caller: &Principal,
        filter: Filter,
    ) -> Result<(), Error> {
        let reader = notes::reader(&caller.actor)?;
        let mut rows = note_store::between(connection, reseller.id, reader, self.from, self.to).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let (product, client) = match filter {
            Filter::Activation(id) => {
                let subjects = store::subjects(connection, reseller.id, vec![id.0]).await?;
                subjects.get(&id.0).map_or((None, None), |(product, client)| (Some(*product), Some(*client)))
            }
            other => (other.product().map(|id| id.0), other.client().map(|id| id.0)),
        };
        // What is about nothing in particular concerns everything.
        let is_general = |row: &NoteRow| row.product_id.is_none() && row.client_id.is_none();
        let is_about = |row: &NoteRow| {
            (row.product_id.is_some() && row.product_id == product)
                || (row.client_id.is_some() && row.client_id == client)
        };
        rows.retain(|row| filter == Filter::All || is_general(row) || is_about(row));
        for listed in notes::with_names(connection, reseller, reader, rows).await? {
            self.add(listed.row.noted_on, MarkerKind::Note, Event::Note(listed));
        }
        Ok(())
    }

    /// Keeps the events of the latest days; the counts stay.
    fn shorten(&mut self) {
        let mut room = MOST_IN_ALL;
        for group in self.markers.values_mut().rev() {
            group.events.truncate(room);
            room -= group.events.len();
        }
    }

    async fn name(&mut self, connection: &impl ConnectionTrait, reseller: &Reseller) -> Result<(), Error> {
        let events = || self.markers.values().flat_map(|group| &group.events);
        let mut activations: Vec<Uuid> = events()
            .filter_map(|event| if let Event::Happened(row) = event { Some(row.activation_id) } else { None })
            .collect();
        activations.sort_unstable();
        activations.dedup();
        let subjects = store::subjects(connection, reseller.id, activations).await?;
        let changed = events()
            .filter_map(|event| if let Event::PriceChange(change) = event { Some(change.0.product_id) } else { None });
        let wanted: Vec<Uuid> = changed.chain(subjects.values().map(|(product, _)| *product)).collect();
        let products = products::store::names(connection, wanted.into_iter()).await?;
        let clients =
            clients::store::names(connection, reseller.id, subjects.values().map(|(_, client)| *client)).await?;
        let named = subjects.into_iter().map(|(id, (product, client))| {
            let product_name = products.get(&product).cloned().unwrap_or_default();
            let client_name = clients.get(&client).map(|(name, _)| name.clone()).unwrap_or_default();
            (id, ((product, product_name), (client, client_name)))
        });
        self.subjects = named.collect();
        self.products = products;
        Ok(())
    }
}
