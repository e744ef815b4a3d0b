import { useState } from 'react';
import { useId } from '../../app/address.ts';
import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { Badge, Details } from '../../components/data/details.tsx';
import { Loaded, ObjectPage } from '../../components/layout/loaded.tsx';
import { Command, Section } from '../../components/layout/page.tsx';
import { useGo } from '../../components/link.tsx';
import { ConfirmDialog } from '../../components/overlays/dialog.tsx';
import { copy } from '../../components/overlays/json-box.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { ChangeProblem } from '../../components/problems.tsx';
import { Message } from '../../components/states.tsx';
import { send, useChange, useGraph, useGraphWithEtag } from '../../graph/queries.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import type { Domain } from './domain-item.ts';
import { Federation } from './federation.tsx';

export default function DomainPage() {
  const path = `/domains/${encodeURIComponent(useId())}`;
  const query = useGraphWithEtag<Domain>(path);
  return (
    <ObjectPage
      query={query}
      what="domain"
      above={[{ title: 'Domain names', to: '/domains' }]}
      area="domains"
      title={({ body }) => body.id}
      description={({ body: { isVerified: is } }) => (
        <Badge tone={is ? 'good' : 'warning'}>{is ? 'Verified' : 'Unverified'}</Badge>
      )}
      commands={({ body, etag }) => <DomainCommands domain={body} etag={etag} path={path} />}
    >
      {({ body: domain }) => (
        <>
          <Details
            items={[
              ['Authentication type', domain.authenticationType],
              ['Primary domain', domain.isDefault ? 'Yes' : 'No'],
            ]}
          />
          {domain.isVerified ? <Federation domain={domain} path={path} /> : <Verification path={path} />}
        </>
      )}
    </ObjectPage>
  );
}

interface CommandsProps {
  readonly domain: Domain;
  readonly etag: string | undefined;
  readonly path: string;
}

function DomainCommands({ domain, etag, path }: CommandsProps) {
  const go = useGo();
  const may = useMay('domains');
  const [open, setOpen] = useState<'primary' | 'delete'>();
  const close = () => setOpen(undefined);
  const primary = useChange(() => send(path, { method: 'PATCH', body: { isDefault: true }, etag }), {
    stale: ['/domains'],
    done: `${domain.id} is the primary domain`,
    onDone: close,
  });
  const remove = useSignInChange([{ path, method: 'DELETE', etag }], {
    stale: ['/domains'],
    done: `${domain.id} deleted`,
    onDone: () => go('/domains'),
  });
  return (
    <>
      <Command
        icon="check"
        onPress={() => setOpen('primary')}
        isDisabled={!may.write || domain.isDefault || !domain.isVerified}
      >
        Make primary
      </Command>
      <Command icon="delete" onPress={() => setOpen('delete')} isDisabled={!may.write || domain.isDefault}>
        Delete
      </Command>
      <JsonButton path={path} />
      <ConfirmDialog
        title="Make primary"
        isOpen={open === 'primary'}
        onClose={close}
        action="Make primary"
        onConfirm={() => primary.mutate()}
        change={primary}
      >
        New users get names of {domain.id} unless another domain is chosen.
      </ConfirmDialog>
      <ConfirmDialog
        title="Delete domain"
        isOpen={open === 'delete'}
        onClose={close}
        action="Delete"
        isDanger
        typed={domain.id}
        onConfirm={() => remove.mutate()}
        change={remove}
      >
        The domain must not be used in any user name.
      </ConfirmDialog>
    </>
  );
}

interface DnsRecord {
  readonly text: string;
  readonly label: string;
  readonly recordType: string;
  readonly ttl: number;
}

function Verification({ path }: { readonly path: string }) {
  const may = useMay('domains');
  const records = useGraph<{ readonly value: readonly DnsRecord[] }>(`${path}/verificationDnsRecords`);
  const verify = useChange(() => send(`${path}/verify`, { method: 'POST' }), {
    stale: ['/domains'],
    done: 'The domain is verified',
  });
  const record = records.data?.value[0];
  return (
    <Section title="Verify the domain">
      <p>Create this record at the registrar of the domain, then verify.</p>
      <Loaded query={records}>
        {({ value: [first] }) =>
          first && (
            <Details
              items={[
                ['Record type', first.recordType.toUpperCase()],
                ['Alias or host name', first.label],
                [
                  'Destination or points to address',
                  <span key="text" className="row">
                    <code>{first.text}</code>
                    <Button kind="subtle" icon="copy" label="Copy the value" onPress={() => copy(first.text)} />
                  </span>,
                ],
                ['TTL', first.ttl],
              ]}
            />
          )
        }
      </Loaded>
      <Message tone="info">
        In a network without public DNS, the command "cardea domain add" adds a domain without the record.
      </Message>
      <ChangeProblem problem={verify.error} />
      <div className="row">
        <Button
          kind="primary"
          isPending={verify.isPending}
          isDisabled={!may.write || !record}
          onPress={() => verify.mutate()}
        >
          Verify
        </Button>
      </div>
    </Section>
  );
}
