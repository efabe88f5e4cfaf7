//! aws-amplify v6 beyond the password: authenticator applications, codes by e-mail, sign-in that follows a sign-up, devices.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Amplify } from 'aws-amplify';
import {
  autoSignIn, confirmSignIn, confirmSignUp, fetchAuthSession, fetchDevices, fetchMFAPreference, forgetDevice, getCurrentUser, rememberDevice, setUpTOTP, signIn, signOut, signUp,
  updateMFAPreference, verifyTOTPSetup,
} from 'aws-amplify/auth';
import { totp } from '../authenticator.mjs';
import { PASSWORD, Server, refused, uniqueEmail } from '../harness.mjs';

// The library names a device after its browser, which Node.js has from version 21 on, and keeps a timer of three minutes for a confirmation.
globalThis.navigator ??= { userAgent: 'Mozilla/5.0 (X11; Linux x86_64)' };
const { setTimeout: timeout } = globalThis;
globalThis.setTimeout = (callback, delay, ...given) => (delay > 60_000 ? timeout(callback, delay, ...given).unref() : timeout(callback, delay, ...given));

const DONE = { isSignedIn: true, nextStep: { signInStep: 'DONE' } };
let server, plain, insisting, remembering;
before(async () => {
  server = await Server.start();
  plain = await setup({ Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP'] } } }, 'OPTIONAL');
  insisting = await setup({}, 'ON');
  remembering = await setup({ DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: true } }, 'OPTIONAL');
});
afterEach(() => signOut());
after(() => server.stop());

async function setup(settings, MfaConfiguration) {
  const userPoolId = await server.makePool({ UsernameAttributes: ['email'], ...settings });
  await server.admin.setUserPoolMfaConfig({ UserPoolId: userPoolId, MfaConfiguration, SoftwareTokenMfaConfiguration: { Enabled: true } });
  const ExplicitAuthFlows = ['ALLOW_USER_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'];
  return { userPoolId, userPoolClientId: (await server.makeClient(userPoolId, { ExplicitAuthFlows })).ClientId, userPoolEndpoint: server.local };
}
const use = (Cognito) => Amplify.configure({ Auth: { Cognito } });
async function person({ userPoolId }) {
  const username = uniqueEmail();
  await server.makeUser(userPoolId, username, { email: username, email_verified: 'true' });
  return username;
}
const enter = (username) => signIn({ username, password: PASSWORD });
const anyCode = async (address) => (await server.mail(address)).text.match(/\b\d{6,8}\b/)[0];

async function withTotp() {
  const details = await setUpTOTP();
  assert.match(details.getSetupUri('Poolhouse').href, /^otpauth:\/\/totp\//);
  await verifyTOTPSetup({ code: totp(details.sharedSecret) });
  await updateMFAPreference({ totp: 'PREFERRED' });
  return details.sharedSecret;
}

test('an authenticator application', async () => {
  use(plain);
  const username = await person(plain);
  assert.deepEqual(await enter(username), DONE);
  const secret = await withTotp();
  assert.deepEqual(await fetchMFAPreference(), { enabled: ['TOTP'], preferred: 'TOTP' });
  await signOut();
  const { isSignedIn, nextStep } = await enter(username);
  assert.deepEqual([isSignedIn, nextStep], [false, { signInStep: 'CONFIRM_SIGN_IN_WITH_TOTP_CODE' }]);
  const code = totp(secret, 1);
  await refused(confirmSignIn({ challengeResponse: code.replace(/^./, (d) => (d === '9' ? '0' : '9')) }), 'CodeMismatchException');
  assert.deepEqual(await confirmSignIn({ challengeResponse: code }), DONE);
  assert.equal((await getCurrentUser()).signInDetails.loginId, username);
  await updateMFAPreference({ totp: 'DISABLED' });
  await signOut();
  assert.deepEqual(await enter(username), DONE);
});

test('a pool that insists: set up, then confirm', async () => {
  use(insisting);
  const username = await person(insisting);
  const { nextStep } = await enter(username);
  assert.equal(nextStep.signInStep, 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP');
  const { sharedSecret } = nextStep.totpSetupDetails;
  assert.deepEqual(await confirmSignIn({ challengeResponse: totp(sharedSecret) }), DONE);
  await signOut();
  assert.equal((await enter(username)).nextStep.signInStep, 'CONFIRM_SIGN_IN_WITH_TOTP_CODE');
  assert.deepEqual(await confirmSignIn({ challengeResponse: totp(sharedSecret, 1) }), DONE);
});

test('a code by e-mail instead of a password', async () => {
  use(plain);
  const username = await person(plain);
  const { nextStep } = await signIn({ username, options: { authFlowType: 'USER_AUTH', preferredChallenge: 'EMAIL_OTP' } });
  assert.deepEqual(nextStep, { signInStep: 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE', codeDeliveryDetails: { deliveryMedium: 'EMAIL', destination: `${username[0]}***@e***` } });
  assert.deepEqual(await confirmSignIn({ challengeResponse: await anyCode(username) }), DONE);
  assert.equal((await fetchAuthSession()).tokens.idToken.payload.email, username);
  await signOut();

  const choice = await signIn({ username, options: { authFlowType: 'USER_AUTH' } });
  assert.equal(choice.nextStep.signInStep, 'CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION');
  assert.deepEqual([...choice.nextStep.availableChallenges].sort(), ['EMAIL_OTP', 'PASSWORD', 'PASSWORD_SRP']);
  assert.equal((await confirmSignIn({ challengeResponse: 'EMAIL_OTP' })).nextStep.signInStep, 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE');
  assert.deepEqual(await confirmSignIn({ challengeResponse: await anyCode(username) }), DONE);
  await signOut();

  await signIn({ username, options: { authFlowType: 'USER_AUTH' } });
  assert.equal((await confirmSignIn({ challengeResponse: 'PASSWORD_SRP' })).nextStep.signInStep, 'CONFIRM_SIGN_IN_WITH_PASSWORD');
  assert.deepEqual(await confirmSignIn({ challengeResponse: PASSWORD }), DONE);
});

test('signing up without a password signs in', async () => {
  use(plain);
  const username = uniqueEmail();
  const { nextStep } = await signUp({ username, options: { userAttributes: { email: username }, autoSignIn: { authFlowType: 'USER_AUTH' } } });
  assert.equal(nextStep.signUpStep, 'CONFIRM_SIGN_UP');
  const confirmed = await confirmSignUp({ username, confirmationCode: await server.code(username) });
  assert.equal(confirmed.nextStep.signUpStep, 'COMPLETE_AUTO_SIGN_IN');
  assert.deepEqual(await autoSignIn(), DONE);
  assert.equal((await fetchAuthSession()).tokens.idToken.payload.email, username);
});

test('a remembered device skips the second factor until it is forgotten', async () => {
  use(remembering);
  const username = await person(remembering);
  await enter(username);
  const secret = await withTotp();
  await rememberDevice();
  const devices = await fetchDevices();
  assert.equal(devices.length, 1);
  await signOut();
  assert.deepEqual(await enter(username), DONE, 'DEVICE_SRP_AUTH stands in for the code');
  const { tokens } = await fetchAuthSession({ forceRefresh: true });
  assert.equal(tokens.accessToken.payload.device_key, devices[0].id);
  await forgetDevice();
  assert.deepEqual(await fetchDevices(), []);
  await signOut();
  assert.equal((await enter(username)).nextStep.signInStep, 'CONFIRM_SIGN_IN_WITH_TOTP_CODE');
  assert.deepEqual(await confirmSignIn({ challengeResponse: totp(secret, 1) }), DONE);
});
