//! How fast the language server answers, over standard input and output, and how much memory it takes: figures for the machines that
//! are named, or for two that are made up, of 57 KB and 61 states, and of 1 MB.
//!
//! Each request but the edits comes twice: as the first question after an edit, where nothing may be known of the text yet beyond
//! what its diagnostics needed, and again.
//!
//! ```text
//! cargo build --release --bin aslint --example latency && target/release/examples/latency [FILE…]
//! ```

#![expect(clippy::print_stdout, reason = "the figures are the result")]
#![expect(clippy::disallowed_methods, reason = "it measures, and reads what it measures with")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How often each thing is done.
const N_TIMES: usize = 200;

/// How many edits there are between the first look at the memory and the last. `ASLINT_LSP_EDITS` asks for another number.
const N_EDITS: usize = 2_000;

/// A line that is typed again and again, one letter longer each time, up to a few.
struct Typed<'t> {
    uri: &'t str,
    number: usize,
    text: &'t str,
    length: usize,
    n_edits: usize,
}

struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    n_requests: i32,
    version: i32,
}

impl Server {
    fn start() -> Self {
        let own = std::env::current_exe().expect("a program");
        let folder = own.parent().and_then(|examples| examples.parent()).expect("a folder of results");
        let mut command = Command::new(folder.join("aslint"));
        let mut child =
            command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the binary is built");
        let input = child.stdin.take().expect("an input");
        let output = BufReader::new(child.stdout.take().expect("an output"));
        let mut server = Self { child, input, output, n_requests: 0, version: 0 };
        let capabilities = json!({"general": {"positionEncodings": ["utf-8"]}});
        server.request("initialize", &json!({"processId": null, "rootUri": null, "capabilities": capabilities}));
        server.send(&json!({"jsonrpc": "2.0", "method": "initialized", "params": {}}));
        server
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("the server listens");
        self.input.flush().expect("the server listens");
    }

    fn take(&mut self) -> Value {
        let mut length = 0;
        let mut line = String::new();
        loop {
            line.clear();
            self.output.read_line(&mut line).expect("the server answers");
            match line.trim().strip_prefix("Content-Length: ") {
                Some(number) => length = number.parse().expect("a number"),
                None if line.trim().is_empty() => break,
                None => {}
            }
        }
        let mut text = vec![0; length];
        self.output.read_exact(&mut text).expect("a whole message");
        serde_json::from_slice(&text).expect("a message")
    }

    fn request(&mut self, method: &str, params: &Value) -> Value {
        self.n_requests += 1;
        let id = self.n_requests;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        loop {
            let message = self.take();
            if message["id"] == id {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message;
            }
        }
    }

    /// Waits for the first diagnostics of the version that was sent last.
    fn diagnostics(&mut self) {
        loop {
            let message = self.take();
            if message["method"] == "textDocument/publishDiagnostics" && message["params"]["version"] == self.version {
                return;
            }
        }
    }

    fn open(&mut self, uri: &str, text: &str) {
        self.version = 1;
        let document = json!({"uri": uri, "languageId": "asl", "version": 1, "text": text});
        let params = json!({"textDocument": document});
        self.send(&json!({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": params}));
        self.diagnostics();
    }

    fn edit(&mut self, line: &mut Typed<'_>) {
        self.version += 1;
        line.n_edits += 1;
        let new = format!("{}{}", line.text, " ".repeat(line.n_edits % 7));
        let at = |column: usize| json!({"line": line.number, "character": column});
        let change = json!({"range": {"start": at(0), "end": at(line.length)}, "text": new});
        line.length = new.len();
        let document = json!({"uri": line.uri, "version": self.version});
        let params = json!({"textDocument": document, "contentChanges": [change]});
        self.send(&json!({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": params}));
        self.diagnostics();
    }

    /// The memory that it takes, in megabytes, where the system tells.
    fn memory(&self) -> Option<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().strip_suffix(" kB")?.parse().ok().map(|kilobytes: f64| kilobytes / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A machine of so many states, each about as long as what people write.
fn made_up(n_states: usize) -> String {
    let mut text = String::from("{\n  \"StartAt\": \"S0\",\n  \"States\": {\n");
    for i in 0..n_states {
        let next = if i + 1 == n_states { "\"End\": true".to_owned() } else { format!("\"Next\": \"S{}\"", i + 1) };
        let state = match i % 3 {
            0 if i + 2 < n_states => format!(
                "\"Type\": \"Choice\",\n      \"Comment\": \"{}\",\n      \"Choices\": [\n        {{\"Variable\": \"$.order.total\", \"NumericGreaterThan\": {i}, \"Next\": \"S{}\"}},\n        {{\"Variable\": \"$.order.state\", \"StringEquals\": \"open\", \"Next\": \"S{}\"}}\n      ],\n      \"Default\": \"S{}\"",
                "why it decides so, in some words that people write. ".repeat(11),
                i + 1,
                i + 2,
                i + 1
            ),
            1 => format!(
                "\"Type\": \"Task\",\n      \"Comment\": \"{}\",\n      \"Resource\": \"arn:aws:states:::lambda:invoke\",\n      \"Parameters\": {{\"FunctionName\": \"f{i}\", \"Payload\": {{\"id.$\": \"$.order.id\", \"all.$\": \"States.Format('{{}}', $.order)\"}}}},\n      \"ResultPath\": \"$.result{i}\",\n      \"Retry\": [{{\"ErrorEquals\": [\"Lambda.ServiceException\"], \"IntervalSeconds\": 2, \"MaxAttempts\": 6}}],\n      {next}",
                "what it calls, in some words that people write. ".repeat(13)
            ),
            _ => format!(
                "\"Type\": \"Pass\",\n      \"Result\": {{\"text\": \"{}\"}},\n      \"ResultPath\": \"$.note{i}\",\n      {next}",
                "some data ".repeat(82)
            ),
        };
        let comma = if i + 1 == n_states { "" } else { "," };
        text.push_str(&format!("    \"S{i}\": {{\n      {state}\n    }}{comma}\n"));
    }
    text + "  }\n}\n"
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
    println!("  {what:<24} p50 {:7.2} ms   p99 {:7.2} ms", at(50), at(99));
}

fn timed(n_times: usize, mut work: impl FnMut(usize)) -> Vec<Duration> {
    let one = |i| {
        let start = Instant::now();
        work(i);
        start.elapsed()
    };
    (0..n_times).map(one).collect()
}

fn measure(name: &str, text: &str) {
    println!("{name}: {} bytes, {} fields called `Type`", text.len(), text.matches("\"Type\"").count());
    let uri = "file:///measured/a.asl.json";
    report("start to diagnostics", timed(20, |_| Server::start().open(uri, text)));
    let mut server = Server::start();
    server.open(uri, text);
    let lines: Vec<&str> = text.lines().collect();
    let number = (lines.len() / 2..lines.len()).find(|&at| lines[at].contains("\"Next\": \"")).expect("a transition");
    let mut line = Typed { uri, number, text: lines[number], length: lines[number].len(), n_edits: 0 };
    report("edit to diagnostics", timed(N_TIMES, |_| server.edit(&mut line)));
    let column = line.text.find("\"Next\": \"").expect("a transition") + 10;
    let place = json!({"line": number, "character": column});
    let params = json!({
        "textDocument": {"uri": uri}, "position": place, "range": {"start": place, "end": place},
        "context": {"diagnostics": [], "includeDeclaration": true},
    });
    for method in ["hover", "definition", "completion", "references", "documentSymbol", "codeAction"] {
        let name = format!("textDocument/{method}");
        let mut first = Vec::with_capacity(N_TIMES);
        for _ in 0..N_TIMES {
            server.edit(&mut line);
            first.extend(timed(1, |_| drop(server.request(&name, &params))));
        }
        report(&format!("{method}, first"), first);
        report(&format!("{method}, again"), timed(N_TIMES, |_| drop(server.request(&name, &params))));
    }
    let n_edits = std::env::var("ASLINT_LSP_EDITS").ok().and_then(|n| n.parse().ok()).unwrap_or(N_EDITS);
    // Of what is large, fewer.
    let n_edits = n_edits / (1 + text.len() / 100_000);
    let before = server.memory();
    for i in 0..n_edits {
        server.edit(&mut line);
        if i % 10 == 9 {
            // Now and then a person waits for proofs, and asks something.
            server.diagnostics();
            server.request("textDocument/hover", &params);
        }
    }
    if let (Some(before), Some(after)) = (before, server.memory()) {
        println!("  memory {before:.1} MB, after {n_edits} more edits {after:.1} MB");
    }
}

fn main() {
    let files: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if files.is_empty() {
        measure("61 states", &made_up(61));
        measure("1 MB", &made_up(1_080));
    }
    for file in files {
        measure(&file.to_string_lossy(), &fs::read_to_string(&file).expect("a text"));
    }
}
