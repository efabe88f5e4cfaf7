//! What every suite shares: a server of its own per test file, clients for it, its mail, and a browser made of fetch.
//!
//! POOLHOUSE_BIN names the binary; POOLHOUSE_TEST_DATABASE is `sqlite` (default) or the `postgres://` address of a server
//! in which every started Poolhouse gets a fresh database.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import pg from 'pg';
import { Agent, fetch as undiciFetch } from 'undici';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

export const ROOT = { accessKeyId: 'AKIAPOOLHOUSEE2ETEST', secretAccessKey: 'a-fixed-root-secret-for-the-end-to-end-tests' };
export const PASSWORD = 'Correct-horse-9';
export const ALL_FLOWS = ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'];
const BINARY = process.env.POOLHOUSE_BIN ?? join(process.env.CARGO_TARGET_DIR ?? new URL('../target', import.meta.url).pathname, 'debug/poolhouse');
const DATABASE = process.env.POOLHOUSE_TEST_DATABASE ?? 'sqlite';

/** Every name under localhost is this machine, as browsers have it, whatever the resolver says. */
const dispatcher = new Agent({
  connect: { lookup: (_host, options, done) => (options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)) },
});
export const fetch = (url, init = {}) => undiciFetch(url, { dispatcher, redirect: 'manual', ...init });

/** Polls until `probe` gives something truthy. */
export async function until(probe, what = 'the condition', timeout = 20_000) {
  for (const deadline = Date.now() + timeout; ; ) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`gave up waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Asserts that an operation is refused with exactly this exception and message (a string or a pattern). */
export const refused = (promise, name, message) =>
  assert.rejects(promise, (error) => {
    assert.equal(error.name ?? error.code, name, `${error.name}: ${error.message}`);
    if (message instanceof RegExp) assert.match(error.message, message);
    else if (message !== undefined) assert.equal(error.message, message);
    return true;
  });

export const unique = (prefix = 'user') => `${prefix}-${randomBytes(6).toString('hex')}`;
export const uniqueEmail = () => `${unique()}@example.com`;
export const claims = (jwt) => JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url'));
export const header = (jwt) => JSON.parse(Buffer.from(jwt.split('.')[0], 'base64url'));
export const secretHash = ({ ClientId, ClientSecret }, username) => createHmac('sha256', ClientSecret).update(username + ClientId).digest('base64');
/** The attributes as an object. */
export const attributes = (user) => Object.fromEntries((user.UserAttributes ?? user.Attributes).map(({ Name, Value }) => [Name, Value]));

/** A port of this machine that nobody listens at. */
export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  return port;
}

async function onPostgres(statement) {
  const client = new pg.Client({ connectionString: DATABASE });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

export class Server {
  #child;
  #seen = new Set();

  /** Starts `poolhouse serve --demo` in a fresh directory on a fresh database. */
  static async start({ env = {}, args = [], publicUrl, port } = {}) {
    const server = new Server();
    server.#settle(port ?? (await freePort()), publicUrl);
    server.dir = mkdtempSync(join(tmpdir(), 'poolhouse-e2e-'));
    server.log = join(server.dir, 'server.log');
    server.database = `sqlite:${join(server.dir, 'poolhouse.db')}`;
    if (DATABASE !== 'sqlite') {
      server.databaseName = unique('poolhouse').replaceAll('-', '_');
      await onPostgres(`CREATE DATABASE ${server.databaseName}`);
      server.database = Object.assign(new URL(DATABASE), { pathname: `/${server.databaseName}` }).href;
    }
    server.options = { env, args };
    await server.boot();
    return server;
  }

  #settle(port, publicUrl) {
    this.port = port;
    this.local = `http://localhost:${port}`;
    this.url = publicUrl ?? this.local;
    this.admin = this.client();
    // The SDK signs nothing here: for the public operations, and to see the others refused.
    this.anon = this.client({ signer: { sign: async (request) => request } });
  }

  /** Starts the process again, after it ended, at another address. */
  async move() {
    this.#settle(await freePort());
    await this.boot();
  }

  /** Starts the process on the directory and database of this server (again). */
  async boot() {
    const out = openSync(this.log, 'a');
    const args = ['serve', '--demo', '--listen', `127.0.0.1:${this.port}`, '--public-url', this.url, '--database', this.database,
      '--master-key-file', join(this.dir, 'master.key'), ...this.options.args];
    const env = { ...process.env, RUST_BACKTRACE: '0', POOLHOUSE_ROOT_ACCESS_KEY_ID: ROOT.accessKeyId, POOLHOUSE_ROOT_SECRET_ACCESS_KEY: ROOT.secretAccessKey, ...this.options.env };
    const child = spawn(BINARY, args, { cwd: this.dir, env, stdio: ['ignore', out, out] });
    this.#child = child;
    process.once('exit', () => child.kill('SIGKILL'));
    await once(child, 'spawn');
    await until(async () => {
      if (!this.#alive()) throw new Error(this.#ended());
      return this.healthy();
    }, 'GET /health');
  }

  #alive = () => this.#child.exitCode === null && this.#child.signalCode === null;
  #ended = () => `the server ended with ${this.#child.signalCode ?? this.#child.exitCode}:\n${readFileSync(this.log, 'utf8').slice(-3000)}`;

  healthy = () => fetch(`${this.local}/health`).then(async (r) => r.status === 200 && (await r.json()).status === 'ok', () => false);

  client = (options = {}) => new CognitoIdentityProvider({ region: 'us-east-1', endpoint: this.local, credentials: ROOT, ...options });

  async kill9() {
    assert.ok(this.#alive(), this.#ended());
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  /** Asks the process to end; it has to do so cleanly, and may not have panicked while it lived. */
  async stop({ keep = false } = {}) {
    assert.ok(this.#alive(), this.#ended());
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await gone;
    assert.equal(this.#child.exitCode, 0, this.#ended());
    assert.doesNotMatch(readFileSync(this.log, 'utf8'), /panicked at/);
    if (keep) return;
    rmSync(this.dir, { recursive: true });
    if (this.databaseName) await onPostgres(`DROP DATABASE ${this.databaseName} WITH (FORCE)`);
  }

  /** One raw JSON 1.1 call: no SDK in between. */
  async call(operation, body, headers = {}) {
    const response = await fetch(`${this.local}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`, ...headers },
      body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: text.startsWith('{') ? JSON.parse(text) : undefined };
  }

  /** All the mail to an address, newest first. */
  async inbox(to) {
    const response = await fetch(`${this.local}/inbox`, { headers: { accept: 'application/json' } });
    return (await response.json()).messages.filter((message) => message.to === to);
  }

  /** The next message to an address that no call has returned yet. */
  async mail(to) {
    const message = await until(async () => (await this.inbox(to)).findLast(({ id }) => !this.#seen.has(id)), `mail to ${to}`);
    this.#seen.add(message.id);
    return message;
  }

  /** The code in the next message to an address. */
  code = async (to) => (await this.mail(to)).text.match(/\b\d{6}\b/)[0];

  makePool = async (settings = {}) =>
    (await this.admin.createUserPool({ PoolName: unique('pool'), AutoVerifiedAttributes: ['email'], ...settings })).UserPool.Id;

  makeClient = async (UserPoolId, settings = {}) =>
    (await this.admin.createUserPoolClient({ UserPoolId, ClientName: 'app', ExplicitAuthFlows: ALL_FLOWS, ...settings })).UserPoolClient;

  /** A client that may use the code flow; its callback is never fetched, only read off the redirect. */
  makeWebClient = (pool, settings = {}) =>
    this.makeClient(pool, {
      CallbackURLs: ['http://localhost:3999/callback'], LogoutURLs: ['http://localhost:3999/bye'], SupportedIdentityProviders: ['COGNITO'],
      AllowedOAuthFlows: ['code'], AllowedOAuthScopes: ['openid', 'email', 'profile', 'aws.cognito.signin.user.admin'], AllowedOAuthFlowsUserPoolClient: true, ...settings,
    });

  /** A confirmed user with a password, made by the operator. */
  async makeUser(UserPoolId, Username = unique(), UserAttributes = {}, password = PASSWORD) {
    const list = Object.entries(UserAttributes).map(([Name, Value]) => ({ Name, Value }));
    const { User } = await this.admin.adminCreateUser({ UserPoolId, Username, UserAttributes: list, MessageAction: 'SUPPRESS' });
    await this.admin.adminSetUserPassword({ UserPoolId, Username, Password: password, Permanent: true });
    return User;
  }

  signIn = ({ ClientId }, USERNAME, password = PASSWORD) =>
    this.anon.initiateAuth({ ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: { USERNAME, PASSWORD: password } });

  tokens = async (...args) => (await this.signIn(...args)).AuthenticationResult;
}

/** A browser without scripts: it keeps cookies, follows redirects inside the server and posts the forms that it finds. */
export class Web {
  cookies = new Map();

  constructor(stopAt = 'http://localhost:3999/') {
    this.stopAt = stopAt;
  }

  #cookie({ hostname, pathname }) {
    return [...this.cookies.values()].filter((c) => c.host === hostname && pathname.startsWith(c.path)).map((c) => `${c.name}=${c.value}`).join('; ');
  }

  #store({ hostname }, response) {
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      const path = line.match(/;\s*path=([^;]*)/i)?.[1] ?? '/';
      const key = `${hostname} ${path} ${name}`;
      if (value === '' || /max-age=0/i.test(line)) this.cookies.delete(key);
      else this.cookies.set(key, { host: hostname, path, name, value });
    }
  }

  /** Opens an address, redirects included, until a page answers or the way leads to the application (`left`). */
  async open(address, init = {}) {
    let url = new URL(address);
    for (let hop = 0; hop < 10; hop++) {
      const response = await fetch(url, { ...init, headers: { accept: 'text/html', ...init.headers, cookie: this.#cookie(url) } });
      this.#store(url, response);
      const location = response.headers.get('location');
      if (!location) return { url, status: response.status, headers: response.headers, html: await response.text() };
      await response.body?.cancel();
      url = new URL(location, url);
      if (url.href.startsWith(this.stopAt)) return { left: url, status: response.status };
      init = {};
    }
    throw new Error(`redirected for ever, last to ${url}`);
  }

  /** Fills in and posts the form of the page that has these fields. */
  async submit(page, fields, headers = {}) {
    const forms = [...page.html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(([, tag, body]) => ({
      action: attribute(tag, 'action') ?? page.url.href,
      inputs: [...body.matchAll(/<(?:input|button)\b[^>]*>/gi)].map(([input]) => [attribute(input, 'name'), attribute(input, 'value') ?? '']).filter(([name]) => name),
    }));
    const form = forms.find(({ inputs }) => Object.keys(fields).every((name) => inputs.some(([n]) => n === name)));
    assert.ok(form, `no form with ${Object.keys(fields)} on ${page.url}:\n${page.html}`);
    const body = new URLSearchParams({ ...Object.fromEntries(form.inputs), ...fields });
    const action = new URL(form.action, page.url);
    return this.open(action, {
      method: 'POST', body: body.toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: page.url.origin, 'sec-fetch-site': 'same-origin', ...headers },
    });
  }
}

function attribute(tag, name) {
  const value = tag.match(new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i'));
  return value && (value[1] ?? value[2] ?? value[3]).replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#x2F;', '/');
}
