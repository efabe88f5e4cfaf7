"""Authlib as an application: keys instead of secrets, introspection, machines."""

import json

import pytest
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import ClientSecretJWT, PrivateKeyJWT
from conftest import claims
from joserfc.jwk import ECKey, RSAKey


@pytest.fixture(scope="module")
def api(server, pool):
    scopes = [{"ScopeName": "read", "ScopeDescription": "Read orders"}]
    server.admin.create_resource_server(UserPoolId=pool, Identifier="orders", Name="Orders", Scopes=scopes)
    return f"{server.url}/{pool}"


def machine(server, pool, oauth, **settings):
    """A machine's client with `PoolhouseOAuth`, which the SDK would leave out."""
    admin = server.client()

    def add(params, **_):
        params["body"] = json.dumps(json.loads(params["body"]) | {"PoolhouseOAuth": oauth}).encode()

    admin.meta.events.register("before-call.cognito-identity-provider.CreateUserPoolClient", add)
    flows = {"AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": ["orders/read"], "AllowedOAuthFlowsUserPoolClient": True}
    return admin.create_user_pool_client(UserPoolId=pool, ClientName="machine", **flows, **settings)["UserPoolClient"]


@pytest.mark.parametrize("kind,size,alg", [(RSAKey, 2048, "RS256"), (ECKey, "P-256", "ES256"), (ECKey, "P-384", "ES384")])
def test_a_machine_proves_itself_with_a_key(server, pool, api, kind, size, alg):
    key = kind.generate_key(size, {"kid": "one"}, private=True)
    method = {"TokenEndpointAuthMethod": "private_key_jwt", "Jwks": {"keys": [key.as_dict(private=False)]}}
    client = machine(server, pool, method)["ClientId"]
    session = OAuth2Session(client, key, token_endpoint_auth_method="private_key_jwt", scope="orders/read")
    session.register_client_auth_method(PrivateKeyJWT(f"{api}/oauth2/token", alg=alg))
    token = session.fetch_token(f"{api}/oauth2/token", grant_type="client_credentials")
    assert claims(token["access_token"])["scope"] == "orders/read"
    told = session.introspect_token(f"{api}/oauth2/introspect", token=token["access_token"]).json()
    assert (told["active"], told["client_id"], told["scope"]) == (True, client, "orders/read")


def test_a_machine_proves_itself_with_a_secret_that_it_does_not_send(server, pool, api):
    client = machine(server, pool, {"TokenEndpointAuthMethod": "client_secret_jwt"}, GenerateSecret=True)
    session = OAuth2Session(client["ClientId"], client["ClientSecret"], token_endpoint_auth_method="client_secret_jwt")
    session.register_client_auth_method(ClientSecretJWT(f"{api}/oauth2/token"))
    token = session.fetch_token(f"{api}/oauth2/token", grant_type="client_credentials", resource="orders")
    assert claims(token["access_token"])["aud"] == "orders"
    plain = OAuth2Session(client["ClientId"], client["ClientSecret"], token_endpoint_auth_method="client_secret_post")
    with pytest.raises(Exception, match="invalid_client"):
        plain.fetch_token(f"{api}/oauth2/token", grant_type="client_credentials")
