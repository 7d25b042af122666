//! The integration tests, one binary.

mod it {
    mod schema;
}
