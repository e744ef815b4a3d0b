import { useState } from 'react';
import { useId } from '../../app/address.ts';
import { useMay } from '../../app/roles.ts';
import { Badge, Details, Moment } from '../../components/data/details.tsx';
import { Members } from '../../components/data/members.tsx';
import { ObjectPage } from '../../components/layout/loaded.tsx';
import { Command, PageTabs, Section } from '../../components/layout/page.tsx';
import { useGo } from '../../components/link.tsx';
import { ConfirmDialog } from '../../components/overlays/dialog.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { Message } from '../../components/states.tsx';
import { useGraphWithEtag } from '../../graph/queries.ts';
import { type GraphChange, sendChange } from '../../graph/series.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import { type Device, joinTypeOf } from './device-item.ts';

export default function DevicePage() {
  const path = `/devices/${useId()}`;
  const may = useMay('devices');
  const query = useGraphWithEtag<Device>(path);
  const people = {
    kinds: ['users'] as const,
    mayWrite: may.write,
    stale: ['/devices', '/users'],
    consequence: 'The device is no longer listed with the user.',
  };
  return (
    <ObjectPage
      query={query}
      what="device"
      above={[{ title: 'Devices', to: '/devices' }]}
      area="devices"
      title={({ body }) => body.displayName}
      description={({ body: { accountEnabled: is } }) => (
        <Badge tone={is ? 'good' : 'bad'}>{is ? 'Enabled' : 'Disabled'}</Badge>
      )}
      commands={({ body, etag }) => <DeviceCommands device={body} etag={etag} path={path} />}
    >
      {({ body: device }) => (
        <>
          {device.smartCardSignInUpdate && (
            <Message tone="warning" title="An update of Windows is needed to sign in with a smart card.">
              {device.smartCardSignInUpdate}
            </Message>
          )}
          <PageTabs
            label="Device"
            tabs={[
              { id: 'overview', title: 'Properties', content: () => <Properties device={device} /> },
              {
                id: 'owners',
                title: 'Owners',
                content: () => <Members {...people} title="Owners" path={`${path}/registeredOwners`} />,
              },
              {
                id: 'users',
                title: 'Users',
                content: () => <Members {...people} title="Users" path={`${path}/registeredUsers`} />,
              },
            ]}
          />
        </>
      )}
    </ObjectPage>
  );
}

function Properties({ device }: { readonly device: Device }) {
  const attributes = Object.entries(device.extensionAttributes ?? {}).filter(([, value]) => value);
  return (
    <>
      <Section title="Properties">
        <Details
          items={[
            ['Device ID', <code key="device">{device.deviceId}</code>],
            ['Object ID', <code key="id">{device.id}</code>],
            ['OS', device.operatingSystem],
            ['Version', device.operatingSystemVersion],
            ['Join type', joinTypeOf(device)],
            ['Compliant', device.isCompliant ? 'Yes' : 'No'],
            ['Managed', device.isManaged ? 'Yes' : 'No'],
            ['Registered', <Moment key="registered" at={device.createdDateTime} />],
            ['Activity', <Moment key="activity" at={device.approximateLastSignInDateTime} />],
          ]}
        />
      </Section>
      {attributes.length > 0 && (
        <Section title="Extension attributes">
          <Details items={attributes} />
        </Section>
      )}
    </>
  );
}

interface CommandsProps {
  readonly device: Device;
  readonly etag: string | undefined;
  readonly path: string;
}

function DeviceCommands({ device, etag, path }: CommandsProps) {
  const go = useGo();
  const may = useMay('devices');
  const [open, setOpen] = useState<'enable' | 'delete'>();
  const close = () => setOpen(undefined);
  const verb = device.accountEnabled ? 'Disable' : 'Enable';
  const setEnabled = (accountEnabled: boolean): GraphChange => ({ path, method: 'PATCH', body: { accountEnabled } });
  const enable = useSignInChange([{ ...setEnabled(!device.accountEnabled), etag }], {
    stale: ['/devices'],
    done: `Device ${device.accountEnabled ? 'disabled' : 'enabled'}`,
    undo: () => sendChange(setEnabled(device.accountEnabled)),
    onDone: close,
  });
  const remove = useSignInChange([{ path, method: 'DELETE', etag }], {
    stale: ['/devices', '/users'],
    done: `${device.displayName} deleted`,
    onDone: () => go('/devices'),
  });
  return (
    <>
      <Command
        icon={device.accountEnabled ? 'block' : 'check'}
        onPress={() => setOpen('enable')}
        isDisabled={!may.write}
      >
        {verb}
      </Command>
      <Command icon="delete" onPress={() => setOpen('delete')} isDisabled={!may.write}>
        Delete
      </Command>
      <JsonButton path={path} />
      <ConfirmDialog
        title={`${verb} device`}
        isOpen={open === 'enable'}
        onClose={close}
        action={verb}
        isDanger={device.accountEnabled}
        onConfirm={() => enable.mutate()}
        change={enable}
      >
        {device.accountEnabled
          ? 'Its primary refresh tokens end, and policies that require a device no longer accept it.'
          : 'The device is accepted again. Users must sign in on it again.'}
      </ConfirmDialog>
      <ConfirmDialog
        title="Delete device"
        isOpen={open === 'delete'}
        onClose={close}
        action="Delete"
        isDanger
        typed={device.displayName}
        acknowledgements={['I understand that this cannot be undone: the device must be registered again.']}
        onConfirm={() => remove.mutate()}
        change={remove}
      />
    </>
  );
}
