//! Speed of proofs: `cargo bench --bench prove`. What each size and style of machine takes is told in a table first, one run each:
//! how it grows is what counts. Bounds are said where there are any.

#[path = "prove/machines.rs"]
mod machines;

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Write as _;
use std::time::{Duration, Instant};

use aslint::analysis::Analysis;
use aslint::asl::{MachineType, lower};
use aslint::engine::{Options as Checking, check};
use aslint::flow::premise::NO_PREMISES;
use aslint::source::{Source, documents};
use aslint::symex::{self, Bounds, Facts, Options, Proof, Verdict};
use aslint::syntax::{Format, parse};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use machines::{Language, Style, hard, machine, patterns, typical};

/// Everything that `aslint prove` does for a machine but to read and to write files.
fn prove(text: &str) -> Proof {
    let source = Source::machine("bench", text, Format::Json);
    let tree = parse(&source.text, Format::Json);
    let document = documents(&source, &tree).next().expect("a machine");
    let machine = lower(document.root);
    let kind = MachineType::Standard;
    let analysis = Analysis::new(document, &machine, kind);
    let facts = Facts {
        machine: &machine,
        kind,
        graph: analysis.graph(),
        errors: analysis.errors_of_proofs(),
        expressions: analysis.expressions(),
        premises: &NO_PREMISES,
    };
    symex::prove(facts, symex::locally(facts, Options::default()), Bounds::of(Options::default()))
}

/// How many states and branches nothing is known of.
fn n_unknown(proof: &Proof) -> usize {
    let choices = proof
        .choices
        .iter()
        .flat_map(|choice| choice.rules.iter().chain(&choice.default).chain([&choice.no_match, &choice.runtime_error]));
    let states = proof.states.iter().map(|(_, judged)| judged);
    let catchers = proof.catchers.iter().map(|(_, _, judged)| judged);
    let all = choices.chain(states).chain(catchers).chain([&proof.end]);
    all.filter(|judged| matches!(judged.verdict, Verdict::Unknown(_))).count()
}

/// How the time grows with the machine: at most 40 ms, 300 ms and 5 s for 10, 100 and 1,000 states.
fn curve(_: &mut Criterion) {
    let mut table = String::from("\nprove: milliseconds (verdicts that are unknown), by states\n");
    let _ = writeln!(table, "{:<24}{:>16}{:>16}{:>16}", "", 10, 100, 1_000);
    for language in [Language::JsonPath, Language::Jsonata] {
        for style in Style::ALL {
            let _ = write!(table, "{:<24}", format!("{} {language:?}", style.name()));
            for blocks in [1, 10, 100] {
                let text = machine(style, language, blocks);
                let (time, unknown) = once(&text);
                let _ = write!(table, "{:>16}", format!("{:.1} ({unknown})", time.as_secs_f64() * 1e3));
            }
            table.push('\n');
        }
    }
    let _ = std::io::stdout().lock().write_all(table.as_bytes());
}

#[expect(clippy::disallowed_methods, reason = "a benchmark looks at the clock")]
fn once(text: &str) -> (Duration, usize) {
    let start = Instant::now();
    let proof = black_box(prove(black_box(text)));
    (start.elapsed(), n_unknown(&proof))
}

/// One Choice: of 100 rules at most 100 ms, of 500 half a second, and 3 s with what is hard among them.
fn choices(c: &mut Criterion) {
    let mut group = c.benchmark_group("prove");
    group.sample_size(10);
    for (name, text) in
        [("typical rules", typical as fn(usize) -> String), ("hard rules", hard), ("patterns", patterns)]
    {
        for n in [5, 100, 500] {
            let text = text(n);
            group.bench_with_input(BenchmarkId::new(name, n), &text, |b, text| b.iter(|| prove(black_box(text))));
        }
    }
    for language in [Language::JsonPath, Language::Jsonata] {
        let text = machine(Style::Mixed, language, 10);
        let id = BenchmarkId::new(format!("states in {language:?}"), 100);
        group.bench_with_input(id, &text, |b, text| b.iter(|| prove(black_box(text))));
    }
    let source = Source::machine("bench", typical(5), Format::Json);
    group.bench_function("check of 5 typical rules", |b| b.iter(|| check(black_box(&source), &Checking::default())));
    group.finish();
}

criterion_group!(benches, curve, choices);
criterion_main!(benches);
