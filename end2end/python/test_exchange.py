"""Tokens that are exchanged and sign-ins that are judged, by boto3."""

import pytest
from conftest import PASSWORD, claims, refused, secret_hash, totp, unique


@pytest.fixture(scope="module")
def service(server, pool):
    """A client that may exchange the tokens of users."""
    flows = ["ALLOW_TOKEN_EXCHANGE_IMPERSONATION", "ALLOW_TOKEN_EXCHANGE_DELEGATION"]
    return server.app(pool, GenerateSecret=True, ExplicitAuthFlows=flows)


def test_a_token_is_derived_for_a_service(server, pool, app, service):
    name = server.user(pool)
    tokens = server.tokens(app, name)
    key = {"ClientId": service["ClientId"], "ClientSecret": service["ClientSecret"]}
    derive = lambda **more: server.anon.get_derived_token(**key | {"SubjectToken": tokens["AccessToken"], "SubjectTokenType": "ACCESS_TOKEN"} | more)
    answer = derive(Audiences=["billing"])
    assert (answer["IssuedTokenType"], answer["TokenType"]) == ("ACCESS_TOKEN", "Bearer")
    derived, subject = claims(answer["IssuedToken"]), claims(tokens["AccessToken"])
    assert (derived["aud"], derived["client_id"], derived["sub"]) == ("billing", service["ClientId"], subject["sub"])
    refused(lambda: derive(ClientSecret="wrong" * 6), "NotAuthorizedException")
    refused(lambda: derive(SubjectToken=tokens["AccessToken"][:-6] + "AAAAAA"), "NotAuthorizedException")
    refused(lambda: derive(ClientId=app, ClientSecret="a" * 24), "NotAuthorizedException")
    server.admin.admin_user_global_sign_out(UserPoolId=pool, Username=name)
    refused(derive, "NotAuthorizedException")


def test_an_address_that_is_blocked(server):
    pool = server.pool(UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"}, UserPoolTier="PLUS")
    app, name = server.app(pool)["ClientId"], server.user(pool)
    assert server.tokens(app, name)
    here = ["127.0.0.0/8", "::1/128"]
    server.admin.set_risk_configuration(UserPoolId=pool, RiskExceptionConfiguration={"BlockedIPRangeList": here})
    other = server.app(pool)["ClientId"]
    server.admin.set_risk_configuration(UserPoolId=pool, ClientId=other, RiskExceptionConfiguration={"SkippedIPRangeList": here})
    refused(lambda: server.enter(app, name), "NotAuthorizedException", "Unable to login because of security reasons.")
    refused(lambda: server.enter(app, name, "Wrong-horse-1"), "NotAuthorizedException", "Unable to login because of security reasons.")
    assert server.tokens(other, name), "a client's own configuration goes before its pool's"


def test_an_administrator_signs_a_user_in_and_tells_where_from(server):
    pool = server.pool(UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"}, UserPoolTier="PLUS")
    app, name = server.app(pool)["ClientId"], server.user(pool)
    context = {"IpAddress": "203.0.113.9", "ServerName": "example.com", "ServerPath": "/login", "HttpHeaders": [{"headerName": "user-agent", "headerValue": "Mozilla/5.0"}]}
    auth = {"UserPoolId": pool, "ClientId": app, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "ContextData": context}
    server.admin.admin_initiate_auth(AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD}, **auth)
    event = server.admin.admin_list_user_auth_events(UserPoolId=pool, Username=name)["AuthEvents"][0]
    assert event["EventContextData"]["IpAddress"] == "203.0.113.9"


def test_a_secret_hash_is_asked_of_every_answer(server):
    pool = server.pool()
    server.admin.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True})
    client = server.app(pool, GenerateSecret=True)
    app, name = client["ClientId"], server.user(pool)
    proof = {"SECRET_HASH": secret_hash(client["ClientSecret"], name, app)}
    access = server.tokens(app, name, **proof)["AccessToken"]
    secret = server.anon.associate_software_token(AccessToken=access)["SecretCode"]
    server.anon.verify_software_token(AccessToken=access, UserCode=totp(secret))
    server.anon.set_user_mfa_preference(AccessToken=access, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True})
    challenge, code = server.enter(app, name, **proof), totp(secret, 1)
    answer = lambda **more: server.answer(app, challenge, name, SOFTWARE_TOKEN_MFA_CODE=code, **more)
    missing = f"Client {app} is configured with secret but SECRET_HASH was not received"
    refused(answer, "NotAuthorizedException", missing)
    refused(lambda: answer(SECRET_HASH=secret_hash(client["ClientSecret"], unique(), app)), "NotAuthorizedException", f"Unable to verify secret hash for client {app}")
    assert answer(**proof)["AuthenticationResult"]["AccessToken"]


def test_a_challenge_belongs_to_its_client_and_user(server, pool):
    first, second = server.app(pool)["ClientId"], server.app(pool)["ClientId"]
    name, other = (unique() for _ in range(2))
    for user in (name, other):
        server.admin.admin_create_user(UserPoolId=pool, Username=user, TemporaryPassword="Temporary-1", MessageAction="SUPPRESS")
    challenge = server.enter(first, name, "Temporary-1")
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    refused(lambda: server.answer(second, challenge, name, NEW_PASSWORD=PASSWORD), "NotAuthorizedException")
    refused(lambda: server.answer(first, challenge, other, NEW_PASSWORD=PASSWORD), "NotAuthorizedException")
    refused(lambda: server.answer(first, challenge | {"ChallengeName": "SMS_MFA"}, name, SMS_MFA_CODE="123456"), "NotAuthorizedException")
    assert server.answer(first, challenge, name, NEW_PASSWORD=PASSWORD)["AuthenticationResult"]
    assert server.enter(first, other, "Temporary-1")["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
