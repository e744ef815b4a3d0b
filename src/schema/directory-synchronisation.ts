import { z } from 'zod';
import { isHostName, isServerAddress } from '#core/host-name.ts';

const name = z.string().min(1).max(1024);
const domainName = z
  .string()
  .refine(isHostName, 'it must be the DNS name of a domain')
  .transform((text) => text.toLowerCase());
const server = z
  .string()
  .max(300)
  .refine(
    (url) => /^ldaps?:\/\//i.test(url) && isServerAddress(url.replace(/^ldaps?:\/\//i, '')),
    'it must be ldaps://host, or ldap://host for StartTLS, with or without a port',
  );
const filter = z
  .string()
  .max(4096)
  .regex(/^\(.*\)$/s, 'it must be an LDAP filter in parentheses');

const domainShape = z
  .strictObject({
    /** DNS name. */
    domain: domainName,
    /** The name that Windows shows before the account; the first part of the domain unless given. */
    netBiosName: z.string().min(1).max(15).optional(),
    /** `ldaps://` or, with StartTLS always, `ldap://`. */
    server,
    /** PEM file with the CAs of the domain controller's certificate; those of Node.js unless given. */
    caFile: name.optional(),
    /** User principal name or DN of the account that reads. */
    account: name,
    /** Where its password is: one of the two. */
    passwordFile: name.optional(),
    passwordVariable: z
      .string()
      .regex(/^CARDEA_[A-Z0-9_]{1,80}$/, 'it must begin with CARDEA_')
      .optional(),
    /** DNs of the containers whose objects are synchronized; the whole domain unless given. */
    containers: z.array(name).min(1).max(100).optional(),
    /** Only objects that match; for each kind. */
    userFilter: filter.optional(),
    groupFilter: filter.optional(),
    computerFilter: filter.optional(),
    /** DNs of groups: only their members, nested ones too, and the groups themselves are synchronized. */
    groups: z.array(name).min(1).max(20).optional(),
    /** Kinds of objects. */
    kinds: z
      .array(z.enum(['user', 'group', 'computer']))
      .min(1)
      .optional(),
  })
  .refine(({ passwordFile, passwordVariable }) => Boolean(passwordFile) !== Boolean(passwordVariable), {
    message: 'exactly one of passwordFile and passwordVariable is required',
    path: ['passwordFile'],
  });

/** How Active Directory is synchronized, as an administrator writes it. */
export const synchronisationShape = z.strictObject({
  domains: z.array(domainShape).min(1).max(50),
  /** Minutes between the end of a run and the next; 0 runs it only by command. Entra Connect: 30. */
  intervalMinutes: z.number().int().min(0).max(10_080).default(30),
  sourceAnchor: z.enum(['objectGUID', 'mS-DS-ConsistencyGuid']).default('mS-DS-ConsistencyGuid'),
  /** Whether a new object takes over a cloud user with the same user principal name or address. */
  softMatch: z.boolean().default(true),
  /** A run that would delete more than this is refused; 0 objects switches that limit off. Entra Connect: 500 objects. */
  deletionThreshold: z
    .strictObject({
      objects: z.number().int().min(0).default(500),
      percent: z.number().int().min(1).max(100).default(50),
    })
    .default({ objects: 500, percent: 50 }),
  /** Expression for certificateUserIds; every value of altSecurityIdentities unless given. */
  certificateUserIds: z.string().max(8192).optional(),
});
export type SynchronisationSettings = z.infer<typeof synchronisationShape>;
export type SynchronisedDomain = SynchronisationSettings['domains'][number];
