//! Chromium, and every page of the product in every state worth looking at: the accessibility and layout tests and the
//! screenshots walk the same table.

import { crc32, deflateSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { PASSWORD, unique, uniqueEmail } from '../harness.mjs';

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
  code: (page) => page.getByLabel(/code/i),
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
  error: (page, server) => page.goto(login(server, { ...DEMO, client: 'nobody' })),
  'not-found': (page, server) => page.goto(`${server.url}/no/such/page`),
};
