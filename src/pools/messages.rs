//! What a pool's messages say and who they come from, with Cognito's member names and defaults.

use super::settings::Settings;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VerificationMessageTemplate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_message_by_link: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_subject_by_link: Option<String>,
    pub default_email_option: DefaultEmailOption,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DefaultEmailOption {
    ConfirmWithLink,
    #[default]
    ConfirmWithCode,
}

/// Who mail comes from. Poolhouse sends it through the operator's server whichever account is named.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EmailConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to_email_address: Option<String>,
    pub email_sending_account: EmailSendingAccount,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Of SES, where that carries the mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration_set: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EmailSendingAccount {
    #[default]
    CognitoDefault,
    Developer,
}

/// The role that Cognito would send SMS with. It is kept for those who read it back; Poolhouse needs no role to send.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SmsConfiguration {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sns_caller_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sns_region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eums_sms: Option<EumsSms>,
}

/// The other service that Cognito can send SMS with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EumsSms {
    pub caller_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origination_identity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration_set_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_entity_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_template_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MessageTemplate {
    #[serde(rename = "SMSMessage", skip_serializing_if = "Option::is_none")]
    pub sms_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_subject: Option<String>,
}

impl Settings {
    /// With the texts that have two names the same under both. Where a request gives two texts, the one counts that was not stored before.
    pub fn with_mirrored_texts(mut self, before: Option<&Settings>) -> Self {
        let template = &mut self.verification_message_template;
        let stored = before.map(|s| &s.verification_message_template);
        mirror(&mut template.email_message, &mut self.email_verification_message, stored.and_then(|t| t.email_message.as_ref()));
        mirror(&mut template.email_subject, &mut self.email_verification_subject, stored.and_then(|t| t.email_subject.as_ref()));
        mirror(&mut template.sms_message, &mut self.sms_verification_message, stored.and_then(|t| t.sms_message.as_ref()));
        self
    }
}

fn mirror(template: &mut Option<String>, older: &mut Option<String>, before: Option<&String>) {
    if template.is_none() || older.is_some() && template.as_ref() == before {
        template.clone_from(older);
    } else {
        older.clone_from(template);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_that_is_new_counts() {
        let text = |s: &str| Some(s.to_owned());
        for (template, older, before, then) in [
            (text("a"), None, None, text("a")),
            (None, text("b"), None, text("b")),
            (text("a"), text("b"), None, text("a")),
            (text("a"), text("b"), text("b"), text("a")),
            (text("a"), text("b"), text("a"), text("b")),
            (None, None, text("a"), None),
        ] {
            let (mut one, mut other) = (template, older);
            mirror(&mut one, &mut other, before.as_ref());
            assert_eq!((&one, &other), (&then, &then));
        }
    }
}
