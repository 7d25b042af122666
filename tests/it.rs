//! The integration tests, one binary.

#[path = "it/fields.rs"]
mod fields;
#[path = "it/schema.rs"]
mod schema;
#[path = "it/support.rs"]
mod support;
