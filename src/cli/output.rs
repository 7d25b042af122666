//! Turns what commands have to say into bytes on the two streams.
//!
//! Results go to standard output through one locked buffer. A reader that has seen enough (`aslint check | head`) is no
//! error; a disk that is full is one, told once, at the end.

use std::fmt;
use std::io::{self, BufWriter, ErrorKind, StdoutLock, Write};

use crate::report::one_line;

/// Standard output.
#[derive(Debug)]
pub(super) struct Output {
    stream: BufWriter<StdoutLock<'static>>,
    /// Why nothing can be written any more.
    stopped: Option<io::Error>,
}

impl Output {
    pub(super) fn new() -> Self {
        Self { stream: BufWriter::with_capacity(1 << 16, io::stdout().lock()), stopped: None }
    }

    /// Writes `text`; nothing once a write has failed.
    pub(super) fn write(&mut self, text: &str) {
        if self.stopped.is_none() {
            self.stopped = self.stream.write_all(text.as_bytes()).err();
        }
    }

    /// Hands on what is written so far, so that what goes to the other stream now comes behind it.
    pub(super) fn flush(&mut self) {
        if self.stopped.is_none() {
            self.stopped = self.stream.flush().err();
        }
    }

    /// Writes what is left. `Err` where a result was lost and somebody was still reading.
    pub(super) fn finish(mut self) -> io::Result<()> {
        let ended = match self.stopped.take() {
            Some(error) => Err(error),
            None => self.stream.flush(),
        };
        // The buffer is not written again on drop.
        let _ = self.stream.into_parts();
        match ended {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            ended => ended,
        }
    }
}

/// Lines on standard error, as they are.
pub(super) fn show(lines: &str) {
    let _ = io::stderr().write_all(lines.as_bytes());
}

/// One line on standard error. Where that is closed too, there is nobody left to tell.
pub(super) fn tell(line: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "aslint: {}", one_line(&line.to_string()));
}
