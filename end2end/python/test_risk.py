"""Threat protection and logs, by boto3: settings, what users did, and what is said of it."""

import pytest
from conftest import refused, unique

NOTIFY = {
    "From": "no-reply@example.com", "SourceArn": "arn:aws:ses:us-east-1:123456789012:identity/no-reply@example.com",
    "BlockEmail": {"Subject": "Blocked", "HtmlBody": "<p>Blocked {username}</p>", "TextBody": "Blocked {username}"},
    "NoActionEmail": {"Subject": "Seen", "HtmlBody": "<p>Seen by us</p>", "TextBody": "Seen by us"}, "MfaEmail": {"Subject": "Proven", "HtmlBody": "<p>Proven</p>", "TextBody": "Proven"},
}  # fmt: skip
TAKEOVER = {"Actions": {"LowAction": {"Notify": False, "EventAction": "NO_ACTION"}, "HighAction": {"Notify": True, "EventAction": "BLOCK"}}, "NotifyConfiguration": NOTIFY}
COMPROMISED = {"EventFilter": ["SIGN_IN", "SIGN_UP"], "Actions": {"EventAction": "BLOCK"}}
EXCEPTIONS = {"BlockedIPRangeList": ["192.0.2.0/24"], "SkippedIPRangeList": ["2001:db8::/32"]}


@pytest.fixture(scope="module")
def watched(server):
    return server.pool(UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"}, UserPoolTier="PLUS")


def test_the_risk_configuration_of_a_pool_and_of_a_client(server, watched):
    admin, app = server.admin, server.app(watched)["ClientId"]
    everything = {"CompromisedCredentialsRiskConfiguration": COMPROMISED, "AccountTakeoverRiskConfiguration": TAKEOVER, "RiskExceptionConfiguration": EXCEPTIONS}
    made = admin.set_risk_configuration(UserPoolId=watched, **everything)["RiskConfiguration"]
    assert everything.items() <= made.items()
    assert (made["UserPoolId"], "ClientId" in made) == (watched, False)
    assert admin.describe_risk_configuration(UserPoolId=watched)["RiskConfiguration"] == made
    own = admin.set_risk_configuration(UserPoolId=watched, ClientId=app, RiskExceptionConfiguration=EXCEPTIONS)["RiskConfiguration"]
    assert (own["ClientId"], own["RiskExceptionConfiguration"]) == (app, EXCEPTIONS)
    assert admin.describe_risk_configuration(UserPoolId=watched, ClientId=app)["RiskConfiguration"] == own
    wrong = lambda ranges: admin.set_risk_configuration(UserPoolId=watched, RiskExceptionConfiguration={"BlockedIPRangeList": ranges})
    refused(lambda: wrong(["not an address"]), "InvalidParameterException")
    refused(lambda: admin.set_risk_configuration(UserPoolId=watched, ClientId="a" * 26, RiskExceptionConfiguration=EXCEPTIONS), "ResourceNotFoundException")
    assert admin.describe_risk_configuration(UserPoolId=watched)["RiskConfiguration"] == made


def test_what_a_user_did(server, watched):
    admin, app, name = server.admin, server.app(watched)["ClientId"], server.user(watched)
    target = {"UserPoolId": watched, "Username": name}
    refused(lambda: server.enter(app, name, "Wrong-horse-1"), "NotAuthorizedException")
    for _ in range(4):
        server.tokens(app, name)
    events = admin.admin_list_user_auth_events(**target)["AuthEvents"]
    assert [(e["EventType"], e["EventResponse"]) for e in events] == [("SignIn", "Pass")] * 4 + [("SignIn", "Fail")]
    assert events[0]["ChallengeResponses"] == [{"ChallengeName": "Password", "ChallengeResponse": "Success"}]
    assert events[0]["EventRisk"]["RiskDecision"] == "NoRisk"
    assert events[0]["EventContextData"]["IpAddress"] in ("127.0.0.1", "::1")
    pages = list(admin.get_paginator("admin_list_user_auth_events").paginate(**target, PaginationConfig={"PageSize": 2}))
    assert [e["EventId"] for page in pages for e in page["AuthEvents"]] == [e["EventId"] for e in events]
    assert all(len(page["AuthEvents"]) <= 2 for page in pages)

    feedback = lambda event, value="Valid": admin.admin_update_auth_event_feedback(**target, EventId=event, FeedbackValue=value)
    feedback(events[0]["EventId"], "Invalid")
    said = admin.admin_list_user_auth_events(**target)["AuthEvents"][0]["EventFeedback"]
    assert (said["FeedbackValue"], said["Provider"]) == ("Invalid", "Admin")
    refused(lambda: feedback("00000000-0000-4000-8000-000000000000"), "ResourceNotFoundException")
    refused(lambda: admin.admin_list_user_auth_events(UserPoolId=watched, Username=unique()), "UserNotFoundException")
    forged = lambda: server.anon.update_auth_event_feedback(**target, EventId=events[0]["EventId"], FeedbackToken="forged", FeedbackValue="Valid")
    refused(forged, "NotAuthorizedException")


def test_a_pool_that_is_not_watched(server, pool):
    name = server.user(pool)
    refused(lambda: server.admin.admin_list_user_auth_events(UserPoolId=pool, Username=name), "UserPoolAddOnNotEnabledException")


def test_logs(server, watched):
    group = "arn:aws:logs:us-east-1:123456789012:log-group:/poolhouse"
    configurations = [
        {"LogLevel": "ERROR", "EventSource": "userNotification", "CloudWatchLogsConfiguration": {"LogGroupArn": group}},
        {"LogLevel": "INFO", "EventSource": "userAuthEvents", "S3Configuration": {"BucketArn": "arn:aws:s3:::bucket"}},
    ]
    made = server.admin.set_log_delivery_configuration(UserPoolId=watched, LogConfigurations=configurations)["LogDeliveryConfiguration"]
    assert (made["UserPoolId"], made["LogConfigurations"]) == (watched, configurations)
    assert server.admin.get_log_delivery_configuration(UserPoolId=watched)["LogDeliveryConfiguration"] == made
    twice = lambda: server.admin.set_log_delivery_configuration(UserPoolId=watched, LogConfigurations=[configurations[0]] * 2)
    refused(twice, "InvalidParameterException")
    assert server.admin.set_log_delivery_configuration(UserPoolId=watched, LogConfigurations=[])["LogDeliveryConfiguration"]["LogConfigurations"] == []
