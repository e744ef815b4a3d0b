/**
 * The path of a request's address. Some clients double slashes (graph-api §1.1), others end the path with one
 * (windows-sign-in §0.5, rule 1): both spellings name the same path.
 */
export const plainPath = (url: string): string =>
  url
    .split('?')[0]!
    .replace(/\/{2,}/g, '/')
    .replace(/(?<=.)\/$/, '');
