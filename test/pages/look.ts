import type { Page } from 'playwright-core';
import { loadAxe } from '../e2e/axe.ts';
import { takePicture, wantsPictures } from '../e2e/chromium.ts';
import { comeToRest } from '../e2e/page-at-rest.ts';

/** WCAG 2.2 AA and what axe-core calls best practice. */
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const widths = { wide: 1000, phone: 360, narrow: 320 } as const;

/**
 * One step changes the scheme or the width. Colors do not depend on the width, nor the layout on the colors: axe-core need
 * not see every pair.
 */
const views = [
  { scheme: 'light', device: 'wide', axe: true },
  { scheme: 'dark', device: 'wide', axe: false },
  { scheme: 'dark', device: 'phone', axe: true },
  { scheme: 'light', device: 'phone', axe: false },
  { scheme: 'light', device: 'narrow', axe: true },
] as const;

/**
 * Looks at a page as different people see it: in the light and the dark scheme, on a desk and on the narrowest phone
 * (WCAG 2.2, 1.4.10). Takes a picture each time where pictures are wanted and answers everything that is wrong, in
 * sentences.
 */
export async function lookAt(page: Page, name: string): Promise<readonly string[]> {
  const match: string[] = [];
  for (const { scheme, device, axe: withAxe } of views) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width: widths[device], height: 760 });
    if (withAxe || wantsPictures()) await comeToRest(page);
    const problems = [...(await overflow(page)), ...(withAxe ? await accessibility(page) : [])];
    match.push(...problems.map((problem) => `${name}, ${scheme}, ${device}: ${problem}`));
    await takePicture(page, `${name}-${scheme}-${device}`, { fullPage: true });
  }
  if (wantsPictures()) {
    await page.emulateMedia({ colorScheme: 'light', forcedColors: 'active' });
    await takePicture(page, `${name}-forced-colours`, { fullPage: true });
    await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' });
  }
  await page.setViewportSize({ width: widths.wide, height: 760 });
  await comeToRest(page);
  return [...match, ...(await keyboard(page)).map((problem) => `${name}: ${problem}`)];
}

/** No page needs sideways scrolling. */
async function overflow(page: Page): Promise<readonly string[]> {
  const [content, room] = (await page.evaluate(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  )) as [number, number];
  return content > room ? [`${content} pixels wide in ${room}`] : [];
}

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

async function accessibility(page: Page): Promise<readonly string[]> {
  await loadAxe(page);
  const run = `axe.run(document, { runOnly: ${JSON.stringify(rules)}, resultTypes: ['violations'], preload: false })`;
  const { violations } = (await page.evaluate(run)) as { readonly violations: readonly Violation[] };
  return violations.map(
    ({ id, help, nodes }) => `${id} (${help}): ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
  );
}

/** Numbers what can be pressed, remembers each stop of the focus and the outline that shows it, and answers how many there are. */
const numberStops = `(() => {
  const all = [...document.querySelectorAll('a[href], button, input, textarea, summary')];
  const seen = all.filter((one) => one.checkVisibility() && one.getAttribute('type') !== 'hidden');
  seen.forEach((one, index) => { one.dataset.stop = String(index); });
  document.activeElement?.blur();
  globalThis.stops = [];
  document.addEventListener('focusin', ({ target }) => {
    if (target.dataset.stop === undefined) return;
    const { outlineStyle, outlineWidth } = getComputedStyle(target);
    globalThis.stops.push({ stop: target.dataset.stop, text: target.outerHTML.slice(0, 80), outline: outlineStyle + ' ' + outlineWidth });
  });
  return seen.length;
})()`;

/** Goes through the page by Tab: everything that can be pressed is reached, and each shows where one is. */
async function keyboard(page: Page): Promise<readonly string[]> {
  const target = (await page.evaluate(numberStops)) as number;
  for (let step = 0; step < target + 2; step++) await page.keyboard.press('Tab');
  const stops = (await page.evaluate('globalThis.stops')) as { stop: string; text: string; outline: string }[];
  const problems = stops
    .filter(({ outline }) => /^none| 0px$/.test(outline))
    .map(({ text }) => `no focus to be seen on ${text}`);
  const reach = new Set(stops.map(({ stop }) => stop));
  return reach.size < target ? [...problems, `Tab reaches ${reach.size} of ${target}`] : problems;
}
