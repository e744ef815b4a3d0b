import { CheckboxField, TextInput } from '../../components/forms/fields.tsx';
import type { BrandingDraft } from './branding-model.ts';

interface FieldsProps {
  readonly draft: BrandingDraft;
  readonly set: (next: Partial<BrandingDraft>) => void;
  readonly isReadOnly: boolean;
  readonly isDefault: boolean;
}

interface TextField {
  readonly name: Exclude<keyof BrandingDraft, 'asksToStaySignedIn'>;
  readonly label: string;
  readonly help: string;
  readonly placeholder?: string;
  readonly isMultiline?: true;
  readonly isCode?: true;
}

const texts: readonly TextField[] = [
  { name: 'displayName', label: 'Name on the pages', help: 'If empty, the name of the tenant is used.' },
  {
    name: 'usernameHintText',
    label: 'Username hint text',
    help: 'Shown in the empty user name field. At most 64 characters.',
  },
  {
    name: 'signInPageText',
    label: 'Sign-in page text',
    help: 'Plain text below the form. At most 1,024 characters.',
    isMultiline: true,
  },
  {
    name: 'backgroundColor',
    label: 'Page background color',
    help: 'Six hexadecimal digits. Text must be readable on it.',
    placeholder: '#0b2545',
    isCode: true,
  },
  {
    name: 'accentColor',
    label: 'Accent color',
    help: 'Buttons and links. It must be readable on white.',
    placeholder: '#1d4ed8',
    isCode: true,
  },
];

export function BrandingFields({ draft, set, isReadOnly, isDefault }: FieldsProps) {
  return (
    <>
      {texts.map((field) => (
        <TextInput
          key={field.name}
          {...field}
          value={draft[field.name]}
          onChange={(text) => set({ [field.name]: text })}
          isReadOnly={isReadOnly}
        />
      ))}
      {isDefault && (
        <CheckboxField
          label="Show option to remain signed in"
          isSelected={draft.asksToStaySignedIn}
          onChange={(asksToStaySignedIn) => set({ asksToStaySignedIn })}
          isReadOnly={isReadOnly}
        />
      )}
    </>
  );
}
