//! What each function of the library is for, in a line: its parameters by name, and what it gives.

/// Name, parameters (what may be left out in brackets), what it gives; sorted by name.
#[rustfmt::skip]
const MANUAL: &[(&str, &str, &str)] = &[
    ("abs", "number", "The number without its sign."),
    ("append", "array1, array2", "The items of both, one after the other."),
    ("assert", "condition[, message]", "Nothing where the condition holds, else the evaluation fails with the message."),
    ("average", "array", "The mean of an array of numbers."),
    ("base64decode", "text", "The text that Base64 stands for."),
    ("base64encode", "text", "The text in Base64."),
    ("boolean", "value", "Whether the value counts as true: not empty, not 0, not null."),
    ("ceil", "number", "The least whole number that is not below it."),
    ("clone", "value", "A copy of an object or array."),
    ("contains", "text, pattern", "Whether the text holds another text, or something that a regular expression matches."),
    ("count", "array", "How many items there are; 0 for nothing, 1 for a value that is no array."),
    ("decodeUrl", "text", "The URL with its escapes resolved."),
    ("decodeUrlComponent", "text", "The part of a URL with its escapes resolved."),
    ("distinct", "array", "The items without those that come again."),
    ("each", "object, function", "What the function gives for each value and key of the object, as an array."),
    ("encodeUrl", "text", "The text as a URL, with what cannot stand there escaped."),
    ("encodeUrlComponent", "text", "The text as part of a URL, with all that has a meaning there escaped."),
    ("error", "[message]", "Nothing: the evaluation fails with the message."),
    ("eval", "expression[, context]", "The value of a text as JSONata. The service does not have it: use `$parse` for JSON."),
    ("exists", "value", "Whether there is a value."),
    ("filter", "array, function", "The items for which the function holds."),
    ("floor", "number", "The greatest whole number that is not above it."),
    ("formatBase", "number[, radix]", "The number as a text in another base, 10 unless another is given."),
    ("formatInteger", "number, picture", "The whole number as a text: `'w'` in words, `'I'` in Roman numerals, `'000'` with zeros."),
    ("formatNumber", "number, picture[, options]", "The number as a text: `'#,##0.00'`."),
    ("fromMillis", "milliseconds[, picture[, zone]]", "The time as a text, ISO 8601 unless a picture is given."),
    ("hash", "text, algorithm", "The hash of a text: `'MD5'`, `'SHA-1'`, `'SHA-256'`, `'SHA-384'` or `'SHA-512'`. The service adds it."),
    ("join", "array[, separator]", "The texts of an array as one."),
    ("keys", "object", "The names of its members."),
    ("length", "text", "How many characters it has."),
    ("lookup", "object, key", "The member of this name, in an object or in each of an array."),
    ("lowercase", "text", "The text in small letters."),
    ("map", "array, function", "What the function gives for each item."),
    ("match", "text, pattern[, limit]", "What a regular expression matches: objects with `match`, `index` and `groups`."),
    ("max", "array", "The greatest of an array of numbers."),
    ("merge", "array", "The members of an array of objects as one object; later ones win."),
    ("millis", "", "The time now in milliseconds since 1970, the same in the whole expression."),
    ("min", "array", "The least of an array of numbers."),
    ("not", "value", "True where the value counts as false."),
    ("now", "[picture[, zone]]", "The time now as a text, the same in the whole expression."),
    ("number", "value", "The value as a number: of a text, of `true` (1) and `false` (0)."),
    ("pad", "text, width[, character]", "The text with blanks, or another character, behind it up to the width; before it where that is negative."),
    ("parse", "text", "The value of a text that is JSON. The service adds it."),
    ("parseInteger", "text, picture", "The number that a text says, as `$formatInteger` writes it."),
    ("partition", "array, size", "The items in arrays of this size; the last may be shorter. The service adds it."),
    ("power", "base, exponent", "The base to the power of the exponent."),
    ("random", "[seed]", "A number from 0 up to 1; the same for the same seed. The service adds the seed."),
    ("range", "first, last, step", "The numbers from the first to the last. The service adds it."),
    ("reduce", "array, function[, initial]", "One value: the function combines what it has with each item in turn."),
    ("replace", "text, pattern, replacement[, limit]", "The text with what the pattern matches replaced by another text or by what a function gives."),
    ("reverse", "array", "The items from the last to the first."),
    ("round", "number[, precision]", "The number rounded to so many decimals, halves to the even."),
    ("shuffle", "array", "The items in an order by chance."),
    ("sift", "object, function", "The members for which the function holds."),
    ("single", "array[, function]", "The only item for which the function holds; more or none fail the evaluation."),
    ("sort", "array[, function]", "The items in order; the function says whether its first argument comes behind its second."),
    ("split", "text, separator[, limit]", "The parts between the separators."),
    ("spread", "object", "An array with an object for each member."),
    ("sqrt", "number", "The square root."),
    ("string", "value[, prettify]", "The value as a text: JSON, unless it is a text."),
    ("substring", "text, start[, length]", "The part from `start` (from 0; from the end where negative), at most `length` characters."),
    ("substringAfter", "text, characters", "What stands behind the first of these characters."),
    ("substringBefore", "text, characters", "What stands before the first of these characters."),
    ("sum", "array", "The sum of an array of numbers."),
    ("toMillis", "timestamp[, picture]", "The time in milliseconds since 1970."),
    ("trim", "text", "The text without blanks around it, and with one where several were."),
    ("type", "value", "The name of its type: `'null'`, `'number'`, `'string'`, `'boolean'`, `'array'`, `'object'`, `'function'`."),
    ("uppercase", "text", "The text in capitals."),
    ("uuid", "", "A random UUID, version 4. The service adds it."),
    ("zip", "array1[, array2[, array3]]", "Arrays of the first items of each, of the second, and so on."),
];

/// The parameters of a function and what it gives; `None` where there is no such function.
#[must_use]
pub fn manual(name: &str) -> Option<(&'static str, &'static str)> {
    let at = MANUAL.binary_search_by(|(known, ..)| (*known).cmp(name)).ok()?;
    let (_, parameters, gives) = MANUAL[at];
    Some((parameters, gives))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asl::jsonata::library;

    #[test]
    fn every_function_has_its_line() {
        let named: Vec<&str> = MANUAL.iter().map(|(name, ..)| *name).collect();
        let functions: Vec<&str> = library::functions().iter().map(|function| function.name).collect();
        assert_eq!(named, functions);
        for (name, parameters, gives) in MANUAL {
            assert!(
                gives.ends_with('.') && parameters.matches('[').count() == parameters.matches(']').count(),
                "{name}"
            );
            let (least, most) = library::find(name).expect("it is there").arity();
            let n_named = parameters.split(',').filter(|name| !name.trim_matches(['[', ']', ' ']).is_empty()).count();
            assert!(n_named >= least && most.is_none_or(|most| n_named <= most), "{name}: {parameters}");
        }
    }
}
