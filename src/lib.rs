//! aslint: static analysis of state machines in Amazon States Language (ASL), the language of AWS Step Functions.
//!
//! This page is the map of the crate. The binary is a thin shell around it; everything a person sees is made here.
//!
//! # Bird's eye
//!
//! ```text
//! bytes ─ source ─► Document ─ syntax ─► Node ─ asl ─► Machine ─┬─ graph  ─┐
//!        (detect)   text        (JSON,   spanned lower  typed   ├─ schema ─┼─► Analysis ─ rules ─► Diagnostic
//!                                YAML)   values         tree    └─ flow   ─┘   (lazy)               │
//!                   report (pretty │ concise │ json) ◄── cli, lsp ◄── engine: choose rules, sort ◄───────┘
//!                                                         └──► eval: Machine + input + mocks ─► Execution
//! ```
//!
//! [`engine::check`] is the whole pipeline on one screen: a [`source::Source`] goes in, a [`engine::Report`] comes out.
//!
//! ```
//! use aslint::{engine, source::Source, syntax::Format};
//!
//! let text = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}"#;
//! let report = engine::check(&Source::machine("a.asl.json", text, Format::Json), &engine::Options::default());
//! assert_eq!(report.diagnostics[0].rule, "dangling-target");
//! assert_eq!(report.diagnostics[0].primary.span.of(text), r#""B""#);
//! ```
//!
//! # Code map
//!
//! Low to high; a module names only what stands above it in this list (a test checks it).
//!
//! - [`text`]: spans, lines, edits, and [`text::TextMap`], which takes an offset in decoded text back to the bytes that a
//!   person edits. Knows nothing of ASL.
//! - [`syntax`]: JSON and YAML to one [`syntax::Node`], errors recovered, duplicates kept. Knows nothing of ASL either.
//!   [`diagnostic`]: what a finding is.
//! - [`asl`]: Node to the typed [`asl::Machine`], and the languages inside its strings: paths, intrinsic functions,
//!   JSONata, the context object, timestamps, patterns, ARNs, requests, names of errors and variables, who raises which error, and literal strings that
//!   read as expressions. `source`: which files and which parts of them are machines.
//! - [`schema`]: conformance. One JSON Schema for each type of state and query language, picked in Rust.
//!   [`graph`]: transitions, reachability, cycles, dominators.
//!   [`eval`]: what an execution does: values, expressions, states, with tasks answered by mocks.
//! - [`flow`]: what holds at each state. Shapes: what the documents and variables hold that come to it, may and must, under what premises.
//!   Variables: who sets and reads them, whether a read finds a value, which values nothing reads. Errors: those a state may fail
//!   with. Loops and time: what a round changes and counts, which loops poll, the least time to each state.
//! - [`symex`]: what is proved of Choices: which rules some input takes, and which none does.
//! - [`analysis`]: one machine and everything known of it, each analysis made at the first question.
//! - [`rules`]: a rule is a page (`rules/<stem>.md`) and a function (`src/rules/<stem>.rs`).
//! - [`config`]: what an `aslint.yaml` says of a file. [`suppress`]: findings that a person has answered for.
//! - [`engine`]: which rules run, what rests on a premise, in which order findings come out.
//! - [`mod@fix`]: applies what mends the findings, and checks again.
//! - [`report`]: findings and executions as text, JSON, SARIF, pictures of source; fingerprints, which a baseline
//!   knows findings by. [`cli`]: arguments, files, threads, exit codes.
//!   [`lsp`]: the same for an editor: texts that change under the hands, questions at an offset, findings unasked.
//!
//! # Invariants
//!
//! - **The core does no input or output**, reads no clock and no environment: it cannot fail, and the same input gives the
//!   same bytes. `clippy.toml` lists what is forbidden; `cli` and `source::discover` are the doors.
//! - **No stage gates the next.** A syntax error does not hide a dangling `Next`, a schema violation does not stop the
//!   graph. What could not be read is *open*, and nothing is concluded from what is open.
//! - **Spans first.** Every finding points at the smallest token at fault, in the bytes of the file, through JSON escapes
//!   and YAML scalars. Exactly one primary label, by construction.
//! - **The typed tree decides, never key names.** A state may be called `Parameters`, a payload may hold a key `States`.
//! - **Everything reported is a rule** with a page whose examples run as tests.
//! - **Bounded work.** Recursion is bounded by [`syntax::MAX_DEPTH`]; every pass is linear in the text, apart from sorting.
//!
//! # Decisions worth knowing
//!
//! - The syntax tree is one flat list in document order ([`syntax::Tree`]) and a node is a handle into it. Against a tree of
//!   boxes it parses about twice as fast, takes half the memory, and cannot overflow the stack when it is dropped.
//! - [`asl::Machine`] borrows from the tree. It is cheap to make again, so nothing keeps one: editors keep texts.
//! - A small machine is checked in the time that a process takes to start. So the schemas are data for code of our own
//!   (`schema/plain.rs`), which has nothing to compile: to make validators of four of them took as long as all else that a
//!   machine with mistakes asks for, and of their errors each had to be led back to a span. `jsonschema` is what the tests hold
//!   that code to. And a file that nests no deeper than usual takes no thread (`cli/stack.rs`).
//! - A state that a misspelt name cuts off is that finding's consequence ([`graph::Unresolved::cuts_off`]), not a second one.
//!
//! - [`eval`] is one boring interpreter, and the recordings of the real service are its specification: `tests/it/replay.rs` and
//!   `tests/it/test_state.rs` replay them, and list what does not agree with the reason. Paths are those of Jayway 2.0.0, the
//!   version that the recordings fit; JSONata is our own evaluation of the tree that the rules read, so that an error has a span,
//!   work has a bound, and chance a seed. Against `jsonata-core`, which the tests hold it to, it also has what the service adds.
//! - Branches and iterations run one after the other, each on a clock of its own, and what happened is put in the order of the
//!   clocks afterwards ([`eval::execution`]). A scheduler of events would interleave them and be as much a guess: the service
//!   promises no order.
//!
//! # Dependencies
//!
//! `saphyr-parser` reads YAML (events; our own [`syntax::Node`] on top). `petgraph` has the graph algorithms, `miette` draws source excerpts, `clap` and `clap_complete` read arguments, `clap_mangen` writes the manual page,
//! `signal-hook` notes an interrupt without a line of `unsafe` of ours, `terminal_size` asks how wide the terminal is, `ignore` walks folders, `rayon` runs files in parallel, `jiff` knows the
//! calendar, `indexmap` keeps the members of objects in order, `strsim` measures how far words are apart, `unicode-ident` which letters a name may
//! begin with; `batsat` (SAT) decides what is proved, and what it comes to in arithmetic `z3` does (SMT, with the feature of that name,
//! which links the system's libz3; without it such verdicts are unknown); `lsp-server` has the messages of the language server protocol and the channels they go through, and `gen-lsp-types` their
//! contents, made from the official metamodel (`lsp-types` is not maintained); `base64`, `md-5`, `sha1` and `sha2` encode and hash as the language's functions do. Each of these is named in one module (a test checks it). General are
//! `serde` and `serde_json`, which write reports and read our own tables, `memchr`, which searches text, and `thiserror`,
//! which words errors.

pub mod analysis;
pub mod asl;
pub mod cli;
pub mod config;
pub mod diagnostic;
pub mod engine;
pub mod eval;
pub mod fix;
pub mod flow;
pub mod graph;

pub mod lsp;
pub mod report;
pub mod rules;
pub mod schema;
pub mod source;
pub mod suppress;
pub mod symex;
pub mod syntax;
pub mod text;
