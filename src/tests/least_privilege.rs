//! Keys that may do some things and not others, over all operations of user pools.

use super::authority::{NOBODY, of_unknown_pool};
use super::harness::{Site, site_test};
use super::iam_harness::{Key, document, element, fault, statement};
use crate::api::{Door, dispatch};
use serde_json::{Value, json};

const ACCOUNT: &str = "000000000000";

fn arn(pool: &str) -> String {
    format!("arn:aws:cognito-idp:us-east-1:{ACCOUNT}:userpool/{pool}")
}

fn operations() -> impl Iterator<Item = &'static str> {
    dispatch::entries().filter(|e| e.door == Door::Iam).map(|e| e.name)
}

site_test!(a_key_without_policies_may_do_nothing, |site: Site| async move {
    let key = site.operator("idle", json!([statement("Allow", json!("s3:*"), json!("*"))])).await;
    for operation in operations() {
        let Some(input) = of_unknown_pool(operation) else { continue };
        let answer = site.by(&key, operation, &input).await;
        let resource = arn(NOBODY);
        let message = format!(
            "User: arn:aws:iam::{ACCOUNT}:user/idle is not authorized to perform: cognito-idp:{operation} on resource: {resource} because no \
             identity-based policy allows the cognito-idp:{operation} action"
        );
        answer.expect_refusal("AccessDeniedException", &message);
    }
});

site_test!(a_key_for_one_pool_opens_that_pool_only, |site: Site| async move {
    let key = site.operator("one", json!([statement("Allow", json!("cognito-idp:*"), json!(arn(NOBODY)))])).await;
    for operation in operations() {
        let Some(mut input) = of_unknown_pool(operation) else { continue };
        let message = format!("User pool {NOBODY} does not exist.");
        site.by(&key, operation, &input).await.expect_refusal("ResourceNotFoundException", &message);
        for name in ["UserPoolId", "ResourceArn"] {
            if let Some(Value::String(text)) = input.get_mut(name) {
                *text = text.replace(NOBODY, "us-east-1_elsewhere");
            }
        }
        assert_eq!(site.by(&key, operation, &input).await.refusal().0, "AccessDeniedException", "{operation}");
    }
    assert_eq!(site.by(&key, "ListUserPools", &json!({ "MaxResults": 5 })).await.refusal().0, "AccessDeniedException");
});

site_test!(a_key_that_reads_does_not_write, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let reads =
        json!(["cognito-idp:Describe*", "cognito-idp:List*", "cognito-idp:Get*", "cognito-idp:AdminGet*", "cognito-idp:AdminList*"]);
    let key = site.operator("reader", json!([statement("Allow", reads, json!("*"))])).await;
    for operation in operations() {
        let Some(input) = of_unknown_pool(operation) else { continue };
        let reads = ["Describe", "List", "Get", "AdminGet", "AdminList"].iter().any(|start| operation.starts_with(start));
        let expected = if reads { "ResourceNotFoundException" } else { "AccessDeniedException" };
        assert_eq!(site.by(&key, operation, &input).await.refusal().0, expected, "{operation}");
    }
    site.by(&key, "DescribeUserPool", &json!({ "UserPoolId": pool })).await.expect(200);
    site.by(&key, "ListUserPools", &json!({ "MaxResults": 5 })).await.expect(200);
});

site_test!(an_explicit_deny_wins_and_changes_are_seen_at_once, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let statements =
        json!(
            [statement("Allow", json!("cognito-idp:*"), json!("*")), statement("Deny", json!("cognito-idp:DeleteUserPool"), json!("*")),]
        );
    let key = site.operator("most", statements).await;
    let input = json!({ "UserPoolId": pool });
    let message = format!(
        "User: arn:aws:iam::{ACCOUNT}:user/most is not authorized to perform: cognito-idp:DeleteUserPool on resource: {} with an explicit deny \
         in an identity-based policy",
        arn(&pool)
    );
    site.by(&key, "DeleteUserPool", &input).await.expect_refusal("AccessDeniedException", &message);
    site.by(&key, "DescribeUserPool", &input).await.expect(200);
    site.iam("DeleteUserPolicy", &[("UserName", "most"), ("PolicyName", "inline")]).await;
    assert_eq!(site.by(&key, "DescribeUserPool", &input).await.refusal().0, "AccessDeniedException");
    site.iam("UpdateAccessKey", &[("UserName", "most"), ("AccessKeyId", &key.id), ("Status", "Inactive")]).await;
    let answer = site.by(&key, "DescribeUserPool", &input).await;
    answer.expect_refusal("UnrecognizedClientException", "The security token included in the request is invalid.");
});

site_test!(tags_addresses_and_boundaries_count, |site: Site| async move {
    let (red, blue) =
        (site.pool(json!({ "UserPoolTags": { "team": "red" } })).await, site.pool(json!({ "UserPoolTags": { "team": "blue" } })).await);
    let mut by_tag = statement("Allow", json!("cognito-idp:DescribeUserPool"), json!("*"));
    by_tag["Condition"] = json!({ "StringEquals": { "aws:ResourceTag/team": "${aws:PrincipalTag/team}" } });
    let mut create = statement("Allow", json!("cognito-idp:CreateUserPool"), json!("*"));
    create["Condition"] =
        json!({ "StringEquals": { "aws:RequestTag/team": "red" }, "ForAllValues:StringEquals": { "aws:TagKeys": ["team"] } });
    let mut near = statement("Allow", json!("cognito-idp:ListUserPools"), json!("*"));
    near["Condition"] = json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" }, "DateLessThan": { "aws:CurrentTime": "2026-01-02" } });
    let key = site.operator("red", json!([by_tag, create, near])).await;
    site.iam("TagUser", &[("UserName", "red"), ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "red")]).await;
    site.by(&key, "DescribeUserPool", &json!({ "UserPoolId": red })).await.expect(200);
    assert_eq!(site.by(&key, "DescribeUserPool", &json!({ "UserPoolId": blue })).await.refusal().0, "AccessDeniedException");
    site.by(&key, "CreateUserPool", &json!({ "PoolName": "p", "UserPoolTags": { "team": "red" } })).await.expect(200);
    for tags in [json!({ "team": "blue" }), json!({ "team": "red", "x": "y" }), json!({})] {
        let input = json!({ "PoolName": "p", "UserPoolTags": tags });
        assert_eq!(site.by(&key, "CreateUserPool", &input).await.refusal().0, "AccessDeniedException");
    }
    site.by(&key, "ListUserPools", &json!({ "MaxResults": 5 })).await.expect(200);
    let reads = document(json!([statement("Allow", json!("cognito-idp:Describe*"), json!("*"))]));
    let made = site.iam("CreatePolicy", &[("PolicyName", "bound"), ("PolicyDocument", &reads)]).await;
    let policy = element(&made.body, "Arn").expect("an ARN");
    site.iam("PutUserPermissionsBoundary", &[("UserName", "red"), ("PermissionsBoundary", &policy)]).await;
    let refused = site.by(&key, "ListUserPools", &json!({ "MaxResults": 5 })).await.refusal().1;
    assert!(refused.ends_with("because no permissions boundary allows the cognito-idp:ListUserPools action"), "{refused}");
    site.by(&key, "DescribeUserPool", &json!({ "UserPoolId": red })).await.expect(200);
});

site_test!(iam_itself_is_guarded, |site: Site| async move {
    let key = site.operator("clerk", json!([statement("Allow", json!(["iam:GetUser", "iam:ListRoles"]), json!("*"))])).await;
    site.query("iam", Some(&key), &[("Action", "GetUser")]).await.expect(200);
    site.query("iam", Some(&key), &[("Action", "ListRoles")]).await.expect(200);
    let admin = document(json!([statement("Allow", json!("*"), json!("*"))]));
    let attempts: &[&[(&str, &str)]] = &[
        &[("Action", "PutUserPolicy"), ("UserName", "clerk"), ("PolicyName", "x"), ("PolicyDocument", &admin)],
        &[("Action", "AttachUserPolicy"), ("UserName", "clerk"), ("PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess")],
        &[("Action", "CreateAccessKey"), ("UserName", "clerk")],
        &[("Action", "CreateUser"), ("UserName", "other")],
        &[("Action", "GetRole"), ("RoleName", "nobody")],
        &[("Action", "SimulateCustomPolicy")],
    ];
    for fields in attempts {
        let answer = site.query("iam", Some(&key), fields).await;
        assert_eq!((answer.status, fault(&answer).0.as_str()), (403, "AccessDenied"), "{}", answer.body);
    }
    let nobody = Key { id: "AKIANOBODY".into(), secret: "x".into(), token: None };
    assert_eq!(fault(&site.query("iam", Some(&nobody), &[("Action", "GetUser")]).await).0, "InvalidClientTokenId");
    let forger = Key { secret: "guessed".into(), ..key };
    assert_eq!(fault(&site.query("iam", Some(&forger), &[("Action", "GetUser")]).await).0, "SignatureDoesNotMatch");
    assert_eq!(fault(&site.query("iam", None, &[("Action", "GetUser")]).await).0, "MissingAuthenticationToken");
});

site_test!(whoever_gives_a_role_to_a_group_must_be_allowed_to_pass_it, |site: Site| async move {
    let pool = site.pool(json!({})).await;
    let mut pass = statement("Allow", json!("iam:PassRole"), json!("arn:aws:iam::000000000000:role/Mine"));
    pass["Condition"] = json!({ "StringEquals": { "iam:PassedToService": "cognito-idp.amazonaws.com" } });
    let key = site.operator("groups", json!([statement("Allow", json!("cognito-idp:*"), json!("*")), pass])).await;
    let group = |role: &str| json!({ "UserPoolId": pool, "GroupName": "g", "RoleArn": format!("arn:aws:iam::000000000000:role/{role}") });
    let refused = site.by(&key, "CreateGroup", &group("Admin")).await.refusal();
    assert_eq!(refused.0, "AccessDeniedException");
    assert!(refused.1.contains("iam:PassRole on resource: arn:aws:iam::000000000000:role/Admin"), "{}", refused.1);
    site.by(&key, "CreateGroup", &group("Mine")).await.expect(200);
    assert_eq!(site.by(&key, "UpdateGroup", &group("Admin")).await.refusal().0, "AccessDeniedException");
});
