//! aws-amplify v6, told only the endpoint.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Amplify } from 'aws-amplify';
import {
  confirmResetPassword, confirmSignIn, confirmSignUp, fetchAuthSession, fetchUserAttributes, getCurrentUser, resetPassword, signIn, signOut, signUp, updatePassword,
} from 'aws-amplify/auth';
import { PASSWORD, Server, refused, unique, uniqueEmail } from '../harness.mjs';

let server, pool;
before(async () => {
  server = await Server.start();
  pool = await server.makePool({ UsernameAttributes: ['email'] });
  const { ClientId } = await server.makeClient(pool);
  Amplify.configure({ Auth: { Cognito: { userPoolId: pool, userPoolClientId: ClientId, userPoolEndpoint: server.local } } });
});
after(() => server.stop());

async function signedUp() {
  const username = uniqueEmail();
  const { nextStep, userId } = await signUp({ username, password: PASSWORD, options: { userAttributes: { email: username } } });
  assert.deepEqual(nextStep, { signUpStep: 'CONFIRM_SIGN_UP', codeDeliveryDetails: { deliveryMedium: 'EMAIL', destination: `${username[0]}***@e***`, attributeName: 'email' } });
  const confirmed = await confirmSignUp({ username, confirmationCode: await server.code(username) });
  assert.equal(confirmed.isSignUpComplete, true);
  return { username, userId };
}

for (const authFlowType of ['USER_SRP_AUTH', 'USER_PASSWORD_AUTH']) {
  test(`sign up, sign in by ${authFlowType}, refresh, sign out`, async () => {
    const { username, userId } = await signedUp();
    await refused(signIn({ username, password: 'Wrong-horse-1', options: { authFlowType } }), 'NotAuthorizedException', 'Incorrect username or password.');
    assert.deepEqual(await signIn({ username, password: PASSWORD, options: { authFlowType } }), { isSignedIn: true, nextStep: { signInStep: 'DONE' } });
    const { tokens, userSub } = await fetchAuthSession();
    assert.equal(userSub, userId);
    assert.deepEqual([tokens.idToken.payload.email, tokens.accessToken.payload.scope], [username, 'aws.cognito.signin.user.admin']);
    const fresh = await fetchAuthSession({ forceRefresh: true });
    assert.notEqual(fresh.tokens.accessToken.toString(), tokens.accessToken.toString());
    assert.equal((await getCurrentUser()).userId, userId);
    assert.deepEqual(await fetchUserAttributes(), { email: username, email_verified: 'true', sub: userId });
    await signOut({ global: true });
    assert.equal((await fetchAuthSession()).tokens, undefined);
    await refused(server.anon.getUser({ AccessToken: fresh.tokens.accessToken.toString() }), 'NotAuthorizedException', 'Access Token has been revoked');
  });
}

test('forced new password, changed password, forgotten password', async () => {
  const username = uniqueEmail();
  await server.admin.adminCreateUser({ UserPoolId: pool, Username: username, TemporaryPassword: 'Temporary-1', MessageAction: 'SUPPRESS', UserAttributes: [{ Name: 'email', Value: username }, { Name: 'email_verified', Value: 'true' }] });
  const { nextStep } = await signIn({ username, password: 'Temporary-1' });
  assert.equal(nextStep.signInStep, 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED');
  assert.deepEqual(await confirmSignIn({ challengeResponse: PASSWORD }), { isSignedIn: true, nextStep: { signInStep: 'DONE' } });
  await updatePassword({ oldPassword: PASSWORD, newPassword: 'Second-horse-10' });
  await signOut();
  assert.equal((await resetPassword({ username })).nextStep.resetPasswordStep, 'CONFIRM_RESET_PASSWORD_WITH_CODE');
  await confirmResetPassword({ username, confirmationCode: await server.code(username), newPassword: 'Third-horse-11' });
  assert.equal((await signIn({ username, password: 'Third-horse-11' })).isSignedIn, true);
  await signOut();
});

test('signing out revokes the refresh token of this device', async () => {
  const { username } = await signedUp();
  await signIn({ username, password: PASSWORD });
  const { tokens } = await fetchAuthSession();
  await signOut();
  await refused(server.anon.getUser({ AccessToken: tokens.accessToken.toString() }), 'NotAuthorizedException', 'Access Token has been revoked');
  await refused(signIn({ username: `${unique()}@example.com`, password: PASSWORD }), 'UserNotFoundException', 'User does not exist.');
});
