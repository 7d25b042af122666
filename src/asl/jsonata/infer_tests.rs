//! Tables over what is inferred of expressions. What the reference implementation (2.0.6 and 2.2) gives was compared with it on random
//! expressions; these are the cases that a person would think of.

use std::collections::BTreeSet;

use super::library::{self, Misfit};
use super::*;

fn inferred(expression: &str) -> (Ast, Inference) {
    let parsed = parse(expression);
    assert_eq!(parsed.errors, [], "{expression}");
    let scopes = Scopes::new(&parsed.ast);
    let known = infer(&parsed.ast, &scopes, &BTreeSet::from(["limit", "sum"]));
    (parsed.ast, known)
}

#[test]
fn types_of_values() {
    const NOTHING: Types = Types::NOTHING;
    let several = |types: Types| types | NOTHING | Types::ARRAY;
    for (expression, expected) in [
        ("1", Types::NUMBER),
        ("'a' & 1", Types::STRING),
        ("null", Types::NULL),
        ("/a/i", Types::FUNCTION),
        ("()", NOTHING),
        ("[]", Types::ARRAY),
        ("[$states.input[x = 1]]", Types::ARRAY),
        ("{}", Types::OBJECT),
        ("$states", Types::OBJECT),
        ("$states.input", Types::ANY),
        ("$limit", Types::JSON),
        ("$unheard", Types::JSON),
        ("$trim", Types::FUNCTION),
        ("$sum", Types::ANY),
        ("1 + 1", Types::NUMBER),
        ("$limit + 1", NOTHING | Types::NUMBER),
        ("-$limit", NOTHING | Types::NUMBER),
        ("1 < 2", Types::BOOL),
        ("$limit < 2", NOTHING | Types::BOOL),
        ("$limit = 2", Types::BOOL),
        ("$limit and $unheard", Types::BOOL),
        ("1 in $limit", Types::BOOL),
        ("$limit ? 1 : 'a'", Types::NUMBER | Types::STRING),
        ("$limit ? 1", NOTHING | Types::NUMBER),
        ("true ? 1 : 'a'", Types::NUMBER),
        ("'' ? 1 : 'a'", Types::STRING),
        ("$string($limit) ?: 1", Types::STRING | Types::NUMBER),
        ("$number($limit) ?? 'none'", Types::STRING | Types::NUMBER),
        ("($x := 1; $x)", Types::NUMBER),
        ("($x := 1; $x := 'a'; $x)", Types::ANY),
        ("($limit ? $x := 1; $x)", Types::ANY),
        ("[$x := 1, $x]", Types::ARRAY),
        ("($x := 1; function($x){$x}(2))", Types::ANY),
        ("($f := function($n){'a' & $n}; $f(2))", Types::STRING),
        ("($f := function($n){$n = 0 ? 'a' : $f($n - 1)}; $f(2))", Types::ANY),
        ("$limit[0]", Types::ANY),
        ("'abc'[0]", several(Types::STRING)),
        ("$limit[x][]", several(Types::NEVER)),
        ("$limit.a[]", several(Types::NEVER)),
        ("$limit.a", Types::ANY),
        ("$limit.(a & b)", several(Types::STRING)),
        ("$limit.[a, b]", several(Types::NEVER)),
        ("$limit.a#$i.(1)", Types::ANY),
        ("$limit{a: b}", Types::OBJECT),
        ("$limit^(a)", Types::ANY),
        ("$states.context.Execution.Name", Types::STRING),
        ("$states.context.Execution", Types::OBJECT),
        ("$states.context.Execution.Input", Types::ANY),
        ("$states.context.Map.Item.Index", NOTHING | Types::NUMBER),
        ("$states.errorOutput.Error", NOTHING | Types::STRING),
        ("$states.errorOutput.Cause.message", Types::ANY),
        ("$count($limit)", Types::NUMBER),
        ("$uppercase('a')", Types::STRING),
        ("$uppercase($limit)", NOTHING | Types::STRING),
        ("$limit ~> $uppercase", NOTHING | Types::STRING),
        ("$limit ~> $substring(1)", NOTHING | Types::STRING),
        ("$trim ~> $uppercase", Types::FUNCTION),
        ("$limit ~> |a|{'b': 1}|", Types::ANY),
        ("$substring(?, 0, 2)", Types::FUNCTION),
        ("$split('a', ',')", Types::ARRAY),
        ("$map($limit, function($v){$v & 'a'})", several(Types::STRING)),
        ("$map($limit, $trim)[]", several(Types::NEVER)),
        ("$filter('abc', function($v){true})", several(Types::STRING)),
        ("$keys($limit)", several(Types::STRING)),
        ("$append(1, 2)", Types::ARRAY),
        ("$append($unheard, [])", Types::ARRAY),
        ("$error('x')", Types::NEVER),
        ("1 + $error('x')", Types::NEVER),
        ("true and $error('x')", Types::BOOL),
        ("$eval('1')", Types::NEVER),
        ("'a' / 2", Types::NEVER),
    ] {
        let (ast, known) = inferred(expression);
        assert_eq!(known.types(ast.root()), expected, "{expression}");
    }
}

/// What fails, as `!text` where it always does, `~text` where there is no value at best, and `?text` where it may.
fn failing(expression: &str) -> String {
    let (_, known) = inferred(expression);
    let word = |fault: &Fault| {
        let sign = match (fault.is_certain, fault.is_fatal) {
            (true, _) => '!',
            (false, true) => '~',
            (false, false) => '?',
        };
        format!("{sign}{}", fault.span.of(expression))
    };
    known.faults.iter().map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_fails() {
    for (expression, expected) in [
        ("'a' / 2", "!'a'"),
        ("2 + [1]", "![1]"),
        ("true * null", "!true"),
        ("'a' - 'b'", "!'a'"),
        ("$string($limit) - 'b'", "!'b'"),
        ("$limit + 1", ""),
        ("$string($limit) + 1", "~$string($limit)"),
        ("{'a': $string($limit) + 1}", "?$string($limit)"),
        ("$limit ? $string($limit) + 1", "?$string($limit)"),
        ("-($string($limit) < 5)", "~<"),
        ("$states.context.Execution.StartTime - 1000", "!$states.context.Execution.StartTime"),
        ("$states.context.State.RetryCount - 1", ""),
        ("$states.context.Task.Token - 1", "~$states.context.Task.Token"),
        ("$states.errorOutput.Cause + 1", "~$states.errorOutput.Cause"),
        ("$now() - 5", "!$now()"),
        ("-'a'", "!'a'"),
        ("1 < 'a'", "!<"),
        ("$limit < 'a'", ""),
        ("$string($limit) > 5", "~>"),
        ("$limit > null", "!null"),
        ("{} <= true", "!{}"),
        ("'a' = 1", ""),
        ("[1..2.5]", "!2.5"),
        ("['a'..3]", "!'a'"),
        ("[1..$limit]", ""),
        ("[1..10000000]", ""),
        ("[0..10000000]", "!0..10000000"),
        ("{1: 2}", "!1"),
        ("{$limit: 1}", ""),
        ("$limit{1: 2}", "?1"),
        ("$limit ? 'a' - 1 : 2", "?'a'"),
        ("$limit and 'a' - 1", "?'a'"),
        ("function(){'a' - 1}", "?'a'"),
        ("$limit[a < true]", "?true"),
        ("$limit.a.(b - 'x')", "?'x'"),
        ("$limit^(a & 'x', null)", "?null"),
        ("{'a': 1 - 'x'}", "!'x'"),
        ("{a: 1 - 'x'}", "?'x'"),
        ("$limit ~> |a|[]|", "?[]"),
        ("$limit ~> |a|{}, 5|", "?5"),
        ("$limit ~> |a|{}, ['b', 'c']|", ""),
        ("($x := 'a'; $x - 1)", "!$x"),
        ("($limit ? $x := 'a'; $x - 1)", ""),
        ("1 + ('a' / 2)", "!'a'"),
        // Calls.
        ("$uppercse('a')", "!$uppercse"),
        ("$map($limit, $uppercse)", "!$uppercse"),
        ("$limit ~> $trimm", "!$trimm"),
        ("$trim ~> $trimm", "!$trimm"),
        ("$trimm(?)", "!$trimm"),
        ("$limit(1)", "!$limit"),
        ("$states(1)", "!$states"),
        ("$sum([1])", ""),
        ("$sum('a')", ""),
        ("$eval('1')", "!$eval"),
        ("$map($limit, $eval)", "!$eval"),
        ("'a'(1)", "!'a'"),
        ("$limit ~> 5", "!5"),
        ("($x := 1; $x(2))", "!$x"),
        ("($f := function($v){$v(1)}; $f($trim))", ""),
        ("uppercase('a')", "!uppercase"),
        ("$limit.trim(a)", "?trim"),
        ("{'f': function($v){$v}}.f(1)", ""),
        ("{'f': 1}.f(1)", "?f"),
        ("States.Format('{}', 1)", "!States.Format"),
        ("$trim.x(1)", "?x"),
        ("$uuid() & $hash('a', 'MD5') & $random(7)", ""),
        ("$range(0, 10, 2) ~> $partition(2)", ""),
        // Arguments.
        ("$uppercase(5)", "!5"),
        ("$uppercase($limit)", ""),
        ("$uppercase()", "~$uppercase"),
        ("$split('a,b', 5)", "~$split"),
        ("$split('a')", "~$split"),
        ("{'a': $split('a')}", "?$split"),
        ("$limit.$split(',')", ""),
        ("$fromMillis($now())", "~$fromMillis"),
        ("'a' ~> $fromMillis()", "~$fromMillis"),
        ("$keys()", "~$keys"),
        ("$lookup($limit.a)", "~$lookup"),
        ("$split($limit, ',')", ""),
        ("$formatBase(16)", ""),
        ("$reduce([1, 2], function($x){$x})", "!function($x){$x}"),
        ("$reduce($limit, function($x){$x})", "~function($x){$x}"),
        ("$reduce($limit, function($x, $y){$x})", ""),
        ("$number('abc')", "!'abc'"),
        ("$number('-1.5e+3')", ""),
        ("$number('0x1F')", ""),
        ("$replace('a', '', 'b')", "!''"),
        ("$replace($limit, '', 'b')", "~''"),
        ("$toMillis('tomorrow')", "!'tomorrow'"),
        ("$toMillis('5.1.2024', '[D].[M].[Y]')", ""),
        ("$formatBase(5, 1)", "!1"),
        ("$hash($limit, 'md5')", "~'md5'"),
        ("$hash($limit, 'SHA-256')", ""),
        ("$range(1, 10, 0)", "!0"),
        ("$partition('abc', 2)", "!'abc'"),
        ("$partition($limit, 0)", "~0"),
        ("$formatInteger('a', 'w')", "!'a'"),
        ("$now('x', 'y', 'z')", "!'z'"),
        ("5 ~> $uppercase()", "!5"),
        ("$uppercase('a', 'b')", "!'b'"),
        ("$substring('a', 'b')", "!'b'"),
        ("$substring(1)", "~$substring"),
        ("$map($limit)", "!$map"),
        ("$map($limit, 5)", "!5"),
        ("$sort([2, 1], function($a, $b){$a > $b})", ""),
        ("$join([1, 2])", "!1"),
        ("$join('a', 5)", "!5"),
        ("$join($limit)", ""),
        ("$count('a')", ""),
        ("$merge([{}, 5])", "!5"),
        ("$max('a')", "!'a'"),
        ("$replace('a', /b/, 'c', 'd')", "!'d'"),
        ("$zip()", "!$zip"),
        ("$zip(1, 2, 3, 4)", ""),
        ("$uuid(1)", "!1"),
        ("$partition([1])", "!$partition"),
    ] {
        assert_eq!(failing(expression), expected, "{expression}");
    }
}

#[test]
fn values_that_are_known() {
    let known = |expression: &str| {
        let (ast, known) = inferred(expression);
        match known.constant(ast.root()) {
            None => "-".to_owned(),
            Some(Constant::Bool(value)) => value.to_string(),
            Some(Constant::Number(number)) => number.to_string(),
            Some(Constant::String(string)) => ast[string].span.of(expression).to_owned(),
        }
    };
    for (expression, expected) in [
        ("true", "true"),
        ("1 = 1", "true"),
        ("1 = '1'", "false"),
        ("'a' != \"a\"", "false"),
        ("2 * 3 - 1", "5"),
        ("1 / 0", "-"),
        ("7 % 4 >= 3", "true"),
        ("$not(1 = 2)", "true"),
        ("$boolean('')", "false"),
        ("$not($limit)", "-"),
        ("true and not(false)", "-"),
        ("true or $limit", "true"),
        ("$limit or true", "-"),
        ("false and $limit", "false"),
        ("('a')", "'a'"),
        ("1 ? 'a' : 'b'", "'a'"),
        ("false ? 1", "-"),
        ("($x := 1; $x + 1)", "2"),
        ("[1][0]", "-"),
        ("-(2)", "-2"),
        ("null", "-"),
        ("null = null", "-"),
    ] {
        assert_eq!(known(expression), expected, "{expression}");
    }
}

#[test]
fn results_that_are_the_item_where_there_is_one() {
    let lone = |expression: &str| {
        let (ast, known) = inferred(expression);
        known.lone(ast.root()).map_or("-".to_owned(), |id| ast[id].span.of(expression).to_owned())
    };
    for (expression, expected) in [
        ("$limit[a = 1]", "$limit[a = 1]"),
        ("$limit.b[a = 1]", "b[a = 1]"),
        ("$limit.b[a = 1]^(a)", "b[a = 1]"),
        ("$limit^(a)", "^(a)"),
        ("[1, 2]^($)", "-"),
        ("$limit^(a).b", "-"),
        ("$limit.a.b", "-"),
        ("$states.input.a.b", "-"),
        ("$states.input.{'b': b}", "-"),
        ("$states.input.a.{'b': b}", "{'b': b}"),
        ("$states.input.a.{'b': b}[]", "-"),
        ("[$states.input.a.{'b': b}]", "-"),
        ("$states.input.a.(b & 'x')", "(b & 'x')"),
        ("$states.input.a.(b)", "-"),
        ("$states.input.a.$string()", "$string()"),
        ("$limit[a = 1].b", "-"),
        ("$limit[a = 1][]", "-"),
        ("$limit[][a = 1]", "-"),
        ("[$limit[a = 1]]", "-"),
        ("$limit[0]", "-"),
        ("$limit[$unheard]", "-"),
        ("$limit[a]", "-"),
        ("$limit[$contains(a, 'b')]", "$limit[$contains(a, 'b')]"),
        ("$limit[a = 1][0]", "-"),
        ("'abc'[$ = 'abc']", "-"),
        ("($x := $limit[a = 1]; $x)", "$limit[a = 1]"),
        ("($x := $limit[a = 1]; $append($x, 1))", "-"),
        ("$unheard ? [] : $limit[a = 1]", "$limit[a = 1]"),
        ("$filter($limit, function($v){true})", "$filter($limit, function($v){true})"),
        ("$filter($limit, function($v){true})[]", "-"),
        ("$limit ~> $filter(function($v){true})", "$limit ~> $filter(function($v){true})"),
        ("$limit ~> $filter(function($v){true})[]", "-"),
        ("$limit[] ~> $filter(function($v){true})", "-"),
        ("$map($limit, $trim)", "$map($limit, $trim)"),
        ("$map([1, 2], $string)", "-"),
        ("$map([1..5], $string)", "-"),
        ("$map([1..$limit], $string)", "$map([1..$limit], $string)"),
        ("$map([1, $limit], $string)", "$map([1, $limit], $string)"),
        ("$keys($limit)", "$keys($limit)"),
        ("$distinct($limit[a = 1])", "$limit[a = 1]"),
        ("$sort($limit[a = 1])", "-"),
        ("$count($limit[a = 1])", "-"),
        ("$sum($limit[a = 1])", "-"),
    ] {
        assert_eq!(lone(expression), expected, "{expression}");
    }
}

#[test]
fn the_library_is_in_order() {
    let functions = library::functions();
    assert!(functions.is_sorted_by(|one, other| one.name < other.name));
    for function in functions {
        let n_letters =
            function.signature.bytes().take_while(|&byte| byte != b':').filter(u8::is_ascii_lowercase).count();
        assert!(function.params.len() <= n_letters && function.params.is_empty() == (n_letters == 0), "{function:?}");
        assert_eq!(library::find(function.name), Some(function));
    }
    assert_eq!(library::find("uppercse"), None);
    for (written, meant) in [
        ("uppercse", Some("uppercase")),
        ("toUpperCase", Some("uppercase")),
        ("parseint", Some("parseInteger")),
        ("shuot", Some("shout")),
        ("evl", None),
        ("zzz", None),
    ] {
        assert_eq!(library::suggestion(written, &["shout"]), meant, "{written}");
    }
}

#[test]
fn arguments_are_matched_as_letters() {
    let (s, n, o, f) = (Types::STRING, Types::NUMBER, Types::OBJECT, Types::FUNCTION);
    let any = Types::ANY;
    for (name, args, expected) in [
        ("substring", &[s, n][..], None),
        ("substring", &[n], None),
        ("substring", &[any, any, any, any], Some(Misfit::TooMany(3))),
        ("substring", &[s], Some(Misfit::TooFew)),
        ("substring", &[s | n], None),
        ("substring", &[s, s], Some(Misfit::Type(1, n))),
        ("substring", &[o], Some(Misfit::Type(0, s | n))),
        ("substring", &[Types::NOTHING, Types::NOTHING], None),
        ("map", &[any, Types::NOTHING], Some(Misfit::Type(1, f))),
        ("map", &[f, f], None),
        ("sum", &[s | Types::NULL], Some(Misfit::Items(0, n))),
        ("sum", &[s | Types::ARRAY], None),
        ("zip", &[], Some(Misfit::TooFew)),
        ("uuid", &[], None),
    ] {
        let function = library::find(name).expect("it is in the library");
        assert_eq!(function.misfit(args), expected, "${name} of {args:?}");
    }
}

#[test]
fn large_expressions_take_linear_time() {
    let long = (0..50_000).map(|i| format!("('a' - $v{i})")).collect::<Vec<_>>().join(" & ");
    assert_eq!(inferred(&long).1.faults.len(), MAX_ERRORS);
    let deep = format!("{}1{}", "($x := 'a'; $x & ".repeat(100), ")".repeat(100));
    let (ast, known) = inferred(&deep);
    assert_eq!(known.types(ast.root()), Types::STRING);
}

#[test]
fn sets_of_types_read_well() {
    assert_eq!(Types::NEVER.to_string(), "");
    assert_eq!((Types::STRING | Types::ARRAY).to_string(), "a string or an array");
    assert_eq!((Types::NOTHING | Types::NULL | Types::BOOL).to_string(), "nothing, `null` or a boolean");
}

#[test]
fn names_of_other_languages() {
    use library::Meant::{Function, Other};
    for (written, meant) in
        [("pow", Some("power")), ("parseInt", Some("number")), ("toUpperCase", Some("uppercase")), ("zzz", None)]
    {
        assert_eq!(library::meant(written), meant.map(Function), "{written}");
    }
    for written in ["concat", "len", "isArray", "if", "slice"] {
        assert!(matches!(library::meant(written), Some(Other(_))), "{written}");
    }
    // What is said to be meant is there.
    for written in ["toString", "lower", "push", "typeof", "unique", "mean", "fromJSON", "date"] {
        let Some(Function(name)) = library::meant(written) else { panic!("{written} has a meaning") };
        assert!(library::find(name).is_some(), "{written}");
    }
}
