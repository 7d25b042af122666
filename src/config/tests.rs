use super::*;
use crate::source::Source;
use crate::syntax::Format;

fn read_text(text: &str) -> (Config, Vec<String>) {
    let source = Source::machine("aslint.yaml", text, Format::Yaml);
    let (config, found) = read(&source);
    (config, found.iter().map(|found| format!("{}: {}", found.primary.span.of(text), found.message)).collect())
}

#[test]
fn what_a_configuration_says_is_read() {
    let (config, found) = read_text(
        "rules:\n  time: off\n  polling-without-wait: error\n  unused-variable: warning\nexclude: [vendor/, '*.gen.json']\n\
         machines:\n  - path: flows/**\n    type: express\n    input: schemas/order.json\n    tasks: {Charge: charge.json}\n  \
         - path: [flows/slow.asl.json]\n    type: standard\n    tasks: {Charge: slow.json, Ship: ship.json}\n\
         ignore:\n  - path: flows/slow.asl.json\n    state: Poll\n    rule: polling-without-wait\n    reason: the job takes a second\n",
    );
    assert_eq!(found, [""; 0]);
    let level = |id: &str| config.level(crate::rules::find(id).unwrap());
    assert_eq!(level("polling-without-wait"), Some(Level::At(Severity::Error)), "a rule outweighs its group");
    assert_eq!(level("frequent-polling"), Some(Level::Off));
    assert_eq!(level("unused-variable"), Some(Level::At(Severity::Warning)));
    assert_eq!(level("dangling-target"), None);
    assert!(!config.includes("a/vendor/x.asl.json") && !config.includes("x.gen.json") && config.includes("x.json"));
    let slow = config.applied("flows/slow.asl.json");
    assert_eq!(slow.kind, Some(MachineType::Standard));
    assert_eq!(slow.input.map(|file| file.path.as_str()), Some("schemas/order.json"));
    let tasks: Vec<_> = slow.tasks.iter().map(|(state, file)| (*state, file.path.as_str())).collect();
    assert_eq!(tasks, [("Charge", "slow.json"), ("Ship", "ship.json")]);
    assert_eq!(
        slow.ignores.iter().map(|answered| (answered.state, answered.reason)).collect::<Vec<_>>(),
        [(Some("Poll"), "the job takes a second")]
    );
    let other = config.applied("other.asl.json");
    assert!(other.kind.is_none() && other.ignores.is_empty() && other.tasks.is_empty());
    assert_eq!(config.files().count(), 4);
}

#[test]
fn an_empty_file_says_nothing() {
    for text in ["", "# nothing yet\n", "{}", "---\n"] {
        let (config, found) = read_text(text);
        assert_eq!(found, [""; 0], "{text:?}");
        assert!(config.includes("x") && config.files().next().is_none());
    }
}

#[test]
fn mistakes_are_told_at_their_token() {
    for (text, expected) in [
        ("rulez: {}", "rulez: `rulez` is no field of a configuration: did you mean `rules`?"),
        (
            "colour: blue",
            "colour: `colour` is no field of a configuration: it can be `rules`, `include`, `exclude`, `machines` or `ignore`",
        ),
        (
            "rules: {endles-loop: off}",
            "endles-loop: no rule or group is called `endles-loop`: did you mean `endless-loop`?",
        ),
        ("rules: {xyzzy: off}", "xyzzy: no rule or group is called `xyzzy`: `aslint rules` lists them"),
        (
            "rules: {time: warn}",
            "warn: `warn` is no severity: it can be `off`, `info`, `warning` or `error`; did you mean `warning`?",
        ),
        (
            "rules: {time: false}",
            "false: this is no severity: it can be `off`, `info`, `warning` or `error`; did you mean `off`?",
        ),
        (
            "rules: {time: off, graph: info, time: info}",
            "time: `time` stands here twice, and one of them would not count",
        ),
        ("machines: [{path: a, tasks: {A: x, A: y}}]", "A: `A` stands here twice, and one of them would not count"),
        ("machines: [{path: a, path: b}]", "path: `path` stands here twice, and one of them would not count"),
        ("rules: {time: 1}", "1: this is no severity: it can be `off`, `info`, `warning` or `error`"),
        ("rules: [time]", "[: `rules` is names with values"),
        ("exclude: 3", "3: this is a pattern or a list of patterns"),
        ("exclude: [a, 3]", "3: a pattern is a string"),
        (
            "exclude: ['{a']",
            "'{a': this pattern cannot be read: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)",
        ),
        ("machines: {}", "{: `machines` is a list"),
        ("machines: [{type: express}]", "{: an entry of `machines` needs `path`"),
        (
            "machines: [{path: a, type: expres}]",
            "expres: `expres` is no type of machine: it can be `standard` or `express`; did you mean `express`?",
        ),
        ("machines: [{path: a, input: {}}]", "{: the path of a JSON Schema is a string"),
        ("ignore: [{rule: endless-loop}]", "{: an entry of `ignore` needs `reason`"),
        ("ignore: [{reason: x}]", "{: an entry of `ignore` needs `rule`"),
        (
            "ignore: [{rule: endless-loop, reason: ' '}]",
            "' ': an empty reason tells nobody why these findings do not count",
        ),
        ("include: a\ninclude: b", ""),
        ("- a", "-: a configuration is names with values"),
    ] {
        let (_, found) = read_text(text);
        if text.starts_with("include") {
            assert!(!found.is_empty(), "{text}: said by the reader of YAML or by us");
        } else {
            assert_eq!(found, [expected], "{text}");
        }
    }
}

#[test]
fn an_entry_that_cannot_be_read_means_nothing() {
    let (config, found) =
        read_text("ignore: [{path: 3, rule: endless-loop, reason: x}, {state: [], rule: endless-loop, reason: x}]");
    assert_eq!(found.len(), 2);
    assert!(config.applied("a").ignores.is_empty());
}
