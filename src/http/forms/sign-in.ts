import { z } from 'zod';
import { longest, text, textOrEmpty } from '#schema/form.ts';

/** What the forms and links of the sign-in pages say. */

/** A user name that was typed, or an account that was chosen or is to be forgotten. */
export const usernameForm = z.object({ username: textOrEmpty() });

export const passwordForm = z.object({ password: textOrEmpty() });
export const accessPassForm = z.object({ pass: textOrEmpty() });
export const oneTimeCodeForm = z.object({ code: textOrEmpty() });
/** The answer of a passkey, as JSON. */
export const passkeyForm = z.object({ credential: textOrEmpty(longest.document) });

/** Whether to stay signed in. */
export const stayForm = z.object({ stay: text(longest.word) });

/** The first page of a sign-in: `change=username` asks for another name, `other` for another way to sign in. */
export const loginQuery = z.object({ change: text(longest.word), other: text(longest.word) });

/** The way back from the certauth host. */
export const completeQuery = z.object({ handoff: textOrEmpty() });

/** The first page of `common` and `organizations`: an authorize request that its tenant continues with a name. */
export const firstPageQuery = z.object({
  change: text(longest.word),
  prompt: textOrEmpty(),
  redirect_uri: textOrEmpty(longest.document),
});
