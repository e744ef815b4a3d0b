import type { Context } from 'hono';
import { messageOf } from '#core/trace/fault.ts';
import { because } from '#core/trace/reasons.ts';
import { formShapeProblem } from '#net/bodies.ts';
import type { Env } from './server-context.ts';

const isForm = (c: Context<Env>): boolean =>
  /^application\/x-www-form-urlencoded\b/i.test(c.req.header('content-type') ?? '');

/**
 * A form of too many fields is refused before it is parsed. No page posts `multipart/form-data`, whose fields would not be
 * counted and whose malformed bodies the parser throws at.
 */
export async function smallForms(c: Context<Env>, next: () => Promise<void>): Promise<Response | undefined> {
  if (/^multipart\//i.test(c.req.header('content-type') ?? ''))
    return c.text('A form must be application/x-www-form-urlencoded.\n', 415);
  if (!isForm(c)) return void (await next());
  const problem = formShapeProblem(await c.req.text());
  if (problem === undefined) return void (await next());
  const words = messageOf(because('requestMalformed', { problem: `the body: ${problem}` }));
  return c.text(`${words}\n`, 400);
}

/** The fields of a form; of several with one name the last. Another body has none. */
export async function fieldsOfForm(c: Context<Env>): Promise<Readonly<Record<string, string>>> {
  return isForm(c) ? Object.fromEntries(new URLSearchParams(await c.req.text())) : {};
}
