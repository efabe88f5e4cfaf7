//! Identity pools through the AWS SDK for JavaScript: from a sign-in at a user pool to temporary credentials that sign requests.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CognitoIdentity } from '@aws-sdk/client-cognito-identity';
import { STS } from '@aws-sdk/client-sts';
import { fromCognitoIdentity, fromCognitoIdentityPool } from '@aws-sdk/credential-providers';
import { JwtVerifier } from 'aws-jwt-verify';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '@aws-crypto/sha256-js';
import { ROOT, Server, claims, fetch, header, refused, unique } from '../harness.mjs';

const ACCOUNT = '000000000000';
const arn = (role) => `arn:aws:iam::${ACCOUNT}:role/${role}`;
let server, UserPoolId, app, user, provider, clientConfig, identity, IdentityPoolId;

/** One action of IAM, signed with the root key. */
async function iam(Action, parameters) {
  const body = new URLSearchParams({ Action, Version: '2010-05-08', ...parameters }).toString();
  const url = new URL(server.local);
  const request = new HttpRequest({ method: 'POST', protocol: 'http:', hostname: url.hostname, port: Number(url.port), path: '/', body,
    headers: { host: url.host, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' } });
  const signer = new SignatureV4({ credentials: ROOT, region: 'us-east-1', service: 'iam', sha256: Sha256 });
  const { headers } = await signer.sign(request);
  const response = await fetch(`${server.local}/`, { method: 'POST', headers, body });
  assert.equal(response.status, 200, await response.text());
}

const trust = (kind) => JSON.stringify({
  Version: '2012-10-17',
  Statement: [{
    Effect: 'Allow', Principal: { Federated: 'cognito-identity.amazonaws.com' }, Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
    Condition: { StringEquals: { 'cognito-identity.amazonaws.com:aud': IdentityPoolId }, 'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': kind } },
  }],
});

before(async () => {
  server = await Server.start();
  UserPoolId = await server.makePool();
  app = await server.makeClient(UserPoolId);
  user = unique();
  await server.makeUser(UserPoolId, user, { email: `${user}@example.com`, email_verified: 'true' });
  provider = `cognito-idp.us-east-1.amazonaws.com/${UserPoolId}`;
  clientConfig = { endpoint: server.local, region: 'us-east-1' };
  identity = new CognitoIdentity({ ...clientConfig, credentials: ROOT });
  ({ IdentityPoolId } = await identity.createIdentityPool({
    IdentityPoolName: 'app', AllowUnauthenticatedIdentities: true, DeveloperProviderName: 'login.acme',
    CognitoIdentityProviders: [{ ProviderName: provider, ClientId: app.ClientId, ServerSideTokenCheck: true }],
  }));
  await iam('CreateRole', { RoleName: 'people', AssumeRolePolicyDocument: trust('authenticated') });
  await iam('CreateRole', { RoleName: 'guests', AssumeRolePolicyDocument: trust('unauthenticated') });
  await identity.setIdentityPoolRoles({ IdentityPoolId, Roles: { authenticated: arn('people'), unauthenticated: arn('guests') } });
});
after(() => server.stop());

const caller = (credentials) => new STS({ ...clientConfig, credentials }).getCallerIdentity({});

test('a user signs in, gets credentials, and is who they are at the token service', async () => {
  const { IdToken } = await server.tokens(app, user);
  const credentials = await fromCognitoIdentityPool({ identityPoolId: IdentityPoolId, logins: { [provider]: IdToken }, clientConfig })();
  assert.match(credentials.accessKeyId, /^ASIA[A-Z0-9]{16}$/);
  assert.match(credentials.identityId, /^us-east-1:[0-9a-f-]{36}$/);
  assert.ok(Math.abs(credentials.expiration - Date.now() - 3_600_000) < 60_000);
  const { Arn, Account, UserId } = await caller(credentials);
  assert.equal(Arn, `arn:aws:sts::${ACCOUNT}:assumed-role/people/CognitoIdentityCredentials`);
  assert.equal(Account, ACCOUNT);
  assert.match(UserId, /^AROA[A-Z0-9]+:CognitoIdentityCredentials$/);
  // The same person again is the same identity.
  const again = await fromCognitoIdentity({ identityId: credentials.identityId, logins: { [provider]: async () => (await server.tokens(app, user)).IdToken }, clientConfig })();
  assert.equal(again.identityId, credentials.identityId);
  assert.deepEqual((await identity.describeIdentity({ IdentityId: credentials.identityId })).Logins, [provider]);
});

test('a guest gets the guests\' role', async () => {
  const credentials = await fromCognitoIdentityPool({ identityPoolId: IdentityPoolId, clientConfig })();
  assert.equal((await caller(credentials)).Arn, `arn:aws:sts::${ACCOUNT}:assumed-role/guests/CognitoIdentityCredentials`);
});

test('the classic flow: an OpenID token, verified by its issuer\'s keys, is worth a role', async () => {
  const anonymous = new CognitoIdentity({ ...clientConfig, signer: { sign: async (request) => request } });
  const { IdToken } = await server.tokens(app, user);
  const Logins = { [provider]: IdToken };
  const { IdentityId } = await anonymous.getId({ IdentityPoolId, Logins });
  const { Token } = await anonymous.getOpenIdToken({ IdentityId, Logins });
  assert.deepEqual([header(Token).alg, header(Token).typ], ['RS512', 'JWS']);
  const issuer = `${server.url}/identity`;
  const fetcher = { fetch: async (uri) => new Uint8Array(await (await fetch(uri)).arrayBuffer()) };
  const verifier = JwtVerifier.create({ issuer, audience: IdentityPoolId, jwksUri: `${issuer}/.well-known/jwks_uri` }, { jwksCache: new SimpleJwksCache({ fetcher }) });
  assert.equal((await verifier.verify(Token)).sub, IdentityId);
  assert.equal(claims(Token).amr[0], 'authenticated');
  const sts = new STS({ ...clientConfig, signer: { sign: async (request) => request } });
  const { Credentials, Provider } = await sts.assumeRoleWithWebIdentity({ RoleArn: arn('people'), RoleSessionName: 'jane', WebIdentityToken: Token });
  const credentials = { accessKeyId: Credentials.AccessKeyId, secretAccessKey: Credentials.SecretAccessKey, sessionToken: Credentials.SessionToken };
  assert.equal((await caller(credentials)).Arn, `arn:aws:sts::${ACCOUNT}:assumed-role/people/jane`);
  assert.equal(Provider, issuer);
});

test('a developer\'s user', async () => {
  const { IdentityId, Token } = await identity.getOpenIdTokenForDeveloperIdentity({ IdentityPoolId, Logins: { 'login.acme': 'u1' } });
  const credentials = await fromCognitoIdentity({ identityId: IdentityId, logins: { 'cognito-identity.amazonaws.com': Token }, clientConfig })();
  assert.equal((await caller(credentials)).Arn, `arn:aws:sts::${ACCOUNT}:assumed-role/people/CognitoIdentityCredentials`);
  const found = await identity.lookupDeveloperIdentity({ IdentityPoolId, DeveloperUserIdentifier: 'u1' });
  assert.deepEqual([found.IdentityId, found.DeveloperUserIdentifierList], [IdentityId, ['u1']]);
});

test('who signed out gets no credentials', async () => {
  const { IdToken, AccessToken } = await server.tokens(app, user);
  await server.anon.globalSignOut({ AccessToken });
  const credentials = fromCognitoIdentityPool({ identityPoolId: IdentityPoolId, logins: { [provider]: IdToken }, clientConfig });
  await refused(credentials(), 'NotAuthorizedException', 'Invalid login token. Token has been revoked.');
});
