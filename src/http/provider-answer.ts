import type { StatusCode } from 'hono/utils/http-status';
import type { ProviderAnswer } from '#ports/sessions.ts';
import type { C } from './sign-in/sign-in-context.ts';

/** What the OpenID provider answers, as the answer of a page: with the cookies that the page has set. */
export function sendOn(c: C, { status, headers, body }: ProviderAnswer): Response {
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'content-length') continue;
    for (const item of [value ?? []].flat()) c.header(name, String(item), { append: name === 'set-cookie' });
  }
  return c.newResponse(body, status as StatusCode);
}
