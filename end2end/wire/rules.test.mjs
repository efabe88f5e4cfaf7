//! The rules around signing up and in: secret hashes, what strangers may learn, aliases, password policy, lockout.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ALL_FLOWS, PASSWORD, Server, attributes, claims, refused, secretHash, unique, uniqueEmail, until } from '../harness.mjs';

let server, anon, admin;
before(async () => ({ anon, admin } = server = await Server.start()));
after(() => server.stop());

const WRONG = 'Incorrect username or password.';

test('a client with a secret needs its hash, over the name in the same request', async () => {
  const pool = await server.makePool();
  const [app, open] = [await server.makeClient(pool, { GenerateSecret: true }), await server.makeClient(pool)];
  const { ClientId } = app;
  const [Username, email] = [unique(), uniqueEmail()];
  const missing = `Client ${ClientId} is configured with secret but SECRET_HASH was not received`;
  const unable = (id = ClientId) => `Unable to verify secret hash for client ${id}`;
  const signUp = (more) => anon.signUp({ ClientId, Username, Password: PASSWORD, UserAttributes: [{ Name: 'email', Value: email }], ...more });
  await refused(signUp(), 'NotAuthorizedException', missing);
  await refused(signUp({ SecretHash: secretHash(app, 'another') }), 'NotAuthorizedException', unable());
  const SecretHash = secretHash(app, Username);
  const { UserSub } = await signUp({ SecretHash });
  await refused(anon.confirmSignUp({ ClientId, Username, ConfirmationCode: '123456' }), 'NotAuthorizedException', missing);
  await anon.confirmSignUp({ ClientId, Username, SecretHash, ConfirmationCode: await server.code(email) });

  const enter = (hash, id = ClientId) =>
    anon.initiateAuth({ ClientId: id, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: { USERNAME: Username, PASSWORD, ...(hash && { SECRET_HASH: hash }) } });
  await refused(enter(), 'NotAuthorizedException', missing);
  await refused(enter('bm90IGEgaGFzaA=='), 'NotAuthorizedException', unable());
  await refused(enter(SecretHash, open.ClientId), 'NotAuthorizedException', unable(open.ClientId));
  const { AuthenticationResult } = await enter(SecretHash);
  assert.equal(claims(AuthenticationResult.IdToken).sub, UserSub);

  const refresh = (hash) => anon.initiateAuth({ ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: { REFRESH_TOKEN: AuthenticationResult.RefreshToken, ...(hash && { SECRET_HASH: hash }) } });
  await refused(refresh(), 'NotAuthorizedException', missing);
  await refresh(SecretHash);
  const turn = (ClientSecret) => anon.getTokensFromRefreshToken({ ClientId, RefreshToken: AuthenticationResult.RefreshToken, ClientSecret });
  await refused(turn('wrong'.repeat(6)), 'NotAuthorizedException');
  await turn(app.ClientSecret);
  await refused(anon.revokeToken({ ClientId, Token: AuthenticationResult.RefreshToken, ClientSecret: 'wrong'.repeat(6) }), 'UnauthorizedException');
  await anon.revokeToken({ ClientId, Token: AuthenticationResult.RefreshToken, ClientSecret: app.ClientSecret });
});

test('unknown clients, flows that are off, missing parameters', async () => {
  const pool = await server.makePool();
  const { ClientId } = await server.makeClient(pool, { ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'] });
  const nobody = 'a'.repeat(26);
  await refused(anon.signUp({ ClientId: nobody, Username: 'x', Password: PASSWORD }), 'ResourceNotFoundException', `User pool client ${nobody} does not exist.`);
  await refused(server.signIn({ ClientId }, 'someone'), 'InvalidParameterException', 'USER_PASSWORD_AUTH flow not enabled for this client');
  await refused(admin.adminInitiateAuth({ UserPoolId: pool, ClientId, AuthFlow: 'ADMIN_USER_PASSWORD_AUTH', AuthParameters: { USERNAME: 'x', PASSWORD } }), 'InvalidParameterException', 'Auth flow not enabled for this client');
  await refused(anon.initiateAuth({ ClientId, AuthFlow: 'ADMIN_USER_PASSWORD_AUTH', AuthParameters: { USERNAME: 'x', PASSWORD } }), 'InvalidParameterException', 'Initiate Auth method not supported.');
  const { ClientId: all } = await server.makeClient(pool);
  const enter = (AuthParameters, AuthFlow = 'USER_PASSWORD_AUTH') => anon.initiateAuth({ ClientId: all, AuthFlow, AuthParameters });
  await refused(enter({ PASSWORD }), 'InvalidParameterException', 'Missing required parameter USERNAME');
  await refused(enter({ USERNAME: 'x' }), 'InvalidParameterException', 'Missing required parameter PASSWORD');
  await refused(enter({ USERNAME: 'x' }, 'USER_SRP_AUTH'), 'InvalidParameterException', 'Missing required parameter SRP_A');
  await refused(enter({}, 'REFRESH_TOKEN_AUTH'), 'InvalidParameterException', 'Missing required parameter REFRESH_TOKEN');
  const closed = await server.makePool({ AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } });
  await refused(anon.signUp({ ClientId: (await server.makeClient(closed)).ClientId, Username: 'x', Password: PASSWORD }), 'NotAuthorizedException', 'SignUp is not permitted for this user pool');
});

describe('what a stranger learns about users', () => {
  let pool, legacy, hiding, stranger;
  before(async () => {
    pool = await server.makePool();
    legacy = await server.makeClient(pool, { PreventUserExistenceErrors: 'LEGACY' });
    hiding = await server.makeClient(pool, { PreventUserExistenceErrors: 'ENABLED' });
    stranger = unique();
  });
  const calls = ({ ClientId }) => ({
    enter: () => server.signIn({ ClientId }, stranger),
    srp: (SRP_A = 'ab'.repeat(384)) => anon.initiateAuth({ ClientId, AuthFlow: 'USER_SRP_AUTH', AuthParameters: { USERNAME: stranger, SRP_A } }),
    forgot: () => anon.forgotPassword({ ClientId, Username: stranger }),
    resend: () => anon.resendConfirmationCode({ ClientId, Username: stranger }),
    confirm: () => anon.confirmSignUp({ ClientId, Username: stranger, ConfirmationCode: '123456' }),
    reset: () => anon.confirmForgotPassword({ ClientId, Username: stranger, ConfirmationCode: '123456', Password: PASSWORD }),
  });

  test('LEGACY says so', async () => {
    for (const [name, call] of Object.entries(calls(legacy))) await refused(call(), 'UserNotFoundException', name === 'enter' ? 'User does not exist.' : undefined);
  });

  test('ENABLED tells nothing', async () => {
    const { enter, srp, forgot, resend, confirm, reset } = calls(hiding);
    await refused(enter(), 'NotAuthorizedException', WRONG);
    const [one, two] = [await srp(), await srp('cd'.repeat(384))];
    assert.equal(one.ChallengeName, 'PASSWORD_VERIFIER');
    for (const member of ['SALT', 'USER_ID_FOR_SRP']) assert.equal(one.ChallengeParameters[member], two.ChallengeParameters[member], member);
    assert.notEqual(one.ChallengeParameters.SRP_B, two.ChallengeParameters.SRP_B);
    const { SECRET_BLOCK, USER_ID_FOR_SRP } = one.ChallengeParameters;
    const claim = { PASSWORD_CLAIM_SIGNATURE: Buffer.alloc(32).toString('base64'), PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK, TIMESTAMP: 'Tue May 7 00:09:40 UTC 2024', USERNAME: USER_ID_FOR_SRP };
    await refused(anon.respondToAuthChallenge({ ClientId: hiding.ClientId, ChallengeName: 'PASSWORD_VERIFIER', Session: one.Session, ChallengeResponses: claim }), 'NotAuthorizedException', WRONG);
    for (const call of [forgot, resend]) assert.equal((await call()).CodeDeliveryDetails.DeliveryMedium, 'EMAIL');
    await assert.rejects(confirm(), ({ name }) => ['ExpiredCodeException', 'CodeMismatchException', 'NotAuthorizedException'].includes(name));
    await assert.rejects(reset(), ({ name }) => ['ExpiredCodeException', 'CodeMismatchException'].includes(name));
  });
});

test('alias attributes: sign in by name, verified address or preferred name', async () => {
  const pool = await server.makePool({ AliasAttributes: ['email', 'preferred_username'] });
  const app = await server.makeClient(pool);
  const [Username, email] = [unique(), uniqueEmail()];
  const register = (name, address = email) => anon.signUp({ ClientId: app.ClientId, Username: name, Password: PASSWORD, UserAttributes: [{ Name: 'email', Value: address }] });
  await refused(register(uniqueEmail()), 'InvalidParameterException', 'Username cannot be of email format, since user pool is configured for email alias.');
  await register(Username);
  await refused(server.signIn(app, email), 'UserNotFoundException', 'User does not exist.');
  await anon.confirmSignUp({ ClientId: app.ClientId, Username, ConfirmationCode: await server.code(email) });
  const { AccessToken } = await server.tokens(app, email);
  assert.equal(claims(AccessToken).username, Username);
  await anon.updateUserAttributes({ AccessToken, UserAttributes: [{ Name: 'preferred_username', Value: `nick-${Username}` }] });
  assert.equal(claims((await server.tokens(app, `nick-${Username}`)).AccessToken).username, Username);

  const rival = unique();
  await register(rival);
  const ConfirmationCode = await server.code(email);
  const confirm = (more) => anon.confirmSignUp({ ClientId: app.ClientId, Username: rival, ConfirmationCode, ...more });
  await refused(confirm(), 'AliasExistsException', /^An account with the (given )?email already exists\.$/);
  await confirm({ ForceAliasCreation: true });
  assert.equal(claims((await server.tokens(app, email)).AccessToken).username, rival);
  assert.equal(attributes(await admin.adminGetUser({ UserPoolId: pool, Username })).email_verified, 'false');
});

test('addresses as user names: the name is the sub, the address signs in whatever its case', async () => {
  const pool = await server.makePool({ UsernameAttributes: ['email'], UsernameConfiguration: { CaseSensitive: false } });
  const app = await server.makeClient(pool);
  const email = uniqueEmail();
  const register = (Username) => anon.signUp({ ClientId: app.ClientId, Username, Password: PASSWORD });
  await refused(register('plain-name'), 'InvalidParameterException', 'Username should be an email.');
  const { UserSub } = await register(email);
  await refused(register(email.toUpperCase()), 'UsernameExistsException', 'An account with the given email already exists.');
  await anon.confirmSignUp({ ClientId: app.ClientId, Username: email, ConfirmationCode: await server.code(email) });
  const { AccessToken, IdToken } = await server.tokens(app, email.toUpperCase());
  assert.deepEqual([claims(AccessToken).username, claims(IdToken)['cognito:username'], claims(IdToken).sub], [UserSub, UserSub, UserSub]);
  const user = await anon.getUser({ AccessToken });
  assert.deepEqual([user.Username, attributes(user).email], [UserSub, email]);
  assert.equal((await admin.adminGetUser({ UserPoolId: pool, Username: email })).Username, UserSub);
});

test('names are as case-sensitive as the pool says', async () => {
  for (const CaseSensitive of [true, false]) {
    const pool = await server.makePool({ UsernameConfiguration: { CaseSensitive } });
    const app = await server.makeClient(pool);
    await server.makeUser(pool, 'Alice');
    if (CaseSensitive) await refused(server.signIn(app, 'aLICE'), 'UserNotFoundException', 'User does not exist.');
    else assert.ok(await server.tokens(app, 'aLICE'));
  }
});

test('the password policy speaks of each thing that is missing', async () => {
  const { ClientId } = await server.makeClient(await server.makePool());
  const cases = {
    'Ab1!': 'Password not long enough', 'lower-case-1': 'Password must have uppercase characters', 'UPPER-CASE-1': 'Password must have lowercase characters',
    'No-Numbers': 'Password must have numeric characters', NoSymbols11: 'Password must have symbol characters',
  };
  for (const [Password, reason] of Object.entries(cases))
    await refused(anon.signUp({ ClientId, Username: unique(), Password }), 'InvalidPasswordException', `Password did not conform with policy: ${reason}`);
  await refused(anon.signUp({ ClientId, Username: unique(), Password: `Aa1!${'x'.repeat(253)}` }), 'InvalidParameterException', /at 'password' failed to satisfy constraint: Member must have length less than or equal to 256/);
  const longest = `Aa1!${'x'.repeat(252)}`;
  const Username = unique();
  await anon.signUp({ ClientId, Username, Password: longest });
});

test('constraints are reported all at once, in the words of the service', async () => {
  const { status, json, headers } = await server.call('SignUp', { ClientId: '!', Username: 'a b', Password: PASSWORD });
  assert.deepEqual([status, json.__type], [400, 'InvalidParameterException']);
  assert.equal(headers.get('x-amzn-errortype').split(':')[0], 'InvalidParameterException');
  assert.match(headers.get('x-amzn-requestid'), /^[0-9a-f-]{36}$/);
  assert.match(json.message, /^2 validation errors detected: /);
  assert.match(json.message, /Value at 'clientId' failed to satisfy constraint: Member must satisfy regular expression pattern: \[\\w\+-\]\+/);
  assert.match(json.message, /at 'username' failed to satisfy constraint: Member must satisfy regular expression pattern: \[\\p\{L\}\\p\{M\}\\p\{S\}\\p\{N\}\\p\{P\}\]\+/);
});

test('five wrong passwords lock the account for a second, the right one too', async () => {
  const pool = await server.makePool();
  const app = await server.makeClient(pool);
  const Username = unique();
  await server.makeUser(pool, Username);
  const outcome = (password) => server.signIn(app, Username, password).then(() => 'in', ({ message }) => message);
  const seen = [];
  while (seen.at(-1) !== 'Password attempts exceeded' && seen.length < 8) seen.push(await outcome('Wrong-horse-1'));
  assert.deepEqual(seen, [...Array(5).fill(WRONG), 'Password attempts exceeded']);
  assert.equal(await outcome(PASSWORD), 'Password attempts exceeded');
  await until(async () => (await outcome(PASSWORD)) === 'in', 'the lock to end');
  assert.equal(await outcome('Wrong-horse-1'), WRONG);
});

test('a sign-in is what the flows say: no tokens without the flow, none for another pool', async () => {
  const [mine, theirs] = [await server.makePool(), await server.makePool()];
  const app = await server.makeClient(theirs, { ExplicitAuthFlows: ALL_FLOWS });
  const Username = unique();
  await server.makeUser(mine, Username);
  await refused(server.signIn(app, Username), 'UserNotFoundException', 'User does not exist.');
  await refused(admin.adminInitiateAuth({ UserPoolId: mine, ClientId: app.ClientId, AuthFlow: 'ADMIN_USER_PASSWORD_AUTH', AuthParameters: { USERNAME: Username, PASSWORD } }),
    'ResourceNotFoundException', `User pool client ${app.ClientId} does not exist.`);
});
