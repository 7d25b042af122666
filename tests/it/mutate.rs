//! Damage to expressions, the same at every run: tokens taken out, doubled, swapped, replaced, put in.

/// Numbers that look random and are the same at every run (SplitMix64).
#[derive(Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Those of a text: what happens to it does not hang on its neighbours.
    pub(crate) fn of(text: &str) -> Self {
        Self(
            text.bytes()
                .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)),
        )
    }

    /// A number below `n`, which is not 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) as usize % n
    }

    pub(crate) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// Words, blanks and signs of a text, which together are the text.
pub(crate) fn tokens(text: &str) -> Vec<&str> {
    let class = |c: char| match c {
        _ if c.is_alphanumeric() || c == '_' || c == '$' => 0,
        _ if c.is_whitespace() => 1,
        _ => 2,
    };
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match class(first) {
            2 => first.len_utf8(),
            of_first => rest.find(|c| class(c) != of_first).unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after;
    }
    tokens
}

/// `text` with one to three mistakes; those that are put in come out of `pool` or out of the text itself.
pub(crate) fn damaged<'t>(text: &'t str, pool: &[&'t str], dice: &mut Dice) -> String {
    let mut tokens = tokens(text);
    for _ in 0..=dice.below(3) {
        if tokens.is_empty() {
            break;
        }
        let at = dice.below(tokens.len());
        match dice.below(7) {
            0 | 1 => _ = tokens.remove(at),
            2 => tokens.insert(at, tokens[at]),
            3 => {
                let other = dice.below(tokens.len());
                tokens.swap(at, other);
            }
            4 => tokens[at] = dice.pick(pool),
            5 => tokens.insert(at, dice.pick(pool)),
            _ => tokens.insert(at, tokens[dice.below(tokens.len())]),
        }
    }
    tokens.concat()
}

#[test]
fn damage_is_the_same_at_every_run() {
    let texts = || {
        let mut dice = Dice::of("seed");
        (0..40).map(|_| damaged("$a.b[é = 'x y'] + 1", &["(", "]"], &mut dice)).collect::<Vec<_>>()
    };
    assert_eq!(tokens("$a.b[é = 'x y']").join("|"), "$a|.|b|[|é| |=| |'|x| |y|'|]");
    assert_eq!(texts(), texts());
    let different: std::collections::BTreeSet<_> = texts().into_iter().collect();
    assert!(different.len() > 30, "{different:?}");
}
