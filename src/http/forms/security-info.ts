import { z } from 'zod';
import { longest, text, textOrEmpty } from '#schema/form.ts';

/** What the forms and links of the pages of security information say. */

/** A new authenticator app: the ticket of its secret, a code that it shows, and a name for it. */
export const appForm = z.object({ ticket: textOrEmpty(), code: textOrEmpty(), name: textOrEmpty() });
export const appQuery = z.object({ ticket: textOrEmpty() });

/** A new passkey: the answer of the browser as JSON, and a name for it. */
export const newPasskeyForm = z.object({ credential: textOrEmpty(longest.document), name: textOrEmpty() });

export const passwordChangeForm = z.object({ current: textOrEmpty(), next: textOrEmpty(), again: textOrEmpty() });

/** The answer to a sign-in elsewhere that waits for approval. */
export const approvalForm = z.object({ id: textOrEmpty(), answer: text(longest.word), number: textOrEmpty() });

/** The method, session or entry of the log that a form is about. */
export const subjectForm = z.object({ id: textOrEmpty() });
/** The same in an address. */
export const subjectQuery = z.object({ id: text() });

/** What was done, as the first page tells it. */
export const newsQuery = z.object({ done: textOrEmpty(longest.word) });
/** The entry of the log after which a page of them begins. */
export const signInsQuery = z.object({ after: text() });
/** Whether a sign-in for these pages has just taken place. */
export const signedInQuery = z.object({ back: text(longest.word) });
/** Of an authorize request of these pages: which page it was made for. */
export const callbackQuery = z.object({ state: text() });
