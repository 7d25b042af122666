//! `aslint config`: shows what applies to a file, and why.

use std::fs;
use std::path::{Path, PathBuf};

use super::configuration::{self, Configurations, Place};
use super::output::{Output, show, tell};
use super::terminal::{When, colour, style};
use super::{Status, one_of};
use crate::analysis::MachineType;
use crate::config::{Level, Named};
use crate::eval::Value;
use crate::report::{self, one_line};
use crate::rules::RULES;
use crate::text::{Encoding, LineIndex, Span};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file, which need not be there; of a folder, the state machines in it
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = one_of(FORMATS))]
    format: Format,
    #[command(flatten)]
    configuration: configuration::Args,
}

#[derive(Clone, Copy, Debug)]
enum Format {
    Text,
    Json,
}

const FORMATS: &[(&str, Format)] = &[("text", Format::Text), ("json", Format::Json)];

pub(super) fn run(args: &Args, when: When, out: &mut Output) -> Status {
    let style = style(report::Format::Pretty, colour(when, &std::io::stderr()), &std::io::stderr());
    let asked = asked(&args.file);
    let place = Configurations::new(&args.configuration, style).and_then(|mut all| all.of(&asked));
    let place = match place {
        Ok(place) => place,
        Err(refused) => {
            show(&refused.shown);
            tell(format_args!("{}", refused.told));
            return Status::Failed;
        }
    };
    let file = asked.to_string_lossy();
    out.write(&match args.format {
        Format::Text => text(&file, place.as_ref()),
        Format::Json => json(&file, place.as_ref()).to_pretty_json() + "\n",
    });
    Status::Clean
}

/// What is asked about: of a folder, a state machine in it.
#[expect(clippy::disallowed_methods, reason = "whether a folder is meant is asked here")]
fn asked(file: &Path) -> PathBuf {
    if fs::metadata(file).is_ok_and(|known| known.is_dir()) { file.join("*.asl.json") } else { file.to_owned() }
}

/// A line of what applies: what it is about, what holds, who says so.
struct Line {
    what: &'static str,
    value: String,
    by: Option<u32>,
}

fn lines(place: &Place) -> Vec<Line> {
    let config = &place.loaded.config;
    let text = &place.loaded.source.text;
    let index = LineIndex::new(text);
    let line = |span: Span| Some(index.position(text, span.start, Encoding::Scalar).line + 1);
    let applied = config.applied(&place.path);
    let mut lines = Vec::new();
    let mut add = |what, value: String, by| lines.push(Line { what, value, by });
    if let Some(kind) = applied.kind {
        let word = match kind {
            MachineType::Standard => "standard",
            MachineType::Express => "express",
        };
        add("type", word.to_owned(), applied.kind_at.and_then(line));
    }
    if let Some(input) = applied.input {
        add("input", input.path.clone(), line(input.span));
    }
    for (state, file) in &applied.tasks {
        add("task", format!("{state}: {}", file.path), line(file.span));
    }
    for rule in RULES {
        let Some((by, level, at)) = config.level_by(rule) else { continue };
        let word = match level {
            Level::Off => "off",
            Level::At(severity) => severity.as_str(),
        };
        let because = match by {
            Named::Rule(_) => String::new(),
            Named::Group(group) => format!(" (as all of {})", group.as_str()),
        };
        add("rule", format!("{}: {word}{because}", rule.id), line(at));
    }
    for answered in &applied.ignores {
        let of = answered.state.map_or_else(String::new, |state| format!(" in `{state}`"));
        add("ignored", format!("{}{of}: {}", answered.rule.name(), answered.reason), line(answered.span));
    }
    lines
}

fn text(file: &str, place: Option<&Place>) -> String {
    let mut shown = format!("{}\n", one_line(file));
    let Some(place) = place else {
        return shown + "  configuration  none: every rule is asked, at its own severity\n";
    };
    let name = one_line(&place.loaded.source.name).into_owned();
    shown += &format!("  configuration  {name}\n");
    let looked_at = if place.is_included() { "yes" } else { "no, except where it is named: `include` or `exclude`" };
    shown += &format!("  looked at      {looked_at}\n");
    for Line { what, value, by } in lines(place) {
        let by = by.map_or_else(String::new, |line| format!("  ({name}:{line})"));
        shown += &format!("  {what:<13}  {}{by}\n", one_line(&value));
    }
    shown
}

fn json(file: &str, place: Option<&Place>) -> Value {
    let said = place.map(|place| {
        let lines = lines(place).into_iter().map(|line| {
            let number = line.by.map_or(Value::Null, |line| Value::from(i64::from(line)));
            Value::members([("what", Value::from(line.what)), ("value", line.value.into()), ("line", number)])
        });
        (place, Value::array(lines.collect()))
    });
    let (name, looked_at, lines) = match said {
        Some((place, lines)) => {
            (Value::from(place.loaded.source.name.as_str()), Value::from(place.is_included()), lines)
        }
        None => (Value::Null, Value::from(true), Value::array(Vec::new())),
    };
    Value::members([
        ("version", Value::from(1)),
        ("file", file.into()),
        ("configuration", name),
        ("looked_at", looked_at),
        ("applies", lines),
    ])
}
