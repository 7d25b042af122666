//! What Java makes of values, where the service lets it show: their text, their order, and seeded numbers.

use std::cmp::Ordering;
use std::fmt::Write;

use super::value::Value;

/// How `String.compareTo` orders, and JavaScript: by UTF-16 code units, which beyond U+FFFF is not the order of characters.
pub(in crate::eval) fn compare(one: &str, other: &str) -> Ordering {
    one.encode_utf16().cmp(other.encode_utf16())
}

/// What `toString` makes of a value: `{Arg1=1, Arg2=[]}` (recorded), strings without quotes at every depth.
pub(in crate::eval) fn text(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value);
    text
}

/// Recursion is bounded by the depth of values.
fn write(text: &mut String, value: &Value) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => _ = write!(text, "{number}"),
        Value::String(content) => text.push_str(content),
        Value::Array(items) => {
            text.push('[');
            for (i, item) in items.iter().enumerate() {
                text.push_str(if i > 0 { ", " } else { "" });
                write(text, item);
            }
            text.push(']');
        }
        Value::Object(members) => {
            text.push('{');
            for (i, (name, value)) in members.iter().enumerate() {
                _ = write!(text, "{}{name}=", if i > 0 { ", " } else { "" });
                write(text, value);
            }
            text.push('}');
        }
    }
}

/// The order in which a `HashMap` of so many buckets has what was put into it: by bucket, in a bucket by arrival. (From eight
/// entries a bucket is a tree with the same order, in all but contrived cases.)
pub(in crate::eval) fn hash_order<T>(entries: &mut [T], n_buckets: usize, hash: impl Fn(&T) -> i32) {
    entries.sort_by_key(|entry| {
        let hash = hash(entry).cast_unsigned();
        (hash ^ (hash >> 16)) as usize & (n_buckets - 1)
    });
}

/// The buckets of a `HashMap` that has grown to so many entries.
pub(in crate::eval) fn n_buckets(n_entries: usize) -> usize {
    // Three of four buckets may be taken.
    (n_entries.saturating_mul(4).div_ceil(3)).next_power_of_two().max(16)
}

/// The buckets of a `HashSet` that is made from a list of so many items.
pub(in crate::eval) fn n_buckets_of_copy(n_items: usize) -> usize {
    (n_items.saturating_mul(4) / 3 + 1).next_power_of_two().max(16)
}

/// What `hashCode` gives. Whole numbers of more than 64 bits are hashed as their text.
pub(in crate::eval) fn hash_code(value: &Value) -> i32 {
    use super::value::Number;
    let fold = |bits: u64| (bits ^ (bits >> 32)) as u32;
    match value {
        Value::Null => 0,
        Value::Bool(value) => {
            if *value {
                1231
            } else {
                1237
            }
        }
        Value::Number(Number::Int(value)) => {
            i32::try_from(*value).unwrap_or_else(|_| fold(value.cast_unsigned()).cast_signed())
        }
        Value::Number(Number::Float(value)) => fold(value.to_bits()).cast_signed(),
        Value::Number(Number::Big(digits)) => hash_text(digits),
        Value::String(text) => hash_text(text),
        Value::Array(items) => {
            items.iter().fold(1, |hash: i32, item| hash.wrapping_mul(31).wrapping_add(hash_code(item)))
        }
        Value::Object(members) => {
            members.iter().fold(0, |hash: i32, (name, value)| hash.wrapping_add(hash_text(name) ^ hash_code(value)))
        }
    }
}

/// `String.hashCode`
pub(in crate::eval) fn hash_text(text: &str) -> i32 {
    text.encode_utf16().fold(0, |hash: i32, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

/// Whether two values are `equals`: as values, but that no whole number is one with decimals.
pub(in crate::eval) fn equals(one: &Value, other: &Value) -> bool {
    use super::value::Number;
    match (one, other) {
        (Value::Number(Number::Int(_)), Value::Number(Number::Float(_)))
        | (Value::Number(Number::Float(_)), Value::Number(Number::Int(_))) => false,
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other.iter()).all(|(one, other)| equals(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let is_in = |(name, value)| other.get(name).is_some_and(|other| equals(value, other));
            one.len() == other.len() && one.iter().all(is_in)
        }
        _ => one == other,
    }
}

/// `java.util.Random`: a linear congruential generator of 48 bits.
pub(in crate::eval) struct Random {
    state: u64,
}

const MULTIPLIER: u64 = 0x5_DEEC_E66D;
const MASK: u64 = (1 << 48) - 1;

impl Random {
    pub(in crate::eval) fn new(seed: i64) -> Self {
        Self { state: (seed.cast_unsigned() ^ MULTIPLIER) & MASK }
    }

    /// The next 31 bits.
    fn bits(&mut self) -> u32 {
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(0xB) & MASK;
        (self.state >> 17) as u32
    }

    /// At least 0 and below `end`, as `nextInt(end)` has it.
    /// `end` is at least 1 and fits in 31 bits.
    pub(in crate::eval) fn below(&mut self, end: u32) -> u32 {
        if end.is_power_of_two() {
            return ((u64::from(end) * u64::from(self.bits())) >> 31) as u32;
        }
        // Numbers from the last stretch that `end` does not fill are drawn again: at most every second.
        loop {
            let bits = self.bits();
            let number = bits % end;
            if bits - number <= i32::MAX.cast_unsigned() - (end - 1) {
                return number;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_those_of_to_string() {
        for (json, expected) in [
            (r#"{"Arg1":1,"Arg2":[]}"#, "{Arg1=1, Arg2=[]}"),
            (r#"["a",null,true,1.5,{"b":{}}]"#, "[a, null, true, 1.5, {b={}}]"),
            (r#""it's""#, "it's"),
            ("1e21", "1.0E21"),
            ("10.0", "10.0"),
        ] {
            assert_eq!(text(&Value::from_json(json).unwrap()), expected, "{json}");
        }
    }

    #[test]
    fn hash_codes_are_those_of_java() {
        for (json, expected) in [
            ("null", 0),
            ("true", 1231),
            ("-7", -7),
            ("4294967296", 1),
            ("1.5", 1_073_217_536),
            (r#""hello""#, 99_162_322),
            (r#""""#, 0),
            ("[1,2]", 994),
            ("[2,1]", 1024),
            (r#"{"a":1,"b":2}"#, (97 ^ 1) + (98 ^ 2)),
        ] {
            assert_eq!(hash_code(&Value::from_json(json).unwrap()), expected, "{json}");
        }
        assert_eq!([0, 12, 13, 24, 25].map(n_buckets), [16, 16, 32, 32, 64]);
    }

    #[test]
    fn a_set_has_the_order_of_java() {
        // As Java 17 prints `new HashSet<>(Arrays.asList(…))`.
        let list = r#"["a","zz","Q","foo","bar","baz",17,33,49,1000,-1,99999999999,"x1","x2","x3","x4",2.5,null,true]"#;
        let set = "[zz, -1, null, a, 33, 2.5, foo, 1000, true, Q, 17, 49, bar, x1, baz, x2, x3, x4, 99999999999]";
        let mut items = Value::from_json(list).unwrap().as_array().unwrap().to_vec();
        let n_buckets = n_buckets_of_copy(items.len());
        hash_order(&mut items, n_buckets, hash_code);
        assert_eq!(text(&Value::array(items)), set);
    }

    #[test]
    fn strings_order_by_code_units() {
        assert_eq!(compare("a", "B"), Ordering::Greater);
        assert_eq!(compare("a", "ab"), Ordering::Less);
        // A surrogate comes before a private character; by code points it would come after it.
        assert_eq!(compare("\u{1F600}", "\u{E000}"), Ordering::Less);
    }

    #[test]
    fn a_seed_gives_the_numbers_of_java_util_random() {
        let mut random = Random::new(42);
        assert_eq!([0; 5].map(|_| random.below(100)), [30, 63, 48, 84, 70]);
        let mut random = Random::new(42);
        // `nextInt(16)` takes the upper bits.
        assert_eq!(random.below(16), 11);
        let mut random = Random::new(-1);
        assert!((0..1000).all(|_| random.below(i32::MAX.cast_unsigned()) < i32::MAX.cast_unsigned()));
    }
}
