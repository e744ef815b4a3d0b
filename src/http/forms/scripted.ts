import { z } from 'zod';
import { longest, text } from '#schema/form.ts';

/**
 * What a client that shows no pages sends in a step of its sign-in (windows-sign-in §4.2), by lower-case name: forms and JSON
 * write the same names in different ways.
 */
export const scriptedFields = z.object({
  /** The sealed state of the sign-in; by both names. */
  ctx: text(longest.document),
  request: text(longest.document),
  /** The token of the step, by any of these names. */
  flowtoken: text(longest.document),
  serverchallenge: text(longest.document),
  canary: text(longest.document),
  login: text(),
  passwd: text(),
  accesspass: text(),
  /** The handoff of the certauth host. */
  certificatetoken: text(longest.document),
  /** The answer of a passkey, as JSON. */
  assertion: text(longest.document),
  authmethodid: text(longest.word),
  additionalauthdata: text(),
  /** `1`: stay signed in. */
  loginoptions: text(longest.word),
});

/** `/resume` by GET; `sso_nonce` was given to the device to sign. */
export const resumeQuery = z.object({
  ctx: text(longest.document),
  request: text(longest.document),
  sso_nonce: text(longest.document),
});
