//! Who may call what: signatures are verified on every operation that needs one, and asked of no other.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { ROOT, Server, fetch, refused, unique } from '../harness.mjs';

let server;
before(async () => (server = await Server.start()));
after(() => server.stop());

const MISMATCH = /^The request signature we calculated does not match the signature you provided\./;
const TARGET = 'AWSCognitoIdentityProviderService.ListUserPools';

function request(body = '{"MaxResults":1}', target = TARGET) {
  const { hostname, port, host } = new URL(server.local);
  const headers = { host, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  return new HttpRequest({ protocol: 'http:', hostname, port: Number(port), method: 'POST', path: '/', headers, body });
}
const signer = (options = {}) => new SignatureV4({ credentials: ROOT, region: 'us-east-1', service: 'cognito-idp', sha256: Sha256, ...options });

async function send({ headers, body, query = {}, method }) {
  const address = new URL(server.local);
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  const { host, ...rest } = headers;
  const response = await fetch(address, { method, headers: rest, body });
  const json = await response.json();
  return response.ok ? 'ok' : `${response.status} ${json.__type}: ${json.message ?? json.Message}`;
}
const sign = async (options, change = (r) => r, when = {}) => send(change(await signer(options).sign(request(), when)));

test('a signed request passes; without a signature, only the public operations do', async () => {
  assert.equal(await sign(), 'ok');
  assert.match(await send(request()), /^400 MissingAuthenticationTokenException: Missing Authentication Token$/);
  const UserPoolId = await server.makePool();
  const { ClientId } = await server.makeClient(UserPoolId);
  assert.equal((await server.anon.signUp({ ClientId, Username: unique(), Password: 'Correct-horse-9' })).UserConfirmed, false);
  const signedByNobody = server.client({ credentials: { accessKeyId: 'AKIANOBODY0000000000', secretAccessKey: 'x' } });
  assert.equal((await signedByNobody.signUp({ ClientId, Username: unique(), Password: 'Correct-horse-9' })).UserConfirmed, false);
  for (const [operation, input] of Object.entries({
    createUserPool: { PoolName: 'x' }, deleteUserPool: { UserPoolId }, describeUserPoolClient: { UserPoolId, ClientId }, listUsers: { UserPoolId },
    adminGetUser: { UserPoolId, Username: 'x' }, adminCreateUser: { UserPoolId, Username: 'x' }, adminSetUserPassword: { UserPoolId, Username: 'x', Password: 'x' },
    adminInitiateAuth: { UserPoolId, ClientId, AuthFlow: 'ADMIN_USER_PASSWORD_AUTH' }, setUICustomization: { UserPoolId, CSS: '' },
  })) await refused(server.anon[operation](input), 'MissingAuthenticationTokenException', 'Missing Authentication Token');
});

test('the SDK with a wrong secret, an unknown key, a wrong region or service is refused', async () => {
  const wrong = (options) => server.client({ maxAttempts: 1, ...options }).listUserPools({ MaxResults: 1 });
  await refused(wrong({ credentials: { ...ROOT, secretAccessKey: 'not-the-secret' } }), 'InvalidSignatureException', MISMATCH);
  await refused(wrong({ credentials: { ...ROOT, accessKeyId: 'AKIANOBODY0000000000' } }), 'UnrecognizedClientException', 'The security token included in the request is invalid.');
  assert.match(await sign({ region: 'eu-west-1' }), /^400 InvalidSignatureException: Credential should be scoped to a valid region/);
  assert.match(await sign({ service: 's3' }), /^400 InvalidSignatureException: Credential should be scoped to correct service/);
});

test('nothing that was signed may change', async () => {
  const set = (name, value) => (r) => ((r.headers[name] = value), r);
  assert.match(await sign({}, (r) => ((r.body = '{"MaxResults":2}'), r)), /InvalidSignatureException/);
  assert.match(await sign({}, set('x-amz-target', 'AWSCognitoIdentityProviderService.DescribeUserPool')), /InvalidSignatureException/);
  assert.match(await sign({}, (r) => ((r.query = { extra: '1' }), r)), /InvalidSignatureException/);
  assert.match(await sign({}, (r) => ((r.headers.authorization = r.headers.authorization.replace(/.$/, (c) => (c === '0' ? '1' : '0'))), r)), /InvalidSignatureException/);
  assert.match(await sign({}, (r) => ((r.headers.authorization = r.headers.authorization.replace(/;x-amz-target/, '')), r)), /InvalidSignatureException/);
  for (const broken of ['AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA256 Credential=, SignedHeaders=, Signature=', 'Bearer x', 'AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=zz'])
    assert.match(await sign({}, set('authorization', broken)), /^4\d\d (IncompleteSignature|InvalidSignature|UnrecognizedClient|MissingAuthenticationToken)/);
});

test('clocks may differ by a few minutes', async () => {
  const minutes = (n) => new Date(Date.now() + n * 60_000);
  assert.equal(await sign({}, undefined, { signingDate: minutes(-4) }), 'ok');
  assert.equal(await sign({}, undefined, { signingDate: minutes(4) }), 'ok');
  assert.match(await sign({}, undefined, { signingDate: minutes(-20) }), /^400 InvalidSignatureException: Signature expired: \d{8}T\d{6}Z is now earlier than/);
  assert.match(await sign({}, undefined, { signingDate: minutes(20) }), /^400 InvalidSignatureException: Signature not yet current: \d{8}T\d{6}Z is still later than/);
});

test('the presigned form: in the query, for its time, for its body', async () => {
  const presign = (options, body) => signer().presign(request(body), { unhoistableHeaders: new Set(['x-amz-target']), unsignableHeaders: new Set(['content-type']), ...options });
  const signed = await presign({ expiresIn: 60 });
  assert.ok(signed.query['X-Amz-Signature'] && !signed.headers.authorization);
  assert.equal(await send(signed), 'ok');
  assert.match(await send({ ...signed, body: '{"MaxResults":2}' }), /InvalidSignatureException/);
  assert.match(await send({ ...signed, query: { ...signed.query, 'X-Amz-Expires': '600' } }), /InvalidSignatureException/);
  assert.match(await send({ ...signed, query: { ...signed.query, 'X-Amz-Signature': '0'.repeat(64) } }), /InvalidSignatureException/);
  assert.match(await send(await presign({ expiresIn: 60, signingDate: new Date(Date.now() - 120_000) })), /^400 InvalidSignatureException: Signature expired/);
});
