//! Chooses the stack on which the work on a single file is done.
//!
//! The size of the main thread's stack is the system's choice, so what may nest deep gets a thread with a stack of our own.
//! For a small machine that is a good part of the time from start to end, above all because memory of a thread grows page by
//! page, each with a call to the system. So what is seen to be shallow stays on the main thread.

use super::inputs::pool;
use crate::source::Source;
use crate::syntax::{self, Kind, Node, Tree};

/// The longest text that is looked at for how deep it nests.
const MAX_LENGTH: usize = 1 << 17;

/// How deep the values and expressions of what is shallow nest at most. A megabyte, the least that a system gives a main
/// thread, holds several times as much, see the test.
const SHALLOW: usize = 200;

/// Whether the main thread's stack is enough for what there is to do about a source.
pub(super) fn is_enough_for(source: &Source) -> bool {
    source.text.len() <= MAX_LENGTH && depth(&syntax::parse(&source.text, source.format)) <= SHALLOW
}

/// Does it on a larger one.
pub(super) fn larger<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match pool(1, 1) {
        Some(pool) => pool.install(work),
        None => work(),
    }
}

/// How deep values nest, and the expressions in them at most.
fn depth(tree: &Tree) -> usize {
    let mut open = Vec::new();
    let (mut deepest, mut longest) = (0, 0);
    for index in 0..tree.n_nodes() {
        let node = tree.node_at(index);
        while open.last().is_some_and(|&end| end <= index) {
            open.pop();
        }
        if matches!(node.kind(), Kind::Array | Kind::Object) {
            open.push(node.next_index());
            deepest = deepest.max(open.len());
        } else {
            longest = longest.max(depth_inside(node));
        }
    }
    deepest + longest
}

/// How deep the expression in a scalar nests at most: each level takes a sign, in JSONata maybe a word.
fn depth_inside(scalar: Node<'_>) -> usize {
    let text = scalar.content();
    let n_signs = text.bytes().filter(u8::is_ascii_punctuation).count();
    if !text.contains("{%") {
        return n_signs;
    }
    let starts_word = |pair: &[u8]| !pair[0].is_ascii_alphabetic() && pair[1].is_ascii_alphabetic();
    n_signs + text.as_bytes().windows(2).filter(|pair| starts_word(pair)).count()
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::engine::{self, Options};
    use crate::syntax::Format;

    /// A machine with something in it that nests `n` deep.
    fn machines(n: usize) -> [String; 10] {
        let nested = |open: &str, inside: &str, close: &str| format!("{}{inside}{}", open.repeat(n), close.repeat(n));
        let pass =
            |field: &str| format!(r#"{{"StartAt": "S", "States": {{"S": {{"Type": "Pass", {field}, "End": true}}}}}}"#);
        let jsonata = |code: &str| pass(&format!(r#""QueryLanguage": "JSONata", "Output": "{{% {code} %}}""#));
        let rule = nested(r#"{"Not": "#, r#"{"Variable": "$.a", "IsNull": true}"#, "}");
        let map = r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": "#;
        [
            pass(&format!(r#""Result": {}"#, nested("[", "1", "]"))),
            pass(&format!(r#""Parameters": {}"#, nested(r#"{"a":"#, r#"{"b.$": "$.c"}"#, "}"))),
            pass(&format!(r#""Parameters": {{"a.$": "{}"}}"#, nested("States.Array(", "$.a", ")"))),
            pass(&format!(r#""Parameters": {{"a.$": "$.a{}"}}"#, nested("[?(@", "", ")]"))),
            jsonata(&nested("(", "1", ")")),
            jsonata(&nested("-", "$states.input.a", "")),
            jsonata(&nested("[", "$states.input.a", "]")),
            jsonata(&nested("$a and ", "$b", "")),
            format!(
                r#"{{"StartAt": "C", "States": {{"C": {{"Type": "Choice", "Choices": [{{"Next": "C", "Not": {rule}}}]}}}}}}"#
            ),
            nested(map, r#"{"StartAt": "E", "States": {"E": {"Type": "Succeed"}}}"#, "}}}"),
        ]
    }

    /// As many states one behind the other as fit.
    fn chain() -> String {
        let mut text = String::from(r#"{"StartAt": "0", "States": {"#);
        for n in (0..).step_by(2) {
            let choice = format!(r#"[{{"Variable": "$.a", "NumericEquals": {n}, "Next": "{}"}}]"#, n + 1);
            let more = format!(
                r#""{n}": {{"Type": "Choice", "Choices": {choice}, "Default": "{}"}}, "{}": {{"Type": "Pass", "Next": "{}"}}, "#,
                n + 1,
                n + 1,
                n + 2
            );
            if text.len() + more.len() + 40 > MAX_LENGTH {
                return text + &format!(r#""{n}": {{"Type": "Succeed"}}}}}}"#);
            }
            text += &more;
        }
        text
    }

    /// The main thread has a megabyte at least, and frames are larger here than in a build with optimisation.
    #[test]
    fn what_is_shallow_takes_little_stack() {
        let work = || {
            let mut sources = vec![Source::machine("m", chain(), Format::Json)];
            for kind in 0..machines(0).len() {
                let source = |n: usize| Source::machine("m", machines(n)[kind].clone(), Format::Json);
                let n = (1..=SHALLOW).rev().find(|&n| is_enough_for(&source(n))).unwrap_or_default();
                assert!(n >= SHALLOW / 8, "{n} of {kind}");
                sources.push(source(n));
            }
            for (kind, source) in sources.iter().enumerate() {
                assert!(is_enough_for(source), "{kind}");
                assert_eq!(engine::check(source, &Options::default()).n_machines, 1, "{kind}");
            }
        };
        thread::Builder::new().stack_size(1 << 20).spawn(work).expect("a thread").join().expect("no panic");
    }

    #[test]
    fn what_nests_deep_or_is_long_is_not_shallow() {
        for text in machines(SHALLOW) {
            assert!(!is_enough_for(&Source::machine("m", text, Format::Json)));
        }
        let long = format!(r#"{{"States": "{}"}}"#, "a".repeat(MAX_LENGTH));
        assert!(!is_enough_for(&Source::machine("m", long, Format::Json)));
        let yaml = "a: &a [[[[[[[[[[1]]]]]]]]]]\nb: &b [*a]\nc: [*b]\n";
        assert_eq!(depth(&syntax::parse(&yaml.into(), Format::Yaml)), 13);
    }
}
