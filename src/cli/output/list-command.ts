/** The command that lists objects of a kind, by the words of `nothingFound`. */
export const listCommands: Readonly<Record<string, string>> = {
  application: 'app list',
  'blocked certificate': 'block list',
  CA: 'ca list',
  'CA with a CRL address': 'crl list',
  container: 'ca list',
  device: 'device list',
  group: 'group list',
  PKI: 'ca list',
  'sign-in': 'sign-in list',
  tenant: 'tenant list',
  user: 'user list',
};

/** Names the command in place of the general remedy; undefined for a kind that no command lists. */
export const listRemedy = (kind: string): string | undefined =>
  Object.hasOwn(listCommands, kind) ? `Run \`cardea ${listCommands[kind]}\`.` : undefined;
