import type { ReactNode } from 'react';
import {
  Button as AriaButton,
  Checkbox,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  NumberField,
  Popover,
  Radio,
  RadioGroup,
  SearchField,
  Select,
  SelectValue,
  Switch,
  Text,
  TextArea,
  TextField,
} from 'react-aria-components';
import { Icon } from '../icons.tsx';
import type { Choice } from './choices.ts';
import { useNotedEdit } from './unsaved.ts';

interface Common {
  readonly label: string;
  /** Below the field: what it means, or in which form it is typed. */
  readonly help?: ReactNode;
  /** What is wrong with the value. */
  readonly error?: string | undefined;
  readonly isDisabled?: boolean;
  readonly isReadOnly?: boolean;
  readonly isRequired?: boolean;
  /** The name in the form, and the property that an error of Graph names. */
  readonly name?: string;
}

const state = ({ error, isDisabled = false, isReadOnly = false, isRequired = false, name }: Common) => ({
  isInvalid: error !== undefined,
  isDisabled,
  isReadOnly,
  isRequired,
  validationBehavior: 'aria' as const,
  ...(name !== undefined && { name }),
});

const Help = ({ help, error }: Pick<Common, 'help' | 'error'>) => (
  <>
    {help && (
      <Text slot="description" className="help">
        {help}
      </Text>
    )}
    <FieldError className="field-error">{error}</FieldError>
  </>
);

interface TextInputProps extends Common {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: 'text' | 'email' | 'url' | 'password' | 'date' | 'datetime-local';
  readonly placeholder?: string;
  readonly isMultiline?: boolean;
  /** Whether it is typed in a fixed width: ids, thumbprints, addresses. */
  readonly isCode?: boolean;
}

/** A field for text, of one line or of many. */
export function TextInput(props: TextInputProps) {
  const { label, value, onChange, type = 'text', placeholder, isMultiline = false, isCode = false } = props;
  const className = `input${isCode ? ' code' : ''}`;
  return (
    <TextField className="field" type={type} value={value} onChange={onChange} {...state(props)}>
      <Label>{label}</Label>
      {isMultiline ? (
        <TextArea className={className} rows={4} {...(placeholder && { placeholder })} />
      ) : (
        <Input className={className} autoComplete="off" spellCheck={false} {...(placeholder && { placeholder })} />
      )}
      <Help {...props} />
    </TextField>
  );
}

/** A field for a whole number. */
export function NumberInput(
  props: Common & {
    readonly value: number;
    readonly onChange: (value: number) => void;
    readonly min?: number;
    readonly max?: number;
  },
) {
  const { label, value, onChange, min, max } = props;
  return (
    <NumberField
      className="field"
      value={value}
      onChange={onChange}
      {...(min !== undefined && { minValue: min })}
      {...(max !== undefined && { maxValue: max })}
      {...state(props)}
    >
      <Label>{label}</Label>
      <Input className="input" />
      <Help {...props} />
    </NumberField>
  );
}

/** A box to tick. */
export function CheckboxField(
  props: Common & { readonly isSelected: boolean; readonly onChange: (is: boolean) => void },
) {
  const { label, help, isSelected, onChange } = props;
  return (
    <div className="check-field">
      <Checkbox className="checkbox" isSelected={isSelected} onChange={onChange} {...state(props)}>
        <span className="checkbox-box">
          <Icon name="check" />
        </span>
        <span>{label}</span>
      </Checkbox>
      {help && <p className="help">{help}</p>}
    </div>
  );
}

/** A switch that takes effect when the form is saved. */
export function SwitchField(
  props: Common & { readonly isSelected: boolean; readonly onChange: (is: boolean) => void },
) {
  const { label, help, isSelected, onChange, isDisabled = false, isReadOnly = false } = props;
  return (
    <div className="check-field">
      <Switch
        className="switch"
        isSelected={isSelected}
        onChange={onChange}
        isDisabled={isDisabled}
        isReadOnly={isReadOnly}
      >
        <span className="switch-track" />
        <span>{label}</span>
      </Switch>
      {help && <p className="help">{help}</p>}
    </div>
  );
}

interface ChoiceProps<T extends string> extends Common {
  readonly value: T | undefined;
  readonly onChange: (value: T) => void;
  readonly choices: readonly Choice<T>[];
  readonly placeholder?: string;
}

/** One of a few, all visible. */
export function RadioField<T extends string>(props: ChoiceProps<T>) {
  const { label, value, onChange, choices } = props;
  return (
    <RadioGroup className="field" value={value ?? null} onChange={(id) => onChange(id as T)} {...state(props)}>
      <Label>{label}</Label>
      {choices.map((choice) => (
        <Radio key={choice.id} value={choice.id} className="radio">
          <span className="radio-dot" />
          <span>
            {choice.label}
            {choice.help && <span className="help">{choice.help}</span>}
          </span>
        </Radio>
      ))}
      <Help {...props} />
    </RadioGroup>
  );
}

/** One of several, in a list that opens. */
export function SelectField<T extends string>(props: ChoiceProps<T>) {
  const { label, value, choices, placeholder = 'Select' } = props;
  const onChange = useNotedEdit(props.onChange);
  const { isReadOnly, ...rest } = state(props);
  return (
    <Select
      className="field"
      {...rest}
      isDisabled={rest.isDisabled || isReadOnly}
      placeholder={placeholder}
      value={value ?? null}
      onChange={(id) => id !== null && onChange(id as T)}
    >
      <Label>{label}</Label>
      <AriaButton className="input select-button">
        <SelectValue />
        <Icon name="chevronDown" />
      </AriaButton>
      <Help {...props} />
      <Popover className="popover">
        <ListBox className="menu" items={choices}>
          {(choice) => (
            <ListBoxItem className="menu-item" id={choice.id} textValue={choice.label}>
              <Text slot="label">{choice.label}</Text>
              {choice.help && (
                <Text slot="description" className="help">
                  {choice.help}
                </Text>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}

/** A field to search with. It asks when Enter is pressed, or half a second after the last key. */
export function SearchInput({
  label,
  value,
  onChange,
  placeholder,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
}) {
  return (
    <SearchField className="search" aria-label={label} value={value} onChange={onChange}>
      <Icon name="search" />
      <Input className="input" placeholder={placeholder ?? label} />
      <AriaButton className="button button-subtle button-icon search-clear">
        <Icon name="close" />
      </AriaButton>
    </SearchField>
  );
}
