//! Under the AWS host names: code copied from a tutorial runs unchanged, in a process that only believes that
//! cognito-idp.us-east-1.amazonaws.com is here.

import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { PASSWORD, ROOT, Server, unique, uniqueEmail } from '../harness.mjs';

const HOST = 'cognito-idp.us-east-1.amazonaws.com';
let server, proxy, certificate;
before(async () => {
  server = await Server.start({ publicUrl: `https://${HOST}` });
  const at = (name) => join(server.dir, name);
  certificate = at('proxy.pem');
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${HOST}`,
    '-addext', `subjectAltName=DNS:${HOST}`, '-keyout', at('proxy.key'), '-out', certificate], { stdio: 'ignore' });
  proxy = createServer({ key: readFileSync(at('proxy.key')), cert: readFileSync(certificate) }, (req, res) => {
    const onward = request({ host: '127.0.0.1', port: server.port, method: req.method, path: req.url, headers: req.headers }, (answer) => {
      res.writeHead(answer.statusCode, answer.headers);
      answer.pipe(res);
    });
    onward.on('error', () => res.destroy());
    req.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
});
after(async () => {
  proxy?.close();
  proxy?.closeAllConnections();
  await server.stop();
});

/** What a hosts file and a port-forward would do. */
const detour = () => `import tls from 'node:tls'; import { syncBuiltinESMExports } from 'node:module';
  const connect = tls.connect;
  tls.connect = (options, ...rest) => connect(options.host === '${HOST}' ? { ...options, host: '127.0.0.1', port: ${proxy.address().port}, servername: '${HOST}' } : options, ...rest);
  syncBuiltinESMExports();`;

async function run(program) {
  const env = { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: certificate, AWS_ACCESS_KEY_ID: ROOT.accessKeyId, AWS_SECRET_ACCESS_KEY: ROOT.secretAccessKey };
  const { stdout } = await promisify(execFile)(process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(detour())}`, '--input-type=module', '-e', program], { env, cwd: new URL('..', import.meta.url).pathname });
  return JSON.parse(stdout);
}

test('the tutorial verifier, word for word', async () => {
  const userPoolId = await server.makePool({ Schema: [{ Name: 'attribute', AttributeDataType: 'String', Mutable: true }] });
  const { ClientId: clientId } = await server.makeClient(userPoolId, { ReadAttributes: ['email', 'custom:attribute'] });
  const [name, email] = [unique(), uniqueEmail()];
  await server.makeUser(userPoolId, name, { email, 'custom:attribute': 'value' });
  const { IdToken, AccessToken } = await server.tokens({ ClientId: clientId }, name);
  const verified = await run(`
    const [userPoolId, clientId, token] = ${JSON.stringify([userPoolId, clientId, IdToken])};
    // from here on as published
    const { CognitoJwtVerifier } = await import("aws-jwt-verify");
    const verifier = CognitoJwtVerifier.create({ userPoolId, tokenUse: "id", clientId });
    const payload = await verifier.verify(token);
    console.log(JSON.stringify([payload.sub, payload.email, payload["custom:attribute"], payload.iss]));`);
  const { sub } = JSON.parse(Buffer.from(IdToken.split('.')[1], 'base64url'));
  assert.deepEqual(verified, [sub, email, 'value', `https://${HOST}/${userPoolId}`]);
  const access = await run(`
    const { CognitoJwtVerifier } = await import("aws-jwt-verify");
    const verifier = CognitoJwtVerifier.create({ userPoolId: "${userPoolId}", tokenUse: "access", clientId: "${clientId}" });
    console.log(JSON.stringify((await verifier.verify("${AccessToken}")).username));`);
  assert.equal(access, name);
});

test('the AWS SDK with no endpoint at all', async () => {
  const pools = await run(`
    const { CognitoIdentityProviderClient, ListUserPoolsCommand } = await import("@aws-sdk/client-cognito-identity-provider");
    const client = new CognitoIdentityProviderClient({ region: "us-east-1" });
    console.log(JSON.stringify((await client.send(new ListUserPoolsCommand({ MaxResults: 60 }))).UserPools.map((pool) => pool.Id)));`);
  assert.ok(pools.includes('us-east-1_DemoPool0'));
});

test('Amplify with no endpoint at all', async () => {
  const pool = await server.makePool();
  const { ClientId } = await server.makeClient(pool);
  const name = unique();
  await server.makeUser(pool, name);
  const seen = await run(`
    const { Amplify } = await import('aws-amplify');
    const { signIn, fetchAuthSession } = await import('aws-amplify/auth');
    Amplify.configure({ Auth: { Cognito: { userPoolId: '${pool}', userPoolClientId: '${ClientId}' } } });
    const { isSignedIn } = await signIn({ username: '${name}', password: '${PASSWORD}' });
    console.log(JSON.stringify([isSignedIn, (await fetchAuthSession()).tokens.accessToken.payload.iss]));`);
  assert.deepEqual(seen, [true, `https://${HOST}/${pool}`]);
});
