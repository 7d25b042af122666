use super::*;
use crate::asl::lower;
use crate::syntax::{Format, parse};

/// Asks a rule of a document, with the variable `$v`, `7`; of a fault, the string, the part at fault and the message.
fn ask(rule: &str, document: &str, units: u64) -> Result<bool, (String, String, String)> {
    let machine = format!(r#"{{"StartAt":"C","States":{{"C":{{"Type":"Choice","Choices":[{rule}]}}}}}}"#);
    let tree = parse(&machine.as_str().into(), Format::Json);
    assert_eq!(tree.errors(), [], "{machine}");
    let machine = lower(tree.root());
    let compiled = Compiled::new(&machine.states[0].rules()[0]).unwrap_or_else(|| panic!("{rule}"));
    let document = Value::from_json(document).unwrap_or_else(|error| panic!("{document}: {error:?}"));
    let context = Value::from_json(r#"{"State":{"RetryCount":2}}"#).unwrap();
    let variables = |name: &str| (name == "v").then(|| Value::from(7));
    let roots = Roots { document: &document, context: &|| context.clone(), variables: &variables };
    compiled.holds(&roots, &mut Budget::new(units)).map_err(|Located { node, fault }| {
        let node = tree.root().descendants().find(|found| found.index() == node).unwrap();
        (node.content().to_owned(), fault.span.of(node.content()).to_owned(), fault.message)
    })
}

/// Values of every type, of which `$.x` is one at a time.
const VALUES: [&str; 17] = [
    "null",
    "0",
    "0.0",
    "1",
    "1.1",
    r#""""#,
    r#"" ""#,
    r#""Hello""#,
    r#""2012-10-09T19:00:55""#,
    r#""2012-10-09T19:00:55Z""#,
    r#""2012-10-09T20:00:55+01:00""#,
    r#""2023-02-24""#,
    "[]",
    r#"[""]"#,
    "{}",
    r#"{"A":0}"#,
    "true",
];

/// Recorded: of these values, those for which the comparator holds, and no fault for any other.
#[test]
fn a_value_of_another_type_does_not_hold() {
    for (comparator, expected) in [
        (r#""BooleanEquals":true"#, &[16][..]),
        (r#""BooleanEquals":false"#, &[]),
        (r#""BooleanEqualsPath":"$.t""#, &[16]),
        (r#""IsBoolean":true"#, &[16]),
        (r#""IsBoolean":false"#, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]),
        (r#""IsNull":true"#, &[0]),
        (r#""IsNull":false"#, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]),
        (r#""IsNumeric":true"#, &[1, 2, 3, 4]),
        (r#""IsNumeric":false"#, &[0, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]),
        (r#""IsString":true"#, &[5, 6, 7, 8, 9, 10, 11]),
        (r#""IsString":false"#, &[0, 1, 2, 3, 4, 12, 13, 14, 15, 16]),
        (r#""IsTimestamp":true"#, &[9, 10]),
        (r#""IsTimestamp":false"#, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16]),
        (r#""IsPresent":true"#, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]),
        (r#""IsPresent":false"#, &[]),
        (r#""NumericEquals":0.0"#, &[1, 2]),
        (r#""NumericEqualsPath":"$.one""#, &[3]),
        (r#""NumericLessThan":1"#, &[1, 2]),
        (r#""NumericLessThanEquals":1"#, &[1, 2, 3]),
        (r#""NumericGreaterThanPath":"$.one""#, &[4]),
        (r#""NumericGreaterThanEquals":1"#, &[3, 4]),
        (r#""NumericEqualsPath":"$.t""#, &[]),
        (r#""StringEquals":"Hello""#, &[7]),
        (r#""StringEqualsPath":"$.h""#, &[7]),
        (r#""StringLessThan":" ""#, &[5]),
        (r#""StringLessThanEquals":" ""#, &[5, 6]),
        (r#""StringGreaterThan":"Hell""#, &[7]),
        (r#""StringGreaterThanEqualsPath":"$.h""#, &[7]),
        (r#""StringMatches":"*""#, &[5, 6, 7, 8, 9, 10, 11]),
        (r#""TimestampEquals":"2012-10-09T19:00:55Z""#, &[9, 10]),
        (r#""TimestampLessThan":"2012-10-09T19:00:56Z""#, &[9, 10]),
        (r#""TimestampGreaterThanEquals":"2012-10-09T19:00:56Z""#, &[]),
        (r#""TimestampLessThanEqualsPath":"$.h""#, &[]),
    ] {
        let rule = format!(r#"{{"Variable":"$.x",{comparator},"Next":"A"}}"#);
        let holds = |value: &str| {
            ask(&rule, &format!(r#"{{"x":{value},"t":true,"one":1.0,"h":"Hello"}}"#), 100).expect("no fault")
        };
        let found: Vec<usize> = (0..VALUES.len()).filter(|&at| holds(VALUES[at])).collect();
        assert_eq!(found, expected, "{comparator}");
    }
}

#[test]
fn values_are_ordered() {
    for (comparator, x, y, expected) in [
        // Recorded.
        ("StringEquals", r#""\t\n""#, r#""\t\r\n""#, false),
        ("StringGreaterThan", r#""A""#, r#""A ""#, false),
        ("StringGreaterThanEquals", r#""AB""#, r#""A""#, true),
        ("StringLessThan", r#""A""#, r#""AB""#, true),
        ("StringLessThanEquals", r#""""#, r#""""#, true),
        ("NumericEquals", "2.22", "2.22", true),
        ("NumericLessThan", "0", "1", true),
        ("NumericLessThan", "1", "1", false),
        ("NumericGreaterThanEquals", "0.0", "0", true),
        ("TimestampGreaterThan", r#""2012-10-09T19:00:56Z""#, r#""2012-10-09T19:00:55Z""#, true),
        ("TimestampGreaterThan", r#""2012-10-09T19:00:55Z""#, r#""2012-10-09T19:00:55Z""#, false),
        ("TimestampLessThanEquals", r#""2012-10-09T19:00:56Z""#, r#""2012-10-09T19:00:55Z""#, false),
        // Measured.
        ("TimestampEquals", r#""2025-01-01T07:00:00.000-05:00""#, r#""2025-01-01T12:00:00.000Z""#, true),
        ("NumericEquals", "12.5", "12.50", true),
        // Documented: strings by code units, and whole numbers exactly.
        ("StringGreaterThan", r#""a""#, r#""B""#, true),
        ("StringLessThan", r#""\uD83D\uDE00""#, r#""\uE000""#, true),
        ("NumericLessThan", "9007199254740992", "9007199254740993", true),
    ] {
        let document = format!(r#"{{"x":{x},"y":{y}}}"#);
        let literal = format!(r#"{{"Variable":"$.x","{comparator}":{y},"Next":"A"}}"#);
        let path = format!(r#"{{"Variable":"$.x","{comparator}Path":"$.y","Next":"A"}}"#);
        assert_eq!(
            [ask(&literal, &document, 100), ask(&path, &document, 100)],
            [Ok(expected), Ok(expected)],
            "{literal}"
        );
    }
}

#[test]
fn patterns_describe_the_whole_string() {
    for (pattern, text, expected) in [
        // Measured.
        ("invoice-2025.json", "invoice-2025.json", true),
        ("invoice-*.json", "invoice-2025.json", true),
        ("invoice-*.json", "report-2025.json", false),
        ("logs-*-*-done", "logs-2025-04-done", true),
        (r"file\\*name.txt", "file*name.txt", true),
        (r"file\\*name.txt", "file-name.txt", false),
        // Documented.
        ("*", "", true),
        ("a", "ab", false),
        ("*b", "ab", true),
        ("a*a", "a", false),
        ("a*a", "aa", true),
        ("ab*ba", "aba", false),
        ("*a*b*", "xbxaxbx", true),
        ("*a*b*", "xbxax", false),
        (r"\\\\*", r"\\x", true),
        ("a.*", "abc", false),
        ("é*", "éa", true),
    ] {
        let rule = format!(r#"{{"Variable":"$.x","StringMatches":"{pattern}","Next":"A"}}"#);
        assert_eq!(ask(&rule, &format!(r#"{{"x":"{text}"}}"#), 100), Ok(expected), "{pattern} {text}");
    }
}

#[test]
fn rules_are_joined() {
    let is = |name: &str| format!(r#"{{"Variable":"$.{name}","BooleanEquals":true}}"#);
    let (t, f, missing) = (is("t"), is("f"), is("missing"));
    for (rule, expected) in [
        (format!(r#"{{"And":[{t},{t}],"Next":"A"}}"#), true),
        (format!(r#"{{"And":[{t},{f}],"Next":"A"}}"#), false),
        (format!(r#"{{"Or":[{f},{t}],"Next":"A"}}"#), true),
        (format!(r#"{{"Or":[{f},{f}],"Next":"A"}}"#), false),
        (format!(r#"{{"Not":{f},"Next":"A"}}"#), true),
        (format!(r#"{{"Not":{{"And":[{t},{{"Or":[{f},{t}]}}]}},"Next":"A"}}"#), false),
        // What is certain is not asked further.
        (format!(r#"{{"And":[{f},{missing}],"Next":"A"}}"#), false),
        (format!(r#"{{"Or":[{t},{missing}],"Next":"A"}}"#), true),
        (r#"{"Variable":"$.missing","IsPresent":false,"Next":"A"}"#.to_owned(), true),
        (r#"{"Variable":"$.t.a.b","IsPresent":true,"Next":"A"}"#.to_owned(), false),
        (r#"{"Variable":"$missing","IsPresent":false,"Next":"A"}"#.to_owned(), true),
        (r#"{"Variable":"$v","NumericEquals":7,"Next":"A"}"#.to_owned(), true),
        (r#"{"Variable":"$$.State.RetryCount","NumericLessThanPath":"$v","Next":"A"}"#.to_owned(), true),
    ] {
        assert_eq!(ask(&rule, r#"{"t":true,"f":false}"#, 100), Ok(expected), "{rule}");
    }
}

#[test]
fn a_fault_lies_in_the_string_that_fails() {
    for (rule, string, at, message) in [
        (r#"{"Variable":"$.no","IsNull":true,"Next":"A"}"#, "$.no", ".no", "there is no member `no` here"),
        (r#"{"Variable":"$.no","IsString":false,"Next":"A"}"#, "$.no", ".no", "there is no member `no` here"),
        (r#"{"Variable":"$.x","NumericEqualsPath":"$.no","Next":"A"}"#, "$.no", ".no", "there is no member `no` here"),
        (r#"{"Variable":"$.a","NumericEqualsPath":"$.b","Next":"A"}"#, "$.a", ".a", "there is no member `a` here"),
        (r#"{"Variable":"$w","IsNull":true,"Next":"A"}"#, "$w", "$w", "nothing is assigned to the variable `$w`"),
        (r#"{"Variable":"$.x[","IsNull":true,"Next":"A"}"#, "$.x[", "[", "this `[` is never closed"),
        (
            r#"{"Variable":"$.x","StringMatches":"a\\d","Next":"A"}"#,
            r"a\d",
            r"\",
            r"a `\` stands before `*` and `\` only",
        ),
        (r#"{"Not":{"Variable":"$.no","IsNull":true},"Next":"A"}"#, "$.no", ".no", "there is no member `no` here"),
    ] {
        let expected = (string.to_owned(), at.to_owned(), message.to_owned());
        assert_eq!(ask(rule, r#"{"x":"1"}"#, 100), Err(expected), "{rule}");
    }
    let (_, _, message) = ask(r#"{"Variable":"$.x","IsPresent":true,"Next":"A"}"#, r#"{"x":1}"#, 0).unwrap_err();
    assert_eq!(message, "the evaluation takes more work than is allowed");
}

#[test]
fn what_is_no_jsonpath_rule_is_left_to_others() {
    for rule in [
        r#"{"Condition":"{% true %}","Next":"A"}"#,
        r#"{"Not":{"Condition":"{% true %}"},"Next":"A"}"#,
        r#"{"IsNull":true,"Next":"A"}"#,
        r#"{"Variable":"$.x","Next":"A"}"#,
        r#"{"Variable":"$.x","NumericEqualsPath":1,"Next":"A"}"#,
    ] {
        let machine = format!(r#"{{"StartAt":"C","States":{{"C":{{"Type":"Choice","Choices":[{rule}]}}}}}}"#);
        let tree = parse(&machine.as_str().into(), Format::Json);
        assert!(Compiled::new(&lower(tree.root()).states[0].rules()[0]).is_none(), "{rule}");
    }
}
