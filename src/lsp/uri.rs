//! Turns `file` URIs into paths and back.

use std::path::{Path, PathBuf};

/// The path that a `file` URI names; `None` for another scheme.
pub(super) fn to_path(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    // `file:///a` and `file://localhost/a`; a host of another name is a share.
    let path = rest.strip_prefix("localhost").filter(|path| path.starts_with('/')).unwrap_or(rest);
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        let escaped = (first == b'%').then(|| behind.get(..2)).flatten();
        let byte = escaped.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        match byte {
            Some(byte) => {
                bytes.push(byte);
                rest = behind.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = behind;
            }
        }
    }
    let path = String::from_utf8_lossy(&bytes).into_owned();
    Some(PathBuf::from(if has_drive(path.as_bytes()) { path[1..].to_owned() } else { path }))
}

/// The URI of an absolute path.
pub(super) fn of_path(path: &Path) -> String {
    let path = path.to_string_lossy().replace('\\', "/");
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "file:///" });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

/// Whether a path is one of Windows behind a slash: `/c:/a`.
fn has_drive(path: &[u8]) -> bool {
    matches!(path, [b'/', letter, b':', b'/', ..] if letter.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_their_uris() {
        for (path, uri) in [
            ("/a/b c.asl.json", "file:///a/b%20c.asl.json"),
            ("/größe/#1", "file:///gr%C3%B6%C3%9Fe/%231"),
            ("c:/x/y.json", "file:///c%3A/x/y.json"),
        ] {
            assert_eq!(of_path(Path::new(path)), uri);
            assert_eq!(to_path(uri).as_deref(), Some(Path::new(path)));
        }
        assert_eq!(to_path("file://localhost/a%"), Some(PathBuf::from("/a%")));
        assert_eq!(to_path("file:///C:/a"), Some(PathBuf::from("C:/a")));
        assert_eq!(to_path("untitled:Untitled-1"), None);
    }
}
