//! Any bytes, as JSON and as YAML: syntax, lowering and every rule, and each span lies inside the text.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run check -- -max_len=4096 -dict=fuzz/asl.dict` (see README, "Working on it").

#![no_main]

use aslint::engine::{Options, check};
use aslint::source::Source;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for name in ["fuzz.asl.json", "fuzz.asl.yaml"] {
        let source = Source::new(name, bytes.to_vec());
        let report = check(&source, &Options::default());
        for found in &report.diagnostics {
            assert!(source.text.get(found.primary.span.range()).is_some(), "{found:?}");
            for label in &found.related {
                assert!(source.text.get(label.span.range()).is_some(), "{found:?}");
            }
            for edit in found.fixes.iter().flat_map(|fix| &fix.edits) {
                assert!(source.text.get(edit.span.range()).is_some(), "{found:?}");
            }
        }
    }
});
