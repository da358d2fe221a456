//! Examples of markers, notes and promotions.

use serde_json::Value;
use shared::dto::activation::Actor;
use shared::dto::end_user::EndUserClient;
use shared::dto::marker::{Marker, MarkerEvent, Markers};
use shared::dto::note::Note;
use shared::dto::promotion::Promotion;
use shared::vocab::{
    ActivationId, ActorKind, ClientId, EndUserId, MarkerKind, NoteId, NoteVisibility, PromotionId, PromotionKind,
    PromotionScope,
};

use super::{day, id, json, moment, page, product_of_activation};
use crate::http::csv;

/// The answer of an operation, by its id.
pub(super) fn of(operation_id: &str) -> Option<Value> {
    match operation_id {
        "list_active_users_markers" => json(&Markers {
            as_of: moment(0, 14),
            time_zone: "Europe/Berlin".to_owned(),
            from_on: day(-6),
            to_on: day(0),
            items: vec![Marker { on: day(-3), kind: MarkerKind::Activation, count: 1, events: vec![activation()] }],
        }),
        "list_notes" => json(&page(note(), 12)),
        "create_note" | "get_note" | "patch_note" => json(&note()),
        "list_promotions" => json(&page(promotion(), 3)),
        "create_promotion" | "get_promotion" | "patch_promotion" => json(&promotion()),
        _ => None,
    }
}

/// An end user in a download.
pub(super) fn end_user_row() -> String {
    csv::row([
        EndUserId(id(6)).to_string().as_str(),
        &ClientId(id(3)).to_string(),
        "Ana Ferreira",
        "AI Writer",
        "2026-10-13T07:00:00Z",
        "2026-11-22T12:00:00Z",
    ])
}

fn client() -> EndUserClient {
    EndUserClient { id: ClientId(id(3)), name: "Ana Ferreira".to_owned() }
}

fn activation() -> MarkerEvent {
    MarkerEvent {
        kind: MarkerKind::Activation,
        title: "AI Writer activated for Ana Ferreira".to_owned(),
        text: None,
        on: day(-3),
        at: Some(moment(-3, 10)),
        ends_on: None,
        activation_id: Some(ActivationId(id(2))),
        product: Some(product_of_activation()),
        client: Some(client()),
        price_migration_id: None,
        price_before: None,
        price_after: None,
        promotion_id: None,
        note_id: None,
        visibility: None,
        by: Some("Mara Lindqvist".to_owned()),
    }
}

fn note() -> Note {
    Note {
        id: NoteId(id(9)),
        on: day(-4),
        text: "Newsletter to all clients".to_owned(),
        visibility: NoteVisibility::Team,
        product: Some(product_of_activation()),
        client: None,
        author: Actor { kind: ActorKind::Member, name: Some("Mara Lindqvist".to_owned()) },
        is_own: true,
        created_at: moment(-4, 9),
        updated_at: moment(-4, 9),
    }
}

fn promotion() -> Promotion {
    Promotion {
        id: PromotionId(id(10)),
        kind: PromotionKind::Promotion,
        title: "Autumn offer: two months free".to_owned(),
        text: Some("For yearly activations of AI Writer.".to_owned()),
        starts_on: day(-20),
        ends_on: Some(day(10)),
        scope: PromotionScope::All,
        reseller_ids: Vec::new(),
        created_at: moment(-25, 9),
        updated_at: moment(-25, 9),
    }
}
