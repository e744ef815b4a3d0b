import { userInfo } from 'node:os';

/**
 * The name of the user of this computer. A container runs as a user that has a number and no entry in its list of users.
 * @param read throws where there is no entry
 */
export function userName(read: () => { readonly username: string } = userInfo): string {
  try {
    return read().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** Who the audit log names for what the command line does. */
export const actor = `cli:${userName()}`;
