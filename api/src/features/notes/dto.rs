//! Notes as the API shows them.

use shared::dto::activation::{ActivationProduct, Actor};
use shared::dto::end_user::EndUserClient;
use shared::dto::note::{CreateNoteRequest, Note, PatchNoteRequest};
use shared::vocab::{ClientId, NoteId, ProductId};

use super::service::{ListedNote, NoteChanges, NoteDetails};

/// A note to be written.
pub fn details(body: &CreateNoteRequest) -> NoteDetails {
    NoteDetails {
        on: body.on,
        text: body.text.clone(),
        visibility: body.visibility,
        product: body.product_id,
        client: body.client_id,
    }
}

/// What is to be changed of a note.
pub fn changes(body: &PatchNoteRequest) -> NoteChanges {
    NoteChanges {
        on: body.on,
        text: body.text.clone(),
        visibility: body.visibility,
        product: body.product_id,
        client: body.client_id,
    }
}

/// A note.
pub fn note(listed: ListedNote) -> Note {
    let row = listed.row;
    Note {
        id: NoteId(row.id),
        on: row.noted_on,
        text: row.text,
        visibility: row.visibility.0,
        product: row
            .product_id
            .map(|id| ActivationProduct { id: ProductId(id), name: listed.product_name.unwrap_or_default() }),
        client: row
            .client_id
            .map(|id| EndUserClient { id: ClientId(id), name: listed.client_name.unwrap_or_default() }),
        author: Actor { kind: row.author_kind.0, name: row.author_name },
        is_own: listed.is_own,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}
