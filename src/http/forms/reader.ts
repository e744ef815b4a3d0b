import type { Context } from 'hono';
import type { z } from 'zod';
import { messageOf } from '#core/trace/fault.ts';
import { because } from '#core/trace/reasons.ts';
import { formShapeProblem } from '#net/bodies.ts';
import { queryIn } from '#schema/form.ts';
import { formIn } from '#signin/read-form.ts';

/** Whether the body of a request is a form. */
export const isForm = (c: Context): boolean =>
  /^application\/x-www-form-urlencoded\b/i.test(c.req.header('content-type') ?? '');

/**
 * A form of too many fields is refused before it is parsed. No page posts `multipart/form-data`, whose fields would not be
 * counted and whose malformed bodies the parser throws at.
 */
export async function smallForms(c: Context, next: () => Promise<void>): Promise<Response | undefined> {
  if (/^multipart\//i.test(c.req.header('content-type') ?? ''))
    return c.text('A form must be application/x-www-form-urlencoded.\n', 415);
  if (!isForm(c)) return void (await next());
  const problem = formShapeProblem(await c.req.text());
  if (problem === undefined) return void (await next());
  const words = messageOf(because('requestMalformed', { problem: `the body: ${problem}` }));
  return c.text(`${words}\n`, 400);
}

/** The fields of a form that a page posts. Another body has none. @throws requestMalformed */
export async function fieldsOfForm<Schema extends z.ZodObject>(c: Context, schema: Schema): Promise<z.output<Schema>> {
  return formIn(schema, isForm(c) ? await c.req.text() : '').fields;
}

/** The parameters of the address of a page. @throws requestMalformed */
export const queryOf = <Schema extends z.ZodObject>(c: Context, schema: Schema): z.output<Schema> =>
  formIn(schema, queryIn(c.req.url)).fields;
