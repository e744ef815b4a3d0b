import { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { fault } from '#core/trace/fault.ts';
import { formShapeProblem, readBody } from '#net/bodies.ts';
import type { Form } from '#schema/form.ts';
import { formIn } from '#signin/read-form.ts';
import { shareNotes } from './request-notes.ts';

/** KiB of a body. */
const limit = 64;

/** The text of a body. @throws requestMalformed where it is larger than 64 KiB */
export async function bodyText(req: IncomingMessage): Promise<string> {
  const body = await readBody(req, limit * 1024);
  if (!body) throw fault('requestMalformed', { problem: `the body is larger than ${limit} KiB` });
  return body.toString('utf8');
}

/**
 * The form of a POST, in the form of a schema. `isTypeless` takes one without a Content-Type too: libhimmelblau asks for a nonce that way
 * (windows-sign-in §0.5, rule 7). @throws requestMalformed when it is not a form, or larger than 64 KiB
 */
export async function readForm<Schema extends z.ZodObject>(
  req: IncomingMessage,
  schema: Schema,
  { isTypeless = false } = {},
): Promise<Form<Schema>> {
  const type = req.headers['content-type'];
  if (!(isTypeless && type === undefined) && !/^application\/x-www-form-urlencoded\b/i.test(type ?? '')) {
    throw fault('requestMalformed', { problem: 'the body is not application/x-www-form-urlencoded' });
  }
  const text = await bodyText(req);
  const problem = formShapeProblem(text);
  if (problem) throw fault('requestMalformed', { problem: `the body: ${problem}` });
  return formIn(schema, text);
}

/** The same request with another address, and with another form as its body, for the provider to read. */
export function requestWith(req: IncomingMessage, url: string, form?: Form<z.ZodObject>): IncomingMessage {
  const result = new IncomingMessage(req.socket);
  const body = form === undefined ? undefined : Buffer.from(String(form));
  Object.assign(result, { method: req.method, url, httpVersion: req.httpVersion, complete: true });
  result.headers = { ...req.headers };
  if (body) {
    result.headers['content-length'] = String(body.length);
    delete result.headers['transfer-encoding'];
    result.push(body);
  }
  result.push(null);
  shareNotes(req, result);
  return result;
}
