//! How many users a pool has, without counting them.
//!
//! A `sub` is random, so the first of them in order say how dense all are: `k` of them in a share `f` of all that could be is `k / f` in
//! all, give or take one in the square root of `k`. That reads as much of a pool of a million as of one of three thousand.

use super::store;
use crate::store::{Result, Tx};

/// Up to here the number is exact; beyond, it is off by two percent or so.
const SAMPLE: i64 = 2_500;
/// A UUID's random bits before its version.
const BITS: u32 = 48;

pub async fn number_of_users(tx: &mut Tx, pool_id: &str) -> Result<i64> {
    let (found, last) = store::sample(tx, pool_id, SAMPLE).await?;
    Ok(if found < SAMPLE { found } else { last.and_then(|sub| extrapolate(found, &sub)).unwrap_or(found) })
}

fn extrapolate(found: i64, last: &str) -> Option<i64> {
    let digits: String = last.split('-').take(2).collect();
    let share = u64::from_str_radix(&digits, 16).ok()? as f64 / 2_f64.powi(BITS as i32);
    let number = (found - 1) as f64 / share;
    (digits.len() as u32 * 4 == BITS && number.is_finite()).then_some((number as i64).max(found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::rng::Rng;

    #[test]
    fn random_users_are_estimated_within_a_few_percent() {
        let rng = Rng::seeded(1);
        let mut subs: Vec<String> = (0..100_000).map(|_| crate::kit::id::uuid(&rng)).collect();
        subs.sort();
        let estimate = extrapolate(SAMPLE, &subs[SAMPLE as usize - 1]).unwrap();
        assert!((93_000..107_000).contains(&estimate), "{estimate}");
    }

    #[test]
    fn what_is_no_random_sub_is_no_estimate() {
        for sub in ["", "zz", "00000000-0000-4000-8000-000000000000", "ff-ff-4000-8000-000000000000"] {
            assert_eq!(extrapolate(SAMPLE, sub), None, "{sub}");
        }
    }
}
