import { setTimeout as pause } from 'node:timers/promises';
import type { Browser } from '../person.ts';
import type { Display } from '../windows/display.ts';

/** Milliseconds that people need to see a dialog: keys that come sooner (500 ms) Chromium takes for a mistake. */
export const protection = 1000;

/** Answers the question for a PIN, which is a window of its own in both browsers, as people do: by the keyboard. */
export function pinKeys(display: Display, title: RegExp, evaluate: Browser['evaluate']) {
  const isPromptOpen = async () => [...(await display.windows()).values()].some((name) => title.test(name));
  const isAnswered = `!document.documentElement.dataset.left && location.hostname.includes('certauth')`;
  const isPromptOpenBeforeAnswer = () =>
    display.until('a page, or the question for the PIN', async () => {
      if (await isPromptOpen()) return true;
      return (await evaluate(isAnswered)) === true ? false : undefined;
    });
  const cancel = () =>
    display.inWindow(title, async () => {
      await pause(protection);
      await display.press('Escape');
    });
  return {
    enterPin: (pin: string) =>
      display.inWindow(title, async () => {
        await pause(protection);
        await display.type(pin);
        await display.press('Return');
      }),
    asksForPin: isPromptOpenBeforeAnswer,
    /** NSS asks once for every look at the token, so one attempt may ask more than once: closes all until a page answers. */
    async cancelPin() {
      do await cancel();
      while (await isPromptOpenBeforeAnswer());
    },
  };
}
