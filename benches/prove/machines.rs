//! Machines of any size in several styles, one state in ten a Choice: what proofs are timed on.
//!
//! A machine is a row of blocks of ten states, so that it grows in length and what is asked of one block stays the same. In some
//! of the blocks a rule is dead by what happened before, so that there is something to prove and not only to find.

use serde_json::{Map, Value, json};

/// How the states of a block hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Tasks one after another that each add a member, and a Choice that skips some.
    Chain,
    /// A Choice whose ways each write a member that a later Choice asks about.
    Diamonds,
    /// A job is started and asked for until it is done.
    Loops,
    /// Parallel branches and a Map, with states of their own.
    Nested,
    /// Variables that are assigned, counted and asked about.
    Variables,
    /// Tasks whose errors lead to a few common states.
    Catchers,
    /// A block of each of the others in turn.
    Mixed,
}

/// The language of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    JsonPath,
    Jsonata,
}

impl Style {
    pub(crate) const ALL: [Self; 7] =
        [Self::Chain, Self::Diamonds, Self::Loops, Self::Nested, Self::Variables, Self::Catchers, Self::Mixed];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::Diamonds => "diamonds",
            Self::Loops => "loops",
            Self::Nested => "nested",
            Self::Variables => "variables",
            Self::Catchers => "catchers",
            Self::Mixed => "mixed",
        }
    }
}

/// A machine of so many blocks of ten states, and the two that it ends in.
pub(crate) fn machine(style: Style, language: Language, blocks: usize) -> String {
    const TURN: [Style; 6] =
        [Style::Chain, Style::Diamonds, Style::Loops, Style::Nested, Style::Variables, Style::Catchers];
    let mut states = Map::new();
    for number in 0..blocks {
        let style = if style == Style::Mixed { TURN[number % TURN.len()] } else { style };
        let after = if number + 1 == blocks { "Done".to_owned() } else { format!("A{}", number + 1) };
        let mut block = Block { states: &mut states, number, after, language };
        match style {
            Style::Chain => block.chain(),
            Style::Diamonds => block.diamond(),
            Style::Loops => block.polling(),
            Style::Nested => block.nested(),
            Style::Variables => block.variables(),
            Style::Catchers | Style::Mixed => block.catchers(),
        }
    }
    states.insert("Failed".to_owned(), json!({"Type": "Fail", "Error": "Failed"}));
    states.insert("Done".to_owned(), json!({"Type": "Succeed"}));
    let language = if language == Language::Jsonata { "JSONata" } else { "JSONPath" };
    json!({"QueryLanguage": language, "StartAt": "A0", "States": states}).to_string()
}

/// Ten states, on their way into a machine.
struct Block<'s> {
    states: &'s mut Map<String, Value>,
    number: usize,
    /// The state that follows.
    after: String,
    language: Language,
}

impl Block<'_> {
    /// The name of a state of this block.
    fn name(&self, letter: char) -> String {
        format!("{letter}{}", self.number)
    }

    fn put(&mut self, letter: char, state: Value) {
        self.states.insert(self.name(letter), state);
    }

    /// A state that leads to another one of the block, or out of it.
    fn step(&mut self, letter: char, mut state: Value, next: char) {
        state["Next"] = if next == '>' { json!(self.after) } else { json!(self.name(next)) };
        self.put(letter, state);
    }

    /// A task whose answer becomes a member of the document, or nothing of it does.
    fn task(&self, member: Option<&str>) -> Value {
        let mut task = json!({"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work", "TimeoutSeconds": 60,
            "Retry": [{"ErrorEquals": ["Lambda.TooManyRequestsException"], "MaxAttempts": 2}]});
        match (self.language, member) {
            (Language::JsonPath, _) => {
                task["Parameters"] = json!({"about.$": "$"});
                task["ResultPath"] = member.map_or(Value::Null, |member| json!(format!("$.{member}")));
            }
            (Language::Jsonata, Some(member)) => {
                task["Arguments"] = json!({"about": "{% $states.input %}"});
                let output = format!("{{% $merge([$states.input, {{'{member}': $states.result}}]) %}}");
                task["Output"] = json!(output);
            }
            (Language::Jsonata, None) => {
                task["Arguments"] = json!({"about": "work"});
                task["Output"] = json!("{% $states.input %}");
            }
        }
        task
    }

    /// A Pass that puts something into a member of the document.
    fn pass(&self, member: &str, value: &Value) -> Value {
        match self.language {
            Language::JsonPath => json!({"Type": "Pass", "Result": value, "ResultPath": format!("$.{member}")}),
            Language::Jsonata => {
                let output = format!("{{% $merge([$states.input, {{'{member}': {value}}}]) %}}");
                json!({"Type": "Pass", "Output": output})
            }
        }
    }

    /// A comparison of what stands at a path of the document, or of a variable.
    fn compared(&self, path: &str, comparator: &str, operand: &Value) -> Value {
        if self.language == Language::JsonPath {
            let path = if path.starts_with('$') { path.to_owned() } else { format!("$.{path}") };
            return json!({"Variable": path, comparator: operand});
        }
        let path = if path.starts_with('$') { path.to_owned() } else { format!("$states.input.{path}") };
        let sign = match comparator {
            "NumericGreaterThan" => ">",
            "NumericLessThan" => "<",
            _ => "=",
        };
        json!({"Condition": format!("{{% {path} {sign} {operand} %}}")})
    }

    /// A Choice among rules, each with the state it leads to.
    fn choice(&mut self, letter: char, rules: Vec<(Value, char)>, default: char) {
        let rules: Vec<Value> = rules
            .into_iter()
            .map(|(mut rule, next)| {
                rule["Next"] = match next {
                    '!' => json!("Failed"),
                    '>' => json!(self.after),
                    next => json!(self.name(next)),
                };
                rule
            })
            .collect();
        let default = if default == '>' { self.after.clone() } else { self.name(default) };
        self.put(letter, json!({"Type": "Choice", "Choices": rules, "Default": default}));
    }

    fn wait(&mut self, letter: char, next: char) {
        self.step(letter, json!({"Type": "Wait", "Seconds": 10}), next);
    }

    /// States of no consequence, one after another.
    fn rest(&mut self, letters: &str) {
        let letters: Vec<char> = letters.chars().collect();
        for (at, &letter) in letters.iter().enumerate() {
            let next = letters.get(at + 1).copied().unwrap_or('>');
            match at % 2 {
                0 => self.step(letter, self.task(None), next),
                _ => self.wait(letter, next),
            }
        }
    }

    fn chain(&mut self) {
        let order = format!("order{}", self.number);
        self.step('A', self.task(Some(&order)), 'B');
        self.step('B', self.pass(&format!("mark{}", self.number), &json!({"seen": true})), 'C');
        self.step('C', self.task(None), 'D');
        let mut rules = vec![
            (self.compared(&format!("{order}.total"), "NumericGreaterThan", &json!(100 + self.number)), 'E'),
            (self.compared("kind", "StringEquals", &json!("gift")), 'F'),
        ];
        if self.number % 5 == 4 {
            rules.push((self.compared(&format!("mark{}.seen", self.number), "BooleanEquals", &json!(false)), '!'));
        }
        self.choice('D', rules, 'G');
        self.rest("EFGHIJ");
    }

    fn diamond(&mut self) {
        let way = format!("way{}", self.number);
        let rules = vec![
            (self.compared(&format!("size{}", self.number % 7), "NumericGreaterThan", &json!(10)), 'B'),
            (self.compared(&format!("size{}", self.number % 7), "NumericLessThan", &json!(3)), 'C'),
        ];
        if self.number.is_multiple_of(2) {
            self.choice('A', rules, 'D');
        } else {
            let before = format!("way{}", self.number - 1);
            let mut rules = vec![
                (self.compared(&before, "StringEquals", &json!("large")), 'B'),
                (self.compared(&before, "StringEquals", &json!("small")), 'C'),
            ];
            if self.number.is_multiple_of(3) {
                // What none of the ways before writes.
                rules.push((self.compared(&before, "StringEquals", &json!("huge")), '!'));
            }
            self.choice('A', rules, 'D');
        }
        for (letter, name) in [('B', "large"), ('C', "small"), ('D', "usual")] {
            self.step(letter, self.pass(&way, &json!(name)), 'E');
        }
        self.rest("EFGHIJ");
    }

    fn polling(&mut self) {
        let status = format!("job{}", self.number);
        self.step('A', self.task(None), 'B');
        self.wait('B', 'C');
        self.step('C', self.task(Some(&status)), 'D');
        let path = format!("{status}.status");
        let rules = vec![
            (self.compared(&path, "StringEquals", &json!("SUCCEEDED")), 'E'),
            (self.compared(&path, "StringEquals", &json!("FAILED")), '!'),
        ];
        self.choice('D', rules, 'B');
        self.rest("EFGHIJ");
    }

    fn nested(&mut self) {
        let mut branches = Vec::new();
        for branch in 0..2 {
            let inner = format!("P{branch}.{}", self.number);
            // It answers for itself: what came in is not handed on twice.
            let mut state = self.task(None);
            for field in ["ResultPath", "Output"] {
                state.as_object_mut().expect("an object").remove(field);
            }
            state["End"] = json!(true);
            branches.push(json!({"StartAt": inner.clone(), "States": {inner: state}}));
        }
        let parts = format!("parts{}", self.number);
        let mut parallel = self.task(Some(&parts));
        for field in ["Resource", "TimeoutSeconds", "Arguments", "Parameters"] {
            parallel.as_object_mut().expect("an object").remove(field);
        }
        parallel["Type"] = json!("Parallel");
        parallel["Branches"] = json!(branches);
        parallel["Catch"] = json!([{"ErrorEquals": ["States.ALL"], "Next": "Failed"}]);
        self.step('A', parallel, 'B');
        let inner = [format!("M0.{}", self.number), format!("M1.{}", self.number)];
        let mut last = self.task(None);
        last["End"] = json!(true);
        let first = json!({"Type": "Wait", "Seconds": 1, "Next": inner[1]});
        let mut map = json!({"Type": "Map", "ItemProcessor":
            {"StartAt": inner[0], "States": {inner[0].clone(): first, inner[1].clone(): last}}});
        match self.language {
            Language::JsonPath => {
                map["ItemsPath"] = json!(format!("$.{parts}"));
                map["ResultPath"] = Value::Null;
            }
            Language::Jsonata => {
                map["Items"] = json!(format!("{{% $states.input.{parts} %}}"));
                map["Output"] = json!("{% $states.input %}");
            }
        }
        self.step('B', map, 'C');
        let path = format!("{parts}[1].n");
        let rules = vec![
            (self.compared(&path, "NumericGreaterThan", &json!(5)), 'D'),
            (self.compared(&path, "NumericLessThan", &json!(0)), 'E'),
        ];
        self.choice('C', rules, 'F');
        self.rest("DEF");
    }

    fn variables(&mut self) {
        let (count, mode) = (format!("n{}", self.number), format!("mode{}", self.number));
        let mut first = self.task(Some("last"));
        first["Assign"] = match self.language {
            Language::JsonPath => json!({count.clone(): 0, format!("{mode}.$"): "$.mode"}),
            Language::Jsonata => json!({count.clone(): 0, mode.clone(): "{% $states.result.mode %}"}),
        };
        self.step('A', first, 'B');
        self.step('B', self.task(None), 'C');
        // In some of them the count stays what it is, and in some a loop changes it.
        let asked = match self.number % 5 {
            0 | 1 => self.compared(&format!("${count}"), "NumericGreaterThan", &json!(3)),
            _ => self.compared(&format!("${mode}"), "StringEquals", &json!("slow")),
        };
        let rules = vec![(self.compared(&format!("${mode}"), "StringEquals", &json!("fast")), 'D'), (asked, 'E')];
        self.choice('C', rules, 'F');
        let mut again = self.pass("again", &json!(true));
        again["Assign"] = match self.language {
            Language::JsonPath => json!({format!("{count}.$"): format!("States.MathAdd(${count}, 1)")}),
            Language::Jsonata => json!({count.clone(): format!("{{% ${count} + 1 %}}")}),
        };
        self.step('D', self.task(None), 'G');
        self.step('E', self.task(None), 'G');
        self.step('F', again, if self.number % 5 == 1 { 'B' } else { 'G' });
        self.rest("GHIJ");
    }

    fn catchers(&mut self) {
        let caught = |next: String| json!([{"ErrorEquals": ["OutOfStock"], "ResultPath": "$.error", "Next": next}, {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Failed"}]);
        let caught = |next: String, language| {
            let mut catchers = caught(next);
            if language == Language::Jsonata {
                for catcher in catchers.as_array_mut().into_iter().flatten() {
                    catcher.as_object_mut().expect("an object").remove("ResultPath");
                }
            }
            catchers
        };
        let answer = format!("stock{}", self.number);
        let mut first = self.task(Some(&answer));
        first["Catch"] = caught(self.name('E'), self.language);
        self.step('A', first, 'B');
        let mut second = self.task(None);
        second["Catch"] = caught(self.name('F'), self.language);
        self.step('B', second, 'C');
        let rules = vec![
            (self.compared(&format!("{answer}.n"), "NumericGreaterThan", &json!(0)), 'D'),
            (self.compared(&format!("{answer}.state"), "StringEquals", &json!("unknown")), '!'),
        ];
        self.choice('C', rules, 'G');
        self.step('D', self.task(None), 'H');
        self.step('E', self.task(None), 'H');
        self.step('F', self.task(None), 'H');
        self.wait('G', 'H');
        self.rest("HIJ");
    }
}

/// One Choice of so many rules on a few values, as people write them: the tests that a value is there and of a type, and texts,
/// numbers and booleans.
pub(crate) fn typical(rules: usize) -> String {
    choice((0..rules).map(|number| match number % 4 {
        0 => json!({"Variable": "$.kind", "StringEquals": format!("kind {number}")}),
        1 => json!({"And": [{"Variable": "$.n", "IsPresent": true}, {"Variable": "$.n", "NumericEquals": number}]}),
        2 => json!({"And": [{"Variable": "$.region", "StringEquals": format!("eu-{}", number % 5)},
            {"Variable": "$.code", "StringEquals": format!("code {number}")}]}),
        _ => json!({"Or": [{"Variable": "$.status", "StringEquals": format!("s{number}")},
            {"And": [{"Variable": "$.flag", "BooleanEquals": true}, {"Variable": "$.n", "NumericGreaterThan": 2 * rules - number}]}]}),
    }))
}

/// One Choice of so many rules with order of strings, patterns, timestamps and comparisons of two paths among them.
pub(crate) fn hard(rules: usize) -> String {
    choice((0..rules).map(|number| match number % 6 {
        0 => json!({"Variable": "$.name", "StringLessThan": format!("b{number}")}),
        1 => json!({"Variable": "$.name", "StringMatches": format!("*-{number}.csv")}),
        2 => json!({"And": [{"Variable": "$.a", "NumericLessThanPath": "$.b"}, {"Variable": "$.b", "NumericLessThan": number}]}),
        3 => json!({"And": [{"Variable": "$.name", "StringGreaterThan": format!("k{number}")}, {"Variable": "$.file", "StringMatches": format!("in/{number}/*")}]}),
        4 => json!({"Variable": "$.at", "TimestampLessThan": format!("2020-01-01T00:{:02}:{:02}Z", number / 60 % 60, number % 60)}),
        _ => json!({"And": [{"Variable": "$.file", "StringEqualsPath": "$.name"}, {"Not": {"Variable": "$.n", "NumericLessThan": number}}]}),
    }))
}

/// A Choice of so many rules that ask about one text by patterns, many of which begin alike or hold for what others hold for.
pub(crate) fn patterns(rules: usize) -> String {
    choice((0..rules).map(|number| {
        let pattern = match number % 4 {
            0 => format!("*log-{number}*"),
            1 => format!("*.e{number}"),
            2 => format!("in/*/{number}.csv"),
            _ => format!("a*b{number}*c"),
        };
        json!({"Variable": "$.file", "StringMatches": pattern})
    }))
}

fn choice(rules: impl Iterator<Item = Value>) -> String {
    let rules: Vec<Value> = rules
        .enumerate()
        .map(|(number, mut rule)| {
            rule["Next"] = json!(format!("End {}", number % 3));
            rule
        })
        .collect();
    json!({"StartAt": "Choose", "States": {
        "Choose": {"Type": "Choice", "Choices": rules, "Default": "End 0"},
        "End 0": {"Type": "Succeed"}, "End 1": {"Type": "Succeed"}, "End 2": {"Type": "Succeed"}}})
    .to_string()
}
