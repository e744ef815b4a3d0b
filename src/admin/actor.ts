/** Who changes something, as the audit log names them: a user, an application, or the operator of the installation. */
export type Actor =
  | { readonly kind: 'user'; readonly id: string; readonly name: string; readonly ipAddress: string }
  | { readonly kind: 'app'; readonly id: string; readonly name: string };

/** One line of text, because that is what a store keeps. */
export function actorText(actor: Actor): string {
  const parts = actor.kind === 'user' ? [actor.id, actor.name, actor.ipAddress] : [actor.id, actor.name];
  return [actor.kind, ...parts.map(encodeURIComponent)].join('/');
}

/** The actor of a text without the address: the same caller from anywhere. */
export function callerText(text: string): string {
  const read = readActor(text);
  return read.id === '' ? text : `${read.kind}/${read.id}`;
}

/** Reads {@link actorText} back; any other text names an application without an id (the command line does). */
export function readActor(text: string): Actor {
  const [kind, id, name, ipAddress] = text.split('/').map(plain);
  if (kind === 'user' && id && name !== undefined) return { kind, id, name, ipAddress: ipAddress ?? '' };
  if (kind === 'app' && id && name !== undefined) return { kind, id, name };
  return { kind: 'app', id: '', name: text };
}

function plain(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
