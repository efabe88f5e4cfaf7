"""boto3 and the `aws` command on IAM and STS, and operators with least privilege on user pools."""

import json
import os
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from conftest import KEY, SECRET, unique

ACCOUNT = "000000000000"


def service(server, name, key=KEY, secret=SECRET, token=None):
    session = boto3.Session(aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token, region_name="us-east-1")
    return session.client(name, endpoint_url=server.url)


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource} | more


def code(call):
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


@pytest.fixture(scope="module")
def iam(server):
    return service(server, "iam")


@pytest.fixture
def operator(server, iam):
    def make(*statements):
        name = unique("operator")
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=document(*statements))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return name, key["AccessKeyId"], key["SecretAccessKey"]

    return make


def test_an_operator_of_one_pool(server, operator):
    mine, other = server.pool(), server.pool()
    _, key, secret = operator(allow("cognito-idp:*", f"arn:aws:cognito-idp:us-east-1:{ACCOUNT}:userpool/{mine}"))
    idp = service(server, "cognito-idp", key, secret)
    idp.admin_create_user(UserPoolId=mine, Username="jane", MessageAction="SUPPRESS")
    assert [user["Username"] for user in idp.list_users(UserPoolId=mine)["Users"]] == ["jane"]
    assert code(lambda: idp.list_users(UserPoolId=other)) == "AccessDeniedException"
    assert code(lambda: idp.list_user_pools(MaxResults=5)) == "AccessDeniedException"


def test_a_role_is_set_up_and_assumed(server, iam, operator):
    name = unique("Role")
    trust = document({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, Description="<for> tests & more", Tags=[{"Key": "a", "Value": "b"}])["Role"]
    assert role["AssumeRolePolicyDocument"] == json.loads(trust)
    policy = iam.create_policy(PolicyName=name, PolicyDocument=document(allow("cognito-idp:List*")))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=policy)
    assert iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"] == [{"PolicyName": name, "PolicyArn": policy}]
    assert iam.get_role(RoleName=name)["Role"]["Tags"] == [{"Key": "a", "Value": "b"}]
    assert name in [r["RoleName"] for page in iam.get_paginator("list_roles").paginate() for r in page["Roles"]]

    _, key, secret = operator(allow("sts:AssumeRole", role["Arn"]))
    answer = service(server, "sts", key, secret).assume_role(RoleArn=role["Arn"], RoleSessionName="e2e", DurationSeconds=900)
    given = answer["Credentials"]
    session = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    me = service(server, "sts", *session).get_caller_identity()
    assert (me["Arn"], me["Account"]) == (f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/e2e", ACCOUNT)
    assert me["UserId"] == answer["AssumedRoleUser"]["AssumedRoleId"] == f"{role['RoleId']}:e2e"
    idp = service(server, "cognito-idp", *session)
    assert idp.list_user_pools(MaxResults=1)["UserPools"] is not None
    assert code(lambda: idp.create_user_pool(PoolName="x")) == "AccessDeniedException"
    assert code(lambda: iam.delete_role(RoleName=name)) == "DeleteConflict"
    iam.detach_role_policy(RoleName=name, PolicyArn=policy)
    iam.delete_policy(PolicyArn=policy)
    iam.delete_role(RoleName=name)
    assert code(lambda: iam.get_role(RoleName=name)) == "NoSuchEntity"
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_role(RoleName=name)
    assert code(lambda: idp.list_user_pools(MaxResults=1)) == "UnrecognizedClientException"


def test_policies_are_simulated(iam):
    policy = document(allow("s3:Get*", "arn:aws:s3:::b/*"), {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/secret"})
    resources = ["arn:aws:s3:::b/x", "arn:aws:s3:::b/secret", "arn:aws:s3:::c"]
    results = iam.simulate_custom_policy(PolicyInputList=[policy], ActionNames=["s3:GetObject"], ResourceArns=resources)["EvaluationResults"]
    assert [r["EvalDecision"] for r in results] == ["allowed", "explicitDeny", "implicitDeny"]
    assert results[1]["MatchedStatements"][0]["SourcePolicyId"] == "PolicyInputList.1"
    assert code(lambda: iam.simulate_custom_policy(PolicyInputList=["{}"], ActionNames=["s3:GetObject"])) == "MalformedPolicyDocument"


def test_a_user_pools_people_assume_a_role(server, iam):
    pool = server.pool()
    app, jane = server.app(pool)["ClientId"], server.user(pool)
    token = server.tokens(app, jane)["IdToken"]
    name = f"{server.url.removeprefix('http://')}/{pool}"
    provider = iam.create_open_id_connect_provider(Url=f"http://{name}", ClientIDList=[app])["OpenIDConnectProviderArn"]
    role, web = unique("Web"), {"Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": provider}}
    trust = document({"Effect": "Allow", "Condition": {"StringEquals": {f"{name}:aud": app}}} | web)
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=document(allow("cognito-idp:ListUserPools")))
    sts = service(server, "sts")
    answer = sts.assume_role_with_web_identity(RoleArn=arn, RoleSessionName=jane, WebIdentityToken=token)
    given = answer["Credentials"]
    session = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    assert service(server, "cognito-idp", *session).list_user_pools(MaxResults=1)["UserPools"] is not None
    assert answer["Audience"] == app
    assert code(lambda: sts.assume_role_with_web_identity(RoleArn=arn, RoleSessionName=jane, WebIdentityToken=token[:-4] + "AAAA")) == "InvalidIdentityToken"
    assert code(lambda: sts.assume_role_with_web_identity(RoleArn=arn + "x", RoleSessionName=jane, WebIdentityToken=token)) == "AccessDenied"


def test_the_command_line(server, tmp_path):
    keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": "us-east-1", "AWS_PAGER": "", "HOME": str(tmp_path)}

    def aws(*args):
        command = [str(Path(sys.executable).parent / "aws"), *args, "--endpoint-url", server.url, "--output", "json"]
        done = subprocess.run(command, env=os.environ | keys, capture_output=True, text=True, timeout=60)
        return json.loads(done.stdout or "{}") if done.returncode == 0 else done.stderr

    assert aws("sts", "get-caller-identity")["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    name = unique("Cli")
    trust = document({"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity"})
    assert aws("iam", "create-role", "--role-name", name, "--assume-role-policy-document", trust)["Role"]["RoleName"] == name
    assert aws("iam", "put-role-policy", "--role-name", name, "--policy-name", "p", "--policy-document", document(allow("s3:*"))) == {}
    assert aws("iam", "list-role-policies", "--role-name", name)["PolicyNames"] == ["p"]
    assert aws("iam", "get-role-policy", "--role-name", name, "--policy-name", "p")["PolicyDocument"]["Statement"][0]["Action"] == "s3:*"
    assert "(NoSuchEntity)" in aws("iam", "get-role", "--role-name", "nobody")
    assert "(MalformedPolicyDocument)" in aws("iam", "put-role-policy", "--role-name", name, "--policy-name", "q", "--policy-document", "{}")
