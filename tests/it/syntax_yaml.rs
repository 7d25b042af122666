//! YAML against the corpus: JSON is a subset of it, and text cut off anywhere is text.

use std::path::{Path, PathBuf};

use aslint::syntax::{Format, Kind, Node, Tree, parse};
use aslint::text::Span;

use super::corpus;

/// The texts of all files below a folder of the corpus with one of these extensions, in order of their names.
fn texts(folder: &Path, extensions: &[&str]) -> Vec<(PathBuf, String)> {
    let wanted =
        |path: &PathBuf| path.extension().is_some_and(|found| extensions.iter().any(|wanted| found == *wanted));
    let paths = corpus::files(folder).into_iter().filter(wanted);
    let texts: Vec<_> = paths.filter_map(|path| Some((path.clone(), std::fs::read_to_string(path).ok()?))).collect();
    assert!(!texts.is_empty(), "no text below {}", folder.display());
    texts
}

/// Spans lie in the text, and every string has a map of its length that leads into its span.
fn check(tree: &Tree, path: &Path) {
    let text: &str = tree.text();
    let inside = |span: Span| assert!(text.get(span.range()).is_some(), "{}: {span:?}", path.display());
    let scalar = |node: Node<'_>| {
        inside(node.span());
        inside(node.token());
        if node.as_str().is_some() {
            let map = node.text_map();
            assert_eq!(map.decoded_len() as usize, node.content().len(), "{}: {node:?}", path.display());
            inside(map.span(Span::new(0, map.decoded_len())));
        }
    };
    for node in tree.roots().flat_map(Node::descendants) {
        scalar(node);
        node.members().for_each(|member| scalar(member.key));
    }
    tree.errors().iter().for_each(|error| inside(error.span));
}

/// Kind, content and span of every scalar, keys included.
fn scalars(tree: &Tree) -> Vec<(Kind, &str, Span)> {
    let mut scalars: Vec<_> = tree
        .root()
        .descendants()
        .flat_map(|node| std::iter::once(node).chain(node.members().map(|member| member.key)))
        .filter(|node| !matches!(node.kind(), Kind::Array | Kind::Object))
        .map(|node| (node.kind(), node.content(), node.span()))
        .collect();
    scalars.sort_by_key(|&(_, _, span)| (span.start, span.end));
    scalars
}

#[test]
fn json_is_yaml() {
    let Some(root) = corpus::root() else { return };
    let mut n_compared = 0;
    for folder in ["asl-json", "executions", "templates/cdk"] {
        for (path, text) in texts(&root.join(folder), &["json"]) {
            let json = parse(&text.as_str().into(), Format::Json);
            if !json.errors().is_empty() {
                continue;
            }
            let yaml = parse(&text.as_str().into(), Format::Yaml);
            check(&yaml, &path);
            assert_eq!(yaml.errors(), [], "{}", path.display());
            assert_eq!(scalars(&yaml), scalars(&json), "{}", path.display());
            assert_eq!(yaml.root().to_value(), json.root().to_value(), "{}", path.display());
            n_compared += 1;
        }
    }
    assert!(n_compared > 20, "{n_compared}");
}

#[test]
fn yaml_files_are_read_whole() {
    let Some(root) = corpus::root() else { return };
    let mut n_clean = 0;
    let mut with_errors = Vec::new();
    for folder in ["asl-yaml", "templates"] {
        for (path, text) in texts(&root.join(folder), &["yaml", "yml"]) {
            let tree = parse(&text.as_str().into(), Format::Yaml);
            check(&tree, &path);
            // A template of a template is no YAML before it is rendered.
            if path.to_string_lossy().contains("{{cookiecutter") {
                continue;
            }
            if tree.errors().is_empty() {
                n_clean += 1;
            } else {
                with_errors.push((path, tree.errors().to_vec()));
            }
        }
    }
    // Two are broken as found: a block scalar that is not indented, and two tags on one value.
    assert!(n_clean > 300 && with_errors.len() <= 2, "{n_clean} clean, the others: {with_errors:#?}");
}

#[test]
fn cut_anywhere() {
    let Some(root) = corpus::root() else { return };
    for (path, text) in texts(&root.join("asl-yaml"), &["yaml", "yml"]) {
        let step = text.len() / 60 + 1;
        for at in (0..text.len()).step_by(step).map(|at| text.floor_char_boundary(at)) {
            check(&parse(&text[..at].into(), Format::Yaml), &path);
        }
    }
}
