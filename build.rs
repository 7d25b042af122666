//! Says how the command is linked.

/// Where it runs on Linux with glibc, at the address that it is linked for. Its tables of pages, rules, schemas and commands are
/// full of pointers, twenty thousand of them, and to move them to another address takes a tenth of the time in which a small
/// machine is checked. Libraries, stack and heap are where chance puts them all the same.
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|known| known == value);
    let is_static =
        std::env::var("CARGO_CFG_TARGET_FEATURE").is_ok_and(|all| all.split(',').any(|it| it == "crt-static"));
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") && !is_static {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
