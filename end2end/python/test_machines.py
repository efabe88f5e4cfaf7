"""Clients that act for themselves, by boto3 and HTTP: resource servers, client_credentials, GetClientToken, secrets that are exchanged."""

import base64
import json
import urllib.error
import urllib.parse
import urllib.request

from conftest import FLOWS, PASSWORD, claims, refused, secret_hash, unique


def post(server, pool, form, user=None, password=""):
    """The status and the answer of the token endpoint."""
    basic = {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()} if user else {}
    request = urllib.request.Request(f"{server.url}/{pool}/oauth2/token", urllib.parse.urlencode(form).encode(), basic)
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def machine(server, pool, identifier, **settings):
    server.admin.create_resource_server(
        UserPoolId=pool, Identifier=identifier, Name="Photos", Scopes=[{"ScopeName": s, "ScopeDescription": f"May {s}"} for s in ("read", "write")]
    )
    scopes = [f"{identifier}/read", f"{identifier}/write"]
    return server.app(
        pool, GenerateSecret=True, ExplicitAuthFlows=[], AllowedOAuthFlows=["client_credentials"], AllowedOAuthScopes=scopes, AllowedOAuthFlowsUserPoolClient=True, **settings
    )


def test_resource_servers(server):
    admin, pool = server.admin, server.pool()
    scopes = [{"ScopeName": "read", "ScopeDescription": "May read"}]
    made = admin.create_resource_server(UserPoolId=pool, Identifier="https://photos.example", Name="Photos", Scopes=scopes)["ResourceServer"]
    assert made == {"UserPoolId": pool, "Identifier": "https://photos.example", "Name": "Photos", "Scopes": scopes}
    assert admin.describe_resource_server(UserPoolId=pool, Identifier="https://photos.example")["ResourceServer"] == made
    again = lambda: admin.create_resource_server(UserPoolId=pool, Identifier="https://photos.example", Name="Again")
    refused(again, "InvalidParameterException", "https://photos.example already exists in user pool " + pool + ".")
    changed = admin.update_resource_server(UserPoolId=pool, Identifier="https://photos.example", Name="Pictures", Scopes=[])["ResourceServer"]
    assert changed["Name"] == "Pictures"
    for i in range(4):
        admin.create_resource_server(UserPoolId=pool, Identifier=f"api-{i}", Name="API")
    pages = list(admin.get_paginator("list_resource_servers").paginate(UserPoolId=pool, PaginationConfig={"PageSize": 2}))
    assert sorted(s["Identifier"] for page in pages for s in page["ResourceServers"]) == [*(f"api-{i}" for i in range(4)), "https://photos.example"]
    admin.delete_resource_server(UserPoolId=pool, Identifier="api-0")
    refused(lambda: admin.describe_resource_server(UserPoolId=pool, Identifier="api-0"), "ResourceNotFoundException")
    refused(lambda: server.app(pool, AllowedOAuthFlowsUserPoolClient=True, AllowedOAuthFlows=["client_credentials"], AllowedOAuthScopes=["api-0/read"], GenerateSecret=True), "ScopeDoesNotExistException")


def test_client_credentials(server, pool):
    client = machine(server, pool, identifier := unique("api"))
    key = (client["ClientId"], client["ClientSecret"])
    status, answer = post(server, pool, {"grant_type": "client_credentials"}, *key)
    assert (status, answer["token_type"], answer["expires_in"]) == (200, "Bearer", 3600)
    assert "refresh_token" not in answer and "id_token" not in answer
    token = claims(answer["access_token"])
    assert (token["sub"], token["client_id"], token["token_use"]) == (client["ClientId"], client["ClientId"], "access")
    assert sorted(token["scope"].split()) == [f"{identifier}/read", f"{identifier}/write"]
    status, answer = post(server, pool, {"grant_type": "client_credentials", "scope": f"{identifier}/read", "client_id": key[0], "client_secret": key[1]})
    assert claims(answer["access_token"])["scope"] == f"{identifier}/read"
    assert post(server, pool, {"grant_type": "client_credentials"}, key[0], "wrong")[1]["error"] == "invalid_client"
    status, answer = post(server, pool, {"grant_type": "client_credentials", "scope": f"{identifier}/delete"}, *key)
    assert (status, answer["error"]) == (400, "invalid_scope")


def test_get_client_token(server, pool):
    server.admin.create_resource_server(UserPoolId=pool, Identifier=(identifier := unique("api")), Name="API", Scopes=[{"ScopeName": "run", "ScopeDescription": "May run"}])
    client = server.app(
        pool, GenerateSecret=True, ExplicitAuthFlows=["ALLOW_CLIENT_TOKEN_AUTH"], AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=[f"{identifier}/run"], AllowedOAuthFlowsUserPoolClient=True,
    )  # fmt: skip
    ask = lambda to, **more: to.get_client_token(**{"ClientId": client["ClientId"], "Secret": client["ClientSecret"]} | more)["ClientAuthenticationResult"]
    for to in (server.anon, server.admin):
        token = ask(to, Scopes=[f"{identifier}/run"])
        assert (token["TokenType"], token["ExpiresIn"]) == ("Bearer", 3600)
        assert (claims(token["AccessToken"])["scope"], claims(token["AccessToken"])["client_id"]) == (f"{identifier}/run", client["ClientId"])
    refused(lambda: ask(server.anon, Secret="wrong" * 6), "NotAuthorizedException")
    other = server.app(pool, GenerateSecret=True)
    with_users = lambda: server.anon.get_client_token(ClientId=other["ClientId"], Secret=other["ClientSecret"])
    refused(with_users, "InvalidParameterException")


def test_a_secret_is_exchanged_without_a_gap(server, pool):
    admin, client = server.admin, server.app(pool, GenerateSecret=True)
    target = {"UserPoolId": pool, "ClientId": client["ClientId"]}
    user = server.user(pool)

    def enter(secret):
        return server.tokens(client["ClientId"], user, SECRET_HASH=secret_hash(secret, user, client["ClientId"]))

    old = admin.list_user_pool_client_secrets(**target)["ClientSecrets"]
    assert len(old) == 1 and "ClientSecretValue" not in old[0]
    added = admin.add_user_pool_client_secret(**target)["ClientSecretDescriptor"]
    new = added["ClientSecretValue"]
    for secret in (client["ClientSecret"], new):
        tokens = enter(secret)
        turned = server.anon.get_tokens_from_refresh_token(ClientId=client["ClientId"], ClientSecret=secret, RefreshToken=tokens["RefreshToken"])
        assert claims(turned["AuthenticationResult"]["AccessToken"])["username"] == user
    refused(lambda: admin.add_user_pool_client_secret(**target), "LimitExceededException")
    assert {s["ClientSecretId"] for s in admin.list_user_pool_client_secrets(**target)["ClientSecrets"]} == {old[0]["ClientSecretId"], added["ClientSecretId"]}
    admin.delete_user_pool_client_secret(**target, ClientSecretId=old[0]["ClientSecretId"])
    refused(lambda: enter(client["ClientSecret"]), "NotAuthorizedException", f"Unable to verify secret hash for client {client['ClientId']}")
    enter(new)
    assert admin.describe_user_pool_client(**target)["UserPoolClient"]["ClientSecret"] == new
    last = lambda: admin.delete_user_pool_client_secret(**target, ClientSecretId=added["ClientSecretId"])
    refused(last, "InvalidParameterException")
    chosen = "chosen_by_the_operator_0123456789"
    admin.add_user_pool_client_secret(**target, ClientSecret=chosen)
    enter(chosen)


def test_a_secret_hash_where_people_sign_up_and_recover(server, pool):
    client = server.app(pool, GenerateSecret=True, ExplicitAuthFlows=[*FLOWS[:3], "ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    name, app = unique(), client["ClientId"]
    email = f"{name}@example.com"
    new = server.admin.add_user_pool_client_secret(UserPoolId=pool, ClientId=app)["ClientSecretDescriptor"]["ClientSecretValue"]
    proof = {"SecretHash": secret_hash(new, name, app)}
    server.anon.sign_up(ClientId=app, Username=name, Password=PASSWORD, UserAttributes=[{"Name": "email", "Value": email}], **proof)
    server.anon.confirm_sign_up(ClientId=app, Username=name, ConfirmationCode=server.code(email), **proof)
    server.anon.forgot_password(ClientId=app, Username=name, **proof)
    server.anon.confirm_forgot_password(ClientId=app, Username=name, Password="Second-horse-10", ConfirmationCode=server.code(email), **proof)
    assert server.tokens(app, name, PASSWORD="Second-horse-10", SECRET_HASH=proof["SecretHash"])["AccessToken"]
