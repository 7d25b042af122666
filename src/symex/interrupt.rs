//! An interrupt: whoever started the program wants what is known by now.
//!
//! It is the process's, not one question's, so it is one flag, which a handler of signals may set at any time. From then on no
//! solver is asked and no execution is made up: what is not decided is [`Reason::Interrupted`](super::Reason::Interrupted), and what
//! is decided stays. Nothing else here depends on when something happens.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

static FLAG: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// What is set when it comes.
#[must_use]
pub fn flag() -> Arc<AtomicBool> {
    Arc::clone(&FLAG)
}

/// Whether it has come.
#[must_use]
pub fn has_come() -> bool {
    FLAG.load(Ordering::Relaxed)
}
