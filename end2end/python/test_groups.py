"""Groups, by boto3: kept, filled, listed, and in the tokens of their members."""

from conftest import claims, refused, unique

ROLE = "arn:aws:iam::123456789012:role/"


def test_a_group_from_its_creation_to_its_end(server, pool):
    admin, name = server.admin, unique("group")
    made = admin.create_group(UserPoolId=pool, GroupName=name, Description="People", RoleArn=ROLE + "people", Precedence=7)["Group"]
    assert {k: made[k] for k in ("GroupName", "UserPoolId", "Description", "RoleArn", "Precedence")} == {
        "GroupName": name, "UserPoolId": pool, "Description": "People", "RoleArn": ROLE + "people", "Precedence": 7,
    }  # fmt: skip
    assert admin.get_group(UserPoolId=pool, GroupName=name)["Group"] == made
    refused(lambda: admin.create_group(UserPoolId=pool, GroupName=name), "GroupExistsException", "A group with the name already exists.")
    changed = admin.update_group(UserPoolId=pool, GroupName=name, Precedence=0)["Group"]
    assert (changed["Precedence"], changed["CreationDate"]) == (0, made["CreationDate"])
    admin.delete_group(UserPoolId=pool, GroupName=name)
    refused(lambda: admin.get_group(UserPoolId=pool, GroupName=name), "ResourceNotFoundException", "Group not found.")
    refused(lambda: admin.delete_group(UserPoolId=pool, GroupName=name), "ResourceNotFoundException", "Group not found.")


def test_the_tokens_of_a_member(server, pool, app):
    admin, user = server.admin, server.user(pool)
    first, second, plain = (unique(f"g{i}") for i in range(3))
    admin.create_group(UserPoolId=pool, GroupName=second, RoleArn=ROLE + "second", Precedence=2)
    admin.create_group(UserPoolId=pool, GroupName=first, RoleArn=ROLE + "first", Precedence=1)
    admin.create_group(UserPoolId=pool, GroupName=plain)
    assert "cognito:groups" not in claims(server.tokens(app, user)["AccessToken"])
    for group in (second, first, plain, plain):
        admin.admin_add_user_to_group(UserPoolId=pool, Username=user, GroupName=group)
    tokens = server.tokens(app, user)
    token = claims(tokens["IdToken"])
    assert sorted(token["cognito:groups"]) == sorted([first, second, plain]) == sorted(claims(tokens["AccessToken"])["cognito:groups"])
    assert sorted(token["cognito:roles"]) == [ROLE + "first", ROLE + "second"]
    assert token["cognito:preferred_role"] == ROLE + "first"
    admin.admin_remove_user_from_group(UserPoolId=pool, Username=user, GroupName=first)
    again = server.anon.initiate_auth(ClientId=app, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]})
    assert claims(again["AuthenticationResult"]["IdToken"])["cognito:preferred_role"] == ROLE + "second"


def test_every_paginator_of_groups(server):
    admin, pool = server.admin, server.pool()
    names, users = [f"group-{i:02}" for i in range(7)], [f"user-{i:02}" for i in range(5)]
    for name in names:
        admin.create_group(UserPoolId=pool, GroupName=name)
    for user in users:
        admin.admin_create_user(UserPoolId=pool, Username=user, MessageAction="SUPPRESS")
        admin.admin_add_user_to_group(UserPoolId=pool, Username=user, GroupName=names[0])
    for name in names[1:]:
        admin.admin_add_user_to_group(UserPoolId=pool, Username=users[0], GroupName=name)

    def visit(operation, member, key, **more):
        pages = list(admin.get_paginator(operation).paginate(UserPoolId=pool, PaginationConfig={"PageSize": 2}, **more))
        assert all(len(page[member]) <= 2 for page in pages) and "NextToken" not in pages[-1]
        return sorted(item[key] for page in pages for item in page[member])

    assert visit("list_groups", "Groups", "GroupName") == names
    assert visit("list_users_in_group", "Users", "Username", GroupName=names[0]) == users
    assert visit("admin_list_groups_for_user", "Groups", "GroupName", Username=users[0]) == names
    token = admin.list_groups(UserPoolId=pool, Limit=2)["NextToken"]
    refused(lambda: admin.list_groups(UserPoolId=pool, NextToken=token[:-4] + "AAAA"), "InvalidParameterException")


def test_what_is_not_there(server, pool):
    admin, group, user = server.admin, unique("group"), server.user(pool)
    admin.create_group(UserPoolId=pool, GroupName=group)
    add = lambda **more: admin.admin_add_user_to_group(**{"UserPoolId": pool, "Username": user, "GroupName": group} | more)
    refused(lambda: add(Username=unique()), "UserNotFoundException", "User does not exist.")
    refused(lambda: add(GroupName=unique()), "ResourceNotFoundException", "Group not found.")
    refused(lambda: add(UserPoolId="us-east-1_Nowhere00"), "ResourceNotFoundException", "User pool us-east-1_Nowhere00 does not exist.")
    refused(lambda: admin.list_users_in_group(UserPoolId=pool, GroupName=unique()), "ResourceNotFoundException", "Group not found.")
    refused(lambda: admin.admin_list_groups_for_user(UserPoolId=pool, Username=unique()), "UserNotFoundException", "User does not exist.")
    add()
    admin.admin_delete_user(UserPoolId=pool, Username=user)
    assert admin.list_users_in_group(UserPoolId=pool, GroupName=group)["Users"] == []
