//! Passkeys by the AWS SDK: an authenticator in software registers with one user and signs that user in, and nobody else.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Passkey } from '../authenticator.mjs';
import { PASSWORD, Server, claims, refused } from '../harness.mjs';

const ORIGIN = 'http://localhost:3999';
let server, anon, admin, pool, app;
before(async () => {
  ({ anon, admin } = server = await Server.start());
  pool = await server.makePool({ Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'WEB_AUTHN'] } } });
  app = await server.makeClient(pool, { ExplicitAuthFlows: ['ALLOW_USER_AUTH', 'ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'] });
  await admin.setUserPoolMfaConfig({ UserPoolId: pool, WebAuthnConfiguration: { RelyingPartyId: 'localhost', UserVerification: 'preferred' } });
});
after(() => server.stop());

async function person() {
  const { Username } = await server.makeUser(pool);
  return { Username, AccessToken: (await server.tokens(app, Username)).AccessToken };
}

async function register({ AccessToken }, passkey = new Passkey(ORIGIN)) {
  const { CredentialCreationOptions } = await anon.startWebAuthnRegistration({ AccessToken });
  await anon.completeWebAuthnRegistration({ AccessToken, Credential: passkey.register(CredentialCreationOptions) });
  return passkey;
}

const begin = (USERNAME) => anon.initiateAuth({ ClientId: app.ClientId, AuthFlow: 'USER_AUTH', AuthParameters: { USERNAME, PREFERRED_CHALLENGE: 'WEB_AUTHN' } });
const options = ({ ChallengeParameters }) => JSON.parse(ChallengeParameters.CREDENTIAL_REQUEST_OPTIONS);
const answer = ({ Session }, USERNAME, credential) =>
  anon.respondToAuthChallenge({ ClientId: app.ClientId, ChallengeName: 'WEB_AUTHN', Session, ChallengeResponses: { USERNAME, CREDENTIAL: JSON.stringify(credential) } });

test('register, sign in, sign in again', async () => {
  const jane = await person();
  const { CredentialCreationOptions } = await anon.startWebAuthnRegistration({ AccessToken: jane.AccessToken });
  assert.equal(CredentialCreationOptions.rp.id, 'localhost');
  assert.deepEqual(CredentialCreationOptions.pubKeyCredParams.map(({ alg }) => alg), [-7, -257]);
  const passkey = await register(jane);
  for (let i = 0; i < 2; i++) {
    const challenge = await begin(jane.Username);
    assert.equal(challenge.ChallengeName, 'WEB_AUTHN');
    assert.ok(challenge.AvailableChallenges.includes('WEB_AUTHN'));
    const asked = options(challenge);
    assert.deepEqual(asked.allowCredentials.map(({ id }) => id), [passkey.id.toString('base64url')]);
    const { AuthenticationResult } = await answer(challenge, jane.Username, passkey.assert(asked));
    assert.equal(claims(AuthenticationResult.AccessToken).username, jane.Username);
  }
});

test('without a preference a passkey is one of the choices, and may be sent with the choice', async () => {
  const jane = await person();
  const passkey = await register(jane);
  const choice = await anon.initiateAuth({ ClientId: app.ClientId, AuthFlow: 'USER_AUTH', AuthParameters: { USERNAME: jane.Username } });
  assert.equal(choice.ChallengeName, 'SELECT_CHALLENGE');
  assert.ok(choice.AvailableChallenges.includes('WEB_AUTHN') && choice.AvailableChallenges.includes('PASSWORD'));
  const challenge = await anon.respondToAuthChallenge({
    ClientId: app.ClientId, ChallengeName: 'SELECT_CHALLENGE', Session: choice.Session, ChallengeResponses: { USERNAME: jane.Username, ANSWER: 'WEB_AUTHN' },
  });
  assert.equal(challenge.ChallengeName, 'WEB_AUTHN');
  assert.ok((await answer(challenge, jane.Username, passkey.assert(options(challenge)))).AuthenticationResult);
  const withPassword = await anon.initiateAuth({ ClientId: app.ClientId, AuthFlow: 'USER_AUTH', AuthParameters: { USERNAME: jane.Username, PREFERRED_CHALLENGE: 'PASSWORD', PASSWORD } });
  assert.ok(withPassword.AuthenticationResult);
});

test('what is signed for another challenge, origin, user or key is refused', async () => {
  const [jane, eve] = [await person(), await person()];
  const [passkey, hers] = [await register(jane), await register(eve)];
  const attempt = async (sign) => {
    const challenge = await begin(jane.Username);
    return answer(challenge, jane.Username, sign(options(challenge)));
  };
  const earlier = options(await begin(jane.Username));
  for (const sign of [
    () => passkey.assert(earlier),
    (asked) => hers.assert(asked),
    (asked) => Object.assign(new Passkey(ORIGIN), { id: passkey.id, userHandle: passkey.userHandle }).assert(asked),
    (asked) => Object.assign(new Passkey('https://evil.example'), { id: passkey.id, keys: passkey.keys, userHandle: passkey.userHandle }).assert(asked),
    (asked) => passkey.assert({ ...asked, rpId: 'evil.example' }),
    (asked) => passkey.assert(asked, { flags: 0 }),
  ])
    await assert.rejects(attempt(sign), ({ name, $metadata }) => {
      assert.ok(['NotAuthorizedException', 'InvalidParameterException', 'CodeMismatchException'].includes(name), name);
      return $metadata.httpStatusCode === 400;
    });
  assert.ok((await attempt((asked) => passkey.assert(asked))).AuthenticationResult);
});

test('a used challenge is used up', async () => {
  const jane = await person();
  const passkey = await register(jane);
  const challenge = await begin(jane.Username);
  const credential = passkey.assert(options(challenge));
  await answer(challenge, jane.Username, credential);
  await refused(answer(challenge, jane.Username, credential), 'NotAuthorizedException', 'Invalid session for the user, session can only be used once.');
});

test('a registration belongs to its user, its origin and its challenge', async () => {
  const [jane, eve] = [await person(), await person()];
  const complete = ({ AccessToken }, Credential) => anon.completeWebAuthnRegistration({ AccessToken, Credential });
  const { CredentialCreationOptions } = await anon.startWebAuthnRegistration({ AccessToken: jane.AccessToken });
  await refused(complete(eve, new Passkey(ORIGIN).register(CredentialCreationOptions)), 'WebAuthnChallengeNotFoundException');
  await refused(complete(jane, new Passkey('https://evil.example').register(CredentialCreationOptions)), 'WebAuthnOriginNotAllowedException');
  await refused(complete(jane, new Passkey(ORIGIN).register({ ...CredentialCreationOptions, rp: { id: 'example.com' } })), 'WebAuthnRelyingPartyMismatchException');
  assert.deepEqual((await anon.listWebAuthnCredentials({ AccessToken: jane.AccessToken })).Credentials, []);
});

test('passkeys are listed in pages and deleted', async () => {
  const jane = await person();
  const passkeys = [];
  for (let i = 0; i < 3; i++) passkeys.push(await register(jane));
  const seen = [];
  for (let NextToken; ; ) {
    const page = await anon.listWebAuthnCredentials({ AccessToken: jane.AccessToken, MaxResults: 2, NextToken });
    assert.ok(page.Credentials.length <= 2);
    seen.push(...page.Credentials);
    if (!(NextToken = page.NextToken)) break;
  }
  assert.deepEqual(seen.map(({ CredentialId }) => CredentialId).sort(), passkeys.map(({ id }) => id.toString('base64url')).sort());
  assert.ok(seen.every(({ RelyingPartyId, CreatedAt }) => RelyingPartyId === 'localhost' && CreatedAt instanceof Date));
  const factors = await anon.getUserAuthFactors({ AccessToken: jane.AccessToken });
  assert.ok(factors.ConfiguredUserAuthFactors.includes('WEB_AUTHN'));
  await anon.deleteWebAuthnCredential({ AccessToken: jane.AccessToken, CredentialId: seen[0].CredentialId });
  const asked = options(await begin(jane.Username));
  assert.deepEqual(asked.allowCredentials.map(({ id }) => id).sort(), seen.slice(1).map(({ CredentialId }) => CredentialId).sort());
});
