"""Identity pools by boto3: their operations, credentials of the server's own token service, and credentials of another."""

import json
import subprocess
import sys
import urllib.request

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from conftest import KEY, SECRET, Server, claims, free_port, refused, unique, until

ACCOUNT = "000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/"


def client(server, service, key=KEY, secret=SECRET, **more):
    return boto3.client(service, region_name="us-east-1", endpoint_url=server.url, aws_access_key_id=key, aws_secret_access_key=secret, **more)


def trust(pool, kind):
    condition = {"StringEquals": {"cognito-identity.amazonaws.com:aud": pool}, "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": kind}}
    federated = {"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Condition": condition}
    return json.dumps({"Version": "2012-10-17", "Statement": [federated | {"Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]}]})


@pytest.fixture(scope="module")
def identity(server):
    return client(server, "cognito-identity")


@pytest.fixture(scope="module")
def anyone(server):
    return client(server, "cognito-identity", config=Config(signature_version=UNSIGNED))


@pytest.fixture(scope="module")
def provider(pool):
    return f"cognito-idp.us-east-1.amazonaws.com/{pool}"


@pytest.fixture(scope="module")
def identities(identity, provider, app):
    """An identity pool that takes the user pool's logins."""
    entry = {"ProviderName": provider, "ClientId": app, "ServerSideTokenCheck": True}
    more = {"CognitoIdentityProviders": [entry], "DeveloperProviderName": "login.acme"}
    return identity.create_identity_pool(IdentityPoolName="app", AllowUnauthenticatedIdentities=True, **more)["IdentityPoolId"]


@pytest.fixture(scope="module")
def roles(server, identity, identities):
    iam = client(server, "iam")
    for name, kind in [("people", "authenticated"), ("guests", "unauthenticated")]:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(identities, kind))
    identity.set_identity_pool_roles(IdentityPoolId=identities, Roles={"authenticated": f"{ROLE}people", "unauthenticated": f"{ROLE}guests"})


def logins(server, pool, app, provider):
    name = server.user(pool, email=f"{unique()}@example.com")
    return {provider: server.tokens(app, name)["IdToken"]}


def whoami(server, credentials):
    secret = credentials.get("SecretKey") or credentials["SecretAccessKey"]
    return client(server, "sts", credentials["AccessKeyId"], secret, aws_session_token=credentials["SessionToken"]).get_caller_identity()["Arn"]


def test_a_pool(identity):
    made = identity.create_identity_pool(IdentityPoolName="mine", AllowUnauthenticatedIdentities=False, IdentityPoolTags={"team": "a"})
    target = {"IdentityPoolId": made["IdentityPoolId"]}
    assert identity.describe_identity_pool(**target)["IdentityPoolName"] == "mine"
    changed = identity.update_identity_pool(**target, IdentityPoolName="other", AllowUnauthenticatedIdentities=True)
    assert (changed["IdentityPoolName"], changed["IdentityPoolTags"]) == ("other", {"team": "a"})
    arn = f"arn:aws:cognito-identity:us-east-1:{ACCOUNT}:identitypool/{made['IdentityPoolId']}"
    identity.tag_resource(ResourceArn=arn, Tags={"stage": "test"})
    identity.untag_resource(ResourceArn=arn, TagKeys=["team"])
    assert identity.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"stage": "test"}
    listed = [pool["IdentityPoolId"] for page in identity.get_paginator("list_identity_pools").paginate(MaxResults=1) for pool in page["IdentityPools"]]
    assert made["IdentityPoolId"] in listed
    identity.delete_identity_pool(**target)
    refused(lambda: identity.describe_identity_pool(**target), "ResourceNotFoundException", f"IdentityPool '{made['IdentityPoolId']}' not found.")


def test_the_enhanced_flow(server, identity, anyone, identities, roles, pool, app, provider):
    held = logins(server, pool, app, provider)
    who = anyone.get_id(IdentityPoolId=identities, Logins=held)["IdentityId"]
    got = anyone.get_credentials_for_identity(IdentityId=who, Logins=held)
    assert (got["IdentityId"], got["Credentials"]["AccessKeyId"][:4]) == (who, "ASIA")
    assert whoami(server, got["Credentials"]) == f"arn:aws:sts::{ACCOUNT}:assumed-role/people/CognitoIdentityCredentials"
    assert identity.describe_identity(IdentityId=who)["Logins"] == [provider]
    refused(lambda: anyone.get_credentials_for_identity(IdentityId=who), "NotAuthorizedException", f"Access to Identity '{who}' is forbidden.")
    guest = anyone.get_id(IdentityPoolId=identities)["IdentityId"]
    got = anyone.get_credentials_for_identity(IdentityId=guest)
    assert whoami(server, got["Credentials"]) == f"arn:aws:sts::{ACCOUNT}:assumed-role/guests/CognitoIdentityCredentials"


def test_the_classic_flow(server, anyone, identities, roles, pool, app, provider):
    held = logins(server, pool, app, provider)
    who = anyone.get_id(IdentityPoolId=identities, Logins=held)["IdentityId"]
    token = anyone.get_open_id_token(IdentityId=who, Logins=held)["Token"]
    assert claims(token)["exp"] - claims(token)["iat"] == 600
    sts = client(server, "sts", config=Config(signature_version=UNSIGNED))
    assumed = sts.assume_role_with_web_identity(RoleArn=f"{ROLE}people", RoleSessionName="jane", WebIdentityToken=token)
    assert (assumed["SubjectFromWebIdentityToken"], assumed["Audience"]) == (who, identities)
    assert whoami(server, assumed["Credentials"]) == f"arn:aws:sts::{ACCOUNT}:assumed-role/people/jane"


def test_developers_users(server, identity, identities):
    vouch = lambda user, **more: identity.get_open_id_token_for_developer_identity(IdentityPoolId=identities, Logins={"login.acme": user}, **more)
    first, second = vouch("u1", TokenDuration=60)["IdentityId"], vouch("u2")["IdentityId"]
    refused(lambda: vouch("u1", IdentityId=second), "DeveloperUserAlreadyRegisteredException")
    target = {"IdentityPoolId": identities, "DeveloperProviderName": "login.acme"}
    merged = identity.merge_developer_identities(**target, SourceUserIdentifier="u1", DestinationUserIdentifier="u2")
    assert merged["IdentityId"] == second
    found = identity.lookup_developer_identity(IdentityPoolId=identities, IdentityId=second)
    assert found["DeveloperUserIdentifierList"] == ["u1", "u2"]
    identity.unlink_developer_identity(**target, IdentityId=second, DeveloperUserIdentifier="u1")
    assert identity.lookup_developer_identity(IdentityPoolId=identities, IdentityId=second)["DeveloperUserIdentifierList"] == ["u2"]
    assert identity.delete_identities(IdentityIdsToDelete=[first, second])["UnprocessedIdentityIds"] == []


def test_what_is_refused(identity, anyone, identities):
    refused(lambda: anyone.get_id(IdentityPoolId="nowhere"), "ValidationException")
    refused(lambda: anyone.get_id(IdentityPoolId=identities, Logins={"accounts.google.com": "x"}), "NotAuthorizedException")
    refused(lambda: anyone.list_identity_pools(MaxResults=1), "MissingAuthenticationTokenException")
    roles = {"authenticated": f"{ROLE}people"}
    mapping = {"accounts.google.com": {"Type": "Rules", "AmbiguousRoleResolution": "Deny"}}
    refused(lambda: identity.set_identity_pool_roles(IdentityPoolId=identities, Roles=roles, RoleMappings=mapping), "InvalidParameterException")


def test_credentials_of_another_token_service(tmp_path_factory):
    """moto stands for AWS here: it takes the server's OpenID token and gives credentials that it knows again."""
    pytest.importorskip("moto")
    port = free_port()
    moto = subprocess.Popen([sys.executable, "-m", "moto.server", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server = Server(tmp_path_factory.mktemp("remote"), POOLHOUSE_OUTBOUND_ALLOW="localhost")
    try:
        address = f"http://localhost:{port}"
        until(lambda: answers(f"{address}/moto-api/"), "moto")
        identity = client(server, "cognito-identity")
        pool = create_with_sts(server, address)
        role = "arn:aws:iam::123456789012:role/guests"
        identity.set_identity_pool_roles(IdentityPoolId=pool, Roles={"unauthenticated": role})
        guest = identity.get_id(IdentityPoolId=pool)["IdentityId"]
        got = identity.get_credentials_for_identity(IdentityId=guest)["Credentials"]
        there = boto3.client(
            "sts", region_name="us-east-1", endpoint_url=address, aws_access_key_id=got["AccessKeyId"],
            aws_secret_access_key=got["SecretKey"], aws_session_token=got["SessionToken"],
        )  # fmt: skip
        assert there.get_caller_identity()["Arn"] == "arn:aws:sts::123456789012:assumed-role/guests/CognitoIdentityCredentials"
    finally:
        server.close()
        moto.terminate()
        moto.wait(30)


def answers(address):
    try:
        return urllib.request.urlopen(address, timeout=5).status == 200
    except OSError:
        return False


def create_with_sts(server, address):
    """The id of a pool with the member that botocore's model does not know."""
    identity = client(server, "cognito-identity")

    def add(request, **_):
        request.data = json.dumps(json.loads(request.data) | {"PoolhouseSts": {"Endpoint": address}})

    identity.meta.events.register_first("before-sign.cognito-identity.CreateIdentityPool", add)
    return identity.create_identity_pool(IdentityPoolName="outside", AllowUnauthenticatedIdentities=True)["IdentityPoolId"]
