import { isMailNickname, longestMailNickname } from '#core/directory/mail-nickname.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
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
 * Refuses with textHoldsControls, textTooLong.
 */
export function checkName(part: string, text: string | null | undefined, limit = longestName): Ruling<void> {
  if (!text) return success();
  if (text.length > limit) return refused('textTooLong', { part, length: text.length, limit });
  if (hidden.test(text)) return refused('textHoldsControls', { part });
  return success();
}

/**
 * The name that an object needs, where a change has one. A blank name is an empty line in every list.
 * Refuses with nameEmpty, textHoldsControls, textTooLong.
 */
export function checkDisplayName(name: string | null | undefined): Ruling<void> {
  if (name?.trim() === '') return refused('nameEmpty', { part: 'displayName' });
  return checkName('displayName', name);
}

/**
 * The mail nickname of a user or a group (graph-api §6.2). Refuses with graphPropertyInvalid for a character that it cannot contain,
 * nameEmpty, textHoldsControls, textTooLong.
 */
export function checkMailNickname(nickname: string): Ruling<void> {
  const part = 'mailNickname';
  if (nickname.trim() === '') return refused('nameEmpty', { part });
  const nameRuling = checkName(part, nickname, longestMailNickname);
  if (nameRuling.outcome !== 'passed' || isMailNickname(nickname)) return nameRuling;
  const problem = 'it has characters that a mail nickname cannot contain';
  return refused('graphPropertyInvalid', { target: part, problem });
}

/** The same for a text of several lines, of any length unless a limit is given. Refuses with textHoldsControls, textTooLong. */
export function checkText(part: string, text: string | null | undefined, limit?: number): Ruling<void> {
  if (text && limit !== undefined && text.length > limit)
    return refused('textTooLong', { part, length: text.length, limit });
  if (text && hiddenButLines.test(text)) return refused('textHoldsControls', { part });
  return success();
}

/** Attributes of a user that people read as lines of a text. Every other one is a name. */
const texts: ReadonlySet<string> = new Set(['streetAddress', 'aboutMe', 'description']);

/** The attributes of a user or of a profile, those that are texts. Refuses with textHoldsControls, textTooLong. */
export function checkAttributes(attributes: object): Ruling<void> {
  for (const [part, value] of Object.entries(attributes)) {
    if (typeof value !== 'string' || part === 'password') continue;
    if (part === 'mailNickname') {
      const nicknameRuling = checkMailNickname(value);
      if (nicknameRuling.outcome !== 'passed') return nicknameRuling;
    } else if (texts.has(part)) {
      const textRuling = checkText(part, value);
      if (textRuling.outcome !== 'passed') return textRuling;
    } else {
      const nameRuling = checkName(part, value, part === 'displayName' ? longestName : longestLink);
      if (nameRuling.outcome !== 'passed') return nameRuling;
    }
  }
  return success();
}

/** The rule for hosts that may be reached by plain http: this computer alone (RFC 8252 §7.3). */
export const isLoopback = (hostname: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(hostname);

/** A link that people follow is https, or http to this computer. Refuses with linkInvalid, textHoldsControls, textTooLong. */
export function checkLink(part: string, link: string | null | undefined): Ruling<void> {
  if (link === null || link === undefined) return success();
  const nameRuling = checkName(part, link, longestLink);
  if (nameRuling.outcome !== 'passed') return nameRuling;
  const url = URL.canParse(link) ? new URL(link) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (!isSafe || url.username !== '' || url.password !== '')
    return refused('linkInvalid', { part, link: link.slice(0, 200) });
  return success();
}

/**
 * An address that a browser is sent to has no name and password before its host: they make it look like another.
 * Refuses with textHoldsControls, textTooLong, linkInvalid.
 */
export function checkAddress(part: string, address: string): Ruling<void> {
  const nameRuling = checkName(part, address, longestLink);
  if (nameRuling.outcome !== 'passed') return nameRuling;
  const { username, password } = URL.canParse(address) ? new URL(address) : { username: '', password: '' };
  if (username !== '' || password !== '') return refused('linkInvalid', { part, link: address.slice(0, 200) });
  return success();
}

/**
 * Refuses an address that the address policy forbids under every setting, in any spelling: link-local, metadata,
 * multicast, broadcast and unspecified ones. Names are not resolved. Refuses with addressNeverReached.
 */
export function checkReachable(part: string, address: string): Ruling<void> {
  const problem = URL.canParse(address) ? refusalOf(new URL(address).hostname, 'allow') : undefined;
  if (problem) return refused('addressNeverReached', { part, url: address.slice(0, 200), problem });
  return success();
}

/**
 * Refuses a private address where the setting does, in any spelling, and `localhost`. Any other name may be resolved to
 * another address later, so it is checked when it is dialled. Refuses with addressPrivate.
 */
export function checkPrivateAddress(
  part: string,
  address: string,
  setting: keyof AddressSettings,
  settings: AddressSettings,
): Ruling<void> {
  const { hostname } = URL.canParse(address) ? new URL(address) : { hostname: '' };
  const host = /^localhost\.?$/i.test(hostname) ? '127.0.0.1' : hostname;
  if (refusalOf(host, settings[setting]) === undefined) return success();
  return refused('addressPrivate', { part, url: address.slice(0, 200), host: hostname, setting });
}

/**
 * An identifier of an application: https, http to this computer, or one of the names that Entra takes (`api://…`,
 * `urn:…`, `ms-appx:…`). It is not a link of a script or a file. Refuses with linkInvalid.
 */
export function checkIdentifier(uri: string): Ruling<void> {
  const nameRuling = checkName('identifierUris', uri, longestLink);
  if (nameRuling.outcome !== 'passed') return nameRuling;
  // A name before the host would make it look like another: as for links.
  if (/^(?:api|ms-appx):\/\/[^\s/?#@]+(?:[/?#]\S*)?$/i.test(uri) || /^urn:[^\s]+$/i.test(uri)) return success();
  return checkLink('identifierUris', uri);
}

/** The name of an identity provider: any URI but a script or a document, which a page could not show as a name. Refuses with linkInvalid. */
export function checkIssuer(part: string, uri: string): Ruling<void> {
  const addressRuling = checkAddress(part, uri);
  if (addressRuling.outcome !== 'passed') return addressRuling;
  if (/^(?:javascript|data|vbscript|blob|file):/i.test(uri))
    return refused('linkInvalid', { part, link: uri.slice(0, 200) });
  return success();
}

/**
 * The names and texts anywhere in a document: what stands under `displayName`, `mailNickname` and `description`, as Graph,
 * tenant files and exports write it.
 * Refuses with textHoldsControls, textTooLong.
 */
export function checkNamesIn(value: unknown): Ruling<void> {
  if (Array.isArray(value))
    for (const item of value) {
      const namesRuling = checkNamesIn(item);
      if (namesRuling.outcome !== 'passed') return namesRuling;
    }
  else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const [key, member] of Object.entries(value)) {
      if (typeof member !== 'string') {
        const namesRuling = checkNamesIn(member);
        if (namesRuling.outcome !== 'passed') return namesRuling;
      } else if (key === 'description') {
        const textRuling = checkText(key, member);
        if (textRuling.outcome !== 'passed') return textRuling;
      } else if (key === 'mailNickname') {
        const nicknameRuling = checkMailNickname(member);
        if (nicknameRuling.outcome !== 'passed') return nicknameRuling;
      } else if (key === 'displayName') {
        // A part such as a certificate can be without a name. An object cannot, and its own rule refuses that.
        const nameRuling = member === '' ? success() : checkDisplayName(member);
        if (nameRuling.outcome !== 'passed') return nameRuling;
      }
    }
  }
  return success();
}
