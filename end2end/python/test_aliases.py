"""People with addresses for names, by boto3: which name an answer, a secret hash and a token go by, with a second factor and devices."""

import pytest
from conftest import PASSWORD, attributes, claims, refused, secret_hash, totp, unique
from pycognito.aws_srp import AWSSRP

KINDS = {"email for a name": {"UsernameAttributes": ["email"]}, "email as an alias": {"AliasAttributes": ["email", "preferred_username"]}}


@pytest.fixture(scope="module", params=KINDS.values(), ids=KINDS)
def world(server, request):
    """A pool, a client with a secret, and a user: their address, their user name, an access token."""
    pool = server.pool(**request.param)
    server.admin.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True})
    client = server.app(pool, GenerateSecret=True)
    email = f"{unique()}@example.com"
    given = email if "UsernameAttributes" in request.param else unique()
    server.user(pool, given, email=email, email_verified="true")
    name = server.admin.admin_get_user(UserPoolId=pool, Username=email)["Username"]
    app, key = client["ClientId"], client["ClientSecret"]
    access = server.tokens(app, email, SECRET_HASH=secret_hash(key, email, app))["AccessToken"]
    return pool, app, key, email, name, access


def prefer(server, world, enabled):
    server.admin.admin_set_user_mfa_preference(UserPoolId=world[0], Username=world[3], SoftwareTokenMfaSettings={"Enabled": enabled, "PreferredMfa": enabled})


def test_the_user_name_is_not_the_address(server, world):
    pool, app, key, email, name, access = world
    assert name != email
    assert claims(access)["username"] == name
    user = server.anon.get_user(AccessToken=access)
    assert (user["Username"], attributes(user)["email"]) == (name, email)
    assert "username" not in attributes(user)


@pytest.mark.parametrize("as_address", [True, False], ids=["address", "user name"])
def test_either_name_answers_the_factor_with_the_hash_of_that_name(server, world, as_address):
    pool, app, key, email, name, access = world
    answered = email if as_address else name
    proof = lambda used: {"SECRET_HASH": secret_hash(key, used, app)}
    secret = server.anon.associate_software_token(AccessToken=access)["SecretCode"]
    server.anon.verify_software_token(AccessToken=access, UserCode=totp(secret))
    prefer(server, world, True)
    try:
        challenge = server.enter(app, email, **proof(email))
    finally:
        prefer(server, world, False)
    assert (challenge["ChallengeName"], challenge["ChallengeParameters"]["USER_ID_FOR_SRP"]) == ("SOFTWARE_TOKEN_MFA", name)
    answer = lambda hashed: server.answer(app, challenge, answered, SOFTWARE_TOKEN_MFA_CODE=totp(secret, 1), **proof(hashed))
    refused(lambda: answer("another"), "NotAuthorizedException", f"Unable to verify secret hash for client {app}")
    assert claims(answer(answered)["AuthenticationResult"]["AccessToken"])["username"] == name


def test_srp_by_the_address_and_a_refresh_by_the_user_name(server, world):
    pool, app, key, email, name, _ = world
    tokens = AWSSRP(email, PASSWORD, pool, app, client=server.anon, client_secret=key).authenticate_user()["AuthenticationResult"]
    refresh = lambda used: server.anon.initiate_auth(
        ClientId=app, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"], "SECRET_HASH": secret_hash(key, used, app)}
    )
    assert claims(refresh(name)["AuthenticationResult"]["AccessToken"])["username"] == name
    refused(lambda: refresh(unique()), "NotAuthorizedException", f"Unable to verify secret hash for client {app}")


def test_administrators_may_use_either_name(server, world):
    pool, _, _, email, name, _ = world
    group = unique("group")
    server.admin.create_group(UserPoolId=pool, GroupName=group)
    server.admin.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName=group)
    assert [u["Username"] for u in server.admin.list_users_in_group(UserPoolId=pool, GroupName=group)["Users"]] == [name]
    for used in (email, name):
        assert [g["GroupName"] for g in server.admin.admin_list_groups_for_user(UserPoolId=pool, Username=used)["Groups"]] == [group]
        assert server.admin.admin_get_user(UserPoolId=pool, Username=used)["Username"] == name
        assert server.admin.admin_get_user_auth_factors(UserPoolId=pool, Username=used)["Username"] == name
    server.admin.admin_remove_user_from_group(UserPoolId=pool, Username=name, GroupName=group)


def test_an_address_belongs_to_one_user(server, world):
    pool, _, _, email, name, _ = world
    more = lambda user, **extra: server.admin.admin_create_user(
        UserPoolId=pool, Username=user, MessageAction="SUPPRESS", UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}], **extra
    )
    if "@" in email and server.admin.describe_user_pool(UserPoolId=pool)["UserPool"].get("UsernameAttributes"):
        refused(lambda: more(email), "UsernameExistsException")
    else:
        other = unique()
        refused(lambda: more(other), "AliasExistsException")
        refused(lambda: server.admin.admin_create_user(UserPoolId=pool, Username=email, MessageAction="SUPPRESS"), "InvalidParameterException")
    assert server.admin.admin_get_user(UserPoolId=pool, Username=email)["Username"] == name
