import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Locator, Page, Request } from 'playwright-core';
import { builtHash, sourcesHash } from '#apps/admin-center/sources.ts';
import { loadAxe } from '../../e2e/axe.ts';
import { chromiumMissing, openPages, takePicture, wantsPictures } from '../../e2e/chromium.ts';
import { comeToRest } from '../../e2e/page-at-rest.ts';
import { RunningServer } from '../../e2e/server.ts';
import { until } from '../../until.ts';

/** Why the admin center cannot be looked at here, with what would help; false when it can. */
export const skip = chromiumMissing() ?? false;

const root = join(import.meta.dirname, '..', '..', '..');

/** Builds the pages of the admin center, unless they are current. */
export function buildAdminCenter(): void {
  if (builtHash() === sourcesHash()) return;
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'web', 'build.ts')], { encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}${stderr}`);
}

/** The admin center of a server with the demo tenant, in a Chromium with the card of one user. */
export class AdminCenter {
  readonly server: RunningServer;
  readonly page: Page;
  /** Errors of scripts, violations of the content security policy, and failed loads of files. */
  readonly complaints: string[] = [];
  readonly #requests = new Set<Request>();
  readonly #close: () => Promise<void>;

  private constructor(server: RunningServer, page: Page, close: () => Promise<void>) {
    this.server = server;
    this.page = page;
    this.#close = close;
    page.on('request', (request) => this.#requests.add(request));
    for (const event of ['requestfinished', 'requestfailed'] as const)
      page.on(event as 'requestfinished', (request) => this.#requests.delete(request));
    page.on('pageerror', (error) => this.complaints.push(String(error.stack ?? error)));
    page.on('console', (message) => {
      const text = message.text();
      // The browser reports what Graph refuses as well; the pages answer it.
      if (message.type() === 'error' && !/the server responded with a status of 4\d\d/.test(text))
        this.complaints.push(text);
    });
  }

  /** Starts a server, or takes a running one, and opens a browser with the card of a demo user, or another card file. */
  static async open(name: string, running?: RunningServer, file?: string): Promise<AdminCenter> {
    buildAdminCenter();
    const server = running ?? (await RunningServer.start());
    const card = file ?? join(server.folder, 'demo', 'cards', `${name}.p12`);
    const browser = await openPages(server, card, { reducedMotion: 'reduce' });
    const page = browser.context.pages()[0] ?? (await browser.context.newPage());
    return new AdminCenter(server, page, async () => {
      await browser.close();
      if (!running) await server.remove();
    });
  }

  /** Ends the browser, and the server unless it was given. */
  close(): Promise<void> {
    return this.#close();
  }

  /** Signs in with the card and waits for the page at `path`, below /admin. */
  async signIn(username: string, path = '/'): Promise<void> {
    const { page } = this;
    await page.goto(`${this.server.origin}/admin${path}`);
    await page.getByLabel('User name').fill(username);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('link', { name: 'Use a certificate or smart card' }).click();
    await page
      .getByRole('navigation', { name: 'Admin center' })
      .or(page.getByRole('button', { name: 'Navigation' }))
      .first()
      .waitFor();
  }

  /**
   * Goes to a page as a link does, and waits for its heading: a quarter of the processor time of {@link open}. The pages keep
   * what they have read, for ten seconds without a question: what a command has changed meanwhile needs {@link open}.
   */
  async go(path: string, heading: string | RegExp): Promise<void> {
    // Nothing of the next page is under the mouse, as when the browser loads it.
    await this.page.mouse.move(0, 0);
    await this.push(path);
    await this.page.locator(`main[data-page="${path.replace(/\?.*/, '')}"]`).waitFor();
    await this.heading(heading);
  }

  /** Begins to go to a page, as a link does. */
  push(path: string): Promise<unknown> {
    return this.page.evaluate(`history.pushState(null, '', ${JSON.stringify(`/admin${path}`)})`);
  }

  /** Has the browser load a page by its address, with nothing in memory, and waits for its heading. */
  async open(path: string, heading: string | RegExp): Promise<void> {
    await this.page.goto(`${this.server.origin}/admin${path}`);
    await this.heading(heading);
  }

  /** Waits for the heading of a page. */
  async heading(name: string | RegExp): Promise<void> {
    try {
      await this.page.getByRole('heading', { level: 1, name }).waitFor();
    } catch (problem) {
      const text = await this.page.locator('body').textContent();
      throw new Error(`${this.page.url()} shows: ${text?.slice(0, 2000)}\n${this.complaints.join('\n')}`, {
        cause: problem,
      });
    }
  }

  /** Waits until everything that the page asked for is there and in its place. */
  async settle(): Promise<void> {
    await until('the answers to the requests of the page', async () => {
      await comeToRest(this.page);
      return this.#requests.size === 0;
    });
  }

  /** A command, or another button. */
  press(name: string | RegExp): Promise<void> {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' }).click();
  }

  /** Ticks a checkbox or chooses a radio button by its label, once what it stands in has come to rest. */
  async tick(box: Locator): Promise<void> {
    if (!(await box.isChecked())) await box.locator('xpath=ancestor::label[1]').click();
    await box.and(this.page.locator(':checked')).waitFor({ state: 'attached' });
  }

  /**
   * Looks at what is open at 1280 pixels in the light theme and at 360 in the dark one: axe-core finds nothing, nothing is
   * cut off at the side. Colors do not depend on the width, nor the layout on the colors. Where pictures are wanted, takes
   * one of each pair. @returns what is wrong, in sentences
   */
  async look(name: string): Promise<readonly string[]> {
    const problems: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const width of [1280, 360]) {
        const isLookedAt = (colorScheme === 'light') === (width === 1280);
        if (!isLookedAt && !wantsPictures()) continue;
        await this.page.setViewportSize({ width, height: 800 });
        await comeToRest(this.page); // Popovers take their place again.
        const sentences = isLookedAt ? await this.problems() : [];
        problems.push(...sentences.map((problem) => `${name}, ${colorScheme}, ${width}: ${problem}`));
        await takePicture(this.page, `admin-${name}-${colorScheme}-${width}`);
      }
    }
    await this.page.setViewportSize({ width: 1280, height: 800 });
    await this.page.emulateMedia({ colorScheme: 'light' });
    return problems;
  }

  /** What is wrong at once and still is three seconds later: a dialog that just closes is not what a person looks at. */
  async problems(): Promise<readonly string[]> {
    const find = async () => [...(await this.#overflow()), ...(await this.#accessibility())];
    const end = performance.now() + 3000;
    for (;;) {
      const problems = await find();
      if (problems.length === 0 || performance.now() > end) return problems;
      await this.settle();
    }
  }

  async #overflow(): Promise<readonly string[]> {
    const [content, width] = (await this.page.evaluate(
      '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
    )) as [number, number];
    return [...(content > width ? [`${content} pixels wide in ${width}`] : []), ...(await this.#wideTables())];
  }

  /** On a phone no table is wider than its place: its rows are stacked. */
  async #wideTables(): Promise<readonly string[]> {
    const names = (await this.page.evaluate(
      `innerWidth > 600 ? [] : [...document.querySelectorAll('.grid-scroll')]
        .filter((frame) => frame.scrollWidth > frame.clientWidth)
        .map((frame) => frame.ariaLabel ?? frame.querySelector('table')?.ariaLabel ?? frame.textContent.slice(0, 80))`,
    )) as string[];
    return names.map((name) => `the table ${name} scrolls sideways`);
  }

  async #accessibility(): Promise<readonly string[]> {
    await loadAxe(this.page);
    const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = (await this.page.evaluate(
      `axe.run({ include: document, exclude: ['[data-overlay-container]:has(> .tooltip)'] }, { runOnly: ${JSON.stringify(rules)}, resultTypes: ['violations'], preload: false })`,
    )) as { violations: { id: string; help: string; nodes: { html: string; any: { message: string }[] }[] }[] };
    // What closes a popover by a screen reader stands outside of the dialog in it.
    const isWrapper = ({ html }: { html: string }) => html.startsWith('<div style="display: contents;">');
    const real = violations.filter(({ id, nodes }) => id !== 'region' || !nodes.every(isWrapper));
    return real.map(
      ({ id, help, nodes }) =>
        `${id} (${help}): ${nodes.map(({ html, any }) => `${html.slice(0, 160)} ${any.map(({ message }) => message).join('; ')}`).join(' | ')}`,
    );
  }
}
