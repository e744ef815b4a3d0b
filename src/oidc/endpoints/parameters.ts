import { z } from 'zod';
import { type Form, longest, text, texts } from '#schema/form.ts';

/** The parameters of OpenID Connect's endpoints. Those of the token endpoint are in `signin/device/token-form.ts`. */

/**
 * An authorize request, as far as Cardea reads it; all of it is for the provider, which refuses a parameter that is sent twice
 * (RFC 6749 §3.1). `cardea_…` are of this server, for itself.
 */
export const authorizeParameters = z.object({
  client_id: text(longest.document),
  response_type: text(),
  response_mode: text(),
  scope: texts(longest.document).transform((scopes) => scopes.join(' ')),
  resource: texts(longest.document),
  claims: text(longest.document),
  prompt: text().transform((prompts = '') => prompts.split(' ').filter((prompt) => prompt !== '')),
  login_hint: text(longest.document),
  domain_hint: text(),
  /** The nonce that was given to a device to sign. */
  sso_nonce: text(longest.document),
});
export type AuthorizeQuery = Form<typeof authorizeParameters>;

/** OpenID Connect RP-Initiated Logout 1.0 §2. */
export const logoutParameters = z.object({
  id_token_hint: text(longest.document),
  client_id: text(),
  post_logout_redirect_uri: text(longest.document),
  state: text(longest.document),
});

/** Instance discovery (windows-sign-in §1.2). */
export const instanceParameters = z.object({ authorization_endpoint: text(longest.document) });

/** The realm of a user name (windows-sign-in §1.3). */
export const realmParameters = z.object({ user: text(), 'api-version': text(longest.word) });

/** A version of Azure AD Graph or Azure Resource Manager. */
export const versionParameters = z.object({ 'api-version': text() });

/** The name that a client gives its request. */
export const correlationParameters = z.object({ 'client-request-id': text(longest.document) });

/** What a person types who has a code of a device (RFC 8628 §3.3); the rest is for the provider. */
export const userCodeParameters = z.object({ user_code: text(longest.document) });

/** Any form that becomes the address of a page. */
export const anyParameters = z.object({});
