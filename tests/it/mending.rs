//! Defects put into machines of the corpus, and what their fixes leave: the finding is gone, nothing new is found, and the
//! text is what it was before the defect, to the byte.

use std::collections::BTreeMap;
use std::fs;

use aslint::asl::{Language, Machine, State, lower};
use aslint::diagnostic::{Applicability, Severity};
use aslint::engine::{Options, Report};
use aslint::fix::{Fixed, fix};
use aslint::source::Source;
use aslint::syntax::edit::{At, New, inserted_member, removed};
use aslint::syntax::{Format, Kind, Member, Node, parse};
use aslint::text::{Edit, apply};
use rayon::prelude::*;

use super::corpus;
use super::mutate::Dice;
use super::rewrite::{Form, write};

/// A mistake that people make.
struct Defect {
    name: &'static str,
    /// Who finds it.
    rule: &'static str,
    /// The edits that make it, in a place that the dice choose; `None` where the machine has no such place.
    put: fn(&Machine<'_>, &mut Dice) -> Option<Vec<Edit>>,
    /// How many of a hundred come out as they were; the others have several cures, or none that is offered.
    least: usize,
}

const DEFECTS: &[Defect] = &[
    Defect { name: "field in lower case", rule: "unknown-field", put: lower_field, least: 95 },
    Defect { name: "letter of a field left out", rule: "unknown-field", put: shorter_field, least: 90 },
    Defect { name: "letter of a target left out", rule: "dangling-target", put: shorter_target, least: 60 },
    Defect { name: "target in upper case", rule: "dangling-target", put: upper_target, least: 80 },
    Defect { name: "type in lower case", rule: "unknown-value", put: lower_type, least: 95 },
    Defect { name: "old names of fields of a Map", rule: "deprecated-field", put: old_names, least: 95 },
    Defect { name: "`.$` left out", rule: "literal-expression", put: mark_left_out, least: 60 },
    Defect { name: "`.$` too many", rule: "malformed-path", put: mark_too_many, least: 95 },
    Defect { name: "delimiters left out", rule: "jsonata-delimiters", put: delimiters_left_out, least: 60 },
    Defect { name: "half a delimiter", rule: "jsonata-delimiters", put: half_a_delimiter, least: 60 },
    Defect { name: "text around JSONata", rule: "jsonata-delimiters", put: text_around, least: 0 },
    Defect { name: "`Default` left out", rule: "choice-not-exhaustive", put: no_default, least: 0 },
    Defect { name: "`Next` left out", rule: "missing-transition", put: no_next, least: 0 },
    Defect { name: "`End` left out", rule: "missing-transition", put: no_end, least: 0 },
    Defect { name: "`Retry` left out", rule: "missing-transient-retry", put: no_retry, least: 0 },
    Defect { name: "`ResultPath` of a catcher left out", rule: "lost-input", put: result_path_left_out, least: 0 },
    Defect { name: "state too many", rule: "unreachable-state", put: new_state, least: 90 },
    Defect { name: "`States.ALL` before the last", rule: "misplaced-states-all", put: all_before_the_last, least: 90 },
];

/// One of what a machine has of a sort.
fn pick<T: Copy>(all: &[T], dice: &mut Dice) -> Option<T> {
    (!all.is_empty()).then(|| dice.pick(all))
}

/// A member of an object that is read as payload, whose name is or is not dynamic.
fn payload<'t>(machine: &Machine<'t>, dice: &mut Dice, is_meant: fn(&Member<'t>) -> bool) -> Option<Member<'t>> {
    let states = machine.states.iter().filter(|state| state.language == Language::JsonPath && state.is_language_known);
    let templates =
        states.flat_map(|state| ["Parameters", "ResultSelector"].iter().filter_map(|name| state.node.get(name)));
    let members: Vec<Member<'t>> = templates.flat_map(Node::members).filter(is_meant).collect();
    pick(&members, dice)
}

fn mark_left_out(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let key = payload(machine, dice, |member| member.name().ends_with(".$"))?.key;
    Some(renamed(key, key.content().strip_suffix(".$")?))
}

fn mark_too_many(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let is_literal = |member: &Member<'_>| matches!(member.value.kind(), Kind::Number | Kind::Bool);
    let key = payload(machine, dice, is_literal)?.key;
    Some(renamed(key, &format!("{}.$", key.content())))
}

/// A string that is JSONata.
fn expression<'t>(machine: &Machine<'t>, dice: &mut Dice) -> Option<Node<'t>> {
    let states = machine.states.iter().filter(|state| state.language == Language::Jsonata && state.is_language_known);
    let fields =
        states.flat_map(|state| ["Output", "Arguments", "Assign"].iter().filter_map(|name| state.node.get(name)));
    let is_expression = |node: &Node<'_>| {
        node.as_str().is_some_and(|text| text.starts_with("{% ") && text.ends_with(" %}") && text.len() > 8)
    };
    let all: Vec<Node<'t>> = fields.flat_map(Node::descendants).filter(is_expression).collect();
    pick(&all, dice)
}

fn delimiters_left_out(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let node = expression(machine, dice)?;
    Some(vec![node.rewritten(node.content().trim_start_matches("{% ").trim_end_matches(" %}"))])
}

fn half_a_delimiter(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let node = expression(machine, dice)?;
    Some(vec![node.rewritten(node.content().strip_suffix('}')?)])
}

fn text_around(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let node = expression(machine, dice)?;
    Some(vec![node.rewritten(&format!("It's {}!", node.content()))])
}

/// A value is taken out of a state.
fn left_out(machine: &Machine<'_>, dice: &mut Dice, name: &str) -> Option<Vec<Edit>> {
    let values: Vec<Node<'_>> = machine.states.iter().filter_map(|state| state.node.get(name)).collect();
    removed(&[pick(&values, dice)?])
}

fn no_default(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    left_out(machine, dice, "Default")
}

fn no_next(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    left_out(machine, dice, "Next")
}

fn no_end(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    left_out(machine, dice, "End")
}

fn no_retry(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    left_out(machine, dice, "Retry")
}

fn result_path_left_out(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let paths: Vec<Node<'_>> = machine
        .states
        .iter()
        .flat_map(|state| state.catchers.iter())
        .filter_map(|catcher| catcher.node.get("ResultPath"))
        .collect();
    removed(&[pick(&paths, dice)?])
}

fn new_state(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let scopes: Vec<Node<'_>> = machine.scopes.iter().filter_map(|scope| scope.node.get("States")).collect();
    let state = New::Object(vec![("Type", New::text("Succeed"))]);
    inserted_member(pick(&scopes, dice)?, At::Last, "Nobody goes here", &state).map(|edit| vec![edit])
}

/// The last two entries change places.
fn all_before_the_last(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let lists =
        machine.states.iter().flat_map(|state| ["Retry", "Catch"].iter().filter_map(|name| state.node.get(name)));
    let is_of_all = |entry: &Node<'_>| {
        entry
            .get("ErrorEquals")
            .is_some_and(|errors| errors.items().next().and_then(Node::as_str) == Some("States.ALL"))
    };
    let pairs: Vec<(Node<'_>, Node<'_>)> = lists
        .filter_map(|list| {
            let entries: Vec<Node<'_>> = list.items().collect();
            let [.., before, last] = entries.as_slice() else { return None };
            (is_of_all(last) && !is_of_all(before)).then_some((*before, *last))
        })
        .collect();
    let (before, last) = pick(&pairs, dice)?;
    let text = before.tree().text();
    let written = |node: Node<'_>, other: Node<'_>| Edit { span: node.span(), text: other.span().of(text).to_owned() };
    Some(vec![written(before, last), written(last, before)])
}

/// A key in its own quotes under another name.
fn renamed(key: Node<'_>, name: &str) -> Vec<Edit> {
    vec![key.rewritten(name)]
}

fn state<'m, 't>(machine: &'m Machine<'t>, dice: &mut Dice) -> Option<&'m State<'t>> {
    (!machine.states.is_empty()).then(|| &machine.states[dice.below(machine.states.len())])
}

fn field<'t>(machine: &Machine<'t>, dice: &mut Dice) -> Option<Node<'t>> {
    let keys: Vec<Node<'t>> = state(machine, dice)?.node.members().map(|member| member.key).collect();
    (!keys.is_empty()).then(|| dice.pick(&keys))
}

fn lower_field(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let key = field(machine, dice)?;
    Some(renamed(key, &key.content().to_lowercase()))
}

/// One letter, not the first, is gone.
fn shorter(name: &str, dice: &mut Dice) -> Option<String> {
    let n_letters = name.chars().count();
    let gone = (n_letters > 4).then(|| 1 + dice.below(n_letters - 1))?;
    Some(name.chars().enumerate().filter(|(i, _)| *i != gone).map(|(_, c)| c).collect())
}

fn shorter_field(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let key = field(machine, dice)?;
    Some(renamed(key, &shorter(key.content(), dice)?))
}

fn target<'t>(machine: &Machine<'t>, dice: &mut Dice) -> Option<Node<'t>> {
    let targets: Vec<Node<'t>> =
        machine.states.iter().flat_map(|state| state.targets()).map(|target| target.field.value).collect();
    let target = (!targets.is_empty()).then(|| dice.pick(&targets))?;
    (target.kind() == Kind::String && !target.is_open()).then_some(target)
}

fn shorter_target(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let target = target(machine, dice)?;
    Some(vec![target.rewritten(&shorter(target.content(), dice)?)])
}

fn upper_target(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let target = target(machine, dice)?;
    Some(vec![target.rewritten(&target.content().to_uppercase())])
}

fn lower_type(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let value = state(machine, dice)?.node.get("Type")?;
    Some(vec![value.rewritten(&value.content().to_lowercase())])
}

fn old_names(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let maps: Vec<_> = machine.states.iter().filter(|state| state.is_map()).collect();
    let map = (!maps.is_empty()).then(|| dice.pick(&maps))?;
    let old = |new, old| map.node.member(new).map(|member| member.key.rewritten(old));
    let edits: Vec<Edit> =
        old("ItemProcessor", "Iterator").into_iter().chain(old("ItemSelector", "Parameters")).collect();
    (!edits.is_empty() && map.language == Language::JsonPath).then_some(edits)
}

/// Machines of the corpus, as written and as YAML.
fn texts() -> Vec<(String, String, Format)> {
    let Some(root) = corpus::root() else { return Vec::new() };
    let mut texts = Vec::new();
    let folders = ["asl-json", "asl-yaml", "labelled", "executions/definitions"];
    for (i, path) in folders.iter().flat_map(|folder| corpus::files(&root.join(folder))).enumerate() {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let name = path.display().to_string();
        if text.len() > 40_000 {
            continue;
        }
        if name.ends_with(".yaml") || name.ends_with(".yml") {
            texts.push((name, text, Format::Yaml));
        } else if text.trim_start().starts_with('{') {
            let tree = parse(&text.as_str().into(), Format::Json);
            if !tree.errors().is_empty() {
                continue;
            }
            if i % 2 == 0 {
                texts.push((name, write(tree.root(), Form::Yaml), Format::Yaml));
            } else {
                texts.push((name, text, Format::Json));
            }
        }
    }
    assert!(texts.len() > 1_000, "the corpus holds more machines than {}", texts.len());
    // All of them take minutes.
    let every = if std::env::var_os("ALL").is_some() { 1 } else { 8 };
    texts.into_iter().step_by(every).collect()
}

fn mended(text: &str, format: Format) -> Fixed {
    fix(&Source::machine("m", text, format), &Options::default(), Applicability::Unsafe)
}

/// How many findings above info there are of each rule.
fn grave(report: &Report) -> BTreeMap<&'static str, usize> {
    let mut n_found = BTreeMap::new();
    for found in report.diagnostics.iter().filter(|found| found.severity > Severity::Info) {
        *n_found.entry(found.rule).or_default() += 1;
    }
    n_found
}

/// Whether two texts are the same but for quotes around words of YAML, which a defect may have made necessary.
fn is_same(one: &str, other: &str) -> bool {
    one == other || one.replace('"', "") == other.replace('"', "")
}

#[derive(Default)]
struct Outcome {
    n_tried: usize,
    n_restored: usize,
    failures: Vec<String>,
    others: Vec<String>,
}

fn try_one(name: &str, text: &str, format: Format, outcomes: &mut BTreeMap<&'static str, Outcome>) {
    let base = mended(text, format);
    let text: &str = &base.source.text;
    let again = mended(text, format);
    let fail = |outcomes: &mut BTreeMap<&'static str, Outcome>, of, what: String| {
        outcomes.entry(of).or_default().failures.push(format!("{name} ({format:?}), {of}: {what}"));
    };
    if &*again.source.text != text {
        fail(outcomes, "as it is", format!("the second run changes it: {:?}", again.applied));
    }
    let tree = parse(&base.source.text, format);
    let machine = lower(tree.root());
    let mut dice = Dice::of(text);
    for defect in DEFECTS {
        let Some(edits) = (defect.put)(&machine, &mut dice) else { continue };
        if edits.iter().any(|edit| edit.text == edit.span.of(text)) {
            continue;
        }
        let Ok(bad) = apply(text, &edits) else { continue };
        let before = aslint::engine::check(&Source::machine("m", bad.as_str(), format), &Options::default());
        let of_rule = |report: &Report| report.diagnostics.iter().filter(|found| found.rule == defect.rule).count();
        if of_rule(&before) <= of_rule(&base.report) {
            continue;
        }
        let fixed = mended(&bad, format);
        let outcome = outcomes.entry(defect.name).or_default();
        outcome.n_tried += 1;
        if is_same(&fixed.source.text, text) {
            outcome.n_restored += 1;
            continue;
        }
        let shown = format!("{name} ({format:?}): {:?} became {:?}, {:?}", edits, fixed.applied, fixed.given_up);
        outcome.others.push(shown);
        if fixed.applied.is_empty() {
            continue;
        }
        let parsed = parse(&fixed.source.text, format);
        if parsed.errors().len() > tree.errors().len() {
            fail(outcomes, defect.name, "it does not parse".to_owned());
        }
        let (old, new) = (grave(&before), grave(&fixed.report));
        let worse: Vec<_> = new.iter().filter(|(rule, n)| old.get(*rule).unwrap_or(&0) < n).collect();
        if !worse.is_empty() {
            fail(outcomes, defect.name, format!("new findings {worse:?}, {edits:?}, {:?}", fixed.applied));
        }
        let is_mended = fixed.applied.iter().any(|done| done.rule == defect.rule);
        if is_mended && of_rule(&fixed.report) >= of_rule(&before) {
            fail(outcomes, defect.name, format!("still found, {edits:?}, {:?}", fixed.applied));
        }
        let again = mended(&fixed.source.text, format);
        if again.source.text != fixed.source.text {
            fail(outcomes, defect.name, format!("the second run changes it: {:?}", again.applied));
        }
    }
}

#[test]
fn defects_of_all_sorts_are_mended_to_the_byte() {
    let texts = texts();
    let outcomes: BTreeMap<&'static str, Outcome> = texts
        .par_iter()
        .fold(BTreeMap::new, |mut outcomes, (name, text, format)| {
            try_one(name, text, *format, &mut outcomes);
            outcomes
        })
        .reduce(BTreeMap::new, |mut all, some| {
            for (name, outcome) in some {
                let all: &mut Outcome = all.entry(name).or_default();
                all.n_tried += outcome.n_tried;
                all.n_restored += outcome.n_restored;
                all.failures.extend(outcome.failures);
                all.others.extend(outcome.others);
            }
            all
        });
    if std::env::var_os("SHOW").is_some() {
        for (name, outcome) in &outcomes {
            eprintln!("{name}: {} of {}", outcome.n_restored, outcome.n_tried);
            for other in outcome.others.iter().take(12) {
                eprintln!("    {other}");
            }
        }
    }
    let failures: Vec<String> = outcomes.values().flat_map(|outcome| outcome.failures.clone()).collect();
    assert!(failures.is_empty(), "{}:\n{}", failures.len(), failures.join("\n"));
    if texts.is_empty() {
        return;
    }
    for defect in DEFECTS {
        let outcome = &outcomes[defect.name];
        assert!(outcome.n_tried > 0, "{}: no machine has a place for it", defect.name);
        let share = 100 * outcome.n_restored / outcome.n_tried;
        assert!(share >= defect.least, "{}: {share} of 100 restored", defect.name);
    }
}
