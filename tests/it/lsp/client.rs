//! A client of the language server, in the process of the test.

use std::collections::VecDeque;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use lsp_server::{Connection, Message, Notification, Request, RequestId, Response};
use serde_json::{Value, json};

/// The longest that anything takes on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Client {
    connection: Option<Connection>,
    server: Option<JoinHandle<u8>>,
    n_requests: i32,
    notifications: VecDeque<Notification>,
    /// What the server has asked.
    pub(crate) asked: Vec<Request>,
    version: i32,
}

/// What a client with everything says at the start.
pub(crate) fn everything() -> Value {
    json!({
        "general": {"positionEncodings": ["utf-16"]},
        "window": {"workDoneProgress": true},
        "workspace": {"workspaceEdit": {"documentChanges": true}},
        "textDocument": {
            "publishDiagnostics": {"relatedInformation": true, "versionSupport": true},
            "documentSymbol": {"hierarchicalDocumentSymbolSupport": true},
            "rename": {"prepareSupport": true},
            "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}},
            "completion": {"completionItem": {"snippetSupport": true}},
            "hover": {"contentFormat": ["markdown", "plaintext"]},
        },
    })
}

impl Client {
    /// A server that nobody has said anything to.
    pub(crate) fn silent() -> Self {
        let (server, client) = Connection::memory();
        let thread = thread::Builder::new().stack_size(16 << 20);
        let server = thread.spawn(move || aslint::lsp::serve(&server)).expect("a thread");
        Self {
            connection: Some(client),
            server: Some(server),
            n_requests: 0,
            notifications: VecDeque::new(),
            asked: Vec::new(),
            version: 0,
        }
    }

    /// A server that is told what the client can take, and what came back.
    pub(crate) fn with(params: Value) -> (Self, Value) {
        let mut client = Self::silent();
        let answer = client.request("initialize", params).expect("it starts");
        client.notify("initialized", json!({}));
        (client, answer)
    }

    pub(crate) fn new() -> Self {
        Self::with(json!({"processId": null, "rootUri": null, "capabilities": everything()})).0
    }

    fn send(&self, message: Message) {
        self.connection.as_ref().expect("it is open").sender.send(message).expect("the server listens");
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(Notification { method: method.to_owned(), params }.into());
    }

    /// Sends a request without waiting.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> RequestId {
        self.n_requests += 1;
        let id = RequestId::from(self.n_requests);
        self.send(Request { id: id.clone(), method: method.to_owned(), params }.into());
        id
    }

    pub(crate) fn answer(&mut self, id: &RequestId) -> Result<Value, i32> {
        loop {
            if let Some(response) = self.take().filter(|response| response.id == *id) {
                return response.response_result.map_err(|error| error.code);
            }
        }
    }

    /// The answer to a request, or the code of its error.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Result<Value, i32> {
        let id = self.ask(method, params);
        self.answer(&id)
    }

    /// Takes the next message, and puts it where it belongs.
    fn take(&mut self) -> Option<Response> {
        let connection = self.connection.as_ref().expect("it is open");
        match connection.receiver.recv_timeout(PATIENCE).expect("the server says something") {
            Message::Response(response) => return Some(response),
            Message::Notification(notification) => self.notifications.push_back(notification),
            Message::Request(request) => self.asked.push(request),
        }
        None
    }

    pub(crate) fn respond(&mut self, id: RequestId, result: Value) {
        self.send(Response::new_ok(id, result).into());
    }

    /// The next notification of a method, whatever else comes before it.
    pub(crate) fn next(&mut self, method: &str) -> Value {
        loop {
            if let Some(at) = self.notifications.iter().position(|notification| notification.method == method) {
                return self.notifications.remove(at).expect("it is there").params;
            }
            assert!(self.take().is_none(), "nothing is asked");
        }
    }

    /// Every notification of a method until now.
    pub(crate) fn all(&mut self, method: &str) -> Vec<Value> {
        // What has changed is looked at between answers, one document after at most so many of them.
        for _ in 0..300 {
            let _ = self.request("no/such", Value::Null);
        }
        let (taken, kept) = self.notifications.drain(..).partition(|notification| notification.method == method);
        self.notifications = kept;
        let taken: VecDeque<Notification> = taken;
        taken.into_iter().map(|notification| notification.params).collect()
    }

    pub(crate) fn open(&mut self, uri: &str, language: &str, text: &str) {
        self.version += 1;
        let document = json!({"uri": uri, "languageId": language, "version": self.version, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document}));
    }

    pub(crate) fn change(&mut self, uri: &str, changes: &Value) {
        self.version += 1;
        let document = json!({"uri": uri, "version": self.version});
        self.notify("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes}));
    }

    /// What is shown of a text in the end, proofs and all, and for which version.
    pub(crate) fn diagnostics(&mut self, uri: &str) -> Vec<Value> {
        let mut shown = self.next("textDocument/publishDiagnostics");
        let is_last = |shown: &Value, version: i32| shown["uri"] == uri && shown["version"] == version;
        while !is_last(&shown, self.version) {
            shown = self.next("textDocument/publishDiagnostics");
        }
        // First without proofs, then with them.
        let mut with_proofs = self.next("textDocument/publishDiagnostics");
        while !is_last(&with_proofs, self.version) {
            with_proofs = self.next("textDocument/publishDiagnostics");
        }
        with_proofs["diagnostics"].as_array().expect("a list").clone()
    }

    pub(crate) fn at(&mut self, method: &str, uri: &str, position: &Value) -> Result<Value, i32> {
        self.request(method, json!({"textDocument": {"uri": uri}, "position": position}))
    }

    /// Says goodbye; what comes back is the exit code.
    pub(crate) fn leave(mut self) -> u8 {
        self.request("shutdown", Value::Null).expect("it shuts down");
        self.notify("exit", Value::Null);
        self.server.take().expect("a server").join().expect("no panic")
    }

    /// Goes away without a word, or with these last ones.
    pub(crate) fn vanish(mut self, last: Option<&str>) -> u8 {
        if let Some(method) = last {
            self.notify(method, Value::Null);
        }
        self.connection = None;
        self.server.take().expect("a server").join().expect("no panic")
    }
}

/// The position of `|` in a text in UTF-16, and the text without it.
pub(crate) fn cursor(text: &str) -> (String, Value) {
    let (before, after) = text.split_once('|').expect("a cursor");
    let line = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap_or_default().encode_utf16().count();
    (format!("{before}{after}"), json!({"line": line, "character": column}))
}

/// The text after the edits of one document, positions in UTF-16.
pub(crate) fn applied(text: &str, edits: &Value) -> String {
    let lines: Vec<&str> = text.split('\n').collect();
    let offset = |position: &Value| {
        let line = usize::try_from(position["line"].as_u64().expect("a line")).expect("small");
        let column = usize::try_from(position["character"].as_u64().expect("a column")).expect("small");
        let start: usize = lines[..line].iter().map(|line| line.len() + 1).sum();
        let mut units = 0;
        let within = lines[line].char_indices().find(|(_, c)| {
            units += c.len_utf16();
            units > column
        });
        start + within.map_or(lines[line].len(), |(at, _)| at)
    };
    let mut edits: Vec<(usize, usize, &str)> = edits
        .as_array()
        .expect("edits")
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            (offset(&range["start"]), offset(&range["end"]), edit["newText"].as_str().expect("a text"))
        })
        .collect();
    edits.sort_unstable();
    let mut text = text.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        text.replace_range(start..end, new);
    }
    text
}

/// The edits of the one document that a workspace edit is about.
pub(crate) fn edits_of(edit: &Value) -> &Value {
    edit.pointer("/documentChanges/0/edits").or_else(|| edit["changes"].as_object()?.values().next()).expect("edits")
}
