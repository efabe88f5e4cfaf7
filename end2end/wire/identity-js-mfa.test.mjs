//! amazon-cognito-identity-js and the second factor: authenticator applications, text messages, the choice between them, remembered devices.

import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, test } from 'node:test';
import cognito from 'amazon-cognito-identity-js';
import { totp } from '../authenticator.mjs';
import { PASSWORD, Server, refused, unique } from '../harness.mjs';

const { AuthenticationDetails, CognitoRefreshToken, CognitoUser, CognitoUserPool } = cognito;
const SmsConfiguration = { SnsCallerArn: 'arn:aws:iam::123456789012:role/sms', ExternalId: 'e' };
let server, pool, UserPoolId;
before(async () => {
  server = await Server.start();
  ({ pool, UserPoolId } = await guarded());
});
after(() => server.stop());

/** A pool with second factors, as the library sees it. */
async function guarded(settings = {}, MfaConfiguration = 'OPTIONAL') {
  const UserPoolId = await server.makePool({ AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] }, SmsConfiguration, ...settings });
  await server.admin.setUserPoolMfaConfig({ UserPoolId, MfaConfiguration, SoftwareTokenMfaConfiguration: { Enabled: true }, SmsMfaConfiguration: { SmsConfiguration } });
  const { ClientId } = await server.makeClient(UserPoolId, { ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'] });
  return { UserPoolId, ClientId, pool: new CognitoUserPool({ UserPoolId, ClientId, endpoint: server.local }) };
}

const done = (start) => new Promise((resolve, reject) => start((error, data) => (error ? reject(error) : resolve(data))));
/** Whatever the library calls back, by name: `[name, first, second]`. */
const event = (start) =>
  new Promise((resolve, reject) => {
    const on = { onFailure: reject };
    for (const name of ['onSuccess', 'mfaRequired', 'totpRequired', 'selectMFAType', 'mfaSetup', 'associateSecretCode', 'newPasswordRequired']) on[name] = (...given) => resolve([name, ...given]);
    start(on);
  });
const signIn = (user, Username) => event((on) => user.authenticateUser(new AuthenticationDetails({ Username, Password: PASSWORD }), on));
const person = (Username, Pool = pool) => new CognitoUser({ Username, Pool });

async function phoneOwner() {
  const [Username, phone] = [unique(), `+1555${randomInt(1e6, 1e7)}`];
  await server.makeUser(UserPoolId, Username, { phone_number: phone, phone_number_verified: 'true' });
  return { Username, phone };
}

/** Registers an authenticator application with a user who has signed in, and prefers it. */
async function withTotp(user) {
  const [, secret] = await event((on) => user.associateSoftwareToken(on));
  const [, { Status }] = await event((on) => user.verifySoftwareToken(totp(secret), 'phone', on));
  assert.equal(Status, 'SUCCESS');
  assert.equal(await done((cb) => user.setUserMfaPreference(null, { Enabled: true, PreferredMfa: true }, cb)), 'SUCCESS');
  return secret;
}
const sendTotp = (user, code) => event((on) => user.sendMFACode(code, on, 'SOFTWARE_TOKEN_MFA'));

test('an authenticator application', async () => {
  const { Username } = await phoneOwner();
  const user = person(Username);
  const [first] = await signIn(user, Username);
  assert.equal(first, 'onSuccess');
  const secret = await withTotp(user);
  const data = await done((cb) => user.getUserData(cb, { bypassCache: true }));
  assert.deepEqual([data.PreferredMfaSetting, data.UserMFASettingList], ['SOFTWARE_TOKEN_MFA', ['SOFTWARE_TOKEN_MFA']]);

  const again = person(Username);
  const [name, challenge, { FRIENDLY_DEVICE_NAME }] = await signIn(again, Username);
  assert.deepEqual([name, challenge, FRIENDLY_DEVICE_NAME], ['totpRequired', 'SOFTWARE_TOKEN_MFA', 'phone']);
  const code = totp(secret, 1);
  await refused(sendTotp(again, code.replace(/^./, (d) => (d === '9' ? '0' : '9'))), 'CodeMismatchException', 'Invalid code received for user');
  const [outcome, session] = await sendTotp(again, code);
  assert.equal(outcome, 'onSuccess');
  assert.equal(session.getAccessToken().payload.username, Username);
});

test('a text message', async () => {
  const { Username, phone } = await phoneOwner();
  const user = person(Username);
  await signIn(user, Username);
  assert.equal(await done((cb) => user.enableMFA(cb)), 'SUCCESS');
  assert.deepEqual(await done((cb) => user.getMFAOptions(cb)), [{ AttributeName: 'phone_number', DeliveryMedium: 'SMS' }]);
  const again = person(Username);
  const [name, , { CODE_DELIVERY_DESTINATION }] = await signIn(again, Username);
  assert.deepEqual([name, CODE_DELIVERY_DESTINATION], ['mfaRequired', `+*******${phone.slice(-4)}`]);
  const code = await server.code(phone);
  const [outcome] = await event((on) => again.sendMFACode(code, on));
  assert.equal(outcome, 'onSuccess');
  assert.equal(await done((cb) => again.disableMFA(cb)), 'SUCCESS');
  assert.equal((await signIn(person(Username), Username))[0], 'onSuccess');
});

test('choosing between the two', async () => {
  const { Username, phone } = await phoneOwner();
  const user = person(Username);
  await signIn(user, Username);
  const secret = await withTotp(user);
  const both = { Enabled: true, PreferredMfa: false };
  assert.equal(await done((cb) => user.setUserMfaPreference(both, both, cb)), 'SUCCESS');
  for (const [choice, asked, send] of [
    ['SOFTWARE_TOKEN_MFA', 'totpRequired', async (u) => sendTotp(u, totp(secret, 1))],
    ['SMS_MFA', 'mfaRequired', async (u) => server.code(phone).then((code) => event((on) => u.sendMFACode(code, on)))],
  ]) {
    const again = person(Username);
    const [name, , { MFAS_CAN_CHOOSE }] = await signIn(again, Username);
    assert.equal(name, 'selectMFAType');
    assert.deepEqual(JSON.parse(MFAS_CAN_CHOOSE).sort(), ['SMS_MFA', 'SOFTWARE_TOKEN_MFA']);
    assert.equal((await event((on) => again.sendMFASelectionAnswer(choice, on)))[0], asked);
    assert.equal((await send(again))[0], 'onSuccess');
  }
});

test('a pool that insists has the factor set up during the first sign-in', async () => {
  const strict = await guarded({}, 'ON');
  const { Username } = await server.makeUser(strict.UserPoolId);
  const user = person(Username, strict.pool);
  const [name, , { MFAS_CAN_SETUP }] = await signIn(user, Username);
  assert.equal(name, 'mfaSetup');
  assert.ok(JSON.parse(MFAS_CAN_SETUP).includes('SOFTWARE_TOKEN_MFA'));
  const [, secret] = await event((on) => user.associateSoftwareToken(on));
  const [outcome, session] = await event((on) => user.verifySoftwareToken(totp(secret), 'phone', on));
  assert.equal(outcome, 'onSuccess');
  assert.equal(session.isValid(), true);
  const again = person(Username, strict.pool);
  assert.equal((await signIn(again, Username))[0], 'totpRequired');
  assert.equal((await sendTotp(again, totp(secret, 1)))[0], 'onSuccess');
});

test('a remembered device skips the second factor until it is forgotten', async () => {
  const remembering = await guarded({ DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: true } });
  const { Username } = await server.makeUser(remembering.UserPoolId);
  const user = person(Username, remembering.pool);
  const [, , confirmationNecessary] = await signIn(user, Username);
  assert.equal(confirmationNecessary, true, 'ConfirmDevice said so');
  const secret = await withTotp(user);
  assert.equal((await signIn(person(Username, remembering.pool), Username))[0], 'totpRequired', 'a device that is not remembered');
  assert.deepEqual((await event((on) => user.setDeviceStatusRemembered(on))).slice(0, 2), ['onSuccess', 'SUCCESS']);

  const again = person(Username, remembering.pool);
  const [outcome, session] = await signIn(again, Username);
  assert.equal(outcome, 'onSuccess', 'DEVICE_SRP_AUTH stands in for the code');
  assert.ok(session.getAccessToken().payload.device_key);
  const refreshed = await done((cb) => again.refreshSession(new CognitoRefreshToken({ RefreshToken: session.getRefreshToken().getToken() }), cb));
  assert.equal(refreshed.getAccessToken().payload.device_key, session.getAccessToken().payload.device_key);
  const [, { Devices }] = await event((on) => again.listDevices(10, null, on));
  assert.deepEqual(Devices.map(({ DeviceKey }) => DeviceKey), [session.getAccessToken().payload.device_key]);
  const [, { Device }] = await event((on) => again.getDevice(on));
  const status = Object.fromEntries(Device.DeviceAttributes.map(({ Name, Value }) => [Name, Value]));
  assert.equal(status['dev:device_remembered_status'] ?? 'remembered', 'remembered');

  assert.deepEqual((await event((on) => again.forgetDevice(on))).slice(0, 2), ['onSuccess', 'SUCCESS']);
  const [challenge] = await signIn(person(Username, remembering.pool), Username);
  assert.equal(challenge, 'totpRequired', 'the factor is asked for again');
  const last = person(Username, remembering.pool);
  await signIn(last, Username);
  assert.equal((await sendTotp(last, totp(secret, 1)))[0], 'onSuccess');
  assert.notEqual(last.deviceKey, session.getAccessToken().payload.device_key);
});

test('a device whose secret is lost is no second factor', async () => {
  const remembering = await guarded({ DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: false } });
  const { Username } = await server.makeUser(remembering.UserPoolId);
  const user = person(Username, remembering.pool);
  await signIn(user, Username);
  await withTotp(user);
  const key = `CognitoIdentityServiceProvider.${remembering.ClientId}.${Username}.randomPasswordKey`;
  assert.equal((await signIn(person(Username, remembering.pool), Username))[0], 'onSuccess');
  user.storage.setItem(key, 'another');
  await refused(signIn(person(Username, remembering.pool), Username), 'NotAuthorizedException');
});
