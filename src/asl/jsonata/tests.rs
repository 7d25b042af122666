//! Tables over the whole parser.

use std::fmt::Write;

use super::*;
use proptest::prelude::*;

/// The tree as one line, each node with its parts.
fn sketch(ast: &Ast) -> String {
    let mut lines: Vec<String> = Vec::new();
    for id in ast.ids() {
        let of = |id: ExprId| lines[id.index()].as_str();
        let join = |list: &[ExprId]| list.iter().map(|&id| of(id)).collect::<Vec<_>>().join(" ");
        let mut line = match &ast[id].kind {
            Kind::Error => "!".to_owned(),
            Kind::String(text) => format!("{:?}", ast.text(*text)),
            Kind::Number(number) => number.to_string(),
            Kind::Bool(value) => value.to_string(),
            Kind::Null => "null".to_owned(),
            Kind::Regex { pattern, flags } => format!("/{}/{}", ast.text(*pattern), ast.text(*flags)),
            Kind::Name(name) => ast.text(*name).to_owned(),
            Kind::Variable(name) => format!("${}", ast.text(*name)),
            Kind::Wildcard => "*".to_owned(),
            Kind::Descendants => "**".to_owned(),
            Kind::Parent => "%".to_owned(),
            Kind::Placeholder => "?".to_owned(),
            Kind::Path(steps) => format!("<{}>", join(steps)),
            Kind::Filter { input, predicate } => format!("{}[{}]", of(*input), of(*predicate)),
            Kind::Focus { input, variable } => format!("{}@${}", of(*input), ast.text(variable.name)),
            Kind::Index { input, variable } => format!("{}#${}", of(*input), ast.text(variable.name)),
            Kind::Sort(terms) => format!("^({})", join(terms)),
            Kind::SortTerm { order: Order::Ascending, key } => of(*key).to_owned(),
            Kind::SortTerm { order: Order::Descending, key } => format!(">{}", of(*key)),
            Kind::Group { input, pairs } => format!("{}{{{}}}", of(*input), join(pairs)),
            Kind::Array(items) => format!("(array {})", join(items)),
            Kind::Object(list) => format!("(object {})", join(list)),
            Kind::Block(list) => format!("(block {})", join(list)),
            Kind::Negate(operand) => format!("(- {})", of(*operand)),
            Kind::Binary { op, left, right, .. } => format!("({op:?} {} {})", of(*left), of(*right)),
            Kind::Conditional { condition, then, otherwise } => {
                let otherwise = otherwise.map(|id| format!(" {}", of(id))).unwrap_or_default();
                format!("(if {} {}{otherwise})", of(*condition), of(*then))
            }
            Kind::Bind { variable, value } => format!("(${} := {})", ast.text(variable.name), of(*value)),
            Kind::Call { callee, args } => format!("(call {} {})", of(*callee), join(args)),
            Kind::Partial { callee, args } => format!("(partial {} {})", of(*callee), join(args)),
            Kind::Lambda { params, body, .. } => {
                let params: String = params.iter().fold(String::new(), |mut list, param| {
                    write!(list, "${} ", ast.text(param.name)).unwrap();
                    list
                });
                format!("(lambda {params}{})", of(*body))
            }
            Kind::Transform { pattern, update, delete } => {
                let delete = delete.map(|id| format!(" {}", of(id))).unwrap_or_default();
                format!("(transform {} {}{delete})", of(*pattern), of(*update))
            }
        };
        if ast[id].keeps_array {
            line.push_str("[]");
        }
        lines.push(line);
    }
    lines.pop().unwrap()
}

#[test]
fn trees() {
    for (expression, expected) in [
        // literals and names
        ("42", "42"),
        ("-1.5e3", "-1500"),
        ("- - 2", "2"),
        ("-a", "(- a)"),
        ("-1[0]", "-1[0]"),
        (r#""a\"\n\u00e9\ud83d\ude00\ud800x""#, "\"a\\\"\\né😀\u{fffd}x\""),
        ("'it\"s'", r#""it\"s""#),
        ("true & null", "(Concat true null)"),
        ("`a b`.é", "<a b é>"),
        ("$ & $$ & $x", "(Concat (Concat $ $$) $x)"),
        ("and and or or in in in", "(Or (And and or) (In in in))"),
        ("$f(/a[/]b/im)", "(call $f /a[/]b/im)"),
        ("/*c*/ a /* b */", "a"),
        // binding powers
        ("1+2*3-4", "(Subtract (Add 1 (Multiply 2 3)) 4)"),
        ("a = b and c != d or e", "(Or (And (Equal a b) (NotEqual c d)) e)"),
        ("a < b & c", "(Less a (Concat b c))"),
        ("a ? b : c ? d : e", "(if a b (if c d e))"),
        ("a ? b", "(if a b)"),
        ("a ?: b ? c : d", "(Elvis a (if b c d))"),
        ("a ?? b ?? c", "(Coalesce a (Coalesce b c))"),
        ("a = b ?? c", "(Coalesce (Equal a b) c)"),
        ("$x := $y := 1 + 2", "($x := ($y := (Add 1 2)))"),
        ("a ~> $f ~> $g(1)", "(Chain (Chain a $f) (call $g 1))"),
        ("-a.b", "(- <a b>)"),
        ("-a + b", "(Add (- a) b)"),
        // paths
        ("a.b.c", "<a b c>"),
        ("a.'b'", "<a b>"),
        ("'a'.b", "<a b>"),
        ("a.*.**", "<a * **>"),
        ("a[0].b[c=1][2]", "<a[0] b[(Equal c 1)][2]>"),
        ("(a.b)[0]", "(block <a b>)[0]"),
        ("a[].b", "<a[] b>[]"),
        ("a.b[][0]", "<a b[][0][]>[]"),
        ("$x[]", "$x[]"),
        ("a@$v.b#$i[0]", "<a@$v b#$i[0]>"),
        ("a^(b, >c.d)[0].e", "<a ^(b ><c d>)[0] e>"),
        ("$x^(<a)", "<$x ^(a)>"),
        ("a{b: c}", "a{b c}"),
        ("a.b{c: d}.e[0]", "<a b e[0]>{c d}"),
        ("a{b: c}[0]", "a[0]{b c}"),
        ("(a){b: c}.d", "<(block a){b c} d>"),
        ("a.{'b': c}", "<a (object \"b\" c)>"),
        ("a.(b; c)", "<a (block b c)>"),
        ("a.b.%.c", "<a b % c>"),
        // constructors and functions
        ("[1, 2..3, []]", "(array 1 (Range 2 3) (array ))"),
        ("{}", "(object )"),
        ("()", "(block )"),
        ("(1;)", "(block 1)"),
        ("$sum(a.b, 1)", "(call $sum <a b> 1)"),
        ("a.$f()", "<a (call $f )>"),
        ("$f(?, 1)(2)", "(call (partial $f ? 1) 2)"),
        ("function($a, $b)<nn:n>{$a + $b}(1, 2)", "(call (lambda $a $b (Add $a $b)) 1 2)"),
        ("λ(){0}", "(lambda 0)"),
        ("a ~> |b|{'c': 1}, ['d']|", "(Chain a (transform b (object \"c\" 1) (array \"d\")))"),
    ] {
        let parsed = parse(expression);
        assert_eq!(sketch(&parsed.ast), expected, "{expression}");
        assert!(parsed.errors.is_empty(), "{expression}: {:?}", parsed.errors);
    }
}

/// Errors drawn under the expression: code, then carets; `|` is an empty span.
#[test]
fn errors_stand_on_their_token() {
    for (expression, carets, code) in [
        ("", "|", "S0207"),
        ("  ", "|", "S0207"),
        ("1 + ", "   |", "S0207"),
        ("a ? b :", "       |", "S0207"),
        ("a & 'b", "    ^", "S0101"),
        ("1e999 + 1", "^^^^^", "S0102"),
        (r"'a\qb'", "  ^^", "S0103"),
        (r"'a\u12G4'", "  ^^^^", "S0104"),
        ("a.`b c", "  ^", "S0105"),
        ("a /* b", "  ^^", "S0106"),
        ("a b", "  ^", "S0201"),
        ("a.b )", "    ^", "S0201"),
        ("(a, b)", "  ^", "S0202"),
        ("$f(1 2)", "     ^", "S0202"),
        ("{'a' 1}", "     ^", "S0202"),
        ("$f(1, (2)  ", "         |", "S0203"),
        ("[1, 2", "     |", "S0203"),
        ("a ! b", "  ^", "S0204"),
        ("a ~ b", "  ^", "S0204"),
        ("function($a, b.c){1}", "             ^^^", "S0208"),
        ("(a){b: c}[0]", "         ^", "S0209"),
        ("a{b: c}{d: e}", "       ^", "S0210"),
        ("1 + ) 2", "    ^", "S0211"),
        ("a ? : b", "    ^", "S0211"),
        ("(/a/)", " ^", "S0211"),
        ("a.b := 1", "^^^", "S0212"),
        ("a.1", "  ^", "S0213"),
        ("true.a", "^^^^", "S0213"),
        ("a@b", "  ^", "S0214"),
        ("a#1", "  ^", "S0214"),
        ("a[0]@$v", "    ^", "S0215"),
        ("a^(b)@$v", "     ^", "S0216"),
        ("%", "^", "S0217"),
        ("a.%.%", "    ^", "S0217"),
        ("$f().%.a", "     ^", "S0217"),
        ("$f(//)", "   ^^", "S0301"),
        ("$f(/a(/)", "   ^", "S0302"),
        ("$f(/a**/)", "      ^", "S0303"),
        ("$f(/[b-a]/)", "     ^^^", "S0303"),
        ("$f(/a/ii)", "       ^", "S0303"),
        ("function($a)<s<n>>{1}", "              ^", "S0401"),
        ("function($a)<(sa<n>)>{1}", "                ^", "S0402"),
        ("é.1 + '", "      ^", "S0101"),
    ] {
        let parsed = parse(expression);
        let found: Vec<_> = parsed.errors.iter().filter(|error| error.code == code).collect();
        let [error] = found[..] else { panic!("{expression}: {:?}", parsed.errors) };
        let column = |at: u32| expression[..at as usize].chars().count();
        let (start, end) = (column(error.span.start), column(error.span.end));
        let drawn = " ".repeat(start) + &if start == end { "|".to_owned() } else { "^".repeat(end - start) };
        assert_eq!(drawn, carets, "{expression}: {}", error.message);
    }
}

#[test]
fn what_is_missing_at_the_end_names_its_opener() {
    let parsed = parse("$f(1, [2");
    assert_eq!(parsed.errors.len(), 1);
    let error = &parsed.errors[0];
    assert_eq!(error.message, "expected `]`, found the end of the expression");
    assert_eq!(error.related, Some((Span::new(6, 7), "needed by this")));
    assert_eq!(sketch(&parsed.ast), "(call $f 1 (array 2))");
}

#[test]
fn errors_of_paths_are_all_reported_and_do_not_hide_syntax() {
    let codes = |expression| parse(expression).errors.iter().map(|error| error.code).collect::<Vec<_>>();
    assert_eq!(codes("[a.1, a.2, %]"), ["S0213", "S0213", "S0217"]);
    assert_eq!(codes("[a.1, a.2, %"), ["S0213", "S0213", "S0203"]);
}

#[test]
fn regular_expressions() {
    for (pattern, fault) in [
        ("a*?b+c??d{2}e{2,}f{2,3}?", None),
        ("a{,3}b{x}c}d]", None),
        ("(?=a)*(?:b)+(?<n>c)\\k<n>(?<!d)", None),
        ("\\k\\1\\x4\\u{41}\\cJ\\/[\\]\\d-z]", None),
        ("[a-]|[-a]|[^]]|[]|[\\w-a]", None),
        ("(?i:a)", None),
        ("*a", Some(0..1)),
        ("a|*", Some(2..3)),
        ("^*", Some(1..2)),
        ("a**", Some(2..3)),
        ("(?<=a)*", Some(6..7)),
        ("x{3,2}", Some(1..6)),
        ("{1}", Some(0..3)),
        ("a(b", Some(1..2)),
        ("a)b", Some(1..2)),
        ("[a", Some(0..1)),
        ("[z-a]", Some(1..4)),
        ("[😀-😁]", Some(1..10)),
        ("(?a)", Some(0..2)),
        ("(?<1>a)", Some(0..3)),
        ("(?<n>a)(?<n>b)", Some(10..11)),
        ("(?<n>a)\\k<m>", Some(10..11)),
        ("(?<n>a)\\k", Some(7..9)),
        ("a\\", Some(1..2)),
    ] {
        let found = regex::check(pattern, "").err().map(|fault| fault.start..fault.end);
        assert_eq!(found, fault, "{pattern}");
    }
}

#[test]
fn signatures() {
    let params = |text: &str| signature::parse(text).unwrap();
    let found = params("<s-n?a<s>+(nb)f<n:n>:s>");
    let flat: Vec<_> = found.iter().map(|p| (&*p.types, p.inner.as_deref(), p.context, p.count)).collect();
    assert_eq!(
        flat,
        [
            ("s", None, true, Count::One),
            ("n", None, false, Count::Optional),
            ("a", Some("s"), false, Count::Many),
            ("nb", None, false, Count::One),
            ("f", Some("n:n"), false, Count::One),
        ]
    );
    assert_eq!(signature::parse("<s???>").unwrap_err().code, "S0303");
    assert_eq!(signature::parse("<(a)<s>>").unwrap_err().code, "S0401");
    let parsed = parse("function($a)<s:n>{1}");
    let Kind::Lambda { signature: Some(signature), .. } = &parsed.ast[parsed.ast.root()].kind else { panic!() };
    assert_eq!(signature.span.of(parsed.ast.source()), "<s:n>");
}

#[test]
fn nesting_is_bounded_and_chains_are_not() {
    const N: usize = 100_000;
    let deep = [
        "(".repeat(N),
        "[".repeat(N),
        "{'a':".repeat(N),
        "-".repeat(N),
        "a[".repeat(N),
        "$f(".repeat(N),
        "a?".repeat(N),
        "a??".repeat(N),
        "a?:".repeat(N),
        "$a:=".repeat(N),
        "|".repeat(N),
        "function(){".repeat(N),
        "a.(".repeat(N),
        "a^(".repeat(N),
        format!("{}1{}", "a?b:".repeat(N), ""),
    ];
    for expression in deep {
        let parsed = parse(&expression);
        assert_eq!(parsed.errors[0].code, "S0501", "{}", &expression[..8]);
    }
    let wide = [
        format!("a{}", "+a".repeat(N)),
        format!("a{}", ".a".repeat(N)),
        format!("a{}", "[0]".repeat(N)),
        format!("a{}", "[0][]".repeat(N)),
        format!("a{}", "#$i".repeat(N)),
        format!("a{}", "@$i".repeat(N)),
        format!("a{}", "^(b)".repeat(N)),
        format!("a{}", "~>$f".repeat(N)),
        format!("$f{}", "()".repeat(N)),
        format!("[a{}]", ",a".repeat(N)),
        format!("(a{})", ";a".repeat(N)),
        format!("a{}{}", ".a".repeat(N), ".%".repeat(N / 2)),
        format!("[%{}].a", ",%".repeat(N)),
        format!("a[{}%]", "%+".repeat(N)),
    ];
    for expression in wide {
        let parsed = parse(&expression);
        let codes: Vec<_> = parsed.errors.iter().map(|error| error.code).collect();
        assert!(codes.iter().all(|&code| code == "S0217"), "{}: {:?}", &expression[..8], parsed.errors[0]);
        assert!(parsed.ast.ids().count() > N / 2);
    }
    let hostile =
        ["a{b:c}".repeat(N), "/".repeat(N), "`".repeat(N), "\\(".repeat(N), "'\\u".repeat(N), "$f(/\\".repeat(N)];
    for expression in hostile {
        assert!(!parse(&expression).errors.is_empty());
    }
    assert_eq!(parse(&format!("a{}", ".true".repeat(N))).errors.len(), MAX_ERRORS);
    assert!(parse(&("/**/".repeat(N) + "a")).errors.is_empty());
    assert!(parse(&("(".repeat(250) + "1" + &")".repeat(250))).errors.is_empty());
}

fn check_invariants(expression: &str) {
    let Parsed { ast, errors } = parse(expression);
    let fits = |span: Span| expression.get(span.range()).is_some();
    for error in &errors {
        assert!(fits(error.span), "{expression:?}: {error:?}");
        assert!(error.related.is_none_or(|(span, _)| fits(span)), "{expression:?}: {error:?}");
    }
    let mut n_children = 0;
    for id in ast.ids() {
        assert!(fits(ast[id].span), "{expression:?}: {:?}", ast[id]);
        let mut last = Span::default();
        for child in ast.children(id) {
            assert!(child < id);
            let span = ast[child].span;
            let grouped = matches!(ast[id].kind, Kind::Group { .. });
            assert!(ast[id].span.contains(span), "{expression:?}: {:?} around {:?}", ast[id], ast[child]);
            assert!(grouped || last.end <= span.start, "{expression:?}: {:?}", ast[id]);
            last = span;
            n_children += 1;
        }
    }
    assert_eq!(n_children + 1, ast.ids().count());
    let has_holes = ast.ids().any(|id| ast[id].kind == Kind::Error);
    assert!(!(has_holes && errors.is_empty()), "{expression:?}");
}

const PIECES: &[&str] = &[
    "a",
    "b",
    "é",
    "😀",
    "$x",
    "$",
    "$$",
    "1",
    "-",
    "2.5",
    "'s'",
    "\"\\u00e9\"",
    "'",
    "`q`",
    "`",
    ".",
    "[",
    "]",
    "[]",
    "{",
    "}",
    "{a:b}",
    "(",
    ")",
    ",",
    ";",
    ":",
    ":=",
    "?",
    "?:",
    "??",
    "~>",
    "+",
    "*",
    "**",
    "/",
    "/r/",
    "%",
    "^(",
    "@$v",
    "#$i",
    "|",
    "..",
    "in",
    "and",
    "function($a){",
    "<s>",
    "<",
    ">",
    "=",
    "!",
    "~",
    "/*",
    "*/",
    " ",
    "\n",
    "\\",
    "[0]",
    "(%.a)",
];

proptest! {
    #[test]
    fn any_text_gives_a_sound_tree(text in "\\PC{0,60}") {
        check_invariants(&text);
    }

    #[test]
    fn any_pieces_give_a_sound_tree(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..24)) {
        check_invariants(&pieces.concat());
    }

    #[test]
    fn any_string_is_classified(text in "[ \\{\\}%aé\u{a0}]{0,12}") {
        let fits = |span: Span| prop_assert_with(text.get(span.range()).is_some(), &text);
        match expression_in(&text) {
            Delimited::Literal => {}
            Delimited::Expression { inner } => fits(inner)?,
            Delimited::Padded { inner, before, behind } => {
                fits(inner)?;
                fits(before)?;
                fits(behind)?;
            }
            Delimited::Unclosed { open: span } | Delimited::Unopened { close: span } | Delimited::Embedded { outer: span } => fits(span)?,
        }
    }
}

fn prop_assert_with(holds: bool, text: &str) -> Result<(), TestCaseError> {
    prop_assert!(holds, "{text:?}");
    Ok(())
}

#[test]
fn operators_of_other_languages_are_told_in_this_one() {
    for (expression, hint) in [
        ("$a == 1", "`=` alone"),
        ("$a === 1", "`=` alone"),
        ("$a !== 1", "`!=` tests"),
        ("$a <> 1", "`!=` tests"),
        ("$a && $b", "`and`"),
        ("$a || $b", "`or`"),
        ("[($a || $b)]", "`or`"),
        ("!$a", "`$not(…)`"),
        ("$map($a, $x => 1)", "`function($x) { … }`"),
    ] {
        let [error] = &parse(expression).errors[..] else { panic!("one error in {expression}") };
        assert!(error.message.contains(hint), "{expression}: {}", error.message);
    }
    for expression in ["$a = ", "$a := := 1", "$a >= = 1", "1 ~ 2", "| |", "$a & * &"] {
        let errors = parse(expression).errors;
        assert!(errors.iter().all(|error| !error.message.contains(": ")), "{expression}: {errors:?}");
    }
}

#[test]
fn a_step_that_is_missing_is_one_error() {
    for expression in ["420.", "(1; 'a'.b.)", "$a.", "true."] {
        let n_found = parse(expression).errors.len();
        assert_eq!(n_found, 1, "{expression}: {:?}", parse(expression).errors);
    }
}
