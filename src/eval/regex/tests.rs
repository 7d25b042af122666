//! What matches, by tables. The rows were compared with V8 (Node 20), but for modifiers, which are newer.

use super::*;

/// The match and its groups, by `,`; `-` for a group that took no part.
fn found(pattern: &str, flags: &str, text: &str) -> String {
    let regex = Regex::new(pattern, flags).unwrap_or_else(|message| panic!("/{pattern}/: {message}"));
    let Some(found) = regex.find_at(text, 0, &mut Budget::new(10_000)).expect("cheap enough") else {
        return "none".to_owned();
    };
    let groups = found.groups.iter().map(|group| group.map_or("-", |(start, end)| &text[start..end]));
    std::iter::once(&text[found.start..found.end]).chain(groups).collect::<Vec<_>>().join(",")
}

#[test]
fn what_matches_is_what_javascript_says() {
    for (pattern, flags, text, expected) in [
        // Alternatives and quantifiers
        ("a|ab", "", "abc", "a"),
        ("((a)|(ab))((c)|(bc))", "", "abc", "abc,a,a,-,bc,-,bc"),
        ("a[a-z]{2,4}", "", "abcdefghi", "abcde"),
        ("a[a-z]{2,4}?", "", "abcdefghi", "abc"),
        ("(aa|aabaac|ba|b|c)*", "", "aabaac", "aaba,ba"),
        ("(?:a{0,2}){3}b", "", "aaaaaab", "aaaaaab"),
        ("x{2}y{0}z", "", "xxz", "xxz"),
        // A round forgets its groups, and one that matches nothing ends a loop.
        ("(z)((a+)?(b+)?(c))*", "", "zaacbbbcac", "zaacbbbcac,z,ac,a,-,c"),
        ("(a*)*", "", "b", ",-"),
        ("(?=(a+))a*b\\1", "", "baaabac", "aba,a"),
        ("(a*)b\\1+", "", "baaaac", "b,"),
        ("(.*?)a(?!(a+)b\\2c)\\2(.*)", "", "baaabaac", "baaabaac,ba,-,abaac"),
        ("(?:(a)|b)*", "", "ab", "ab,-"),
        // Lookbehind runs from right to left.
        ("(?<=(\\d+)(\\d+))$", "", "1053", ",1,053"),
        ("(?<=\\1(\\w))d", "", "abcCd", "none"),
        ("(?<=\\$)\\d+", "", "1 $23", "23"),
        ("(?<!\\$)\\b\\d+", "", "$23 45", "45"),
        ("(?<=^[^a]*)b", "", "cb", "b"),
        // References
        ("(?<quote>['\"]).*?\\k<quote>", "", "say 'a\" b'", "'a\" b','"),
        ("\\k<n>(?<n>a)", "", "a", "a,a"),
        ("\\2(a)", "", "\u{2}a", "\u{2}a,a"),
        ("(a)\\1", "i", "aA", "aA,a"),
        // Lines and words
        ("^b$", "", "a\nb\nc", "none"),
        ("^b$", "m", "a\nb\nc", "b"),
        ("a$", "", "a\n", "none"),
        (".+", "", "a\u{2028}b", "a"),
        (".+", "s", "a\nb", "a\nb"),
        ("\\bé", "", "aé", "é"),
        ("\\w+", "", "été", "t"),
        ("\\s+", "", "a\u{feff}\u{a0}b", "\u{feff}\u{a0}"),
        ("\\d", "", "٣", "none"),
        // Classes
        ("[^]", "", "\n", "\n"),
        ("[]", "", "a", "none"),
        ("[a&&b]+", "", "b&a", "b&a"),
        ("[[]", "", "[", "["),
        ("[\\w-]+", "", "a-b", "a-b"),
        ("[\\d-x]+", "", "1-x", "1-x"),
        ("[\\b]", "", "\u{8}", "\u{8}"),
        ("[^\\W\\d]+", "", "12ab", "ab"),
        // Escapes, and what stands for itself
        ("\\cJ\\x41\\u0042\\/\\0\\101", "", "\nAB/\0A", "\nAB/\0A"),
        ("\\c", "", "\\c", "\\c"),
        ("\\u{2}\\x4", "", "uux4", "uux4"),
        ("a{,2}{", "", "a{,2}{", "a{,2}{"),
        ("]}", "", "]}", "]}"),
        ("\\8\\p\\k", "", "8pk", "8pk"),
        // Case
        ("K", "i", "k", "k"),
        ("\u{212A}", "i", "k", "none"),
        ("ſ", "i", "S", "none"),
        ("σ", "i", "ς", "ς"),
        ("[^x]", "i", "X", "none"),
        ("[à-þ]+", "i", "ÀÞ", "ÀÞ"),
        ("ß", "i", "SS", "none"),
        ("(?i:a)b", "", "Ab", "Ab"),
        ("(?-i:a)b", "i", "AB", "none"),
        // Code units: a match is widened to whole characters.
        ("^.$", "", "😀", "none"),
        ("^..$", "", "😀", "😀"),
        ("\\uDE00", "", "😀", "😀"),
        ("😀+", "", "😀😀", "😀"),
        ("[😀]{2}", "", "😀", "😀"),
        ("(?<=\\uD83D)\\uDE00x", "", "😀x", "😀x"),
    ] {
        assert_eq!(found(pattern, flags, text), expected, "/{pattern}/{flags} in {text:?}");
    }
}

#[test]
fn what_is_no_expression_is_refused() {
    for pattern in [
        "*",
        "a**",
        "{1}",
        "^*",
        "\\b+",
        "(?<=a)*",
        "(",
        ")",
        "(?",
        "(?x)",
        "(?<1>a)",
        "(?<a>)(?<a>)",
        "[",
        "[b-a]",
        "a{2,1}",
        "\\",
        "[\\",
        "(?<n>a)\\k<m>",
        "(?<n>a)\\k",
    ] {
        assert!(Regex::new(pattern, "").is_err(), "/{pattern}/");
    }
    assert!(Regex::new("a", "y").is_err());
}

#[test]
fn a_search_goes_on_where_it_is_told() {
    let regex = Regex::new("\\bé?a|^", "").expect("an expression");
    let mut budget = Budget::new(1000);
    let mut starts = |from| regex.find_at("éa a", from, &mut budget).expect("cheap").map(|found| found.start);
    assert_eq!([0, 2, 3, 1, 99].map(&mut starts), [Some(0), Some(2), Some(4), Some(2), None]);
}

#[test]
fn every_search_ends() {
    let evil = format!("{}b", "a".repeat(40));
    for pattern in ["(a+)+$", "(a|a)*$", "(?:a?){40}a{40}c", "(?=(a+)+$)", "(a*)*\\1$"] {
        let regex = Regex::new(pattern, "").expect("an expression");
        let mut budget = Budget::new(20_000);
        assert_eq!(regex.find_at(&evil, 0, &mut budget), Err(OutOfBudget), "/{pattern}/");
        assert_eq!(budget.left(), 0);
    }
    let counted = Regex::new("(?:(?:a{1000}){1000}){1000}", "").expect("an expression");
    assert_eq!(counted.find_at(&evil, 0, &mut Budget::new(10_000)), Ok(None));
    let huge = Regex::new("^a{0,99999999999}b$", "").expect("an expression");
    assert!(huge.find_at(&evil, 0, &mut Budget::new(10_000)).is_ok_and(|found| found.is_some()));
}

#[test]
fn groups_nest_as_deep_as_is_allowed() {
    for start in ["(", "(?=", "(?<=", "(?:"] {
        let nested = |depth| format!("{}{}", start.repeat(depth), ")".repeat(depth));
        let regex = Regex::new(&nested(200), "").expect("deep enough");
        assert!(regex.find_at("a", 0, &mut Budget::new(1000)).is_ok_and(|found| found.is_some()));
        assert!(Regex::new(&nested(201), "").is_err());
        assert!(Regex::new(&nested(100_000), "").is_err());
    }
}

#[test]
fn few_texts_are_all_told() {
    let all = |pattern: &str| texts(pattern).map(|texts| texts.join(","));
    for (pattern, expected) in [
        ("^(A|B|C)$", Some("A,B,C")),
        ("^A$|^(?:b[cd])$", Some("A,bc,bd")),
        ("^a?b{1,2}$", Some("b,bb,ab,abb")),
        ("^$", Some("")),
        ("^[^a]$", None),
        ("^a|b$", None),
        ("a", None),
        ("^a+$", None),
        ("^\\d\\d$", None),
        ("^(?=a)a$", None),
        ("^\\p{L}$", None),
        ("^ä$", None),
        ("^(a)\\1$", None),
    ] {
        assert_eq!(all(pattern).as_deref(), expected, "/{pattern}/");
    }
}

#[test]
fn a_text_is_made_up_that_matches() {
    for (pattern, near, extra, expected) in [
        ("^[0-9]{16}$", "", 0, Some("0000000000000000")),
        ("^[0-9]{16}$", "42", 0, Some("4200000000000000")),
        ("^ord-[0-9]{4,}$", "ord-", 2, Some("ord-000000")),
        ("^(card|bank)-\\w+$", "bank-77", 0, Some("bank-77")),
        ("^(card|bank)-\\w+$", "", 0, Some("card-a")),
        ("(.)\\1x", "b", 0, Some("bbx")),
        ("^[^\\x00-\\x7f]$", "", 0, Some("\u{80}")),
        ("\\bfoo\\b", "bar", 0, Some("foo")),
        ("a(?!b)", "", 0, Some("a")),
        ("^(?=b)a$", "", 0, None),
        ("^[]$", "", 0, None),
        ("^(?:(?:(?:){1000}){1000}){1000}$", "", 0, None),
        ("(", "", 0, None),
    ] {
        assert_eq!(sample(pattern, near, extra).as_deref(), expected, "/{pattern}/ {near}");
    }
}
