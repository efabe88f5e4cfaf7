//! The table of operations agrees with the service's own model, and holds what a pool needs.

use crate::api::shape::{self, Auth};
use crate::api::{Door, dispatch};
use std::collections::BTreeSet;

/// What a pool that people can sign in to needs.
const NEEDED: [&str; 54] = [
    "AddCustomAttributes",
    "AdminConfirmSignUp",
    "AdminCreateUser",
    "AdminDeleteUser",
    "AdminDeleteUserAttributes",
    "AdminDisableUser",
    "AdminEnableUser",
    "AdminGetUser",
    "AdminInitiateAuth",
    "AdminResetUserPassword",
    "AdminRespondToAuthChallenge",
    "AdminSetUserPassword",
    "AdminUpdateUserAttributes",
    "AdminUserGlobalSignOut",
    "ChangePassword",
    "ConfirmForgotPassword",
    "ConfirmSignUp",
    "CreateUserPool",
    "CreateUserPoolClient",
    "CreateUserPoolDomain",
    "DeleteUser",
    "DeleteUserAttributes",
    "DeleteUserPool",
    "DeleteUserPoolClient",
    "DeleteUserPoolDomain",
    "DescribeUserPool",
    "DescribeUserPoolClient",
    "DescribeUserPoolDomain",
    "ForgotPassword",
    "GetTokensFromRefreshToken",
    "GetUICustomization",
    "GetUser",
    "GetUserAttributeVerificationCode",
    "GlobalSignOut",
    "InitiateAuth",
    "ListUserPoolClients",
    "ListUserPools",
    "ListUsers",
    "ResendConfirmationCode",
    "RespondToAuthChallenge",
    "RevokeToken",
    "SetUICustomization",
    "SignUp",
    "UpdateUserAttributes",
    "UpdateUserPool",
    "UpdateUserPoolClient",
    "UpdateUserPoolDomain",
    "VerifyUserAttribute",
    "CreateUserImportJob",
    "DescribeUserImportJob",
    "GetCSVHeader",
    "ListUserImportJobs",
    "StartUserImportJob",
    "StopUserImportJob",
];

#[test]
fn every_needed_operation_is_there() {
    let there: BTreeSet<_> = dispatch::entries().map(|e| e.name).collect();
    let missing: Vec<_> = NEEDED.into_iter().filter(|name| !there.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_operation_is_the_services_and_stands_once() {
    let known: BTreeSet<_> = shape::operations().collect();
    let mut seen = BTreeSet::new();
    for entry in dispatch::entries() {
        assert!(known.contains(entry.name), "{} is not an operation of the service", entry.name);
        assert!(seen.insert(entry.name), "{} stands twice in the table", entry.name);
        assert_eq!(dispatch::find(entry.name).map(|e| e.door), Some(entry.door));
    }
}

#[test]
fn an_operation_asks_for_a_signature_exactly_where_the_service_does() {
    for entry in dispatch::entries() {
        let expected = if entry.door == Door::Iam { Auth::Signed } else { Auth::Unsigned };
        assert_eq!(shape::auth(entry.name), Some(expected), "{}", entry.name);
    }
}

#[test]
fn an_operation_behind_a_token_takes_one() {
    for entry in dispatch::entries() {
        let required = shape::input_members(entry.name).iter().any(|m| m.name == "AccessToken" && m.required);
        assert_eq!(entry.door == Door::AccessToken, required, "{}", entry.name);
    }
}
