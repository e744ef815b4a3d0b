import type { z } from 'zod';
import { fault } from '#core/trace/fault.ts';
import { type Form, requireForm, type Source } from '#schema/form.ts';

/** Parameters of a request in the form of a schema. @throws requestMalformed */
export const formIn = <Schema extends z.ZodObject>(schema: Schema, source: Source): Form<Schema> =>
  requireForm(schema, source, (problem) => fault('requestMalformed', { problem }));
