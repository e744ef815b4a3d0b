import { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { fault } from '#core/trace/fault.ts';
import { formShapeProblem, readBody } from '#net/bodies.ts';
import type { Form } from '#schema/form.ts';
import { formIn } from '#signin/read-form.ts';
import { shareNotes } from './request-notes.ts';

const limit = 64 * 1024;

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
  const body = await readBody(req, limit);
  if (!body) throw fault('requestMalformed', { problem: 'the body is larger than 64 KiB' });
  const text = body.toString('utf8');
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
