use super::*;
use crate::syntax::Format;

fn fixed(text: &str, format: Format, most: Applicability) -> Fixed {
    fix(&Source::machine("m", text, format), &Options::default(), most)
}

#[test]
fn safe_fixes_leave_the_unsafe_ones() {
    let text = "{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"pass\", \"Next\": \"Shp\"}, \"Ship\": {\"Type\": \"Pass\", \"End\": true,}}}\n";
    let safe = fixed(text, Format::Json, Applicability::Safe);
    assert_eq!(&*safe.source.text, text.replace(",}", "}").replace("pass", "Pass"));
    let all = fixed(text, Format::Json, Applicability::Unsafe);
    assert_eq!(&*all.source.text, text.replace(",}", "}").replace("pass", "Pass").replace("Shp", "Ship"));
    assert_eq!(all.report.diagnostics, []);
    assert_eq!(all.applied.len(), 3);
}

#[test]
fn what_is_no_utf_8_is_left_alone() {
    let source = Source::new("a.asl.json", b"{\"StartAt\": \"\xff\",}".to_vec());
    let fixed = fix(&source, &Options::default(), Applicability::Unsafe);
    assert!(!fixed.is_changed() && obstacle(&source).is_some());
}

#[test]
fn edits_that_touch_wait_for_the_next_round() {
    let edit = |start, end| Edit { span: text::Span::new(start, end), text: String::new() };
    let mut taken = Taken::default();
    assert!(taken.take(&[edit(4, 6), edit(10, 10)]));
    for touching in [edit(0, 4), edit(6, 7), edit(5, 5), edit(0, 20), edit(10, 10), edit(9, 12)] {
        assert!(!taken.take(std::slice::from_ref(&touching)), "{touching:?}");
    }
    assert!(!taken.take(&[edit(0, 1), edit(5, 8)]), "all or nothing");
    assert!(taken.take(&[edit(0, 1)]) && taken.take(&[edit(7, 9)]));
}

#[test]
fn what_may_be_a_consequence_waits() {
    // The result would take the place of the input, had its path its right name.
    let text = r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}, "ResutPath": "$.r", "Next": "B"}, "B": {"Type": "Pass", "InputPath": "$.r.Payload", "End": true}}}"#;
    let fixed = fixed(text, Format::Json, Applicability::Unsafe);
    assert_eq!(&*fixed.source.text, text.replace("ResutPath", "ResultPath"), "{:?}", fixed.applied);
}

#[test]
fn a_fix_that_leaves_its_finding_is_idle() {
    let found = |title: &str| Diagnostic {
        rule: "unknown-field",
        fixes: vec![Fix { title: title.to_owned(), edits: Vec::new(), applicability: Applicability::Safe }],
        ..Diagnostic::at(text::Span::empty(0), "x")
    };
    let report = |titles: &[&str]| Report {
        diagnostics: titles.iter().map(|title| found(title)).collect(),
        ..Report::default()
    };
    let done = |title: &str| Done { rule: "unknown-field", title: title.to_owned(), line: 0 };
    let applied = [done("a"), done("b")];
    assert_eq!(idle(&report(&["a", "b"]), &report(&["b"]), &applied), [done("b")]);
    assert_eq!(idle(&report(&["a", "b", "b"]), &report(&["b", "c"]), &applied), []);
    assert_eq!(idle(&report(&["a", "b"]), &report(&[]), &applied), []);
}

#[test]
fn what_would_break_the_text_is_given_up_and_the_rest_applied() {
    let text = "{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Succeed\"}}}";
    let finding = |start: u32, end: u32, new: &str| {
        let span = text::Span::new(start, end);
        let mut finding = Diagnostic { rule: "syntax-error", ..Diagnostic::at(span, "planted") };
        let edits = vec![Edit { span, text: new.to_owned() }];
        finding.offer(Applicability::Safe, format!("write {new}"), Some(edits));
        finding
    };
    let at = u32::try_from(text.find("\"Type\"").expect("it is there")).expect("a test is short");
    let comment = "\"Comment\": \"c\", ";
    let mut planted = Fixed {
        source: Source::machine("m", text, Format::Json),
        report: Report { diagnostics: vec![finding(0, 1, ""), finding(at, at, comment)], ..Report::default() },
        applied: Vec::new(),
        given_up: Vec::new(),
    };
    let (mended, applied) = round(&mut planted, Applicability::Safe).expect("one can be applied");
    assert_eq!(mended, text.replace("\"Type\"", &format!("{comment}\"Type\"")));
    assert_eq!((applied.len(), planted.given_up.len()), (1, 1), "{:?}", planted.given_up);
    planted.report.diagnostics.truncate(1);
    assert!(round(&mut planted, Applicability::Safe).is_none(), "what was given up is not tried again");
}
