/**
 * TS-9: Microsoft's checker expects `http://host.with.dot/path/file.ext` of the address of a CRL. Cardea accepts other forms,
 * which are usually a mistake. The CRLs of the demo are at `localhost`.
 */
export const isUnusualCrlAddress = (url: string): boolean =>
  !/^http:\/\/(?:localhost|[^/:]+\.[^/:]+)(?::\d+)?\/(?:[^?#]*\/)?[^/?#]+\.\w+$/i.test(url);
