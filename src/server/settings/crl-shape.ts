import { z } from 'zod';
import { megabytes, seconds } from './numbers.ts';

/** The settings of downloads of CRLs. */
export const crlSettings = {
  crlInteractiveMegabytes: megabytes
    .default(20)
    .describe('The largest CRL that a sign-in waits for, in megabytes (§4.1: 20 in Entra).'),
  crlInteractiveSeconds: seconds
    .default(10)
    .describe('The number of seconds that a sign-in waits for a CRL (§4.1: 10 in Entra).'),
  crlBackgroundMegabytes: megabytes
    .default(65)
    .describe(
      'The largest CRL that is downloaded in the background, in megabytes (D-4: 65 in Entra). Several gigabytes are possible.',
    ),
  crlBackgroundSeconds: seconds
    .default(600)
    .describe('The number of seconds that a download in the background can take.'),
  crlRedirects: z
    .enum(['none', 'sameHost'])
    .default('none')
    .describe(
      'Which redirects of CRL addresses are followed. `sameHost` follows redirects within the host that an administrator configured.',
    ),
  crlForms: z
    .enum(['der', 'any'])
    .default('der')
    .describe(
      'Which forms of CRLs are read from their addresses. `any` also reads PEM, and CRLs followed by line breaks. An import always reads these forms.',
    ),
  crlPrivateAddresses: z
    .enum(['allow', 'refuse'])
    .default('allow')
    .describe(
      "Whether CRLs and OCSP responders can be at private addresses, as those of an organization's own CA usually are.",
    ),
};
