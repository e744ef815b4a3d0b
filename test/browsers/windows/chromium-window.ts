import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { chromiumArguments, chromiumPath } from '../../e2e/chromium.ts';
import { freePort } from '../../free-port.ts';
import { patience } from '../../until.ts';
import { pinKeys, protection } from '../cards/pin.ts';
import type { Browser } from '../person.ts';
import type { Display } from './display.ts';
import { makeNssStore, type NssContent } from './nss.ts';
import { RemoteCalls } from './remote-calls.ts';

/** Chromium's own dialogs: one lies inside its window and is known by the class of its view, one is a window. */
const picker = 'CertificateSelector';
const pinWindow = /^Unlock Security Device$/;

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
    timeout: patience,
  });
  const [page = await context.newPage()] = context.pages();
  const views = await RemoteCalls.open(`ws://127.0.0.1:${port}/0`);
  await views.call('DOM.enable');
  const isOpen = async (dialog: string) => JSON.stringify(await views.call('DOM.getDocument')).includes(`"${dialog}"`);
  const pressIn = async (dialog: string, ...keys: readonly string[]) => {
    await display.until(dialog, async () => (await isOpen(dialog)) || undefined);
    await pause(protection);
    await display.press(...keys);
    await display.until(`no ${dialog}`, async () => !(await isOpen(dialog)) || undefined);
  };
  // A page that gives way to another process in the middle of a question never answers.
  const evaluate = (expression: string) =>
    Promise.race([page.evaluate(expression).catch(() => undefined), pause(3000)]);
  return {
    open: async (url) => void page.goto(url, { waitUntil: 'commit' }).catch(() => undefined),
    evaluate,
    choose: (name) => pressIn(picker, ...Array(content.pickerOrder?.indexOf(name) ?? 0).fill('Down'), 'Return'),
    chooseNone: () => pressIn(picker, 'Escape'),
    ...pinKeys(display, pinWindow, evaluate),
    async close() {
      views.close();
      // Chromium may have ended by itself, with its last window.
      await context.close().catch((problem: unknown) => {
        if (!/has been closed/.test(String(problem))) throw problem;
      });
      rmSync(home, { recursive: true, force: true });
    },
  };
}
