//! The list on a real database: pages in both directions, nulls last, filters, and other resellers.

use chrono::{DateTime, TimeDelta, Utc};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{ActiveValue::Set, EntityTrait};
use shared::vocab::{ActivationStatus, ActorKind, BillingInterval, Currency, ResellerId};
use uuid::Uuid;

use super::filter::{Filter, Key, Sort};
use super::service::{self, ListRequest};
use super::store;
use crate::auth::Reseller;
use crate::db::entity::{activation, activation_word, client, price, product, reseller};
use crate::db::{Db, Word, connect};
use crate::http::cursor::{Cursor, Direction};

const ROWS: u128 = 12;

fn now() -> DateTime<Utc> {
    "2026-11-22T13:02:00Z".parse().unwrap()
}

fn euro() -> Word<Currency> {
    Word(Currency::from_code("EUR").unwrap())
}

fn id(kind: u128, number: u128) -> Uuid {
    Uuid::from_u128((kind << 64) | number)
}

/// Two resellers; the first has rows that differ in everything a list sorts or filters by, every third without a renewal.
async fn filled(folder: &tempfile::TempDir) -> (Db, Reseller) {
    let db = connect(&format!("sqlite://{}", folder.path().join("list.db").display()), 2).await.unwrap();
    Migrator::up(db.pool(), None).await.unwrap();
    let resellers = [1, 2].map(|number| reseller::ActiveModel {
        id: Set(id(1, number)),
        name: Set(format!("Reseller {number}")),
        currency: Set(euro()),
        time_zone: Set("Europe/Berlin".to_owned()),
        status: Set("active".to_owned()),
        created_at: Set(now()),
        ..Default::default()
    });
    reseller::Entity::insert_many(resellers).exec_without_returning(db.pool()).await.unwrap();
    let product = product::ActiveModel {
        id: Set(id(2, 1)),
        external_reference: Set("writer".to_owned()),
        name: Set("AI Writer".to_owned()),
        description: Set("Writes.".to_owned()),
        status: Set("active".to_owned()),
        provisioning: Set("automatic".to_owned()),
        grace_days: Set(7),
        created_at: Set(now()),
        ..Default::default()
    };
    product::Entity::insert(product).exec_without_returning(db.pool()).await.unwrap();
    let price = price::ActiveModel {
        id: Set(id(3, 1)),
        product_id: Set(id(2, 1)),
        billing_interval: Set(Word(BillingInterval::Monthly)),
        currency: Set(euro()),
        amount_minor: Set(2_900),
        valid_from_on: Set(now().date_naive()),
        created_at: Set(now()),
    };
    price::Entity::insert(price).exec_without_returning(db.pool()).await.unwrap();
    for owner in [1, 2] {
        let client = client::ActiveModel {
            reseller_id: Set(id(1, owner)),
            id: Set(id(4, owner)),
            name: Set("Ana Ferreira".to_owned()),
            sort_name: Set("ana ferreira".to_owned()),
            created_at: Set(now()),
            ..Default::default()
        };
        client::Entity::insert(client).exec_without_returning(db.pool()).await.unwrap();
        for number in 0..ROWS {
            insert(&db, owner, number).await;
        }
    }
    let reseller = Reseller {
        id: ResellerId(id(1, 1)),
        name: "Reseller 1".to_owned(),
        currency: euro().0,
        time_zone: chrono_tz::Tz::Europe__Berlin,
        clock_offset_seconds: 0,
        version: 0,
    };
    (db, reseller)
}

async fn insert(db: &Db, owner: u128, number: u128) {
    let step = i64::try_from(number).unwrap();
    let status = if number == 0 { ActivationStatus::Deactivated } else { ActivationStatus::Active };
    let renews = !number.is_multiple_of(3);
    let row = activation::ActiveModel {
        reseller_id: Set(id(1, owner)),
        id: Set(id(5, owner * 100 + number)),
        client_id: Set(id(4, owner)),
        product_id: Set(id(2, 1)),
        status: Set(Word(status)),
        auto_renew: Set(renews),
        time_zone: Set("Europe/Berlin".to_owned()),
        term_no: Set(1),
        billing_interval: Set(Word(BillingInterval::Monthly)),
        price_id: Set(id(3, 1)),
        price_minor: Set(1_000 + step % 4),
        next_period_no: Set(1),
        activated_at: Set(now() - TimeDelta::days(step / 2)),
        activated_by_kind: Set(Word(ActorKind::Import)),
        // Two a day from the day before yesterday on, so that some are overdue and some days have ties.
        renews_at: Set(renews.then(|| now() + TimeDelta::days(step / 2 - 2))),
        sort_product: Set("ai writer".to_owned()),
        sort_client: Set("ana ferreira".to_owned()),
        ..Default::default()
    };
    activation::Entity::insert(row).exec_without_returning(db.pool()).await.unwrap();
    let word = activation_word::ActiveModel {
        reseller_id: Set(id(1, owner)),
        word: Set(if number.is_multiple_of(2) { "lindenhof".to_owned() } else { "linde".to_owned() }),
        activation_id: Set(id(5, owner * 100 + number)),
    };
    activation_word::Entity::insert(word).exec_without_returning(db.pool()).await.unwrap();
}

/// The ids of all pages of a list, walked to the end and back; both ways must agree.
async fn walk(db: &Db, reseller: &Reseller, filter: Filter, sort: Sort) -> Vec<Uuid> {
    let page = async |edge: Option<Cursor<Key>>| {
        let limit = 3;
        let asked = ListRequest { filter: filter.clone(), sort, edge, limit, includes_total: true };
        service::list(db.pool(), reseller, now(), None, &asked).await.unwrap()
    };
    let key = |row: &store::ListedActivation, direction| Some(Cursor { direction, key: store::key_of(row, sort) });
    let (mut forwards, mut edge, mut last) = (Vec::new(), None, None);
    loop {
        let mut listed = page(edge).await;
        let total = usize::try_from(listed.total.unwrap()).unwrap();
        let has_more = listed.rows.len() > 3;
        listed.rows.truncate(3);
        forwards.extend(listed.rows.iter().map(|row| row.columns.id));
        last = listed.rows.pop().or(last);
        if !has_more {
            assert_eq!(forwards.len(), total, "{sort:?}");
            break;
        }
        edge = last.as_ref().and_then(|row| key(row, Direction::Next));
    }
    let Some(last) = last else { return forwards };
    let mut backwards = vec![last.columns.id];
    let mut edge = key(&last, Direction::Previous);
    while edge.is_some() {
        let mut rows = page(edge).await.rows;
        let surplus = rows.len().saturating_sub(3);
        rows.drain(..surplus);
        backwards.extend(rows.iter().rev().map(|row| row.columns.id));
        edge = rows.first().and_then(|row| key(row, Direction::Previous));
    }
    backwards.reverse();
    assert_eq!(backwards, forwards, "{sort:?}");
    forwards
}

#[actix_web::test]
async fn every_sort_shows_each_row_once_in_both_directions() {
    let folder = tempfile::tempdir().unwrap();
    let (db, reseller) = filled(&folder).await;
    for column in ["product", "client", "status", "activated_at", "renews_at", "price"] {
        for sign in ["", "-"] {
            let sort: Sort = format!("{sign}{column}").parse().unwrap();
            let ids = walk(&db, &reseller, Filter::default(), sort).await;
            // The deactivated one and everything of the other reseller are left out.
            assert_eq!(ids.len(), 11, "{sign}{column}");
            assert!(ids.iter().all(|found| (id(5, 101)..id(5, 200)).contains(found)), "{sign}{column}");
            if column == "renews_at" {
                let without = [103, 106, 109].map(|number| id(5, number));
                assert!(ids[8..].iter().all(|found| without.contains(found)), "nulls are not last: {ids:?}");
            }
        }
    }
}

#[actix_web::test]
async fn filters_take_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let (db, reseller) = filled(&folder).await;
    let count = async |filter: Filter| walk(&db, &reseller, filter, Sort::default()).await.len();
    let statuses = |statuses: &[ActivationStatus]| Filter { statuses: statuses.to_vec(), ..Filter::default() };
    assert_eq!(count(statuses(&[ActivationStatus::Deactivated])).await, 1);
    assert_eq!(count(statuses(&[ActivationStatus::Deactivated, ActivationStatus::Active])).await, 12);
    assert_eq!(count(Filter { is_renewing: Some(true), ..Filter::default() }).await, 8);
    assert_eq!(count(Filter { is_renewing: Some(false), ..Filter::default() }).await, 3);
    let overdue = Filter { renews: Some(super::filter::RenewsWithin::Overdue), ..Filter::default() };
    // 1, 2, 4 and 5: two days ago, yesterday, and this very moment.
    assert_eq!(count(overdue).await, 4);
    let words = |words: &[&str]| Filter { words: words.iter().map(ToString::to_string).collect(), ..Filter::default() };
    assert_eq!(count(words(&["linde"])).await, 11);
    assert_eq!(count(words(&["lindenh"])).await, 5);
    assert_eq!(count(words(&["linde", "writer"])).await, 0);
    let day = now().date_naive() - TimeDelta::days(1);
    let on_day = Filter { activated_from: Some(day), activated_to: Some(day), ..Filter::default() };
    assert_eq!(count(on_day).await, 2);
}
