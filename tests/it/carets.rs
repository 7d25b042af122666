//! Errors of expressions stand on their characters in the file, however the expression is written there.
//!
//! A correct expression is damaged at a token, between `«` and `»`, or cut off (`«»`): where the finding belongs is known
//! before anybody looks for it. It is then written in each of the ways of `hosts`, which say where each character went.

use std::collections::BTreeMap;

use aslint::engine::{Options, check};
use aslint::source::Source;
use aslint::syntax::Format;
use aslint::text::Span;

use super::hosts::{Host, write};

/// Files with a place for a string, at the top and inside a Map inside a Parallel, and how far lines of it are indented.
struct Files {
    json: [&'static str; 2],
    yaml: [(&'static str, usize); 2],
}

const OF_JSONATA: Files = Files {
    json: [
        r#"{"QueryLanguage": "JSONata", "StartAt": "é", "States": {"é": {"Type": "Pass", "Output": HOLE, "End": true}}}"#,
        r#"{"QueryLanguage": "JSONata", "StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
            {"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "😀", "States": {
                "😀": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
                    "Arguments": {"a": [1, {"b": HOLE}]}}}}}}}]}}}"#,
    ],
    yaml: [
        ("# é 😀\nQueryLanguage: JSONata\nStartAt: é\nStates:\n  é:\n    Type: Pass\n    Output: HOLE\n    End: true\n", 6),
        (
            "QueryLanguage: JSONata\nStartAt: P\nStates:\n  P:\n    Type: Parallel\n    End: true\n    Branches:\n    - StartAt: M
      States:\n        M:\n          Type: Map\n          End: true\n          ItemProcessor:\n            StartAt: 😀
            States:\n              😀:\n                Type: Task\n                End: true
                Resource: arn:aws:states:::lambda:invoke\n                Arguments:\n                - - a
                  - {b: c}\n                  - HOLE\n",
            23,
        ),
    ],
};

const OF_JSONPATH: Files = Files {
    json: [
        r#"{"StartAt": "é", "States": {"é": {"Type": "Pass", "Parameters": {"x.$": HOLE}, "End": true}}}"#,
        r#"{"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
            {"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "😀", "States": {
                "😀": {"Type": "Pass", "End": true, "Parameters": {"a": [1, {"b.$": HOLE}]}}}}}}}]}}}"#,
    ],
    yaml: [
        ("# é 😀\nStartAt: é\nStates:\n  é:\n    Type: Pass\n    Parameters:\n      x.$: HOLE\n    End: true\n", 7),
        (
            "StartAt: P\nStates:\n  P:\n    Type: Parallel\n    End: true\n    Branches:\n    - StartAt: M
      States:\n        M:\n          Type: Map\n          End: true\n          ItemProcessor:\n            StartAt: 😀
            States:\n              😀:\n                Type: Pass\n                End: true
                Parameters:\n                  a:\n                  - b\n                  - x.$: HOLE\n",
            25,
        ),
    ],
};

/// Tries every damaged string in every way of writing; gives how many there were in each.
fn try_all(rule: &str, files: &Files, damaged: &[String]) -> BTreeMap<String, usize> {
    let mut n_tried: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    // A sample for each way of writing, the same at every run.
    let step = damaged.len() / 300;
    for (i, marked) in damaged.iter().enumerate() {
        let (before, rest) = marked.split_once('«').expect("a place is marked");
        let (token, after) = rest.split_once('»').expect("a mark ends");
        let start = before.chars().count();
        let fault = start..start + token.chars().count();
        let string = format!("{before}{token}{after}");
        for (h, host) in Host::ALL.into_iter().enumerate() {
            if step > 1 && (i / 2 + h) % step != 0 {
                continue;
            }
            let (file, indent) = match host.format() {
                Format::Json => (files.json[i % 2], 0),
                Format::Yaml => files.yaml[i % 2],
            };
            if rule == "malformed-jsonata" && host.adds_a_break() {
                continue; // no expression ends with a line break
            }
            let Some(written) = write(host, &string, fault.clone(), file, indent) else { continue };
            *n_tried.entry(format!("{host:?}")).or_default() += 1;
            let expected = match fault.end.checked_sub(1).filter(|_| !fault.is_empty()) {
                Some(last) => written.places[fault.start].start..written.places[last].end,
                // What is missing is shown at the closing quote or, without one, at the last character.
                None if host.is_quoted() => written.close.clone(),
                None => written.places.last().expect("a string has characters").clone(),
            };
            let expected = Span::new(offset(expected.start), offset(expected.end));
            let report = check(&Source::machine("a", written.text.as_str(), host.format()), &Options::default());
            let found: Vec<_> = report.diagnostics.iter().filter(|found| found.rule == rule).collect();
            if !matches!(found[..], [only] if only.primary.span == expected) {
                let found: Vec<_> = found
                    .iter()
                    .map(|found| {
                        let span = found.primary.span;
                        format!("{span:?} {:?} {}", written.text.get(span.range()), found.message)
                    })
                    .collect();
                wrong.push(format!("{marked:?} as {host:?}: expected {expected:?}, found {found:#?}"));
            }
        }
    }
    eprintln!("{rule}: {n_tried:?}");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
    n_tried
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).expect("a test is short")
}

/// Asserts that what is damaged later was correct before, and that each way of writing had at least 200 strings.
fn held(rule: &str, files: &Files, correct: &[String], n_tried: &BTreeMap<String, usize>, hosts: usize) {
    for string in correct {
        let written = write(Host::Json, string, 0..0, files.json[0], 0).expect("JSON holds every string");
        let report = check(&Source::machine("a", written.text, Format::Json), &Options::default());
        let found: Vec<_> = report.diagnostics.iter().filter(|found| found.rule == rule).collect();
        assert!(found.is_empty(), "{string}: {found:?}");
    }
    assert_eq!(n_tried.len(), hosts, "{n_tried:?}");
    assert!(n_tried.values().all(|&n| n >= 200), "{n_tried:?}");
}

/// Correct expressions, their tokens divided by `·`.
const JSONATA: &[&str] = &[
    "$states.input·.·orders·[·price· ·>· ·10· ·and· ·qty· ·!=· ·0·]·.·{·'sku é'·:· ·sku·}",
    "(·$f· ·:=· ·function·(·$x·,· ·$y·)·{·$x· ·+· ·$y·}·;· ·$f·(·1·,· ·[·2·,· ·3·]·)·)",
    "$x· ·~>· ·|·a·.·b·|·{·\"seen\"·:· ·true·}·|",
    "a·^·(·>·price·,· ·name·)·[·0·]·.·\"é\"· ·&· ·'😀'",
    "$c· ·?· ·'x'· ·:· ·(·$y· ·&· ·12·)",
];

/// What stands before them, with something to escape or to fold.
const JSONATA_BEFORE: &[&str] = &[
    " ",
    "",
    " \"é \\\"q\\\" \\\\ 😀\" & ",
    "'a\\nb\\u00e9' &\n",
    " `é 😀 it's` &\n/* ü\nß */ ",
    "\n'😀😀 \"x\" /y/' & \\ & ",
];

fn jsonata() -> (Vec<String>, Vec<String>) {
    let (mut correct, mut damaged) = (Vec::new(), Vec::new());
    for (i, base) in JSONATA.iter().enumerate() {
        let tokens: Vec<&str> = base.split('·').collect();
        for (j, before) in JSONATA_BEFORE.iter().enumerate() {
            let end = if (i + j) % 3 == 0 { "%}" } else { " %}" };
            correct.push(format!("{{%{before}{}{end}", tokens.concat()));
            for (at, token) in tokens.iter().enumerate() {
                let head = format!("{{%{before}{}", tokens[..at].concat());
                let (rest, tail) = (tokens[at..].concat(), tokens[at + 1..].concat());
                let mut texts = Vec::new();
                let mut with = |text: String| texts.push(format!("{head}{text}{end}"));
                // An operator that is none, something that has no end, and the end.
                match (at + j) % 4 {
                    0 => with(format!(" «!» {rest}")),
                    1 => with(" «\"»abc".to_owned()),
                    2 => with(" «`»abc é".to_owned()),
                    _ => with(" «/*» abc".to_owned()),
                }
                match *token {
                    ")" | "}" => with(format!("«]»{tail}")),
                    "]" => with(format!("«)»{tail}")),
                    "and" | "function" => {}
                    word if word.starts_with(['\'', '"']) => {
                        with(format!("\"ab «\\q» é\"{tail}"));
                        with(format!("{word} «55»{tail}"));
                    }
                    word if word.starts_with(|c: char| c.is_ascii_digit()) => with(format!("«1e999»{tail}")),
                    word if word.starts_with(|c: char| c.is_alphabetic() || c == '$') => {
                        with(format!("{word} «'é'»{tail}"));
                    }
                    _ => {}
                }
                let depth = |signs: &[&str]| tokens[..at].iter().filter(|token| signs.contains(token)).count();
                if depth(&["(", "[", "{"]) > depth(&[")", "]", "}"]) {
                    damaged.push(format!("{head}{}«%}}»", end.trim_end_matches("%}")));
                }
                damaged.extend(texts);
            }
        }
    }
    (correct, damaged)
}

/// Strings with correct expressions of all three languages.
pub(crate) fn correct() -> Vec<String> {
    [jsonata().0, paths().0, calls().0].concat()
}

#[test]
fn errors_of_jsonata_stand_on_their_characters() {
    let (correct, damaged) = jsonata();
    let n_tried = try_all("malformed-jsonata", &OF_JSONATA, &damaged);
    held("malformed-jsonata", &OF_JSONATA, &correct, &n_tried, 7);
}

/// Correct paths, where they may be cut divided by `·`.
const PATHS: &[&str] = &[
    "$·.a·.é·['b \"c\"']·[0]·.d·[?(@.x == 'y z' && @.z > 1)]·.e·[1:2]·['😀', 'f']",
    "$$·.Execution·['it\\'s']·[*]·..é",
    "$variable·['a: b', \"c #d\"]·[-1]·.*·[(@.length-1)]",
    "$·..b·[?(@.é in ['x', '😀'] || !(@.n =~ /a b/i))]·.length()",
    "$·.a[?(@.b == 1\n&& @.c == 'é')]·.d·['e\nf']·[:2]",
];

/// What goes wrong behind them; `…` is the rest of the path.
const OF_PATHS: &[&str] = &[
    "[«é x»]…",
    "«[]»…",
    "[«0x»]…",
    "[0, «1 2»]…",
    "[0,«]»…",
    "['a' «x»]…",
    "['a', «x»]…",
    "«[»",
    "«[»0",
    "[«'»x",
    "«[»'é 😀'",
    "«[»'é', ",
    "[«\"»x",
    "«.»",
    "«..»",
    ".a«]»…",
    ".a«)»…",
    ".a« »b…",
    "['é'«)»]…",
    "[«?»@.a]…",
    "[?(@.a «§» 1)]…",
    "[?(@.a «=!» 1)]…",
    "[?(@.a «like» 1)]…",
    "[?«(»@.a == 1",
    "[?(«'é x'»)]…",
    "[?(@.a == «'»x)]",
    "[?(@.a =~ «/»x)]",
    "[?(@.a == «)»]…",
    "[?(@.a == 1 && «)»]…",
    "[?(@.a ==«»",
    "[?(@.a == 1 ||«»",
    "[«(@.x)»]…",
    "«...»a…",
    "[?(@[«'»x",
    "[*«x»]…",
    ".f«(»1",
];

fn paths() -> (Vec<String>, Vec<String>) {
    let (mut correct, mut damaged) = (Vec::new(), Vec::new());
    for base in PATHS {
        let parts: Vec<&str> = base.split('·').collect();
        correct.push(parts.concat());
        for at in 1..=parts.len() {
            for wrong in OF_PATHS {
                let (head, rest) = (parts[..at].concat(), parts[at..].concat());
                damaged.push(format!("{head}{}", wrong.replace('…', &rest)));
            }
        }
    }
    (correct, damaged)
}

#[test]
fn errors_of_paths_stand_on_their_characters() {
    let (correct, damaged) = paths();
    let n_tried = try_all("malformed-path", &OF_JSONPATH, &damaged);
    held("malformed-path", &OF_JSONPATH, &correct, &n_tried, 10);
}

/// Calls whose last argument is missing, and how many brackets are open there.
const CALLS: &[(&str, &str)] = &[
    ("States.Array(", ")"),
    ("States.Array('é {} \\' 😀', $.a['b, c'], ", ", 1)"),
    ("States.Format('\\{ {} 😀 {}',\n$.é, ", ")"),
    ("States.Array(1, States.JsonToString($$.Execution['x y']), States.Array(true, ", "), 'z')"),
    ("  States.ArrayUnique( States.Array( $a[0] , States.Array( null , ", " ) ) )"),
    ("States.StringSplit('a,b', States.Format('{}', ", "))"),
    ("States.JsonMerge($.a['😀'],\n$$.Map.Item.Value, States.Array(false, ", "))"),
    ("States.Array(States.Format('a \"q\" \\\\ {}', 'é'), ", ", States.UUID())"),
];

/// What goes wrong there; `…` is the rest of the call.
const OF_CALLS: &[&str] = &[
    "«\"é x\"»…",
    "«undefined»…",
    "1«x»…",
    "«-»…",
    "«§»…",
    "'x«\\q»y'…",
    "'é «\\n»'…",
    "«'»abc",
    "'é' «'x'»…",
    "12 «§»…",
    "true «x y»…",
    "«States.Nope»(1)…",
    "«States.array»('é')…",
    "States.Array«(»1, 'é'",
    "States.Array«(»'😀'",
    "States.Array(«,» 1)…",
    "States.Array(1, «)»…",
    "States.Array('é',«»",
    "«States.UUID»…",
    "$.a«]»…",
    "$.é« »b…",
    "$.a[«é»]…",
    "$.a[«'»x",
    "$.a[?(@.b == «)»]…",
    "$.a[0,«]»…",
    "«Nope»()…",
    "«States.Uuid»()…",
    "'é'… «x y»",
    "States.Hash('x', '«é»')…",
    "States.MathAdd(1, «'é'»)…",
    "«States.MathAdd»(1)…",
    "States.Format('é «{»', 1)…",
];

fn calls() -> (Vec<String>, Vec<String>) {
    let (mut correct, mut damaged) = (Vec::new(), Vec::new());
    for (head, rest) in CALLS {
        for argument in
            ["1", "$.a", "'é 😀'", "States.Array()", "States.Format('\\\\ {}', 1)", "$x['it: s'][0]", "null"]
        {
            correct.push(format!("{head}{argument}{rest}"));
        }
        for wrong in OF_CALLS {
            damaged.push(format!("{head}{}", wrong.replace('…', rest)));
        }
    }
    (correct, damaged)
}

#[test]
fn errors_of_calls_stand_on_their_characters() {
    let (correct, damaged) = calls();
    let n_tried = try_all("malformed-intrinsic", &OF_JSONPATH, &damaged);
    held("malformed-intrinsic", &OF_JSONPATH, &correct, &n_tried, 10);
}
