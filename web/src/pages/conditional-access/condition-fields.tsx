import type { Choice } from '../../components/forms/choices.ts';
import { CheckboxField, RadioField, TextInput } from '../../components/forms/fields.tsx';
import { usePages } from '../../graph/queries.ts';
import { clients, filterModes, platforms } from './choices.ts';
import { type Conditions, type NamedLocation, paths } from './model.ts';
import type { PolicyFields } from './target-fields.tsx';

interface ListFieldsProps {
  readonly options: readonly Choice<string>[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
  readonly isReadOnly: boolean;
}

const Boxes = ({ options, chosen, onChange, isReadOnly }: ListFieldsProps) =>
  options.map(({ id, label }) => (
    <CheckboxField
      key={id}
      label={label}
      isSelected={chosen.includes(id)}
      onChange={(is) => onChange(is ? [...chosen, id] : chosen.filter((item) => item !== id))}
      isReadOnly={isReadOnly}
    />
  ));

/** Where, with which client and on which device the policy applies. */
export function ConditionFields({ draft, set, isReadOnly }: PolicyFields) {
  const { conditions } = draft;
  const change = (next: Partial<Conditions>) => set({ conditions: { ...conditions, ...next } });
  const fields = { conditions, change, isReadOnly };
  return (
    <>
      <Locations {...fields} />
      <Clients {...fields} />
      <Platforms {...fields} />
      <DeviceFilter {...fields} />
    </>
  );
}

interface PartProps {
  readonly conditions: Conditions;
  readonly change: (next: Partial<Conditions>) => void;
  readonly isReadOnly: boolean;
}

function Locations({ conditions: { locations }, change, isReadOnly }: PartProps) {
  const { rows } = usePages<NamedLocation>(paths.locations);
  const options = [
    { id: 'AllTrusted', label: 'All trusted locations' },
    ...rows.map(({ id, displayName }) => ({ id, label: displayName })),
  ];
  const [include, exclude] = [locations?.includeLocations ?? [], locations?.excludeLocations ?? []];
  const isAny = locations === null || include.includes('All');
  return (
    <details open={locations !== null}>
      <summary>Locations{locations === null ? ': any' : ''}</summary>
      <RadioField
        label="Include"
        value={isAny ? 'any' : 'select'}
        onChange={(id) =>
          change({
            locations:
              id === 'any' && exclude.length === 0
                ? null
                : { includeLocations: id === 'any' ? ['All'] : [], excludeLocations: exclude },
          })
        }
        choices={[
          { id: 'any', label: 'Any location' },
          { id: 'select', label: 'Selected locations' },
        ]}
        isReadOnly={isReadOnly}
      />
      {!isAny && (
        <Boxes
          options={options}
          chosen={include}
          onChange={(includeLocations) => change({ locations: { includeLocations, excludeLocations: exclude } })}
          isReadOnly={isReadOnly}
        />
      )}
      <h3>Exclude</h3>
      <Boxes
        options={options}
        chosen={exclude}
        onChange={(excludeLocations) =>
          change({
            locations:
              excludeLocations.length === 0 && isAny
                ? null
                : { includeLocations: isAny ? ['All'] : include, excludeLocations },
          })
        }
        isReadOnly={isReadOnly}
      />
    </details>
  );
}

function Clients({ conditions: { clientAppTypes }, change, isReadOnly }: PartProps) {
  const isAll = clientAppTypes.includes('all');
  return (
    <details open={!isAll}>
      <summary>Client apps{isAll ? ': all' : ''}</summary>
      <CheckboxField
        label="All client apps"
        isSelected={isAll}
        onChange={(is) => change({ clientAppTypes: is ? ['all'] : ['browser'] })}
        isReadOnly={isReadOnly}
      />
      {!isAll && (
        <Boxes
          options={clients}
          chosen={clientAppTypes}
          onChange={(types) => change({ clientAppTypes: types })}
          isReadOnly={isReadOnly}
        />
      )}
    </details>
  );
}

function Platforms({ conditions: { platforms: current }, change, isReadOnly }: PartProps) {
  const include = (current?.includePlatforms ?? []).filter((id) => id !== 'all');
  return (
    <details open={current !== null}>
      <summary>Device platforms{current === null ? ': any' : ''}</summary>
      <p className="help">
        Browsers report their platform themselves. The policy also applies if the platform is unknown.
      </p>
      <Boxes
        options={platforms}
        chosen={include}
        onChange={(includePlatforms) =>
          change({
            platforms:
              includePlatforms.length === 0
                ? null
                : { includePlatforms, excludePlatforms: current?.excludePlatforms ?? [] },
          })
        }
        isReadOnly={isReadOnly}
      />
    </details>
  );
}

function DeviceFilter({ conditions: { devices }, change, isReadOnly }: PartProps) {
  const filter = devices?.deviceFilter ?? undefined;
  const rule = filter?.rule ?? '';
  const mode = filter?.mode === 'exclude' ? 'exclude' : 'include';
  const put = (next: { readonly mode: string; readonly rule: string }) =>
    change({ devices: next.rule.trim() === '' ? null : { deviceFilter: next } });
  return (
    <details open={filter !== undefined}>
      <summary>Filter for devices{filter ? '' : ': none'}</summary>
      <RadioField
        label="Devices matching the rule"
        value={mode}
        onChange={(id) => put({ mode: id, rule })}
        choices={filterModes}
        isReadOnly={isReadOnly}
      />
      <TextInput
        label="Rule syntax"
        value={rule}
        onChange={(text) => put({ mode, rule: text })}
        help={'Such as device.isCompliant -eq True -and device.trustType -eq "AzureAD".'}
        isMultiline
        isCode
        isReadOnly={isReadOnly}
      />
    </details>
  );
}
