import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { makeNssStore, type NssContent } from '../browsers/windows/nss.ts';
import { patience } from '../until.ts';
import { openCardRelay } from './card-relay.ts';
import type { RunningServer } from './server.ts';
import { letChoose, policies } from './trust/certificate-policy.ts';

/** Debian's Chromium, or undefined where there is none. */
export const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));

/**
 * Debian's Chromium without a window, where it is installed: the same engine at half the processor time. It has no certificate
 * store for cards, so {@link openPages} puts a relay before the hosts that ask for a card.
 */
const shellPath = ['/usr/bin/chromium-headless-shell'].find((path) => existsSync(path)) ?? chromiumPath;

/** Root needs no sandbox, a closed network no chatter. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Why a real Chromium cannot be had here, with what would help; undefined when it can. */
export function chromiumMissing(): string | undefined {
  if (!chromiumPath) return 'Chromium is not installed: apt-get install chromium';
  if (spawnSync('certutil', ['-H']).error) return 'certutil is not installed: apt-get install libnss3-tools';
  try {
    mkdirSync(policies, { recursive: true });
    accessSync(policies, constants.W_OK);
    return undefined;
  } catch {
    return `${policies} cannot be written to, and only a policy lets a headless Chromium choose a certificate: run as root`;
  }
}

export interface OpenBrowser {
  readonly context: BrowserContext;
  close(): Promise<void>;
}
type Settings = Omit<BrowserContextOptions, 'viewport'>;

/** A Chromium with one card in its certificate store and our TLS root trusted, as after the README's first steps. */
export async function openChromium(options: {
  readonly tlsRoot: string;
  /** PKCS #12 with the password `cardea`. */
  readonly card: string;
  readonly port: number;
}): Promise<OpenBrowser> {
  const chooseNoMore = letChoose(options.port);
  return launch({ program: chromiumPath!, tlsRoot: options.tlsRoot, cards: [options.card], atEnd: chooseNoMore });
}

/** A Chromium for tests of pages, where the certificate store of the browser is not what is tested: a relay presents the card. */
export async function openPages(server: RunningServer, card: string, settings: Settings = {}): Promise<OpenBrowser> {
  const relay = await openCardRelay(server, card);
  return launch({
    program: shellPath!,
    tlsRoot: join(server.folder, 'tls', 'root.pem'),
    cards: [],
    words: [`--host-resolver-rules=MAP *.certauth.localhost 127.0.0.1:${relay.port}`],
    settings,
    atEnd: () => relay.close(),
  });
}

interface Launched extends NssContent {
  readonly program: string;
  readonly words?: readonly string[];
  readonly settings?: Settings;
  readonly atEnd: () => void;
}

async function launch({ program, words = [], settings, atEnd, ...content }: Launched): Promise<OpenBrowser> {
  const home = mkdtempSync(join(tmpdir(), 'cardea-chromium-'));
  makeNssStore(join(home, '.pki', 'nssdb'), content);
  const context = await chromium.launchPersistentContext(join(home, 'profile'), {
    ...settings,
    executablePath: program,
    env: { ...process.env, HOME: home },
    viewport: { width: 1000, height: 760 },
    args: [...chromiumArguments, ...words],
    timeout: patience,
  });
  context.setDefaultTimeout(patience);
  context.setDefaultNavigationTimeout(patience);
  return {
    context,
    async close() {
      await context.close();
      atEnd();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Whether CARDEA_PICTURES=1 asks for pictures: they cost a third of the time of the tests that take them. */
export function wantsPictures(): boolean {
  return process.env.CARDEA_PICTURES === '1';
}

/** Where a picture for people to look at is put. */
export function pictureFile(name: string): string {
  const folder = join(import.meta.dirname, '..', 'output');
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.png`);
}

/** Takes a picture of the page where pictures are wanted. */
export async function takePicture(
  page: Page,
  name: string,
  options: { readonly fullPage?: boolean } = {},
): Promise<void> {
  if (wantsPictures()) await page.screenshot({ path: pictureFile(name), ...options });
}
