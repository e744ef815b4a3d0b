import { useMutation } from '@tanstack/react-query';
import { send } from '../../graph/queries.ts';
import { ChangeProblem } from '../problems.tsx';
import { Message } from '../states.tsx';
import { certificateIn } from './certificate-file.ts';
import { FileDrop } from './file-drop.tsx';

/** Reads a certificate and evaluates a sign-in with it; nothing is changed. */
const evaluatePath = '/beta/policies/authenticationMethodsPolicy/evaluateCertificate';

interface Evaluation {
  /** The certificate, its issuer, and so on up. */
  readonly chain: readonly {
    readonly issuer: string;
    readonly ski: string | null;
    readonly authorityId: string | null;
  }[];
  readonly extensions: readonly { readonly oid: string; readonly values: readonly string[] }[];
}

/** What a policy can name of a certificate. */
export interface CertificateParts {
  /** The name of the issuer. */
  readonly issuer: string;
  /** Subject key identifier of the trusted CA that issued the certificate, or that it is; undefined where no store has it. */
  readonly issuerSki: string | undefined;
  readonly policyOids: readonly string[];
}

/** A file with a private key is refused before anything is sent. */
async function partsOf(file: File): Promise<CertificateParts> {
  const body = { certificate: await certificateIn(file) };
  const { chain, extensions } = await send<Evaluation>(evaluatePath, { method: 'POST', body });
  const policies = extensions.find(({ oid }) => oid === '2.5.29.32');
  const authority = chain.find(({ authorityId }) => authorityId !== null);
  return { issuer: chain[0]?.issuer ?? '', issuerSki: authority?.ski ?? undefined, policyOids: policies?.values ?? [] };
}

interface DroppedCertificateProps {
  readonly label: string;
  readonly onRead: (parts: CertificateParts) => void;
}

/** Takes the issuer and the policy OIDs from a certificate that is dropped or chosen, and warns of an issuer that is not trusted. */
export function DroppedCertificate({ label, onRead }: DroppedCertificateProps) {
  const reading = useMutation({ mutationFn: partsOf, onSuccess: onRead });
  return (
    <>
      <FileDrop
        label={label}
        endings={['.cer', '.crt', '.pem', '.der']}
        onFiles={([file]) => file && reading.mutate(file)}
      />
      <ChangeProblem problem={reading.error} />
      {reading.data && !reading.data.issuerSki && (
        <Message tone="warning" title="The issuer is not a trusted certificate authority.">
          {reading.data.issuer}
        </Message>
      )}
    </>
  );
}
