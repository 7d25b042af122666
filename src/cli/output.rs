//! Turns what commands have to say into bytes on the two streams, or in a file.
//!
//! Results go to standard output through one locked buffer. A reader that has seen enough (`aslint check | head`) is no
//! error; a disk that is full is one, told once, at the end. A file is written under another name and takes its own at the
//! end: whoever reads it sees the old report or the new one, never half of one.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process;

use super::terminal::{When, colour};
use crate::report::{Colour, one_line};
use crate::source::discover::reason;

/// Where results go.
pub(super) struct Output {
    stream: BufWriter<Box<dyn Write>>,
    /// Why nothing can be written any more.
    stopped: Option<io::Error>,
    /// How the stream is called where that has to be told.
    name: String,
    /// The file as it is written, and as it will be called.
    pending: Option<(PathBuf, PathBuf)>,
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output").field("name", &self.name).field("pending", &self.pending).finish_non_exhaustive()
    }
}

impl Output {
    pub(super) fn new() -> Self {
        Self::to(Box::new(io::stdout().lock()), "standard output".to_owned(), None)
    }

    fn to(stream: Box<dyn Write>, name: String, pending: Option<(PathBuf, PathBuf)>) -> Self {
        Self { stream: BufWriter::with_capacity(1 << 16, stream), stopped: None, name, pending }
    }

    /// Standard error, for what would be a result if something else were not.
    pub(super) fn on_error() -> Self {
        Self::to(Box::new(io::stderr()), "standard error".to_owned(), None)
    }

    /// Nowhere.
    pub(super) fn nowhere() -> Self {
        Self::to(Box::new(io::sink()), String::new(), None)
    }

    /// Where the results of a command go: to the file that is named, else to standard output. Gives back whether they are
    /// coloured; nothing where the file cannot be written, which is told.
    pub(super) fn begin(&mut self, file: Option<&Path>, when: When) -> Option<Colour> {
        let Some(file) = file else { return Some(colour(when, &io::stdout())) };
        match self.redirect(file) {
            Ok(()) => Some(if when == When::Always { Colour::On } else { Colour::Off }),
            Err(reason) => {
                tell(format_args!("{reason}"));
                None
            }
        }
    }

    /// What is written from now on goes to a file. What is no plain file (`/dev/stdout`, a pipe) is written as it is.
    pub(super) fn redirect(&mut self, file: &Path) -> Result<(), String> {
        let failed = |error: io::Error| format!("{}: {}", file.display(), reason(&error));
        // The file behind a link is meant, not the link.
        let target = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
        let name = file.display().to_string();
        if fs::symlink_metadata(&target).is_ok_and(|known| !known.is_file()) {
            let stream = OpenOptions::new().write(true).open(&target).map_err(failed)?;
            *self = Self::to(Box::new(stream), name, None);
            return Ok(());
        }
        let (stream, pending) = beside(&target).map_err(failed)?;
        *self = Self::to(Box::new(stream), name, Some((pending, target)));
        Ok(())
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

    /// Writes what is left. `Err`, with what is to be told, where a result was lost and somebody was still reading.
    pub(super) fn finish(mut self) -> Result<(), String> {
        let ended = match self.stopped.take() {
            Some(error) => Err(error),
            None => self.stream.flush(),
        };
        // The buffer is not written again on drop.
        let _ = self.stream.into_parts();
        let ended = match (ended, self.pending) {
            (ended, None) => ended,
            (Ok(()), Some((written, target))) => renamed(&written, &target),
            (Err(error), Some((written, _))) => {
                let _ = fs::remove_file(written);
                Err(error)
            }
        };
        match ended {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            ended => ended.map_err(|error| format!("{}: {error}", self.name)),
        }
    }
}

/// Writes a whole file: nobody sees half of it.
pub(super) fn replace(file: &Path, text: &str) -> Result<(), String> {
    let mut out = Output::new();
    out.redirect(file)?;
    out.write(text);
    out.finish()
}

/// A new file in the folder of another, which will take its place, with its name.
pub(super) fn beside(target: &Path) -> io::Result<(File, PathBuf)> {
    let name = target.file_name().ok_or(ErrorKind::InvalidInput)?;
    for number in 0..100 {
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}-{number}", process::id()));
        let pending = target.with_file_name(hidden);
        match OpenOptions::new().write(true).create_new(true).open(&pending) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            opened => return Ok((opened?, pending)),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// Gives a file its name, and the permissions of the one that had it.
fn renamed(written: &Path, target: &Path) -> io::Result<()> {
    let permissions = fs::symlink_metadata(target).map(|known| known.permissions());
    let done = permissions.map_or(Ok(()), |known| fs::set_permissions(written, known));
    let done = done.and_then(|()| fs::rename(written, target));
    if done.is_err() {
        let _ = fs::remove_file(written);
    }
    done
}

/// Lines on standard error, as they are.
pub(super) fn show(lines: &str) {
    let _ = io::stderr().write_all(lines.as_bytes());
}

/// One line on standard error. Where that is closed too, there is nobody left to tell.
pub(super) fn tell(line: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "aslint: {}", one_line(&line.to_string()));
}
