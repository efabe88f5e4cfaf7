"""boto3, as it comes."""

import datetime

import botocore.auth
import pytest
from conftest import PASSWORD, claims, refused, secret_hash, unique


def test_sign_up_to_deletion(server, app):
    name = unique()
    email = f"{name}@example.com"
    made = server.anon.sign_up(ClientId=app, Username=name, Password=PASSWORD, UserAttributes=[{"Name": "email", "Value": email}])
    assert made["UserConfirmed"] is False
    assert made["CodeDeliveryDetails"] == {"AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": "u***@e***"}
    refused(lambda: server.enter(app, name), "UserNotConfirmedException", "User is not confirmed.")
    server.anon.confirm_sign_up(ClientId=app, Username=name, ConfirmationCode=server.code(email))
    tokens = server.enter(app, name)["AuthenticationResult"]
    assert claims(tokens["IdToken"])["sub"] == made["UserSub"]
    user = server.anon.get_user(AccessToken=tokens["AccessToken"])
    assert {a["Name"]: a["Value"] for a in user["UserAttributes"]} == {"sub": made["UserSub"], "email": email, "email_verified": "true"}

    server.anon.forgot_password(ClientId=app, Username=name)
    server.anon.confirm_forgot_password(ClientId=app, Username=name, ConfirmationCode=server.code(email), Password="Second-horse-10")
    refused(lambda: server.enter(app, name), "NotAuthorizedException", "Incorrect username or password.")
    tokens = server.enter(app, name, "Second-horse-10")["AuthenticationResult"]
    fresh = server.anon.initiate_auth(ClientId=app, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]})
    server.anon.delete_user(AccessToken=fresh["AuthenticationResult"]["AccessToken"])
    with pytest.raises(server.anon.exceptions.UserNotFoundException):
        server.enter(app, name, "Second-horse-10")


def test_admin_flow(server, pool, app):
    name, admin = unique(), server.admin
    user = admin.admin_create_user(UserPoolId=pool, Username=name, TemporaryPassword="Temporary-1", MessageAction="SUPPRESS")["User"]
    assert user["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    now = datetime.datetime.now(datetime.timezone.utc)
    assert abs((now - user["UserCreateDate"]).total_seconds()) < 60
    auth = {"UserPoolId": pool, "ClientId": app}
    begun = admin.admin_initiate_auth(AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters={"USERNAME": name, "PASSWORD": "Temporary-1"}, **auth)
    assert begun["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    answer = {"USERNAME": name, "NEW_PASSWORD": PASSWORD}
    done = admin.admin_respond_to_auth_challenge(ChallengeName=begun["ChallengeName"], Session=begun["Session"], ChallengeResponses=answer, **auth)
    assert claims(done["AuthenticationResult"]["AccessToken"])["username"] == name
    got = admin.admin_get_user(UserPoolId=pool, Username=name)
    assert (got["UserStatus"], got["Enabled"], got["UserCreateDate"]) == ("CONFIRMED", True, user["UserCreateDate"])
    admin.admin_delete_user(UserPoolId=pool, Username=name)
    refused(lambda: admin.admin_get_user(UserPoolId=pool, Username=name), "UserNotFoundException", "User does not exist.")


def test_secret_hash(server, pool):
    client = server.app(pool, GenerateSecret=True)
    name, ClientId = unique(), client["ClientId"]
    sign_up = {"ClientId": ClientId, "Username": name, "Password": PASSWORD}
    refused(lambda: server.anon.sign_up(**sign_up), "NotAuthorizedException", f"Client {ClientId} is configured with secret but SECRET_HASH was not received")
    assert server.anon.sign_up(**sign_up, SecretHash=secret_hash(client["ClientSecret"], name, ClientId))["UserSub"]


def test_paginators_visit_everything_once(server):
    pool = server.pool()
    names = [f"page-{i:02}" for i in range(23)]
    for name in names:
        server.admin.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
    pages = list(server.admin.get_paginator("list_users").paginate(UserPoolId=pool, PaginationConfig={"PageSize": 5}))
    assert sorted(u["Username"] for page in pages for u in page["Users"]) == names
    assert all(len(page["Users"]) <= 5 for page in pages)
    clients = [server.app(pool, ClientName=f"app {i}")["ClientId"] for i in range(5)]
    pages = server.admin.get_paginator("list_user_pool_clients").paginate(UserPoolId=pool, PaginationConfig={"PageSize": 2})
    assert sorted(c["ClientId"] for page in pages for c in page["UserPoolClients"]) == sorted(clients)
    pools = server.admin.get_paginator("list_user_pools").paginate(PaginationConfig={"PageSize": 1})
    assert pool in [p["Id"] for page in pools for p in page["UserPools"]]


def test_signatures(server, pool, monkeypatch):
    describe = lambda client: client.describe_user_pool(UserPoolId=pool)
    assert describe(server.admin)["UserPool"]["Id"] == pool
    refused(lambda: describe(server.client(secret="wrong")), "InvalidSignatureException")
    refused(lambda: describe(server.client(key="AKIANOBODY0000000000")), "UnrecognizedClientException", "The security token included in the request is invalid.")
    refused(lambda: describe(server.anon), "MissingAuthenticationTokenException", "Missing Authentication Token")

    def retarget(request, **_):
        request.headers["X-Amz-Target"] = "AWSCognitoIdentityProviderService.DeleteUserPool"

    tampering = server.client()
    tampering.meta.events.register_last("before-send.cognito-idp.DescribeUserPool", retarget)
    refused(lambda: describe(tampering), "InvalidSignatureException")
    hour_ago = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) - datetime.timedelta(hours=1)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: hour_ago)
    refused(lambda: describe(server.client()), "InvalidSignatureException")
