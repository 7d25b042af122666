//! Rules of a Choice.

use serde_json::{Value, json};

use super::values::{SORTS, Sort};
use super::{Fields, Scene, Writer};

impl Writer {
    /// A rule without `Next`.
    pub(super) fn rule(&mut self, scene: &Scene, depth: usize) -> Fields {
        let mut rule = Fields::new();
        if depth > 0 && self.happens(35) {
            match self.dice.below(4) {
                0 => drop(rule.insert("Not".into(), self.rule(scene, depth - 1).into())),
                1 => drop(rule.insert("And".into(), self.guarded(scene))),
                _ => {
                    let connective = self.dice.pick(&["And", "Or"]);
                    let n = self.between(1, 3);
                    let rules = (0..n).map(|_| Value::Object(self.rule(scene, depth - 1))).collect();
                    rule.insert(connective.into(), rules);
                }
            }
            return rule;
        }
        let sort = self.dice.pick(SORTS);
        let Some((variable, value)) = self.reference(scene, sort) else { return self.rule(scene, 0) };
        rule.insert("Variable".into(), json!(variable));
        if self.happens(25) {
            let test = self.dice.pick(&["IsNull", "IsPresent", "IsNumeric", "IsString", "IsBoolean", "IsTimestamp"]);
            rule.insert(test.into(), json!(self.happens(60)));
            return rule;
        }
        let (family, sort) = self.family(&value);
        let order = match family {
            "Boolean" => "Equals",
            _ => self.dice.pick(&["Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals"]),
        };
        let (operator, operand) = if family == "String" && self.happens(20) {
            ("StringMatches".to_owned(), self.pattern(value.as_str().unwrap_or("abc")))
        } else if self.happens(30)
            && let Some((path, _)) = self.reference(scene, sort)
        {
            (format!("{family}{order}Path"), json!(path))
        } else {
            let operand = if sort.fits(&value) && self.happens(40) { value } else { self.sample(sort) };
            (format!("{family}{order}"), operand)
        };
        rule.insert(operator, operand);
        rule
    }

    /// A test of something that may be missing, behind a test whether it is there.
    fn guarded(&mut self, scene: &Scene) -> Value {
        let path =
            if self.happens(50) { Some(("$.nowhere".into(), json!(1))) } else { self.reference(scene, Sort::Any) };
        let (path, value) = path.unwrap_or_else(|| ("$.nowhere".into(), json!("a")));
        let (family, sort) = self.family(&value);
        let operand = if sort.fits(&value) { value } else { self.sample(sort) };
        let operator = format!("{family}Equals");
        json!([{"Variable": path, "IsPresent": true}, {"Variable": path, operator: operand}])
    }

    /// Comparators that suit a value, mostly, and what they take.
    fn family(&mut self, value: &Value) -> (&'static str, Sort) {
        const FAMILIES: &[(&str, Sort)] = &[
            ("String", Sort::Text),
            ("Numeric", Sort::Number),
            ("Boolean", Sort::Bool),
            ("Timestamp", Sort::Timestamp),
        ];
        let fitting = FAMILIES.iter().rev().copied().find(|(_, sort)| sort.fits(value));
        match fitting {
            Some(family) if self.happens(85) => family,
            _ => self.dice.pick(FAMILIES),
        }
    }

    /// A pattern that the text matches, mostly.
    fn pattern(&mut self, text: &str) -> Value {
        let escaped = |c: char| if matches!(c, '*' | '\\') { format!("\\{c}") } else { c.to_string() };
        let mut pattern: Vec<String> = text.chars().map(escaped).collect();
        for _ in 0..self.between(0, 2) {
            let at = self.dice.below(pattern.len() + 1);
            match self.dice.below(3) {
                0 if at < pattern.len() => pattern[at] = "*".into(),
                1 => pattern.truncate(at),
                _ => pattern.insert(at, "*".into()),
            }
        }
        json!(pattern.concat())
    }
}
