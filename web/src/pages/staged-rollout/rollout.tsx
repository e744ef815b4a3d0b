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
  const go = useGo();
  const may = useMay('rollout');
  const [open, setOpen] = useState<'state' | 'delete'>();
  const close = () => setOpen(undefined);
  const query = useGraphWithEtag<Rollout>(path);
  const rollout = query.data?.body;
  const etag = query.data?.etag;
  const change = (isEnabled: boolean): GraphChange => ({ path, method: 'PATCH', body: { isEnabled } });
  const verb = rollout?.isEnabled ? 'Switch off' : 'Switch on';
  const toggle = useSignInChange([{ ...change(!rollout?.isEnabled), etag }], {
    stale: [rolloutsPath],
    done: rollout?.isEnabled ? 'Switched off' : 'Switched on',
    undo: () => sendChange(change(rollout!.isEnabled)),
    onDone: close,
  });
  const remove = useSignInChange([{ path, method: 'DELETE', etag }], {
    stale: [rolloutsPath],
    done: `${rollout?.displayName} deleted`,
    onDone: () => go('/staged-rollout'),
  });
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
      commands={({ body }) => (
        <>
          <Command icon={body.isEnabled ? 'block' : 'check'} onPress={() => setOpen('state')} isDisabled={!may.write}>
            {verb}
          </Command>
          <Command icon="delete" onPress={() => setOpen('delete')} isDisabled={!may.write}>
            Delete
          </Command>
          <JsonButton path={path} />
        </>
      )}
    >
      {() => (
        <>
          <Members
            title="Groups"
            path={`${path}/appliesTo`}
            kinds={['groups']}
            mayWrite={may.write}
            stale={[rolloutsPath]}
            consequence="Members are sent to the identity provider of their domain again."
          />
          <ConfirmDialog
            title={verb}
            isOpen={open === 'state'}
            onClose={close}
            action={verb}
            onConfirm={() => toggle.mutate()}
            change={toggle}
          >
            {rollout?.isEnabled
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
      )}
    </ObjectPage>
  );
}
