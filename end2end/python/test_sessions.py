"""Sessions that are tracked, and tokens that are exchanged, by boto3."""

import pytest
from conftest import refused


@pytest.fixture(scope="module")
def tracked(server):
    pool = server.pool()
    default = server.admin.get_user_pool_session_configuration(UserPoolId=pool)
    assert (default["UserSessionTracking"], default["TokenSession"]) == ("DISABLED", {"MaxPerUser": 20})
    made = server.admin.set_user_pool_session_configuration(UserPoolId=pool, UserSessionTracking="ENABLED", TokenSession={"MaxPerUser": 3})
    assert (made["UserPoolId"], made["UserSessionTracking"], made["TokenSession"]) == (pool, "ENABLED", {"MaxPerUser": 3})
    return pool, server.app(pool)["ClientId"]


def listed(server, tokens):
    return server.anon.list_user_sessions(AccessToken=tokens["AccessToken"])["Sessions"]


def test_a_user_lists_and_ends_sessions(server, tracked):
    pool, app = tracked
    name = server.user(pool)
    first, second = server.tokens(app, name), server.tokens(app, name)
    sessions = listed(server, second)
    assert [(s["SessionType"], s["ClientId"]) for s in sessions] == [("TOKEN", app)] * 2
    current = [s for s in sessions if s["IsCurrentSession"]]
    (other,) = (s["SessionId"] for s in sessions if not s["IsCurrentSession"])
    assert len(current) == 1
    refused(lambda: server.anon.revoke_user_session(AccessToken=second["AccessToken"], SessionId=current[0]["SessionId"]), "InvalidParameterException")
    server.anon.revoke_user_session(AccessToken=second["AccessToken"], SessionId=other)
    refused(lambda: server.anon.get_user(AccessToken=first["AccessToken"]), "NotAuthorizedException", "Access Token has been revoked")
    refresh = lambda tokens: server.anon.get_tokens_from_refresh_token(ClientId=app, RefreshToken=tokens["RefreshToken"])
    refused(lambda: refresh(first), "NotAuthorizedException")
    refresh(second)
    assert [s["SessionId"] for s in listed(server, second)] == [current[0]["SessionId"]]


def test_an_administrator_lists_and_ends_sessions(server, tracked):
    pool, app = tracked
    name = server.user(pool)
    tokens = [server.tokens(app, name) for _ in range(2)]
    target = {"UserPoolId": pool, "Username": name}
    sessions = server.admin.admin_list_user_sessions(**target)["Sessions"]
    assert len(sessions) == 2 and all(s["CreateDate"] <= s["LastActiveDate"] for s in sessions)
    for session in sessions:
        server.admin.admin_revoke_user_session(**target, SessionId=session["SessionId"])
    assert server.admin.admin_list_user_sessions(**target)["Sessions"] == []
    for token in tokens:
        refused(lambda token=token: server.anon.get_user(AccessToken=token["AccessToken"]), "NotAuthorizedException")


def test_no_more_sessions_than_allowed(server, tracked):
    pool, app = tracked
    name = server.user(pool)
    tokens = [server.tokens(app, name) for _ in range(5)]
    assert len(listed(server, tokens[-1])) == 3
    refused(lambda: server.anon.get_user(AccessToken=tokens[0]["AccessToken"]), "NotAuthorizedException")
    assert server.anon.get_user(AccessToken=tokens[2]["AccessToken"])["Username"] == name


def test_how_long_a_browser_stays_signed_in(server, tracked):
    pool, app = tracked
    target = {"UserPoolId": pool, "ClientId": app}
    assert server.admin.get_user_pool_client_session_configuration(**target)["SSOSession"] == {"MaxValidityMinutes": 60}
    made = server.admin.set_user_pool_client_session_configuration(**target, SSOSession={"MaxValidityMinutes": 5})
    assert made["SSOSession"] == {"MaxValidityMinutes": 5} == server.admin.get_user_pool_client_session_configuration(**target)["SSOSession"]
    too_long = lambda: server.admin.set_user_pool_client_session_configuration(**target, SSOSession={"MaxValidityMinutes": 129601})
    refused(too_long, "InvalidParameterException")


