//! What an editor shows of a text as a whole: its states as a tree, what folds, what a selection grows to, what leads elsewhere.

use gen_lsp_types::{
    BaseSymbolInformation, DocumentLink, DocumentSymbol, FoldingRange, Location, Position, SelectionRange,
    SymbolInformation, SymbolKind, Uri,
};
use serde_json::Value;

use super::document::Open;
use super::reading::Reading;
use super::uri;
use crate::asl::{Machine, ScopeId, State, StateType};
use crate::syntax::{Kind, Node};
use crate::text::Span;

/// The states of a text: as a tree, or as a list for a client that knows no trees.
pub(super) fn symbols(reading: &Reading<'_>, is_tree: bool) -> Value {
    if is_tree {
        let trees = reading.analyses().iter().map(|analysis| scope(reading.open, analysis.machine, ScopeId::TOP));
        let tree: Vec<DocumentSymbol> = trees.flatten().collect();
        return serde_json::to_value(tree).unwrap_or_default();
    }
    serde_json::to_value(list(reading)).unwrap_or_default()
}

/// The states of a text as a list, each with the state that it lies in.
pub(super) fn list(reading: &Reading<'_>) -> Vec<SymbolInformation> {
    let open = reading.open;
    let mut found = Vec::new();
    for machine in reading.analyses().iter().map(|analysis| analysis.machine) {
        found.extend(machine.states.iter().map(|state| {
            let owner = machine.scope(state.scope).place.owner();
            SymbolInformation {
                base_symbol_information: BaseSymbolInformation {
                    name: name(state),
                    kind: kind(state),
                    tags: None,
                    container_name: owner.map(|owner| machine.state(owner).name().to_owned()),
                },
                #[expect(deprecated, reason = "the type has the field")]
                deprecated: None,
                location: Location { uri: Uri(open.uri.clone()), range: open.range(whole(state)) },
            }
        }));
    }
    found
}

/// Recursion is bounded by the depth of the tree.
fn scope(open: &Open, machine: &Machine<'_>, id: ScopeId) -> Vec<DocumentSymbol> {
    let mut found = Vec::new();
    // An alias has the states of its original, whose text is elsewhere.
    for state in machine.states_of(machine.scope(id)).filter(|state| !state.key.is_aliased()) {
        let scopes = state.scopes();
        let inside: Vec<DocumentSymbol> = if scopes.len() > 1 {
            scopes.iter().enumerate().filter_map(|(i, &inner)| branch(open, machine, i, inner)).collect()
        } else {
            scopes.iter().flat_map(|&inner| scope(open, machine, inner)).collect()
        };
        let detail = state.kind.map(|kind| kind.as_str().to_owned());
        found.push(symbol(open, name(state), detail, kind(state), whole(state), state.key.span(), inside));
    }
    found
}

fn branch(open: &Open, machine: &Machine<'_>, number: usize, id: ScopeId) -> Option<DocumentSymbol> {
    let node = machine.scope(id).node;
    (!node.is_aliased()).then(|| {
        let inside = scope(open, machine, id);
        symbol(open, format!("branch {number}"), None, SymbolKind::Namespace, node.span(), node.token(), inside)
    })
}

fn symbol(
    open: &Open,
    name: String,
    detail: Option<String>,
    kind: SymbolKind,
    span: Span,
    token: Span,
    inside: Vec<DocumentSymbol>,
) -> DocumentSymbol {
    DocumentSymbol {
        name,
        detail,
        kind,
        tags: None,
        #[expect(deprecated, reason = "the type has the field")]
        deprecated: None,
        range: open.range(span.cover(token)),
        selection_range: open.range(token),
        children: (!inside.is_empty()).then_some(inside),
    }
}

/// A symbol has a name, whatever is written.
fn name(state: &State<'_>) -> String {
    if state.name().trim().is_empty() { "(no name)".to_owned() } else { state.name().to_owned() }
}

fn kind(state: &State<'_>) -> SymbolKind {
    match state.kind {
        Some(StateType::Task) => SymbolKind::Function,
        Some(StateType::Choice) => SymbolKind::Operator,
        Some(StateType::Parallel) => SymbolKind::Namespace,
        Some(StateType::Map) => SymbolKind::Array,
        Some(StateType::Wait) => SymbolKind::Event,
        Some(StateType::Succeed) => SymbolKind::Constant,
        Some(StateType::Fail) => SymbolKind::Null,
        Some(StateType::Pass) | None => SymbolKind::Object,
    }
}

/// A state with its key. The value of an alias stands elsewhere.
fn whole(state: &State<'_>) -> Span {
    let (key, value) = (state.key.span(), state.node.span());
    if value.start < key.end { key } else { key.cover(value) }
}

/// What folds: every object and list that takes more than one line.
pub(super) fn folds(open: &Open, lines_only: bool) -> Vec<FoldingRange> {
    let mut found = Vec::new();
    let mut last = None;
    for node in open.tree().roots().flat_map(Node::descendants) {
        if !matches!(node.kind(), Kind::Object | Kind::Array) || node.is_aliased() || node.is_empty() {
            continue;
        }
        let span = trimmed(open, node.span());
        // Under a key, the line of the key stays.
        let key = node.member_name().map(|_| open.tree().node_at(node.index() - 1).span());
        let start = open.position(key.map_or(span.start, |key| key.start.min(span.start)));
        let end = open.position(span.end);
        let is_closed = span.of(open.text()).ends_with(['}', ']']);
        // The line of the closing bracket stays too.
        let end_line = if is_closed && lines_only { end.line.saturating_sub(1) } else { end.line };
        if end_line <= start.line || last == Some(start.line) {
            continue;
        }
        last = Some(start.line);
        found.push(FoldingRange { start_line: start.line, end_line, ..FoldingRange::default() });
    }
    found
}

/// The ranges that a selection at each position grows to.
pub(super) fn selections(open: &Open, positions: &[Position]) -> Vec<SelectionRange> {
    positions.iter().map(|&position| selection(open, open.offset(position))).collect()
}

fn selection(open: &Open, offset: u32) -> SelectionRange {
    let end = u32::try_from(open.text().len()).unwrap_or(u32::MAX);
    let mut spans = vec![Span::new(0, end)];
    let roots = open.tree().roots();
    if let Some(root) = roots.filter(|root| root.span().touches(offset)).last() {
        let mut node = root;
        loop {
            spans.push(trimmed(open, node.span()));
            let on_the_way = |child: &Node<'_>| !child.is_aliased() && child.span().touches(offset);
            let member = node.members().find(|member| {
                let is_here = on_the_way(&member.key) || on_the_way(&member.value);
                is_here && !member.key.is_aliased()
            });
            if let Some(member) = member {
                spans.push(trimmed(open, member.span()));
            }
            let Some(child) = node.children().find(on_the_way) else { break };
            node = child;
        }
        if node.kind() == Kind::String {
            // Without its quotes first.
            let length = u32::try_from(node.content().len()).unwrap_or(u32::MAX);
            spans.push(node.source_span(Span::new(0, length)));
        }
    }
    let mut range: Option<SelectionRange> = None;
    for span in spans {
        let parent_span = range.as_ref().map(|parent| open.span(parent.range));
        // Each lies in the one around it, and is another.
        if parent_span.is_some_and(|parent| !parent.contains(span) || parent == span) || !span.touches(offset) {
            continue;
        }
        range = Some(SelectionRange { range: open.range(span), parent: range.map(Box::new) });
    }
    range.unwrap_or_default()
}

/// A span without the blanks at its end, which a YAML block takes in.
fn trimmed(open: &Open, span: Span) -> Span {
    let length = span.of(open.text()).trim_end().len();
    Span::new(span.start, span.start + u32::try_from(length).unwrap_or(u32::MAX))
}

/// The fields whose value names a file beside the text.
const FILE_FIELDS: [&str; 3] = ["DefinitionUri", "definition", "DefinitionS3Location"];

/// What leads to other files: the definitions that a template names, and links in comments.
pub(super) fn links(open: &Open) -> Vec<DocumentLink> {
    let mut found = Vec::new();
    for node in open.tree().roots().flat_map(Node::descendants) {
        let Some(text) = node.as_str().filter(|_| !node.is_aliased() && !node.is_open()) else { continue };
        let name = node.member_name();
        if name.is_some_and(|name| FILE_FIELDS.contains(&name)) && is_a_path(text) {
            let folder = open.path.as_deref().and_then(|path| path.parent());
            let target = folder.map(|folder| uri::of_path(&plain(&folder.join(text))));
            if let Some(target) = target {
                let span = node.source_span(Span::new(0, u32::try_from(text.len()).unwrap_or(u32::MAX)));
                found.push(DocumentLink {
                    range: open.range(span),
                    target: Some(Uri(target)),
                    ..DocumentLink::default()
                });
            }
        }
        if name == Some("Comment") {
            for (start, link) in web_links(text) {
                let span = Span::new(start, start + u32::try_from(link.len()).unwrap_or_default());
                let range = open.range(node.source_span(span));
                found.push(DocumentLink { range, target: Some(Uri(link.to_owned())), ..DocumentLink::default() });
            }
        }
    }
    found
}

fn is_a_path(text: &str) -> bool {
    !text.contains("://") && ["json", "yaml", "yml", "asl"].iter().any(|end| text.ends_with(&format!(".{end}")))
}

/// A path without `.` and `..`, by its letters alone.
fn plain(path: &std::path::Path) -> std::path::PathBuf {
    let mut plain = std::path::PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    plain
}

fn web_links(text: &str) -> impl Iterator<Item = (u32, &str)> {
    text.match_indices("https://").map(move |(start, _)| {
        let link = &text[start..];
        let end = link.find(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | ')')).unwrap_or(link.len());
        (u32::try_from(start).unwrap_or(u32::MAX), link[..end].trim_end_matches(['.', ',', ';']))
    })
}
