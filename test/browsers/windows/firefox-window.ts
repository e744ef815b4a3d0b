import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pinKeys, protection } from '../cards/pin.ts';
import type { Browser } from '../person.ts';
import type { Display } from './display.ts';
import { makeNssStore, type NssContent } from './nss.ts';
import { RemoteCalls } from './remote-calls.ts';

/** Firefox's own dialogs: one is a page of its own, one a window. */
const picker = 'chrome://pippki/content/clientauthask.xhtml';
const pinWindow = /^Password Required/;

/**
 * Off: what wants the Internet or a click; and second connections to a server that is slow to answer, for each of which
 * Firefox asks which certificate once more.
 */
const preferences = {
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'browser.aboutwelcome.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.dns.disableIPv6': true,
  'network.http.connection-retry-timeout': 0,
  'network.http.speculative-parallel-limit': 0,
  'services.settings.server': 'http://localhost:9/',
  'toolkit.telemetry.server': 'http://localhost:9/',
};

interface Context {
  readonly context: string;
  readonly url: string;
  readonly children: readonly Context[];
}

/**
 * Firefox ESR in a window, over WebDriver BiDi without a driver in between. Its dialogs are pages of its own: with
 * `--remote-allow-system-access` they are read and answered like any page, whichever way the window manager places them.
 */
export async function openFirefoxWindow(display: Display, content: NssContent): Promise<Browser> {
  const home = mkdtempSync(join(tmpdir(), 'cardea-firefox-'));
  const profile = join(home, 'profile');
  makeNssStore(profile, content);
  mkdirSync(profile, { recursive: true });
  const lines = Object.entries(preferences).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`);
  writeFileSync(join(profile, 'user.js'), lines.join(''));
  const child = spawn(
    'firefox-esr',
    [
      '--profile',
      profile,
      '--remote-debugging-port',
      '0',
      '--remote-allow-system-access',
      '--no-remote',
      'about:blank',
    ],
    {
      env: { ...display.environment, ...content.module?.environment, HOME: home },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const end = new Promise((done) => child.once('exit', done));
  let body = '';
  child.stderr.on('data', (chunk) => {
    body += chunk;
  });
  const address = await display.until(
    'Firefox to say its address',
    async () => /BiDi listening on (ws:\S+)/.exec(body)?.[1],
  );
  const bidi = await RemoteCalls.open(`${address}/session`);
  await bidi.call('session.new', { capabilities: { alwaysMatch: { acceptInsecureCerts: false } } });
  const contexts = async (scope?: 'chrome') => {
    const tree = await bidi.call('browsingContext.getTree', scope ? { 'moz:scope': scope } : {});
    return flat((tree as { contexts: readonly Context[] }).contexts);
  };
  const evaluateIn = async (context: string, expression: string) => {
    const request = { expression, target: { context }, awaitPromise: true };
    const answer = (await bidi.call('script.evaluate', request)) as { result?: { value?: unknown } };
    return answer.result?.value;
  };
  const [tab] = await contexts();
  /** Does something in the dialog that is this page, once it is there and `ready`, and waits until that one is gone. */
  const inDialog = async (url: string, statement: string) => {
    const dialog = await display.until(url, async () => {
      const match = (await contexts('chrome')).find((item) => item.url === url)?.context;
      const ready = `document.readyState === 'complete' && !!document.querySelector('#nicknames menuitem')`;
      return match && (await evaluateIn(match, ready).catch(() => false)) ? match : undefined;
    });
    await pause(protection); // it begins to listen to its buttons when it has written everything down
    await evaluateIn(dialog, statement);
    await display.until(`no ${url}`, async () => {
      const open = (await contexts('chrome')).some(({ context }) => context === dialog);
      return open ? undefined : true;
    });
  };
  const press = (button: 'accept' | 'cancel') =>
    `setTimeout(() => document.querySelector('dialog').getButton('${button}').click(), 0); 1`;
  // While a dialog of Firefox is open, Firefox answers nothing else.
  const evaluate = (expression: string) =>
    Promise.race([evaluateIn(tab!.context, expression).catch(() => undefined), pause(3000)]);
  return {
    open: async (url) =>
      void (await bidi.call('browsingContext.navigate', { context: tab!.context, url, wait: 'none' })),
    evaluate,
    choose: (name) =>
      inDialog(
        picker,
        `const list = document.getElementById('nicknames');
         const rows = [...list.querySelectorAll('menuitem')];
         list.selectedItem = rows.find((row) => row.label.includes(${JSON.stringify(name)}));
         ${press('accept')}`,
      ),
    chooseNone: () => inDialog(picker, press('cancel')),
    ...pinKeys(display, pinWindow, evaluate),
    async close() {
      bidi.close();
      child.kill();
      await end;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

const flat = (contexts: readonly Context[]): Context[] =>
  contexts.flatMap((context) => [context, ...flat(context.children ?? [])]);
