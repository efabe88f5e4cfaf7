"""The `aws` command, told the endpoint."""

from conftest import PASSWORD, unique


def test_from_pool_to_tokens(aws):
    name = unique("cli")
    pool = aws("create-user-pool", "--pool-name", name, "--auto-verified-attributes", "email", "--policies", "PasswordPolicy={MinimumLength=10}")["UserPool"]
    assert aws("describe-user-pool", "--user-pool-id", pool["Id"])["UserPool"] == pool
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] == 10
    target = ["--user-pool-id", pool["Id"]]
    client = aws("create-user-pool-client", *target, "--client-name", "cli", "--explicit-auth-flows", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH")["UserPoolClient"]["ClientId"]

    made = aws("admin-create-user", *target, "--username", "alice", "--temporary-password", "Temporary-1", "--message-action", "SUPPRESS", "--user-attributes", "Name=email,Value=alice@example.com")
    assert (made["User"]["Username"], made["User"]["UserStatus"]) == ("alice", "FORCE_CHANGE_PASSWORD")
    auth = ["initiate-auth", "--client-id", client, "--auth-flow", "USER_PASSWORD_AUTH", "--auth-parameters"]
    challenge = aws(*auth, "USERNAME=alice,PASSWORD=Temporary-1")
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    answer = ["--challenge-name", "NEW_PASSWORD_REQUIRED", "--session", challenge["Session"], "--challenge-responses", f"USERNAME=alice,NEW_PASSWORD={PASSWORD}"]
    assert aws("respond-to-auth-challenge", "--client-id", client, *answer)["AuthenticationResult"]["TokenType"] == "Bearer"

    unsigned = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    tokens = aws(*auth, f"USERNAME=alice,PASSWORD={PASSWORD}", **unsigned)["AuthenticationResult"]
    assert aws("get-user", "--access-token", tokens["AccessToken"], **unsigned)["Username"] == "alice"
    assert "(NotAuthorizedException)" in aws(*auth, "USERNAME=alice,PASSWORD=Wrong-horse-1")
    assert "(InvalidSignatureException)" in aws("list-users", *target, AWS_SECRET_ACCESS_KEY="wrong")
    assert [user["Username"] for user in aws("list-users", *target)["Users"]] == ["alice"]
    assert aws("delete-user-pool", *target) == {}
    assert "(ResourceNotFoundException)" in aws("describe-user-pool", *target)
