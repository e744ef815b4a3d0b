import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { Badge, Details, Moment } from '../../components/data/details.tsx';
import { statusOf, statusTones } from '../../components/data/sign-in-status.ts';
import { accessResultWords, controlWords } from '../../components/data/words.ts';
import { Command, PageTabs } from '../../components/layout/page.tsx';
import { PageLink } from '../../components/link.tsx';
import { SidePanel } from '../../components/overlays/dialog.tsx';
import { copy } from '../../components/overlays/json-box.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { EmptyState, ErrorState, Loading } from '../../components/states.tsx';
import { useGraph } from '../../graph/queries.ts';
import type { SignIn } from './model.ts';
import { Troubleshooting } from './troubleshooting.tsx';

/** One entry beside the list, in Entra's tabs. Its id is in the address. */
export function SignInDetails({ id, onClose }: { readonly id: string | undefined; readonly onClose: () => void }) {
  return (
    <SidePanel title="Activity details: sign-ins" isOpen={id !== undefined} onClose={onClose} isWide>
      {id !== undefined && <Entry id={id} />}
    </SidePanel>
  );
}

function Entry({ id }: { readonly id: string }) {
  const path = `/beta/auditLogs/signIns/${encodeURIComponent(id)}`;
  const query = useGraph<SignIn>(path);
  const canTest = useMay('methodPolicy').read;
  if (query.isPending) return <Loading what="Loading the sign-in" />;
  if (query.error) return <ErrorState problem={query.error} retry={query.refetch} />;
  const signIn = query.data;
  return (
    <>
      <div className="command-bar">
        <Command icon="copy" onPress={() => copy(`${location.origin}/admin/sign-in-logs?entry=${id}`)}>
          Copy link
        </Command>
        <JsonButton path={path} />
        {canTest && (
          <PageLink to={`/certificate-tester?source=signIn&signIn=${encodeURIComponent(id)}`}>
            Certificate tester
          </PageLink>
        )}
      </div>
      <PageTabs
        label="Details of the sign-in"
        name="details"
        tabs={[
          { id: 'basic', title: 'Basic info', content: () => <Basic signIn={signIn} /> },
          { id: 'troubleshooting', title: 'Troubleshooting', content: () => <Troubleshooting id={id} /> },
          { id: 'location', title: 'Location', content: () => <Location signIn={signIn} /> },
          { id: 'device', title: 'Device info', content: () => <Device signIn={signIn} /> },
          { id: 'authentication', title: 'Authentication details', content: () => <Authentication signIn={signIn} /> },
          { id: 'access', title: 'Conditional Access', content: () => <Access signIn={signIn} /> },
          { id: 'additional', title: 'Additional details', content: () => <Additional signIn={signIn} /> },
        ]}
      />
    </>
  );
}

interface TabProps {
  readonly signIn: SignIn;
}

function Basic({ signIn }: TabProps) {
  const { status } = signIn;
  return (
    <Details
      items={[
        ['Date', <Moment key="date" at={signIn.createdDateTime} />],
        ['Request ID', <code key="id">{signIn.id}</code>],
        ['Correlation ID', <code key="correlation">{signIn.correlationId}</code>],
        ['Authentication requirement', requirements[signIn.authenticationRequirement]],
        [
          'Status',
          <Badge key="status" tone={statusTones[statusOf(signIn)]}>
            {statusOf(signIn)}
          </Badge>,
        ],
        ['Sign-in error code', status.errorCode === 0 ? null : status.errorCode],
        ['Failure reason', status.errorCode === 0 ? null : status.failureReason],
        ['Additional details', status.additionalDetails],
        [
          'User',
          signIn.userId ? (
            <PageLink key="user" to={`/users/${signIn.userId}`}>
              {signIn.userDisplayName || signIn.userPrincipalName}
            </PageLink>
          ) : null,
        ],
        ['Username', signIn.userPrincipalName],
        ['User ID', signIn.userId],
        ['User type', signIn.userType],
        ['Application', signIn.appDisplayName],
        ['Application ID', <code key="app">{signIn.appId}</code>],
        ['Resource', signIn.resourceDisplayName],
        ['Resource ID', signIn.resourceId],
        ['Client app', signIn.clientAppUsed],
        ['Incoming token type', signIn.incomingTokenType],
        ['Session ID', signIn.sessionId],
        ['Unique token identifier', signIn.uniqueTokenIdentifier],
      ]}
    />
  );
}

const requirements: Readonly<Record<string, string>> = {
  multiFactorAuthentication: 'Multifactor authentication',
  singleFactorAuthentication: 'Single-factor authentication',
};

const Location = ({ signIn }: TabProps) => (
  <Details
    items={[
      ['IP address', signIn.ipAddress],
      ['Location', 'The location of an address is not determined.'],
    ]}
  />
);

function Device({ signIn: { deviceDetail: device, userAgent } }: TabProps) {
  const yesOrNo = (value: boolean | null) => (value === null ? null : value ? 'Yes' : 'No');
  return (
    <Details
      items={[
        [
          'Device ID',
          device.deviceId ? (
            <PageLink key="device" to={`/devices?search=${encodeURIComponent(device.displayName ?? '')}`}>
              {device.deviceId}
            </PageLink>
          ) : null,
        ],
        ['Name', device.displayName],
        ['Browser', device.browser],
        ['Operating system', device.operatingSystem],
        ['Compliant', yesOrNo(device.isCompliant)],
        ['Managed', yesOrNo(device.isManaged)],
        ['Join type', device.trustType],
        ['User agent', userAgent],
      ]}
    />
  );
}

function Authentication({ signIn }: TabProps) {
  const { authenticationDetails } = signIn;
  if (authenticationDetails.length === 0) return <EmptyState title="Nothing was presented in this sign-in" />;
  return authenticationDetails.map((step) => (
    <section key={`${step.authenticationStepDateTime} ${step.authenticationMethod}`}>
      <h3>{step.authenticationMethod}</h3>
      <Details
        items={[
          ['Date', <Moment key="date" at={step.authenticationStepDateTime} />],
          ['Authentication method detail', step.authenticationMethodDetail],
          ['Succeeded', step.succeeded ? 'Yes' : 'No'],
          ['Result detail', step.authenticationStepResultDetail],
          ['Requirement', step.authenticationStepRequirement],
        ]}
      />
    </section>
  ));
}

function Access({ signIn: { appliedConditionalAccessPolicies: policies } }: TabProps) {
  if (policies.length === 0)
    return (
      <EmptyState title="No policy is shown">
        No policy was evaluated, or your roles do not allow you to read policies.
      </EmptyState>
    );
  return policies.map((policy) => (
    <section key={policy.id}>
      <h3>
        <PageLink to={`/conditional-access/policies/${policy.id}`}>{policy.displayName}</PageLink>
      </h3>
      <Details
        items={[
          ['Result', accessResultWords(policy.result)],
          ['Grant controls', policy.enforcedGrantControls.map(controlWords).join(', ')],
          ['Session controls', policy.enforcedSessionControls.map(controlWords).join(', ')],
        ]}
      />
    </section>
  ));
}

function Additional({ signIn: { authenticationProcessingDetails: rows } }: TabProps) {
  if (rows.length === 0) return <EmptyState title="No certificate was presented in this sign-in" />;
  return (
    <>
      <Details items={rows.map(({ key, value }) => [key, value])} />
      <div className="row">
        <Button icon="copy" onPress={() => copy(rows.map(({ key, value }) => `${key}: ${value}`).join('\n'))}>
          Copy
        </Button>
      </div>
    </>
  );
}
