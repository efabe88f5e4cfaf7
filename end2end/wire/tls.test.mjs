//! TLS in the binary: an authority for development, files that change, and a real ACME authority (pebble, from Debian).

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { request as plainRequest } from 'node:http';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { connect } from 'node:tls';
import { Server, fetch, freePort, unique, until } from '../harness.mjs';

const ended = [];
after(async () => {
  for (const end of ended.reverse()) await end();
});

async function start(options) {
  const server = await Server.start(options);
  ended.push(() => server.stop());
  return server;
}

/** The certificate that a name is answered with; rejects where the authority `ca` does not vouch for it. */
const certificate = (port, servername, ca) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, servername, ca }, () => {
      resolve(socket.getPeerX509Certificate());
      socket.destroy();
    });
    socket.on('error', reject);
  });

const https = (port, path, ca, servername = 'localhost') =>
  new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, servername, headers: { host: `${servername}:${port}` }, ca }, async (answer) => {
      const chunks = [];
      for await (const chunk of answer) chunks.push(chunk);
      resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks).toString() });
    }).on('error', reject);
  });

/** A GET over plain HTTP with the host that a browser would send. */
const plain = (port, path, host, method = 'GET') =>
  new Promise((resolve, reject) => {
    plainRequest({ host: '127.0.0.1', port, path, method, headers: { host } }, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode, location: answer.headers.location });
    })
      .on('error', reject)
      .end();
  });

const selfSigned = (folder, file, name) =>
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
    '-addext', `subjectAltName=DNS:${name}`, '-addext', 'basicConstraints=critical,CA:FALSE', '-keyout', join(folder, `${file}.key`), '-out', join(folder, `${file}.pem`)], { stdio: 'ignore' });

/** The SDK over HTTPS. */
const admin = (server, port, ca, servername) =>
  server.client({ endpoint: `https://127.0.0.1:${port}`, requestHandler: { httpsAgent: new Agent({ ca, servername }) } });

test('for development, an authority of its own', async () => {
  const port = await freePort();
  const server = await start({ publicUrl: `https://localhost:${port}`, args: ['--tls-listen', `127.0.0.1:${port}`, '--tls-local'] });
  const ca = readFileSync(join(server.dir, 'local-authority.pem'), 'utf8');
  const discovery = await https(port, '/us-east-1_DemoPool0/.well-known/openid-configuration', ca);
  assert.equal(JSON.parse(discovery.body).issuer, `https://localhost:${port}/us-east-1_DemoPool0`);
  assert.match(discovery.headers['strict-transport-security'], /max-age/);

  const domain = unique('tls');
  await admin(server, port, ca, 'localhost').createUserPoolDomain({ UserPoolId: 'us-east-1_DemoPool0', Domain: domain });
  const name = `${domain}.auth.localhost`;
  assert.equal((await certificate(port, name, ca)).checkHost(name), name);
  await assert.rejects(certificate(port, 'somebody-else.example', ca), { code: /ERR_SSL/ }, 'no certificate for names that are not served');

  assert.deepEqual(await plain(server.port, '/demo?a=b', `localhost:${server.port}`), { status: 308, location: `https://localhost:${port}/demo?a=b` });
  assert.deepEqual(await plain(server.port, '/login', `${name}:${server.port}`), { status: 308, location: `https://${name}:${port}/login` });
  assert.deepEqual(await plain(server.port, '//evil.example/', 'evil.example'), { status: 308, location: `https://localhost:${port}//evil.example/` });
  assert.equal((await plain(server.port, '/', 'localhost', 'POST')).status, 403);
  assert.equal((await fetch(`${server.local}/health`)).status, 200);

  const before = ca;
  await server.kill9();
  await server.boot();
  assert.equal(readFileSync(join(server.dir, 'local-authority.pem'), 'utf8'), before, 'who trusts it once trusts it after a restart');
  await certificate(port, 'localhost', before);
});

test('files are read again when they change', async () => {
  const port = await freePort();
  const folder = execFileSync('mktemp', ['-d']).toString().trim();
  selfSigned(folder, 'site', 'first.example.test');
  const files = ['--tls-certificate', join(folder, 'site.pem'), '--tls-key', join(folder, 'site.key')];
  await start({ publicUrl: `https://first.example.test:${port}`, args: ['--tls-listen', `127.0.0.1:${port}`, ...files] });
  const ca = readFileSync(join(folder, 'site.pem'));
  await certificate(port, 'first.example.test', ca);
  selfSigned(folder, 'site', 'second.example.test');
  const fresh = readFileSync(join(folder, 'site.pem'));
  await until(() => certificate(port, 'second.example.test', fresh).then(() => true, () => false), 'the changed certificate');
});

/** Pebble, which looks for names at these ports of this machine. */
async function authority(folder, httpPort, tlsPort) {
  const [api, management, dns, control] = await Promise.all(Array.from({ length: 4 }, freePort));
  selfSigned(folder, 'api', 'localhost');
  const settings = {
    listenAddress: `127.0.0.1:${api}`, managementListenAddress: `127.0.0.1:${management}`, certificate: join(folder, 'api.pem'),
    privateKey: join(folder, 'api.key'), httpPort, tlsPort, ocspResponderURL: '', externalAccountBindingRequired: false,
  };
  writeFileSync(join(folder, 'pebble.json'), JSON.stringify({ pebble: settings }));
  const run = (command, args) => {
    const child = spawn(command, args, { stdio: 'ignore', env: { ...process.env, PEBBLE_VA_NOSLEEP: '1' } });
    process.once('exit', () => child.kill('SIGKILL'));
    return child;
  };
  const names = run('pebble-challtestsrv', ['-defaultIPv4', '127.0.0.1', '-defaultIPv6', '', '-dns01', `127.0.0.1:${dns}`, '-http01', '', '-https01', '',
    '-tlsalpn01', '', '-management', `127.0.0.1:${control}`]);
  const pebble = run('pebble', ['-config', join(folder, 'pebble.json'), '-dnsserver', `127.0.0.1:${dns}`]);
  const ca = readFileSync(join(folder, 'api.pem'));
  const root = await until(() => https(management, '/roots/0', ca).then((answer) => answer.body, () => null), 'pebble');
  const stop = async () => {
    for (const child of [pebble, names]) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
  };
  return { directory: `https://localhost:${api}/dir`, root, stop };
}

for (const challenge of ['http-01', 'tls-alpn-01']) {
  test(`an ACME authority, by ${challenge}`, async () => {
    const folder = execFileSync('mktemp', ['-d']).toString().trim();
    const [port, tlsPort] = [await freePort(), await freePort()];
    const pebble = await authority(folder, port, tlsPort);
    const name = 'login.example.test';
    const server = await start({
      port, publicUrl: `https://${name}:${tlsPort}`,
      args: ['--tls-listen', `127.0.0.1:${tlsPort}`, '--acme-directory', pebble.directory, '--acme-contact', 'ops@example.com', '--acme-challenge', challenge,
        '--outbound-allow', 'localhost', '--outbound-ca-file', join(folder, 'api.pem')],
    });
    const issued = (host) => () => certificate(tlsPort, host, pebble.root).catch(() => null);
    const certificateOf = (host) => until(issued(host), `a certificate for ${host}`, 60_000);
    assert.equal((await certificateOf(name)).checkHost(name), name);

    const Domain = 'accounts.example.test';
    const CustomDomainConfig = { CertificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/5f2c9f9e-6f0b-4d0e-9f60-2b7b0a3c1d11' };
    await admin(server, tlsPort, pebble.root, name).createUserPoolDomain({ UserPoolId: 'us-east-1_DemoPool0', Domain, CustomDomainConfig });
    assert.equal((await certificateOf(Domain)).checkHost(Domain), Domain);
    await assert.rejects(certificate(tlsPort, 'not-ours.example.test', pebble.root));

    const serial = (await certificateOf(name)).serialNumber;
    await pebble.stop();
    await server.kill9();
    await server.boot();
    assert.equal((await certificateOf(name)).serialNumber, serial, 'it is kept, and not asked for again');
  });
}
