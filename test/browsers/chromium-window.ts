import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumArguments, chromiumPath } from '../e2e/chromium.ts';
import { freePort } from '../e2e/server.ts';
import type { Display } from './display.ts';
import { makeNssStore, type NssContent } from './nss.ts';
import type { Browser } from './person.ts';
import { RemoteCalls } from './remote-calls.ts';

/** Chromium's own dialogs, by the class of their view. */
const picker = 'CertificateSelector';
const pinQuestion = 'CryptoModulePasswordDialogView';

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
  const dialog = async (name: string) => JSON.stringify(await views.call('DOM.getDocument')).includes(`"${name}"`);
  const shown = (name: string) => display.until(name, async () => (await dialog(name)) || undefined);
  const gone = (name: string) => display.until(`no ${name}`, async () => !(await dialog(name)) || undefined);
  const press = async (name: string, ...keys: readonly string[]) => {
    await shown(name);
    await display.press(...keys);
    await gone(name);
  };
  return {
    open: async (url) => void page.goto(url, { waitUntil: 'commit' }).catch(() => undefined),
    evaluate: (expression) => page.evaluate(expression).catch(() => undefined),
    choose: (name) => press(picker, ...Array(content.pickerOrder?.indexOf(name) ?? 0).fill('Down'), 'Return'),
    chooseNone: () => press(picker, 'Escape'),
    async enterPin(pin) {
      await shown(pinQuestion);
      await display.type(pin);
      await display.press('Return');
    },
    cancelPin: () => press(pinQuestion, 'Escape'),
    async close() {
      views.close();
      await context.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
