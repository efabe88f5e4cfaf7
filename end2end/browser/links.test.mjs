//! Links by mail that sign in, in a real browser, with and without script.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, fetch } from '../harness.mjs';
import { inPage, launch, press, toLinkSent } from './chromium.mjs';

let server, browser;
before(async () => ([server, browser] = await Promise.all([Server.start(), launch()])));
after(async () => {
  await browser?.close();
  await server.stop();
});

for (const javaScriptEnabled of [true, false])
  test(`a link signs in by its button, script ${javaScriptEnabled ? 'on' : 'off'}`, () =>
    inPage(browser, { javaScriptEnabled }, async (page) => {
      const { link } = await toLinkSent(page, server);
      // A scanner opens it first.
      for (let n = 0; n < 2; n++) assert.equal((await fetch(link.replace(server.url, server.local))).status, 200);
      await page.goto(link);
      assert.equal(await page.getByText('another browser').count(), 0);
      await press(page, 'Sign in');
      await page.waitForURL(/\/demo(\?|$)/);
      await page.goto(link);
      assert.match(await page.locator('h1').innerText(), /not valid/);
    }));

test('another browser is told and asked', () =>
  inPage(browser, {}, async (page) => {
    const { link } = await toLinkSent(page, server);
    await inPage(browser, {}, async (other) => {
      await other.goto(link);
      await other.getByText('another browser').waitFor();
      await press(other, 'Sign in here');
      await other.waitForURL(/\/demo(\?|$)/);
    });
    assert.ok(!(await page.context().cookies()).some(({ name }) => name === 'cognito'), 'the browser that asked is not signed in');
  }));
