use crate::asl::expression::Form;
use crate::asl::jsonata::infer;
use crate::asl::{expression, lower, resource, sites};
use crate::flow::variables::Variables;
use crate::graph::Graph;
use crate::syntax::{Format, Node, parse};

use super::*;

/// The states of a machine, each with what `tell` makes of its shapes.
fn told<T>(text: &str, tell: impl FnOnce(&Machine<'_>, &Shapes<'_>) -> T) -> T {
    let tree = parse(&text.into(), Format::Json);
    assert!(tree.errors().is_empty(), "{:?}\n{text}", tree.errors());
    let machine = lower(tree.root());
    let graph = Graph::new(&machine);
    let expressions = expression::expressions(&sites::sites(&machine));
    let variables = Variables::new(&machine, &expressions);
    let assigned = variables.variables().iter().map(|variable| variable.name).collect();
    let inferences: Vec<_> = expressions
        .iter()
        .map(|expression| match &expression.form {
            Form::Jsonata(jsonata) => Some(infer(&jsonata.parsed.ast, &jsonata.scopes, &assigned)),
            _ => None,
        })
        .collect();
    let called = |state: &State<'_>| {
        let text = state.node.get("Resource").and_then(Node::as_str);
        text.map_or(Resource::Unreadable, |text| resource::parse(text).0)
    };
    let shapes = Shapes::new(Facts {
        machine: &machine,
        graph: &graph,
        expressions: &expressions,
        inferences: &inferences,
        variables: &variables,
        resource: &called,
        premises: &Premises::default(),
    });
    tell(&machine, &shapes)
}

/// The outputs of a machine of these states, `A` first, in the order of the text.
fn outputs(language: &str, states: &str) -> String {
    let text = format!(r#"{{"StartAt": "A", "QueryLanguage": "{language}", "States": {{{states}}}}}"#);
    told(&text, |machine, shapes| {
        let word = |state: &State<'_>| format!("{} {}", state.name(), shapes.state(state.id).output);
        machine.states.iter().map(word).collect::<Vec<_>>().join("; ")
    })
}

#[test]
fn fields_of_paths_are_followed() {
    for (states, expected) in [
        (r#""A": {"Type": "Pass", "End": true}"#, "A any"),
        (r#""A": {"Type": "Pass", "Result": {"a": 1}, "End": true}"#, "A {a: 1}"),
        (r#""A": {"Type": "Pass", "Result": 1, "ResultPath": "$.a.b", "End": true}"#, "A {a: {b: 1, …}, …}"),
        (r#""A": {"Type": "Pass", "Result": 1, "ResultPath": null, "End": true}"#, "A any"),
        (r#""A": {"Type": "Pass", "InputPath": null, "End": true}"#, "A {}"),
        (
            r#""A": {"Type": "Pass", "Parameters": {"x.$": "$.a", "y": [1], "z.$": "States.UUID()"}, "OutputPath": "$.y", "End": true}"#,
            "A [1]",
        ),
        (
            r#""A": {"Type": "Pass", "Parameters": {"x.$": "States.Array($.a, 1)", "n.$": "States.ArrayLength($.l)"}, "End": true}"#,
            "A {n: number, x: [any, 1]}",
        ),
        (
            r#""A": {"Type": "Pass", "Parameters": {"x.$": "States.JsonMerge(States.StringToJson('{}'), $.b, false)"}, "End": true}"#,
            "A {x: {…}}",
        ),
        (
            r#""A": {"Type": "Pass", "Result": {"a": 1}, "Next": "B"}, "B": {"Type": "Pass", "Parameters": {"x.$": "$.b"}, "Next": "C"}, "C": {"Type": "Succeed"}"#,
            "A {a: 1}; B never; C never",
        ),
        (
            r#""A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "ResultSelector": {"r.$": "$.x"}, "ResultPath": "$.got", "Next": "B", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}]}, "B": {"Type": "Succeed"}, "C": {"Type": "Succeed"}"#,
            "A {got?: {r: any}, …}; B {got: {r: any}, …}; C {Cause: string, Error: string}",
        ),
        (r#""A": {"Type": "Wait", "SecondsPath": "$.n", "OutputPath": "$.m", "End": true}"#, "A any"),
        (
            r#""A": {"Type": "Pass", "Assign": {"v": {"k": 1}}, "Next": "B"}, "B": {"Type": "Pass", "Parameters": {"x.$": "$v.k"}, "End": true}"#,
            "A any; B {x: 1}",
        ),
        (r#""A": {"Type": "Fail", "Error": "E"}"#, "A never"),
    ] {
        assert_eq!(outputs("JSONPath", states), expected, "{states}");
    }
}

#[test]
fn loops_end() {
    for (states, expected) in [
        (r#""A": {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)"}, "Next": "A"}"#, "A {n: number}"),
        (
            r#""A": {"Type": "Pass", "Parameters": {"in.$": "$"}, "Next": "A"}"#,
            "A {in: true | false | number | string | [any…] | {…}}",
        ),
        (
            r#""A": {"Type": "Pass", "Result": {"n": 0}, "Next": "B"}, "B": {"Type": "Pass", "Result": 1, "ResultPath": "$.m", "Next": "C"}, "C": {"Type": "Choice", "Choices": [{"Variable": "$.m", "NumericEquals": 1, "Next": "B"}], "Default": "D"}, "D": {"Type": "Succeed"}"#,
            "A {n: 0}; B {m: 1, n: 0}; C {m: 1, n: 0}; D never",
        ),
    ] {
        assert_eq!(outputs("JSONPath", states), expected, "{states}");
    }
}

#[test]
fn rules_of_choices_tell() {
    for (rules, expected) in [
        (
            r#"{"Variable": "$.a", "IsPresent": true, "Next": "B"}"#,
            "{a: any, …} / null | true | false | number | string | [any…] | {!a, …}",
        ),
        (r#"{"Variable": "$.a", "StringEquals": "x", "Next": "B"}"#, "{a: 'x', …} / {a: any, …}"),
        (
            r#"{"Variable": "$.a", "IsString": false, "Next": "B"}"#,
            "{a: null | true | false | number | [any…] | {…}, …} / {a: string, …}",
        ),
        (
            r#"{"Not": {"Variable": "$.a", "IsNull": true}, "Next": "B"}"#,
            "{a: true | false | number | string | [any…] | {…}, …} / {a: null, …}",
        ),
        (
            r#"{"And": [{"Variable": "$.a", "IsPresent": true}, {"Variable": "$.a", "BooleanEquals": true}], "Next": "B"}"#,
            "{a: true, …} / null | true | false | number | string | [any…] | {a?: null | false | number | string | [any…] | {…}, …}",
        ),
        (
            r#"{"Or": [{"Variable": "$.a", "NumericEquals": 1}, {"Variable": "$.a", "NumericEquals": 2}], "Next": "B"}"#,
            "{a: 1 | 2, …} / {a: any, …}",
        ),
        (r#"{"Variable": "$.a", "NumericEqualsPath": "$.b", "Next": "B"}"#, "{a: number, …} / {a: any, …}"),
    ] {
        let states = format!(
            r#""A": {{"Type": "Choice", "Choices": [{rules}], "Default": "C"}}, "B": {{"Type": "Succeed"}}, "C": {{"Type": "Succeed"}}"#
        );
        let outputs = outputs("JSONPath", &states);
        let ends = outputs.split("; ").skip(1).map(|end| &end[2..]).collect::<Vec<_>>().join(" / ");
        // Whoever compares with a path has looked at it.
        let ends = ends.replace(", b: any", "");
        assert_eq!(ends, expected, "{rules}");
    }
}

#[test]
fn scopes_are_entered_and_left() {
    let inner = r#""StartAt": "I", "States": {"I": {"Type": "Pass", "Parameters": {"x.$": "$.n"}, "End": true}}"#;
    for (states, expected) in [
        (
            format!(
                r#""A": {{"Type": "Pass", "Result": [{{"n": 1}}, {{"n": 2}}], "Next": "M"}}, "M": {{"Type": "Map", "ItemProcessor": {{{inner}}}, "End": true}}"#
            ),
            "A [{n: 1}, {n: 2}]; M [{x: 1 | 2}, {x: 1 | 2}]; I {x: 1 | 2}",
        ),
        (
            format!(
                r#""A": {{"Type": "Map", "ItemsPath": "$.l", "ItemSelector": {{"n.$": "$$.Map.Item.Index"}}, "ResultPath": "$.r", "ItemProcessor": {{{inner}}}, "End": true}}"#
            ),
            "A {l: any, r: [{x: number}…], …}; I {x: number}",
        ),
        (
            format!(
                r#""A": {{"Type": "Parallel", "Parameters": {{"n": 7}}, "Branches": [{{{inner}}}, {{"StartAt": "F", "States": {{"F": {{"Type": "Succeed"}}}}}}], "End": true}}"#
            ),
            "A [{x: 7}, {n: 7}]; I {x: 7}; F {n: 7}",
        ),
        (
            format!(
                r#""A": {{"Type": "Parallel", "Parameters": {{"n": 7}}, "Branches": [{{{inner}}}, {{"StartAt": "F", "States": {{"F": {{"Type": "Fail"}}}}}}], "Next": "E"}}, "E": {{"Type": "Succeed"}}"#
            ),
            "A never; I {x: 7}; F never; E never",
        ),
    ] {
        let found = outputs("JSONPath", &states).replace("A {l: any,", "A {").replace("A {r:", "A {l: any, r:");
        assert_eq!(found, expected, "{states}");
    }
}

#[test]
fn jsonata_is_followed() {
    for (output, expected) in [
        ("{% $states.input %}", "any"),
        ("{% {'a': $states.input.x, 'b': 1, 'c': 'k' & 1} %}", "{a?: any, b: 1, c: string}"),
        ("{% [1, 'a', true] %}", "[1, 'a', true]"),
        ("{% [$states.input.l] %}", "[any…]"),
        ("{% [[1], [2, 3]] %}", "[[1], [2, 3]]"),
        ("{% $states.input.n > 1 ? 'x' : 'y' %}", "'x' | 'y'"),
        ("{% ($o := {'a': {'b': 1}}; $o.a.b) %}", "1"),
        ("{% {'a': 1}.b %}", "never"),
        ("{% {'a': [{'b': 1}, {'b': 2}]}.a.b %}", "1 | 2 | [1 | 2…]"),
        ("{% $merge([{'a': 1}, {'b': 2}]) %}", "{a: 1, b: 2}"),
        ("{% $count($states.input) %}", "number"),
        ("{% $states.context.Execution.Id %}", "string"),
        ("{% $states.input.a = 1 %}", "true | false"),
        ("{% $states.input.x ?? 'none' %}", "any"),
    ] {
        let states = format!(r#""A": {{"Type": "Pass", "Output": "{output}", "End": true}}"#);
        assert_eq!(outputs("JSONata", &states), format!("A {expected}"), "{output}");
    }
    for (states, expected) in [
        (
            r#""A": {"Type": "Pass", "Output": {"a": "{% 1 %}"}, "Next": "B"}, "B": {"Type": "Pass", "Output": "{% $states.input.b %}", "Next": "C"}, "C": {"Type": "Succeed"}"#,
            "A {a: 1}; B never; C never",
        ),
        (
            r#""A": {"Type": "Pass", "Assign": {"v": {"k": 1}}, "Output": {"w": 2}, "Next": "B"}, "B": {"Type": "Pass", "Output": "{% $v.k + $states.input.w %}", "End": true}"#,
            "A {w: 2}; B number",
        ),
        (
            r#""A": {"Type": "Choice", "Choices": [{"Condition": "{% $exists($states.input.a) %}", "Next": "B"}], "Default": "C"}, "B": {"Type": "Succeed"}, "C": {"Type": "Succeed"}"#,
            "A any; B [any…] | {a: any, …}; C null | true | false | number | string | [any…] | {!a, …}",
        ),
    ] {
        assert_eq!(outputs("JSONata", states), expected, "{states}");
    }
}

#[test]
fn what_is_open_is_anything() {
    for (states, expected) in [
        (r#""A": {"Type": "Pass", "Result": {"a": "${x}"}, "End": true}"#, "A {a: any}"),
        (
            r#""A": {"Type": "Pass", "Result": {"${k}": 1}, "Next": "B"}, "B": {"Type": "Pass", "InputPath": "$.x", "End": true}"#,
            "A {${k}: 1, …}; B any",
        ),
        (r#""A": {"Type": "Pass", "Result": {"a": 1}, "ResultPath": "${p}", "End": true}"#, "A any"),
        (
            r#""A": {"Type": "Pass", "Result": {"a": 1}, "Next": "${n}"}, "B": {"Type": "Pass", "InputPath": "$.x", "End": true}"#,
            "A {a: 1}; B any",
        ),
        (
            r#""A": {"Type": "Odd", "Next": "B"}, "B": {"Type": "Pass", "InputPath": "$.x", "End": true}"#,
            "A any; B any",
        ),
    ] {
        assert_eq!(outputs("JSONPath", states), expected, "{states}");
    }
}

#[test]
fn whoever_has_the_token_says_what_a_task_gives() {
    for (argument, is_open) in [
        ("{% $states.context.Task.Token %}", true),
        ("{% $states.context %}", true),
        ("{% $merge([$states.context, {}]) %}", true),
        ("{% $states.context.Execution.Input.product %}", false),
        ("{% $states.context.State.Name & $states.context.StateMachine.Id %}", false),
        ("x", false),
    ] {
        let text = format!(
            r#"{{"StartAt": "A", "QueryLanguage": "JSONata", "States": {{"A": {{"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "Arguments": {{"StateMachineArn": "m", "Input": {{"a": "{argument}"}}}}, "End": true}}}}}}"#
        );
        let is_any = told(&text, |machine, shapes| shapes.state(machine.states[0].id).result.is_any());
        assert_eq!(is_any, is_open, "{argument}");
    }
}
