import { addAuthorities, addAuthorityFile, changeAuthority, removeAuthority } from '#admin/trust/authorities.ts';
import { detailsOf } from '#admin/trust/authority/authority-rules.ts';
import { certificatesIn } from '#admin/trust/authority/certificate-file.ts';
import { listDeleted, restoreDeleted } from '#admin/trust/pki/deleted-authorities.ts';
import { deleteContainer, requireContainer } from '#admin/trust/pki/pki-containers.ts';
import { crlsConfigured } from '#core/crl/needed.ts';
import { plainHex } from '#core/hex.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { type BundleEntry, readBundle } from '#core/x509/bundle.ts';
import type { OcspSettings } from '#core/x509/trust-store.ts';
import type { AuthorityRow, PkiContainer } from '#model/authority.ts';
import type { CrlState } from '#model/crl.ts';
import { answer, type Call, type Command, choice, ofTenant, text, texts } from '../../command.ts';
import { wholeNumber } from '../../input/whole-number.ts';
import { containerOf, destinationOf, inContainer, inStore, storeOf } from '../../trust-store/options.ts';
import {
  changedAuthorities,
  containerCells,
  description,
  listAuthorities,
  oneByOne,
  withDetails,
} from '../../trust-store/view.ts';
import { editTrust, safety, type TenantPorts, tenantPorts } from './trust-edit.ts';

export const caAdd: Command = {
  usage: 'ca add FILE',
  summary:
    'Adds the CA certificates in FILE (DER or PEM) to the trust store of a tenant. CAs that are already in the store are not changed. Certificates that cannot be added are listed.',
  takes: [1, 1],
  options: {
    ...ofTenant,
    root: {
      type: 'boolean',
      conflicts: ['intermediate'],
      help: 'The CA is a root, a trust anchor (default: when self-issued).',
    },
    intermediate: { type: 'boolean', help: 'The CA is an intermediate.' },
    'crl-url': { type: 'string', value: 'URL', help: 'Address of its base CRL.' },
    'delta-crl-url': { type: 'string', value: 'URL', help: 'Address of its delta CRL.' },
    'issuer-hint': { type: 'boolean', help: 'Send the name of this CA to browsers as an issuer hint.' },
    'all-or-none': { type: 'boolean', help: 'Add nothing if one certificate of the file cannot be added.' },
    ...inStore,
    ...inContainer,
    ...safety,
  },
  async run(call) {
    const file = call.positionals[0]!;
    const bytes = await call.files.read(file);
    const authorityType = call.values.root
      ? ('root' as const)
      : call.values.intermediate
        ? ('intermediate' as const)
        : undefined;
    const settings = {
      authorityType,
      certificateRevocationListUrl: text(call, 'crl-url'),
      deltaCertificateRevocationListUrl: text(call, 'delta-crl-url'),
      isIssuerHintEnabled: call.values['issuer-hint'] === true,
    };
    const to = destinationOf(call);
    const entries = certificatesInPem(bytes);
    if (entries.length > 1) {
      const request = { entries, settings, to, allOrNone: call.values['all-or-none'] === true };
      return editTrust(call, (context) => addAuthorityFile(request, context), oneByOne);
    }
    const certificates = orThrow(certificatesIn(bytes, file)).map((certificate) => ({ certificate, ...settings }));
    return editTrust(call, (context) => addAuthorities(certificates, to, context), changedAuthorities);
  },
};

/** Each certificate of a PEM file, read or refused; none of a file in another form. */
function certificatesInPem(bytes: Uint8Array): readonly BundleEntry[] {
  if (bytes[0] === 0x30) return [];
  const ruling = readBundle(bytes);
  return ruling.outcome === 'passed' ? ruling.value : [];
}

export const caList: Command = {
  usage: 'ca list',
  summary: 'Lists the CAs in both trust stores of a tenant.',
  takes: [0, 0],
  readsOnly: true,
  options: {
    ...ofTenant,
    ...inStore,
    ...inContainer,
    issuer: { type: 'string', value: 'NAME', help: 'List only CAs with exactly this issuer (CN=…, O=…).' },
    'issuer-ski': { type: 'string', value: 'HEX', help: 'List only CAs with exactly this subject key identifier.' },
    deleted: {
      type: 'boolean',
      conflicts: ['store', 'container', 'issuer', 'issuer-ski'],
      help: 'List the CAs and containers that were deleted in the last 30 days instead.',
    },
  },
  async run(call) {
    const ports = await tenantPorts(call);
    if (call.values.deleted) return listAllDeleted(call, ports);
    const state = await ports.trustStore.state();
    const { authorities, containers, algorithms } = state;
    const name = containerOf(call);
    const container = name === undefined ? undefined : orThrow(requireContainer(state, name));
    const rows = authorities.filter((row) => isWanted(call, row, container));
    const at = ports.clock.now();
    const states = await crlStates(call, ports);
    const { document, rows: cells } = listAuthorities(rows, containers, states, { at, algorithms });
    answer(call, document, cells);
    return 0;
  },
};

/** The state of the base CRL of each CA, by the CA's id. */
async function crlStates(call: Call, { policies }: TenantPorts): Promise<ReadonlyMap<string, CrlState>> {
  const { crls } = await call.open();
  const requests = crlsConfigured((await policies.current()).trustStore);
  const states = await crls.stateOf(requests.map((request) => ({ ...request, deltaUrl: undefined, furtherUrls: [] })));
  return new Map(requests.map(({ authorityId }, index) => [authorityId, states[index]!]));
}

async function listAllDeleted(call: Call, ports: Awaited<ReturnType<typeof tenantPorts>>): Promise<number> {
  const { containers, authorities } = await listDeleted({ ports, at: ports.clock.now() });
  const rows = [
    ...containers.map((container) => [
      container.id,
      'container',
      container.displayName ?? '',
      container.deletedDateTime.toISOString(),
    ]),
    ...authorities.map((authority) => [
      authority.id,
      authority.authorityType,
      authority.displayName,
      authority.deletedDateTime.toISOString(),
    ]),
  ];
  const document = { containers, certificateAuthorities: authorities.map((row) => withDetails(row)) };
  answer(call, document, [['id', 'type', 'name', 'deleted'], ...rows]);
  return 0;
}

const ocspOrders = ['first', 'second'] as const;

export const caSet: Command = {
  usage: 'ca set ID',
  summary: 'Changes the revocation settings of a CA, by id or thumbprint. Other settings are not changed.',
  takes: [1, 1],
  options: {
    ...ofTenant,
    'crl-url': { type: 'string', value: 'URL', help: 'Address of its base CRL. Empty removes it.' },
    'delta-crl-url': { type: 'string', value: 'URL', help: 'Address of its delta CRL. Empty removes it.' },
    'further-crl-url': {
      type: 'string',
      multiple: true,
      value: 'URL',
      help: 'Address to try, in this order, when the base address fails. Empty removes it.',
    },
    'grace-seconds': { type: 'string', value: 'N', help: 'Seconds for which a CRL can be used after its nextUpdate.' },
    'ocsp-url': { type: 'string', value: 'URL', help: 'Address of an OCSP responder. Empty removes it.' },
    'ocsp-order': {
      type: 'string',
      value: 'ORDER',
      choices: ocspOrders,
      help: 'Use of the OCSP responder before the CRLs, or when they are not available (default: first).',
    },
    'ocsp-nonce': { type: 'boolean', help: 'Require the responder to echo a nonce.' },
    'issuer-hint': { type: 'boolean', help: 'Send the name of this CA to browsers as an issuer hint.' },
    'no-issuer-hint': { type: 'boolean', help: 'Do not send the name of this CA to browsers.' },
    ...inStore,
    ...safety,
  },
  run(call) {
    const change = {
      certificateRevocationListUrl: text(call, 'crl-url'),
      deltaCertificateRevocationListUrl: text(call, 'delta-crl-url'),
      furtherCrlUrls: texts(call, 'further-crl-url'),
      graceSeconds: wholeNumber(call, 'grace-seconds'),
      ocsp: ocspOf(call),
      isIssuerHintEnabled: call.values['issuer-hint'] ? true : call.values['no-issuer-hint'] ? false : undefined,
    };
    const [target, store] = [call.positionals[0]!, storeOf(call)];
    return editTrust(
      call,
      (context) => changeAuthority(target, change, context, store),
      (authority) => changedAuthorities([authority]),
    );
  },
};

export const caRemove: Command = {
  usage: 'ca remove [ID]',
  summary:
    'Removes a CA, by id or thumbprint, or a container from the trust store. Certificates of the CA stop working at once.',
  takes: [0, 1],
  options: { ...ofTenant, ...inStore, ...inContainer, ...safety },
  run(call) {
    const [target] = call.positionals;
    const container = text(call, 'container');
    if ((target === undefined) === (container === undefined))
      throw fault('commandMisused', {
        problem: 'Specify one CA by id or thumbprint, or one container with --container.',
      });
    if (target !== undefined) {
      const store = storeOf(call);
      return editTrust(
        call,
        (context) => removeAuthority(target, context, store),
        (authority) => description([authority]),
      );
    }
    return editTrust(
      call,
      async (context) => {
        const { id } = orThrow(requireContainer(await context.ports.trustStore.state(), container!));
        return deleteContainer(id, context);
      },
      (removal) => ({ document: removal, rows: containerCells([removal]) }),
    );
  },
};

export const caRestore: Command = {
  usage: 'ca restore ID',
  summary: 'Restores a CA, or a container with its CAs, that was removed in the last 30 days.',
  takes: [1, 1],
  options: { ...ofTenant, ...safety },
  run: (call) =>
    editTrust(
      call,
      (context) => restoreDeleted(call.positionals[0]!, context),
      (restoration) =>
        restoration.kind === 'authority'
          ? changedAuthorities([restoration.authority])
          : { document: restoration.container, rows: containerCells([restoration.container]) },
    ),
};

/** Several containers can have one name: a list has the CAs of all of them. */
/** The parameters of Get-EntraTrustedCertificateAuthority match exactly (graph-api §15); hex matches in any case, with and without separators. */
function isWanted(call: Call, row: AuthorityRow, container: PkiContainer | undefined): boolean {
  const store = storeOf(call);
  const [issuer, ski] = [text(call, 'issuer'), text(call, 'issuer-ski')];
  const details = detailsOf(row);
  return (
    (store === undefined || row.store === store) &&
    (container === undefined || row.containerId === container.id) &&
    (issuer === undefined || details.issuer === issuer) &&
    (ski === undefined || details.subjectKeyIdentifier === plainHex(ski))
  );
}

function ocspOf(call: Call): OcspSettings | undefined {
  const url = text(call, 'ocsp-url');
  const option = ['ocsp-order', 'ocsp-nonce'].find((name) => call.values[name] !== undefined);
  if (url === undefined && option !== undefined)
    throw fault('commandMisused', { problem: `--${option} requires --ocsp-url.` });
  if (url === undefined) return undefined;
  const order = choice(call, 'ocsp-order', ocspOrders) ?? 'first';
  return { url, order, ...(call.values['ocsp-nonce'] ? { nonce: true } : {}) };
}
