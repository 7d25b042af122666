//! Turns paths into references that a program resolves: RFC 3986, with `/` between the parts.

/// The bytes of a path, percent-encoded: letters, digits, `-`, `.`, `_`, `~` and `/` stand for themselves.
#[must_use]
pub fn encoded(path: &[u8]) -> String {
    let mut uri = String::with_capacity(path.len());
    for &byte in path {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri += &format!("%{byte:02X}"),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn what_means_something_in_a_reference_is_encoded() {
        assert_eq!(encoded(b"a-b_c/d~e.asl.json"), "a-b_c/d~e.asl.json");
        assert_eq!(encoded("c:d e%f?g#h[ü]\n".as_bytes()), "c%3Ad%20e%25f%3Fg%23h%5B%C3%BC%5D%0A");
        assert_eq!(encoded(b"\xff"), "%FF");
    }
}
