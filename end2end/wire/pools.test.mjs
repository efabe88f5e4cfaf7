//! User pools, app clients and domains: what is written is what comes back.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ALL_FLOWS, Server, refused, unique } from '../harness.mjs';

let server, admin;
before(async () => ({ admin } = server = await Server.start()));
after(() => server.stop());

const body = ({ $metadata, ...rest }) => rest;

test('a pool comes back as it was created', async () => {
  const wanted = {
    Policies: {
      PasswordPolicy: { MinimumLength: 12, RequireUppercase: false, RequireLowercase: true, RequireNumbers: true, RequireSymbols: false, TemporaryPasswordValidityDays: 3 },
      SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD'] },
    },
    DeletionProtection: 'INACTIVE', AutoVerifiedAttributes: ['email'], AliasAttributes: ['email', 'preferred_username'], MfaConfiguration: 'OFF',
    EmailVerificationMessage: 'Code: {####}', EmailVerificationSubject: 'Prove it', UserPoolTags: { stage: 'test' },
    UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true, UnusedAccountValidityDays: 3 },
    UsernameConfiguration: { CaseSensitive: false }, UserPoolTier: 'ESSENTIALS',
    AccountRecoverySetting: { RecoveryMechanisms: [{ Priority: 1, Name: 'verified_email' }] },
  };
  const custom = { Name: 'plan', AttributeDataType: 'String', Mutable: true, Required: false, StringAttributeConstraints: { MinLength: '1', MaxLength: '10' } };
  const PoolName = unique('shop');
  const { UserPool: created } = await admin.createUserPool({ PoolName, Schema: [custom], ...wanted });
  const { UserPool: pool } = await admin.describeUserPool({ UserPoolId: created.Id });

  assert.deepEqual(pool, created);
  for (const [member, value] of Object.entries(wanted)) assert.deepEqual(pool[member], value, member);
  assert.equal(pool.Name, PoolName);
  assert.match(pool.Id, /^us-east-1_[0-9A-Za-z]{9}$/);
  assert.equal(pool.Arn, `arn:aws:cognito-idp:us-east-1:000000000000:userpool/${pool.Id}`);
  assert.ok(pool.CreationDate instanceof Date && pool.LastModifiedDate >= pool.CreationDate && Math.abs(Date.now() - pool.CreationDate) < 60_000);
  assert.deepEqual(pool.SchemaAttributes.find(({ Name }) => Name === 'custom:plan'), { ...custom, Name: 'custom:plan', DeveloperOnlyAttribute: false });
  assert.deepEqual(pool.SchemaAttributes.find(({ Name }) => Name === 'sub'),
    { Name: 'sub', AttributeDataType: 'String', DeveloperOnlyAttribute: false, Mutable: false, Required: true, StringAttributeConstraints: { MinLength: '1', MaxLength: '2048' } });
  await admin.deleteUserPool({ UserPoolId: pool.Id });
  await refused(admin.describeUserPool({ UserPoolId: pool.Id }), 'ResourceNotFoundException', `User pool ${pool.Id} does not exist.`);
});

test('a pool made of a name alone has the documented defaults, and an update resets what it leaves out', async () => {
  const { UserPool: pool } = await admin.createUserPool({ PoolName: 'plain' });
  const defaults = { MinimumLength: 8, RequireUppercase: true, RequireLowercase: true, RequireNumbers: true, RequireSymbols: true, TemporaryPasswordValidityDays: 7 };
  assert.deepEqual(pool.Policies.PasswordPolicy, defaults);
  assert.equal(pool.DeletionProtection, 'INACTIVE');
  assert.equal(pool.MfaConfiguration, 'OFF');
  assert.equal(pool.UserPoolTier, 'ESSENTIALS');
  assert.equal(pool.AdminCreateUserConfig.AllowAdminCreateUserOnly, false);

  const strict = { PasswordPolicy: { ...defaults, MinimumLength: 20 } };
  assert.deepEqual(body(await admin.updateUserPool({ UserPoolId: pool.Id, Policies: strict, AutoVerifiedAttributes: ['email'] })), {});
  const { UserPool: updated } = await admin.describeUserPool({ UserPoolId: pool.Id });
  assert.deepEqual([updated.Policies.PasswordPolicy.MinimumLength, updated.AutoVerifiedAttributes, updated.Name], [20, ['email'], 'plain']);
  assert.deepEqual(updated.CreationDate, pool.CreationDate);
  assert.ok(updated.LastModifiedDate >= pool.LastModifiedDate);

  await admin.updateUserPool({ UserPoolId: pool.Id });
  const { UserPool: reset } = await admin.describeUserPool({ UserPoolId: pool.Id });
  assert.deepEqual(reset.Policies.PasswordPolicy, defaults);
  assert.deepEqual(reset.AutoVerifiedAttributes ?? [], []);
});

test('deletion protection and constraints are enforced', async () => {
  const UserPoolId = await server.makePool({ DeletionProtection: 'ACTIVE' });
  await refused(admin.deleteUserPool({ UserPoolId }), 'InvalidParameterException');
  await admin.updateUserPool({ UserPoolId, DeletionProtection: 'INACTIVE' });
  await admin.deleteUserPool({ UserPoolId });
  await refused(admin.createUserPool({ PoolName: '' }), 'InvalidParameterException', /at 'poolName' failed to satisfy constraint: Member must have length greater than or equal to 1/);
  await refused(admin.createUserPool({ PoolName: 'x', MfaConfiguration: 'MAYBE' }), 'InvalidParameterException', /at 'mfaConfiguration' failed to satisfy constraint: Member must satisfy enum value set/);
  await refused(admin.createUserPool({ PoolName: 'x', AliasAttributes: ['email'], UsernameAttributes: ['email'] }), 'InvalidParameterException');
  await refused(admin.createUserPool({ PoolName: 'x', Policies: { PasswordPolicy: { MinimumLength: 5 } } }), 'InvalidParameterException');
  await refused(admin.describeUserPool({ UserPoolId: 'us-east-1_nowhere00' }), 'ResourceNotFoundException', 'User pool us-east-1_nowhere00 does not exist.');
});

test('listing pools pages through all of them, once each', async () => {
  const made = await Promise.all(Array.from({ length: 5 }, () => server.makePool({ PoolName: unique('page') })));
  const seen = [];
  let NextToken;
  do {
    const page = await admin.listUserPools({ MaxResults: 2, NextToken });
    assert.ok(page.UserPools.length <= 2);
    seen.push(...page.UserPools.map(({ Id }) => Id));
    ({ NextToken } = page);
  } while (NextToken);
  assert.equal(new Set(seen).size, seen.length);
  for (const id of [...made, 'us-east-1_DemoPool0']) assert.ok(seen.includes(id), id);
  await refused(admin.listUserPools({ MaxResults: 61 }), 'InvalidParameterException', /at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 60/);
});

test('a client comes back as it was created; an update resets what it leaves out', async () => {
  const UserPoolId = await server.makePool();
  const wanted = {
    UserPoolId, ClientName: 'web app', RefreshTokenValidity: 10, AccessTokenValidity: 15, IdTokenValidity: 20,
    TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'days' }, ReadAttributes: ['email', 'name'], WriteAttributes: ['email', 'name'],
    ExplicitAuthFlows: ALL_FLOWS, SupportedIdentityProviders: ['COGNITO'], CallbackURLs: ['https://app.example/cb', 'myapp://cb'], LogoutURLs: ['https://app.example/bye'],
    DefaultRedirectURI: 'https://app.example/cb', AllowedOAuthFlows: ['code'], AllowedOAuthScopes: ['email', 'openid'], AllowedOAuthFlowsUserPoolClient: true,
    PreventUserExistenceErrors: 'ENABLED', EnableTokenRevocation: true, AuthSessionValidity: 5,
  };
  const { UserPoolClient: created } = await admin.createUserPoolClient({ ...wanted, GenerateSecret: true });
  const { ClientId, ClientSecret, CreationDate, LastModifiedDate, ...rest } = created;
  assert.match(ClientId, /^[a-z0-9]{26}$/);
  assert.match(ClientSecret, /^[a-z0-9]{51,52}$/);
  assert.ok(CreationDate instanceof Date && LastModifiedDate instanceof Date);
  const sorted = (client) => Object.fromEntries(Object.entries(client).map(([k, v]) => [k, Array.isArray(v) ? [...v].sort() : v]));
  const { ClientType, EnablePropagateAdditionalUserContextData, RefreshTokenRotation, ...told } = rest;
  assert.deepEqual(sorted(told), sorted(wanted));
  assert.deepEqual([ClientType, EnablePropagateAdditionalUserContextData], ['REGULAR', false]);
  assert.deepEqual((await admin.describeUserPoolClient({ UserPoolId, ClientId })).UserPoolClient, created);

  const { UserPoolClient: updated } = await admin.updateUserPoolClient({ UserPoolId, ClientId, ClientName: 'renamed' });
  assert.equal(updated.ClientName, 'renamed');
  assert.equal(updated.ClientSecret, ClientSecret);
  assert.equal(updated.AllowedOAuthFlowsUserPoolClient, false);
  assert.equal(updated.CallbackURLs, undefined);
  assert.equal(updated.RefreshTokenValidity, 30);
  assert.deepEqual((await admin.describeUserPoolClient({ UserPoolId, ClientId })).UserPoolClient, updated);

  const { UserPoolClients } = await admin.listUserPoolClients({ UserPoolId, MaxResults: 60 });
  assert.deepEqual(UserPoolClients, [{ ClientId, UserPoolId, ClientName: 'renamed' }]);
  await admin.deleteUserPoolClient({ UserPoolId, ClientId });
  await refused(admin.describeUserPoolClient({ UserPoolId, ClientId }), 'ResourceNotFoundException', `User pool client ${ClientId} does not exist.`);
});

test('client rules: mixed flow names, refresh range, OAuth settings', async () => {
  const UserPoolId = await server.makePool();
  const make = (settings) => admin.createUserPoolClient({ UserPoolId, ClientName: 'c', ...settings });
  const { UserPoolClient: plain } = await make({});
  assert.deepEqual([plain.ClientSecret, plain.EnableTokenRevocation, plain.RefreshTokenValidity], [undefined, true, 30]);
  await refused(make({ ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH', 'USER_PASSWORD_AUTH'] }), 'InvalidParameterException');
  await refused(make({ RefreshTokenValidity: 1, TokenValidityUnits: { RefreshToken: 'minutes' } }), 'InvalidParameterException', 'Invalid range for token validity.');
  const oauth = { AllowedOAuthFlowsUserPoolClient: true, AllowedOAuthScopes: ['openid'] };
  await refused(make({ ...oauth, AllowedOAuthFlows: ['client_credentials', 'code'], GenerateSecret: true, CallbackURLs: ['https://a.example/'] }), 'InvalidOAuthFlowException');
  await refused(make({ ...oauth, AllowedOAuthFlows: ['code'], CallbackURLs: ['http://app.example/cb'] }), 'InvalidParameterException');
  await refused(make({ ...oauth, AllowedOAuthFlows: ['code'], CallbackURLs: ['https://app.example/cb#x'] }), 'InvalidParameterException');
  await refused(make({ ...oauth, AllowedOAuthFlows: ['code'], CallbackURLs: ['https://a.example/'], AllowedOAuthScopes: ['no/such'] }), 'ScopeDoesNotExistException');
  await refused(admin.createUserPoolClient({ UserPoolId: 'us-east-1_nowhere00', ClientName: 'c' }), 'ResourceNotFoundException', 'User pool us-east-1_nowhere00 does not exist.');
});

test('a client secret can be given by the operator', async () => {
  const UserPoolId = await server.makePool();
  const given = 'my0wn5ecret'.repeat(3);
  const { ClientId, ClientSecret } = await server.makeClient(UserPoolId, { ClientSecret: given });
  assert.equal(ClientSecret, given);
});

test('domains: create, describe, update, taken, reserved, delete', async () => {
  const [UserPoolId, other] = [await server.makePool(), await server.makePool()];
  const Domain = unique('shop');
  const { ManagedLoginVersion, CloudFrontDomain } = await admin.createUserPoolDomain({ Domain, UserPoolId });
  assert.deepEqual([ManagedLoginVersion ?? 1, CloudFrontDomain], [1, undefined]);
  const { DomainDescription } = await admin.describeUserPoolDomain({ Domain });
  assert.deepEqual([DomainDescription.Domain, DomainDescription.UserPoolId, DomainDescription.Status, DomainDescription.AWSAccountId], [Domain, UserPoolId, 'ACTIVE', '000000000000']);
  assert.equal((await admin.describeUserPool({ UserPoolId })).UserPool.Domain, Domain);

  await refused(admin.createUserPoolDomain({ Domain, UserPoolId: other }), 'InvalidParameterException', /^Domain already associated with another user pool\.?$/);
  await refused(admin.createUserPoolDomain({ Domain: 'my-cognito', UserPoolId: other }), 'InvalidParameterException', 'Domain cannot contain reserved word: cognito');
  await refused(admin.createUserPoolDomain({ Domain: 'Upper_Case', UserPoolId: other }), 'InvalidParameterException');
  await refused(admin.deleteUserPool({ UserPoolId }), 'InvalidParameterException', 'User pool cannot be deleted. It has a domain configured that should be deleted first.');
  await admin.updateUserPoolDomain({ Domain, UserPoolId, ManagedLoginVersion: 2 });
  assert.equal((await admin.describeUserPoolDomain({ Domain })).DomainDescription.ManagedLoginVersion, 2);
  await admin.deleteUserPoolDomain({ Domain, UserPoolId });
  assert.deepEqual((await admin.describeUserPoolDomain({ Domain })).DomainDescription, {});
  await admin.deleteUserPool({ UserPoolId });
});
