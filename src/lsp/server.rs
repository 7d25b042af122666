//! The loop: one message after the other, the state between them, and what is said unasked.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use gen_lsp_types::{PublishDiagnosticsParams, Uri};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use serde_json::{Value, json};

use super::client::{Client, Settings};
use super::configuration::Configuration;
use super::document::Open;
use super::params::{Edited, Folder, FoldersChanged, Item, Named, Opened, read};
use super::prover::{Held, Proved, Prover, Voice};
use super::reading::{self, Reading};
use super::{STACK, publish, requests, uri};
use crate::analysis::Proofs;
use crate::diagnostic::Diagnostic;
use crate::engine::Options;

/// How many messages are answered at most before what has changed is linted.
const MAX_DELAY: u32 = 64;

/// When a request is answered.
pub(super) enum Answer {
    Now(Result<Value, Fault>),
    /// The answer is sent by who knows it.
    Later,
}

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

/// What there is to do.
enum Work {
    /// A message.
    Take(Message),
    /// What is found in a text that has changed is to be told.
    Tell(String),
    /// The client leaves, and this is the exit code.
    Leave(u8),
}

impl Work {
    /// The text that it is about, where it asks for what is known of one.
    fn text(&self) -> Option<&str> {
        match self {
            Self::Take(Message::Request(request)) => request.params.pointer("/textDocument/uri")?.as_str(),
            Self::Tell(uri) => Some(uri),
            Self::Take(_) | Self::Leave(_) => None,
        }
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
    /// Messages that are not looked at yet.
    waiting: VecDeque<Message>,
    /// How many were since something was told unasked.
    n_handled: u32,
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
            waiting: VecDeque::new(),
            n_handled: 0,
        }
    }

    /// Serves until the client leaves.
    pub(super) fn run(mut self) -> u8 {
        let mut work = self.next();
        loop {
            let text = work.text().and_then(|uri| self.documents.get(uri).cloned());
            let next = match (work, text) {
                (Work::Leave(code), _) => return code,
                (work, Some(open)) => self.read(&open, work),
                (work, None) => {
                    self.work(work, None);
                    None
                }
            };
            work = next.unwrap_or_else(|| self.next());
        }
    }

    /// Does a piece of work on a text, and what comes after it, for as long as the text stays as it is and no other is asked
    /// about: so long what is known of it is kept. What comes back is the next piece of work, where that was looked at already.
    fn read(&mut self, open: &Arc<Open>, mut work: Work) -> Option<Work> {
        reading::read(open, Proofs::Left, &AtomicBool::new(false), |reading| {
            loop {
                self.work(work, Some(reading));
                if !self.documents.get(&open.uri).is_some_and(|now| Arc::ptr_eq(now, open)) {
                    return None;
                }
                work = self.next();
                if matches!(work, Work::Leave(_)) || work.text().is_some_and(|uri| uri != open.uri) {
                    return Some(work);
                }
            }
        })
    }

    /// The next piece of work.
    fn next(&mut self) -> Work {
        while let Ok(message) = self.connection.receiver.try_recv() {
            self.enqueue(message);
        }
        if (self.waiting.is_empty() || self.n_handled >= MAX_DELAY)
            && let Some(uri) = self.changed.pop_first()
        {
            self.n_handled = 0;
            return Work::Tell(uri);
        }
        self.n_handled += 1;
        let message = self.waiting.pop_front().map_or_else(|| self.connection.receiver.recv(), Ok);
        match message {
            Ok(Message::Notification(exit)) if exit.method == "exit" => Work::Leave(u8::from(!self.is_shut_down)),
            Ok(message) => Work::Take(message),
            Err(_) => Work::Leave(u8::from(!self.is_shut_down)),
        }
    }

    fn work(&mut self, work: Work, reading: Option<&Reading<'_>>) {
        match work {
            Work::Tell(_) => {
                self.guarded("diagnostics", |server| server.tell(reading));
            }
            Work::Take(Message::Notification(notification)) => {
                let method = notification.method.clone();
                self.guarded(&method, |server| server.notified(notification));
            }
            Work::Take(Message::Request(request)) => self.answer(request, reading),
            Work::Take(Message::Response(response)) => {
                self.guarded("an answer", |server| server.answered(response));
            }
            Work::Leave(_) => {}
        }
    }

    /// Puts a message at the end of those that wait; one that cancels another is dealt with at once.
    fn enqueue(&mut self, message: Message) {
        if let Message::Notification(notification) = &message
            && notification.method == "$/cancelRequest"
        {
            let id = notification.params.get("id").cloned().unwrap_or_default();
            let Ok(id) = serde_json::from_value::<RequestId>(id) else { return };
            let is_meant = |other: &Message| matches!(other, Message::Request(request) if request.id == id);
            let at = self.waiting.iter().position(is_meant);
            let is_held = || self.prover.as_ref().is_some_and(|prover| prover.release(&id));
            if at.and_then(|at| self.waiting.remove(at)).is_some() || is_held() {
                self.reply(id, Err(Fault::new(ErrorCode::RequestCanceled, "cancelled")));
            }
            return;
        }
        self.waiting.push_back(message);
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
            // Made as it is: it may be large.
            Ok(value) => Response { id, response_result: Ok(value) },
            Err(fault) => Response::new_err(id, fault.code as i32, fault.message),
        };
        let _ = self.connection.sender.send(response.into());
    }

    fn answer(&mut self, request: Request, reading: Option<&Reading<'_>>) {
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
            let asked = requests::Asked { id: &id, method: &method, params: &params, reading };
            match self.guarded(&method, |server| requests::answer(server, &asked)) {
                Some(Answer::Now(answer)) => answer,
                Some(Answer::Later) => return,
                None => Err(Fault::new(ErrorCode::InternalError, format!("a bug in aslint: {method}"))),
            }
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
        let (sender, told) = (self.connection.sender.clone(), client.clone());
        let voice = Voice {
            // A client that is gone is noticed where messages are taken.
            send: Box::new(move |message| drop(sender.send(message))),
            published: Box::new(move |reading, proved| {
                (!told.pulls).then(|| publish::published(reading.open, &proved.diagnostics, &told).into())
            }),
        };
        self.prover = Some(Prover::start(STACK, voice));
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
            self.documents.get(uri).is_some_and(|open| !open.is_a_configuration() && open.documents().next().is_some())
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
            prover.close(uri);
        }
        if self.client.as_ref().is_some_and(|client| !client.pulls) {
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

    /// Tells of a text that has changed: first all that needs no proof.
    fn tell(&mut self, reading: Option<&Reading<'_>>) {
        if let Some(reading) = reading
            && let Some(open) = self.documents.get(&reading.open.uri).cloned()
        {
            if self.client.as_ref().is_some_and(|client| !client.pulls) {
                let found = self.found_now(reading);
                let Some(client) = &self.client else { return };
                let _ = self.connection.sender.send(publish::published(&open, &found, client).into());
            }
            if let Some(prover) = self.prover_of(reading) {
                prover.ask(&open);
            }
        }
        if self.changed.is_empty() {
            self.tell_of_configurations();
        }
    }

    /// What is found in a text without proofs.
    fn found_now(&mut self, reading: &Reading<'_>) -> Arc<Vec<Diagnostic>> {
        let uri = &reading.open.uri;
        if let Some(found) = self.found.get(uri) {
            return Arc::clone(found);
        }
        let found = Arc::new(reading.check().unwrap_or_default());
        self.found.insert(uri.clone(), Arc::clone(&found));
        found
    }

    /// Who proves what there is to prove of a text; `None` where nobody is to.
    fn prover_of(&self, reading: &Reading<'_>) -> Option<&Prover> {
        let is_wanted = reading.open.options.as_ref().is_some_and(|options| options.proofs == Proofs::Made);
        let is_text = is_wanted && !reading.open.is_a_configuration();
        self.prover.as_ref().filter(|prover| is_text && prover.is_able(&reading.open.uri))
    }

    /// What is known to be wrong in a text now: with proofs, once they are made.
    pub(super) fn known(&mut self, reading: &Reading<'_>) -> Arc<Vec<Diagnostic>> {
        let proved = self.prover.as_ref().and_then(|prover| prover.proved(&reading.open.uri));
        proved.map_or_else(|| self.found_now(reading), |proved| Arc::clone(&proved.diagnostics))
    }

    /// The same, for a client that is told to ask again when there is more.
    pub(super) fn known_first(&mut self, reading: &Reading<'_>) -> Arc<Vec<Diagnostic>> {
        let found = self.found_now(reading);
        self.prover_of(reading).map_or_else(|| Arc::clone(&found), |prover| prover.proved_or(&reading.open.uri, &found))
    }

    /// Answers by what is known of a text once proofs are made, where they are ever.
    pub(super) fn when_proved(&mut self, reading: &Reading<'_>, held: Held) -> Answer {
        let uri = &reading.open.uri;
        let (held, proved) = if let Some(prover) = self.prover_of(reading) {
            let Some(known) = prover.hold(uri, held) else { return Answer::Later };
            known
        } else {
            let diagnostics = self.found_now(reading);
            (held, Arc::new(Proved { diagnostics, ..Proved::default() }))
        };
        Answer::Now(Ok((held.answer)(reading, &proved)))
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
