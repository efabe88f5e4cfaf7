"""Identity providers and the identities of others, by boto3."""

import base64
import datetime

import pytest
from conftest import attributes, refused, unique
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

GOOGLE = {"client_id": "123.apps.googleusercontent.com", "client_secret": "google-secret", "authorize_scopes": "openid email profile"}
OIDC = {
    "client_id": "poolhouse", "client_secret": "oidc-secret", "attributes_request_method": "GET", "oidc_issuer": "https://idp.example.com", "authorize_scopes": "openid email",
    "authorize_url": "https://idp.example.com/authorize", "token_url": "https://idp.example.com/token",
    "attributes_url": "https://idp.example.com/userinfo", "jwks_uri": "https://idp.example.com/jwks.json",
}  # fmt: skip


@pytest.fixture(scope="module")
def metadata():
    """What a SAML provider says of itself, with a certificate of its own."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp")])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
    signed = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=9)).sign(key, hashes.SHA256())
    certificate = base64.b64encode(signed.public_bytes(serialization.Encoding.DER)).decode()
    return f"""<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://saml.example.com/entity">
  <md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://saml.example.com/slo"/>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://saml.example.com/sso"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>"""


def test_google(server):
    admin, pool = server.admin, server.pool()
    target = {"UserPoolId": pool, "ProviderName": "Google"}
    create = lambda: admin.create_identity_provider(**target, ProviderType="Google", ProviderDetails=GOOGLE, AttributeMapping={"email": "email", "username": "sub"})
    made = create()["IdentityProvider"]
    assert (made["ProviderType"], made["AttributeMapping"]) == ("Google", {"email": "email", "username": "sub"})
    assert GOOGLE.items() <= made["ProviderDetails"].items()
    assert made["ProviderDetails"]["oidc_issuer"] == "https://accounts.google.com"
    refused(create, "DuplicateProviderException")
    assert admin.describe_identity_provider(**target)["IdentityProvider"] == made
    app = server.app(pool, SupportedIdentityProviders=["COGNITO", "Google"])
    assert sorted(app["SupportedIdentityProviders"]) == ["COGNITO", "Google"]
    changed = admin.update_identity_provider(**target, ProviderDetails=GOOGLE | {"client_secret": "another"})["IdentityProvider"]
    assert (changed["ProviderDetails"]["client_secret"], changed["CreationDate"]) == ("another", made["CreationDate"])
    admin.delete_identity_provider(**target)
    refused(lambda: admin.describe_identity_provider(**target), "ResourceNotFoundException")
    refused(lambda: server.app(pool, SupportedIdentityProviders=["Google"]), "InvalidParameterException")


def test_oidc_by_name_and_by_identifier(server):
    admin, pool = server.admin, server.pool()
    create = lambda name, **more: admin.create_identity_provider(**{"UserPoolId": pool, "ProviderName": name, "ProviderType": "OIDC", "ProviderDetails": OIDC} | more)["IdentityProvider"]
    made = create("Company", IdpIdentifiers=["company.example"], AttributeMapping={"email": "mail", "email_verified": "email_verified"})
    assert admin.get_identity_provider_by_identifier(UserPoolId=pool, IdpIdentifier="company.example")["IdentityProvider"] == made
    assert OIDC.items() <= made["ProviderDetails"].items()
    refused(lambda: create("Other", IdpIdentifiers=["company.example"]), "InvalidParameterException")
    refused(lambda: admin.get_identity_provider_by_identifier(UserPoolId=pool, IdpIdentifier="nobody.example"), "ResourceNotFoundException")
    refused(lambda: create("NoClient", ProviderDetails={k: v for k, v in OIDC.items() if k != "client_id"}), "InvalidParameterException")
    refused(lambda: create("Mapped", AttributeMapping={"custom:none": "x"}), "InvalidParameterException")
    for i in range(4):
        create(f"Provider{i}")
    pages = list(admin.get_paginator("list_identity_providers").paginate(UserPoolId=pool, PaginationConfig={"PageSize": 2}))
    assert sorted(p["ProviderName"] for page in pages for p in page["Providers"]) == ["Company", *(f"Provider{i}" for i in range(4))]


def test_saml_from_a_file(server, metadata):
    admin, pool = server.admin, server.pool()
    target = {"UserPoolId": pool, "ProviderName": "Saml"}
    details = {"MetadataFile": metadata, "IDPSignout": "true", "RequestSigningAlgorithm": "rsa-sha256", "EncryptedResponses": "false"}
    made = admin.create_identity_provider(**target, ProviderType="SAML", ProviderDetails=details, AttributeMapping={"email": "urn:mail"}, IdpIdentifiers=["saml"])["IdentityProvider"]
    got = made["ProviderDetails"]
    assert (got["SSORedirectBindingURI"], got["SLORedirectBindingURI"]) == ("https://saml.example.com/sso", "https://saml.example.com/slo")
    assert "ActiveEncryptionCertificate" in got and got["IDPSignout"] == "true"
    assert admin.describe_identity_provider(**target)["IdentityProvider"] == made
    certificate = admin.get_signing_certificate(UserPoolId=pool)["Certificate"]
    assert x509.load_der_x509_certificate(base64.b64decode(certificate)).not_valid_after_utc > datetime.datetime.now(datetime.timezone.utc)
    assert admin.get_signing_certificate(UserPoolId=pool)["Certificate"] == certificate
    broken = lambda text: admin.update_identity_provider(**target, ProviderDetails={"MetadataFile": text})
    refused(lambda: broken("<not-metadata/>"), "InvalidParameterException")
    refused(lambda: broken(metadata[:200]), "InvalidParameterException")
    assert admin.describe_identity_provider(**target)["IdentityProvider"] == made


def test_linking_an_identity(server):
    admin, pool = server.admin, server.pool()
    admin.create_identity_provider(UserPoolId=pool, ProviderName="Google", ProviderType="Google", ProviderDetails=GOOGLE)
    name, other = server.user(pool), server.user(pool)
    source = {"ProviderName": "Google", "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": unique("g")}
    link = lambda to, **more: admin.admin_link_provider_for_user(UserPoolId=pool, DestinationUser={"ProviderName": "Cognito", "ProviderAttributeValue": to}, SourceUser=source | more)
    link(name)
    identities = attributes(admin.admin_get_user(UserPoolId=pool, Username=name))["identities"]
    assert source["ProviderAttributeValue"] in identities and '"providerName":"Google"' in identities
    refused(lambda: link(other), "AliasExistsException")
    refused(lambda: link(unique()), "UserNotFoundException")
    refused(lambda: link(name, ProviderName="Nobody"), "InvalidParameterException")
    for i in range(4):
        link(name, ProviderAttributeValue=f"more-{i}")
    refused(lambda: link(name, ProviderAttributeValue="a-sixth"), "LimitExceededException")
    admin.admin_disable_provider_for_user(UserPoolId=pool, User=source)
    assert source["ProviderAttributeValue"] not in attributes(admin.admin_get_user(UserPoolId=pool, Username=name))["identities"]
    link(other)
    app = server.app(pool)["ClientId"]
    assert "identities" in attributes(server.anon.get_user(AccessToken=server.tokens(app, other)["AccessToken"]))
