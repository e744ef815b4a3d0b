import type { StatusCode } from 'hono/utils/http-status';
import { because } from '#core/trace/reasons.ts';
import type { ProviderAnswer } from '#ports/sessions.ts';
import type { ServerContext } from './server-context.ts';
import { type C, refuse } from './sign-in/page-context.ts';

/** What the OpenID provider answers, as the answer of a page: with the cookies that the page has set. Without an answer the sign-in has ended. */
export async function sendOn(context: ServerContext, c: C, answer: ProviderAnswer | undefined): Promise<Response> {
  if (!answer)
    return refuse(context, c, because('browserForeign', { interaction: c.req.param('uid') ?? '' }), { status: 400 });
  const { status, headers, body } = answer;
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'content-length') continue;
    for (const item of [value ?? []].flat()) c.header(name, String(item), { append: name === 'set-cookie' });
  }
  return c.newResponse(body, status as StatusCode);
}
