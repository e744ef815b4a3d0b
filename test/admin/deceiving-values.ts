/** Values that deceive a person who reads them, or lead where no address may. The values of a group are refused by one rule. */
export type ValueGroup = Readonly<Record<string, string>>;

const place = 'https://app.example.test/';

const unseen: ValueGroup = {
  escape: '\x1b[2J',
  'C1 control': '\x9b2J',
  bidirectional: '\u202e',
  'zero width': '\u200b',
};
const map = (group: ValueGroup, write: (value: string) => string): ValueGroup =>
  Object.fromEntries(Object.entries(group).map(([kind, value]) => [kind, write(value)]));

/** Names and texts that hold what is not seen. */
export const unseenTexts: ValueGroup = map(unseen, (character) => `a${character}b`);
/** No name of one line. */
export const lines: ValueGroup = { 'line feed': 'a\nb' };
export const longNames: ValueGroup = { 'too long': 'x'.repeat(300) };

/** Addresses that hold what is not seen. */
export const unseenAddresses: ValueGroup = map(unseen, (character) => `${place}${character}`);
export const addressesOfLines: ValueGroup = { 'line feed': 'https://app.exa\nmple.test/' };
export const scripts: ValueGroup = { script: 'javascript:alert(1)', data: 'data:text/html,x' };
export const userNames: ValueGroup = { 'user name': 'https://login.example.test:x@app.example.test/' };
export const longAddresses: ValueGroup = { 'too long': `${place}${'x'.repeat(2100)}` };
export const plainLinks: ValueGroup = { 'plain http': 'http://app.example.test/' };

/** Addresses of private networks and of this computer, in spellings that lead there: refused by a setting. */
export const privateAddresses: ValueGroup = {
  private: 'https://10.1.2.3/x',
  'loopback as one number': 'https://2130706433/x',
  'this computer by its name': 'https://localhost/x',
  'unique local': 'https://[fd00::1]/x',
  'private in IPv6': 'https://[::ffff:10.1.2.3]/x',
};
/** Addresses that are dialled under no setting. */
export const neverDialled: ValueGroup = {
  'the metadata service': 'https://169.254.169.254/x',
  'the metadata service as one number': 'https://2852039166/x',
  'the metadata service in hexadecimal': 'https://0xa9fea9fe/x',
  'the metadata service in IPv6': 'https://[::ffff:169.254.169.254]/x',
  'the metadata service of Azure': 'https://168.63.129.16/x',
  unspecified: 'https://0.0.0.0/x',
  'unspecified in IPv6': 'https://[::]/x',
  'link-local in IPv6': 'https://[fe80::1]/x',
  multicast: 'https://224.0.0.1/x',
};
