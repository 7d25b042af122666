//! What clients send: of each method the parameters that are read. What else they hold is passed over.

use gen_lsp_types::{Position, Range, TextDocumentContentChangeEvent};
use lsp_server::ErrorCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::server::Fault;

/// Parameters as the method has them.
pub(super) fn read<P: DeserializeOwned>(params: &Value) -> Result<P, Fault> {
    P::deserialize(params).map_err(|error| Fault::new(ErrorCode::InvalidParams, error.to_string()))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Opened {
    pub(super) text_document: Item,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Item {
    pub(super) uri: String,
    #[serde(default)]
    pub(super) language_id: String,
    #[serde(default)]
    pub(super) version: i32,
    pub(super) text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Edited {
    pub(super) text_document: Versioned,
    pub(super) content_changes: Vec<TextDocumentContentChangeEvent>,
}

#[derive(Deserialize)]
pub(super) struct Versioned {
    pub(super) uri: String,
    pub(super) version: Option<i32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Named {
    pub(super) text_document: Folder,
}

#[derive(Deserialize)]
pub(super) struct FoldersChanged {
    pub(super) event: FoldersEvent,
}

#[derive(Deserialize)]
pub(super) struct FoldersEvent {
    #[serde(default)]
    pub(super) added: Vec<Folder>,
    #[serde(default)]
    pub(super) removed: Vec<Folder>,
}

#[derive(Deserialize)]
pub(super) struct Folder {
    pub(super) uri: String,
}

#[derive(Deserialize)]
pub(super) struct Identifier {
    pub(super) uri: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    pub(super) text_document: Identifier,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Place {
    pub(super) position: Position,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Positions {
    pub(super) positions: Vec<Position>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ranged {
    pub(super) range: Range,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Actions {
    pub(super) range: Range,
    #[serde(default)]
    pub(super) context: Context,
}

#[derive(Default, Deserialize)]
pub(super) struct Context {
    pub(super) only: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rename {
    pub(super) new_name: String,
    pub(super) position: Position,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Query {
    #[serde(default)]
    pub(super) query: String,
    pub(super) work_done_token: Option<Value>,
}
