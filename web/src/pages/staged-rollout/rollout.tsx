import { useState } from 'react';
import { useId } from '../../app/address.ts';
import { useMay } from '../../app/roles.ts';
import { Badge } from '../../components/data/details.tsx';
import { Members } from '../../components/data/members.tsx';
import { ObjectPage } from '../../components/layout/loaded.tsx';
import { Command } from '../../components/layout/page.tsx';
import { useGo } from '../../components/link.tsx';
import { ConfirmDialog } from '../../components/overlays/dialog.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { useGraphWithEtag } from '../../graph/queries.ts';
import { type GraphChange, sendChange } from '../../graph/series.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import { featureOf, type Rollout, rolloutsPath } from './rollout-item.ts';

export default function RolloutPage() {
  const path = `${rolloutsPath}/${useId()}`;
  const may = useMay('rollout');
  const query = useGraphWithEtag<Rollout>(path);
  return (
    <ObjectPage
      query={query}
      what="rollout"
      above={[{ title: 'Staged rollout', to: '/staged-rollout' }]}
      area="rollout"
      title={({ body }) => body.displayName}
      description={({ body }) => (
        <span className="row">
          {featureOf(body)}
          <Badge tone={body.isEnabled ? 'good' : 'neutral'}>{body.isEnabled ? 'On' : 'Off'}</Badge>
        </span>
      )}
      commands={({ body, etag }) => <RolloutCommands path={path} rollout={body} etag={etag} mayWrite={may.write} />}
    >
      {() => (
        <Members
          title="Groups"
          path={`${path}/appliesTo`}
          kinds={['groups']}
          mayWrite={may.write}
          stale={[rolloutsPath]}
          consequence="Members are sent to the identity provider of their domain again."
        />
      )}
    </ObjectPage>
  );
}

interface RolloutCommandsProps {
  readonly path: string;
  readonly rollout: Rollout;
  readonly etag: string | undefined;
  readonly mayWrite: boolean;
}

/** Switches a rollout on or off and deletes it, each behind a question. */
function RolloutCommands({ path, rollout, etag, mayWrite }: RolloutCommandsProps) {
  const go = useGo();
  const [open, setOpen] = useState<'state' | 'delete'>();
  const close = () => setOpen(undefined);
  const { displayName, isEnabled } = rollout;
  const change = (next: boolean): GraphChange => ({ path, method: 'PATCH', body: { isEnabled: next } });
  const verb = isEnabled ? 'Switch off' : 'Switch on';
  const toggle = useSignInChange([{ ...change(!isEnabled), etag }], {
    stale: [rolloutsPath],
    done: isEnabled ? 'Switched off' : 'Switched on',
    undo: () => sendChange(change(isEnabled)),
    onDone: close,
  });
  const remove = useSignInChange([{ path, method: 'DELETE', etag }], {
    stale: [rolloutsPath],
    done: `${displayName} deleted`,
    onDone: () => go('/staged-rollout'),
  });
  return (
    <>
      <Command icon={isEnabled ? 'block' : 'check'} onPress={() => setOpen('state')} isDisabled={!mayWrite}>
        {verb}
      </Command>
      <Command icon="delete" onPress={() => setOpen('delete')} isDisabled={!mayWrite}>
        Delete
      </Command>
      <JsonButton path={path} />
      <ConfirmDialog
        title={verb}
        isOpen={open === 'state'}
        onClose={close}
        action={verb}
        onConfirm={() => toggle.mutate()}
        change={toggle}
      >
        {isEnabled
          ? 'Members of the groups are sent to the identity provider of their domain again.'
          : 'Members of the groups sign in here, and are no longer sent to the identity provider of their domain.'}
      </ConfirmDialog>
      <ConfirmDialog
        title="Delete rollout"
        isOpen={open === 'delete'}
        onClose={close}
        action="Delete"
        isDanger
        onConfirm={() => remove.mutate()}
        change={remove}
      >
        Members of the groups are sent to the identity provider of their domain again.
      </ConfirmDialog>
    </>
  );
}
