import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { Badge, Moment } from '../../components/data/details.tsx';
import { ErrorState, Loading } from '../../components/states.tsx';
import { useGraph } from '../../graph/queries.ts';
import { userPath, type WholeUser } from './user.ts';

/** A certificate that the user signed in with. */
interface SeenCertificate {
  readonly id: string;
  readonly subject: string;
  readonly issuer: string;
  readonly notAfter: string;
  readonly lastUsed: string;
  readonly count: number;
  readonly isBlocked: boolean;
  readonly binding: { readonly field: string; readonly affinity: string | null } | null;
  readonly proposedCertificateUserIds: readonly string[];
}

interface Props {
  readonly user: WholeUser;
  readonly values: readonly string[];
  readonly add: (value: string) => void;
}

/** Certificates of past sign-ins, with the values of high affinity that would bind them. */
export function SeenCertificates({ user, values, add }: Props) {
  const may = useMay('authenticationMethods');
  const path = may.read ? `/beta${userPath(user.id)}/certificates` : undefined;
  const query = useGraph<{ readonly value: readonly SeenCertificate[] }>(path);
  if (!may.read) return null;
  if (query.isPending) return <Loading what="Loading certificates" />;
  if (query.error) return <ErrorState problem={query.error} retry={query.refetch} />;
  if (query.data.value.length === 0) return null;
  return (
    <>
      <h3>From certificates that the user signed in with</h3>
      <ul className="value-list" aria-label="Certificates of past sign-ins">
        {query.data.value.map((certificate) => (
          <li key={certificate.id}>
            <span className="break">{certificate.subject}</span>
            <span className="faint">
              last used <Moment at={certificate.lastUsed} />, {certificate.count}{' '}
              {certificate.count === 1 ? 'sign-in' : 'sign-ins'}, expires <Moment at={certificate.notAfter} />
            </span>
            {certificate.isBlocked && <Badge tone="bad">Blocked</Badge>}
            {certificate.proposedCertificateUserIds
              .filter((value) => !values.includes(value))
              .map((value) => (
                <Button key={value} kind="subtle" icon="add" onPress={() => add(value)}>
                  <span className="break">{value}</span>
                </Button>
              ))}
          </li>
        ))}
      </ul>
    </>
  );
}
