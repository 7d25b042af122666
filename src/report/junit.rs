//! Turns findings into results of tests, in the XML that JUnit made common: a suite a file, a failed case a finding, and a
//! passed one where there is none.

use super::{Ending, Places, Shown, Subject};

pub(super) fn head() -> String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"aslint\">\n".to_owned()
}

pub(super) fn tail(ending: &Ending<'_>) -> String {
    let mut out = String::new();
    for failure in ending.failures {
        let (name, reason) = (escaped(&failure.name), escaped(&failure.reason));
        out += &format!(
            "<testsuite name=\"{name}\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n\
             <testcase name=\"read\" classname=\"{name}\"><error message=\"{reason}\"/></testcase>\n</testsuite>\n"
        );
    }
    out + "</testsuites>\n"
}

pub(super) fn findings(places: &Places<'_>, subject: &Subject<'_>) -> String {
    let file = escaped(&subject.source.name);
    let n_skipped = subject.shown.iter().filter(|shown| shown.suppression.is_some()).count();
    let n_failures = subject.shown.len() - n_skipped;
    let n_tests = subject.shown.len().max(1);
    let mut out = format!(
        "<testsuite name=\"{file}\" tests=\"{n_tests}\" failures=\"{n_failures}\" errors=\"0\" skipped=\"{n_skipped}\">\n"
    );
    if subject.shown.is_empty() {
        out += &format!("<testcase name=\"no findings\" classname=\"{file}\"/>\n");
    }
    for Shown { finding: found, suppression, .. } in subject.shown {
        let place = places.of(found.primary.span.start);
        let (line, column) = (place.line + 1, place.column + 1);
        let name = escaped(&format!("{} at {line}:{column}", found.rule));
        let message = escaped(&found.message);
        out += &format!("<testcase name=\"{name}\" classname=\"{file}\" file=\"{file}\" line=\"{line}\">");
        if let Some(by) = suppression {
            out += &format!("<skipped message=\"{}\"/>", escaped(&by.reason));
        } else {
            let mut text = format!("{}:{line}:{column}: {}\n", subject.source.name, found.message);
            for note in &found.notes {
                text += &format!("note: {note}\n");
            }
            for fix in &found.fixes {
                text += &format!("help: {}\n", fix.title);
            }
            let severity = found.severity;
            out += &format!("<failure type=\"{severity}\" message=\"{message}\">{}</failure>", escaped(&text));
        }
        out += "</testcase>\n";
    }
    out + "</testsuite>\n"
}

/// A text as it stands in XML, in quotes or outside. What XML 1.0 has no way to say becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&apos;",
            // As such they would be read as blanks in quotes.
            '\n' => out += "&#10;",
            '\r' => out += "&#13;",
            '\t' => out += "&#9;",
            c if c.is_control() && c < '\u{80}' || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
