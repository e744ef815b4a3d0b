import { useState } from 'react';
import { Badge } from '../../components/data/details.tsx';
import { TableFrame } from '../../components/data/table-frame.tsx';
import { controlWords } from '../../components/data/words.ts';
import { SelectField, TextInput } from '../../components/forms/fields.tsx';
import { Form } from '../../components/forms/form.tsx';
import { type DirectoryItem, DirectoryPicker } from '../../components/forms/picker.tsx';
import { PageLink } from '../../components/link.tsx';
import { JsonBox } from '../../components/overlays/json-box.tsx';
import { EmptyState, Message } from '../../components/states.tsx';
import { send, useChange, usePages } from '../../graph/queries.ts';
import { clients, platforms } from './choices.ts';
import { type AuthenticationContext, base, type Policy, paths, stateNames, stateTones } from './model.ts';

interface Result extends Policy {
  readonly policyApplies: boolean;
  readonly analysisReasons: string;
}

const targets = [
  { id: 'application', label: 'Any cloud app' },
  { id: 'userAction', label: 'Register security information' },
  { id: 'context', label: 'Authentication context' },
] as const;
/** Why a policy would not apply. */
const reasons: Readonly<Record<string, string>> = {
  policyNotEnabled: 'Policy not enabled',
  users: 'Users and groups',
  application: 'Cloud app',
  userActions: 'User action',
  authenticationContext: 'Authentication context',
  clientApps: 'Client app',
  location: 'Location',
  devicePlatform: 'Device platform',
  devices: 'Filter for devices',
  notEnoughInformation: 'Not enough information: specify an IP address',
};

type TargetKind = (typeof targets)[number]['id'];

/** What the sign-in is to, as Graph is asked about it. */
function contextOf(target: TargetKind, application: DirectoryItem | undefined, context: string | undefined) {
  if (target === 'userAction')
    return { '@odata.type': '#microsoft.graph.userActionContext', userAction: 'registerSecurityInformation' };
  if (target === 'context')
    return { '@odata.type': '#microsoft.graph.authContext', authenticationContextValue: context };
  const includeApplications = application ? [application.appId ?? application.id] : [];
  return { '@odata.type': '#microsoft.graph.applicationContext', includeApplications };
}

/** Which policies would apply to a sign-in that is not made. */
export function WhatIfTab() {
  const contexts = usePages<AuthenticationContext>(paths.contexts);
  const [users, setUsers] = useState<DirectoryItem[]>([]);
  const [target, setTarget] = useState<TargetKind>('application');
  const [applications, setApplications] = useState<DirectoryItem[]>([]);
  const [context, setContext] = useState<string>();
  const [ipAddress, setIpAddress] = useState('');
  const [platform, setPlatform] = useState<(typeof platforms)[number]['id'] | 'any'>('any');
  const [client, setClient] = useState<(typeof clients)[number]['id']>('browser');
  const body = {
    signInIdentity: { '@odata.type': '#microsoft.graph.userSignIn', userId: users[0]?.id },
    signInContext: contextOf(target, applications[0], context),
    signInConditions: {
      clientAppType: client,
      ...(ipAddress ? { ipAddress } : {}),
      ...(platform === 'any' ? {} : { devicePlatform: platform }),
    },
    appliedPoliciesOnly: false,
  };
  const isComplete =
    users.length > 0 &&
    (target === 'userAction' || (target === 'application' ? applications.length > 0 : context !== undefined));
  const evaluation = useChange<void, { readonly value: readonly Result[] }>(
    () => send(`${base}/evaluate`, { method: 'POST', body }),
    { stale: [] },
  );
  return (
    <>
      <p>
        Shows which policies would apply to a sign-in of a user, and which condition of the other policies is not met.
      </p>
      <Form
        action="What If"
        onSubmit={() => evaluation.mutate()}
        isDisabled={!isComplete}
        change={evaluation}
        isQuestion
      >
        <DirectoryPicker label="User" kind="users" chosen={users} onChange={setUsers} isSingle />
        <SelectField
          label="Cloud app, action or authentication context"
          value={target}
          onChange={setTarget}
          choices={targets}
        />
        {target === 'application' && (
          <DirectoryPicker
            label="Cloud app"
            kind="servicePrincipals"
            chosen={applications}
            onChange={setApplications}
            isSingle
          />
        )}
        {target === 'context' && (
          <SelectField
            label="Authentication context"
            value={context}
            onChange={setContext}
            choices={contexts.rows.map(({ id, displayName }) => ({ id, label: `${displayName} (${id})` }))}
          />
        )}
        <TextInput
          label="IP address"
          value={ipAddress}
          onChange={setIpAddress}
          isCode
          help="Required if a policy specifies locations."
        />
        <SelectField
          label="Device platform"
          value={platform}
          onChange={setPlatform}
          choices={[{ id: 'any', label: 'Not known' }, ...platforms]}
        />
        <SelectField label="Client app" value={client} onChange={setClient} choices={clients} />
      </Form>
      {evaluation.data && <Results results={evaluation.data.value} />}
    </>
  );
}

function Results({ results }: { readonly results: readonly Result[] }) {
  const applying = results.filter(({ policyApplies }) => policyApplies);
  if (results.length === 0) return <EmptyState title="There is no policy" />;
  return (
    <>
      <Message tone="info" title={`${applying.length} of ${results.length} policies would apply.`} isAlert />
      <TableFrame
        label="Evaluation result"
        head={['Policy name', 'State', 'Applies', 'Grant controls, or why it does not apply']}
      >
        {[...applying, ...results.filter(({ policyApplies }) => !policyApplies)].map((policy) => (
          <tr key={policy.id}>
            <th scope="row">
              <PageLink to={`/conditional-access/policies/${policy.id}`}>{policy.displayName}</PageLink>
            </th>
            <td>
              <Badge tone={stateTones[policy.state]}>{stateNames[policy.state]}</Badge>
            </td>
            <td>{policy.policyApplies ? 'Yes' : 'No'}</td>
            <td>
              {policy.policyApplies ? controlsOf(policy) : (reasons[policy.analysisReasons] ?? policy.analysisReasons)}
            </td>
          </tr>
        ))}
      </TableFrame>
      <details>
        <summary>Response of Microsoft Graph</summary>
        <JsonBox value={results} />
      </details>
    </>
  );
}

function controlsOf({ grantControls, sessionControls }: Policy): string {
  const names = [
    ...(grantControls?.builtInControls ?? []),
    ...(grantControls?.authenticationStrength
      ? [`authenticationStrength ${grantControls.authenticationStrength.displayName ?? ''}`.trim()]
      : []),
    ...(sessionControls?.signInFrequency ? ['signInFrequency'] : []),
    ...(sessionControls?.persistentBrowser ? ['persistentBrowser'] : []),
  ];
  return names.map(controlWords).join(', ') || '—';
}
