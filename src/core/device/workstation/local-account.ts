import { passed, type Ruling, refused } from '../../trace/ruling.ts';

/** An account of this computer, as /etc/passwd has it. */
export interface LocalAccount {
  readonly name: string;
  readonly userId: number;
  readonly groupId: number;
}

/** What Debian's adduser accepts, without the `$` of machine accounts. No character of it has a meaning in a shell or a path. */
const accountName = /^[a-z_][a-z0-9_-]{0,31}$/;

/**
 * The account of this name in the text of /etc/passwd (passwd(5)). No name service is asked. Refuses with
 * `localAccountNameRefused`, `localAccountMissing` or `rootAccountRefused`: every account with user id 0 is root.
 */
export function findLocalAccount(passwd: string, name: string, allowsRoot: boolean): Ruling<LocalAccount> {
  if (!accountName.test(name)) return refused('localAccountNameRefused', {});
  const fields = passwd.split('\n').map((line) => line.split(':'));
  const [, , userText = '', groupText = ''] = fields.find(([candidate]) => candidate === name) ?? [];
  if (!/^\d{1,10}$/.test(userText) || !/^\d{1,10}$/.test(groupText))
    return refused('localAccountMissing', { account: name });
  const [userId, groupId] = [Number(userText), Number(groupText)];
  if (userId === 0 && !allowsRoot) return refused('rootAccountRefused', { account: name });
  return passed({ name, userId, groupId }, 'localAccountKnown', { account: name });
}
