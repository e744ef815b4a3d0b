/**
 * TS-9: Microsoft's checker expects `http://host.with.dot/path/file.ext` of the address of a CRL. Cardea accepts other forms,
 * which are usually a mistake.
 */
export const isUnusualCrlAddress = (url: string): boolean =>
  !/^http:\/\/[^/:]+\.[^/:]+(?::\d+)?\/(?:[^?#]*\/)?[^/?#]+\.\w+$/i.test(url);
