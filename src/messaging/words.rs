//! What messages say where a pool has no words of its own: every default sentence, by the kind of the message.
//!
//! Placeholders: `{pool}`, `{username}`, `{####}` (code or temporary password) and, in the lines of an alert, `{value}`.

use super::alert::Alert;
use super::message::MessageKind;

/// The words of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    pub subject: &'static str,
    /// One paragraph each, before the code or the button.
    pub lines: &'static [&'static str],
    /// What the button says, where the mail holds a link.
    pub button: &'static str,
    /// The last paragraph.
    pub closing: &'static str,
}

const IGNORE: &str = "If you did not ask for this, you can ignore this message.";
const ACT: &str = "If this was not you, change your password now and tell the people who run this service.";

/// The words of a mail. `by_link` is a sign-up that is confirmed by a link.
pub fn email(kind: MessageKind, by_link: bool) -> Words {
    let words = |subject, lines| Words { subject, lines, button: "", closing: IGNORE };
    match kind {
        MessageKind::Invitation => words(
            "Your temporary password",
            &[
                "An account was made for you at {pool}. Your user name is {username}.",
                "Sign in with this temporary password and choose one of your own:",
            ],
        ),
        MessageKind::ForgotPassword => {
            words("Your password reset code", &["Use this code to reset your password at {pool}. It is valid for one hour."])
        }
        MessageKind::SignIn => {
            words("Your sign-in code", &["Use this code to sign in at {pool}. Nobody who works there will ever ask you for it."])
        }
        MessageKind::SignInLink => Words {
            button: "Sign in",
            ..words("Your link to sign in", &["Use this link to sign in at {pool}. It works once, for a few minutes. Do not pass it on."])
        },
        MessageKind::SignUp if by_link => Words {
            button: "Confirm e-mail address",
            ..words("Confirm your e-mail address", &["Use this link to confirm your e-mail address at {pool}. It is valid for 24 hours."])
        },
        MessageKind::SignUp | MessageKind::VerifyAttribute => {
            words("Your verification code", &["Use this code to confirm your e-mail address at {pool}. It is valid for 24 hours."])
        }
        MessageKind::Alert => Words { closing: ACT, ..words("About your account", &[]) },
    }
}

/// The words of a text message.
pub fn sms(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Invitation => "Your username is {username} and temporary password is {####}. ",
        MessageKind::ForgotPassword => "Your password reset code is {####}. ",
        MessageKind::SignIn => "Your authentication code is {####}. ",
        MessageKind::SignInLink => "Sign in at {pool}: {####}",
        MessageKind::SignUp | MessageKind::VerifyAttribute => "Your verification code is {####}. ",
        MessageKind::Alert => "",
    }
}

/// What a mail, or a text message, tells of something that happened to an account.
pub fn alert(alert: &Alert) -> Words {
    let words = |subject, lines| Words { subject, lines, button: "", closing: ACT };
    match alert {
        Alert::PasswordChanged => words("Your password was changed", &["The password of your account {username} at {pool} was changed."]),
        Alert::EmailChanged(_) => {
            words("Your e-mail address was changed", &["The e-mail address of your account {username} at {pool} was changed to {value}."])
        }
        Alert::PhoneChanged(_) => {
            words("Your phone number was changed", &["The phone number of your account {username} at {pool} was changed to {value}."])
        }
        Alert::FactorAdded(_) => {
            words("A way to sign in was added", &["A way to sign in was added to your account {username} at {pool}: {value}."])
        }
        Alert::FactorRemoved(_) => {
            words("A way to sign in was removed", &["A way to sign in was removed from your account {username} at {pool}: {value}."])
        }
        Alert::RecoveryCodeUsed => {
            words("A recovery code was used", &["A recovery code was used to sign in to your account {username} at {pool}."])
        }
        Alert::RecoveryStarted(_) => words(
            "Recovery of your account was started",
            &["Somebody asked to recover your account {username} at {pool}. Unless you cancel it, this takes effect: {value}."],
        ),
        Alert::SignInFrom(_) => words("New sign-in", &["Your account {username} at {pool} was used to sign in: {value}."]),
        Alert::SignInBlocked(_) => {
            words("A sign-in was blocked", &["Somebody tried to sign in to your account {username} at {pool} and was stopped: {value}."])
        }
    }
}
