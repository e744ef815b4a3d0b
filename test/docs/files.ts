import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The root of the repository. */
export const root = resolve(import.meta.dirname, '..', '..');

/** A text file of the repository; `file` is relative to the root. */
export interface TextFile {
  readonly file: string;
  readonly text: string;
}

/** Source, tests and documents that name rules and files. */
export const textFiles = (): readonly TextFile[] =>
  filesOf(['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts', 'bin/*.mjs', 'docs/**/*.md', '*.md']);

/** The admin center, which is a workspace of its own. */
export const webFiles = (): readonly TextFile[] => filesOf(['web/src/**/*.{ts,tsx,css}', 'web/*.{ts,md}']);

function filesOf(patterns: readonly string[]): readonly TextFile[] {
  return patterns
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .sort()
    .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
}

/** Whether `target`, a path from the root with or without an anchor, is there. */
export function resolves(target: string): boolean {
  const [file = '', anchor] = target.split('#');
  if (!existsSync(join(root, file))) return false;
  return anchor === undefined || anchorsOf(file).has(anchor);
}

const knownKeys = new Map<string, ReadonlySet<string>>();

/** Anchors of a Markdown file: those written out, and those that GitHub makes of headings. */
export function anchorsOf(file: string): ReadonlySet<string> {
  const match = knownKeys.get(file);
  if (match) return match;
  const text = readFileSync(join(root, file), 'utf8');
  const output = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id!);
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => slugOf(heading!));
  const anchors = new Set([...output, ...headings]);
  knownKeys.set(file, anchors);
  return anchors;
}

const slugOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
