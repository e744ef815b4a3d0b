import { trustWarning } from '#admin/trust/health/warnings.ts';
import type { CombinationConfiguration } from '#core/access/strengths.ts';
import { hexOf, plainHex } from '#core/hex.ts';
import type { Item } from '../../odata/evaluate.ts';
import type { Call } from '../../protocol/call.ts';

/**
 * Issuers that a strength allows and that are in no trust store, as an annotation: no certificate of theirs can sign anyone in
 * until they are uploaded. Without such an issuer there is no annotation.
 */
export async function issuerWarnings(
  { ports }: Call,
  { allowedIssuerSkis = [] }: CombinationConfiguration,
): Promise<Item> {
  const { trustStore } = await ports.policies.current();
  const keys = trustStore.authorities.map(({ certificate }) => certificate.subjectKeyIdentifier);
  const knownKeys = new Set(keys.map((key) => hexOf(key)));
  const warnings = allowedIssuerSkis.flatMap((ski, index) => {
    if (knownKeys.has(plainHex(ski))) return [];
    const target = `allowedIssuerSkis/${index}`;
    const { code, text } = trustWarning('issuerNotInTrustStore', { issuer: `with the key identifier ${ski}` });
    return [{ code, target, text }];
  });
  return warnings.length > 0 ? { '@cardea.warnings': warnings } : {};
}
