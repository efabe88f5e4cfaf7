"""pycognito beyond the password: an authenticator application, text messages, groups, providers, profiles."""

import pytest
from botocore.exceptions import ClientError
from conftest import KEY, PASSWORD, SECRET, totp, unique
from pycognito import Cognito
from pycognito.exceptions import SMSMFAChallengeException, SoftwareTokenMFAChallengeException

SMS = {"SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms", "ExternalId": "e"}}


@pytest.fixture(scope="module")
def guarded(server):
    recovery = {"RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]}
    pool = server.pool(AccountRecoverySetting=recovery, **SMS)
    server.admin.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}, SmsMfaConfiguration=SMS)
    return pool


@pytest.fixture(params=[False, True], ids=["public", "secret"])
def person(server, guarded, request):
    """A user of a client without or with a secret: `person()` is a new session of the same user."""
    client, name = server.app(guarded, GenerateSecret=request.param), unique()
    number = "+1555" + str(int(name[5:], 16) % 10**7).zfill(7)
    server.user(guarded, name, phone_number=number, phone_number_verified="true", email=f"{name}@example.com", email_verified="true")

    def session():
        keys = {"access_key": KEY, "secret_key": SECRET, "boto3_client_kwargs": {"endpoint_url": server.url}}
        return Cognito(guarded, client["ClientId"], username=name, client_secret=client.get("ClientSecret"), **keys)

    session.number, session.username = number, name
    return session


def test_an_authenticator_application(person):
    user = person()
    user.authenticate(PASSWORD)
    secret = user.associate_software_token()
    assert user.verify_software_token(totp(secret), "phone") is True
    user.set_user_mfa_preference(False, True, "SOFTWARE_TOKEN")
    again = person()
    with pytest.raises(SoftwareTokenMFAChallengeException):
        again.authenticate(PASSWORD)
    code = totp(secret, 1)
    with pytest.raises(ClientError, match="Invalid code received for user"):
        again.respond_to_software_token_mfa_challenge("000000" if code != "000000" else "000001")
    again.respond_to_software_token_mfa_challenge(code)
    assert again.access_claims["username"] == person.username
    again.set_user_mfa_preference(False, False)
    person().authenticate(PASSWORD)


def test_a_text_message(server, person):
    user = person()
    user.authenticate(PASSWORD)
    user.set_user_mfa_preference(True, False, "SMS")
    again = person()
    with pytest.raises(SMSMFAChallengeException) as caught:
        again.authenticate(PASSWORD)
    other = person()
    other.respond_to_sms_mfa_challenge(server.code(person.number), caught.value.get_tokens())
    assert other.id_claims["phone_number_verified"] is True


def test_groups(server, guarded, person):
    user, group = person(), unique("group")
    server.admin.create_group(UserPoolId=guarded, GroupName=group, Description="People", Precedence=3)
    user.admin_add_user_to_group(person.username, group)
    assert user.admin_list_groups_for_user(person.username) == [group]
    assert user.get_group(group).precedence == 3
    assert group in [g.group_name for g in user.get_groups()]
    user.authenticate(PASSWORD)
    assert user.id_claims["cognito:groups"] == [group]
    user.admin_remove_user_from_group(person.username, group)
    assert user.admin_list_groups_for_user(person.username) == []


def test_profiles(person):
    user = person()
    user.authenticate(PASSWORD)
    user.update_profile({"given_name": "Ada", "family_name": "Lovelace"}, attr_map={})
    got = user.get_user(attr_map={"family_name": "surname"})
    assert (got.given_name, got.surname) == ("Ada", "Lovelace")
    user.admin_update_profile({"given_name": "Grace"})
    assert user.admin_get_user().given_name == "Grace"
    assert person.username in [u.username for u in user.get_users()]
    user.admin_disable_user(person.username)
    with pytest.raises(ClientError, match="User is disabled"):
        person().authenticate(PASSWORD)
    user.admin_enable_user(person.username)
    person().authenticate(PASSWORD)


def test_providers_and_clients(server, guarded, person):
    user, name = person(), "P" + unique("")[1:]
    details = {"client_id": "c", "client_secret": "s", "attributes_request_method": "GET", "oidc_issuer": "https://idp.example.com", "authorize_scopes": "openid"}
    urls = {f"{k}_url": f"https://idp.example.com/{k}" for k in ("authorize", "token", "attributes")} | {"jwks_uri": "https://idp.example.com/jwks"}
    user.admin_create_identity_provider(guarded, name, "OIDC", details | urls)
    assert user.admin_describe_identity_provider(guarded, name)["IdentityProvider"]["ProviderType"] == "OIDC"
    user.admin_update_identity_provider(guarded, name, AttributeMapping={"email": "mail"})
    assert user.admin_describe_identity_provider(guarded, name)["IdentityProvider"]["AttributeMapping"] == {"email": "mail", "username": "sub"}
    before = user.describe_user_pool_client(guarded, user.client_id)
    user.admin_update_user_pool_client(guarded, user.client_id, SupportedIdentityProviders=["COGNITO", name], ExplicitAuthFlows=before["ExplicitAuthFlows"])
    assert name in user.describe_user_pool_client(guarded, user.client_id)["SupportedIdentityProviders"]
    user.authenticate(PASSWORD)
