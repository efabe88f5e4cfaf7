//! OAuth 2.0 and OpenID Connect through openid-client and the hosted pages, and what must be refused.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import * as oidc from 'openid-client';
import { PASSWORD, Server, Web, claims, fetch, unique, uniqueEmail } from '../harness.mjs';

const CALLBACK = 'http://localhost:3999/callback';
let server, pool, app, secretApp, username, email, issuer;
before(async () => {
  server = await Server.start();
  pool = await server.makePool();
  app = await server.makeWebClient(pool);
  secretApp = await server.makeWebClient(pool, { GenerateSecret: true });
  [username, email, issuer] = [unique(), uniqueEmail(), `${server.url}/${pool}`];
  await server.makeUser(pool, username, { email, email_verified: 'true', name: 'Ada' });
});
after(() => server.stop());

const pkce = (verifier = randomBytes(32).toString('base64url')) => ({ verifier, challenge: createHash('sha256').update(verifier).digest('base64url') });
const authorize = (params = {}, base = issuer) => {
  const url = new URL(`${base}/oauth2/authorize`);
  const all = { response_type: 'code', client_id: app.ClientId, redirect_uri: CALLBACK, scope: 'openid email', state: 'st&te', ...params };
  for (const [name, value] of Object.entries(all)) if (value !== undefined) url.searchParams.set(name, value);
  return url;
};
async function code(params, { web = new Web(), base } = {}) {
  const page = await web.open(authorize(params, base));
  const { left } = page.left ? page : await web.submit(page, { username, password: PASSWORD });
  return left.searchParams.get('code');
}
async function token(form, headers = {}, base = issuer) {
  const response = await fetch(`${base}/oauth2/token`, { method: 'POST', body: new URLSearchParams(form), headers });
  return { status: response.status, headers: response.headers, ...(await response.json()) };
}
const exchange = (value, more) => token({ grant_type: 'authorization_code', client_id: app.ClientId, redirect_uri: CALLBACK, code: value, ...more });
const basic = ({ ClientId, ClientSecret }) => ({ authorization: `Basic ${Buffer.from(`${ClientId}:${ClientSecret}`).toString('base64')}` });
const userInfo = (accessToken) => fetch(`${issuer}/oauth2/userInfo`, { headers: accessToken ? { authorization: `Bearer ${accessToken}` } : {} });

for (const [kind, auth] of Object.entries({ None: () => oidc.None(), ClientSecretBasic: (c) => oidc.ClientSecretBasic(c.ClientSecret), ClientSecretPost: (c) => oidc.ClientSecretPost(c.ClientSecret) })) {
  test(`openid-client, ${kind}: discovery, code with PKCE, userinfo, refresh, revoke, end of session`, async () => {
    const client = kind === 'None' ? app : secretApp;
    const config = await oidc.discovery(new URL(issuer), client.ClientId, undefined, auth(client), { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] });
    const [pkceCodeVerifier, expectedState, expectedNonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
    const web = new Web();
    const address = oidc.buildAuthorizationUrl(config, {
      redirect_uri: CALLBACK, scope: 'openid email profile', state: expectedState, nonce: expectedNonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256',
    });
    const { left, status } = await web.submit(await web.open(address), { username, password: PASSWORD });
    assert.equal(status, 302);
    const tokens = await oidc.authorizationCodeGrant(config, left, { pkceCodeVerifier, expectedState, expectedNonce });
    const id = tokens.claims();
    assert.deepEqual([id.nonce, id.email, id.email_verified, id.name, id['cognito:username'], id.aud], [expectedNonce, email, true, 'Ada', username, client.ClientId]);
    assert.equal(id.at_hash, createHash('sha256').update(tokens.access_token).digest().subarray(0, 16).toString('base64url'));
    const access = claims(tokens.access_token);
    assert.deepEqual([access.version, access.scope.split(' ').sort().join(' '), access.client_id], [2, 'email openid profile', client.ClientId]);

    const info = await oidc.fetchUserInfo(config, tokens.access_token, id.sub);
    assert.deepEqual([info.sub, info.username, info.email, info.email_verified, info.name], [id.sub, username, email, 'true', 'Ada']);
    const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token);
    assert.deepEqual([fresh.claims().sub, fresh.claims().auth_time, fresh.refresh_token], [id.sub, id.auth_time, undefined]);
    await oidc.tokenRevocation(config, tokens.refresh_token);
    await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token), (e) => e.error === 'invalid_grant');

    assert.ok((await web.open(authorize({ client_id: client.ClientId }))).left.searchParams.get('code'), 'the browser is still signed in');
    const bye = oidc.buildEndSessionUrl(config, { logout_uri: 'http://localhost:3999/bye', client_id: client.ClientId });
    assert.equal((await web.open(bye)).left.href, 'http://localhost:3999/bye');
    assert.equal((await web.open(authorize({ client_id: client.ClientId }))).left, undefined, 'signed out');
  });
}

test('state and nonce come back as they were, scope narrows the claims', async () => {
  const web = new Web();
  const state = 'a b+c&d=é%"';
  const { left } = await web.submit(await web.open(authorize({ state, scope: 'openid', nonce: 'n-0S6_WzA2Mj' })), { username, password: PASSWORD });
  assert.equal(left.searchParams.get('state'), state);
  assert.equal(left.origin + left.pathname, CALLBACK);
  const { id_token, expires_in, token_type, headers, refresh_token } = await exchange(left.searchParams.get('code'));
  assert.equal(claims(id_token).nonce, 'n-0S6_WzA2Mj');
  assert.deepEqual([expires_in, token_type, typeof refresh_token], [3600, 'Bearer', 'string']);
  assert.match(headers.get('content-type'), /^application\/json/);
  assert.match(headers.get('cache-control'), /no-store/);
  assert.equal(headers.get('access-control-allow-origin'), '*');
  const emailOnly = await exchange(await code({ scope: 'openid email' }));
  assert.deepEqual([claims(emailOnly.id_token).email, claims(emailOnly.id_token).name], [email, undefined]);
  const noOpenId = await exchange(await code({ scope: 'aws.cognito.signin.user.admin' }));
  assert.equal(noOpenId.id_token, undefined);
  assert.equal((await server.anon.getUser({ AccessToken: noOpenId.access_token })).Username, username);
});

test('an unknown client or an unregistered redirect_uri never leaves the server', async () => {
  const stay = [
    { client_id: 'nobody' }, { client_id: undefined }, { client_id: 'a'.repeat(26) }, { redirect_uri: undefined }, { redirect_uri: 'http://localhost:3999/other' },
    { redirect_uri: `${CALLBACK}/` }, { redirect_uri: `${CALLBACK}?x=1` }, { redirect_uri: `${CALLBACK}#x` }, { redirect_uri: 'http://localhost:3999/callback/../callback' },
    { redirect_uri: 'http://user@localhost:3999/callback' }, { redirect_uri: 'HTTP://LOCALHOST:3999/callback' }, { redirect_uri: 'javascript:alert(1)' }, { redirect_uri: '//localhost:3999/callback' },
  ];
  for (const params of stay)
    for (const more of [{}, { response_type: 'nonsense' }, { scope: 'nonsense' }]) {
      const page = await new Web().open(authorize({ ...params, ...more }));
      assert.deepEqual([page.left, page.status, page.url.origin], [undefined, 400, server.url], JSON.stringify(params));
      assert.match(page.headers.get('content-type'), /^text\/html/);
    }
  const unknownPool = await new Web().open(authorize({}, `${server.url}/us-east-1_nowhere00`));
  assert.ok([400, 404].includes(unknownPool.status) && !unknownPool.left);
  const foreign = await server.makeWebClient(await server.makePool());
  assert.equal((await new Web().open(authorize({ client_id: foreign.ClientId }))).status, 400);
  const noOAuth = await server.makeClient(pool);
  assert.equal((await new Web().open(authorize({ client_id: noOAuth.ClientId }))).status, 400);
});

test('other mistakes are told to the application', async () => {
  const { challenge } = pkce();
  const cases = [
    [{ response_type: undefined }, 'invalid_request'], [{ response_type: 'nonsense' }, 'unsupported_response_type'], [{ response_type: 'none' }, 'unsupported_response_type'],
    [{ scope: 'openid no-such-scope' }, 'invalid_scope'], [{ code_challenge: challenge }, 'invalid_request'], [{ code_challenge: challenge, code_challenge_method: 'plain' }, 'invalid_request'],
    [{ code_challenge_method: 'S256' }, 'invalid_request'], [{ prompt: 'none' }, 'login_required'],
  ];
  for (const [params, error] of cases) {
    const { left } = await new Web().open(authorize(params));
    const told = left && new URLSearchParams(left.search || left.hash.slice(1));
    assert.deepEqual([told?.get('error'), told?.get('state'), told?.get('code')], [error, 'st&te', null], JSON.stringify(params));
  }
});

test('a code works once; its second use revokes what the first one gave', async () => {
  const value = await code();
  const first = await exchange(value);
  assert.equal((await userInfo(first.access_token)).status, 200);
  const second = await exchange(value);
  assert.deepEqual([second.status, second.error], [400, 'invalid_grant']);
  const refused = await userInfo(first.access_token);
  assert.equal(refused.status, 401);
  assert.match(refused.headers.get('www-authenticate'), /error="invalid_token"/);
  assert.equal((await token({ grant_type: 'refresh_token', client_id: app.ClientId, refresh_token: first.refresh_token })).error, 'invalid_grant');
});

test('of many simultaneous exchanges of a code at most one succeeds', async () => {
  const value = await code();
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => exchange(value)));
  assert.equal(outcomes.filter(({ status }) => status === 200).length, 1);
  assert.deepEqual(new Set(outcomes.filter(({ status }) => status !== 200).map(({ error }) => error)), new Set(['invalid_grant']));
});

test('PKCE: the verifier is needed, must match, and must not come uninvited', async () => {
  const { verifier, challenge } = pkce();
  const asked = { code_challenge: challenge, code_challenge_method: 'S256' };
  for (const [params, more] of [[asked, {}], [asked, { code_verifier: pkce().verifier }], [asked, { code_verifier: challenge }], [{}, { code_verifier: verifier }]]) {
    const { status, error, access_token } = await exchange(await code(params), more);
    assert.deepEqual([status, error, access_token], [400, 'invalid_grant', undefined], JSON.stringify(more));
  }
  assert.equal((await exchange(await code(asked), { code_verifier: verifier })).status, 200);
});

test('the token endpoint knows its clients', async () => {
  const mine = () => code({ client_id: secretApp.ClientId });
  const grant = (value, more) => ({ grant_type: 'authorization_code', redirect_uri: CALLBACK, code: value, ...more });
  const { ClientId: client_id, ClientSecret: client_secret } = secretApp;
  assert.equal((await token(grant(await mine()), basic(secretApp))).status, 200);
  assert.equal((await token(grant(await mine(), { client_id, client_secret }))).status, 200);
  const wrong = [
    [{ client_id }, {}], [{ client_id, client_secret: 'wrong' }, {}], [{}, basic({ ...secretApp, ClientSecret: 'wrong' })], [{}, { authorization: 'Basic !!!' }],
    [{ client_id: 'nobody' }, {}], [{}, {}],
  ];
  for (const [more, headers] of wrong) {
    const { status, error, access_token } = await token(grant(await mine(), more), headers);
    assert.ok([400, 401].includes(status) && !access_token && ['invalid_client', 'invalid_request'].includes(error), `${status} ${error} for ${JSON.stringify(more)}`);
  }
  assert.equal((await exchange(await mine())).error, 'invalid_grant', 'a code of another client');
  assert.ok(['invalid_grant', 'unauthorized_client'].includes((await exchange(await code(), { redirect_uri: 'http://localhost:3999/other' })).error));
  assert.equal((await exchange(await code(), { grant_type: 'password' })).error, 'unsupported_grant_type');
  assert.equal((await token({ client_id: app.ClientId })).error, 'invalid_request');
  assert.equal((await exchange('no-such-code')).error, 'invalid_grant');
  assert.equal((await token({ grant_type: 'refresh_token', client_id: app.ClientId, refresh_token: 'x' })).error, 'invalid_grant');
  const { refresh_token } = await exchange(await code());
  assert.equal((await token({ grant_type: 'refresh_token', refresh_token }, basic(secretApp))).error, 'invalid_grant', 'a refresh token of another client');
});

test('userInfo wants an access token with openid, of this pool', async () => {
  const good = await exchange(await code());
  const info = await userInfo(good.access_token);
  assert.deepEqual(await info.json(), { sub: claims(good.id_token).sub, email, email_verified: 'true', username });
  const api = await server.tokens(await server.makeClient(pool), username);
  for (const bad of [good.id_token, api.AccessToken, good.refresh_token, 'x', 'a.b.c']) assert.equal((await userInfo(bad)).status, 401, bad);
  const none = await userInfo();
  assert.equal(none.status, 400);
  assert.match(none.headers.get('www-authenticate'), /error="invalid_request"/);
});

test('revoke: what counts as success, what does not', async () => {
  const revoke = async (form, headers = {}) => {
    const response = await fetch(`${issuer}/oauth2/revoke`, { method: 'POST', body: new URLSearchParams(form), headers });
    const text = await response.text();
    return [response.status, text && JSON.parse(text).error];
  };
  const { refresh_token, access_token } = await exchange(await code());
  const { ClientId: client_id } = app;
  assert.deepEqual(await revoke({ client_id }), [400, 'invalid_request']);
  assert.deepEqual(await revoke({ client_id, token: access_token }), [400, 'unsupported_token_type']);
  assert.deepEqual(await revoke({ client_id: secretApp.ClientId, token: refresh_token }), [401, 'invalid_client']);
  assert.deepEqual(await revoke({ client_id, token: refresh_token }), [200, '']);
  assert.deepEqual(await revoke({ client_id, token: refresh_token }), [200, '']);
  assert.deepEqual(await revoke({ client_id, token: 'garbage' }), [200, '']);
  assert.equal((await userInfo(access_token)).status, 401);
});

test('logout goes to registered addresses only, or back to the sign-in page', async () => {
  const logout = (params) => new Web().open(`${issuer}/logout?${new URLSearchParams(params)}`);
  const { ClientId: client_id } = app;
  assert.equal((await logout({ client_id, logout_uri: 'http://localhost:3999/bye' })).left.href, 'http://localhost:3999/bye');
  for (const params of [{ client_id, logout_uri: 'http://localhost:3999/bye/' }, { client_id: 'nobody', logout_uri: 'http://localhost:3999/bye' }, { logout_uri: 'http://localhost:3999/bye' }])
    assert.deepEqual(await logout(params).then(({ left, status }) => [left, status]), [undefined, 400], JSON.stringify(params));
  assert.match((await logout({ client_id })).html, /signed out/i);
  const back = await logout({ client_id, redirect_uri: CALLBACK, response_type: 'code', state: 'again' });
  assert.deepEqual([back.status, back.url.pathname], [200, `/${pool}/login`]);
});

test('wrong password: back to the page, the notice shown once, nothing in the address', async () => {
  const web = new Web();
  const page = await web.submit(await web.open(authorize()), { username, password: 'Wrong-horse-1' });
  assert.equal(page.left, undefined);
  assert.equal(page.url.pathname, `/${pool}/login`);
  assert.doesNotMatch(page.url.search, /error|notice|message|incorrect/i);
  assert.match(page.html, /That name or password is not right\./);
  assert.doesNotMatch(page.html, /Wrong-horse-1/);
  assert.ok((await web.submit(page, { username, password: PASSWORD })).left.searchParams.get('code'));
});

test('forged posts are refused, pages are locked down', async () => {
  const web = new Web();
  const page = await web.open(authorize());
  for (const [fields, headers] of [
    [{}, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }], [{ _csrf: '00000000-0000-0000-0000-000000000000' }, {}], [{ _csrf: '' }, {}],
  ]) {
    const answer = await web.submit(page, { username, password: PASSWORD, ...fields }, headers);
    assert.deepEqual([answer.left, answer.status], [undefined, 403], JSON.stringify([fields, headers]));
  }
  const bare = await fetch(page.url, { method: 'POST', body: new URLSearchParams({ username, password: PASSWORD }) });
  assert.equal(bare.status, 403);
  const policy = page.headers.get('content-security-policy');
  for (const part of [/frame-ancestors 'none'/, /default-src 'none'|default-src 'self'/, /form-action [^;]*http:\/\/localhost:3999/]) assert.match(policy, part);
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval/);
  assert.match(page.headers.get('cache-control'), /no-store/);
  assert.equal(page.headers.get('referrer-policy'), 'same-origin');
  assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
  for (const [, value] of page.html.matchAll(/\son\w+\s*=\s*("[^"]*")/g)) assert.fail(`inline handler ${value}`);
  const cookies = (await fetch(authorize())).headers.getSetCookie();
  assert.ok(cookies.length > 0);
  for (const cookie of cookies) assert.match(cookie, /HttpOnly(?=.*SameSite=Lax)|SameSite=Lax(?=.*HttpOnly)/i);
});

test('a pool answers by its host name too, and the issuer stays', async () => {
  const Domain = unique('shop');
  await server.admin.createUserPoolDomain({ Domain, UserPoolId: pool });
  const base = `http://${Domain}.auth.localhost:${server.port}`;
  const web = new Web();
  const page = await web.open(authorize({}, base));
  assert.deepEqual([page.status, page.url.host, page.url.pathname], [200, `${Domain}.auth.localhost:${server.port}`, '/login']);
  const { left } = await web.submit(page, { username, password: PASSWORD });
  const { id_token, access_token } = await token({ grant_type: 'authorization_code', client_id: app.ClientId, redirect_uri: CALLBACK, code: left.searchParams.get('code') }, {}, base);
  assert.equal(claims(id_token).iss, issuer);
  assert.equal((await fetch(`${base}/oauth2/userInfo`, { headers: { authorization: `Bearer ${access_token}` } })).status, 200);
  assert.equal((await web.open(`${base}/logout?client_id=${app.ClientId}&logout_uri=http://localhost:3999/bye`)).left.href, 'http://localhost:3999/bye');
  assert.equal((await fetch(`http://${unique('nobody')}.auth.localhost:${server.port}/login`)).status, 404);
  await server.admin.deleteUserPoolDomain({ Domain, UserPoolId: pool });
  assert.equal((await fetch(`${base}/login`)).status, 404);
});

test('the demo keeps up with the public address', async () => {
  const own = await Server.start();
  await own.stop({ keep: true });
  await own.move();
  const { UserPoolClient } = await own.admin.describeUserPoolClient({ UserPoolId: 'us-east-1_DemoPool0', ClientId: 'demo-web' });
  for (const urls of [UserPoolClient.CallbackURLs, UserPoolClient.LogoutURLs]) assert.ok(urls.includes(`${own.url}/demo`), urls);
  const page = await new Web().open(`${own.url}/demo/sign-in`);
  assert.deepEqual([page.status, page.url.pathname], [200, '/us-east-1_DemoPool0/login']);
  await own.stop();
});

test('rotation at the token endpoint', async () => {
  const rotating = await server.makeWebClient(pool, { ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'], RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 0 } });
  const { refresh_token } = await exchange(await code({ client_id: rotating.ClientId }), { client_id: rotating.ClientId });
  const turn = (value) => token({ grant_type: 'refresh_token', client_id: rotating.ClientId, refresh_token: value });
  const next = await turn(refresh_token);
  assert.ok(next.refresh_token && next.refresh_token !== refresh_token);
  assert.deepEqual(await turn(refresh_token).then(({ status, error }) => [status, error]), [400, 'invalid_grant']);
});
