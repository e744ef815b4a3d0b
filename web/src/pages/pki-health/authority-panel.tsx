import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { Details, Moment } from '../../components/data/details.tsx';
import { Section } from '../../components/layout/page.tsx';
import { PageLink } from '../../components/link.tsx';
import { ChangeProblem } from '../../components/problems.tsx';
import { Message } from '../../components/states.tsx';
import { TextWithCode } from '../../components/text-with-code.tsx';
import { type PagedList, send, useChange } from '../../graph/queries.ts';
import { type Health, healthPath, useAuthority } from './model.ts';

/** Whole units of time: "3 hours". */
function ageOf(seconds: number | null): string {
  if (seconds === null) return '—';
  const [count, unit] =
    seconds < 3600
      ? [Math.floor(seconds / 60), 'minute']
      : seconds < 2 * 86_400
        ? [Math.floor(seconds / 3600), 'hour']
        : [Math.floor(seconds / 86_400), 'day'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

const isoMoment = /\d{4}-\d\d-\d\dT[\d:.]+Z/;
/** Moments of a text in the language and the time zone of the browser. */
const userMessageOf = (text: string): string =>
  text.replace(isoMoment, (at) => new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' }));

/** What to do about a warning here. Graph answers the commands of the command line. */
const remedies: Readonly<Record<string, string>> = {
  authorityExpired: 'Upload the renewed certificate of the certificate authority, and delete this one.',
  authorityExpires: 'Upload the renewed certificate of the certificate authority before that day.',
  authorityNoRoot:
    'To check its revocation status, upload the issuer, and add this certificate authority again as an intermediate.',
  authoritySignatureRefused: 'Issue its certificate again with SHA-256 or better, or add it again as a root.',
  issuerNotInTrustStore: 'Upload the issuer.',
  crlAddressMissing: 'Edit the certificate authority in its store, and enter the address of its CRL.',
  crlAddressUnusual: 'Compare the address with the address that the certificate authority publishes.',
  crlMissing: 'Make the address reachable from the server, then fetch the CRL.',
  crlNotDownloaded: 'Choose Fetch now to download the CRL.',
  crlExpired: 'Publish a new CRL of the certificate authority, then fetch it.',
  crlOfAnotherKey: 'Enter the address of the CRL that this certificate authority signs.',
};

/** A CA beside the list: what needs attention, its certificate and its lists. */
export function AuthorityPanel({ authority, list }: { readonly authority: Health; readonly list: PagedList<Health> }) {
  const may = useMay('pkiStore');
  const parent = useAuthority(list, authority.parentId ?? '');
  const refreshPath =
    authority.pkiId &&
    `/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations/${authority.pkiId}/certificateAuthorities/${authority.authorityId}/refreshCrl`;
  const refresh = useChange(() => send(refreshPath!, { method: 'POST', body: {} }), {
    stale: [healthPath],
    done: 'CRLs downloaded',
  });
  return (
    <>
      {authority.warnings.map(({ code, text, remedy, dueDateTime }) => (
        <Message key={`${code} ${text}`} tone={authority.state === 'critical' ? 'error' : 'warning'}>
          <p>
            {userMessageOf(text)} {dueDateTime && !isoMoment.test(text) && <Moment at={dueDateTime} />}
          </p>
          <p>
            <TextWithCode text={remedies[code] ?? remedy} />
          </p>
        </Message>
      ))}
      <Details
        items={[
          ['Subject', authority.subject],
          ['Issued by', parent ? parent.displayName : '—'],
          ['Store', authority.store === 'pki' ? 'Public key infrastructure' : 'Classic'],
          ['Valid from', <Moment key="from" at={authority.notBefore} />],
          ['Expiration date', <Moment key="to" at={authority.notAfter} />],
          ['Key', authority.keyAlgorithm],
          [
            'Subject key identifier',
            <code key="ski" className="break">
              {authority.subjectKeyIdentifier ?? '—'}
            </code>,
          ],
        ]}
      />
      {authority.pkiId && (
        <p>
          <PageLink to={`/public-key-infrastructure/${authority.pkiId}?ca=${authority.authorityId}`}>
            Open in its PKI
          </PageLink>
        </p>
      )}
      <Section
        title="Certificate revocation lists"
        actions={
          may.write &&
          refreshPath &&
          authority.crls.length > 0 && (
            <Button icon="download" isPending={refresh.isPending} onPress={() => refresh.mutate()}>
              Fetch now
            </Button>
          )
        }
      >
        <ChangeProblem problem={refresh.error} />
        {authority.crls.length === 0 && <p className="faint">None.</p>}
        {authority.crls.map((crl) => (
          <CrlDetails key={crl.url} crl={crl} />
        ))}
      </Section>
    </>
  );
}

/** A list of a CA: where it is, how old it is, and how its last download went. */
const CrlDetails = ({ crl }: { readonly crl: Health['crls'][number] }) => (
  <Details
    items={[
      [
        'Address',
        <span key="url" className="break">
          {crl.url}
        </span>,
      ],
      ['Number', crl.number],
      ['Age', ageOf(crl.ageSeconds)],
      ['Next update', <Moment key="next" at={crl.nextUpdateDateTime} />],
      ['Downloaded', <Moment key="fetched" at={crl.fetchedDateTime} />],
      ['Last download took', crl.lastFetchMilliseconds === null ? null : `${crl.lastFetchMilliseconds} ms`],
      [
        'Size',
        `${crl.sizeInBytes.toLocaleString()} bytes, ${crl.entries === 1 ? '1 entry' : `${crl.entries.toLocaleString()} entries`}`,
      ],
      [
        'Authority key identifier',
        <code key="aki" className="break">
          {crl.authorityKeyIdentifier ?? '—'}
        </code>,
      ],
      ['Last error', crl.lastError?.message],
    ]}
  />
);
