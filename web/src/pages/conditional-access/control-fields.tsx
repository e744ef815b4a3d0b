import { CheckboxField, NumberInput, RadioField, SelectField } from '../../components/forms/fields.tsx';
import { usePages } from '../../graph/queries.ts';
import { type GrantControls, paths, type SessionControls, type Strength } from './model.ts';
import type { PolicyFields } from './target-fields.tsx';

const blankGrant: GrantControls = { operator: 'OR', builtInControls: [], authenticationStrength: null };

const controls = [
  ['mfa', 'Require multifactor authentication'],
  ['compliantDevice', 'Require device to be marked as compliant'],
  ['domainJoinedDevice', 'Require Microsoft Entra hybrid joined device'],
] as const;

/** What must be proven. */
export function GrantFields({ draft, set, isReadOnly }: PolicyFields) {
  const strengths = usePages<Strength>(paths.strengths);
  const grant = draft.grantControls ?? blankGrant;
  const change = (next: Partial<GrantControls>) => set({ grantControls: { ...grant, ...next } });
  const isBlock = grant.builtInControls.includes('block');
  const strength = grant.authenticationStrength;
  const count = grant.builtInControls.length + (strength ? 1 : 0);
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
      {!isBlock && (
        <>
          {controls.map(([id, label]) => (
            <CheckboxField
              key={id}
              label={label}
              isSelected={grant.builtInControls.includes(id)}
              onChange={(is) =>
                change({
                  builtInControls: is
                    ? [...grant.builtInControls, id]
                    : grant.builtInControls.filter((item) => item !== id),
                  // Multifactor authentication and a strength exclude each other.
                  ...(is && id === 'mfa' ? { authenticationStrength: null } : {}),
                })
              }
              isReadOnly={isReadOnly}
            />
          ))}
          <SelectField
            label="Require authentication strength"
            value={strength?.id ?? 'none'}
            onChange={(id) =>
              change(
                id === 'none'
                  ? { authenticationStrength: null }
                  : {
                      authenticationStrength: { id },
                      builtInControls: grant.builtInControls.filter((item) => item !== 'mfa'),
                    },
              )
            }
            choices={[
              { id: 'none', label: 'None' },
              ...strengths.rows.map(({ id, displayName }) => ({ id, label: displayName })),
            ]}
            isReadOnly={isReadOnly}
          />
          {count > 1 && (
            <RadioField
              label="For multiple controls"
              value={grant.operator}
              onChange={(operator) => change({ operator })}
              choices={[
                { id: 'AND', label: 'Require all the selected controls' },
                { id: 'OR', label: 'Require one of the selected controls' },
              ]}
              isReadOnly={isReadOnly}
            />
          )}
        </>
      )}
    </>
  );
}

const blankSession: SessionControls = { signInFrequency: null, persistentBrowser: null };

/** How long a sign-in lasts. */
export function SessionFields({ draft, set, isReadOnly }: PolicyFields) {
  const session = draft.sessionControls ?? blankSession;
  const change = (next: Partial<SessionControls>) => set({ sessionControls: { ...session, ...next } });
  const { signInFrequency: frequency, persistentBrowser: persistent } = session;
  const timeBased = { value: 1, type: 'days', frequencyInterval: 'timeBased', isEnabled: true } as const;
  return (
    <>
      <CheckboxField
        label="Sign-in frequency"
        isSelected={frequency !== null}
        onChange={(is) => change({ signInFrequency: is ? timeBased : null })}
        isReadOnly={isReadOnly}
      />
      {frequency && (
        <>
          <RadioField
            label="Reauthentication"
            value={frequency.frequencyInterval}
            onChange={(id) =>
              change({
                signInFrequency:
                  id === 'everyTime'
                    ? { value: null, type: null, frequencyInterval: 'everyTime', isEnabled: true }
                    : timeBased,
              })
            }
            choices={[
              { id: 'timeBased', label: 'Periodic reauthentication' },
              { id: 'everyTime', label: 'Every time' },
            ]}
            isReadOnly={isReadOnly}
          />
          {frequency.frequencyInterval === 'timeBased' && (
            <div className="row">
              <NumberInput
                label="Every"
                value={frequency.value ?? 1}
                onChange={(value) => change({ signInFrequency: { ...frequency, value } })}
                min={1}
                max={365}
                isReadOnly={isReadOnly}
              />
              <SelectField
                label="Unit"
                value={frequency.type ?? 'days'}
                onChange={(type) => change({ signInFrequency: { ...frequency, type } })}
                choices={[
                  { id: 'hours', label: 'Hours' },
                  { id: 'days', label: 'Days' },
                ]}
                isReadOnly={isReadOnly}
              />
            </div>
          )}
        </>
      )}
      <SelectField
        label="Persistent browser session"
        value={persistent?.mode ?? 'none'}
        onChange={(id) => change({ persistentBrowser: id === 'none' ? null : { mode: id, isEnabled: true } })}
        choices={[
          { id: 'none', label: 'Not configured' },
          { id: 'always', label: 'Always persistent' },
          { id: 'never', label: 'Never persistent' },
        ]}
        isReadOnly={isReadOnly}
      />
    </>
  );
}
