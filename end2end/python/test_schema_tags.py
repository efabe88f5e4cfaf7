"""Custom attributes, tags, replicas and limits, by boto3."""

import pytest
from conftest import PASSWORD, attributes, claims, refused, unique


def test_custom_attributes(server):
    pool = server.pool(Schema=[{"Name": "plan", "AttributeDataType": "String", "Mutable": False}])
    admin = server.admin
    added = [
        {"Name": "age", "AttributeDataType": "Number", "Mutable": True, "NumberAttributeConstraints": {"MinValue": "0", "MaxValue": "150"}},
        {"Name": "since", "AttributeDataType": "DateTime", "Mutable": True},
        {"Name": "active", "AttributeDataType": "Boolean", "Mutable": True},
        {"Name": "staff", "AttributeDataType": "String", "Mutable": True, "DeveloperOnlyAttribute": True, "StringAttributeConstraints": {"MinLength": "1", "MaxLength": "5"}},
    ]
    admin.add_custom_attributes(UserPoolId=pool, CustomAttributes=added)
    schema = {a["Name"]: a for a in admin.describe_user_pool(UserPoolId=pool)["UserPool"]["SchemaAttributes"]}
    assert schema["custom:age"]["NumberAttributeConstraints"] == {"MinValue": "0", "MaxValue": "150"}
    assert (schema["custom:plan"]["Mutable"], schema["dev:custom:staff"]["DeveloperOnlyAttribute"]) == (False, True)
    refused(lambda: admin.add_custom_attributes(UserPoolId=pool, CustomAttributes=added[:1]), "InvalidParameterException")

    values = {"custom:plan": "gold", "custom:age": "36", "custom:active": "true", "dev:custom:staff": "yes"}
    name = server.user(pool, **values)
    assert values.items() <= attributes(admin.admin_get_user(UserPoolId=pool, Username=name)).items()
    write = lambda **more: admin.admin_update_user_attributes(UserPoolId=pool, Username=name, UserAttributes=[{"Name": k, "Value": v} for k, v in more.items()])
    for wrong in ({"custom:age": "200"}, {"custom:age": "old"}, {"custom:active": "maybe"}, {"custom:plan": "silver"}, {"dev:custom:staff": "longer"}, {"custom:none": "x"}):
        refused(lambda wrong=wrong: write(**wrong), "InvalidParameterException")
    app = server.app(pool, ReadAttributes=["custom:age"], WriteAttributes=["custom:age"])["ClientId"]
    tokens = server.tokens(app, name)
    token = claims(tokens["IdToken"])
    assert (token["custom:age"], "custom:plan" in token, "dev:custom:staff" in token) == ("36", False, False)
    own = lambda **more: server.anon.update_user_attributes(AccessToken=tokens["AccessToken"], UserAttributes=[{"Name": k, "Value": v} for k, v in more.items()])
    own(**{"custom:age": "37"})
    refused(lambda: own(**{"custom:active": "false"}), "NotAuthorizedException", "A client attempted to write unauthorized attribute")
    admin.admin_delete_user_attributes(UserPoolId=pool, Username=name, UserAttributeNames=["custom:age"])
    assert "custom:age" not in attributes(admin.admin_get_user(UserPoolId=pool, Username=name))


def test_tags(server):
    admin = server.admin
    pool = server.pool(UserPoolTags={"team": "a"})
    arn = admin.describe_user_pool(UserPoolId=pool)["UserPool"]["Arn"]
    tags = lambda: admin.list_tags_for_resource(ResourceArn=arn)["Tags"]
    assert tags() == {"team": "a"}
    admin.tag_resource(ResourceArn=arn, Tags={"team": "b", "stage": "test"})
    assert tags() == {"team": "b", "stage": "test"} == admin.describe_user_pool(UserPoolId=pool)["UserPool"]["UserPoolTags"]
    admin.untag_resource(ResourceArn=arn, TagKeys=["team", "absent"])
    assert tags() == {"stage": "test"}
    refused(lambda: admin.list_tags_for_resource(ResourceArn=arn[:-4] + "None"), "ResourceNotFoundException")


def test_the_policy_of_first_factors_and_passwords(server):
    policy = {"MinimumLength": 12, "RequireUppercase": False, "RequireLowercase": True, "RequireNumbers": False, "RequireSymbols": False, "PasswordHistorySize": 2, "TemporaryPasswordValidityDays": 3}
    pool = server.pool(Policies={"PasswordPolicy": policy, "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}})
    described = server.admin.describe_user_pool(UserPoolId=pool)["UserPool"]["Policies"]
    assert described == {"PasswordPolicy": policy, "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    name = server.user(pool, password="first long password")
    app = server.app(pool)["ClientId"]
    access = server.tokens(app, name, PASSWORD="first long password")["AccessToken"]
    change = lambda old, new: server.anon.change_password(AccessToken=access, PreviousPassword=old, ProposedPassword=new)
    refused(lambda: change("first long password", "short"), "InvalidPasswordException", "Password did not conform with policy: Password not long enough")
    refused(lambda: change("first long password", "first long password"), "PasswordHistoryPolicyViolationException")
    change("first long password", "second long password")


def test_replicas(server):
    admin, pool = server.admin, server.pool()
    made = admin.create_user_pool_replica(UserPoolId=pool, RegionName="eu-west-1")["UserPoolReplica"]
    assert (made["RegionName"], made["Role"]) == ("eu-west-1", "SECONDARY")
    listed = {r["RegionName"]: r["Role"] for r in admin.list_user_pool_replicas(UserPoolId=pool)["UserPoolReplicas"]}
    assert listed["eu-west-1"] == "SECONDARY"
    admin.delete_user_pool_replica(UserPoolId=pool, RegionName="eu-west-1")
    assert "eu-west-1" not in {r["RegionName"] for r in admin.list_user_pool_replicas(UserPoolId=pool)["UserPoolReplicas"] if r["Status"] != "DELETING"}


def test_provisioned_limits_are_told(server):
    definition = {"LimitClass": "API_CATEGORY", "Attributes": {"Category": "UserAuthentication"}}
    limit = server.admin.get_provisioned_limit(LimitDefinition=definition)["Limit"]
    assert (limit["LimitDefinition"], limit["FreeLimitValue"]) == (definition, 120)
    refused(lambda: server.admin.get_provisioned_limit(LimitDefinition=definition | {"Attributes": {"Category": "UserList"}}), "InvalidParameterException")


@pytest.mark.parametrize("operation", ["list_user_pools", "list_users"])
def test_a_token_of_another_list_is_refused(server, operation):
    pool = server.pool()
    for _ in range(3):
        server.admin.admin_create_user(UserPoolId=pool, Username=unique(), TemporaryPassword=PASSWORD, MessageAction="SUPPRESS")
    server.app(pool), server.app(pool)
    token = server.admin.list_user_pool_clients(UserPoolId=pool, MaxResults=1)["NextToken"]
    ask = {"list_user_pools": lambda: server.admin.list_user_pools(MaxResults=1, NextToken=token), "list_users": lambda: server.admin.list_users(UserPoolId=pool, PaginationToken=token)}
    refused(ask[operation], "InvalidParameterException")
