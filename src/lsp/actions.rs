//! What an editor offers to do: the fixes of findings, an answer for them, and what a person would write next.

use gen_lsp_types::Range;
use serde_json::{Value, json};

use super::client::Client;
use super::document::Open;
use super::navigation::workspace_edit;
use super::publish;
use super::reading::Reading;
use crate::analysis::amend::Amendment;
use crate::diagnostic::{Applicability, Diagnostic, Fix};
use crate::text::{self, Edit, Span};

/// The kind of the action that applies every safe fix of a text.
pub(super) const FIX_ALL: &str = "source.fixAll.aslint";

/// How many findings are offered an answer: a selection over a whole text would give a list that nobody reads.
const MAX_FINDINGS: usize = 20;

/// What can be done in a range of a text of which this was found. `only` are the kinds that the client asks for.
pub(super) fn actions(
    reading: &Reading<'_>,
    found: &[Diagnostic],
    range: Range,
    only: Option<&[String]>,
    client: &Client,
) -> Vec<Value> {
    if !client.literal_actions {
        return Vec::new();
    }
    let open = reading.open;
    let span = open.span(range);
    // A kind stands for the kinds below it: `source` for `source.fixAll.aslint`.
    let is_wanted = |kind: &str| {
        only.is_none_or(|only| {
            only.iter().any(|wanted| {
                kind.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        })
    };
    let edit = |edits: &[Edit]| open.edits(edits).map(|edits| workspace_edit(open, &edits, client.document_changes));
    let mut actions = Vec::new();
    if is_wanted("quickfix") {
        let here = |found: &&Diagnostic| {
            let at = found.primary.span;
            found.severity >= open.level && at.start <= span.end && span.start <= at.end
        };
        let here: Vec<&Diagnostic> = found.iter().filter(here).take(MAX_FINDINGS).collect();
        for found in &here {
            let shown = publish::diagnostic(found, open, client);
            for (i, fix) in found.fixes.iter().enumerate() {
                let Some(edit) = edit(&fix.edits) else { continue };
                let is_preferred = i == 0 && fix.applicability == Applicability::Safe;
                actions.push(json!({
                    "title": fix.title, "kind": "quickfix", "diagnostics": [shown], "isPreferred": is_preferred, "edit": edit,
                }));
            }
        }
        let mut amend = |amendment: Option<Amendment>, found: Option<&Diagnostic>| {
            let Some(Amendment { title, edits }) = amendment else { return };
            let is_there =
                actions.iter().any(|action: &Value| action.get("title").is_some_and(|there| *there == title.as_str()));
            if let Some(edit) = edit(&edits).filter(|_| !is_there) {
                let mut action = json!({"title": title, "kind": "quickfix", "edit": edit});
                if let (Some(found), Value::Object(members)) = (found, &mut action) {
                    members.insert("diagnostics".to_owned(), json!([publish::diagnostic(found, open, client)]));
                }
                actions.push(action);
            }
        };
        let dangling = here.iter().find(|found| found.rule == "dangling-target").copied();
        amend(reading.ask(span.start, |analysis| analysis.created(span.start)).flatten(), dangling);
        for found in &here {
            let at = found.primary.span.start;
            // A text that cannot be read is mended, not answered for.
            if !found.rule.is_empty() && found.rule != "syntax-error" {
                amend(reading.ask(at, |analysis| analysis.answered_for(at, found.rule)).flatten(), Some(found));
            }
        }
    }
    if is_wanted("refactor.rewrite") {
        let amendments =
            reading.ask(span.start, |analysis| [analysis.with_default(span.start), analysis.with_catcher(span.start)]);
        for Amendment { title, edits } in amendments.into_iter().flatten().flatten() {
            if let Some(edit) = edit(&edits) {
                actions.push(json!({"title": title, "kind": "refactor.rewrite", "edit": edit}));
            }
        }
    }
    if is_wanted(FIX_ALL) {
        let edits = all_safe(open, found);
        if let Some(edit) = edit(&edits).filter(|_| !edits.is_empty()) {
            actions.push(json!({"title": "aslint: apply every safe fix", "kind": FIX_ALL, "edit": edit}));
        }
    }
    actions
}

/// The edits of every safe fix; of two that touch the same text, those of the first.
fn all_safe(open: &Open, found: &[Diagnostic]) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    let safe = |found: &Diagnostic| found.fixes.first().filter(|fix| fix.applicability == Applicability::Safe).cloned();
    for Fix { edits: more, .. } in found.iter().filter_map(safe) {
        let touches = |one: Span, other: Span| one.start <= other.end && other.start <= one.end;
        let is_apart = |edit: &Edit| edits.iter().all(|taken| taken == edit || !touches(taken.span, edit.span));
        if more.iter().all(is_apart) {
            edits.extend(more);
        }
    }
    edits.sort();
    edits.dedup();
    if text::apply(open.text(), &edits).is_ok() { edits } else { Vec::new() }
}
