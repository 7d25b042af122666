use std::fmt::Write as _;

use proptest::prelude::*;
use saphyr_parser::{Event, Parser};
use serde_json::{Value, json};

use super::super::{Format, Kind, MAX_DEPTH, Node, Tree, parse};
use crate::text::Span;

pub(super) fn yaml(text: &str) -> Tree {
    let tree = parse(&text.into(), Format::Yaml);
    check(&tree);
    tree
}

/// What holds for every tree, whatever the text.
fn check(tree: &Tree) {
    let text: &str = tree.text();
    for root in tree.roots() {
        check_below(root);
        for node in root.descendants() {
            for member in node.members() {
                assert!(member.key.is_key() && member.key.kind() == Kind::String, "{text:?}");
                check_scalar(member.key);
            }
            check_scalar(node);
        }
    }
    for error in tree.errors() {
        assert!(text.get(error.span.range()).is_some(), "{text:?} {error:?}");
    }
}

fn check_below(root: Node<'_>) {
    let text: &str = root.tree().text();
    for node in root.descendants() {
        assert!(text.get(node.span().range()).is_some(), "{:?} in {text:?}", node.span());
        assert!(text.get(node.token().range()).is_some(), "{text:?}");
        let children = node.items().chain(node.members().flat_map(|member| [member.key, member.value]));
        for child in children.filter(|child| !child.is_aliased() && !node.is_aliased()) {
            assert!(node.span().contains(child.span()), "{:?} in {:?} of {text:?}", child.span(), node.span());
        }
    }
}

/// The map leads from every decoded character to what it was written as.
fn check_scalar(node: Node<'_>) {
    let Some(content) = node.as_str() else { return };
    let text: &str = node.tree().text();
    let map = node.text_map();
    assert_eq!(map.decoded_len() as usize, content.len(), "{content:?} of {text:?}");
    let mut last = 0;
    for (at, character) in content.char_indices() {
        let at = u32::try_from(at).unwrap();
        let source = map.span(Span::new(at, at + u32::try_from(character.len_utf8()).unwrap()));
        let written = text.get(source.range()).unwrap_or_default();
        assert!(source.start >= last, "{content:?} of {text:?}");
        last = source.start;
        let mut own = [0; 4];
        let verbatim = written == character.encode_utf8(&mut own);
        let folded = matches!(character, ' ' | '\n') && (written.contains(['\n', '\r']) || written.trim().is_empty());
        let blanked = !node.tree().errors().is_empty();
        assert!(
            verbatim || folded || blanked || written.starts_with(['\\', '\'']),
            "{character:?} from {written:?} of {text:?}"
        );
    }
}

pub(super) fn value(text: &str) -> Value {
    let tree = yaml(text);
    assert_eq!(tree.errors(), [], "{text}");
    tree.root().to_value()
}

/// The scalars of the parser's events, in order.
fn event_scalars(text: &str) -> Option<Vec<String>> {
    let mut scalars = Vec::new();
    for event in Parser::new_from_str(text) {
        match event.ok()?.0 {
            Event::Scalar(value, ..) => scalars.push(value.into_owned()),
            Event::Alias(_) => return None,
            _ => {}
        }
    }
    Some(scalars)
}

/// The scalars of the tree, in order.
fn scalars(tree: &Tree) -> Vec<String> {
    let nodes = (0..tree.n_nodes()).map(|ix| tree.node(u32::try_from(ix).unwrap()));
    nodes.filter(|node| !node.kind().is_container()).map(|node| node.content().to_owned()).collect()
}

/// Decoding gives what the parser gives.
fn agrees(text: &str) {
    let tree = yaml(text);
    if let Some(expected) = event_scalars(text).filter(|_| tree.errors().is_empty()) {
        assert_eq!(scalars(&tree), expected, "{text:?}");
    }
}

#[test]
fn values() {
    for (text, expected) in [
        ("a: 1\nb: [x, 'y', \"z\"]\n", json!({"a": 1, "b": ["x", "y", "z"]})),
        ("- 1\n- - 2\n  - 3\n-\n- {}\n", json!([1, [2, 3], null, {}])),
        ("a:\n- 1\n- 2\nb: ~\n", json!({"a": [1, 2], "b": null})),
        (
            "a: yes\nb: true\nc: 0x10\nd: .5\ne: 0o17\nf: 1e3\n",
            json!({"a": "yes", "b": true, "c": 16, "d": 0.5, "e": 15, "f": 1000}),
        ),
        ("!!str 5", json!("5")),
        ("!!int \"5\"", json!(5)),
        ("!!bool 'true'", json!(true)),
        ("!!float 5", json!(5)),
        ("! 5", json!("5")),
        ("!<tag:yaml.org,2002:str> 5", json!("5")),
        ("!!str", json!("")),
        ("!!map {a: !!null ''}", json!({"a": null})),
        ("1: a\ntrue: b\nnull: c\n'x': d\n", json!({"1": "a", "true": "b", "null": "c", "x": "d"})),
        ("? a\n: 1\n? b\n", json!({"a": 1, "b": null})),
        ("[a: 1, b]", json!([{"a": 1}, "b"])),
        ("- {a: 1 , # c\n  }\n- [a, ]\n- |\n b\n", json!([{"a": 1}, ["a"], "b\n"])),
        ("{a, b: , c: 1}", json!({"a": null, "b": null, "c": 1})),
        ("\u{feff}a: é\n", json!({"a": "é"})),
        ("a: 1\r\nb: 2\rc: 3", json!({"a": 1, "b": 2, "c": 3})),
        ("a: \"\\uD83D\\uDE00 \\ud83d \\x41\\U0001F600\"", json!({"a": "😀 \u{fffd} A😀"})),
        ("a: .inf\nb: .nan\n", json!({"a": ".inf", "b": ".nan"})),
        ("%éé é\n--- {a: 1, 'b': \"x\"}\n", json!({"a": 1, "b": "x"})),
        ("--- |\n a\n b\n...\n", json!("a\nb\n")),
        ("%YAML 1.2\n--- >-\n a\n b\n", json!("a b")),
    ] {
        assert_eq!(value(text), expected, "{text}");
    }
}

#[test]
fn aliases_and_merge_keys() {
    for (text, expected) in [
        ("a: &x {b: 1}\nc: *x\n", json!({"a": {"b": 1}, "c": {"b": 1}})),
        ("a: &x 1\n*x : &k v\nc: *k", json!({"a": 1, "1": "v", "c": "v"})),
        ("&k 1: a\nb: *k", json!({"1": "a", "b": 1})),
        (
            "d: &d {a: 1, b: 2}\ne:\n  <<: *d\n  b: 3\n  c: 4\n",
            json!({"d": {"a": 1, "b": 2}, "e": {"b": 3, "c": 4, "a": 1}}),
        ),
        (
            "x: &x {a: 1}\ny: &y {a: 2, b: 2}\nz:\n  <<: [*x, *y, {c: 5}]\n",
            json!({"x": {"a": 1}, "y": {"a": 2, "b": 2}, "z": {"a": 1, "b": 2, "c": 5}}),
        ),
        ("a:\n  <<: &i {b: {c: [1]}}\n  d: *i\n", json!({"a": {"b": {"c": [1]}, "d": {"b": {"c": [1]}}}})),
        (
            "a:\n  <<: {<<: {b: &n [1, 2]}, c: 2}\n  d: *n\ne: *n\n",
            json!({"a": {"b": [1, 2], "c": 2, "d": [1, 2]}, "e": [1, 2]}),
        ),
        ("'<<': 1\n", json!({"<<": 1})),
        ("a: &x\nb: *x\n", json!({"a": null, "b": null})),
    ] {
        assert_eq!(value(text), expected, "{text}");
    }
    let tree = yaml("d: &d {a: !Ref x, b: {c: !Sub y}}\ne:\n  <<: *d\nf: *d\n");
    for name in ["e", "f"] {
        let copy = tree.root().get(name).unwrap();
        let a = copy.get("a").unwrap();
        assert!(a.is_aliased() && a.is_open());
        assert_eq!((a.tag(), a.as_str(), a.span()), (Some("!Ref"), Some("x"), Span::new(15, 16)));
        assert_eq!(copy.get("b").unwrap().get("c").unwrap().tag(), Some("!Sub"));
    }
    assert!(!tree.root().get("e").unwrap().is_aliased() && tree.root().get("f").unwrap().is_aliased());
    assert_eq!(tree.root().get("f").unwrap().get("b").unwrap().path().len(), 2);
}

/// Every node of `text` as `kind-ish content@source`, keys included.
fn outline(text: &str) -> String {
    let tree = yaml(text);
    let mut outline = String::new();
    for ix in 0..tree.n_nodes() {
        let node = tree.node(u32::try_from(ix).unwrap());
        let _ = write!(outline, "<{}>", node.span().of(text));
    }
    outline
}

#[test]
fn spans_are_the_tokens() {
    for (text, expected) in [
        ("a: 1", "<a: 1><a><1>"),
        ("a: \"x\"   # c\nb: 'y' \n", "<a: \"x\"   # c\nb: 'y'><a><\"x\"><b><'y'>"),
        ("é: ü # ö\nß: [ä , \"€\" ]\n", "<é: ü # ö\nß: [ä , \"€\" ]><é><ü><ß><[ä , \"€\" ]><ä><\"€\">"),
        ("a: |-  # c\n  x\n  y  \n\n# d\nb: 2", "<a: |-  # c\n  x\n  y  \n\n# d\nb: 2><a><|-  # c\n  x\n  y  ><b><2>"),
        ("- - a\n  - b\n- >\n  c\n", "<- - a\n  - b\n- >\n  c><- a\n  - b><a><b><>\n  c>"),
        ("a:\n- [b]\n- - c\nd:\n", "<a:\n- [b]\n- - c\nd:><a><- [b]\n- - c><[b]><b><- c><c><d><>"),
        (
            "a: !Sub \"x\"\nb: &k !T\n  c: 1\nd: !U |\n  e\n",
            "<a: !Sub \"x\"\nb: &k !T\n  c: 1\nd: !U |\n  e><a><\"x\"><b><c: 1><c><1><d><|\n  e>",
        ),
        ("a: !X\nb: &y\n- 1", "<a: !X\nb: &y\n- 1><a><><b><- 1><1>"),
        ("{ a : {b: []}, c }", "<{ a : {b: []}, c }><a><{b: []}><b><[]><c><>"),
        ("[{a: 1 , }, [b, ] , c]", "<[{a: 1 , }, [b, ] , c]><{a: 1 , }><a><1><[b, ]><b><c>"),
        ("[a: 1 , b]", "<[a: 1 , b]><a: 1><a><1><b>"),
        ("? |\n  k\n: - v\n", "<? |\n  k\n: - v><|\n  k><- v><v>"),
        ("a: x\n  y\n\n  z # c\n", "<a: x\n  y\n\n  z><a><x\n  y\n\n  z>"),
        ("--- a\n--- # c\n|\n b\n", "<a><|\n b>"),
        ("a: |\nb: >-\n\nc:\n", "<a: |\nb: >-\n\nc:><a><|><b><>-><c><>"),
    ] {
        assert_eq!(outline(text), expected, "{text}");
    }
}

#[test]
fn places_of_what_is_not_there() {
    let tree = yaml("a:   \nb: # c\n  - \n  -\n  - x\n");
    let root = tree.root();
    assert_eq!(root.get("a").unwrap().span(), Span::empty(2));
    assert_eq!(root.get("b").unwrap().items().map(|item| item.span().start).collect::<Vec<_>>(), [16, 21, 26]);
}

#[test]
fn tokens_of_collections() {
    let text = "a:\n  bc: 1\n  d: 2\ne:\n  - 1\nf: {g: 1}\nh: [1]\ni:\n- x: 1\n";
    let tree = yaml(text);
    let token = |name: &str| tree.root().get(name).unwrap().token().of(text);
    assert_eq!(["a", "e", "f", "h", "i"].map(token), ["bc", "-", "{", "[", "-"]);
    assert_eq!(tree.root().token().of(text), "a");
}

#[test]
fn holes_and_tags_are_open() {
    let text =
        "a: ${Name}\nb: x ${N} y\nc: \"${Q}\"\nd: !GetAtt x.y\ne: !If [a, b, c]\nf: [${X}, {k: ${Y: z}}]\ng: $x ${y\n";
    let tree = yaml(text);
    assert_eq!(tree.errors(), []);
    let node = |name: &str| tree.root().get(name).unwrap();
    assert_eq!(node("a").kind(), Kind::Hole);
    assert_eq!(node("a").content(), "${Name}");
    for name in ["a", "b", "c", "d", "e"] {
        assert!(node(name).is_open(), "{name}");
    }
    assert!(node("c").has_hole() && !node("g").is_open());
    assert_eq!((node("d").tag(), node("d").as_str(), node("d").span().of(text)), (Some("!GetAtt"), Some("x.y"), "x.y"));
    assert_eq!((node("e").tag(), node("e").len()), (Some("!If"), 3));
    assert_eq!(node("f").items().next().unwrap().kind(), Kind::Hole);
    assert_eq!(node("f").items().nth(1).unwrap().get("k").unwrap().content(), "${Y: z}");
}

const STYLES: &[&str] = &[
    "a b\n c\n\n\n d",
    "'it''s\n  a ''''  \n\n\t b'",
    "'a'''",
    "''",
    "\"\"",
    "\" \\\n \\n \\t\\0\\a\\b\\v\\f\\r\\e\\ \\\"\\/\\\\\\N\\_\\L\\P\\x41\\u00e9\\U0001F600 \"",
    "\"a  \\\n   b \\\n\n\n  c\n  d\n\n  e \"",
    "\"\n a\n \"",
    "|\n  a\n   b\n\n  c\n\n",
    "|-\n  a\n\n",
    "|+\n  a\n\n \n",
    "|2-\n   a\n  b\n",
    "|1+\n  a\n \n\n",
    "|\n",
    "|+\n\n\n",
    "|+\n  ",
    "|\n  a\n  ",
    "|\n  a",
    ">\n  a\n  b\n\n  c\n    d\n  e\n\n\n  f\n",
    ">-\n\n  a\n  b\n\n",
    ">+\n  a\n\n   b\n\n\n",
    ">1\n  a\n b\n",
    ">\n  a\n  \tb\n  c\n",
    "|\n  é €\n  😀\n",
    "|  # c\n  x\n",
];

#[test]
fn every_style_decodes_and_maps() {
    for scalar in STYLES {
        for (before, after) in
            [("", ""), ("k: ", ""), ("- ", "\n- 1\n"), ("é: ", "\nz: 1\n"), ("- - k: ", ""), ("- !T &a ", "\n")]
        {
            for text in [format!("{before}{scalar}{after}"), format!("{before}{scalar}{after}").replace('\n', "\r\n")] {
                agrees(&text);
                agrees(&text.replace('\n', "\n  ").replace("\r\n", "\r"));
            }
        }
    }
}

#[test]
fn maps_point_at_the_characters() {
    for (text, decoded, at, source) in [
        ("a: \"x\\ty\"", "x\ty", 1, "\\t"),
        ("a: 'x''y'", "x'y", 1, "''"),
        ("a: x\n   y", "x y", 2, "y"),
        ("a: |\n  x\n   y\n", "x\n y\n", 3, "y"),
        ("a: >\n  x\n  y\n", "x y\n", 1, "\n  "),
        ("a: >-\n  é\n  y\n", "é y", 3, "y"),
    ] {
        let tree = yaml(text);
        let node = tree.root().get("a").unwrap();
        assert_eq!(node.as_str(), Some(decoded), "{text}");
        assert_eq!(node.source_span(Span::new(at, at + 1)).of(text), source, "{text}");
    }
    for (text, place) in [("a: |-\n", 3), ("a: |\nb: 1\n", 3), ("a: \"\\\n  \"", 4), ("a: ''", 4), ("a:\nb: 1", 2)] {
        let tree = yaml(text);
        let node = tree.root().get("a").unwrap();
        assert_eq!((node.content(), node.source_span(Span::empty(0))), ("", Span::empty(place)), "{text:?}");
    }
}

#[test]
fn a_byte_order_mark_ends_a_block_scalar() {
    let starts = ["|", ">", "a: |+", "- >-", "a: |2", "a: |\n  b", "|\nb", "- a: >\n   b\n"];
    for (start, line_break) in starts.into_iter().flat_map(|start| ["\n", "\r", "\r\n"].map(|end| (start, end))) {
        for (indent, behind) in
            ["", "  ", "   "].into_iter().flat_map(|indent| ["", "c", "\n", "\na: 1"].map(|c| (indent, c)))
        {
            agrees(&format!("{}{line_break}{indent}\u{feff}{behind}", start.replace('\n', line_break)));
            agrees(&format!("{}{line_break}{indent}c\u{feff}{behind}", start.replace('\n', line_break)));
        }
    }
}

#[test]
fn documents() {
    let tree = yaml("a: &x 1\n---\n- 2\n---\n---\nb: *x\n");
    assert_eq!(tree.roots().map(Node::kind).collect::<Vec<_>>(), [Kind::Object, Kind::Array, Kind::Null, Kind::Object]);
    assert_eq!(tree.errors().len(), 1, "an anchor of another document: {:?}", tree.errors());
    for text in ["", " \n", "# only a comment\n", "\u{feff}"] {
        let tree = yaml(text);
        assert_eq!(tree.root().kind(), Kind::Missing);
        assert_eq!(tree.errors()[0].message, "the document is empty");
    }
}

#[test]
fn depth_is_bounded() {
    for (text, error) in [
        ("[".repeat(10_000), "255 brackets"),
        ("{a: ".repeat(10_000), "255 brackets"),
        (format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)), "255 brackets"),
        ("- ".repeat(10_000), "1000 levels"),
        ((0..3_000).fold(String::new(), |text, depth| text + &" ".repeat(depth) + "a:\n"), "1000 levels"),
        ("? ".repeat(10_000), "a key is a string"),
        (format!("a: &a\n  {0}x\nb:\n  {0}*a\n", "- ".repeat(600)), "1000 levels once expanded"),
    ] {
        let tree = yaml(&text);
        assert!(tree.errors().iter().any(|found| found.message.contains(error)), "{:?}", tree.errors());
        let deepest = (0..tree.n_nodes()).map(|ix| tree.node(u32::try_from(ix).unwrap()).path().len()).max();
        assert!(deepest.is_none_or(|depth| depth <= MAX_DEPTH), "{deepest:?}");
    }
}

#[test]
fn billions_of_laughs() {
    let mut text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for n in 0..20 {
        let _ =
            writeln!(text, "a{}: &a{} [*a{n}, *a{n}, *a{n}, *a{n}, *a{n}, *a{n}, *a{n}, *a{n}, *a{n}]", n + 1, n + 1);
    }
    let tree = parse(&text.into(), Format::Yaml);
    assert!(tree.n_nodes() < 200_000, "{}", tree.n_nodes());
    assert!(tree.errors()[0].message.starts_with("aliases expand to more than"), "{:?}", tree.errors()[0]);
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-1_000_000_i64..1_000_000).prop_map(Value::from),
        (-1e6..1e6_f64).prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(text(), inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9 .$_-]{0,12}",
        "[a-z :#'\"\\\\\n\t\\[\\]{},&*!|>%@`~?-]{0,12}",
        "\\PC{0,6}",
        "(null|true|0x1|1e3|yes|<<|---|=|é€😀|a: b|x #y)",
        "[ab \n]{0,10}",
    ]
}

/// Writes `value` as YAML; `style` decides how.
struct Writer {
    out: String,
    style: u64,
}

impl Writer {
    fn choose(&mut self, n: u64) -> u64 {
        // A linear congruential generator: any will do.
        self.style = self.style.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.style >> 33) % n
    }

    fn scalar(&mut self, text: &str, indent: usize, block: bool, key: bool) {
        let printable = text.chars().all(|c| !c.is_control() && c != '\u{feff}');
        let word = printable
            && text.starts_with(|c: char| c.is_alphabetic())
            && text.chars().all(|c| c.is_alphanumeric() || c == ' ')
            && text.trim() == text
            && super::resolve::plain(text) == Kind::String;
        let lines = text.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{feff}');
        match self.choose(4) {
            0 if word => self.out.push_str(text),
            1 if printable => {
                let _ = write!(self.out, "'{}'", text.replace('\'', "''"));
            }
            2 if lines && block && !key && !text.is_empty() => self.literal(text, indent),
            _ => {
                let quoted = Value::from(text).to_string();
                // Break a long one at a blank between words, where that is all it is.
                let at = quoted.find(" b").filter(|&at| !key && at > 1 && !quoted[..at].ends_with([' ', '\\', '"']));
                match at {
                    Some(at) => {
                        let _ = write!(self.out, "{}\n{}{}", &quoted[..at], " ".repeat(indent + 1), &quoted[at + 1..]);
                    }
                    None => self.out.push_str(&quoted),
                }
            }
        }
    }

    fn literal(&mut self, text: &str, indent: usize) {
        let body = text.trim_end_matches('\n');
        let n_breaks = text.len() - body.len();
        let chomping = match n_breaks {
            0 => "-",
            1 if !body.is_empty() => "",
            _ => "+",
        };
        let _ = write!(self.out, "|2{chomping}");
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            let _ = write!(self.out, "\n{}{line}", " ".repeat(indent + 2));
        }
    }

    fn value(&mut self, value: &Value, indent: usize, block: bool) {
        match value {
            Value::String(text) => self.scalar(text, indent, block, false),
            Value::Array(items) if !items.is_empty() && block && self.choose(3) > 0 => {
                for item in items {
                    let _ = write!(self.out, "\n{}- ", " ".repeat(indent + 2));
                    self.value(item, indent + 2, true);
                }
            }
            Value::Object(members) if !members.is_empty() && block && self.choose(3) > 0 => {
                for (key, item) in members {
                    let _ = write!(self.out, "\n{}", " ".repeat(indent + 2));
                    self.scalar(key, indent, false, true);
                    self.out.push_str(": ");
                    self.value(item, indent + 2, true);
                    if self.choose(4) == 0 && !self.out.ends_with('\n') && !self.out.contains("|2") {
                        self.out.push_str("  # note: \"x\"");
                    }
                }
            }
            Value::Array(items) => {
                self.out.push('[');
                for item in items {
                    self.value(item, indent, false);
                    self.out.push_str(", ");
                }
                self.out.push(']');
            }
            Value::Object(members) => {
                self.out.push('{');
                for (key, item) in members {
                    self.scalar(key, indent, false, true);
                    self.out.push_str(": ");
                    self.value(item, indent, false);
                    self.out.push_str(", ");
                }
                self.out.push('}');
            }
            other => self.out.push_str(&other.to_string()),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(value in json_value(), style in any::<u64>()) {
        let mut writer = Writer { out: "---".to_owned(), style };
        writer.out.push_str(if value.is_object() || value.is_array() { "" } else { " " });
        if value.is_array() || value.is_object() {
            writer.out.push(' ');
        }
        writer.value(&value, 0, true);
        writer.out.push('\n');
        let tree = yaml(&writer.out);
        prop_assert_eq!(tree.errors(), &[][..], "{}", writer.out);
        prop_assert_eq!(tree.root().to_value(), value, "{}", writer.out);
        agrees(&writer.out);
    }

    #[test]
    fn any_text_is_survived(text in "[a-c:\\-\\[\\]{},#&*!|>'\"%@`? \n\t\r\\\\0\u{0}\u{feff}é😀$<~.+1]{0,40}") {
        agrees(&text);
    }

    #[test]
    fn block_scalars_agree(header in "[|>][1-3]?[-+]?", body in "(\n[ ]{0,4}[ab \t]{0,3}){0,6}\n?", parent in "(|a: |- |- a: | - a:\n  - )") {
        agrees(&format!("{parent}{header}{body}"));
        agrees(&format!("{parent}{header}{body}\nz: 1"));
    }

    #[test]
    fn quoted_scalars_agree(body in "[ab '\t\n\r\\\\nx41 ]{0,16}", double in any::<bool>()) {
        let quote = if double { '"' } else { '\'' };
        agrees(&format!("{quote}{body}{quote}"));
        agrees(&format!(" - k: {quote}{body}{quote} # c\n   l: 1"));
        agrees(&format!("{body}b"));
    }
}
