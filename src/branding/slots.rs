//! Limits on how many of a thing a pool has: each takes a numbered place, and the table's key lets a place be taken once. So two requests
//! at once cannot pass a limit together.

/// The first place below `limit` that is not among those taken, which are in order.
pub fn first_free(taken: &[i64], limit: i64) -> Option<i64> {
    let free = (0..).zip(taken).find(|(expected, slot)| expected != *slot).map_or(taken.len() as i64, |(expected, _)| expected);
    (free < limit).then_some(free)
}

#[cfg(test)]
mod tests {
    use super::first_free;

    #[test]
    fn gaps_are_filled_first() {
        assert_eq!(first_free(&[], 2), Some(0));
        assert_eq!(first_free(&[0, 1, 3], 5), Some(2));
        assert_eq!(first_free(&[1], 5), Some(0));
        assert_eq!(first_free(&[0, 1], 2), None);
    }
}
