import type { Page } from 'playwright-core';

/**
 * Words that are broken over two lines in the middle, without a hyphen. Names, codes and addresses may be, and Chinese and
 * Japanese have no blanks between words.
 */
const find = `(() => {
  document.querySelectorAll('*').forEach(({ style }) => { style.hyphens = 'manual'; });
  const broken = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const parent = node.parentElement;
    if (!parent.checkVisibility() || parent.closest('bdi, code, dd, textarea, time')) continue;
    for (const { 0: word, index } of node.data.matchAll(/[\\p{L}\\p{M}\\u00AD]{3,}/gu)) {
      if (word.includes('\\u00AD')) continue; // it is broken where it says so, with a hyphen
      if (/[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}]/u.test(word)) continue;
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const lines = new Set([...range.getClientRects()].filter(({ width }) => width > 0).map(({ top }) => Math.round(top)));
      if (lines.size > 1) broken.push(word);
    }
  }
  const { scrollWidth, clientWidth } = document.documentElement;
  return { broken, isCut: scrollWidth > clientWidth };
})()`;

/**
 * Every word that this page breaks at this width, in pixels, and whether the page is wider. Hyphenation is switched off: not
 * every browser has a dictionary.
 */
export async function brokenWords(
  page: Page,
  width: number,
): Promise<{ readonly broken: readonly string[]; readonly isCut: boolean }> {
  await page.setViewportSize({ width, height: 760 });
  return (await page.evaluate(find)) as { broken: string[]; isCut: boolean };
}
