/** First words of the commands that a server runs for the command line. */
const groups: readonly string[] = [
  ...['explain', 'ca', 'block', 'crl', 'doctor', 'user', 'group', 'role', 'device', 'tenant'],
  ...['audit', 'domain', 'policy', 'import', 'app', 'backup', 'keys', 'sync'],
];

/** Commands of `cardea device` that are the client of a device, which never runs inside a server. */
const deviceClient: readonly string[] = [
  ...[
    'join',
    'register',
    'hybrid-join',
    'sign-in',
    'renew',
    'token',
    'cookie',
    'status',
    'leave',
    'connection-point',
    'pam',
    'browser-host',
  ],
];

/**
 * Whether the server that holds the data folder runs this command line. Known from the words alone, so that the commands
 * themselves, half a second of processor time, need not be loaded before the server is asked.
 */
export const isServed = ([group = '', name = '']: readonly string[]): boolean =>
  (groups.includes(group) || (group === 'sign-in' && name === 'list')) &&
  !(group === 'device' && (deviceClient.includes(name) || !/^[a-z]/.test(name))) &&
  !(group === 'keys' && name !== 'status' && name !== 'reseal');

/** The value of `--data` in a command line that was not read yet: the last one counts. */
export function dataFolderIn(words: readonly string[]): string | undefined {
  const end = words.indexOf('--');
  const options = end === -1 ? words : words.slice(0, end);
  const values = options.map((word, index) =>
    word === '--data' ? options[index + 1] : /^--data=(.*)$/s.exec(word)?.[1],
  );
  return values.findLast((value) => value !== undefined);
}
