//! The service's words for broken constraints. Most of these were copied from what people showed of its answers.

use serde_json::json;

use super::super::*;
use super::message;

/// The pattern of names; a message prints it as the model does.
const NAME: &str = r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+";

/// The message for one violation.
fn one(text: &str) -> String {
    format!("1 validation error detected: Value {text}")
}

fn get_group(name: &str) -> String {
    message("GetGroup", json!({"GroupName": name, "UserPoolId": "us-east-1_DemoPool0"}))
}

fn create_pool(member: &str, value: Value) -> String {
    message("CreateUserPool", json!({"PoolName": "p", member: value}))
}

fn create_client(member: &str, value: Value) -> String {
    message("CreateUserPoolClient", json!({"UserPoolId": "x_1", "ClientName": "c", member: value}))
}

fn sign_up(member: &str, value: Value) -> String {
    message("SignUp", json!({"ClientId": "c", "Username": "u", member: value}))
}

#[test]
fn a_required_member_is_missing() {
    let missing = one("null at 'userPoolId' failed to satisfy constraint: Member must not be null");
    assert_eq!(message("DescribeUserPool", json!({})), missing);
    assert_eq!(message("DescribeUserPool", json!({"UserPoolId": null})), missing);
}

#[test]
fn a_string_breaks_its_length_or_pattern() {
    let long = "g".repeat(129);
    let too_long = format!(
        "'{long}' at 'groupName' failed to satisfy constraint: \
         Member must have length less than or equal to 128"
    );
    let pattern = format!(
        "'a b' at 'groupName' failed to satisfy constraint: \
         Member must satisfy regular expression pattern: {NAME}"
    );
    assert_eq!(get_group(&long), one(&too_long));
    assert_eq!(get_group("a b"), one(&pattern));
    assert_eq!(
        create_pool("Schema", json!([{"Name": "phone_number_verified"}])),
        one("'phone_number_verified' at 'schema.1.member.name' failed to satisfy constraint: \
             Member must have length less than or equal to 20")
    );
}

#[test]
fn a_number_breaks_its_bounds() {
    let results = |number: i32| message("ListUserPools", json!({"MaxResults": number}));
    let bound = |text: &str| one(&format!("{text} failed to satisfy constraint: Member must have value"));
    let (low, high) = (bound("'0' at 'maxResults'"), bound("'61' at 'maxResults'"));
    assert_eq!(results(0), format!("{low} greater than or equal to 1"));
    assert_eq!(results(61), format!("{high} less than or equal to 60"));
}

#[test]
fn a_string_is_not_of_its_enumeration() {
    assert_eq!(
        create_pool("MfaConfiguration", json!("false")),
        one("'false' at 'mfaConfiguration' failed to satisfy constraint: \
             Member must satisfy enum value set: [OFF, ON, OPTIONAL]")
    );
}

#[test]
fn a_list_is_too_short() {
    assert_eq!(
        create_pool("Schema", json!([])),
        one("'[]' at 'schema' failed to satisfy constraint: \
             Member must have length greater than or equal to 1")
    );
}

#[test]
fn a_list_of_strings_is_answered_as_a_whole() {
    assert_eq!(
        create_client("AllowedOAuthFlows", json!(["code", "token"])),
        one("'[code, token]' at 'allowedOAuthFlows' failed to satisfy constraint: \
             Member must satisfy constraint: \
             [Member must satisfy enum value set: [code, implicit, client_credentials]]")
    );
    let all = format!(
        "'[]' at 'callbackURLs' failed to satisfy constraint: Member must satisfy constraint: \
         [Member must have length less than or equal to 1024, \
         Member must have length greater than or equal to 1, \
         Member must satisfy regular expression pattern: {NAME}]"
    );
    assert_eq!(create_client("CallbackURLs", json!([""])), one(&all));
}

#[test]
fn a_map_of_strings_is_answered_as_a_whole() {
    let arn = "arn:aws:cognito-idp:us-east-1:0:userpool/x";
    assert_eq!(
        message("TagResource", json!({"ResourceArn": arn, "Tags": {"": "v"}})),
        one("'{=v}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: \
             [Member must have length less than or equal to 128, \
             Member must have length greater than or equal to 1]")
    );
    let logins = json!({"IdentityPoolId": "us-east-1:0", "Logins": {"example.com": ""}});
    assert_eq!(
        IDENTITY_POOLS.check("GetId", &logins).unwrap_err().message(),
        one("at 'logins' failed to satisfy constraint: Map value must satisfy constraint: \
             [Member must have length less than or equal to 50000, \
             Member must have length greater than or equal to 1]")
    );
}

#[test]
fn an_entry_of_a_map_of_structures_is_named() {
    let mapping = json!({"example.com": {"Type": "None"}});
    let roles = json!({"IdentityPoolId": "us-east-1:0", "Roles": {}, "RoleMappings": mapping});
    assert_eq!(
        IDENTITY_POOLS.check("SetIdentityPoolRoles", &roles).unwrap_err().message(),
        one("'None' at 'roleMappings.example.com.member.type' failed to satisfy constraint: \
             Member must satisfy enum value set: [Token, Rules]")
    );
}

#[test]
fn a_blob_is_as_long_as_its_bytes() {
    let image = |base64: String| message("SetUICustomization", json!({"UserPoolId": "x_1", "ImageFile": base64}));
    assert_eq!(image("A".repeat(174_760)), "");
    assert_eq!(
        image("A".repeat(174_764)),
        one("'java.nio.HeapByteBuffer[pos=0 lim=131073 cap=131073]' at 'imageFile' \
             failed to satisfy constraint: Member must have length less than or equal to 131072")
    );
}

#[test]
fn a_string_is_as_long_as_its_utf_16_units() {
    let address = |text: String| create_client("DefaultRedirectURI", json!(text));
    assert_eq!(address("例".repeat(1024)), "");
    assert_eq!(address("😀".repeat(512)), "");
    assert!(address("😀".repeat(513)).ends_with("less than or equal to 1024"));
}

#[test]
fn a_null_in_a_list_or_map_is_refused() {
    let scopes = create_client("AllowedOAuthScopes", json!(["openid", null]));
    assert!(scopes.starts_with("1 validation error detected: Value '[openid, null]' at "), "{scopes}");
    assert!(scopes.ends_with(", Member must not be null]"), "{scopes}");
    assert_eq!(
        sign_up("UserAttributes", json!([null])),
        one("null at 'userAttributes.1.member' failed to satisfy constraint: Member must not be null")
    );
    let metadata = sign_up("ClientMetadata", json!({"k": null}));
    let start = one("'{k=null}' at 'clientMetadata' failed to satisfy constraint: Map value must satisfy");
    assert!(metadata.starts_with(&start), "{metadata}");
    assert!(metadata.ends_with(", Member must not be null]"), "{metadata}");
}

#[test]
fn violations_are_answered_together() {
    assert_eq!(
        message("VerifySoftwareToken", json!({"UserCode": "Aaaa"})),
        "2 validation errors detected: Value at 'userCode' failed to satisfy constraint: \
         Member must satisfy regular expression pattern: [0-9]+; \
         Value at 'userCode' failed to satisfy constraint: \
         Member must have length greater than or equal to 6"
    );
    let input = json!({"Password": " ", "UserAttributes": [{}]});
    let Err(ShapeError::Violations(violations)) = check("SignUp", &input) else {
        panic!("four members are wrong");
    };
    let paths: Vec<_> = violations.iter().map(|violation| violation.path.as_str()).collect();
    assert_eq!(paths, ["clientId", "username", "password", "userAttributes.1.member.name"]);
}

#[test]
fn a_sensitive_value_is_never_repeated() {
    let secret = " correct horse";
    let attributes = json!([{"Name": "", "Value": secret}]);
    let answers = [
        sign_up("Password", json!(secret)),
        sign_up("SecretHash", json!(secret)),
        message("SignUp", json!({"ClientId": secret, "Username": secret})),
        sign_up("UserAttributes", attributes),
        message("InitiateAuth", json!({"AuthParameters": {"PASSWORD": secret, "OTHER": null}})),
        message("RespondToAuthChallenge", json!({"ChallengeResponses": {secret: null}})),
    ];
    for answer in answers {
        assert!(answer.contains("failed to satisfy") && !answer.contains(secret), "{answer}");
    }
}

#[test]
fn a_message_has_an_end() {
    let many = check("SignUp", &json!({"UserAttributes": vec![json!({}); 50]}));
    assert!(matches!(many, Err(ShapeError::Violations(violations)) if violations.len() == 10));
    let deep = (0..100).fold(json!("x"), |inner, _| json!([{"Unknown": inner}]));
    let attribute = json!({"Name": "例".repeat(1_000), "Unknown": deep});
    let schema = create_pool("Schema", json!(vec![attribute; 200]));
    assert!((60 * 1024..=64 * 1024).contains(&schema.len()));
    assert!(get_group(&"例".repeat(1_000_000)).len() <= 64 * 1024);
}
