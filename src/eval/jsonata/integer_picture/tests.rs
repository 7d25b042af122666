//! Numbers by pictures, by tables. The rows were compared with the reference implementation.

use super::*;

#[test]
fn integers_are_shown() {
    for (value, picture, expected) in [
        (0.0, "0", "0"),
        (12.7, "1", "12"),
        (-12.5, "1", "-13"),
        (1_234_567.0, "#,##0", "1,234,567"),
        (1_234_567.0, "#:##0,000", "1:234,567"),
        (12.0, "#:##0,0", ":1,2"),
        (123.0, "#:##0,0", ":,3"),
        (12_345_678.0, "#,##,##0", "123,45,678"),
        (7.0, "0,000", "0,007"),
        (42.0, "٠٠٠", "٠٤٢"),
        (42.0, "００", "４２"),
        (1e21, "0", "1e+21"),
        (1.0, "1;o", "1st"),
        (12.0, "1;o", "12th"),
        (22.0, "1;o", "22nd"),
        (113.0, "1;o", "113th"),
        (1003.0, "#,##0;o", "1,003rd"),
        (0.0, "A", ""),
        (26.0, "A", "Z"),
        (27.0, "a", "aa"),
        (703.0, "A", "AAA"),
        (1999.0, "I", "MCMXCIX"),
        (3888.0, "i", "mmmdccclxxxviii"),
        (0.0, "w", "zero"),
        (21.0, "Ww", "Twenty-One"),
        (123.0, "W", "ONE HUNDRED AND TWENTY-THREE"),
        (1000.0, "w", "one thousand"),
        (1001.0, "w", "one thousand and one"),
        (1234.0, "w", "one thousand, two hundred and thirty-four"),
        (40.0, "w;o", "fortieth"),
        (1012.0, "w;o", "one thousand and twelfth"),
        (1e12, "w;o", "one trillionth"),
        (1e15, "w", "one thousand trillion"),
        (-5.0, "w", "-five"),
    ] {
        assert_eq!(format_integer(value, picture).as_deref(), Ok(expected), "{value} by {picture}");
    }
}

#[test]
fn integers_are_read() {
    for (text, picture, expected) in [
        ("1,234", "#,##0", 1234.0),
        ("1:234,5", "#:##0,0", 12345.0),
        ("1.234", "#.##0", 1.0),
        ("12th", "0;o", 12.0),
        ("٤٢", "٠", 42.0),
        ("0x1F", "0", 31.0),
        (" -7 apples", "0", -7.0),
        ("ZZ", "A", 702.0),
        ("xii", "i", 12.0),
        ("MCMXCIX", "I", 1999.0),
        ("twelve thousand, four hundred and seventy-six", "w", 12_476.0),
        ("Three Million and Twenty-First", "Ww", 3_000_021.0),
    ] {
        assert_eq!(parse_integer(text, picture), Ok(Some(expected)), "{text} by {picture}");
    }
    for (text, picture) in [("", "0"), ("abc", "0"), ("abc", "I"), ("many", "w"), ("one  two", "w")] {
        assert!(parse_integer(text, picture).is_ok_and(|value| value.is_some_and(f64::is_nan)), "{text} by {picture}");
    }
}

#[test]
fn what_is_no_picture_is_refused() {
    for (value, picture, code) in [
        (1.0, "", "D3130"),
        (1.0, "#", "D3130"),
        (1.0, "α", "D3130"),
        (1.0, "0٠", "D3131"),
        (1e7, "I", UNCODED),
        (f64::INFINITY, "w", UNCODED),
        (f64::INFINITY, "I", UNCODED),
    ] {
        let fault = format_integer(value, picture).expect_err(picture);
        assert_eq!(fault.code, code, "{value} by {picture}");
    }
    assert_eq!(format_integer(1.0, &"0".repeat(1001)).map_err(|fault| fault.code), Err(UNCODED));
    assert_eq!(parse_integer("5", "٠").map_err(|fault| fault.code), Err(UNCODED));
}

#[test]
fn the_largest_numbers_have_words() {
    for value in [f64::MAX, 1.234_567_890_123_456_7e307, 3.333_333_333_333_333e288] {
        let words = format_integer(value, "w").expect("finite");
        assert!(words.len() < 2000, "{}", words.len());
    }
}
