//! End users as the API shows them.

use shared::dto::end_user::{EndUser, EndUserClient, EndUserProduct};
use shared::vocab::{ClientId, EndUserId, ProductId};

use super::service::ListedEndUser;

/// An end user under its pseudonym.
pub fn end_user(listed: ListedEndUser) -> EndUser {
    let product = |(id, name)| EndUserProduct { id: ProductId(id), name };
    EndUser {
        id: EndUserId(listed.row.id),
        client: EndUserClient { id: ClientId(listed.row.client_id), name: listed.client_name },
        products: listed.products.into_iter().map(product).collect(),
        first_used_at: listed.used.0,
        last_used_at: listed.used.1,
    }
}
