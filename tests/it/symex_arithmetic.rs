//! What is proved of Choices that compute: held to enumeration, and to a table of what is so for every number.

use aslint::eval::Value;
use aslint::symex::replay::{Happening, Replay};
use aslint::symex::{Because, Cover, Goal, Options, Reason, Verdict, Witness, local};

use super::mutate::Dice;
use super::prove_sound::{verdicts, with_proof};
use super::symex::{Case, held_under, with_choice};

/// Numbers that arithmetic is known for, and something of other types.
const VALUES: [&str; 24] = [
    "",
    "null",
    r#""1""#,
    "[2,3]",
    "0",
    "1",
    "2",
    "3",
    "4",
    "7",
    "10",
    "100",
    "-1",
    "-3",
    "0.1",
    "0.2",
    "0.3",
    "0.5",
    "1.5",
    "2.5",
    "-0.5",
    "9007199254740992",
    "1e300",
    "-1e300",
];

struct Writer {
    dice: Dice,
}

impl Writer {
    fn number(&mut self, depth: usize) -> String {
        let inner = depth + 1;
        match if depth > 1 { self.dice.below(4) } else { self.dice.below(14) } {
            0 | 1 => self.dice.pick(&["$states.input.a", "$states.input.b"]).to_owned(),
            2 => "$states.input.a".to_owned(),
            3 => self.literal(),
            4..9 => {
                let operator = self.dice.pick(&["+", "-", "*", "+", "-", "*", "/", "%"]);
                format!("({} {operator} {})", self.number(inner), self.number(inner))
            }
            9 => format!("{}({})", self.dice.pick(&["$floor", "$ceil", "$round", "$abs"]), self.number(inner)),
            10 => format!("(-{})", self.dice.pick(&["$states.input.a", "$states.input.b"])),
            11 => {
                let name = self.dice.pick(&["$sum", "$max", "$min"]);
                format!("{name}([{}, {}])", self.number(inner), self.number(inner))
            }
            12 => format!("$sqrt({})", self.number(inner)),
            _ => format!("($v := {}; $v {} $v)", self.number(inner), self.dice.pick(&["+", "-"])),
        }
    }

    fn literal(&mut self) -> String {
        self.dice.pick(&["0", "1", "2", "3", "4", "10", "0.5", "1.5", "0.3", "100"]).to_owned()
    }

    fn condition(&mut self, depth: usize) -> String {
        let order = self.dice.pick(&["<", "<=", ">", ">=", "=", "!="]);
        match if depth > 1 { self.dice.below(3) } else { self.dice.below(6) } {
            0 | 1 => format!("{} {order} {}", self.number(0), self.literal()),
            2 => format!("{} {order} {}", self.number(1), self.number(1)),
            3 | 4 => format!("({} and {})", self.condition(depth + 1), self.condition(depth + 1)),
            _ => format!("({} or {})", self.condition(depth + 1), self.condition(depth + 1)),
        }
    }
}

fn case(seed: usize) -> Case {
    let mut writer = Writer { dice: Dice::of(&format!("arithmetic {seed}")) };
    let conditions: Vec<String> = (0..=writer.dice.below(4)).map(|_| writer.condition(0)).collect();
    let mut documents = Vec::new();
    for a in VALUES {
        for b in VALUES {
            let members = [("a", a), ("b", b)].into_iter().filter(|(_, value)| !value.is_empty());
            let members = members.map(|(name, value)| (name, Value::from_json(value).expect("JSON")));
            documents.push(Value::members(members));
        }
    }
    Case { definition: choice(&conditions), documents }
}

fn choice(conditions: &[impl AsRef<str>]) -> String {
    let rule = |condition: &dyn AsRef<str>| format!(r#"{{"Condition":"{{% {} %}}","Next":"S"}}"#, condition.as_ref());
    let rules: Vec<String> = conditions.iter().map(|condition| rule(condition)).collect();
    format!(
        r#"{{"QueryLanguage":"JSONata","StartAt":"C","States":{{"C":{{"Type":"Choice","Choices":[{}],"Default":"S"}},"S":{{"Type":"Succeed"}}}}}}"#,
        rules.join(",")
    )
}

/// `ASLINT_CHOICES` says how many: the whole run is 20,000.
#[test]
fn no_verdict_on_arithmetic_is_contradicted_by_enumeration() {
    let n = std::env::var("ASLINT_CHOICES").map_or(50, |n| n.parse().expect("ASLINT_CHOICES is a number"));
    // Most of the time goes into questions that are given up.
    let tally = held_under(n, case, Options { budget: 50_000, ..Options::default() });
    eprintln!("{n} Choices with arithmetic: {tally:?}");
    assert!(tally.not_replayed * 100 <= tally.reachable, "{tally:?}");
}

/// The last of these conditions never holds, and why.
#[test]
fn arithmetic_that_contradicts_is_dead() {
    let covered = |rules: &[usize]| Because::Covered(Cover::holding(rules));
    for (conditions, because) in [
        (&["$a + $b > 10 and $a < 5 and $b < 5"][..], Because::Contradiction),
        (&["$a - $b > 0 and $a < $b"], Because::Contradiction),
        (&["$a * $b < 0 and $a > 0 and $b > 0"], Because::Contradiction),
        (&["$a * $a < 0"], Because::Contradiction),
        (&["$a / $b > 1 and $a < $b and $b > 0"], Because::Contradiction),
        (&["$a % 3 >= 3"], Because::Contradiction),
        (&["$floor($a) = 3 and $a > 4"], Because::Contradiction),
        (&["$ceil($a) = 3 and $a < 2"], Because::Contradiction),
        (&["$round($a) = 3 and $a > 4"], Because::Contradiction),
        (&["$abs($a) < 0"], Because::Contradiction),
        (&["$sqrt($a) > 3 and $a < 9"], Because::Contradiction),
        (&["-$a > 2 and $a > 0"], Because::Contradiction),
        (&["$max([$a + 0, $b + 0]) < 3 and $a > 3"], Because::Contradiction),
        (&["$sum([$a + 0, $b + 0]) > 10 and $a < 5 and $b < 5"], Because::Contradiction),
        // Three times no number of binary64 is that, though three times a real one is.
        (&["$a * 3 = 0.3 and $a > 0.1"], Because::Contradiction),
        (&["$done >= $total", "$total - $done <= 0"], covered(&[0])),
        (&["$n + 1 > 5", "$n > 4"], covered(&[0])),
        (&["$n * 2 > 10", "$n = 6"], covered(&[0])),
        (
            &["($left := $total - $done; $left > 0)", "$total > $done + 1 and $total < 1000 and $done > 0"],
            covered(&[0]),
        ),
    ] {
        with_inputs(conditions, |last, others| {
            let expected = match cfg!(feature = "z3") {
                true => Verdict::Dead(because.clone()),
                false => Verdict::Unknown(Reason::BuiltWithoutZ3),
            };
            assert_eq!(last, &expected, "{conditions:?}");
            assert!(others.iter().all(|other| other.witness().is_some()), "{conditions:?}: {others:#?}");
        });
    }
}

/// The last of these conditions holds for some numbers, which are found.
#[test]
fn arithmetic_that_can_be_is_shown() {
    for conditions in [
        &["$a + $b = 10 and $a > 7"][..],
        &["$a * $b = 35 and $a > 4 and $b > 4"],
        &["$a % 7 = 3 and $a > 100"],
        &["$done / $total * 100 >= 95 and $done < $total and $total > 0"],
        &["$floor($a / 60) = 3 and $a % 60 = 20"],
        &["$round($a) = 4 and $a < 4"],
        &["$sqrt($a) = 12"],
        &["$a - $b > 1000 and $b > 1000"],
        &["$n > 4", "$n + 1 > 4.5"],
        &["$max([$a, $b]) = 5 and $sum([$a, $b]) = 7"],
        // To the bit: a tenth and two tenths are more than three.
        &["$a + $b > 0.3 and $a <= 0.1 and $b <= 0.2"],
    ] {
        with_inputs(conditions, |last, _| assert!(last.witness().is_some(), "{conditions:?}: {last:#?}"));
    }
}

/// The verdicts on conditions of which each name but those that are bound is a member of the input.
fn with_inputs(conditions: &[&str], hold: impl Fn(&Verdict, &[Verdict])) {
    let named = |condition: &&str| {
        let mut text = format!("{condition} ");
        for name in ["a", "b", "n", "done", "total"] {
            for end in [" ", ")", "]", ",", ";"] {
                text = text.replace(&format!("${name}{end}"), &format!("$states.input.{name}{end}"));
            }
        }
        text
    };
    let conditions: Vec<String> = conditions.iter().map(named).collect();
    with_choice(&choice(&conditions), |machine| {
        let found = local(machine, &machine.states[0], None, Options::default()).expect("a Choice");
        let (last, others) = found.rules.split_last().expect("rules");
        hold(last, others);
    });
}

/// Whether rule 0 of `C` is taken in a machine in which something is computed before.
fn judged(language: &str, before: &str, rule: &str) -> Verdict {
    let own = if rule.contains("Condition") { r#""QueryLanguage": "JSONata", "# } else { "" };
    let text = format!(
        r#"{{"QueryLanguage": "{language}", "StartAt": "A", "States": {{{before},
        "C": {{{own}"Type": "Choice", "Choices": [{{{rule}, "Next": "Yes"}}], "Default": "No"}},
        "Yes": {{"Type": "Succeed"}}, "No": {{"Type": "Succeed"}}}}}}"#
    );
    with_proof(&text, |machine, proof| {
        let id = machine.states.iter().find(|state| state.name() == "C").expect("a state").id;
        let verdicts = verdicts(proof);
        verdicts.into_iter().find(|(of, _)| *of == Goal::Rule(id, 0)).expect("a verdict").1.clone()
    })
}

/// What is computed before a Choice counts in it: sums of two numbers of the input, in both languages, from state to state.
#[test]
fn what_is_computed_before_counts() {
    let guard = |rules: &str| {
        format!(r#""A": {{"Type": "Choice", "Choices": [{{"And": [{rules}], "Next": "P"}}], "Default": "No"}}"#)
    };
    let small = guard(r#"{"Variable": "$.a", "NumericLessThan": 5}, {"Variable": "$.b", "NumericLessThan": 5}"#);
    let numbers = guard(r#"{"Variable": "$.a", "IsNumeric": true}, {"Variable": "$.b", "IsNumeric": true}"#);
    let sum =
        r#""P": {"Type": "Pass", "Parameters": {"a.$": "$.a", "sum.$": "States.MathAdd($.a, $.b)"}, "Next": "C"}"#;
    let next = r#""P": {"Type": "Pass", "Parameters": {"a.$": "$.a", "sum.$": "States.MathAdd($.a, 1)"}, "Next": "C"}"#;
    let assigned = r#""A": {"Type": "Choice", "Choices": [{"Condition": "{% $states.input.a < 5 and $states.input.b < 5 %}", "Next": "P"}], "Default": "No"},
        "P": {"Type": "Pass", "Assign": {"total": "{% $states.input.a + $states.input.b %}"}, "Output": "{% {'half': $states.input.a / 2} %}", "Next": "C"}"#;
    let path = |before: &str, after: &str, rule: &str| judged("JSONPath", &format!("{before}, {after}"), rule);
    for dead in [
        path(&small, sum, r#""Variable": "$.sum", "NumericGreaterThan": 10"#),
        path(
            &numbers,
            sum,
            r#""And": [{"Variable": "$.sum", "NumericGreaterThan": 2}, {"Variable": "$.sum", "NumericLessThan": 3}]"#,
        ),
        path(&numbers, next, r#""Variable": "$.sum", "NumericLessThanPath": "$.a""#),
        judged("JSONata", assigned, r#""Condition": "{% $total > 10 %}""#),
        judged("JSONata", assigned, r#""Condition": "{% $states.input.half >= 2.5 %}""#),
    ] {
        match cfg!(feature = "z3") {
            true => assert!(dead.is_dead(), "{dead:?}"),
            false => assert_eq!(dead, Verdict::Unknown(Reason::BuiltWithoutZ3)),
        }
    }
    for shown in [
        path(
            &numbers,
            sum,
            r#""And": [{"Variable": "$.sum", "NumericEquals": 100}, {"Variable": "$.a", "NumericGreaterThan": 70}]"#,
        ),
        path(&numbers, sum, r#""Variable": "$.sum", "NumericLessThanPath": "$.a""#),
        path(&numbers, next, r#""Variable": "$.sum", "NumericEquals": 7"#),
        judged("JSONata", assigned, r#""Condition": "{% $total > 9 %}""#),
        judged("JSONata", assigned, r#""Condition": "{% $states.input.half = 2.25 %}""#),
    ] {
        assert!(shown.witness().is_some(), "{shown:?}");
    }
}

/// What is learnt of numbers where nothing is odd says nothing of where something is: a root of what is negative fails, a remainder of
/// nothing is no number.
#[test]
fn what_is_odd_stays_possible() {
    with_choice(&choice(&["$sqrt($states.input.a) < 2 and $states.input.a > 5", "$states.input.a < 0"]), |machine| {
        let found = local(machine, &machine.states[0], None, Options::default()).expect("a Choice");
        let is_decided = |verdict: &Verdict| if cfg!(feature = "z3") { verdict.is_dead() } else { !verdict.is_dead() };
        assert!(is_decided(&found.rules[0]), "{:?}", found.rules);
        assert!(found.rules[1].is_dead(), "{:?}", found.rules);
        assert!(found.runtime_error.verdict.witness().is_some(), "{:?}", found.runtime_error);
    });
    let value = "$states.input.a % $states.input.b";
    let conditions = [format!("{value} > 5 and {value} < 4"), format!("{value} < 5"), format!("{value} >= 5")];
    with_choice(&choice(&conditions), |machine| {
        let found = local(machine, &machine.states[0], None, Options::default()).expect("a Choice");
        assert!(found.rules[0].is_dead(), "{:?}", found.rules);
        assert!(!found.default.as_ref().is_some_and(Verdict::is_dead), "{:?}", found.default);
    });
}

/// What each of these inputs takes nothing may call dead: what an earlier question taught of numbers that are some, sums out of range,
/// what is no number inside of something, whole numbers that binary64 does not tell apart.
#[test]
fn nothing_that_is_taken_is_dead() {
    for (conditions, input, taken) in [
        (
            &["$states.input.a / $states.input.b > 5", "$states.input.a = 0 and $states.input.b = 0"][..],
            r#"{"a": 0, "b": 0}"#,
            1,
        ),
        (
            &[
                "$floor($sum($states.input.l)) = $states.input.a*1e300 and $states.input.a = 1e10 and $states.input.c*3 = $states.input.a + 0.1 - 0.1",
            ],
            r#"{"l": [1e308, 1e308], "a": 1e10, "c": 3333333333.3333335}"#,
            0,
        ),
        (&["($x := [$states.input.a / $states.input.b]; $x != $x)"], r#"{"a": 0, "b": 0}"#, 0),
        (&["($x := {'k': $states.input.a / $states.input.b}; $x != $x)"], r#"{"a": 0, "b": 0}"#, 0),
    ] {
        with_choice(&choice(conditions), |machine| {
            let state = &machine.states[0];
            let input = Value::from_json(input).expect("JSON");
            let happening = Replay::new(state).run(&Witness { input, ..Witness::default() });
            assert_eq!(happening, Some(Happening::Rule(taken)), "{conditions:?}");
            let found = local(machine, state, None, Options::default()).expect("a Choice");
            assert!(!found.rules[taken].is_dead(), "{conditions:?}: {:?}", found.rules[taken]);
        });
    }
    let is_more = r#""A": {"QueryLanguage": "JSONPath", "Type": "Choice", "Choices": [{"And": [{"Variable": "$.a", "IsNumeric": true},
        {"Variable": "$.b", "IsNumeric": true}, {"Variable": "$.a", "NumericGreaterThanPath": "$.b"}], "Next": "C"}], "Default": "No"}"#;
    for condition in ["$states.input.a - $states.input.b = 0", "$states.input.a = $states.input.b"] {
        let is_none = judged("JSONPath", is_more, &format!(r#""Condition": "{{% {condition} %}}""#));
        assert!(!is_none.is_dead(), "{is_none:?}");
    }
    let is_less = judged("JSONPath", is_more, r#""Condition": "{% $states.input.a < $states.input.b %}""#);
    assert!(is_less.is_dead(), "{is_less:?}");
}
