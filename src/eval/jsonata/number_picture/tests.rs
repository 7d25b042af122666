//! Numbers by pictures, by tables. The rows were compared with the reference implementation, but for those it loops on.

use super::*;

fn shown(value: f64, picture: &str, options: &[(&str, &str)]) -> Result<String, &'static str> {
    let options =
        (!options.is_empty()).then(|| Value::members(options.iter().map(|&(name, text)| (name, Value::from(text)))));
    format_number(value, picture, options.as_ref()).map_err(|fault| fault.code)
}

#[test]
fn numbers_are_shown() {
    for (value, picture, expected) in [
        (12345.6, "#,###.00", "12,345.60"),
        (12_345_678.9, "9,999.99", "12,345,678.90"),
        (123_412_345_678.9, "9,9,99.99", "123412345,6,78.90"),
        (1234.56789, "9,999.999,999", "1,234.567,890"),
        (12.0, "#,##,000", "0,1,2"),
        (1_234_567.0, "#,##,000", "12,34,567"),
        (123.9, "9999", "0124"),
        (0.14, "01%", "14%"),
        (0.4857, "###.###‰", "485.7‰"),
        (-6.0, "000", "-006"),
        (-6.0, "0;(0)", "(6)"),
        (2.5, "0", "2"),
        (3.5, "0", "4"),
        (1.005, "0.00", "1.00"),
        (0.0, "#", "0"),
        (0.0, ".#", ".0"),
        (0.5, "#.#", ".5"),
        (2.0, "#0.#", "2"),
        (7.0, "$0 each", "$7 each"),
        (-0.2, "0", "-0"),
        (1e20, "#,######", "100,000000,000000,000000"),
        (1e21, "#,##0.00", "1e,+21.00"),
        (123_083_455_022_424.45, "0.00000", "123083455022424.45313"),
        (957_192_319_910_973.2, "0.00", "957192319910973.13"),
        (1234.5678, "00.000e0", "12.346e2"),
        (1234.5678, "00.000e000", "12.346e002"),
        (0.234, "0.0e0", "2.3e-1"),
        (0.234, "#.00e0", "0.23e0"),
        (0.123, "#.e9", "0.1e0"),
        (0.234, ".00e0", ".23e0"),
        (10.0, "0.0e0", "10.0e0"),
        // XPath's word: the reference implementation never ends here.
        (0.0, "0.0e0", "0.0e0"),
        (-1234.0, "0.0e0", "-1.2e3"),
    ] {
        assert_eq!(shown(value, picture, &[]).as_deref(), Ok(expected), "{value} by {picture}");
    }
}

#[test]
fn options_change_what_characters_mean() {
    for (value, picture, options, expected) in [
        (1234.5, "#.##0,00", &[("decimal-separator", ","), ("grouping-separator", ".")][..], "1.234,50"),
        (0.14, "###pm", &[("per-mille", "pm")], "140pm"),
        (1234.5678, "①①.①①①e①", &[("zero-digit", "\u{245f}")], "①②.③④⑥e②"),
        (-5.0, "_0", &[("digit", "_"), ("minus-sign", "minus ")], "minus 5"),
        (-5.0, "0|(0)", &[("pattern-separator", "|")], "(5)"),
        (1234.0, "0.0E0", &[("exponent-separator", "E")], "1.2E3"),
    ] {
        assert_eq!(shown(value, picture, options).as_deref(), Ok(expected), "{value} by {picture}");
    }
}

#[test]
fn what_is_no_picture_is_refused() {
    for (picture, code) in [
        ("#;#;#", "D3080"),
        ("#.0.0", "D3081"),
        ("#0%%", "D3082"),
        ("#0‰‰", "D3083"),
        ("#0%‰", "D3084"),
        (".e0", "D3085"),
        ("abc", "D3085"),
        ("", "D3085"),
        ("0+.e0", "D3086"),
        ("0,.e0", "D3087"),
        ("0,", "D3088"),
        ("0,,0", "D3089"),
        ("0#.e0", "D3090"),
        ("#0.#0e0", "D3091"),
        ("#0.0e0%", "D3092"),
        ("#0.0e0,0", "D3093"),
        ("$0.0e0", "D3093"),
    ] {
        assert_eq!(shown(20.0, picture, &[]), Err(code), "{picture}");
    }
    for (value, picture, options) in [
        (1.0, format!("0.{}", "0".repeat(101)), &[][..]),
        (1.0, "0".repeat(1001), &[]),
        (f64::NAN, "0".to_owned(), &[]),
        (f64::INFINITY, "0e0".to_owned(), &[]),
        (f64::MAX, "0%".to_owned(), &[]),
        (1.0, "0".to_owned(), &[("decimal-separator", "::")]),
        (1.0, "0".to_owned(), &[("percent", "")]),
    ] {
        assert_eq!(shown(value, &picture, options), Err(UNCODED), "{value} by {picture}");
    }
    assert!(format_number(1.0, "0", Some(&Value::members([("zero-digit", Value::from(5_i64))]))).is_err());
}

#[test]
fn rounding_is_by_the_digits_that_are_written() {
    for (value, n_decimals, expected) in
        [(0.5, 0, 0.0), (1.5, 0, 2.0), (-2.5, 0, -2.0), (4.515, 2, 4.52), (1.005, 2, 1.0), (1e300, 20, f64::INFINITY)]
    {
        let rounded = round(value, n_decimals);
        assert!(rounded == expected || expected.is_infinite() && !rounded.is_finite(), "{value}: {rounded}");
    }
}
