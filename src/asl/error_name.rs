//! placeholder until merge
#![expect(missing_docs, reason = "x")]
pub fn is_known(_: &str) -> bool {
    true
}
pub fn is_reserved(_: &str) -> bool {
    false
}
pub fn claims_to_be_known(_: &str) -> bool {
    false
}
pub fn nearest(_: &str) -> Option<&'static str> {
    None
}
