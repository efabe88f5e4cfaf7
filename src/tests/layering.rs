//! The rooms keep to themselves: who may name which table, and who may know of what. Read from the sources.

use regex::Regex;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The file that owns each table.
const OWNERS: &[(&str, &str)] = &[
    ("attempts", "users/attempts/store.rs"),
    ("auth_events", "risk/store.rs"),
    ("authorization_codes", "oauth/store.rs"),
    ("browser_sessions", "hosted/store.rs"),
    ("certificate_accounts", "certificates/store.rs"),
    ("certificate_challenges", "certificates/store.rs"),
    ("certificate_orders", "certificates/store.rs"),
    ("certificates", "certificates/store.rs"),
    ("client_secrets", "clients/store.rs"),
    ("client_session_configurations", "tokens/sessions/store.rs"),
    ("clients", "clients/store.rs"),
    ("codes", "users/code/store.rs"),
    ("consents", "oauth/consent/store.rs"),
    ("device_grants", "oauth/device/store.rs"),
    ("devices", "devices/store.rs"),
    ("domains", "pools/store.rs"),
    ("flows", "hosted/store.rs"),
    ("function_aliases", "functions/store.rs"),
    ("function_invocations", "functions/store.rs"),
    ("function_versions", "functions/store.rs"),
    ("functions", "functions/store.rs"),
    ("group_members", "groups/store.rs"),
    ("iam_access_keys", "iam/keys/store.rs"),
    ("iam_attachments", "iam/store.rs"),
    ("iam_group_members", "iam/store.rs"),
    ("iam_inline_policies", "iam/store.rs"),
    ("iam_policies", "iam/managed/store.rs"),
    ("iam_policy_versions", "iam/managed/store.rs"),
    ("iam_principals", "iam/store.rs"),
    ("iam_providers", "iam/providers/store.rs"),
    ("identities", "identity/store.rs"),
    ("identity_keys", "identity/store.rs"),
    ("identity_logins", "identity/store.rs"),
    ("identity_pools", "identity/store.rs"),
    ("identity_provider_identifiers", "federation/store.rs"),
    ("identity_providers", "federation/store.rs"),
    ("import_chunks", "transfer/store.rs"),
    ("import_failures", "transfer/store.rs"),
    ("import_jobs", "transfer/store.rs"),
    ("instance", "boot/instance.rs"),
    ("linked_identities", "federation/store.rs"),
    ("log_deliveries", "risk/store.rs"),
    ("logout_notices", "oauth/backchannel/store.rs"),
    ("managed_login_assets", "branding/managed/store.rs"),
    ("managed_login_styles", "branding/managed/store.rs"),
    ("outbox", "messaging/store.rs"),
    ("passkeys", "passkeys/store.rs"),
    ("password_history", "users/store.rs"),
    ("pool_keys", "tokens/store.rs"),
    ("pool_migrations", "triggers/store.rs"),
    ("pool_replicas", "pools/store.rs"),
    ("pools", "pools/store.rs"),
    ("provisioned_limits", "limits/store.rs"),
    ("pushed_requests", "oauth/authorize/store.rs"),
    ("registrations", "clients/store.rs"),
    ("resource_servers", "clients/store.rs"),
    ("risk_configurations", "risk/store.rs"),
    ("sender_events", "triggers/store.rs"),
    ("sessions", "tokens/store.rs"),
    ("sign_in_links", "auth/link/store.rs"),
    ("signing_certificates", "federation/store.rs"),
    ("software_tokens", "mfa/store.rs"),
    ("spent", "tokens/store.rs"),
    ("style_previews", "branding/managed/store.rs"),
    ("terms", "branding/terms/store.rs"),
    ("ui_customizations", "branding/store.rs"),
    ("user_aliases", "users/store.rs"),
    ("user_groups", "groups/store.rs"),
    ("user_search", "users/store.rs"),
    ("users", "users/store.rs"),
    ("webauthn_challenges", "passkeys/store.rs"),
];
/// Decisions without a database, a network or a page.
const DOMAIN: &[&str] = &[
    "branding/css/mod.rs",
    "clients/client.rs",
    "clients/jwk.rs",
    "clients/oauth_settings.rs",
    "clients/secret.rs",
    "clients/settings.rs",
    "devices/secret.rs",
    "federation/details.rs",
    "federation/identity.rs",
    "federation/metadata.rs",
    "functions/code.rs",
    "functions/function.rs",
    "functions/invocation.rs",
    "functions/name.rs",
    "groups/group.rs",
    "groups/membership.rs",
    "identity/claims.rs",
    "identity/guest.rs",
    "identity/login.rs",
    "identity/plan.rs",
    "identity/provider.rs",
    "identity/roles.rs",
    "identity/settings.rs",
    "identity/tags.rs",
    "iam/entity.rs",
    "iam/policy/condition.rs",
    "iam/policy/context.rs",
    "iam/policy/evaluate.rs",
    "iam/policy/mod.rs",
    "iam/policy/node.rs",
    "iam/policy/principal.rs",
    "iam/policy/read.rs",
    "iam/policy/template.rs",
    "iam/policy/values.rs",
    "iam/session.rs",
    "passkeys/authenticator_data.rs",
    "passkeys/cbor.rs",
    "passkeys/client_data.rs",
    "passkeys/credential.rs",
    "passkeys/public_key.rs",
    "pools/attributes.rs",
    "pools/domain.rs",
    "pools/settings.rs",
    "transfer/csv.rs",
    "transfer/job.rs",
    "users/attributes.rs",
    "users/user.rs",
];
const LONGEST: usize = 400;

/// Every source file by its path below `src`, in order.
fn sources() -> BTreeMap<String, String> {
    fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { walk(&path, out) } else { out.push(path) }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    let rust = files.into_iter().filter(|path| path.extension().is_some_and(|e| e == "rs"));
    let named = rust.map(|path| {
        let name = path.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
        (name, std::fs::read_to_string(&path).expect("a source"))
    });
    named.collect()
}

/// A source without its tests and comments.
fn code(source: &str) -> String {
    let before_tests = source.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let before_tests = before_tests.split("#[cfg(test)]\npub(crate) mod ").next().unwrap_or_default();
    before_tests.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn product() -> impl Iterator<Item = (String, String)> {
    sources().into_iter().filter(|(name, _)| !is_test(name)).map(|(name, source)| (name, code(&source)))
}

fn is_test(name: &str) -> bool {
    name.starts_with("tests/") || name.ends_with("tests.rs") || name.contains("/tests/") || name == "store/testing.rs"
}

#[test]
fn every_table_has_one_owner() {
    let create = Regex::new(r"CREATE TABLE (\w+)").expect("a pattern");
    let mut tables = Vec::new();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations")).expect("the migrations") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("a migration");
        tables.extend(create.captures_iter(&text).map(|c| c[1].to_owned()));
    }
    tables.sort();
    assert_eq!(
        tables,
        OWNERS.iter().map(|(table, _)| (*table).to_owned()).collect::<Vec<_>>(),
        "a table needs an owner, and an owner a table"
    );
}

#[test]
fn a_table_is_named_by_its_owner_only() {
    let named = Regex::new(r"\b(?:FROM|INTO|UPDATE|JOIN|DELETE FROM)\s+(\w+)").expect("a pattern");
    let owners = OWNERS.iter().copied().collect::<BTreeMap<_, _>>();
    let mut trespassers = Vec::new();
    for (file, source) in product() {
        for table in named.captures_iter(&source).map(|c| c[1].to_owned()) {
            if owners.get(table.as_str()).is_some_and(|owner| *owner != file) {
                trespassers.push(format!("{file} names {table}"));
            }
        }
    }
    assert!(trespassers.is_empty(), "{trespassers:#?}");
}

#[test]
fn statements_stand_in_stores() {
    let allowed =
        |file: &str| file.ends_with("/store.rs") || file.starts_with("store/") || matches!(file, "boot/instance.rs" | "boot/index.rs");
    let elsewhere: Vec<_> = product().filter(|(file, source)| source.contains("sql!(") && !allowed(file)).map(|(file, _)| file).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}

#[test]
fn decisions_know_no_database_network_or_page() {
    let all = sources();
    for file in DOMAIN.iter().copied() {
        let source = code(all.get(file).unwrap_or_else(|| panic!("{file} is gone: correct this list")));
        for library in ["sqlx", "axum", "leptos", "sql!"] {
            let pattern = Regex::new(&format!(r"\b{library}(::|\()")).expect("a pattern");
            assert!(!pattern.is_match(&source), "{file} knows {library}");
        }
    }
}

#[test]
fn the_kit_knows_no_room() {
    let other = Regex::new(r"crate::(\w+)").expect("a pattern");
    for (file, source) in product().filter(|(file, _)| file.starts_with("kit/")) {
        for room in other.captures_iter(&source).map(|c| c[1].to_owned()) {
            assert_eq!(room, "kit", "{file} knows the room {room}");
        }
    }
}

#[test]
fn files_stay_short_and_say_what_they_are() {
    for (file, source) in sources() {
        let lines = source.lines().count();
        assert!(lines <= LONGEST, "{file} has {lines} lines");
        assert!(source.starts_with("//!") || file.ends_with("main.rs"), "{file} does not say what it is");
    }
}

#[test]
fn nothing_is_left_for_later() {
    let word = Regex::new(r"\b(TODO|FIXME|XXX|todo!|unimplemented!|dbg!)").expect("a pattern");
    for (file, source) in sources().into_iter().filter(|(file, _)| file != "tests/layering.rs") {
        assert!(!word.is_match(&source), "{file} leaves something for later");
    }
}
