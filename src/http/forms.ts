import type { Context } from 'hono';
import { wordsOf } from '#core/trace/fault.ts';
import { because } from '#core/trace/reasons.ts';
import { formShapeProblem, readBody, usualBody } from '#net/bodies.ts';
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
  if (c.req.method !== 'POST' || !isForm(c)) return void (await next());
  const problem = formShapeProblem(await textOf(c));
  if (problem === undefined) return void (await next());
  const words = wordsOf(because('requestMalformed', { problem: `the body: ${problem}` }));
  return c.text(`${words}\n`, 400);
}

/**
 * The text of a form, which Hono keeps for the page. It is read from the connection: the platform's request makes a web
 * stream of it, which takes longer than everything else that a form needs. One that came in chunks was read before.
 */
async function textOf(c: Context<Env>): Promise<string> {
  if (c.env.incoming.headers['transfer-encoding'] !== undefined) return c.req.text();
  const body = await readBody(c.env.incoming, usualBody);
  const text = new TextDecoder().decode(body);
  c.req.bodyCache.text = Promise.resolve(text) as never;
  return text;
}

/** The fields of a form; of several with one name the last. Another body has none. */
export async function fieldsOfForm(c: Context<Env>): Promise<Readonly<Record<string, string>>> {
  return isForm(c) ? Object.fromEntries(new URLSearchParams(await c.req.text())) : {};
}
