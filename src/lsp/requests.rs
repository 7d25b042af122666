//! What a client may ask for, and who answers.

use lsp_server::{ErrorCode, RequestId};
use serde::Serialize;
use serde_json::{Value, json};

use super::client::Client;
use super::params::{Actions, Document, Place, Positions, Query, Ranged, Rename, read};
use super::prover::Held;
use super::reading::Reading;
use super::server::{Answer, Fault, Server};
use super::{actions, completion, hints, hover, navigation, publish, structure, workspace};
use crate::diagnostic::Diagnostic;

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

/// A request, and the text that it is about, where that is open.
#[derive(Clone, Copy)]
pub(super) struct Asked<'q, 'r> {
    pub(super) id: &'q RequestId,
    pub(super) method: &'q str,
    pub(super) params: &'q Value,
    pub(super) reading: Option<&'q Reading<'r>>,
}

/// Answers a request.
pub(super) fn answer(server: &mut Server<'_>, asked: &Asked<'_, '_>) -> Answer {
    match asked.method {
        "textDocument/diagnostic" => pulled(server, asked).unwrap_or_else(|fault| Answer::Now(Err(fault))),
        "textDocument/codeLens" => lenses(server, asked).unwrap_or_else(|fault| Answer::Now(Err(fault))),
        _ => Answer::Now(answered(server, asked)),
    }
}

/// Answers a request at once.
fn answered(server: &mut Server<'_>, asked: &Asked<'_, '_>) -> Result<Value, Fault> {
    let client = server.client.as_ref();
    let can = |what: fn(&Client) -> bool| client.is_some_and(what);
    match asked.method {
        "textDocument/hover" => at(asked, |it, offset| hover::hover(it, offset, can(|client| client.markdown))),
        "textDocument/completion" => {
            let Some(client) = client else { return Ok(Value::Null) };
            at(asked, |it, offset| completion::complete(it, offset, client))
        }
        "textDocument/signatureHelp" => at(asked, completion::signature),
        "textDocument/definition" => at(asked, navigation::definition),
        "textDocument/references" => at(asked, |it, offset| navigation::references(it, offset, asked.params)),
        "textDocument/documentHighlight" => at(asked, navigation::highlights),
        "textDocument/prepareRename" => at(asked, navigation::prepare_rename),
        "textDocument/rename" => {
            let Rename { new_name, position } = read(asked.params)?;
            let reading = text(asked)?;
            let offset = reading.open.offset(position);
            to_value(navigation::rename(reading, offset, &new_name, can(|client| client.document_changes))?)
        }
        "textDocument/documentSymbol" => {
            to_value(structure::symbols(text(asked)?, can(|client| client.hierarchical_symbols)))
        }
        "textDocument/foldingRange" => {
            to_value(structure::folds(text(asked)?.open, can(|client| client.lines_only_folded)))
        }
        "textDocument/selectionRange" => {
            let Positions { positions } = read(asked.params)?;
            to_value(structure::selections(text(asked)?.open, &positions))
        }
        "textDocument/documentLink" => to_value(structure::links(text(asked)?.open)),
        "textDocument/codeAction" => {
            let Actions { range, context } = read(asked.params)?;
            let reading = text(asked)?;
            let found = server.known(reading);
            let Some(client) = &server.client else { return Ok(Value::Null) };
            to_value(actions::actions(reading, &found, range, context.only.as_deref(), client))
        }
        "textDocument/inlayHint" => {
            let Ranged { range } = read(asked.params)?;
            let reading = text(asked)?;
            let is_wanted = server.settings.inlay_hints;
            to_value(if is_wanted { hints::inlays(reading, reading.open.span(range)) } else { Vec::new() })
        }
        "workspace/symbol" => {
            let Query { query, work_done_token } = read(asked.params)?;
            to_value(workspace::symbols(server, &query, work_done_token.as_ref()))
        }
        method => Err(Fault::new(ErrorCode::MethodNotFound, format!("`{method}` is not known here"))),
    }
}

/// Answers a client that asks for diagnostics: with those that need no proof at once, where it can be told to ask again.
fn pulled(server: &mut Server<'_>, asked: &Asked<'_, '_>) -> Result<Answer, Fault> {
    let reading = text(asked)?;
    let Some(client) = server.client.clone() else { return Ok(Answer::Now(Ok(Value::Null))) };
    let again = client.refreshes_pulled;
    let shown = move |reading: &Reading<'_>, found: &[Diagnostic]| {
        let open = reading.open;
        let shown = found.iter().filter(|found| found.severity >= open.level);
        let items: Vec<_> = shown.map(|found| publish::diagnostic(found, open, &client)).collect();
        json!({"kind": "full", "items": items})
    };
    if again {
        let found = server.known_first(reading);
        return Ok(Answer::Now(Ok(shown(reading, &found))));
    }
    let held = Held {
        id: asked.id.clone(),
        answer: Box::new(move |reading, proved| shown(reading, &proved.diagnostics)),
        outdated: ErrorCode::ServerCancelled,
    };
    Ok(server.when_proved(reading, held))
}

fn lenses(server: &mut Server<'_>, asked: &Asked<'_, '_>) -> Result<Answer, Fault> {
    let reading = text(asked)?;
    if !server.settings.code_lenses {
        return Ok(Answer::Now(Ok(json!([]))));
    }
    let held = Held {
        id: asked.id.clone(),
        answer: Box::new(|reading, proved| {
            serde_json::to_value(hints::lenses(reading, &proved.choices)).unwrap_or_default()
        }),
        outdated: ErrorCode::ContentModified,
    };
    Ok(server.when_proved(reading, held))
}

fn to_value(answer: impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(answer).map_err(|error| Fault::new(ErrorCode::InternalError, error.to_string()))
}

/// The text that is asked about.
fn text<'q, 'r>(asked: &Asked<'q, 'r>) -> Result<&'q Reading<'r>, Fault> {
    asked.reading.map_or_else(
        || {
            let Document { text_document } = read(asked.params)?;
            Err(Fault::new(ErrorCode::InvalidParams, format!("`{}` is not open", text_document.uri)))
        },
        Ok,
    )
}

/// Answers what is asked of a place in a text.
fn at<'r, R: Serialize>(asked: &Asked<'_, 'r>, answer: impl FnOnce(&Reading<'r>, u32) -> R) -> Result<Value, Fault> {
    let Place { position } = read(asked.params)?;
    let reading = text(asked)?;
    to_value(answer(reading, reading.open.offset(position)))
}
