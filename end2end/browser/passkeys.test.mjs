//! Passkeys in Chromium with an authenticator that DevTools holds, on a page of this test's own: what the operations give is what a browser takes, and back.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { PASSWORD, Server, claims } from '../harness.mjs';
import { inPage, launch } from './chromium.mjs';

let server, browser, site, origin, pool, client;
before(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  site = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<!doctype html><title>An application</title>')).listen(0, '127.0.0.1');
  await once(site, 'listening');
  origin = `http://localhost:${site.address().port}`;
  pool = await server.makePool({ Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'WEB_AUTHN'] } } });
  client = await server.makeClient(pool, { ExplicitAuthFlows: ['ALLOW_USER_AUTH', 'ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'] });
  await server.admin.setUserPoolMfaConfig({ UserPoolId: pool, WebAuthnConfiguration: { RelyingPartyId: 'localhost', UserVerification: 'required' } });
});
after(async () => {
  await browser?.close();
  site?.close();
  await server.stop();
});

/** Calls operations from the page itself, as an application does: across origins, without an SDK. */
const helpers = (endpoint) => {
  window.call = async (operation, body) => {
    const response = await fetch(endpoint, {
      method: 'POST', body: JSON.stringify(body),
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AWSCognitoIdentityProviderService.${operation}` },
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${answer.__type}: ${answer.message}`);
    return answer;
  };
  window.register = async (AccessToken) => {
    const { CredentialCreationOptions } = await call('StartWebAuthnRegistration', { AccessToken });
    const credential = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(CredentialCreationOptions) });
    await call('CompleteWebAuthnRegistration', { AccessToken, Credential: credential.toJSON() });
    return credential.id;
  };
  window.signIn = async (ClientId, USERNAME) => {
    const begun = await call('InitiateAuth', { ClientId, AuthFlow: 'USER_AUTH', AuthParameters: { USERNAME, PREFERRED_CHALLENGE: 'WEB_AUTHN' } });
    if (begun.ChallengeName !== 'WEB_AUTHN') return begun;
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(begun.ChallengeParameters.CREDENTIAL_REQUEST_OPTIONS));
    const CREDENTIAL = JSON.stringify((await navigator.credentials.get({ publicKey })).toJSON());
    return call('RespondToAuthChallenge', { ClientId, ChallengeName: 'WEB_AUTHN', Session: begun.Session, ChallengeResponses: { USERNAME, CREDENTIAL } });
  };
};

/** A page of the application on which a virtual authenticator answers. */
const withAuthenticator = (visit, settings = {}) =>
  inPage(browser, {}, async (page) => {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true, ...settings,
      },
    });
    await page.goto(origin);
    await page.evaluate(helpers, `${server.local}/`);
    const credentials = async () => (await devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
    return visit(page, { devtools, authenticatorId, credentials });
  });

async function person() {
  const { Username } = await server.makeUser(pool);
  return { Username, AccessToken: (await server.tokens(client, Username)).AccessToken };
}
const signIn = (page, Username) => page.evaluate(([id, name]) => signIn(id, name), [client.ClientId, Username]);

test('a passkey is registered and signs in', () =>
  withAuthenticator(async (page, { credentials }) => {
    const { Username, AccessToken } = await person();
    const id = await page.evaluate((token) => register(token), AccessToken);
    const [held] = await credentials();
    assert.deepEqual([held.rpId, held.isResidentCredential, Buffer.from(held.credentialId, 'base64').toString('base64url')], ['localhost', true, id]);
    for (let i = 0; i < 2; i++) {
      const { AuthenticationResult } = await signIn(page, Username);
      assert.equal(claims(AuthenticationResult.AccessToken).username, Username);
    }
    const { Credentials } = await server.anon.listWebAuthnCredentials({ AccessToken });
    assert.deepEqual(Credentials.map((c) => [c.CredentialId, c.RelyingPartyId, c.AuthenticatorTransports]), [[id, 'localhost', ['internal']]]);
  }));

test('the same authenticator is not registered twice', () =>
  withAuthenticator(async (page) => {
    const { AccessToken } = await person();
    await page.evaluate((token) => register(token), AccessToken);
    const again = await page.evaluate((token) => register(token).catch(({ name }) => name), AccessToken);
    assert.equal(again, 'InvalidStateError', 'excludeCredentials names the first');
  }));

test('a passkey that was deleted signs in no more', () =>
  withAuthenticator(async (page) => {
    const { Username, AccessToken } = await person();
    const CredentialId = await page.evaluate((token) => register(token), AccessToken);
    await server.anon.deleteWebAuthnCredential({ AccessToken, CredentialId });
    const { ChallengeName, AvailableChallenges } = await signIn(page, Username);
    assert.equal(ChallengeName, 'SELECT_CHALLENGE');
    assert.ok(!AvailableChallenges.includes('WEB_AUTHN'));
  }));

test('a person whom the authenticator does not verify is refused', () =>
  withAuthenticator(async (page, { devtools, authenticatorId }) => {
    const { Username, AccessToken } = await person();
    await page.evaluate((token) => register(token), AccessToken);
    await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    const failure = await page.evaluate(([id, name]) => signIn(id, name).catch((error) => error.name), [client.ClientId, Username]);
    assert.equal(failure, 'NotAllowedError');
    const withPassword = await server.anon.initiateAuth({
      ClientId: client.ClientId, AuthFlow: 'USER_AUTH', AuthParameters: { USERNAME: Username, PREFERRED_CHALLENGE: 'PASSWORD', PASSWORD },
    });
    assert.ok(withPassword.AuthenticationResult, 'the password is still there');
  }));

test('a roaming key with a counter', () =>
  withAuthenticator(
    async (page, { credentials }) => {
      const { Username, AccessToken } = await person();
      await page.evaluate((token) => register(token), AccessToken);
      const [{ signCount }] = await credentials();
      assert.ok((await signIn(page, Username)).AuthenticationResult);
      assert.ok((await credentials())[0].signCount > signCount);
      const { Credentials } = await server.anon.listWebAuthnCredentials({ AccessToken });
      assert.deepEqual([Credentials[0].AuthenticatorAttachment, Credentials[0].AuthenticatorTransports], ['cross-platform', ['usb']]);
    },
    { transport: 'usb' },
  ));
