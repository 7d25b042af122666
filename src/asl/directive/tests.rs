use super::*;
use crate::asl::lower;
use crate::syntax::parse as read;

#[test]
fn names_and_reasons_are_read() {
    for (text, expected) in [
        ("aslint: ignore[endless-loop] it is a server", vec![(vec!["endless-loop"], "it is a server")]),
        ("Polls. aslint:ignore [ graph ,a-b,] : why", vec![(vec!["graph", "a-b"], "why")]),
        ("aslint: ignore[a] one aslint: ignore[b] two", vec![(vec!["a"], "one"), (vec!["b"], "two")]),
        ("aslint: ignore[a] one\nmore\naslint: ignore[b]", vec![(vec!["a"], "one"), (vec!["b"], "")]),
        ("aslint: ignore", vec![(vec![], "")]),
        ("aslint: ignore[a", vec![(vec![], "[a")]),
        ("aslint: ignore[a\n]", vec![(vec![], "[a")]),
        ("aslint: ignore[] x", vec![(vec![], "x")]),
        ("aslint: ignore a b", vec![(vec![], "a b")]),
        ("aslint: ignored", vec![]),
        ("checked by aslint: fine", vec![]),
        ("aslint:", vec![]),
    ] {
        let found = parse(text);
        let found: Vec<(Vec<&str>, &str)> = found
            .iter()
            .map(|parsed| (parsed.names.iter().map(|(name, _)| name.as_str()).collect(), parsed.reason.as_str()))
            .collect();
        assert_eq!(found, expected, "{text}");
        for (name, span) in parse(text).into_iter().flat_map(|parsed| parsed.names) {
            assert_eq!(span.of(text), name);
        }
    }
}

/// The reasons with what each reaches: the name of a state, or the place of a scope.
fn reaches(text: &str, format: Format) -> Vec<String> {
    let tree = read(&text.into(), format);
    let mut lines = Vec::new();
    for root in tree.roots() {
        let machine = lower(root);
        for directive in directives(&machine, text, format) {
            assert!(directive.span.of(text).starts_with(WORD), "{text}");
            let at = match directive.reach {
                Reach::State(state) => machine.state(state).name().to_owned(),
                Reach::Scope(scope) => format!("scope {}", scope.index()),
            };
            lines.push(format!("{}: {at}", directive.reason));
        }
    }
    lines
}

#[test]
fn comments_of_the_language_reach_what_they_stand_in() {
    let text = r#"{"Comment": "aslint: ignore[a] r0", "StartAt": "A", "States": {
        "A": {"Type": "Choice", "Comment": "x \u00e4 aslint: ignore[a] r1", "Choices": [
            {"Variable": "$.a", "IsNull": true, "Next": "B", "Comment": "aslint: ignore[a] r2"}]},
        "B": {"Type": "Task", "Resource": "r", "Parameters": {"Comment": "aslint: ignore[a] no"},
              "Retry": [{"ErrorEquals": ["E"], "Comment": "aslint: ignore[a] r3"}], "Next": "M"},
        "M": {"Type": "Map", "Comment": "aslint: ignore[a] r4", "ItemProcessor": {"Comment": "aslint: ignore[a] r5",
              "StartAt": "I", "States": {"I": {"Type": "Pass", "Comment": "aslint: ignore[a] r6", "End": true}}}, "End": true}}}"#;
    let expected = ["r0: scope 0", "r1: A", "r2: A", "r3: B", "r4: M", "r5: scope 1", "r6: I"];
    assert_eq!(reaches(text, Format::Json), expected);
}

#[test]
fn comments_of_yaml_reach_what_they_stand_in() {
    let text = "\
# aslint: ignore[a] r0
StartAt: A # aslint: ignore[a] r1
States:
  # aslint: ignore[a] r2
  # and more

  A: # aslint: ignore[a] r3
    # aslint: ignore[a] r4
    Type: Pass
    Comment: 'no # aslint: ignore[a] r5'
    Parameters:
      x: |
        # aslint: ignore[a] no
      # aslint: ignore[a] r6
    Next: M # aslint: ignore[a] r7
    # aslint: ignore[a] r8
  M:
    Type: Map
    ItemProcessor:
      # aslint: ignore[a] r9
      StartAt: I
      States:
        I: {Type: Pass, End: true} # aslint: ignore[a] r10
        # aslint: ignore[a] r11
        'J':
          Type: Succeed
    # aslint: ignore[a] r12
    End: true
# aslint: ignore[a] r13
---
StartAt: Z
States:
  Z: {Type: Succeed}
  # aslint: ignore[a] r14
";
    let expected = [
        "r0: scope 0",
        "r1: scope 0",
        "r2: A",
        "r3: A",
        "r4: A",
        "r5: A",
        "r6: A",
        "r7: A",
        "r8: A",
        "r9: scope 1",
        "r10: I",
        "r11: J",
        "r12: M",
        "r13: scope 0",
        "r14: scope 0",
    ];
    assert_eq!(reaches(text, Format::Yaml), expected);
}

#[test]
fn nothing_that_is_cut_off_makes_it_stumble() {
    let text = "# aslint: ignore[a]\nStartAt: A\nStates:\n  A: # aslint: ignore[\n    Type: \"é # aslint: ignore[a] x\n  # aslint:";
    for end in (0..=text.len()).filter(|&end| text.is_char_boundary(end)) {
        let cut = text.get(..end).unwrap();
        reaches(cut, Format::Yaml);
        reaches(cut, Format::Json);
    }
}
