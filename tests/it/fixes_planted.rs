//! Machines of the corpus with a defect planted in them: what `--fix` makes of them.
//!
//! A machine that has no finding with a fix is broken in one place. After the fix the finding is gone, nothing above info is new, a
//! second run changes nothing, and where the defect can be undone in one way the text is what it was, to the byte.

use std::collections::BTreeSet;

use aslint::asl::{Machine, State, lower};
use aslint::diagnostic::{Applicability, Severity};
use aslint::engine::{Options, Report, check};
use aslint::fix::fix;
use aslint::source::Source;
use aslint::syntax::edit::{At, New, appended_item, inserted_member, removed};
use aslint::syntax::{Format, Kind, Member, Node, Tree, parse};
use aslint::text::{Edit, Span, apply};

use super::corpus;
use super::mutate::Dice;
use super::rewrite::{Form, write};

/// How often each defect is planted in each form.
const N_PLANTED: usize = 6;

struct Defect {
    name: &'static str,
    /// The rule that finds it.
    rule: &'static str,
    most: Applicability,
    plant: fn(&Machine<'_>, &mut Dice) -> Option<Vec<Edit>>,
    /// Whether the text is what it was, after the fix.
    is_undone: bool,
}

use Applicability::{Safe, Unsafe};

const DEFECTS: &[Defect] = &[
    Defect { name: "a field in another case", rule: "unknown-field", most: Safe, plant: lower_case, is_undone: true },
    Defect { name: "a field misspelt", rule: "unknown-field", most: Unsafe, plant: misspelt_field, is_undone: true },
    Defect {
        name: "a target misspelt",
        rule: "dangling-target",
        most: Unsafe,
        plant: misspelt_target,
        is_undone: true,
    },
    Defect { name: "a type in another case", rule: "unknown-value", most: Safe, plant: lower_type, is_undone: true },
    Defect { name: "the wildcard first", rule: "misplaced-states-all", most: Safe, plant: all_first, is_undone: true },
    Defect {
        name: "a name beside the wildcard",
        rule: "misplaced-states-all",
        most: Safe,
        plant: beside_all,
        is_undone: true,
    },
    Defect { name: "an error twice", rule: "shadowed-error-name", most: Safe, plant: error_twice, is_undone: true },
    Defect {
        name: "a state that nothing reaches",
        rule: "unreachable-state",
        most: Unsafe,
        plant: orphan,
        is_undone: true,
    },
    Defect { name: "a name given up", rule: "deprecated-field", most: Safe, plant: old_name, is_undone: true },
    Defect {
        name: "an end beside a target",
        rule: "conflicting-transition",
        most: Unsafe,
        plant: end_and_next,
        is_undone: true,
    },
    Defect { name: "no end", rule: "missing-transition", most: Unsafe, plant: no_end, is_undone: false },
    Defect {
        name: "a key without its sign",
        rule: "literal-expression",
        most: Unsafe,
        plant: no_sign,
        is_undone: true,
    },
    Defect {
        name: "blanks outside of delimiters",
        rule: "jsonata-delimiters",
        most: Unsafe,
        plant: padded,
        is_undone: true,
    },
    Defect { name: "a key twice", rule: "duplicate-key", most: Unsafe, plant: key_twice, is_undone: true },
    Defect { name: "a number in quotes", rule: "wrong-type", most: Safe, plant: quoted_number, is_undone: true },
    Defect { name: "a comma too many", rule: "syntax-error", most: Safe, plant: comma, is_undone: true },
];

fn pick<T: Copy>(list: &[T], dice: &mut Dice) -> Option<T> {
    (!list.is_empty()).then(|| dice.pick(list))
}

/// A field of these names in some state.
fn field<'t>(machine: &Machine<'t>, names: &[&str], dice: &mut Dice) -> Option<(Node<'t>, Member<'t>)> {
    let fields: Vec<_> = machine
        .states
        .iter()
        .flat_map(|state| names.iter().filter_map(|name| Some((state.node, state.node.member(name)?))))
        .collect();
    pick(&fields, dice)
}

fn renamed(field: Option<(Node<'_>, Member<'_>)>, name: impl Fn(&str) -> String) -> Option<Vec<Edit>> {
    let (_, field) = field?;
    Some(vec![field.key.rewritten(&name(field.name()))])
}

fn lower_case(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    renamed(
        field(machine, &["Next", "Resource", "Parameters", "Choices", "Branches", "Catch"], dice),
        str::to_lowercase,
    )
}

fn misspelt_field(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let doubled = |name: &str| format!("{}{}", &name[..4], &name[3..]);
    renamed(field(machine, &["Resource", "Choices", "Branches", "ItemProcessor", "TimeoutSeconds"], dice), doubled)
}

fn misspelt_target(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let (_, next) = field(machine, &["Next", "Default"], dice)?;
    let name = next.value.as_str().filter(|name| name.len() > 6 && name.is_ascii())?;
    let names: BTreeSet<&str> = machine.states.iter().map(State::name).collect();
    // Names that are much alike can stand for each other.
    let is_alike = |other: &&str| other.chars().zip(name.chars()).filter(|(a, b)| a == b).count() * 2 > name.len();
    (names.into_iter().filter(is_alike).count() == 1)
        .then(|| vec![next.value.rewritten(&format!("{}{}", &name[..4], &name[3..]))])
}

fn lower_type(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let (_, kind) = field(machine, &["Type"], dice)?;
    Some(vec![kind.value.rewritten(&kind.value.as_str()?.to_lowercase())])
}

/// The entries of `Retry` and `Catch`, as lists.
fn lists<'t>(machine: &Machine<'t>) -> impl Iterator<Item = Node<'t>> {
    machine.states.iter().flat_map(|state| ["Retry", "Catch"].into_iter().filter_map(|name| state.node.get(name)))
}

fn errors<'t>(entry: Node<'t>) -> Vec<&'t str> {
    entry.get("ErrorEquals").into_iter().flat_map(Node::items).filter_map(Node::as_str).collect()
}

fn all_first(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let pairs: Vec<(Node<'_>, Node<'_>)> = lists(machine)
        .filter(|list| list.len() == 2)
        .filter_map(|list| Some((list.items().next()?, list.items().nth(1)?)))
        .filter(|(_, last)| errors(*last) == ["States.ALL"])
        .collect();
    let (first, last) = pick(&pairs, dice)?;
    let text = first.tree().text();
    let swapped = |to: Node<'_>, from: Node<'_>| Edit { span: to.span(), text: from.span().of(text).to_owned() };
    Some(vec![swapped(first, last), swapped(last, first)])
}

fn beside_all(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let found: Vec<Node<'_>> =
        lists(machine).filter_map(|list| list.items().last()).filter(|last| errors(*last) == ["States.ALL"]).collect();
    Some(vec![appended_item(pick(&found, dice)?.get("ErrorEquals")?, &New::text("Broken"))?])
}

fn error_twice(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let found: Vec<Node<'_>> =
        lists(machine).flat_map(Node::items).filter(|entry| !errors(*entry).is_empty()).collect();
    let entry = pick(&found, dice)?;
    let name = pick(&errors(entry), dice).filter(|name| *name != "States.ALL")?;
    Some(vec![appended_item(entry.get("ErrorEquals")?, &New::text(name))?])
}

fn orphan(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let (at, to) = (dice.below(machine.scopes.len()), dice.below(4));
    let scope = &machine.scopes[at];
    let end = match scope.states.get(to) {
        Some(&state) => ("Next", New::text(machine.state(state).name())),
        None => ("End", New::Word("true")),
    };
    let state = New::Object(vec![("Type", New::text("Pass")), end]);
    Some(vec![inserted_member(scope.states_field?.value, At::Last, "Left behind", &state)?])
}

fn old_name(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let (map, processor) = field(machine, &["ItemProcessor"], dice)?;
    let is_plain = processor.value.get("ProcessorConfig").is_none() && map.get("Label").is_none();
    is_plain.then(|| vec![processor.key.rewritten("Iterator")])
}

fn end_and_next(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let (state, _) = field(machine, &["Next"], dice)?;
    Some(vec![inserted_member(state, At::Last, "End", &New::Word("true"))?])
}

fn no_end(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    removed(&[field(machine, &["End"], dice)?.1.value])
}

fn no_sign(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let (_, parameters) = field(machine, &["Parameters"], dice)?;
    let paths: Vec<Member<'_>> = parameters
        .value
        .members()
        .filter(|member| {
            member.name().ends_with(".$") && member.value.as_str().is_some_and(|path| path.starts_with("$."))
        })
        .collect();
    let path = pick(&paths, dice)?;
    Some(vec![path.key.rewritten(path.name().strip_suffix(".$")?)])
}

fn padded(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let is_jsonata = |node: &Node<'_>| {
        node.as_str().is_some_and(|text| text.starts_with("{%") && text.ends_with("%}") && !text.contains('\n'))
    };
    let strings: Vec<Node<'_>> = machine
        .states
        .iter()
        .filter_map(|state| state.node.get("Output").or(state.node.get("Arguments")))
        .flat_map(Node::descendants)
        .filter(is_jsonata)
        .collect();
    let string = pick(&strings, dice)?;
    Some(vec![string.rewritten(&format!(" {}", string.content()))])
}

fn key_twice(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let (state, field) = field(machine, &["Next", "Resource", "Comment"], dice)?;
    let first = state.members().next()?.name();
    Some(vec![inserted_member(state, At::Before(&[first]), field.name(), &New::text("Dropped"))?])
}

fn quoted_number(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let (_, number) =
        field(machine, &["TimeoutSeconds", "Seconds", "HeartbeatSeconds", "MaxConcurrency", "End"], dice)?;
    let is_word = matches!(number.value.kind(), Kind::Number | Kind::Bool);
    is_word.then(|| vec![Edit { span: number.value.span(), text: format!("\"{}\"", number.value.content()) }])
}

fn comma(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let text: &str = machine.node.tree().text();
    let is_full = |node: &Node<'_>| !node.is_empty() && machine.node.tree().format() == Format::Json;
    let all: Vec<Node<'_>> = machine.node.descendants().filter(is_full).collect();
    let container = pick(&all, dice)?;
    let inner = &text[..container.span().end as usize - 1];
    let at = u32::try_from(inner.trim_end().len()).ok()?;
    Some(vec![Edit { span: Span::empty(at), text: ",".to_owned() }])
}

fn found(text: &str, format: Format) -> Report {
    check(&Source::machine("m", text, format), &Options::default())
}

/// What is found above info, without its place.
fn grave(report: &Report) -> BTreeSet<(&'static str, String)> {
    let grave = report.diagnostics.iter().filter(|found| found.severity > Severity::Info);
    grave.map(|found| (found.rule, found.message.clone())).collect()
}

/// A text that no fix changes, with what is found in it.
fn settled(tree: &Tree, format: Format) -> Option<(String, Format, Report)> {
    let text = tree.text().to_string();
    let report = found(&text, format);
    let is_left = report.diagnostics.iter().all(|found| found.fixes.is_empty());
    is_left.then_some((text, format, report))
}

/// Plants a defect and mends it; whether it could be planted.
fn mends(name: &str, before: &(String, Format, Report), defect: &Defect) -> bool {
    let (text, format, report) = before;
    let tree = parse(&text.as_str().into(), *format);
    let machine = lower(tree.root());
    let mut dice = Dice::of(&format!("{name}{}", defect.name));
    let Some(edits) = (defect.plant)(&machine, &mut dice) else { return false };
    let Ok(broken) = apply(text, &edits) else { return false };
    let planted = found(&broken, *format);
    // Where another finding stands for it, or nobody can say what was meant, there is nothing to mend.
    let is_seen = planted
        .diagnostics
        .iter()
        .any(|found| found.rule == defect.rule && found.fixes.iter().any(|fix| fix.applicability <= defect.most));
    if !is_seen {
        return false;
    }
    let place = format!("{name}, {} ({format:?})", defect.name);
    let source = Source::machine("m", broken.as_str(), *format);
    let fixed = fix(&source, &Options::default(), defect.most);
    let mended: &str = &fixed.source.text;
    assert!(fixed.given_up.is_empty() && fixed.is_changed(), "{place}: {:?}\n{broken}", fixed.given_up);
    assert_eq!(parse(&fixed.source.text, *format).errors(), [], "{place}\n{mended}");
    if defect.is_undone {
        assert!(mended == text, "{place}: {:#?}\n{}", fixed.applied, aslint::text::unified_diff("m", text, mended));
    } else {
        let before: BTreeSet<&str> = broken.lines().collect();
        let n_new = mended.lines().filter(|line| !before.contains(line)).count();
        assert!(n_new <= 2, "{place}: more changed than the edits say\n{mended}");
    }
    let rules_left = fixed.report.diagnostics.iter().filter(|found| found.rule == defect.rule).count();
    let rules_before = report.diagnostics.iter().filter(|found| found.rule == defect.rule).count();
    assert!(rules_left <= rules_before, "{place}: still found\n{mended}");
    let new: Vec<_> = grave(&fixed.report).difference(&grave(report)).cloned().collect();
    assert!(new.is_empty(), "{place}: new {new:#?}\n{mended}");
    assert!(
        !fix(&fixed.source, &Options::default(), defect.most).is_changed(),
        "{place}: a second run changes something\n{mended}"
    );
    true
}

#[test]
fn planted_defects_are_mended() {
    let Some(root) = corpus::root() else { return };
    let mut n_planted = vec![[0; 3]; DEFECTS.len()];
    let mut files: Vec<_> = ["asl-json", "labelled", "executions/definitions"]
        .iter()
        .flat_map(|folder| corpus::files(&root.join(folder)))
        .collect();
    // Neighbours are alike.
    files.sort_by_key(|path| Dice::of(&path.file_name().unwrap_or_default().to_string_lossy()).below(1 << 30));
    for path in files {
        let name = path.display().to_string();
        let source = corpus::source(&path);
        let tree = parse(&source.text, Format::Json);
        if source.text.len() > 6_000 || !source.text.starts_with('{') || !tree.errors().is_empty() {
            continue;
        }
        for (form, of_form) in
            [None, Some((Form::Compact, Format::Json)), Some((Form::Yaml, Format::Yaml))].into_iter().enumerate()
        {
            let wanted =
                |i: usize, n: &[usize; 3]| n[form] < N_PLANTED && !(DEFECTS[i].rule == "syntax-error" && form == 2);
            if !n_planted.iter().enumerate().any(|(i, n)| wanted(i, n)) {
                continue;
            }
            let (text, format) = match of_form {
                None => (source.text.to_string(), Format::Json),
                Some((form, format)) => (write(tree.root(), form), format),
            };
            let Some(before) = settled(&parse(&text.into(), format), format) else { break };
            for (i, defect) in DEFECTS.iter().enumerate() {
                if wanted(i, &n_planted[i]) && mends(&name, &before, defect) {
                    n_planted[i][form] += 1;
                }
            }
        }
    }
    for (defect, n) in DEFECTS.iter().zip(&n_planted) {
        let n_forms = if defect.rule == "syntax-error" { 2 } else { 3 };
        assert!(n.iter().filter(|&&n| n > 2).count() >= n_forms, "{} is planted {n:?} times", defect.name);
    }
}
