//! Places drawn in a text, and the same place in the same value as YAML.

use aslint::syntax::{Format, Kind, Step, Tree, parse};
use aslint::text::Span;

use super::rewrite::{Form, write};

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
    let tree = parse(&json.into(), Format::Json);
    let yaml = write(tree.root(), Form::Yaml);
    let place = span.map(|span| place(&tree, span));
    let tree = parse(&yaml.as_str().into(), format);
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
