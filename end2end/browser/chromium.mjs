//! Chromium, and every page of the product in every state worth looking at: the accessibility and layout tests and the
//! screenshots walk the same table.

import { createHmac } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { PASSWORD, unique, uniqueEmail } from '../harness.mjs';
import { operate } from '../operator.mjs';

export const DEMO = { pool: 'us-east-1_DemoPool0', client: 'demo-web' };
export const TEMPORARY = 'Temporary-1';
/** A logo as PNG: 160 × 40, one colour. */
export const LOGO = png(160, 40, [0xc2, 0x41, 0x0c]);

function png(width, height, colour) {
  const chunk = (type, data) => {
    const [length, body, sum] = [Buffer.alloc(4), Buffer.concat([Buffer.from(type), data]), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.from([0, 0, 0, width, 0, 0, 0, height, 8, 2, 0, 0, 0]);
  const row = Buffer.concat([Buffer.alloc(1), ...Array(width).fill(Buffer.from(colour))]);
  const pixels = deflateSync(Buffer.concat(Array(height).fill(row)));
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });

/** Runs `visit` in a page of its own, as a person with nothing stored. */
export async function inPage(browser, options, visit) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(15_000);
  try {
    return await visit(await context.newPage());
  } finally {
    await context.close();
  }
}

/** Presses a button or a link, and is back when the page that it leads to has been read. */
export const press = (page, name) =>
  Promise.all([page.waitForEvent('domcontentloaded'), page.getByRole('button', { name, exact: true }).or(page.getByRole('link', { name, exact: true })).click()]);
export const login = (server, { pool, client } = DEMO, redirect = `${server.url}/demo`) =>
  `${server.url}/${pool}/login?${new URLSearchParams({ response_type: 'code', client_id: client, redirect_uri: redirect, scope: 'openid email', state: 's' })}`;

export const label = {
  name: (page) => page.getByLabel(/^(email|username)/i),
  password: (page) => page.getByLabel(/^(new )?password/i),
  code: (page) => page.getByRole('textbox', { name: /code/i }),
  email: (page) => page.getByLabel(/^email/i),
};

export async function fill(page, fields, submit) {
  for (const [name, value] of Object.entries(fields)) await label[name](page).fill(value);
  await press(page, submit);
}
export const signIn = (page, name, password = PASSWORD) => fill(page, { name, password }, 'Sign in');

/** A confirmed user of the demo pool. */
export async function demoUser(server) {
  const email = uniqueEmail();
  await server.makeUser(DEMO.pool, email, { email, email_verified: 'true' });
  return email;
}
export async function invited(server) {
  const email = uniqueEmail();
  await server.admin.adminCreateUser({ UserPoolId: DEMO.pool, Username: email, TemporaryPassword: TEMPORARY, MessageAction: 'SUPPRESS', UserAttributes: [{ Name: 'email', Value: email }, { Name: 'email_verified', Value: 'true' }] });
  return email;
}

/** A pool whose pages carry this CSS and a logo. */
export async function branded(server, CSS = '.submitButton-customizable { background-color: #123456; color: #ffffff; } .background-customizable { background-color: #fdf6e3; }') {
  const pool = await server.makePool();
  const client = await server.makeWebClient(pool, { CallbackURLs: [`${server.url}/demo`] });
  await server.admin.createUserPoolDomain({ Domain: unique('brand'), UserPoolId: pool });
  await server.admin.setUICustomization({ UserPoolId: pool, CSS, ImageFile: LOGO });
  return { pool, client: client.ClientId };
}

/** A managed login style in either scheme, with a logo in its header and its footer. */
export const LOOK = {
  Settings: {
    categories: { global: { colorSchemeMode: 'DYNAMIC' }, form: { location: { horizontal: 'END' } } },
    components: { pageHeader: { logo: { enabled: true } } },
  },
  Assets: ['PAGE_HEADER_LOGO', 'PAGE_FOOTER_LOGO'].map((Category) => ({ Category, ColorMode: 'DYNAMIC', Extension: 'PNG', Bytes: LOGO })),
};

/** A client whose pages wear this managed login style. */
export async function dressed(server, style) {
  const pool = await server.makePool({ PoolName: 'Acme' });
  const client = await server.makeWebClient(pool, { CallbackURLs: [`${server.url}/demo`] });
  await server.admin.createManagedLoginBranding({ UserPoolId: pool, ClientId: client.ClientId, ...style });
  return { pool, client: client.ClientId };
}

/** The code of an authenticator app with this key (RFC 6238), some steps of thirty seconds from now. */
export function totp(key, steps = 0) {
  const bits = [...key].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const mac = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))).update(counter).digest();
  return String((mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
/** The key that the set-up page shows. */
export const keyOf = async (page) => (await page.locator('code').innerText()).replaceAll(/\s/g, '');

const SMS = { SnsCallerArn: 'arn:aws:iam::000000000000:role/sms', ExternalId: 'x' };
export const FACTORS = {
  app: { SoftwareTokenMfaConfiguration: { Enabled: true } },
  sms: { SmsMfaConfiguration: { SmsConfiguration: SMS } },
  email: { EmailMfaConfiguration: { Message: 'Your code is {####}', Subject: 'Your code' } },
};

/** A pool that asks for one of these factors, and its user jane with these attributes. */
export async function guarded(server, factors, attributes = { name: 'Jane' }) {
  const pool = await server.makePool({ PoolName: 'Acme', SmsConfiguration: SMS });
  const client = await server.makeWebClient(pool, { CallbackURLs: [`${server.url}/demo`] });
  await server.admin.setUserPoolMfaConfig({ UserPoolId: pool, MfaConfiguration: 'ON', ...Object.assign({}, ...factors.map((name) => FACTORS[name])) });
  await server.makeUser(pool, 'jane', attributes);
  return { pool, client: client.ClientId };
}
const EMAIL = { email: 'jane@example.com', email_verified: 'true' };
const PHONE = { phone_number: '+15555550100', phone_number_verified: 'true' };
async function toSecondStep(page, server, ...guard) {
  await page.goto(login(server, await guarded(server, ...guard)));
  await signIn(page, 'jane');
}
/** Jane, who has an authenticator app with a name. */
async function toAppCode(page, server) {
  const at = await guarded(server, ['app']);
  const { Session } = await server.anon.initiateAuth({ ClientId: at.client, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: { USERNAME: 'jane', PASSWORD } });
  const app = await server.anon.associateSoftwareToken({ Session });
  await server.anon.verifySoftwareToken({ Session: app.Session, UserCode: totp(app.SecretCode), FriendlyDeviceName: 'Jane’s phone' });
  await page.goto(login(server, at));
  await signIn(page, 'jane');
}

/** A pool whose client sends links that sign in, and its user jane. */
export async function linking(server) {
  const pool = await server.makePool({ PoolName: 'Acme' });
  const client = await server.makeWebClient(pool, { CallbackURLs: [`${server.url}/demo`] });
  const { UserPoolClient } = await server.admin.describeUserPoolClient({ UserPoolId: pool, ClientId: client.ClientId });
  const { CreationDate, LastModifiedDate, ClientType, ...kept } = UserPoolClient;
  await operate(server, 'UpdateUserPoolClient', { ...kept, PoolhouseSignInLink: { Enabled: true } });
  const email = uniqueEmail();
  await server.makeUser(pool, 'jane', { email, email_verified: 'true' });
  return { pool, client: client.ClientId, email };
}
/** Asks for a link on the log-in page, and gives what the mail says. */
export async function toLinkSent(page, server) {
  const at = await linking(server);
  await page.goto(login(server, at));
  await label.name(page).fill('jane');
  await press(page, 'Send me a link');
  const mail = await server.mail(at.email);
  return { ...at, mail, link: /http\S+sign_in_link=\S+/.exec(mail.text)[0] };
}

async function toSignUp(page, server) {
  await page.goto(login(server));
  await press(page, 'Create an account');
}
async function toConfirm(page, server) {
  const email = uniqueEmail();
  await toSignUp(page, server);
  await fill(page, { name: email, password: PASSWORD }, 'Create account');
  return email;
}
async function toForgot(page, server) {
  await page.goto(login(server));
  await press(page, 'Forgot your password?');
}
async function toReset(page, server) {
  await toForgot(page, server);
  await fill(page, { name: await demoUser(server) }, 'Send reset code');
}
async function toNewPassword(page, server) {
  await page.goto(login(server));
  await signIn(page, await invited(server), TEMPORARY);
}
const authorize = (server) => login(server).replace('/login?', '/oauth2/authorize?');
async function toSignedIn(page, server) {
  await page.goto(login(server));
  await signIn(page, await demoUser(server));
  await page.waitForURL(/\/demo(\?|$)/);
}
/** The page of a device whose code is this. */
async function toDevice(page, server, decide) {
  const pool = await server.makePool({ PoolName: 'Acme' });
  const admin = server.client();
  const add = (next) => (args) => {
    args.request.body = JSON.stringify({ ...JSON.parse(args.request.body), PoolhouseOAuth: { DeviceFlow: true } });
    args.request.headers['content-length'] = String(Buffer.byteLength(args.request.body));
    return next(args);
  };
  admin.middlewareStack.add(add, { step: 'build', priority: 'high' });
  const { UserPoolClient } = await admin.createUserPoolClient({
    UserPoolId: pool, ClientName: 'Living room TV', CallbackURLs: [`${server.url}/demo`], AllowedOAuthFlows: ['code'], AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthScopes: ['openid', 'email', 'profile'],
  });
  await server.makeUser(pool, 'jane', EMAIL);
  const form = new URLSearchParams({ client_id: UserPoolClient.ClientId });
  const begun = await (await fetch(`${server.url}/${pool}/oauth2/device_authorization`, { method: 'POST', body: form })).json();
  await page.goto(begun.verification_uri_complete);
  await signIn(page, 'jane');
  if (decide) await press(page, decide);
}
const alert = (page) => page.getByRole('alert').waitFor();

/** name → how to get there from nothing. */
export const STATES = {
  demo: (page, server) => page.goto(`${server.url}/demo`),
  'demo-signed-in': async (page, server) => {
    await page.goto(`${server.url}/demo`);
    await press(page, 'Sign in');
    await signIn(page, await demoUser(server));
    await page.waitForURL(/\/demo(\?|$)/);
  },
  inbox: async (page, server) => {
    await toConfirm(page, server);
    await page.goto(`${server.url}/inbox`);
  },
  login: (page, server) => page.goto(login(server)),
  'login-wrong-password': async (page, server) => {
    await page.goto(login(server));
    await signIn(page, await demoUser(server), 'Wrong-horse-1');
    await alert(page);
  },
  'login-branded': async (page, server) => page.goto(login(server, await branded(server))),
  'login-link': async (page, server) => page.goto(login(server, await linking(server))),
  'login-link-sent': toLinkSent,
  'sign-in-link': async (page, server) => page.goto((await toLinkSent(page, server)).link),
  'sign-in-link-elsewhere': async (page, server) => {
    const { link } = await toLinkSent(page, server);
    await page.context().clearCookies();
    await page.goto(link);
  },
  'sign-in-link-spent': (page, server) => page.goto(`${server.url}/${DEMO.pool}/signInLink?sign_in_link=x`),
  'sign-up': toSignUp,
  'sign-up-weak-password': async (page, server) => {
    await toSignUp(page, server);
    await fill(page, { name: uniqueEmail(), password: 'lowercase' }, 'Create account');
    await alert(page);
  },
  'sign-up-taken': async (page, server) => {
    const email = await demoUser(server);
    await toSignUp(page, server);
    await fill(page, { name: email, password: PASSWORD }, 'Create account');
    await alert(page);
  },
  confirm: toConfirm,
  'confirm-wrong-code': async (page, server) => {
    await toConfirm(page, server);
    await fill(page, { code: '000000' }, 'Confirm');
    await alert(page);
  },
  forgot: toForgot,
  reset: toReset,
  'reset-wrong-code': async (page, server) => {
    await toReset(page, server);
    await fill(page, { code: '000000', password: PASSWORD }, 'Reset password');
    await alert(page);
  },
  'new-password': toNewPassword,
  'new-password-weak': async (page, server) => {
    await toNewPassword(page, server);
    await fill(page, { password: 'lowercase' }, 'Set new password');
    await alert(page);
  },
  'mfa-app': toAppCode,
  'mfa-app-wrong-code': async (page, server) => {
    await toAppCode(page, server);
    await fill(page, { code: '000000' }, 'Continue');
    await alert(page);
  },
  'mfa-sms': (page, server) => toSecondStep(page, server, ['sms'], PHONE),
  'mfa-email': (page, server) => toSecondStep(page, server, ['email'], EMAIL),
  'mfa-email-again': async (page, server) => {
    await toSecondStep(page, server, ['email'], EMAIL);
    await press(page, 'Send a new code');
  },
  'mfa-choice': async (page, server) => {
    const at = await guarded(server, ['app', 'sms', 'email'], { ...EMAIL, ...PHONE });
    await page.goto(login(server, at));
    await signIn(page, 'jane');
  },
  'mfa-set-up': (page, server) => toSecondStep(page, server, ['app', 'email']),
  'mfa-set-up-app': (page, server) => toSecondStep(page, server, ['app']),
  'mfa-set-up-app-wrong-code': async (page, server) => {
    await toSecondStep(page, server, ['app', 'email']);
    await press(page, /^Authenticator app/);
    await fill(page, { code: '000000' }, 'Continue');
    await alert(page);
  },
  'mfa-set-up-email': (page, server) => toSecondStep(page, server, ['email']),
  'mfa-set-up-email-wrong': async (page, server) => {
    await toSecondStep(page, server, ['app', 'email']);
    await press(page, /^Email/);
    await fill(page, { email: 'jane..doe@example.com' }, 'Send code');
    await alert(page);
  },
  'select-account': async (page, server) => {
    await toSignedIn(page, server);
    await page.goto(`${authorize(server)}&prompt=select_account`);
  },
  consent: async (page, server) => {
    await page.goto(`${authorize(server)}&prompt=consent`);
    await signIn(page, await demoUser(server));
  },
  'sign-out': async (page, server) => {
    await toSignedIn(page, server);
    await page.goto(`${server.url}/${DEMO.pool}/logout`);
  },
  'log-in-arabic': (page, server) => page.goto(`${login(server)}&lang=ar`),
  'sign-up-hebrew': (page, server) => page.goto(`${login(server).replace('/login?', '/signup?')}&lang=he`),
  'log-in-japanese': (page, server) => page.goto(`${login(server)}&lang=ja`),
  'look-defaults': async (page, server) => page.goto(login(server, await dressed(server, { UseCognitoProvidedValues: true }))),
  'look-dynamic': async (page, server) => {
    await page.goto(login(server, await dressed(server, LOOK)));
    await signIn(page, 'nobody', 'wrong');
    await alert(page);
  },
  'look-sign-up': async (page, server) => page.goto(login(server, await dressed(server, LOOK)).replace('/login?', '/signup?')),
  device: (page, server) => page.goto(`${server.url}/${DEMO.pool}/device`),
  'device-wrong-code': (page, server) => page.goto(`${server.url}/${DEMO.pool}/device?user_code=WDJB-MJHT`),
  'device-decision': (page, server) => toDevice(page, server),
  'device-connected': (page, server) => toDevice(page, server, 'Connect'),
  'device-refused': (page, server) => toDevice(page, server, 'Do not connect'),
  error: (page, server) => page.goto(login(server, { ...DEMO, client: 'nobody' })),
  'not-found': (page, server) => page.goto(`${server.url}/no/such/page`),
};
