//! What keeps the house in order: layers, doors, lengths, and that pages, code and list name the same rules.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use aslint::rules::RULES;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below a folder, with its path inside the project and its text.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let name = path.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/");
                found.push((name, fs::read_to_string(&path).expect("a source file")));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn no_file_is_longer_than_600_lines() {
    for (name, text) in ["src", "tests", "benches"].into_iter().flat_map(sources) {
        let n_lines = text.lines().count();
        assert!(n_lines <= 600, "{name}: {n_lines} lines");
    }
}

/// The layers of the crate, low to high: a module names only modules of its own layer's turn or lower ones.
const LAYERS: &[&[&str]] = &[
    &["text"],
    &["diagnostic", "syntax"],
    &["source", "asl"],
    &["schema", "graph"],
    &["analysis"],
    &["rules"],
    &["engine"],
    &["report"],
    &["cli"],
];

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// The module of the crate that a file belongs to.
fn module(file: &str) -> &str {
    let path = file.strip_prefix("src/").expect("a source file");
    path.split('/').next().unwrap_or(path).trim_end_matches(".rs")
}

#[test]
fn modules_name_only_lower_ones() {
    for (name, text) in sources("src") {
        if matches!(module(&name), "lib" | "main") || name.contains("tests") {
            continue;
        }
        let own = layer(module(&name)).unwrap_or_else(|| panic!("{name}: module without a layer"));
        let production = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (at, _) in production.match_indices("crate::") {
            let named: String = production[at + 7..].chars().take_while(|&c| c.is_alphanumeric() || c == '_').collect();
            let Some(other) = layer(&named) else { continue };
            let is_comment = production[..at].lines().last().is_some_and(|line| line.trim_start().starts_with("//"));
            assert!(is_comment || other <= own, "{name} names crate::{named}, which lies above it");
        }
    }
}

/// One door for each dependency: who may name it.
const DOORS: &[(&str, &[&str])] = &[
    ("miette", &["src/report/pretty"]),
    ("jsonschema", &["src/schema/"]),
    ("petgraph", &["src/graph/"]),
    ("saphyr_parser", &["src/syntax/yaml"]),
    ("strsim", &["src/text/nearest.rs"]),
    ("jiff", &["src/asl/timestamp.rs"]),
    ("clap", &["src/cli", "src/main.rs"]),
    ("rayon", &["src/cli"]),
    ("terminal_size", &["src/cli"]),
    ("ignore", &["src/source/discover.rs"]),
    ("z3", &["src/symex/z3.rs"]),
    ("batsat", &["src/symex/sat.rs"]),
    ("std::fs", &["src/cli", "src/main.rs", "src/source/discover.rs", "src/lsp"]),
    ("std::env", &["src/cli", "src/main.rs", "src/source/discover.rs", "src/lsp"]),
];

#[test]
fn each_dependency_has_one_door() {
    for (name, text) in sources("src") {
        for (dependency, doors) in DOORS {
            let uses = |line: &str| {
                let line = line.trim_start();
                !line.starts_with("//")
                    && (line.contains(&format!("{dependency}::")) || line.starts_with(&format!("use {dependency};")))
                    && !line.contains(&format!("_{dependency}::"))
            };
            let production = text.split("#[cfg(test)]").next().unwrap_or_default();
            assert!(
                doors.iter().any(|door| name.starts_with(door)) || !production.lines().any(uses),
                "{name} names {dependency}; its door is {doors:?}"
            );
        }
    }
}

#[test]
fn pages_code_and_list_name_the_same_rules() {
    let stems = |folder: &str, end: &str| -> BTreeSet<String> {
        fs::read_dir(root().join(folder))
            .expect("a folder of rules")
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|found| found == end))
            .map(|path: PathBuf| path.file_stem().expect("a file").to_string_lossy().into_owned())
            .collect()
    };
    let listed: BTreeSet<String> = RULES.iter().map(|rule| rule.id.replace('-', "_")).collect();
    let mut pages = stems("rules", "md");
    pages.remove("README");
    let mut code = stems("src/rules", "rs");
    for part in ["page", "page_tests", "sink"] {
        code.remove(part);
    }
    assert_eq!(listed, pages, "the list and rules/*.md");
    assert!(code.is_superset(&listed), "the list and src/rules/*.rs");
    let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert!(ids.is_sorted(), "the list is in order");
}

#[test]
fn pages_have_the_form_that_readers_expect() {
    for rule in RULES {
        let page = rule.page();
        let place = rule.id;
        assert!(!page.summary.is_empty() && !page.summary.ends_with('.'), "{place}: summary");
        assert!(!page.since.is_empty() && !page.source.is_empty(), "{place}: since, source");
        assert!(rule.markdown.contains(&format!("\ngroup: {}\n", page.group.as_str())), "{place}: group");
        assert!(rule.markdown.contains(&format!("\nseverity: {}\n", page.severity)), "{place}: severity");
        let mut fenced = false;
        let mut is_heading = |line: &&str| {
            fenced ^= line.starts_with("```");
            !fenced && line.starts_with('#')
        };
        let headings: Vec<&str> = page.body.lines().filter(|line| is_heading(line)).collect();
        let title = format!("# {}", rule.id);
        let expected = [title.as_str(), "## What it does", "## Why it matters", "## Examples", "## Limits"];
        assert_eq!(headings, expected, "{place}: headings");
    }
}

/// `rules/README.md`: every rule by group.
fn catalogue() -> String {
    let mut text = String::from(
        "# The rules\n\nEach page says what a rule finds, why it matters, and shows a bad and a good example; the examples run as tests.\n\
         `aslint explain RULE` prints a page. This catalogue is written by the tests (`UPDATE=1 cargo test`).\n",
    );
    for group in aslint::rules::Group::ALL {
        let rules: Vec<_> = RULES.iter().filter(|rule| rule.page().group == group).collect();
        if rules.is_empty() {
            continue;
        }
        text += &format!("\n## {}\n\n| rule | finds | severity | fix |\n|---|---|---|---|\n", group.as_str());
        for rule in rules {
            let page = rule.page();
            let fix = match page.fix {
                aslint::rules::Fixable::No => "",
                aslint::rules::Fixable::Safe => "safe",
                aslint::rules::Fixable::Unsafe => "unsafe",
            };
            let stem = rule.id.replace('-', "_");
            text += &format!("| [`{}`]({stem}.md) | {} | {} | {fix} |\n", rule.id, page.summary, page.severity);
        }
    }
    text
}

#[test]
fn the_catalogue_is_fresh() {
    let path = root().join("rules/README.md");
    let fresh = catalogue();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &fresh).expect("the catalogue can be written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, fresh, "rules/README.md is stale: run UPDATE=1 cargo test --test it tidy");
}
