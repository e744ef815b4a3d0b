import { Badge, Details, Moment } from '../../components/data/details.tsx';
import { TableFrame } from '../../components/data/table-frame.tsx';
import { accessResultWords, controlWords } from '../../components/data/words.ts';
import { PageTabs, Section } from '../../components/layout/page.tsx';
import { PageLink } from '../../components/link.tsx';
import { JsonBox } from '../../components/overlays/json-box.tsx';
import { EmptyState, Message } from '../../components/states.tsx';
import { TextWithCode } from '../../components/text-with-code.tsx';
import { TraceTimeline } from '../sign-in-logs/trace-timeline.tsx';
import type { ChainMember, CrlState, Evaluation } from './evaluation.ts';

const outcomes = {
  granted: { tone: 'success', title: 'The sign-in would be granted.' },
  interrupted: { tone: 'warning', title: 'The sign-in would be interrupted, because it needs another factor.' },
  refused: { tone: 'error', title: 'The sign-in would be refused.' },
} as const;

const strengths: Readonly<Record<string, string>> = {
  x509CertificateMultiFactor: 'Multifactor authentication',
  x509CertificateSingleFactor: 'Single-factor authentication',
};
const affinities: Readonly<Record<string, string>> = { low: 'Low', high: 'High' };
const deciders: Readonly<Record<string, string>> = {
  issuerSubjectAndPolicyOID: 'A rule by issuer and policy OID',
  policyOID: 'A rule by policy OID',
  issuerSubject: 'A rule by issuer',
  default: 'The default of the tenant',
};

/** Everything that an evaluation says, the answer first. */
export function EvaluationView({ evaluation }: { readonly evaluation: Evaluation }) {
  const { outcome, user, strength, affinity, rule, trace } = evaluation;
  const reason = trace.steps.find(({ state }) => state === 'refused' || state === 'interrupted');
  const { tone, title } = outcomes[outcome];
  return (
    <Section title="Result">
      <Message tone={tone} title={title} isAlert>
        {reason && (
          <p>
            {reason.errorCode > 0 ? `AADSTS${reason.errorCode}: ` : ''}
            {reason.text}
          </p>
        )}
        {reason?.remedy && (
          <p>
            <TextWithCode text={reason.remedy} />
          </p>
        )}
      </Message>
      <Details
        items={[
          [
            'User',
            user && (
              <PageLink key="user" to={`/users/${user.id}`}>
                {user.userPrincipalName}
              </PageLink>
            ),
          ],
          ['Strength', strength && (strengths[strength] ?? strength)],
          ['Required affinity', affinity && affinities[affinity]],
          [
            'Decided by',
            rule &&
              `${deciders[rule.decidedBy] ?? rule.decidedBy}${rule.identifiers.length > 0 ? `: ${rule.identifiers.join(', ')}` : ''}`,
          ],
        ]}
      />
      <PageTabs
        label="Evaluation"
        name="part"
        tabs={[
          { id: 'chain', title: 'Chain', content: () => <Chain chain={evaluation.chain} /> },
          { id: 'steps', title: 'Steps', content: () => <TraceTimeline steps={trace.steps} /> },
          { id: 'bindings', title: 'Username bindings', content: () => <Bindings evaluation={evaluation} /> },
          { id: 'access', title: 'Conditional Access', content: () => <AccessPolicies evaluation={evaluation} /> },
          { id: 'claims', title: 'Claims', content: () => <Claims evaluation={evaluation} /> },
          { id: 'extensions', title: 'Extensions', content: () => <Extensions evaluation={evaluation} /> },
          { id: 'json', title: 'JSON', content: () => <JsonBox value={evaluation} /> },
        ]}
      />
    </Section>
  );
}

const roles = {
  root: 'Root CA',
  intermediate: 'Intermediate CA',
  leaf: 'Certificate',
  notUploaded: 'Not in the trust store',
} as const;

/** The root at the top, the certificate at the bottom. */
function Chain({ chain }: { readonly chain: readonly ChainMember[] }) {
  return (
    <ol className="chain" aria-label="Certificate chain">
      {chain.toReversed().map((member) => (
        <li key={member.sha1Thumbprint} className={`chain-member chain-${member.role}`}>
          <p className="row">
            <Badge tone={member.role === 'notUploaded' ? 'bad' : 'neutral'}>{roles[member.role]}</Badge>
            {member.authorityId && <CrlBadge crl={member.crl} />}
          </p>
          <p className="chain-subject break">{member.subject}</p>
          <Details
            items={[
              ['Issued by', member.issuer],
              ['Valid', <Validity key="validity" member={member} />],
              ['Serial number', <code key="serial">{member.serialNumber}</code>],
              ['Subject key identifier', member.ski && <code key="ski">{member.ski}</code>],
              ['Thumbprint', <code key="thumbprint">{member.sha1Thumbprint}</code>],
              ...(member.crl ? [['CRL', <Crl key="crl" crl={member.crl} />] as const] : []),
            ]}
          />
        </li>
      ))}
    </ol>
  );
}

const Validity = ({ member: { notBefore, notAfter } }: { readonly member: ChainMember }) => (
  <>
    <Moment at={notBefore} /> to <Moment at={notAfter} />
    {Date.parse(notAfter) < Date.now() && (
      <>
        {' '}
        <Badge tone="bad">Expired</Badge>
      </>
    )}
  </>
);

function CrlBadge({ crl }: { readonly crl: CrlState | null }) {
  if (!crl) return <Badge tone="warning">No CRL address</Badge>;
  const isOver = crl.nextUpdateDateTime !== null && Date.parse(crl.nextUpdateDateTime) < Date.now();
  if (crl.source === 'none') return <Badge tone="bad">CRL not available</Badge>;
  return <Badge tone={isOver ? 'bad' : 'good'}>{isOver ? 'CRL expired' : 'CRL current'}</Badge>;
}

const Crl = ({ crl }: { readonly crl: CrlState }) => (
  <>
    <span className="break">{crl.url}</span>
    {crl.number !== null && `, number ${crl.number}, ${crl.entries.toLocaleString()} entries`}
    {crl.nextUpdateDateTime && (
      <>
        , next update <Moment at={crl.nextUpdateDateTime} />
      </>
    )}
    {crl.lastError && <span className="problem-text">{crl.lastError.message}</span>}
  </>
);

/** A table that scrolls by itself on a narrow screen. */
function Rows({
  label,
  head,
  rows,
}: {
  readonly label: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly [key: string, ...cells: React.ReactNode[]])[];
}) {
  return (
    <TableFrame label={label} head={head}>
      {rows.map(([key, ...cells]) => (
        <tr key={key}>
          {cells.map((cell, index) => (
            <td key={head[index]}>{cell}</td>
          ))}
        </tr>
      ))}
    </TableFrame>
  );
}

function Bindings({ evaluation: { bindings } }: { readonly evaluation: Evaluation }) {
  return (
    <Rows
      label="Username bindings"
      head={['Priority', 'Certificate field', 'User attribute', 'Affinity', 'Value', 'Result']}
      rows={bindings.map((binding) => [
        `${binding.rank}`,
        binding.rank,
        binding.field,
        binding.property,
        affinities[binding.affinity] ?? binding.affinity,
        binding.values.length > 0 ? (
          <code key="value" className="break">
            {binding.values.join(', ')}
          </code>
        ) : (
          'Not in the certificate'
        ),
        <BindingResult key="result" {...binding} />,
      ])}
    />
  );
}

function BindingResult({ tried, matched }: { readonly tried: boolean; readonly matched: boolean }) {
  if (!tried) return <Badge tone="neutral">Not tried</Badge>;
  return <Badge tone={matched ? 'good' : 'warning'}>{matched ? 'Matched' : 'No match'}</Badge>;
}

function AccessPolicies({ evaluation: { conditionalAccess } }: { readonly evaluation: Evaluation }) {
  if (conditionalAccess.length === 0)
    return (
      <EmptyState title="No policy was evaluated">
        Either there are no policies, or the sign-in ended before policies were evaluated.
      </EmptyState>
    );
  return (
    <Rows
      label="Conditional Access policies"
      head={['Policy', 'Result', 'Grant controls', 'Session controls']}
      rows={conditionalAccess.map((policy) => [
        policy.id,
        <PageLink key="policy" to={`/conditional-access/policies/${policy.id}`}>
          {policy.displayName}
        </PageLink>,
        accessResultWords(policy.result),
        policy.enforcedGrantControls.map(controlWords).join(', ') || '—',
        policy.enforcedSessionControls.map(controlWords).join(', ') || '—',
      ])}
    />
  );
}

function Claims({ evaluation: { claims } }: { readonly evaluation: Evaluation }) {
  if (!claims) return <EmptyState title="There would be no token">The sign-in would not be granted.</EmptyState>;
  return <JsonBox value={claims} label="claims of the ID token" />;
}

function Extensions({ evaluation: { extensions } }: { readonly evaluation: Evaluation }) {
  return (
    <Rows
      label="Extensions of the certificate"
      head={['Extension', 'Critical', 'Says']}
      rows={extensions.map(({ oid, name, isCritical, values }) => [
        oid,
        <span key="name" title={oid}>
          {name}
        </span>,
        isCritical ? 'Yes' : 'No',
        <ul key="values" className="plain-list break">
          {values.map((value) => (
            <li key={value}>{value}</li>
          ))}
        </ul>,
      ])}
    />
  );
}
