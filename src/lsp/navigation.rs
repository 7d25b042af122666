//! Where a name comes from, who else names it, and another name for it.

use gen_lsp_types::{DocumentHighlight, DocumentHighlightKind, Location, PrepareRenamePlaceholder, TextEdit, Uri};
use lsp_server::ErrorCode;
use serde_json::{Value, json};

use super::document::Open;
use super::reading::Reading;
use super::server::Fault;
use crate::text::Span;

/// Where what is named at an offset comes from.
pub(super) fn definition(reading: &Reading<'_>, offset: u32) -> Vec<Location> {
    let places = occurrences(reading, offset).into_iter().filter(|(_, is_definition)| *is_definition);
    places.map(|(span, _)| location(reading.open, span)).collect()
}

/// Every place that names it.
pub(super) fn references(reading: &Reading<'_>, offset: u32, params: &Value) -> Vec<Location> {
    let is_wanted = params.pointer("/context/includeDeclaration").and_then(Value::as_bool).unwrap_or(true);
    let places = occurrences(reading, offset).into_iter().filter(|(_, is_definition)| is_wanted || !is_definition);
    places.map(|(span, _)| location(reading.open, span)).collect()
}

/// The same, as what is marked in the text.
pub(super) fn highlights(reading: &Reading<'_>, offset: u32) -> Vec<DocumentHighlight> {
    let mark = |(span, is_definition)| DocumentHighlight {
        range: reading.open.range(span),
        kind: Some(if is_definition { DocumentHighlightKind::Write } else { DocumentHighlightKind::Read }),
    };
    occurrences(reading, offset).into_iter().map(mark).collect()
}

fn occurrences(reading: &Reading<'_>, offset: u32) -> Vec<(Span, bool)> {
    let found = reading.ask(offset, |analysis| {
        let symbol = analysis.symbol_at(offset)?;
        let found = analysis.occurrences(symbol);
        Some(found.into_iter().map(|occurrence| (occurrence.span, occurrence.is_definition)).collect())
    });
    found.flatten().unwrap_or_default()
}

fn location(open: &Open, span: Span) -> Location {
    Location { uri: Uri(open.uri.clone()), range: open.range(span) }
}

/// What would be renamed at an offset; nothing where no name stands.
pub(super) fn prepare_rename(reading: &Reading<'_>, offset: u32) -> Option<PrepareRenamePlaceholder> {
    let (span, placeholder) = reading.ask(offset, |analysis| {
        let symbol = analysis.symbol_at(offset)?;
        let found = analysis.occurrences(symbol);
        let here = found.into_iter().find(|found| found.span.touches(offset) || found.node.span().touches(offset))?;
        Some((here.span, analysis.name_of(symbol).to_owned()))
    })??;
    Some(PrepareRenamePlaceholder { range: reading.open.range(span), placeholder })
}

/// The edits that give it another name.
pub(super) fn rename(reading: &Reading<'_>, offset: u32, name: &str, versioned: bool) -> Result<Value, Fault> {
    let refused = |reason: String| Fault::new(ErrorCode::RequestFailed, reason);
    let renamed = reading.ask(offset, |analysis| {
        let symbol = analysis.symbol_at(offset)?;
        Some(analysis.renamed(symbol, name))
    });
    let edits = renamed.flatten().ok_or_else(|| refused("no state and no variable is named here".to_owned()))?;
    let open = reading.open;
    let edits = open.edits(&edits.map_err(refused)?);
    let edits = edits.ok_or_else(|| refused("the places that name it overlap".to_owned()))?;
    Ok(workspace_edit(open, &edits, versioned))
}

/// Edits of one text, as those of a workspace.
pub(super) fn workspace_edit(open: &Open, edits: &[TextEdit], versioned: bool) -> Value {
    if versioned {
        let document = json!({"uri": open.uri, "version": open.version});
        json!({"documentChanges": [{"textDocument": document, "edits": edits}]})
    } else {
        json!({"changes": {open.uri.as_str(): edits}})
    }
}
