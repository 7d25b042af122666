//! Choices with a defect that was put in on purpose: the right verdict, and the right reason.

use aslint::asl::lower;
use aslint::symex::{Because, ChoiceVerdicts, Cover, Options, Verdict, local};
use aslint::syntax::{Format, parse};

/// What is proved of a Choice with these rules, each leading to a state of its own number.
fn prove(rules: &[&str], has_default: bool) -> ChoiceVerdicts {
    let rules: Vec<String> = rules
        .iter()
        .enumerate()
        .map(|(i, rule)| format!(r#"{{{},"Next":"S{i}"}}"#, rule.replace('\'', "\"")))
        .collect();
    let default = if has_default { r#","Default":"D""# } else { "" };
    let text =
        format!(r#"{{"StartAt":"C","States":{{"C":{{"Type":"Choice","Choices":[{}]{default}}}}}}}"#, rules.join(","));
    let tree = parse(&text.as_str().into(), Format::Json);
    assert_eq!(tree.errors(), [], "{text}");
    let machine = lower(tree.root());
    local(&machine, &machine.states[0], None, Options::default()).expect("a Choice")
}

fn covered(rules: &[usize]) -> Because {
    Because::Covered(Cover::holding(rules))
}

fn covered_by_failure(rules: &[usize], failing: &[usize]) -> Because {
    let [rules, failing] = [rules, failing].map(<[usize]>::to_vec);
    Because::Covered(Cover { rules, only_failing: failing.clone(), failing })
}

/// The last rule is dead, for this reason, and no other is.
fn last_is_dead(rules: &[&str], because: &Because) {
    let found = prove(rules, true);
    let (last, others) = found.rules.split_last().expect("rules");
    assert_eq!(last, &Verdict::Dead(because.clone()), "{rules:#?}");
    assert!(others.iter().all(|verdict| verdict.witness().is_some()), "{rules:#?}: {others:#?}");
}

#[test]
fn a_rule_behind_a_wider_one() {
    for (rules, by) in [
        (&["'Variable':'$.n','NumericGreaterThan':10", "'Variable':'$.n','NumericGreaterThan':100"][..], &[0][..]),
        (&["'Variable':'$.s','StringMatches':'log-*'", "'Variable':'$.s','StringEquals':'log-1'"], &[0]),
        (&["'Variable':'$.a','IsPresent':true", "'Variable':'$.a','BooleanEquals':true"], &[0]),
        (
            &[
                "'Or':[{'Variable':'$.s','StringEquals':'a'},{'Variable':'$.s','StringEquals':'b'}]",
                "'And':[{'Variable':'$.s','StringEquals':'b'},{'Variable':'$.t','IsPresent':true}]",
            ],
            &[0],
        ),
        (&["'Not':{'Variable':'$.s','StringEquals':'done'}", "'Variable':'$.s','StringEquals':'failed'"], &[0]),
        (
            &[
                "'Variable':'$.n','NumericLessThan':18",
                "'Variable':'$.x','IsPresent':true",
                "'Variable':'$.n','NumericGreaterThanEquals':18",
                "'Variable':'$.n','IsNumeric':true",
            ],
            &[0, 2],
        ),
        (&["'Variable':'$.s','StringMatches':'*a*'", "'Variable':'$.s','StringMatches':'*ba*'"], &[0]),
    ] {
        last_is_dead(rules, &covered(by));
    }
}

#[test]
fn a_rule_behind_a_comparison_that_fails() {
    for (rules, by, failing) in [
        (&["'Variable':'$.a','StringEquals':'x'", "'Variable':'$.a','IsPresent':false"][..], &[0][..], &[0][..]),
        (&["'Variable':'$.a','NumericEqualsPath':'$.b'", "'Not':{'Variable':'$.b','IsPresent':true}"], &[0], &[0]),
        (&["'Variable':'$.a.b','IsNull':true", "'And':[{'Variable':'$.a','IsPresent':false}]"], &[0], &[0]),
        (&["'Variable':'$v','IsNull':true", "'Variable':'$v','IsPresent':false"], &[0], &[0]),
        (&["'Variable':'$.a[1]','IsNull':true", "'Variable':'$.a[0]','IsPresent':false"], &[0], &[0]),
    ] {
        last_is_dead(rules, &covered_by_failure(by, failing));
    }
}

#[test]
fn a_rule_that_contradicts_itself() {
    for rule in [
        "'And':[{'Variable':'$.s','StringEquals':'a'},{'Variable':'$.s','StringEquals':'b'}]",
        "'And':[{'Variable':'$.n','NumericLessThan':1},{'Or':[{'Variable':'$.n','NumericGreaterThan':5},{'Variable':'$.n','NumericEquals':1}]}]",
        "'Not':{'Or':[{'Variable':'$.s','IsString':true},{'Variable':'$.s','IsString':false}]}",
        "'And':[{'Variable':'$.s','StringMatches':'a*'},{'Not':{'Variable':'$.s','StringMatches':'*'}}]",
        "'And':[{'Variable':'$.t','TimestampLessThan':'2024-01-01T00:00:00Z'},{'Variable':'$.t','TimestampGreaterThan':'2024-01-01T01:00:00+01:00'}]",
        "'And':[{'Variable':'$.a.b','IsPresent':true},{'Variable':'$.a','IsString':true}]",
        "'And':[{'Variable':'$.x','NumericLessThanPath':'$.y'},{'Variable':'$.y','NumericLessThanPath':'$.z'},{'Variable':'$.z','NumericLessThan':0},{'Variable':'$.x','NumericGreaterThan':0}]",
        "'And':[{'Variable':'$.s','StringGreaterThan':'a'},{'Variable':'$.s','StringLessThan':'a\\u0000'}]",
        "'And':[{'Variable':'$.s','StringMatches':'*x'},{'Variable':'$.s','StringGreaterThan':'ab'},{'Variable':'$.s','StringLessThan':'ab\\u0000\\u0000'}]",
        "'And':[{'Variable':'$$.State.Name','IsString':true},{'Variable':'$$.State.Name','IsNumeric':true}]",
    ] {
        last_is_dead(&["'Variable':'$.q','IsPresent':true", rule], &Because::Contradiction);
    }
}

#[test]
fn a_rule_that_asks_the_same() {
    for (one, other) in [
        ("'Variable':'$.s','StringEquals':'a'", "'Variable':'$.s','StringEquals':'a'"),
        ("'Variable':'$.s','StringEquals':'a'", "'Variable':'$[\\\"s\\\"]','StringEquals':'a'"),
        ("'Variable':'$.n','NumericEquals':1", "'Variable':'$.n','NumericEquals':1.0"),
        ("'Variable':'$.n','NumericLessThanPath':'$.m'", "'Variable':'$.n','NumericLessThanPath':'$.m'"),
        ("'Variable':'$.s','StringEquals':'a'", "'Variable':'$.s','StringMatches':'a'"),
        (
            "'Variable':'$.t','TimestampEquals':'2024-01-01T00:00:00Z'",
            "'Variable':'$.t','TimestampEquals':'2024-01-01T01:00:00.000+01:00'",
        ),
        ("'Not':{'Variable':'$.s','IsPresent':true}", "'Variable':'$.s','IsPresent':false"),
    ] {
        last_is_dead(&[one, "'Variable':'$.q','IsPresent':false", other], &Because::Duplicate(0));
    }
}

/// Nothing falls through, and these rules are why.
fn is_exhaustive(rules: &[&str], by: &[usize], failing: &[usize]) {
    let cover = Cover { rules: by.to_vec(), failing: failing.to_vec(), only_failing: Vec::new() };
    let because = Because::Exhaustive(cover);
    let found = prove(rules, false);
    assert_eq!(found.no_match, Verdict::Dead(because.clone()), "{rules:#?}");
    assert_eq!(prove(rules, true).default, Some(Verdict::Dead(because)), "{rules:#?}");
    // Without the last rule something does.
    let found = prove(&rules[..rules.len() - 1], false);
    assert!(found.no_match.witness().is_some(), "{rules:#?}: {:?}", found.no_match);
}

#[test]
fn rules_that_take_everything() {
    for (rules, failing) in [
        (&["'Variable':'$.a','IsPresent':true", "'Variable':'$.a','IsPresent':false"][..], &[][..]),
        (&["'Variable':'$.a.b[2]','IsPresent':false", "'Variable':'$.a','IsPresent':true"], &[]),
        (&["'Variable':'$.n','NumericGreaterThan':1", "'Not':{'Variable':'$.n','NumericGreaterThan':1}"], &[0]),
        (
            &[
                "'Variable':'$.n','IsPresent':false",
                "'Variable':'$.n','IsNumeric':false",
                "'Variable':'$.n','NumericLessThan':10",
                "'Variable':'$.n','NumericGreaterThanEquals':10",
            ],
            &[],
        ),
        (
            &[
                "'Variable':'$.b','IsBoolean':false",
                "'Variable':'$.b','BooleanEquals':true",
                "'Variable':'$.b','BooleanEquals':false",
            ],
            &[0],
        ),
        (
            &[
                "'Variable':'$$.State.EnteredTime','TimestampLessThan':'2030-01-01T00:00:00Z'",
                "'Variable':'$$.State.EnteredTime','TimestampEquals':'2030-01-01T00:00:00Z'",
                "'Variable':'$$.State.EnteredTime','TimestampGreaterThan':'2030-01-01T00:00:00Z'",
            ],
            &[],
        ),
        (
            &[
                "'Variable':'$$.Execution.Name','StringLessThan':'m'",
                "'Variable':'$$.Execution.Name','StringMatches':'m*'",
                "'Variable':'$$.Execution.Name','StringGreaterThanEquals':'n'",
            ],
            &[],
        ),
    ] {
        let all: Vec<usize> = (0..rules.len()).collect();
        is_exhaustive(rules, &all, failing);
    }
}

/// What must not be proved: each of these is nearly one of the above.
#[test]
fn what_is_not_quite_covered_is_shown() {
    for rules in [
        // Another type is neither.
        &["'Variable':'$.n','NumericLessThan':1", "'Not':{'Variable':'$.n','NumericGreaterThanEquals':1}"][..],
        &["'Variable':'$.s','StringMatches':'a*'", "'Variable':'$.s','StringLessThan':'b'"],
        &["'Variable':'$.a','IsPresent':true", "'Variable':'$.a.b','IsPresent':false"],
        &["'Variable':'$.n','NumericGreaterThan':1", "'Variable':'$.n','NumericGreaterThanEquals':1"],
        &["'Variable':'$.s','StringLessThan':'a\\u0000'", "'Variable':'$.s','StringLessThan':'a\\u0000\\u0000\\u0000'"],
        &["'Variable':'$.t','IsTimestamp':true", "'Variable':'$.t','StringGreaterThan':'2024'"],
        &["'Variable':'$','IsPresent':true", "'Variable':'$','IsPresent':false"],
    ] {
        let found = prove(rules, true);
        assert!(found.rules.iter().all(|verdict| verdict.witness().is_some()), "{rules:#?}: {:#?}", found.rules);
        assert_eq!(found.n_not_replayed, 0);
    }
}

#[test]
fn inputs_are_short_and_read_well() {
    for (rules, expected) in [
        (&["'Variable':'$.s','StringEquals':'done'"][..], r#"{"s":"other"}"#),
        (&["'Variable':'$.n','NumericLessThan':10"], r#"{"n":11}"#),
        (&["'Variable':'$.b','BooleanEquals':true"], r#"{"b":false}"#),
        (&["'Variable':'$.t','TimestampLessThan':'2024-06-01T00:00:00Z'"], r#"{"t":"2024-06-02T00:00:00Z"}"#),
        (&["'Variable':'$.a.b','IsPresent':true"], "{}"),
    ] {
        let found = prove(rules, false);
        let witness = found.regular_no_match.as_ref().or_else(|| found.no_match.witness()).expect("one falls through");
        assert_eq!(witness.input.to_json(), expected, "{rules:?}");
    }
}
