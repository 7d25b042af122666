//! Turns a value into one near to it that a schema takes, as far as that is simple, keyword by keyword.
//!
//! What comes out is a guess: [`Checking::takes`] tells whether it is one that the schema takes.

use super::format;
use super::takes::{
    Checking, DEEPEST, Left, MOST, bounds, equal, is_of, item_schemas, number, resolved, size, takes_number,
};
use crate::eval::value::{Array, Members, Object};
use crate::eval::{Number, Value, is_found, sample};
use crate::flow::shape::kind_of;

/// So many items and characters are made up at most.
const MOST_MADE: usize = 1_000;

/// How many schemas are gone through to mend a value.
const MOST_MENDED: u32 = 2_000;

/// How many values are tried so that items differ, and how many lengths of a text that fits a pattern.
const MOST_TRIED: u32 = 64;

/// One value being mended.
struct Mending<'s> {
    checking: Checking<'s>,
    /// Picks among alternatives that are equally near.
    chance: u64,
    left: Left,
}

impl Checking<'_> {
    /// The value, or one near to it that the schema takes.
    pub(super) fn mended(self, value: Value, chance: u64) -> Value {
        Mending { checking: self, chance, left: Left(MOST_MENDED) }.mend(self.root, value, DEEPEST)
    }
}

impl<'s> Mending<'s> {
    fn takes(&self, schema: &'s Value, value: &Value, depth: u32) -> bool {
        self.checking.of(schema, value, depth, &mut Left(MOST))
    }

    /// Recursion is bounded by `depth`, and by how many schemas are gone through.
    fn mend(&mut self, schema: &'s Value, mut value: Value, depth: u32) -> Value {
        let (Some(depth), Some(left), Value::Object(keywords)) =
            (depth.checked_sub(1), self.left.0.checked_sub(1), schema)
        else {
            return value;
        };
        self.left.0 = left;
        let to = keywords.get("$ref").and_then(Value::as_str).and_then(|to| resolved(self.checking.root, to));
        if let Some(schema) = to {
            value = self.mend(schema, value, depth.min(20));
            if !self.checking.counts_beside_references {
                return value;
            }
        }
        for schema in list(keywords, "allOf") {
            value = self.mend(schema, value, depth);
        }
        value = self.mended_self(keywords, value, depth);
        for keyword in ["anyOf", "oneOf"] {
            value = self.mended_by_one(keywords, keyword, value, depth);
        }
        if let Some(condition) = keywords.get("if") {
            value = self.mended_by_condition(keywords, condition, value, depth);
        }
        if let Some(not) = keywords.get("not").filter(|not| self.takes(not, &value, depth)) {
            value = self.mended_away(keywords, not, value, depth);
        }
        value
    }

    /// By what the schema says itself.
    fn mended_self(&mut self, keywords: &'s Members, mut value: Value, depth: u32) -> Value {
        let listed = list(keywords, "enum").iter();
        let mut listed = keywords.get("const").into_iter().chain(listed);
        if let Some(first) =
            listed.next().filter(|first| !equal(first, &value) && !listed.any(|one| equal(one, &value)))
        {
            value = first.clone();
        }
        if let Some(types) = keywords.get("type").filter(|types| !is_of(types, &value)) {
            value = example(types, &value);
        }
        match value {
            Value::Number(number) => mended_number(keywords, &number),
            Value::String(text) => self.mended_text(keywords, &text),
            Value::Array(items) => self.mended_items(keywords, Array::take(items), depth),
            Value::Object(members) => self.mended_members(keywords, Object::take(members), depth),
            other => other,
        }
    }

    /// To the alternative that is nearest.
    fn mended_by_one(&mut self, keywords: &'s Members, keyword: &str, value: Value, depth: u32) -> Value {
        let alternatives = list(keywords, keyword);
        let is_met = |n: usize| if keyword == "oneOf" { n == 1 } else { n > 0 };
        let n_met = |mending: &Self, value: &Value| {
            alternatives.iter().filter(|schema| mending.takes(schema, value, depth)).count()
        };
        if alternatives.is_empty() || is_met(n_met(self, &value)) {
            return value;
        }
        let n = alternatives.len();
        let first = usize::try_from(self.chance % n as u64).unwrap_or_default();
        let each = alternatives.iter().cycle().skip(first).take(n);
        let each: Vec<Value> = each.map(|schema| self.mend(schema, value.clone(), depth)).collect();
        let mended = each
            .iter()
            .enumerate()
            .min_by_key(|(at, mended)| (!is_met(n_met(self, mended)), distance(&value, mended), *at));
        mended.map_or(value, |(_, mended)| mended.clone())
    }

    /// So that it has what follows from the condition, or that the condition is another.
    fn mended_by_condition(&mut self, keywords: &'s Members, condition: &'s Value, value: Value, depth: u32) -> Value {
        let is_met = self.takes(condition, &value, depth);
        let branch = |is_met: bool| keywords.get(if is_met { "then" } else { "else" });
        if branch(is_met).is_none_or(|schema| self.takes(schema, &value, depth)) {
            return value;
        }
        let kept = branch(is_met).map_or_else(|| value.clone(), |schema| self.mend(schema, value.clone(), depth));
        let turned = match is_met {
            true => self.mended_away(keywords, condition, value.clone(), depth),
            false => self.mend(condition, value.clone(), depth),
        };
        let turned = match branch(!is_met) {
            Some(schema) => self.mend(schema, turned, depth),
            None => turned,
        };
        let cost = |mending: &Self, mended: &Value, is_met: bool| {
            let fits = mending.takes(condition, mended, depth) == is_met
                && branch(is_met).is_none_or(|schema| mending.takes(schema, mended, depth));
            (!fits, distance(&value, mended))
        };
        let (of_kept, of_turned) = (cost(self, &kept, is_met), cost(self, &turned, !is_met));
        let is_turned = if self.chance & 1 == 0 { of_turned < of_kept } else { of_turned <= of_kept };
        if is_turned { turned } else { kept }
    }

    /// To one that a schema does not take, and what else is said does.
    fn mended_away(&mut self, keywords: &'s Members, not: &'s Value, value: Value, depth: u32) -> Value {
        let mut tried: Vec<Value> = (0..4).map(|n| varied(&value, n)).collect();
        if let Value::Object(members) = &value {
            for (name, member) in members.iter() {
                let mut without = Members::clone(members);
                without.shift_remove(name);
                tried.push(Value::object(without));
                tried.extend((0..4).map(|n| {
                    let mut other = Members::clone(members);
                    other.insert(name.clone(), varied(member, n));
                    Value::object(other)
                }));
            }
        }
        for one in OTHERS {
            tried.extend(Value::from_json(one));
        }
        for one in tried {
            if self.left.0 == 0 {
                break;
            }
            let mended = self.mended_self(keywords, one, depth);
            if !self.takes(not, &mended, depth) {
                return mended;
            }
        }
        value
    }

    fn mended_items(&mut self, keywords: &'s Members, mut items: Vec<Value>, depth: u32) -> Value {
        let (first, rest) = item_schemas(keywords);
        let most = if rest == Some(&Value::Bool(false)) { first.len() } else { usize::MAX };
        let most = size(keywords, "maxItems").unwrap_or(most).min(most);
        let least = size(keywords, "minItems").unwrap_or_default().min(MOST_MADE);
        items.resize(items.len().max(least), Value::Null);
        items.truncate(most);
        let schema_of = |at: usize| first.get(at).or(rest);
        let mut items: Vec<Value> = items
            .into_iter()
            .enumerate()
            .map(|(at, item)| schema_of(at).map_or(item.clone(), |schema| self.mend(schema, item, depth)))
            .collect();
        if let Some(schema) = keywords.get("contains") {
            let wanted = size(keywords, "minContains").unwrap_or(1).min(MOST_MADE);
            for at in 0.. {
                let n = items.iter().filter(|item| self.takes(schema, item, depth)).count();
                if n >= wanted || at >= most || at > items.len() + wanted {
                    break;
                }
                match items.get(at).cloned() {
                    Some(item) => items[at] = self.mend(schema, item, depth),
                    None => {
                        let item = schema_of(at).map_or(Value::Null, |schema| self.mend(schema, Value::Null, depth));
                        items.push(self.mend(schema, item, depth));
                    }
                }
            }
        }
        if keywords.get("uniqueItems") == Some(&Value::Bool(true)) {
            for at in 1..items.len() {
                for n in 0..MOST_TRIED {
                    let is_new = |item: &Value, before: &[Value]| !before.iter().any(|before| equal(before, item));
                    if is_new(&items[at], &items[..at]) {
                        break;
                    }
                    let other = self.another(schema_of(at), &items[at], n);
                    let other = schema_of(at).map_or(other.clone(), |schema| self.mend(schema, other, depth));
                    if is_new(&other, &items[..at]) {
                        items[at] = other;
                    }
                }
            }
        }
        Value::array(items)
    }

    /// Some other value: of a list where the schema is one, else near to it.
    fn another(&self, schema: Option<&Value>, value: &Value, n: u32) -> Value {
        let listed = schema.and_then(|schema| schema.get("enum")?.as_array()).unwrap_or_default();
        listed.get(n as usize).cloned().unwrap_or_else(|| match value {
            Value::Null | Value::Bool(_) => {
                let others = OTHERS.iter().cycle().skip(n as usize);
                others.take(1).find_map(|other| Value::from_json(other).ok()).unwrap_or(Value::Null)
            }
            Value::Object(members) if !members.is_empty() => {
                let at = n as usize % members.len();
                let each = members.iter().enumerate();
                let each = each.map(|(i, (name, member))| {
                    (name.clone(), if i == at { varied(member, n) } else { member.clone() })
                });
                Value::object(each.collect())
            }
            _ => varied(value, n),
        })
    }

    fn mended_members(&mut self, keywords: &'s Members, mut members: Members, depth: u32) -> Value {
        let of = |name: &str| keywords.get(name).and_then(Value::as_object);
        let mut needed: Vec<&Value> = keywords.get("required").into_iter().collect();
        let dependent = of("dependentRequired").into_iter().chain(of("dependencies")).flatten();
        needed.extend(dependent.filter(|(name, _)| members.contains_key(&***name)).map(|(_, names)| names));
        let needed = needed.into_iter().filter_map(Value::as_array).flatten().filter_map(Value::as_str);
        for name in needed {
            members.entry(name.into()).or_insert_with(|| Value::members::<&str>([]));
        }
        let properties = || of("properties").into_iter().flatten().map(|(name, _)| &**name);
        let least = size(keywords, "minProperties").unwrap_or_default().min(MOST_MADE);
        let made: Vec<String> = (members.len()..least).map(|n| format!("a{n}")).collect();
        for name in properties().chain(made.iter().map(String::as_str)) {
            if members.len() < least {
                members.entry(name.into()).or_insert(Value::Null);
            }
        }
        let others = keywords.get("additionalProperties");
        let mut mended = Members::new();
        for (name, mut inner) in members {
            let known = of("properties").and_then(|properties| properties.get(&name));
            let patterns = of("patternProperties").into_iter().flatten();
            let fitting = patterns.filter(|(pattern, _)| is_found(pattern, &name) != Some(false));
            let mut schemas: Vec<&Value> = known.into_iter().chain(fitting.map(|(_, schema)| schema)).collect();
            if schemas.is_empty() {
                schemas.extend(others);
            }
            if schemas.contains(&&Value::Bool(false)) {
                continue;
            }
            for schema in schemas {
                inner = self.mend(schema, inner, depth);
            }
            mended.insert(name, inner);
        }
        let mut value = Value::object(mended);
        let dependent = of("dependentSchemas").into_iter().chain(of("dependencies")).flatten();
        for (name, schema) in dependent {
            if value.get(name).is_some() {
                value = self.mend(schema, value, depth);
            }
        }
        value
    }

    fn mended_text(&self, keywords: &Members, text: &str) -> Value {
        let fits = |text: &str| self.checking.takes_text(keywords, text);
        if fits(text) {
            return Value::from(text);
        }
        let least = size(keywords, "minLength").unwrap_or_default().min(MOST_MADE);
        let most = size(keywords, "maxLength").unwrap_or(usize::MAX);
        let sized = |text: &str| {
            let padding = std::iter::repeat_n('a', least.saturating_sub(text.chars().count()));
            text.chars().chain(padding).take(most).collect::<String>()
        };
        let pattern = keywords.get("pattern").and_then(Value::as_str);
        let format = keywords.get("format").and_then(Value::as_str).and_then(format::example);
        let near = format.filter(|_| pattern.is_some()).into_iter().chain([text]);
        let shaped = near.flat_map(|near| {
            // What is missing is there in one go where single characters repeat, else at some length before.
            let short = pattern.and_then(|pattern| sample(pattern, near, 0));
            let missing = short.as_ref().map_or(0, |short| least.saturating_sub(short.chars().count()));
            let missing = u32::try_from(missing).unwrap_or_default();
            let longer = (1..=missing).rev().take(MOST_TRIED as usize);
            let longer = longer.filter_map(move |extra| sample(pattern?, near, extra));
            short.into_iter().chain(longer)
        });
        let mut each = format.map(str::to_owned).into_iter().chain([sized(text)]).chain(shaped);
        let found = each.find_map(|text| [sized(&text), text].into_iter().find(|text| fits(text)));
        Value::from(found.unwrap_or_else(|| sized(text)))
    }
}

/// Values of each kind.
const OTHERS: [&str; 7] = ["\"a\"", "1", "true", "false", "null", "{}", "[]"];

fn list<'k>(keywords: &'k Members, name: &str) -> &'k [Value] {
    keywords.get(name).and_then(Value::as_array).unwrap_or_default()
}

/// Another value of the same kind, the `n`th.
fn varied(value: &Value, n: u32) -> Value {
    match value {
        Value::Bool(value) => Value::Bool(*value != n.is_multiple_of(2)),
        Value::Number(number) => Value::from(number.as_f64() + f64::from(n) + 1.0),
        Value::String(text) => Value::from(format!("{text}{}", "a".repeat(n as usize + 1))),
        Value::Array(items) => {
            let more = std::iter::repeat_n(Value::Null, n as usize + 1);
            Value::array(items.iter().cloned().chain(more).collect())
        }
        other => other.clone(),
    }
}

/// How much of a value is another.
fn distance(value: &Value, mended: &Value) -> usize {
    match (value, mended) {
        (Value::Object(members), Value::Object(mended)) => {
            let changed = members.iter().map(|(name, member)| match mended.get::<str>(name) {
                Some(other) => distance(member, other),
                None => 1,
            });
            changed.sum::<usize>() + mended.iter().filter(|(name, _)| !members.contains_key(&***name)).count()
        }
        (Value::Array(items), Value::Array(mended)) => {
            let changed = items.iter().zip(mended.iter()).map(|(item, other)| distance(item, other));
            changed.sum::<usize>() + items.len().abs_diff(mended.len())
        }
        (one, other) if kind_of(one) == kind_of(other) => usize::from(one != other),
        _ => 2,
    }
}

/// The nearest number that is in the bounds, whole where it has to be.
fn mended_number(keywords: &Members, value: &Number) -> Value {
    let is_whole = keywords.get("type").and_then(Value::as_str) == Some("integer");
    let is_taken = |number: &Number| {
        let types = keywords.get("type");
        takes_number(keywords, number) && types.is_none_or(|types| is_of(types, &Value::Number(number.clone())))
    };
    let [(least, is_above), (most, is_below)] = bounds(keywords);
    let [low, high] = [least, most].map(|bound| bound.map(Number::as_f64));
    // Bounds are taken as they are written, whatever binary64 makes of them.
    let bound = match value.as_f64() {
        value if low.is_some_and(|low| value <= low) => least,
        value if high.is_some_and(|high| value >= high) => most,
        _ => None,
    };
    if let Some(number) = [Some(value), bound].into_iter().flatten().find(|number| is_taken(number)) {
        return Value::Number(number.clone());
    }
    let step = number(keywords, "multipleOf").filter(|step| *step > 0.0).or(is_whole.then_some(1.0));
    let mut new = value.as_f64();
    if let Some(low) = low {
        new = new.max(if is_above { low + step.unwrap_or(1.0) } else { low });
    }
    if let Some(high) = high {
        new = new.min(if is_below { high - step.unwrap_or(1.0) } else { high });
    }
    if let (Some(low), Some(high)) = (low, high)
        && step.is_none()
        && !(low < new && new < high)
    {
        new = f64::midpoint(low, high);
    }
    if let Some(step) = step {
        let up = (new / step).ceil() * step;
        new =
            if high.is_none_or(|high| up < high || up <= high && !is_below) { up } else { (new / step).floor() * step };
    }
    Value::from(new)
}

/// Some value of the first of these types that is known; else the value.
fn example(types: &Value, value: &Value) -> Value {
    let one = types.as_array().and_then(<[Value]>::first).unwrap_or(types);
    match one.as_str() {
        Some("null") => Value::Null,
        Some("boolean") => Value::Bool(true),
        Some("number" | "integer") => value.as_f64().map_or_else(|| 1.into(), |number| number.ceil().into()),
        Some("string") => "a".into(),
        Some("array") => Value::array(Vec::new()),
        Some("object") => Value::members::<&str>([]),
        _ => value.clone(),
    }
}
