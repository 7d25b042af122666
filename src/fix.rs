//! Turns a source with findings into the source that their fixes make of it.
//!
//! Fixes are applied in rounds: those that do not touch each other at once, in the order of the findings, the rest when the text
//! has been checked again. Findings may be the consequence of others, so what is nearer to a cause comes in an earlier round
//! (`Turn`). A fix is given up, and said, where the text would be worse to read than before, or the finding stays. Nothing is
//! changed outside of the edits.

use std::collections::{BTreeMap, HashSet};

use crate::diagnostic::{Applicability, Diagnostic, Fix};
use crate::engine::{self, Options, Report};
use crate::rules::{self, Group};
use crate::source::{self, NotUtf8, Source};
use crate::syntax;
use crate::text::{self, Edit};

/// How often a text is checked again: mending one thing shows the next, but not without end.
const MAX_ROUNDS: usize = 32;

/// A fix that was applied, or given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The rule whose finding it is for.
    pub rule: &'static str,
    /// What it does, as [`Fix::title`] says it.
    pub title: String,
    /// The line of the finding, from 0, in the text of its round.
    pub line: u32,
}

/// What became of a source.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// The source with the fixes in it.
    pub source: Source,
    /// What is found in it now.
    pub report: Report,
    /// The fixes that were applied, in the order in which they were.
    pub applied: Vec<Done>,
    /// Those that would have broken the text, or mended nothing.
    pub given_up: Vec<Done>,
}

impl Fixed {
    /// Whether the text is another one now.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        !self.applied.is_empty()
    }
}

/// The first of the ways to mend a finding that may be applied where no more than `most` is asked for.
#[must_use]
pub fn applicable(found: &Diagnostic, most: Applicability) -> Option<&Fix> {
    found.fixes.iter().find(|fix| fix.applicability <= most && !fix.edits.is_empty())
}

/// Applies the fixes of what is found in `source`, those up to `most`, until there are none left.
#[must_use]
pub fn fix(source: &Source, options: &Options, most: Applicability) -> Fixed {
    let mut fixed = Fixed {
        source: source.clone(),
        report: engine::check(source, options),
        applied: Vec::new(),
        given_up: Vec::new(),
    };
    // What is not the bytes of the file cannot be written back.
    if source.not_utf8.is_some() {
        return fixed;
    }
    let mut seen: HashSet<String> = HashSet::from([source.text.to_string()]);
    // Whether something has changed since the first of the fixes was given up that now are.
    let mut is_newer = false;
    for _ in 0..MAX_ROUNDS {
        let Some((text, applied)) = round(&mut fixed, most) else {
            // What was given up in another text may do in this one; else a second run would apply it.
            if !is_newer || fixed.given_up.is_empty() {
                break;
            }
            is_newer = false;
            fixed.given_up.clear();
            continue;
        };
        // Two fixes that undo each other are no progress.
        if !seen.insert(text.clone()) {
            break;
        }
        let next = Source { text: text.into(), ..fixed.source.clone() };
        let report = engine::check(&next, options);
        let idle = idle(&fixed.report, &report, &applied);
        if !idle.is_empty() {
            fixed.given_up.extend(idle);
            continue;
        }
        fixed.source = next;
        fixed.report = report;
        fixed.applied.extend(applied);
        is_newer = true;
    }
    fixed
}

/// The fixes whose findings are as many as before, although they were applied: more of them would come in every round.
fn idle(before: &Report, after: &Report, applied: &[Done]) -> Vec<Done> {
    fn counted(report: &Report, of: impl Fn(&Diagnostic) -> bool) -> BTreeMap<(&str, &str), usize> {
        let mut n_found = BTreeMap::new();
        for found in report.diagnostics.iter().filter(|found| of(found)) {
            for fix in &found.fixes {
                *n_found.entry((found.rule, fix.title.as_str())).or_default() += 1;
            }
        }
        n_found
    }
    let is_applied = |found: &Diagnostic| applied.iter().any(|done| done.rule == found.rule);
    let (before, after) = (counted(before, is_applied), counted(after, is_applied));
    let stays = |done: &&Done| {
        let key = (done.rule, done.title.as_str());
        after.get(&key).is_some_and(|n_after| before.get(&key) <= Some(n_after))
    };
    applied.iter().filter(stays).cloned().collect()
}

/// When a fix is applied: what is never wrong first, then what others may be a consequence of, and last what takes away
/// most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Safe,
    Unsafe(Group),
    Deletion,
}

impl Turn {
    fn of(found: &Diagnostic, fix: &Fix) -> Self {
        match fix.applicability {
            Applicability::Safe => Self::Safe,
            Applicability::Unsafe if found.rule == "unreachable-state" => Self::Deletion,
            Applicability::Unsafe => {
                Self::Unsafe(rules::find(found.rule).map_or(Group::Style, |rule| rule.page().group))
            }
        }
    }
}

/// The text after one round, and the fixes in it; `None` where no fix is left.
fn round(fixed: &mut Fixed, most: Applicability) -> Option<(String, Vec<Done>)> {
    let source = &fixed.source;
    let lines = text::LineIndex::new(&source.text);
    let done = |found: &Diagnostic, fix: &Fix| Done {
        rule: found.rule,
        title: fix.title.clone(),
        line: lines.line_of(found.primary.span.start),
    };
    let is_given_up = |found: &Diagnostic, fix: &Fix| {
        fixed.given_up.iter().any(|other| other.rule == found.rule && other.title == fix.title)
    };
    let mut chosen: Vec<(Done, &[Edit])> = Vec::new();
    let mut taken = Taken::default();
    let candidates: Vec<(&Diagnostic, &Fix)> = fixed
        .report
        .diagnostics
        .iter()
        .filter_map(|found| Some((found, applicable(found, most).filter(|fix| !is_given_up(found, fix))?)))
        .collect();
    let turn = candidates.iter().map(|(found, fix)| Turn::of(found, fix)).min();
    for (found, fix) in candidates {
        if turn == Some(Turn::of(found, fix)) && taken.take(&fix.edits) {
            chosen.push((done(found, fix), &fix.edits));
        }
    }
    if chosen.is_empty() {
        return None;
    }
    let before = Health::of(source, &source.text);
    let all: Vec<Edit> = chosen.iter().flat_map(|(_, edits)| edits.iter().cloned()).collect();
    let readable = |edits: &[Edit]| {
        text::apply(&source.text, edits).ok().filter(|text| Health::of(source, text).is_as_good_as(before))
    };
    if let Some(text) = readable(&all) {
        return Some((text, chosen.into_iter().map(|(done, _)| done).collect()));
    }
    // One of them breaks the text: each is tried beside those that do not.
    let (mut kept, mut applied, mut last, mut given_up) = (Vec::new(), Vec::new(), None, Vec::new());
    for (done, edits) in chosen {
        let n_kept = kept.len();
        kept.extend(edits.iter().cloned());
        match readable(&kept) {
            Some(text) => {
                last = Some(text);
                applied.push(done);
            }
            None => {
                kept.truncate(n_kept);
                given_up.push(done);
            }
        }
    }
    fixed.given_up.extend(given_up);
    last.map(|text| (text, applied))
}

/// The spans that the edits of a round take.
#[derive(Default)]
struct Taken(BTreeMap<u32, u32>);

impl Taken {
    /// Takes the spans of `edits` where none touches another one: two insertions in one place would both count on being alone.
    fn take(&mut self, edits: &[Edit]) -> bool {
        let is_free = |edit: &Edit| {
            let before = self.0.range(..=edit.span.end).next_back();
            before.is_none_or(|(_, &end)| end < edit.span.start)
        };
        let is_free = edits.iter().all(is_free);
        if is_free {
            self.0.extend(edits.iter().map(|edit| (edit.span.start, edit.span.end)));
        }
        is_free
    }
}

/// How well a text reads.
#[derive(Clone, Copy)]
struct Health {
    n_errors: usize,
    n_machines: usize,
}

impl Health {
    fn of(source: &Source, text: &str) -> Self {
        let source = Source { text: text.into(), ..source.clone() };
        let tree = syntax::parse(&source.text, source.format);
        Self { n_errors: tree.errors().len(), n_machines: source::documents(&source, &tree).count() }
    }

    fn is_as_good_as(self, before: Self) -> bool {
        self.n_errors <= before.n_errors && self.n_machines >= before.n_machines
    }
}

/// Why nothing can be mended in a source.
#[must_use]
pub fn obstacle(source: &Source) -> Option<&'static str> {
    match source.not_utf8 {
        Some(NotUtf8::Bytes(..) | NotUtf8::Utf16) => Some("not UTF-8: nothing in it was mended"),
        None => None,
    }
}

#[cfg(test)]
mod tests;
