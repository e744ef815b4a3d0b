import { fault } from '#core/trace/fault.ts';
import { unseenCharacters } from '#core/unseen-characters.ts';
import { refusalOf } from '#net/address-policy.ts';
import type { AddressSettings } from '#ports/ports.ts';

const hidden = new RegExp(unseenCharacters, 'u');
const hiddenButLines = new RegExp(`(?![\\t\\n\\r])(?:${unseenCharacters})`, 'u');

/** Characters of a name, as Entra limits a displayName, and of a link. */
const longestName = 256;
export const longestLink = 2048;

/**
 * A name that people read holds no control, bidirectional or invisible character: such a name could pass for another.
 * @throws textHoldsControls, textTooLong
 */
export function checkName(part: string, text: string | null | undefined, limit = longestName): void {
  if (!text) return;
  if (text.length > limit) throw fault('textTooLong', { part, length: text.length, limit });
  if (hidden.test(text)) throw fault('textHoldsControls', { part });
}

/** The same for a text of several lines, of any length unless a limit is given. @throws textHoldsControls, textTooLong */
export function checkText(part: string, text: string | null | undefined, limit?: number): void {
  if (text && limit !== undefined && text.length > limit)
    throw fault('textTooLong', { part, length: text.length, limit });
  if (text && hiddenButLines.test(text)) throw fault('textHoldsControls', { part });
}

/** Attributes of a user that people read as lines of a text. Every other one is a name. */
const texts: ReadonlySet<string> = new Set(['streetAddress', 'aboutMe', 'description']);

/** The attributes of a user or of a profile, those that are texts. @throws textHoldsControls, textTooLong */
export function checkAttributes(attributes: object): void {
  for (const [part, value] of Object.entries(attributes)) {
    if (typeof value !== 'string' || part === 'password') continue;
    if (texts.has(part)) checkText(part, value);
    else checkName(part, value, part === 'displayName' ? longestName : longestLink);
  }
}

/** The rule for hosts that may be reached by plain http: this computer alone (RFC 8252 §7.3). */
export const isLoopback = (hostname: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(hostname);

/** A link that people follow is https, or http to this computer. @throws linkInvalid, textHoldsControls, textTooLong */
export function checkLink(part: string, link: string | null | undefined): void {
  if (link === null || link === undefined) return;
  checkName(part, link, longestLink);
  const url = URL.canParse(link) ? new URL(link) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (!isSafe || url.username !== '' || url.password !== '')
    throw fault('linkInvalid', { part, link: link.slice(0, 200) });
}

/**
 * An address that a browser is sent to has no name and password before its host: they make it look like another.
 * @throws textHoldsControls, textTooLong, linkInvalid
 */
export function checkAddress(part: string, address: string): void {
  checkName(part, address, longestLink);
  const { username, password } = URL.canParse(address) ? new URL(address) : { username: '', password: '' };
  if (username !== '' || password !== '') throw fault('linkInvalid', { part, link: address.slice(0, 200) });
}

/**
 * Refuses an address that the address policy forbids under every setting, in any spelling: link-local, metadata,
 * multicast, broadcast and unspecified ones. Names are not resolved. @throws addressNeverReached
 */
export function checkReachable(part: string, address: string): void {
  const problem = URL.canParse(address) ? refusalOf(new URL(address).hostname, 'allow') : undefined;
  if (problem) throw fault('addressNeverReached', { part, url: address.slice(0, 200), problem });
}

/**
 * Refuses a private address where the setting does, in any spelling, and `localhost`. Any other name may be resolved to
 * another address later, so it is judged when it is dialled. @throws addressPrivate
 */
export function checkPrivateAddress(
  part: string,
  address: string,
  setting: keyof AddressSettings,
  settings: AddressSettings,
): void {
  const { hostname } = URL.canParse(address) ? new URL(address) : { hostname: '' };
  const host = /^localhost\.?$/i.test(hostname) ? '127.0.0.1' : hostname;
  if (refusalOf(host, settings[setting]) === undefined) return;
  throw fault('addressPrivate', { part, url: address.slice(0, 200), host: hostname, setting });
}

/**
 * An identifier of an application: https, http to this computer, or one of the names that Entra takes (`api://…`,
 * `urn:…`, `ms-appx:…`). It is not a link of a script or a file. @throws linkInvalid
 */
export function checkIdentifier(uri: string): void {
  checkName('identifierUris', uri, longestLink);
  // A name before the host would make it look like another: as for links.
  if (/^(?:api|ms-appx):\/\/[^\s/?#@]+(?:[/?#]\S*)?$/i.test(uri) || /^urn:[^\s]+$/i.test(uri)) return;
  checkLink('identifierUris', uri);
}

/** The name of an identity provider: any URI but a script or a document, which a page could not show as a name. @throws linkInvalid */
export function checkIssuer(part: string, uri: string): void {
  checkAddress(part, uri);
  if (/^(?:javascript|data|vbscript|blob|file):/i.test(uri))
    throw fault('linkInvalid', { part, link: uri.slice(0, 200) });
}

/**
 * The names and texts anywhere in a document: what stands under `displayName`, `mailNickname` and `description`, as Graph,
 * tenant files and exports write it.
 * @throws textHoldsControls, textTooLong
 */
export function checkNamesIn(value: unknown): void {
  if (Array.isArray(value)) for (const item of value) checkNamesIn(item);
  else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const [key, member] of Object.entries(value)) {
      if (typeof member !== 'string') checkNamesIn(member);
      else if (key === 'description') checkText(key, member);
      else if (key === 'displayName' || key === 'mailNickname') checkName(key, member);
    }
  }
}
