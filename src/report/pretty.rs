//! Turns findings into text for people: what is wrong, the lines concerned with labels drawn under them, why, the cure.
//!
//! The words are ours, the drawing is miette's, and this is the only file that names it: it sees an
//! [`Excerpt`](super::excerpt::Excerpt), never the source, so its cost does not grow with the file.

use std::fmt;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan,
    SpanContents,
};

use super::excerpt::{Drawn, Excerpt, excerpt};
use super::wrap::wrap;
use super::{Colour, Places, Shown, Style, Totals, counted, one_line};
use crate::diagnostic::Severity;

/// Places that are listed below the drawing; of more, the number is told.
const MAX_LISTED: usize = 5;

pub(super) fn findings(places: &Places<'_>, shown: &[Shown<'_>], style: Style) -> String {
    let theme = match style.colour {
        Colour::On => GraphicalTheme::unicode(),
        Colour::Off => GraphicalTheme::unicode_nocolor(),
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_context_lines(CONTEXT).with_links(false);
    let file = one_line(&places.source.name);
    let mut out = String::new();
    for Shown { finding: found, suppression, .. } in shown {
        let (strong, plain) = (paint(style.colour, BOLD), paint(style.colour, PLAIN));
        let severity = paint(style.colour, colour_of(found.severity));
        let message = one_line(&found.message);
        let rule = if found.rule.is_empty() { String::new() } else { format!("[{}]", found.rule) };
        let word = if suppression.is_some() { "suppressed" } else { found.severity.as_str() };
        let head = word.len() + rule.len() + 2;
        let message = lines(&message, head, 2, style);
        out += &format!("{severity}{word}{rule}{plain}{strong}: {message}{plain}\n");
        let excerpt = excerpt(places, found, style.width);
        draw(&handler, &file, &excerpt, &mut out);
        for (place, label) in excerpt.elsewhere.iter().take(MAX_LISTED) {
            let (line, column) = (place.line + 1, place.column + 1);
            let text = one_line(&label.text);
            let colon = if text.is_empty() { "" } else { ": " };
            out += &lines(&format!("  {file}:{line}:{column}{colon}{text}"), 0, 4, style);
            out.push('\n');
        }
        if excerpt.elsewhere.len() > MAX_LISTED {
            out += &format!("  and {}\n", counted(excerpt.elsewhere.len() - MAX_LISTED, "more place"));
        }
        for note in &found.notes {
            out += &format!("  {strong}note{plain}: {}\n", indented(note, 8, 8, style));
        }
        if let Some(by) = suppression {
            out += &format!("  {strong}note{plain}: this does not count: {}\n", indented(&by.reason, 25, 8, style));
        }
        for fix in &found.fixes {
            out += &format!("  {strong}help{plain}: {}\n", indented(&fix.title, 8, 8, style));
        }
        out.push('\n');
    }
    out
}

/// The last line of a report.
pub(super) fn summary(totals: &Totals, style: Style) -> String {
    if totals.n_machines == 0 {
        return String::new();
    }
    let Totals { n_files, n_files_with_findings, n_machines, .. } = totals;
    let hidden: Vec<String> = [
        (totals.n_hidden, "of lower severity"),
        (totals.n_known, "in the baseline"),
        (totals.n_suppressed, "suppressed"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, why)| format!("{n} {why}"))
    .collect();
    let hidden = if hidden.is_empty() { String::new() } else { format!(" (not shown: {})", hidden.join(", ")) };
    let numbers: Vec<String> = [Severity::Error, Severity::Warning, Severity::Info]
        .into_iter()
        .map(|severity| (severity, totals.n_of(severity)))
        .filter(|&(_, n)| n > 0)
        .map(|(severity, n)| match severity {
            Severity::Info => format!("{n} info"),
            severity => counted(n, severity.as_str()),
        })
        .collect();
    if numbers.is_empty() {
        return format!("no findings in {}{hidden}\n", counted(*n_machines, "state machine"));
    }
    let of = if *n_files == 1 { "1 file".to_owned() } else { format!("{n_files_with_findings} of {n_files} files") };
    let mut rules: Vec<&str> = totals.shown.keys().map(|(rule, _)| *rule).collect();
    rules.dedup();
    let (strong, plain) = (paint(style.colour, BOLD), paint(style.colour, PLAIN));
    let rule = if let [rule] = rules[..] { rule } else { "RULE" };
    let found = format!("found {} in {of}", numbers.join(", "));
    let explain = lines(&format!("`aslint explain {rule}` tells what lies behind a finding"), 0, 0, style);
    format!("{strong}{found}{plain}{hidden}\n{explain}\n")
}

pub(super) const PLAIN: &str = "\x1b[0m";
pub(super) const BOLD: &str = "\x1b[1m";

/// An escape sequence, where there are any.
pub(super) fn paint(colour: Colour, sequence: &'static str) -> &'static str {
    if colour == Colour::On { sequence } else { "" }
}

fn colour_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "\x1b[1;31m",
        Severity::Warning => "\x1b[1;33m",
        Severity::Info => "\x1b[1;36m",
    }
}

/// The lines of `text`, of which the first has `before` columns before it and all others `by`.
fn indented(text: &str, before: usize, by: usize, style: Style) -> String {
    let own = text.lines().enumerate();
    let own = own.map(|(i, line)| lines(&one_line(line), if i == 0 { before } else { by }, by, style));
    own.collect::<Vec<_>>().join(&format!("\n{:by$}", ""))
}

/// A line, or more where the terminal is narrower: with `before` columns before the first and `by` before the others.
fn lines(text: &str, before: usize, by: usize, style: Style) -> String {
    if !style.wraps {
        return text.to_owned();
    }
    let room = |taken: usize| style.width.saturating_sub(taken);
    wrap(text, room(before), room(by)).join(&format!("\n{:by$}", ""))
}

/// Lines of context miette asks for. An excerpt has its context in it, so the number only tells that it asks for lines; it
/// asks for none where it wants to know where a label stands.
const CONTEXT: usize = 1;

fn draw(handler: &GraphicalReportHandler, file: &str, excerpt: &Excerpt<'_>, out: &mut String) {
    let mut drawing = String::new();
    // Writing to a string cannot fail, and every label lies in a snippet: an empty drawing would be a bug, not a loss.
    let done = handler.render_report(&mut drawing, &Drawing { file, excerpt });
    debug_assert!(done.is_ok(), "a label outside of its excerpt");
    // The first line is for the message, which stands above already.
    out.push_str(drawing.split_once('\n').map_or("", |(_, snippets)| snippets));
}

/// An excerpt as miette wants to see it.
#[derive(Debug)]
struct Drawing<'a> {
    file: &'a str,
    excerpt: &'a Excerpt<'a>,
}

impl fmt::Display for Drawing<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Drawing<'_> {}

impl miette::Diagnostic for Drawing<'_> {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.excerpt.drawn.iter().map(|Drawn { range, text, is_primary, .. }| {
            let text = (!text.is_empty()).then(|| text.clone());
            let span = SourceSpan::from(range.clone());
            let label = if *is_primary { LabeledSpan::new_primary_with_span } else { LabeledSpan::new_with_span };
            label(text, span)
        })))
    }
}

impl SourceCode for Drawing<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        // A span over two snippets is refused: they are drawn apart.
        let holds = |range: &std::ops::Range<usize>| range.start <= start && start < range.end && end <= range.end;
        let snippet =
            self.excerpt.snippets.iter().find(|snippet| holds(&snippet.range)).ok_or(MietteError::OutOfBounds)?;
        let place = (lines_before == 0)
            .then(|| self.excerpt.drawn.iter().find(|drawn| drawn.range.start == start).map(|drawn| drawn.place))
            .flatten();
        let (line, column) =
            place.map_or((snippet.first_line as usize, 0), |place| (place.line as usize, place.column as usize));
        Ok(Box::new(MietteSpanContents::new_named(
            self.file.to_owned(),
            self.excerpt.text[snippet.range.clone()].as_bytes(),
            SourceSpan::from(snippet.range.clone()),
            line,
            column,
            snippet.n_lines as usize,
        )))
    }
}
