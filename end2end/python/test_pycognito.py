"""pycognito: SRP written by other hands, tokens verified by it on every sign-in."""

import pytest
from botocore.exceptions import ClientError
from conftest import KEY, PASSWORD, SECRET, unique
from pycognito import Cognito
from pycognito.exceptions import ForceChangePasswordException


@pytest.fixture
def person(server, pool):
    def make(client, name, **more):
        endpoint = {"endpoint_url": server.url}
        return Cognito(pool, client["ClientId"], username=name, client_secret=client.get("ClientSecret"), access_key=KEY, secret_key=SECRET, boto3_client_kwargs=endpoint, **more)

    return make


@pytest.mark.parametrize("secret", [False, True])
def test_register_sign_in_by_srp_refresh_change(server, pool, person, secret):
    client = server.app(pool, GenerateSecret=secret)
    name = unique()
    email = f"{name}@example.com"
    user = person(client, name)
    user.set_base_attributes(email=email)
    user.register(name, PASSWORD)
    user.confirm_sign_up(server.code(email), name)
    with pytest.raises(ClientError, match="Incorrect username or password"):
        user.authenticate("Wrong-horse-1")
    user.authenticate(PASSWORD)
    assert user.id_claims["email"] == email
    assert user.access_claims["username"] == name
    first = user.access_token
    user.renew_access_token()
    assert user.access_token != first
    user.change_password(PASSWORD, "Second-horse-10")
    person(client, name).authenticate("Second-horse-10")
    user.initiate_forgot_password()
    user.confirm_forgot_password(server.code(email), "Third-horse-11")
    person(client, name).authenticate("Third-horse-11")
    user.logout()
    with pytest.raises(ClientError, match="revoked"):
        server.anon.get_user(AccessToken=first)


def test_forced_new_password(server, pool, person):
    client, name = server.app(pool), unique()
    server.admin.admin_create_user(UserPoolId=pool, Username=name, TemporaryPassword="Temporary-1", MessageAction="SUPPRESS")
    user = person(client, name)
    with pytest.raises(ForceChangePasswordException):
        user.authenticate("Temporary-1")
    user.new_password_challenge("Temporary-1", PASSWORD)
    assert user.access_claims["username"] == name


def test_many_sign_ins(server, pool, person):
    """About every eighth big number begins with a zero byte or a set top bit in an awkward place: try enough of them."""
    client, name = server.app(pool), unique()
    server.admin.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
    server.admin.admin_set_user_password(UserPoolId=pool, Username=name, Password=PASSWORD, Permanent=True)
    for _ in range(40):
        person(client, name).authenticate(PASSWORD)
