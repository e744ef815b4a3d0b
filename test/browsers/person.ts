import { setTimeout as pause } from 'node:timers/promises';
import { patience } from '../until.ts';

/** One tab of a real browser, and the dialogs of the browser itself, which no page can touch. */
export interface Browser {
  /** Goes to an address; does not wait for the page, which may have to wait for a dialog. */
  open(url: string): Promise<void>;
  /** The value of an expression in the page; undefined while one page gives way to another. */
  evaluate(expression: string): Promise<unknown>;
  /** Waits for the picker and takes the certificate of this subject. */
  choose(commonName: string): Promise<void>;
  /** Waits for the picker and closes it. */
  chooseNone(): Promise<void>;
  /** Waits until the browser asks for the PIN, or a page answers without that question; whether it asks. */
  asksForPin(): Promise<boolean>;
  /** Waits for the question for the PIN and answers it. */
  enterPin(pin: string): Promise<void>;
  /** Waits for the question for the PIN and closes it. */
  cancelPin(): Promise<void>;
  close(): Promise<void>;
}

/** What a person at a {@link Browser} does and sees. A page that was left by a click is not looked at any more. */
export class Person {
  readonly #browser: Pick<Browser, 'open' | 'evaluate'>;

  constructor(browser: Pick<Browser, 'open' | 'evaluate'>) {
    this.#browser = browser;
  }

  async open(url: string): Promise<void> {
    await this.#browser.evaluate(`document.documentElement.dataset.left = 'yes'`);
    await this.#browser.open(url);
  }

  /** Types into the field of this name and sends its form, as the Return key does. */
  async answer(field: string, text: string): Promise<void> {
    const input = `document.querySelector('input[name="${field}"]')`;
    await this.#waitFor(`!!${input}`, `a field ${field}`);
    await this.#leaveBy(`const i = ${input}; i.value = ${JSON.stringify(text)}; i.form.requestSubmit();`);
  }

  /** Clicks the link or button with these words. */
  async click(words: string): Promise<void> {
    const text = JSON.stringify(words);
    const match = `[...document.querySelectorAll('a,button')].find((e) => e.textContent.trim().startsWith(${text}))`;
    await this.#waitFor(`!!${match}`, `something to click called ${words}`);
    await this.#leaveBy(`${match}.click();`);
  }

  /** The text of an element, as soon as there is one. */
  async read(selector: string): Promise<string> {
    const match = `document.querySelector(${JSON.stringify(selector)})`;
    await this.#waitFor(`!!${match}`, selector);
    return String(await this.#browser.evaluate(`${match}.textContent.trim()`));
  }

  /** Where the person is. */
  async url(): Promise<URL> {
    return new URL(String(await this.#browser.evaluate('location.href')));
  }

  /** Does something that leaves the page. Not at once: a dialog that it opens would keep us waiting for the answer. */
  async #leaveBy(statement: string): Promise<void> {
    await this.#browser.evaluate(
      `(document.documentElement.dataset.left = 'yes', setTimeout(() => { ${statement} }, 0), 1)`,
    );
  }

  async #waitFor(condition: string, label: string): Promise<void> {
    const end = Date.now() + patience;
    const here = `!document.documentElement.dataset.left && document.readyState === 'complete' && ${condition}`;
    while ((await this.#browser.evaluate(here)) !== true) {
      if (Date.now() > end) {
        const seenKeys = await this.#browser.evaluate('location.href + "\\n" + document.body.innerText');
        throw new Error(`waited for ${label}; the page: ${String(seenKeys).slice(0, 1000)}`);
      }
      await pause(50);
    }
  }
}
