"""The `aws` command with --query, as scripts have it: groups, providers, factors, secrets, tags, styles. Its model is older than boto3's."""

import json

import pytest
from conftest import unique


@pytest.fixture
def target(aws):
    made = aws("create-user-pool", "--pool-name", unique("cli"), "--query", "UserPool.Id")
    return ["--user-pool-id", made]


def test_groups(aws, target):
    for number in range(3):
        aws("create-group", *target, "--group-name", f"group-{number}", "--precedence", str(number))
        aws("admin-create-user", *target, "--username", f"user-{number}", "--message-action", "SUPPRESS")
        assert aws("admin-add-user-to-group", *target, "--username", f"user-{number}", "--group-name", "group-0") == {}
    assert aws("list-groups", *target, "--query", "sort(Groups[].GroupName)") == ["group-0", "group-1", "group-2"]
    assert aws("list-groups", *target, "--query", "Groups[?Precedence==`1`].GroupName") == ["group-1"]
    assert aws("list-groups", *target, "--page-size", "1", "--query", "length(Groups)") == 3
    assert len(aws("list-users-in-group", *target, "--group-name", "group-0", "--max-items", "2")["Users"]) == 2
    assert aws("admin-list-groups-for-user", *target, "--username", "user-1", "--query", "Groups[0].GroupName") == "group-0"
    assert "(GroupExistsException)" in aws("create-group", *target, "--group-name", "group-0")


def test_providers_and_resource_servers(aws, target):
    details = {"client_id": "id", "client_secret": "secret", "authorize_scopes": "openid"}
    google = ["--provider-name", "Google", "--provider-type", "Google", "--provider-details", json.dumps(details)]
    assert aws("create-identity-provider", *target, *google, "--attribute-mapping", "email=email", "--query", "IdentityProvider.AttributeMapping.email") == "email"
    assert aws("list-identity-providers", *target, "--query", "Providers[].[ProviderName,ProviderType]") == [["Google", "Google"]]
    scopes = ["--scopes", "ScopeName=read,ScopeDescription=May read"]
    aws("create-resource-server", *target, "--identifier", "api", "--name", "API", *scopes)
    assert aws("describe-resource-server", *target, "--identifier", "api", "--query", "ResourceServer.Scopes[0].ScopeName") == "read"
    machine = ["--generate-secret", "--allowed-o-auth-flows", "client_credentials", "--allowed-o-auth-scopes", "api/read", "--allowed-o-auth-flows-user-pool-client"]
    made = ["create-user-pool-client", *target, "--client-name", "machine", *machine, "--query", "UserPoolClient.AllowedOAuthScopes"]
    assert aws(*made) == ["api/read"]
    assert "(ResourceNotFoundException)" in aws("delete-identity-provider", *target, "--provider-name", "Nobody")


def test_settings_of_a_pool(aws, target):
    config = ["--mfa-configuration", "OPTIONAL", "--software-token-mfa-configuration", "Enabled=true"]
    assert aws("set-user-pool-mfa-config", *target, *config, "--query", "[MfaConfiguration,SoftwareTokenMfaConfiguration.Enabled]") == ["OPTIONAL", True]
    attribute = ["--custom-attributes", "Name=plan,AttributeDataType=String,Mutable=true"]
    assert aws("add-custom-attributes", *target, *attribute) == {}
    assert aws("describe-user-pool", *target, "--query", "UserPool.SchemaAttributes[?Name=='custom:plan'].AttributeDataType") == ["String"]
    arn = aws("describe-user-pool", *target, "--query", "UserPool.Arn")
    aws("tag-resource", "--resource-arn", arn, "--tags", "team=a,stage=test")
    assert aws("list-tags-for-resource", "--resource-arn", arn, "--query", "Tags.team") == "a"
    aws("untag-resource", "--resource-arn", arn, "--tag-keys", "team")
    assert aws("list-tags-for-resource", "--resource-arn", arn, "--query", "Tags") == {"stage": "test"}


def test_settings_of_a_client(aws, target):
    client = aws("create-user-pool-client", *target, "--client-name", "app", "--generate-secret", "--query", "UserPoolClient.ClientId")
    of = [*target, "--client-id", client]
    added = aws("add-user-pool-client-secret", *of, "--query", "ClientSecretDescriptor.ClientSecretId")
    assert added in aws("list-user-pool-client-secrets", *of, "--query", "ClientSecrets[].ClientSecretId")
    assert aws("delete-user-pool-client-secret", *of, "--client-secret-id", added) == {}
    assert aws("create-managed-login-branding", *of, "--use-cognito-provided-values", "--query", "ManagedLoginBranding.UseCognitoProvidedValues") is True
    terms = ["--terms-name", "terms-of-use", "--terms-source", "LINK", "--enforcement", "NONE", "--links", '{"cognito:default":"https://example.com/terms"}']
    assert aws("create-terms", *of, *terms, "--query", "Terms.TermsName") == "terms-of-use"
    assert aws("list-terms", *target, "--max-results", "5", "--query", "Terms[].TermsName") == ["terms-of-use"]
