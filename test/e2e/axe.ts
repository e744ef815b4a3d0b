import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Puts axe-core into the page, unless it is there: a document keeps it until the browser loads another. */
export async function loadAxe(page: Page): Promise<void> {
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(axe.source);
}
