//! The API's refusals in words for people: what is wrong, and what to do.

use crate::api::{ApiError, Exception};
use crate::languages::Words;

/// A sentence that a person can act on.
pub fn of(words: &Words, error: &ApiError) -> String {
    let message = error.message();
    let key = match error.exception() {
        Some(Exception::TooManyRequestsException) => Some("refusal.busy"),
        Some(Exception::UserNotFoundException) => Some("notice.no_such_account"),
        Some(Exception::LimitExceededException) => Some("refusal.too_often"),
        Some(Exception::CodeMismatchException) => Some("refusal.wrong_code"),
        Some(Exception::ExpiredCodeException) => Some("refusal.old_code"),
        Some(Exception::UsernameExistsException) => Some("refusal.account_exists"),
        Some(Exception::AliasExistsException) => Some("refusal.address_taken"),
        Some(Exception::CodeDeliveryFailureException) => Some("refusal.not_delivered"),
        Some(Exception::MFAMethodNotFoundException) => Some("refusal.no_second_step"),
        Some(Exception::PasswordHistoryPolicyViolationException) => Some("refusal.password_used"),
        Some(Exception::InvalidPasswordException) => password(&message),
        Some(Exception::NotAuthorizedException) => not_authorized(&message),
        Some(Exception::InvalidParameterException) => parameter(&message),
        Some(Exception::UserLambdaValidationException) => return of_function(&message),
        Some(Exception::UnexpectedLambdaException | Exception::InvalidLambdaResponseException) => Some("refusal.function"),
        _ => None,
    };
    match key {
        Some(key) => words.get(key).into_owned(),
        // Of a parameter, the name comes first; what is wrong with it is the rest.
        None if error.is(Exception::InvalidParameterException) => ended(message.rsplit(": ").next().unwrap_or(&message)),
        None => ended(&message),
    }
}

/// What a function of the application's owner says, in their own words.
fn of_function(message: &str) -> String {
    let own = message.split_once(" failed with error ").map_or(message, |(_, own)| own);
    // The API ends it with a full stop of its own.
    ended(own.strip_suffix('.').unwrap_or(own))
}

/// The same where a second factor was asked for.
pub fn of_second_step(words: &Words, error: &ApiError) -> String {
    let key = match error.exception() {
        Some(Exception::NotAuthorizedException) if error.message() == "Password attempts exceeded" => "refusal.wrong_codes",
        Some(Exception::EnableSoftwareTokenMFAException) => "refusal.wrong_app_code",
        Some(Exception::ExpiredCodeException) => "refusal.used_app_code",
        Some(Exception::SoftwareTokenMFANotFoundException | Exception::ConcurrentModificationException) => "refusal.app_changed",
        Some(Exception::MFAMethodNotFoundException) => "refusal.way_gone",
        _ => return of(words, error),
    };
    words.get(key).into_owned()
}

fn password(message: &str) -> Option<&'static str> {
    Some(match message.rsplit(": ").next().unwrap_or(message) {
        "Password not long enough" => "refusal.password_short",
        "Password must have uppercase characters" => "refusal.password_uppercase",
        "Password must have lowercase characters" => "refusal.password_lowercase",
        "Password must have numeric characters" => "refusal.password_number",
        "Password must have symbol characters" => "refusal.password_symbol",
        "Password must not start or end with a space" => "refusal.password_space",
        _ => return None,
    })
}

fn not_authorized(message: &str) -> Option<&'static str> {
    Some(match message {
        "Incorrect username or password." => "refusal.bad_credentials",
        "Password attempts exceeded" => "refusal.wrong_passwords",
        "User is disabled." => "refusal.disabled",
        "Temporary password has expired and must be reset by an administrator." => "refusal.temporary_expired",
        m if m.starts_with("Invalid session for the user") => "refusal.took_too_long",
        m if m.starts_with("User cannot be confirmed. Current status is CONFIRMED") => "refusal.already_confirmed",
        _ => return None,
    })
}

fn parameter(message: &str) -> Option<&'static str> {
    Some(match message {
        "Invalid email address format." | "Username should be an email." => "refusal.bad_email",
        "Invalid phone number format." | "Username should be a phone number." => "refusal.bad_phone_number",
        m if m.starts_with("Cannot reset password for the user") => "refusal.no_address",
        m if m.contains("failed to satisfy constraint") => "refusal.missing_or_long",
        _ => return None,
    })
}

/// A sentence ends with a full stop.
fn ended(message: &str) -> String {
    let message = message.trim();
    if message.ends_with(['.', '!', '?']) { message.to_owned() } else { format!("{message}.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_read_like_sentences() {
        let words = Words::default();
        assert_eq!(of(&words, &ApiError::bad_credentials()), "That name or password is not right. Check both and try again.");
        let short = ApiError::invalid_password("Password did not conform with policy: Password must have numeric characters");
        assert_eq!(of(&words, &short), "The password needs a number.");
        assert_eq!(of(&words, &ApiError::invalid_parameter("name: too odd")), "too odd.");
        let locked = ApiError::not_authorized("Password attempts exceeded");
        assert!(of(&words, &locked).contains("wrong passwords") && of_second_step(&words, &locked).contains("wrong codes"));
        let thrown = |m: &str| of(&words, &ApiError::user_lambda_validation(format!("PreSignUp failed with error {m}.")));
        assert_eq!((thrown("Members only"), thrown("Really? ")), ("Members only.".to_owned(), "Really?".to_owned()));
        let used = ApiError::expired_code("Your software token has already been used once.");
        assert!(of_second_step(&words, &used).starts_with("That code was used already."));
        let replaced = ApiError::concurrent_modification("Another authenticator app was associated at the same time.");
        assert_eq!(of_second_step(&words, &replaced), "Your authenticator app was changed at the same time. Sign in again.");
    }
}
