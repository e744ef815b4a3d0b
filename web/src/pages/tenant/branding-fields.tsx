import { CheckboxField, TextInput } from '../../components/forms/fields.tsx';
import type { BrandingDraft } from './branding-model.ts';

interface FieldsProps {
  readonly draft: BrandingDraft;
  readonly set: (next: Partial<BrandingDraft>) => void;
  readonly isReadOnly: boolean;
  readonly isDefault: boolean;
}

export function BrandingFields({ draft, set, isReadOnly, isDefault }: FieldsProps) {
  return (
    <>
      <TextInput
        label="Name on the pages"
        value={draft.displayName}
        onChange={(displayName) => set({ displayName })}
        help="The name of the tenant where it is empty."
        isReadOnly={isReadOnly}
      />
      <TextInput
        label="Username hint text"
        value={draft.usernameHintText}
        onChange={(usernameHintText) => set({ usernameHintText })}
        help="Stands in the empty field of the user name. At most 64 characters."
        isReadOnly={isReadOnly}
      />
      <TextInput
        label="Sign-in page text"
        value={draft.signInPageText}
        onChange={(signInPageText) => set({ signInPageText })}
        help="Plain text below the form. At most 1,024 characters."
        isMultiline
        isReadOnly={isReadOnly}
      />
      <TextInput
        label="Page background color"
        value={draft.backgroundColor}
        onChange={(backgroundColor) => set({ backgroundColor })}
        placeholder="#0b2545"
        help="Six hexadecimal digits. Text must be readable on it."
        isCode
        isReadOnly={isReadOnly}
      />
      <TextInput
        label="Accent color"
        value={draft.accentColor}
        onChange={(accentColor) => set({ accentColor })}
        placeholder="#1d4ed8"
        help="Buttons and links. It must be readable on white."
        isCode
        isReadOnly={isReadOnly}
      />
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
