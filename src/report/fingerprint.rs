//! Turns findings into names that stay the same while a file is edited around them.
//!
//! A finding is known by its rule, by the names on the way to the value at fault, and by that value. Neither line nor column
//! nor the number of an item counts, nor the name of the file: what is formatted, sorted, rewritten in YAML or moved keeps its
//! name. Findings that agree in all that are numbered in the order of the text, so that two never share a name in one source.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::source::{self, Source};
use crate::syntax::{self, Node};

/// The fingerprint of each finding, in their order; all findings of the source are to be given, shown or not.
#[must_use]
pub fn fingerprints(source: &Source, found: &[&Diagnostic]) -> Vec<String> {
    if found.is_empty() {
        return Vec::new();
    }
    let tree = syntax::parse(&source.text, source.format);
    let documents: Vec<_> = source::documents(source, &tree).collect();
    let mut in_order: Vec<usize> = (0..found.len()).collect();
    in_order.sort_by_key(|&i| found[i].sort_key());
    let mut seen: HashMap<u128, u32> = HashMap::new();
    let mut names = vec![String::new(); found.len()];
    for i in in_order {
        let finding = found[i];
        let root = documents
            .iter()
            .find(|document| document.name == finding.machine && document.root.span().contains(finding.primary.span))
            .map(|document| document.root);
        let mut hash = Hash::new();
        hash.part(finding.rule);
        hash.part(&finding.machine);
        let (around, name) = finding.pointer.rsplit_once('/').unwrap_or_default();
        match finding.rule {
            // Which of several equals is the one too many hangs on their order alone.
            "conflicting-transition" | "exclusive-fields" => hash.way(root, around),
            "similar-state-name" | "variables-differing-in-case" => hash.part(&folded(name)),
            _ => hash.way(root, &finding.pointer),
        }
        let number = seen.entry(hash.0).or_default();
        *number += 1;
        if *number > 1 {
            hash.part(&number.to_string());
        }
        names[i] = hash.digits();
    }
    names
}

/// What names have in common that differ in case and blanks.
fn folded(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// FNV-1a of 128 bits: what counts is that equal names are equal, not that nobody can forge one.
#[derive(Clone, Copy)]
pub(super) struct Hash(u128);

impl Hash {
    pub(super) const fn new() -> Self {
        Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }

    /// Takes in a text, apart from what comes before and behind it.
    pub(super) fn part(&mut self, text: &str) {
        for &byte in text.as_bytes().iter().chain(&[0xff]) {
            self.0 = (self.0 ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    }

    /// All of it.
    pub(super) fn digits(self) -> String {
        format!("{:032x}", self.0)
    }

    /// Sixteen digits of it.
    pub(super) fn short(self) -> String {
        format!("{:016x}", (self.0 >> 64) as u64 ^ self.0 as u64)
    }

    /// Takes in the names on the way from the root, and the value at the end of it if it is a scalar.
    fn way(&mut self, root: Option<Node<'_>>, pointer: &str) {
        let mut at = root;
        for step in pointer.split('/').skip(1) {
            let name = step.replace("~1", "/").replace("~0", "~");
            at = match at {
                Some(node) if node.kind() == syntax::Kind::Array => {
                    self.part("[]");
                    name.parse().ok().and_then(|number: usize| node.items().nth(number))
                }
                Some(node) => {
                    self.part(&name);
                    // Of two members of one name the last counts, for the service as for pointers.
                    node.members().filter(|member| member.name() == name).last().map(|member| member.value)
                }
                None => {
                    self.part(&name);
                    None
                }
            };
        }
        if let Some(node) = at.filter(|node| !matches!(node.kind(), syntax::Kind::Array | syntax::Kind::Object)) {
            self.part(node.content());
        }
    }
}

/// What GitHub knows each line of a text by (`primaryLocationLineHash`): a rolling hash of the hundred UTF-16 units from its
/// start, blanks left out, with the number of the line among those of the same hash.
///
/// The algorithm is that of GitHub's own upload action, which fills in what is missing, so that both agree.
pub(super) struct LineHashes {
    /// By line, from 0: the hash, and the number.
    lines: Vec<(u64, u32)>,
}

const WINDOW: usize = 100;
const FACTOR: u64 = 37;

impl LineHashes {
    pub(super) fn new(text: &str) -> Self {
        let mut roll = Roll::default();
        let mut was_return = false;
        for unit in text.encode_utf16() {
            if unit == u16::from(b' ') || unit == u16::from(b'\t') || was_return && unit == u16::from(b'\n') {
                was_return = false;
                continue;
            }
            was_return = unit == u16::from(b'\r');
            roll.character(if was_return { u16::from(b'\n') } else { unit });
        }
        roll.character(u16::MAX);
        for _ in 0..WINDOW {
            roll.leave();
            roll.take(0);
        }
        Self { lines: roll.lines }
    }

    /// That of a line, counted from 0.
    pub(super) fn of(&self, line: u32) -> String {
        self.lines.get(line as usize).map_or_else(String::new, |(hash, number)| format!("{hash:x}:{number}"))
    }
}

struct Roll {
    window: [u16; WINDOW],
    /// Where in the window lines start.
    starts: [Option<usize>; WINDOW],
    at: usize,
    hash: u64,
    is_start: bool,
    n_lines: usize,
    counts: HashMap<u64, u32>,
    lines: Vec<(u64, u32)>,
    /// What the oldest unit of the window counts.
    oldest: u64,
}

impl Default for Roll {
    fn default() -> Self {
        Self {
            window: [0; WINDOW],
            starts: [None; WINDOW],
            at: 0,
            hash: 0,
            is_start: true,
            n_lines: 0,
            counts: HashMap::new(),
            lines: Vec::new(),
            oldest: (0..WINDOW).fold(1, |power: u64, _| power.wrapping_mul(FACTOR)),
        }
    }
}

impl Roll {
    fn character(&mut self, unit: u16) {
        self.leave();
        if self.is_start {
            self.is_start = false;
            self.starts[self.at] = Some(self.n_lines);
            self.n_lines += 1;
        }
        self.is_start = unit == u16::from(b'\n');
        self.take(unit);
    }

    /// The line that starts where the window begins is complete.
    fn leave(&mut self) {
        if self.starts[self.at].take().is_some() {
            let number = self.counts.entry(self.hash).or_default();
            *number += 1;
            self.lines.push((self.hash, *number));
        }
    }

    fn take(&mut self, unit: u16) {
        let gone = u64::from(self.window[self.at]);
        self.window[self.at] = unit;
        self.hash =
            FACTOR.wrapping_mul(self.hash).wrapping_add(u64::from(unit)).wrapping_sub(self.oldest.wrapping_mul(gone));
        self.at = (self.at + 1) % WINDOW;
    }
}
