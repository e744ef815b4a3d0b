import type { CrlAnswer } from '#core/crl/answer.ts';
import { readCrl } from '#core/crl/format/read-crl.ts';
import { checkRevocation, crlsNeeded } from '#core/crl/revocation.ts';
import { type Certificate, readCertificate } from '#core/x509/certificate.ts';
import { validatePath } from '#core/x509/path.ts';
import type { TrustedAuthority, TrustStore } from '#core/x509/trust-store.ts';
import type { KeyKind } from '#pki/build/fields/keys.ts';
import { testCa } from '../../pki/test-ca.ts';

/**
 * Every byte of a valid chain and of its CRL set to each of the other 255 values: what carries a signature never passes
 * with it, and nothing is thrown. An anchor is trusted as it stands, so its changes may pass where they change no rule.
 * Tells of each in a line; false when something passed that must not. `step` n looks at every n-th byte only.
 */
export function everyByte(
  report: (line: string) => void,
  kinds: readonly KeyKind[] = ['Ed25519', 'P-256', 'RSA-2048'],
  step = 1,
) {
  return kinds
    .flatMap((kind) => {
      const { subjects, evaluators } = chainOf(kind);
      return Object.entries(evaluators).map(([name, evaluate]) => {
        const answers = tally(subjects[name as keyof typeof subjects], evaluate, step);
        const passing = answers.get('passed') ?? 0;
        const right = passing === 0 || name === 'anchor';
        report(`${kind.padEnd(8)} ${name.padEnd(7)} ${right ? 'right' : 'WRONG'}  ${messageOf(answers)}`);
        return right;
      });
    })
    .every(Boolean);
}

type Evaluator = (mutant: Uint8Array) => string;

/** What becomes of all mutants, by answer. */
function tally(original: Uint8Array, evaluate: Evaluator, step: number): Map<string, number> {
  const answers = new Map<string, number>();
  const mutant = Uint8Array.from(original);
  for (let offset = 0; offset < original.length; offset += step) {
    const octet = original[offset]!;
    for (let value = 0; value < 256; value++) {
      if (value === octet) continue;
      mutant[offset] = value;
      // A copy: what is read may be remembered with the octets it was read from.
      const answer = evaluate(Uint8Array.from(mutant));
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
    mutant[offset] = octet;
  }
  return answers;
}

const at = new Date('2027-01-01T00:00:00Z');

function chainOf(key: KeyKind) {
  const root = testCa('CN=R', { key });
  const issuing = root.issueCa('CN=I', { key, pathLength: 0, policies: ['1.2.3'] });
  const userCertificate = issuing.issueUserCertificate({
    subject: 'CN=A',
    upn: 'a@b.c',
    dns: ['a.test'],
    policies: ['1.2.3'],
    key,
  });
  const crl = issuing.crl({
    number: 7n,
    thisUpdate: new Date('2026-12-31T00:00:00Z'),
    nextUpdate: new Date('2027-02-01T00:00:00Z'),
    entries: [{ serial: 1n, revocationDate: at }],
  });
  const [anchor, ca, leaf] = [root, issuing, userCertificate].map(({ der }) => read(der)) as [
    Certificate,
    Certificate,
    Certificate,
  ];
  const store = storeOf(anchor, ca);
  const path = validatePath(leaf, store, at);
  if (path.outcome !== 'passed') throw new Error(`the chain is not valid: ${path.because.code}`);
  const certificateEvaluator =
    (ruling: (mutant: Certificate) => ReturnType<typeof validatePath>) => (der: Uint8Array) => {
      const mutant = readCertificate(der);
      return outcomeOf(mutant.outcome === 'passed' ? ruling(mutant.value) : mutant);
    };
  const evaluators = {
    userCertificate: certificateEvaluator((mutant) => validatePath(mutant, store, at)),
    ca: certificateEvaluator((mutant) => validatePath(leaf, storeOf(anchor, mutant), at)),
    anchor: certificateEvaluator((mutant) => validatePath(leaf, storeOf(mutant, ca), at)),
    crl: (der: Uint8Array) => {
      const mutant = readCrl(der);
      if (mutant.outcome !== 'passed') return outcomeOf(mutant);
      const answers = crlsNeeded(path.value, store).map(
        (request): CrlAnswer => ({
          request,
          base: { kind: 'fetched', crl: mutant.value, url: request.baseUrl },
          delta: undefined,
        }),
      );
      return outcomeOf(checkRevocation(path.value, { answers }, { policy, at, store }));
    },
  };
  return {
    subjects: { userCertificate: userCertificate.der, ca: issuing.der, anchor: root.der, crl: crl },
    evaluators,
  };
}

const policy = { state: 'enabled', exemptedCertificateAuthoritiesSubjectKeyIdentifiers: [] } as const;

function storeOf(root: Certificate, ca: Certificate): TrustStore {
  const trustedItems = (id: 'root' | 'intermediate', certificate: Certificate): TrustedAuthority => ({
    id,
    certificate,
    authorityType: id,
    certificateRevocationListUrl: id === 'root' ? undefined : 'http://crl.test/ca.crl',
    deltaCertificateRevocationListUrl: undefined,
    isIssuerHintEnabled: false,
    store: 'pki',
  });
  return { authorities: [trustedItems('root', root), trustedItems('intermediate', ca)] };
}

function read(der: Uint8Array): Certificate {
  const ruling = readCertificate(der);
  if (ruling.outcome !== 'passed') throw new Error(ruling.because.code);
  return ruling.value;
}

const outcomeOf = ({
  outcome,
  because,
}: {
  readonly outcome: string;
  readonly because: { readonly code: string };
}): string => (outcome === 'passed' ? 'passed' : because.code);

function messageOf(answers: ReadonlyMap<string, number>): string {
  const items = [...answers].sort(([, a], [, b]) => b - a);
  const total = items.reduce((sum, [, count]) => sum + count, 0);
  return `${total} mutants: ${items.map(([answer, count]) => `${answer} ${count}`).join(', ')}`;
}
