"""A second factor, by boto3: an authenticator application, text messages, e-mail, and what people prefer."""

import json

import pytest
from conftest import PASSWORD, claims, refused, totp, unique

SMS = {"SmsAuthenticationMessage": "Use {####}", "SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms", "ExternalId": "e", "SnsRegion": "us-east-1"}}
EMAIL = {"Message": "Your code is {####}", "Subject": "A code for you"}
DEVELOPER = {"EmailSendingAccount": "DEVELOPER", "SourceArn": "arn:aws:ses:us-east-1:123456789012:identity/no-reply@example.com"}


@pytest.fixture(scope="module")
def guarded(server):
    """A pool where everything may be a second factor, and a client of it."""
    pool = server.pool(EmailConfiguration=DEVELOPER, SmsConfiguration=SMS["SmsConfiguration"], AccountRecoverySetting={"RecoveryMechanisms": [{"Name": "admin_only", "Priority": 1}]})
    server.admin.set_user_pool_mfa_config(
        UserPoolId=pool, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}, SmsMfaConfiguration=SMS, EmailMfaConfiguration=EMAIL
    )
    return pool, server.app(pool)["ClientId"]


def phone():
    return "+1555" + str(int(unique("")[1:], 16) % 10**7).zfill(7)


def person(server, pool):
    number = phone()
    name = unique()
    return server.user(pool, name, email=f"{name}@example.com", email_verified="true", phone_number=number, phone_number_verified="true"), number


def with_totp(server, app, name):
    """Registers an authenticator application; returns its secret."""
    access = server.tokens(app, name)["AccessToken"]
    secret = server.anon.associate_software_token(AccessToken=access)["SecretCode"]
    assert server.anon.verify_software_token(AccessToken=access, UserCode=totp(secret), FriendlyDeviceName="phone")["Status"] == "SUCCESS"
    server.anon.set_user_mfa_preference(AccessToken=access, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True})
    return secret, access


def test_the_configuration_comes_back(server, guarded):
    config = server.admin.get_user_pool_mfa_config(UserPoolId=guarded[0])
    assert (config["MfaConfiguration"], config["SoftwareTokenMfaConfiguration"]) == ("OPTIONAL", {"Enabled": True})
    assert (config["SmsMfaConfiguration"], config["EmailMfaConfiguration"]) == (SMS, EMAIL)
    assert server.admin.describe_user_pool(UserPoolId=guarded[0])["UserPool"]["MfaConfiguration"] == "OPTIONAL"
    bare = server.pool()
    on = lambda **more: server.admin.set_user_pool_mfa_config(UserPoolId=bare, MfaConfiguration="ON", **more)
    refused(on, "InvalidParameterException")
    assert on(SoftwareTokenMfaConfiguration={"Enabled": True})["MfaConfiguration"] == "ON"


def test_totp(server, guarded):
    pool, app = guarded
    name, _ = person(server, pool)
    access = server.tokens(app, name)["AccessToken"]
    prefer = lambda: server.anon.set_user_mfa_preference(AccessToken=access, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True})
    refused(prefer, "InvalidParameterException", "User does not have delivery config set to turn on SOFTWARE_TOKEN_MFA")
    secret, access = with_totp(server, app, name)
    got = server.anon.get_user(AccessToken=access)
    assert (got["PreferredMfaSetting"], got["UserMFASettingList"]) == ("SOFTWARE_TOKEN_MFA", ["SOFTWARE_TOKEN_MFA"])
    challenge = server.enter(app, name)
    assert challenge["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    assert challenge["ChallengeParameters"]["FRIENDLY_DEVICE_NAME"] == "phone"
    code = totp(secret, 1)
    wrong = "000000" if code != "000000" else "000001"
    refused(lambda: server.answer(app, challenge, name, SOFTWARE_TOKEN_MFA_CODE=wrong), "CodeMismatchException", "Invalid code received for user")
    done = server.answer(app, challenge, name, SOFTWARE_TOKEN_MFA_CODE=code)["AuthenticationResult"]
    assert claims(done["AccessToken"])["username"] == name
    refused(lambda: server.answer(app, server.enter(app, name), name, SOFTWARE_TOKEN_MFA_CODE=code), "ExpiredCodeException", "Your software token has already been used once.")
    server.admin.admin_delete_software_token(UserPoolId=pool, Username=name)
    assert server.tokens(app, name)["AccessToken"]
    assert "PreferredMfaSetting" not in server.admin.admin_get_user(UserPoolId=pool, Username=name)


@pytest.mark.parametrize("factor, challenge_name, code_name", [("SMSMfaSettings", "SMS_MFA", "SMS_MFA_CODE"), ("EmailMfaSettings", "EMAIL_OTP", "EMAIL_OTP_CODE")])
def test_a_code_that_is_sent(server, guarded, factor, challenge_name, code_name):
    pool, app = guarded
    name, number = person(server, pool)
    access = server.tokens(app, name)["AccessToken"]
    server.anon.set_user_mfa_preference(AccessToken=access, **{factor: {"Enabled": True, "PreferredMfa": True}})
    assert server.anon.get_user(AccessToken=access)["UserMFASettingList"] == [challenge_name]
    challenge = server.enter(app, name)
    sms = challenge_name == "SMS_MFA"
    parameters = challenge["ChallengeParameters"]
    assert challenge["ChallengeName"] == challenge_name
    assert parameters["CODE_DELIVERY_DELIVERY_MEDIUM"] == ("SMS" if sms else "EMAIL")
    assert parameters["CODE_DELIVERY_DESTINATION"] == (f"+*******{number[-4:]}" if sms else "u***@e***")
    code = server.code(number if sms else f"{name}@example.com")
    wrong = "000000" if code != "000000" else "000001"
    refused(lambda: server.answer(app, challenge, name, **{code_name: wrong}), "CodeMismatchException", "Invalid code or auth state for the user.")
    assert server.answer(app, challenge, name, **{code_name: code})["AuthenticationResult"]["IdToken"]
    refused(lambda: server.answer(app, challenge, name, **{code_name: code}), "NotAuthorizedException")


def test_choosing_between_factors(server, guarded):
    pool, app = guarded
    name, number = person(server, pool)
    secret, access = with_totp(server, app, name)
    on = {"Enabled": True, "PreferredMfa": False}
    server.admin.admin_set_user_mfa_preference(UserPoolId=pool, Username=name, SMSMfaSettings=on, EmailMfaSettings=on, SoftwareTokenMfaSettings=on)
    user = server.admin.admin_get_user(UserPoolId=pool, Username=name)
    assert (sorted(user["UserMFASettingList"]), "PreferredMfaSetting" in user) == (["EMAIL_OTP", "SMS_MFA", "SOFTWARE_TOKEN_MFA"], False)
    factors = server.anon.get_user_auth_factors(AccessToken=access)
    assert sorted(factors["UserMFASettingList"]) == ["EMAIL_OTP", "SMS_MFA", "SOFTWARE_TOKEN_MFA"]
    same = server.admin.admin_get_user_auth_factors(UserPoolId=pool, Username=name)
    assert {k: v for k, v in same.items() if k != "ResponseMetadata"} == {k: v for k, v in factors.items() if k != "ResponseMetadata"}
    both = {"Enabled": True, "PreferredMfa": True}
    refused(lambda: server.anon.set_user_mfa_preference(AccessToken=access, SMSMfaSettings=both, SoftwareTokenMfaSettings=both), "InvalidParameterException")
    choice = server.enter(app, name)
    assert choice["ChallengeName"] == "SELECT_MFA_TYPE"
    assert sorted(json.loads(choice["ChallengeParameters"]["MFAS_CAN_CHOOSE"])) == ["EMAIL_OTP", "SMS_MFA", "SOFTWARE_TOKEN_MFA"]
    for answer, key, code in (
        ("SMS_MFA", "SMS_MFA_CODE", lambda: server.code(number)),
        ("EMAIL_OTP", "EMAIL_OTP_CODE", lambda: server.code(f"{name}@example.com")),
        ("SOFTWARE_TOKEN_MFA", "SOFTWARE_TOKEN_MFA_CODE", lambda: totp(secret, 1)),
    ):
        challenge = server.answer(app, server.enter(app, name), name, ANSWER=answer)
        assert challenge["ChallengeName"] == answer
        assert server.answer(app, challenge, name, **{key: code()})["AuthenticationResult"]["AccessToken"]


def test_a_pool_that_insists(server):
    pool = server.pool()
    app = server.app(pool)["ClientId"]
    name = server.user(pool)
    server.admin.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="ON", SoftwareTokenMfaConfiguration={"Enabled": True})
    setup = server.enter(app, name)
    assert (setup["ChallengeName"], json.loads(setup["ChallengeParameters"]["MFAS_CAN_SETUP"])) == ("MFA_SETUP", ["SOFTWARE_TOKEN_MFA"])
    begun = server.anon.associate_software_token(Session=setup["Session"])
    code = totp(begun["SecretCode"], 1)
    wrong = "000000" if code != "000000" else "000001"
    verify = lambda code: server.anon.verify_software_token(Session=begun["Session"], UserCode=code)
    refused(lambda: verify(wrong), "EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA")
    verified = verify(code)
    assert verified["Status"] == "SUCCESS"
    done = server.answer(app, setup | {"Session": verified["Session"]}, name)
    assert done["AuthenticationResult"]["RefreshToken"]
    assert server.enter(app, name)["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    auth = {"UserPoolId": pool, "ClientId": app}
    begun = server.admin.admin_initiate_auth(**auth, AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD})
    assert begun["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    off = lambda: server.admin.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="OFF")
    assert off()["MfaConfiguration"] == "OFF"
    assert server.tokens(app, name)["AccessToken"]


def test_settings_of_the_old_kind(server, guarded):
    pool, app = guarded
    name, _ = person(server, pool)
    options = [{"DeliveryMedium": "SMS", "AttributeName": "phone_number"}]
    server.admin.admin_set_user_settings(UserPoolId=pool, Username=name, MFAOptions=options)
    assert server.admin.admin_get_user(UserPoolId=pool, Username=name)["MFAOptions"] == options
    assert server.enter(app, name)["ChallengeName"] == "SMS_MFA"
    server.admin.admin_set_user_settings(UserPoolId=pool, Username=name, MFAOptions=[])
    server.anon.set_user_settings(AccessToken=server.tokens(app, name)["AccessToken"], MFAOptions=options)
    assert server.enter(app, name)["ChallengeName"] == "SMS_MFA"
