//! Shows on a terminal how far a run has come, once it lasts longer than a second.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How long nothing is shown.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a number stands at least.
const PAUSE: Duration = Duration::from_millis(100);

/// How far a run has come.
#[derive(Debug)]
pub(super) struct Progress {
    n_all: usize,
    n_done: AtomicUsize,
    /// When the next number is shown, and whether one is; `None` where nobody looks.
    next: Option<Mutex<(Instant, bool)>>,
}

impl Progress {
    #[expect(clippy::disallowed_methods, reason = "what a person sees of a run is no result of it")]
    pub(super) fn new(n_all: usize, is_wanted: bool) -> Self {
        let next = (is_wanted && io::stderr().is_terminal()).then(|| Mutex::new((Instant::now() + PATIENCE, false)));
        Self { n_all, n_done: AtomicUsize::new(0), next }
    }

    /// One more is done. Any thread may say so; none waits for another.
    #[expect(clippy::disallowed_methods, reason = "what a person sees of a run is no result of it")]
    pub(super) fn step(&self) {
        let n_done = self.n_done.fetch_add(1, Ordering::Relaxed) + 1;
        let Some(Ok(mut next)) = self.next.as_ref().map(Mutex::try_lock) else { return };
        let now = Instant::now();
        if now >= next.0 {
            *next = (now + PAUSE, true);
            let _ = write!(io::stderr(), "\r\x1b[K{n_done} of {} files", self.n_all);
        }
    }

    /// Takes the number away, so that something else can be written.
    pub(super) fn clear(&self) {
        if let Some(Ok(mut next)) = self.next.as_ref().map(Mutex::lock)
            && next.1
        {
            next.1 = false;
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
