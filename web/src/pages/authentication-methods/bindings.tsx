import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Badge } from '../../components/data/details.tsx';
import { labelOf } from '../../components/forms/choices.ts';
import { SelectField } from '../../components/forms/fields.tsx';
import { ReorderList } from '../../components/forms/reorder-list.tsx';
import { useUnsavedEdits } from '../../components/forms/unsaved.ts';
import { Section } from '../../components/layout/page.tsx';
import { affinityOf, type Binding, fields, propertiesOf } from './configuration.ts';
import type { FieldsProps } from './issuers.tsx';

export const titleOf = ({ x509CertificateField, userProperty }: Binding): string =>
  `${labelOf(fields, x509CertificateField) ?? x509CertificateField} → ${userProperty}`;

const ranked = (bindings: readonly Binding[]): Binding[] =>
  bindings.map((binding, index) => ({ ...binding, priority: index + 1 }));

/** Which certificate fields name a user, in their order of priority. */
export function BindingFields({ draft, onChange, isReadOnly }: FieldsProps) {
  const bindings = [...draft.certificateUserBindings].sort((a, b) => a.priority - b.priority);
  const set = (next: readonly Binding[]) => onChange({ certificateUserBindings: ranked(next) });
  return (
    <Section title="Username binding">
      <p className="help">
        The first binding whose certificate field is present and identifies exactly one user is used. Drag a binding, or
        move it with its buttons, to change its priority.
      </p>
      <ReorderList
        label="Username bindings"
        items={bindings}
        keyOf={titleOf}
        nameOf={titleOf}
        onChange={set}
        isReadOnly={isReadOnly}
        render={(binding) => (
          <>
            {titleOf(binding)}{' '}
            <Badge tone={affinityOf(binding.x509CertificateField) === 'high' ? 'good' : 'neutral'}>
              {affinityOf(binding.x509CertificateField) === 'high' ? 'High affinity' : 'Low affinity'}
            </Badge>
          </>
        )}
      />
      {!isReadOnly && <NewBinding bindings={bindings} onAdd={(binding) => set([...bindings, binding])} />}
    </Section>
  );
}

interface NewBindingProps {
  readonly bindings: readonly Binding[];
  readonly onAdd: (binding: Binding) => void;
}

function NewBinding({ bindings, onAdd }: NewBindingProps) {
  const [field, setField] = useState('');
  const [property, setProperty] = useState('');
  useUnsavedEdits(field !== '');
  const choices = propertiesOf(field);
  const userProperty = choices.some(({ id }) => id === property) ? property : (choices.at(-1)?.id ?? '');
  const binding: Binding = {
    x509CertificateField: field,
    userProperty,
    priority: bindings.length + 1,
    trustAffinityLevel: affinityOf(field),
  };
  const isKnown = bindings.some((item) => titleOf(item) === titleOf(binding));
  return (
    <div className="row row-fields">
      <SelectField
        label="Certificate field"
        value={field || undefined}
        onChange={setField}
        choices={fields.map(({ id, label, affinity }) => ({ id, label, help: `${affinity} affinity` }))}
      />
      <SelectField
        label="User attribute"
        value={field === '' ? undefined : userProperty}
        onChange={setProperty}
        choices={choices}
        isDisabled={field === ''}
      />
      <Button
        icon="add"
        isDisabled={field === '' || isKnown}
        onPress={() => {
          onAdd(binding);
          setField('');
        }}
      >
        Add binding
      </Button>
    </div>
  );
}
