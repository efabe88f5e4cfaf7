"""Users from a CSV file, by boto3 and a PUT to the address that the job gives."""

import base64
import csv
import hashlib
import io
import urllib.error
import urllib.request

import pytest
from conftest import PASSWORD, claims, refused, unique, until
from pycognito.aws_srp import AWSSRP

ROLE = "arn:aws:iam::123456789012:role/import"


def put(url, content):
    request = urllib.request.Request(url, content, {"x-amz-server-side-encryption": "aws:kms"}, method="PUT")
    with urllib.request.urlopen(request) as response:
        return response.status


def table(header, *users):
    """A CSV file of these users: whatever a user does not say is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, header)
    writer.writeheader()
    for user in users:
        defaults = {"cognito:mfa_enabled": "false", "phone_number_verified": "false"} | {"cognito:username": user["email"], "email_verified": "true"}
        writer.writerow({k: v for k, v in (defaults | user).items() if k in header})
    return text.getvalue().encode()


@pytest.fixture
def job(server):
    """A pool and a job in it that waits for its file."""
    pool = server.pool()
    made = server.admin.create_user_import_job(UserPoolId=pool, JobName="staff", CloudWatchLogsRoleArn=ROLE)["UserImportJob"]
    return pool, made


def ended(server, pool, job):
    describe = lambda: server.admin.describe_user_import_job(UserPoolId=pool, JobId=job["JobId"])["UserImportJob"]
    return until(lambda: (now := describe())["Status"] not in ("Pending", "InProgress", "Created", "Stopping") and now, "the end of the job")


def test_the_header_names_every_attribute(server):
    pool = server.pool(Schema=[{"Name": "plan", "AttributeDataType": "String", "Mutable": True}])
    header = server.admin.get_csv_header(UserPoolId=pool)
    assert header["UserPoolId"] == pool
    assert {"name", "email", "email_verified", "phone_number_verified", "cognito:mfa_enabled", "cognito:username", "custom:plan"} <= set(header["CSVHeader"])


def test_users_come_from_a_file(server, job):
    pool, made = job
    admin = server.admin
    assert (made["Status"], made["JobName"], made["CloudWatchLogsRoleArn"]) == ("Created", "staff", ROLE)
    people = [f"{unique()}@example.com" for _ in range(3)]
    header = admin.get_csv_header(UserPoolId=pool)["CSVHeader"]
    content = table(header, *({"email": e, "name": f"Person {i}, of three"} for i, e in enumerate(people)), {"email": "no address", "cognito:username": "broken"})
    assert put(made["PreSignedUrl"], content) == 200
    assert admin.start_user_import_job(UserPoolId=pool, JobId=made["JobId"])["UserImportJob"]["Status"] in ("Pending", "InProgress")
    done = ended(server, pool, made)
    assert (done["Status"], done["ImportedUsers"], done["FailedUsers"], done["SkippedUsers"]) == ("Succeeded", 3, 1, 0)
    assert done["CreationDate"] <= done["StartDate"] <= done["CompletionDate"] and done["CompletionMessage"]
    users = {u["Username"]: u for u in admin.list_users(UserPoolId=pool)["Users"]}
    assert sorted(users) == sorted(people)
    assert {u["UserStatus"] for u in users.values()} == {"RESET_REQUIRED"}
    names = {a["Value"] for u in users.values() for a in u["Attributes"] if a["Name"] == "name"}
    assert names == {f"Person {i}, of three" for i in range(3)}

    app = server.app(pool)["ClientId"]
    refused(lambda: server.enter(app, people[0]), "PasswordResetRequiredException", "Password reset required for the user")
    server.anon.forgot_password(ClientId=app, Username=people[0])
    server.anon.confirm_forgot_password(ClientId=app, Username=people[0], ConfirmationCode=server.code(people[0]), Password="Imported-horse-1")
    assert server.tokens(app, people[0], PASSWORD="Imported-horse-1")["AccessToken"]


def test_a_user_who_is_there_is_skipped(server, job):
    pool, made = job
    email = f"{unique()}@example.com"
    server.user(pool, email, email=email)
    put(made["PreSignedUrl"], table(server.admin.get_csv_header(UserPoolId=pool)["CSVHeader"], {"email": email}))
    server.admin.start_user_import_job(UserPoolId=pool, JobId=made["JobId"])
    done = ended(server, pool, made)
    assert (done["ImportedUsers"], done["SkippedUsers"] + done["FailedUsers"]) == (0, 1)
    assert server.tokens(server.app(pool)["ClientId"], email)["AccessToken"]


def phc(scheme, salt, digest):
    code = lambda data: base64.b64encode(data).decode().rstrip("=")
    return f"${scheme}${code(salt)}${code(digest)}"


HASHES = {
    "PBKDF2_SHA256": lambda salt: phc("pbkdf2-sha256$i=1000,l=32", salt, hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), salt, 1000)),
    "SCRYPT": lambda salt: phc("scrypt$ln=10,r=8,p=1", salt, hashlib.scrypt(PASSWORD.encode(), salt=salt, n=1024, r=8, p=1, dklen=32)),
}


@pytest.mark.parametrize("algorithm", HASHES)
def test_users_bring_their_passwords(server, algorithm):
    pool, admin = server.pool(), server.admin
    made = admin.create_user_import_job(UserPoolId=pool, JobName="hashes", CloudWatchLogsRoleArn=ROLE, PasswordHashingAlgorithm=algorithm)["UserImportJob"]
    assert made["PasswordHashingAlgorithm"] == algorithm
    email, other = (f"{unique()}@example.com" for _ in range(2))
    header = [*admin.get_csv_header(UserPoolId=pool)["CSVHeader"], "cognito:password_hash"]
    hashed = HASHES[algorithm](b"sixteen bytes!!!")
    put(made["PreSignedUrl"], table(header, {"email": email, "cognito:password_hash": hashed}, {"email": other, "cognito:password_hash": "$md5$no"}))
    admin.start_user_import_job(UserPoolId=pool, JobId=made["JobId"])
    done = ended(server, pool, made)
    assert (done["Status"], done["ImportedUsers"], done["FailedUsers"]) == ("Succeeded", 1, 1)
    assert admin.admin_get_user(UserPoolId=pool, Username=email)["UserStatus"] == "CONFIRMED"
    app = server.app(pool)["ClientId"]
    refused(lambda: server.enter(app, email, "Wrong-horse-1"), "NotAuthorizedException", "Incorrect username or password.")
    for _ in range(2):
        assert claims(server.tokens(app, email)["AccessToken"])["username"] == email
    assert claims(AWSSRP(email, PASSWORD, pool, app, client=server.anon).authenticate_user()["AuthenticationResult"]["AccessToken"])["username"] == email


def test_many_users_and_a_job_that_runs_once(server, job):
    pool, made = job
    header = server.admin.get_csv_header(UserPoolId=pool)["CSVHeader"]
    put(made["PreSignedUrl"], table(header, *({"email": f"{unique()}@example.com"} for _ in range(120))))
    server.admin.start_user_import_job(UserPoolId=pool, JobId=made["JobId"])
    refused(lambda: server.admin.start_user_import_job(UserPoolId=pool, JobId=made["JobId"]), "PreconditionNotMetException")
    done = ended(server, pool, made)
    assert (done["Status"], done["ImportedUsers"]) == ("Succeeded", 120)
    pages = server.admin.get_paginator("list_users").paginate(UserPoolId=pool)
    assert sum(len(page["Users"]) for page in pages) == 120
    with pytest.raises(urllib.error.HTTPError):
        put(made["PreSignedUrl"], table(header))


def test_a_file_with_other_columns_fails_as_a_whole(server, job):
    pool, made = job
    put(made["PreSignedUrl"], b"email,cognito:username\na@example.com,a\n")
    server.admin.start_user_import_job(UserPoolId=pool, JobId=made["JobId"])
    done = ended(server, pool, made)
    assert (done["Status"], done["ImportedUsers"]) == ("Failed", 0)
    assert server.admin.list_users(UserPoolId=pool)["Users"] == []


def test_only_the_address_that_was_given_takes_a_file(server, job):
    _, made = job
    url = made["PreSignedUrl"]
    for wrong in (url[:-6] + "AAAAAA", url.split("?")[0]):
        with pytest.raises(urllib.error.HTTPError) as caught:
            put(wrong, b"cognito:username\n")
        assert caught.value.code == 403


def test_jobs_are_listed_and_stopped(server):
    pool, admin = server.pool(), server.admin
    made = [admin.create_user_import_job(UserPoolId=pool, JobName=f"job {i}", CloudWatchLogsRoleArn=ROLE)["UserImportJob"]["JobId"] for i in range(5)]
    seen, token = [], {}
    while token is not None:
        page = admin.list_user_import_jobs(UserPoolId=pool, MaxResults=2, **token)
        assert len(page["UserImportJobs"]) <= 2
        seen += [j["JobId"] for j in page["UserImportJobs"]]
        token = {"PaginationToken": page["PaginationToken"]} if "PaginationToken" in page else None
    assert sorted(seen) == sorted(made)
    refused(lambda: admin.stop_user_import_job(UserPoolId=pool, JobId=made[0]), "PreconditionNotMetException")
    refused(lambda: admin.start_user_import_job(UserPoolId=pool, JobId=made[0]), "PreconditionNotMetException")
    refused(lambda: admin.describe_user_import_job(UserPoolId=pool, JobId="import-AAAAAAAAAA"), "ResourceNotFoundException")
