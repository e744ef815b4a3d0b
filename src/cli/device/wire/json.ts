import { z } from 'zod';
import { fault } from '#core/trace/fault.ts';
import { readJson, requireShape } from '#schema/json.ts';

/** A JSON object, as a server answers it. */
const jsonObject = z.record(z.string(), z.unknown());
export type JsonObject = Readonly<z.infer<typeof jsonObject>>;

/** The JSON object in a text; undefined for any other text. */
export const parseJson = (text: string): JsonObject | undefined => readJson(jsonObject, text);

/** A member that is a text and not empty; any other value counts as missing. */
export const textMember = z.string().min(1).optional().catch(undefined);

/** A member that is an object of this form; any other value counts as missing. */
export const objectMember = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

/** A member that is a list of texts; other items are left out. */
export const textsMember = z
  .array(z.unknown())
  .catch([])
  .transform((items) => items.filter((item) => typeof item === 'string'));

/** What is read of an answer to a request, which is named in words: `a nonce`. @throws deviceAnswerMalformed */
export const answerIn = <T extends z.ZodType>(schema: T, answer: JsonObject, request: string): z.output<T> =>
  requireShape(schema, answer, (problem) => fault('deviceAnswerMalformed', { request, problem }));

export const isRecord = (value: unknown): value is JsonObject => jsonObject.safeParse(value).success;
