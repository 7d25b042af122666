//! Makes proofs beside the editing: a thread that takes the newest text of each document, and gives up what a keystroke outdated.
//!
//! Nothing waits for it but the requests whose answer rests on proofs, and these are held here until then.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use lsp_server::{ErrorCode, Message, Request, RequestId, Response};
use serde_json::{Value, json};

use super::document::Open;
use super::hints;
use super::reading::{self, Reading};
use crate::analysis::Proofs;
use crate::diagnostic::Diagnostic;

/// How long the text of a document stands still before its proofs are begun, where it has outrun the proofs of the text before:
/// while a person types, the processor is left to what answers them.
const PAUSE: Duration = Duration::from_millis(50);

/// What is found in a text with proofs.
#[derive(Debug, Default)]
pub(super) struct Proved {
    pub(super) diagnostics: Arc<Vec<Diagnostic>>,
    pub(super) choices: hints::Proved,
}

/// What the client is told unasked of a text, if anything.
type Published = dyn Fn(&Reading<'_>, &Proved) -> Option<Message> + Send + Sync;

/// What a request of a text is answered.
type Answered = dyn FnOnce(&Reading<'_>, &Proved) -> Value + Send;

/// How the client is spoken to.
pub(super) struct Voice {
    pub(super) send: Box<dyn Fn(Message) + Send + Sync>,
    pub(super) published: Box<Published>,
}

/// A request that is answered when proofs are made.
pub(super) struct Held {
    pub(super) id: RequestId,
    pub(super) answer: Box<Answered>,
    /// Why it is not answered where the text changes before.
    pub(super) outdated: ErrorCode,
}

impl Held {
    fn refuse(self, voice: &Voice) {
        let mut response = Response::new_err(self.id, self.outdated as i32, "the text has changed".to_owned());
        if let (Err(error), ErrorCode::ServerCancelled) = (&mut response.response_result, self.outdated) {
            error.data = Some(json!({"retriggerRequest": true}));
        }
        (voice.send)(response.into());
    }
}

#[derive(Default)]
struct Desk {
    /// By document: what waits.
    waiting: BTreeMap<String, Arc<Open>>,
    /// Documents that changed before the proofs of their text were finished.
    hasty: BTreeSet<String>,
    /// By document: what was found in its present text.
    proved: BTreeMap<String, Arc<Proved>>,
    /// Documents of which nothing will be proved: it ended in a panic.
    failed: BTreeSet<String>,
    /// By document: what the client was told that is to ask again.
    told: BTreeMap<String, Arc<Vec<Diagnostic>>>,
    /// By document: who waits.
    held: BTreeMap<String, Vec<Held>>,
    /// What is worked on, and how to give it up.
    now: Option<(String, Arc<AtomicBool>)>,
    n_refreshed: usize,
    is_closed: bool,
}

struct Shared {
    desk: Mutex<Desk>,
    changed: Condvar,
    voice: Voice,
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread, and what it is asked.
pub(super) struct Prover {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Prover {
    /// It waits for something to do; what it finds is told from its own thread.
    pub(super) fn start(stack: usize, voice: Voice) -> Self {
        let shared = Arc::new(Shared { desk: Mutex::default(), changed: Condvar::new(), voice });
        let its_own = Arc::clone(&shared);
        // Without a thread there are no proofs, and everything else works.
        let thread = thread::Builder::new().stack_size(stack).spawn(move || work(&its_own)).ok();
        Self { shared, thread }
    }

    /// Whether proofs of a document are made some time.
    pub(super) fn is_able(&self, uri: &str) -> bool {
        self.thread.is_some() && !self.shared.desk().failed.contains(uri)
    }

    /// The text of a document is another now, or it is closed: what is proved of the old one counts no more.
    pub(super) fn outdate(&self, uri: &str) {
        let mut desk = self.shared.desk();
        let mut is_unfinished = desk.waiting.remove(uri).is_some();
        desk.proved.remove(uri);
        desk.failed.remove(uri);
        desk.told.remove(uri);
        if let Some((_, stop)) = desk.now.take_if(|(document, _)| document == uri) {
            stop.store(true, Ordering::Relaxed);
            is_unfinished = true;
        }
        if is_unfinished {
            desk.hasty.insert(uri.to_owned());
        }
        let held = desk.held.remove(uri);
        drop(desk);
        for held in held.into_iter().flatten() {
            held.refuse(&self.shared.voice);
        }
    }

    /// Forgets a document.
    pub(super) fn close(&self, uri: &str) {
        self.outdate(uri);
        self.shared.desk().hasty.remove(uri);
    }

    /// Asks for the proofs of a document.
    pub(super) fn ask(&self, open: &Arc<Open>) {
        self.shared.desk().waiting.insert(open.uri.clone(), Arc::clone(open));
        self.shared.changed.notify_one();
    }

    /// What was found with proofs, once it was.
    pub(super) fn proved(&self, uri: &str) -> Option<Arc<Proved>> {
        self.shared.desk().proved.get(uri).cloned()
    }

    /// The same; where it was not yet, the client is told `less`, and to ask again once there is more.
    pub(super) fn proved_or(&self, uri: &str, less: &Arc<Vec<Diagnostic>>) -> Arc<Vec<Diagnostic>> {
        let mut desk = self.shared.desk();
        if let Some(proved) = desk.proved.get(uri) {
            return Arc::clone(&proved.diagnostics);
        }
        desk.told.insert(uri.to_owned(), Arc::clone(less));
        Arc::clone(less)
    }

    /// Keeps a request of a document until its proofs are made; gives it back where they are.
    pub(super) fn hold(&self, uri: &str, held: Held) -> Option<(Held, Arc<Proved>)> {
        let mut desk = self.shared.desk();
        if let Some(proved) = desk.proved.get(uri) {
            return Some((held, Arc::clone(proved)));
        }
        desk.held.entry(uri.to_owned()).or_default().push(held);
        None
    }

    /// Lets a request go that is held; whether it was.
    pub(super) fn release(&self, id: &RequestId) -> bool {
        let mut was_held = false;
        for held in self.shared.desk().held.values_mut() {
            held.retain(|held| held.id != *id || std::mem::replace(&mut was_held, true));
        }
        was_held
    }
}

impl Drop for Prover {
    fn drop(&mut self) {
        let mut desk = self.shared.desk();
        desk.is_closed = true;
        desk.waiting.clear();
        if let Some((_, stop)) = desk.now.take() {
            stop.store(true, Ordering::Relaxed);
        }
        let held = std::mem::take(&mut desk.held);
        drop(desk);
        self.shared.changed.notify_one();
        for held in held.into_values().flatten() {
            held.refuse(&self.shared.voice);
        }
        if let Some(thread) = self.thread.take() {
            // It has told of its own panic, if it had one.
            let _ = thread.join();
        }
    }
}

/// The next text to prove, and how it is given up; `None` at the end.
fn next(shared: &Shared) -> Option<(Arc<Open>, Arc<AtomicBool>)> {
    let mut desk = shared.desk();
    let mut is_quiet = false;
    loop {
        if desk.is_closed {
            return None;
        }
        let calm = desk.waiting.keys().find(|uri| !desk.hasty.contains(*uri));
        let chosen = calm.or_else(|| desk.waiting.keys().next().filter(|_| is_quiet)).cloned();
        if let Some(open) = chosen.and_then(|uri| desk.waiting.remove(&uri)) {
            let stop = Arc::new(AtomicBool::new(false));
            desk.hasty.remove(&open.uri);
            desk.now = Some((open.uri.clone(), Arc::clone(&stop)));
            return Some((open, stop));
        }
        if desk.waiting.is_empty() {
            is_quiet = false;
            desk = shared.changed.wait(desk).unwrap_or_else(PoisonError::into_inner);
        } else {
            let (locked, waited) = shared.changed.wait_timeout(desk, PAUSE).unwrap_or_else(PoisonError::into_inner);
            (desk, is_quiet) = (locked, waited.timed_out());
        }
    }
}

fn work(shared: &Shared) {
    while let Some((open, stop)) = next(shared) {
        let done = catch_unwind(AssertUnwindSafe(|| {
            reading::read(&open, Proofs::Made, &stop, |reading| prove(shared, reading, &stop));
        }));
        if done.is_err() {
            // What was held for it has no answer. Where the text has changed, that was told already.
            let mut desk = shared.desk();
            desk.now.take_if(|(document, _)| *document == open.uri);
            let mut held = None;
            if !stop.load(Ordering::Relaxed) {
                held = desk.held.remove(&open.uri);
                desk.failed.insert(open.uri.clone());
            }
            drop(desk);
            for held in held.into_iter().flatten() {
                let message = "a bug in aslint: standard error tells where".to_owned();
                (shared.voice.send)(Response::new_err(held.id, ErrorCode::InternalError as i32, message).into());
            }
        }
    }
}

/// Proves what there is to prove of a text, and tells who wants to know.
fn prove(shared: &Shared, reading: &Reading<'_>, stop: &AtomicBool) {
    let Some(diagnostics) = reading.check() else { return };
    let proved = Arc::new(Proved { diagnostics: Arc::new(diagnostics), choices: hints::proved(reading) });
    let published = (shared.voice.published)(reading, &proved);
    let uri = &reading.open.uri;
    let mut desk = shared.desk();
    // Nobody outdates it while the desk is ours: what is told here is told before what comes of a later text.
    if stop.load(Ordering::Relaxed) {
        return;
    }
    desk.now = None;
    desk.proved.insert(uri.clone(), Arc::clone(&proved));
    let held = desk.held.remove(uri).unwrap_or_default();
    if desk.told.remove(uri).is_some_and(|told| told != proved.diagnostics) {
        desk.n_refreshed += 1;
        let id = RequestId::from(format!("proofs {}", desk.n_refreshed));
        let method = "workspace/diagnostic/refresh".to_owned();
        (shared.voice.send)(Request { id, method, params: Value::Null }.into());
    }
    if let Some(published) = published {
        (shared.voice.send)(published);
    }
    drop(desk);
    for held in held {
        let response_result = Ok((held.answer)(reading, &proved));
        (shared.voice.send)(Response { id: held.id, response_result }.into());
    }
}
