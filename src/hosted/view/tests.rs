//! What each page promises to browsers, password managers, a pool's own stylesheet and its readers.

use super::confirm::Confirm;
use super::consent::Consent;
use super::error::ErrorPage;
use super::forgot_password::ForgotPassword;
use super::log_in::LogIn;
use super::mfa_app::MfaApp;
use super::mfa_choice::{Choice, Icon, MfaChoice};
use super::mfa_code::MfaCode;
use super::mfa_email::MfaEmail;
use super::new_password::NewPassword;
use super::reset_password::ResetPassword;
use super::select_account::{Account, SelectAccount};
use super::sign_out::SignOut;
use super::sign_up::SignUp;
use super::signed_out::SignedOut;
use super::*;
use crate::languages::Words;
use crate::ui::render;

const EVIL: &str = r#"'"><script>alert(1)</script>"#;

/// Every page, with `text` in every place that can hold any.
fn every_page(text: &str) -> Vec<String> {
    [
        pages_to_enter(text),
        pages_with_a_code(text),
        pages_at_the_end(text),
        pages_of_the_second_step(text),
        pages_before_the_application(text),
    ]
    .concat()
}

/// A chrome, fields and rules full of `text`.
fn full_of(text: &str) -> (Chrome, Vec<Field>, Vec<String>) {
    let t = || text.to_owned();
    let chrome = Chrome {
        pool_name: t(),
        logo_url: Some(t()),
        css_url: Some(t()),
        look: None,
        preview: Some(crate::ui::Preview { text: t().into(), links: vec![(t(), t())] }),
        base_css_url: t(),
        csrf: t(),
        notice: Some(Notice::Error(t())),
        words: Words::default(),
    };
    let wrong = |field| Field { hint: Some(t()), error: Some(t()), value: t(), ..field };
    let fields = vec![wrong(attribute::field(&Words::default(), text, true)), wrong(new_password_field("Password"))];
    (chrome, fields, vec![t()])
}

fn pages_to_enter(text: &str) -> Vec<String> {
    let t = || text.to_owned();
    let (chrome, fields, password_rules) = full_of(text);
    let log_in = LogIn {
        chrome: chrome.clone(),
        username_label: t(),
        username: t(),
        forgot_url: t(),
        sign_up_url: Some(t()),
        closed: false,
        ways: super::log_in::Ways { link: true, custom: true, ..Default::default() },
    };
    let terms = Some(super::sign_up::Terms { terms_of_use: t(), privacy_policy: t() });
    let sign_up = SignUp { chrome, fields, password_rules, log_in_url: t(), terms };
    vec![render(log_in::view(log_in)), render(sign_up::view(sign_up))]
}

fn pages_with_a_code(text: &str) -> Vec<String> {
    let t = || text.to_owned();
    let (chrome, _, password_rules) = full_of(text);
    let confirm = Confirm { chrome: chrome.clone(), username: t(), destination: Some(t()), code: t(), log_in_url: Some(t()) };
    let forgot = ForgotPassword { chrome: chrome.clone(), username_label: t(), username: t(), log_in_url: t() };
    let reset = ResetPassword { chrome, destination: Some(t()), password_rules, log_in_url: t() };
    vec![render(confirm::view(confirm)), render(forgot_password::view(forgot)), render(reset_password::view(reset))]
}

fn chrome_of(text: &str) -> Chrome {
    full_of(text).0
}

fn pages_at_the_end(text: &str) -> Vec<String> {
    let t = || text.to_owned();
    let (chrome, fields, password_rules) = full_of(text);
    let new = NewPassword { chrome: chrome.clone(), fields, password_rules };
    let out = SignedOut { chrome: chrome.clone(), log_in_url: Some(t()) };
    let error = ErrorPage { chrome, title: t().into(), message: t().into(), status: 400, detail: Some(t()) };
    let link = super::sign_in_link::SignInLink { chrome: chrome_of(text), username: t(), elsewhere: true, log_in_url: t() };
    vec![
        render(super::sign_in_link::view(link)),
        render(new_password::view(new)),
        render(signed_out::view(out)),
        render(error::view(error)),
    ]
}

/// What a pool's functions ask.
fn custom(text: &str, kind: crate::hosted::custom_form::Kind) -> super::custom::Custom {
    let t = || text.to_owned();
    let form = crate::hosted::custom_form::CustomForm {
        title: Some(t()),
        description: Some(t()),
        label: Some(t()),
        submit: Some(t()),
        kind,
        choices: vec![crate::hosted::custom_form::Choice { value: t(), label: t() }],
        image: Some(t()),
        image_alt: t(),
    };
    super::custom::Custom { chrome: full_of(text).0, step: t(), form, log_in_url: t() }
}

fn pages_of_the_second_step(text: &str) -> Vec<String> {
    let t = || text.to_owned();
    let (chrome, _, _) = full_of(text);
    let code = |app| MfaCode { chrome: chrome.clone(), step: t(), app, destination: t(), log_in_url: t() };
    let options = vec![Choice { value: "SMS_MFA", icon: Icon::Phone, label: t().into(), hint: t().into() }];
    let choice = MfaChoice { chrome: chrome.clone(), step: t(), sets_up: true, options, log_in_url: t() };
    let qr = qr::Qr::of(text);
    let app = MfaApp { chrome: chrome.clone(), step: t(), qr, uri: t(), key: t(), has_others: true, log_in_url: t() };
    let email = MfaEmail { chrome: chrome.clone(), step: t(), email: t(), has_others: true, log_in_url: t() };
    vec![
        render(super::custom::view(custom(text, crate::hosted::custom_form::Kind::Password))),
        render(super::custom::view(custom(text, crate::hosted::custom_form::Kind::Choice))),
        render(mfa_code::view(code(Some(t())))),
        render(mfa_code::view(code(None))),
        render(mfa_choice::view(choice)),
        render(mfa_app::view(app)),
        render(mfa_email::view(email)),
    ]
}

fn pages_before_the_application(text: &str) -> Vec<String> {
    let t = || text.to_owned();
    let (chrome, _, _) = full_of(text);
    let accounts = vec![Account { value: t(), name: t(), hint: Some(t()) }];
    let select = SelectAccount { chrome: chrome.clone(), client_name: t(), accounts };
    let consent = Consent { chrome: chrome.clone(), client_name: t(), person: t(), scopes: vec![t()] };
    let out = |stays| SignOut { chrome: chrome.clone(), people: vec![t()], stays };
    vec![
        render(select_account::view(select)),
        render(consent::view(consent)),
        render(sign_out::view(out(false))),
        render(sign_out::view(out(true))),
    ]
}

#[test]
fn an_answer_is_sent_by_a_script_of_ours_or_by_a_button() {
    let fields = vec![("state".to_owned(), EVIL.to_owned())];
    let page = form_post::FormPost { chrome: chrome(), address: EVIL.into(), fields, script_url: "/assets/form-post.js?v=1".into() };
    let html = render(form_post::view(page));
    assert!(!html.contains(EVIL) && html.contains(r#"<script src="/assets/form-post.js?v=1"></script>"#), "{html}");
    assert_eq!(
        (html.matches("<script").count(), html.matches(r#"type="submit""#).count(), html.matches("_csrf").count()),
        (1, 1, 0),
        "{html}"
    );
}

fn chrome() -> Chrome {
    Chrome { pool_name: "Acme".into(), base_css_url: "/app.css".into(), csrf: "token".into(), ..Chrome::default() }
}

fn log_in(username: &str, notice: Option<Notice>) -> String {
    render(log_in::view(LogIn {
        closed: false,
        chrome: Chrome { notice, ..chrome() },
        username_label: "Email".into(),
        username: username.into(),
        forgot_url: "/forgot".into(),
        sign_up_url: Some("/sign-up".into()),
        ways: super::log_in::Ways::default(),
    }))
}

/// The tag of the input with this name.
fn input<'a>(html: &'a str, name: &str) -> &'a str {
    let inputs = html.split("<input ").skip(1).filter_map(|rest| rest.split('>').next());
    inputs.into_iter().find(|tag| tag.contains(&format!(r#"name="{name}""#))).expect("an input of that name")
}

#[test]
fn nothing_from_outside_becomes_markup() {
    for html in every_page(EVIL) {
        assert!(!html.contains("<script"), "{html}");
        assert!(!html.contains(EVIL), "{html}");
    }
}

#[test]
fn every_form_posts_to_its_own_address_with_the_token() {
    for html in every_page("token") {
        let forms = html.matches("<form").count();
        assert_eq!(html.matches(r#"method="post""#).count(), forms, "{html}");
        assert_eq!(html.matches(r#"<input type="hidden" name="_csrf" value="token">"#).count(), forms, "{html}");
        assert!(!html.contains("action=\"") || html.contains(r#"name="action" value="resend""#), "{html}");
        assert!(!html.contains("<script") && !html.contains("style="), "the policy forbids both: {html}");
    }
}

#[test]
fn password_managers_find_the_fields() {
    let html = log_in("", None);
    let username = input(&html, "username");
    assert!(username.contains(r#"autocomplete="username""#) && username.contains(" autofocus"), "{username}");
    assert!(input(&html, "password").contains(r#"autocomplete="current-password""#));
    assert!(!input(&html, "password").contains("autofocus"));
    let [_, _, _, _, reset, _, new, _, _, _, _, app, sent, _, set_up, email, ..]: [String; 20] =
        every_page("x").try_into().expect("twenty pages");
    for page in [reset, app, sent, set_up] {
        assert!(input(&page, "code").contains(r#"autocomplete="one-time-code""#));
        assert!(input(&page, "code").contains(r#"inputmode="numeric""#));
    }
    assert!(input(&email, "email").contains(r#"autocomplete="email""#));
    assert!(input(&new, "password").contains(r#"autocomplete="new-password""#));
}

#[test]
fn after_a_failure_the_cursor_is_in_the_password_and_the_reason_is_read() {
    let html = log_in("ada@example.com", Some(Notice::Error("Incorrect username or password.".into())));
    let password = input(&html, "password");
    assert!(password.contains(" autofocus") && password.contains(r#"aria-describedby="notice""#), "{password}");
    assert!(input(&html, "username").contains(r#"value="ada@example.com""#));
    assert!(!input(&html, "username").contains("autofocus"));
}

#[test]
fn the_wording_is_what_people_and_tests_look_for() {
    let html = log_in("", None);
    for text in ["Email<", "Password<", ">Sign in</button>", ">Forgot your password?</a>", ">Create an account</a>"] {
        assert!(html.contains(text), "{text} in {html}");
    }
    let all = every_page("x").concat();
    for button in ["Create account", "Confirm", "Send a new code", "Send reset code", "Reset password", "Set new password"] {
        assert!(all.contains(&format!(">{button}</button>")), "{button}");
    }
}

#[test]
fn every_form_of_the_second_step_says_which_step_it_answers() {
    for html in pages_of_the_second_step("tag") {
        assert_eq!(html.matches(r#"<input type="hidden" name="step" value="tag">"#).count(), html.matches("<form").count(), "{html}");
        assert!(html.contains(">Sign in as someone else</a>"), "{html}");
    }
}

#[test]
fn another_code_is_offered_where_one_was_sent() {
    let code = |app: Option<&str>| {
        let app = app.map(str::to_owned);
        render(mfa_code::view(MfaCode { chrome: chrome(), app, destination: "j***@e***".into(), ..MfaCode::default() }))
    };
    let sent = code(None);
    assert!(sent.contains("We sent a code to") && sent.contains("j***@e***") && sent.contains("Send a new code"), "{sent}");
    let named = code(Some("phone"));
    assert!(named.contains("that your authenticator app (") && named.contains(">phone</bdi>"), "{named}");
    let unnamed = code(Some(""));
    assert!(unnamed.contains("that your authenticator app shows</p>") && !unnamed.contains("Send a new code"), "{unnamed}");
}

#[test]
fn an_app_is_set_up_by_picture_link_or_text() {
    let uri = "otpauth://totp/Acme:jane?secret=ABCDEFGH&issuer=Acme";
    let model = MfaApp { chrome: chrome(), qr: qr::Qr::of(uri), uri: uri.into(), key: "ABCD EFGH".into(), ..MfaApp::default() };
    let html = render(mfa_app::view(model));
    assert!(html.contains("class=\"qr\"") && html.contains("ABCD EFGH</code>"), "{html}");
    assert!(html.contains(r#"href="otpauth://totp/Acme:jane?secret=ABCDEFGH&amp;issuer=Acme""#), "{html}");
    assert!(!html.contains("Choose another way"), "{html}");
}

#[test]
fn a_pools_own_stylesheet_finds_its_classes() {
    let html = every_page("x").concat();
    for class in [
        "background",
        "banner",
        "errorMessage",
        "inputField",
        "label",
        "legalText",
        "logo",
        "passwordCheck-notValid",
        "redirect",
        "submitButton",
        "textDescription",
    ] {
        assert!(html.contains(&format!("{class}-customizable")), "{class}");
    }
}

#[test]
fn without_self_sign_up_there_is_no_link_to_it() {
    let html = render(log_in::view(LogIn { chrome: chrome(), ..LogIn::default() }));
    assert!(!html.contains("Create an account"), "{html}");
}

#[test]
fn the_new_password_page_always_asks_for_the_password_first() {
    let fields = vec![attribute::field(&Words::default(), "given_name", true)];
    let html = render(new_password::view(NewPassword { chrome: chrome(), fields, password_rules: vec![] }));
    assert!(html.find(r#"name="password""#) < html.find(r#"name="given_name""#), "{html}");
}

#[test]
fn a_log_in_page_is_small() {
    assert!(log_in("", None).len() < 2048);
}
