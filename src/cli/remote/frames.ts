import { z } from 'zod';

/** One line of JSON each way. The first line of the client: which command to run. */
export const commandRequest = z.object({
  words: z.array(z.string()).readonly(),
  cwd: z.string(),
  isTerminal: z.boolean().optional(),
  columns: z.int().positive().optional(),
});
export type CommandRequest = z.output<typeof commandRequest>;

/**
 * What the server asks of the client while the command runs. The client answers each with one {@link FileAnswer}, so that neither has more
 * than a part of a file in memory that the other did not ask for.
 */
export const fileRequest = z.union([
  /** Opens a file: the answer is its size. */
  z.object({ read: z.string(), most: z.int() }),
  /** The next part of the file that was opened. */
  z.object({ next: z.literal(true) }),
  z.object({ list: z.string(), ending: z.string() }),
  /** Begins a new file. */
  z.object({ create: z.string() }),
  /** Appends to the file that was begun: base64. */
  z.object({ append: z.string() }),
  /** Gives the file its name, where its content has this SHA-256. */
  z.object({ finish: z.string() }),
  z.object({ abandon: z.literal(true) }),
]);
export type FileRequest = z.output<typeof fileRequest>;

export const fileAnswer = z.union([
  z.object({ size: z.int().nonnegative() }),
  z.object({ part: z.string() }),
  z.object({ names: z.array(z.string()).nullable() }),
  z.object({ path: z.string(), bytes: z.int(), sha256: z.string() }),
  z.object({ path: z.string(), problem: z.string(), exists: z.boolean() }),
  z.object({ problem: z.string() }),
  /** `device`: the disk of a file that was begun, as stat(2) numbers it. Earlier versions do not name it. */
  z.object({ done: z.literal(true), device: z.string().optional() }),
]);
export type FileAnswer = z.output<typeof fileAnswer>;

/** Every line of the server: output, an error message, a question about a file, or the exit code. */
export const reply = z.union([
  z.object({ said: z.string() }),
  z.object({ complained: z.string() }),
  z.object({ fileRequest }),
  z.object({ exit: z.int() }),
]);

export type Frame = CommandRequest | z.output<typeof reply> | { readonly fileAnswer: FileAnswer };

/** Every further line of the client. */
export const answerFrame = z.object({ fileAnswer });

/** Bytes of the longest line. */
export const longestFrame = 1024 * 1024;
/** Octets of a file in one line, as base64. */
export const partSize = 192 * 1024;
