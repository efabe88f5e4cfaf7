//! The tables themselves, and what the other tests share.

mod any;
mod types;
mod wording;

use std::collections::BTreeSet;

use super::model::{Kind, Shape};
use super::*;

/// The message for a request to a user pool operation; empty if it passes.
fn message(operation: &str, input: Value) -> String {
    match check(operation, &input) {
        Ok(()) => String::new(),
        Err(error) => error.message(),
    }
}

/// Calls `visit` for each shape that a request can hold.
fn each_shape(mut visit: impl FnMut(&Shape)) {
    fn walk(shape: &Shape, visit: &mut impl FnMut(&Shape)) {
        visit(shape);
        shape.kind.parts().for_each(|part| walk(part, visit));
    }
    for model in [&*USER_POOLS, &*IDENTITY_POOLS] {
        for operation in model.operations() {
            walk(model.input(operation).unwrap(), &mut visit);
        }
    }
}

#[test]
fn the_tables_have_every_operation() {
    assert_eq!(USER_POOLS.target, "AWSCognitoIdentityProviderService");
    assert_eq!(IDENTITY_POOLS.target, "AWSCognitoIdentityService");
    let count = |model: &'static Model| {
        let unsigned = model.operations().filter(|name| model.auth(name) == Some(Auth::Unsigned));
        (model.operations().count(), unsigned.count())
    };
    assert_eq!((count(&USER_POOLS), count(&IDENTITY_POOLS)), ((141, 34), (23, 4)));
    assert_eq!(auth("SignUp"), Some(Auth::Unsigned));
    assert_eq!(auth("AdminGetUser"), Some(Auth::Signed));
    assert_eq!(auth("signUp"), None);
}

#[test]
fn members_stand_in_the_order_of_the_model() {
    let member = |member: &Member| (member.name, member.required);
    let members: Vec<_> = input_members("ChangePassword").iter().map(member).collect();
    let expected = [("PreviousPassword", false), ("ProposedPassword", true), ("AccessToken", true)];
    assert_eq!(members, expected);
    assert!(input_members("NoSuchOperation").is_empty());
    assert_eq!(output_members("AdminCreateUser"), ["User"]);
    assert!(output_members("AdminDeleteUser").is_empty());
}

#[test]
fn every_pattern_compiles_and_has_no_operator_that_java_lacks() {
    let mut sources = BTreeSet::new();
    each_shape(|shape| {
        let Kind::String(text) = &shape.kind else {
            return;
        };
        let Some(pattern) = &text.pattern else { return };
        pattern.compile().unwrap_or_else(|error| panic!("{}: {error}", pattern.source()));
        // Set operators in this crate's classes, plain characters in Java's.
        assert!(!["--", "~~", "&&"].iter().any(|operator| pattern.source().contains(operator)));
        sources.insert(pattern.source().to_owned());
    });
    assert!(sources.len() > 40, "only {} patterns", sources.len());
}
