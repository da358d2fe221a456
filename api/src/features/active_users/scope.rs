//! What distinct end users are counted in.

use shared::vocab::{ActivationId, ClientId, ProductId};
use uuid::Uuid;

/// A set of activations with counters of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    /// 0 total, 1 product, 2 activation, 3 client.
    pub kind: i16,
    /// The product, activation or client; nil for the total.
    pub id: Uuid,
}

impl Scope {
    /// The kind of products.
    pub const PRODUCTS: i16 = 1;
    /// The kind of clients.
    pub const CLIENTS: i16 = 3;

    /// All of a reseller's activations.
    pub const TOTAL: Self = Self { kind: 0, id: Uuid::nil() };

    /// One product.
    pub const fn product(id: ProductId) -> Self {
        Self { kind: Self::PRODUCTS, id: id.0 }
    }

    /// One activation.
    pub const fn activation(id: ActivationId) -> Self {
        Self { kind: 2, id: id.0 }
    }

    /// One client. Who was present is kept with the total: an end user belongs to one client.
    pub const fn client(id: ClientId) -> Self {
        Self { kind: Self::CLIENTS, id: id.0 }
    }
}
