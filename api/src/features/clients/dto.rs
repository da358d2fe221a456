//! Clients as the API shows them.

use shared::dto::client::Client;
use shared::vocab::ClientId;

use super::service::ListedClient;
use crate::auth::Reseller;

/// A client.
pub fn client(reseller: &Reseller, listed: ListedClient) -> Client {
    Client {
        id: ClientId(listed.client.id),
        name: listed.client.name,
        email: listed.client.email,
        external_reference: listed.client.external_reference,
        active_activations: listed.active_count,
        monthly_equivalent: reseller.money(listed.monthly_equivalent_minor),
        notes: listed.client.notes,
        created_at: listed.client.created_at,
        archived_at: listed.client.archived_at,
    }
}
