/** The kinds of directory objects that lists look up by an index. */
export type IndexedKind = 'user' | 'group' | 'device' | 'application';

/** A row of the index: this object has this value. */
export interface IndexRow {
  /** Kind and property path in lower case, `user/mail`; with `~` at the end the words of the property after its first. */
  readonly property: string;
  readonly key: string;
}

export interface IndexedProperty {
  /** Objects without a value have a row with an empty key, so that the index orders every object. */
  readonly isOrder?: true;
  /** Words of the value are found as well as its beginning, as Graph's `$search` finds them. */
  readonly hasWords?: true;
  /** True or false. */
  readonly isFlag?: true;
  /** A list of texts, with a row for each of them. */
  readonly isList?: true;
  /** A time. Its key is the time in ISO 8601 UTC with milliseconds. */
  readonly isTime?: true;
  /** A value that most objects have. It has no row: nothing is gained by looking it up. */
  readonly usual?: string;
}

/** What each kind is found by, names in lower case. A change of this table needs a migration that fills the index again. */
export const indexedProperties: Readonly<Record<IndexedKind, Readonly<Record<string, IndexedProperty>>>> = {
  user: {
    displayname: { isOrder: true, hasWords: true },
    userprincipalname: { isOrder: true },
    createddatetime: { isOrder: true, isTime: true },
    mail: { isOrder: true },
    givenname: { isOrder: true },
    surname: { isOrder: true },
    mailnickname: {},
    onpremisesuserprincipalname: {},
    onpremisesimmutableid: {},
    onpremisessamaccountname: {},
    onpremisessecurityidentifier: {},
    onpremisessyncenabled: { isFlag: true },
    jobtitle: {},
    department: {},
    companyname: {},
    officelocation: {},
    city: {},
    country: {},
    state: {},
    employeeid: {},
    employeetype: {},
    mobilephone: {},
    usagelocation: {},
    usertype: { usual: 'member' },
    accountenabled: { isFlag: true, usual: 'true' },
    'authorizationinfo/certificateuserids': { isList: true },
    othermails: { isList: true },
    proxyaddresses: { isList: true },
    businessphones: { isList: true },
  },
  group: {
    displayname: { isOrder: true, hasWords: true },
    createddatetime: { isOrder: true, isTime: true },
    mailnickname: { isOrder: true },
    mail: {},
    description: { hasWords: true },
    onpremisessamaccountname: {},
    onpremisessecurityidentifier: {},
    onpremisessyncenabled: { isFlag: true },
    isassignabletorole: { isFlag: true },
    securityenabled: { isFlag: true, usual: 'true' },
    mailenabled: { isFlag: true, usual: 'false' },
    grouptypes: { isList: true },
    uniquename: {},
  },
  device: {
    displayname: { isOrder: true, hasWords: true },
    deviceid: { isOrder: true },
    registrationdatetime: { isOrder: true, isTime: true },
    approximatelastsignindatetime: { isOrder: true, isTime: true },
    operatingsystem: {},
    operatingsystemversion: {},
    trusttype: {},
    accountenabled: { isFlag: true, usual: 'true' },
    iscompliant: { isFlag: true },
    ismanaged: { isFlag: true },
    onpremisessyncenabled: { isFlag: true },
    onpremisessecurityidentifier: {},
  },
  application: {
    displayname: { isOrder: true, hasWords: true },
    appid: { isOrder: true },
    createddatetime: { isOrder: true, isTime: true },
    objectid: {},
    principalname: { hasWords: true },
    identifieruris: { isList: true },
  },
};

/** As long as the longest name. A longer value is found by its beginning and compared as a whole afterwards. */
const longestKey = 256;

/** The form in which values compare: lower case, as Graph compares texts. */
export function indexKey(value: string): string {
  return value.toLowerCase().slice(0, longestKey).toWellFormed().replaceAll('\0', '\ufffd');
}

/** The form in which times compare. What is not a time has the key of its text. */
export function timeKey(value: string | number): string {
  const at = new Date(value);
  return indexKey(Number.isNaN(at.getTime()) ? String(value) : at.toISOString());
}

/** The words of a name or description, in lower case, as `$search` finds them. */
export const wordsIn = (value: string): readonly string[] =>
  value
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

/** The rows of an object. @param values the object's properties, names in lower case; a text, a boolean or a list of texts */
export function indexRows(kind: IndexedKind, values: Readonly<Record<string, unknown>>): readonly IndexRow[] {
  return Object.entries(indexedProperties[kind]).flatMap(([name, property]) => {
    const keys = new Set(textsOf(values[name]).map(property.isTime ? timeKey : indexKey));
    if (property.usual !== undefined) keys.delete(property.usual);
    if (property.isOrder && keys.size === 0) keys.add('');
    const words = property.hasWords ? laterWords(values[name]) : [];
    return [
      ...[...keys].map((key) => ({ property: `${kind}/${name}`, key })),
      ...words.map((key) => ({ property: `${kind}/${name}~`, key })),
    ];
  });
}

function textsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value === 'boolean') return [String(value)];
  return typeof value === 'string' ? [value] : [];
}

/** The beginning of a value has its own row already. */
function laterWords(value: unknown): readonly string[] {
  if (typeof value !== 'string') return [];
  const text = value.toLowerCase();
  return [...new Set(wordsIn(value).map(indexKey))].filter((word) => !text.startsWith(word));
}
