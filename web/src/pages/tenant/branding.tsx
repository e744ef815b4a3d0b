import { useState } from 'react';
import { useMe } from '../../app/me.tsx';
import { useMay } from '../../app/roles.ts';
import { useAddressState } from '../../components/data/list-state.ts';
import { useDraft } from '../../components/forms/draft.ts';
import { SelectField, TextInput } from '../../components/forms/fields.tsx';
import { Form } from '../../components/forms/form.tsx';
import { SaveForm } from '../../components/forms/save-form.tsx';
import { usePartOfPage } from '../../components/forms/unsaved.ts';
import { Loaded } from '../../components/layout/loaded.tsx';
import { Command, Page, Section } from '../../components/layout/page.tsx';
import { ConfirmDialog, Dialog } from '../../components/overlays/dialog.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { ReadOnlyNote } from '../../components/states.tsx';
import { send, useChange, useGraphWithEtag, usePages } from '../../graph/queries.ts';
import './branding.css';
import { BrandingFields } from './branding-fields.tsx';
import { type Branding, draftOf, languageName, patchOf } from './branding-model.ts';
import { Pictures } from './branding-pictures.tsx';
import { SignInPreview } from './branding-preview.tsx';

export default function BrandingPage() {
  const { tenant } = useMe();
  const root = `/organization/${tenant.id}/branding`;
  const { write, writers } = useMay('branding');
  const [locale, setLocale] = useAddressState('language', '0');
  const { PartFrame, part, leave } = usePartOfPage();
  const [isAdding, setAdding] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
  const path = locale === '0' ? root : `${root}/localizations/${locale}`;
  const query = useGraphWithEtag<Branding>(path);
  return (
    <Page
      title="Company branding"
      description="The appearance of the sign-in pages, by default and in specific languages."
      commands={
        <>
          {write && (
            <Command icon="add" onPress={() => leave(() => setAdding(true))}>
              Add browser language
            </Command>
          )}
          {write && locale !== '0' && (
            <Command icon="delete" onPress={() => setRemoving(true)}>
              Remove language
            </Command>
          )}
          <JsonButton path={path} />
        </>
      }
    >
      {!write && <ReadOnlyNote roles={writers} />}
      <LanguageField root={root} locale={locale} onChange={(next) => leave(() => setLocale(next))} />
      <Loaded query={query}>
        {({ body, etag }) => (
          <div key={locale} className="branding">
            <PartFrame value={part}>
              <BrandingEditor path={path} original={body} etag={etag} reload={query.refetch} />
            </PartFrame>
            <div>
              <Section title="Pictures">
                <Pictures path={path} branding={body} isReadOnly={!write} />
              </Section>
            </div>
          </div>
        )}
      </Loaded>
      {isAdding && (
        <AddLanguage
          root={root}
          onClose={() => setAdding(false)}
          onAdded={(id) => {
            setAdding(false);
            setLocale(id);
          }}
        />
      )}
      <RemoveLanguage
        root={root}
        locale={locale}
        isOpen={isRemoving}
        onClose={() => setRemoving(false)}
        onRemoved={() => setLocale('0')}
      />
    </Page>
  );
}

interface LanguageFieldProps {
  readonly root: string;
  readonly locale: string;
  readonly onChange: (locale: string) => void;
}

function LanguageField({ root, locale, onChange }: LanguageFieldProps) {
  const { rows } = usePages<Branding>(`${root}/localizations`);
  const choices = (rows.length > 0 ? rows : [{ id: '0' }]).map(({ id }) => ({ id, label: languageName(id) }));
  return <SelectField label="Language" value={locale} onChange={onChange} choices={choices} />;
}

interface RemoveLanguageProps {
  readonly root: string;
  readonly locale: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onRemoved: () => void;
}

function RemoveLanguage({ root, locale, isOpen, onClose, onRemoved }: RemoveLanguageProps) {
  const removal = useChange(() => send(`${root}/localizations/${locale}`, { method: 'DELETE' }), {
    stale: ['/organization'],
    done: `Removed ${languageName(locale)}`,
    onDone: () => {
      onClose();
      onRemoved();
    },
  });
  return (
    <ConfirmDialog
      title={`Remove ${languageName(locale)}?`}
      isOpen={isOpen}
      onClose={onClose}
      action="Remove"
      isDanger
      onConfirm={() => removal.mutate()}
      change={removal}
    >
      <p>Browsers with this language then show the default branding.</p>
    </ConfirmDialog>
  );
}

function BrandingEditor({
  path,
  original,
  etag,
  reload,
}: {
  readonly path: string;
  readonly original: Branding;
  readonly etag: string | undefined;
  readonly reload: () => unknown;
}) {
  const { tenant } = useMe();
  const { write } = useMay('branding');
  const form = useDraft(draftOf(original), etag);
  const { draft, set, changes } = form;
  const change = useChange(() => send(path, { method: 'PATCH', body: patchOf(changes), etag: form.etag }), {
    stale: ['/organization'],
    done: 'Saved the branding',
    draft: form,
  });
  return (
    <>
      <div>
        <SaveForm form={form} change={change} mayWrite={write} reload={reload}>
          <BrandingFields draft={draft} set={set} isReadOnly={!write} isDefault={original.id === '0'} />
        </SaveForm>
      </div>
      <SignInPreview path={path} branding={original} draft={draft} tenantName={tenant.displayName} />
    </>
  );
}

function AddLanguage({
  root,
  onClose,
  onAdded,
}: {
  readonly root: string;
  readonly onClose: () => void;
  readonly onAdded: (id: string) => void;
}) {
  const [tag, setTag] = useState('');
  const change = useChange(
    () => send<Branding>(`${root}/localizations`, { method: 'POST', body: { id: tag.trim() } }),
    {
      stale: ['/organization'],
      done: (_, { id }) => `Added ${languageName(id)}`,
      onDone: ({ id }) => onAdded(id),
    },
  );
  return (
    <Dialog title="Add browser language" isOpen onClose={onClose}>
      <Form
        action="Add"
        onSubmit={() => change.mutate()}
        onCancel={onClose}
        isDisabled={tag.trim() === ''}
        change={change}
      >
        <TextInput
          label="Language tag"
          value={tag}
          onChange={setTag}
          help="As browsers send it, such as fr-FR or de. A tag with a region also applies to the other regions of the language."
          isCode
        />
      </Form>
    </Dialog>
  );
}
