//! A text that is being read: its machines, and what was found out about them, for as long as it stays as it is.
//!
//! Each thing is found out at the first question. What a lint has needed, a hover does not make again.

use std::cell::OnceCell;
use std::sync::atomic::AtomicBool;

use super::document::Open;
use crate::analysis::{Analysis, Proofs};
use crate::asl::{self, Machine};
use crate::config;
use crate::diagnostic::Diagnostic;
use crate::engine::{self, Options};

/// A text, and what is known of it.
pub(super) struct Reading<'r> {
    pub(super) open: &'r Open,
    options: &'r Options,
    stop: &'r AtomicBool,
    machines: &'r OnceCell<Vec<Machine<'r>>>,
    analyses: OnceCell<Vec<Analysis<'r>>>,
}

/// Reads a text: with proofs or without, which are given up when `stop` turns true.
pub(super) fn read<R>(open: &Open, proofs: Proofs, stop: &AtomicBool, work: impl FnOnce(&Reading<'_>) -> R) -> R {
    let options = Options { proofs, ..open.options.as_deref().cloned().unwrap_or_default() };
    let machines = OnceCell::new();
    work(&Reading { open, options: &options, stop, machines: &machines, analyses: OnceCell::new() })
}

impl<'r> Reading<'r> {
    /// Its machines, in the order of the text.
    pub(super) fn analyses(&self) -> &[Analysis<'r>] {
        self.analyses.get_or_init(|| {
            let lowered = || self.open.documents().map(|document| asl::lower(document.root)).collect();
            let machines = self.machines.get_or_init(lowered);
            let analysis = |(document, machine)| self.options.analysis(document, machine, self.stop);
            self.open.documents().zip(machines).map(analysis).collect()
        })
    }

    /// Asks something of the machine that an offset lies in: the last that starts before it. `None` where there is none.
    pub(super) fn ask<R>(&self, offset: u32, question: impl FnOnce(&Analysis<'r>) -> R) -> Option<R> {
        let analyses = self.analyses();
        let n_before = analyses.partition_point(|analysis| analysis.document.root.span().start <= offset);
        analyses.get(n_before.saturating_sub(1)).map(question)
    }

    /// What is found in it; `None` where that was given up.
    pub(super) fn check(&self) -> Option<Vec<Diagnostic>> {
        if self.open.is_a_configuration() {
            return Some(config::read(&self.open.source).1);
        }
        if self.open.options.is_none() {
            return Some(Vec::new());
        }
        engine::check_known(self.analyses(), self.options, self.stop).map(|report| report.diagnostics)
    }
}
