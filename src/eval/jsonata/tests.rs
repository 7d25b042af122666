//! What no other implementation judges: the service's functions, budgets, bounds, names from outside.

use super::{Environment, evaluate};
use crate::asl::jsonata::parse;
use crate::eval::{Budget, Fault, FaultKind, Random, Value};

/// What an expression gives with these variables around it and a budget of 400,000.
fn run(expression: &str, variables: &[(&str, &str)]) -> Result<Option<Value>, Fault> {
    let parsed = parse(expression);
    assert_eq!(parsed.errors, [], "{expression}");
    let (mut random, mut budget) = (Random::new(1), Budget::new(400_000));
    let read = |json: &str| Value::from_json(json).expect("JSON");
    evaluate(
        &parsed.ast,
        &mut Environment {
            input: None,
            variables: &|name| variables.iter().find(|(of, _)| *of == name).map(|(_, value)| read(value)),
            now: 1_500_000_000_000,
            random: &mut random,
            budget: &mut budget,
        },
    )
}

/// The same as text: JSON, `nothing`, or the code and what it is blamed on.
fn said(expression: &str, variables: &[(&str, &str)]) -> String {
    match run(expression, variables) {
        Ok(Some(value)) => value.to_json(),
        Ok(None) => "nothing".to_owned(),
        Err(fault) => match fault.kind {
            FaultKind::Jsonata(code) => format!("{code} {}", fault.span.of(expression)),
            kind => format!("{kind:?}"),
        },
    }
}

/// Runs on a stack of 2 MB, half of which a caller has taken.
fn with_half_a_stack<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(1 << 20);
        thread.spawn_scoped(scope, run).expect("a thread").join().expect("no panic")
    })
}

#[test]
fn the_functions_of_the_service() {
    for (expression, expected) in [
        // Recorded: of $partition what comes out is no sequence, of $range it is.
        ("$partition([0], 1)", "[[0]]"),
        ("$partition([0, 1, 2], 2)", "[[0,1],[2]]"),
        ("$partition([0, 1], 5)", "[[0,1]]"),
        ("$partition([], 2)", "[]"),
        ("$range(0, 10, 3)", "[0,3,6,9]"),
        ("$range(1, 9, 9)", "1"),
        ("$range(3, 1, -1)", "[3,2,1]"),
        ("$range(1, 0, 1)", "nothing"),
        ("$range(0, 1e7, 1)", "D2014 $range(0, 1e7, 1)"),
        ("$parse('-0')", "0"),
        ("$parse('[1, 1.1, \"x\"]')", "[1,1.1,\"x\"]"),
        ("$parse('{\"a\": []}').a", "[]"),
        ("$parse($nothing)", "nothing"),
        // The guide.
        ("$hash('abc', 'MD5')", "\"900150983cd24fb0d6963f7d28e17f72\""),
        ("$substring($hash('abc', 'SHA-256'), 0, 8)", "\"ba7816bf\""),
        ("$random(7) = $random(7)", "true"),
        ("$random(7) = $random(8)", "false"),
        ("($r := $random(); $r >= 0 and $r < 1)", "true"),
        ("$length($uuid())", "36"),
        // How they fail is ours to say.
        ("$partition(1, 1)", "T0410 $partition(1, 1)"),
        ("$partition([1], 0)", "D3137 $partition([1], 0)"),
        ("$partition([1], 1.5)", "T0410 $partition([1], 1.5)"),
        ("$partition([1])", "T0410 $partition([1])"),
        ("$range(1, 2, 0)", "D3137 $range(1, 2, 0)"),
        ("$hash('abc', 'md5')", "D3137 $hash('abc', 'md5')"),
        ("$parse('{')", "D3137 $parse('{')"),
        ("$parse(1)", "T0410 $parse(1)"),
        // What the service does not have is no function (recorded for another name).
        ("$eval('1')", "T1006 $eval('1')"),
        ("$eval", "nothing"),
        ("$randomSeeded(1)", "T1006 $randomSeeded(1)"),
        ("$millis()", "1500000000000"),
        ("$now()", "\"2017-07-14T02:40:00.000Z\""),
        ("$count($shuffle([1..9]))", "9"),
        ("$sum($shuffle([1..9]))", "45"),
    ] {
        assert_eq!(said(expression, &[]), expected, "{expression}");
    }
}

#[test]
fn names_from_outside_stand_between_those_of_the_expression_and_the_library() {
    let outside = [("sum", "5"), ("x", "{\"a\": [{\"b\": 1}, {\"b\": 2}]}"), ("big", "9007199254740993"), ("f", "1.0")];
    for (expression, expected) in [
        ("$sum", "5"),
        ("$sum([1])", "T1006 $sum([1])"),
        ("($sum := function($x){7}; $sum([1]))", "7"),
        ("$x.a.b", "[1,2]"),
        ("$x.a[b = 2].b", "2"),
        ("($x := 3; $x)", "3"),
        ("function($x){$x}(4)", "4"),
        ("$x.a@$x.$x.b", "[1,2]"),
        ("$ & 'a' & $$", "\"a\""),
        ("sum(1)", "T1005 sum"),
        ("count([1])", "T1005 count"),
        ("count(?)", "T1007 count"),
        // What passes untouched stays as it is; what is computed is binary64.
        ("$big", "9007199254740993"),
        ("$f", "1.0"),
        ("$f + 0", "1"),
        ("$big + 0", "9.007199254740992E15"),
        ("[$big, $f]", "[9007199254740993,1.0]"),
        ("$string($big)", "\"9007199254740990\""),
        ("0.1 + 0.2", "0.30000000000000004"),
    ] {
        assert_eq!(said(expression, &outside), expected, "{expression}");
    }
}

#[test]
fn what_is_no_json_does_not_leave() {
    for (expression, expected) in [
        ("$sum", "T1000 $sum"),
        ("function($x){$x}", "T1000 function($x){$x}"),
        ("$f := function($x){$x}", "T1000 $f := function($x){$x}"),
        ("[1, $sum]", "T1000 [1, $sum]"),
        ("{'a': [{'b': /x/}]}", "T1000 {'a': [{'b': /x/}]}"),
        ("{'f': $sum}.f([1, 2])", "3"),
        ("1 / 0", "D1001 1 / 0"),
        ("{'a': [0 / 0]}", "D1001 {'a': [0 / 0]}"),
        ("1 / 0 > 5", "true"),
        ("[{'b': 1}, {}].b[true]", "[1,null]"),
    ] {
        assert_eq!(said(expression, &[]), expected, "{expression}");
    }
}

#[test]
fn faults_stand_on_what_fails() {
    for (expression, expected) in [
        ("[1, 2 + 'a']", "T2002 'a'"),
        ("1 + (2 & 3)", "T2002 (2 & 3)"),
        ("$sum([1, 'a'])", "T0412 [1, 'a']"),
        ("$length(1 + 1)", "T0410 1 + 1"),
        ("'a' ~> $substring('b')", "T0410 'b'"),
        ("$map([1], $length)", "T0410 $map([1], $length)"),
        ("-'a'", "D1002 -'a'"),
        ("{1: 2}", "T1003 1"),
        ("{'a': 1, 'a': 2}", "D1009 'a'"),
        ("1 < [2]", "T2010 [2]"),
        ("1 < 'a'", "T2009 1 < 'a'"),
        ("['a'..2]", "T2003 'a'"),
        ("1 ~> 2", "T2006 2"),
        ("2(1)", "T1006 2(1)"),
        ("2(?)", "T1008 2(?)"),
        ("[{'a': null}, {'a': 1}]^(a)", "T2008 a"),
        ("$error('no')", "D3137 $error('no')"),
        ("($clone := 1; {} ~> |$|{}|)", "T2013 |$|{}|"),
        ("{} ~> |$|1|", "T2011 1"),
        ("{} ~> |$|{}, 1|", "T2012 1"),
        ("{'a': 1} ~> |a|{'b': 1}|", "D3137 a"),
        ("{'a': 1} ~> |$|{'b': $}|", "D3137 |$|{'b': $}|"),
    ] {
        assert_eq!(said(expression, &[]), expected, "{expression}");
    }
    assert_eq!(run("$error('told so')", &[]).expect_err("it fails").message, "told so");
}

#[test]
fn every_evaluation_ends() {
    for expression in [
        "($f := function($n){$f($n + 1)}; $f(0))",
        "($f := function($n){$n = 0 ? 0 : 1 + $f($n - 1)}; $f(100000))",
        "($f := function($n){$f($n + 1) + 1}; $f(0))",
        "($f := function($x){$map([1, 2], $f)}; $f(1))",
        "$reduce($append($string, [1..2000]), function($f, $i){$f ~> $string})",
        "$reduce([1..2000], function($f, $i){$substring(?, $f)})",
        "[1..10000000]",
        "$reduce([1..100], function($a, $i){$a & $a}, 'x')",
        "$reduce([1..100], function($a, $i){$append($a, $a)}, [1])",
        "$reduce([1..100], function($a, $i){{'a': $a, 'b': $a}}, 1)",
        "$reduce([1..100], function($a, $i){{'a': $a, 'b': $a}}, 1) = $reduce([1..100], function($a, $i){{'a': $a, 'b': $a}}, 1)",
        "$string($reduce([1..100], function($a, $i){{'a': $a, 'b': $a}}, 1))",
        "$reduce([1..100], function($a, $i){{'a': $a, 'b': $a}}, 1).**",
        "$reduce([1..100], function($a, $i){[[$a], [$a]]}, 0) ? 1 : 2",
        "$reduce([1..2000], function($a, $i){{'a': $a}}, 1)",
        "$reduce([1..2000], function($a, $i){[[$a]]}, 1)",
        "$contains($pad('', 60, 'a'), /(a*)*b/)",
        "$replace($pad('', 60, 'a'), /(a|aa)+$b/, 'x')",
        "$pad('', 1e15)",
        "$range(0, 9999999, 1)",
        "$join($split($pad('', 60000, 'a'), ''), $pad('', 60000, 'b'))",
        "$sort([1..2000], function($l, $r){$count([1..1000]) > $r})",
        "($f := function(){[1..1000].($f())}; $f())",
    ] {
        assert_eq!(with_half_a_stack(|| said(expression, &[])), "OutOfBudget", "{expression}");
    }
}

#[test]
fn one_evaluation_takes_a_part_of_the_budget() {
    let parsed = parse("$pad('', 1e9)");
    let (mut random, mut budget) = (Random::new(1), Budget::new(1_000_000_000));
    let mut environment =
        Environment { input: None, variables: &|_| None, now: 0, random: &mut random, budget: &mut budget };
    let fault = evaluate(&parsed.ast, &mut environment).expect_err("a billion characters are too many");
    assert_eq!(fault.kind, FaultKind::OutOfBudget);
    assert!(budget.left() > 900_000_000, "{}", budget.left());
}

#[test]
fn texts_are_charged_that_are_searched_or_compared() {
    let long = |n: usize| format!("\"{}\"", "a".repeat(n));
    for expression in [
        "[1..1000].$contains($t, 'b')",
        "[1..1000].$substringBefore($t, 'b')",
        "[1..1000].$substringAfter($t, 'b')",
        "[1..1000].$split($t, 'b')",
        "[1..1000].$replace($t, 'b', 'c')",
        "[1..1000].($t < $t)",
        "[1..1000]^($t)",
        "$sort([1..1000].$t)",
        "[1..1000].$length($t)",
    ] {
        assert_ne!(said(expression, &[("t", &long(100))]), "OutOfBudget", "{expression}");
        assert_eq!(said(expression, &[("t", &long(10_000))]), "OutOfBudget", "{expression}");
    }
}

#[test]
fn nesting_fits_into_half_a_stack() {
    let deep = "$reduce([1..990], function($a, $i){{'a': $a}}, 1)";
    for (open, middle, close) in [
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("{'a': ", "1", "}"),
        ("$[", "1=1", "]"),
        ("$q.a[", "1=1", "]"),
        ("$q.(", "1", ")"),
        ("$q{'a': ", "1", "}"),
        ("$q.a^(", "1", ")"),
        ("$q.a@$v.(", "1", ")"),
        ("$q.a#$v[", "1=1", "]"),
        ("$sum(", "1", ")"),
        ("1 ~> $string(", "1", ")"),
        ("{'a': 1} ~> |$|{'a': ", "1", "}|"),
        ("1 & (", "1", ")"),
        ("(true ? ", "1", ": 2)"),
        ("-(", "1", ")"),
    ] {
        let nested = |n: usize| format!("{}{middle}{}", open.repeat(n), close.repeat(n));
        let deepest = (1..250).rev().map(nested).find(|text| parse(text).errors.is_empty()).expect("one level parses");
        assert!(deepest.len() > 80 * open.len(), "{open}: {}", deepest.len());
        let said = with_half_a_stack(|| said(&deepest, &[("q", "{\"a\": [1, 2]}")]));
        assert!(!said.is_empty(), "{open}");
    }
    for body in [
        "$f($n + 1) + 1",
        "$map([1], function($x){$f($n + $x)})",
        "$sort([1, 2], function($l, $r){$f($n + 1) > 0})",
        "[1, 2]^($f($n + $))",
        "[1, 2][$f($n + $) > 0]",
        "{'a': 1}.a@$x[$f($n) > 0]",
        "[1, 2]{'a': $f($n + 1)}",
        "$replace('a', /a/, function($m){$f($n + 1)})",
        "({'a': 1} ~> |$|{'a': $f($n + 1)}|)",
        "$n ~> $string ~> $f",
        "($n ~> $f) & 'a'",
        "$filter([1], $f)",
        "$each({'a': 1}, $f)",
        "$reduce([1, 2], function($a, $b){$f($b)})",
        "($g := $f(?); 1 + $g($n))",
        "($g := $f ~> $string; 1 + $g($n))",
    ] {
        let expression = format!("($f := function($n){{{body}}}; $f(0))");
        let said = with_half_a_stack(|| said(&expression, &[]));
        assert_eq!(said, "OutOfBudget", "{body}");
    }
    for expression in [
        deep.to_owned(),
        format!("$string({deep})"),
        format!("$count({deep}.**)"),
        format!("{deep} = {deep}"),
        format!("$clone({deep})"),
        format!("$exists({deep} ~> |$|{{'b': 1}}|)"),
        format!("$distinct([{deep}, {deep}])"),
        format!("($f := function($n){{$n = 0 ? $string({deep}) : ($f($n - 1))}}; $length($f(60)))"),
    ] {
        let said = std::thread::scope(|scope| {
            scope.spawn(|| said(&expression, &[])).join().expect("a stack of 2 MB is enough")
        });
        assert_ne!(said, "OutOfBudget", "{expression}");
    }
    let ends = |n: usize| format!("($f := function($n, $a){{$n = 0 ? $a : $f($n - 1, $a + 1)}}; $f({n}, 0))");
    assert_eq!(said(&ends(20_000), &[]), "20000");
    let again = |n: usize| format!("($f := function($n){{$n = 0 ? 0 : 1 + $f($n - 1)}}; $f({n}))");
    assert_eq!(said(&again(100), &[]), "100");
    let chain = (0..20_000).map(|n| n.to_string()).collect::<Vec<_>>().join(" + ");
    assert_eq!(said(&chain, &[]), "199990000");
    assert_eq!(said(&format!("[1]{}", "[0]".repeat(20_000)), &[]), "1");
}

#[test]
fn chance_hangs_on_the_seed_alone() {
    let expression = "[$random(), $uuid(), $shuffle([1..20])]";
    assert_eq!(said(expression, &[]), said(expression, &[]));
}

#[test]
fn a_path_is_read_without_a_copy() {
    let items = format!("[{}]", vec!["{\"a\":1}"; 1000].join(","));
    let parsed = parse("$states.input.items");
    let value = Value::from_json(&format!("{{\"input\": {{\"items\": {items}}}}}")).expect("JSON");
    let (mut random, mut budget) = (Random::new(1), Budget::new(100));
    let found = evaluate(
        &parsed.ast,
        &mut Environment {
            input: None,
            variables: &|name| (name == "states").then(|| value.clone()),
            now: 0,
            random: &mut random,
            budget: &mut budget,
        },
    );
    let found = found.expect("a value").expect("something");
    let inside = value.get("input").and_then(|input| input.get("items")).expect("the items");
    assert!(matches!((&found, inside), (Value::Array(one), Value::Array(other)) if std::sync::Arc::ptr_eq(one, other)));
    assert!(budget.left() > 90, "{}", budget.left());
}
