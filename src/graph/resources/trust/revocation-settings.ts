import { z } from 'zod';
import type { AuthorityChange } from '#admin/trust/authority/authority-change.ts';
import type { CrlUrls } from '#admin/trust/authority/authority-rules.ts';
import { crlAddressWarnings } from '#admin/trust/health/crl-addresses.ts';
import type { AuthorityRow } from '#model/authority.ts';
import type { Item } from '../../odata/evaluate.ts';

/** Beyond Entra: what of a CA's revocation Entra does not have, as an annotation that other clients ignore. */
const annotation = '@cardea.revocation';
const shape = z.strictObject({
  furtherUrls: z.array(z.string().max(2048)).max(20).optional(),
  graceSeconds: z.number().int().nullable().optional(),
  ocspUrl: z.string().max(2048).nullable().optional(),
  ocspOrder: z.enum(['first', 'second']).optional(),
  ocspNonce: z.boolean().optional(),
});

/** To be among the properties that a body may have. */
export const revocationProperty = { [annotation]: shape.nullable().optional() } as const;

/** What of a CA a body with the annotation changes; null takes everything away. Undefined where the body has none. */
export function revocationChange(
  body: object,
  { revocation }: Pick<AuthorityRow, 'revocation'>,
): AuthorityChange | undefined {
  const settings = (body as Record<string, unknown>)[annotation] as z.infer<typeof shape> | null | undefined;
  if (settings === undefined) return undefined;
  if (settings === null) return { furtherCrlUrls: [], graceSeconds: 0, ocsp: { url: '', order: 'first' } };
  const { furtherUrls, graceSeconds, ocspUrl, ocspOrder, ocspNonce } = settings;
  const { url = '', order = 'first', nonce = false } = revocation?.ocsp ?? {};
  const ocsp = { url: ocspUrl === undefined ? url : (ocspUrl ?? ''), order: ocspOrder ?? order };
  return {
    ...(furtherUrls === undefined ? {} : { furtherCrlUrls: furtherUrls }),
    ...(graceSeconds === undefined ? {} : { graceSeconds: graceSeconds ?? 0 }),
    ocsp: { ...ocsp, ...((ocspNonce ?? nonce) ? { nonce: true } : {}) },
  };
}

/** The annotation of a CA that has such settings. */
export function revocationItem({ revocation }: Pick<AuthorityRow, 'revocation'>): Item {
  if (!revocation) return {};
  const { furtherCrlUrls = [], graceSeconds, ocsp } = revocation;
  return {
    [annotation]: {
      furtherUrls: furtherCrlUrls,
      graceSeconds: graceSeconds ?? null,
      ocspUrl: ocsp?.url ?? null,
      ocspOrder: ocsp?.order ?? null,
      ocspNonce: ocsp?.nonce ?? false,
    },
  };
}

/** What was accepted and may be a mistake (TS-9), as an annotation; without a warning there is none. @param prefix of the target */
export function warningsItem(rows: readonly CrlUrls[], prefix?: (index: number) => string): Item {
  const warnings = rows.flatMap((row, index) =>
    crlAddressWarnings(row).map(({ code, target, text }) => ({
      code,
      target: `${prefix?.(index) ?? ''}${target}`,
      text,
    })),
  );
  return warnings.length > 0 ? { '@cardea.warnings': warnings } : {};
}
