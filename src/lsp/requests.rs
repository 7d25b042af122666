//! What a client may ask for, and who answers.

use gen_lsp_types::{Position, Range};
use lsp_server::ErrorCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::client::Client;
use super::document::Open;
use super::server::{Fault, Server, read};
use super::{actions, completion, hints, hover, navigation, publish, structure, workspace};

/// What the server can do for a client.
pub(super) fn capabilities(client: &Client) -> Value {
    let mut capabilities = json!({
        "positionEncoding": client.encoding_name(),
        "textDocumentSync": {"openClose": true, "change": 2, "save": {"includeText": false}},
        "hoverProvider": true,
        "completionProvider": {"triggerCharacters": ["\"", ".", "$", ":"]},
        "signatureHelpProvider": {"triggerCharacters": ["(", ","]},
        "definitionProvider": true,
        "referencesProvider": true,
        "documentHighlightProvider": true,
        "renameProvider": if client.prepares_rename { json!({"prepareProvider": true}) } else { json!(true) },
        "codeActionProvider": if client.literal_actions {
            json!({"codeActionKinds": ["quickfix", "refactor.rewrite", actions::FIX_ALL]})
        } else {
            json!(false)
        },
        "inlayHintProvider": true,
        "codeLensProvider": {"resolveProvider": false},
        "documentSymbolProvider": true,
        "workspaceSymbolProvider": {"workDoneProgress": client.progress},
        "foldingRangeProvider": true,
        "selectionRangeProvider": true,
        "documentLinkProvider": {"resolveProvider": false},
        "workspace": {"workspaceFolders": {"supported": true, "changeNotifications": true}},
    });
    if let (true, Value::Object(members)) = (client.pulls, &mut capabilities) {
        let options = json!({"identifier": "aslint", "interFileDependencies": false, "workspaceDiagnostics": false});
        members.insert("diagnosticProvider".to_owned(), options);
    }
    capabilities
}

/// Answers a request.
pub(super) fn answer(server: &mut Server<'_>, method: &str, params: &Value) -> Result<Value, Fault> {
    match method {
        "textDocument/hover" => {
            let markdown = server.client.as_ref().is_some_and(|client| client.markdown);
            at(server, params, |open, offset, _| hover::hover(open, offset, markdown))
        }
        "textDocument/completion" => {
            let snippets = server.client.as_ref().is_some_and(|client| client.snippets);
            at(server, params, |open, offset, _| completion::complete(open, offset, snippets))
        }
        "textDocument/signatureHelp" => at(server, params, |open, offset, _| completion::signature(open, offset)),
        "textDocument/definition" => at(server, params, |open, offset, _| navigation::definition(open, offset)),
        "textDocument/references" => at(server, params, navigation::references),
        "textDocument/documentHighlight" => at(server, params, |open, offset, _| navigation::highlights(open, offset)),
        "textDocument/prepareRename" => at(server, params, |open, offset, _| navigation::prepare_rename(open, offset)),
        "textDocument/rename" => {
            let Rename { new_name } = read(params)?;
            let versioned = server.client.as_ref().is_some_and(|client| client.document_changes);
            let open = server.open(&read::<Place>(params)?.text_document.uri)?;
            let offset = open.offset(read::<Place>(params)?.position);
            to_value(navigation::rename(&open, offset, &new_name, versioned)?)
        }
        "textDocument/documentSymbol" => {
            let is_tree = server.client.as_ref().is_some_and(|client| client.hierarchical_symbols);
            whole(server, params, |open| structure::symbols(open, is_tree))
        }
        "textDocument/foldingRange" => {
            let lines_only = server.client.as_ref().is_some_and(|client| client.lines_only_folded);
            whole(server, params, |open| structure::folds(open, lines_only))
        }
        "textDocument/selectionRange" => {
            let Positions { positions, text_document } = read(params)?;
            let open = server.open(&text_document.uri)?;
            to_value(structure::selections(&open, &positions))
        }
        "textDocument/documentLink" => whole(server, params, structure::links),
        "textDocument/diagnostic" => {
            let Document { text_document } = read(params)?;
            let open = server.open(&text_document.uri)?;
            let found = server.known(&open);
            let Some(client) = &server.client else { return Ok(Value::Null) };
            let shown = found.iter().filter(|found| found.severity >= open.level);
            let items: Vec<_> = shown.map(|found| publish::diagnostic(found, &open, client)).collect();
            Ok(json!({"kind": "full", "items": items}))
        }
        "textDocument/codeAction" => {
            let Actions { text_document, range, context } = read(params)?;
            let open = server.open(&text_document.uri)?;
            let found = server.known(&open);
            let Some(client) = &server.client else { return Ok(Value::Null) };
            to_value(actions::actions(&open, &found, range, context.only.as_deref(), client))
        }
        "textDocument/inlayHint" => {
            let Ranged { text_document, range } = read(params)?;
            let open = server.open(&text_document.uri)?;
            let hints = if server.settings.inlay_hints { hints::inlays(&open, open.span(range)) } else { Vec::new() };
            to_value(hints)
        }
        "textDocument/codeLens" => {
            let is_wanted = server.settings.code_lenses;
            whole(server, params, |open| if is_wanted { hints::lenses(open) } else { Vec::new() })
        }
        "workspace/symbol" => {
            let Query { query, work_done_token } = read(params)?;
            to_value(workspace::symbols(server, &query, work_done_token.as_ref()))
        }
        _ => Err(Fault::new(ErrorCode::MethodNotFound, format!("`{method}` is not known here"))),
    }
}

fn to_value(answer: impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(answer).map_err(|error| Fault::new(ErrorCode::InternalError, error.to_string()))
}

/// Answers what is asked of a place in a text.
fn at<R: Serialize>(
    server: &Server<'_>,
    params: &Value,
    answer: impl FnOnce(&Open, u32, &Value) -> R,
) -> Result<Value, Fault> {
    let place: Place = read(params)?;
    let open = server.open(&place.text_document.uri)?;
    to_value(answer(&open, open.offset(place.position), params))
}

/// Answers what is asked of a text as a whole.
fn whole<R: Serialize>(server: &Server<'_>, params: &Value, answer: impl FnOnce(&Open) -> R) -> Result<Value, Fault> {
    let document: Document = read(params)?;
    let open = server.open(&document.text_document.uri)?;
    to_value(answer(&open))
}

#[derive(Deserialize)]
struct Identifier {
    uri: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    text_document: Identifier,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    text_document: Identifier,
    position: Position,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Positions {
    text_document: Identifier,
    positions: Vec<Position>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ranged {
    text_document: Identifier,
    range: Range,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Actions {
    text_document: Identifier,
    range: Range,
    #[serde(default)]
    context: Context,
}

#[derive(Default, Deserialize)]
struct Context {
    only: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rename {
    new_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Query {
    #[serde(default)]
    query: String,
    work_done_token: Option<Value>,
}
