import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../free-port.ts';
import { fileOf } from '../packages.ts';
import type { Browser } from '../person.ts';
import type { Display } from './display.ts';

/** What GnuTLS trusts in Debian; in a mount namespace of our own it is another file. */
const systemTrust = '/etc/ssl/certs/ca-certificates.crt';
const chooser = /^Certificate required$/;

/**
 * WebKitGTK's MiniBrowser in a window, through its WebDriver. It trusts our TLS root as a computer's administrator would
 * have it, and asks for a certificate by a file chooser. Needs root, for a mount namespace.
 */
export async function openWebKitWindow(
  display: Display,
  { tlsRoot, card }: { readonly tlsRoot: string; readonly card: string },
): Promise<Pick<Browser, 'open' | 'evaluate' | 'close'> & { choose(): Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), 'cardea-webkit-'));
  const trust = join(home, 'trust.pem');
  writeFileSync(trust, readFileSync(tlsRoot));
  const port = await freePort();
  const script = `mount --bind "$1" ${systemTrust} && exec dbus-run-session -- WebKitWebDriver --host=127.0.0.1 --port="$2"`;
  const driver = spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', trust, `${port}`], {
    env: { ...display.environment, HOME: home, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', GTK_USE_PORTAL: '0' },
    stdio: 'ignore',
    detached: true,
  });
  const end = new Promise((done) => driver.once('exit', done));
  const call = async (path: string, body: object) => {
    const answer = await fetch(`http://127.0.0.1:${port}/session${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    const { value } = (await answer.json()) as { value: unknown };
    if (!answer.ok) throw new Error(JSON.stringify(value).slice(0, 500));
    return value;
  };
  const options = { binary: fileOf('libwebkit2gtk-4.1-0'), args: ['--automation'] };
  const alwaysMatch = { pageLoadStrategy: 'none', acceptInsecureCerts: false, 'webkitgtk:browserOptions': options };
  const session = await display.until('a WebKit session', async () => {
    const start = await call('', { capabilities: { alwaysMatch } }).catch((problem: Error) => {
      if (problem.message !== 'fetch failed') throw problem;
    });
    return (start as { sessionId: string } | undefined)?.sessionId;
  });
  return {
    open: async (url) => void (await call(`/${session}/url`, { url })),
    evaluate: (expression) =>
      Promise.race([
        call(`/${session}/execute/sync`, { script: `return (${expression});`, args: [] }).catch(() => undefined),
        pause(3000),
      ]),
    choose: () =>
      display.inWindow(chooser, async () => {
        await pause(1000);
        await display.type('/'); // opens a field for the path, which takes a moment
        await pause(1000);
        await display.type(card.slice(1));
        await pause(500);
        await display.press('Return');
      }),
    async close() {
      await fetch(`http://127.0.0.1:${port}/session/${session}`, { method: 'DELETE' });
      process.kill(-driver.pid!);
      await end;
      rmSync(home, { recursive: true, force: true });
    },
  };
}
