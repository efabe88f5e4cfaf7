"""Devices that are remembered, by boto3 and pycognito's device SRP: they stand in for the second factor."""

import pytest
from conftest import PASSWORD, attributes, claims, refused, totp
from pycognito.aws_srp import AWSSRP, generate_hash_device


@pytest.fixture(scope="module")
def remembering(server):
    """A pool that asks for a second factor on new devices only, and remembers those that people say to remember."""
    pool = server.pool(DeviceConfiguration={"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": True})
    server.admin.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True})
    return pool, server.app(pool)["ClientId"]


class Device:
    """A device of a user, as an application keeps it."""

    def __init__(self, server, app, name, tokens):
        new = tokens["NewDeviceMetadata"]
        self.server, self.app, self.name, self.key, self.group, self.access = server, app, name, new["DeviceKey"], new["DeviceGroupKey"], tokens["AccessToken"]
        self.secret, self.verifier = generate_hash_device(self.group, self.key)

    def confirm(self, **more):
        return self.server.anon.confirm_device(AccessToken=self.access, DeviceKey=self.key, DeviceSecretVerifierConfig=self.verifier, **more)

    def remember(self, status="remembered"):
        self.server.anon.update_device_status(AccessToken=self.access, DeviceKey=self.key, DeviceRememberedStatus=status)

    def srp(self, pool, secret=None):
        device = {"device_key": self.key, "device_group_key": self.group, "device_password": secret or self.secret}
        return AWSSRP(self.name, PASSWORD, pool, self.app, client=self.server.anon, **device)

    def sign_in(self, pool, secret=None):
        """The whole sign-in: password SRP, then device SRP, each answer with the session that was given."""
        srp = self.srp(pool, secret)
        begun = self.server.anon.initiate_auth(ClientId=self.app, AuthFlow="USER_SRP_AUTH", AuthParameters=srp.get_auth_params())
        answer = srp.process_challenge(begun["ChallengeParameters"], srp.get_auth_params())
        asked = self.server.answer(self.app, begun, self.name, **answer)
        if asked.get("ChallengeName") != "DEVICE_SRP_AUTH":
            return asked
        asked = self.server.answer(self.app, asked, self.name, DEVICE_KEY=self.key, SRP_A=f"{srp.large_a_value:x}")
        assert asked["ChallengeName"] == "DEVICE_PASSWORD_VERIFIER"
        return self.server.answer(self.app, asked, self.name, **srp.process_device_challenge(asked["ChallengeParameters"]))


def with_totp(server, app, name):
    access = server.tokens(app, name)["AccessToken"]
    secret = server.anon.associate_software_token(AccessToken=access)["SecretCode"]
    server.anon.verify_software_token(AccessToken=access, UserCode=totp(secret))
    server.anon.set_user_mfa_preference(AccessToken=access, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True})
    return server.answer(app, server.enter(app, name), name, SOFTWARE_TOKEN_MFA_CODE=totp(secret, 1))["AuthenticationResult"]


def test_a_remembered_device_is_the_second_factor(server, remembering):
    pool, app = remembering
    device = Device(server, app, name := server.user(pool), with_totp(server, app, name))
    assert device.confirm(DeviceName="laptop")["UserConfirmationNecessary"] is True
    assert device.sign_in(pool)["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    device.remember()
    done = device.sign_in(pool)["AuthenticationResult"]
    assert (claims(done["AccessToken"])["device_key"], "NewDeviceMetadata" in done) == (device.key, False)
    refused(lambda: device.sign_in(pool, secret="not the secret"), "NotAuthorizedException")
    refresh = lambda **more: server.anon.initiate_auth(ClientId=app, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": done["RefreshToken"]} | more)
    assert claims(refresh(DEVICE_KEY=device.key)["AuthenticationResult"]["AccessToken"])["device_key"] == device.key
    refused(refresh, "NotAuthorizedException")
    device.remember("not_remembered")
    assert device.sign_in(pool)["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


def test_a_device_answers_nothing_without_the_session_of_the_password(server, remembering):
    """pycognito's own sign-in with a device leaves the session out, which would make the device's secret do without the password."""
    pool, app = remembering
    device = Device(server, app, name := server.user(pool), with_totp(server, app, name))
    device.confirm()
    device.remember()
    refused(device.srp(pool).authenticate_user, "InvalidParameterException", "Missing required parameter Session")


def test_devices_are_read_listed_and_forgotten(server, remembering):
    pool, app = remembering
    name = server.user(pool)
    devices = [Device(server, app, name, server.tokens(app, name)) for _ in range(3)]
    for number, device in enumerate(devices):
        device.confirm(DeviceName=f"device {number}")
    access, target = devices[0].access, {"UserPoolId": pool, "Username": name}
    got = server.anon.get_device(AccessToken=access, DeviceKey=devices[1].key)["Device"]
    assert got["DeviceKey"] == devices[1].key
    assert attributes({"Attributes": got["DeviceAttributes"]})["device_name"] == "device 1"
    assert server.admin.admin_get_device(**target, DeviceKey=devices[1].key)["Device"] == got
    seen, token = [], {}
    while token is not None:
        page = server.anon.list_devices(AccessToken=access, Limit=2, **token)
        seen += [d["DeviceKey"] for d in page["Devices"]]
        token = {"PaginationToken": page["PaginationToken"]} if "PaginationToken" in page else None
    assert sorted(seen) == sorted(d.key for d in devices)
    server.admin.admin_update_device_status(**target, DeviceKey=devices[2].key, DeviceRememberedStatus="remembered")
    server.anon.forget_device(AccessToken=access, DeviceKey=devices[0].key)
    server.admin.admin_forget_device(**target, DeviceKey=devices[1].key)
    assert [d["DeviceKey"] for d in server.admin.admin_list_devices(**target)["Devices"]] == [devices[2].key]
    refused(lambda: server.anon.get_device(AccessToken=access, DeviceKey=devices[0].key), "ResourceNotFoundException", "Device does not exist.")
    gone = lambda: server.enter(app, name, DEVICE_KEY=devices[0].key)
    refused(gone, "ResourceNotFoundException", "Device does not exist.")


def test_a_device_of_another_user_is_of_no_use(server, remembering):
    pool, app = remembering
    mine = Device(server, app, name := server.user(pool), server.tokens(app, name))
    other = server.user(pool)
    mine.confirm()
    mine.remember()
    theirs = server.tokens(app, other)["AccessToken"]
    for call in (server.anon.get_device, server.anon.forget_device):
        refused(lambda call=call: call(AccessToken=theirs, DeviceKey=mine.key), "ResourceNotFoundException")
    refused(lambda: server.enter(app, other, DEVICE_KEY=mine.key), "ResourceNotFoundException")


def test_a_pool_that_remembers_by_itself(server):
    pool = server.pool(DeviceConfiguration={"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False})
    app = server.app(pool)["ClientId"]
    device = Device(server, app, name := server.user(pool), server.tokens(app, name))
    assert device.confirm()["UserConfirmationNecessary"] is False
    assert claims(device.sign_in(pool)["AuthenticationResult"]["AccessToken"])["device_key"] == device.key


def test_a_pool_without_devices(server, pool, app):
    assert "NewDeviceMetadata" not in server.tokens(app, server.user(pool))
