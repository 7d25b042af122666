//! Speed of the parts and of the whole: `cargo bench`. Figures are compared as ratios within one run.

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;

use aslint::engine::{Options, check};
use aslint::source::Source;
use aslint::syntax::{Format, parse};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// A machine of `n` states as people write them: about 200 bytes each.
fn machine(n: usize) -> String {
    let mut text = String::from("{\n  \"StartAt\": \"State 0\",\n  \"States\": {");
    for i in 0..n {
        let next = (i + 1) % n;
        let on = if i + 1 == n { "\"End\": true".to_owned() } else { format!("\"Next\": \"State {next}\"") };
        let comma = if i == 0 { "" } else { "," };
        let _ = match i % 4 {
            0 => write!(
                text,
                "{comma}\n    \"State {i}\": {{\n      \"Type\": \"Pass\",\n      \"Result\": {{\"count\": {i}, \"tags\": [\"a\", \"b\"]}},\n      \"ResultPath\": \"$.pass\",\n      {on}\n    }}"
            ),
            1 if i + 1 < n => write!(
                text,
                "{comma}\n    \"State {i}\": {{\n      \"Type\": \"Choice\",\n      \"Choices\": [\n        {{\"Variable\": \"$.pass.count\", \"NumericGreaterThan\": {i}, \"Next\": \"State {next}\"}}\n      ],\n      \"Default\": \"State {next}\"\n    }}"
            ),
            2 => write!(
                text,
                "{comma}\n    \"State {i}\": {{\n      \"Type\": \"Task\",\n      \"Resource\": \"arn:aws:states:::lambda:invoke\",\n      \"Parameters\": {{\"FunctionName\": \"work\", \"Payload.$\": \"$\"}},\n      \"TimeoutSeconds\": 60,\n      {on}\n    }}"
            ),
            _ => write!(
                text,
                "{comma}\n    \"State {i}\": {{\n      \"Type\": \"Wait\",\n      \"Comment\": \"until the other side has caught up\",\n      \"Seconds\": 10,\n      {on}\n    }}"
            ),
        };
    }
    text += "\n  }\n}\n";
    text
}

/// A machine of `n` states that is full of expressions: JSONata, paths, intrinsic functions, variables.
fn expressions(n: usize) -> String {
    let mut text = String::from("{\n  \"StartAt\": \"State 0\",\n  \"States\": {");
    for i in 0..n {
        let next = i + 1;
        let _ = match i % 3 {
            0 => write!(
                text,
                "\n    \"State {i}\": {{\n      \"Type\": \"Pass\",\n      \"QueryLanguage\": \"JSONata\",\n      \"Assign\": {{\"v{i}\": \"{{% $sum($states.input.items.(price * quantity)) %}}\"}},\n      \"Output\": {{\"big\": \"{{% $states.input.items[price > {i}].{{'id': id, 'name': $uppercase(name)}} %}}\"}},\n      \"Next\": \"State {next}\"\n    }},"
            ),
            1 => write!(
                text,
                "\n    \"State {i}\": {{\n      \"Type\": \"Pass\",\n      \"Parameters\": {{\"id.$\": \"$.items[?(@.price > 1)].id\", \"text.$\": \"States.Format('{{}} of {{}}', $.name, $$.Execution.Id)\"}},\n      \"ResultPath\": \"$.p\",\n      \"Next\": \"State {next}\"\n    }},"
            ),
            _ => write!(
                text,
                "\n    \"State {i}\": {{\n      \"Type\": \"Choice\",\n      \"QueryLanguage\": \"JSONata\",\n      \"Choices\": [{{\"Condition\": \"{{% $v{} > 10 and $states.input.ok %}}\", \"Next\": \"State {next}\"}}],\n      \"Default\": \"State {next}\"\n    }},",
                i - 2
            ),
        };
    }
    let _ = write!(text, "\n    \"State {n}\": {{\"Type\": \"Succeed\"}}\n  }}\n}}\n");
    text
}

fn parsing(c: &mut Criterion) {
    let text: Arc<str> = machine(5_000).into();
    let mut group = c.benchmark_group("parse");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("json with spans", |b| b.iter(|| parse(black_box(&text), Format::Json)));
    group.bench_function("serde_json::Value", |b| {
        b.iter(|| serde_json::from_slice::<serde_json::Value>(black_box(text.as_bytes())));
    });
    group.bench_function("the same as yaml", |b| b.iter(|| parse(black_box(&text), Format::Yaml)));
    group.finish();
}

fn checking(c: &mut Criterion) {
    let mut group = c.benchmark_group("check");
    for n in [15, 1_000, 5_000, 20_000] {
        let source = Source::machine("bench", machine(n), Format::Json);
        group.throughput(Throughput::Elements(n as u64));
        group.sample_size(if n > 1_000 { 20 } else { 100 });
        group.bench_with_input(BenchmarkId::new("states", n), &source, |b, source| {
            b.iter(|| check(black_box(source), &Options::default()));
        });
    }
    let source = Source::machine("bench", expressions(1_000), Format::Json);
    group.throughput(Throughput::Elements(1_000));
    group.bench_function("states full of expressions", |b| b.iter(|| check(black_box(&source), &Options::default())));
    group.finish();
}

criterion_group!(benches, parsing, checking);
criterion_main!(benches);
