/** The longest name: RFC 5321 §4.5.3.1 allows 64 + 1 + 255, certificateUserIds 1024 (UB-15). */
const longest = 1024;

/** The form in which stored mail addresses compare: any text has one, so that no spelling is free twice. */
export const mailKey = (mail: string): string => mail.normalize('NFKC').toLowerCase();

/**
 * The form in which user principal names and mail addresses compare: without regard to case (UB-29). Undefined for a
 * text that must never match a user: control or invisible characters, blanks around it, a trailing dot, or a spelling
 * Unicode would fold into another one (NFKC), for which the eye and the directory could disagree.
 */
export function userPrincipalNameKey(text: string): string | undefined {
  if (text.length === 0 || text.length > longest) return undefined;
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]|^\s|\s$|\.$/u.test(text)) return undefined;
  return text === text.normalize('NFKC') ? text.toLowerCase() : undefined;
}
