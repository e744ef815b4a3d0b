import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { translations } from '#languages/choose.ts';
import { chromiumMissing, openPages, takePicture } from '../e2e/chromium.ts';
import { RunningServer } from '../e2e/server.ts';
import { authorizePath } from './authorize-path.ts';
import { brokenWords } from './words.ts';

const skip = chromiumMissing() ?? false;

/** Opens what More details hides. Answers the language and the direction of the page. */
const openDetails = `(() => {
  document.querySelectorAll('details').forEach((one) => { one.open = true; });
  return [document.documentElement.lang, document.documentElement.dir];
})()`;

describe('every language on a telephone of 360 pixels', { skip }, () => {
  let server: RunningServer;
  let browser: Awaited<ReturnType<typeof openPages>>;
  let page: Page;
  before(async () => {
    server = await RunningServer.start();
    const file = join(server.folder, 'password.txt');
    writeFileSync(file, 'Richtig pferd batterie klammer\n');
    assert.equal((await server.cardea('user', 'set', 'ana@woodgrove.test', '--password-file', file)).code, 0);
    const card = join(server.folder, 'demo', 'cards', 'ana.p12');
    browser = await openPages(server, card);
    page = await browser.context.newPage();
    await page.goto(`${server.origin}/security-info`);
    await page.getByLabel('User name').fill('ana@woodgrove.test');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('link', { name: 'Use a certificate or smart card' }).click();
    await page.getByRole('heading', { name: 'My security info' }).waitFor();
  });
  after(async () => {
    await browser.close();
    await server.remove();
  });

  const authorize = (more: Record<string, string>) => authorizePath(server, more);
  /** Pages of the signed-in user, then those of a sign-in that is refused, with the links that lead from each to the next. */
  const pagesToOpen = (): readonly {
    readonly name: string;
    readonly path: string;
    readonly links?: readonly { readonly name: string; readonly link: string; readonly until: string }[];
  }[] => [
    { name: 'my-apps', path: '/myapps' },
    { name: 'security-info', path: '/security-info' },
    { name: 'password-change', path: '/security-info/password' },
    { name: 'end-all', path: '/security-info/sessions/end-all' },
    { name: 'requests', path: '/security-info/requests' },
    { name: 'user-name', path: authorize({ prompt: 'login' }) },
    { name: 'accounts', path: authorize({ prompt: 'select_account' }) },
    {
      name: 'sign-in',
      path: authorize({ prompt: 'login', login_hint: 'ben@woodgrove.test' }),
      links: [
        { name: 'refused', link: '#use-certificate', until: '[role=alert]' },
        { name: 'other-ways', link: 'a[href$="/methods"]', until: '#use-passkey' },
        { name: 'passkey', link: '#use-passkey', until: 'h1' },
      ],
    },
  ];

  for (const { tag, direction } of translations)
    test(`${tag}: the language and direction of every page are said, and no word is broken or cut`, async () => {
      await page.setExtraHTTPHeaders({ 'accept-language': tag });
      const problems: string[] = [];
      const look = async (name: string) => {
        const [lang, dir] = (await page.evaluate(openDetails)) as readonly string[];
        if (lang !== tag || dir !== direction) problems.push(`${name} is in ${lang} ${dir}`);
        for (const width of [360, 320]) {
          const { broken, isCut } = await brokenWords(page, width);
          problems.push(...broken.map((word) => `${name} at ${width}: ${word}`));
          if (isCut) problems.push(`${name} at ${width} is wider than the screen`);
        }
        await takePicture(page, `language-${tag}-${name}`, { fullPage: true });
      };
      for (const { name, path, links = [] } of pagesToOpen()) {
        await page.goto(`${server.origin}${path}`);
        await look(name);
        for (const { name: next, link, until } of links) {
          await page.locator(link).click();
          await page.locator(until).waitFor();
          await page.waitForLoadState();
          await look(next);
        }
      }
      assert.deepEqual(problems, []);
    });
});
