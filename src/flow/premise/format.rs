//! Whether a text is of a `format`, and one that is: of those whose values people can tell at a glance.
//!
//! Source: JSON Schema 2020-12, "Validation", section 7.3. A text that is refused here may be of the format all the same (leap seconds,
//! addresses in quotes): it only has to look like it.

use crate::asl::timestamp::rfc3339;

/// Whether a text is of a format; nothing where the format is not known.
pub(super) fn is_of(format: &str, text: &str) -> Option<bool> {
    Some(match format {
        "date-time" => rfc3339(text).is_ok(),
        "date" => rfc3339(&format!("{text}T00:00:00Z")).is_ok(),
        "time" => rfc3339(&format!("2024-01-01T{text}")).is_ok(),
        "email" => text.split_once('@').is_some_and(|(name, host)| is_name(name) && is_host(host)),
        "uri" => text.split_once(':').is_some_and(|(scheme, rest)| is_scheme(scheme) && is_of_uri(rest)),
        "uuid" => is_uuid(text),
        _ => return None,
    })
}

/// A text of a format that is known.
pub(super) fn example(format: &str) -> Option<&'static str> {
    Some(match format {
        "date-time" => "2024-01-01T00:00:00Z",
        "date" => "2024-01-01",
        "time" => "00:00:00Z",
        "email" => "a@example.com",
        "uri" => "https://example.com/a",
        "uuid" => "123e4567-e89b-12d3-a456-426614174000",
        _ => return None,
    })
}

fn is_name(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-');
    let parts = || text.split('.');
    text.chars().all(is_plain) && parts().all(|part| !part.is_empty() && !part.starts_with('-') && !part.ends_with('-'))
}

fn is_host(text: &str) -> bool {
    is_name(text) && !text.contains(['_', '+'])
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

/// Without what has to be escaped, and what is escaped; `[` stands around addresses alone.
fn is_of_uri(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?@!$&'()*+,;=".contains(c);
    let host = text.strip_prefix("//").map(|rest| rest.split(['/', '?']).next().unwrap_or_default());
    let is_host = host.is_none_or(|host| {
        let (name, port) = host.split_once(':').unwrap_or((host, "0"));
        is_host(name) && !port.is_empty() && port.chars().all(|c| c.is_ascii_digit())
    });
    !text.is_empty() && text.chars().all(is_plain) && is_host
}

fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told() {
        for (format, of, not_of) in [
            ("date-time", vec!["2024-01-01T00:00:00Z", "2024-02-29T23:59:59.5+02:00"], vec!["a", "2024-01-01", ""]),
            ("date", vec!["2024-02-29"], vec!["2023-02-29", "2024-1-1", "2024-01-01T00:00:00Z"]),
            ("time", vec!["12:00:00Z"], vec!["12:00", "noon"]),
            ("email", vec!["a.b+c@example.com"], vec!["a", "@a", "a@", "a@b@c", "a b@c.d", ".a@b.c"]),
            ("uri", vec!["https://example.com/a?b=c", "urn:a:b"], vec!["a", "/a", "1a:b", "a:b c", "a:"]),
            ("uuid", vec!["123E4567-e89b-12d3-a456-426614174000"], vec!["a", "123e4567e89b12d3a456426614174000"]),
        ] {
            let example = example(format).expect("an example");
            for text in of.into_iter().chain([example]) {
                assert_eq!(is_of(format, text), Some(true), "{format} {text}");
            }
            for text in not_of {
                assert_eq!(is_of(format, text), Some(false), "{format} {text}");
            }
        }
        assert_eq!((is_of("iban", "a"), example("iban")), (None, None));
    }

    #[test]
    fn what_is_taken_for_a_format_is_one() {
        for (format, texts) in [
            (
                "date-time",
                &[
                    "2024-01-01T00:00:00Z",
                    "2024-02-29T23:59:59.123456789Z",
                    "2024-01-01T00:00:00+02:00",
                    "2024-01-01t00:00:00z",
                ][..],
            ),
            ("date", &["2024-02-29", "0000-01-01", "2024-02-30"]),
            ("time", &["12:00:00Z", "12:00:00.5-01:00", "24:00:00Z"]),
            ("email", &["a@b", "a.b@c.de", "a@1.2", "a@b-c.d_e", "a@-b", "a-@b"]),
            (
                "uri",
                &["a:b", "a:?", "a:@", "a:://", "mailto:a@b.c", "http://a:b", "http://a:8080/b?c", "http://", "a:b*c"],
            ),
            ("uuid", &["123e4567-e89b-12d3-a456-426614174000"]),
        ] {
            let schema = serde_json::json!({ "format": format });
            let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema");
            for text in texts {
                let is_valid = validator.is_valid(&serde_json::json!(text));
                assert!(is_valid || is_of(format, text) == Some(false), "{format} {text}");
            }
        }
    }
}
