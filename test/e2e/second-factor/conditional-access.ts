import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConditionalAccessPolicy } from '#core/access/policy.ts';
import type { RunningServer } from '../server.ts';

/** A policy for all users and all resources, except as given. */
export function policyOf(
  displayName: string,
  more: Omit<Partial<ConditionalAccessPolicy>, 'conditions'> & {
    readonly conditions?: Partial<ConditionalAccessPolicy['conditions']>;
  } = {},
): ConditionalAccessPolicy {
  return {
    id: crypto.randomUUID(),
    displayName,
    state: 'enabled',
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
    ...more,
    conditions: {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
      clientAppTypes: ['all'],
      ...more.conditions,
    },
  };
}

/** Makes these the tenant's documents, by the command line, also where they lock out every administrator. */
export async function apply(server: RunningServer, document: object): Promise<void> {
  const file = join(server.folder, 'documents.json');
  writeFileSync(file, JSON.stringify(document));
  const { code, err } = await server.cardea('policy', 'apply', file, '--force');
  if (code !== 0) throw new Error(err);
}

export async function setPassword(server: RunningServer, username: string, password: string): Promise<void> {
  const file = join(server.folder, 'password');
  writeFileSync(file, password);
  const { code, err } = await server.cardea('user', 'set', username, '--password-file', file);
  if (code !== 0) throw new Error(err);
}

/** Issues a Temporary Access Pass. */
export async function passFor(server: RunningServer, username: string, ...more: readonly string[]): Promise<string> {
  const { code, out, err } = await server.cardea('user', 'tap', username, '--json', ...more);
  if (code !== 0) throw new Error(err);
  return (JSON.parse(out) as { temporaryAccessPass: string }).temporaryAccessPass;
}
