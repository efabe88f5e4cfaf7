//! What passes, and values of the wrong JSON type.

use serde_json::json;

use super::super::*;
use super::message;

const LIST: &str = "Start of list found where not expected";
const OBJECT: &str = "Start of structure or map found where not expected.";
const SCALAR: &str = "Unexpected field type";

#[test]
fn a_request_that_fits_passes() {
    let sign_up = json!({
        "ClientId": "1example23456789", "Username": "jane@example.com", "Password": "Correct-Horse-9",
        "UserAttributes": [
            {"Name": "email", "Value": "jane@example.com"},
            {"Name": "custom:x", "Value": null},
        ],
        "ClientMetadata": {"campaign": "autumn"},
        "UserContextData": null,
        "NoSuchMember": [1, {"a": false}],
    });
    let branding = json!({
        "UserPoolId": "us-east-1_DemoPool0", "ClientId": "1example23456789",
        "Settings": {"any": [1, true, null]},
        "Assets": [{
            "Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "PNG", "Bytes": "aGVsbG8=",
        }],
    });
    let pool = json!({"IdentityPoolName": "my pool", "AllowUnauthenticatedIdentities": true});
    assert_eq!(message("SignUp", sign_up), "");
    assert_eq!(message("CreateManagedLoginBranding", branding), "");
    assert_eq!(message("ListUserPools", json!({"MaxResults": 60})), "");
    assert_eq!(message("AssociateSoftwareToken", json!({})), "");
    assert_eq!(IDENTITY_POOLS.check("CreateIdentityPool", &pool), Ok(()));
}

#[test]
fn an_operation_that_the_model_does_not_know_does_not_pass() {
    assert_eq!(message("Signup", json!({})), "Unknown operation");
    assert_eq!(message("", json!({})), "Unknown operation");
}

/// The client id breaks a constraint, but a value of the wrong type is answered before any of those.
fn sign_up(member: &str, value: Value) -> Result<(), ShapeError> {
    let mut input = json!({"ClientId": "not valid", "Username": "u"});
    input[member] = value;
    check("SignUp", &input)
}

fn refused(text: &str) -> Result<(), ShapeError> {
    Err(ShapeError::Serialization(text.to_owned()))
}

#[test]
fn a_string_must_be_a_string() {
    let to_string = |found: &str| refused(&format!("{found} can not be converted to a String"));
    assert_eq!(sign_up("Username", json!(1)), to_string("NUMBER_VALUE"));
    assert_eq!(sign_up("Username", json!(1.5)), to_string("NUMBER_VALUE"));
    assert_eq!(sign_up("Username", json!(true)), to_string("TRUE_VALUE"));
    assert_eq!(sign_up("Username", json!(false)), to_string("FALSE_VALUE"));
    assert_eq!(sign_up("Username", json!([])), refused(LIST));
    assert_eq!(sign_up("Username", json!({})), refused(OBJECT));
    let attributes = json!([{"Name": "a", "Value": false}]);
    assert_eq!(sign_up("UserAttributes", attributes), to_string("FALSE_VALUE"));
    assert_eq!(sign_up("ClientMetadata", json!({"k": 1})), to_string("NUMBER_VALUE"));
}

#[test]
fn a_list_map_or_structure_must_be_one() {
    assert_eq!(sign_up("UserAttributes", json!({})), refused(OBJECT));
    assert_eq!(sign_up("UserAttributes", json!("email")), refused(SCALAR));
    assert_eq!(sign_up("UserAttributes", json!(["email"])), refused(SCALAR));
    assert_eq!(sign_up("ClientMetadata", json!([])), refused(LIST));
    assert_eq!(sign_up("UserContextData", json!([])), refused(LIST));
    assert_eq!(check("SignUp", &json!([])), refused(LIST));
    assert_eq!(check("SignUp", &json!("{}")), refused(SCALAR));
    assert_eq!(check("SignUp", &Value::Null), refused(SCALAR));
}

#[test]
fn a_number_must_be_whole_and_fit_its_type() {
    let results = |value: Value| check("ListUserPools", &json!({"MaxResults": value}));
    let number = refused("NUMBER_VALUE can not be converted to an Integer");
    assert_eq!(results(json!(1.5)), number);
    assert_eq!(results(json!(2_147_483_648_u64)), number);
    assert_eq!(results(json!(u64::MAX)), number);
    assert_eq!(results(json!("1")), refused("STRING_VALUE can not be converted to an Integer"));
    let token = json!({"IdentityPoolId": "r:0", "Logins": {}, "TokenDuration": "1"});
    let answered = IDENTITY_POOLS.check("GetOpenIdTokenForDeveloperIdentity", &token);
    assert_eq!(answered, refused("STRING_VALUE can not be converted to a Long"));
}

#[test]
fn a_boolean_must_be_one() {
    let answered = check("AdminSetUserPassword", &json!({"Permanent": "true"}));
    assert_eq!(answered, refused("STRING_VALUE can not be converted to a Boolean"));
}

#[test]
fn a_blob_must_be_base64() {
    let image = |value: Value| check("SetUICustomization", &json!({"UserPoolId": "x_1", "ImageFile": value}));
    let length = "Base64 encoded length is expected a multiple of 4 bytes but found: 3";
    assert_eq!(image(json!("aGVsbG8=")), Ok(()));
    assert_eq!(image(json!(1)), refused("NUMBER_VALUE can not be converted to a Blob"));
    assert_eq!(image(json!("a*==")), refused("Invalid Base64 character: '*'"));
    assert_eq!(image(json!("abc")), refused(length));
}
