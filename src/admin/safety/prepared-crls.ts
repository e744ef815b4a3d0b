import type { CrlAnswer, CrlFetched, CrlRequest } from '#core/crl/answer.ts';
import type { Crls, PreparedCrl } from '#ports/revocation.ts';

/** The CRLs as they are once these are in use. No address is asked for one that is here. */
export function crlsWith(preparedCrls: readonly PreparedCrl[], crls: Crls): Crls {
  if (preparedCrls.length === 0) return crls;
  const replaced =
    (answersOf: Crls['fetch']): Crls['fetch'] =>
    (requests, at) =>
      Promise.all(
        requests.map((request) => answerWith(preparedCrls, request, async () => (await answersOf([request], at))[0]!)),
      );
  return {
    cached: replaced((requests, at) => crls.cached(requests, at)),
    fetch: replaced((requests, at) => crls.fetch(requests, at)),
  };
}

async function answerWith(
  preparedCrls: readonly PreparedCrl[],
  request: CrlRequest,
  answerOf: () => Promise<CrlAnswer>,
): Promise<CrlAnswer> {
  const base = preparedFor(preparedCrls, request, request.baseUrl);
  const delta = preparedFor(preparedCrls, request, request.deltaUrl);
  if (base && (delta || request.deltaUrl === undefined)) return { request, base, delta };
  const answer = await answerOf();
  return { request, base: base ?? answer.base, delta: delta ?? answer.delta };
}

/** A CRL is kept by its address and by the key of the CA (CRL-14). */
function preparedFor(
  preparedCrls: readonly PreparedCrl[],
  { signers: [authority] }: CrlRequest,
  url: string | undefined,
): CrlFetched | undefined {
  const key = authority?.subjectPublicKeyInfo ?? new Uint8Array();
  const match = preparedCrls.findLast((item) => {
    const [signer] = item.request.signers;
    return item.url === url && Buffer.compare(signer?.subjectPublicKeyInfo ?? new Uint8Array(), key) === 0;
  });
  return match && { kind: 'fetched', crl: match.crl, url: match.url };
}

/** Lets `run` take the CRLs in use. When it fails afterwards, the former ones are given back. */
export async function restoringOnFailure<T>(
  preparedCrls: readonly PreparedCrl[],
  run: (take: () => void) => Promise<T>,
): Promise<T> {
  const returns: (() => void)[] = [];
  try {
    return await run(() => {
      for (const crl of preparedCrls) returns.push(crl.take());
    });
  } catch (thrown) {
    for (const giveBack of returns.reverse()) giveBack();
    throw thrown;
  }
}
