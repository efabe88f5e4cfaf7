//! The models of the pages, from a visit.

pub mod second_factor;

use super::answer::Page;
use super::session::BrowserSession;
use super::view::{self, Chrome, Field, FieldKind, Notice};
use super::visit::Visit;
use crate::auth::{custom, link};
use crate::boot::assets;
use crate::languages::Words;
use crate::pools::Pool;

/// What surrounds a page.
pub fn chrome(visit: &Visit, page: Page) -> Chrome {
    let notice = visit.notice(page).map(|n| if n.is_error { Notice::Error(n.text.clone()) } else { Notice::Success(n.text.clone()) });
    let at = |path: &Option<String>| path.as_ref().map(|p| format!("{}/{p}", visit.base));
    Chrome {
        pool_name: visit.pool.name.clone(),
        logo_url: at(&visit.brand.logo),
        css_url: at(&visit.brand.css),
        look: visit.look().map(|look| look.clone().below(&visit.base)),
        preview: None,
        base_css_url: assets::stylesheet().to_owned(),
        csrf: visit.browser.clone(),
        notice,
        words: visit.words.clone(),
    }
}

/// What a person signs in with.
pub fn username_label(words: &Words, pool: &Pool) -> String {
    let has = |name| pool.is_username_attribute(name);
    let key = match (has("email"), has("phone_number")) {
        (true, true) => "page.email_or_phone_number",
        (true, false) => "attribute.email",
        (false, true) => "attribute.phone_number",
        (false, false) if pool.is_alias_attribute("email") => "page.username_or_email",
        (false, false) => "attribute.username",
    };
    words.get(key).into_owned()
}

/// Whether people may make accounts themselves.
pub fn has_sign_up(pool: &Pool) -> bool {
    !pool.settings().admin_create_user_config.allow_admin_create_user_only
}

pub fn log_in(visit: &Visit) -> view::log_in::LogIn {
    view::log_in::LogIn {
        chrome: chrome(visit, Page::LogIn),
        closed: !visit.client.offers_own_sign_in(),
        ways: ways(visit),
        username_label: username_label(&visit.words, &visit.pool),
        username: visit.flow.username.clone(),
        forgot_url: visit.address(Page::ForgotPassword),
        sign_up_url: has_sign_up(&visit.pool).then(|| visit.address(Page::SignUp)),
    }
}

pub fn select_account(visit: &Visit, accounts: &[BrowserSession]) -> view::select_account::SelectAccount {
    let account = |session: &BrowserSession| view::select_account::Account {
        value: session.session_id.clone(),
        name: session.person.name().to_owned(),
        // Where people sign in by an address, a user name is a number that nobody knows.
        hint: Some(session.person.username.clone()).filter(|name| !visit.pool.has_username_attributes() && name != session.person.name()),
    };
    view::select_account::SelectAccount {
        chrome: chrome(visit, Page::SelectAccount),
        client_name: visit.client.client_name.clone(),
        accounts: accounts.iter().map(account).collect(),
    }
}

pub fn consent(visit: &Visit, account: &BrowserSession, scopes: Vec<String>) -> view::consent::Consent {
    view::consent::Consent {
        chrome: chrome(visit, Page::Consent),
        client_name: visit.client.client_name.clone(),
        person: account.person.name().to_owned(),
        scopes,
    }
}

/// What else than a password the client takes.
pub fn ways(visit: &Visit) -> view::log_in::Ways {
    view::log_in::Ways {
        password: !custom::is_the_only_way(&visit.pool, &visit.client),
        link: link::lifetime(&visit.pool, &visit.client).is_some(),
        custom: custom::is_offered(&visit.pool, &visit.client),
    }
}

pub fn sign_in_link(visit: &Visit) -> view::sign_in_link::SignInLink {
    view::sign_in_link::SignInLink {
        chrome: chrome(visit, Page::SignInLink),
        username: visit.flow.username.clone(),
        elsewhere: visit.sign_in_link.as_ref().is_some_and(|link| link.elsewhere),
        log_in_url: visit.address(Page::LogIn),
    }
}

pub fn sign_up(visit: &Visit) -> view::sign_up::SignUp {
    let mut fields = sign_up_fields(&visit.words, &visit.pool);
    for field in &mut fields {
        field.value = visit.flow.values.get(&field.name).cloned().unwrap_or_default();
    }
    fields.push(view::new_password_field(visit.words.get("page.password")));
    view::sign_up::SignUp {
        chrome: chrome(visit, Page::SignUp),
        fields,
        password_rules: password_rules(&visit.words, &visit.pool),
        log_in_url: visit.address(Page::LogIn),
        terms: visit
            .brand
            .terms
            .as_ref()
            .and_then(|t| t.addresses(visit.words.language))
            .map(|(terms_of_use, privacy_policy)| view::sign_up::Terms { terms_of_use, privacy_policy }),
    }
}

/// The name to sign in with, the addresses that the pool proves, and whatever else it requires.
pub fn sign_up_fields(words: &Words, pool: &Pool) -> Vec<Field> {
    let both = pool.is_username_attribute("email") && pool.is_username_attribute("phone_number");
    let mut fields = Vec::new();
    if both || !pool.has_username_attributes() {
        let label = words.get(if both { "page.email_or_phone_number" } else { "attribute.username" });
        fields.push(view::username_field(label, String::new()));
    }
    let is_name = |name: &str| !both && pool.is_username_attribute(name);
    let required = pool.document.schema.iter().filter(|a| a.required && a.name != "sub").map(|a| a.name.as_str());
    let proved = pool.settings().auto_verified_attributes.iter().map(String::as_str).filter(|_| !both);
    let mut names: Vec<&str> = ["email", "phone_number"].into_iter().filter(|name| is_name(name)).collect();
    names.extend(proved.chain(required));
    for (index, name) in names.iter().enumerate() {
        if names[..index].contains(name) {
            continue;
        }
        let mut field = view::attribute::field(words, name, true);
        if is_name(name) {
            field.autocomplete = "username";
        }
        fields.push(field);
    }
    fields
}

pub fn confirm(visit: &Visit) -> view::confirm::Confirm {
    view::confirm::Confirm {
        chrome: chrome(visit, Page::Confirm),
        username: visit.flow.username.clone(),
        destination: visit.flow.destination.clone(),
        code: visit.link.as_ref().map(|(_, code)| code.clone()).unwrap_or_default(),
        log_in_url: visit.request().map(|_| visit.address(Page::LogIn)),
    }
}

pub fn forgot_password(visit: &Visit) -> view::forgot_password::ForgotPassword {
    view::forgot_password::ForgotPassword {
        chrome: chrome(visit, Page::ForgotPassword),
        username_label: username_label(&visit.words, &visit.pool),
        username: visit.flow.username.clone(),
        log_in_url: visit.address(Page::LogIn),
    }
}

pub fn reset_password(visit: &Visit) -> view::reset_password::ResetPassword {
    view::reset_password::ResetPassword {
        chrome: chrome(visit, Page::ResetPassword),
        destination: visit.flow.destination.clone(),
        password_rules: password_rules(&visit.words, &visit.pool),
        log_in_url: visit.address(Page::LogIn),
    }
}

pub fn new_password(visit: &Visit) -> view::new_password::NewPassword {
    let mut fields: Vec<Field> = visit.flow.missing.iter().map(|name| view::attribute::field(&visit.words, name, true)).collect();
    for field in fields.iter_mut().filter(|f| f.kind != FieldKind::Password) {
        field.value = visit.flow.values.get(&field.name).cloned().unwrap_or_default();
    }
    view::new_password::NewPassword {
        chrome: chrome(visit, Page::NewPassword),
        fields,
        password_rules: password_rules(&visit.words, &visit.pool),
    }
}

/// The password policy, as a person reads it.
pub fn password_rules(words: &Words, pool: &Pool) -> Vec<String> {
    let policy = pool.password_policy();
    let mut rules = vec![words.fill("password.length", &[("count", &policy.minimum_length.to_string())])];
    let parts = [
        (policy.require_lowercase, "password.lowercase"),
        (policy.require_uppercase, "password.uppercase"),
        (policy.require_numbers, "password.number"),
        (policy.require_symbols, "password.symbol"),
    ];
    rules.extend(parts.into_iter().filter(|(required, _)| *required).map(|(_, key)| words.get(key).into_owned()));
    rules
}
