//! Whatever a client sends: texts that are large or hardly texts, places that are none, requests that are overtaken.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use lsp_server::{Connection, Message, Notification, Request, Response};
use serde_json::{Value, json};

use super::client::{Client, everything};
use super::edits::METHODS;

const URI: &str = "mem:a";

/// A machine in which no rule of a Choice is tried behind the first, which needs a proof.
const PROVED: &str = r#"{"StartAt": "A", "States": {
  "A": {"Type": "Choice", "Choices": [
    {"Variable": "$.n", "NumericGreaterThan": 1, "Next": "B"}, {"Variable": "$.n", "NumericGreaterThan": 2, "Next": "B"}
  ], "Default": "C"},
  "B": {"Type": "Succeed"}, "C": {"Type": "Succeed"}}}"#;

fn params(uri: &str, start: &Value, end: &Value) -> Value {
    json!({
        "textDocument": {"uri": uri}, "position": start, "positions": [start, end], "newName": "x", "query": "",
        "range": {"start": start, "end": end}, "context": {"diagnostics": [], "includeDeclaration": true},
    })
}

#[test]
fn what_is_not_open_is_not_known() {
    let mut client = Client::new();
    client.open(URI, "asl", PROVED);
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": URI}}));
    let place = json!({"line": 0, "character": 0});
    for uri in [URI, "file:///never/opened.asl.json", "", "no uri at all"] {
        for method in METHODS.into_iter().chain(["textDocument/diagnostic", "textDocument/inlayHint"]) {
            assert_eq!(client.request(method, params(uri, &place, &place)), Err(-32602), "{method} of {uri:?}");
        }
    }
    assert_eq!(client.leave(), 0);
}

#[test]
fn places_that_are_none_are_the_nearest_that_is() {
    let most = json!({"line": u32::MAX, "character": u32::MAX});
    let places = [
        json!({"line": 0, "character": 0}),
        json!({"line": 0, "character": u32::MAX}),
        json!({"line": 1, "character": 7}),
        json!({"line": u32::MAX, "character": 0}),
        most.clone(),
    ];
    for encoding in ["utf-8", "utf-16", "utf-32"] {
        let mut capabilities = everything();
        capabilities["general"]["positionEncodings"] = json!([encoding]);
        for text in
            ["", "\u{feff}", "null", "[", "{\"a\": \"\\ud83d\"}", "\r\r\n\t\u{1f600}e\u{301}", "- - -\n?", PROVED]
        {
            let (mut client, _) = Client::with(json!({"capabilities": capabilities}));
            client.open("mem:a.asl.json", "asl", text);
            for start in &places {
                for end in &places {
                    let asked = params("mem:a.asl.json", start, end);
                    for method in METHODS {
                        let answer = client.request(method, asked.clone());
                        assert!(!matches!(answer, Err(-32603..=-32600)), "{method} at {start} of {text:?}: {answer:?}");
                    }
                }
            }
            // An edit behind the end is one at the end.
            client.change("mem:a.asl.json", &json!([{"range": {"start": most, "end": most}, "text": "\n{\"A\": 1"}]));
            let asked = params("mem:a.asl.json", &most, &most);
            assert!(client.request("textDocument/selectionRange", asked).is_ok());
            assert_eq!(client.leave(), 0);
        }
    }
}

#[test]
fn a_place_within_a_character_is_its_start() {
    // Before the name stand a tab and a character of two units, of four bytes.
    let text =
        "{\r\n\t\"Comment\": \"\u{1f600}\", \"StartAt\": \"A\",\r\n\"States\": {\"A\": {\"Type\": \"Succeed\"}}}";
    for (encoding, column) in [("utf-8", 15), ("utf-8", 14), ("utf-16", 14), ("utf-32", 13)] {
        let mut capabilities = everything();
        capabilities["general"]["positionEncodings"] = json!([encoding]);
        let (mut client, _) = Client::with(json!({"capabilities": capabilities}));
        client.open(URI, "asl", text);
        let inside = json!({"line": 1, "character": column});
        client.change(URI, &json!([{"range": {"start": inside, "end": inside}, "text": "see https://a.example/b "}]));
        let links = client.request("textDocument/documentLink", json!({"textDocument": {"uri": URI}})).expect("links");
        let end = json!({"line": 1, "character": 13 + "see https://a.example/b".len()});
        assert_eq!(links[0]["range"]["end"], end, "{encoding} {column}: {links}");
        assert_eq!(client.leave(), 0);
    }
}

/// A machine of so many states, of a kilobyte each.
fn large(n_states: usize) -> String {
    let mut text = String::from("{\"StartAt\": \"S0\", \"States\": {\n");
    for i in 0..n_states {
        let data = "d\u{e9}j\u{e0} vu ".repeat(90);
        let _ = writeln!(text, "\"S{i}\": {{\"Type\": \"Pass\", \"Result\": \"{data}\", \"Next\": \"S{}\"}},", i + 1);
    }
    text + "\"S" + &n_states.to_string() + "\": {\"Type\": \"Succeed\"}}}"
}

#[test]
fn a_text_of_a_megabyte() {
    for text in [large(1_100), large(1_100).replace('\n', " ")] {
        assert!(text.len() > 1_000_000);
        let mut client = Client::new();
        client.open(URI, "asl", &text);
        let (before, after) = text.split_at(text.find("\"S500\"}").expect("a target") + 1);
        let place = |more: usize| {
            let line = before.matches('\n').count();
            let column = before.rsplit('\n').next().unwrap_or_default().encode_utf16().count();
            json!({"line": line, "character": column + more})
        };
        let found = client.at("textDocument/definition", URI, &place(1)).expect("an answer");
        assert_eq!(found.as_array().map(Vec::len), Some(1));
        client.change(URI, &json!([{"range": {"start": place(0), "end": place(4)}, "text": "S5x"}]));
        let shown = client.diagnostics(URI);
        let changed = format!("{before}S5x{}", &after[4..]);
        assert!(changed.contains("\"S5x\"}"));
        let dangling: Vec<&Value> = shown.iter().filter(|shown| shown["code"] == "dangling-target").collect();
        assert_eq!(dangling.len(), 1, "{dangling:?}");
        assert_eq!(dangling[0]["range"]["end"]["character"], json!(place(4)["character"].as_u64()));
        assert_eq!(client.leave(), 0);
    }
}

/// What a server answers to all of these, told before it looks at the first: the answers by id, and what it asks or tells.
fn batch(capabilities: &Value, messages: Vec<Message>) -> (Vec<Response>, Vec<String>) {
    let (server, client) = Connection::memory();
    let start =
        Request { id: 0.into(), method: "initialize".to_owned(), params: json!({"capabilities": capabilities}) };
    let end = Request { id: 99.into(), method: "shutdown".to_owned(), params: Value::Null };
    let exit = Notification { method: "exit".to_owned(), params: Value::Null };
    for message in [start.into()].into_iter().chain(messages).chain([end.into(), exit.into()]) {
        client.sender.send(message).expect("it is open");
    }
    assert_eq!(aslint::lsp::serve(&server), 0);
    drop(server);
    let (mut answers, mut told) = (Vec::new(), Vec::new());
    for message in &client.receiver {
        match message {
            Message::Response(response) => answers.push(response),
            Message::Request(request) => told.push(request.method),
            Message::Notification(notification) => told.push(notification.method),
        }
    }
    (answers, told)
}

fn opened() -> Message {
    let document = json!({"uri": URI, "languageId": "asl", "version": 1, "text": PROVED});
    Notification { method: "textDocument/didOpen".to_owned(), params: json!({"textDocument": document}) }.into()
}

fn pull(id: i32) -> Message {
    let params = json!({"textDocument": {"uri": URI}});
    Request { id: id.into(), method: "textDocument/diagnostic".to_owned(), params }.into()
}

/// What became of a request: how many findings, or the code of the error.
fn outcome(answers: &[Response], id: i32) -> Result<usize, i32> {
    let answer = answers.iter().find(|answer| answer.id == id.into()).expect("an answer");
    match &answer.response_result {
        Ok(value) => Ok(value["items"].as_array().expect("a list").len()),
        Err(error) => Err(error.code),
    }
}

#[test]
fn a_question_that_is_overtaken_is_given_back() {
    let changed = Notification {
        method: "textDocument/didChange".to_owned(),
        params: json!({"textDocument": {"uri": URI, "version": 2}, "contentChanges": [{"text": PROVED}]}),
    };
    let cancel = Notification { method: "$/cancelRequest".to_owned(), params: json!({"id": 3}) };
    let messages = vec![opened(), pull(1), changed.into(), pull(2), pull(3), cancel.into()];
    let (answers, _) = batch(&json!({"textDocument": {"diagnostic": {}}}), messages);
    let overtaken = answers.iter().find(|answer| answer.id == 1.into()).expect("an answer");
    let error = overtaken.response_result.as_ref().expect_err("it is given back");
    assert_eq!((error.code, &error.data), (-32802, &Some(json!({"retriggerRequest": true}))));
    assert_eq!(outcome(&answers, 3), Err(-32800));
    // Who leaves before the proofs are made gets no less than a word.
    assert!(matches!(outcome(&answers, 2), Ok(1..) | Err(-32802)));
    let ids: std::collections::BTreeSet<String> = answers.iter().map(|answer| answer.id.to_string()).collect();
    assert_eq!(ids.len(), answers.len(), "each is answered once");
}

#[test]
fn who_can_be_told_to_ask_again_is_answered_at_once() {
    let capabilities =
        json!({"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": {"refreshSupport": true}}});
    let (answers, _) = batch(&capabilities, vec![opened(), pull(1)]);
    assert_eq!(outcome(&answers, 1), Ok(0), "nothing is found without proofs");
    let (mut client, _) = Client::with(json!({"capabilities": capabilities}));
    client.open(URI, "asl", PROVED);
    let asked = json!({"textDocument": {"uri": URI}});
    let mut n_asked = 0;
    // What a client does: it asks, and asks again when it is told to.
    let found = loop {
        let answer = client.request("textDocument/diagnostic", asked.clone()).expect("an answer");
        n_asked += 1;
        let items = answer["items"].as_array().expect("a list").clone();
        if !items.is_empty() {
            break items;
        }
        assert!(n_asked == 1, "it was told to ask again for nothing");
        while !client.asked.iter().any(|asked| asked.method == "workspace/diagnostic/refresh") {
            let _ = client.request("no/such", Value::Null);
        }
        client.asked.clear();
    };
    assert_eq!(found[0]["code"], "dead-choice-rule", "{found:?}");
    assert_eq!(client.leave(), 0);
}

/// The command, as a process that a client talks to.
struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Process {
    fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aslint"));
        let mut child = command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let (input, output) = (child.stdin.take().expect("an input"), child.stdout.take().expect("an output"));
        let mut process = Self { child, input, output: BufReader::new(output) };
        process.send(&json!({"id": 1, "method": "initialize", "params": {"capabilities": {}}}));
        process
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("it listens");
        self.input.flush().expect("it listens");
    }

    fn take(&mut self) -> Value {
        let mut header = String::new();
        self.output.read_line(&mut header).expect("a header");
        let length = header.trim().strip_prefix("Content-Length: ").expect("a length").parse().expect("a number");
        self.output.read_line(&mut header).expect("a blank line");
        let mut text = vec![0; length];
        self.output.read_exact(&mut text).expect("a message");
        serde_json::from_slice(&text).expect("a message")
    }

    /// Its memory in kilobytes, where the system tells.
    fn memory(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().strip_suffix(" kB")?.parse().ok()
    }

    /// Makes edits of one text, and waits for what is proved of the last.
    fn edit(&mut self, n_edits: usize, version: &mut usize) {
        for _ in 0..n_edits {
            *version += 1;
            let text = PROVED.replace("\"B\"", &format!("\"B{}\"", *version % 10));
            let document = json!({"uri": URI, "version": version});
            let params = json!({"textDocument": document, "contentChanges": [{"text": text}]});
            self.send(&json!({"method": "textDocument/didChange", "params": params}));
            self.send(&json!({"id": 2, "method": "textDocument/hover", "params": {
                "textDocument": {"uri": URI}, "position": {"line": 1, "character": 3}}}));
        }
        let mut n_told = 0;
        while n_told < 2 {
            let told = self.take();
            n_told += usize::from(told["params"]["version"] == json!(version));
        }
    }
}

#[test]
fn memory_stays_as_it_is() {
    let n_edits = std::env::var("ASLINT_LSP_EDITS").ok().and_then(|n| n.parse().ok()).unwrap_or(600);
    let mut process = Process::start();
    let document = json!({"uri": URI, "languageId": "asl", "version": 0, "text": PROVED});
    process.send(&json!({"method": "textDocument/didOpen", "params": {"textDocument": document}}));
    let mut version = 0;
    process.edit(200, &mut version);
    let before = process.memory();
    for _ in 0..n_edits / 100 {
        process.edit(100, &mut version);
    }
    if let (Some(before), Some(after)) = (before, process.memory()) {
        assert!(after < before + before / 8 + 2_048, "{before} kB before {n_edits} edits, {after} kB after");
    }
    process.send(&json!({"id": 3, "method": "shutdown"}));
    process.send(&json!({"method": "exit"}));
    assert!(process.child.wait().expect("it ends").success());
}
