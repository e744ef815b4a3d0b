import { userInfo } from 'node:os';

/** Who the audit log names for what the command line does: the operating system's user. */
export const actor = `cli:${userInfo().username}`;
