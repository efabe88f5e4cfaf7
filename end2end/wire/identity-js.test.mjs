//! amazon-cognito-identity-js, as a web page uses it: SRP, sign-up, forced password, refresh, recovery, sign-out.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import cognito from 'amazon-cognito-identity-js';
import { PASSWORD, Server, refused, unique, uniqueEmail } from '../harness.mjs';

const { AuthenticationDetails, CognitoRefreshToken, CognitoUser, CognitoUserAttribute, CognitoUserPool } = cognito;
let server, pool, UserPoolId;
before(async () => {
  server = await Server.start();
  UserPoolId = await server.makePool();
  const { ClientId } = await server.makeClient(UserPoolId, { ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'] });
  pool = new CognitoUserPool({ UserPoolId, ClientId, endpoint: server.local });
});
after(() => server.stop());

const person = (Username) => new CognitoUser({ Username, Pool: pool });
/** The library answers to (error, data) or to an object of callbacks: both as a promise. */
const done = (start) => new Promise((resolve, reject) => start((error, data) => (error ? reject(error) : resolve(data))));
const events = (start) =>
  new Promise((resolve, reject) =>
    start({
      onSuccess: (session) => resolve(session), onFailure: reject,
      newPasswordRequired: (...details) => resolve({ newPasswordRequired: details }), inputVerificationCode: (data) => resolve({ code: data }),
    }));
const signIn = (user, Username, Password = PASSWORD) => events((on) => user.authenticateUser(new AuthenticationDetails({ Username, Password }), on));

async function signedUp() {
  const [Username, email] = [unique(), uniqueEmail()];
  const { userSub } = await done((cb) => pool.signUp(Username, PASSWORD, [new CognitoUserAttribute({ Name: 'email', Value: email })], [], cb));
  assert.equal(await done(async (cb) => person(Username).confirmRegistration(await server.code(email), false, cb)), 'SUCCESS');
  return { Username, email, userSub };
}

test('sign up, confirm and sign in by SRP', async () => {
  const { Username, email, userSub } = await signedUp();
  const user = person(Username);
  await refused(signIn(user, Username, 'Wrong-horse-1'), 'NotAuthorizedException', 'Incorrect username or password.');
  const session = await signIn(user, Username);
  assert.equal(session.isValid(), true);
  assert.equal(session.getIdToken().payload.sub, userSub);
  const got = await done((cb) => user.getUserAttributes(cb));
  assert.deepEqual(Object.fromEntries(got.map(({ Name, Value }) => [Name, Value])), { sub: userSub, email, email_verified: 'true' });
});

test('SRP holds for many salts and passwords', async () => {
  for (const password of ['Ünïcode-pass-1', 'Spaces In between 1', 'A1-' + '漢字'.repeat(20) + 'a', 'Quote"s-and\\slashes-1']) {
    const Username = unique();
    await server.makeUser(UserPoolId, Username, {}, password);
    assert.equal((await signIn(person(Username), Username, password)).isValid(), true, password);
  }
});

test('refresh, change the password, sign out everywhere', async () => {
  const { Username } = await signedUp();
  const user = person(Username);
  const session = await signIn(user, Username);
  const again = await done((cb) => user.refreshSession(new CognitoRefreshToken({ RefreshToken: session.getRefreshToken().getToken() }), cb));
  assert.notEqual(again.getAccessToken().getJwtToken(), session.getAccessToken().getJwtToken());
  assert.equal(again.getIdToken().payload.sub, session.getIdToken().payload.sub);
  assert.equal(await done((cb) => user.changePassword(PASSWORD, 'Second-horse-10', cb)), 'SUCCESS');
  await signIn(user, Username, 'Second-horse-10');
  assert.equal(await events((on) => user.globalSignOut(on)), 'SUCCESS');
  await refused(done((cb) => user.refreshSession(session.getRefreshToken(), cb)), 'NotAuthorizedException', 'Refresh Token has been revoked');
});

test('a forced new password after SRP', async () => {
  const Username = unique();
  await server.admin.adminCreateUser({ UserPoolId, Username, TemporaryPassword: 'Temporary-1', MessageAction: 'SUPPRESS', UserAttributes: [{ Name: 'name', Value: 'Ada' }] });
  const user = person(Username);
  const { newPasswordRequired: [current, required] } = await signIn(user, Username, 'Temporary-1');
  assert.deepEqual([current.name, required], ['Ada', []]);
  const session = await events((on) => user.completeNewPasswordChallenge(PASSWORD, {}, on));
  assert.equal(session.getIdToken().payload.name, 'Ada');
  assert.equal((await signIn(person(Username), Username)).isValid(), true);
});

test('forgotten password', async () => {
  const { Username, email } = await signedUp();
  const user = person(Username);
  const { code } = await events((on) => user.forgotPassword(on));
  assert.equal(code.CodeDeliveryDetails.DeliveryMedium, 'EMAIL');
  const verification = await server.code(email);
  assert.equal(await events((on) => user.confirmPassword(verification, 'Third-horse-11', on)), 'SUCCESS');
  assert.equal((await signIn(person(Username), Username, 'Third-horse-11')).isValid(), true);
});
