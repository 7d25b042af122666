//! Mistakes that people make, each put into a machine in a place that the dice choose.

use std::collections::BTreeSet;

use aslint::asl::{Language, Machine, State};
use aslint::diagnostic::Applicability::{self, Safe, Unsafe};
use aslint::syntax::edit::{At, New, appended_item, inserted_member, removed};
use aslint::syntax::{Format, Kind, Member, Node};
use aslint::text::{Edit, Span};

use super::mutate::Dice;

/// A mistake.
pub(crate) struct Defect {
    pub(crate) name: &'static str,
    /// Who finds it.
    pub(crate) rule: &'static str,
    /// How far the fixes may go that mend it.
    pub(crate) most: Applicability,
    /// The edits that make it, in a place that the dice choose; `None` where the machine has no such place.
    pub(crate) put: fn(&Machine<'_>, &mut Dice) -> Option<Vec<Edit>>,
    pub(crate) cure: Cure,
    /// How many of a hundred are mended; the others have several cures, or none that is offered.
    pub(crate) least: usize,
}

/// What the fix of a mistake makes of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cure {
    /// Wherever one is offered, what the text was before, to the byte.
    Undone,
    /// Often that.
    Restored,
    /// Something else; wherever one is offered, with two new lines at most.
    Near,
    /// Something else.
    Other,
}

use Cure::{Near, Other, Restored, Undone};

#[rustfmt::skip]
pub(crate) const DEFECTS: &[Defect] = &[
    Defect { name: "a field in another case", rule: "unknown-field", most: Safe, put: lower_case, cure: Undone, least: 95 },
    Defect { name: "any field in lower case", rule: "unknown-field", most: Unsafe, put: lower_field, cure: Restored, least: 95 },
    Defect { name: "a letter of a field twice", rule: "unknown-field", most: Unsafe, put: misspelt_field, cure: Undone, least: 90 },
    Defect { name: "a letter of a field left out", rule: "unknown-field", most: Unsafe, put: shorter_field, cure: Restored, least: 90 },
    Defect { name: "a letter of a target twice", rule: "dangling-target", most: Unsafe, put: misspelt_target, cure: Undone, least: 60 },
    Defect { name: "a letter of a target left out", rule: "dangling-target", most: Unsafe, put: shorter_target, cure: Restored, least: 60 },
    Defect { name: "a target in upper case", rule: "dangling-target", most: Unsafe, put: upper_target, cure: Restored, least: 80 },
    Defect { name: "a type in lower case", rule: "unknown-value", most: Safe, put: lower_type, cure: Undone, least: 95 },
    Defect { name: "the wildcard before the last", rule: "misplaced-states-all", most: Safe, put: all_before_the_last, cure: Undone, least: 90 },
    Defect { name: "a name beside the wildcard", rule: "misplaced-states-all", most: Safe, put: beside_all, cure: Undone, least: 90 },
    Defect { name: "an error twice", rule: "shadowed-error-name", most: Safe, put: error_twice, cure: Undone, least: 90 },
    Defect { name: "a state that nothing reaches", rule: "unreachable-state", most: Unsafe, put: orphan, cure: Undone, least: 90 },
    Defect { name: "old names of fields of a Map", rule: "deprecated-field", most: Safe, put: old_names, cure: Undone, least: 95 },
    Defect { name: "an end beside a target", rule: "conflicting-transition", most: Unsafe, put: end_and_next, cure: Undone, least: 90 },
    Defect { name: "`Next` left out", rule: "missing-transition", most: Unsafe, put: no_next, cure: Other, least: 50 },
    Defect { name: "`End` left out", rule: "missing-transition", most: Unsafe, put: no_end, cure: Near, least: 50 },
    Defect { name: "`.$` left out of a path", rule: "literal-expression", most: Unsafe, put: no_sign, cure: Undone, least: 60 },
    Defect { name: "`.$` left out", rule: "literal-expression", most: Unsafe, put: mark_left_out, cure: Restored, least: 60 },
    Defect { name: "`.$` too many", rule: "malformed-path", most: Unsafe, put: mark_too_many, cure: Restored, least: 95 },
    Defect { name: "blanks outside of delimiters", rule: "jsonata-delimiters", most: Unsafe, put: padded, cure: Undone, least: 90 },
    Defect { name: "delimiters left out", rule: "jsonata-delimiters", most: Unsafe, put: delimiters_left_out, cure: Restored, least: 60 },
    Defect { name: "half a delimiter", rule: "jsonata-delimiters", most: Unsafe, put: half_a_delimiter, cure: Restored, least: 60 },
    Defect { name: "text around JSONata", rule: "jsonata-delimiters", most: Unsafe, put: text_around, cure: Other, least: 50 },
    Defect { name: "`Default` left out", rule: "choice-not-exhaustive", most: Unsafe, put: no_default, cure: Other, least: 50 },
    Defect { name: "`Retry` left out", rule: "missing-transient-retry", most: Unsafe, put: no_retry, cure: Other, least: 50 },
    Defect { name: "`ResultPath` of a catcher left out", rule: "lost-input", most: Unsafe, put: result_path_left_out, cure: Other, least: 50 },
    Defect { name: "a letter of an error left out", rule: "unknown-error-name", most: Unsafe, put: shorter_error, cure: Restored, least: 60 },
    Defect { name: "a letter of a variable left out", rule: "unassigned-variable", most: Unsafe, put: shorter_variable, cure: Restored, least: 60 },
    Defect { name: "a letter of a function left out", rule: "unknown-function", most: Unsafe, put: shorter_function, cure: Restored, least: 60 },
    Defect { name: "a key twice", rule: "duplicate-key", most: Unsafe, put: key_twice, cure: Undone, least: 90 },
    Defect { name: "a number in quotes", rule: "wrong-type", most: Safe, put: quoted_number, cure: Undone, least: 90 },
    Defect { name: "a comma too many", rule: "syntax-error", most: Safe, put: comma, cure: Undone, least: 95 },
];

/// One of what a machine has of a sort.
fn pick<T: Copy>(all: &[T], dice: &mut Dice) -> Option<T> {
    (!all.is_empty()).then(|| dice.pick(all))
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

/// A field under another name.
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

fn state<'m, 't>(machine: &'m Machine<'t>, dice: &mut Dice) -> Option<&'m State<'t>> {
    (!machine.states.is_empty()).then(|| &machine.states[dice.below(machine.states.len())])
}

/// The key of a field of some state.
fn any_field<'t>(machine: &Machine<'t>, dice: &mut Dice) -> Option<Node<'t>> {
    let keys: Vec<Node<'t>> = state(machine, dice)?.node.members().map(|member| member.key).collect();
    (!keys.is_empty()).then(|| dice.pick(&keys))
}

fn lower_field(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let key = any_field(machine, dice)?;
    Some(vec![key.rewritten(&key.content().to_lowercase())])
}

fn misspelt_field(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let doubled = |name: &str| format!("{}{}", &name[..4], &name[3..]);
    renamed(field(machine, &["Resource", "Choices", "Branches", "ItemProcessor", "TimeoutSeconds"], dice), doubled)
}

/// One letter, not the first, is gone.
fn shorter(name: &str, dice: &mut Dice) -> Option<String> {
    let n_letters = name.chars().count();
    let gone = (n_letters > 4).then(|| 1 + dice.below(n_letters - 1))?;
    Some(name.chars().enumerate().filter(|(i, _)| *i != gone).map(|(_, c)| c).collect())
}

fn shorter_field(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let key = any_field(machine, dice)?;
    Some(vec![key.rewritten(&shorter(key.content(), dice)?)])
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

fn target<'t>(machine: &Machine<'t>, dice: &mut Dice) -> Option<Node<'t>> {
    let targets: Vec<Node<'t>> =
        machine.states.iter().flat_map(State::targets).map(|target| target.field.value).collect();
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

fn old_names(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let has_old = |map: &State<'_>| ["Iterator", "Parameters"].iter().any(|name| map.node.member(name).is_some());
    let maps: Vec<_> = machine.states.iter().filter(|state| state.is_map() && !has_old(state)).collect();
    let map = (!maps.is_empty()).then(|| dice.pick(&maps))?;
    let old = |new, old| map.node.member(new).map(|member| member.key.rewritten(old));
    let edits: Vec<Edit> =
        old("ItemProcessor", "Iterator").into_iter().chain(old("ItemSelector", "Parameters")).collect();
    (!edits.is_empty() && map.language == Language::JsonPath).then_some(edits)
}

fn end_and_next(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let (state, _) = field(machine, &["Next"], dice)?;
    Some(vec![inserted_member(state, At::Last, "End", &New::Word("true"))?])
}

/// A value is taken out of a state.
fn left_out(machine: &Machine<'_>, dice: &mut Dice, name: &str) -> Option<Vec<Edit>> {
    let values: Vec<Node<'_>> = machine.states.iter().filter_map(|state| state.node.get(name)).collect();
    removed(&[pick(&values, dice)?])
}

fn no_next(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    left_out(machine, dice, "Next")
}

fn no_end(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    left_out(machine, dice, "End")
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
    Some(vec![key.rewritten(key.content().strip_suffix(".$")?)])
}

fn mark_too_many(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let is_literal = |member: &Member<'_>| matches!(member.value.kind(), Kind::Number | Kind::Bool);
    let key = payload(machine, dice, is_literal)?.key;
    Some(vec![key.rewritten(&format!("{}.$", key.content()))])
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

fn no_default(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    left_out(machine, dice, "Default")
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

fn shorter_error(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let entries = lists(machine).flat_map(Node::items).filter_map(|entry| entry.get("ErrorEquals"));
    let is_known =
        |name: &Node<'_>| name.as_str().is_some_and(|text| text.starts_with("States.") && text != "States.ALL");
    let names: Vec<Node<'_>> = entries.flat_map(Node::items).filter(is_known).collect();
    let name = pick(&names, dice)?;
    let rest = name.content().strip_prefix("States.")?;
    Some(vec![name.rewritten(&format!("States.{}", shorter(rest, dice)?))])
}

/// A word behind a sign that a string of some state holds, `names` of which are looked for, with the sign that ends it.
fn word<'t>(
    machine: &Machine<'t>,
    dice: &mut Dice,
    sign: &str,
    names: &[&str],
    end: &str,
) -> Option<(Node<'t>, String)> {
    let strings = machine.states.iter().flat_map(|state| {
        ["Parameters", "ResultSelector", "Arguments", "Output"].iter().filter_map(|name| state.node.get(name))
    });
    let holding = strings.flat_map(Node::descendants).filter_map(|node| {
        let text = node.as_str().filter(|text| text.contains(['$', '(']))?;
        let name = names.iter().find(|name| text.contains(&format!("{sign}{name}{end}")))?;
        Some((node, (*name).to_owned()))
    });
    let all: Vec<(Node<'t>, String)> = holding.collect();
    (!all.is_empty()).then(|| all[dice.below(all.len())].clone())
}

fn without_a_letter(found: (Node<'_>, String), sign: &str, end: &str, dice: &mut Dice) -> Option<Vec<Edit>> {
    let (node, name) = found;
    let slip = format!("{sign}{}{end}", shorter(&name, dice)?);
    Some(vec![node.rewritten(&node.content().replacen(&format!("{sign}{name}{end}"), &slip, 1))])
}

fn shorter_variable(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let assigned = machine.states.iter().filter_map(|state| state.node.get("Assign")).flat_map(Node::members);
    let names: Vec<&str> = assigned.map(|member| member.name().trim_end_matches(".$")).collect();
    let end = dice.pick(&[" ", "."]);
    without_a_letter(word(machine, dice, "$", &names, end)?, "$", end, dice)
}

fn shorter_function(machine: &Machine<'_>, dice: &mut Dice) -> Option<Vec<Edit>> {
    let intrinsic = ["Format", "StringToJson", "JsonToString", "MathAdd", "ArrayLength", "StringSplit"];
    if let Some(found) = word(machine, dice, "States.", &intrinsic, "(") {
        return without_a_letter(found, "States.", "(", dice);
    }
    let functions = ["string", "exists", "merge", "count", "append", "uppercase", "filter", "split", "parse", "number"];
    without_a_letter(word(machine, dice, "$", &functions, "(")?, "$", "(", dice)
}
