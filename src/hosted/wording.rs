//! The API's refusals in words for people: what is wrong, and what to do.

use crate::api::{ApiError, Exception};

/// A sentence that a person can act on.
pub fn of(error: &ApiError) -> String {
    let message = error.message();
    let text = match error.exception() {
        Some(Exception::TooManyRequestsException) => "Many people are signing in right now. Wait a moment and try again.",
        Some(Exception::LimitExceededException) => "You have tried too often. Wait an hour and try again.",
        Some(Exception::CodeMismatchException) => "That code is not right. Check it and try again.",
        Some(Exception::ExpiredCodeException) => "That code is not valid any more. Ask for a new one.",
        Some(Exception::UsernameExistsException) => {
            "There is already an account with these details. Sign in instead, or reset your password."
        }
        Some(Exception::AliasExistsException) => "Another account already uses that address. Sign in with it instead.",
        Some(Exception::CodeDeliveryFailureException) => "The message with your code could not be sent. Try again later.",
        Some(Exception::MFAMethodNotFoundException) => {
            "This account needs a second step to sign in, and has none that works here. Ask the people who run the application."
        }
        Some(Exception::InvalidPasswordException) => return password(&message),
        Some(Exception::NotAuthorizedException) => return not_authorized(&message),
        Some(Exception::InvalidParameterException) => return parameter(&message),
        Some(Exception::UserLambdaValidationException) => return of_function(&message),
        Some(Exception::UnexpectedLambdaException | Exception::InvalidLambdaResponseException) => {
            "Something went wrong at the application. Try again later, or ask the people who run it."
        }
        _ => return ended(&message),
    };
    text.to_owned()
}

/// What a function of the application's owner says, in their own words.
fn of_function(message: &str) -> String {
    let own = message.split_once(" failed with error ").map_or(message, |(_, own)| own);
    // The API ends it with a full stop of its own.
    ended(own.strip_suffix('.').unwrap_or(own))
}

/// The same where a second factor was asked for.
pub fn of_second_step(error: &ApiError) -> String {
    let text = match error.exception() {
        Some(Exception::NotAuthorizedException) if error.message() == "Password attempts exceeded" => {
            "There were too many wrong codes for this account. Wait a few minutes, then sign in again."
        }
        Some(Exception::EnableSoftwareTokenMFAException) => "That code is not right. Try the next one that your app shows.",
        Some(Exception::ExpiredCodeException) => "That code was used already. Wait for the next one that your app shows.",
        Some(Exception::SoftwareTokenMFANotFoundException | Exception::ConcurrentModificationException) => {
            "Your authenticator app was changed at the same time. Sign in again."
        }
        Some(Exception::MFAMethodNotFoundException) => "That way to confirm that it is you is not available any more. Sign in again.",
        _ => return of(error),
    };
    text.to_owned()
}

fn password(message: &str) -> String {
    let what = message.rsplit(": ").next().unwrap_or(message);
    match what {
        "Password not long enough" => "That password is too short. See what it needs below.".to_owned(),
        "Password must have uppercase characters" => "The password needs an uppercase letter.".to_owned(),
        "Password must have lowercase characters" => "The password needs a lowercase letter.".to_owned(),
        "Password must have numeric characters" => "The password needs a number.".to_owned(),
        "Password must have symbol characters" => "The password needs a symbol, such as ! or #.".to_owned(),
        other => ended(other),
    }
}

fn not_authorized(message: &str) -> String {
    let text = match message {
        "Incorrect username or password." => "That name or password is not right. Check both and try again.",
        "Password attempts exceeded" => "There were too many wrong passwords for this account. Wait a few minutes and try again.",
        "User is disabled." => "This account is disabled. Ask the people who run the application.",
        "Temporary password has expired and must be reset by an administrator." => {
            "Your temporary password has expired. Ask the people who run the application for a new one."
        }
        m if m.starts_with("Invalid session for the user") => "You took too long. Sign in again.",
        m if m.starts_with("User cannot be confirmed. Current status is CONFIRMED") => "Your account is confirmed already. Sign in.",
        other => return ended(other),
    };
    text.to_owned()
}

fn parameter(message: &str) -> String {
    let text = match message {
        "Invalid email address format." | "Username should be an email." => "That is not a valid email address.",
        "Invalid phone number format." | "Username should be a phone number." => {
            "Write the phone number with its country code, such as +442079460958."
        }
        m if m.starts_with("Cannot reset password for the user") => {
            "There is no confirmed address to send a code to. Ask the people who run the application."
        }
        m if m.contains("failed to satisfy constraint") => "Something is missing or too long. Check what you typed and try again.",
        other => return ended(other.rsplit(": ").next().unwrap_or(other)),
    };
    text.to_owned()
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
        assert_eq!(of(&ApiError::bad_credentials()), "That name or password is not right. Check both and try again.");
        let short = ApiError::invalid_password("Password did not conform with policy: Password must have numeric characters");
        assert_eq!(of(&short), "The password needs a number.");
        assert_eq!(of(&ApiError::invalid_parameter("name: too odd")), "too odd.");
        let locked = ApiError::not_authorized("Password attempts exceeded");
        assert!(of(&locked).contains("wrong passwords") && of_second_step(&locked).contains("wrong codes"));
        let thrown = |m: &str| of(&ApiError::user_lambda_validation(format!("PreSignUp failed with error {m}.")));
        assert_eq!((thrown("Members only"), thrown("Really? ")), ("Members only.".to_owned(), "Really?".to_owned()));
        let used = ApiError::expired_code("Your software token has already been used once.");
        assert!(of_second_step(&used).starts_with("That code was used already."));
        let replaced = ApiError::concurrent_modification("Another authenticator app was associated at the same time.");
        assert_eq!(of_second_step(&replaced), "Your authenticator app was changed at the same time. Sign in again.");
    }
}
