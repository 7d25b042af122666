//! Turns the text of a configuration into a [`Config`], and what is wrong with it into diagnostics.

use std::collections::HashSet;

use super::{Config, Entry, FilePath, Ignore, Level, Named};
use crate::analysis::MachineType;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::patterns::Patterns;
use crate::source::{NotUtf8, Source};
use crate::syntax::{self, Kind, Node};
use crate::text::{Span, nearest};

/// Reads a configuration: what it says, and its mistakes in the order of the text. `schemas/config.json` says the same.
#[must_use]
pub fn read(source: &Source) -> (Config, Vec<Diagnostic>) {
    let mut reader = Reader { found: Vec::new() };
    match source.not_utf8 {
        Some(NotUtf8::Bytes(span, _)) => reader.tell(span, "the file holds bytes that are not UTF-8"),
        Some(NotUtf8::Utf16) => reader.tell(Span::empty(0), "the file is not UTF-8 but looks like UTF-16"),
        None => {}
    }
    if says_nothing(&source.text) {
        return (Config::default(), reader.found);
    }
    let tree = syntax::parse(&source.text, source.format);
    for error in tree.errors() {
        reader.tell(error.span, error.message.clone());
    }
    let config = reader.config(tree.root());
    reader.found.sort_by_key(|found| found.primary.span);
    (config, reader.found)
}

/// The path that a pattern means, where it can mean no other.
fn one_path(node: Node<'_>) -> Option<String> {
    let text = node.as_str().or_else(|| node.items().next().filter(|_| node.items().count() == 1)?.as_str())?;
    let is_plain = text.contains('/') && !text.ends_with('/') && !text.contains(['*', '?', '[', '{', '\\', '!', '#']);
    is_plain.then(|| text.trim_start_matches('/').to_owned())
}

/// A file that is there for later: YAML knows no document without a value.
fn says_nothing(text: &str) -> bool {
    text.trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim)
        .all(|line| line.is_empty() || line.starts_with('#') || line == "---")
}

struct Reader {
    found: Vec<Diagnostic>,
}

const FIELDS: &[&str] = &["rules", "include", "exclude", "machines", "ignore"];
const OF_MACHINES: &[&str] = &["path", "type", "input", "tasks"];
const OF_IGNORE: &[&str] = &["path", "state", "rule", "reason"];

const LEVELS: &[(&str, Level)] = &[
    ("off", Level::Off),
    ("info", Level::At(Severity::Info)),
    ("warning", Level::At(Severity::Warning)),
    ("error", Level::At(Severity::Error)),
];

const TYPES: &[(&str, MachineType)] = &[("standard", MachineType::Standard), ("express", MachineType::Express)];

impl Reader {
    fn tell(&mut self, span: Span, message: impl Into<String>) {
        self.found.push(Diagnostic::at(span, message));
    }

    fn config(&mut self, root: Node<'_>) -> Config {
        let mut config = Config::default();
        if root.kind() == Kind::Null || !self.is_object(root, "a configuration") {
            return config;
        }
        self.fields(root, "a configuration", FIELDS);
        for member in root.get("rules").map(|rules| self.members(rules, "`rules`")).unwrap_or_default() {
            let named = self.named(member.key);
            let level = self.word(member.value, "severity", LEVELS);
            config.levels.extend(named.zip(level).map(|(named, level)| (named, level, member.key.span())));
        }
        config.include = root.get("include").and_then(|include| self.patterns(include));
        config.exclude = root.get("exclude").and_then(|exclude| self.patterns(exclude));
        for entry in root.get("machines").map(|machines| self.items(machines, "`machines`")).unwrap_or_default() {
            config.machines.extend(self.entry(entry));
        }
        for entry in root.get("ignore").map(|ignore| self.items(ignore, "`ignore`")).unwrap_or_default() {
            config.ignores.extend(self.ignore(entry));
        }
        config
    }

    fn entry(&mut self, node: Node<'_>) -> Option<Entry> {
        let what = "an entry of `machines`";
        if !self.is_object(node, what) {
            return None;
        }
        self.fields(node, what, OF_MACHINES);
        let path = self.required(node, "path", what).and_then(|path| self.patterns(path));
        let tasks = node.get("tasks").map(|tasks| self.members(tasks, "`tasks`")).unwrap_or_default();
        let tasks = tasks.into_iter().filter_map(|member| Some((member.name().to_owned(), self.file(member.value)?)));
        Some(Entry {
            tasks: tasks.collect(),
            kind: node.get("type").and_then(|kind| Some((self.word(kind, "type of machine", TYPES)?, kind.span()))),
            input: node.get("input").and_then(|input| self.file(input)),
            path: path?,
        })
    }

    fn ignore(&mut self, node: Node<'_>) -> Option<Ignore> {
        let what = "an entry of `ignore`";
        if !self.is_object(node, what) {
            return None;
        }
        self.fields(node, what, OF_IGNORE);
        let path = node.get("path").map(|path| self.patterns(path));
        let state = node.get("state").map(|state| self.text(state, "the name of a state"));
        let rule = self.required(node, "rule", what).and_then(|rule| self.named(rule));
        let reason = self.required(node, "reason", what).and_then(|reason| self.text(reason, "a reason"));
        if reason.is_some_and(|reason| reason.trim().is_empty()) {
            self.tell(node.get("reason")?.span(), "an empty reason tells nobody why these findings do not count");
        }
        Some(Ignore {
            // What is there and cannot be read must not make the entry mean more.
            path: path.map_or(Some(None), |path| path.map(Some))?,
            only: node.get("path").and_then(one_path),
            state: state.map_or(Some(None), |state| state.map(|state| Some(state.to_owned())))?,
            rule: rule?,
            reason: reason?.to_owned(),
            span: node.token(),
        })
    }

    /// Tells the fields that it has and that nobody reads.
    fn fields(&mut self, node: Node<'_>, what: &str, known: &[&'static str]) {
        for member in node.members() {
            let name = member.name();
            if !known.contains(&name) {
                let meant = nearest(name, known.iter().map(|&name| (name, name)));
                let rest = meant
                    .map_or_else(|| format!("it can be {}", quoted(known)), |meant| format!("did you mean `{meant}`?"));
                self.tell(member.key.span(), format!("`{name}` is no field of {what}: {rest}"));
            }
        }
        self.once(node);
    }

    /// Tells the names that stand in an object again.
    fn once(&mut self, node: Node<'_>) {
        let mut seen = HashSet::new();
        for member in node.members().filter(|member| !seen.insert(member.name())) {
            let name = member.name();
            self.tell(member.key.span(), format!("`{name}` stands here twice, and one of them would not count"));
        }
    }

    fn required<'t>(&mut self, node: Node<'t>, name: &str, what: &str) -> Option<Node<'t>> {
        let value = node.get(name);
        if value.is_none() {
            self.tell(node.token(), format!("{what} needs `{name}`"));
        }
        value
    }

    fn is_object(&mut self, node: Node<'_>, what: &str) -> bool {
        self.is(node, Kind::Object, what, "names with values")
    }

    fn is(&mut self, node: Node<'_>, kind: Kind, what: &str, expected: &str) -> bool {
        // What could not be read has been told.
        if node.kind() != kind && node.kind() != Kind::Missing {
            self.tell(node.token(), format!("{what} is {expected}"));
        }
        node.kind() == kind
    }

    fn members<'t>(&mut self, node: Node<'t>, what: &str) -> Vec<syntax::Member<'t>> {
        if !self.is_object(node, what) {
            return Vec::new();
        }
        self.once(node);
        node.members().collect()
    }

    fn items<'t>(&mut self, node: Node<'t>, what: &str) -> Vec<Node<'t>> {
        if self.is(node, Kind::Array, what, "a list") { node.items().collect() } else { Vec::new() }
    }

    fn text<'t>(&mut self, node: Node<'t>, what: &str) -> Option<&'t str> {
        self.is(node, Kind::String, what, "a string").then(|| node.content())
    }

    fn word<T: Copy>(&mut self, node: Node<'_>, what: &str, words: &[(&'static str, T)]) -> Option<T> {
        // YAML 1.1 reads `off` as `false`; ours reads YAML 1.2, in which it is a word.
        let written = node.content();
        if let Some((_, value)) = words.iter().find(|(word, _)| node.as_str() == Some(word)) {
            return Some(*value);
        }
        if node.kind() != Kind::Missing {
            let names: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            let begins = || names.iter().find(|name| written.len() > 2 && name.starts_with(written)).copied();
            // What YAML 1.1, and so many an editor, writes for `off`.
            let is_off = node.kind() == Kind::Bool && written == "false" && names.contains(&"off");
            let meant = if is_off { Some("off") } else { nearest(written, names.iter().map(|&name| (name, name))) };
            let rest = meant.or_else(begins).map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
            let written = if node.as_str().is_some() {
                format!("`{written}` is no {what}")
            } else {
                format!("this is no {what}")
            };
            self.tell(node.token(), format!("{written}: it can be {}{rest}", quoted(&names)));
        }
        None
    }

    fn named(&mut self, node: Node<'_>) -> Option<Named> {
        let name = self.text(node, "a rule")?;
        let named = Named::parse(name);
        if named.is_none() {
            let rest = Named::nearest(name)
                .map_or_else(|| "`aslint rules` lists them".to_owned(), |meant| format!("did you mean `{meant}`?"));
            self.tell(node.span(), format!("no rule or group is called `{name}`: {rest}"));
        }
        named
    }

    /// One pattern, or a list of them.
    fn patterns(&mut self, node: Node<'_>) -> Option<Patterns> {
        let nodes = match node.kind() {
            Kind::String => vec![node],
            Kind::Array => node.items().collect(),
            _ => {
                self.is(node, Kind::Array, "this", "a pattern or a list of patterns");
                return None;
            }
        };
        let texts: Option<Vec<&str>> = nodes.iter().map(|node| self.text(*node, "a pattern")).collect();
        match Patterns::new(texts?) {
            Ok(patterns) => Some(patterns),
            Err((i, message)) => {
                self.tell(nodes[i].span(), format!("this pattern cannot be read: {message}"));
                None
            }
        }
    }

    fn file(&mut self, node: Node<'_>) -> Option<FilePath> {
        let path = self.text(node, "the path of a JSON Schema")?;
        Some(FilePath { path: path.to_owned(), span: node.span() })
    }
}

/// `a`, `b` or `c`
fn quoted(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}
