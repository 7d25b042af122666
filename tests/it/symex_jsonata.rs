//! What is proved of Choices in JSONata, held to enumeration as those of JSONPath are.

use aslint::eval::Value;
use aslint::symex::replay::Replay;
use aslint::symex::{Options, local};

use super::mutate::Dice;
use super::symex::{Case, Tally, enumerate, hold, with_choice};

const ORDERS: [&str; 6] = ["=", "!=", "<", "<=", ">", ">="];
const LITERALS: [&str; 9] = ["0", "1", "2", "''", "'a'", "'b'", "true", "false", "null"];
/// Values at the constants, between and beyond, of every type; and what is not there.
const VALUES: [&str; 23] = [
    "",
    "null",
    "true",
    "false",
    "-1",
    "0",
    "0.5",
    "1",
    "1.5",
    "2",
    "3",
    r#""""#,
    r#""A""#,
    r#""a""#,
    r#""aa""#,
    r#""ab""#,
    r#""b""#,
    r#""bb""#,
    "[]",
    r#"["a"]"#,
    "[1, 2]",
    "{}",
    r#"{"d": 1}"#,
];

struct Writer {
    dice: Dice,
}

impl Writer {
    fn read(&mut self) -> String {
        let name = self.dice.pick(&["a", "a", "a", "b", "b", "a.d"]);
        format!("$states.input.{name}")
    }

    fn operand(&mut self) -> String {
        match self.dice.below(12) {
            0..=5 => self.dice.pick(&LITERALS).to_owned(),
            6..=8 => self.read(),
            9 => format!("({} + 1)", self.read()),
            10 => format!("({} & 'b')", self.read()),
            _ => format!("$type({})", self.read()),
        }
    }

    fn condition(&mut self, depth: usize) -> String {
        let kind = if depth > 2 { 5 + self.dice.below(15) } else { self.dice.below(20) };
        match kind {
            0 | 1 => format!("({} and {})", self.condition(depth + 1), self.condition(depth + 1)),
            2 | 3 => format!("({} or {})", self.condition(depth + 1), self.condition(depth + 1)),
            4 => {
                let [one, two, three] = [0; 3].map(|_| self.condition(depth + 1));
                format!("({one} ? {two} : {three})")
            }
            5 => format!("$exists({})", self.read()),
            6 => format!("$not({})", if depth > 2 { self.read() } else { self.condition(depth + 1) }),
            7 => format!("$boolean({})", self.read()),
            8 => format!("$contains({}, 'a')", self.read()),
            9 => format!("{} in ['a', 'b', 1]", self.read()),
            10 => format!("{} in {}", self.read(), self.read()),
            11 => self.read(),
            12 => format!("$count({}) > 1", self.read()),
            13 => format!("({} ?: 'b') = 'b'", self.read()),
            14 => format!("({} ?? 0) > 1", self.read()),
            15 => {
                let order = self.dice.pick(&ORDERS);
                format!("($x := {}; $x {order} {})", self.read(), self.dice.pick(&LITERALS))
            }
            16 => format!("{{'a': {}}}.a = 'a'", self.read()),
            _ => {
                let (read, operand, order) = (self.read(), self.operand(), self.dice.pick(&ORDERS));
                if self.dice.below(3) == 0 {
                    format!("{operand} {order} {read}")
                } else {
                    format!("{read} {order} {operand}")
                }
            }
        }
    }
}

fn case(seed: usize) -> Case {
    let mut writer = Writer { dice: Dice::of(&format!("condition {seed}")) };
    let n_rules = 1 + writer.dice.below(4);
    let rules: Vec<String> = (0..n_rules)
        .map(|number| format!(r#"{{"Condition":"{{% {} %}}","Next":"S{number}"}}"#, writer.condition(0)))
        .collect();
    let default = if writer.dice.below(2) == 0 { r#","Default":"D""# } else { "" };
    let mut states = format!(r#""C":{{"Type":"Choice","Choices":[{}]{default}}}"#, rules.join(","));
    for name in (0..n_rules).map(|number| format!("S{number}")).chain(["D".to_owned()]) {
        states += &format!(r#","{name}":{{"Type":"Succeed"}}"#);
    }
    let definition = format!(r#"{{"QueryLanguage":"JSONata","StartAt":"C","States":{{{states}}}}}"#);
    let mut documents = vec![Value::Null, Value::from_json(r#"[{"a": "a"}]"#).expect("JSON")];
    for a in VALUES {
        for b in VALUES {
            let members = [("a", a), ("b", b)].into_iter().filter(|(_, value)| !value.is_empty());
            let members = members.map(|(name, value)| (name, Value::from_json(value).expect("JSON")));
            documents.push(Value::members(members));
        }
    }
    Case { definition, documents }
}

/// `ASLINT_CHOICES` says how many.
#[test]
fn every_verdict_on_conditions_is_that_of_enumeration() {
    let n = std::env::var("ASLINT_CHOICES").map_or(600, |n| n.parse().expect("ASLINT_CHOICES is a number"));
    let mut tally = Tally::default();
    for seed in 0..n {
        let case = case(seed);
        with_choice(&case.definition, |machine| {
            let state = &machine.states[0];
            let replay = Replay::new(state);
            let seen = enumerate(&replay, &case.documents);
            let verdicts = local(machine, state, None, Options::default()).expect("a Choice");
            hold(&case, seed, &verdicts, &seen, &replay, &mut tally);
        });
    }
    eprintln!("{n} Choices: {tally:?}");
    let n_unknown: usize = tally.unknown.values().sum();
    assert!(n_unknown * 10 <= tally.verdicts, "{tally:?}");
    assert!(tally.dead * 20 >= tally.verdicts, "{tally:?}");
}
