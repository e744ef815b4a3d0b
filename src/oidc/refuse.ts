import { errors } from 'oidc-provider';
import { fault, wordsOf } from '../core/trace/fault.ts';
import type { Code, EvidenceOf } from '../core/trace/reasons.ts';

/** An error of ours in the provider's clothes, so that it takes the provider's way to the client. `word` is OAuth's. */
export function refuse<C extends Code>(word: string, code: C, evidence: EvidenceOf<C>): Error {
  const cause = fault(code, evidence);
  return new errors.CustomOIDCProviderError(word, wordsOf(cause.because), { cause });
}
