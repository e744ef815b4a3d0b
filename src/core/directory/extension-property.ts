/** Types of a directory extension (Graph: extensionProperty). */
export const extensionTypes = ['Binary', 'Boolean', 'DateTime', 'Integer', 'LargeInteger', 'String'] as const;
export type ExtensionType = (typeof extensionTypes)[number];

/** An attribute of users that an application has defined (Graph: extensionProperty). */
export interface ExtensionProperty {
  /** `extension_{appId without dashes}_{name}` */
  readonly name: string;
  readonly dataType: ExtensionType;
  readonly isMultiValued: boolean;
  readonly targetObjects: readonly string[];
}

/** The kind of directory object that an {@link ExtensionProperty} is stored as; its owner is the appId. */
export const extensionPropertyKind = 'extensionProperties';

const pattern = /^extension_([0-9a-f]{32})_([A-Za-z][A-Za-z0-9_]{0,63})$/i;

/** Whether a property of a user has the form of a directory extension. */
export const isExtensionName = (name: string): boolean => pattern.test(name);

/** The name under which an application has defined it: what stands behind its appId. */
export const shortNameOf = (name: string): string | undefined => pattern.exec(name)?.[2];

export const extensionName = (appId: string, shortName: string): string =>
  `extension_${appId.replaceAll('-', '').toLowerCase()}_${shortName}`;

const longest = 256;
const mostValues = 256;

const fits: Readonly<Record<ExtensionType, (value: unknown) => boolean>> = {
  Binary: (value) => typeof value === 'string' && value.length <= 344 && /^[A-Za-z0-9+/]*={0,2}$/.test(value),
  Boolean: (value) => typeof value === 'boolean',
  DateTime: (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value)),
  Integer: (value) => Number.isInteger(value) && Math.abs(value as number) <= 0x7fff_ffff,
  LargeInteger: (value) => Number.isSafeInteger(value),
  String: (value) => typeof value === 'string' && value.length <= longest,
};

/** What is wrong with a value for a user; undefined when nothing is. `null` clears. */
export function extensionValueProblem(
  { dataType, isMultiValued }: ExtensionProperty,
  value: unknown,
): string | undefined {
  if (value === null) return undefined;
  if (isMultiValued !== Array.isArray(value)) return isMultiValued ? 'it must be a list' : 'it must be a single value';
  const values = Array.isArray(value) ? value : [value];
  if (values.length > mostValues) return `it has at most ${mostValues} values`;
  return values.every(fits[dataType]) ? undefined : `its type must be ${dataType}`;
}
