import { isGuid } from '../device/guid.ts';

/** Whom a `login_hint` claim names. */
export interface HintedUser {
  readonly userId: string;
  readonly tenantId: string;
}

/** What no user name begins with. */
const mark = 'O.';

/** The value of the claim `login_hint`: opaque to applications, which send it back at the authorize endpoint. */
export const makeLoginHint = ({ userId, tenantId }: HintedUser): string =>
  `${mark}${Buffer.from(JSON.stringify([userId, tenantId])).toString('base64url')}`;

/** Whom such a value names; undefined for every other text. It proves nothing: it is a hint. */
export function readLoginHint(text: string | null | undefined): HintedUser | undefined {
  if (!text?.startsWith(mark) || text.length > 400) return undefined;
  try {
    const [userId, tenantId] = JSON.parse(Buffer.from(text.slice(mark.length), 'base64url').toString()) as unknown[];
    if (typeof userId !== 'string' || typeof tenantId !== 'string') return undefined;
    return isGuid(userId) && isGuid(tenantId) ? { userId, tenantId } : undefined;
  } catch {
    return undefined;
  }
}
