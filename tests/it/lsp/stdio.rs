//! The server as a process: frames on standard input and output, and the exit code.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// What the command answers to these bytes, message by message, and its exit code.
fn session(input: &[u8]) -> (Vec<Value>, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aslint"));
    let mut child =
        command.args(["lsp", "--stdio"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    child.stdin.take().expect("an input").write_all(input).expect("it reads");
    let mut output = Vec::new();
    child.stdout.take().expect("an output").read_to_end(&mut output).expect("it writes");
    let code = child.wait().expect("it ends").code().expect("a code");
    let text = String::from_utf8(output).expect("UTF-8");
    let mut messages = Vec::new();
    let mut rest = text.as_str();
    while let Some((head, behind)) = rest.split_once("\r\n\r\n") {
        let length: usize = head.trim().strip_prefix("Content-Length: ").expect("a length").parse().expect("a number");
        messages.push(serde_json::from_str(&behind[..length]).expect("a message"));
        rest = &behind[length..];
    }
    (messages, code)
}

fn framed(text: &str) -> String {
    format!("Content-Length: {}\r\n\r\n{text}", text.len())
}

fn message(id: Option<i32>, method: &str, params: &Value) -> String {
    let mut message = json!({"jsonrpc": "2.0", "method": method, "params": params});
    if let Some(id) = id {
        message["id"] = json!(id);
    }
    framed(&message.to_string())
}

#[test]
fn what_cannot_be_read_is_answered_and_ends_nothing() {
    let text = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}"#;
    let document = json!({"uri": "file:///a.asl.json", "languageId": "asl", "version": 7, "text": text});
    let input = [
        framed("{nonsense"),
        framed(r#"{"jsonrpc": "2.0", "id": 5}"#),
        framed(r#"{"jsonrpc": "2.0", "id": 99999999999, "method": "x"}"#),
        message(Some(1), "initialize", &json!({"capabilities": {}})),
        message(None, "initialized", &json!({})),
        message(None, "textDocument/didOpen", &json!({"textDocument": document})),
        message(Some(2), "textDocument/documentSymbol", &json!({"textDocument": {"uri": "file:///a.asl.json"}})),
        framed("[]"),
        message(Some(3), "shutdown", &Value::Null),
        message(None, "exit", &Value::Null),
    ];
    let (messages, code) = session(input.concat().as_bytes());
    assert_eq!(code, 0);
    let codes: Vec<i64> = messages.iter().filter_map(|message| message["error"]["code"].as_i64()).collect();
    assert_eq!(codes.iter().filter(|&&code| code == -32700).count(), 1, "{messages:?}");
    assert_eq!(codes.iter().filter(|&&code| code == -32600).count(), 3, "{messages:?}");
    let answer = |id: i32| messages.iter().find(|message| message["id"] == id && message.get("method").is_none());
    assert!(answer(1).is_some_and(|answer| answer["result"]["capabilities"].is_object()));
    assert_eq!(answer(2).expect("an answer")["result"][0]["name"], "A");
    assert!(answer(3).is_some() && messages.iter().all(|message| message["jsonrpc"] == "2.0"));
}

#[test]
fn the_exit_code_is_that_of_the_protocol() {
    let start = message(Some(1), "initialize", &json!({"capabilities": {}}));
    assert_eq!(session(b"").1, 1);
    assert_eq!(session(start.as_bytes()).1, 1, "it left without a word");
    assert_eq!(session(format!("{start}{}", message(None, "exit", &Value::Null)).as_bytes()).1, 1);
    assert_eq!(session(format!("{start}{}", message(Some(2), "shutdown", &Value::Null)).as_bytes()).1, 0);
    assert_eq!(session(b"Content-Length: many\r\n\r\n{}").1, 1);
}

#[test]
fn many_texts_are_open_at_once() {
    let mut client = super::client::Client::new();
    let text = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}"#;
    for i in 0..500 {
        client.open(&format!("mem:{i}"), "asl", text);
    }
    let last = client.diagnostics("mem:499");
    assert!(last.iter().any(|shown| shown["code"] == "dangling-target"), "{last:?}");
    let symbols = client.request("textDocument/documentSymbol", json!({"textDocument": {"uri": "mem:0"}}));
    assert_eq!(symbols.expect("an answer")[0]["name"], "A");
    assert_eq!(client.leave(), 0);
}
