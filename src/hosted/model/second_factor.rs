//! The models of the second step's pages, and which of them a flow is at.

use super::chrome;
use crate::auth::challenge::{MFA_SETUP, SELECT_MFA_TYPE, SOFTWARE_TOKEN_MFA};
use crate::hosted::answer::Page;
use crate::hosted::second_step::SecondStep;
use crate::hosted::view::{self, custom, mfa_app, mfa_choice, mfa_code, mfa_email};
use crate::hosted::visit::Visit;
use crate::languages::Words;
use crate::ui::render;
use crate::users::mfa::Factor;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What RFC 3986 leaves unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The page that the flow is at; nothing where no second step is open.
pub fn draw(visit: &Visit) -> Option<String> {
    let step = visit.flow.second_step.as_ref()?;
    if let Some(form) = step.form.clone() {
        let (chrome, log_in_url) = (chrome(visit, Page::SecondFactor), visit.address(Page::LogIn));
        return Some(render(custom::view(custom::Custom { chrome, step: step.tag(), form, log_in_url })));
    }
    let html = match (step.challenge.as_str(), step.chosen) {
        (SELECT_MFA_TYPE, _) => render(mfa_choice::view(choice(visit, step, false))),
        (MFA_SETUP, None) => render(mfa_choice::view(choice(visit, step, true))),
        (MFA_SETUP, Some(Factor::Email)) => render(mfa_email::view(email(visit, step))),
        (MFA_SETUP, Some(_)) => render(mfa_app::view(app(visit, step)?)),
        _ => render(mfa_code::view(code(visit, step))),
    };
    Some(html)
}

fn code(visit: &Visit, step: &SecondStep) -> mfa_code::MfaCode {
    mfa_code::MfaCode {
        chrome: chrome(visit, Page::SecondFactor),
        step: step.tag(),
        app: (step.challenge == SOFTWARE_TOKEN_MFA).then(|| step.app_name.clone().unwrap_or_default()),
        destination: step.destination.clone().unwrap_or_default(),
        log_in_url: visit.address(Page::LogIn),
    }
}

fn choice(visit: &Visit, step: &SecondStep, sets_up: bool) -> mfa_choice::MfaChoice {
    mfa_choice::MfaChoice {
        chrome: chrome(visit, Page::SecondFactor),
        step: step.tag(),
        sets_up,
        options: step.factors.iter().filter_map(|factor| option(&visit.words, *factor, sets_up)).collect(),
        log_in_url: visit.address(Page::LogIn),
    }
}

pub fn option(words: &Words, factor: Factor, sets_up: bool) -> Option<mfa_choice::Choice> {
    let (icon, label, hint) = match (factor, sets_up) {
        (Factor::SoftwareToken, false) => (mfa_choice::Icon::App, "mfa.app", "mfa.app_hint"),
        (Factor::SoftwareToken, true) => (mfa_choice::Icon::App, "mfa.app", "mfa.app_set_up_hint"),
        (Factor::Sms, _) => (mfa_choice::Icon::Phone, "mfa.sms", "mfa.sms_hint"),
        (Factor::Email, _) => (mfa_choice::Icon::Mail, "mfa.email", "mfa.email_hint"),
        (Factor::WebAuthn, _) => return None,
    };
    Some(mfa_choice::Choice { value: factor.as_str(), icon, label: words.get(label), hint: words.get(hint) })
}

fn email(visit: &Visit, step: &SecondStep) -> mfa_email::MfaEmail {
    mfa_email::MfaEmail {
        chrome: chrome(visit, Page::SecondFactor),
        step: step.tag(),
        email: visit.flow.values.get("email").cloned().unwrap_or_default(),
        has_others: step.factors.len() > 1,
        log_in_url: visit.address(Page::LogIn),
    }
}

fn app(visit: &Visit, step: &SecondStep) -> Option<mfa_app::MfaApp> {
    let seed = step.open_seed(&visit.cx)?;
    let uri = key_uri(&visit.pool.name, &visit.flow.username, &seed);
    Some(mfa_app::MfaApp {
        chrome: chrome(visit, Page::SecondFactor),
        step: step.tag(),
        qr: view::qr::Qr::of(&uri),
        uri,
        key: groups_of_four(&seed),
        has_others: step.factors.len() > 1,
        log_in_url: visit.address(Page::LogIn),
    })
}

/// The address by which authenticator apps take a key ("Key Uri Format"). SHA-1, six digits and thirty seconds are what it means by itself.
fn key_uri(pool: &str, username: &str, seed: &str) -> String {
    let encode = |text| utf8_percent_encode(text, RESERVED);
    let (issuer, account) = (encode(pool), encode(username));
    format!("otpauth://totp/{issuer}:{account}?secret={seed}&issuer={issuer}")
}

fn groups_of_four(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_written_for_people_and_for_apps() {
        assert_eq!(groups_of_four("ABCDEFGHIJ"), "ABCD EFGH IJ");
        let uri = key_uri("Acme & Söhne", "jane@example.com:x", "ABCD");
        assert_eq!(uri, "otpauth://totp/Acme%20%26%20S%C3%B6hne:jane%40example.com%3Ax?secret=ABCD&issuer=Acme%20%26%20S%C3%B6hne");
    }
}
