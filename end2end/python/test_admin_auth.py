"""Sign-ins that a server makes for its users, codes by text message, and recovery beside a second factor, by boto3."""

import json

import pytest
from conftest import FLOWS, PASSWORD, attributes, claims, refused, totp, unique

SMS = {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms", "ExternalId": "e"}


@pytest.fixture(scope="module")
def world(server):
    """A pool that takes codes as first factors and has second ones, a client of it, and how to sign in with both."""
    pool = server.pool(
        SmsConfiguration=SMS, AutoVerifiedAttributes=["email", "phone_number"], Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP"]}}
    )
    app = server.app(pool, ExplicitAuthFlows=[*FLOWS, "ALLOW_USER_AUTH"])["ClientId"]
    server.admin.set_user_pool_mfa_config(
        UserPoolId=pool, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}, SmsMfaConfiguration={"SmsConfiguration": SMS}
    )
    return pool, app, {"UserPoolId": pool, "ClientId": app}


def person(server, pool):
    name = unique()
    number = "+1555" + str(int(name[5:], 16) % 10**7).zfill(7)
    return server.user(pool, name, email=f"{name}@example.com", email_verified="true", phone_number=number, phone_number_verified="true"), number


def test_the_new_password_then_the_factor(server, world):
    pool, app, auth = world
    name = unique()
    server.admin.admin_create_user(
        UserPoolId=pool, Username=name, TemporaryPassword="Temporary-1", MessageAction="SUPPRESS", UserAttributes=[{"Name": "phone_number", "Value": "+15550001111"}]
    )
    server.admin.admin_set_user_mfa_preference(UserPoolId=pool, Username=name, SMSMfaSettings={"Enabled": True, "PreferredMfa": True})
    first = server.admin.admin_initiate_auth(**auth, AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters={"USERNAME": name, "PASSWORD": "Temporary-1"})
    seen = [first["ChallengeName"]]
    answers = {"NEW_PASSWORD_REQUIRED": lambda: {"NEW_PASSWORD": PASSWORD}, "SMS_MFA": lambda: {"SMS_MFA_CODE": server.code("+15550001111")}}
    step = first
    while "AuthenticationResult" not in step:
        reply = {"USERNAME": name} | answers[step["ChallengeName"]]()
        step = server.admin.admin_respond_to_auth_challenge(**auth, ChallengeName=step["ChallengeName"], Session=step["Session"], ChallengeResponses=reply)
        seen.append(step.get("ChallengeName"))
    assert sorted(filter(None, seen)) == ["NEW_PASSWORD_REQUIRED", "SMS_MFA"]
    user = server.admin.admin_get_user(UserPoolId=pool, Username=name)
    assert (user["UserStatus"], attributes(user)["phone_number_verified"]) == ("CONFIRMED", "true")


def test_a_text_message_instead_of_a_password(server, world):
    pool, app, auth = world
    name, number = person(server, pool)
    for call, target in ((server.anon.initiate_auth, {"ClientId": app}), (server.admin.admin_initiate_auth, auth)):
        challenge = call(**target, AuthFlow="USER_AUTH", AuthParameters={"USERNAME": name, "PREFERRED_CHALLENGE": "SMS_OTP"})
        assert challenge["ChallengeName"] == "SMS_OTP"
        assert {"PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP"} == set(challenge["AvailableChallenges"])
        assert challenge["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"] == f"+*******{number[-4:]}"
        done = server.answer(app, challenge, name, SMS_OTP_CODE=server.code(number))
        assert claims(done["AuthenticationResult"]["AccessToken"])["username"] == name


def test_with_a_second_factor_only_the_password_begins(server, world):
    pool, app, _ = world
    name, _ = person(server, pool)
    access = server.tokens(app, name)["AccessToken"]
    secret = server.anon.associate_software_token(AccessToken=access)["SecretCode"]
    server.anon.verify_software_token(AccessToken=access, UserCode=totp(secret))
    server.anon.set_user_mfa_preference(AccessToken=access, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True})
    begin = lambda **more: server.anon.initiate_auth(ClientId=app, AuthFlow="USER_AUTH", AuthParameters={"USERNAME": name} | more)
    for more in ({}, {"PREFERRED_CHALLENGE": "EMAIL_OTP"}):
        choice = begin(**more)
        assert (choice["ChallengeName"], set(choice["AvailableChallenges"])) == ("SELECT_CHALLENGE", {"PASSWORD", "PASSWORD_SRP"})
    challenge = begin(PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    assert challenge["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    done = server.answer(app, challenge, name, SOFTWARE_TOKEN_MFA_CODE=totp(secret, 1))
    assert done["AuthenticationResult"]["AccessToken"]


def test_a_forgotten_password_is_not_recovered_over_the_channel_of_the_factor(server):
    both = {"RecoveryMechanisms": [{"Name": "verified_phone_number", "Priority": 1}, {"Name": "verified_email", "Priority": 2}]}
    pool = server.pool(SmsConfiguration=SMS, AccountRecoverySetting=both)
    server.admin.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="OPTIONAL", SmsMfaConfiguration={"SmsConfiguration": SMS})
    app = server.app(pool)["ClientId"]
    name, _ = person(server, pool)
    forgot = lambda: server.anon.forgot_password(ClientId=app, Username=name)["CodeDeliveryDetails"]
    assert (forgot()["DeliveryMedium"], forgot()["AttributeName"]) == ("SMS", "phone_number")
    server.anon.set_user_mfa_preference(AccessToken=server.tokens(app, name)["AccessToken"], SMSMfaSettings={"Enabled": True, "PreferredMfa": True})
    assert (forgot()["DeliveryMedium"], forgot()["AttributeName"]) == ("EMAIL", "email")
    server.admin.admin_delete_user_attributes(UserPoolId=pool, Username=name, UserAttributeNames=["email"])
    refused(forgot, "InvalidParameterException", "Cannot reset password for the user as there is no registered/verified email or phone_number")


def test_an_administrator_resets_a_password(server, world):
    pool, app, _ = world
    name, number = person(server, pool)
    server.admin.admin_reset_user_password(UserPoolId=pool, Username=name)
    assert server.admin.admin_get_user(UserPoolId=pool, Username=name)["UserStatus"] == "RESET_REQUIRED"
    refused(lambda: server.enter(app, name), "PasswordResetRequiredException", "Password reset required for the user")
    to = number if server.inbox(number) else f"{name}@example.com"
    server.anon.confirm_forgot_password(ClientId=app, Username=name, ConfirmationCode=server.code(to), Password="Second-horse-10")
    assert server.tokens(app, name, PASSWORD="Second-horse-10")


def test_wrong_codes_lock_a_user_out(server, world):
    pool, app, _ = world
    name, _ = person(server, pool)
    access = server.tokens(app, name)["AccessToken"]
    secret = server.anon.associate_software_token(AccessToken=access)["SecretCode"]
    server.anon.verify_software_token(AccessToken=access, UserCode=totp(secret))
    server.anon.set_user_mfa_preference(AccessToken=access, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True})
    challenge = server.enter(app, name)
    good = {totp(secret, step) for step in range(-2, 4)}
    guesses = [code for code in (f"{n:06}" for n in range(30)) if code not in good]
    codes = []
    for guess in guesses[:10]:
        with pytest.raises(server.anon.exceptions.ClientError) as caught:
            server.answer(app, challenge, name, SOFTWARE_TOKEN_MFA_CODE=guess)
        codes.append(caught.value.response["Error"]["Code"])
    assert codes[0] == "CodeMismatchException" and codes[-1] != "CodeMismatchException", json.dumps(codes)
