import { fault } from '#core/trace/fault.ts';

/** Names that every JavaScript object has, such as `constructor` and `__proto__`. No property of Graph has one of them. */
const inherited = new Set(Object.getOwnPropertyNames(Object.prototype).map((name) => name.toLowerCase()));

/**
 * The name of a property in a query option. Tables by such names can rely on it that none of them is inherited.
 * @throws graphQueryUnreadable for a name that no property can have
 */
export function propertyName(option: string, name: string): string {
  if (inherited.has(name.toLowerCase()))
    throw fault('graphQueryUnreadable', { option, problem: `there is no property ${name}` });
  return name;
}
