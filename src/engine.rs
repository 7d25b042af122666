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
    // What YAML aliases repeat is written once, and its mistakes are made once.
    report.diagnostics.dedup_by(|again, first| again.sort_key() == first.sort_key() && again.machine == first.machine);
    report
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::Format;

    #[test]
    fn what_aliases_repeat_is_found_once() {
        let text = "StartAt: S\nQueryLanguage: JSONata\nStates:\n  S:\n    Type: Pass\n    End: true\n    Output:\n      \
                    a: &x \"{% $states.inpt.a + %}\"\n      b: *x\n      c: {d: *x}\n      e: \"{% $states.inpt.a + %}\"\n";
        let report = check(&Source::machine("m", text, Format::Yaml), &Options::default());
        let found: Vec<_> = report.diagnostics.iter().map(|found| (found.rule, found.pointer.as_str())).collect();
        assert_eq!(found, [("malformed-jsonata", "/States/S/Output/a"), ("malformed-jsonata", "/States/S/Output/e")]);
    }
}
