//! Bad input: a clear answer each time, never a 5xx, and the server is well afterwards.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import { ALL_FLOWS, PASSWORD, Server, Web, attributes, fetch, unique } from '../harness.mjs';

let server, pool, app;
before(async () => {
  server = await Server.start();
  pool = await server.makePool();
  app = await server.makeWebClient(pool, { ExplicitAuthFlows: ALL_FLOWS });
});
after(() => server.stop());
afterEach(async () => assert.ok(await server.healthy(), 'healthy afterwards'));

const PUBLIC = ['SignUp', 'ConfirmSignUp', 'ResendConfirmationCode', 'ForgotPassword', 'ConfirmForgotPassword', 'InitiateAuth', 'RespondToAuthChallenge', 'GetTokensFromRefreshToken',
  'RevokeToken', 'GetUser', 'UpdateUserAttributes', 'VerifyUserAttribute', 'GetUserAttributeVerificationCode', 'ChangePassword', 'GlobalSignOut', 'DeleteUser'];
/** Asserts an AWS error answer; gives its type. */
function clear({ status, json, text }, about) {
  assert.ok(status >= 400 && status < 500, `${status} for ${about}: ${text.slice(0, 200)}`);
  assert.ok(json?.__type, `no __type for ${about}: ${text.slice(0, 200)}`);
  return json.__type;
}

test('bodies that are not the JSON they should be', async () => {
  const bodies = ['', ' ', 'null', '[]', '"x"', '1', 'true', '{', '{"ClientId":', '{"ClientId":"x",}', 'ClientId=x', '<xml/>', '{}{}', '\u0000', Buffer.from([0xff, 0xfe, 0x7b]),
    Buffer.from('{"ClientId":"\xff"}', 'latin1'), '{"ClientId":"\\ud800"}', '['.repeat(50_000), '{"a":'.repeat(20_000), '{"ClientId":"x","ClientId":"y"}', `{"ClientId":1e${'9'.repeat(400)}}`];
  for (const operation of PUBLIC) for (const body of bodies) clear(await server.call(operation, body), `${operation} ${String(body).slice(0, 30)}`);
  for (const body of ['{', 'null', '[]', '"x"']) assert.equal(clear(await server.call('SignUp', body), body), 'SerializationException');
});

test('members of the wrong type', async () => {
  const values = [null, 0, -1, 1e308, true, [], {}, [[]], [null], { a: { b: [] } }, ['x'], ''];
  const members = ['ClientId', 'Username', 'Password', 'UserAttributes', 'AuthFlow', 'AuthParameters', 'ChallengeName', 'ChallengeResponses', 'Session', 'AccessToken', 'RefreshToken', 'Token', 'ConfirmationCode', 'ClientMetadata'];
  for (const operation of PUBLIC)
    for (const value of values) clear(await server.call(operation, Object.fromEntries(members.map((m) => [m, value]))), `${operation} ${JSON.stringify(value)}`);
  assert.equal(clear(await server.call('SignUp', { ClientId: 5, Username: 'x', Password: 'x' }), 'number'), 'SerializationException');
});

test('unknown targets, missing targets, other methods', async () => {
  assert.equal(clear(await server.call('NoSuchOperation', {}), 'unknown'), 'UnknownOperationException');
  for (const target of ['', 'x', '.', 'AWSCognitoIdentityProviderService', 'AWSCognitoIdentityProviderService.', 'Other.SignUp', 'AWSCognitoIdentityProviderService.signup', `A.${'x'.repeat(4000)}`])
    assert.equal(clear(await server.call('SignUp', {}, { 'x-amz-target': target }), target), 'UnknownOperationException');
  for (const method of ['PUT', 'DELETE', 'PATCH']) assert.ok((await fetch(server.local, { method })).status < 500);
  const preflight = await fetch(server.local, { method: 'OPTIONS', headers: { origin: 'http://app.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,x-amz-target' } });
  assert.deepEqual([preflight.status, preflight.headers.get('access-control-allow-origin'), preflight.headers.get('access-control-allow-headers')], [200, '*', 'content-type,x-amz-target']);
});

test('ten megabytes, wherever a body is read', async () => {
  const huge = 'x'.repeat(10 << 20);
  clear(await server.call('SignUp', JSON.stringify({ ClientId: huge })), '10 MB');
  for (const path of ['/oauth2/token', '/oauth2/revoke', '/login', '/signup']) {
    const { status } = await fetch(`${server.url}/${pool}${path}`, { method: 'POST', body: new URLSearchParams({ username: huge }) });
    assert.ok([400, 403, 413].includes(status), `${status} for ${path}`);
  }
});

test('tokens, codes and sessions that are none', async () => {
  const AccessTokens = ['x', '.', '..', '...', 'e30.e30.', `${Buffer.from('{"alg":"RS256","kid":"x"}').toString('base64url')}.e30.AAAA`, `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.e30.AAAA`, 'A'.repeat(100_000), 'eyJ.é.ÿ', '\u0000'];
  for (const AccessToken of AccessTokens) assert.match(clear(await server.call('GetUser', { AccessToken }), AccessToken.slice(0, 40)), /^(NotAuthorizedException|InvalidParameterException)$/);
  for (const RefreshToken of AccessTokens) clear(await server.call('GetTokensFromRefreshToken', { ClientId: app.ClientId, RefreshToken }), RefreshToken.slice(0, 40));
  for (const Session of ['x'.repeat(20), 'é'.repeat(30), '\u0000'.repeat(20), 'A'.repeat(4096), 'A'.repeat(5000)])
    clear(await server.call('RespondToAuthChallenge', { ClientId: app.ClientId, ChallengeName: 'NEW_PASSWORD_REQUIRED', Session, ChallengeResponses: { USERNAME: 'x', NEW_PASSWORD: PASSWORD } }), Session.slice(0, 30));
  for (const SRP_A of ['0', '', 'zz', '00', '-1', 'f'.repeat(100_000), 'é'])
    clear(await server.call('InitiateAuth', { ClientId: app.ClientId, AuthFlow: 'USER_SRP_AUTH', AuthParameters: { USERNAME: 'x', SRP_A } }), SRP_A.slice(0, 30));
});

test('hostile names and values are kept exactly or refused clearly', async () => {
  const hostile = ['a\u0000b', '\u0000', '\ud800', '\u202Eevil', 'zero\u200Bwidth', '😀'.repeat(32), 'ﷺ'.repeat(60), "'; DROP TABLE users; --", '<script>alert(1)</script>', '%00%ff', '../../etc/passwd', '\uFFFF\uFFFE',
    'e\u0301', 'İ', 'ß', 'x'.repeat(129), 'a b', '\r\nSet-Cookie: a=b', '${jndi:ldap://x}', '{{7*7}}'];
  for (const text of hostile) {
    const Username = text;
    const named = await server.call('SignUp', { ClientId: app.ClientId, Username, Password: PASSWORD });
    if (named.status === 200) assert.equal((await server.admin.adminGetUser({ UserPoolId: pool, Username })).Username, Username);
    else clear(named, JSON.stringify(Username));
    const plain = unique();
    const valued = await server.call('SignUp', { ClientId: app.ClientId, Username: plain, Password: PASSWORD, UserAttributes: [{ Name: 'nickname', Value: text }] });
    if (valued.status === 200) assert.equal(attributes(await server.admin.adminGetUser({ UserPoolId: pool, Username: plain })).nickname, text);
    else clear(valued, JSON.stringify(text));
    for (const [operation, body] of Object.entries({
      InitiateAuth: { ClientId: app.ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: { USERNAME: `${text}?`, PASSWORD: text || 'x' } },
      ForgotPassword: { ClientId: app.ClientId, Username: `${text}?` }, ConfirmSignUp: { ClientId: app.ClientId, Username: `${text}?`, ConfirmationCode: '123456' },
    })) clear(await server.call(operation, body), `${operation} ${JSON.stringify(text)}`);
    await server.admin.listUsers({ UserPoolId: pool, Filter: `nickname = "${text}"` }).catch((e) => assert.ok(e.$metadata.httpStatusCode < 500, text));
    await server.admin.listUsers({ UserPoolId: pool, Filter: `name ^= ${JSON.stringify(text)}` }).catch((e) => assert.ok(e.$metadata.httpStatusCode < 500, text));
  }
});

test('pages: hostile queries, cookies and fields', async () => {
  const base = `${server.url}/${pool}`;
  const good = `response_type=code&client_id=${app.ClientId}&redirect_uri=${encodeURIComponent('http://localhost:3999/callback')}&scope=openid`;
  const paths = ['/oauth2/authorize', '/login', '/signup', '/confirmUser', '/forgotPassword', '/confirmForgotPassword', '/changePassword', '/mfa', '/logout', '/error', '/oauth2/userInfo', '/resendcode'];
  const queries = ['', '?', `?${good}`, `?${good}&state=%00%ff%0d%0a`, `?${good}&flow=%00`, `?${good}&flow=${'f'.repeat(5000)}`, '?flow=nope', '?client_id=%00', '?client_id[]=x', '?%', `?${good}&client_id=again`, `?${good}&lang=%22%3E%3Cscript%3E`, `?state=${'s'.repeat(6000)}&${good}`];
  const cookies = ['', 'x', '=', ';;;', 'cognito=x', 'cognito=%00', `XSRF-TOKEN=${'x'.repeat(4000)}`, 'cognito="unterminated', Buffer.from('cognito=\xff\xfe', 'latin1').toString('latin1')];
  for (const path of paths)
    for (const [i, query] of queries.entries()) {
      const response = await fetch(base + path + query, { headers: { cookie: cookies[i % cookies.length] } });
      assert.ok(response.status < 500, `${response.status} for ${path}${query.slice(0, 60)}`);
      assert.doesNotMatch(await response.text(), /<script>alert|"><script>/);
    }
  const web = new Web();
  let page = await web.open(`${base}/login?${good}`);
  for (const username of ['\u0000', '😀'.repeat(500), '"><img src=x onerror=alert(1)>', '\u202E', '']) {
    page = await web.submit(page, { username, password: `${username}x` });
    assert.equal(page.status, 200, JSON.stringify(username.slice(0, 20)));
    assert.doesNotMatch(page.html, /<img src=x/);
  }
});

/** Writes bytes to a socket and gives all that comes back. */
async function raw(bytes) {
  const socket = connect(server.port, '127.0.0.1');
  const chunks = [];
  socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => {}).setTimeout(20_000, () => socket.destroy());
  socket.end(bytes);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1');
}

test('bytes that are hardly HTTP', async () => {
  const line = (text) => `${text}\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
  const attempts = ['\r\n\r\n', 'GET', line('GET /\x00 HTTP/1.1'), line('FOO / HTTP/1.1'), line('GET / HTTP/9.9'), line('GET http://[::bad/ HTTP/1.1'), 'GET / HTTP/1.1\r\n\r\n', 'GET / HTTP/1.1\r\nHost: \xff\xfe\r\nConnection: close\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(600_000)}\r\n\r\n`, 'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\nConnection: close\r\n\r\nshort',
    'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n', line(`GET /${'../'.repeat(50)}etc/passwd HTTP/1.1`), line('GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1'), `GET /health HTTP/1.1\r\nHost: ${'a.'.repeat(300)}auth.localhost\r\nConnection: close\r\n\r\n`];
  for (const bytes of attempts) assert.doesNotMatch(await raw(Buffer.from(bytes, 'latin1')), /^HTTP\/1\.\d 5|root:x:0/, bytes.slice(0, 60));
});

/** Opens that many connections, and only when all stand asks each of them for /health; counts the answers by status. */
async function crowd(size) {
  const sockets = [];
  const answers = {};
  try {
    for (let i = 0; i < size; i += 200)
      await Promise.all(Array.from({ length: Math.min(200, size - i) }, async () => {
        const socket = connect(server.port, '127.0.0.1');
        sockets.push(socket);
        await once(socket, 'connect');
      }));
    await Promise.all(sockets.map(async (socket) => {
      const answer = once(socket, 'data');
      socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
      const status = String((await answer)[0]).slice(9, 12);
      answers[status] = (answers[status] ?? 0) + 1;
    }));
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  return answers;
}

test('2,000 connections at once', async () => assert.deepEqual(await crowd(2_000), { 200: 2_000 }));

const descriptors = Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).replace('unlimited', '1e9'));
test('10,000 connections at once', { skip: descriptors < 10_500 && `only ${descriptors} descriptors` }, async () => assert.deepEqual(await crowd(10_000), { 200: 10_000 }));
