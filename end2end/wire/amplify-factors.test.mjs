//! aws-amplify v6 and which second factor it is: chosen, by e-mail, by text message, set up on the way, after a forced new password.

import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { Amplify } from 'aws-amplify';
import {
  confirmSignIn, confirmUserAttribute, deleteUser, fetchMFAPreference, fetchUserAttributes, sendUserAttributeVerificationCode, setUpTOTP, signIn, signOut, updateMFAPreference,
  updateUserAttributes, verifyTOTPSetup,
} from 'aws-amplify/auth';
import { totp } from '../authenticator.mjs';
import { PASSWORD, Server, refused, unique, uniqueEmail } from '../harness.mjs';

const DONE = { isSignedIn: true, nextStep: { signInStep: 'DONE' } };
const EmailConfiguration = { EmailSendingAccount: 'DEVELOPER', SourceArn: 'arn:aws:ses:us-east-1:123456789012:identity/no-reply@example.com' };
const SmsConfiguration = { SnsCallerArn: 'arn:aws:iam::123456789012:role/sms', ExternalId: 'e' };
const AccountRecoverySetting = { RecoveryMechanisms: [{ Name: 'admin_only', Priority: 1 }] };
let server, optional, insisting;
before(async () => {
  server = await Server.start();
  optional = await setup('OPTIONAL');
  insisting = await setup('ON', { SmsMfaConfiguration: undefined });
});
afterEach(() => signOut());
after(() => server.stop());

async function setup(MfaConfiguration, more = {}) {
  const userPoolId = await server.makePool({ EmailConfiguration, SmsConfiguration, AccountRecoverySetting });
  await server.admin.setUserPoolMfaConfig({
    UserPoolId: userPoolId, MfaConfiguration, SoftwareTokenMfaConfiguration: { Enabled: true }, EmailMfaConfiguration: { Subject: 'A code for you', Message: 'Use {####}' },
    SmsMfaConfiguration: { SmsConfiguration }, ...more,
  });
  return { userPoolId, userPoolClientId: (await server.makeClient(userPoolId)).ClientId, userPoolEndpoint: server.local };
}
const use = (Cognito) => Amplify.configure({ Auth: { Cognito } });
async function person({ userPoolId }) {
  const [username, email, phone] = [unique(), uniqueEmail(), `+1555${randomInt(1e6, 1e7)}`];
  await server.makeUser(userPoolId, username, { email, email_verified: 'true', phone_number: phone, phone_number_verified: 'true' });
  return { username, email, phone };
}
const enter = (username, password = PASSWORD) => signIn({ username, password });
const wrong = (code) => code.replace(/^./, (digit) => (digit === '9' ? '0' : '9'));

test('a code by e-mail', async () => {
  use(optional);
  const { username, email } = await person(optional);
  assert.deepEqual(await enter(username), DONE);
  await updateMFAPreference({ email: 'PREFERRED' });
  assert.deepEqual(await fetchMFAPreference(), { enabled: ['EMAIL'], preferred: 'EMAIL' });
  await signOut();
  const { nextStep } = await enter(username);
  assert.deepEqual(nextStep, { signInStep: 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE', codeDeliveryDetails: { deliveryMedium: 'EMAIL', destination: `${email[0]}***@e***` } });
  const { subject, text } = await server.mail(email);
  assert.equal(subject, 'A code for you');
  const code = text.match(/Use (\d+)/)[1];
  await refused(confirmSignIn({ challengeResponse: wrong(code) }), 'CodeMismatchException', 'Invalid code or auth state for the user.');
  assert.deepEqual(await confirmSignIn({ challengeResponse: code }), DONE);
});

test('choosing among three', async () => {
  use(optional);
  const { username, email, phone } = await person(optional);
  await enter(username);
  const { sharedSecret } = await setUpTOTP();
  await verifyTOTPSetup({ code: totp(sharedSecret) });
  await updateMFAPreference({ email: 'ENABLED', sms: 'ENABLED', totp: 'ENABLED' });
  const { enabled, preferred } = await fetchMFAPreference();
  assert.deepEqual([enabled.sort(), preferred], [['EMAIL', 'SMS', 'TOTP'], undefined]);
  for (const [choice, step, code] of [
    ['EMAIL', 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE', () => server.code(email)],
    ['SMS', 'CONFIRM_SIGN_IN_WITH_SMS_CODE', () => server.code(phone)],
    ['TOTP', 'CONFIRM_SIGN_IN_WITH_TOTP_CODE', () => totp(sharedSecret, 1)],
  ]) {
    await signOut();
    const { nextStep } = await enter(username);
    assert.equal(nextStep.signInStep, 'CONTINUE_SIGN_IN_WITH_MFA_SELECTION');
    assert.deepEqual([...nextStep.allowedMFATypes].sort(), ['EMAIL', 'SMS', 'TOTP']);
    assert.equal((await confirmSignIn({ challengeResponse: choice })).nextStep.signInStep, step);
    assert.deepEqual(await confirmSignIn({ challengeResponse: await code() }), DONE);
  }
});

test('set up on the way: an address, or an application', async () => {
  use(insisting);
  const [first, second] = [unique(), unique()];
  for (const name of [first, second]) await server.makeUser(insisting.userPoolId, name);
  const begun = await enter(first);
  assert.equal(begun.nextStep.signInStep, 'CONTINUE_SIGN_IN_WITH_MFA_SETUP_SELECTION');
  assert.deepEqual([...begun.nextStep.allowedMFATypes].sort(), ['EMAIL', 'TOTP']);
  assert.equal((await confirmSignIn({ challengeResponse: 'EMAIL' })).nextStep.signInStep, 'CONTINUE_SIGN_IN_WITH_EMAIL_SETUP');
  const email = uniqueEmail();
  assert.equal((await confirmSignIn({ challengeResponse: email })).nextStep.signInStep, 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE');
  assert.deepEqual(await confirmSignIn({ challengeResponse: await server.code(email) }), DONE);
  const { email: stored, email_verified } = await fetchUserAttributes();
  assert.deepEqual([stored, email_verified], [email, 'true']);
  await signOut();

  await enter(second);
  const { nextStep } = await confirmSignIn({ challengeResponse: 'TOTP' });
  assert.equal(nextStep.signInStep, 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP');
  assert.deepEqual(await confirmSignIn({ challengeResponse: totp(nextStep.totpSetupDetails.sharedSecret) }), DONE);
  await signOut();
  assert.equal((await enter(second)).nextStep.signInStep, 'CONFIRM_SIGN_IN_WITH_TOTP_CODE');
});

test('a forced new password, then the factor', async () => {
  use(insisting);
  const username = unique();
  await server.admin.adminCreateUser({ UserPoolId: insisting.userPoolId, Username: username, TemporaryPassword: 'Temporary-1', MessageAction: 'SUPPRESS' });
  assert.equal((await enter(username, 'Temporary-1')).nextStep.signInStep, 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED');
  assert.equal((await confirmSignIn({ challengeResponse: PASSWORD })).nextStep.signInStep, 'CONTINUE_SIGN_IN_WITH_MFA_SETUP_SELECTION');
  const { nextStep } = await confirmSignIn({ challengeResponse: 'TOTP' });
  const { sharedSecret } = nextStep.totpSetupDetails;
  await refused(confirmSignIn({ challengeResponse: wrong(totp(sharedSecret)) }), 'EnableSoftwareTokenMFAException');
  assert.deepEqual(await confirmSignIn({ challengeResponse: totp(sharedSecret) }), DONE);
  await signOut();
  assert.equal((await enter(username)).nextStep.signInStep, 'CONFIRM_SIGN_IN_WITH_TOTP_CODE');
  assert.deepEqual(await confirmSignIn({ challengeResponse: totp(sharedSecret, 1) }), DONE);
});

test('attributes are changed and verified; the account ends', async () => {
  use(optional);
  const { username } = await person(optional);
  await enter(username);
  const next = uniqueEmail();
  const { email, name } = await updateUserAttributes({ userAttributes: { email: next, name: 'Ada' } });
  assert.deepEqual([email.nextStep.updateAttributeStep, name.nextStep.updateAttributeStep], ['CONFIRM_ATTRIBUTE_WITH_CODE', 'DONE']);
  await server.mail(next);
  assert.equal((await sendUserAttributeVerificationCode({ userAttributeKey: 'email' })).attributeName, 'email');
  await confirmUserAttribute({ userAttributeKey: 'email', confirmationCode: await server.code(next) });
  const now = await fetchUserAttributes();
  assert.deepEqual([now.email, now.email_verified, now.name], [next, 'true', 'Ada']);
  await deleteUser();
  await refused(enter(username), 'UserNotFoundException', 'User does not exist.');
});
