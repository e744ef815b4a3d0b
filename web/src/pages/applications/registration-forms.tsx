import { useMay } from '../../app/roles.ts';
import { useDraft } from '../../components/forms/draft.ts';
import { TextInput } from '../../components/forms/fields.tsx';
import { FileDrop } from '../../components/forms/file-drop.tsx';
import { SaveForm } from '../../components/forms/save-form.tsx';
import { Section } from '../../components/layout/page.tsx';
import { ChangeProblem } from '../../components/problems.tsx';
import { send, useChange } from '../../graph/queries.ts';
import { linesIn, type RegistrationProps } from './model.ts';

/** Name, home page, addresses and logo of an app registration. */
export function Properties({ path, app, etag, reload }: RegistrationProps) {
  const { write } = useMay('applications');
  const texts = {
    displayName: app.displayName,
    homePageUrl: app.web.homePageUrl ?? '',
    identifierUris: app.identifierUris.join('\n'),
  };
  const form = useDraft(texts, etag);
  const { draft, set, changes } = form;
  const body = {
    ...(changes.displayName !== undefined && { displayName: draft.displayName }),
    ...(changes.homePageUrl !== undefined && { web: { homePageUrl: draft.homePageUrl || null } }),
    ...(changes.identifierUris !== undefined && { identifierUris: linesIn(draft.identifierUris) }),
  };
  const change = useChange(() => send(path, { method: 'PATCH', body, etag: form.etag }), {
    done: `Saved ${draft.displayName}`,
    draft: form,
  });
  const logo = useChange<File>((file) => send(`${path}/logo`, { method: 'PUT', body: file }), {
    done: 'Saved the logo',
  });
  return (
    <>
      <SaveForm
        form={form}
        change={change}
        mayWrite={write}
        isComplete={draft.displayName.trim() !== ''}
        reload={reload}
      >
        <TextInput
          label="Name"
          value={draft.displayName}
          onChange={(displayName) => set({ displayName })}
          isRequired
          isReadOnly={!write}
        />
        <TextInput
          label="Home page URL"
          type="url"
          value={draft.homePageUrl}
          onChange={(homePageUrl) => set({ homePageUrl })}
          help="The address that My Apps opens. An application without an address is not shown in My Apps."
          isReadOnly={!write}
        />
        <TextInput
          label="Application ID URIs"
          value={draft.identifierUris}
          onChange={(identifierUris) => set({ identifierUris })}
          help="One per line, such as api://payroll."
          isMultiline
          isCode
          isReadOnly={!write}
        />
      </SaveForm>
      {write && (
        <Section title="Logo">
          <FileDrop
            label="Drop a logo here: PNG, JPEG or WebP of at most 100 KB"
            endings={['.png', '.jpg', '.jpeg', '.webp']}
            onFiles={([file]) => file && logo.mutate(file)}
          />
          <ChangeProblem problem={logo.error} />
        </Section>
      )}
    </>
  );
}

/** Redirect URIs of an app registration. */
export function Authentication({ path, app, etag, reload }: RegistrationProps) {
  const { write } = useMay('applications');
  const original = {
    web: app.web.redirectUris.join('\n'),
    spa: app.spa.redirectUris.join('\n'),
    publicClient: app.publicClient.redirectUris.join('\n'),
  };
  const form = useDraft(original, etag);
  const { draft, set, changes } = form;
  const body = Object.fromEntries(
    Object.entries(changes).map(([kind, text]) => [kind, { redirectUris: linesIn(text ?? '') }]),
  );
  const change = useChange(() => send(path, { method: 'PATCH', body, etag: form.etag }), {
    done: 'Saved the redirect URIs',
    draft: form,
  });
  return (
    <SaveForm form={form} change={change} mayWrite={write} reload={reload}>
      {(
        [
          ['web', 'Web redirect URIs'],
          ['spa', 'Single-page application redirect URIs'],
          ['publicClient', 'Mobile and desktop redirect URIs'],
        ] as const
      ).map(([kind, label]) => (
        <TextInput
          key={kind}
          label={label}
          value={draft[kind]}
          onChange={(text) => set({ [kind]: text })}
          help="One address per line."
          isMultiline
          isCode
          isReadOnly={!write}
        />
      ))}
    </SaveForm>
  );
}
