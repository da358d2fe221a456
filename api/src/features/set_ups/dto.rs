//! Set-ups as the API shows them to operators.

use shared::dto::activation::{ActivationClient, ActivationProduct};
use shared::dto::operator::SetUp;
use shared::vocab::{ActivationId, ClientId, Money, ProductId, ResellerId};

use super::service;

/// A set-up.
pub fn set_up(found: service::SetUp) -> SetUp {
    let service::SetUp { row, reseller, product_name, client: (client_name, client_email) } = found;
    SetUp {
        activation_id: ActivationId(row.id),
        reseller_id: ResellerId(row.reseller_id),
        reseller_name: reseller.name,
        product: ActivationProduct { id: ProductId(row.product_id), name: product_name },
        client: ActivationClient { id: ClientId(row.client_id), name: client_name, email: client_email },
        status: row.status.0,
        billing_interval: row.billing_interval.0,
        price: Money::new(row.price_minor, reseller.currency.0),
        requested_at: row.activated_at,
        external_reference: row.external_reference,
        notes: row.notes,
    }
}
