import type { Page } from 'playwright-core';
import { patience } from '../until.ts';

/**
 * Resolves when the page is loaded with its style sheets, fonts and pictures, nothing in it is being read, animations have
 * ended, and no element has moved for three frames. Where something never ends, resolves after {@link patience}.
 */
const script = `(async (end) => {
  const frame = () => new Promise((done) => { requestAnimationFrame(done); setTimeout(done, 200); });
  const isMoving = ({ playState, effect }) => playState === 'running' && effect?.getComputedTiming().endTime < 60000;
  const places = () => [...document.querySelectorAll('body *')].map((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return [x, y, width, height].map(Math.round);
  }).join(' ');
  const isBusy = () =>
    document.readyState !== 'complete' || document.fonts.status !== 'loaded' || document.querySelector('.spinner') ||
    [...document.images].some((image) => !image.complete) || document.getAnimations().some(isMoving);
  let before;
  for (let still = 0; still < 3 && performance.now() < end; ) {
    await frame();
    const now = isBusy() ? undefined : places();
    still = now !== undefined && now === before ? still + 1 : 0;
    before = now;
  }
})(performance.now() + ${patience})`;

/** Waits until the page has come to rest: what is measured before that is not what a person sees. */
export async function comeToRest(page: Page): Promise<void> {
  await page.evaluate(script);
}
