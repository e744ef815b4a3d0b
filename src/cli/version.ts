import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { requireJson } from '#schema/json.ts';

/** The version of the package. */
export const packageVersion = (): string =>
  requireJson(
    z.object({ version: z.string() }),
    readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'),
    (problem) => new Error(`package.json: ${problem}`),
  ).version;

/** How a person runs a command. A checkout runs TypeScript and is not installed: npx finds the command of its folder. Elsewhere npx would download one. */
export const commandName = import.meta.filename.endsWith('.ts') ? 'npx cardea' : 'cardea';
