//! The language server: turns what an editor asks into questions to the engine, and the answers into the protocol's words.
//!
//! No rule and no meaning of the language is here. A text is kept as it was last told (`document`); what is asked of it is asked
//! of the analysis that `check` uses, which is kept while the text stays as it is (`reading`). The loop (`server`) takes one message
//! after the other, and lints what has changed as soon as no more are waiting; proofs follow from a thread of their own (`prover`),
//! which a keystroke outdates. A panic ends one answer, never the server.

mod actions;
mod client;
mod completion;
mod configuration;
mod document;
mod hints;
mod hover;
mod navigation;
mod params;
mod prover;
mod publish;
mod reading;
mod requests;
mod server;
mod snippet;
mod structure;
mod transport;
mod uri;
mod workspace;

use std::io;
use std::process::ExitCode;
use std::thread;

use lsp_server::Connection;

/// Stack of a thread that works on a machine, as the commands have it.
const STACK: usize = 16 << 20;

/// Serves a client over standard input and output, until it says goodbye.
#[must_use]
pub fn run() -> ExitCode {
    let (connection, written) = transport::connect(io::stdin(), io::stdout());
    let served = thread::Builder::new().stack_size(STACK).spawn(move || serve(&connection));
    let code = served.ok().and_then(|thread| thread.join().ok()).unwrap_or(1);
    // All that was said is written before the process ends.
    let _ = written.join();
    ExitCode::from(code)
}

/// Serves a client over a connection. What comes out is the exit code that the protocol wants: 0 where the client has asked to shut
/// down before it left, else 1.
#[must_use]
pub fn serve(connection: &Connection) -> u8 {
    server::Server::new(connection).run()
}
