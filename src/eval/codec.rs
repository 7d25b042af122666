//! Turns bytes into the texts that `States.Hash`, `States.Base64Encode` and their JSONata likes make of them, and back.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sha1::{Digest, Sha1};

/// The standard alphabet, as Java's basic decoder reads it: padding can be left out, bits that are left over do not count.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The digest of the bytes in lower-case hexadecimal; `None` where the service knows no algorithm of this name. Case counts.
pub(in crate::eval) fn hash(algorithm: &str, bytes: &[u8]) -> Option<String> {
    Some(match algorithm {
        "MD5" => hexadecimal(&md5::Md5::digest(bytes)),
        "SHA-1" => hexadecimal(&Sha1::digest(bytes)),
        "SHA-256" => hexadecimal(&sha2::Sha256::digest(bytes)),
        "SHA-384" => hexadecimal(&sha2::Sha384::digest(bytes)),
        "SHA-512" => hexadecimal(&sha2::Sha512::digest(bytes)),
        _ => return None,
    })
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes in Base64, padded.
pub(in crate::eval) fn base64_encode(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// The bytes that a Base64 text says; `None` where it is none.
pub(in crate::eval) fn base64_decode(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}

/// The bytes that a text says in which anything may stand: what is no digit of Base64 is passed over, the first `=` is the end,
/// a digit that is left over does not count. So reads what is widely used in Java, and the digits `-` and `_` too; so does Node.
pub(in crate::eval) fn base64_decode_leniently(text: &str) -> Vec<u8> {
    let digit = |c| match c {
        '-' => Some('+'),
        '_' => Some('/'),
        '+' | '/' => Some(c),
        _ => c.is_ascii_alphanumeric().then_some(c),
    };
    let mut digits: String = text.split('=').next().unwrap_or_default().chars().filter_map(digit).collect();
    if digits.len() % 4 == 1 {
        digits.pop();
    }
    base64_decode(&digits).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_standards() {
        // RFC 1321, A.5; FIPS 180-4 examples, "abc".
        for (algorithm, expected) in [
            ("MD5", "900150983cd24fb0d6963f7d28e17f72"),
            ("SHA-1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("SHA-256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "SHA-384",
                "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
            ),
            (
                "SHA-512",
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd\
                 454d4423643ce80e2a9ac94fa54ca49f",
            ),
        ] {
            assert_eq!(hash(algorithm, b"abc").as_deref(), Some(expected), "{algorithm}");
        }
        assert_eq!(hash("md5", b"abc"), None);
    }

    #[test]
    fn base64_goes_there_and_back() {
        // RFC 4648, section 10.
        for (text, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            assert_eq!(base64_encode(text.as_bytes()), encoded);
            assert_eq!(base64_decode(encoded).as_deref(), Some(text.as_bytes()));
        }
        assert_eq!(base64_decode("Zg").as_deref(), Some(&b"f"[..]));
        assert_eq!(base64_decode("Zh==").as_deref(), Some(&b"f"[..]));
        for text in ["Z", "Zg= =", "Z-_v", "Zm9v\n"] {
            assert_eq!(base64_decode(text), None, "{text}");
        }
        for (text, expected) in
            [(" Z g\n", "f"), ("Zg==Zg==", "f"), ("Zm9vY", "foo"), ("!Zm9v!", "foo"), ("Pz8_Pj4-", "???>>>")]
        {
            assert_eq!(base64_decode_leniently(text), expected.as_bytes(), "{text}");
        }
    }
}
