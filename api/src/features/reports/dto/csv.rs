//! Reports as RFC 4180: a header, then the rows of the report. Amounts are numbers with the currency beside them; names that
//! a spreadsheet would take for formulas are made harmless; what is not there is empty.

use std::fmt::Display;

use shared::dto::activation::ActivationRow;
use shared::dto::report::{ActivationImpacts, CostsPerActiveUser, Demand, RenewalDecisions, UnusedActivations};
use shared::vocab::Money;

use crate::http::csv::{row, text_cell};

/// Cells of a row, in the order of the header.
struct Cells(Vec<String>);

impl Cells {
    fn new() -> Self {
        Self(Vec::new())
    }

    fn of(activation: &ActivationRow) -> Self {
        Self::new()
            .text(&activation.product.name)
            .text(&activation.client.name)
            .plain(activation.status)
            .plain(activation.billing_interval)
            .plain(activation.activated_on)
    }

    fn plain(mut self, value: impl Display) -> Self {
        self.0.push(value.to_string());
        self
    }

    fn maybe(self, value: Option<impl Display>) -> Self {
        let text = value.map(|value| value.to_string()).unwrap_or_default();
        self.plain(text)
    }

    fn text(self, text: &str) -> Self {
        self.plain(text_cell(text))
    }

    fn amount(self, amount: Option<Money>) -> Self {
        self.maybe(amount.map(Money::amount))
    }

    fn currency(self, amount: Option<Money>) -> Self {
        self.maybe(amount.map(|amount| amount.currency.code()))
    }

    fn line(&self) -> String {
        row(self.0.iter().map(String::as_str))
    }
}

fn table(header: &[&str], rows: impl Iterator<Item = Cells>) -> String {
    rows.fold(row(header.iter().copied()), |mut text, cells| {
        debug_assert_eq!(cells.0.len(), header.len(), "a cell for each name of the header");
        text.push_str(&cells.line());
        text
    })
}

/// What nobody uses.
pub fn unused(report: &UnusedActivations) -> String {
    let header = [
        "product",
        "client",
        "status",
        "billing_interval",
        "activated",
        "last_used",
        "unused_days",
        "next_renewal",
        "paid_unused",
        "renewal",
        "at_stake",
        "currency",
        "activation_id",
    ];
    let rows = report.items.iter().map(|item| {
        let at_stake = item.at_stake;
        Cells::of(&item.activation)
            .maybe(item.last_used_on)
            .plain(item.unused_days)
            .maybe(item.activation.renews_on)
            .amount(at_stake.map(|money| money.paid_unused))
            .amount(at_stake.map(|money| money.renewal))
            .amount(at_stake.map(|money| money.total))
            .currency(at_stake.map(|money| money.total))
            .plain(item.activation.id)
    });
    table(&header, rows)
}

/// What activations changed.
pub fn impacts(report: &ActivationImpacts) -> String {
    let header = [
        "product",
        "client",
        "status",
        "billing_interval",
        "activated",
        "days_over",
        "complete",
        "client_users_before",
        "client_users_after",
        "activation_users_after",
        "first_used",
        "days_to_first_use",
        "users_on_day_7",
        "users_on_day_28",
        "activation_id",
    ];
    let rows = report.items.iter().map(|item| {
        Cells::of(&item.activation)
            .plain(item.days_over)
            .plain(item.is_complete)
            .maybe(item.client_users_before)
            .plain(item.client_users_after)
            .plain(item.activation_users_after)
            .maybe(item.first_used_on)
            .maybe(item.days_to_first_use)
            .maybe(item.day_7.users)
            .maybe(item.day_28.users)
            .plain(item.activation.id)
    });
    table(&header, rows)
}

/// What an active user costs.
pub fn costs(report: &CostsPerActiveUser) -> String {
    let header = [
        report.by.as_str(),
        "renewing",
        "monthly_equivalent",
        "active_users",
        "cost_per_user",
        "previous_active_users",
        "previous_cost_per_user",
        "currency",
        "id",
    ];
    let rows = report.items.iter().map(|item| {
        let name = item.product.as_ref().map(|product| &product.name);
        let name = name.or(item.client.as_ref().map(|client| &client.name));
        let id = item.product.as_ref().map(|product| product.id.to_string());
        let figures = &item.figures;
        Cells::new()
            .text(name.map(String::as_str).unwrap_or_default())
            .plain(item.renewing_count)
            .amount(figures.monthly_equivalent)
            .plain(figures.active_users)
            .amount(figures.cost_per_user)
            .maybe(figures.previous_active_users)
            .amount(figures.previous_cost_per_user)
            .currency(figures.monthly_equivalent)
            .maybe(id.or(item.client.as_ref().map(|client| client.id.to_string())))
    });
    table(&header, rows)
}

/// What is in demand.
pub fn demand(report: &Demand) -> String {
    let header = [
        "rank",
        "product",
        "new_activations",
        "previous_new_activations",
        "ended",
        "net",
        "active_activations",
        "active_users",
        "product_id",
    ];
    let rows = report.items.iter().map(|item| {
        Cells::new()
            .plain(item.rank)
            .text(&item.product.name)
            .plain(item.figures.new_activations)
            .plain(item.figures.previous_new_activations)
            .plain(item.figures.ended)
            .plain(item.figures.net)
            .plain(item.figures.active_activations)
            .plain(item.figures.active_users)
            .plain(item.product.id)
    });
    table(&header, rows)
}

/// Renewals to decide about.
pub fn decisions(report: &RenewalDecisions) -> String {
    let header = [
        "product",
        "client",
        "status",
        "billing_interval",
        "activated",
        "renews",
        "amount",
        "monthly_equivalent",
        "currency",
        "active_users",
        "previous_active_users",
        "cost_per_user",
        "last_used",
        "suggestion",
        "reasons",
        "activation_id",
    ];
    let rows = report.items.iter().map(|item| {
        let reasons: Vec<_> = item.reasons.iter().map(|reason| reason.as_str()).collect();
        Cells::of(&item.activation)
            .maybe(item.activation.renews_on)
            .amount(item.amount)
            .amount(item.monthly_equivalent)
            .currency(item.amount)
            .plain(item.active_users)
            .maybe(item.previous_active_users)
            .amount(item.cost_per_user)
            .maybe(item.last_used_on)
            .plain(item.suggestion)
            .plain(reasons.join(" "))
            .plain(item.activation.id)
    });
    table(&header, rows)
}
