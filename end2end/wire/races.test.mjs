//! What may happen once happens once, however many clients ask at the same time.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Passkey, totp } from '../authenticator.mjs';
import { PASSWORD, Server, unique, uniqueEmail } from '../harness.mjs';

const AT_ONCE = 8;
let server, anon, admin, pool, app;
before(async () => {
  ({ anon, admin } = server = await Server.start());
  pool = await server.makePool({ Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP', 'WEB_AUTHN'] } } });
  await admin.setUserPoolMfaConfig({
    UserPoolId: pool, MfaConfiguration: 'OPTIONAL', SoftwareTokenMfaConfiguration: { Enabled: true }, WebAuthnConfiguration: { RelyingPartyId: 'localhost' },
  });
  app = await server.makeClient(pool, { ExplicitAuthFlows: ['ALLOW_USER_AUTH', 'ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'] });
});
after(() => server.stop());

/** Asks for the same thing many times at once: what came of it, sorted into answers and the names of refusals. */
async function together(ask, times = AT_ONCE) {
  const outcomes = await Promise.allSettled(Array.from({ length: times }, (_, i) => ask(i)));
  const failed = outcomes.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
  for (const { $metadata, message } of failed) assert.equal($metadata?.httpStatusCode, 400, message);
  return { done: outcomes.filter(({ status }) => status === 'fulfilled').map(({ value }) => value), refusals: failed.map(({ name }) => name) };
}
async function once(ask, ...names) {
  const { done, refusals } = await together(ask);
  assert.equal(done.length, 1, `${done.length} of ${AT_ONCE} succeeded`);
  assert.ok(refusals.every((name) => names.includes(name)), refusals.join());
}
async function person() {
  const [Username, email] = [unique(), uniqueEmail()];
  await server.makeUser(pool, Username, { email, email_verified: 'true' });
  return { Username, email };
}
const begin = (USERNAME, PREFERRED_CHALLENGE) => anon.initiateAuth({ ClientId: app.ClientId, AuthFlow: 'USER_AUTH', AuthParameters: { USERNAME, PREFERRED_CHALLENGE } });
const answer = ({ ChallengeName, Session }, USERNAME, responses) =>
  anon.respondToAuthChallenge({ ClientId: app.ClientId, ChallengeName, Session, ChallengeResponses: { USERNAME, ...responses } });

test('a code by e-mail signs in once', async () => {
  const { Username, email } = await person();
  const challenge = await begin(Username, 'EMAIL_OTP');
  const EMAIL_OTP_CODE = (await server.mail(email)).text.match(/\b\d{6,8}\b/)[0];
  await once(() => answer(challenge, Username, { EMAIL_OTP_CODE }), 'NotAuthorizedException', 'CodeMismatchException', 'ExpiredCodeException');
});

test('a code of an authenticator application is taken once, from whichever session', async () => {
  const { Username } = await person();
  const { AccessToken } = await server.tokens(app, Username);
  const { SecretCode } = await anon.associateSoftwareToken({ AccessToken });
  await anon.verifySoftwareToken({ AccessToken, UserCode: totp(SecretCode) });
  await anon.setUserMFAPreference({ AccessToken, SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true } });
  const challenges = await Promise.all(Array.from({ length: AT_ONCE }, () => server.signIn(app, Username)));
  const SOFTWARE_TOKEN_MFA_CODE = totp(SecretCode, 1);
  await once((i) => answer(challenges[i], Username, { SOFTWARE_TOKEN_MFA_CODE }), 'CodeMismatchException', 'NotAuthorizedException', 'ExpiredCodeException');
});

test('a passkey answers a challenge once', async () => {
  const { Username } = await person();
  const { AccessToken } = await server.tokens(app, Username);
  const passkey = new Passkey('http://localhost:3999');
  const { CredentialCreationOptions } = await anon.startWebAuthnRegistration({ AccessToken });
  const Credential = passkey.register(CredentialCreationOptions);
  await once(() => anon.completeWebAuthnRegistration({ AccessToken, Credential }), 'WebAuthnChallengeNotFoundException', 'InvalidParameterException', 'WebAuthnCredentialNotSupportedException');
  assert.equal((await anon.listWebAuthnCredentials({ AccessToken })).Credentials.length, 1);
  const challenge = await begin(Username, 'WEB_AUTHN');
  const CREDENTIAL = JSON.stringify(passkey.assert(JSON.parse(challenge.ChallengeParameters.CREDENTIAL_REQUEST_OPTIONS)));
  await once(() => answer(challenge, Username, { CREDENTIAL }), 'NotAuthorizedException');
});

test('a sign-up is made once, confirmed once, and its session signs in once', async () => {
  const [Username, email] = [unique(), uniqueEmail()];
  const { done, refusals } = await together(() => anon.signUp({ ClientId: app.ClientId, Username, Password: PASSWORD, UserAttributes: [{ Name: 'email', Value: email }] }));
  assert.equal(done.length, 1);
  assert.ok(refusals.every((name) => name === 'UsernameExistsException'), refusals.join());
  const ConfirmationCode = await server.code(email);
  const confirmed = await together(() => anon.confirmSignUp({ ClientId: app.ClientId, Username, ConfirmationCode, Session: done[0].Session }));
  assert.equal(confirmed.done.length, 1);
  const { Session } = confirmed.done[0];
  await once(async () => {
    const { AuthenticationResult } = await anon.initiateAuth({ ClientId: app.ClientId, AuthFlow: 'USER_AUTH', AuthParameters: { USERNAME: Username }, Session });
    if (!AuthenticationResult) throw Object.assign(new Error('a challenge'), { name: 'NotAuthorizedException', $metadata: { httpStatusCode: 400 } });
  }, 'NotAuthorizedException');
});

test('a forced password is set once', async () => {
  const Username = unique();
  await admin.adminCreateUser({ UserPoolId: pool, Username, TemporaryPassword: 'Temporary-1', MessageAction: 'SUPPRESS' });
  const challenge = await server.signIn(app, Username, 'Temporary-1');
  await once((i) => answer(challenge, Username, { NEW_PASSWORD: `${PASSWORD}${i}` }), 'NotAuthorizedException', 'ConcurrentModificationException');
});

test('a rotating refresh token turns once', async () => {
  const { ClientId } = await server.makeClient(pool, {
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'], RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 0 },
  });
  const { Username } = await person();
  const { RefreshToken } = await server.tokens({ ClientId }, Username);
  const { done, refusals } = await together(() => anon.getTokensFromRefreshToken({ ClientId, RefreshToken }));
  assert.ok(done.length <= 1, `${done.length} turned`);
  assert.ok(refusals.every((name) => ['RefreshTokenReuseException', 'NotAuthorizedException'].includes(name)), refusals.join());
});

test('things with a name or a number are made so often and no oftener', async () => {
  const { Username } = await person();
  const target = { UserPoolId: pool };
  await once(() => admin.createGroup({ ...target, GroupName: 'once' }), 'GroupExistsException');
  await once(() => admin.createResourceServer({ ...target, Identifier: 'once', Name: 'Once' }), 'InvalidParameterException');
  const Domain = unique('once');
  await once(() => admin.createUserPoolDomain({ ...target, Domain }), 'InvalidParameterException');
  const { ClientId } = await server.makeClient(pool, { GenerateSecret: true });
  const { done } = await together(() => admin.addUserPoolClientSecret({ ...target, ClientId }));
  assert.equal(done.length, 1, 'a client has two secrets at most');
  const { ClientSecrets } = await admin.listUserPoolClientSecrets({ ...target, ClientId });
  const deleted = await Promise.allSettled(ClientSecrets.map(({ ClientSecretId }) => admin.deleteUserPoolClientSecret({ ...target, ClientId, ClientSecretId })));
  assert.equal(deleted.filter(({ status }) => status === 'fulfilled').length, 1, 'and one at least');
  const memberships = await together(() => admin.adminAddUserToGroup({ ...target, Username, GroupName: 'once' }));
  assert.deepEqual(memberships.refusals, []);
  assert.equal((await admin.adminListGroupsForUser({ ...target, Username })).Groups.length, 1);
});
