//! Turns the environment into how output looks: colours and width.

use std::env;
use std::io::{self, IsTerminal};

use terminal_size::terminal_size_of;

use crate::report::{Colour, Format, Style};

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// On a terminal, unless the environment says otherwise.
    Auto,
    Always,
    Never,
}

/// Columns where nobody says how many there are.
const COLUMNS: usize = 100;

/// Whether what goes to a stream is coloured: `NO_COLOR` before `CLICOLOR_FORCE` before `CLICOLOR` before the terminal, see
/// <https://no-color.org> and <https://bixense.com/clicolors>.
pub(super) fn colour(when: When, stream: &impl IsTerminal) -> Colour {
    let on = match when {
        When::Always => true,
        When::Never => false,
        When::Auto => {
            let is_set = |name| variable(name).is_some_and(|value| value != "0");
            if variable("NO_COLOR").is_some() {
                false
            } else if is_set("CLICOLOR_FORCE") {
                true
            } else {
                let refused = variable("CLICOLOR").is_some_and(|value| value == "0");
                !refused && variable("TERM").is_none_or(|term| term != "dumb") && stream.is_terminal()
            }
        }
    };
    if on { Colour::On } else { Colour::Off }
}

/// How a report looks that goes to `stream`.
pub(super) fn style(format: Format, colour: Colour, stream: &impl IsTerminal) -> Style {
    let wraps = stream.is_terminal() || variable("COLUMNS").is_some();
    Style { format, colour, width: width(), wraps }
}

/// Columns to draw in.
pub(super) fn width() -> usize {
    let sizes = || terminal_size_of(io::stdout()).or_else(|| terminal_size_of(io::stderr()));
    let terminal = || sizes().map(|(width, _)| usize::from(width.0));
    variable("COLUMNS").and_then(|columns| columns.parse().ok()).or_else(terminal).unwrap_or(COLUMNS).clamp(40, 160)
}

/// A variable of the environment; an empty one counts as absent.
#[expect(clippy::disallowed_methods, reason = "the environment is read here")]
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
