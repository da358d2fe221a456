//! What members note on a day, so that they remember what a figure coincides with.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::activation::{ActivationProduct, Actor};
use super::end_user::EndUserClient;
use super::lifecycle::present;
use crate::vocab::{ClientId, NoteId, NoteVisibility, ProductId};

/// A note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Note {
    /// Its id.
    pub id: NoteId,
    /// The day it stands on.
    pub on: NaiveDate,
    /// What it says.
    #[cfg_attr(feature = "openapi", schema(example = "Newsletter to all clients", min_length = 1, max_length = 200))]
    pub text: String,
    /// Who reads it.
    pub visibility: NoteVisibility,
    /// The product it is about; null if it is about none.
    pub product: Option<ActivationProduct>,
    /// The client it is about; null if it is about none.
    pub client: Option<EndUserClient>,
    /// Who wrote it.
    pub author: Actor,
    /// Whether that is the caller.
    pub is_own: bool,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A note to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateNoteRequest {
    /// The day it stands on; from 2000 on, the future included.
    pub on: NaiveDate,
    /// What it says: one line.
    #[cfg_attr(feature = "openapi", schema(example = "Newsletter to all clients", min_length = 1, max_length = 200))]
    pub text: String,
    /// Who reads it.
    pub visibility: NoteVisibility,
    /// The product it is about. Not together with `client_id`.
    #[serde(default)]
    pub product_id: Option<ProductId>,
    /// The client it is about.
    #[serde(default)]
    pub client_id: Option<ClientId>,
}

/// Changes a note; what is not named stays, null takes the product or client away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PatchNoteRequest {
    /// The day it stands on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
    /// What it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub text: Option<String>,
    /// Who reads it. Only its author decides that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<NoteVisibility>,
    /// The product it is about.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ProductId>))]
    pub product_id: Option<Option<ProductId>>,
    /// The client it is about.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ClientId>))]
    pub client_id: Option<Option<ClientId>>,
}
