//! Timestamps that are compared as strings and are written in different ways.

use super::Sink;
use crate::analysis::{Analysis, Inferred};
use crate::asl::jsonata::{Constant, ExprId, Kind, Op};

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    for found in cx.inferred() {
        let ast = found.ast();
        for id in ast.ids() {
            let Kind::Binary { op, at, left, right } = ast[id].kind else { continue };
            if !matches!(op, Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual) {
                continue;
            }
            let (Some(one), Some(other)) = (format(&found, left), format(&found, right)) else { continue };
            if one.sorts_with(&other) {
                continue;
            }
            let message = format!(
                "this compares letter by letter {} with {}: what comes out has nothing to do with time",
                one.described(),
                other.described()
            );
            let finding = sink.report_at(found.expression.node, found.source_span(at), message);
            finding.notes.push(
                "`$toMillis` makes numbers of both; what is in another format it reads with a picture".to_owned(),
            );
        }
    }
}

/// How a timestamp is written.
#[derive(PartialEq, Eq)]
enum Format {
    /// `2026-01-31T12:00:00.000Z`
    Iso,
    /// As a picture says.
    Picture(String),
    /// With something before the year: `31.01.2026`.
    YearLast(String),
}

impl Format {
    /// Whether the order of the letters is that of time.
    fn sorts_with(&self, other: &Self) -> bool {
        let is_iso = |format: &Self| match format {
            Self::Iso => true,
            Self::Picture(picture) => picture.starts_with("[Y"),
            Self::YearLast(_) => false,
        };
        // Two that a person wrote alike are left to that person, and so is what begins with the year.
        is_iso(self) && is_iso(other) || self == other || !is_iso(self) && !is_iso(other)
    }

    fn described(&self) -> String {
        match self {
            Self::Iso => "a timestamp that begins with its year".to_owned(),
            Self::Picture(text) | Self::YearLast(text) => format!("`{text}`"),
        }
    }
}

fn format(found: &Inferred<'_, '_>, id: ExprId) -> Option<Format> {
    let ast = found.ast();
    match &ast[id].kind {
        Kind::String(text) => of_literal(ast.text(*text)),
        Kind::Call { callee, args } => {
            let picture = match (found.jsonata.scopes.free_variable(ast, *callee)?, args.as_slice()) {
                ("now", []) | ("fromMillis", [_]) => return Some(Format::Iso),
                ("now", &[picture, ..]) | ("fromMillis", &[_, picture, ..]) => picture,
                _ => return None,
            };
            match found.inference.constant(picture)? {
                Constant::String(id) => match ast[id].kind {
                    Kind::String(text) => Some(Format::Picture(ast.text(text).to_owned())),
                    _ => None,
                },
                _ => None,
            }
        }
        Kind::Path(steps) => {
            let (&first, rest) = steps.split_first()?;
            let name = |step: &ExprId| match ast[*step].kind {
                Kind::Name(name) => Some(ast.text(name)),
                _ => None,
            };
            let is_context = found.jsonata.scopes.free_variable(ast, first) == Some("states");
            let names: Option<Vec<_>> = rest.iter().map(name).collect();
            let is_time = matches!(
                names?.as_slice(),
                ["context", "Execution", "StartTime" | "RedriveTime"] | ["context", "State", "EnteredTime"]
            );
            (is_context && is_time).then_some(Format::Iso)
        }
        _ => None,
    }
}

/// Of digits in groups, and what stands between them.
fn of_literal(text: &str) -> Option<Format> {
    let date = text.get(..10)?.as_bytes();
    let is_digit = |places: &[usize]| places.iter().all(|&i| date[i].is_ascii_digit());
    let is_sign = |i: usize| matches!(date[i], b'-' | b'/' | b'.');
    if is_digit(&[0, 1, 2, 3, 5, 6, 8, 9]) && is_sign(4) && is_sign(7) {
        return Some(Format::Iso);
    }
    let is_last = is_digit(&[0, 1, 3, 4, 6, 7, 8, 9]) && is_sign(2) && is_sign(5);
    is_last.then(|| Format::YearLast(text.to_owned()))
}
