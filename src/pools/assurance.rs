//! How strong a sign-in was: Cognito's four levels, by the methods that were really used.

use super::Pool;

/// The level of these methods (RFC 8176, and Cognito's `email_otp`): 1 a password alone, 2 one code that was sent, 3 a passkey or two factors,
/// 4 two factors of which one is an authenticator app.
pub fn level(methods: &[&str]) -> u8 {
    let has = |name: &str| methods.contains(&name);
    match (has("mfa"), has("otp")) {
        (true, true) => 4,
        (true, false) => 3,
        _ if has("hwk") || has("swk") => 3,
        _ if has("sms") || has("email_otp") => 2,
        _ => 1,
    }
}

/// The name of the level that a sign-in reached, its methods separated by spaces.
pub fn acr(pool: &Pool, amr: &str) -> Option<String> {
    let methods: Vec<&str> = amr.split(' ').filter(|m| !m.is_empty()).collect();
    pool.settings().acr_configuration.name(level(&methods)).map(str::to_owned)
}

/// Whether a sign-in reached one of these levels, or one above. Names that are none of the pool's are passed over; where none is, anything will do.
pub fn suffices(pool: &Pool, amr: &str, wanted: &[String]) -> bool {
    let methods: Vec<&str> = amr.split(' ').filter(|m| !m.is_empty()).collect();
    let lowest = (1..=4).find(|n| pool.settings().acr_configuration.name(*n).is_some_and(|name| wanted.iter().any(|w| w == name)));
    lowest.is_none_or(|lowest| level(&methods) >= lowest)
}

#[cfg(test)]
mod tests {
    use super::level;

    #[test]
    fn levels_follow_the_methods() {
        for (methods, expected) in
            [(&[][..], 1), (&["pwd"], 1), (&["email_otp"], 2), (&["swk"], 3), (&["pwd", "sms", "mfa"], 3), (&["pwd", "otp", "mfa"], 4)]
        {
            assert_eq!(level(methods), expected, "{methods:?}");
        }
    }
}
