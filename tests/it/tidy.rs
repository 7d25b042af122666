//! What keeps the house in order: layers, doors, lengths, and that pages, code and list name the same rules.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use aslint::analysis::MachineType;
use aslint::engine::{Options, check};
use aslint::rules::{Group, RULES};
use aslint::source::Source;
use aslint::syntax::Format;

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

/// The text without comments of its own line and without what is compiled for tests only. Sources are formatted: an item ends
/// at a `;` or `}` on its first line, or with the brace that stands below its beginning.
fn production(text: &str) -> String {
    let mut kept = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            let indent = &line[..line.len() - line.trim_start().len()];
            let item = lines.by_ref().find(|line| !line.trim_start().starts_with(['#', '/'])).unwrap_or_default();
            if !item.ends_with([';', '}']) {
                let end = format!("{indent}}}");
                lines.by_ref().find(|line| *line == end).expect("an item ends");
            }
        } else if !line.trim_start().starts_with("//") {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

#[test]
fn what_is_compiled_for_tests_only_is_taken_out() {
    let text = "//! a\n#[cfg(test)]\nmod x;\nuse a;\n#[cfg(test)]\n#[derive(Debug)]\nstruct X {\n    x: u8,\n}\nfn f() {\n    \
                #[cfg(test)]\n    mod y {\n        fn g() {}\n    }\n}\n#[cfg(test)]\nfn h() {}\nuse b;\n";
    assert_eq!(production(text), "use a;\nfn f() {\n}\nuse b;\n");
}

/// The names that stand right behind `root::`, those of `root::{a, b::{c, d}}` among them.
fn named_in<'t>(text: &'t str, root: &str) -> BTreeSet<&'t str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let word = |text: &'t str| &text[..text.find(|c| !is_word(c)).unwrap_or(text.len())];
    let mut names = BTreeSet::new();
    for (at, found) in text.match_indices(&format!("{root}::")) {
        if text[..at].ends_with(|c| is_word(c) || c == ':') {
            continue;
        }
        let rest = &text[at + found.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            names.insert(word(rest));
            continue;
        };
        let mut depth = 1;
        let mut is_start = true;
        for (at, character) in group.char_indices() {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 1 => is_start = true,
                _ if is_start && is_word(character) => {
                    names.insert(word(&group[at..]));
                    is_start = false;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    names
}

#[test]
fn names_are_found_in_groups() {
    let text = "use crate::a::b;\nuse crate::{c, d::{e, f},\n    g};\nlet x = crate::h::i(not_crate::j, my::crate::k);";
    assert_eq!(named_in(text, "crate"), BTreeSet::from(["a", "c", "d", "g", "h"]));
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
    &["schema", "graph", "eval"],
    &["flow", "symex"],
    &["analysis"],
    &["rules"],
    &["config", "suppress"],
    &["engine"],
    &["fix"],
    &["report"],
    &["cli", "lsp"],
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
        let production = production(&text);
        for named in named_in(&production, "crate") {
            let other = layer(named).unwrap_or_else(|| panic!("{name} names crate::{named}, which has no layer"));
            assert!(other <= own, "{name} names crate::{named}, which lies above it");
        }
        let is_root = name.matches('/').count() == 1 || name.ends_with("/mod.rs") && name.matches('/').count() == 2;
        assert!(
            !is_root || named_in(&production, "super").is_empty(),
            "{name}: say `crate`, the layers are read from it"
        );
    }
}

/// One door for each dependency: who may name it.
const DOORS: &[(&str, &[&str])] = &[
    ("miette", &["src/report/pretty"]),
    ("jsonschema", &[]), // the tests' alone
    ("petgraph", &["src/graph/"]),
    ("saphyr_parser", &["src/syntax/yaml"]),
    ("strsim", &["src/text/nearest.rs"]),
    ("unicode_ident", &["src/asl/variable_name.rs"]),
    ("jiff", &["src/asl/timestamp.rs", "src/eval/"]),
    ("indexmap", &["src/eval/"]),
    ("base64", &["src/eval/codec.rs"]),
    ("md5", &["src/eval/codec.rs"]),
    ("sha1", &["src/eval/codec.rs"]),
    ("sha2", &["src/eval/codec.rs"]),
    ("clap", &["src/cli", "src/main.rs"]),
    ("clap_complete", &["src/cli"]),
    ("clap_mangen", &["src/cli"]),
    ("rayon", &["src/cli"]),
    ("lsp_server", &["src/lsp"]),
    ("gen_lsp_types", &["src/lsp"]),
    ("terminal_size", &["src/cli"]),
    ("signal_hook", &["src/cli/interrupt.rs"]),
    ("ignore", &["src/source/discover.rs", "src/source/patterns.rs"]),
    ("z3", &["src/symex/z3.rs"]),
    ("batsat", &["src/symex/sat.rs"]),
    ("std::fs", &["src/cli", "src/main.rs", "src/source/discover.rs", "src/lsp"]),
    ("std::env", &["src/cli", "src/main.rs", "src/source/discover.rs", "src/lsp"]),
];

/// What any module may name.
const GENERAL: &[&str] = &["memchr", "serde", "serde_json", "thiserror"];

#[test]
fn each_dependency_has_one_door() {
    let is_test = |name: &str| name.ends_with("/tests.rs");
    for (name, text) in sources("src").into_iter().filter(|(name, _)| !is_test(name)) {
        let production = production(&text);
        for (dependency, doors) in DOORS {
            let is_named = match dependency.split_once("::") {
                Some((root, module)) => named_in(&production, root).contains(module),
                None => {
                    let renamed = |end| production.contains(&format!("use {dependency}{end}"));
                    !named_in(&production, dependency).is_empty() || renamed(";") || renamed(" as ")
                }
            };
            let is_door = doors.iter().any(|door| name.starts_with(door));
            assert!(is_door || !is_named, "{name} names {dependency}; its door is {doors:?}");
        }
    }
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the manifest");
    let (_, dependencies) = manifest.split_once("\n[dependencies]\n").expect("dependencies");
    let guide = fs::read_to_string(root().join("src/lib.rs")).expect("the guide");
    for line in dependencies.lines().take_while(|line| !line.starts_with('[')) {
        let Some((dependency, _)) = line.split_once(" = ") else { continue };
        // The library of the package `md-5` is called `md5`.
        let name = if dependency == "md-5" { "md5".to_owned() } else { dependency.replace('-', "_") };
        assert!(
            GENERAL.contains(&name.as_str()) || DOORS.iter().any(|(door, _)| *door == name),
            "{dependency} has no door"
        );
        assert!(guide.contains(&format!("`{dependency}`")), "src/lib.rs does not say why {dependency} is here");
    }
}

#[test]
fn tests_run_and_say_what_they_expect() {
    for (name, text) in ["src", "tests", "benches"].into_iter().flat_map(sources) {
        for attribute in ["ignore", "should_panic"] {
            let end = [']', ' ', '('].map(|end| format!("#[{attribute}{end}"));
            assert!(!end.iter().any(|written| text.contains(written)), "{name}: `{attribute}` is not used here");
        }
    }
}

/// The literals of strings, escapes and all.
fn strings(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['"', '\'', '/']) {
        let raw = rest[..at].len() - rest[..at].trim_end_matches('#').len();
        let is_raw = rest[..at - raw].ends_with('r');
        let (first, after) = rest[at..].split_at(1);
        let skipped = match first {
            "/" if after.starts_with('/') => after.find('\n').unwrap_or(after.len()),
            "'" if after.starts_with('\\') => 2 + after[2..].find('\'').map_or(0, |end| end + 1),
            "'" => {
                let character = after.chars().next().map_or(0, char::len_utf8);
                if after[character..].starts_with('\'') { character + 1 } else { 0 }
            }
            "\"" => {
                let length = if is_raw {
                    after.find(&format!("\"{}", "#".repeat(raw)))
                } else {
                    let mut is_escaped = false;
                    after.find(|c| {
                        let ends = c == '"' && !is_escaped;
                        is_escaped = c == '\\' && !is_escaped;
                        ends
                    })
                };
                let length = length.unwrap_or(after.len());
                found.push(&after[..length]);
                (length + 1).min(after.len())
            }
            _ => 0,
        };
        rest = &after[skipped..];
    }
    found
}

#[test]
fn messages_say_what_happens() {
    let example = r##"let 'a: x = '"'; // "no"
        f("one \" two", r#"a "b" c"#, '\'', b"three")"##;
    assert_eq!(strings(example), ["one \\\" two", "a \"b\" c", "three"]);
    let mut n_strings = 0;
    for (name, text) in sources("src").into_iter().filter(|(name, _)| !name.contains("tests")) {
        for string in strings(&production(&text)) {
            n_strings += 1;
            let mut words = string.split(|c: char| !c.is_alphanumeric() && c != '_');
            let banned = words.find(|word| ["invalid", "should", "please"].contains(&word.to_lowercase().as_str()));
            assert_eq!(banned, None, "{name}: {string:?}");
        }
    }
    assert!(n_strings > 1_000, "{n_strings} strings in the sources");
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
    assert_eq!(listed, code, "the list and src/rules/*.rs");
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

/// Pages whose rule cannot speak of a state that lies in a Map in a Parallel, each with the reason.
const NOT_NESTED: &[(&str, &str)] =
    &[("payload-too-large", "what is too large stands in the page by a sign, which is put in when its examples run")];

/// The examples of a page with their options, without the lines that draw carets.
fn bad_examples(markdown: &str) -> Vec<(Format, MachineType, String)> {
    let mut examples = Vec::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        let Some(title) = line.strip_prefix("```") else { continue };
        let words: Vec<&str> = title.split(' ').collect();
        let text = lines.by_ref().take_while(|line| *line != "```").filter(|line| !line.starts_with("//"));
        let text: String = text.flat_map(|line| [line, "\n"]).collect();
        let format = if words[0] == "yaml" { Format::Yaml } else { Format::Json };
        let kind = if words.contains(&"express") { MachineType::Express } else { MachineType::Standard };
        if words.contains(&"bad") {
            examples.push((format, kind, text));
        }
    }
    examples
}

/// Whether a place lies in a Map that lies in a Parallel, or, which is all that a rule for Distributed Maps can show, a Parallel
/// in a Map.
fn is_nested(pointer: &str) -> bool {
    pointer.contains("/Branches/")
        && ["/ItemProcessor/States/", "/Iterator/States/"].iter().any(|map| pointer.contains(map))
}

#[test]
fn pages_show_the_defect_in_a_map_in_a_parallel_too() {
    let mut exceptions: BTreeSet<&str> = NOT_NESTED.iter().map(|(rule, _)| *rule).collect();
    let mut lacking = Vec::new();
    let groups = [Group::Choice, Group::Error, Group::Data, Group::Variable, Group::Jsonata, Group::Integration];
    for rule in RULES.iter().filter(|rule| groups.contains(&rule.page().group)) {
        let is_shown = bad_examples(rule.markdown).into_iter().any(|(format, kind, text)| {
            let report = check(&Source::machine("page", text, format), &Options { kind, ..Options::default() });
            report.diagnostics.iter().any(|found| found.rule == rule.id && is_nested(&found.pointer))
        });
        if is_shown == exceptions.remove(rule.id) {
            lacking.push(rule.id);
        }
    }
    assert_eq!(lacking, [""; 0], "no such example, or an exception that is none");
    assert!(exceptions.is_empty(), "exceptions for rules that are not there: {exceptions:?}");
}

/// `rules/README.md`: every rule by group.
fn catalogue() -> String {
    let mut text = String::from(
        "# The rules\n\nEach page says what a rule finds, why it matters, and shows a bad and a good example; the examples run as tests.\n\
         `aslint explain RULE` prints a page. This catalogue is written by the tests (`UPDATE=1 cargo test`).\n",
    );
    for group in Group::ALL {
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
