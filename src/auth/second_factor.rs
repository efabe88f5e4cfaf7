//! Which second factor a user must prove (the decision that Cognito's guide describes for pools with MFA).

use super::challenge;
use crate::api::Result;
use crate::pools::Pool;
use crate::pools::settings::MfaConfiguration;
use crate::users::User;
use crate::users::mfa::Factor;

/// What the pool demands after the first factor.
#[derive(Debug, PartialEq, Eq)]
pub enum Demand {
    Nothing,
    One(Factor),
    /// The user chooses.
    Choose(Vec<Factor>),
    /// The user has none and must set one of these up.
    SetUp(Vec<Factor>),
    /// The user has none and cannot set one up.
    Impossible,
}

/// The demand on this user: what they prefer, then what they switched on, then, where a second factor is required, what they could use.
pub fn demand(pool: &Pool, user: &User) -> Demand {
    if pool.mfa_configuration() == MfaConfiguration::Off {
        return Demand::Nothing;
    }
    let mut enabled: Vec<Factor> = user.mfa.enabled.iter().copied().filter(|f| is_available(pool, user, *f)).collect();
    enabled.sort_unstable();
    if let Some(preferred) = user.mfa.preferred.filter(|f| enabled.contains(f)) {
        return Demand::One(preferred);
    }
    match (enabled.as_slice(), pool.mfa_configuration()) {
        ([], MfaConfiguration::On) => required(pool, user),
        ([], _) => Demand::Nothing,
        ([one], _) => Demand::One(*one),
        _ => Demand::Choose(enabled),
    }
}

/// Whether the user has a second factor that a sign-in would ask for.
pub fn has_any(pool: &Pool, user: &User) -> bool {
    !matches!(demand(pool, user), Demand::Nothing)
}

/// Refuses to set a factor up inside a sign-in once the user has one: by then whoever knows the password alone must prove it instead.
pub fn refuse_unless_to_set_up(pool: &Pool, user: &User) -> Result<()> {
    if matches!(demand(pool, user), Demand::SetUp(_)) { Ok(()) } else { Err(challenge::invalid()) }
}

/// Whether the pool offers this factor and the user has what it needs. A passkey is a first factor that may count for two.
pub fn is_available(pool: &Pool, user: &User, factor: Factor) -> bool {
    match factor {
        Factor::Sms => pool.offers_sms_mfa() && user.attribute("phone_number").is_some(),
        Factor::Email => pool.offers_email_mfa() && user.attribute("email").is_some(),
        Factor::SoftwareToken => pool.offers_software_token_mfa() && user.mfa.has_software_token,
        Factor::WebAuthn => false,
    }
}

fn required(pool: &Pool, user: &User) -> Demand {
    let messages = [(Factor::Sms, "phone_number"), (Factor::Email, "email")].into_iter();
    // One channel can not both recover the account and guard it.
    let usable = messages.filter(|(factor, attribute)| is_available(pool, user, *factor) && !recovers(pool, attribute));
    let app = is_available(pool, user, Factor::SoftwareToken).then_some(Factor::SoftwareToken);
    let mut choices: Vec<Factor> = usable.map(|(factor, _)| factor).chain(app).collect();
    choices.sort_unstable();
    match choices.as_slice() {
        [] => set_up(pool, user),
        [one] => Demand::One(*one),
        _ => Demand::Choose(choices),
    }
}

fn set_up(pool: &Pool, user: &User) -> Demand {
    let app = pool.offers_software_token_mfa().then_some(Factor::SoftwareToken);
    let by_email = pool.offers_email_mfa() && user.attribute("email").is_none() && !recovers(pool, "email");
    let offered: Vec<Factor> = app.into_iter().chain(by_email.then_some(Factor::Email)).collect();
    if offered.is_empty() { Demand::Impossible } else { Demand::SetUp(offered) }
}

/// Whether this attribute is the pool's first way to recover an account. Without a setting, messages serve both.
fn recovers(pool: &Pool, attribute: &str) -> bool {
    let setting = pool.settings().account_recovery_setting.as_ref();
    let first = setting.and_then(|s| s.recovery_mechanisms.iter().min_by_key(|m| m.priority));
    first.is_some_and(|m| m.name.strip_prefix("verified_") == Some(attribute))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pools::mfa::{EmailMfa, SmsMfa, SoftwareTokenMfa};
    use crate::pools::pool::Document;
    use crate::pools::settings::{AccountRecoverySetting, RecoveryMechanism};
    use crate::users::user::tests::user;
    use Factor::{Email, Sms, SoftwareToken};

    /// A pool that offers all three factors.
    fn pool(configuration: MfaConfiguration) -> Pool {
        let mut document = Document::default();
        document.settings.mfa_configuration = configuration;
        document.mfa.sms_mfa_configuration = Some(SmsMfa::default());
        document.mfa.email_mfa_configuration = Some(EmailMfa::default());
        document.mfa.software_token_mfa_configuration = Some(SoftwareTokenMfa { enabled: true });
        Pool { id: "us-east-1_Test".into(), name: "t".into(), document, created_at: 0, modified_at: 0 }
    }

    fn recovering_by(mut pool: Pool, name: &str) -> Pool {
        let recovery_mechanisms = vec![RecoveryMechanism { priority: 1, name: name.into() }];
        pool.document.settings.account_recovery_setting = Some(AccountRecoverySetting { recovery_mechanisms });
        pool
    }

    fn person(attributes: &[&str], has_app: bool, enabled: &[Factor], preferred: Option<Factor>) -> User {
        let mut user = user();
        for name in attributes {
            user.attributes.insert((*name).into(), "x".into());
        }
        user.mfa.has_software_token = has_app;
        user.mfa.enabled = enabled.to_vec();
        user.mfa.preferred = preferred;
        user
    }

    #[test]
    fn nothing_is_demanded_where_nothing_is_set() {
        let all = person(&["email", "phone_number"], true, &[Sms, SoftwareToken], Some(Sms));
        assert_eq!(demand(&pool(MfaConfiguration::Off), &all), Demand::Nothing);
        let none = person(&["email", "phone_number"], true, &[], None);
        assert_eq!(demand(&pool(MfaConfiguration::Optional), &none), Demand::Nothing);
    }

    #[test]
    fn what_a_user_prefers_comes_before_what_they_switched_on() {
        let pool = pool(MfaConfiguration::Optional);
        let both = |preferred| person(&["phone_number"], true, &[SoftwareToken, Sms], preferred);
        assert_eq!(demand(&pool, &both(Some(SoftwareToken))), Demand::One(SoftwareToken));
        assert_eq!(demand(&pool, &both(None)), Demand::Choose(vec![Sms, SoftwareToken]));
        // What lost its address does not count.
        assert_eq!(demand(&pool, &person(&[], true, &[SoftwareToken, Sms], Some(Sms))), Demand::One(SoftwareToken));
    }

    #[test]
    fn a_required_factor_is_found_or_set_up() {
        let on = || pool(MfaConfiguration::On);
        assert_eq!(demand(&on(), &person(&["phone_number"], false, &[], None)), Demand::One(Sms));
        assert_eq!(demand(&on(), &person(&["phone_number", "email"], false, &[], None)), Demand::Choose(vec![Sms, Email]));
        assert_eq!(demand(&on(), &person(&["phone_number"], true, &[], None)), Demand::Choose(vec![Sms, SoftwareToken]));
        assert_eq!(demand(&on(), &person(&[], true, &[], None)), Demand::One(SoftwareToken));
        assert_eq!(demand(&on(), &person(&[], false, &[], None)), Demand::SetUp(vec![SoftwareToken, Email]));
    }

    #[test]
    fn the_way_to_recover_is_no_second_factor() {
        let by_email = || recovering_by(pool(MfaConfiguration::On), "verified_email");
        assert_eq!(demand(&by_email(), &person(&["phone_number", "email"], false, &[], None)), Demand::One(Sms));
        assert_eq!(demand(&by_email(), &person(&["email"], false, &[], None)), Demand::SetUp(vec![SoftwareToken]));
        let mut only_mail = by_email();
        only_mail.document.mfa.software_token_mfa_configuration = None;
        assert_eq!(demand(&only_mail, &person(&["email"], false, &[], None)), Demand::Impossible);
        // Unless the user switched it on.
        assert_eq!(demand(&by_email(), &person(&["email"], false, &[Email], None)), Demand::One(Email));
    }
}
