//! Our parser of JSONata beside two others: what one accepts, the other accepts.
//!
//! The crate `jsonata-core` is always there. Where it is wrong, `jsonata-core-exceptions.tsv` says so; the judge is the reference
//! implementation, the npm package `jsonata`. With `ASLINT_JSONATA_JS` naming its folder (`npm install jsonata@2.2.2` anywhere,
//! then `node_modules/jsonata` there) it is asked about each expression, too, and has no exceptions.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use aslint::asl::jsonata::{self, Delimited, expression_in};
use aslint::syntax::{Format, Kind, parse};
use jsonata_core::parser::parse as parse_theirs;

use super::mutate::{Dice, damaged};
use super::{corpus, jsonata as official, jsonata_shape as shape};

/// Where the peer is wrong.
const EXCEPTIONS: &str = include_str!("jsonata-core-exceptions.tsv");

/// How many times each expression is damaged.
const N_DAMAGED: usize = 5;

/// What is put into expressions to damage them.
pub(crate) const POOL: &[&str] = &[
    "a", "é", "$x", "$", "$$", "1", "'s'", "\"", "'", "`", ".", "[", "]", "[]", "{", "}", "(", ")", ",", ";", ":",
    ":=", "?", "?:", "??", "~>", "+", "-", "*", "**", "/", "%", "^", "@$v", "#$i", "|", "..", " in ", " and ",
    "function", "<", ">", "=", "!", "~", "/*", "*/", " ", "\\", "null", "true", "0", "1e5", "😀",
];

/// Expressions that are there without a corpus.
pub(crate) const OWN: &[&str] = &[
    " $states.input.order.items[price > 10 and qty != 0].{'sku': sku, \"sum\": price * qty} ",
    "( $f := function($x, $y)<nn:n>{$x + $y}; $reduce([1..5, 7], $f) )",
    "$states.result ~> |Account.Order|{'seen': true}, ['a b']| ~> $merge",
    "orders@$o.items#$i[$i < 2 and $o.`ship to` = %.id]^(>price, name)[0]",
    "$count($split($x, /[,;]\\s*/i)) > 0 ? 'caf\\u00e9' & \"\\ud83d\\ude00\" : $string(?, -1.5e3)",
    "a{type: $sum(v)}[] ?? **.b ?: $$.c /* none */",
];

/// Every expression of the corpus, each once.
pub(crate) fn of_corpus() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let Some(root) = corpus::root() else { return found };
    for path in corpus::files(&root) {
        let format = match path.extension().and_then(|end| end.to_str()) {
            Some("json") => Format::Json,
            Some("yaml" | "yml") => Format::Yaml,
            _ => continue,
        };
        let Some(text) = fs::read_to_string(&path).ok().filter(|text| text.contains("{%")) else { continue };
        let tree = parse(&text.into(), format);
        for node in tree.root().descendants().filter(|node| node.kind() == Kind::String && !node.is_open()) {
            let text = node.content();
            if let Delimited::Expression { inner } = expression_in(text) {
                found.insert(inner.of(text).to_owned());
            }
        }
    }
    assert!(found.len() > 200, "the corpus has only {} expressions", found.len());
    found
}

/// A line of the list: both verdicts (`tree` for trees), and the expression itself (`=`) or what a damaged one holds (`~`).
#[derive(Debug)]
struct Exception {
    ours: &'static str,
    theirs: &'static str,
    place: &'static str,
}

impl Exception {
    fn is_about(&self, expression: &str, is_damaged: bool) -> bool {
        match self.place.split_at(2) {
            ("= ", exactly) => expression == exactly,
            (_, part) => is_damaged && expression.contains(part),
        }
    }
}

fn exceptions() -> Vec<Exception> {
    let lines = EXCEPTIONS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let read = |line: &'static str| {
        let [ours, theirs, place, _reason] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        Exception { ours, theirs, place }
    };
    lines.map(read).collect()
}

/// The code of our error, `-` without one.
fn ours(expression: &str) -> &'static str {
    jsonata::parse(expression).errors.first().map_or("-", |error| error.code)
}

/// The code of the peer's error, `-` without one.
fn theirs(expression: &str) -> String {
    let Err(error) = parse_theirs(expression) else { return "-".to_owned() };
    let said = error.to_string();
    let is_code = |word: &&str| word.len() == 5 && word[1..].bytes().all(|byte| byte.is_ascii_digit());
    let code = said.split(|c: char| !c.is_alphanumeric()).find(is_code);
    code.map_or(said.clone(), str::to_owned)
}

/// Everything that is compared: as written, and damaged. The second half tells whether all sources were there.
fn expressions() -> (BTreeSet<String>, BTreeSet<String>, bool) {
    let of_corpus = of_corpus();
    let of_suite = official::suite();
    let is_whole = !of_corpus.is_empty() && of_suite.is_some();
    let mut written: BTreeSet<String> = OWN.iter().map(|&own| own.to_owned()).collect();
    written.extend(of_corpus);
    written.extend(of_suite.into_iter().flatten().map(|case| case.expression));
    let mut all = BTreeSet::new();
    for expression in written.iter().filter(|expression| expression.len() < 1_000) {
        let mut dice = Dice::of(expression);
        all.extend((0..N_DAMAGED).map(|_| damaged(expression, POOL, &mut dice)));
    }
    let damaged = all.difference(&written).cloned().collect();
    (written, damaged, is_whole)
}

#[test]
fn the_same_verdicts_as_jsonata_core() {
    let (written, damaged, is_whole) = expressions();
    let mut exceptions = exceptions();
    exceptions.retain(|exception| exception.ours != "tree");
    let mut hits = vec![0; exceptions.len()];
    let mut wrong = String::new();
    let mut n_refused = 0;
    for (expression, is_damaged) in
        written.iter().map(|text| (text, false)).chain(damaged.iter().map(|text| (text, true)))
    {
        let (ours, theirs) = (ours(expression), theirs(expression));
        n_refused += usize::from(ours != "-");
        if (ours == "-") == (theirs == "-") {
            continue;
        }
        let applies = |it: &Exception| it.is_about(expression, is_damaged) && (it.ours, it.theirs) == (ours, &*theirs);
        match exceptions.iter().position(applies) {
            Some(at) => hits[at] += 1,
            None => _ = writeln!(wrong, "{ours}\t{theirs}\t= {expression}"),
        }
    }
    let n = written.len() + damaged.len();
    let n_excepted: usize = hits.iter().sum();
    eprintln!("jsonata-core: {n} expressions ({} damaged), {n_refused} refused, {n_excepted} excepted", damaged.len());
    assert!(n_refused > n / 3 && n - n_refused > n / 10, "{n_refused} of {n} refused");
    for (exception, _) in exceptions.iter().zip(&hits).filter(|(_, hits)| is_whole && **hits == 0) {
        let _ = writeln!(wrong, "no such difference any more: {exception:?}");
    }
    assert!(wrong.is_empty(), "ours, theirs, expression:\n{wrong}");
}

/// Prints what the reference implementation says to each expression of a list: the code of its error, `-` without one.
const JUDGE: &str = "
    const jsonata = require(process.argv[1]);
    const judge = text => { try { jsonata(text); return '-' } catch (error) { return error.code ?? 'S0303' } };
    const list = JSON.parse(require('fs').readFileSync(process.argv[2], 'utf8'));
    console.log(JSON.stringify(list.map(judge)));
";

#[test]
fn the_same_verdicts_as_the_reference_implementation() {
    let Some(package) = std::env::var_os("ASLINT_JSONATA_JS") else {
        eprintln!("SKIPPED: the reference implementation of JSONata; ASLINT_JSONATA_JS names its folder");
        return;
    };
    let (written, damaged, _) = expressions();
    let all: Vec<&String> = written.iter().chain(&damaged).collect();
    let list = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("jsonata-expressions.json");
    fs::write(&list, serde_json::to_string(&all).expect("strings")).expect("a list for the judge");
    let output = Command::new("node").arg("-e").arg(JUDGE).arg(package).arg(list).output().expect("node runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let verdicts: Vec<String> = serde_json::from_slice(&output.stdout).expect("a list of codes");
    assert_eq!(verdicts.len(), all.len());
    let mut codes = 0;
    for (expression, verdict) in all.iter().zip(&verdicts) {
        let ours = ours(expression);
        assert_eq!(ours == "-", verdict == "-", "{expression}: {ours}, the reference says {verdict}");
        codes += usize::from(ours == verdict);
    }
    eprintln!("reference implementation: {} expressions, the same verdicts, {codes} with the same code", all.len());
}

#[test]
fn the_same_trees_as_jsonata_core() {
    let (written, damaged, _) = expressions();
    let mut exceptions = exceptions();
    exceptions.retain(|exception| exception.ours == "tree");
    let (mut n, mut wrong) = (0, String::new());
    for (expression, is_damaged) in
        written.iter().map(|text| (text, false)).chain(damaged.iter().map(|text| (text, true)))
    {
        let parsed = jsonata::parse(expression);
        let Some(theirs) = parse_theirs(expression).ok().filter(|_| parsed.errors.is_empty()) else { continue };
        n += 1;
        let (ours, theirs) = (shape::ours(&parsed.ast), shape::theirs(&theirs));
        if ours != theirs && !exceptions.iter().any(|exception| exception.is_about(expression, is_damaged)) {
            let _ = writeln!(wrong, "{expression}\n  ours   {ours}\n  theirs {theirs}");
        }
    }
    eprintln!("jsonata-core: {n} expressions have the same tree");
    assert!(n >= OWN.len(), "{n} trees");
    assert!(wrong.is_empty(), "{wrong}");
}
