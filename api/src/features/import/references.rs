//! What rows point at: products, clients and activations by their external ids.

use std::collections::HashMap;

use shared::vocab::{ClientId, ProductId};

use super::problems::suggestion;
use crate::auth::Reseller;
use crate::db::WriteTx;
use crate::error::Error;
use crate::features::catalogue::store::find_product;
use crate::features::clients::store::find_by_reference;

/// Products and clients that were looked up.
#[derive(Debug, Default)]
pub struct References {
    products: HashMap<String, Option<ProductId>>,
    clients: HashMap<String, Option<ClientId>>,
}

impl References {
    /// The product with this external id, from the folder or the catalogue; else what to tell.
    pub async fn product(&mut self, tx: &WriteTx, key: &str) -> Result<Result<ProductId, String>, Error> {
        if !self.products.contains_key(key) {
            let found = find_product(tx.connection(), key).await?.map(|product| product.id);
            self.products.insert(key.to_owned(), found);
        }
        Ok(self.products.get(key).copied().flatten().ok_or_else(|| unknown("product", key, &self.products)))
    }

    /// The reseller's client with this external id; else what to tell.
    pub async fn client(
        &mut self,
        tx: &WriteTx,
        reseller: &Reseller,
        key: &str,
    ) -> Result<Result<ClientId, String>, Error> {
        if !self.clients.contains_key(key) {
            let found = find_by_reference(tx.connection(), reseller.id, key).await?.map(|(id, _)| id);
            self.clients.insert(key.to_owned(), found);
        }
        Ok(self.clients.get(key).copied().flatten().ok_or_else(|| unknown("client", key, &self.clients)))
    }

    /// Notes a product of the folder.
    pub fn add_product(&mut self, key: &str, id: ProductId) {
        self.products.insert(key.to_owned(), Some(id));
    }

    /// Notes a client of the folder.
    pub fn add_client(&mut self, key: &str, id: ClientId) {
        self.clients.insert(key.to_owned(), Some(id));
    }
}

fn unknown<T>(kind: &str, key: &str, known: &HashMap<String, Option<T>>) -> String {
    let names = known.iter().filter(|(_, id)| id.is_some()).map(|(name, _)| name.as_str());
    format!("there is no {kind} {key:?}{}", suggestion(key, names))
}
