//! The authorization endpoint through openid-client: requests sent ahead, request objects, signed answers, the hybrid flow, and signing out.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import * as jose from 'jose';
import * as oidc from 'openid-client';
import { PASSWORD, Server, Web, claims, unique, uniqueEmail, until } from '../harness.mjs';

const CALLBACK = 'http://localhost:3999/callback';
const BYE = 'http://localhost:3999/bye';
let server, pool, username, issuer, keys;
before(async () => {
  server = await Server.start({ args: ['--outbound-allow', 'localhost'] });
  pool = await server.makePool();
  [username, issuer] = [unique(), `${server.url}/${pool}`];
  keys = await jose.generateKeyPair('ES256');
  await server.makeUser(pool, username, { email: uniqueEmail(), email_verified: 'true', name: 'Ada' });
});
after(() => server.stop());

/** A client of openid-client's, with these settings. */
async function relyingParty(PoolhouseOAuth, ...features) {
  // The SDK sends no member that it does not know, so that this one is put in after it has written the request.
  const admin = server.client();
  const add = (next) => (args) => {
    args.request.body = JSON.stringify({ ...JSON.parse(Buffer.from(args.request.body).toString()), PoolhouseOAuth });
    return next(args);
  };
  admin.middlewareStack.add(add, { step: 'build', priority: 'high' });
  const { UserPoolClient: client } = await admin.createUserPoolClient({
    UserPoolId: pool, ClientName: 'relying party', GenerateSecret: true, CallbackURLs: [CALLBACK], LogoutURLs: [BYE], AllowedOAuthFlows: ['code'],
    AllowedOAuthScopes: ['openid', 'email'], AllowedOAuthFlowsUserPoolClient: true,
  });
  const execute = [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks, ...features];
  return { client, config: await oidc.discovery(new URL(issuer), client.ClientId, client.ClientSecret, undefined, { execute }) };
}

/** What a request says, and what is kept to check the answer. */
async function request(more = {}) {
  const [pkceCodeVerifier, expectedState, expectedNonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
  const challenge = await oidc.calculatePKCECodeChallenge(pkceCodeVerifier);
  const parameters = { redirect_uri: CALLBACK, scope: 'openid email', state: expectedState, nonce: expectedNonce, code_challenge: challenge, code_challenge_method: 'S256', ...more };
  return { parameters, checks: { pkceCodeVerifier, expectedState, expectedNonce } };
}

/** Signs in; where the browser is led is returned. */
async function signIn(address, web = new Web()) {
  const page = await web.open(address);
  return (page.left ? page : await web.submit(page, { username, password: PASSWORD })).left;
}

test('a request is sent ahead, and answered with a signed JWT', async () => {
  const { config } = await relyingParty({ RequirePushedRequests: true, RequirePkce: true }, oidc.useJwtResponseMode);
  const { parameters, checks } = await request();
  const address = await oidc.buildAuthorizationUrlWithPAR(config, parameters);
  assert.deepEqual([...address.searchParams.keys()].sort(), ['client_id', 'request_uri']);
  const tokens = await oidc.authorizationCodeGrant(config, await signIn(address), checks);
  assert.equal(tokens.claims().nonce, checks.expectedNonce);
  assert.equal((await new Web().open(address)).left, undefined, 'it served once');
});

test('a request object that the client signed', async () => {
  const jwk = { ...(await jose.exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES256' };
  const { config } = await relyingParty({ RequireSignedRequestObject: true, Jwks: { keys: [jwk] } });
  const { parameters, checks } = await request({ claims: JSON.stringify({ id_token: { name: { essential: true } } }) });
  const address = await oidc.buildAuthorizationUrlWithJAR(config, parameters, { key: keys.privateKey, kid: 'k1' });
  const tokens = await oidc.authorizationCodeGrant(config, await signIn(address), checks);
  assert.equal(tokens.claims().name, 'Ada');
  const plain = await signIn(oidc.buildAuthorizationUrl(config, (await request()).parameters));
  assert.equal(plain.searchParams.get('error'), 'invalid_request');
});

test('the hybrid flow, its hashes checked by openid-client', async () => {
  const { config } = await relyingParty({ HybridFlow: true }, oidc.useCodeIdTokenResponseType);
  const { parameters, checks } = await request();
  const tokens = await oidc.authorizationCodeGrant(config, await signIn(oidc.buildAuthorizationUrl(config, parameters)), checks);
  assert.deepEqual(tokens.claims().amr, ['pwd']);
});

test('one sign-in serves every application, and the end of it is told to each that listens', async () => {
  const told = [];
  const listener = createServer((incoming, answer) => {
    let body = '';
    incoming.on('data', (part) => (body += part)).on('end', () => (told.push(new URLSearchParams(body).get('logout_token')), answer.end()));
  });
  await new Promise((ready) => listener.listen(0, 'localhost', ready));
  try {
    const [first, second] = [await relyingParty({ BackchannelLogoutUri: `http://localhost:${listener.address().port}/out`, BackchannelLogoutSessionRequired: true }), await relyingParty({})];
    const web = new Web();
    const one = await request();
    const tokens = await oidc.authorizationCodeGrant(first.config, await signIn(oidc.buildAuthorizationUrl(first.config, one.parameters), web), one.checks);
    const two = await request({ prompt: 'none' });
    const other = await oidc.authorizationCodeGrant(second.config, await signIn(oidc.buildAuthorizationUrl(second.config, two.parameters), web), two.checks);
    assert.equal(other.claims().sub, tokens.claims().sub);

    const end = oidc.buildEndSessionUrl(second.config, { post_logout_redirect_uri: BYE, id_token_hint: other.id_token, state: 'z' });
    assert.equal((await web.open(end)).left.href, `${BYE}?state=z`);
    await until(() => told.length === 1, 'the logout token');
    const keySet = jose.createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
    const { payload } = await jose.jwtVerify(told[0], keySet, { issuer, audience: first.client.ClientId, typ: 'logout+jwt' });
    assert.deepEqual([payload.sub, payload.sid, Object.keys(payload.events)], [tokens.claims().sub, claims(tokens.id_token).sid, ['http://schemas.openid.net/event/backchannel-logout']]);
    assert.equal((await signIn(oidc.buildAuthorizationUrl(first.config, (await request({ prompt: 'none' })).parameters), web)).searchParams.get('error'), 'login_required');
  } finally {
    listener.close();
  }
});
