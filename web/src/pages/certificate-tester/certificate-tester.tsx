import { useState } from 'react';
import { useAddressState } from '../../components/data/list-state.ts';
import { RadioField, SelectField, TextInput } from '../../components/forms/fields.tsx';
import { FileDrop } from '../../components/forms/file-drop.tsx';
import { Form } from '../../components/forms/form.tsx';
import { type DirectoryItem, DirectoryPicker } from '../../components/forms/picker.tsx';
import { Page } from '../../components/layout/page.tsx';
import { Message } from '../../components/states.tsx';
import { send, useChange } from '../../graph/queries.ts';
import './certificate-tester.css';
import type { Evaluation } from './evaluation.ts';
import { EvaluationView } from './evaluation-view.tsx';
import { LogEntryPicker } from './log-entry-picker.tsx';
import { type CertificateFile, readCertificateFile } from './read-file.ts';

const path = '/policies/authenticationMethodsPolicy/evaluateCertificate';
const sources = [
  { id: 'file', label: 'A certificate file', help: 'DER or PEM, without a private key.' },
  { id: 'signIn', label: 'A sign-in from the log', help: 'The certificate that was presented in that sign-in.' },
] as const;

/** A certificate of a file, and the others as its chain. */
interface FilePart {
  readonly certificate: string | undefined;
  readonly chain: readonly string[];
}

function filePart(file: CertificateFile, chosen: string): FilePart {
  const certificates = file.certificates.map(({ certificate }) => certificate);
  const at = Number(chosen);
  return { certificate: certificates[at], chain: certificates.filter((_, index) => index !== at) };
}

export default function CertificateTesterPage() {
  const [source, setSource] = useAddressState('source', 'file');
  const [signInId, setSignInId] = useAddressState('signIn');
  const [fromFile, setFromFile] = useState<FilePart>();
  const [users, setUsers] = useState<DirectoryItem[]>([]);
  const [applications, setApplications] = useState<DirectoryItem[]>([]);
  const [ipAddress, setIpAddress] = useState('');
  const isFile = source === 'file';

  const evaluation = useChange<void, Evaluation>(
    () =>
      send<Evaluation>(path, {
        method: 'POST',
        body: {
          ...(isFile ? fromFile : { signInId }),
          ...(users[0] ? { userId: users[0].id } : {}),
          ...(applications[0]?.appId ? { appId: applications[0].appId } : {}),
          ...(ipAddress ? { ipAddress } : {}),
        },
      }),
    { stale: [] },
  );
  return (
    <Page
      title="Certificate tester"
      description="The result that a sign-in with a certificate would have now, and the reason. The certificate is evaluated as in a sign-in. The evaluation changes nothing and writes no entry to the sign-in log."
    >
      <Form
        action="Evaluate"
        onSubmit={() => evaluation.mutate()}
        isDisabled={isFile ? fromFile === undefined : signInId === ''}
        change={evaluation}
        isQuestion
      >
        <RadioField label="Certificate" value={source as 'file' | 'signIn'} onChange={setSource} choices={sources} />
        {isFile ? (
          <FileSource
            onChange={(next) => {
              evaluation.reset();
              setFromFile(next);
            }}
          />
        ) : (
          <LogEntryPicker chosen={signInId} onChoose={setSignInId} />
        )}
        <div className="tester-question">
          <DirectoryPicker label="User" kind="users" chosen={users} onChange={setUsers} isSingle />
          <DirectoryPicker
            label="Application"
            kind="servicePrincipals"
            chosen={applications}
            onChange={setApplications}
            isSingle
          />
          <TextInput
            label="IP address"
            value={ipAddress}
            onChange={setIpAddress}
            help="If empty, your own address is used."
            isCode
          />
        </div>
      </Form>
      {evaluation.data && <EvaluationView evaluation={evaluation.data} />}
    </Page>
  );
}

/** A file, and which of its certificates is evaluated. */
function FileSource({ onChange }: { readonly onChange: (part: FilePart | undefined) => void }) {
  const [file, setFile] = useState<CertificateFile>();
  const [chosen, setChosen] = useState('0');
  const [problem, setProblem] = useState<string>();
  const choose = (from: CertificateFile, at: string) => {
    setChosen(at);
    onChange(filePart(from, at));
  };
  const take = async ([first]: File[]) => {
    if (!first) return;
    try {
      const next = await readCertificateFile(first);
      setFile(next);
      setProblem(undefined);
      choose(next, '0');
    } catch (thrown) {
      setFile(undefined);
      setProblem((thrown as Error).message);
      onChange(undefined);
    }
  };
  return (
    <>
      <FileDrop
        label="Drop a certificate file here. A private key never leaves this browser."
        endings={['.cer', '.crt', '.pem', '.der', '.p7b', '.p7c']}
        onFiles={take}
      />
      {problem && (
        <Message tone="error" title="The file was not accepted." isAlert>
          {problem}
        </Message>
      )}
      {file && <Message tone="success">{file.name}</Message>}
      {file && file.certificates.length > 1 && (
        <SelectField
          label="Certificate of the file"
          value={chosen}
          onChange={(at) => choose(file, at)}
          choices={file.certificates.map(({ title }, at) => ({ id: String(at), label: title }))}
          help="The certificate to evaluate. The other certificates are sent with it, as a browser sends a chain."
        />
      )}
    </>
  );
}
