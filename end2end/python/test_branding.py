"""Managed login styles, the classic look, terms and domains, by boto3."""

import base64

from conftest import refused, unique

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="3" fill="#123456"/></svg>'


def same(one, other):
    return {k: v for k, v in one.items() if k != "ResponseMetadata"} == {k: v for k, v in other.items() if k != "ResponseMetadata"}


def test_a_style_from_its_creation_to_its_end(server):
    admin, pool = server.admin, server.pool()
    app = server.app(pool)["ClientId"]
    target = {"UserPoolId": pool, "ClientId": app}
    logo = {"Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "PNG", "Bytes": PNG}
    settings = {"categories": {"global": {"colorSchemeMode": "LIGHT"}}, "components": {"primaryButton": {"lightMode": {"defaults": {"backgroundColor": "0972d3ff"}}}}}
    made = admin.create_managed_login_branding(**target, Settings=settings, Assets=[logo])["ManagedLoginBranding"]
    assert (made["UserPoolId"], made["UseCognitoProvidedValues"], made["Settings"]) == (pool, False, settings)
    assert (made["Assets"][0]["Category"], made["Assets"][0]["Bytes"]) == ("FORM_LOGO", PNG)
    by_id = {"UserPoolId": pool, "ManagedLoginBrandingId": made["ManagedLoginBrandingId"]}
    assert admin.describe_managed_login_branding(**by_id)["ManagedLoginBranding"] == made
    assert admin.describe_managed_login_branding_by_client(**target)["ManagedLoginBranding"] == made
    merged = admin.describe_managed_login_branding(**by_id, ReturnMergedResources=True)["ManagedLoginBranding"]
    assert merged["Settings"]["components"]["primaryButton"]["lightMode"]["defaults"]["backgroundColor"] == "0972d3ff"
    refused(lambda: admin.create_managed_login_branding(**target, UseCognitoProvidedValues=True), "ManagedLoginBrandingExistsException")
    icon = {"Category": "FAVICON_SVG", "ColorMode": "DYNAMIC", "Extension": "SVG", "Bytes": SVG}
    changed = admin.update_managed_login_branding(**by_id, Settings={}, Assets=[icon])["ManagedLoginBranding"]
    assert (sorted(a["Category"] for a in changed["Assets"]), changed["CreationDate"]) == (["FAVICON_SVG", "FORM_LOGO"], made["CreationDate"])
    theirs = admin.update_managed_login_branding(**by_id, UseCognitoProvidedValues=True)["ManagedLoginBranding"]
    assert theirs["UseCognitoProvidedValues"] is True
    lying = {"Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "PNG", "Bytes": b"no picture"}
    refused(lambda: admin.update_managed_login_branding(**by_id, Assets=[lying]), "InvalidParameterException")
    admin.delete_managed_login_branding(**by_id)
    refused(lambda: admin.describe_managed_login_branding(**by_id), "ResourceNotFoundException")
    assert admin.create_managed_login_branding(**target, UseCognitoProvidedValues=True)["ManagedLoginBranding"]["ManagedLoginBrandingId"]


def test_terms(server):
    admin, pool = server.admin, server.pool()
    apps = [server.app(pool)["ClientId"] for _ in range(3)]
    kind = {"UserPoolId": pool, "TermsSource": "LINK", "Enforcement": "NONE"}
    links = {"cognito:default": "https://example.com/terms", "cognito:french": "https://example.com/conditions"}
    create = lambda app, name: admin.create_terms(**kind, ClientId=app, TermsName=name, Links=links)["Terms"]
    made = create(apps[0], "terms-of-use")
    assert (made["Links"], made["ClientId"], made["TermsName"]) == (links, apps[0], "terms-of-use")
    by_id = {"UserPoolId": pool, "TermsId": made["TermsId"]}
    assert admin.describe_terms(**by_id)["Terms"] == made
    assert admin.describe_terms_by_client(UserPoolId=pool, ClientId=apps[0], TermsName="terms-of-use")["Terms"] == made
    refused(lambda: create(apps[0], "terms-of-use"), "TermsExistsException")
    refused(lambda: create(apps[0], "imprint"), "InvalidParameterException")
    changed = admin.update_terms(**by_id, Links={"cognito:default": "https://example.com/new"})["Terms"]
    assert (changed["Links"], changed["TermsName"]) == ({"cognito:default": "https://example.com/new"}, "terms-of-use")
    others = [create(app, name)["TermsId"] for app in apps for name in ("terms-of-use", "privacy-policy") if (app, name) != (apps[0], "terms-of-use")]
    seen, token = [], {}
    while token is not None:
        page = admin.list_terms(UserPoolId=pool, MaxResults=2, **token)
        assert len(page["Terms"]) <= 2
        seen += [t["TermsId"] for t in page["Terms"]]
        token = {"NextToken": page["NextToken"]} if "NextToken" in page else None
    assert sorted(seen) == sorted([made["TermsId"], *others])
    admin.delete_terms(**by_id)
    refused(lambda: admin.describe_terms(**by_id), "ResourceNotFoundException")


def test_the_classic_look_and_a_domain(server):
    admin, pool, domain = server.admin, server.pool(), unique("look")
    admin.create_user_pool_domain(Domain=domain, UserPoolId=pool)
    described = admin.describe_user_pool_domain(Domain=domain)["DomainDescription"]
    assert (described["UserPoolId"], described["Status"]) == (pool, "ACTIVE")
    admin.update_user_pool_domain(Domain=domain, UserPoolId=pool, ManagedLoginVersion=2)
    assert admin.describe_user_pool_domain(Domain=domain)["DomainDescription"]["ManagedLoginVersion"] == 2
    made = admin.set_ui_customization(UserPoolId=pool, ClientId="ALL", CSS=".banner-customizable { background-color: #123456; }", ImageFile=PNG)["UICustomization"]
    assert made["ImageUrl"].startswith("http") and made["CSSVersion"]
    assert same(admin.get_ui_customization(UserPoolId=pool)["UICustomization"], made)
    refused(lambda: admin.set_ui_customization(UserPoolId=pool, CSS=".nothing { color: red; }"), "InvalidParameterException")
    admin.delete_user_pool_domain(Domain=domain, UserPoolId=pool)
    assert admin.describe_user_pool_domain(Domain=domain)["DomainDescription"] == {}
