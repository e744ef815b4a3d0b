import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { chromiumArguments, chromiumPath } from '../e2e/chromium.ts';
import { freePort } from '../e2e/server.ts';
import type { Display } from './display.ts';
import { makeNssStore, type NssContent } from './nss.ts';
import type { Browser } from './person.ts';
import { RemoteCalls } from './remote-calls.ts';

/** Chromium's own dialogs, by the class of their view; the one for the PIN is a window of its own. */
const [picker, pinQuestion] = ['CertificateSelector', 'CryptoModulePasswordDialogView'];
const pinWindow = /^Unlock Security Device$/;

/** Milliseconds that people need to see a dialog: keys that come sooner (500 ms) Chromium takes for a mistake. */
const protection = 1000;

/**
 * Chromium in a window. Pages are seen through Playwright, keys are pressed by xdotool; when a dialog of Chromium itself
 * is open, its `--enable-ui-devtools` tells. The picker lists who expires last first, so `pickerOrder` must be in that order.
 */
export async function openChromiumWindow(
  display: Display,
  content: NssContent & { readonly pickerOrder?: readonly string[] },
): Promise<Browser> {
  const home = mkdtempSync(join(tmpdir(), 'cardea-chromium-'));
  makeNssStore(join(home, '.pki', 'nssdb'), content);
  const port = await freePort();
  const context = await chromium.launchPersistentContext(join(home, 'profile'), {
    executablePath: chromiumPath!,
    headless: false,
    env: { ...display.environment, ...content.module?.environment, HOME: home },
    viewport: null,
    args: [...chromiumArguments, '--password-store=basic', `--enable-ui-devtools=${port}`],
  });
  const [page = await context.newPage()] = context.pages();
  const views = await RemoteCalls.open(`ws://127.0.0.1:${port}/0`);
  await views.call('DOM.enable');
  const isOpen = async (dialog: string) => JSON.stringify(await views.call('DOM.getDocument')).includes(`"${dialog}"`);
  const shown = async (dialog: string) => {
    await display.until(dialog, async () => (await isOpen(dialog)) || undefined);
    await pause(protection);
  };
  const pressIn = async (dialog: string, ...keys: readonly string[]) => {
    await shown(dialog);
    await display.press(...keys);
    await display.until(`no ${dialog}`, async () => !(await isOpen(dialog)) || undefined);
  };
  return {
    open: async (url) => void page.goto(url, { waitUntil: 'commit' }).catch(() => undefined),
    // A page that gives way to another process in the middle of a question never answers.
    evaluate: (expression) => Promise.race([page.evaluate(expression).catch(() => undefined), pause(3000)]),
    choose: (name) => pressIn(picker, ...Array(content.pickerOrder?.indexOf(name) ?? 0).fill('Down'), 'Return'),
    chooseNone: () => pressIn(picker, 'Escape'),
    enterPin: (pin) =>
      display.inWindow(pinWindow, async () => {
        await shown(pinQuestion);
        await display.type(pin);
        await display.press('Return');
      }),
    async cancelPin() {
      const before = page.url();
      const cancel = async () => {
        await shown(pinQuestion);
        await display.press('Escape');
      };
      // NSS asks once for every look at the token, so one attempt may ask more than once.
      do await display.inWindow(pinWindow, cancel);
      while ((await display.until('a page or the question again', asks)) === 'again');
      async function asks() {
        if (await isOpen(pinQuestion)) return 'again';
        const isAnswered = page.url() !== before && new URL(page.url()).hostname.includes('certauth');
        return isAnswered ? 'page' : undefined;
      }
    },
    async close() {
      views.close();
      await context.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
