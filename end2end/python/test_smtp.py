"""Mail over a real SMTP server: STARTTLS and AUTH, patience while it is away, once each over restarts."""

import datetime
import email
import email.policy
import re
import signal
import ssl

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from conftest import PASSWORD, Server, free_port, unique, until
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Postbox:
    """What an SMTP server saw; it defers the first `deferrals` recipients."""

    def __init__(self, deferrals=0):
        self.deferrals, self.greetings, self.logins, self.messages = deferrals, 0, [], []

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.greetings += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.deferrals > 0:
            self.deferrals -= 1
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.messages.append((envelope.rcpt_tos, bool(session.ssl), envelope.mail_from, message))
        return "250 OK"

    def authenticate(self, server, session, envelope, mechanism, data):
        self.logins.append((bool(session.ssl), data.login, data.password))
        return AuthResult(success=(data.login, data.password) == (b"mailer", b"p@ss/word"))

    def to(self, address):
        return [message for message in self.messages if message[0] == [address]]


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    """A certificate for localhost, by an authority whose file is `ca`."""
    folder = tmp_path_factory.mktemp("tls")
    now = datetime.datetime.now(datetime.timezone.utc)
    name = lambda text: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    def certificate(subject, issuer, key, signer, extension):
        builder = x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer)).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        return builder.add_extension(extension, True).sign(signer, hashes.SHA256())

    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca, leaf = folder / "ca.pem", folder / "leaf.pem"
    pem = serialization.Encoding.PEM
    ca.write_bytes(certificate("Test CA", "Test CA", authority, authority, x509.BasicConstraints(True, None)).public_bytes(pem))
    leaf.write_bytes(
        certificate("localhost", "Test CA", key, authority, x509.SubjectAlternativeName([x509.DNSName("localhost")])).public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf)
    return ca, context


@pytest.fixture
def world(tls, tmp_path):
    """A port for SMTP, a way to start a server on it, and a Poolhouse that mails through it."""
    port, running = free_port(), []

    def listen(box, context=tls[1]):
        secure = {"tls_context": context, "require_starttls": True, "auth_required": True} if context else {"auth_require_tls": False}
        running.append(Controller(box, hostname="127.0.0.1", port=port, authenticator=box.authenticate, **secure))
        running[-1].start()
        return box

    smtp = f"smtp://mailer:p%40ss%2Fword@localhost:{port}?tls=required"
    server = Server(tmp_path, POOLHOUSE_SMTP_URL=smtp, POOLHOUSE_MAIL_FROM="Poolhouse <no-reply@example.org>", POOLHOUSE_SMTP_CA_FILE=str(tls[0]))
    server.listen = listen
    yield server
    server.close()
    for controller in running:
        controller.stop()


def sign_up(server, client):
    name = unique("mail")
    address = f"{name}@example.com"
    server.anon.sign_up(ClientId=client, Username=name, Password=PASSWORD, UserAttributes=[{"Name": "email", "Value": address}])
    return name, address


def test_starttls_and_auth(world):
    box = world.listen(Postbox())
    client = world.app(world.pool())["ClientId"]
    name, address = sign_up(world, client)
    (recipients, secure, sender, message) = until(lambda: box.to(address), "delivery")[0]
    assert (recipients, secure, sender) == ([address], True, "no-reply@example.org")
    assert set(box.logins) == {(True, b"mailer", b"p@ss/word")}
    assert (message["Subject"], message["To"], message["From"]) == ("Your verification code", address, "Poolhouse <no-reply@example.org>")
    assert message["Date"] and message["Message-ID"]
    code = re.search(r"\b\d{6}\b", message.get_body(("plain",)).get_content()).group()
    world.anon.confirm_sign_up(ClientId=client, Username=name, ConfirmationCode=code)


def test_queued_while_away_delivered_once_over_restarts(world):
    client = world.app(world.pool())["ClientId"]
    _, first = sign_up(world, client)
    world.end(signal.SIGKILL)
    world.boot()
    _, second = sign_up(world, client)
    box = world.listen(Postbox(deferrals=2))
    for address in (first, second):
        until(lambda: box.to(address), f"delivery to {address}", timeout=150)
    assert box.deferrals == 0
    world.end()
    world.boot()
    _, third = sign_up(world, client)
    until(lambda: box.to(third), "delivery of the last one", timeout=60)
    assert [len(box.to(address)) for address in (first, second, third)] == [1, 1, 1]


def test_required_tls_is_never_done_without(world):
    box = world.listen(Postbox(), context=None)
    client = world.app(world.pool())["ClientId"]
    sign_up(world, client)
    until(lambda: box.greetings >= 1, "an attempt")
    until(lambda: world.healthy(), "health")
    assert (box.logins, box.messages) == ([], [])
