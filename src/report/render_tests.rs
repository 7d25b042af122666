//! What people see, case by case.

use super::{Colour, Format, Shown, Style, Totals, findings, summary};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Label, Severity};
use crate::source::Source;
use crate::syntax::Format as Syntax;
use crate::text::{Edit, Span};

const ALL: [Format; 7] =
    [Format::Pretty, Format::Concise, Format::Json, Format::Sarif, Format::Github, Format::Gitlab, Format::Junit];

/// A finding at `[…]` in `marked`, with a related place at each `<…>`; the text without the marks.
fn marked(marked: &str) -> (String, Diagnostic) {
    let mut text = String::new();
    let mut open = Vec::new();
    let mut primary = Span::default();
    let mut related = Vec::new();
    for character in marked.chars() {
        let at = u32::try_from(text.len()).unwrap();
        match character {
            '[' | '<' => open.push(at),
            ']' => primary = Span::new(open.pop().unwrap(), at),
            '>' => related.push(Label::new(Span::new(open.pop().unwrap(), at), format!("place {}", related.len() + 1))),
            character => text.push(character),
        }
    }
    let found = Diagnostic {
        rule: "some-rule",
        severity: Severity::Error,
        message: "something is wrong".to_owned(),
        primary: Label::new(primary, ""),
        related,
        way: Vec::new(),
        notes: Vec::new(),
        fixes: Vec::new(),
        refusal: None,
        machine: String::new(),
        state: String::new(),
        pointer: String::new(),
    };
    (text, found)
}

fn rendered(text: &str, found: &Diagnostic, format: Format, colour: Colour, width: usize) -> String {
    let source = Source::machine("a.asl.json", text, Syntax::Json);
    findings(&source, &[found], Style { format, colour, width, wraps: false })
}

#[track_caller]
fn draws(text: &str, width: usize, expected: &str) {
    let (text, found) = marked(text);
    let drawn = rendered(&text, &found, Format::Pretty, Colour::Off, width);
    let drawn: Vec<&str> = drawn.trim_end().lines().skip(1).map(str::trim_end).collect();
    let drawn = format!("\n{}\n", drawn.join("\n"));
    assert!(drawn == expected, "drawn:{drawn}expected:{expected}");
}

#[test]
fn one_place() {
    draws(
        "{\n  \"Next\": [\"Shp\"]\n}\n",
        80,
        r#"
   ╭─[a.asl.json:2:11]
 1 │ {
 2 │   "Next": "Shp"
   ·           ─────
 3 │ }
   ╰────
"#,
    );
}

#[test]
fn nothing_but_a_point() {
    draws(
        "{\n  \"a\": 1[]\n  \"b\": 2\n}",
        80,
        r#"
   ╭─[a.asl.json:2:9]
 1 │ {
 2 │   "a": 1
   ·         ▲
 3 │   "b": 2
   ╰────
"#,
    );
}

#[test]
fn the_end_of_the_file() {
    draws(
        "{\n  \"a\": 1\n[]",
        80,
        r#"
   ╭─[a.asl.json:3:1]
 2 │   "a": 1
 3 │
   · ▲
   ╰────
"#,
    );
    draws(
        "[]",
        80,
        r#"
   ╭─[a.asl.json:1:1]
 1 │
   · ▲
   ╰────
"#,
    );
}

#[test]
fn neighbours_are_drawn_together() {
    draws(
        "{\n  <\"a\">: 1,\n  \"b\": 2,\n  [\"a\"]: 3\n}\n",
        80,
        r#"
   ╭─[a.asl.json:4:3]
 1 │ {
 2 │   "a": 1,
   ·   ─┬─
   ·    ╰── place 1
 3 │   "b": 2,
 4 │   "a": 3
   ·   ───
 5 │ }
   ╰────
"#,
    );
    draws(
        "{<\"a\">: 1, [\"a\"]: 3}",
        80,
        r#"
   ╭─[a.asl.json:1:10]
 1 │ {"a": 1, "a": 3}
   ·  ─┬─     ───
   ·   ╰── place 1
   ╰────
"#,
    );
}

#[test]
fn distant_places_are_drawn_apart() {
    let lines = "  \"x\": 0,\n".repeat(300);
    draws(
        &format!("{{\n  <\"a\">: 1,\n{lines}  [\"a\"]: 3\n}}\n"),
        80,
        r#"
     ╭─[a.asl.json:303:3]
 302 │   "x": 0,
 303 │   "a": 3
     ·   ───
 304 │ }
     ╰────
   ╭─[a.asl.json:2:3]
 1 │ {
 2 │   "a": 1,
   ·   ─┬─
   ·    ╰── place 1
 3 │   "x": 0,
   ╰────
"#,
    );
    let many = "  <\"a\">: 0,\n\n\n\n\n\n\n\n\n".repeat(9);
    draws(
        &format!("{{\n{many}  [\"a\"]: 3\n}}\n"),
        80,
        r#"
    ╭─[a.asl.json:83:3]
 83 │   "a": 3
    ·   ───
 84 │ }
    ╰────
    ╭─[a.asl.json:74:3]
 74 │   "a": 0,
    ·   ─┬─
    ·    ╰── place 9
    ╰────
    ╭─[a.asl.json:65:3]
 65 │   "a": 0,
    ·   ─┬─
    ·    ╰── place 8
    ╰────
  a.asl.json:2:3: place 1
  a.asl.json:11:3: place 2
  a.asl.json:20:3: place 3
  a.asl.json:29:3: place 4
  a.asl.json:38:3: place 5
  and 2 more places
"#,
    );
}

#[test]
fn several_lines_are_drawn_as_their_first() {
    draws(
        "{\n  \"a\": [{\n    \"b\": 1\n  }]\n}\n",
        80,
        r#"
   ╭─[a.asl.json:2:8]
 1 │ {
 2 │   "a": {
   ·        ─
 3 │     "b": 1
   ╰────
"#,
    );
}

#[test]
fn a_long_line_is_cut_around_the_place() {
    let filler = "\"k\": 0, ".repeat(1000);
    draws(
        &format!("{{{filler}[\"Next\"]: 1, {filler}}}"),
        60,
        r#"
   ╭─[a.asl.json:1:8002]
 1 │ …, "k": 0, "k": 0, "Next": 1, "k": 0, "k": 0, "k": 0, …
   ·                    ──────
   ╰────
"#,
    );
    draws(
        &format!("{{[\"Next\"]: 1, {filler}}}"),
        60,
        r#"
   ╭─[a.asl.json:1:2]
 1 │ {"Next": 1, "k": 0, "k": 0, "k": 0, "k": 0, "k": 0, "k…
   ·  ──────
   ╰────
"#,
    );
    draws(
        &format!("{{{filler}[\"Next\"]}}"),
        60,
        r#"
   ╭─[a.asl.json:1:8002]
 1 │ …k": 0, "k": 0, "k": 0, "k": 0, "k": 0, "k": 0, "Next"}
   ·                                                 ──────
   ╰────
"#,
    );
    draws(
        &format!("{{{filler}[\"Next{filler}\"]}}"),
        60,
        r#"
   ╭─[a.asl.json:1:8002]
 1 │ …, "k": 0, "k": 0, "Next"k": 0, "k": 0, "k": 0, "k": 0…
   ·                    ───────────────────────────────────
   ╰────
"#,
    );
    draws(
        &format!("{{<\"Start\">{filler}[\"Next\"]}}"),
        60,
        r#"
   ╭─[a.asl.json:1:8009]
 1 │ …k": 0, "k": 0, "k": 0, "k": 0, "k": 0, "k": 0, "Next"}
   ·                                                 ──────
   ╰────
  a.asl.json:1:2: place 1
"#,
    );
}

#[test]
fn wide_characters_tabs_and_controls() {
    draws(
        "{\n\t\"状態\": [\"次\"],\r\n\t\"\u{1b}(2J)\u{202e}x\": 1\r\n}",
        80,
        r#"
   ╭─[a.asl.json:2:8]
 1 │ {
 2 │   "状態": "次",
   ·           ────
 3 │   "␛(2J)�x": 1
   ╰────
"#,
    );
    let filler = "状態".repeat(500);
    draws(
        &format!("{{\"{filler}\": [\"次\"]}}"),
        60,
        r#"
   ╭─[a.asl.json:1:1006]
 1 │ …態状態状態状態状態状態状態状態状態状態状態状態": "次"}
   ·                                                   ────
   ╰────
"#,
    );
}

#[test]
fn words_stand_around_the_drawing() {
    let (text, mut found) = marked("{\n  [\"Nxt\"]: 1\n}\n");
    found.notes = vec!["states have `Next`\nor `End`".to_owned()];
    let edits = vec![Edit { span: found.primary.span, text: "\"Next\"".to_owned() }];
    found.fixes = vec![Fix { title: "rename to `Next`".to_owned(), edits, applicability: Applicability::Unsafe }];
    let drawn = rendered(&text, &found, Format::Pretty, Colour::Off, 80);
    let expected = r#"
error[some-rule]: something is wrong
   ╭─[a.asl.json:2:3]
 1 │ {
 2 │   "Nxt": 1
   ·   ─────
 3 │ }
   ╰────
  note: states have `Next`
        or `End`
  help: rename to `Next`

"#;
    assert_eq!(drawn, expected[1..]);
    let coloured = rendered(&text, &found, Format::Pretty, Colour::On, 80);
    assert!(
        coloured.starts_with("\x1b[1;31merror[some-rule]\x1b[0m\x1b[1m: something is wrong\x1b[0m\n"),
        "{coloured}"
    );
    assert_eq!(without_colours(&coloured), drawn);
}

fn without_colours(text: &str) -> String {
    let mut parts = text.split('\x1b');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').expect("a sequence ends with m").1)
}

#[test]
fn a_concise_finding_is_one_line_whatever_names_hold() {
    let (text, mut found) = marked("{\n  \"é\": [\"x\"]\n}");
    found.message = "no state is called `a\nb\u{1b}[2J`".to_owned();
    let source = Source::machine("dir/a\nb: c.asl.json", text, Syntax::Json);
    let style = Style { format: Format::Concise, colour: Colour::On, width: 80, wraps: false };
    let line = "dir/a\\nb: c.asl.json:2:8: error[some-rule] no state is called `a\\nb\\u{1b}[2J`\n";
    assert_eq!(findings(&source, &[&found], style), line);
    let pretty = findings(&source, &[&found], Style { format: Format::Pretty, colour: Colour::Off, ..style });
    assert!(!pretty.contains('\x1b') && pretty.contains("[dir/a\\nb: c.asl.json:2:8]"), "{pretty}");
}

#[test]
fn any_spans_can_be_drawn() {
    let text = "{\t\"状\":\r\n1,\r\"é\"\n\n}";
    let (_, mut found) = marked("<x>[x]");
    let end = u32::try_from(text.len()).unwrap();
    let spans: Vec<Span> =
        (0..=end + 1).flat_map(|start| (start..=end + 2).map(move |end| Span::new(start, end))).collect();
    for (i, &span) in spans.iter().enumerate() {
        found.primary.span = span;
        found.related[0].span = spans[(i * 7) % spans.len()];
        for format in ALL {
            let report = rendered(text, &found, format, Colour::Off, 40);
            assert!(report.contains("something is wrong"), "{span:?} {format:?}: {report}");
            assert!(
                format != Format::Pretty || report.contains('╰') && report.contains("place 1"),
                "{span:?}: {report}"
            );
        }
    }
}

#[test]
fn the_last_line_counts() {
    let (_, error) = marked("[x]");
    let info = Diagnostic { rule: "a-habit", severity: Severity::Info, ..error.clone() };
    let of = |diagnostics: &[&Diagnostic], shown: &[&Diagnostic], n_machines| {
        let shown: Vec<Shown<'_>> = shown.iter().copied().map(Shown::of).collect();
        Totals::of(n_machines, diagnostics.len(), &shown)
    };
    let total = |parts: &[Totals]| {
        let mut totals = Totals::default();
        parts.iter().for_each(|part| totals.merge(part));
        summary(&totals, Style { format: Format::Pretty, colour: Colour::Off, width: 80, wraps: false })
    };
    let clean = of(&[], &[], 2);
    let hidden = of(&[&info, &info], &[], 1);
    let wrong = of(&[&error, &info, &error], &[&error, &error], 1);
    let both = of(&[&error, &info], &[&error, &info], 1);
    let explain = |rule| format!("`aslint explain {rule}` tells what lies behind a finding\n");
    let answered = Totals { n_known: 2, n_suppressed: 1, ..wrong.clone() };
    let known = Totals { n_known: 1, ..of(&[], &[], 1) };
    for (parts, line, rule) in [
        (vec![], "", ""),
        (vec![known], "no findings in 1 state machine (not shown: 1 in the baseline)\n", ""),
        (
            vec![answered.clone(), answered],
            "found 4 errors in 2 of 2 files (not shown: 2 of lower severity, 4 in the baseline, 2 suppressed)\n",
            "some-rule",
        ),
        (vec![clean.clone()], "no findings in 2 state machines\n", ""),
        (vec![hidden.clone(), clean.clone()], "no findings in 3 state machines (not shown: 2 of lower severity)\n", ""),
        (vec![wrong.clone()], "found 2 errors in 1 file (not shown: 1 of lower severity)\n", "some-rule"),
        (vec![clean, both, hidden], "found 1 error, 1 info in 1 of 3 files (not shown: 2 of lower severity)\n", "RULE"),
    ] {
        let explain = if rule.is_empty() { String::new() } else { explain(rule) };
        assert_eq!(total(&parts), format!("{line}{explain}"));
    }
}

#[test]
fn a_report_does_not_grow_with_the_lines_it_is_about() {
    // 2 MB on one line, 2,000 findings. Looking at the whole line for each would be 4 GB of reading: this test would crawl.
    let mut text = String::from("{");
    let mut all = Vec::new();
    let (_, template) = marked("[x]");
    for i in 0..2_000_u32 {
        let start = u32::try_from(text.len()).unwrap();
        text += &format!("\"{i:04}\": \"é{}\", ", "x".repeat(1_000));
        all.push(Diagnostic { primary: Label::new(Span::new(start, start + 6), ""), ..template.clone() });
    }
    let source = Source::machine("a.asl.json", text, Syntax::Json);
    let shown: Vec<&Diagnostic> = all.iter().collect();
    for format in ALL {
        let report = findings(&source, &shown, Style { format, colour: Colour::Off, width: 80, wraps: false });
        assert!(report.len() < shown.len() * 900, "{format:?}: {}", report.len());
    }
}

#[test]
fn words_fit_a_narrow_terminal() {
    let (text, mut found) = marked("{\n  \"a\": <{\"b\": 1}>, [\"Next\"]: <\"x\">\n}\n");
    found.message = "an execution that enters it goes round until it fails or times out".to_owned();
    found.related[0].text = "no execution reaches `Ship` until that is mended".to_owned();
    found.related[1].text = "this is too far to the right for words".to_owned();
    found.notes = vec!["the first line of a note\nand the second, which is long".to_owned()];
    let fix =
        Fix { title: "write another name here".to_owned(), edits: Vec::new(), applicability: Applicability::Safe };
    found.fixes = vec![fix];
    let source = Source::machine("a.asl.json", &*text, Syntax::Json);
    let style = Style { format: Format::Pretty, colour: Colour::Off, width: 40, wraps: true };
    let drawn = findings(&source, &[&found], style);
    let expected = r#"error[some-rule]: an execution that
  enters it goes round until it fails or
  times out
   ╭─[a.asl.json:2:18]
 1 │ {
 2 │   "a": {"b": 1}, "Next": "x"
   ·        ────┬───  ──────  ───
   ·            ╰─┤ no execution reaches
   ·              │ `Ship` until that is
   ·              │ mended
 3 │ }
   ╰────
  a.asl.json:2:26: this is too far to
    the right for words
  note: the first line of a note
        and the second, which is long
  help: write another name here

"#;
    assert!(drawn == expected, "{drawn}");
    let plain = findings(&source, &[&found], Style { wraps: false, ..style });
    assert!(plain.starts_with(&format!("error[some-rule]: {}\n", found.message)), "{plain}");
    // A long name of a rule leaves room for a word.
    found.rule = "a-rule-with-a-long-name-of-its-own";
    let drawn = findings(&source, &[&found], style);
    assert!(
        drawn.starts_with("error[a-rule-with-a-long-name-of-its-own]: an\n  execution that enters it goes round\n"),
        "{drawn}"
    );
}
