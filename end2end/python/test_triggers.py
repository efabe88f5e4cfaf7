"""Triggers: a sender's code is opened by the AWS Encryption SDK, with a raw keyring and with a KMS keyring that asks this server."""

import base64
import http.server
import json
import secrets
import threading

import aws_encryption_sdk
import boto3
import pytest
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import AesWrappingAlg, CreateAwsKmsKeyringInput, CreateRawAesKeyringInput
from conftest import KEY, SECRET, Server, unique, until

KMS_KEY = "arn:aws:kms:us-east-1:000000000000:key/codes"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:sender"
FUNCTION_SECRET = "a-secret-between-server-and-function"


@pytest.fixture(scope="module")
def called(tmp_path_factory):
    """A function at an address, a server that calls it, the key that it decrypts with, and the events that it got."""
    events = []

    class Function(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            events.append(json.loads(body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    listener = http.server.ThreadingHTTPServer(("localhost", 0), Function)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    folder = tmp_path_factory.mktemp("functions")
    (folder / "sender.url").write_text(f"http://localhost:{listener.server_port}/\n{FUNCTION_SECRET}\n")
    key = secrets.token_bytes(32)
    keys = tmp_path_factory.mktemp("keys") / "sender.keys"
    keys.write_text(f"# codes\n{KMS_KEY} {base64.b64encode(key).decode()}\n")
    settings = {"POOLHOUSE_FUNCTIONS": str(folder), "POOLHOUSE_SENDER_KEYS_FILE": str(keys), "POOLHOUSE_OUTBOUND_ALLOW": "localhost"}
    server = Server(tmp_path_factory.mktemp("poolhouse"), **settings)
    yield server, key, events
    server.close()
    listener.shutdown()


def opened(message, keyring):
    client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=aws_encryption_sdk.CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
    plain, header = client.decrypt(source=base64.b64decode(message), keyring=keyring)
    return plain.decode(), header.encryption_context


def keyrings(server, key):
    providers = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())
    raw = CreateRawAesKeyringInput(key_namespace="poolhouse", key_name=KMS_KEY, wrapping_key=key, wrapping_alg=AesWrappingAlg.ALG_AES256_GCM_IV12_TAG16)
    kms = boto3.client("kms", region_name="us-east-1", endpoint_url=server.url, aws_access_key_id=KEY, aws_secret_access_key=SECRET)
    yield providers.create_raw_aes_keyring(input=raw)
    yield providers.create_aws_kms_keyring(input=CreateAwsKmsKeyringInput(kms_key_id=KMS_KEY, kms_client=kms))


def test_a_sender_opens_its_codes(called):
    server, key, events = called
    sender = {"LambdaVersion": "V1_0", "LambdaArn": FUNCTION}
    pool = server.pool(LambdaConfig={"CustomEmailSender": sender, "KMSKeyID": KMS_KEY})
    app, name = server.app(pool)["ClientId"], unique()
    email = f"{name}@example.com"
    server.anon.sign_up(ClientId=app, Username=name, Password="Correct-horse-9", UserAttributes=[{"Name": "email", "Value": email}], ClientMetadata={"lang": "de"})
    event = until(lambda: [e for e in events if e["userName"] == name], "the sender's event")[0]
    assert (event["triggerSource"], event["request"]["type"]) == ("CustomEmailSender_SignUp", "customEmailSenderRequestV1")
    assert event["request"]["userAttributes"]["email"] == email and event["request"]["clientMetadata"] == {"lang": "de"}
    codes = set()
    for keyring in keyrings(server, key):
        code, context = opened(event["request"]["code"], keyring)
        assert context["userpool-id"] == pool
        codes.add(code)
    assert len(codes) == 1 and not server.inbox(email)
    server.anon.confirm_sign_up(ClientId=app, Username=name, ConfirmationCode=codes.pop())


def test_a_temporary_password_is_escaped(called):
    server, key, events = called
    pool = server.pool(LambdaConfig={"CustomEmailSender": {"LambdaVersion": "V1_0", "LambdaArn": FUNCTION}, "KMSKeyID": KMS_KEY})
    name = unique()
    given = [{"Name": "email", "Value": f"{name}@example.com"}]
    server.admin.admin_create_user(UserPoolId=pool, Username=name, UserAttributes=given, TemporaryPassword="Temp-<0>rary", DesiredDeliveryMediums=["EMAIL"])
    event = until(lambda: [e for e in events if e["userName"] == name], "the sender's event")[0]
    assert event["triggerSource"] == "CustomEmailSender_AdminCreateUser"
    assert opened(event["request"]["code"], next(keyrings(server, key)))[0] == "Temp-&lt;0&gt;rary"
