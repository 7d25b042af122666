//! Finds short numbers between two others.

/// So many numbers in order, above one and below another; as short as they can be. `None` where binary64 has none.
#[must_use]
pub(super) fn between(above: Option<f64>, below: Option<f64>, n_numbers: usize) -> Option<Vec<f64>> {
    let n = u32::try_from(n_numbers).ok().map(f64::from)?;
    let fits = |numbers: &[f64]| {
        numbers.windows(2).all(|pair| pair[0] < pair[1])
            && above.is_none_or(|above| numbers.iter().all(|&number| number > above))
            && below.is_none_or(|below| numbers.iter().all(|&number| number < below))
    };
    let run = |first: f64, step: f64| -> Vec<f64> {
        (0..n_numbers).map(|i| first + step * u32::try_from(i).map_or(0.0, f64::from)).collect()
    };
    // Whole numbers; then decimals, one digit after the other.
    let mut starts = vec![1.0, 0.0];
    starts.extend(above.map(|above| above.floor() + 1.0));
    starts.extend(below.map(|below| below.ceil() - n));
    if let Some(found) = starts.into_iter().map(|start| run(start, 1.0)).find(|numbers| fits(numbers)) {
        return Some(found);
    }
    for digits in 1..16 {
        let scale = 10_f64.powi(digits);
        let from = above.map_or_else(
            || below.map_or(0.0, |below| (below * scale).ceil() - n - 1.0),
            |above| (above * scale).floor(),
        );
        for skip in [1.0, 2.0] {
            let found: Vec<f64> = run(from + skip, 1.0).into_iter().map(|number| number / scale).collect();
            if fits(&found) {
                return Some(found);
            }
        }
    }
    let (above, below) = (above?, below?);
    let found = run(1.0, 1.0).into_iter().map(|i| above + (below - above) * i / (n + 1.0)).collect::<Vec<f64>>();
    fits(&found).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (above, below, n_numbers, expected) in [
            (None, None, 1, Some(vec![1.0])),
            (Some(1.0), None, 2, Some(vec![2.0, 3.0])),
            (None, Some(0.0), 1, Some(vec![-1.0])),
            (Some(-1.0), Some(1.0), 1, Some(vec![0.0])),
            (Some(1.0), Some(2.0), 1, Some(vec![1.1])),
            (Some(1.0), Some(2.0), 2, Some(vec![1.1, 1.2])),
            (Some(0.5), Some(0.6), 1, Some(vec![0.51])),
            (Some(100.0), Some(200.0), 1, Some(vec![101.0])),
            (Some(1.0), Some(1.0_f64.next_up()), 1, None),
        ] {
            assert_eq!(between(above, below, n_numbers), expected, "{above:?} {below:?}");
        }
    }
}
