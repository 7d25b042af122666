//! Makes proofs beside the editing: a thread that takes the newest text of each document, and gives up what a keystroke outdated.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use super::document::Open;
use crate::diagnostic::Diagnostic;
use crate::engine;

/// Takes the findings of a text, while nobody can outdate it.
pub(super) type Deliver = Box<dyn Fn(&Open, &[Diagnostic]) + Send>;

#[derive(Default)]
struct Desk {
    /// By document: what waits.
    waiting: BTreeMap<String, Arc<Open>>,
    /// By document: what was proved of its present text.
    proved: BTreeMap<String, Vec<Diagnostic>>,
    /// What is worked on, and how to give it up.
    now: Option<(String, Arc<AtomicBool>)>,
    is_closed: bool,
}

#[derive(Default)]
struct Shared {
    desk: Mutex<Desk>,
    changed: Condvar,
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
    /// It waits for something to do; what it finds is handed over from its own thread.
    pub(super) fn start(stack: usize, deliver: Deliver) -> Self {
        let shared = Arc::new(Shared::default());
        let its_own = Arc::clone(&shared);
        // Without a thread there are no proofs, and everything else works.
        let thread = thread::Builder::new().stack_size(stack).spawn(move || work(&its_own, &deliver)).ok();
        Self { shared, thread }
    }

    /// The text of a document is another now, or it is closed: what is proved of the old one counts no more.
    pub(super) fn outdate(&self, uri: &str) {
        let mut desk = self.shared.desk();
        desk.waiting.remove(uri);
        desk.proved.remove(uri);
        if let Some((document, stop)) = &desk.now
            && document == uri
        {
            stop.store(true, Ordering::Relaxed);
            desk.now = None;
        }
    }

    /// Asks for the proofs of a document.
    pub(super) fn ask(&self, open: &Arc<Open>) {
        self.outdate(&open.uri);
        self.shared.desk().waiting.insert(open.uri.clone(), Arc::clone(open));
        self.shared.changed.notify_one();
    }

    /// What was found with proofs, once it was.
    pub(super) fn proved(&self, uri: &str) -> Option<Vec<Diagnostic>> {
        self.shared.desk().proved.get(uri).cloned()
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
        drop(desk);
        self.shared.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            // It has told of its own panic, if it had one.
            let _ = thread.join();
        }
    }
}

fn work(shared: &Shared, deliver: &Deliver) {
    loop {
        let mut desk = shared.desk();
        let (uri, open) = loop {
            if desk.is_closed {
                return;
            }
            if let Some(next) = desk.waiting.pop_first() {
                break next;
            }
            desk = shared.changed.wait(desk).unwrap_or_else(PoisonError::into_inner);
        };
        let stop = Arc::new(AtomicBool::new(false));
        desk.now = Some((uri.clone(), Arc::clone(&stop)));
        drop(desk);
        let check = || engine::check_until(&open.source, open.tree(), open.options.as_deref()?, &stop);
        let found = catch_unwind(AssertUnwindSafe(check)).ok().flatten();
        let mut desk = shared.desk();
        if stop.load(Ordering::Relaxed) {
            continue;
        }
        desk.now = None;
        if let Some(report) = found {
            deliver(&open, &report.diagnostics);
            desk.proved.insert(uri, report.diagnostics);
        }
    }
}
