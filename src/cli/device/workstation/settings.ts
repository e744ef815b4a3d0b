import { lstatSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { fault } from '#core/trace/fault.ts';

const path = z
  .string()
  .startsWith('/')
  .regex(/^[^\0]*$/, 'it must not contain the character NUL (U+0000)');

/** The settings of a workstation: /etc/cardea/pam.yaml (docs/admin/linux-workstations.md). */
const settingsShape = z.strictObject({
  /** Folder with the registration of the computer. It is root's alone. */
  state: path.default('/var/lib/cardea/device'),
  /** PKCS #11 module of the cards. */
  module: path,
  /** Label of the card, where a reader shows several. */
  tokenLabel: z.string().optional(),
  /** PEM file of the CA of the server's TLS certificate. */
  ca: path.optional(),
  /** HOST:ADDRESS pairs, in place of name resolution. */
  resolve: z.array(z.string()).default([]),
  /** Map of users to local accounts. */
  users: path.default('/etc/cardea/users'),
  /** Users of this domain use the account that has the name before the `@`. */
  accountsOfDomain: z.string().optional(),
  /** Domain of Active Directory, of a hybrid-joined computer: the first sign-in sends ACCOUNT@DOMAIN (WIN-7). */
  activeDirectoryDomain: z.string().optional(),
  domainHint: z.string().optional(),
  allowRoot: z.boolean().default(false),
  requireMultiFactor: z.boolean().default(false),
  offline: z
    .strictObject({
      days: z.int().min(0).max(30).default(0),
      tries: z.int().min(1).max(20).default(5),
    })
    .prefault({}),
});

export type WorkstationSettings = z.infer<typeof settingsShape>;

/** @throws workstationSettingsUnusable */
export function readSettings(file: string): WorkstationSettings {
  const text = readProtected(file);
  try {
    return settingsShape.parse(parse(text));
  } catch (thrown) {
    const [issue] = thrown instanceof z.ZodError ? thrown.issues : [];
    const problem = issue ? `${issue.path.join('.')}: ${issue.message}` : (thrown as Error).message.split('\n')[0]!;
    throw fault('workstationSettingsUnusable', { path: file, problem }, thrown);
  }
}

/**
 * The text of a file that decides who signs in: it and its folder belong to root or to this process, and no other account
 * can write to them. @throws workstationSettingsUnusable
 */
export function readProtected(file: string): string {
  const unusable = (problem: string, cause?: unknown) =>
    fault('workstationSettingsUnusable', { path: file, problem }, cause);
  try {
    for (const place of [dirname(file), file]) {
      const { uid, mode } = lstatSync(place);
      if (uid !== 0 && uid !== process.geteuid?.()) throw unusable(`${place} belongs to another account`);
      if ((mode & 0o022) !== 0) throw unusable(`other accounts can write to ${place}`);
    }
    if (!lstatSync(file).isFile()) throw unusable('it is not a file');
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException;
    throw code === undefined ? thrown : unusable(message, thrown);
  }
}
