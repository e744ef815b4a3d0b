import { hexOf } from '#core/hex.ts';
import { nameToString } from '#core/x509/name.ts';
import type { CrlState } from '#model/crl.ts';
import type { PreparedCrl } from '#ports/revocation.ts';

const timeOf = (time: Date | undefined): string | null => time?.toISOString() ?? null;

/** What an import of CRLs would put in use, for programs and for people. @param states the CRLs in use now */
export function describeImport(preparedCrls: readonly PreparedCrl[], states: readonly CrlState[]) {
  const document = preparedCrls.map(({ request, crl, url }) => {
    const current = states.find((state) => state.url === url && state.number !== undefined);
    return {
      authorityId: request.authorityId,
      issuer: nameToString(crl.issuer),
      authorityKeyIdentifier: hexOf(crl.authorityKeyIdentifier) ?? null,
      url,
      type: crl.baseNumber === undefined ? 'base' : 'delta',
      number: crl.number?.toString() ?? null,
      currentNumber: current?.number ?? null,
      thisUpdate: timeOf(crl.thisUpdate),
      nextUpdate: timeOf(crl.nextUpdate),
      entries: crl.entryCount,
      size: crl.size,
    };
  });
  const heading = ['CA', 'issuer', 'key id', 'address', 'type', 'number', 'number now', 'from', 'until', 'entries'];
  const cells = document.map((item) => [
    item.authorityId ?? '-',
    item.issuer,
    item.authorityKeyIdentifier ?? '-',
    item.url,
    item.type,
    item.number ?? '-',
    item.currentNumber ?? '-',
    item.thisUpdate ?? '-',
    item.nextUpdate ?? '-',
    String(item.entries),
  ]);
  return { document, rows: [heading, ...cells] };
}
