import type { Link } from '../crl/links.ts';
import { isRevocation } from '../crl/status.ts';
import { type Refusal, type Ruling, refused, refusedFor } from '../trace/ruling.ts';
import type { AlgorithmPolicy } from '../x509/algorithms/algorithm-policy.ts';
import type { TrustStore } from '../x509/trust-store.ts';
import type { OcspAnswer } from './needed.ts';
import { checkOcsp } from './status.ts';

interface OcspScope {
  readonly store: TrustStore;
  readonly at: Date;
  readonly algorithms: AlgorithmPolicy;
}

/** What answers say of a certificate: its refusal, or the address that says "good". */
interface OcspEvaluation {
  readonly refusal?: Refusal;
  readonly good?: string;
}

/** Of several answers one that says "revoked" wins; else the first that says "good". */
export function evaluateOcsp(statuses: readonly OcspAnswer[], link: Link, scope: OcspScope): OcspEvaluation {
  const answers = statuses.filter(({ request }) => request.about === link.certificate.sha256Thumbprint);
  const rulings = answers.map((answer) => evaluateAnswer(answer, link, scope));
  const refusals = rulings.filter((ruling) => ruling.outcome === 'refused');
  const revocation = refusals.find((refusal) => isRevocation(refusal));
  const good = answers[rulings.findIndex(({ outcome }) => outcome === 'passed')];
  if (!revocation && good) return { good: good.request.url };
  const noRequest = refused('ocspUnreachable', { url: '', problem: 'no request was made' });
  return { refusal: revocation ?? refusals[0] ?? noRequest };
}

function evaluateAnswer(answer: OcspAnswer, { certificate, issuer, isLeaf }: Link, scope: OcspScope): Ruling<unknown> {
  if (answer.kind !== 'answered') return refusedFor(answer.because);
  return checkOcsp(answer.response, { certificate, issuer, isLeaf, nonce: answer.nonce, ...scope });
}
