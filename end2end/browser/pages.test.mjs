//! Every page in every state: accessible, narrow enough, light enough, and dressed as its pool wants.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { Server, refused } from '../harness.mjs';
import { LOGO, LOOK, STATES, branded, dressed, inPage, launch, login } from './chromium.mjs';

let server, browser;
before(async () => ([server, browser] = await Promise.all([Server.start(), launch()])));
after(async () => {
  await browser?.close();
  await server.stop();
});

for (const colorScheme of ['light', 'dark'])
  describe(`axe finds nothing, ${colorScheme}`, () => {
    for (const [name, go] of Object.entries(STATES))
      test(name, () =>
        inPage(browser, { colorScheme, reducedMotion: 'reduce' }, async (page) => {
          const complaints = [];
          page.on('console', (message) => message.type() === 'error' && !/status of 40[04]/.test(message.text()) && complaints.push(message.text()));
          page.on('pageerror', (error) => complaints.push(String(error)));
          await go(page, server);
          const { violations } = await new AxeBuilder({ page }).options({ rules: { 'target-size': { enabled: true } } }).analyze();
          assert.deepEqual(violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`)), []);
          assert.ok((await page.title()).length > 0);
          assert.deepEqual(complaints, [], 'the console stays empty');
        }));
  });

describe('no sideways scrolling', () => {
  const sizes = { '320 px wide': { viewport: { width: 320, height: 640 } }, 'at 400 %': { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 } };
  for (const [size, options] of Object.entries(sizes))
    for (const [name, go] of Object.entries(STATES))
      test(`${name}, ${size}`, () =>
        inPage(browser, options, async (page) => {
          await go(page, server);
          const wide = await page.evaluate(() => ({
            page: document.documentElement.scrollWidth,
            inside: [...document.querySelectorAll('form *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 80)),
          }));
          assert.deepEqual(wide, { page: 320, inside: [] });
        }));
});

test('the sign-in page: 14 kB, two requests, no wasm', () =>
  inPage(browser, {}, async (page) => {
    const requests = [];
    let bytes = 0;
    page.on('request', (request) => requests.push(request.url()));
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
    await page.goto(login(server), { waitUntil: 'networkidle' });
    assert.ok(requests.length <= 2, requests.join('\n'));
    assert.ok(bytes > 1_000 && bytes <= 14 * 1024, `${bytes} bytes`);
    assert.doesNotMatch(requests.join() + (await page.content()), /\.wasm/);
  }));

test('a pool wears its own CSS and logo, a client may wear another', async () => {
  const brand = await branded(server);
  const background = (page) => page.getByRole('button', { name: 'Sign in' }).evaluate((e) => getComputedStyle(e).backgroundColor);
  const look = (where) =>
    inPage(browser, {}, async (page) => {
      await page.goto(where);
      const logo = page.locator('img.logo-customizable');
      await logo.waitFor();
      return [await background(page), await logo.evaluate((image) => image.decode().then(() => image.naturalWidth)), (await logo.getAttribute('alt')) !== null];
    });
  assert.deepEqual(await look(login(server, brand)), ['rgb(18, 52, 86)', 160, true]);
  const { ClientId } = await server.makeWebClient(brand.pool, { CallbackURLs: [`${server.url}/demo`] });
  await server.admin.setUICustomization({ UserPoolId: brand.pool, ClientId, CSS: '.submitButton-customizable { background-color: #654321; }', ImageFile: LOGO });
  assert.deepEqual(await look(login(server, { ...brand, client: ClientId })), ['rgb(101, 67, 33)', 160, true]);
  assert.deepEqual(await look(login(server, brand)), ['rgb(18, 52, 86)', 160, true]);
  const { UICustomization } = await server.admin.getUICustomization({ UserPoolId: brand.pool, ClientId });
  assert.deepEqual([UICustomization.ClientId, UICustomization.CSS], [ClientId, '.submitButton-customizable { background-color: #654321; }']);
});

test('a managed login style dresses the pages in either scheme', async () => {
  const at = await dressed(server, LOOK);
  const look = (colorScheme) =>
    inPage(browser, { colorScheme, viewport: { width: 1440, height: 900 } }, async (page) => {
      await page.goto(login(server, at));
      const logo = page.locator('.page-header img');
      await logo.waitFor();
      const style = await page.getByRole('button', { name: 'Sign in' }).evaluate((e) => [getComputedStyle(e).backgroundColor, getComputedStyle(e).borderRadius]);
      const card = await page.locator('main').boundingBox();
      return [...style, await logo.evaluate((image) => image.decode().then(() => image.naturalWidth)), card.x > 720];
    });
  assert.deepEqual(await look('light'), ['rgb(9, 114, 211)', '8px', 160, true]);
  assert.deepEqual(await look('dark'), ['rgb(83, 159, 229)', '8px', 160, true]);
});

test('a page is in the language that the browser prefers, or that the address asks for', () =>
  inPage(browser, { locale: 'de-AT' }, async (page) => {
    await page.goto(login(server));
    await page.getByRole('button', { name: 'Anmelden', exact: true }).waitFor();
    await page.goto(`${login(server)}&lang=ar`);
    const [direction, label, card] = [await page.locator('html').getAttribute('dir'), page.locator('label').first(), await page.locator('main').boundingBox()];
    assert.equal(direction, 'rtl');
    const box = await label.evaluate((e) => {
      const range = document.createRange();
      range.selectNodeContents(e);
      return range.getBoundingClientRect().right;
    });
    assert.ok(box > card.x + card.width / 2, 'labels stand at the right');
    await page.goto(login(server));
    assert.equal(await page.locator('html').getAttribute('lang'), 'ar', 'it is remembered');
  }));

test('CSS that could do more than dress is refused', async () => {
  const { pool: UserPoolId } = await branded(server);
  const set = (CSS) => server.admin.setUICustomization({ UserPoolId, CSS });
  for (const CSS of ['@import url(https://evil.example/x.css);', '.submitButton-customizable { background: url(https://evil.example/x) }', 'body { display: none }', '</style><script>alert(1)</script>',
    '.submitButton-customizable { position: fixed }', '.submitButton-customizable { color: red } } body { display: none', '@media print { .label-customizable { color: red } }'])
    await refused(set(CSS), 'InvalidParameterException');
  await set('.label-customizable { font-weight: 400; }');
});
