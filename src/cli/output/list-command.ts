import { directoryRoles } from '#core/roles/directory-roles.ts';

/** The command that lists objects of a kind, by the words of `nothingFound`. */
export const listCommands: Readonly<Record<string, string>> = {
  application: 'app list',
  'assignment of this role to': 'role list',
  'blocked certificate': 'block list',
  CA: 'ca list',
  'CA with a CRL address': 'crl list',
  'certificate of the application': 'app list --json',
  'client secret': 'app secret list CLIENT_ID',
  container: 'ca list',
  'deleted CA or PKI': 'ca list --deleted',
  'deleted application': 'audit list --activity "Delete application"',
  'deleted group': 'audit list --activity "Delete group"',
  'deleted user': 'audit list --activity "Delete user"',
  device: 'device list',
  domain: 'tenant list',
  group: 'group list',
  PKI: 'ca list',
  'sign-in': 'sign-in list',
  tenant: 'tenant list',
  user: 'user list',
};

/** Names the command in place of the general remedy; undefined for a kind that no command lists. */
export function listRemedy(kind: string): string | undefined {
  if (kind === 'directory role')
    return `Specify one of these roles: ${directoryRoles.map(({ displayName }) => displayName).join(', ')}.`;
  return Object.hasOwn(listCommands, kind) ? `Run \`cardea ${listCommands[kind]}\`.` : undefined;
}
