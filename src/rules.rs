//! The registry: every rule is a page in `rules/` and a function in `src/rules/`, and one name in the list below.
//!
//! The page holds all metadata and the examples, which run as tests; the function holds all logic. A rule finds, then
//! words, then points: it never decides whether it is enabled, and never sorts.

mod page;
#[cfg(test)]
mod page_tests;
mod sink;

use std::fmt;
use std::sync::OnceLock;

pub use page::{Fixable, Group, Page, Tag};
pub use sink::Sink;

use crate::analysis::Analysis;

/// One rule.
pub struct Rule {
    /// Its name, as people write it: `unreachable-state`.
    pub id: &'static str,
    /// Its page as written.
    pub markdown: &'static str,
    page: OnceLock<Page>,
    pub(crate) check: fn(&Analysis<'_>, &mut Sink<'_>),
}

impl Rule {
    /// Its page, taken apart at the first question.
    #[must_use]
    pub fn page(&self) -> &Page {
        self.page.get_or_init(|| Page::parse(self.markdown))
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

/// The rule called `id`.
#[must_use]
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// `a_b` as `a-b`, at compile time.
const fn kebab<const N: usize>(stem: &str) -> [u8; N] {
    let mut id = [0; N];
    let mut at = 0;
    while at < N {
        let byte = stem.as_bytes()[at];
        id[at] = if byte == b'_' { b'-' } else { byte };
        at += 1;
    }
    id
}

macro_rules! rules {
    ($($stem:ident),* $(,)?) => {
        $(mod $stem;)*

        static ALL: [Rule; [$(stringify!($stem)),*].len()] = [$(Rule {
            id: {
                const ID: [u8; stringify!($stem).len()] = kebab(stringify!($stem));
                match std::str::from_utf8(&ID) {
                    Ok(id) => id,
                    Err(_) => panic!("an identifier is UTF-8"),
                }
            },
            markdown: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/", stringify!($stem), ".md")),
            page: OnceLock::new(),
            check: $stem::check,
        }),*];

        /// Every rule, by name.
        pub static RULES: &[Rule] = &ALL;

        /// The examples of each page.
        #[cfg(test)]
        mod pages {
            $(
                #[test]
                fn $stem() {
                    super::page_tests::run(stringify!($stem));
                }
            )*
        }
    };
}

rules! {
    absent_field,
    callback_without_timeout,
    callback_without_token,
    choice_may_fail,
    choice_not_exhaustive,
    conflicting_transition,
    constant_condition,
    contradictory_rule,
    credentials_on_activity,
    dangling_target,
    dead_choice_rule,
    definition_too_large,
    deprecated_field,
    dubious_failure_tolerance,
    duplicate_choice_rule,
    duplicate_csv_header,
    duplicate_key,
    duplicate_state_name,
    duplicate_template_key,
    endless_loop,
    excessive_retries,
    exclusive_fields,
    failing_operation,
    fatal_branch,
    fixed_name,
    fixed_timestamp,
    frequent_polling,
    full_history,
    handler_loops_back,
    heartbeat_not_below_timeout,
    impossible_http_request,
    ineffective_max_delay,
    ineffective_timeout,
    jsonata_delimiters,
    jsonpath_key,
    literal_expression,
    lost_input,
    malformed_intrinsic,
    malformed_jsonata,
    malformed_label,
    malformed_path,
    malformed_pattern,
    malformed_pointer,
    malformed_role,
    malformed_state_name,
    malformed_suppression,
    malformed_timestamp,
    malformed_variable_name,
    maybe_absent_field,
    maybe_unassigned_variable,
    misplaced_field,
    misplaced_states_all,
    missing_field,
    missing_parameters,
    missing_request_field,
    missing_result_writer,
    missing_s3_location,
    missing_transient_retry,
    missing_transition,
    mixed_query_language,
    mixed_regions,
    mixed_timestamp_formats,
    nested_too_deep,
    never_ending_loop,
    no_terminal_state,
    non_idempotent_express,
    non_idempotent_retry,
    out_of_scope_variable,
    overwritten_write,
    pattern_without_wildcard,
    payload_not_unwrapped,
    payload_too_large,
    pointless_choice,
    pointless_heartbeat,
    pointless_retrier,
    polling_without_wait,
    possibly_undefined_value,
    prefix_without_slash,
    reassigned_outer_variable,
    regex_like_pattern,
    reserved_error_name,
    reserved_error_prefix,
    settled_comparison,
    shadowed_error_name,
    similar_state_name,
    single_item_filter,
    stale_variable,
    static_result,
    swallowed_error,
    syntax_error,
    unassigned_variable,
    unbound_states_field,
    uncatchable_error,
    unchanging_loop,
    unfit_reader_field,
    unfit_result,
    unguarded_recursion,
    unhandled_error,
    unknown_context_field,
    unknown_error_name,
    unknown_field,
    unknown_function,
    unknown_request_field,
    unknown_resource,
    unknown_value,
    unlimited_concurrency,
    unlinked_execution,
    unoptimised_integration,
    unpinned_function,
    unraised_error,
    unreachable_default,
    unreachable_state,
    unread_assignment,
    unstable_idempotency_key,
    unsupported_by_express,
    unsupported_by_inline,
    unsupported_reference,
    unused_suppression,
    unused_variable,
    value_out_of_range,
    variables_differing_in_case,
    wait_outlasts_execution,
    wrong_arguments,
    wrong_type,
}
