//! Random edits: after each, the server sees what a client sees.

use std::fs;

use aslint::engine::{self, Options};
use aslint::source::{Source, kind_of};
use aslint::text::{Encoding, LineIndex};
use serde_json::{Value, json};

use super::client::{Client, everything};
use crate::corpus;

/// How many edits are made, in the suite. `ASLINT_LSP_EDITS` asks for more.
const N_EDITS: usize = 120;

/// Numbers that look like chance and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("small") % n.max(1)
    }

    /// An offset at which a character of the text begins, or its end.
    fn offset(&mut self, text: &str) -> usize {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

const PIECES: [&str; 20] = [
    "\"",
    "{",
    "}",
    ",",
    ":",
    "\r\n",
    "\r",
    "\n",
    "\t",
    "😀",
    "e\u{301}",
    "\u{2028}",
    "\\u00e9",
    "\"Next\": \"A\"",
    "- ",
    "  ",
    "#",
    "{% $x %}",
    "${Hole}",
    "é",
];

/// One change of a text: what goes, and what comes.
fn change(dice: &mut Dice, text: &str) -> (usize, usize, String) {
    let at = dice.offset(text);
    match dice.below(5) {
        0 => (at, at, PIECES[dice.below(PIECES.len())].to_owned()),
        1 => {
            // A whole half of it comes again, or goes.
            let other = dice.offset(text);
            (at, at, text[at.min(other)..at.max(other)].chars().take(400).collect())
        }
        2 => {
            let end = text[at..].char_indices().nth(dice.below(40)).map_or(text.len(), |(more, _)| at + more);
            (at, end, String::new())
        }
        _ => {
            let end = text[at..].char_indices().nth(dice.below(3)).map_or(text.len(), |(more, _)| at + more);
            (at, end, PIECES[dice.below(PIECES.len())].to_owned())
        }
    }
}

fn position(lines: &LineIndex, text: &str, at: usize, encoding: Encoding) -> Value {
    let at = lines.position(text, u32::try_from(at).expect("small"), encoding);
    json!({"line": at.line, "character": at.column})
}

/// The offset that the server takes a position for: a client that points between `\r` and `\n` means the end of the line.
fn snapped(lines: &LineIndex, text: &str, at: usize, encoding: Encoding) -> usize {
    let position = lines.position(text, u32::try_from(at).expect("small"), encoding);
    lines.offset(text, position, encoding) as usize
}

/// What is to be shown of a text.
fn expected(name: &str, text: &str, encoding: Encoding) -> Vec<(Value, Value)> {
    let (kind, format) = kind_of(name, "{");
    let source = Source { name: name.to_owned(), text: text.into(), format, kind, not_utf8: None };
    let lines = LineIndex::new(text);
    let found = engine::check(&source, &Options::default()).diagnostics;
    let mut shown: Vec<(Value, Value)> = found
        .iter()
        .map(|found| {
            let span = found.primary.span;
            let at = |at: u32| position(&lines, text, at as usize, encoding);
            (json!(found.rule), json!({"start": at(span.start), "end": at(span.end)}))
        })
        .collect();
    shown.sort_by_key(|(rule, range)| (rule.to_string(), range.to_string()));
    shown
}

#[test]
fn after_each_edit_the_server_sees_what_a_fresh_reader_sees() {
    let Some(corpus) = corpus::root() else { return };
    let n_edits = std::env::var("ASLINT_LSP_EDITS").ok().and_then(|n| n.parse().ok()).unwrap_or(N_EDITS);
    let mut files = corpus::files(&corpus.join("asl-json"));
    files.extend(corpus::files(&corpus.join("asl-yaml")));
    files.extend(corpus::files(&corpus.join("asl-broken")));
    // The larger ones cost time and say nothing more.
    files.retain(|file| fs::metadata(file).is_ok_and(|file| file.len() < 6_000));
    let mut dice = Dice(20_261_128);
    let mut n_made = 0;
    while n_made < n_edits {
        let file = &files[dice.below(files.len())];
        let Ok(original) = fs::read_to_string(file) else { continue };
        let name =
            if file.extension().is_some_and(|end| end == "json") { "untitled.asl.json" } else { "untitled.asl.yaml" };
        let (encoding, offered) =
            [(Encoding::Utf8, "utf-8"), (Encoding::Utf16, "utf-16"), (Encoding::Scalar, "utf-32")][dice.below(3)];
        let mut capabilities = everything();
        capabilities["general"]["positionEncodings"] = json!([offered]);
        let (mut client, _) = Client::with(json!({"capabilities": capabilities}));
        let uri = format!("mem:{name}");
        client.open(&uri, "", &original);
        client.diagnostics(&uri);
        let mut text = original.clone();
        let mut before = Vec::new();
        for _ in 0..10 {
            let mut changes = Vec::new();
            before.push(text.clone());
            if dice.below(8) == 0 {
                // All is undone at once.
                text = before.swap_remove(dice.below(before.len()));
                changes.push(json!({"text": text}));
            } else {
                for _ in 0..=dice.below(3) {
                    let (start, end, new) = change(&mut dice, &text);
                    let lines = LineIndex::new(&text);
                    let at = |at| position(&lines, &text, at, encoding);
                    changes.push(json!({"range": {"start": at(start), "end": at(end)}, "text": new}));
                    let (start, end) = (snapped(&lines, &text, start, encoding), snapped(&lines, &text, end, encoding));
                    text.replace_range(start..end.max(start), &new);
                }
            }
            client.change(&uri, &json!(changes));
            n_made += 1;
            let mut shown: Vec<(Value, Value)> =
                client.diagnostics(&uri).iter().map(|shown| (shown["code"].clone(), shown["range"].clone())).collect();
            shown.sort_by_key(|(rule, range)| (rule.to_string(), range.to_string()));
            assert_eq!(shown, expected(name, &text, encoding), "{} as {text:?}", file.display());
            // Whatever is asked at whatever place has an answer.
            let lines = LineIndex::new(&text);
            let at = position(&lines, &text, dice.offset(&text), encoding);
            let method = METHODS[dice.below(METHODS.len())];
            let params = json!({"textDocument": {"uri": uri}, "position": at, "positions": [at], "newName": "x\"'",
                "range": {"start": at, "end": at}, "context": {"diagnostics": []}});
            let answer = client.request(method, params);
            assert!(!matches!(answer, Err(-32603..=-32600)), "{method} at {at} of {text:?}: {answer:?}");
        }
        assert_eq!(client.leave(), 0);
    }
}

/// What is asked of a text.
pub(crate) const METHODS: [&str; 14] = [
    "textDocument/codeAction",
    "textDocument/codeLens",
    "textDocument/hover",
    "textDocument/completion",
    "textDocument/signatureHelp",
    "textDocument/definition",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/prepareRename",
    "textDocument/rename",
    "textDocument/documentSymbol",
    "textDocument/foldingRange",
    "textDocument/selectionRange",
    "textDocument/documentLink",
];

#[test]
fn columns_are_counted_as_the_client_counts() {
    let text =
        "{\r\n\t\"Comment\": \"e\u{301}😀\", \"StartAt\": \"A\",\r\n\"States\": {\"A\": {\"Type\": \"Succeed\"}}}";
    let (line_start, at) = (text.find('\t').expect("a tab"), text.find("\"A\"").expect("a name"));
    let before = &text[line_start..=at];
    for (offered, column) in
        [("utf-8", before.len()), ("utf-16", before.encode_utf16().count()), ("utf-32", before.chars().count())]
    {
        let mut capabilities = everything();
        capabilities["general"]["positionEncodings"] = json!([offered]);
        let (mut client, answer) = Client::with(json!({"capabilities": capabilities}));
        assert_eq!(answer["capabilities"]["positionEncoding"], offered);
        client.open("mem:a", "asl", text);
        let place = json!({"line": 1, "character": column});
        let found = client.at("textDocument/definition", "mem:a", &place).expect("an answer");
        assert_eq!(found[0]["range"]["start"], json!({"line": 2, "character": 12}), "{offered}");
        let back =
            client.at("textDocument/references", "mem:a", &json!({"line": 2, "character": 12})).expect("an answer");
        assert_eq!(back[0]["range"]["start"], place, "{offered}");
        // An edit in the middle of what takes two units lands before it.
        let inside = json!({"line": 1, "character": column});
        client.change("mem:a", &json!([{"range": {"start": inside, "end": inside}, "text": "B"}]));
        let shown = client.diagnostics("mem:a");
        assert!(
            shown.iter().any(|shown| shown["message"].as_str().is_some_and(|said| said.contains("`BA`"))),
            "{shown:?}"
        );
    }
}
