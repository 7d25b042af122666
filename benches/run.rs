//! Speed of executions: `cargo bench --bench run`. Bounds are said where there are any.

use std::fmt::Write as _;
use std::hint::black_box;

use aslint::asl::{Machine, lower};
use aslint::eval::execution::{Setup, Status, run};
use aslint::eval::{Files, Listed, Mocks, Value};
use aslint::syntax::{Format, parse};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// No files.
#[derive(Debug)]
struct Nothing;

impl Files for Nothing {
    fn read(&self, _: &str, _: &str) -> Option<Vec<u8>> {
        None
    }

    fn list(&self, _: &str, _: &str) -> Option<Vec<Listed>> {
        None
    }
}

/// A machine whose only state is a Map of one state.
fn map(language: &str, fields: &str, state: &str) -> String {
    format!(
        r#"{{"QueryLanguage": "{language}", "StartAt": "Map", "States": {{"Map": {{"Type": "Map", {fields} "ItemProcessor": {{"StartAt": "Item", "States": {{"Item": {{"Type": "Pass", {state} "End": true}}}}}}, "End": true}}}}}}"#
    )
}

/// A chain of `n` Pass states, each of which replaces a member of its input.
fn chain(n: usize) -> String {
    let mut text = String::from(r#"{"StartAt": "S0", "States": {"#);
    for i in 0..n {
        let next = i + 1;
        let _ = write!(
            text,
            r#""S{i}": {{"Type": "Pass", "Parameters": {{"n.$": "States.MathAdd($.at.n, 1)"}}, "ResultPath": "$.at", "Next": "S{next}"}}, "#
        );
    }
    let _ = write!(text, r#""S{n}": {{"Type": "Succeed"}}}}}}"#);
    text
}

/// A loop of `n` rounds through a Choice of 20 rules, of which the last holds until the end.
fn choices(n: usize) -> String {
    let mut rules = String::new();
    for i in 0..19 {
        let _ = write!(
            rules,
            r#"{{"And": [{{"Variable": "$.name", "StringMatches": "*-{i}"}}, {{"Variable": "$.at.n", "NumericGreaterThan": {i}}}], "Next": "Done"}}, "#
        );
    }
    format!(
        r#"{{"StartAt": "Count", "States": {{
            "Count": {{"Type": "Pass", "Parameters": {{"n.$": "States.MathAdd($.at.n, 1)"}}, "ResultPath": "$.at", "Next": "Choose"}},
            "Choose": {{"Type": "Choice", "Choices": [{rules}{{"Variable": "$.at.n", "NumericLessThan": {n}, "Next": "Count"}}], "Default": "Done"}},
            "Done": {{"Type": "Succeed"}}}}}}"#
    )
}

fn numbers(n: usize) -> Value {
    Value::array((0..n).map(|i| Value::from(i64::try_from(i).expect("a small number"))).collect())
}

fn orders(n: usize) -> Value {
    let item = |i: usize| {
        Value::members([
            ("sku", Value::from(format!("sku-{i}"))),
            ("price", Value::from(i as f64 / 4.0)),
            ("count", Value::from(3)),
        ])
    };
    let items = |i: usize| Value::members([("items", Value::array((i..i + 5).map(item).collect()))]);
    Value::array((0..n).map(items).collect())
}

fn bench(c: &mut Criterion, name: &str, n: usize, definition: &str, input: &Value) {
    let tree = parse(&definition.into(), Format::Json);
    assert!(tree.errors().is_empty(), "{name}: {:?}", tree.errors());
    let machine: Machine<'_> = lower(tree.root());
    let (mocks, files) = (Mocks::new(), Nothing);
    let mut group = c.benchmark_group("run");
    group.throughput(Throughput::Elements(n as u64)).sample_size(20);
    group.bench_function(name, |b| {
        b.iter(|| {
            let execution = run(black_box(&machine), &Setup::new(input.clone(), &mocks, &files));
            assert!(matches!(execution.status, Status::Succeeded(_)), "{:?}", execution.status);
            execution
        });
    });
    group.finish();
}

fn runs(c: &mut Criterion) {
    // At most 100 ms.
    bench(c, "a map of 10,000 items", 10_000, &map("JSONPath", "", ""), &numbers(10_000));
    // What is handed on is small, as the service limits it.
    let state = r#""Parameters": {"id.$": "$.sku", "text.$": "States.Format('{}: {}', $.index, $.sku)"}, "ResultPath": "$.r", "OutputPath": "$.r.id","#;
    let selector = r#""ItemSelector": {"index.$": "$$.Map.Item.Index", "sku.$": "$$.Map.Item.Value.items[0].sku"},"#;
    bench(c, "a map of 10,000 items with paths", 10_000, &map("JSONPath", selector, state), &orders(10_000));
    let state = r#""Output": {"total": "{% $sum($states.input.items.(price * count)) %}", "names": "{% [$states.input.items[price > 10].$uppercase(sku)] %}"},"#;
    bench(c, "a map of 1,000 items in JSONata", 1_000, &map("JSONata", "", state), &orders(1_000));
    let start = Value::members([("at", Value::members([("n", Value::from(0))])), ("name", Value::from("a name"))]);
    bench(c, "a chain of 1,000 states", 1_000, &chain(1_000), &start);
    bench(c, "10,000 rounds of 20 rules", 10_000, &choices(10_000), &start);
}

criterion_group!(benches, runs);
criterion_main!(benches);
