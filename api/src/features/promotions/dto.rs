//! Promotions as the API shows them.

use shared::dto::promotion::{CreatePromotionRequest, PatchPromotionRequest, Promotion};
use shared::vocab::PromotionId;

use super::service::{Announced, PromotionChanges, PromotionDetails};

/// A promotion to be announced.
pub fn details(body: &CreatePromotionRequest) -> PromotionDetails {
    PromotionDetails {
        kind: body.kind,
        title: body.title.clone(),
        text: body.text.clone(),
        starts_on: body.starts_on,
        ends_on: body.ends_on,
        scope: body.scope,
        resellers: body.reseller_ids.iter().copied().collect(),
    }
}

/// What is to be changed of a promotion.
pub fn changes(body: &PatchPromotionRequest) -> PromotionChanges {
    PromotionChanges {
        kind: body.kind,
        title: body.title.clone(),
        text: body.text.clone(),
        starts_on: body.starts_on,
        ends_on: body.ends_on,
        scope: body.scope,
        resellers: body.reseller_ids.as_ref().map(|ids| ids.iter().copied().collect()),
    }
}

/// A promotion.
pub fn promotion(announced: Announced) -> Promotion {
    let row = announced.row;
    Promotion {
        id: PromotionId(row.id),
        kind: row.kind.0,
        title: row.title,
        text: row.text,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        scope: row.scope.0,
        reseller_ids: announced.resellers,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}
