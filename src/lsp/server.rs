//! The loop: one message after the other, the state between them, and what is said unasked.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use gen_lsp_types::{PublishDiagnosticsParams, TextDocumentContentChangeEvent, Uri};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::client::{Client, Settings};
use super::configuration::{Configuration, is_configuration};
use super::document::Open;
use super::prover::Prover;
use super::{STACK, publish, requests, uri};
use crate::analysis::Proofs;
use crate::diagnostic::Diagnostic;
use crate::engine::{self, Options};

/// How many messages are answered at most before what has changed is linted.
const MAX_DELAY: u32 = 64;

/// Why a request is not answered.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) code: ErrorCode,
    pub(super) message: String,
}

impl Fault {
    pub(super) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// A client and what it has told.
pub(super) struct Server<'c> {
    connection: &'c Connection,
    /// `None` before `initialize`.
    pub(super) client: Option<Client>,
    pub(super) settings: Settings,
    pub(super) folders: Vec<PathBuf>,
    pub(super) documents: BTreeMap<String, Arc<Open>>,
    pub(super) configuration: Configuration,
    /// What was found without proofs, by document, where its text has not changed since.
    found: BTreeMap<String, Arc<Vec<Diagnostic>>>,
    prover: Option<Prover>,
    /// Documents whose diagnostics are to be told again.
    changed: BTreeSet<String>,
    /// Files that are not open and have diagnostics all the same.
    told: BTreeSet<String>,
    is_shut_down: bool,
    n_asked: i32,
    /// What was asked of the client, and is not answered yet.
    asked: BTreeMap<RequestId, Asked>,
    pub(super) stop: AtomicBool,
}

/// What the server asks of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Settings,
    Other,
}

impl<'c> Server<'c> {
    pub(super) fn new(connection: &'c Connection) -> Self {
        Self {
            connection,
            client: None,
            settings: Settings::default(),
            folders: Vec::new(),
            documents: BTreeMap::new(),
            configuration: Configuration::default(),
            found: BTreeMap::new(),
            prover: None,
            changed: BTreeSet::new(),
            told: BTreeSet::new(),
            is_shut_down: false,
            n_asked: 0,
            asked: BTreeMap::new(),
            stop: AtomicBool::new(false),
        }
    }

    /// Serves until the client leaves.
    pub(super) fn run(mut self) -> u8 {
        let mut waiting = VecDeque::new();
        let mut n_handled = 0;
        loop {
            while let Ok(message) = self.connection.receiver.try_recv() {
                self.enqueue(message, &mut waiting);
            }
            if (waiting.is_empty() || n_handled >= MAX_DELAY) && !self.changed.is_empty() {
                n_handled = 0;
                self.guarded("diagnostics", Self::tell_next);
                continue;
            }
            let message = match waiting.pop_front() {
                Some(message) => message,
                None => match self.connection.receiver.recv() {
                    Ok(message) => message,
                    Err(_) => return u8::from(!self.is_shut_down),
                },
            };
            n_handled += 1;
            match message {
                Message::Notification(exit) if exit.method == "exit" => return u8::from(!self.is_shut_down),
                Message::Notification(notification) => {
                    let method = notification.method.clone();
                    self.guarded(&method, |server| server.notified(notification));
                }
                Message::Request(request) => self.answer(request),
                Message::Response(response) => {
                    self.guarded("an answer", |server| server.answered(response));
                }
            }
        }
    }

    /// Puts a message at the end of those that wait; one that cancels another is dealt with at once.
    fn enqueue(&self, message: Message, waiting: &mut VecDeque<Message>) {
        if let Message::Notification(notification) = &message
            && notification.method == "$/cancelRequest"
        {
            let id = notification.params.get("id").cloned().unwrap_or_default();
            let Ok(id) = serde_json::from_value::<RequestId>(id) else { return };
            let is_meant = |other: &Message| matches!(other, Message::Request(request) if request.id == id);
            if let Some(at) = waiting.iter().position(is_meant) {
                waiting.remove(at);
                self.reply(id, Err(Fault::new(ErrorCode::RequestCanceled, "cancelled")));
            }
            return;
        }
        waiting.push_back(message);
    }

    /// Does a piece of work. A panic in it is told, and ends nothing else.
    fn guarded<R>(&mut self, what: &str, work: impl FnOnce(&mut Self) -> R) -> Option<R> {
        let done = catch_unwind(AssertUnwindSafe(|| work(self)));
        if done.is_err() {
            self.log(&format!("a bug in aslint: {what} ended early; standard error tells where"));
        }
        done.ok()
    }

    pub(super) fn log(&self, message: &str) {
        self.notify("window/logMessage", json!({"type": 1, "message": message}));
    }

    pub(super) fn notify(&self, method: &str, params: Value) {
        // A client that is gone is noticed where messages are taken.
        let _ = self.connection.sender.send(Notification { method: method.to_owned(), params }.into());
    }

    pub(super) fn request(&mut self, method: &str, params: Value, asked: Asked) {
        self.n_asked += 1;
        let id = RequestId::from(self.n_asked);
        self.asked.insert(id.clone(), asked);
        let _ = self.connection.sender.send(Request { id, method: method.to_owned(), params }.into());
    }

    fn reply(&self, id: RequestId, answer: Result<Value, Fault>) {
        let response = match answer {
            Ok(value) => Response::new_ok(id, value),
            Err(fault) => Response::new_err(id, fault.code as i32, fault.message),
        };
        let _ = self.connection.sender.send(response.into());
    }

    fn answer(&mut self, request: Request) {
        let Request { id, method, params } = request;
        let answer = if self.is_shut_down {
            Err(Fault::new(ErrorCode::InvalidRequest, "the server is shut down"))
        } else if method == "initialize" {
            self.initialize(&params)
        } else if self.client.is_none() {
            Err(Fault::new(ErrorCode::ServerNotInitialized, "`initialize` comes first"))
        } else if method == "shutdown" {
            self.is_shut_down = true;
            self.prover = None;
            self.changed.clear();
            Ok(Value::Null)
        } else {
            let answer = self.guarded(&method, |server| requests::answer(server, &method, &params));
            answer.unwrap_or_else(|| Err(Fault::new(ErrorCode::InternalError, format!("a bug in aslint: {method}"))))
        };
        self.reply(id, answer);
    }

    fn initialize(&mut self, params: &Value) -> Result<Value, Fault> {
        if self.client.is_some() {
            return Err(Fault::new(ErrorCode::InvalidRequest, "`initialize` comes once"));
        }
        let client = Client::new(params);
        self.folders.clone_from(&client.folders);
        if let Some(options) = params.get("initializationOptions") {
            self.settings = Settings::new(options);
        }
        if !client.pulls {
            let (sender, client) = (self.connection.sender.clone(), client.clone());
            self.prover = Some(Prover::start(
                STACK,
                Box::new(move |open, found| {
                    let _ = sender.send(published(open, found, &client).into());
                }),
            ));
        }
        let capabilities = requests::capabilities(&client);
        self.client = Some(client);
        Ok(json!({
            "capabilities": capabilities,
            "serverInfo": {"name": "aslint", "version": env!("CARGO_PKG_VERSION")},
        }))
    }

    /// What the client says unasked. Before `initialize` and after `shutdown` nothing counts.
    fn notified(&mut self, notification: Notification) {
        if self.client.is_none() || self.is_shut_down {
            return;
        }
        let Notification { method, params } = notification;
        let told = match method.as_str() {
            "initialized" => {
                self.initialized();
                Ok(())
            }
            "textDocument/didOpen" => read(&params).map(|params| self.opened(params)),
            "textDocument/didChange" => read(&params).map(|params| self.edited(params)),
            "textDocument/didClose" => read(&params).map(|params: Named| self.closed(&params.text_document.uri)),
            "textDocument/didSave" => {
                // Who watches files tells of this one too.
                if self.client.as_ref().is_some_and(|client| !client.watches) {
                    self.reread();
                }
                Ok(())
            }
            "workspace/didChangeConfiguration" => {
                self.settings_changed(&params);
                Ok(())
            }
            "workspace/didChangeWatchedFiles" => {
                self.files_changed(&params);
                Ok(())
            }
            "workspace/didChangeWorkspaceFolders" => read(&params).map(|params| self.folders_changed(params)),
            _ => Ok(()),
        };
        if let Err(fault) = told {
            self.log(&format!("{method}: {}", fault.message));
        }
    }

    fn initialized(&mut self) {
        let Some(client) = &self.client else { return };
        let (configuration, watches) = (client.configuration, client.watches);
        if configuration {
            self.ask_for_settings();
        }
        if watches {
            // The configurations, and the JSON Schemas that they name.
            let watchers =
                ["**/{aslint.yaml,.aslint.yaml}", "**/*.{json,yaml,yml}"].map(|glob| json!({"globPattern": glob}));
            let options = json!({"watchers": watchers});
            let registration =
                json!({"id": "files", "method": "workspace/didChangeWatchedFiles", "registerOptions": options});
            self.request("client/registerCapability", json!({"registrations": [registration]}), Asked::Other);
        }
    }

    fn ask_for_settings(&mut self) {
        self.request("workspace/configuration", json!({"items": [{"section": "aslint"}]}), Asked::Settings);
    }

    fn answered(&mut self, response: Response) {
        let asked = self.asked.remove(&response.id);
        let Ok(result) = response.response_result else { return };
        if asked == Some(Asked::Settings)
            && let Some(value) = result.get(0).filter(|value| value.is_object())
        {
            self.set(Settings::new(value));
        }
    }

    fn settings_changed(&mut self, params: &Value) {
        if self.client.as_ref().is_some_and(|client| client.configuration) {
            self.ask_for_settings();
            return;
        }
        // `{}` and `null` say nothing: what was said at the start holds.
        if let Some(settings) = params.get("settings").filter(|settings| settings.get("aslint").is_some()) {
            self.set(Settings::new(settings));
        }
    }

    fn set(&mut self, settings: Settings) {
        if settings == self.settings {
            return;
        }
        self.settings = settings;
        self.reread();
        let Some(client) = &self.client else { return };
        let refreshed = [
            (client.refreshes_hints, "workspace/inlayHint/refresh"),
            (client.refreshes_lenses, "workspace/codeLens/refresh"),
        ];
        for (_, method) in refreshed.into_iter().filter(|(is_wanted, _)| *is_wanted) {
            self.request(method, Value::Null, Asked::Other);
        }
    }

    /// Files have changed. Of an open text its own file says nothing new, unless others are checked by it.
    fn files_changed(&mut self, params: &Value) {
        let changes = params.get("changes").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let is_known = |change: &Value| {
            let uri = change.get("uri").and_then(Value::as_str).unwrap_or_default();
            self.documents.get(uri).is_some_and(|open| !is_a_configuration(open) && open.documents().next().is_some())
        };
        if changes.is_empty() || !changes.iter().all(is_known) {
            self.reread();
        }
    }

    /// Some file beside the open ones has changed: what is read from files is read again.
    fn reread(&mut self) {
        self.configuration.forget();
        let uris: Vec<String> = self.documents.keys().cloned().collect();
        for uri in uris {
            let Some(open) = self.documents.get(&uri).cloned() else { continue };
            let open = open.with_options(self.options(&open), self.settings.level);
            self.keep(open);
        }
        if let Some(client) = &self.client
            && client.pulls
            && client.refreshes_pulled
        {
            self.request("workspace/diagnostic/refresh", Value::Null, Asked::Other);
        }
    }

    fn options(&mut self, open: &Open) -> Option<Arc<Options>> {
        match self.configuration.options(open.path.as_deref(), &self.settings) {
            Ok(options) => options,
            Err(told) => {
                self.notify("window/showMessage", json!({"type": 1, "message": format!("aslint: {told}")}));
                None
            }
        }
    }

    /// A text is another now.
    fn keep(&mut self, open: Open) {
        let uri = open.uri.clone();
        self.found.remove(&uri);
        if let Some(prover) = &self.prover {
            prover.outdate(&uri);
        }
        self.changed.insert(uri.clone());
        self.documents.insert(uri, Arc::new(open));
    }

    fn opened(&mut self, params: Opened) {
        let Some(client) = &self.client else { return };
        let Opened { text_document: Item { uri, language_id, version, text } } = params;
        // A client that tells of no changes of files is not trusted to: what it opens is looked at afresh.
        if !client.watches {
            self.configuration.forget();
        }
        let open = Open::new(uri, &language_id, version, text, client.encoding);
        let open = open.with_options(self.options(&open), self.settings.level);
        self.keep(open);
    }

    fn edited(&mut self, params: Edited) {
        let uri = params.text_document.uri;
        let Some(open) = self.documents.get(&uri).cloned() else {
            self.log(&format!("a change of `{uri}`, which is not open"));
            return;
        };
        let version = params.text_document.version.unwrap_or(open.version);
        self.keep(open.changed(version, params.content_changes));
    }

    fn closed(&mut self, uri: &str) {
        if self.documents.remove(uri).is_none() {
            return;
        }
        self.found.remove(uri);
        self.changed.remove(uri);
        if let Some(prover) = &self.prover {
            prover.outdate(uri);
            self.publish(uri, None, Vec::new());
        }
    }

    fn folders_changed(&mut self, params: FoldersChanged) {
        let path = |folder: Folder| uri::to_path(&folder.uri);
        let removed: Vec<PathBuf> = params.event.removed.into_iter().filter_map(path).collect();
        self.folders.retain(|folder| !removed.contains(folder));
        self.folders.extend(params.event.added.into_iter().filter_map(path));
        self.reread();
    }

    /// Tells of the next document that has changed: first all that needs no proof.
    fn tell_next(&mut self) {
        // Taken first, so that it is not tried again where it ends in a panic.
        if let Some(uri) = self.changed.pop_first()
            && let Some(open) = self.documents.get(&uri).cloned()
            && self.prover.is_some()
        {
            let found = self.found_now(&open);
            let (Some(client), Some(prover)) = (&self.client, &self.prover) else { return };
            let _ = self.connection.sender.send(published(&open, &found, client).into());
            let is_wanted = open.options.as_ref().is_some_and(|options| options.proofs == Proofs::Made);
            if is_wanted && !is_a_configuration(&open) {
                prover.ask(&open);
            }
        }
        if self.changed.is_empty() {
            self.tell_of_configurations();
        }
    }

    /// What is found in a text without proofs.
    fn found_now(&mut self, open: &Open) -> Arc<Vec<Diagnostic>> {
        if let Some(found) = self.found.get(&open.uri) {
            return Arc::clone(found);
        }
        let found = Arc::new(self.check(open, Proofs::Left));
        self.found.insert(open.uri.clone(), Arc::clone(&found));
        found
    }

    /// What is found in a text.
    pub(super) fn check(&self, open: &Open, proofs: Proofs) -> Vec<Diagnostic> {
        if is_a_configuration(open) {
            return crate::config::read(&open.source).1;
        }
        let Some(options) = &open.options else { return Vec::new() };
        let options = Options { proofs, ..(**options).clone() };
        engine::check_until(&open.source, open.tree(), &options, &self.stop).unwrap_or_default().diagnostics
    }

    /// What is known to be wrong in a text now: with proofs, once they are made.
    pub(super) fn known(&mut self, open: &Open) -> Arc<Vec<Diagnostic>> {
        let proved = self.prover.as_ref().and_then(|prover| prover.proved(&open.uri));
        match proved {
            Some(proved) => Arc::new(proved),
            None if self.prover.is_none() && self.settings.prove => Arc::new(self.check(open, Proofs::Made)),
            None => self.found_now(open),
        }
    }

    /// Configurations that cannot be used show why, whether they are open or not.
    fn tell_of_configurations(&mut self) {
        let Some(client) = self.client.clone().filter(|client| !client.pulls) else { return };
        let mut told = BTreeSet::new();
        let mut messages = Vec::new();
        for (path, (source, found)) in &self.configuration.broken {
            let uri = uri::of_path(path);
            if self.documents.values().any(|open| open.path.as_ref() == Some(path)) {
                continue;
            }
            let open = Open::new(uri.clone(), "yaml", 0, source.text.to_string(), client.encoding);
            let shown: Vec<_> = found.iter().map(|found| publish::diagnostic(found, &open, &client)).collect();
            messages.push((uri.clone(), shown));
            told.insert(uri);
        }
        for uri in self.told.difference(&told).filter(|uri| !self.documents.contains_key(*uri)) {
            messages.push((uri.clone(), Vec::new()));
        }
        for (uri, shown) in messages {
            self.publish(&uri, None, shown);
        }
        self.told = told;
    }

    fn publish(&self, uri: &str, version: Option<i32>, diagnostics: Vec<gen_lsp_types::Diagnostic>) {
        let params = PublishDiagnosticsParams { uri: Uri(uri.to_owned()), version, diagnostics };
        self.notify("textDocument/publishDiagnostics", serde_json::to_value(params).unwrap_or_default());
    }

    pub(super) fn open(&self, uri: &str) -> Result<Arc<Open>, Fault> {
        let open = self.documents.get(uri).cloned();
        open.ok_or_else(|| Fault::new(ErrorCode::InvalidParams, format!("`{uri}` is not open")))
    }
}

fn is_a_configuration(open: &Open) -> bool {
    open.path.as_deref().is_some_and(is_configuration)
}

/// The diagnostics of a text, as a message.
fn published(open: &Open, found: &[Diagnostic], client: &Client) -> Notification {
    let shown = found.iter().filter(|found| found.severity >= open.level);
    let diagnostics = shown.map(|found| publish::diagnostic(found, open, client)).collect();
    let params = PublishDiagnosticsParams { uri: Uri(open.uri.clone()), version: Some(open.version), diagnostics };
    Notification::new("textDocument/publishDiagnostics".to_owned(), params)
}

/// Parameters as the method has them.
pub(super) fn read<P: DeserializeOwned>(params: &Value) -> Result<P, Fault> {
    P::deserialize(params).map_err(|error| Fault::new(ErrorCode::InvalidParams, error.to_string()))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Opened {
    text_document: Item,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    uri: String,
    #[serde(default)]
    language_id: String,
    #[serde(default)]
    version: i32,
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Edited {
    text_document: Versioned,
    content_changes: Vec<TextDocumentContentChangeEvent>,
}

#[derive(Deserialize)]
struct Versioned {
    uri: String,
    version: Option<i32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    text_document: Folder,
}

#[derive(Deserialize)]
struct FoldersChanged {
    event: FoldersEvent,
}

#[derive(Deserialize)]
struct FoldersEvent {
    #[serde(default)]
    added: Vec<Folder>,
    #[serde(default)]
    removed: Vec<Folder>,
}

#[derive(Deserialize)]
struct Folder {
    uri: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_one_answer_alone() {
        let (connection, client) = Connection::memory();
        let mut server = Server::new(&connection);
        assert_eq!(server.guarded("a test", |_| -> u8 { panic!("on purpose") }), None);
        assert!(
            matches!(client.receiver.recv(), Ok(Message::Notification(told)) if told.method == "window/logMessage")
        );
        assert_eq!(server.guarded("a test", |_| 1), Some(1));
    }
}
