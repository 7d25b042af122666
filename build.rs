//! Says how the command is linked.

use std::env;

/// Where it runs on Linux with glibc, at the address that it is linked for. Its tables of pages, rules, schemas and commands are
/// full of pointers, twenty thousand of them, and to move them to another address takes a tenth of the time in which a small
/// machine is checked. Libraries, stack and heap are where chance puts them all the same.
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is_static = variable("CARGO_CFG_TARGET_FEATURE").split(',').any(|feature| feature == "crt-static");
    if variable("CARGO_CFG_TARGET_OS") == "linux" && variable("CARGO_CFG_TARGET_ENV") == "gnu" && !is_static {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}

#[expect(clippy::disallowed_methods, reason = "this is how a build script is told what is built")]
fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default()
}
