import { useParams } from '@tanstack/react-router';
import { useMay } from '../../app/roles.ts';
import { useDraft } from '../../components/forms/draft.ts';
import { RadioField, TextInput } from '../../components/forms/fields.tsx';
import { Form } from '../../components/forms/form.tsx';
import { MayOnlyRead, ObjectPage } from '../../components/layout/loaded.tsx';
import { Page, Section } from '../../components/layout/page.tsx';
import { useGo } from '../../components/link.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { Message } from '../../components/states.tsx';
import { useGraphWithEtag } from '../../graph/queries.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import { ConditionFields } from './condition-fields.tsx';
import { GrantFields, SessionFields } from './control-fields.tsx';
import { base, blankPolicy, type Policy, type PolicyState, paths, stateNames } from './model.ts';
import { policyWords } from './policy-words.ts';
import { TargetFields, UserFields } from './target-fields.tsx';

const above = [{ title: 'Conditional Access', to: '/conditional-access' }];
const states = [
  {
    id: 'enabledForReportingButNotEnforced',
    label: stateNames.enabledForReportingButNotEnforced,
    help: 'The policy is evaluated and logged, but not enforced.',
  },
  { id: 'enabled', label: stateNames.enabled, help: 'The policy is enforced.' },
  { id: 'disabled', label: stateNames.disabled, help: 'The policy is not evaluated.' },
] as const satisfies readonly { id: PolicyState; label: string; help: string }[];

export default function PolicyPage() {
  const { id } = useParams({ strict: false }) as { readonly id: string };
  const isNew = id === 'new';
  const query = useGraphWithEtag<Policy>(isNew ? undefined : `${paths.policies}/${id}`);
  if (isNew)
    return (
      <Page title="New policy" above={above}>
        <MayOnlyRead area="accessPolicies" />
        <PolicyEditor original={blankPolicy} etag={undefined} reload={() => undefined} />
      </Page>
    );
  return (
    <ObjectPage
      query={query}
      what="policy"
      above={above}
      area="accessPolicies"
      title={({ body }) => body.displayName}
      commands={() => <JsonButton path={`${paths.policies}/${id}`} />}
    >
      {({ body, etag }) => <PolicyEditor original={body} etag={etag} reload={query.refetch} />}
    </ObjectPage>
  );
}

interface EditorProps {
  readonly original: Policy;
  readonly etag: string | undefined;
  readonly reload: () => unknown;
}

/** What may be written of a policy: Graph takes no member that it alone decides. */
const written = ({ displayName, state, conditions, grantControls, sessionControls }: Policy) => ({
  displayName,
  state,
  conditions: {
    clientAppTypes: conditions.clientAppTypes,
    users: conditions.users,
    applications: conditions.applications,
    locations: conditions.locations,
    platforms: conditions.platforms,
    devices: conditions.devices,
  },
  grantControls: grantControls && {
    operator: grantControls.operator,
    builtInControls: grantControls.builtInControls,
    authenticationStrength: grantControls.authenticationStrength && { id: grantControls.authenticationStrength.id },
  },
  sessionControls,
});

function PolicyEditor({ original, etag, reload }: EditorProps) {
  const may = useMay('accessPolicies');
  const go = useGo();
  const isNew = original.id === '';
  const form = useDraft(original, etag);
  const { draft, set, isChanged, reset } = form;
  const body = bodyOf(draft);
  const missing = missingIn(draft);
  const change = useSignInChange(
    [
      isNew
        ? { path: paths.policies, method: 'POST', body }
        : { path: `${paths.policies}/${original.id}`, method: 'PATCH', body, etag: form.etag },
    ],
    { stale: [base], done: `Saved ${draft.displayName}`, onDone: () => go('/conditional-access'), draft: form },
  );
  const readOnly = !may.write;
  const fields = { draft, set, isReadOnly: readOnly };
  return (
    <Form
      action={isNew ? 'Create' : 'Save'}
      onSubmit={() => change.mutate()}
      onCancel={() => (isChanged ? reset() : go('/conditional-access'))}
      isDisabled={readOnly || !isChanged || missing !== undefined}
      change={change}
      // What is reviewed is what is sent.
      draft={{ ...form, original: bodyOf(form.original), draft: body }}
      words={policyWords}
      reload={reload}
    >
      <TextInput
        label="Name"
        value={draft.displayName}
        onChange={(displayName) => set({ displayName })}
        isRequired
        isReadOnly={readOnly}
      />
      <Section title="Users">
        <UserFields {...fields} />
      </Section>
      <Section title="Target resources">
        <TargetFields {...fields} />
      </Section>
      <Section title="Conditions">
        <ConditionFields {...fields} />
      </Section>
      <Section title="Grant">
        <GrantFields {...fields} />
      </Section>
      <Section title="Session">
        <SessionFields {...fields} />
      </Section>
      <RadioField
        label="Enable policy"
        value={draft.state}
        onChange={(state) => set({ state })}
        choices={states}
        isReadOnly={readOnly}
      />
      {isChanged && missing && <Message tone="info">{missing}</Message>}
    </Form>
  );
}

/** Controls that ask for nothing are left out. */
function bodyOf(draft: Policy) {
  const body = written(draft);
  const { grantControls: grant, sessionControls: session } = body;
  const hasGrant = grant && (grant.builtInControls.length > 0 || grant.authenticationStrength);
  const hasSession = session && (session.signInFrequency || session.persistentBrowser);
  return { ...body, grantControls: hasGrant ? grant : null, sessionControls: hasSession ? session : null };
}

/** What a policy lacks before it can be saved. */
function missingIn(draft: Policy): string | undefined {
  const { users, applications, clientAppTypes } = draft.conditions;
  const has = (...lists: (readonly string[] | undefined)[]) => lists.some((list) => (list?.length ?? 0) > 0);
  const { grantControls, sessionControls } = bodyOf(draft);
  if (draft.displayName.trim() === '') return 'Give the policy a name.';
  if (!has(users.includeUsers, users.includeGroups, users.includeRoles))
    return 'Choose the users to whom the policy applies.';
  const {
    includeApplications,
    includeUserActions,
    includeAuthenticationContextClassReferences: contexts,
  } = applications;
  if (!has(includeApplications, includeUserActions, contexts)) return 'Choose the target resources.';
  if (clientAppTypes.length === 0) return 'Choose at least one kind of client app.';
  return grantControls || sessionControls ? undefined : 'Choose a grant control or a session control.';
}
