"""Users of one server taken over by another when they first sign in there, as they would be from Cognito."""

import json

import pytest
from conftest import KEY, PASSWORD, SECRET, Server, attributes, claims, refused, unique


@pytest.fixture(scope="module")
def moving(tmp_path_factory):
    left = Server(tmp_path_factory.mktemp("left"))
    here = Server(tmp_path_factory.mktemp("here"), POOLHOUSE_OUTBOUND_ALLOW="localhost")
    yield left, here
    here.close()
    left.close()


def pools(moving, keys, **settings):
    left, here = moving
    old = left.pool(UsernameAttributes=["email"], **settings)
    app = left.app(old, GenerateSecret=True)
    name = f"{unique()}@example.com"
    left.user(old, name, email=name, email_verified="true", name="Jane")
    setting = {"Endpoint": left.url, "Region": "us-east-1", "UserPoolId": old, "ClientId": app["ClientId"], "ClientSecret": app["ClientSecret"]}
    if keys:
        setting |= {"AccessKeyId": KEY, "SecretAccessKey": SECRET}
    # Members that Cognito lacks are no part of boto3's model.
    send = here.client()
    send.meta.events.register("before-call.cognito-idp.UpdateUserPool", lambda params, **_: params.update(body=with_migration(params["body"], setting)))
    new = here.pool(UsernameAttributes=["email"])
    send.update_user_pool(UserPoolId=new)
    return old, new, here.app(new)["ClientId"], name


def with_migration(body, setting):
    return json.dumps(json.loads(body) | {"PoolhouseMigration": setting}).encode()


@pytest.mark.parametrize("keys", [True, False])
def test_a_user_keeps_password_and_sub(moving, keys):
    left, here = moving
    old, new, app, name = pools(moving, keys)
    refused(lambda: here.enter(app, name, "Wrong-horse-9"), "NotAuthorizedException", "Incorrect username or password.")
    tokens = here.tokens(app, name)
    before, after = (s.admin.admin_get_user(UserPoolId=p, Username=name) for s, p in ((left, old), (here, new)))
    assert attributes(before) == attributes(after) and before["Username"] == after["Username"] == claims(tokens["IdToken"])["sub"]
    left.admin.admin_delete_user(UserPoolId=old, Username=name)
    assert here.tokens(app, name)["AccessToken"]
    refused(lambda: here.enter(app, f"{unique()}@example.com"), "UserNotFoundException", "User does not exist.")


def test_a_forgotten_password_is_reset_here(moving):
    _, here = moving
    _, new, app, name = pools(moving, keys=True)
    here.anon.forgot_password(ClientId=app, Username=name)
    here.anon.confirm_forgot_password(ClientId=app, Username=name, ConfirmationCode=here.code(name), Password="Another-horse-9")
    assert here.enter(app, name, "Another-horse-9")["AuthenticationResult"]
    assert here.admin.admin_get_user(UserPoolId=new, Username=name)["UserStatus"] == "CONFIRMED"


def test_a_server_that_is_gone_lets_nobody_in(moving):
    left, here = moving
    _, _, app, name = pools(moving, keys=True)
    left.end()
    refused(lambda: here.enter(app, name), "UserNotFoundException", f"Exception migrating user in app client {app}")
    left.boot()
    assert here.tokens(app, name)["AccessToken"]
