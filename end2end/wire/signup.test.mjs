//! A person's own operations, by the AWS SDK without credentials: from sign-up to the deletion of the account.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PASSWORD, Server, attributes, claims, refused, unique, uniqueEmail } from '../harness.mjs';

let server, anon, admin, pool, app;
before(async () => {
  ({ anon, admin } = server = await Server.start());
  pool = await server.makePool();
  app = await server.makeClient(pool);
});
after(() => server.stop());

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const signUp = (Username, email, more = {}) =>
  anon.signUp({ ClientId: app.ClientId, Username, Password: PASSWORD, UserAttributes: [{ Name: 'email', Value: email }], ...more });
async function confirmed() {
  const [Username, email] = [unique(), uniqueEmail()];
  await signUp(Username, email);
  await anon.confirmSignUp({ ClientId: app.ClientId, Username, ConfirmationCode: await server.code(email) });
  return { Username, email };
}

test('sign up, confirm, sign in, read the profile', async () => {
  const [Username, email] = [unique(), uniqueEmail()];
  const signed = await signUp(Username, email);
  const delivery = { AttributeName: 'email', DeliveryMedium: 'EMAIL', Destination: `${email[0]}***@e***` };
  assert.equal(signed.UserConfirmed, false);
  assert.match(signed.UserSub, UUID);
  assert.deepEqual(signed.CodeDeliveryDetails, delivery);
  await refused(server.signIn(app, Username), 'UserNotConfirmedException', 'User is not confirmed.');
  await refused(signUp(Username, email), 'UsernameExistsException', 'User already exists');

  const first = await server.mail(email);
  assert.equal(first.subject, 'Your verification code');
  assert.match(first.text, /^\d{6}$/m);
  assert.match(first.html, />\d{6}</);
  const resent = await anon.resendConfirmationCode({ ClientId: app.ClientId, Username });
  assert.deepEqual(resent.CodeDeliveryDetails, delivery);
  const ConfirmationCode = await server.code(email);
  const wrong = ConfirmationCode === '000000' ? '000001' : '000000';
  await refused(anon.confirmSignUp({ ClientId: app.ClientId, Username, ConfirmationCode: wrong }), 'CodeMismatchException', 'Invalid verification code provided, please try again.');
  await anon.confirmSignUp({ ClientId: app.ClientId, Username, ConfirmationCode });
  await refused(anon.confirmSignUp({ ClientId: app.ClientId, Username, ConfirmationCode }), 'NotAuthorizedException', 'User cannot be confirmed. Current status is CONFIRMED');
  await refused(anon.resendConfirmationCode({ ClientId: app.ClientId, Username }), 'InvalidParameterException', 'User is already confirmed.');

  const { AuthenticationResult: tokens, ChallengeName } = await server.signIn(app, Username);
  assert.equal(ChallengeName, undefined);
  assert.deepEqual([tokens.TokenType, tokens.ExpiresIn], ['Bearer', 3600]);
  const user = await anon.getUser({ AccessToken: tokens.AccessToken });
  assert.equal(user.Username, Username);
  assert.deepEqual(attributes(user), { sub: signed.UserSub, email, email_verified: 'true' });
  assert.equal(claims(tokens.IdToken).sub, signed.UserSub);
});

test('a pool may send its own words; nothing that people choose becomes markup in them', async () => {
  const own = await server.makePool({
    EmailVerificationSubject: 'Prove it, {username}', EmailVerificationMessage: 'Hello {username},<br>{####} is your code.',
  });
  const { ClientId } = await server.makeClient(own);
  const [Username, email] = [`<b>${unique()}</b>{####}`, uniqueEmail()];
  await anon.signUp({ ClientId, Username, Password: PASSWORD, UserAttributes: [{ Name: 'email', Value: email }] });
  const { subject, text, html } = await server.mail(email);
  assert.equal(subject, `Prove it, ${Username}`);
  const code = html.match(/(\d{6}) is your code\.$/)[1];
  assert.equal(html, `Hello ${Username.replaceAll('<', '&lt;').replaceAll('>', '&gt;')},<br>${code} is your code.`);
  assert.ok(text.includes(`${code} is your code.`));
});

test('attributes: update, verify the new address, ask for another code', async () => {
  const { Username, email } = await confirmed();
  const { AccessToken } = await server.tokens(app, Username);
  const next = uniqueEmail();
  const set = (Name, Value) => anon.updateUserAttributes({ AccessToken, UserAttributes: [{ Name, Value }] });

  assert.deepEqual((await set('given_name', 'Zoë')).CodeDeliveryDetailsList ?? [], []);
  const { CodeDeliveryDetailsList } = await set('email', next);
  assert.deepEqual(CodeDeliveryDetailsList, [{ AttributeName: 'email', DeliveryMedium: 'EMAIL', Destination: `${next[0]}***@e***` }]);
  const changed = attributes(await anon.getUser({ AccessToken }));
  assert.deepEqual([changed.email, changed.email_verified, changed.given_name], [next, 'false', 'Zoë']);

  await server.mail(next);
  const again = await anon.getUserAttributeVerificationCode({ AccessToken, AttributeName: 'email' });
  assert.equal(again.CodeDeliveryDetails.AttributeName, 'email');
  const Code = await server.code(next);
  await refused(anon.verifyUserAttribute({ AccessToken, AttributeName: 'email', Code: Code === '000000' ? '000001' : '000000' }), 'CodeMismatchException', 'Invalid verification code provided, please try again.');
  await anon.verifyUserAttribute({ AccessToken, AttributeName: 'email', Code });
  assert.equal(attributes(await anon.getUser({ AccessToken })).email_verified, 'true');
  await refused(anon.verifyUserAttribute({ AccessToken, AttributeName: 'email', Code }), 'ExpiredCodeException', 'Invalid code provided, please request a code again.');

  await set('given_name', '');
  assert.equal('given_name' in attributes(await anon.getUser({ AccessToken })), false);
  await refused(set('email_verified', 'true'), 'NotAuthorizedException', 'A client attempted to write unauthorized attribute');
  await refused(set('custom:nothing', 'x'), 'InvalidParameterException');
  await refused(set('email', 'not an address'), 'InvalidParameterException', 'Invalid email address format.');
  await refused(set('phone_number', '12345'), 'InvalidParameterException', 'Invalid phone number format.');
  assert.equal((await server.inbox(email)).length, 1, 'only the sign-up code went to the old address');
});

test('with AttributesRequireVerificationBeforeUpdate the old address stands until the new one is proved', async () => {
  const strict = await server.makePool({ UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] } });
  const client = await server.makeClient(strict);
  const [name, email, next] = [unique(), uniqueEmail(), uniqueEmail()];
  await server.makeUser(strict, name, { email, email_verified: 'true' });
  const { AccessToken } = await server.tokens(client, name);
  await anon.updateUserAttributes({ AccessToken, UserAttributes: [{ Name: 'email', Value: next }] });
  const before = attributes(await anon.getUser({ AccessToken }));
  assert.deepEqual([before.email, before.email_verified], [email, 'true']);
  await anon.verifyUserAttribute({ AccessToken, AttributeName: 'email', Code: await server.code(next) });
  const now = attributes(await anon.getUser({ AccessToken }));
  assert.deepEqual([now.email, now.email_verified], [next, 'true']);
});

test('change the password, forget it, set a new one', async () => {
  const { Username, email } = await confirmed();
  const { AccessToken } = await server.tokens(app, Username);
  const [second, third] = ['Second-horse-10', 'Third-horse-11'];
  await refused(anon.changePassword({ AccessToken, PreviousPassword: 'Wrong-horse-1', ProposedPassword: second }), 'NotAuthorizedException', 'Incorrect username or password.');
  await refused(anon.changePassword({ AccessToken, PreviousPassword: PASSWORD, ProposedPassword: 'short' }), 'InvalidPasswordException', 'Password did not conform with policy: Password not long enough');
  await anon.changePassword({ AccessToken, PreviousPassword: PASSWORD, ProposedPassword: second });
  await refused(server.signIn(app, Username, PASSWORD), 'NotAuthorizedException', 'Incorrect username or password.');
  await server.signIn(app, Username, second);

  const forgot = await anon.forgotPassword({ ClientId: app.ClientId, Username });
  assert.deepEqual(forgot.CodeDeliveryDetails, { AttributeName: 'email', DeliveryMedium: 'EMAIL', Destination: `${email[0]}***@e***` });
  const ConfirmationCode = await server.code(email);
  const reset = (code, Password) => anon.confirmForgotPassword({ ClientId: app.ClientId, Username, ConfirmationCode: code, Password });
  await refused(reset(ConfirmationCode === '000000' ? '000001' : '000000', third), 'CodeMismatchException', 'Invalid verification code provided, please try again.');
  await refused(reset(ConfirmationCode, 'nouppercase-1'), 'InvalidPasswordException', 'Password did not conform with policy: Password must have uppercase characters');
  await reset(ConfirmationCode, third);
  await refused(reset(ConfirmationCode, 'Fourth-horse-12'), 'ExpiredCodeException', 'Invalid code provided, please request a code again.');
  await refused(server.signIn(app, Username, second), 'NotAuthorizedException', 'Incorrect username or password.');
  await server.signIn(app, Username, third);
});

test('a code of one user or one purpose is of no use to another', async () => {
  const [one, two] = [await confirmed(), await confirmed()];
  await anon.forgotPassword({ ClientId: app.ClientId, Username: one.Username });
  await anon.forgotPassword({ ClientId: app.ClientId, Username: two.Username });
  const [mine, theirs] = [await server.code(one.email), await server.code(two.email)];
  const reset = (Username, ConfirmationCode) => anon.confirmForgotPassword({ ClientId: app.ClientId, Username, ConfirmationCode, Password: 'Second-horse-10' });
  if (mine !== theirs) await refused(reset(one.Username, theirs), 'CodeMismatchException');
  await refused(anon.confirmSignUp({ ClientId: app.ClientId, Username: one.Username, ConfirmationCode: mine }), 'NotAuthorizedException', 'User cannot be confirmed. Current status is CONFIRMED');
  await reset(one.Username, mine);
});

test('refresh, with and without rotation; a reused token is refused', async () => {
  const { Username } = await confirmed();
  const { RefreshToken, IdToken } = await server.tokens(app, Username);
  for (const AuthFlow of ['REFRESH_TOKEN_AUTH', 'REFRESH_TOKEN']) {
    const { AuthenticationResult } = await anon.initiateAuth({ ClientId: app.ClientId, AuthFlow, AuthParameters: { REFRESH_TOKEN: RefreshToken } });
    assert.equal(AuthenticationResult.RefreshToken, undefined);
    assert.equal(claims(AuthenticationResult.IdToken).auth_time, claims(IdToken).auth_time);
    assert.equal(claims(AuthenticationResult.AccessToken).origin_jti, claims(IdToken).origin_jti);
  }
  const kept = await anon.getTokensFromRefreshToken({ ClientId: app.ClientId, RefreshToken });
  assert.equal(kept.AuthenticationResult.RefreshToken, undefined);
  await refused(anon.getTokensFromRefreshToken({ ClientId: app.ClientId, RefreshToken: 'not-a-token' }), 'NotAuthorizedException', /^Invalid Refresh Token\.?$/);

  const rotating = await server.makeClient(pool, { ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'], RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 0 } });
  const first = (await server.tokens(rotating, Username)).RefreshToken;
  const turn = (token) => anon.getTokensFromRefreshToken({ ClientId: rotating.ClientId, RefreshToken: token });
  const second = (await turn(first)).AuthenticationResult.RefreshToken;
  assert.ok(second && second !== first);
  await refused(turn(first), 'RefreshTokenReuseException');
  await refused(anon.initiateAuth({ ClientId: rotating.ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: { REFRESH_TOKEN: second } }), 'InvalidParameterException');
  await refused(anon.getTokensFromRefreshToken({ ClientId: app.ClientId, RefreshToken: (await server.tokens(rotating, Username)).RefreshToken }), 'NotAuthorizedException');
});

test('within the grace period the old refresh token still turns', async () => {
  const { Username } = await confirmed();
  const rotating = await server.makeClient(pool, { ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'], RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 60 } });
  const { RefreshToken } = await server.tokens(rotating, Username);
  const turns = await Promise.all(Array.from({ length: 4 }, () => anon.getTokensFromRefreshToken({ ClientId: rotating.ClientId, RefreshToken })));
  for (const { AuthenticationResult } of turns) assert.ok(AuthenticationResult.RefreshToken && AuthenticationResult.RefreshToken !== RefreshToken);
});

test('RevokeToken ends one session, GlobalSignOut all of them, DeleteUser the account', async () => {
  const { Username } = await confirmed();
  const [one, two, three] = [await server.tokens(app, Username), await server.tokens(app, Username), await server.tokens(app, Username)];
  const refresh = ({ RefreshToken }) => anon.initiateAuth({ ClientId: app.ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: { REFRESH_TOKEN: RefreshToken } });
  await anon.revokeToken({ ClientId: app.ClientId, Token: one.RefreshToken });
  await anon.revokeToken({ ClientId: app.ClientId, Token: one.RefreshToken });
  await refused(refresh(one), 'NotAuthorizedException', 'Refresh Token has been revoked');
  await refused(anon.getUser({ AccessToken: one.AccessToken }), 'NotAuthorizedException', 'Access Token has been revoked');
  await refused(anon.revokeToken({ ClientId: app.ClientId, Token: two.AccessToken }), 'UnsupportedTokenTypeException');
  await refresh(two);

  await anon.globalSignOut({ AccessToken: two.AccessToken });
  for (const session of [two, three]) {
    await refused(anon.getUser({ AccessToken: session.AccessToken }), 'NotAuthorizedException', 'Access Token has been revoked');
    await refused(refresh(session), 'NotAuthorizedException', 'Refresh Token has been revoked');
  }
  const { AccessToken } = await server.tokens(app, Username);
  await anon.deleteUser({ AccessToken });
  await refused(anon.getUser({ AccessToken }), 'UserNotFoundException');
  await refused(admin.adminGetUser({ UserPoolId: pool, Username }), 'UserNotFoundException', 'User does not exist.');
});

test('an access token is needed where it is needed, and only an access token', async () => {
  const { Username } = await confirmed();
  const { IdToken, AccessToken } = await server.tokens(app, Username);
  const [head, , signature] = AccessToken.split('.');
  const forged = [head, Buffer.from(JSON.stringify({ ...claims(AccessToken), username: 'admin' })).toString('base64url'), signature].join('.');
  await refused(anon.getUser({ AccessToken: IdToken }), 'NotAuthorizedException');
  await refused(anon.getUser({ AccessToken: forged }), 'NotAuthorizedException');
  await refused(anon.getUser({ AccessToken: 'a.b.c' }), 'NotAuthorizedException', 'Invalid Access Token');
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${AccessToken.split('.')[1]}.`;
  await refused(anon.getUser({ AccessToken: none }), 'NotAuthorizedException');
});
