//! What the first Ctrl-C does to a run that has something to lose: it ends with what is known by then.

use std::sync::Arc;

use signal_hook::consts::TERM_SIGNALS;
use signal_hook::flag;

use crate::symex::interrupt;

/// From here on the first signal to end is noted ([`interrupt::has_come`]), and the second ends the program at once.
pub(super) fn watch() {
    /// The exit code of what is ended so, as shells have it for an interrupt.
    const ENDED: i32 = 130;
    let has_come = interrupt::flag();
    for &signal in TERM_SIGNALS {
        // In this order: the first signal sets what the second finds. Where neither can be had, a signal ends the program as ever.
        if flag::register_conditional_shutdown(signal, ENDED, Arc::clone(&has_come)).is_ok() {
            let _ = flag::register(signal, Arc::clone(&has_come));
        }
    }
}
