//! Expressions of JSONata, drawn from a small grammar of values by sort.

use serde_json::{Value, json};

use super::values::{Notation, Sort};
use super::{Fields, Sampled, Scene, Writer};

impl Writer {
    /// JSON with expressions in it, and a sample of what it becomes.
    pub(super) fn form(&mut self, scene: &Scene, depth: usize) -> (Value, Value) {
        match self.dice.below(10) {
            0 => {
                let value = self.sample(Sort::Any);
                (value.clone(), value)
            }
            1..4 if depth > 0 => {
                let (mut form, mut sample) = (Fields::new(), Fields::new());
                for _ in 0..self.between(1, 3) {
                    let name = self.dice.pick(&["p", "q", "x", "two words"]);
                    let (inner, value) = self.form(scene, depth - 1);
                    form.insert(name.into(), inner);
                    sample.insert(name.into(), value);
                }
                (form.into(), sample.into())
            }
            4..8 if scene.document.is_object() => {
                let name = self.dice.pick(&["p", "q", "x", "n", "list"]);
                let (text, value) = self.expression(scene, Sort::Any, 3);
                let mut sample = scene.document.clone();
                sample[name] = value;
                (embedded(&format!("$merge([$states.input, {{'{name}': {text}}}])")), sample)
            }
            _ => {
                let (text, value) = self.expression(scene, Sort::Any, 3);
                (embedded(&text), value)
            }
        }
    }

    /// A string that is an expression of this sort, and a sample of its value.
    pub(super) fn embedded(&mut self, scene: &Scene, sort: Sort) -> (Value, Value) {
        let (text, value) = self.expression(scene, sort, 3);
        (embedded(&text), value)
    }

    /// An expression that nests so deep.
    pub(super) fn expression(&mut self, scene: &Scene, sort: Sort, depth: usize) -> Sampled {
        if depth == 0 || self.happens(30) {
            if self.happens(75)
                && let Some(path) = self.path(scene, sort, Notation::Jsonata)
            {
                return path;
            }
            let value = if sort == Sort::Any { self.scalar() } else { self.sample(sort) };
            return (value.to_string(), value);
        }
        let depth = depth - 1;
        match sort {
            Sort::Any => {
                let sort = self.dice.pick(&[Sort::Number, Sort::Text, Sort::Bool, Sort::Array, Sort::Object]);
                if self.happens(15) {
                    let (condition, _) = self.expression(scene, Sort::Bool, depth);
                    let (one, sample) = self.expression(scene, sort, depth);
                    let (other, _) = self.expression(scene, sort, depth);
                    return (format!("({condition} ? {one} : {other})"), sample);
                }
                self.expression(scene, sort, depth)
            }
            Sort::Number | Sort::Whole => (self.number_expression(scene, sort, depth), json!(2)),
            Sort::Text | Sort::Timestamp => (self.text_expression(scene, depth), json!("text")),
            Sort::Bool => (self.test(scene, depth), json!(true)),
            Sort::Array => self.array_expression(scene, depth),
            Sort::Object => {
                let (inner, value) = self.expression(scene, Sort::Any, depth);
                match self.dice.below(3) {
                    0 => {
                        let (other, sample) = self.expression(scene, Sort::Object, depth);
                        (format!("$merge([{other}, {{'k1': {inner}}}])"), placed(sample, value))
                    }
                    1 => {
                        let (other, sample) = self.expression(scene, Sort::Object, depth);
                        (format!("({other} ~> |$|{{'k1': {inner}}}|)"), placed(sample, value))
                    }
                    _ => (format!("{{'k1': {inner}, 'is': true}}"), json!({"k1": value, "is": true})),
                }
            }
        }
    }

    fn some(&mut self, scene: &Scene, sort: Sort, depth: usize) -> String {
        // Now and then something that the operator does not take.
        let sort = if self.happens(1) { Sort::Any } else { sort };
        self.expression(scene, sort, depth).0
    }

    fn number_expression(&mut self, scene: &Scene, sort: Sort, depth: usize) -> String {
        match self.dice.below(8) {
            0 => format!("$count({})", self.some(scene, Sort::Array, depth)),
            1 => format!("$length({})", self.some(scene, Sort::Text, depth)),
            2 => format!("$sum([{}, {}])", self.some(scene, Sort::Number, depth), self.some(scene, sort, depth)),
            3 => format!("$max([1, {}])", self.some(scene, sort, depth)),
            4 => format!("$floor({})", self.some(scene, Sort::Number, depth)),
            5 => format!("$reduce([1..4], function($i, $j) {{ $i * $j + {} }})", self.some(scene, Sort::Whole, 0)),
            _ => {
                let operators: &[&str] =
                    if sort == Sort::Whole { &["+", "-", "*"] } else { &["+", "-", "*", "/", "%"] };
                let operator = self.dice.pick(operators);
                format!("({} {operator} {})", self.some(scene, sort, depth), self.some(scene, sort, depth))
            }
        }
    }

    fn text_expression(&mut self, scene: &Scene, depth: usize) -> String {
        let text = self.some(scene, Sort::Text, depth);
        match self.dice.below(9) {
            0 => format!("$uppercase({text})"),
            1 => format!("$substring({text}, {}, 2)", self.between(0, 2)),
            2 => format!("$string({})", self.some(scene, Sort::Any, depth)),
            3 => format!("$join([{text}, 'z'], '-')"),
            4 => format!("$type({})", self.some(scene, Sort::Any, depth)),
            5 => format!("$replace({text}, /[a-c]+/, '<$0>')"),
            6 => format!("$pad($trim({text}), -6, '#')"),
            _ => format!("({text} & {})", self.some(scene, Sort::Any, depth)),
        }
    }

    fn test(&mut self, scene: &Scene, depth: usize) -> String {
        match self.dice.below(7) {
            0 => format!("$exists({})", self.some(scene, Sort::Any, depth)),
            1 => format!("$not({})", self.some(scene, Sort::Any, depth)),
            2 => format!("({} in {})", self.some(scene, Sort::Whole, depth), self.some(scene, Sort::Array, depth)),
            3 => format!("({} = {})", self.some(scene, Sort::Any, depth), self.some(scene, Sort::Any, depth)),
            4 => {
                let connective = self.dice.pick(&["and", "or"]);
                format!(
                    "({} {connective} {})",
                    self.some(scene, Sort::Bool, depth),
                    self.some(scene, Sort::Bool, depth)
                )
            }
            _ => {
                let sort = self.dice.pick(&[Sort::Number, Sort::Text]);
                let operator = self.dice.pick(&["<", "<=", ">", ">="]);
                format!("({} {operator} {})", self.some(scene, sort, depth), self.some(scene, sort, depth))
            }
        }
    }

    fn array_expression(&mut self, scene: &Scene, depth: usize) -> Sampled {
        let list = self.some(scene, Sort::Array, depth);
        let text = match self.dice.below(9) {
            0 => format!("[1..{}]", self.between(1, 5)),
            1 => format!("$append([], $map({list}, function($x, $i) {{ {{'i': $i, 'x': $x}} }}))"),
            2 => format!("$append([], $filter({list}, function($x) {{ $string($x) > '2' }}))"),
            3 => format!("$append({list}, {})", self.some(scene, Sort::Array, depth)),
            4 => format!("$append([], $distinct($append({list}, {list})))"),
            5 => format!("$reverse({list})"),
            6 => format!("$split({}, 'a')", self.some(scene, Sort::Text, depth)),
            7 => format!("$append([], {list}[$ != 1])"),
            _ => {
                let (one, a) = self.expression(scene, Sort::Any, depth);
                let (other, b) = self.expression(scene, Sort::Any, depth);
                return (format!("[{one}, {other}]"), json!([a, b]));
            }
        };
        // What is in it is not known: no path leads there.
        (text, json!([]))
    }
}

fn embedded(expression: &str) -> Value {
    json!(format!("{{% {expression} %}}"))
}

fn placed(mut object: Value, value: Value) -> Value {
    if object.is_object() {
        object["k1"] = value;
    }
    object
}
