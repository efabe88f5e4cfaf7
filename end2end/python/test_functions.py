"""Functions: deployed with boto3 and the `aws` command as to Lambda, called by a pool's flow, and what is kept of the calls."""

import base64
import io
import json
import os
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from conftest import KEY, SECRET, unique

ROLE = "arn:aws:iam::000000000000:role/lambda"


def archive(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, text in files.items():
            zipped.writestr(name.replace("__", "/").replace("_", "."), text)
    return out.getvalue()


@pytest.fixture(scope="module")
def functions(server):
    return boto3.client("lambda", region_name="us-east-1", endpoint_url=server.url, aws_access_key_id=KEY, aws_secret_access_key=SECRET)


def deploy(functions, source, **settings):
    given = {"FunctionName": unique("f"), "Runtime": "nodejs22.x", "Role": ROLE, "Handler": "index.handler", "Code": {"ZipFile": archive(index_js=source)}}
    return functions.create_function(**given | settings)


def test_a_function_is_deployed_and_called(functions):
    made = deploy(functions, "exports.handler = async (e) => { console.log('hi', e.a); return { got: e, env: process.env.STAGE } }", Environment={"Variables": {"STAGE": "t"}}, Tags={"a": "b"})
    name = made["FunctionName"]
    functions.get_waiter("function_active_v2").wait(FunctionName=name)
    called = functions.invoke(FunctionName=name, Payload=json.dumps({"a": 1}), LogType="Tail")
    assert json.load(called["Payload"]) == {"got": {"a": 1}, "env": "t"}
    assert "FunctionError" not in called and b"INFO\thi 1" in base64.b64decode(called["LogResult"])
    assert functions.invoke(FunctionName=made["FunctionArn"], InvocationType="DryRun")["StatusCode"] == 204
    assert functions.invoke(FunctionName=name, InvocationType="Event", Payload="{}")["StatusCode"] == 202
    got = functions.get_function(FunctionName=made["FunctionArn"])
    assert got["Configuration"] == {k: v for k, v in made.items() if k != "ResponseMetadata"} and got["Tags"] == {"a": "b"}
    with zipfile.ZipFile(io.BytesIO(urllib.request.urlopen(got["Code"]["Location"]).read())) as code:
        assert code.namelist() == ["index.js"]
    assert name in [f["FunctionName"] for page in functions.get_paginator("list_functions").paginate() for f in page["Functions"]]

    functions.update_function_code(FunctionName=name, ZipFile=archive(index_js="exports.handler = async () => { throw new TypeError('no') }"))
    functions.get_waiter("function_updated_v2").wait(FunctionName=name)
    failed = functions.invoke(FunctionName=name)
    error = json.load(failed["Payload"])
    assert (failed["FunctionError"], error["errorType"], error["errorMessage"]) == ("Unhandled", "TypeError", "no")
    functions.update_function_configuration(FunctionName=name, Handler="src/app.main", Timeout=10)
    functions.update_function_code(FunctionName=name, ZipFile=archive(src__app_mjs="export const main = async () => 'esm'"))
    assert functions.publish_version(FunctionName=name)["Version"] == "1"
    functions.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    assert json.load(functions.invoke(FunctionName=name, Qualifier="live")["Payload"]) == "esm"
    assert [a["Name"] for a in functions.list_aliases(FunctionName=name)["Aliases"]] == ["live"]
    assert [v["Version"] for v in functions.list_versions_by_function(FunctionName=name)["Versions"]] == ["$LATEST", "1"]
    functions.add_permission(FunctionName=name, StatementId="pool", Action="lambda:InvokeFunction", Principal="cognito-idp.amazonaws.com")
    assert "cognito-idp.amazonaws.com" in functions.get_policy(FunctionName=name)["Policy"]
    functions.remove_permission(FunctionName=name, StatementId="pool")
    functions.tag_resource(Resource=made["FunctionArn"], Tags={"c": "d"})
    functions.untag_resource(Resource=made["FunctionArn"], TagKeys=["a"])
    assert functions.list_tags(Resource=made["FunctionArn"])["Tags"] == {"c": "d"}
    functions.delete_function(FunctionName=name)
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        functions.get_function(FunctionName=name)


def test_what_cannot_run_here_is_refused(functions):
    with pytest.raises(functions.exceptions.InvalidParameterValueException) as caught:
        deploy(functions, "", Runtime="python3.12")
    assert "nodejs22.x" in str(caught.value)
    name = deploy(functions, "exports.handler = async () => { for (;;) {} }", Timeout=1)["FunctionName"]
    with pytest.raises(functions.exceptions.ResourceConflictException):
        deploy(functions, "", FunctionName=name)
    assert "Task timed out after 1.00 seconds" in json.load(functions.invoke(FunctionName=name)["Payload"])["errorMessage"]
    stranger = boto3.client("lambda", region_name="us-east-1", endpoint_url=functions.meta.endpoint_url, aws_access_key_id=KEY, aws_secret_access_key="wrong")
    with pytest.raises(ClientError) as caught:
        stranger.list_functions()
    assert caught.value.response["Error"]["Code"] == "InvalidSignatureException"


def test_a_pool_calls_its_functions_and_calls_can_be_repeated(server, functions):
    config = {
        "DefineAuthChallenge": "exports.handler = async (e) => { const s = e.request.session; e.response = s.length ? { issueTokens: s.at(-1).challengeResult, failAuthentication: !s.at(-1).challengeResult } : { challengeName: 'CUSTOM_CHALLENGE' }; return e }",
        "CreateAuthChallenge": "exports.handler = async (e) => { e.response.publicChallengeParameters = { q: '6*7' }; e.response.privateChallengeParameters = { a: 'forty-two' }; return e }",
        "VerifyAuthChallengeResponse": "exports.handler = async (e) => { e.response.answerCorrect = e.request.challengeAnswer === e.request.privateChallengeParameters.a; return e }",
    }
    made = {trigger: deploy(functions, source) for trigger, source in config.items()}
    pool = server.pool(LambdaConfig={trigger: f["FunctionArn"] for trigger, f in made.items()})
    app = server.app(pool, ExplicitAuthFlows=["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])["ClientId"]
    name = server.user(pool)
    asked = server.anon.initiate_auth(ClientId=app, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": name})
    assert asked["ChallengeParameters"]["q"] == "6*7"
    assert "AccessToken" in server.answer(app, asked, name, ANSWER="forty-two")["AuthenticationResult"]

    def own(method, path):
        request = AWSRequest(method, f"{server.url}/2015-03-31/functions/{path}", data=b"")
        SigV4Auth(Credentials(KEY, SECRET), "lambda", "us-east-1").add_auth(request)
        sent = urllib.request.Request(request.url, data=None if method == "GET" else b"", headers=dict(request.headers), method=method)
        return json.load(urllib.request.urlopen(sent))

    verify = made["VerifyAuthChallengeResponse"]["FunctionName"]
    [call] = own("GET", f"{verify}/invocations")["Invocations"]
    kept = own("GET", f"{verify}/invocations/{call['RequestId']}")
    assert call["Outcome"] == "Succeeded" and kept["Event"]["request"]["challengeAnswer"] == "(not kept)" and "forty-two" not in json.dumps(kept)
    functions.update_function_code(FunctionName=verify, ZipFile=archive(index_js="exports.handler = async (e) => e.userName"))
    assert own("POST", f"{verify}/invocations/{call['RequestId']}/replay") == name


def test_the_aws_command_deploys(server, tmp_path):
    (tmp_path / "f.zip").write_bytes(archive(index_js="exports.handler = async (e) => ({ hello: e.name })"))
    keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": "us-east-1", "AWS_PAGER": "", "HOME": str(tmp_path)}

    def aws(*args):
        command = [str(Path(sys.executable).parent / "aws"), "lambda", *args, "--endpoint-url", server.url, "--output", "json"]
        done = subprocess.run(command, env=os.environ | keys, cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout or "{}")

    name = unique("cli")
    made = aws("create-function", "--function-name", name, "--runtime", "nodejs22.x", "--role", ROLE, "--handler", "index.handler", "--zip-file", "fileb://f.zip")
    assert made["State"] == "Active"
    aws("wait", "function-active-v2", "--function-name", name)
    aws("invoke", "--function-name", name, "--payload", '{"name": "jane"}', "out.json")
    assert json.loads((tmp_path / "out.json").read_text()) == {"hello": "jane"}
    assert aws("update-function-configuration", "--function-name", name, "--timeout", "9")["Timeout"] == 9
    aws("delete-function", "--function-name", name)
