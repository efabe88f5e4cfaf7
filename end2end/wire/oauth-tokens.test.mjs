//! Clients that prove keys, devices, introspection and registration, through openid-client.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as oidc from 'openid-client';
import { PASSWORD, Server, Web, claims, fetch, unique, uniqueEmail } from '../harness.mjs';

const CALLBACK = 'http://localhost:3999/callback';
const DEVICE = { execute: [oidc.allowInsecureRequests] };
let server, pool, issuer, username, email;
before(async () => {
  server = await Server.start({ args: ['--outbound-allow', 'localhost'] });
  pool = await server.makePool({ DcrConfiguration: { OpenDcrEnabled: true } });
  [username, email, issuer] = [unique(), uniqueEmail(), new URL(`${server.url}/${pool}`)];
  await server.makeUser(pool, username, { email, email_verified: 'true' });
});
after(() => server.stop());

/** Makes a client with `PoolhouseOAuth`, which the SDK would leave out. */
async function makeClient(oauth, settings = {}) {
  const admin = server.client();
  const add = (next) => (args) => {
    const body = JSON.stringify({ ...JSON.parse(args.request.body), PoolhouseOAuth: oauth });
    args.request.body = body;
    args.request.headers['content-length'] = String(Buffer.byteLength(body));
    return next(args);
  };
  admin.middlewareStack.add(add, { step: 'build', priority: 'high' });
  const { UserPoolClient } = await admin.createUserPoolClient({
    UserPoolId: pool, ClientName: 'Television', CallbackURLs: [CALLBACK], SupportedIdentityProviders: ['COGNITO'], AllowedOAuthFlows: ['code'],
    AllowedOAuthScopes: ['openid', 'email'], AllowedOAuthFlowsUserPoolClient: true, ...settings,
  });
  return UserPoolClient;
}
const discover = (ClientId, auth) => oidc.discovery(issuer, ClientId, undefined, auth, DEVICE);
const log = async (web, page) => web.submit(page, { username, password: PASSWORD });

async function signIn(config, options = {}) {
  const [pkceCodeVerifier, expectedState] = [oidc.randomPKCECodeVerifier(), oidc.randomState()];
  const web = new Web();
  const address = oidc.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK, scope: 'openid email', state: expectedState, code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256',
  });
  const { left } = await log(web, await web.open(address));
  return oidc.authorizationCodeGrant(config, left, { pkceCodeVerifier, expectedState }, undefined, options);
}

for (const alg of ['ES256', 'RS256', 'PS256', 'Ed25519'])
  test(`private_key_jwt with ${alg}`, async () => {
    const keys = await oidc.randomDPoPKeyPair(alg, { extractable: true });
    const jwk = { ...(await crypto.subtle.exportKey('jwk', keys.publicKey)), kid: 'one', use: 'sig' };
    delete jwk.alg;
    const { ClientId } = await makeClient({ TokenEndpointAuthMethod: 'private_key_jwt', Jwks: { keys: [jwk] } });
    const sign = { [oidc.modifyAssertion]: (header) => { if (header.alg === 'Ed25519') header.alg = 'EdDSA'; } };
    const config = await discover(ClientId, oidc.PrivateKeyJwt({ key: keys.privateKey, kid: 'one' }, sign));
    const tokens = await signIn(config);
    assert.equal(tokens.claims().email, email);
    assert.equal((await oidc.tokenIntrospection(config, tokens.access_token)).active, true);
    await oidc.tokenRevocation(config, tokens.refresh_token);
    assert.equal((await oidc.tokenIntrospection(config, tokens.access_token)).active, false);
    const stranger = await oidc.randomDPoPKeyPair('ES256');
    const wrong = await discover(ClientId, oidc.PrivateKeyJwt({ key: stranger.privateKey, kid: 'one' }));
    await assert.rejects(oidc.tokenIntrospection(wrong, tokens.access_token), (e) => e.status === 401 || e.error === 'invalid_client');
  });

test('client_secret_jwt', async () => {
  const { ClientId, ClientSecret } = await makeClient({ TokenEndpointAuthMethod: 'client_secret_jwt' }, { GenerateSecret: true });
  const tokens = await signIn(await discover(ClientId, oidc.ClientSecretJwt(ClientSecret)));
  assert.equal(tokens.claims().email, email);
});

test('DPoP: tokens for one key only', async () => {
  const { ClientId } = await makeClient({ RequireDpop: true });
  const config = await discover(ClientId, oidc.None());
  const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
  const tokens = await signIn(config, { DPoP });
  assert.deepEqual([tokens.token_type, claims(tokens.access_token).cnf.jkt.length], ['dpop', 43]);
  const { sub } = tokens.claims();
  assert.equal((await oidc.fetchUserInfo(config, tokens.access_token, sub, { DPoP })).email, email);
  assert.equal((await fetch(`${issuer}/oauth2/userInfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } })).status, 401);
  const other = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
  await assert.rejects(oidc.fetchUserInfo(config, tokens.access_token, sub, { DPoP: other }));
  await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP: other }), (e) => e.error === 'invalid_grant');
  const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
  assert.equal(claims(fresh.access_token).cnf.jkt, claims(tokens.access_token).cnf.jkt);
});

test('a device, let in from a browser', async () => {
  const { ClientId } = await makeClient({ DeviceFlow: true });
  const config = await discover(ClientId, oidc.None());
  const begun = await oidc.initiateDeviceAuthorization(config, { scope: 'openid email' });
  assert.match(begun.user_code, /^[B-Z]{4}-[B-Z]{4}$/);
  const polled = oidc.pollDeviceAuthorizationGrant(config, begun);
  const web = new Web();
  const entered = await web.submit(await web.open(begun.verification_uri), { user_code: begun.user_code.toLowerCase() });
  const decision = await log(web, entered);
  assert.match(decision.html, /Television/);
  const done = await web.submit(decision, { action: 'allow' });
  assert.match(done.html, /Your device is connected/);
  assert.equal((await polled).claims().email, email);
});

test('a client that registers itself', async () => {
  const config = await oidc.dynamicClientRegistration(issuer, { redirect_uris: [CALLBACK], client_name: 'Newcomer' }, undefined, DEVICE);
  const metadata = config.clientMetadata();
  assert.ok(metadata.client_id && metadata.client_secret && metadata.registration_access_token);
  const own = await fetch(metadata.registration_client_uri, { headers: { authorization: `Bearer ${metadata.registration_access_token}` } });
  assert.equal((await own.json()).client_name, 'Newcomer');
  assert.equal((await fetch(metadata.registration_client_uri, { method: 'DELETE', headers: { authorization: `Bearer ${metadata.registration_access_token}` } })).status, 204);
});

test('the metadata of the authorization server (RFC 8414)', async () => {
  const config = await oidc.discovery(issuer, 'x', undefined, undefined, { ...DEVICE, algorithm: 'oauth2' });
  const told = config.serverMetadata();
  for (const name of ['introspection_endpoint', 'device_authorization_endpoint', 'registration_endpoint', 'revocation_endpoint']) assert.ok(told[name].startsWith(`${issuer}/`), name);
});
