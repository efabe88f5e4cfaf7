//! Tokens of machines and of groups, as their receivers check them: openid-client, aws-jwt-verify, and the paginators of the AWS SDK.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  paginateAdminListGroupsForUser, paginateListGroups, paginateListIdentityProviders, paginateListResourceServers, paginateListUserPoolClients, paginateListUsers, paginateListUsersInGroup,
} from '@aws-sdk/client-cognito-identity-provider';
import { JwtVerifier } from 'aws-jwt-verify';
import { validateCognitoJwtFields } from 'aws-jwt-verify/cognito-verifier';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import * as oidc from 'openid-client';
import { Server, claims, fetch, refused } from '../harness.mjs';

let server, admin, pool, issuer, machine;
const SCOPES = ['api/read', 'api/write'];
before(async () => {
  ({ admin } = server = await Server.start());
  pool = await server.makePool();
  issuer = `${server.url}/${pool}`;
  await admin.createResourceServer({
    UserPoolId: pool, Identifier: 'api', Name: 'API', Scopes: ['read', 'write'].map((ScopeName) => ({ ScopeName, ScopeDescription: `May ${ScopeName}` })),
  });
  machine = await server.makeClient(pool, {
    GenerateSecret: true, ExplicitAuthFlows: [], AllowedOAuthFlows: ['client_credentials'], AllowedOAuthScopes: SCOPES, AllowedOAuthFlowsUserPoolClient: true,
  });
});
after(() => server.stop());

/** aws-jwt-verify fetches over HTTPS only, unless it is handed the means. */
const keys = () => new SimpleJwksCache({ fetcher: { fetch: async (uri) => (await fetch(uri)).arrayBuffer() } });
const verifier = ({ scope, ...fields }) =>
  JwtVerifier.create({ issuer, audience: null, scope, jwksUri: `${issuer}/.well-known/jwks.json`, customJwtCheck: ({ payload }) => validateCognitoJwtFields(payload, fields) }, { jwksCache: keys() });

for (const [kind, auth] of Object.entries({ basic: oidc.ClientSecretBasic, post: oidc.ClientSecretPost })) {
  test(`openid-client asks for a machine's token, client_secret_${kind}`, async () => {
    const config = await oidc.discovery(new URL(issuer), machine.ClientId, undefined, auth(machine.ClientSecret), { execute: [oidc.allowInsecureRequests] });
    const all = await oidc.clientCredentialsGrant(config);
    assert.deepEqual(claims(all.access_token).scope.split(' ').sort(), SCOPES);
    const one = await oidc.clientCredentialsGrant(config, { scope: 'api/read' });
    assert.deepEqual([one.token_type, one.refresh_token, one.id_token], ['bearer', undefined, undefined]);
    const payload = await verifier({ tokenUse: 'access', clientId: machine.ClientId, scope: 'api/read' }).verify(one.access_token);
    assert.equal(payload.sub, machine.ClientId);
    await assert.rejects(verifier({ tokenUse: 'access', clientId: machine.ClientId, scope: 'api/write' }).verify(one.access_token), /Scope not allowed/i);
    await assert.rejects(oidc.clientCredentialsGrant(config, { scope: 'api/none' }), { error: 'invalid_scope' });
    await assert.rejects(oidc.clientCredentialsGrant(config, { scope: 'openid' }), { error: 'invalid_scope' });
    const info = await fetch(`${issuer}/oauth2/userInfo`, { headers: { authorization: `Bearer ${one.access_token}` } });
    assert.ok([401, 403].includes(info.status), 'a machine is nobody');
    await refused(server.anon.getUser({ AccessToken: one.access_token }), 'NotAuthorizedException');
  });
}

test('aws-jwt-verify lets a group in', async () => {
  const app = await server.makeClient(pool);
  const { Username } = await server.makeUser(pool);
  for (const GroupName of ['admins', 'readers']) await admin.createGroup({ UserPoolId: pool, GroupName });
  await admin.adminAddUserToGroup({ UserPoolId: pool, Username, GroupName: 'readers' });
  const { AccessToken, IdToken } = await server.tokens(app, Username);
  for (const [tokenUse, token] of [['access', AccessToken], ['id', IdToken]]) {
    const check = (groups) => verifier({ tokenUse, clientId: app.ClientId, groups }).verify(token);
    assert.deepEqual((await check('readers'))['cognito:groups'], ['readers']);
    await check(['admins', 'readers']);
    await assert.rejects(check('admins'), /Cognito group not allowed: readers/);
  }
});

test("the SDK's paginators see everything once", async () => {
  const UserPoolId = await server.makePool();
  const names = Array.from({ length: 5 }, (_, i) => `name-${i}`);
  const target = { UserPoolId, GroupName: names[0], Username: names[0] };
  const ProviderDetails = { client_id: 'id', client_secret: 'secret', authorize_scopes: 'openid', oidc_issuer: 'https://idp.example.com', attributes_request_method: 'GET' };
  for (const step of ['authorize', 'token', 'attributes']) ProviderDetails[`${step}_url`] = `https://idp.example.com/${step}`;
  ProviderDetails.jwks_uri = 'https://idp.example.com/jwks';
  for (const name of names) {
    await admin.createGroup({ UserPoolId, GroupName: name });
    await admin.adminCreateUser({ UserPoolId, Username: name, MessageAction: 'SUPPRESS' });
    await admin.createResourceServer({ UserPoolId, Identifier: name, Name: name });
    await admin.createIdentityProvider({ UserPoolId, ProviderName: name, ProviderType: 'OIDC', ProviderDetails });
    await server.makeClient(UserPoolId, { ClientName: name });
  }
  for (const GroupName of names) await admin.adminAddUserToGroup({ ...target, GroupName });
  for (const Username of names.slice(1)) await admin.adminAddUserToGroup({ ...target, Username });
  for (const [paginate, member, key] of [
    [paginateListGroups, 'Groups', 'GroupName'],
    [paginateListUsers, 'Users', 'Username'],
    [paginateListUsersInGroup, 'Users', 'Username'],
    [paginateAdminListGroupsForUser, 'Groups', 'GroupName'],
    [paginateListResourceServers, 'ResourceServers', 'Identifier'],
    [paginateListIdentityProviders, 'Providers', 'ProviderName'],
    [paginateListUserPoolClients, 'UserPoolClients', 'ClientName'],
  ]) {
    const seen = [];
    for await (const page of paginate({ client: admin, pageSize: 2 }, { ...target })) {
      assert.ok(page[member].length <= 2, paginate.name);
      seen.push(...page[member].map((item) => item[key]));
    }
    assert.deepEqual(seen.sort(), names, member);
  }
});
