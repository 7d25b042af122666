//! What expressions give, beside two others: expressions that are made up, the same at every run, over a few inputs.
//!
//! Where the crate `jsonata-core` and we both give a value, it is the same in 99 of 100 cases. In the others the reference
//! implementation, the npm package `jsonata@2.0.6`, is with us: a predicate that holds of nothing lets it through, `$reduce` of
//! nothing gives nothing, `$round` moves the point in the digits, a function's last call loses its group. With
//! `ASLINT_JSONATA_JS_2_0` naming its folder it is asked about each expression, too, and has no exceptions but [`is_shared`].

use std::fs;
use std::process::Command;

use aslint::asl::jsonata as syntax;
use aslint::eval::jsonata::{Environment, evaluate};
use aslint::eval::{Budget, FaultKind, Random, Value};
use serde_json::Value as Json;

use super::mutate::{Dice, damaged};
use super::{jsonata as official, jsonata_core as peer};

/// Expressions without input, each with what the reference implementation gives: JSON, nothing, or a code. With `UPDATE` and
/// `ASLINT_JSONATA_JS_2_0` in the environment it is asked anew.
const ANSWERS: &str = include_str!("jsonata-values.tsv");

const INPUTS: [&str; 3] = [
    r#"{"a": {"b": [{"c": 1, "d": "x"}, {"c": 2, "d": ["y", "z"]}, {"c": 3}], "e": []}, "n": [3, 1, 2], "s": "hello",
        "z": null, "t": true, "o": {"k": 1, "l": {"m": [1, [2, 3]]}}, "m": [[1, 2], [3]]}"#,
    r#"[{"a": {"b": {"c": 5}}, "n": 1, "s": "b"}, {"a": [{"b": {"c": 6}}, {"b": []}], "n": 2, "s": "a"}, {"s": "c", "o": {}}]"#,
    r#"{"n": [1], "a": [{"b": [{"c": [1]}]}], "s": ["q"], "o": {"a": {"o": {"a": 7}}}, "m": [], "t": false}"#,
];

/// An expression that nests at most so deep.
fn expression(dice: &mut Dice, depth: usize) -> String {
    if depth == 0 {
        return leaf(dice).to_owned();
    }
    let part = |dice: &mut Dice| expression(dice, depth - 1);
    match dice.below(38) {
        0..=4 => format!("{}.{}", step(dice, depth), step(dice, depth)),
        5..=6 => format!("{}.{}.{}", step(dice, depth), step(dice, depth), step(dice, depth)),
        7 => format!("{}^({}{})", step(dice, depth), dice.pick(&["", "<", ">"]), part(dice)),
        8 => format!("{}{{{}: {}}}", step(dice, depth), dice.pick(&["s", "'x'", "$string(n)", "d"]), part(dice)),
        9 => format!("[{}, {}]", part(dice), part(dice)),
        10 => format!("[{}]", part(dice)),
        11 => format!("{{'p': {}, 'q': {}}}", part(dice), part(dice)),
        12 => format!("($v := {}; {})", part(dice), part(dice)),
        13 => format!("({})", part(dice)),
        14 => format!("{} {} {}", part(dice), dice.pick(&["+", "-", "*", "/", "%", "&", "&"]), part(dice)),
        15 => format!("{} {} {}", part(dice), dice.pick(&["=", "!=", "<", "<=", ">", ">=", "in"]), part(dice)),
        16 => format!("{} {} {}", part(dice), dice.pick(&["and", "or"]), part(dice)),
        17 => format!("({} ? {} : {})", part(dice), part(dice), part(dice)),
        18 => format!("[{}..{}]", dice.pick(&["1", "0", "-1", "n"]), dice.pick(&["3", "2", "n"])),
        19 => {
            let function = dice.pick(&["$map", "$filter", "$single", "$sift", "$each"]);
            let params = dice.pick(&["$v", "$v, $i", "$v, $i, $w"]);
            format!("{function}({}, function({params}){{{}}})", part(dice), part(dice))
        }
        20 => format!("$reduce({}, function($v, $i){{{}}})", part(dice), part(dice)),
        21..=23 => format!("{}({})", dice.pick(FUNCTIONS), part(dice)),
        24 => format!("{}({}, {})", dice.pick(FUNCTIONS), part(dice), part(dice)),
        25 => {
            format!("{} ~> {}", part(dice), dice.pick(&["$string", "$count()", "$keys", "$append(1)", "|a|{'x': 1}|"]))
        }
        26 => format!("{}@$v.{}", step(dice, depth), part(dice)),
        27 => format!("{}#$i.{}", step(dice, depth), part(dice)),
        28 => format!("{} ~> |{}|{{'w': {}}}{}|", part(dice), step(dice, depth), part(dice), dice.pick(&["", ", 'c'"])),
        29 => format!("($f := function($v, $i){{{}}}; $f({}))", part(dice), part(dice)),
        30 => {
            let signature = dice.pick(&["<n-:n>", "<a<n>:n>", "<s?x:x>", "<(so)-x?:x>", "<x+:x>", "<j-n?:j>"]);
            format!("(function($v, $i){signature}{{{}}})({})", part(dice), part(dice))
        }
        // Arguments of a partial application are not checked there, and what a function makes of a wrong one is chance.
        31 => format!("{}({})", dice.pick(&["$append(?, 1)", "$lookup(?, 'a')", "$append(n, ?)"]), part(dice)),
        32 => format!("$map({}, {})", part(dice), dice.pick(&["$string", "$append(?, 1)", "$sum ~> $string", "$keys"])),
        33 => format!("$sort({}, function($v, $w){{{}}})", part(dice), part(dice)),
        34 => {
            let pattern = dice.pick(&["/[a-l]/", "/(h)|(o)/", "/x*/", "/(.)(.)?/"]);
            let with = dice.pick(&["'<$0>'", "'$1$2$$'", "function($m){$m.match & 'n'}", "'$12$'"]);
            format!(
                "$replace({}, {pattern}, {with}{})",
                dice.pick(&["s", "'hello'", "d"]),
                dice.pick(&["", ", 1", ", 0"])
            )
        }
        35 => {
            let pattern = dice.pick(&["/l/", "/(e)|y/", "''", "'l'", "/l*/"]);
            let function = dice.pick(&["$split", "$match", "$contains"]);
            format!(
                "{function}({}, {pattern}{})",
                dice.pick(&["s", "'hello'", "d"]),
                dice.pick(&["", "", ", 1", ", 2.5"])
            )
        }
        36 => {
            let number = |dice: &mut Dice| dice.pick(&["1", "-2", "2.5", "n[0]", "-1.5", "30"]);
            let function = dice.pick(&["$substring", "$pad", "$formatBase", "$round", "$contains"]);
            format!("{function}({}, {})", if function.len() < 9 { number(dice) } else { "'hello'" }, number(dice))
        }
        _ => format!("-{}", part(dice)),
    }
}

fn step(dice: &mut Dice, depth: usize) -> String {
    let base = match dice.below(12) {
        0 => "*".to_owned(),
        1 => "**".to_owned(),
        2 => dice.pick(&["$", "$$", "$v", "$i"]).to_owned(),
        3 => "%".to_owned(),
        4 if depth > 1 => format!("[{}]", expression(dice, depth - 2)),
        5 if depth > 1 => format!("({})", expression(dice, depth - 2)),
        6 if depth > 1 => format!("{{'k': {}}}", expression(dice, depth - 2)),
        7 if depth > 1 => format!("{}({})", dice.pick(FUNCTIONS), expression(dice, depth - 2)),
        _ => dice.pick(NAMES).to_owned(),
    };
    match dice.below(14) {
        0 => format!("{base}[]"),
        1 => format!("{base}[{}]", dice.pick(&["0", "-1", "1", "n", "[0,1]"])),
        2 | 3 if depth > 0 => format!("{base}[{}]", expression(dice, depth - 1)),
        4 => format!("{base}#$i"),
        5 => format!("{base}@$v"),
        _ => base,
    }
}

fn leaf(dice: &mut Dice) -> &'static str {
    match dice.below(5) {
        0 => dice.pick(&["0", "1", "2", "2.5", "'x'", "true", "false", "null", "[]", "{}"]),
        1 => dice.pick(&["$", "$$", "$v", "$i"]),
        _ => dice.pick(NAMES),
    }
}

const NAMES: &[&str] = &["a", "b", "c", "d", "n", "s", "o", "m", "k", "l", "e", "z", "t", "a.b", "a.b.c", "o.l.m"];

const FUNCTIONS: &[&str] = &[
    "$sum",
    "$count",
    "$max",
    "$average",
    "$string",
    "$length",
    "$uppercase",
    "$trim",
    "$number",
    "$boolean",
    "$not",
    "$keys",
    "$lookup",
    "$append",
    "$exists",
    "$spread",
    "$merge",
    "$reverse",
    "$type",
    "$sort",
    "$distinct",
    "$zip",
    "$join",
    "$split",
    "$substring",
    "$contains",
    "$pad",
    "$round",
    "$floor",
    "$abs",
    "$power",
    "$clone",
    "$map",
];

/// What we say of an expression.
fn ours(expression: &str, input: &str) -> Option<Result<Option<Value>, &'static str>> {
    let parsed = syntax::parse(expression);
    if !parsed.errors.is_empty() {
        return None;
    }
    let (mut random, mut budget) = (Random::new(1), Budget::new(200_000));
    let result = evaluate(
        &parsed.ast,
        &mut Environment {
            input: (!input.is_empty()).then(|| Value::from_json(input).expect("an input")),
            variables: &|_| None,
            now: 0,
            random: &mut random,
            budget: &mut budget,
        },
    );
    Some(result.map_err(|fault| match fault.kind {
        FaultKind::Jsonata(code) => code,
        _ => "budget",
    }))
}

/// What is compared: expressions that parse, each with an input.
fn questions(n: usize) -> Vec<(String, &'static str)> {
    let mut dice = Dice::new(7);
    let mut found = Vec::new();
    while found.len() < n {
        let depth = 1 + dice.below(3);
        let expression = expression(&mut dice, depth);
        let input = dice.pick(&INPUTS);
        if syntax::parse(&expression).errors.is_empty() {
            found.push((expression, input));
        }
    }
    found
}

/// Prints what the reference implementation gives for each pair of a list: a value, a code, or what JSON cannot say.
const JUDGE: &str = "
    const jsonata = require(process.argv[1]);
    const odd = x => typeof x === 'function' || x && (x._jsonata_lambda || x._jsonata_function) ? 'function'
        : typeof x === 'number' && !isFinite(x) ? 'infinite'
        : Array.isArray(x) ? x.map(odd).find(y => y)
        : x && typeof x === 'object' ? Object.values(x).map(odd).find(y => y) : undefined;
    const judge = async ([text, input]) => {
        try {
            const value = await jsonata(text).evaluate(input ? JSON.parse(input) : undefined);
            const what = odd(value);
            return what ? { odd: what } : value === undefined ? {} : { value };
        } catch (error) { return { code: error.code ?? 'uncoded' } }
    };
    (async () => {
        const answers = [];
        for (const pair of JSON.parse(require('fs').readFileSync(process.argv[2], 'utf8'))) {
            let answer = await judge(pair), text;
            try { text = JSON.stringify(answer) } catch { text = '{\"odd\":\"circular\"}' }
            answers.push(text);
        }
        require('fs').writeFileSync(process.argv[3], '[' + answers.join(',') + ']');
    })();
";

/// What the reference implementation gives for pairs of an expression and an input, if it is there.
fn ask(questions: &[(String, &str)], name: &str) -> Option<Vec<Json>> {
    let Some(package) = std::env::var_os("ASLINT_JSONATA_JS_2_0") else {
        eprintln!("SKIPPED: the reference implementation of JSONata; ASLINT_JSONATA_JS_2_0 names its folder");
        return None;
    };
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (list, said) = (folder.join(format!("{name}-questions.json")), folder.join(format!("{name}-answers.json")));
    fs::write(&list, serde_json::to_string(questions).expect("strings")).expect("a list for the judge");
    let output =
        Command::new("node").arg("-e").arg(JUDGE).arg(package).args([&list, &said]).output().expect("node runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answers: Vec<Json> = serde_json::from_str(&fs::read_to_string(&said).expect("answers")).expect("a list");
    assert_eq!(answers.len(), questions.len());
    Some(answers)
}

#[test]
fn the_answers_of_the_reference_implementation() {
    let expressions = ANSWERS.lines().filter(|line| !line.starts_with('#'));
    let pairs: Vec<(&str, &str)> = expressions.map(|line| line.rsplit_once('\t').expect("two columns")).collect();
    if std::env::var_os("UPDATE").is_some() {
        let questions: Vec<(String, &str)> = pairs.iter().map(|&(expression, _)| (expression.to_owned(), "")).collect();
        let Some(answers) = ask(&questions, "recorded") else { return };
        let mut text = String::from(
            "# Expression<tab>what the reference implementation (2.0.6) gives: JSON, nothing, or a code.\n",
        );
        for ((expression, _), answer) in questions.iter().zip(answers) {
            let code = answer["code"].as_str().or(answer["odd"].as_str());
            let said = code.map_or_else(|| answer.get("value").map_or(String::new(), Json::to_string), str::to_owned);
            text += &format!("{expression}\t{said}\n");
        }
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/jsonata-values.tsv");
        fs::write(path, text).expect("the table can be written");
        return;
    }
    let mut wrong = Vec::new();
    for (expression, answer) in &pairs {
        let ours = match ours(expression, "") {
            None => syntax::parse(expression).errors[0].code.to_owned(),
            Some(Err(code)) => code.to_owned(),
            Some(Ok(None)) => String::new(),
            Some(Ok(Some(value))) => value.to_json(),
        };
        let is_same = match (Value::from_json(&ours), Value::from_json(answer)) {
            (Ok(ours), Ok(answer)) => ours == answer,
            _ => ours == *answer,
        };
        let is_explained = match *answer {
            "function" => ours == "T1000",
            "infinite" => ours == "D1001" || ours == "D3030",
            "uncoded" => ours == "D3137",
            _ => false,
        };
        if !is_same && !is_explained {
            wrong.push(format!("{expression}\n  ours   {ours}\n  theirs {answer}"));
        }
    }
    eprintln!("answers of the reference implementation: {} of {} are ours", pairs.len() - wrong.len(), pairs.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_expression_gives_something_or_fails() {
    let mut written: Vec<String> = peer::OWN.iter().map(|&own| own.to_owned()).collect();
    written.extend(peer::of_corpus());
    written.extend(official::suite().into_iter().flatten().map(|case| case.expression));
    written.extend(questions(2_000).into_iter().map(|(expression, _)| expression));
    let (mut n_values, mut n_faults) = (0, 0);
    for expression in written.iter().filter(|expression| expression.len() < 1_000) {
        let mut dice = Dice::of(expression);
        let damaged: Vec<String> = (0..3).map(|_| damaged(expression, peer::POOL, &mut dice)).collect();
        for expression in damaged.iter().chain([expression]) {
            // Also where it does not parse: there is a tree, with holes.
            let ast = syntax::parse(expression).ast;
            let (mut random, mut budget) = (Random::new(1), Budget::new(20_000));
            let input = Some(Value::from_json(dice.pick(&INPUTS)).expect("an input"));
            let variables = |name: &str| (name == "states").then(|| Value::members([("input", Value::Null)]));
            let mut environment =
                Environment { input, variables: &variables, now: 0, random: &mut random, budget: &mut budget };
            match evaluate(&ast, &mut environment) {
                Ok(_) => n_values += 1,
                Err(fault) => {
                    n_faults += 1;
                    assert!(fault.span.end as usize <= expression.len(), "{expression}: {fault:?}");
                    assert!(!fault.message.is_empty() && !fault.message.ends_with('.'), "{expression}: {fault:?}");
                }
            }
        }
    }
    eprintln!("{n_values} values and {n_faults} faults");
    assert!(n_values > 1_000 && n_faults > 1_000, "{n_values} values, {n_faults} faults");
}

/// Whether an expression may show that there values are changed which others hold, too: an object that is built where the
/// context is an empty array puts nothing into that array, a transform changes what it has put somewhere before, a tuple that
/// comes twice has one position.
fn is_shared(expression: &str) -> bool {
    ["|{", "|[", "|**|", "[-1..", "]].{", "e.{", "e{"].iter().any(|part| expression.contains(part))
}

#[test]
fn the_same_values_as_jsonata_core() {
    let (mut n_values, mut wrong) = (0, Vec::new());
    for (expression, input) in questions(20_000) {
        let Ok(ast) = jsonata_core::parser::parse(&expression) else { continue };
        let Some(Ok(ours)) = ours(&expression, input) else { continue };
        let read = jsonata_core::value::JValue::from_json_str(input).expect("an input");
        let Ok(theirs) = jsonata_core::evaluator::Evaluator::new().evaluate(&ast, &read) else { continue };
        let json = (!theirs.is_undefined()).then(|| theirs.to_json_string().expect("JSON"));
        let theirs = json.map(|json| Value::from_json(&json).expect("JSON"));
        n_values += 1;
        if ours != theirs {
            wrong.push(format!("{expression}\t{}\n  ours   {ours:?}\n  theirs {theirs:?}", input.replace('\n', " ")));
        }
    }
    eprintln!("jsonata-core: {n_values} values compared, {} differ", wrong.len());
    wrong.sort_by_key(String::len);
    let is_near = wrong.len() * 100 < n_values;
    wrong.truncate(60);
    assert!(n_values > 10_000 && is_near, "{n_values} values, too many differ:\n{}", wrong.join("\n"));
}

#[test]
fn the_same_values_as_the_reference_implementation() {
    let n = std::env::var("ASLINT_JSONATA_N").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000);
    let questions = questions(n);
    let Some(answers) = ask(&questions, "made-up") else { return };
    let (mut n_values, mut n_codes, mut wrong) = (0, 0, Vec::new());
    for ((expression, input), answer) in questions.iter().zip(&answers) {
        let Some(ours) = ours(expression, input) else { continue };
        // Where the reference fails without a code we have one, also for a value that holds itself.
        let is_uncoded = answer["code"] == "uncoded" || ours == Err("D3137");
        if answer.get("odd").is_some() || is_uncoded || ours == Err("budget") {
            continue;
        }
        let theirs = match answer["code"].as_str() {
            Some(code) => Err(code),
            None => Ok(answer.get("value").map(Value::from)),
        };
        match &theirs {
            Ok(_) => n_values += 1,
            Err(_) => n_codes += 1,
        }
        // The parts of arrays and objects are evaluated at the same time there: which of two failures wins is chance.
        let is_chance = ours.is_err() && theirs.is_err() && expression.contains(", ");
        let is_put_in = format!("{theirs:?}").replace("items: [Null]", "items: []") == format!("{ours:?}");
        if ours != theirs && !is_chance && !is_put_in && !is_shared(expression) {
            wrong.push(format!("{expression}\t{}\n  ours   {ours:?}\n  theirs {theirs:?}", input.replace('\n', " ")));
        }
    }
    eprintln!("reference implementation: {n_values} values and {n_codes} codes compared, {} differ", wrong.len());
    wrong.sort_by_key(String::len);
    wrong.truncate(40);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
