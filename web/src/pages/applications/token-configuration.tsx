import { useMay } from '../../app/roles.ts';
import { useDraft } from '../../components/forms/draft.ts';
import { CheckboxField } from '../../components/forms/fields.tsx';
import { SaveForm } from '../../components/forms/save-form.tsx';
import { Section } from '../../components/layout/page.tsx';
import { send, useChange } from '../../graph/queries.ts';
import type { RegistrationProps } from './model.ts';

const tokens = [
  ['idToken', 'ID token'],
  ['accessToken', 'Access token'],
] as const;

/** Claims that a token has only where they are asked for. */
const claims = [
  ['acr', 'acr', 'Whether the sign-in had more than one factor: 1 or 0.'],
  [
    'cardea_certificate',
    'cardea_certificate',
    'Details of the certificate: subject, issuer, serial number, thumbprints.',
  ],
] as const;

/** Optional claims of an app registration. Those that this page does not know stay. */
export function TokenConfiguration({ path, app, etag, reload }: RegistrationProps) {
  const { write } = useMay('applications');
  const form = useDraft({ claims: app.optionalClaims ?? {} }, etag);
  const { draft, set } = form;
  const listed = (token: string) => draft.claims[token] ?? [];
  const body = { optionalClaims: draft.claims };
  const change = useChange(() => send(path, { method: 'PATCH', body, etag: form.etag }), {
    done: 'Saved the optional claims',
    draft: form,
  });
  const toggle = (token: string, name: string, is: boolean) => {
    const others = listed(token).filter((claim) => claim.name !== name);
    const added = { name, source: null, essential: false, additionalProperties: [] };
    set({ claims: { ...draft.claims, [token]: is ? [...others, added] : others } });
  };
  const known: readonly string[] = claims.map(([name]) => name);
  return (
    <Section title="Optional claims">
      <SaveForm form={form} change={change} mayWrite={write} reload={reload}>
        {tokens.map(([token, title]) => (
          <fieldset key={token} className="picker">
            <legend>{title}</legend>
            {claims.map(([name, label, help]) => (
              <CheckboxField
                key={name}
                label={label}
                help={help}
                isSelected={listed(token).some((claim) => claim.name === name)}
                onChange={(is) => toggle(token, name, is)}
                isReadOnly={!write}
              />
            ))}
            {listed(token)
              .filter(({ name }) => !known.includes(name))
              .map(({ name }) => (
                <p key={name} className="faint">
                  <code>{name}</code> is stored, but has no effect.
                </p>
              ))}
          </fieldset>
        ))}
      </SaveForm>
    </Section>
  );
}
