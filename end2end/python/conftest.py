"""A Poolhouse per module, clients for it, its mail, and what the tests of several subjects need."""

import base64
import hashlib
import hmac
import json
import os
import re
import secrets
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import answers
import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

TARGET = os.environ.get("CARGO_TARGET_DIR", Path(__file__).parents[2] / "target")
BINARY = os.environ.get("POOLHOUSE_BIN", f"{TARGET}/debug/poolhouse")
DATABASE = os.environ.get("POOLHOUSE_TEST_DATABASE", "sqlite")
KEY, SECRET = "AKIAPOOLHOUSEE2ETEST", "a-fixed-root-secret-for-the-end-to-end-tests"
PASSWORD = "Correct-horse-9"
FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]

# boto3.client and every library that calls it share this session.
boto3.setup_default_session()
answers.watch(boto3.DEFAULT_SESSION)


def until(probe, what, timeout=30):
    """Polls until `probe` gives something truthy."""
    deadline = time.monotonic() + timeout
    while not (value := probe()):
        assert time.monotonic() < deadline, f"gave up waiting for {what}"
        time.sleep(0.025)
    return value


def unique(prefix="user"):
    return f"{prefix}-{secrets.token_hex(6)}"


def refused(call, code, message=None):
    """Asserts that an operation is refused with this exception and message."""
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response["Error"]
    assert error["Code"] == code, error
    assert message is None or error["Message"] == message
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def claims(token):
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


def attributes(user):
    return {a["Name"]: a.get("Value") for a in user.get("UserAttributes", user.get("Attributes"))}


def secret_hash(secret, name, client):
    return base64.b64encode(hmac.new(secret.encode(), (name + client).encode(), hashlib.sha256).digest()).decode()


def totp(secret, step=0):
    """RFC 6238: the code of the current half minute, or of one `step` away from it."""
    counter = struct.pack(">Q", int(time.time()) // 30 + step)
    digest = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def on_postgres(statement):
    subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-c", statement, DATABASE], check=True, capture_output=True)


class Server:
    def __init__(self, directory, **env):
        self.dir, self.env, self.port = Path(directory), env, free_port()
        self.url = f"http://localhost:{self.port}"
        self.database, self.name, self.seen = f"sqlite:{self.dir}/poolhouse.db", None, set()
        if DATABASE != "sqlite":
            self.name = unique("poolhouse").replace("-", "_")
            on_postgres(f"CREATE DATABASE {self.name}")
            self.database = re.sub(r"^(postgres(?:ql)?://[^/]+)(/[^?]*)?", rf"\1/{self.name}", DATABASE)
        self.boot()
        self.admin = self.client()
        self.anon = self.client(config=Config(signature_version=UNSIGNED))

    def boot(self):
        args = ["serve", "--demo", "--listen", f"127.0.0.1:{self.port}", "--public-url", self.url, "--database", self.database]
        args += ["--master-key-file", str(self.dir / "master.key")]
        env = os.environ | {"POOLHOUSE_ROOT_ACCESS_KEY_ID": KEY, "POOLHOUSE_ROOT_SECRET_ACCESS_KEY": SECRET} | self.env
        with open(self.dir / "server.log", "a") as log:
            self.process = subprocess.Popen([BINARY, *args], cwd=self.dir, env=env, stdout=log, stderr=log)
        until(self.healthy, "GET /health")

    def healthy(self):
        assert self.process.poll() is None, (self.dir / "server.log").read_text()[-3000:]
        try:
            return urllib.request.urlopen(f"{self.url}/health", timeout=5).status == 200
        except OSError:
            return False

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        code = self.process.wait(30)
        log = (self.dir / "server.log").read_text()
        assert how == signal.SIGKILL or code == 0, log[-3000:]
        assert "panicked at" not in log, log[-3000:]

    def close(self):
        if self.process.poll() is None:
            self.end()
        if self.name:
            on_postgres(f"DROP DATABASE {self.name} WITH (FORCE)")

    def client(self, key=KEY, secret=SECRET, **more):
        return boto3.client("cognito-idp", region_name="us-east-1", endpoint_url=self.url, aws_access_key_id=key, aws_secret_access_key=secret, **more)

    def pool(self, **settings):
        return self.admin.create_user_pool(**{"PoolName": unique("pool"), "AutoVerifiedAttributes": ["email"]} | settings)["UserPool"]["Id"]

    def app(self, pool, **settings):
        made = self.admin.create_user_pool_client(**{"UserPoolId": pool, "ClientName": "app", "ExplicitAuthFlows": FLOWS} | settings)
        return made["UserPoolClient"]

    def user(self, pool, name=None, password=PASSWORD, **attributes):
        """The name of a confirmed user with a password, made by the operator."""
        name, attributes = name or unique(), [{"Name": k, "Value": v} for k, v in attributes.items()]
        self.admin.admin_create_user(UserPoolId=pool, Username=name, UserAttributes=attributes, MessageAction="SUPPRESS")
        self.admin.admin_set_user_password(UserPoolId=pool, Username=name, Password=password, Permanent=True)
        return name

    def enter(self, app, name, password=PASSWORD, **more):
        return self.anon.initiate_auth(ClientId=app, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": name, "PASSWORD": password} | more)

    def tokens(self, app, name, **more):
        return self.enter(app, name, **more)["AuthenticationResult"]

    def answer(self, app, challenge, name, **responses):
        """Answers a challenge that was given."""
        given = {"ChallengeName": challenge["ChallengeName"]} | ({"Session": challenge["Session"]} if "Session" in challenge else {})
        return self.anon.respond_to_auth_challenge(ClientId=app, ChallengeResponses={"USERNAME": name} | responses, **given)

    def inbox(self, to):
        request = urllib.request.Request(f"{self.url}/inbox", headers={"accept": "application/json"})
        return [m for m in json.load(urllib.request.urlopen(request))["messages"] if m["to"] == to]

    def code(self, to):
        """The code in the next message to an address that no call has returned yet."""
        message = until(lambda: [m for m in self.inbox(to) if m["id"] not in self.seen][-1:], f"mail to {to}")[0]
        self.seen.add(message["id"])
        return re.search(r"\b\d{6}(\d\d)?\b", message["text"]).group()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("poolhouse"))
    yield running
    running.close()


@pytest.fixture(scope="module")
def pool(server):
    return server.pool()


@pytest.fixture(scope="module")
def app(server, pool):
    return server.app(pool)["ClientId"]


@pytest.fixture
def aws(server, tmp_path):
    """Runs `aws cognito-idp` and gives what it printed as JSON, or the message with which it failed."""
    keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": "us-east-1", "AWS_PAGER": "", "HOME": str(tmp_path)}

    def run(*args, **env):
        command = [str(Path(sys.executable).parent / "aws"), "cognito-idp", *args, "--endpoint-url", server.url, "--output", "json"]
        done = subprocess.run(command, env=os.environ | keys | env, capture_output=True, text=True, timeout=60)
        return json.loads(done.stdout or "{}") if done.returncode == 0 else done.stderr

    return run
