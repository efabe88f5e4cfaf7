"""Messages through SES, SNS, Twilio and a hook of one's own; DKIM; undelivered ones, for operators."""

import base64
import hashlib
import hmac
import json
import os
import signal
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import dkim
import pytest
from aiosmtpd.controller import Controller
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from conftest import BINARY, KEY, PASSWORD, SECRET, Server, free_port, unique, until
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from moto.core import DEFAULT_ACCOUNT_ID
from moto.server import ThreadedMotoServer
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

PEM = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()


class Stub(ThreadingHTTPServer):
    """An HTTP server that keeps what it got; it answers with `status`, or not at all while `silent`."""

    def __init__(self):
        self.got, self.status, self.silent = [], 201, False

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler):
                body = handler.rfile.read(int(handler.headers["content-length"]))
                self.got.append((handler.path, handler.headers, body))
                while self.silent:
                    time.sleep(0.05)
                handler.send_response(self.status)
                handler.send_header("content-length", "2")
                handler.end_headers()
                handler.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def moto():
    port = free_port()
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    running.start()
    yield f"http://127.0.0.1:{port}"
    running.stop()


@pytest.fixture
def stub():
    running = Stub()
    yield running
    running.silent = False
    running.shutdown()


@pytest.fixture
def start(tmp_path):
    """Starts a Poolhouse with these settings."""
    running = []

    def start(**env):
        running.append(Server(tmp_path, **env))
        return running[-1]

    yield start
    for server in running:
        server.close()


def operator(server, operation, **input):
    """Calls an operation of Poolhouse's own, signed."""
    body, headers = json.dumps(input), {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"PoolhouseService.{operation}"}
    request = AWSRequest("POST", f"{server.url}/", data=body, headers=headers)
    SigV4Auth(Credentials(KEY, SECRET), "cognito-idp", "us-east-1").add_auth(request)
    sent = urllib.request.Request(f"{server.url}/", data=body.encode(), headers=dict(request.headers))
    return json.load(urllib.request.urlopen(sent))


def sign_up(server, client):
    name = unique("mail")
    server.anon.sign_up(ClientId=client, Username=name, Password=PASSWORD, UserAttributes=[{"Name": "email", "Value": f"{name}@example.com"}])
    return f"{name}@example.com"


def ask_by_sms(server, app, name):
    """Has a code sent to the user's phone."""
    server.anon.forgot_password(ClientId=app, Username=name)


def with_phone(server):
    pool = server.pool()
    return server.app(pool)["ClientId"], server.user(pool, phone_number="+15555550100", phone_number_verified="true")


def test_ses_and_sns(start, moto):
    ses = boto3.Session().client("sesv2", region_name="eu-west-1", endpoint_url=moto, aws_access_key_id="test", aws_secret_access_key="test")
    ses.create_email_identity(EmailIdentity="no-reply@example.org")
    endpoint = urllib.parse.quote(moto, safe="")
    server = start(
        POOLHOUSE_EMAIL_URL=f"ses://test:a%2Fb%2Bc@eu-west-1?endpoint={endpoint}",
        POOLHOUSE_SMS_URL=f"sns://test:test@eu-west-1?endpoint={endpoint}&sender-id=Acme",
        POOLHOUSE_MAIL_FROM="no-reply@example.org",
    )
    app, name = with_phone(server)
    address = sign_up(server, app)
    sent = until(lambda: ses_backends[DEFAULT_ACCOUNT_ID]["eu-west-1"].sent_messages, "mail at SES")
    assert (sent[0].source, sent[0].destinations["ToAddresses"], sent[0].subject) == ("no-reply@example.org", [address], "Your verification code")
    ask_by_sms(server, app, name)
    texts = until(lambda: list(sns_backends[DEFAULT_ACCOUNT_ID]["eu-west-1"].sms_messages.values()), "a text message at SNS")
    assert texts[0][0] == "+15555550100" and texts[0][1].startswith("Your password reset code is ")


def test_twilio(start, stub):
    server = start(POOLHOUSE_SMS_URL=f"twilio://AC1:hunter2@api.twilio.com?from=%2B15555550199&endpoint={urllib.parse.quote(stub.url, safe='')}")
    app, name = with_phone(server)
    ask_by_sms(server, app, name)
    path, headers, body = until(lambda: stub.got, "a request")[0]
    assert (path, headers["authorization"]) == ("/2010-04-01/Accounts/AC1/Messages.json", "Basic QUMxOmh1bnRlcjI=")
    form = urllib.parse.parse_qs(body.decode())
    assert (form["To"], form["From"], form["Body"][0][:28]) == (["+15555550100"], ["+15555550199"], "Your password reset code is ")
    server.end()
    assert "hunter2" not in (server.dir / "server.log").read_text()


def test_webhook_undelivered_and_the_command_line(start, stub):
    stub.status = 422
    server = start(POOLHOUSE_EMAIL_URL=stub.url.replace("http://", "webhook+http://:shared@") + "/mail")
    address = sign_up(server, server.app(server.pool())["ClientId"])
    _, headers, body = until(lambda: stub.got, "a request")[0]
    at, code = (part.split("=")[1] for part in headers["poolhouse-signature"].split(","))
    assert code == hmac.new(b"shared", at.encode() + b"." + body, hashlib.sha256).hexdigest()
    message = json.loads(body)
    assert (message["to"], message["kind"], message["channel"], headers["idempotency-key"]) == (address, "SIGN_UP", "EMAIL", message["id"])
    [row] = until(lambda: operator(server, "ListUndeliveredMessages")["Messages"], "an undelivered message")
    assert (row["MessageId"], row["Reason"], row["Destination"]) == (message["id"], "the webhook answered 422", "m***@e***")

    def command(*args):
        args = ["messages", *args, "--database", server.database, "--master-key-file", str(server.dir / "master.key")]
        return subprocess.run([BINARY, *args], cwd=server.dir, env=os.environ | server.env, capture_output=True, text=True, timeout=60)

    listed = command("list")
    assert message["id"] in listed.stdout and "m***@e***" in listed.stdout and address not in listed.stdout, listed
    stub.status = 200
    assert command("resend", message["id"]).stdout == "It is queued again.\n"
    until(lambda: len(stub.got) == 2, "another request")
    until(lambda: command("list").stdout.startswith("Every message was taken"), "an empty list")
    assert command("drop", message["id"]).returncode == 1


def test_kill_9_while_a_provider_is_slow(start, stub):
    server = start(POOLHOUSE_EMAIL_URL=stub.url.replace("http://", "webhook+http://:shared@") + "/mail")
    stub.silent = True
    address = sign_up(server, server.app(server.pool())["ClientId"])
    until(lambda: stub.got, "an attempt")
    server.end(signal.SIGKILL)
    stub.silent, stub.status = False, 200
    server.boot()
    # The attempt that was cut off may have been taken: the next one says that it is the same.
    until(lambda: len(stub.got) == 2, "the next attempt", timeout=90)
    assert [json.loads(body)["to"] for _, _, body in stub.got] == [address, address]
    assert len({headers["idempotency-key"] for _, headers, _ in stub.got}) == 1
    time.sleep(3)
    assert len(stub.got) == 2


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_dkim(start, tmp_path, kind):
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ed25519.Ed25519PrivateKey.generate()
    (tmp_path / "dkim.pem").write_bytes(key.private_bytes(*PEM))
    if kind == "rsa":
        public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    else:
        public = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    record = f"v=DKIM1; k={kind}; p={base64.b64encode(public).decode()}"
    mails, port = [], free_port()

    class Box:
        async def handle_DATA(self, server, session, envelope):
            mails.append(envelope.original_content)
            return "250 OK"

    controller = Controller(Box(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        server = start(
            POOLHOUSE_EMAIL_URL=f"smtp://127.0.0.1:{port}",
            POOLHOUSE_MAIL_FROM="Poolhouse <no-reply@example.org>",
            POOLHOUSE_DKIM_DOMAIN="example.org",
            POOLHOUSE_DKIM_SELECTOR="ph",
            POOLHOUSE_DKIM_KEY_FILE=str(tmp_path / "dkim.pem"),
        )
        sign_up(server, server.app(server.pool())["ClientId"])
        mail = until(lambda: mails, "a mail")[0]
    finally:
        controller.stop()
    asked = []
    lookup = lambda name, timeout=5: asked.append(name) or record.encode()
    assert dkim.verify(mail, dnsfunc=lookup) and asked == [b"ph._domainkey.example.org."]
    assert not dkim.verify(mail.replace(b"Subject: Your", b"Subject: My"), dnsfunc=lookup)
    assert f"k={kind}; p=" in (server.dir / "server.log").read_text()
