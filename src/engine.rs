//! The whole pipeline: a source goes in, a report comes out.
//!
//! Nothing here reads a file, a clock or the environment, and nothing can fail: what cannot be understood is reported as
//! such, and the rest is checked all the same.

use crate::analysis::{Analysis, MachineType};
use crate::asl;
use crate::diagnostic::Diagnostic;
use crate::rules::{RULES, Rule, Sink};
use crate::source::{self, Source};
use crate::syntax;

/// How to check.
#[derive(Clone, Debug)]
pub struct Options {
    /// How the machines will run.
    pub kind: MachineType,
    /// The rules to apply.
    pub rules: Vec<&'static Rule>,
}

impl Default for Options {
    /// A standard machine, every rule.
    fn default() -> Self {
        Self { kind: MachineType::default(), rules: RULES.iter().collect() }
    }
}

/// What was found in one source.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Findings of every severity, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// How many state machines the source holds; 0 means that it was not looked at further.
    pub n_machines: usize,
}

/// Checks every state machine in `source`.
#[must_use]
pub fn check(source: &Source, options: &Options) -> Report {
    let tree = syntax::parse(&source.text, source.format);
    let mut report = Report::default();
    for document in source::documents(source, &tree) {
        report.n_machines += 1;
        let machine = asl::lower(document.root);
        let analysis = Analysis::new(document, &machine, options.kind);
        let Some(&first) = options.rules.first() else { continue };
        let mut sink = Sink::new(&analysis, first);
        for &rule in &options.rules {
            sink.enter(rule);
            (rule.check)(&analysis, &mut sink);
        }
        report.diagnostics.extend(sink.into_found());
    }
    report.diagnostics.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    report
}
