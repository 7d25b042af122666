//! `aslint explain`: prints the page of a rule.

use std::io;

use super::Status;
use super::output::{Output, tell};
use super::terminal::{When, colour};
use crate::report::Colour;
use crate::rules::{self, RULES};
use crate::text::nearest;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Name of the rule, as findings give it in brackets
    rule: String,
}

pub(super) fn run(args: &Args, when: When, out: &mut Output) -> Status {
    let Some(rule) = rules::find(&args.rule) else {
        match nearest(&args.rule, RULES.iter().map(|rule| (rule.id, rule.id))) {
            Some(near) => tell(format_args!("no rule is called `{}`; did you mean `{near}`?", args.rule)),
            None => tell(format_args!("no rule is called `{}`; `aslint rules` lists them", args.rule)),
        }
        return Status::Failed;
    };
    let page = rule.page();
    let (bold, plain) = if colour(when, &io::stdout()) == Colour::On { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
    out.write(&format!("{bold}{}{plain} ({}, {})\n", rule.id, page.severity, page.group.as_str()));
    out.write(&format!("{}\n\n", page.summary));
    let mut in_example = false;
    for line in page.body.lines() {
        in_example ^= line.starts_with("```");
        if line.starts_with('#') && !in_example {
            out.write(&format!("{bold}{}{plain}\n", line.trim_start_matches('#').trim_start()));
        } else {
            out.write(line);
            out.write("\n");
        }
    }
    for (name, value) in [("Since", page.since), ("Source", page.source)] {
        if !value.is_empty() {
            out.write(&format!("\n{bold}{name}{plain}: {value}\n"));
        }
    }
    Status::Clean
}
