//! Turns what the arguments name into a machine that can run and an input for it.
//!
//! A mistake in a text is shown where it stands, as findings are.

use std::io;
use std::path::Path;

use super::{Args, Told};
use crate::analysis::MachineType;
use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::{self, Options};
use crate::eval::Value;
use crate::eval::execution::MAX_PAYLOAD;
use crate::report::{self, Style};
use crate::source::{Kind, NotUtf8, Source, discover, documents};
use crate::syntax::{self, Format, Node, Tree};
use crate::text::Span;

/// The text of the machine.
pub(super) fn machine(args: &Args) -> Result<Source, Told> {
    if args.file() == Path::new("-") {
        if args.input == "-" {
            return Err(Told::refused(String::new(), "the machine and its input cannot both be standard input"));
        }
        // Whoever pipes something in means it to be run.
        return Ok(Source { kind: Kind::Machine, ..Source::new("-", bytes(args.file())?) });
    }
    Ok(Source::new(args.file().to_string_lossy(), bytes(args.file())?))
}

/// The one machine in it.
pub(super) fn sole_machine<'t>(source: &'t Source, tree: &'t Tree) -> Result<Node<'t>, Told> {
    let mut documents = documents(source, tree);
    let told = match (documents.next(), documents.count()) {
        (Some(document), 0) => return Ok(document.root),
        (Some(_), n) => format!("{} state machines in it, and one can run", n + 1),
        (None, _) => "no state machine in it".to_owned(),
    };
    Err(Told::refused(String::new(), format!("{}: {told}", source.name)))
}

/// Refuses a machine that the service refuses, or of which not everything is known.
pub(super) fn runnable(source: &Source, root: Node<'_>, kind: MachineType, style: Style) -> Result<(), Told> {
    let found = engine::check(source, &Options { kind, ..Options::default() }).diagnostics;
    // Errors in YAML and in the encoding come before the service sees anything.
    let is_refused = |found: &&Diagnostic| {
        found.severity == Severity::Error && (found.refusal.is_some() || found.rule == "syntax-error")
    };
    let refused: Vec<_> = found.iter().filter(is_refused).collect();
    if !refused.is_empty() {
        let told = format!("{}: not run, the service refuses this machine", source.name);
        return Err(Told::refused(report::findings(source, &refused, style), told));
    }
    let holes: Vec<_> = holes(root).map(|at| Diagnostic::at(at, "what stands here is filled in elsewhere")).collect();
    if holes.is_empty() {
        return Ok(());
    }
    let told = format!("{}: not run, write values for the placeholders", source.name);
    Err(Told::refused(shown(source, &holes, style), told))
}

/// The placeholders that stand for values.
fn holes(root: Node<'_>) -> impl Iterator<Item = Span> {
    root.descendants().filter(|node| node.kind() == syntax::Kind::Hole).map(Node::span)
}

/// What the execution starts with.
pub(super) fn input(args: &Args, style: Style) -> Result<Value, Told> {
    let source = match args.input.strip_prefix('@') {
        Some(file) => Source::new(file, bytes(Path::new(file))?),
        None if args.input == "-" => {
            let source = Source::new("standard input", bytes(Path::new("-"))?);
            Source { format: Format::Json, ..source }
        }
        None => Source::machine("--input", args.input.as_str(), Format::Json),
    };
    let tree = text(&source, style)?;
    let mut mistakes = Vec::new();
    for error in tree.errors() {
        mistakes.push(Diagnostic::at(error.span, error.message.clone()));
    }
    for hole in holes(tree.root()) {
        mistakes.push(Diagnostic::at(hole, "a placeholder stands where the input has a value"));
    }
    if mistakes.is_empty() {
        let input = Value::from_node(tree.root());
        if input.exceeds(MAX_PAYLOAD) {
            let told = format!("{}: not run, an execution starts with {MAX_PAYLOAD} bytes at most", source.name);
            return Err(Told::refused(String::new(), told));
        }
        return Ok(input);
    }
    mistakes.sort_by_key(|mistake| mistake.primary.span);
    Err(Told::refused(shown(&source, &mistakes, style), format!("{}: not run, this is no input", source.name)))
}

/// A text as a tree, refused where it is no UTF-8.
pub(super) fn text(source: &Source, style: Style) -> Result<Tree, Told> {
    let mistake = match source.not_utf8 {
        None => return Ok(syntax::parse(&source.text, source.format)),
        Some(NotUtf8::Bytes(span, _)) => Diagnostic::at(span, "the file holds bytes that are not UTF-8"),
        Some(NotUtf8::Utf16) => Diagnostic::at(Span::empty(0), "the file is not UTF-8 but looks like UTF-16"),
    };
    Err(Told::refused(shown(source, &[mistake], style), format!("{}: not run", source.name)))
}

/// Mistakes drawn in their text.
pub(super) fn shown(source: &Source, mistakes: &[Diagnostic], style: Style) -> String {
    report::findings(source, &mistakes.iter().collect::<Vec<_>>(), style)
}

/// The bytes of a file; `-` is standard input.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, Told> {
    let read = if path == Path::new("-") { discover::read_from(io::stdin().lock(), 0) } else { discover::read(path) };
    read.map_err(|reason| Told::refused(String::new(), format!("{}: {reason}", path.display())))
}

/// What the machine is called: `order` for `flows/order.asl.json`.
pub(super) fn name(args: &Args) -> &str {
    let stem = args.file().file_stem().and_then(|stem| stem.to_str()).filter(|stem| *stem != "-");
    stem.map_or("machine", |stem| stem.strip_suffix(".asl").unwrap_or(stem))
}
