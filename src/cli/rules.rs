//! `aslint rules`: lists the rules.

use serde::Serialize;

use super::output::Output;
use super::{Status, one_of};
use crate::rules::{Fixable, RULES};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How to write the list
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = one_of(FORMATS))]
    format: Format,
}

#[derive(Clone, Copy, Debug)]
enum Format {
    Text,
    Json,
}

const FORMATS: &[(&str, Format)] = &[("text", Format::Text), ("json", Format::Json)];

#[derive(Serialize)]
struct Entry {
    id: &'static str,
    severity: &'static str,
    group: &'static str,
    summary: &'static str,
    fix: &'static str,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Status {
    let entries: Vec<Entry> = RULES
        .iter()
        .map(|rule| {
            let page = rule.page();
            Entry {
                id: rule.id,
                severity: page.severity.as_str(),
                group: page.group.as_str(),
                summary: page.summary,
                fix: match page.fix {
                    Fixable::No => "none",
                    Fixable::Safe => "safe",
                    Fixable::Unsafe => "unsafe",
                },
            }
        })
        .collect();
    match args.format {
        Format::Text => {
            let width = entries.iter().map(|entry| entry.id.len()).max().unwrap_or(0);
            for Entry { id, severity, group, summary, .. } in &entries {
                out.write(&format!("{id:width$}  {severity:7}  {group:11}  {summary}\n"));
            }
        }
        Format::Json => {
            let lines: Vec<String> =
                entries.iter().map(|entry| serde_json::to_string(entry).expect("strings always serialise")).collect();
            out.write(&format!("{{\"version\":1,\"rules\":[\n{}\n]}}\n", lines.join(",\n")));
        }
    }
    Status::Clean
}
