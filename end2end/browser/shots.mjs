//! Screenshots of every page and state, phone and desktop, light and dark: `node browser/shots.mjs <folder> [state…]`.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Server } from '../harness.mjs';
import { STATES, inPage, launch } from './chromium.mjs';

const [folder, ...only] = process.argv.slice(2);
if (!folder) throw new Error('usage: node browser/shots.mjs <folder> [state…]');
mkdirSync(folder, { recursive: true });
const devices = { phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 }, desktop: { viewport: { width: 1280, height: 800 } } };

const [server, browser] = await Promise.all([Server.start(), launch()]);
try {
  for (const [state, go] of Object.entries(STATES).filter(([name]) => only.length === 0 || only.includes(name)))
    for (const [device, options] of Object.entries(devices))
      for (const colorScheme of ['light', 'dark'])
        await inPage(browser, { ...options, colorScheme }, async (page) => {
          const path = join(folder, `${state}.${device}.${colorScheme}.png`);
          await go(page, server).catch((error) => console.error(`${state}: ${error.message.split('\n')[0]}`));
          await page.screenshot({ path, fullPage: true });
          console.log(path);
        });
} finally {
  await browser.close();
  await server.stop();
}
