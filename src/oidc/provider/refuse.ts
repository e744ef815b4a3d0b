import { errors } from 'oidc-provider';
import { CardeaError, fault, messageOf } from '#core/trace/fault.ts';
import type { Because, Code, EvidenceOf } from '#core/trace/reasons.ts';

/** An error of ours in the provider's clothes, so that it takes the provider's way to the client. `word` is OAuth's. */
export function refuse<C extends Code>(word: string, code: C, evidence: EvidenceOf<C>): Error {
  return refusal(word, fault(code, evidence).because);
}

/** The same for a reason that another module gave. */
export function refusal(word: string, reason: Because): Error {
  const result = new errors.CustomOIDCProviderError(word, messageOf(reason), { cause: new CardeaError(reason) });
  return word === 'invalid_client' ? Object.assign(result, { status: 401, statusCode: 401 }) : result; // RFC 6749 §5.2
}
