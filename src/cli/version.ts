import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { requireJson } from '#schema/json.ts';

const root = join(import.meta.dirname, '..', '..');

/** The version of the package. */
export const packageVersion = (): string =>
  requireJson(
    z.object({ version: z.string() }),
    readFileSync(join(root, 'package.json'), 'utf8'),
    (problem) => new Error(`package.json: ${problem}`),
  ).version;

/** How a person runs a command. A checkout has sources and is not installed: npx finds the command of its folder. Elsewhere npx would download one. */
export const commandName = (): string => (existsSync(join(root, 'src', 'main.ts')) ? 'npx cardea' : 'cardea');
