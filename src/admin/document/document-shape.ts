import { fault } from '#core/trace/fault.ts';

/** Says whether a value has a form; what is not said is refused, with the path of the first thing wrong. */
export type Shape = (value: unknown, path: string) => void;

const refuse = (path: string, problem: string) =>
  fault('policyDocumentUnreadable', { problem: `${path || 'the document'} ${problem}` });

const typedText =
  (type: 'string' | 'boolean' | 'number', called: string): Shape =>
  (value, path) => {
    if (typeof value !== type) throw refuse(path, `must be ${called}`);
  };
export const text = typedText('string', 'text');
export const flag = typedText('boolean', 'true or false');
export const whole: Shape = (value, path) => {
  if (!Number.isSafeInteger(value)) throw refuse(path, 'must be a whole number');
};

export const oneOf =
  (...allowed: readonly string[]): Shape =>
  (value, path) => {
    if (typeof value !== 'string' || !allowed.includes(value))
      throw refuse(path, `must be one of ${allowed.join(', ')}`);
  };

/** Graph writes null for what is not set. */
export const orNull =
  (shape: Shape): Shape =>
  (value, path) => {
    if (value !== null) shape(value, path);
  };

export const listOf =
  (shape: Shape): Shape =>
  (value, path) => {
    if (!Array.isArray(value)) throw refuse(path, 'must be a list');
    for (const [index, one] of value.entries()) shape(one, `${path}[${index}]`);
  };

/** An object with these keys and no others; those in `needed` must be there. */
export const objectOf =
  (keys: Readonly<Record<string, Shape>>, requirement: readonly string[] = []): Shape =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse(path, 'must be an object');
    const inside = (name: string) => (path === '' ? name : `${path}.${name}`);
    for (const [name, one] of Object.entries(value)) {
      const shape = Object.hasOwn(keys, name) ? keys[name] : undefined;
      if (!shape) throw refuse(inside(name), 'is not known here');
      shape(one, inside(name));
    }
    for (const name of requirement) if (!Object.hasOwn(value, name)) throw refuse(inside(name), 'is missing');
  };

/** Hexadecimal digits as people paste them, with or without colons: so many octets, or any number of digits. */
export const hexText =
  (octets?: number): Shape =>
  (value, path) => {
    text(value, path);
    const digits = (value as string).replace(/[: -]/g, '');
    const isWanted = octets === undefined ? digits.length > 0 : digits.length === 2 * octets;
    if (isWanted && /^[0-9a-f]+$/i.test(digits)) return;
    throw refuse(path, octets === undefined ? 'must be hexadecimal' : `must be ${octets} octets in hexadecimal`);
  };

/** An object of this shape that has all keys of one of these sets at least. */
export const withOneOf =
  (shape: Shape, sets: readonly (readonly string[])[]): Shape =>
  (value, path) => {
    shape(value, path);
    if (sets.some((keys) => keys.every((key) => Object.hasOwn(value as object, key)))) return;
    throw refuse(path, `must have ${sets.map((keys) => keys.join(' and ')).join(', or ')}`);
  };
