//! What was acknowledged survives `kill -9`.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PASSWORD, Server, attributes, unique, until } from '../harness.mjs';

let server, pool, app;
before(async () => {
  server = await Server.start();
  pool = await server.makePool();
  app = await server.makeClient(pool);
});
after(() => server.stop());

test('kill -9 in the middle of sign-ups: every acknowledged one is there, with its mail', async () => {
  const client = server.client({ maxAttempts: 1 });
  const acknowledged = new Map();
  let running = true;
  const worker = async () => {
    while (running) {
      const name = unique('crash');
      const email = `${name}@example.com`;
      const done = await client.signUp({ ClientId: app.ClientId, Username: name, Password: PASSWORD, UserAttributes: [{ Name: 'email', Value: email }] }).catch((error) => {
        if (running && error.name !== 'TooManyRequestsException') throw error;
      });
      if (done) acknowledged.set(name, done.UserSub);
    }
  };
  const workers = Array.from({ length: 16 }, () => worker().catch((error) => error));
  await until(() => acknowledged.size >= 40, '40 sign-ups', 60_000);
  const killed = server.kill9();
  running = false;
  await killed;
  for (const failure of await Promise.all(workers)) assert.equal(failure, undefined);

  await server.boot();
  for (const [Username, sub] of acknowledged) {
    const user = await server.admin.adminGetUser({ UserPoolId: pool, Username });
    assert.deepEqual([user.UserStatus, attributes(user).sub], ['UNCONFIRMED', sub]);
  }
  const [name] = acknowledged.keys();
  await server.anon.confirmSignUp({ ClientId: app.ClientId, Username: name, ConfirmationCode: await server.code(`${name}@example.com`) });
  assert.ok(await server.tokens(app, name));
  for (const other of [...acknowledged.keys()].slice(-10)) await until(async () => (await server.inbox(`${other}@example.com`)).length === 1, `the one mail to ${other}`);
});

test('tokens that were revoked stay revoked over kill -9', async () => {
  const name = unique();
  await server.makeUser(pool, name);
  const [gone, kept] = [await server.tokens(app, name), await server.tokens(app, name)];
  await server.anon.revokeToken({ ClientId: app.ClientId, Token: gone.RefreshToken });
  await server.kill9();
  await server.boot();
  const refresh = ({ RefreshToken }) => server.anon.getTokensFromRefreshToken({ ClientId: app.ClientId, RefreshToken });
  await assert.rejects(refresh(gone), { name: 'NotAuthorizedException' });
  assert.ok((await refresh(kept)).AuthenticationResult.AccessToken);
});
