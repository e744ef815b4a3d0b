/** `0.`, the tenant as 16 octets, a dot and the sealed content. Only characters of base64url and dots (windows-sign-in §0.5, rule 8). */
const shape = /^0\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{40,4000})$/;

/** The text of a primary refresh token, as clients carry it. */
export function primaryTokenText(tenantId: string, sealed: string): string {
  const tag = Buffer.from(tenantId.replaceAll('-', ''), 'hex').toString('base64url');
  return `0.${tag}.${sealed}`;
}

/** The tenant that a primary refresh token names, not trusted, and its sealed content; undefined for another text. */
export function readPrimaryTokenText(
  text: unknown,
): { readonly tenantId: string; readonly sealed: string } | undefined {
  const [, tag = '', sealed] = (typeof text === 'string' && shape.exec(text)) || [];
  if (sealed === undefined) return undefined;
  const hex = Buffer.from(tag, 'base64url').toString('hex');
  return { tenantId: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'), sealed };
}
