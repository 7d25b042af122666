//! Turns what a client says of an open text into the text, its tree and its lines, and positions into offsets.
//!
//! The text is kept, and what is made of it when it is first asked for; everything above the tree borrows from it
//! ([`super::reading`]).

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use gen_lsp_types::{Position, Range, TextDocumentContentChangeEvent, TextEdit};

use super::configuration::is_configuration;
use super::uri;
use crate::diagnostic::Severity;
use crate::engine::Options;
use crate::source::{self, Document, Kind, Source};
use crate::syntax::{self, Format, Tree};
use crate::text::{self, Edit, Encoding, LineIndex, Span};

/// A text that a client has open, as it is at one time.
#[derive(Debug)]
pub(super) struct Open {
    /// Its name to the client.
    pub(super) uri: String,
    /// What the client counts its changes with.
    pub(super) version: i32,
    /// Where it lies; `None` for one that was never saved.
    pub(super) path: Option<PathBuf>,
    pub(super) source: Source,
    /// How it is checked; `None` where that is not known or not wanted.
    pub(super) options: Option<Arc<Options>>,
    /// The least severity shown.
    pub(super) level: Severity,
    encoding: Encoding,
    lines: LineIndex,
    tree: OnceLock<Tree>,
}

impl Open {
    /// What a client opens. `language` is its name for what is in it.
    pub(super) fn new(uri: String, language: &str, version: i32, text: String, encoding: Encoding) -> Self {
        let path = uri::to_path(&uri);
        let name = path.as_ref().map_or_else(|| uri.clone(), |path| path.to_string_lossy().into_owned());
        let (mut kind, mut format) = source::kind_of(&name, &text);
        let is_yaml = matches!(language, "yaml" | "asl-yaml");
        if language == "asl" || language == "asl-yaml" {
            kind = Kind::Machine;
        }
        let says_nothing = !Path::new(&name).extension().is_some_and(|end| is_ending(&end.to_string_lossy()));
        if says_nothing && (is_yaml || matches!(language, "json" | "jsonc" | "asl")) {
            format = if is_yaml { Format::Yaml } else { Format::Json };
        }
        let lines = LineIndex::new(&text);
        let source = Source { name, text: text.into(), format, kind, not_utf8: None };
        Self {
            uri,
            version,
            path,
            source,
            options: None,
            level: Severity::Info,
            encoding,
            lines,
            tree: OnceLock::new(),
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.source.text
    }

    /// Whether it says how others are checked.
    pub(super) fn is_a_configuration(&self) -> bool {
        self.path.as_deref().is_some_and(is_configuration)
    }

    /// The values in it.
    pub(super) fn tree(&self) -> &Tree {
        self.tree.get_or_init(|| syntax::parse(&self.source.text, self.source.format))
    }

    /// The text after changes, which are made in their order.
    pub(super) fn changed(&self, version: i32, changes: Vec<TextDocumentContentChangeEvent>) -> Self {
        let mut text = self.source.text.to_string();
        for (i, change) in changes.into_iter().enumerate() {
            match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(change) => {
                    // The lines that a change is told in are those that the ones before it left.
                    let lines;
                    let lines = if i == 0 {
                        &self.lines
                    } else {
                        lines = LineIndex::new(&text);
                        &lines
                    };
                    let at = |position| lines.offset(&text, plain(position), self.encoding) as usize;
                    let (start, end) = (at(change.range.start), at(change.range.end));
                    text.replace_range(start.min(end)..end.max(start), &change.text);
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(change) => text = change.text,
            }
        }
        // It keeps the syntax that it was opened with.
        let lines = LineIndex::new(&text);
        let source = Source { text: text.into(), ..self.source.clone() };
        let (uri, path, options) = (self.uri.clone(), self.path.clone(), self.options.clone());
        let (level, encoding) = (self.level, self.encoding);
        Self { uri, version, path, source, options, level, encoding, lines, tree: OnceLock::new() }
    }

    /// The same text, checked in another way.
    pub(super) fn with_options(&self, options: Option<Arc<Options>>, level: Severity) -> Self {
        Self { options, level, ..self.changed(self.version, Vec::new()) }
    }

    pub(super) fn offset(&self, position: Position) -> u32 {
        self.lines.offset(self.text(), plain(position), self.encoding)
    }

    pub(super) fn position(&self, offset: u32) -> Position {
        let at = self.lines.position(self.text(), offset, self.encoding);
        Position { line: at.line, character: at.column }
    }

    pub(super) fn range(&self, span: Span) -> Range {
        Range { start: self.position(span.start), end: self.position(span.end) }
    }

    pub(super) fn span(&self, range: Range) -> Span {
        Span::new(self.offset(range.start), self.offset(range.end))
    }

    /// The line of an offset, as a person counts.
    pub(super) fn line(&self, offset: u32) -> u32 {
        self.lines.line_of(offset) + 1
    }

    /// An edit as the client applies it.
    pub(super) fn edit(&self, edit: &Edit) -> TextEdit {
        TextEdit { range: self.range(edit.span), new_text: edit.text.clone() }
    }

    /// Edits in the order of the text, each once; nothing where two of them touch the same bytes.
    pub(super) fn edits(&self, edits: &[Edit]) -> Option<Vec<TextEdit>> {
        let mut sorted = edits.to_vec();
        sorted.sort();
        sorted.dedup();
        text::apply(self.text(), &sorted).ok()?;
        Some(sorted.iter().map(|edit| self.edit(edit)).collect())
    }

    /// The machines in it.
    pub(super) fn documents(&self) -> impl Iterator<Item = Document<'_>> {
        source::documents(&self.source, self.tree())
    }
}

fn is_ending(end: &str) -> bool {
    ["json", "yaml", "yml"].iter().any(|known| end.eq_ignore_ascii_case(known))
}

fn plain(position: Position) -> text::Position {
    text::Position { line: position.line, column: position.character }
}
