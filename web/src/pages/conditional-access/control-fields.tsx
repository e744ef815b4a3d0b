import { CheckboxField, NumberInput, RadioField, SelectField } from '../../components/forms/fields.tsx';
import { usePages } from '../../graph/queries.ts';
import { controls, frequencyIntervals, frequencyUnits, operators, persistentModes } from './choices.ts';
import { type GrantControls, paths, type SessionControls, type Strength } from './model.ts';
import type { PolicyFields } from './target-fields.tsx';

const blankGrant: GrantControls = { operator: 'OR', builtInControls: [], authenticationStrength: null };

/** What must be proven. */
export function GrantFields({ draft, set, isReadOnly }: PolicyFields) {
  const grant = draft.grantControls ?? blankGrant;
  const change = (next: Partial<GrantControls>) => set({ grantControls: { ...grant, ...next } });
  const isBlock = grant.builtInControls.includes('block');
  return (
    <>
      <RadioField
        label="Access"
        value={isBlock ? 'block' : 'grant'}
        onChange={(id) =>
          change({ builtInControls: id === 'block' ? ['block'] : [], authenticationStrength: null, operator: 'OR' })
        }
        choices={[
          { id: 'grant', label: 'Grant access' },
          { id: 'block', label: 'Block access' },
        ]}
        isReadOnly={isReadOnly}
      />
      {!isBlock && <RequiredControls grant={grant} change={change} isReadOnly={isReadOnly} />}
    </>
  );
}

interface ControlsProps {
  readonly grant: GrantControls;
  readonly change: (next: Partial<GrantControls>) => void;
  readonly isReadOnly: boolean;
}

function RequiredControls({ grant, change, isReadOnly }: ControlsProps) {
  const strengths = usePages<Strength>(paths.strengths);
  const { builtInControls, authenticationStrength: strength } = grant;
  const setControl = (id: string, is: boolean) =>
    change({
      builtInControls: is ? [...builtInControls, id] : builtInControls.filter((item) => item !== id),
      // Multifactor authentication and a strength exclude each other.
      ...(is && id === 'mfa' ? { authenticationStrength: null } : {}),
    });
  const setStrength = (id: string) =>
    change(
      id === 'none'
        ? { authenticationStrength: null }
        : { authenticationStrength: { id }, builtInControls: builtInControls.filter((item) => item !== 'mfa') },
    );
  return (
    <>
      {controls.map(({ id, label }) => (
        <CheckboxField
          key={id}
          label={label}
          isSelected={builtInControls.includes(id)}
          onChange={(is) => setControl(id, is)}
          isReadOnly={isReadOnly}
        />
      ))}
      <SelectField
        label="Require authentication strength"
        value={strength?.id ?? 'none'}
        onChange={setStrength}
        choices={[
          { id: 'none', label: 'None' },
          ...strengths.rows.map(({ id, displayName }) => ({ id, label: displayName })),
        ]}
        isReadOnly={isReadOnly}
      />
      {builtInControls.length + (strength ? 1 : 0) > 1 && (
        <RadioField
          label="For multiple controls"
          value={grant.operator}
          onChange={(operator) => change({ operator })}
          choices={operators}
          isReadOnly={isReadOnly}
        />
      )}
    </>
  );
}

const blankSession: SessionControls = { signInFrequency: null, persistentBrowser: null };

const everyDay = { value: 1, type: 'days', frequencyInterval: 'timeBased', isEnabled: true } as const;
const everyTime = { value: null, type: null, frequencyInterval: 'everyTime', isEnabled: true } as const;

/** How long a sign-in lasts. */
export function SessionFields({ draft, set, isReadOnly }: PolicyFields) {
  const session = draft.sessionControls ?? blankSession;
  const change = (next: Partial<SessionControls>) => set({ sessionControls: { ...session, ...next } });
  const { signInFrequency: frequency, persistentBrowser: persistent } = session;
  return (
    <>
      <CheckboxField
        label="Sign-in frequency"
        isSelected={frequency !== null}
        onChange={(is) => change({ signInFrequency: is ? everyDay : null })}
        isReadOnly={isReadOnly}
      />
      {frequency && (
        <FrequencyFields
          frequency={frequency}
          onChange={(signInFrequency) => change({ signInFrequency })}
          isReadOnly={isReadOnly}
        />
      )}
      <SelectField
        label="Persistent browser session"
        value={persistent?.mode ?? 'none'}
        onChange={(id) => change({ persistentBrowser: id === 'none' ? null : { mode: id, isEnabled: true } })}
        choices={persistentModes}
        isReadOnly={isReadOnly}
      />
    </>
  );
}

type Frequency = NonNullable<SessionControls['signInFrequency']>;

interface FrequencyProps {
  readonly frequency: Frequency;
  readonly onChange: (next: Frequency) => void;
  readonly isReadOnly: boolean;
}

const FrequencyFields = ({ frequency, onChange, isReadOnly }: FrequencyProps) => (
  <>
    <RadioField
      label="Reauthentication"
      value={frequency.frequencyInterval}
      onChange={(id) => onChange(id === 'everyTime' ? everyTime : everyDay)}
      choices={frequencyIntervals}
      isReadOnly={isReadOnly}
    />
    {frequency.frequencyInterval === 'timeBased' && (
      <div className="row">
        <NumberInput
          label="Every"
          value={frequency.value ?? 1}
          onChange={(value) => onChange({ ...frequency, value })}
          min={1}
          max={365}
          isReadOnly={isReadOnly}
        />
        <SelectField
          label="Unit"
          value={frequency.type ?? 'days'}
          onChange={(type) => onChange({ ...frequency, type })}
          choices={frequencyUnits}
          isReadOnly={isReadOnly}
        />
      </div>
    )}
  </>
);
