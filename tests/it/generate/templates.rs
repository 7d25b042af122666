//! Payload templates and calls of intrinsic functions.

use serde_json::{Value, json};

use super::values::{Notation, Sort};
use super::{Fields, Flavour, Sampled, Scene, Writer};

const KEYS: &[&str] = &["p", "q", "x", "out", "list", "obj", "two words"];

impl Writer {
    /// A payload template, and a sample of what it becomes.
    pub(super) fn template(&mut self, scene: &Scene, depth: usize) -> (Value, Value) {
        let (mut template, mut sample) = (Fields::new(), Fields::new());
        for _ in 0..self.between(1, 4) {
            let name = self.dice.pick(KEYS);
            template.remove(name);
            template.remove(&format!("{name}.$"));
            let value = match self.dice.below(10) {
                0..4 => self.source(scene),
                4..7 => Some(self.call(scene, 2)),
                7 if depth > 0 => {
                    let (inner, value) = self.template(scene, depth - 1);
                    template.insert(name.into(), inner);
                    sample.insert(name.into(), value);
                    continue;
                }
                8 if depth > 0 => {
                    let (inner, value) = self.template(scene, depth - 1);
                    template.insert(name.into(), json!([inner, 1, "$.n"]));
                    sample.insert(name.into(), json!([value, 1, "$.n"]));
                    continue;
                }
                _ => None,
            };
            if let Some((text, value)) = value {
                template.insert(format!("{name}.$"), json!(text));
                sample.insert(name.into(), value);
            } else {
                let value = self.sample(Sort::Any);
                template.insert(name.into(), value.clone());
                sample.insert(name.into(), value);
            }
        }
        (Value::Object(template), Value::Object(sample))
    }

    /// A path of any kind.
    fn source(&mut self, scene: &Scene) -> Option<Sampled> {
        if self.happens(10) { self.selecting(scene) } else { self.path(scene, Sort::Any, Notation::JsonPath) }
    }

    /// A call whose arguments nest so deep, and a sample of its value.
    pub(super) fn call(&mut self, scene: &Scene, depth: usize) -> Sampled {
        let sort = self.dice.pick(&[Sort::Text, Sort::Number, Sort::Array, Sort::Bool, Sort::Object]);
        self.call_of(scene, sort, depth)
    }

    /// A call that gives a value of this sort.
    pub(super) fn call_of(&mut self, scene: &Scene, sort: Sort, depth: usize) -> Sampled {
        let depth = depth.saturating_sub(1);
        match sort {
            Sort::Number | Sort::Whole => self.number_call(scene, depth),
            Sort::Array => self.array_call(scene, depth),
            Sort::Bool => {
                let (array, items) = self.argument(scene, Sort::Array, depth);
                let (item, _) = self.argument(scene, Sort::Any, depth);
                let item = match items[0].as_i64() {
                    Some(first) if self.happens(50) => first.to_string(),
                    _ => item,
                };
                (format!("States.ArrayContains({array}, {item})"), json!(true))
            }
            Sort::Object => {
                if self.happens(30) {
                    let value = self.sample(Sort::Object);
                    return (format!("States.StringToJson({})", quoted(&value.to_string())), value);
                }
                let (one, mut sample) = self.argument(scene, Sort::Object, depth);
                let (other, more) = self.argument(scene, Sort::Object, depth);
                if let (Some(sample), Value::Object(more)) = (sample.as_object_mut(), more) {
                    sample.extend(more);
                }
                (format!("States.JsonMerge({one}, {other}, false)"), sample)
            }
            Sort::Text | Sort::Timestamp | Sort::Any => self.text_call(scene, depth),
        }
    }

    fn number_call(&mut self, scene: &Scene, depth: usize) -> Sampled {
        match self.dice.below(5) {
            0 => {
                let (array, items) = self.argument(scene, Sort::Array, depth);
                (format!("States.ArrayLength({array})"), json!(items.as_array().map_or(0, Vec::len)))
            }
            1 if self.flavour != Flavour::Paths => {
                let seed = if self.happens(50) { ", 7" } else { "" };
                (format!("States.MathRandom(1, 10{seed})"), json!(5))
            }
            _ => {
                // It takes numbers of 32 bits, and rounds.
                let sort = if self.happens(15) { Sort::Number } else { Sort::Whole };
                let (one, a) = self.argument(scene, sort, depth);
                let (other, b) = self.argument(scene, Sort::Whole, depth);
                let sum = a.as_i64().unwrap_or_default().saturating_add(b.as_i64().unwrap_or_default());
                (format!("States.MathAdd({one}, {other})"), json!(sum))
            }
        }
    }

    fn array_call(&mut self, scene: &Scene, depth: usize) -> Sampled {
        match self.dice.below(5) {
            0 => {
                let arguments: Vec<Sampled> =
                    (0..self.between(0, 3)).map(|_| self.argument(scene, Sort::Any, depth)).collect();
                let (texts, values): (Vec<_>, Vec<_>) = arguments.into_iter().unzip();
                (format!("States.Array({})", texts.join(", ")), values.into())
            }
            1 => {
                let (array, items) = self.argument(scene, Sort::Array, depth);
                let size = self.between(1, 3);
                let parts = items.as_array().map(|items| items.chunks(size).map(Value::from).collect());
                (format!("States.ArrayPartition({array}, {size})"), parts.unwrap_or_else(|| json!([])))
            }
            2 => {
                let (start, n, step) =
                    (self.between(0, 5) as i64 - 2, self.between(0, 4) as i64, self.between(1, 3) as i64);
                let end = start + n * step;
                let step = if self.happens(10) { -step } else { step };
                let items: Vec<i64> = (0..=n).map(|i| start + i * step).collect();
                (format!("States.ArrayRange({start}, {end}, {step})"), json!(items))
            }
            3 => {
                let (array, items) = self.argument(scene, Sort::Array, depth);
                (format!("States.ArrayUnique({array})"), items)
            }
            _ => {
                let (text, _) = self.argument(scene, Sort::Text, depth);
                let at = self.dice.pick(&[",", " ", ",;", "b", ".", "é"]);
                (format!("States.StringSplit({text}, {})", quoted(at)), json!(["a", "b"]))
            }
        }
    }

    fn text_call(&mut self, scene: &Scene, depth: usize) -> Sampled {
        let (call, sample) = match self.dice.below(8) {
            0 => {
                let (value, _) = self.argument(scene, Sort::Any, depth);
                (format!("States.JsonToString({value})"), "{}")
            }
            1 => {
                let (value, _) = self.argument(scene, Sort::Text, depth);
                (format!("States.Base64Encode({value})"), "aGVsbG8=")
            }
            2 => {
                let (value, _) = self.argument(scene, Sort::Text, depth);
                (format!("States.Base64Decode(States.Base64Encode({value}))"), "text")
            }
            3 => {
                let (value, _) = self.argument(scene, Sort::Text, depth);
                let algorithm = self.dice.pick(&["MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"]);
                (format!("States.Hash({value}, '{algorithm}')"), "5d41402abc4b2a76b9719d911017c592")
            }
            4 => {
                let (array, items) = self.argument(scene, Sort::Array, depth);
                let n = items.as_array().map_or(0, Vec::len);
                let at = if self.happens(5) { n } else { self.dice.below(n.max(1)) };
                return (format!("States.ArrayGetItem({array}, {at})"), items[at].clone());
            }
            5 if self.flavour != Flavour::Paths => ("States.UUID()".to_owned(), "0b5e3c1a"),
            _ => {
                let n = self.between(0, 2);
                let mut call = String::from("States.Format('");
                for i in 0..=n {
                    call += self.dice.pick(&["", "a", " b ", "\\'", "\\{", "é😀", "100%", ": "]);
                    call += if i < n { "{}" } else { "'" };
                }
                for _ in 0..n {
                    call += &format!(", {}", self.argument(scene, Sort::Any, depth).0);
                }
                (call + ")", "text")
            }
        };
        (call, json!(sample))
    }

    /// An argument of a call, and a sample of its value.
    fn argument(&mut self, scene: &Scene, sort: Sort, depth: usize) -> Sampled {
        if depth > 0 && self.happens(25) {
            return self.call_of(scene, sort, depth);
        }
        let is_literal = !matches!(sort, Sort::Array | Sort::Object) && self.happens(40);
        if !is_literal && let Some(path) = self.path(scene, sort, Notation::JsonPath) {
            return path;
        }
        let value = match sort {
            Sort::Any => self.scalar(),
            sort => self.sample(sort),
        };
        let text = match &value {
            Value::String(text) => quoted(text),
            Value::Array(_) | Value::Object(_) => format!("States.StringToJson({})", quoted(&value.to_string())),
            Value::Number(number) if number.to_string().contains('e') => return ("1.5".to_owned(), json!(1.5)),
            scalar => scalar.to_string(),
        };
        (text, value)
    }
}

/// A text as a literal of a call.
fn quoted(text: &str) -> String {
    let mut literal = String::from("'");
    for character in text.chars() {
        if matches!(character, '\'' | '\\' | '{' | '}') {
            literal.push('\\');
        }
        literal.push(character);
    }
    literal + "'"
}
