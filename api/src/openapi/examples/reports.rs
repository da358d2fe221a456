//! Examples of reports and explanations.

use serde_json::Value;
use shared::dto::activation::ActivationRow;
use shared::dto::explanation::{Explanation, FigureRows, FigureValue};
use shared::dto::page::PageInfo;
use shared::dto::report::{
    ActivationImpact, ActivationImpacts, CostPerActiveUser, CostPerActiveUserRow, CostsPerActiveUser, Demand,
    DemandFigures, DemandRow, MoneyAtStake, RenewalDecision, RenewalDecisions, ReportWindow, SuggestionTotal,
    UnusedActivation, UnusedActivations, UsersOnDay,
};
use shared::vocab::{CostBy, DecisionReason, Figure, RowsKind, Suggestion};

use super::{activation_row, day, euro, json, moment, product_of_activation};
use crate::features::explanations::definitions;
use crate::features::reports::dto::csv;

/// The answer of an operation, by its id.
pub fn of(operation_id: &str) -> Option<Value> {
    let text = |text: String| Some(Value::String(text));
    match operation_id {
        "get_explanation" => json(&explanation()),
        "get_unused_activations" => json(&unused()?),
        "get_unused_activations_csv" => text(csv::unused(&unused()?)),
        "get_activation_impact" => json(&impacts()?),
        "get_activation_impact_csv" => text(csv::impacts(&impacts()?)),
        "get_cost_per_active_user" => json(&costs()),
        "get_cost_per_active_user_csv" => text(csv::costs(&costs())),
        "get_demand" => json(&demand()),
        "get_demand_csv" => text(csv::demand(&demand())),
        "get_renewal_decisions" => json(&decisions()?),
        "get_renewal_decisions_csv" => text(csv::decisions(&decisions()?)),
        _ => None,
    }
}

fn zone() -> String {
    "Europe/Berlin".to_owned()
}

fn window(from: i64, to: i64) -> ReportWindow {
    ReportWindow { from_on: day(from), to_on: day(to) }
}

fn row() -> Option<ActivationRow> {
    activation_row()
}

fn explanation() -> Explanation {
    let definition = definitions::of(Figure::TotalActiveUsers);
    Explanation {
        figure: Figure::TotalActiveUsers,
        as_of: moment(0, 14),
        time_zone: zone(),
        title: definition.title.to_owned(),
        definition: definition.text.to_owned(),
        window: Some(window(-29, 0)),
        value: FigureValue { count: Some(1284), ..FigureValue::default() },
        rows: FigureRows {
            kind: RowsKind::EndUsers,
            count: 1284,
            url: "/api/v1/end-users?active_from=2026-10-24&active_to=2026-11-22".to_owned(),
        },
    }
}

fn unused() -> Option<UnusedActivations> {
    let at_stake = MoneyAtStake { paid_unused: euro(1_160)?, renewal: euro(2_900)?, total: euro(4_060)? };
    Some(UnusedActivations {
        as_of: moment(0, 14),
        time_zone: zone(),
        window: window(-29, 0),
        count: 1,
        never_used_count: 0,
        at_stake: Some(at_stake),
        items: vec![UnusedActivation {
            activation: row()?,
            last_used_on: Some(day(-47)),
            unused_days: 47,
            at_stake: Some(at_stake),
        }],
        page: PageInfo::default(),
    })
}

fn impacts() -> Option<ActivationImpacts> {
    Some(ActivationImpacts {
        as_of: moment(0, 14),
        time_zone: zone(),
        days: 28,
        count: 1,
        items: vec![ActivationImpact {
            activation: row()?,
            before: window(-298, -271),
            after: window(-270, -243),
            days_over: 28,
            is_complete: true,
            is_before_whole: true,
            client_users_before: Some(31),
            client_users_after: 44,
            activation_users_after: 19,
            first_used_on: Some(day(-268)),
            days_to_first_use: Some(2),
            day_7: UsersOnDay { on: day(-264), users: Some(8) },
            day_28: UsersOnDay { on: day(-243), users: Some(12) },
        }],
        page: PageInfo::default(),
    })
}

fn costs() -> CostsPerActiveUser {
    let figures = CostPerActiveUser {
        monthly_equivalent: euro(20_300),
        active_users: 41,
        cost_per_user: euro(495),
        previous_active_users: Some(38),
        previous_cost_per_user: euro(534),
    };
    CostsPerActiveUser {
        as_of: moment(0, 14),
        time_zone: zone(),
        by: CostBy::Product,
        window: window(-29, 0),
        previous_window: window(-59, -30),
        total: figures.clone(),
        count: 1,
        items: vec![CostPerActiveUserRow {
            product: Some(product_of_activation()),
            client: None,
            renewing_count: 7,
            figures,
        }],
        page: PageInfo::default(),
    }
}

fn demand() -> Demand {
    let figures = DemandFigures {
        new_activations: 14,
        previous_new_activations: 9,
        ended: 2,
        net: 12,
        active_activations: 31,
        active_users: 212,
    };
    Demand {
        as_of: moment(0, 14),
        time_zone: zone(),
        window: window(-29, 0),
        previous_window: window(-59, -30),
        total: figures,
        count: 1,
        items: vec![DemandRow { rank: 1, product: product_of_activation(), figures }],
        page: PageInfo::default(),
    }
}

fn decisions() -> Option<RenewalDecisions> {
    let total = |suggestion, count, minor| SuggestionTotal { suggestion, count, amount: euro(minor) };
    Some(RenewalDecisions {
        as_of: moment(0, 14),
        time_zone: zone(),
        due: window(0, 30),
        window: window(-29, 0),
        previous_window: window(-59, -30),
        count: 1,
        by_suggestion: vec![
            total(Suggestion::Drop, 0, 0),
            total(Suggestion::Pause, 1, 2_900),
            total(Suggestion::Renew, 0, 0),
        ],
        items: vec![RenewalDecision {
            activation: row()?,
            amount: euro(2_900),
            monthly_equivalent: euro(2_900),
            active_users: 0,
            previous_active_users: Some(3),
            cost_per_user: None,
            last_used_on: Some(day(-47)),
            is_unused: true,
            suggestion: Suggestion::Pause,
            reasons: vec![DecisionReason::Unused30Days],
        }],
        page: PageInfo::default(),
    })
}
