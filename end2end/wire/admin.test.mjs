//! The operator's operations on users, and the sign-in that they drive.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PASSWORD, Server, attributes, claims, refused, unique, uniqueEmail } from '../harness.mjs';

let server, anon, admin, UserPoolId, app;
before(async () => {
  ({ anon, admin } = server = await Server.start());
  UserPoolId = await server.makePool({ Schema: [{ Name: 'plan', AttributeDataType: 'String', Mutable: true }] });
  app = await server.makeClient(UserPoolId, { ReadAttributes: ['email', 'email_verified', 'given_name', 'custom:plan'], WriteAttributes: ['email', 'given_name', 'custom:plan'] });
});
after(() => server.stop());

const at = (Username, more) => ({ UserPoolId, Username, ...more });
const invite = (Username, more = {}) => admin.adminCreateUser(at(Username, { TemporaryPassword: 'Temporary-1', MessageAction: 'SUPPRESS', ...more }));
const status = async (Username) => (await admin.adminGetUser(at(Username))).UserStatus;
const enter = (Username, Password = PASSWORD) =>
  admin.adminInitiateAuth({ UserPoolId, ClientId: app.ClientId, AuthFlow: 'ADMIN_USER_PASSWORD_AUTH', AuthParameters: { USERNAME: Username, PASSWORD: Password } });

test('create, get, update, delete: the profile is what was written', async () => {
  const [Username, email] = [unique(), uniqueEmail()];
  const { User } = await invite(Username, { UserAttributes: [{ Name: 'email', Value: email }, { Name: 'custom:plan', Value: 'gold' }] });
  assert.deepEqual([User.Username, User.Enabled, User.UserStatus], [Username, true, 'FORCE_CHANGE_PASSWORD']);
  const { $metadata, UserAttributes, ...got } = await admin.adminGetUser(at(Username));
  const { Attributes, ...created } = User;
  assert.deepEqual(got, created);
  const { sub, ...rest } = attributes({ UserAttributes });
  assert.equal(sub, attributes({ Attributes }).sub);
  assert.equal(rest.email, email);
  assert.equal(rest['custom:plan'], 'gold');

  await admin.adminUpdateUserAttributes(at(Username, { UserAttributes: [{ Name: 'email_verified', Value: 'true' }, { Name: 'given_name', Value: '李' }] }));
  const updated = attributes(await admin.adminGetUser(at(Username)));
  assert.deepEqual(updated, { sub, email, email_verified: 'true', 'custom:plan': 'gold', given_name: '李' });
  await refused(invite(Username), 'UsernameExistsException', /^User (account )?already exists$/);
  await admin.adminDeleteUser(at(Username));
  for (const operation of ['adminGetUser', 'adminDeleteUser', 'adminEnableUser', 'adminDisableUser', 'adminConfirmSignUp', 'adminUserGlobalSignOut', 'adminResetUserPassword'])
    await refused(admin[operation](at(Username)), 'UserNotFoundException', 'User does not exist.');
});

test('an invitation is mailed, can be sent again, and its password must be replaced', async () => {
  const [Username, email] = [unique(), uniqueEmail()];
  const UserAttributes = [{ Name: 'email', Value: email }];
  await admin.adminCreateUser(at(Username, { UserAttributes, DesiredDeliveryMediums: ['EMAIL'] }));
  const read = async () => (await server.mail(email)).text.match(/Your user name is (\S+)\.\s[^]*^(\S+)$/m);
  const [, name, first] = await read();
  assert.equal(name, Username);
  await admin.adminCreateUser(at(Username, { MessageAction: 'RESEND' }));
  const [, , second] = await read();
  assert.notEqual(second, first);
  await refused(server.signIn(app, Username, first), 'NotAuthorizedException', 'Incorrect username or password.');
  assert.equal((await server.signIn(app, Username, second)).ChallengeName, 'NEW_PASSWORD_REQUIRED');
  await refused(admin.adminCreateUser(at(unique(), { MessageAction: 'RESEND' })), 'UserNotFoundException', 'User does not exist.');
});

for (const kind of ['public', 'operator']) {
  test(`NEW_PASSWORD_REQUIRED by the ${kind}'s API`, async () => {
    const [Username, email] = [unique(), uniqueEmail()];
    await invite(Username, { UserAttributes: [{ Name: 'email', Value: email }] });
    const begin = () => (kind === 'public' ? server.signIn(app, Username, 'Temporary-1') : enter(Username, 'Temporary-1'));
    const answer = (Session, responses) => {
      const request = { ClientId: app.ClientId, ChallengeName: 'NEW_PASSWORD_REQUIRED', Session, ChallengeResponses: { USERNAME: Username, ...responses } };
      return kind === 'public' ? anon.respondToAuthChallenge(request) : admin.adminRespondToAuthChallenge({ UserPoolId, ...request });
    };
    const { ChallengeName, ChallengeParameters, Session, AuthenticationResult } = await begin();
    assert.deepEqual([ChallengeName, AuthenticationResult, ChallengeParameters.USER_ID_FOR_SRP], ['NEW_PASSWORD_REQUIRED', undefined, Username]);
    assert.deepEqual(JSON.parse(ChallengeParameters.requiredAttributes), []);
    assert.equal(JSON.parse(ChallengeParameters.userAttributes).email, email);
    await refused(answer(Session, { NEW_PASSWORD: 'short' }), 'InvalidPasswordException', 'Password did not conform with policy: Password not long enough');
    const done = await answer((await begin()).Session, { NEW_PASSWORD: PASSWORD, 'userAttributes.given_name': 'Ada' });
    assert.equal(claims(done.AuthenticationResult.IdToken).given_name, 'Ada');
    assert.equal(await status(Username), 'CONFIRMED');
    await refused(answer('x'.repeat(40), { NEW_PASSWORD: PASSWORD }), 'NotAuthorizedException', /^Invalid session for the user/);
    assert.equal((await server.signIn(app, Username)).ChallengeName, undefined);
  });
}

test('a session is good for one success only, and for its own user, client and challenge', async () => {
  const [mine, theirs] = [unique(), unique()];
  await invite(mine);
  await invite(theirs);
  const { Session } = await server.signIn(app, mine, 'Temporary-1');
  const other = await server.makeClient(UserPoolId);
  const answer = (USERNAME, session, ClientId = app.ClientId) =>
    anon.respondToAuthChallenge({ ClientId, ChallengeName: 'NEW_PASSWORD_REQUIRED', Session: session, ChallengeResponses: { USERNAME, NEW_PASSWORD: PASSWORD } });
  await refused(answer(theirs, Session), 'NotAuthorizedException');
  await refused(answer(mine, Session, other.ClientId), 'NotAuthorizedException');
  await answer(mine, (await server.signIn(app, mine, 'Temporary-1')).Session);
  const again = await server.signIn(app, theirs, 'Temporary-1');
  await answer(theirs, again.Session);
  await refused(answer(theirs, again.Session), 'NotAuthorizedException', 'Invalid session for the user, session can only be used once.');
});

test('required attributes are asked for with the new password', async () => {
  const pool = await server.makePool({ Schema: [{ Name: 'family_name', Required: true, Mutable: true, AttributeDataType: 'String' }] });
  const client = await server.makeClient(pool);
  const Username = unique();
  await admin.adminCreateUser({ UserPoolId: pool, Username, TemporaryPassword: 'Temporary-1', MessageAction: 'SUPPRESS' });
  const { Session, ChallengeParameters } = await server.signIn(client, Username, 'Temporary-1');
  assert.deepEqual(JSON.parse(ChallengeParameters.requiredAttributes), ['userAttributes.family_name']);
  const answer = (session, more) =>
    anon.respondToAuthChallenge({ ClientId: client.ClientId, ChallengeName: 'NEW_PASSWORD_REQUIRED', Session: session, ChallengeResponses: { USERNAME: Username, NEW_PASSWORD: PASSWORD, ...more } });
  await refused(answer(Session), 'InvalidParameterException', 'Invalid attributes given, family_name is missing');
  const { AuthenticationResult } = await answer((await server.signIn(client, Username, 'Temporary-1')).Session, { 'userAttributes.family_name': 'Lovelace' });
  assert.equal(claims(AuthenticationResult.IdToken).family_name, 'Lovelace');
  await refused(anon.signUp({ ClientId: client.ClientId, Username: unique(), Password: PASSWORD }), 'InvalidParameterException', /^Attributes did not conform to the schema: family_name: The attribute is required/);
});

test('set a password: for good, or to be replaced', async () => {
  const Username = unique();
  await server.makeUser(UserPoolId, Username);
  assert.equal(await status(Username), 'CONFIRMED');
  await admin.adminSetUserPassword(at(Username, { Password: 'Temporary-2', Permanent: false }));
  assert.equal(await status(Username), 'FORCE_CHANGE_PASSWORD');
  await refused(admin.adminSetUserPassword(at(Username, { Password: 'alllowercase1!', Permanent: true })), 'InvalidPasswordException', 'Password does not conform to policy: Password must have uppercase characters');
  await admin.adminSetUserPassword(at(Username, { Password: 'Permanent-3', Permanent: true }));
  const { AuthenticationResult } = await enter(Username, 'Permanent-3');
  assert.equal(claims(AuthenticationResult.AccessToken).username, Username);
});

test('disable refuses and revokes, enable lets in again but restores no token', async () => {
  const Username = unique();
  await server.makeUser(UserPoolId, Username);
  const { RefreshToken, AccessToken } = await server.tokens(app, Username);
  const refresh = () => anon.initiateAuth({ ClientId: app.ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: { REFRESH_TOKEN: RefreshToken } });
  await admin.adminDisableUser(at(Username));
  assert.equal((await admin.adminGetUser(at(Username))).Enabled, false);
  await refused(server.signIn(app, Username), 'NotAuthorizedException', 'User is disabled.');
  await refused(enter(Username), 'NotAuthorizedException', 'User is disabled.');
  await refused(refresh(), 'NotAuthorizedException');
  await refused(anon.getUser({ AccessToken }), 'NotAuthorizedException');
  await admin.adminEnableUser(at(Username));
  assert.equal((await admin.adminGetUser(at(Username))).Enabled, true);
  await refused(refresh(), 'NotAuthorizedException', 'Refresh Token has been revoked');
  await server.signIn(app, Username);
});

test('confirm, reset and sign out by the operator', async () => {
  const [Username, email] = [unique(), uniqueEmail()];
  await anon.signUp({ ClientId: app.ClientId, Username, Password: PASSWORD, UserAttributes: [{ Name: 'email', Value: email }] });
  await admin.adminConfirmSignUp(at(Username));
  assert.equal(await status(Username), 'CONFIRMED');
  await refused(admin.adminConfirmSignUp(at(Username)), 'NotAuthorizedException', 'User cannot be confirmed. Current status is CONFIRMED');
  await refused(admin.adminResetUserPassword(at(Username)), 'InvalidParameterException', 'Cannot reset password for the user as there is no registered/verified email or phone_number');

  await server.mail(email);
  await admin.adminUpdateUserAttributes(at(Username, { UserAttributes: [{ Name: 'email_verified', Value: 'true' }] }));
  await admin.adminResetUserPassword(at(Username));
  assert.equal(await status(Username), 'RESET_REQUIRED');
  await refused(server.signIn(app, Username), 'PasswordResetRequiredException', 'Password reset required for the user');
  await anon.confirmForgotPassword({ ClientId: app.ClientId, Username, ConfirmationCode: await server.code(email), Password: 'Second-horse-10' });
  assert.equal(await status(Username), 'CONFIRMED');

  const { RefreshToken, AccessToken } = await server.tokens(app, Username, 'Second-horse-10');
  await admin.adminUserGlobalSignOut(at(Username));
  await refused(anon.getUser({ AccessToken }), 'NotAuthorizedException', 'Access Token has been revoked');
  await refused(anon.getTokensFromRefreshToken({ ClientId: app.ClientId, RefreshToken }), 'NotAuthorizedException');
});

test('ListUsers: pages, filters, chosen attributes', async () => {
  const pool = await server.makePool();
  const names = Array.from({ length: 7 }, (_, i) => `list-${i}`);
  for (const name of names) await admin.adminCreateUser({ UserPoolId: pool, Username: name, MessageAction: 'SUPPRESS', UserAttributes: [{ Name: 'email', Value: `${name}@Example.com` }, { Name: 'name', Value: 'Say "hi"' }] });
  const list = async (more) => (await admin.listUsers({ UserPoolId: pool, ...more })).Users.map(({ Username }) => Username).sort();
  const paged = [];
  let PaginationToken;
  do {
    const page = await admin.listUsers({ UserPoolId: pool, Limit: 3, PaginationToken });
    assert.ok(page.Users.length <= 3);
    paged.push(...page.Users.map(({ Username }) => Username));
    ({ PaginationToken } = page);
  } while (PaginationToken);
  assert.deepEqual(paged.sort(), names);
  assert.deepEqual(await list({ Filter: 'username = "list-3"' }), ['list-3']);
  assert.deepEqual(await list({ Filter: 'username = "LIST-3"' }), []);
  assert.deepEqual(await list({ Filter: 'email = "LIST-4@example.COM"' }), ['list-4']);
  assert.deepEqual(await list({ Filter: 'email ^= "list-5@"' }), ['list-5']);
  assert.deepEqual(await list({ Filter: 'name = "Say \\"hi\\""' }), names);
  assert.deepEqual(await list({ Filter: 'cognito:user_status = "CONFIRMED"' }), []);
  assert.deepEqual(await list({ Filter: 'cognito:user_status = "force_change_password"' }), names);
  await admin.adminDisableUser({ UserPoolId: pool, Username: 'list-6' });
  assert.deepEqual(await list({ Filter: 'status = "Disabled"' }), ['list-6']);
  assert.deepEqual(await list({ Filter: '' }), names);
  const { Users } = await admin.listUsers({ UserPoolId: pool, AttributesToGet: ['email'], Filter: 'username = "list-0"' });
  assert.deepEqual(Users[0].Attributes, [{ Name: 'email', Value: 'list-0@Example.com' }]);
  for (const Filter of ['email', 'email ~ "x"', 'email = "x', 'email = "x" and name = "y"', 'nickname = "x"'])
    await refused(admin.listUsers({ UserPoolId: pool, Filter }), 'InvalidParameterException');
  await refused(admin.listUsers({ UserPoolId: pool, Limit: 61 }), 'InvalidParameterException');
});
