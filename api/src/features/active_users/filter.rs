//! Of whom users are counted: everybody's, or those of one product, client or activation.

use sea_orm::ConnectionTrait;
use shared::vocab::{ActivationId, ClientId, ProductId};

use super::scope::Scope;
use crate::auth::Reseller;
use crate::error::Error;
use crate::features::{activations, clients, products};

/// Whose users.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Filter {
    /// Everybody's.
    #[default]
    All,
    /// Those of a product.
    Product(ProductId),
    /// Those of a client.
    Client(ClientId),
    /// Those of an activation.
    Activation(ActivationId),
}

impl Filter {
    /// The one of the parameters that is given.
    pub fn of(
        product: Option<ProductId>,
        client: Option<ClientId>,
        activation: Option<ActivationId>,
    ) -> Result<Self, Error> {
        match (product, client, activation) {
            (None, None, None) => Ok(Self::All),
            (Some(product), None, None) => Ok(Self::Product(product)),
            (None, Some(client), None) => Ok(Self::Client(client)),
            (None, None, Some(activation)) => Ok(Self::Activation(activation)),
            (_, _, Some(_)) => Err(Error::field(
                "?activation",
                "invalid",
                "cannot be combined with product or client: an activation has one of each",
            )),
            (Some(_), Some(_), None) => Err(Error::field("?client", "invalid", "cannot be combined with product")),
        }
    }

    /// Refuses what is not there, or somebody else's, alike.
    pub async fn check(self, connection: &impl ConnectionTrait, reseller: &Reseller) -> Result<(), Error> {
        let (pointer, is_known, message) = match self {
            Self::All => return Ok(()),
            Self::Product(id) => {
                ("?product", products::store::exists(connection, id.0).await?, "is not a product of the catalogue")
            }
            Self::Client(id) => {
                let known = clients::store::find(connection, reseller.id, id).await?;
                ("?client", known.is_some(), "is not one of your clients")
            }
            Self::Activation(id) => {
                let is_known = activations::store::exists(connection, reseller.id, id).await?;
                ("?activation", is_known, "is not one of your activations")
            }
        };
        if is_known { Ok(()) } else { Err(Error::field(pointer, "unknown_value", message)) }
    }

    /// The scope whose counters it reads.
    pub fn scope(self) -> Scope {
        match self {
            Self::All => Scope::TOTAL,
            Self::Client(id) => Scope::client(id),
            Self::Product(id) => Scope::product(id),
            Self::Activation(id) => Scope::activation(id),
        }
    }

    /// The product, if it is one.
    pub fn product(self) -> Option<ProductId> {
        if let Self::Product(id) = self { Some(id) } else { None }
    }

    /// The client, if it is one.
    pub fn client(self) -> Option<ClientId> {
        if let Self::Client(id) = self { Some(id) } else { None }
    }

    /// The activation, if it is one.
    pub fn activation(self) -> Option<ActivationId> {
        if let Self::Activation(id) = self { Some(id) } else { None }
    }
}
