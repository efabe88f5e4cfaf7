//! Tokens as their receivers see them: claims, keys, discovery, aws-jwt-verify.

import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { after, before, test } from 'node:test';
import { CognitoJwtVerifier, JwtVerifier } from 'aws-jwt-verify';
import { validateCognitoJwtFields } from 'aws-jwt-verify/cognito-verifier';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { Server, claims, fetch, header, unique, uniqueEmail } from '../harness.mjs';

let server, UserPoolId, app, user, email, issuer;
before(async () => {
  server = await Server.start();
  UserPoolId = await server.makePool({ Schema: [{ Name: 'plan', AttributeDataType: 'String', Mutable: true }] });
  app = await server.makeClient(UserPoolId, { ReadAttributes: ['email', 'email_verified', 'custom:plan'], AccessTokenValidity: 10, IdTokenValidity: 30, TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes' } });
  [user, email, issuer] = [unique(), uniqueEmail(), `${server.url}/${UserPoolId}`];
  await server.makeUser(UserPoolId, user, { email, email_verified: 'true', name: 'Not readable', 'custom:plan': 'gold' });
});
after(() => server.stop());

const json = async (path) => (await fetch(`${server.local}/${UserPoolId}${path}`)).json();
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

test('ID and access tokens carry exactly the documented claims', async () => {
  const { IdToken, AccessToken, RefreshToken, ExpiresIn } = await server.tokens(app, user);
  const [id, access] = [claims(IdToken), claims(AccessToken)];
  const { sub, iat, auth_time, jti, origin_jti, event_id, exp, ...rest } = id;
  assert.deepEqual(rest, { iss: issuer, aud: app.ClientId, token_use: 'id', 'cognito:username': user, email, email_verified: true, 'custom:plan': 'gold' });
  for (const uuid of [sub, jti, origin_jti, event_id]) assert.match(uuid, UUID);
  assert.ok(Math.abs(iat - Date.now() / 1000) < 30 && auth_time === iat && exp === iat + 1800);

  assert.deepEqual(access, {
    sub, iss: issuer, client_id: app.ClientId, origin_jti, event_id, token_use: 'access', scope: 'aws.cognito.signin.user.admin', auth_time, iat, exp: iat + 600, jti: access.jti, username: user,
  });
  assert.equal(ExpiresIn, 600);
  assert.ok(access.jti !== jti);
  assert.match(RefreshToken, /^[\w.=-]{40,}$/);
});

test('each kind is signed by a key of its own, RS256, published in the JWKS', async () => {
  const { IdToken, AccessToken } = await server.tokens(app, user);
  const { keys } = await json('/.well-known/jwks.json');
  assert.equal(keys.length, 2);
  assert.notEqual(header(IdToken).kid, header(AccessToken).kid);
  for (const token of [IdToken, AccessToken]) {
    assert.deepEqual(Object.keys(header(token)).sort(), ['alg', 'kid']);
    assert.match(header(token).kid, /^[A-Za-z0-9+/]{43}=$/);
    const { kid, n, ...rest } = keys.find((key) => key.kid === header(token).kid);
    assert.deepEqual(rest, { alg: 'RS256', e: 'AQAB', kty: 'RSA', use: 'sig' });
    assert.equal(Buffer.from(n, 'base64url').length, 256);
    const [head, payload, signature] = token.split('.');
    const key = createPublicKey({ key: { kty: 'RSA', n, e: 'AQAB' }, format: 'jwk' });
    assert.ok(verify('sha256', Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, 'base64url')));
  }
});

test('keys and pools outlive the process', async () => {
  const own = await Server.start();
  try {
    const pool = await own.makePool();
    const client = await own.makeClient(pool);
    await own.makeUser(pool, user);
    const jwks = async () => (await fetch(`${own.local}/${pool}/.well-known/jwks.json`)).text();
    const [before, { RefreshToken, AccessToken }] = [await jwks(), await own.tokens(client, user)];
    await own.stop({ keep: true });
    await own.boot();
    assert.equal(await jwks(), before);
    assert.equal((await own.anon.getUser({ AccessToken })).Username, user);
    assert.ok((await own.anon.getTokensFromRefreshToken({ ClientId: client.ClientId, RefreshToken })).AuthenticationResult.AccessToken);
  } finally {
    await own.stop();
  }
});

test('discovery names what there is', async () => {
  const document = await json('/.well-known/openid-configuration');
  assert.deepEqual(
    Object.fromEntries(['issuer', 'jwks_uri', 'authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'revocation_endpoint', 'end_session_endpoint'].map((k) => [k, document[k]])),
    {
      issuer, jwks_uri: `${issuer}/.well-known/jwks.json`, authorization_endpoint: `${issuer}/oauth2/authorize`, token_endpoint: `${issuer}/oauth2/token`,
      userinfo_endpoint: `${issuer}/oauth2/userInfo`, revocation_endpoint: `${issuer}/oauth2/revoke`, end_session_endpoint: `${issuer}/logout`,
    },
  );
  assert.deepEqual(document.id_token_signing_alg_values_supported, ['RS256']);
  for (const scope of ['openid', 'email', 'phone', 'profile']) assert.ok(document.scopes_supported.includes(scope), scope);
  assert.deepEqual(document.subject_types_supported, ['public']);
  for (const method of ['client_secret_basic', 'client_secret_post']) assert.ok(document.token_endpoint_auth_methods_supported.includes(method));
  assert.ok(document.response_types_supported.includes('code'));
  for (const path of ['openid-configuration', 'jwks.json']) assert.equal((await fetch(`${server.local}/us-east-1_nowhere00/.well-known/${path}`)).status, 404);
  const response = await fetch(`${issuer}/.well-known/jwks.json`);
  assert.match(response.headers.get('content-type'), /^application\/json/);
});

/** The tutorials' verifier, with nothing changed but where the issuer is (its own fetcher speaks https only). */
const verifier = (tokenUse, clientId = app.ClientId) =>
  JwtVerifier.create(
    { issuer, audience: null, customJwtCheck: ({ payload }) => validateCognitoJwtFields(payload, { tokenUse, clientId }) },
    { jwksCache: new SimpleJwksCache({ fetcher: { fetch: async (uri) => (await fetch(uri)).arrayBuffer() } }) },
  );

test('aws-jwt-verify accepts them, each for its own use and client only', async () => {
  const { IdToken, AccessToken } = await server.tokens(app, user);
  const id = await verifier('id').verify(IdToken);
  assert.deepEqual([id.email, id['custom:plan'], id['cognito:username']], [email, 'gold', user]);
  assert.equal((await verifier('access').verify(AccessToken)).username, user);
  await assert.rejects(verifier('access').verify(IdToken), /Token use not allowed: id/);
  await assert.rejects(verifier('id').verify(AccessToken), /Token use not allowed: access/);
  await assert.rejects(verifier('id', 'another').verify(IdToken), /not allowed/);
  const [head, , signature] = IdToken.split('.');
  const forged = `${head}.${Buffer.from(JSON.stringify({ ...id, email: 'root@example.com' })).toString('base64url')}.${signature}`;
  await assert.rejects(verifier('id').verify(forged), /Invalid signature/);
});

test('CognitoJwtVerifier itself takes no issuer but the one of AWS', async () => {
  const { IdToken } = await server.tokens(app, user);
  const strict = CognitoJwtVerifier.create({ userPoolId: UserPoolId, tokenUse: 'id', clientId: app.ClientId });
  strict.cacheJwks(await json('/.well-known/jwks.json'));
  await assert.rejects(strict.verify(IdToken), /issuer/i);
});
