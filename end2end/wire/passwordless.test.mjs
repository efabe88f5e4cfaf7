//! Signing in without a password by the AWS SDK: codes, the session that sign-up leaves, and refresh tokens that rotate.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PASSWORD, Server, attributes, claims, refused, unique, uniqueEmail } from '../harness.mjs';

let server, anon, admin, pool, app;
before(async () => {
  ({ anon, admin } = server = await Server.start());
  pool = await server.makePool({ Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP'] } } });
  app = await server.makeClient(pool, { ExplicitAuthFlows: ['ALLOW_USER_AUTH', 'ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'] });
});
after(() => server.stop());

const begin = (USERNAME, more = {}) => anon.initiateAuth({ ClientId: app.ClientId, AuthFlow: 'USER_AUTH', AuthParameters: { USERNAME, ...more } });
const answer = (ChallengeName, Session, USERNAME, responses) =>
  anon.respondToAuthChallenge({ ClientId: app.ClientId, ChallengeName, Session, ChallengeResponses: { USERNAME, ...responses } });

async function person() {
  const [Username, email] = [unique(), uniqueEmail()];
  await server.makeUser(pool, Username, { email, email_verified: 'true' });
  return { Username, email };
}

test('a code by e-mail', async () => {
  const { Username, email } = await person();
  const challenge = await begin(Username, { PREFERRED_CHALLENGE: 'EMAIL_OTP' });
  assert.equal(challenge.ChallengeName, 'EMAIL_OTP');
  assert.ok(challenge.AvailableChallenges.includes('EMAIL_OTP') && challenge.AvailableChallenges.includes('PASSWORD'));
  assert.deepEqual(
    [challenge.ChallengeParameters.CODE_DELIVERY_DELIVERY_MEDIUM, challenge.ChallengeParameters.CODE_DELIVERY_DESTINATION], ['EMAIL', `${email[0]}***@e***`],
  );
  const EMAIL_OTP_CODE = (await server.mail(email)).text.match(/\b\d{6,8}\b/)[0];
  const wrong = EMAIL_OTP_CODE.replace(/^./, (digit) => (digit === '9' ? '0' : '9'));
  const respond = (code) => answer('EMAIL_OTP', challenge.Session, Username, { EMAIL_OTP_CODE: code });
  await refused(respond(wrong), 'CodeMismatchException', 'Invalid code or auth state for the user.');
  const { AuthenticationResult } = await respond(EMAIL_OTP_CODE);
  assert.equal(claims(AuthenticationResult.AccessToken).username, Username);
  await refused(respond(EMAIL_OTP_CODE), 'NotAuthorizedException', 'Invalid session for the user, session can only be used once.');
});

test('choosing: a code, or the password at once', async () => {
  const { Username, email } = await person();
  const choice = await begin(Username);
  assert.equal(choice.ChallengeName, 'SELECT_CHALLENGE');
  assert.deepEqual([...choice.AvailableChallenges].sort(), ['EMAIL_OTP', 'PASSWORD', 'PASSWORD_SRP']);
  const challenge = await answer('SELECT_CHALLENGE', choice.Session, Username, { ANSWER: 'EMAIL_OTP' });
  assert.equal(challenge.ChallengeName, 'EMAIL_OTP');
  const code = (await server.mail(email)).text.match(/\b\d{6,8}\b/)[0];
  assert.ok((await answer('EMAIL_OTP', challenge.Session, Username, { EMAIL_OTP_CODE: code })).AuthenticationResult);
  const again = await begin(Username);
  assert.ok((await answer('SELECT_CHALLENGE', again.Session, Username, { ANSWER: 'PASSWORD', PASSWORD })).AuthenticationResult);
  await refused(begin(Username, { PREFERRED_CHALLENGE: 'PASSWORD', PASSWORD: 'Wrong-horse-1' }), 'NotAuthorizedException', 'Incorrect username or password.');
});

test('sign up without a password, confirm, and be signed in by the session', async () => {
  const [Username, email] = [unique(), uniqueEmail()];
  const signed = await anon.signUp({ ClientId: app.ClientId, Username, UserAttributes: [{ Name: 'email', Value: email }] });
  assert.ok(signed.Session);
  const confirmed = await anon.confirmSignUp({ ClientId: app.ClientId, Username, ConfirmationCode: await server.code(email), Session: signed.Session });
  const enter = () => anon.initiateAuth({ ClientId: app.ClientId, AuthFlow: 'USER_AUTH', AuthParameters: { USERNAME: Username }, Session: confirmed.Session });
  const { AuthenticationResult } = await enter();
  assert.equal(claims(AuthenticationResult.IdToken).sub, signed.UserSub);
  const user = await anon.getUser({ AccessToken: AuthenticationResult.AccessToken });
  assert.equal(attributes(user).email_verified, 'true');
  const again = await enter().catch((error) => error);
  assert.equal(again.AuthenticationResult, undefined, 'the session of a sign-up signs in once');

  const factors = await anon.getUserAuthFactors({ AccessToken: AuthenticationResult.AccessToken });
  assert.deepEqual(factors.ConfiguredUserAuthFactors, ['EMAIL_OTP']);
  await refused(server.signIn(app, Username), 'NotAuthorizedException', 'Incorrect username or password.');
  await anon.changePassword({ AccessToken: AuthenticationResult.AccessToken, ProposedPassword: PASSWORD });
  assert.ok((await server.signIn(app, Username)).AuthenticationResult);
});

test('a session of one user signs in no other, and none without a confirmation', async () => {
  const [Username, email] = [unique(), uniqueEmail()];
  const { Session } = await anon.signUp({ ClientId: app.ClientId, Username, Password: PASSWORD, UserAttributes: [{ Name: 'email', Value: email }] });
  const other = await person();
  const enter = (USERNAME, session) => anon.initiateAuth({ ClientId: app.ClientId, AuthFlow: 'USER_AUTH', AuthParameters: { USERNAME }, Session: session }).catch((error) => error);
  assert.equal((await enter(Username, Session)).AuthenticationResult, undefined);
  const confirmed = await anon.confirmSignUp({ ClientId: app.ClientId, Username, ConfirmationCode: await server.code(email), Session });
  const result = (await enter(other.Username, confirmed.Session)).AuthenticationResult;
  assert.ok(!result || claims(result.AccessToken).username === Username);
});

test('a pool without codes offers none, and strangers are shown the same', async () => {
  const plain = await server.makePool();
  const { ClientId } = await server.makeClient(plain, { ExplicitAuthFlows: ['ALLOW_USER_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'], PreventUserExistenceErrors: 'ENABLED' });
  const [Username, email] = [unique(), uniqueEmail()];
  await server.makeUser(plain, Username, { email, email_verified: 'true' });
  const ask = (USERNAME) => anon.initiateAuth({ ClientId, AuthFlow: 'USER_AUTH', AuthParameters: { USERNAME, PREFERRED_CHALLENGE: 'EMAIL_OTP' } });
  for (const name of [Username, unique()]) {
    const { ChallengeName, AvailableChallenges } = await ask(name);
    assert.deepEqual([ChallengeName, [...AvailableChallenges].sort()], ['SELECT_CHALLENGE', ['PASSWORD', 'PASSWORD_SRP']]);
  }
  assert.deepEqual(await server.inbox(email), []);
  await refused(anon.signUp({ ClientId, Username: unique(), UserAttributes: [{ Name: 'email', Value: uniqueEmail() }] }), 'InvalidParameterException');
});

test('rotating refresh tokens: each is good once', async () => {
  const turning = await server.makeClient(pool, {
    ExplicitAuthFlows: ['ALLOW_USER_AUTH', 'ALLOW_USER_PASSWORD_AUTH'], RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 0 },
  });
  const { ClientId } = turning;
  const { Username } = await person();
  const first = await server.tokens(turning, Username);
  const turn = (RefreshToken) => anon.getTokensFromRefreshToken({ ClientId, RefreshToken });
  await refused(anon.initiateAuth({ ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: { REFRESH_TOKEN: first.RefreshToken } }), 'InvalidParameterException');
  const { AuthenticationResult: second } = await turn(first.RefreshToken);
  assert.notEqual(second.RefreshToken, first.RefreshToken);
  assert.equal(claims(second.AccessToken).origin_jti, claims(first.AccessToken).origin_jti);
  assert.equal(claims(second.AccessToken).auth_time, claims(first.AccessToken).auth_time);
  await refused(turn(first.RefreshToken), 'RefreshTokenReuseException');
  await refused(turn(second.RefreshToken), 'NotAuthorizedException');

  const lenient = await server.makeClient(pool, {
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'], RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 60 },
  });
  const { RefreshToken } = await server.tokens(lenient, Username);
  const retry = () => anon.getTokensFromRefreshToken({ ClientId: lenient.ClientId, RefreshToken });
  await retry();
  assert.ok((await retry()).AuthenticationResult.RefreshToken, 'within the grace period a lost answer may be asked for again');
  assert.ok((await admin.adminGetUser({ UserPoolId: pool, Username })).Enabled);
});
