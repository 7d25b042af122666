//! What is proved of Choices in JSONata, held to enumeration: every document over a small domain, asked of the interpreter.

use aslint::eval::Value;
use aslint::symex::replay::{Happening, Replay};
use aslint::symex::{Because, Cover, Options, Verdict, Witness, local};

use super::mutate::Dice;
use super::symex::{Case, held, with_choice};

/// Of every type something, what is not there, and what the conditions tell apart.
const VALUES: [&str; 25] = [
    "",
    "null",
    "true",
    "false",
    "0",
    "1",
    "2",
    "3",
    "-1",
    "1.5",
    r#""""#,
    r#""a""#,
    r#""ab""#,
    r#""b""#,
    r#""bab""#,
    "[]",
    "[1]",
    r#"["a"]"#,
    "[1,2]",
    "[[1]]",
    r#"[{"x":1}]"#,
    "{}",
    r#"{"x":1}"#,
    r#"{"x":"a"}"#,
    r#"{"x":[1,2,3]}"#,
];

struct Writer {
    dice: Dice,
}

impl Writer {
    fn path(&mut self) -> String {
        let paths = ["$states.input.a", "$states.input.b", "$states.input.a", "$states.input.b", "$states.input.a.x"];
        match self.dice.below(12) {
            0 => "$states.input.a[0]".to_owned(),
            1 => "$states.input.b[0].x".to_owned(),
            2 => "$states.input.b[1]".to_owned(),
            3 => "$states.input.b.x.y".to_owned(),
            _ => self.dice.pick(&paths).to_owned(),
        }
    }

    fn literal(&mut self) -> String {
        self.dice.pick(&["0", "1", "2", "'a'", "'ab'", "'b'", "true", "false", "null", "''", "[]", "[1]"]).to_owned()
    }

    fn value(&mut self, depth: usize) -> String {
        let inner = depth + 1;
        match if depth > 2 { self.dice.below(6) } else { self.dice.below(19) } {
            0..3 => self.path(),
            3..6 => self.literal(),
            6 => format!("$count({})", self.value(inner)),
            7 => format!("$length({})", self.path()),
            8 => format!("({} ? {} : {})", self.condition(inner), self.value(inner), self.value(inner)),
            9 => format!("({} ?: {})", self.value(inner), self.value(inner)),
            10 => format!("({} ?? {})", self.value(inner), self.value(inner)),
            11 => format!("$type({})", self.value(inner)),
            12 => format!(
                "({} {} {})",
                self.value(inner),
                self.dice.pick(&["+", "-", "*", "&", "/", "%"]),
                self.literal()
            ),
            13 => format!("[{}, {}]", self.value(inner), self.value(inner)),
            14 => format!("{{'x': {}}}.x", self.value(inner)),
            15 => format!("($v := {}; {})", self.value(inner), self.dice.pick(&["$v", "$v.x", "$v[0]"])),
            16 => match self.dice.below(5) {
                0 => format!("({} / {})", self.path(), self.path()),
                1 => format!("({} % {})", self.path(), self.path()),
                2 => format!("$parseInteger({}, '0')", self.path()),
                3 => format!("({} ~> $sum)", self.path()),
                _ => format!("$lowercase({})", self.path()),
            },
            17 => format!("$string({})", self.value(inner)),
            _ => format!("$merge([{}, {{'x': {}}}])", self.path(), self.value(inner)),
        }
    }

    fn condition(&mut self, depth: usize) -> String {
        let inner = depth + 1;
        match if depth > 2 { self.dice.below(7) } else { self.dice.below(16) } {
            0..3 => {
                let operator = self.dice.pick(&["=", "!=", "=", "="]);
                format!("{} {operator} {}", self.value(inner), self.literal())
            }
            3 | 4 => {
                let operator = self.dice.pick(&["<", "<=", ">", ">="]);
                format!("{} {operator} {}", self.value(inner), self.dice.pick(&["1", "2", "'a'", "'b'"]))
            }
            5 => format!("$exists({})", self.value(inner)),
            6 => format!("{} = {}", self.value(inner), self.value(inner)),
            7 | 8 => format!("({} and {})", self.condition(inner), self.condition(inner)),
            9 => format!("({} or {})", self.condition(inner), self.condition(inner)),
            10 => format!("$not({})", self.condition(inner)),
            11 => format!("$boolean({})", self.value(inner)),
            12 => format!("$contains({}, {})", self.path(), self.dice.pick(&["'a'", "'b'", "''"])),
            13 => format!("{} in [{}, {}]", self.value(inner), self.literal(), self.value(inner)),
            14 => format!("$substring({}, 0, 1) {} 'a'", self.path(), self.dice.pick(&["=", "!="])),
            _ => match self.dice.below(4) {
                0 => format!("{} in {}", self.literal(), self.path()),
                // Neither above nor below where it is no number.
                3 => {
                    let value = match self.dice.below(5) {
                        0 => format!("{} / {}", self.path(), self.path()),
                        1 => format!("{} % {}", self.path(), self.path()),
                        2 => format!("$parseInteger({}, '0')", self.path()),
                        _ => self.value(2),
                    };
                    let order = self.dice.pick(&["<", "<=", ">", ">="]);
                    format!("({value} {order} 1 or {value} {} 1)", if order.starts_with('<') { ">=" } else { "<=" })
                }
                1 => format!("{} < {}", self.path(), self.path()),
                _ => self.path(),
            },
        }
    }
}

fn case(seed: usize) -> Case {
    let mut writer = Writer { dice: Dice::of(&format!("condition {seed}")) };
    let n_rules = 1 + writer.dice.below(4);
    let mut conditions: Vec<String> = (0..n_rules).map(|_| writer.condition(0)).collect();
    if writer.dice.below(6) == 0 {
        conditions.push(conditions[0].clone());
    }
    let rules: Vec<String> = conditions
        .iter()
        .enumerate()
        .map(|(number, condition)| format!(r#"{{"Condition":"{{% {condition} %}}","Next":"S{number}"}}"#))
        .collect();
    let default = if writer.dice.below(2) == 0 { r#","Default":"D""# } else { "" };
    let mut states = format!(r#""C":{{"Type":"Choice","Choices":[{}]{default}}}"#, rules.join(","));
    for name in (0..rules.len()).map(|number| format!("S{number}")).chain(["D".to_owned()]) {
        states += &format!(r#","{name}":{{"Type":"Succeed"}}"#);
    }
    let definition = format!(r#"{{"QueryLanguage":"JSONata","StartAt":"C","States":{{{states}}}}}"#);
    let mut documents =
        vec![Value::Null, Value::from_json("[]").expect("JSON"), Value::from_json(r#"[{"a":1}]"#).expect("JSON")];
    for a in VALUES {
        for b in VALUES {
            let members = [("a", a), ("b", b)].into_iter().filter(|(_, value)| !value.is_empty());
            let members = members.map(|(name, value)| (name, Value::from_json(value).expect("JSON")));
            documents.push(Value::members(members));
        }
    }
    Case { definition, documents }
}

/// `ASLINT_CHOICES` says how many: the whole run is 20,000.
#[test]
fn every_verdict_on_jsonata_is_that_of_enumeration() {
    let n = std::env::var("ASLINT_CHOICES").map_or(150, |n| n.parse().expect("ASLINT_CHOICES is a number"));
    let tally = held(n, case);
    eprintln!("{n} Choices in JSONata: {tally:?}");
    let n_unknown: usize = tally.unknown.values().sum();
    assert!(n_unknown * 5 <= tally.verdicts, "{tally:?}");
    assert!(tally.dead * 10 >= tally.verdicts, "{tally:?}");
}

/// Conditions with a defect that was put in on purpose: the last one is dead, for this reason, and no other is.
#[test]
fn what_was_planted_in_jsonata_is_found() {
    let covered = |rules: &[usize]| Because::Covered(Cover::holding(rules));
    for (conditions, because) in [
        (&["$states.input.n > 10", "$states.input.n > 100"][..], covered(&[0])),
        (&["$states.input.n > 10 and $states.input.n < 5"], Because::Contradiction),
        (&["$states.input.x & 'a'"], Because::Fails),
        (&["$states.input.s = 'a'", "'a' = $states.input.s"], Because::Duplicate(0)),
        (&["$lowercase($v) = 'a'", "$exists($v) and 'a' = $lowercase($v)"], Because::Duplicate(0)),
        (&["$count($states.input.list) > 0", "$count($states.input.list) > 2"], covered(&[0])),
        (&["$type($states.input.x) = 'string'", "$length($states.input.x) > 3"], covered(&[0])),
        (&["$states.input.k in ['a', 'b']", "$states.input.k = 'b' and $states.input.n = 1"], covered(&[0])),
        (&["$states.input.x = null", "$exists($states.input.x)", "$states.input.x = 3"], covered(&[1])),
        (&["$contains($states.input.s, 'ab')", "$states.input.s = 'xaby'"], covered(&[0])),
        (&["$substring($states.input.s, 0, 3) = 'log'", "$states.input.s = 'log-1'"], covered(&[0])),
        (&["($s := $states.input.s; $s = 'a' or $s = 'b')", "$states.input.s = 'b'"], covered(&[0])),
        (&["$states.context.Execution.Name = 'a'", "$states.context.Execution.Name in ['a']"], Because::Duplicate(0)),
    ] {
        let rules: Vec<String> =
            conditions.iter().map(|condition| format!(r#"{{"Condition":"{{% {condition} %}}","Next":"D"}}"#)).collect();
        let definition = format!(
            r#"{{"QueryLanguage":"JSONata","StartAt":"C","States":{{"C":{{"Type":"Choice","Choices":[{}],"Default":"D"}},"D":{{"Type":"Succeed"}}}}}}"#,
            rules.join(",")
        );
        with_choice(&definition, |machine| {
            let found = local(machine, &machine.states[0], None, Options::default()).expect("a Choice");
            let (last, others) = found.rules.split_last().expect("rules");
            assert_eq!(last, &Verdict::Dead(because.clone()), "{conditions:?}");
            let is_shown = |verdict: &Verdict| verdict.witness().is_some() || conditions[0].contains("lowercase");
            assert!(others.iter().all(is_shown), "{conditions:?}: {others:#?}");
        });
    }
}

/// What is no number is neither above nor below another nor equal to it, so `Default` is taken: of each an input that shows it.
#[test]
fn what_is_no_number_is_taken_by_no_order() {
    for (value, input) in [
        ("$states.input.a / $states.input.b", r#"{"a": 0, "b": 0}"#),
        ("$states.input.a % $states.input.b", r#"{"a": 1, "b": 0}"#),
        ("$parseInteger($states.input.a, '0')", r#"{"a": "x"}"#),
        ("($x := $states.input.a / $states.input.b; $x)", r#"{"a": 0, "b": 0}"#),
        ("($states.input.b = 0 ? $states.input.a / $states.input.b : 1)", r#"{"a": 0, "b": 0}"#),
    ] {
        let rules = ["<", "=", ">"].map(|order| format!(r#"{{"Condition":"{{% {value} {order} 1 %}}","Next":"S"}}"#));
        let definition = format!(
            r#"{{"QueryLanguage":"JSONata","StartAt":"C","States":{{"C":{{"Type":"Choice","Choices":[{}],"Default":"S"}},"S":{{"Type":"Succeed"}}}}}}"#,
            rules.join(",")
        );
        with_choice(&definition, |machine| {
            let state = &machine.states[0];
            let input = Value::from_json(input).expect("JSON");
            let happening = Replay::new(state).run(&Witness { input, ..Witness::default() });
            assert_eq!(happening, Some(Happening::NoRule), "{value}");
            let verdicts = local(machine, state, None, Options::default()).expect("a Choice");
            assert!(!verdicts.default.as_ref().is_some_and(Verdict::is_dead), "{value}: {:?}", verdicts.default);
        });
    }
}
