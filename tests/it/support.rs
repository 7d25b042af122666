//! What several tests need: places drawn in a text, and JSON as YAML.

use aslint::syntax::{Format, Kind, Node, Step, Tree, parse};
use aslint::text::Span;

/// Takes `«` and `»` out of a text: what stood between them is the span.
pub(crate) fn marked(text: &str) -> (String, Option<Span>) {
    let Some((before, rest)) = text.split_once('«') else { return (text.to_owned(), None) };
    let (inside, after) = rest.split_once('»').expect("a mark ends");
    let offset = |at: usize| u32::try_from(at).expect("a test is short");
    let span = Span::new(offset(before.len()), offset(before.len() + inside.len()));
    (format!("{before}{inside}{after}"), Some(span))
}

/// The same value in `format`, and where in it the token is that stands at `span` of the JSON text.
pub(crate) fn rewritten(json: &str, span: Option<Span>, format: Format) -> (String, Option<Span>) {
    if format == Format::Json {
        return (json.to_owned(), span);
    }
    let tree = parse(json.into(), Format::Json);
    let yaml = to_yaml(tree.root());
    let place = span.map(|span| place(&tree, span));
    let tree = parse(yaml.as_str().into(), format);
    let span = place.map(|(path, is_key)| at(&tree, &path, is_key));
    (yaml, span)
}

/// The value or the key whose token is at `span`: the way to it, and whether it is a key.
fn place(tree: &Tree, span: Span) -> (Vec<String>, bool) {
    let values = tree.root().descendants();
    let keys = tree.root().descendants().flat_map(|node| node.members().map(|member| member.key));
    let node = values.chain(keys).find(|node| node.token() == span).expect("a token is marked");
    let step = |step: Step<'_>| match step {
        Step::Member(name) => name.to_owned(),
        Step::Item(i) => i.to_string(),
    };
    (node.path().into_iter().map(step).collect(), node.is_key())
}

fn at(tree: &Tree, path: &[String], is_key: bool) -> Span {
    let mut node = tree.root();
    for (i, step) in path.iter().enumerate() {
        node = match node.kind() {
            Kind::Array => node.items().nth(step.parse().expect("a number")).expect("an item of this number"),
            _ => {
                let member = node.member(step).expect("a member of this name");
                if is_key && i + 1 == path.len() { member.key } else { member.value }
            }
        };
    }
    node.token()
}

/// Block style throughout: plain scalars where they mean the same, double quotes elsewhere.
pub(crate) fn to_yaml(node: Node<'_>) -> String {
    let mut out = String::new();
    block(node, 0, &mut out);
    out
}

/// What stands behind `key:` or `-`, line ends included.
fn value(node: Node<'_>, depth: usize, out: &mut String) {
    if !node.is_empty() {
        out.push('\n');
        block(node, depth, out);
    } else {
        out.push(' ');
        block(node, depth, out);
    }
}

fn block(node: Node<'_>, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    match node.kind() {
        Kind::Object if !node.is_empty() => {
            for member in node.members() {
                out.push_str(&indent);
                out.push_str(&scalar(member.key));
                out.push(':');
                value(member.value, depth + 1, out);
            }
        }
        Kind::Array if !node.is_empty() => {
            for item in node.items() {
                out.push_str(&indent);
                out.push('-');
                value(item, depth + 1, out);
            }
        }
        Kind::Object => out.push_str("{}\n"),
        Kind::Array => out.push_str("[]\n"),
        _ => {
            out.push_str(&scalar(node));
            out.push('\n');
        }
    }
}

fn scalar(node: Node<'_>) -> String {
    let Some(text) = node.as_str() else { return node.content().to_owned() };
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_')
        && !["null", "true", "false", "yes", "no", "on", "off", "y", "n"].contains(&text.to_ascii_lowercase().as_str());
    if is_plain { text.to_owned() } else { serde_json::to_string(text).expect("a string") }
}

#[test]
fn yaml_is_in_block_style() {
    let tree =
        parse(r#"{"A b": {"x": [1, {"y": "no", "z": []}], "e": {}}, "n": null, "s": "{% 1 %}"}"#.into(), Format::Json);
    let expected =
        "\"A b\":\n  x:\n    - 1\n    -\n      \"y\": \"no\"\n      z: []\n  e: {}\n\"n\": null\ns: \"{% 1 %}\"\n";
    assert_eq!(to_yaml(tree.root()), expected);
}
