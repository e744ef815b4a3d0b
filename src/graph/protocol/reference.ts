import { fault } from '#core/trace/fault.ts';

/**
 * The object an `@odata.id` names: the id at its end, whatever host and version stand before it (Terraform writes
 * Microsoft's). @throws graphReferenceInvalid
 */
export function referenceIn(text: string): { readonly type: string; readonly id: string } {
  const match = /(?:^|\/)([A-Za-z]+)(?:\/|\(')([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?:'\))?\/?$/i.exec(text);
  if (!match) throw fault('graphReferenceInvalid', { problem: '@odata.id ends with a type and an object id' });
  return { type: match[1]!.toLowerCase(), id: match[2]!.toLowerCase() };
}
