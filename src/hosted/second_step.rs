//! The second step of a sign-in as a flow keeps it: which challenge is open, and what its page shows.

use super::custom_form::CustomForm;
use crate::api::Cx;
use crate::auth::answer::Answer;
use crate::auth::challenge::{CUSTOM_CHALLENGE, EMAIL_OTP, MFA_SETUP, SELECT_MFA_TYPE, SMS_MFA, SOFTWARE_TOKEN_MFA};
use crate::kit::{mac, text};
use crate::users::mfa::Factor;
use serde::{Deserialize, Serialize};

/// The purpose that the seed on a flow row is sealed for.
const SEED: &str = "totp seed of a flow";

/// A challenge that a page shows. Its session proves nothing by itself, and its seed is sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SecondStep {
    /// `ChallengeName` and `Session`
    pub challenge: String,
    pub session: String,
    /// Where a code went, masked.
    pub destination: Option<String>,
    /// What the user calls their authenticator app.
    pub app_name: Option<String>,
    /// What there is to choose from, or to set up.
    pub factors: Vec<Factor>,
    /// The factor that is being set up.
    pub chosen: Option<Factor>,
    /// The key of the authenticator app that is being set up, sealed: this flow's own, so that nobody else's can be seen in it.
    pub seed: Option<String>,
    /// What a custom challenge asks.
    pub form: Option<CustomForm>,
}

impl SecondStep {
    /// Of a challenge, where it is one that the pages can ask for.
    pub fn of(answer: Answer) -> Option<Self> {
        let challenge = answer.challenge_name?;
        let mut parameters = answer.challenge_parameters;
        let factors = match challenge {
            SOFTWARE_TOKEN_MFA | SMS_MFA | EMAIL_OTP => None,
            SELECT_MFA_TYPE => Some(parameters.remove("MFAS_CAN_CHOOSE")?),
            MFA_SETUP => Some(parameters.remove("MFAS_CAN_SETUP")?),
            CUSTOM_CHALLENGE => None,
            _ => return None,
        };
        Some(Self {
            challenge: challenge.to_owned(),
            session: answer.session?,
            form: (challenge == CUSTOM_CHALLENGE).then(|| CustomForm::of(&parameters)),
            destination: parameters.remove("CODE_DELIVERY_DESTINATION"),
            app_name: parameters.remove("FRIENDLY_DEVICE_NAME"),
            factors: factors.map(|list| serde_json::from_str(&list)).transpose().ok()?.unwrap_or_default(),
            ..Self::default()
        })
    }

    /// What the page's forms carry: a form of an earlier step, left open in another tab, answers nothing.
    pub fn tag(&self) -> String {
        let chosen = self.chosen.map(Factor::as_str).unwrap_or_default();
        mac::sha256_hex(format!("{}\n{chosen}", self.session).as_bytes()).chars().take(16).collect()
    }

    pub fn keep_seed(&mut self, cx: &Cx, seed: &str) {
        self.seed = Some(text::base64url(&cx.app.sealer.seal(cx.rng(), SEED, seed.as_bytes())));
    }

    /// The key of the app that is being set up, in base 32.
    pub fn open_seed(&self, cx: &Cx) -> Option<String> {
        let sealed = text::from_base64url(self.seed.as_deref()?)?;
        String::from_utf8(cx.app.sealer.open(SEED, &sealed)?.to_vec()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_kept_with_what_its_page_shows() {
        let asked = Answer::challenge(SOFTWARE_TOKEN_MFA, "s".into(), [("FRIENDLY_DEVICE_NAME", "phone".to_owned())]);
        let step = SecondStep::of(asked).unwrap();
        assert_eq!((step.session.as_str(), step.app_name.as_deref(), step.factors.len()), ("s", Some("phone"), 0));
        let list = r#"["SMS_MFA","EMAIL_OTP"]"#.to_owned();
        let step = SecondStep::of(Answer::challenge(SELECT_MFA_TYPE, "s".into(), [("MFAS_CAN_CHOOSE", list)])).unwrap();
        assert_eq!(step.factors, [Factor::Sms, Factor::Email]);
        let custom = SecondStep::of(Answer::challenge(CUSTOM_CHALLENGE, "s".into(), [("form.title", "Riddle".to_owned())]));
        assert_eq!(custom.unwrap().form.unwrap().title.as_deref(), Some("Riddle"));
        assert_eq!(SecondStep::of(Answer::challenge("PASSWORD_VERIFIER", "s".into(), [])), None);
    }

    #[test]
    fn the_forms_of_two_steps_differ() {
        let step = |session: &str, chosen| SecondStep { session: session.into(), chosen, ..SecondStep::default() }.tag();
        assert_eq!(step("a", None), step("a", None));
        assert_ne!(step("a", None), step("b", None));
        assert_ne!(step("a", Some(Factor::Email)), step("a", Some(Factor::SoftwareToken)));
    }
}
