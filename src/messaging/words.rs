//! What messages say where a pool has no words of its own: the texts, by the kind of the message.
//!
//! Placeholders: `{pool}`, `{username}`, `{code}` (code, temporary password or link) and, in the lines of an alert, `{value}`.

use super::alert::Alert;
use super::message::MessageKind;
use crate::languages::{Language, Text, Words};

/// The words of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailWords {
    pub language: Language,
    pub subject: Text,
    /// One paragraph each, before the code or the button.
    pub lines: Vec<Text>,
    /// What the button says, where the mail holds a link.
    pub button: Text,
    /// The last paragraph.
    pub closing: Text,
}

impl MailWords {
    fn new(words: &Words, subject: &str, lines: &[&str], button: Option<&str>, closing: &str) -> Self {
        Self {
            language: words.language,
            subject: words.get(subject),
            lines: lines.iter().map(|key| words.get(key)).collect(),
            button: button.map(|key| words.get(key)).unwrap_or_default(),
            closing: words.get(closing),
        }
    }
}

/// The words of a mail. `by_link` is a sign-up that is confirmed by a link.
pub fn email(words: &Words, kind: MessageKind, by_link: bool) -> MailWords {
    let (subject, lines, button): (_, &[&str], _) = match kind {
        MessageKind::Invitation => ("mail.invitation_subject", &["mail.invitation", "mail.invitation_password"], None),
        MessageKind::ForgotPassword => ("mail.reset_subject", &["mail.reset"], None),
        MessageKind::SignIn => ("mail.sign_in_subject", &["mail.sign_in"], None),
        MessageKind::SignInLink => ("mail.sign_in_link_subject", &["mail.sign_in_link"], Some("mail.sign_in_link_button")),
        MessageKind::SignUp if by_link => ("mail.link_subject", &["mail.link"], Some("mail.link_button")),
        MessageKind::SignUp | MessageKind::VerifyAttribute | MessageKind::Alert => ("mail.code_subject", &["mail.code"], None),
    };
    MailWords::new(words, subject, lines, button, "mail.ignore")
}

/// The words of a text message.
pub fn sms(words: &Words, kind: MessageKind) -> Text {
    words.get(match kind {
        MessageKind::Invitation => "sms.invitation",
        MessageKind::ForgotPassword => "sms.reset",
        MessageKind::SignIn => "sms.sign_in",
        MessageKind::SignInLink => "sms.sign_in_link",
        MessageKind::SignUp | MessageKind::VerifyAttribute | MessageKind::Alert => "sms.code",
    })
}

/// What a mail, or a text message, tells of something that happened to an account.
pub fn alert(words: &Words, alert: &Alert) -> MailWords {
    let (subject, line) = match alert {
        Alert::PasswordChanged => ("alert.password_subject", "alert.password"),
        Alert::EmailChanged(_) => ("alert.email_subject", "alert.email"),
        Alert::PhoneChanged(_) => ("alert.phone_subject", "alert.phone"),
        Alert::FactorAdded(_) => ("alert.added_subject", "alert.added"),
        Alert::FactorRemoved(_) => ("alert.removed_subject", "alert.removed"),
        Alert::RecoveryCodeUsed => ("alert.recovery_code_subject", "alert.recovery_code"),
        Alert::RecoveryStarted(_) => ("alert.recovery_subject", "alert.recovery"),
        Alert::SignInFrom(_) => ("alert.sign_in_subject", "alert.sign_in"),
        Alert::SignInBlocked(_) => ("alert.blocked_subject", "alert.blocked"),
    };
    MailWords::new(words, subject, &[line], None, "alert.act")
}
