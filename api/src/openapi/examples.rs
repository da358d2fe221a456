//! Examples of answers as typed values, so that they cannot rot: a field that is added or renamed shows here at once.

mod markers;
mod reports;
mod usage;
mod wallet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Serialize;
use serde_json::Value;
use shared::dto::activation::{
    Activation, ActivationClient, ActivationCounts, ActivationProduct, ActivationRow, Actor, HistoryEntry,
    IntervalCount, Period, ProductCount, StatusCount,
};
use shared::dto::active_users::{ActiveUsersPoint, ActiveUsersSeries, ActiveUsersSummary, Peak, Quiet};
use shared::dto::catalogue::{Price, Product};
use shared::dto::client::Client;
use shared::dto::dashboard::{Dashboard, Section};
use shared::dto::end_user::{EndUser, EndUserClient, EndUserProduct};
use shared::dto::forecast::{Forecast, ProjectedBalance, RecommendedTopUp, Runway, Shortfall, UpcomingRenewal};
use shared::dto::overview::{ActiveSoftwareFigure, ActiveUsersFigure, BalanceFigure, Overview};
use shared::dto::page::{Page, PageInfo};
use shared::dto::recurring_costs::{CostShare, Due, NextCharge, RecurringCostCard, RecurringCosts};
use shared::vocab::{
    ActivationAction, ActivationId, ActivationStatus, ActorKind, BalanceLevel, BillingInterval, BillingState, Bucket,
    ClientId, Compare, Currency, EndUserId, HistoryId, HistoryKind, LedgerEntryId, Measure, Money, PriceId, ProductId,
    Range, RunwayState,
};
use uuid::Uuid;

use super::lifecycle_examples;
use crate::features::{active_users, end_users, session};

/// The answer of an operation, by its id.
pub fn of(operation_id: &str) -> Option<Value> {
    match operation_id {
        "get_dashboard" => json(&dashboard()?),
        "get_overview" => json(&overview()?),
        "get_recurring_costs" => json(&recurring_costs()?),
        "get_forecast" => json(&forecast()?),
        "list_upcoming_renewals" => json(&page(upcoming_renewal()?, 23)),
        "get_active_users" => json(&active_users()),
        "get_active_users_csv" => Some(Value::String(active_users::dto::csv(&active_users()))),
        "list_end_users" => json(&page(end_user(), 1284)),
        "list_activations" => json(&page(activation_row()?, 96)),
        "get_activation_counts" => json(&activation_counts()),
        "get_activation" => json(&activation()?),
        "list_activation_history" => json(&page(history_entry(), 9)),
        "list_products" => json(&page(product()?, 12)),
        "list_clients" => json(&page(client()?, 41)),
        "create_client" | "patch_client" | "archive_client" | "restore_client" | "get_client" => json(&client()?),
        "get_end_users_csv" => {
            Some(Value::String(format!("{}{}", end_users::dto::csv_header(), markers::end_user_row())))
        }
        _ => lifecycle_examples::of(operation_id)
            .or_else(|| wallet::of(operation_id))
            .or_else(|| markers::of(operation_id))
            .or_else(|| usage::of(operation_id))
            .or_else(|| reports::of(operation_id)),
    }
}

/// What an operation is sent, by its id.
pub fn sent_to(operation_id: &str) -> Option<Value> {
    lifecycle_examples::sent_to(operation_id).or_else(|| usage::sent_to(operation_id))
}

pub(super) fn json(example: &impl Serialize) -> Option<Value> {
    serde_json::to_value(example).ok()
}

pub(super) fn id(last: u128) -> Uuid {
    Uuid::from_u128(0x019a_aa70_5c00_7000_8000_0000_0000_0000 | last)
}

/// Midnight of a day in Berlin's winter, `days` from 22 November 2026.
pub(super) fn moment(days: i64, hour: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_302_000, 0).unwrap_or_default() + TimeDelta::days(days) + TimeDelta::hours(hour)
}

pub(super) fn day(days: i64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap_or_default() + TimeDelta::days(days)
}

pub(super) fn euro(minor: i64) -> Option<Money> {
    Some(Money::new(minor, Currency::from_code("EUR").ok()?))
}

pub(super) fn page<T>(item: T, total: i64) -> Page<T> {
    let cursor = "9f1c2d3e4b5a69788796a5b4c3d2e1f0eyJkIjoibiIsImsiOjd9";
    Page {
        items: vec![item],
        page: PageInfo { next_cursor: Some(cursor.to_owned()), prev_cursor: None, total: Some(total) },
    }
}

pub(super) fn product_of_activation() -> ActivationProduct {
    ActivationProduct { id: ProductId(id(1)), name: "AI Writer".to_owned() }
}

pub(super) fn activation_row() -> Option<ActivationRow> {
    Some(ActivationRow {
        id: ActivationId(id(2)),
        product: product_of_activation(),
        client: ActivationClient {
            id: ClientId(id(3)),
            name: "Ana Ferreira".to_owned(),
            email: Some("ana@ferreira-studio.example".to_owned()),
        },
        status: ActivationStatus::Active,
        billing_state: Some(BillingState::Current),
        billing_interval: BillingInterval::Monthly,
        price: euro(2_900)?,
        auto_renew: true,
        activated_at: moment(-270, 10),
        activated_on: day(-270),
        paid_until_on: Some(day(12)),
        renews_at: Some(moment(12, 0)),
        renews_on: Some(day(12)),
        renews_in_days: Some(12),
        covered: Some(true),
        grace_until_on: None,
        ends_on: None,
        external_reference: Some("HD-2093".to_owned()),
    })
}

pub(super) fn activation() -> Option<Activation> {
    Some(Activation {
        row: activation_row()?,
        activated_by: Actor { kind: ActorKind::Member, name: Some("Mara Lindqvist".to_owned()) },
        current_period: Some(Period { start_on: day(-18), end_on: day(12) }),
        anchor_on: day(-262),
        anchor_day: 4,
        time_zone: "Europe/Berlin".to_owned(),
        priority: 5,
        pending_change: None,
        paused_at: None,
        resume_at: None,
        resume_on: None,
        paid_so_far: euro(26_100),
        charge_count: 9,
        refundable_now: euro(0),
        refundable_until_on: None,
        access_url: Some("https://writer.apps.example/ana".to_owned()),
        access_note: Some("With the client's email address.".to_owned()),
        notes: None,
        active_users_30_days: 41,
        allowed_actions: vec![
            ActivationAction::Renew,
            ActivationAction::Pause,
            ActivationAction::Deactivate,
            ActivationAction::ChangeInterval,
        ],
    })
}

fn history_entry() -> HistoryEntry {
    HistoryEntry {
        id: HistoryId(id(4)),
        kind: HistoryKind::Renewed,
        occurred_at: moment(-18, 0),
        actor: Actor { kind: ActorKind::System, name: None },
        reason: None,
        status_before: Some(ActivationStatus::Active),
        status_after: ActivationStatus::Active,
        paid_until_on: Some(day(12)),
        amount: euro(-2_900),
        ledger_entry_id: Some(LedgerEntryId(id(5))),
        request_id: None,
    }
}

fn activation_counts() -> ActivationCounts {
    let statuses = [86, 4, 2, 4, 23, 0];
    let order = [
        ActivationStatus::Active,
        ActivationStatus::Paused,
        ActivationStatus::Pending,
        ActivationStatus::Expired,
        ActivationStatus::Deactivated,
        ActivationStatus::Failed,
    ];
    let by_status = order.into_iter().zip(statuses).map(|(status, count)| StatusCount { status, count }).collect();
    let intervals = BillingInterval::ALL.iter().zip([67, 13, 6, 10]);
    ActivationCounts {
        total: 96,
        by_status,
        by_product: vec![ProductCount { product: product_of_activation(), count: 96 }],
        by_billing_interval: intervals
            .map(|(billing_interval, count)| IntervalCount { billing_interval: *billing_interval, count })
            .collect(),
    }
}

fn overview() -> Option<Overview> {
    Some(Overview {
        as_of: moment(0, 14),
        today_on: day(0),
        total_active_users: ActiveUsersFigure {
            value: 1284,
            previous: Some(1142),
            from_on: day(-29),
            to_on: day(0),
            ever_used: 2310,
            trend: (0..30).map(|index| Some(1145 + index * 139 / 29)).collect(),
        },
        total_active_software: ActiveSoftwareFigure {
            value: 86,
            previous: 77,
            trend: (0..30).map(|index| 77 + index * 9 / 29).collect(),
        },
        balance: Some(BalanceFigure {
            balance: euro(43_210)?,
            due_in_30_days: euro(139_500)?,
            renewals_in_30_days: 61,
        }),
    })
}

fn recurring_costs() -> Option<RecurringCosts> {
    let card = |billing_interval, count: i64, price: i64, monthly: i64| {
        let due = |count: i64| Some(Due { count, amount: euro(price * count)? });
        Some(RecurringCostCard {
            billing_interval,
            renewing_count: count,
            total: euro(price * count)?,
            monthly_equivalent: euro(monthly)?,
            next_charge: Some(NextCharge { renews_on: day(2), amount: euro(price)? }),
            due_in_7_days: due(1)?,
            due_in_30_days: due(count.min(2))?,
            paused: due(0)?,
        })
    };
    Some(RecurringCosts {
        as_of: moment(0, 14),
        cards: vec![
            card(BillingInterval::Monthly, 3, 1_000, 3_000)?,
            card(BillingInterval::Quarterly, 2, 2_800, 1_867)?,
            card(BillingInterval::Semiannual, 1, 6_000, 1_000)?,
            card(BillingInterval::Yearly, 7, 5_400, 3_150)?,
        ],
        monthly_equivalent: euro(9_017)?,
        short_intervals: CostShare { monthly_equivalent: euro(4_867)?, per_mille: 540 },
        long_intervals: CostShare { monthly_equivalent: euro(4_150)?, per_mille: 460 },
    })
}

fn active_users() -> ActiveUsersSeries {
    let values = [172, 181, 190, 164, 120, 236, 88];
    let point = |(index, value): (i64, i64)| ActiveUsersPoint {
        from_on: day(index - 6),
        to_on: day(index - 6),
        value: Some(value),
        previous: Some(value - 12),
        previous_from_on: Some(day(index - 13)),
        is_running: index == 6,
    };
    ActiveUsersSeries {
        as_of: moment(0, 14),
        range: Some(Range::SevenDays),
        bucket: Bucket::Day,
        measure: Measure::Distinct,
        compare: Compare::Prev,
        time_zone: "Europe/Berlin".to_owned(),
        next_time_zone: None,
        from_on: day(-6),
        to_on: day(0),
        shift_days: Some(7),
        shift_months: None,
        first_event_on: Some(day(-178)),
        product: None,
        client: None,
        activation: None,
        points: (0..).zip(values).map(point).collect(),
        summary: ActiveUsersSummary {
            average: Some(177),
            previous_average: Some(165),
            peak: Some(Peak { from_on: day(-1), value: 236 }),
            drops: Vec::new(),
            quiet: vec![Quiet { from_on: day(-4), to_on: day(-2) }],
        },
    }
}

fn end_user() -> EndUser {
    EndUser {
        label: None,
        id: EndUserId(id(6)),
        client: EndUserClient { id: ClientId(id(3)), name: "Ana Ferreira".to_owned() },
        products: vec![EndUserProduct { id: ProductId(id(1)), name: "AI Writer".to_owned() }],
        first_used_at: moment(-40, 9),
        last_used_at: moment(0, 13),
    }
}

fn product() -> Option<Product> {
    let price = |number, billing_interval, minor| {
        Some(Price { id: PriceId(id(number)), billing_interval, amount: euro(minor)? })
    };
    Some(Product {
        id: ProductId(id(1)),
        name: "AI Writer".to_owned(),
        description: "Drafts texts in your client's voice.".to_owned(),
        is_retired: false,
        is_set_up_by_hand: false,
        prices: vec![price(7, BillingInterval::Monthly, 2_900)?, price(8, BillingInterval::Yearly, 29_000)?],
    })
}

pub(super) fn client() -> Option<Client> {
    Some(Client {
        id: ClientId(id(3)),
        name: "Ana Ferreira".to_owned(),
        email: Some("ana@ferreira-studio.example".to_owned()),
        external_reference: Some("C-1041".to_owned()),
        active_activations: 2,
        monthly_equivalent: euro(5_317)?,
        notes: None,
        created_at: moment(-300, 11),
        archived_at: None,
    })
}

fn dashboard() -> Option<Dashboard> {
    Some(Dashboard {
        as_of: moment(0, 14),
        session: Section::Data(session::dto::example_session()),
        overview: Section::Data(overview()?),
        recurring_costs: Section::Data(recurring_costs()?),
        active_users: Section::Data(active_users()),
        activations: Section::Data(page(activation_row()?, 96)),
        activation_counts: Section::Data(activation_counts()),
        next_renewals: Section::Data(vec![activation_row()?]),
        runway: Section::Data(runway()?),
    })
}

fn upcoming_renewal() -> Option<UpcomingRenewal> {
    let row = activation_row()?;
    Some(UpcomingRenewal {
        activation_id: row.id,
        product: row.product,
        client: row.client,
        billing_interval: row.billing_interval,
        renews_at: moment(12, 0),
        renews_on: day(12),
        renews_in_days: 12,
        amount: row.price,
        balance_after: euro(-2_300)?,
        left_over: Some(euro(700)?),
        covered: false,
    })
}

fn runway() -> Option<Runway> {
    Some(Runway {
        state: RunwayState::Short,
        available: euro(10_000)?,
        covered_until_on: Some(day(11)),
        first_shortfall: Some(Shortfall {
            on: day(12),
            amount: euro(2_300)?,
            failing: vec![UpcomingRenewal { left_over: None, ..upcoming_renewal()? }],
            failing_count: 1,
        }),
        level: BalanceLevel::Watch,
        failed_count: 0,
        needed: euro(2_300)?,
        needed_until_on: Some(day(30)),
    })
}

fn forecast() -> Option<Forecast> {
    let due = |count, minor| Some(Due { count, amount: euro(minor)? });
    let top_up = |days, minor| {
        let due = due(5, 10_000 + minor)?;
        Some(RecommendedTopUp { days, until_on: day(days), due, amount: euro(minor)? })
    };
    Some(Forecast {
        as_of: moment(0, 14),
        today_on: day(0),
        runway: runway()?,
        recommended_top_ups: vec![top_up(30, 2_300)?, top_up(60, 5_200)?, top_up(90, 8_100)?],
        series: vec![
            ProjectedBalance { on: day(0), due: due(0, 0)?, balance: euro(10_000)? },
            ProjectedBalance { on: day(12), due: due(5, 12_300)?, balance: euro(-2_300)? },
        ],
    })
}
