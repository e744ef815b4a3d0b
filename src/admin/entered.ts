import { fault } from '#core/trace/fault.ts';

/** Controls, line and paragraph separators, and bidirectional formatting characters (UAX #9). */
const hidden = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]/u;
const hiddenButLines = /(?![\t\n\r])[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]/u;

/**
 * A name that people read holds no control or bidirectional character: such a name could pass for another.
 * @throws textHoldsControls
 */
export function checkName(part: string, text: string | null | undefined): void {
  if (text && hidden.test(text)) throw fault('textHoldsControls', { part });
}

/** The same for a text of several lines. @throws textHoldsControls */
export function checkText(part: string, text: string | null | undefined): void {
  if (text && hiddenButLines.test(text)) throw fault('textHoldsControls', { part });
}

/** The rule for hosts that may be reached by plain http: this computer alone (RFC 8252 §7.3). */
export const isLoopback = (hostname: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(hostname);

/** A link that people follow is https, or http to this computer. @throws linkInvalid */
export function checkLink(part: string, link: string | null | undefined): void {
  if (link === null || link === undefined) return;
  if (hidden.test(link)) throw fault('textHoldsControls', { part });
  const url = URL.canParse(link) ? new URL(link) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (!isSafe || url.username !== '' || url.password !== '')
    throw fault('linkInvalid', { part, link: link.slice(0, 200) });
}

/**
 * An identifier of an application: https, http to this computer, or one of the names that Entra takes (`api://…`,
 * `urn:…`, `ms-appx:…`). It is no link of a script or a file. @throws linkInvalid
 */
export function checkIdentifier(uri: string): void {
  if (hidden.test(uri)) throw fault('textHoldsControls', { part: 'identifierUris' });
  if (/^(?:api|ms-appx):\/\/[^\s]+$/i.test(uri) || /^urn:[^\s]+$/i.test(uri)) return;
  checkLink('identifierUris', uri);
}

/**
 * The names anywhere in a document: what stands under `displayName`, as Graph, tenant files and exports write it.
 * @throws textHoldsControls
 */
export function checkNamesIn(value: unknown): void {
  if (Array.isArray(value)) for (const item of value) checkNamesIn(item);
  else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const [key, member] of Object.entries(value)) {
      if (key === 'displayName' && typeof member === 'string') checkName(key, member);
      else checkNamesIn(member);
    }
  }
}
