//! IAM's own actions, as SDKs read their answers.

use super::harness::{Site, site_test};
use super::iam_harness::{Key, document, element, fault, statement};
use serde_json::json;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"cognito-identity.amazonaws.com"},"Action":"sts:AssumeRoleWithWebIdentity"}]}"#;

async fn refusal(site: &Site, fields: &[(&str, &str)]) -> (u16, String, String) {
    let before = site.rows().await;
    let answer = site.query("iam", Some(&Key::root()), fields).await;
    assert_eq!(site.rows().await, before);
    let (code, message) = fault(&answer);
    (answer.status, code, message)
}

site_test!(a_role_from_beginning_to_end, |site: Site| async move {
    let role = [("RoleName", "Guest")];
    let made = site
        .iam(
            "CreateRole",
            &[("RoleName", "Guest"), ("Path", "/app/"), ("AssumeRolePolicyDocument", TRUST), ("Description", "a < b & \"c\"")],
        )
        .await;
    assert_eq!(element(&made.body, "Arn").as_deref(), Some("arn:aws:iam::000000000000:role/app/Guest"));
    assert_eq!(element(&made.body, "Description").as_deref(), Some("a &lt; b &amp; &quot;c&quot;"));
    assert!(element(&made.body, "RoleId").is_some_and(|id| id.starts_with("AROA") && id.len() == 21));
    let (status, code, message) =
        refusal(&site, &[("Action", "CreateRole"), ("RoleName", "GUEST"), ("AssumeRolePolicyDocument", TRUST)]).await;
    assert_eq!((status, code.as_str(), message.as_str()), (409, "EntityAlreadyExists", "Role with name GUEST already exists."));
    let policy = document(json!([statement("Allow", json!("s3:*"), json!("*"))]));
    site.iam("PutRolePolicy", &[role[0], ("PolicyName", "in"), ("PolicyDocument", &policy)]).await;
    let shown = site.iam("GetRolePolicy", &[role[0], ("PolicyName", "in")]).await;
    let encoded = element(&shown.body, "PolicyDocument").expect("a document");
    assert_eq!(percent_encoding::percent_decode_str(&encoded).decode_utf8_lossy(), policy);
    let made = site.iam("CreatePolicy", &[("PolicyName", "managed"), ("PolicyDocument", &policy)]).await;
    let arn = element(&made.body, "Arn").expect("an ARN");
    site.iam("AttachRolePolicy", &[role[0], ("PolicyArn", &arn)]).await;
    assert!(site.iam("ListAttachedRolePolicies", &role).await.body.contains(&arn));
    assert!(site.iam("ListEntitiesForPolicy", &[("PolicyArn", &arn)]).await.body.contains("<RoleName>Guest</RoleName>"));
    let deleted = [("Action", "DeleteRole"), role[0]];
    assert_eq!(refusal(&site, &deleted).await.2, "Cannot delete entity, must delete policies first.");
    site.iam("DeleteRolePolicy", &[role[0], ("PolicyName", "in")]).await;
    assert_eq!(refusal(&site, &deleted).await.2, "Cannot delete entity, must detach all policies first.");
    assert_eq!(refusal(&site, &[("Action", "DeletePolicy"), ("PolicyArn", &arn)]).await.1, "DeleteConflict");
    site.iam("DetachRolePolicy", &[role[0], ("PolicyArn", &arn)]).await;
    site.iam("DeletePolicy", &[("PolicyArn", &arn)]).await;
    site.iam("DeleteRole", &role).await;
    let (status, code, message) = refusal(&site, &[("Action", "GetRole"), role[0]]).await;
    assert_eq!((status, code.as_str(), message.as_str()), (404, "NoSuchEntity", "The role with name Guest cannot be found."));
});

site_test!(versions_of_a_policy, |site: Site| async move {
    let policy = document(json!([statement("Allow", json!("s3:*"), json!("*"))]));
    let arn = element(&site.iam("CreatePolicy", &[("PolicyName", "v"), ("PolicyDocument", &policy)]).await.body, "Arn").expect("an ARN");
    let of = ("PolicyArn", arn.as_str());
    for _ in 0..4 {
        site.iam("CreatePolicyVersion", &[of, ("PolicyDocument", &policy), ("SetAsDefault", "true")]).await;
    }
    assert_eq!(refusal(&site, &[("Action", "CreatePolicyVersion"), of, ("PolicyDocument", &policy)]).await.1, "LimitExceeded");
    assert_eq!(element(&site.iam("GetPolicy", &[of]).await.body, "DefaultVersionId").as_deref(), Some("v5"));
    assert_eq!(refusal(&site, &[("Action", "DeletePolicyVersion"), of, ("VersionId", "v5")]).await.1, "DeleteConflict");
    site.iam("SetDefaultPolicyVersion", &[of, ("VersionId", "v1")]).await;
    site.iam("DeletePolicyVersion", &[of, ("VersionId", "v5")]).await;
    assert_eq!(refusal(&site, &[("Action", "GetPolicyVersion"), of, ("VersionId", "v5")]).await.1, "NoSuchEntity");
    assert_eq!(site.iam("ListPolicyVersions", &[of]).await.body.matches("<VersionId>").count(), 4);
    let provided = ("PolicyArn", "arn:aws:iam::aws:policy/AmazonCognitoUnAuthedIdentitiesSessionPolicy");
    assert!(site.iam("GetPolicyVersion", &[provided, ("VersionId", "v1")]).await.body.contains("rum%3APutRumEvents"));
    assert_eq!(refusal(&site, &[("Action", "CreatePolicyVersion"), provided, ("PolicyDocument", &policy)]).await.1, "AccessDenied");
});

site_test!(groups_keys_and_pages, |site: Site| async move {
    let key = site.operator("jane", json!([statement("Allow", json!("s3:*"), json!("*"))])).await;
    site.iam("CreateGroup", &[("GroupName", "staff")]).await;
    site.iam("AttachGroupPolicy", &[("GroupName", "staff"), ("PolicyArn", "arn:aws:iam::aws:policy/AmazonCognitoReadOnly")]).await;
    site.iam("AddUserToGroup", &[("GroupName", "staff"), ("UserName", "jane")]).await;
    site.by(&key, "ListUserPools", &json!({ "MaxResults": 5 })).await.expect(200);
    site.iam("RemoveUserFromGroup", &[("GroupName", "staff"), ("UserName", "jane")]).await;
    assert_eq!(site.by(&key, "ListUserPools", &json!({ "MaxResults": 5 })).await.refusal().0, "AccessDeniedException");
    site.iam("CreateAccessKey", &[("UserName", "jane")]).await;
    assert_eq!(refusal(&site, &[("Action", "CreateAccessKey"), ("UserName", "jane")]).await.1, "LimitExceeded");
    assert!(!site.iam("ListAccessKeys", &[("UserName", "jane")]).await.body.contains("SecretAccessKey"));
    assert_eq!(refusal(&site, &[("Action", "DeleteUser"), ("UserName", "jane")]).await.1, "DeleteConflict");
    for name in ["c", "B", "a"] {
        site.iam("CreateUser", &[("UserName", name)]).await;
    }
    let (mut seen, mut marker) = (Vec::new(), None);
    loop {
        let mut fields = vec![("MaxItems", "2")];
        fields.extend(marker.as_deref().map(|m| ("Marker", m)));
        let page = site.iam("ListUsers", &fields).await.body;
        seen.extend(page.split("<UserName>").skip(1).map(|rest| rest.split('<').next().unwrap_or_default().to_owned()));
        marker = element(&page, "Marker");
        if marker.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["a", "B", "c", "jane"]);
});

site_test!(what_cannot_be_is_refused, |site: Site| async move {
    let long = document(json!([statement("Allow", json!("s3:*"), json!(format!("arn:aws:s3:::{}", "x".repeat(11_000))))]));
    let deep = "[".repeat(3_000);
    site.iam("CreateUser", &[("UserName", "u")]).await;
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("Action", "Nothing")], "InvalidAction"),
        (&[("Action", "CreateUser"), ("UserName", "a/b")], "ValidationError"),
        (&[("Action", "CreateUser"), ("UserName", "<b>")], "ValidationError"),
        (&[("Action", "CreateUser")], "ValidationError"),
        (&[("Action", "CreateUser"), ("UserName", "x"), ("Path", "x")], "ValidationError"),
        (&[("Action", "CreateUser"), ("UserName", "x"), ("Action", "ListUsers")], "ValidationError"),
        (&[("Action", "CreateRole"), ("RoleName", "r"), ("AssumeRolePolicyDocument", "{}")], "MalformedPolicyDocument"),
        (&[("Action", "CreateRole"), ("RoleName", "r"), ("AssumeRolePolicyDocument", &deep)], "MalformedPolicyDocument"),
        (
            &[("Action", "CreateRole"), ("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST), ("MaxSessionDuration", "60")],
            "ValidationError",
        ),
        (&[("Action", "PutUserPolicy"), ("UserName", "u"), ("PolicyName", "p"), ("PolicyDocument", &long)], "LimitExceeded"),
        (&[("Action", "PutUserPolicy"), ("UserName", "u"), ("PolicyName", "p"), ("PolicyDocument", TRUST)], "MalformedPolicyDocument"),
        (&[("Action", "CreatePolicy"), ("PolicyName", "p"), ("PolicyDocument", &long)], "LimitExceeded"),
        (&[("Action", "AttachUserPolicy"), ("UserName", "u"), ("PolicyArn", "arn:aws:iam::aws:policy/None")], "NoSuchEntity"),
        (&[("Action", "ListUsers"), ("Marker", "%%%")], "ValidationError"),
        (&[("Action", "TagUser"), ("UserName", "u"), ("Tags.member.1.Key", "aws:x"), ("Tags.member.1.Value", "y")], "ValidationError"),
        (&[("Action", "CreateOpenIDConnectProvider"), ("Url", "http://evil.example")], "InvalidInput"),
        (&[("Action", "CreateOpenIDConnectProvider"), ("Url", "https://a:b@evil.example")], "InvalidInput"),
        (&[("Action", "CreateSAMLProvider"), ("Name", "s"), ("SAMLMetadataDocument", "<x/>")], "InvalidInput"),
    ];
    for (fields, code) in cases {
        let (_, found, message) = refusal(&site, fields).await;
        assert_eq!(found, *code, "{:?}: {message}", &fields[..1]);
        assert!(!message.contains('<'), "{message}");
    }
    // A trust policy names only who exists.
    let trust = r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/nobody"},"Action":"sts:AssumeRole"}}"#;
    let fields = [("Action", "CreateRole"), ("RoleName", "r"), ("AssumeRolePolicyDocument", trust)];
    assert_eq!(refusal(&site, &fields).await.1, "MalformedPolicyDocument");
});

site_test!(a_simulation_says_why, |site: Site| async move {
    let policy = document(json!([
        statement("Allow", json!("cognito-idp:*"), json!("*")),
        { "Effect": "Deny", "Action": "cognito-idp:Delete*", "Resource": "*", "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "false" } } },
    ]));
    let base = [
        ("Action", "SimulateCustomPolicy"),
        ("PolicyInputList.member.1", policy.as_str()),
        ("ActionNames.member.1", "cognito-idp:DeleteUserPool"),
    ];
    let plain = site.query("iam", Some(&Key::root()), &base).await;
    assert_eq!(element(&plain.body, "EvalDecision").as_deref(), Some("allowed"), "{}", plain.body);
    assert!(
        plain.body.contains("<MissingContextValues><member>aws:MultiFactorAuthPresent</member></MissingContextValues>"),
        "{}",
        plain.body
    );
    let context = [
        ("ContextEntries.member.1.ContextKeyName", "aws:MultiFactorAuthPresent"),
        ("ContextEntries.member.1.ContextKeyType", "boolean"),
        ("ContextEntries.member.1.ContextKeyValues.member.1", "false"),
    ];
    let fields: Vec<_> = base.into_iter().chain(context).collect();
    let denied = site.query("iam", Some(&Key::root()), &fields).await;
    assert_eq!(element(&denied.body, "EvalDecision").as_deref(), Some("explicitDeny"), "{}", denied.body);
    assert_eq!(denied.body.matches("<SourcePolicyId>PolicyInputList.1</SourcePolicyId>").count(), 2);
    site.operator("sim", json!([statement("Allow", json!("s3:Get*"), json!("*"))])).await;
    let of = ("PolicySourceArn", "arn:aws:iam::000000000000:user/sim");
    let two = site
        .iam("SimulatePrincipalPolicy", &[of, ("ActionNames.member.1", "s3:GetObject"), ("ActionNames.member.2", "s3:PutObject")])
        .await;
    assert!(two.body.contains("<EvalDecision>allowed</EvalDecision>") && two.body.contains("<EvalDecision>implicitDeny</EvalDecision>"));
});
