//! Turns two texts into what `patch` needs to make the second of the first: a unified diff.

/// Lines around a change that are shown with it.
const CONTEXT: usize = 3;

/// How many lines may differ for the shortest difference to be looked for; beyond it all of what lies between the first and the
/// last different line is replaced.
const MAX_DIFFERENT: usize = 2_000;

/// A run of lines, by their numbers from 0: `old` goes, `new` comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    old: (usize, usize),
    new: (usize, usize),
}

/// The unified diff between two texts of a file called `name`; empty where they are equal.
#[must_use]
pub fn unified_diff(name: &str, old: &str, new: &str) -> String {
    if old == new {
        return String::new();
    }
    let (a, b): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    // A tab ends a name that holds blanks.
    let end = if name.contains(' ') { "\t" } else { "" };
    let mut out = format!("--- {name}{end}\n+++ {name}{end}\n");
    let changes = changes(&a, &b);
    for hunk in hunks(&changes) {
        write(hunk, &a, &b, &mut out);
    }
    out
}

/// Changes that share their context.
fn hunks(changes: &[Change]) -> impl Iterator<Item = &[Change]> {
    changes.chunk_by(|one, next| next.old.0 - one.old.1 <= 2 * CONTEXT)
}

fn write(hunk: &[Change], a: &[&str], b: &[&str], out: &mut String) {
    let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { return };
    let before = first.old.0.min(CONTEXT);
    let behind = (a.len() - last.old.1).min(CONTEXT);
    let old = (first.old.0 - before, last.old.1 + behind);
    let new = (first.new.0 - before, last.new.1 + behind);
    out.push_str(&format!("@@ -{} +{} @@\n", range(old), range(new)));
    let mut at = old.0;
    for change in hunk {
        lines(' ', a, (at, change.old.0), out);
        lines('-', a, change.old, out);
        lines('+', b, change.new, out);
        at = change.old.1;
    }
    lines(' ', a, (at, old.1), out);
}

/// First line, from 1, and the number of lines; an empty range stands behind the line it names.
fn range((start, end): (usize, usize)) -> String {
    match end - start {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        n => format!("{},{n}", start + 1),
    }
}

fn lines(mark: char, of: &[&str], (start, end): (usize, usize), out: &mut String) {
    for line in of.get(start..end).unwrap_or_default() {
        out.push(mark);
        out.push_str(line);
        if !line.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

/// What has to change, in the order of the lines.
fn changes(a: &[&str], b: &[&str]) -> Vec<Change> {
    let n_same = |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| pairs.take_while(|(a, b)| a == b).count();
    let start = n_same(&mut a.iter().zip(b));
    let (a, b) = (&a[start..], &b[start..]);
    let end = n_same(&mut a.iter().rev().zip(b.iter().rev()));
    let (a, b) = (&a[..a.len() - end], &b[..b.len() - end]);
    let all = || vec![Change { old: (0, a.len()), new: (0, b.len()) }];
    let mut changes = shortest(a, b).unwrap_or_else(all);
    for Change { old, new } in &mut changes {
        for at in [&mut old.0, &mut old.1, &mut new.0, &mut new.1] {
            *at += start;
        }
    }
    changes
}

/// The changes with the fewest lines (Myers, "An O(ND) Difference Algorithm"); `None` where they are too many to look for.
fn shortest(a: &[&str], b: &[&str]) -> Option<Vec<Change>> {
    // For each number of different lines and each diagonal (lines of `a` behind those of `b`): how far one gets in `a`.
    let mut reached: Vec<Vec<usize>> = Vec::new();
    for n in 0..=(a.len() + b.len()).min(MAX_DIFFERENT) {
        let mut furthest = Vec::with_capacity(n + 1);
        // Diagonals -n, -n + 2, …, n; `i` counts them.
        for i in 0..=n {
            let x = reached.last().map_or(0, |before| start_of(before, i).0);
            let mut x = x;
            while let Some(y) = (x + n).checked_sub(2 * i)
                && x < a.len()
                && y < b.len()
                && a[x] == b[y]
            {
                x += 1;
            }
            furthest.push(x);
            if x >= a.len() && (x + n).checked_sub(2 * i).is_some_and(|y| y >= b.len()) {
                reached.push(furthest);
                return Some(traced(&reached, i));
            }
        }
        reached.push(furthest);
    }
    None
}

/// Where a path with one more difference enters diagonal `i`, and the diagonal it comes from: a line of `a` gone, or one of `b`
/// come.
fn start_of(before: &[usize], i: usize) -> (usize, usize) {
    let gone = i.checked_sub(1).and_then(|i| before.get(i).map(|x| (x + 1, i)));
    let come = before.get(i).map(|&x| (x, i));
    match (gone, come) {
        (Some(gone), Some(come)) if come.0 >= gone.0 => come,
        (Some(gone), _) => gone,
        (None, come) => come.unwrap_or_default(),
    }
}

/// The changes along the way that ends on diagonal `i`.
fn traced(reached: &[Vec<usize>], mut i: usize) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for n in (1..reached.len()).rev() {
        let (x, from) = start_of(&reached[n - 1], i);
        let y = x + n - 2 * i;
        let (old, new) = if from == i { ((x, x), (y - 1, y)) } else { ((x - 1, x), (y, y)) };
        match changes.last_mut() {
            Some(next) if next.old.0 == old.1 && next.new.0 == new.1 => {
                next.old.0 = old.0;
                next.new.0 = new.0;
            }
            _ => changes.push(Change { old, new }),
        }
        i = from;
    }
    changes.reverse();
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a reader of unified diffs makes of the old text.
    fn patched(old: &str, diff: &str) -> String {
        let old: Vec<&str> = old.split_inclusive('\n').collect();
        let (mut at, mut out) = (0, String::new());
        let mut lines = diff.split_inclusive('\n').skip(2).peekable();
        while let Some(line) = lines.next() {
            if let Some(range) = line.strip_prefix("@@ -") {
                let (start, n) =
                    range.split(' ').next().unwrap().split_once(',').unwrap_or((range.split(' ').next().unwrap(), "1"));
                let start: usize = start.parse().unwrap();
                let start = if n == "0" { start } else { start - 1 };
                old[at..start].iter().for_each(|line| out += line);
                at = start;
                continue;
            }
            let (mark, text) = line.split_at(1);
            let text =
                if lines.next_if(|next| next.starts_with('\\')).is_some() { &text[..text.len() - 1] } else { text };
            if mark != "+" {
                assert_eq!(old[at], text);
                at += 1;
            }
            if mark != "-" {
                out += text;
            }
        }
        old[at..].iter().for_each(|line| out += line);
        out
    }

    #[test]
    fn a_patch_makes_the_new_text_of_the_old() {
        let words = ["a\n", "b\n", "c\r\n", "d"];
        let mut state = 7_u32;
        let mut next = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as usize
        };
        for _ in 0..2_000 {
            let mut text = || {
                let n = next() % 24;
                let mut text: String = (0..n).map(|_| words[next() % 3]).collect();
                if next() % 3 == 0 {
                    text.push_str(words[3]);
                }
                text
            };
            let (old, new) = (text(), text());
            assert_eq!(patched(&old, &unified_diff("x", &old, &new)), new, "{old:?} -> {new:?}");
        }
    }

    #[test]
    fn context_is_three_lines_and_shared() {
        let old: String = (1..=20).map(|n| format!("{n}\n")).collect();
        let new = old.replace("10\n", "ten\n").replace("4\n", "four\n").replace("20\n", "20");
        let diff = unified_diff("a b", &old, &new);
        let expected = "--- a b\t\n+++ a b\t\n@@ -1,20 +1,20 @@\n 1\n 2\n 3\n-4\n+four\n 5\n 6\n 7\n 8\n 9\n-10\n+ten\n 11\n 12\n 13\n\
                        -14\n+1four\n 15\n 16\n 17\n 18\n 19\n-20\n+20\n\\ No newline at end of file\n";
        assert_eq!(diff, expected);
        assert_eq!(unified_diff("x", &old, &old), "");
        assert_eq!(unified_diff("x", "", "a\n"), "--- x\n+++ x\n@@ -0,0 +1 @@\n+a\n");
    }

    #[test]
    fn what_differs_everywhere_is_replaced() {
        let old: String = (0..5_000).map(|n| format!("{n}\n")).collect();
        let new: String = (0..5_000).map(|n| format!("{}\n", n + 10_000)).collect();
        assert_eq!(patched(&old, &unified_diff("x", &old, &new)), new);
    }
}
