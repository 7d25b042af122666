//! Reads of variables that no state assigns, or none that an execution passes before.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::Sink;
use crate::analysis::Analysis;
use crate::asl::expression::Demand;
use crate::asl::jsonata::What;
use crate::asl::{Language, ScopeId, StateId};
use crate::diagnostic::{Applicability, Fix, Label, Severity};
use crate::flow::assignment::Known;
use crate::flow::variables::{Meaning, Read, VariableId, Variables};
use crate::syntax::Step;
use crate::text::{Edit, Span, nearest};

/// A bound on work: how many names are held against another in one machine.
const MAX_COMPARISONS: usize = 50_000;

/// How many places that set a variable too late are shown.
const MAX_LABELS: usize = 6;

pub(super) fn check(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let table = cx.variables();
    let mut guesses = Guesses { table, made: HashMap::new(), n_left: MAX_COMPARISONS };
    let functions = functions(cx);
    for read in table.reads().iter().filter(|read| read.meaning == Meaning::Nowhere) {
        if read.demand != Demand::Tested && table.is_tested(read.name) {
            continue;
        }
        let expression = &cx.expressions()[read.expression];
        let language = cx.machine.state(read.state).language;
        let is_jsonata = language == Language::Jsonata;
        let name = read.name;
        let span = expression.node.source_span(read.span);
        if functions.contains(&span) {
            continue;
        }
        let consequence = read.demand.without_value(language);
        if !is_jsonata && name == "states" {
            // Nobody can assign that one: a field of the other language has come here.
            let message = format!("`$states` is JSONata, and the state is in JSONPath: {consequence}");
            let finding = sink.report_at(expression.node, span, message);
            finding.severity = read.demand.severity();
            finding.notes.push(
                "a state with `\"QueryLanguage\": \"JSONata\"` has it, between `{%` and `%}`; in JSONPath the input is `$`, \
                 the context object `$$`"
                    .to_owned(),
            );
            continue;
        }
        let finding = sink.report_at(expression.node, span, format!("no state assigns `${name}`: {consequence}"));
        finding.severity = read.demand.severity();
        let Some(meant) = guesses.guess(read, is_jsonata) else { continue };
        finding.message += &format!("; did you mean `${meant}`?");
        if meant.to_lowercase() == name.to_lowercase() {
            finding.notes.push("names of variables are case-sensitive".to_owned());
        }
        finding.fixes.push(Fix {
            title: format!("write `${meant}`"),
            edits: vec![Edit { span, text: format!("${meant}") }],
            applicability: Applicability::Unsafe,
        });
    }
    too_early(cx, sink);
}

/// Finds reads that no way from the start leads to on which the variable was set before.
fn too_early(cx: &Analysis<'_>, sink: &mut Sink<'_>) {
    let (machine, table) = (cx.machine, cx.variables());
    // Of the reads of a variable in a state the one that needs it most speaks for all. Among equals the place decides, which
    // does not hang on the order of fields.
    let mut chosen: BTreeMap<(VariableId, StateId), (Reverse<Severity>, String, usize)> = BTreeMap::new();
    for (i, read) in table.reads().iter().enumerate() {
        let Meaning::Variable(variable) = read.meaning else { continue };
        if cx.found().of(i) != Some(Known::Never)
            || read.demand != Demand::Tested && table.is_tested(read.name)
            || cx.steps().is_found_before(read, variable, &cx.expressions()[read.expression].site)
        {
            continue;
        }
        let holder = machine.holder(read.state, table.variable(variable).scope);
        // What the state alone sets is `stale-variable`.
        if table.assignments_of(variable).all(|set| Some(set.state) == holder) {
            continue;
        }
        let pointer = Step::pointer(&cx.expressions()[read.expression].node.path());
        let rank = (Reverse(read.demand.severity()), pointer, i);
        let best = chosen.entry((variable, read.state)).or_insert_with(|| rank.clone());
        if rank < *best {
            *best = rank;
        }
    }
    for ((variable, _), (_, _, i)) in chosen {
        let read = &table.reads()[i];
        let (name, expression) = (read.name, &cx.expressions()[read.expression]);
        let consequence = read.demand.without_value(machine.state(read.state).language);
        let message = format!("no state sets `${name}` on any way to here: {consequence}");
        let way = sink.way_to(read.state);
        let finding = sink.report_at(expression.node, expression.node.source_span(read.span), message);
        finding.severity = read.demand.severity();
        finding.way = way;
        let sets = table.assignments_of(variable).take(MAX_LABELS);
        finding.related.extend(sets.map(|set| Label::new(set.key.span(), "set here")));
        finding.notes.push(
            "what a state assigns is seen from the next state on, and only on the ways that lead through it".to_owned(),
        );
    }
}

/// Where a function has to stand and a name stands that is none: that is a finding of its own.
fn functions(cx: &Analysis<'_>) -> HashSet<Span> {
    let faults = cx.inferred().flat_map(|found| found.inference.faults.iter().map(move |fault| (found, fault)));
    let unknown = faults.filter(|(_, fault)| fault.what == What::Unknown);
    unknown.map(|(found, fault)| found.source_span(fault.span)).collect()
}

/// What was likely meant by names that mean nothing.
struct Guesses<'v, 't> {
    table: &'v Variables<'t>,
    made: HashMap<(ScopeId, &'t str, bool), Option<&'t str>>,
    n_left: usize,
}

impl<'t> Guesses<'_, 't> {
    fn guess(&mut self, read: &Read<'t>, is_jsonata: bool) -> Option<&'t str> {
        let key = (read.scope, read.name, is_jsonata);
        if let Some(&made) = self.made.get(&key) {
            return made;
        }
        if self.n_left == 0 {
            return None;
        }
        let mut names: Vec<&'t str> =
            self.table.visible(read.scope).take(self.n_left + 1).map(|seen| seen.name).collect();
        if names.len() > self.n_left {
            self.n_left = 0;
            return None;
        }
        self.n_left -= names.len();
        names.extend(is_jsonata.then_some("states"));
        let meant = nearest(read.name, names.into_iter().map(|name| (name, name)));
        self.made.insert(key, meant);
        meant
    }
}
