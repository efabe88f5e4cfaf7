//! A person's way through the pages, once with scripts and once without.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PASSWORD, Server, uniqueEmail, until } from '../harness.mjs';
import { DEMO, TEMPORARY, demoUser, fill, guarded, inPage, invited, keyOf, label, launch, login, press, signIn, totp } from './chromium.mjs';

let server, browser;
before(async () => ([server, browser] = await Promise.all([Server.start(), launch()])));
after(async () => {
  await browser?.close();
  await server.stop();
});

const text = (page) => page.locator('main').innerText();
const atDemo = (page) => page.waitForURL((url) => url.pathname === '/demo' && !url.searchParams.has('code'));
/** The claims that the demo shows of a token, without the notes below them. */
async function shown(page, token) {
  const table = page.getByRole('table', { name: `Header and claims of the ${token}` });
  const [names, values] = await Promise.all(['th', 'td'].map((cell) => table.locator(cell).allInnerTexts()));
  return Object.fromEntries(names.map((name, i) => [name, values[i].split('\n')[0]]));
}

for (const javaScriptEnabled of [true, false])
  describe(`JavaScript ${javaScriptEnabled ? 'on' : 'off'}`, () => {
    const journey = (name, walk) => test(name, () => inPage(browser, { javaScriptEnabled }, walk));

    journey('from the demo to an account, its tokens, a refresh and the way out', async (page) => {
      const email = uniqueEmail();
      await page.goto(`${server.url}/demo`);
      await press(page, 'Sign in');
      assert.equal(new URL(page.url()).pathname, `/${DEMO.pool}/login`);
      await press(page, 'Create an account');
      await fill(page, { name: email, password: PASSWORD }, 'Create account');
      await fill(page, { code: await server.code(email) }, 'Confirm');
      await atDemo(page);
      const [id, access] = [await shown(page, 'ID token'), await shown(page, 'Access token')];
      const issuer = `${server.url}/${DEMO.pool}`;
      assert.deepEqual([id.email, id.email_verified, id.token_use, id.iss, id.aud], [email, 'true', 'id', issuer, DEMO.client]);
      assert.deepEqual([access.sub, access.token_use, access.iss, access.client_id], [id.sub, 'access', issuer, DEMO.client]);
      await press(page, 'Refresh');
      const fresh = await until(async () => (await shown(page, 'ID token')).jti !== id.jti && shown(page, 'ID token'), 'fresh tokens');
      assert.deepEqual([fresh.sub, fresh.email, fresh.auth_time], [id.sub, email, id.auth_time]);
      await press(page, 'Sign out');
      await atDemo(page);
      assert.ok(!(await text(page)).includes(email));
      await press(page, 'Sign in');
      await label.password(page).waitFor();
      assert.equal(new URL(page.url()).pathname, `/${DEMO.pool}/login`);
    });

    journey('a wrong password is told in place, the right one follows', async (page) => {
      const email = await demoUser(server);
      await page.goto(login(server));
      await signIn(page, email, 'Wrong-horse-1');
      assert.match(await page.getByRole('alert').innerText(), /That name or password is not right\./);
      assert.equal(await label.password(page).inputValue(), '');
      assert.doesNotMatch(page.url(), /incorrect|error/i);
      await page.reload();
      await label.password(page).waitFor();
      await signIn(page, email);
      await page.waitForURL(/\/demo/);
    });

    journey('a forgotten password', async (page) => {
      const email = await demoUser(server);
      await page.goto(`${server.url}/demo`);
      await press(page, 'Sign in');
      await press(page, 'Forgot your password?');
      await fill(page, { name: email }, 'Send reset code');
      await fill(page, { code: await server.code(email), password: 'Second-horse-10' }, 'Reset password');
      assert.match(await page.getByRole('status').innerText(), /Your password is changed\./);
      await signIn(page, email, 'Second-horse-10');
      await atDemo(page);
      assert.ok((await text(page)).includes(email));
      await assert.rejects(server.signIn({ ClientId: DEMO.client }, email, PASSWORD), { name: 'NotAuthorizedException' });
    });

    journey('an invited person sets a password first', async (page) => {
      const email = await invited(server);
      await page.goto(`${server.url}/demo`);
      await press(page, 'Sign in');
      await signIn(page, email, TEMPORARY);
      await fill(page, { password: 'short' }, 'Set new password');
      assert.match(await page.getByRole('alert').innerText(), /too short|at least 8|longer/i);
      await fill(page, { password: PASSWORD }, 'Set new password');
      await atDemo(page);
      assert.ok((await text(page)).includes(email));
      assert.equal((await server.admin.adminGetUser({ UserPoolId: DEMO.pool, Username: email })).UserStatus, 'CONFIRMED');
    });

    journey('an authenticator app is set up, and asked for from then on', async (page) => {
      const at = await guarded(server, ['app', 'email']);
      await page.goto(login(server, at));
      await signIn(page, 'jane');
      await press(page, /^Authenticator app/);
      const key = await keyOf(page);
      await page.reload();
      assert.equal(await keyOf(page), key);
      const uri = await page.getByRole('link', { name: 'open it on this device' }).getAttribute('href');
      assert.equal(new URL(uri).searchParams.get('secret'), key);
      await fill(page, { code: totp(key, 50) }, 'Continue');
      assert.match(await page.getByRole('alert').innerText(), /That code is not right\./);
      await fill(page, { code: totp(key) }, 'Continue');
      await page.waitForURL(/\/demo\?code=|\/demo$/);
      await page.context().clearCookies();
      await page.goto(login(server, at));
      await signIn(page, 'jane');
      // A code is taken once: the next one is valid already.
      await fill(page, { code: totp(key, 1) }, 'Continue');
      await page.waitForURL(/\/demo\?code=|\/demo$/);
    });

    journey('somebody who left before confirming finds the way back', async (page) => {
      const email = uniqueEmail();
      await server.anon.signUp({ ClientId: DEMO.client, Username: email, Password: PASSWORD, UserAttributes: [{ Name: 'email', Value: email }] });
      await server.code(email);
      await page.goto(`${server.url}/demo`);
      await press(page, 'Sign in');
      await signIn(page, email);
      await label.code(page).waitFor();
      await press(page, 'Send a new code');
      assert.match(await page.getByRole('status').innerText(), /A new code is on its way/);
      await fill(page, { code: await server.code(email) }, 'Confirm');
      assert.match(await page.getByRole('status').innerText(), /Your account is confirmed\./);
      await signIn(page, email);
      await atDemo(page);
    });
  });

test('by keyboard alone, with the focus in sight', () =>
  inPage(browser, {}, async (page) => {
    const email = await demoUser(server);
    await page.goto(login(server));
    const focused = () =>
      page.evaluate(() => {
        const { outlineStyle, boxShadow } = getComputedStyle(document.activeElement);
        return { name: document.activeElement.getAttribute('name'), visible: outlineStyle !== 'none' || boxShadow !== 'none' };
      });
    const tabTo = async (name) => {
      for (let i = 0; i < 15; i++) {
        const now = await focused();
        if (now.name === name) return assert.ok(now.visible, `focus on ${name} can be seen`);
        await page.keyboard.press('Tab');
      }
      assert.fail(`Tab never reached ${name}`);
    };
    await tabTo('username');
    await page.keyboard.type(email);
    await tabTo('password');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/demo/);
  }));
