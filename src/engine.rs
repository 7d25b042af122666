//! The whole pipeline: a source goes in, a report comes out.
//!
//! Nothing here reads a file, a clock or the environment, and nothing can fail: what cannot be understood is reported as
//! such, and the rest is checked all the same.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::analysis::{Analysis, MachineType, Proofs};
use crate::asl::{self, Machine};
use crate::diagnostic::{Diagnostic, Severity};
use crate::flow::premise::{Premises, Use};
use crate::rules::{RULES, Rule, Sink};
use crate::source::{self, Document, Source};
use crate::suppress::{self, Suppressed, Suppression};
use crate::syntax::{self, Tree};

/// How to check.
#[derive(Clone, Debug)]
pub struct Options {
    /// How the machines will run.
    pub kind: MachineType,
    /// The rules to apply.
    pub rules: Vec<&'static Rule>,
    /// How severe the findings of some rules are, by name, whatever the rules themselves say.
    pub severities: BTreeMap<&'static str, Severity>,
    /// What someone vouches for in the machines.
    pub premises: Premises,
    /// What does not count.
    pub suppressions: Vec<Suppression>,
    /// Whether rules may ask for proofs.
    pub proofs: Proofs,
}

impl Default for Options {
    /// A standard machine, every rule.
    fn default() -> Self {
        Self {
            kind: MachineType::default(),
            rules: RULES.iter().collect(),
            severities: BTreeMap::new(),
            premises: Premises::default(),
            suppressions: Vec::new(),
            proofs: Proofs::default(),
        }
    }
}

impl Options {
    /// A machine as these options look at it. What is proved is given up when `stop` turns true.
    #[must_use]
    pub fn analysis<'a>(
        &'a self,
        document: Document<'a>,
        machine: &'a Machine<'a>,
        stop: &'a AtomicBool,
    ) -> Analysis<'a> {
        Analysis::new(document, machine, self.kind).under(&self.premises).proving(self.proofs, stop)
    }
}

/// What was found in one source.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Findings of every severity, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// Findings that someone has answered for, in the order of the text.
    pub suppressed: Vec<Suppressed>,
    /// The numbers of the suppressions that were asked for and are needed.
    pub used: BTreeSet<usize>,
    /// How many state machines the source holds; 0 means that it was not looked at further.
    pub n_machines: usize,
}

/// Checks every state machine in `source`.
#[must_use]
pub fn check(source: &Source, options: &Options) -> Report {
    let tree = syntax::parse(&source.text, source.format);
    check_until(source, &tree, options, &AtomicBool::new(false)).unwrap_or_default()
}

/// The same of a source that is parsed already, given up with `None` soon after `stop` turns true: nobody waits for it any more.
#[must_use]
pub fn check_until(source: &Source, tree: &Tree, options: &Options, stop: &AtomicBool) -> Option<Report> {
    let mut report = Report::default();
    for document in source::documents(source, tree) {
        let machine = asl::lower(document.root);
        look_at(&options.analysis(document, &machine, stop), options, stop, &mut report);
    }
    finished(report, options, stop)
}

/// The same of the machines of a source, of which some things may be known already: what is found out stays known.
/// They are to be looked at as [`Options::analysis`] has it.
#[must_use]
pub fn check_known(analyses: &[Analysis<'_>], options: &Options, stop: &AtomicBool) -> Option<Report> {
    let mut report = Report::default();
    for analysis in analyses {
        look_at(analysis, options, stop, &mut report);
    }
    finished(report, options, stop)
}

/// Adds what is found in one machine.
fn look_at(analysis: &Analysis<'_>, options: &Options, stop: &AtomicBool, report: &mut Report) {
    report.n_machines += 1;
    let found = if options.premises.is_empty() {
        found(analysis, options, stop)
    } else {
        let found_under = |premises: &Premises| {
            let other = Analysis::new(analysis.document, analysis.machine, options.kind);
            found(&other.under(premises).proving(options.proofs, stop), options, stop)
        };
        with_premises(&options.premises, found(analysis, options, stop), found_under)
    };
    let (counting, suppressed) = suppress::by_comments(found, analysis, &options.rules, options.proofs);
    report.diagnostics.extend(counting);
    report.suppressed.extend(suppressed);
}

/// Puts findings in order, and takes out those that do not count.
fn finished(mut report: Report, options: &Options, stop: &AtomicBool) -> Option<Report> {
    if stop.load(Ordering::Relaxed) {
        return None;
    }
    report.diagnostics.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    // What YAML aliases repeat is written once, and its mistakes are made once.
    report.diagnostics.dedup_by(|again, first| again.sort_key() == first.sort_key() && again.machine == first.machine);
    if !options.severities.is_empty() {
        let suppressed = report.suppressed.iter_mut().map(|suppressed| &mut suppressed.finding);
        for found in report.diagnostics.iter_mut().chain(suppressed) {
            found.severity = options.severities.get(found.rule).copied().unwrap_or(found.severity);
        }
    }
    let (counting, suppressed, used) = suppress::split(report.diagnostics, &options.suppressions);
    report.diagnostics = counting;
    report.suppressed.extend(suppressed);
    report.suppressed.sort_by(|a, b| a.finding.sort_key().cmp(&b.finding.sort_key()));
    report.used = used;
    Some(report)
}

/// What the rules find in one machine.
fn found(analysis: &Analysis<'_>, options: &Options, stop: &AtomicBool) -> Vec<Diagnostic> {
    let Some(&first) = options.rules.first() else { return Vec::new() };
    let mut sink = Sink::new(analysis, first);
    for &rule in &options.rules {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        sink.enter(rule);
        (rule.check)(analysis, &mut sink);
    }
    sink.into_found()
}

/// How many premises are told apart; beyond that a finding names all of them.
const MAX_PREMISES: usize = 8;

/// What is found under premises: a finding that is not made without one of them rests on it, and says so.
fn with_premises(
    premises: &Premises,
    mut all: Vec<Diagnostic>,
    found: impl Fn(&Premises) -> Vec<Diagnostic>,
) -> Vec<Diagnostic> {
    let mut each: Vec<(String, Premises)> = premises.each(Use::Findings).collect();
    if each.len() > MAX_PREMISES {
        let words: Vec<String> = each.into_iter().map(|(words, _)| words).collect();
        each = vec![(words.join(", and "), Premises::default())];
    }
    let key = |found: &Diagnostic| (found.primary.span, found.rule, found.severity, found.message.clone());
    for (words, rest) in each {
        let others: HashSet<_> = found(&rest).iter().map(key).collect();
        for finding in all.iter_mut().filter(|finding| !others.contains(&key(finding))) {
            finding.notes.push(format!("this rests on a premise: {words}"));
        }
    }
    all
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
