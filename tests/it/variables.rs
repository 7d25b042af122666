//! Machines with variables, and what the rules of the group `variable` say of them.

use aslint::asl::sites::{self, Owner};
use aslint::asl::{ScopeId, expression, lower};
use aslint::engine::{Options, check};
use aslint::flow::variables::{Meaning, Variables};
use aslint::rules::{self, Group};
use aslint::source::Source;
use aslint::syntax::{Format, parse};

use super::rewrite::{Form, write};

/// A machine of these states, which are JSON but for quotes: single ones around strings, none around words, and `.` for
/// `"End": true`. It starts at the first state.
pub(crate) fn machine(language: &str, states: &str) -> String {
    let mut text = String::new();
    for (i, part) in states.split('\'').enumerate() {
        if i % 2 == 1 {
            text += &format!("\"{part}\"");
            continue;
        }
        for piece in part.split_inclusive([' ', ',', ':', '{', '}', '[', ']', '\n']) {
            let word = piece.trim_end_matches([' ', ',', ':', '{', '}', '[', ']', '\n']);
            match word {
                "." => text += "\"End\": true",
                "true" | "" => text += word,
                _ if word.starts_with(char::is_alphabetic) => text += &format!("\"{word}\""),
                _ => text += word,
            }
            text += &piece[word.len()..];
        }
    }
    let first = text.split('"').nth(1).unwrap_or_default().to_owned();
    format!(r#"{{"QueryLanguage": "{language}", "StartAt": "{first}", "States": {{{text}}}}}"#)
}

/// Rules of what is set and not read, which most of these machines leave at that.
const OF_USE: [&str; 2] = ["unread-assignment", "unused-variable"];

/// `severity rule pointer` of each finding of the group, by place.
fn findings(text: &str, format: Format) -> Vec<String> {
    let report = check(&Source::machine("m", text, format), &Options::default());
    let mut found: Vec<String> = report
        .diagnostics
        .iter()
        .filter(|found| rules::find(found.rule).is_some_and(|rule| rule.page().group == Group::Variable))
        .filter(|found| !OF_USE.contains(&found.rule))
        .map(|found| format!("{} {} {}", found.severity, found.rule, found.pointer))
        .collect();
    found.sort();
    found
}

fn expect(language: &str, states: &str, expected: &[&str]) {
    let json = machine(language, states);
    serde_json::from_str::<serde_json::Value>(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
    let mut expected: Vec<&str> = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(findings(&json, Format::Json), expected, "{json}");
    let yaml = write(parse(&json.as_str().into(), Format::Json).root(), Form::Yaml);
    assert_eq!(findings(&yaml, Format::Yaml), expected, "{yaml}");
}

#[test]
fn names() {
    for (key, is_found) in [
        ("x", false),
        ("x.$", false),
        ("states", true),
        ("states.$", true),
        ("States", false),
        ("", true),
        (".$", true),
        ("a-b", true),
        ("a.b.$", true),
        ("a[0]", true),
        ("$a", true),
        ("${A}", false),
        ("a${B}c-", false),
        ("größe", false),
    ] {
        let text = format!(
            r#"{{"StartAt": "A", "States": {{"A": {{"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
                "Parameters": {{"QueueUrl": "q", "MessageBody": "m"}}, "Assign": {{"{key}": "$.v"}},
                "Catch": [{{"ErrorEquals": ["States.ALL"], "Assign": {{"{key}": "$.v"}}, "Next": "B"}}], "Next": "B"}},
                "B": {{"Type": "Choice", "Choices": [{{"Variable": "$.v", "IsNull": true, "Next": "C",
                "Assign": {{"{key}": "$.v"}}}}], "Default": "C"}}, "C": {{"Type": "Succeed"}}}}}}"#
        );
        let found = findings(&text, Format::Json);
        let escaped = key.replace('~', "~0").replace('/', "~1");
        let expected: Vec<String> = ["A/Assign", "A/Catch/0/Assign", "B/Choices/0/Assign"]
            .iter()
            .filter(|_| is_found)
            .map(|place| format!("error malformed-variable-name /States/{place}/{escaped}"))
            .collect();
        assert_eq!(found, expected, "{key}");
    }
}

#[test]
fn scopes_in_jsonata() {
    // A Parallel's own `Assign` and its catchers' belong to the scope that it stands in.
    let parallel = "P: {Type: Parallel, Branches: [
        {StartAt: I, States: {I: {Type: Pass, Assign: {inner: 1}, Output: '{% $outer %}', Next: J},
            J: {Type: Pass, Output: '{% [$inner, $outer, $caught] %}', .}}},
        {StartAt: K, States: {K: {Type: Pass, Output: '{% $inner %}', .}}}],
        Catch: [{ErrorEquals: [States.ALL], Assign: {caught: 1}, Output: '{% $inner %}', Next: Z}],
        Assign: {own: '{% $states.result %}'}, Next: Z},
        Z: {Type: Succeed, Output: '{% [$own, $caught, $inner] %}'}";
    expect(
        "JSONata",
        &format!("A: {{Type: Pass, Assign: {{outer: 1}}, Next: P}}, {parallel}"),
        &[
            "error out-of-scope-variable /States/P/Branches/1/States/K/Output",
            "error out-of-scope-variable /States/P/Catch/0/Output",
            "warning out-of-scope-variable /States/Z/Output",
            // The one is set where nothing fails, the other where something does.
            "info maybe-unassigned-variable /States/Z/Output",
            "info maybe-unassigned-variable /States/Z/Output",
            // The branches run before the catcher, whose state sets the variable alone.
            "warning stale-variable /States/P/Branches/0/States/J/Output",
        ],
    );
}

#[test]
fn scopes_of_maps() {
    let map = |config: &str, inner: &str| {
        format!(
            "A: {{Type: Pass, Assign: {{x: 1}}, Next: M}}, M: {{Type: Map, ItemSelector: '{{% $x %}}',
            ItemProcessor: {{{config} StartAt: I, States: {{{inner}}}}}, Next: B}}, B: {{Type: Succeed}}"
        )
    };
    let read = "I: {Type: Pass, Output: '{% $x %}', .}";
    let set = "I: {Type: Pass, Assign: {x: 2}, .}";
    let distributed = "ProcessorConfig: {Mode: DISTRIBUTED, ExecutionType: STANDARD},";
    let unknown = "ProcessorConfig: {Mode: '${Mode}'},";
    let at = "/States/M/ItemProcessor/States/I";
    let out_of_scope = format!("error out-of-scope-variable {at}/Output");
    let reassigned = format!("error reassigned-outer-variable {at}/Assign/x");
    for (config, inner, expected) in [
        ("", read, &[][..]),
        ("ProcessorConfig: {Mode: INLINE},", read, &[]),
        (distributed, read, &[out_of_scope.as_str()]),
        (unknown, read, &[]),
        ("", set, &[reassigned.as_str()]),
        (distributed, set, &[]),
        (unknown, set, &[]),
    ] {
        expect("JSONata", &map(config, inner), expected);
    }
    // What lies inside child executions is a world of its own.
    expect(
        "JSONata",
        &map(
            distributed,
            "I: {Type: Pass, Assign: {y: 1}, Next: P}, P: {Type: Parallel, Branches: [{StartAt: J, States: {
            J: {Type: Pass, Assign: {y: 2, z: '{% $x %}'}, Output: '{% $y %}', .}}}], .}",
        ),
        &[
            "error reassigned-outer-variable /States/M/ItemProcessor/States/P/Branches/0/States/J/Assign/y",
            "error out-of-scope-variable /States/M/ItemProcessor/States/P/Branches/0/States/J/Assign/z",
        ],
    );
}

#[test]
fn catchers_that_alone_set_the_outer_variable_are_information() {
    let states = "P: {Type: Parallel, Branches: [{StartAt: I, States: {I: {Type: Pass, Assign: {x: 1}, .}}}],
        Catch: [{ErrorEquals: [States.ALL], Assign: {x: 2}, Next: Z}], Next: Z}, Z: {Type: Succeed}";
    let found = ["info reassigned-outer-variable /States/P/Branches/0/States/I/Assign/x"];
    expect("JSONata", states, &found);
    expect("JSONPath", states, &found);
}

#[test]
fn paths() {
    expect(
        "JSONPath",
        "A: {Type: Pass, InputPath: '$a', Parameters: {k.$: '$b.c', l: '$notRead', m: {n.$: 'States.Array($c, $.d)'}},
            ResultPath: '$.r', OutputPath: '$d', Assign: {x.$: '$.r', y: {z.$: '$e[0]'}}, Next: B},
        B: {Type: Choice, Choices: [{Variable: '$x', NumericEqualsPath: '$y.z', Next: C},
            {And: [{Variable: '$f', IsPresent: true}, {Variable: '$f', IsNull: true}], Next: C},
            {Not: {Variable: '$g', IsNull: true}, Next: C}], Default: C},
        C: {Type: Map, ItemsPath: '$x', MaxConcurrencyPath: '$y.z', ItemProcessor: {StartAt: D, States: {
            D: {Type: Wait, SecondsPath: '$y.z', Next: E}, E: {Type: Fail, ErrorPath: '$x', CausePath: '$h'}}}, .}",
        &[
            "error unassigned-variable /States/A/InputPath",
            "error unassigned-variable /States/A/Parameters/k.$",
            "error unassigned-variable /States/A/Parameters/m/n.$",
            "error unassigned-variable /States/A/OutputPath",
            "error unassigned-variable /States/A/Assign/y/z.$",
            "info unassigned-variable /States/B/Choices/1/And/0/Variable",
            "error unassigned-variable /States/B/Choices/2/Not/Variable",
            "error unassigned-variable /States/C/ItemProcessor/States/E/CausePath",
        ],
    );
    // `ResultPath` writes into the document: what it says is another rule's finding.
    expect("JSONPath", "A: {Type: Pass, ResultPath: '$x', .}", &[]);
    expect(
        "JSONPath",
        "A: {Type: Pass, Parameters: {a.$: '$.l[?(@.n == $v)]'}, .}",
        &["warning unassigned-variable /States/A/Parameters/a.$"],
    );
}

#[test]
fn what_is_no_read_of_a_variable() {
    for expression in [
        "$states.input.x",
        "$f(1)",
        "$sum([1])",
        "$map([1], $string)",
        "($x := 1; $x)",
        "function($x){$x}(1)",
        "[1 ~> $string]",
        "$states.input@$x.$x",
    ] {
        expect("JSONata", &format!("A: {{Type: Pass, Output: '{{% {expression} %}}', .}}"), &[]);
    }
    // The name of a function may be a variable's.
    expect("JSONata", "A: {Type: Pass, Assign: {count: 1}, Next: B}, B: {Type: Pass, Output: '{% $count %}', .}", &[]);
    expect("JSONata", "A: {Type: Pass, Output: '$x', .}", &[]);
}

#[test]
fn what_is_open_proves_nothing() {
    let read = "Z: {Type: Succeed, Output: '{% $x %}'}";
    for state in [
        "A: {Type: Pass, Assign: '${A}', Next: Z}",
        "A: {Type: Pass, Assign: {'${A}': 1}, Next: Z}",
        "A: {Type: Pass, 'Ass${A}': {x: 1}, Next: Z}",
        "A: {Type: Pass, assign: {x: 1}, Next: Z}",
        "A: '${A}'",
        "'${A}': {Type: Pass, Next: Z}",
        "A: {Type: Choice, Choices: '${A}', Default: Z}",
        "A: {Type: Task, Resource: 'arn:aws:states:::sqs:sendMessage', Catch: '${A}', Next: Z}",
        // Where it has no business it is a finding, and whoever wrote it meant it.
        "A: {Type: Succeed, Assign: {x: 1}}",
        "A: {Type: Pass, Assign: {'$x': 1}, Next: Z}",
    ] {
        let found = findings(&machine("JSONata", &format!("{state}, {read}")), Format::Json);
        let reads: Vec<_> = found.iter().filter(|found| !found.contains("malformed")).collect();
        assert!(reads.is_empty(), "{state}: {reads:?}");
    }
    let torn = r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Pass", "Assign": {"y": 1 "#;
    assert!(findings(&format!("{torn}, \"Output\": \"{{% $x %}}\""), Format::Json).is_empty());
    // What is open inside cannot be seen outside.
    expect(
        "JSONata",
        "P: {Type: Parallel, Branches: [{StartAt: I, States: {I: {Type: Pass, Assign: '${A}', .}}}], Next: Z},
        Z: {Type: Succeed, Output: '{% $x %}'}",
        &["error unassigned-variable /States/Z/Output"],
    );
}

#[test]
fn values_at_entry() {
    for (states, expected) in [
        ("A: {Type: Pass, Assign: {x: 1}, Output: '{% $x %}', .}", &["error stale-variable /States/A/Output"][..]),
        ("A: {Type: Pass, Assign: {x: 1, y: '{% $x %}'}, .}", &["error stale-variable /States/A/Assign/y"]),
        ("A: {Type: Pass, Assign: {x: '{% $x + 1 %}'}, .}", &["error stale-variable /States/A/Assign/x"]),
        // Somebody else may have set it before.
        ("Z: {Type: Pass, Assign: {x: 0}, Next: A}, A: {Type: Pass, Assign: {x: '{% $x + 1 %}'}, Output: '{% $x %}', .}", &[]),
        // The first round of a loop has nothing, and there is no second.
        (
            "A: {Type: Pass, Assign: {x: 1}, Output: '{% $x %}', Next: B}, B: {Type: Choice, Choices: [
            {Condition: '{% $states.input.a %}', Next: A}], Default: C}, C: {Type: Succeed}",
            &["error stale-variable /States/A/Output"],
        ),
        (
            "A: {Type: Pass, Assign: {x: '{% $x + 1 %}'}, Next: B}, B: {Type: Choice, Choices: [
            {Condition: '{% $x > 3 %}', Next: D}], Default: A}, D: {Type: Succeed}",
            &["error stale-variable /States/A/Assign/x"],
        ),
        (
            "A: {Type: Pass, Assign: {x: '{% $exists($x) ? $x + 1 : 1 %}'}, Next: B}, B: {Type: Choice, Choices: [
            {Condition: '{% $x > 3 %}', Next: D}], Default: A}, D: {Type: Succeed}",
            &[],
        ),
        // Who comes to it in the first round fails, who passes it by has set it.
        (
            "A: {Type: Map, Items: [1], ItemSelector: '{% $x %}', ItemProcessor: {StartAt: I, States: {I: {Type: Pass, .}}},
            Assign: {x: 1}, Next: B}, B: {Type: Choice, Choices: [{Condition: '{% $states.input.a %}', Next: A}], Default: C},
            C: {Type: Succeed}",
            &["warning stale-variable /States/A/ItemSelector"],
        ),
        (
            "A: {Type: Choice, Choices: [{Condition: '{% $states.input.a %}', Assign: {x: 1}, Next: A},
            {Condition: '{% $x > 3 %}', Next: B}], Default: B}, B: {Type: Succeed}",
            &[],
        ),
        (
            "A: {Type: Pass, Assign: {x: 1}, Output: '{% $states.input.again ? $x : 0 %}', Next: B}, B: {Type: Choice, Choices: [
            {Condition: '{% $states.input.a %}', Next: A}], Default: C}, C: {Type: Succeed}",
            &[],
        ),
        (
            "A: {Type: Choice, Choices: [{Condition: '{% $x > 3 %}', Next: B},
            {Condition: true, Assign: {x: 1}, Next: A}], Default: B}, B: {Type: Succeed}",
            &["error stale-variable /States/A/Choices/0/Condition"],
        ),
        (
            "A: {Type: Choice, Choices: [{Condition: '{% $x > 3 %}', Next: B}], Assign: {x: 1}, Default: B}, B: {Type: Succeed}",
            &["error stale-variable /States/A/Choices/0/Condition"],
        ),
        ("A: {Type: Pass, Assign: {x: '{% $exists($x) ? $x : 0 %}'}, .}", &[]),
        // Each iteration starts without the variables of the one before.
        (
            "M: {Type: Map, ItemProcessor: {StartAt: I, States: {I: {Type: Pass, Assign: {x: 1}, Output: '{% $x %}', .}}}, .}",
            &["error stale-variable /States/M/ItemProcessor/States/I/Output"],
        ),
        (
            "M: {Type: Map, ItemProcessor: {StartAt: I, States: {I: {Type: Pass, Output: '{% $x %}', .}}}, Assign: {x: 1}, .}",
            &["error stale-variable /States/M/ItemProcessor/States/I/Output"],
        ),
    ] {
        expect("JSONata", states, expected);
    }
}

#[test]
fn the_table_knows_who_sets_and_who_reads() {
    let text = machine(
        "JSONata",
        "M: {Type: Map, ItemProcessor: {StartAt: I, States: {I: {Type: Pass, Assign: {a: 1, b: '{% $c %}'}, .}}},
            Catch: [{ErrorEquals: [States.ALL], Assign: {c: 1}, Next: C}], Assign: {c: 2}, Next: C},
        C: {Type: Choice, Choices: [{Condition: '{% $c = 1 %}', Assign: {d: '{% $a %}'}, Next: D}], Assign: {d: 0}, Default: D},
        D: {Type: Succeed}",
    );
    let tree = parse(&text.as_str().into(), Format::Json);
    let machine = lower(tree.root());
    let expressions: Vec<_> = expression::expressions(&sites::sites(&machine));
    let table = Variables::new(&machine, &expressions);
    let names: Vec<_> = table.variables().iter().map(|variable| (variable.name, variable.scope.0)).collect();
    assert_eq!(names, [("a", 1), ("b", 1), ("c", 0), ("d", 0)]);
    let owners: Vec<_> =
        table.assignments().iter().map(|set| (set.written, machine.state(set.state).name(), set.owner)).collect();
    assert_eq!(
        owners,
        [
            ("a", "I", Owner::State),
            ("b", "I", Owner::State),
            ("c", "M", Owner::Catcher(0)),
            ("c", "M", Owner::State),
            ("d", "C", Owner::Rule(0)),
            ("d", "C", Owner::State),
        ]
    );
    let c = table.own(ScopeId::TOP, "c").expect("a variable of the machine");
    let a = table.own(ScopeId(1), "a").expect("a variable of the item processor");
    let reads: Vec<_> = table.reads().iter().map(|read| (read.name, read.meaning)).collect();
    assert_eq!(reads, [("c", Meaning::Variable(c)), ("c", Meaning::Variable(c)), ("a", Meaning::OutOfScope(a))]);
    assert_eq!(table.seen_from(ScopeId(1)).collect::<Vec<_>>(), [ScopeId(1), ScopeId::TOP]);
    assert_eq!(table.meaning(ScopeId::TOP, "nothing"), Meaning::Nowhere);
}

#[test]
fn what_is_not_seen_may_have_the_name_of_a_function() {
    for assign in [r#"{"${Name}": 1}"#, r#"{"Fn::Transform": {"Name": "x"}}"#, r#""${Assign}""#] {
        let machine = |assign: &str| {
            format!(
                r#"{{"StartAt": "A", "QueryLanguage": "JSONata", "States": {{
                    "A": {{"Type": "Pass", "Assign": {assign}, "Next": "B"}},
                    "B": {{"Type": "Pass", "Output": "{{% $count + 1 %}}", "End": true}}}}}}"#
            )
        };
        let rules = |text: &str| {
            let report = check(&Source::machine("a", text, Format::Json), &Options::default());
            let rules = report.diagnostics.into_iter().map(|found| found.rule);
            rules.filter(|rule| !OF_USE.contains(rule)).collect::<Vec<_>>()
        };
        assert_eq!(rules(&machine(r#"{"n": 1}"#)), ["failing-operation"]);
        assert!(!rules(&machine(assign)).contains(&"failing-operation"), "{assign}");
    }
}
