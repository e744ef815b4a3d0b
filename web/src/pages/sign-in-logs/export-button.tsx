import { useRef, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { statusOf } from '../../components/data/sign-in-status.ts';
import { Dialog } from '../../components/overlays/dialog.tsx';
import { MenuButton } from '../../components/overlays/menu.tsx';
import { ErrorState, Message } from '../../components/states.tsx';
import { read } from '../../graph/client.ts';
import type { SignIn } from './model.ts';

/** As many entries as a file takes. */
const most = 100_000;

interface Page {
  readonly value: readonly SignIn[];
  readonly '@odata.nextLink'?: string;
}

type Format = 'CSV' | 'JSON';

/** Downloads the entries that the list is about, page by page, with the number so far. It can be stopped. */
export function ExportButton({ path }: { readonly path: string }) {
  const [count, setCount] = useState<number>();
  const [problem, setProblem] = useState<Error>();
  const stop = useRef<AbortController>(undefined);
  const close = () => {
    stop.current?.abort();
    setCount(undefined);
    setProblem(undefined);
  };
  const run = async (format: Format) => {
    const controller = new AbortController();
    stop.current = controller;
    setCount(0);
    try {
      const entries = await readAll(path, controller.signal, setCount);
      save(format, entries);
      close();
    } catch (thrown) {
      if (!controller.signal.aborted) setProblem(thrown as Error);
    }
  };
  return (
    <>
      <MenuButton
        label="Download"
        text="Download"
        icon="download"
        actions={(['CSV', 'JSON'] as const).map((format) => ({
          label: `Download ${format}`,
          onPress: () => run(format),
        }))}
      />
      <Dialog
        title="Download sign-ins"
        isOpen={count !== undefined}
        onClose={close}
        footer={<Button onPress={close}>Cancel</Button>}
      >
        {problem ? (
          <ErrorState problem={problem} />
        ) : (
          <Message tone="info">
            <span role="status">{(count ?? 0).toLocaleString()} entries were read.</span> A file has at most{' '}
            {most.toLocaleString()}.
          </Message>
        )}
      </Dialog>
    </>
  );
}

async function readAll(path: string, signal: AbortSignal, onCount: (count: number) => void) {
  const entries: SignIn[] = [];
  let next: string | undefined = `${path}${path.includes('?') ? '&' : '?'}$top=1000`;
  while (next && entries.length < most) {
    const page: Page = await read<Page>(next, signal);
    entries.push(...page.value);
    onCount(entries.length);
    const link = page['@odata.nextLink'];
    next = link && new URL(link).pathname + new URL(link).search;
  }
  return entries.slice(0, most);
}

const csvColumns: readonly (readonly [title: string, value: (row: SignIn) => string | number | null])[] = [
  ['Date (UTC)', (row) => row.createdDateTime],
  ['Request ID', (row) => row.id],
  ['Correlation ID', (row) => row.correlationId],
  ['User ID', (row) => row.userId],
  ['User', (row) => row.userDisplayName],
  ['Username', (row) => row.userPrincipalName],
  ['Application', (row) => row.appDisplayName],
  ['Application ID', (row) => row.appId],
  ['Resource', (row) => row.resourceDisplayName],
  ['Status', (row) => statusOf(row)],
  ['Sign-in error code', (row) => row.status.errorCode],
  ['Failure reason', (row) => (row.status.errorCode === 0 ? '' : row.status.failureReason)],
  ['IP address', (row) => row.ipAddress],
  ['Conditional Access', (row) => row.conditionalAccessStatus],
  ['Authentication requirement', (row) => row.authenticationRequirement],
  ['Client app', (row) => row.clientAppUsed],
  ['Browser', (row) => row.deviceDetail.browser],
  ['Operating system', (row) => row.deviceDetail.operatingSystem],
  ['Device ID', (row) => row.deviceDetail.deviceId],
];

/** A cell that begins like a formula is text for a spreadsheet: user names are typed by strangers. */
function cell(value: string | number | null): string {
  const text = String(value ?? '');
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

function save(format: Format, entries: readonly SignIn[]): void {
  const lines = () => [
    csvColumns.map(([title]) => cell(title)),
    ...entries.map((row) => csvColumns.map(([, value]) => cell(value(row)))),
  ];
  const text =
    format === 'JSON'
      ? JSON.stringify(entries, null, 2)
      : `\u{feff}${lines()
          .map((line) => `${line.join(',')}\r\n`)
          .join('')}`;
  const url = URL.createObjectURL(new Blob([text], { type: format === 'JSON' ? 'application/json' : 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `sign-ins-${new Date().toISOString().slice(0, 10)}.${format.toLowerCase()}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
