import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Network, serversOf } from '../../client/network.ts';
import { trustOf } from '../../client/trust.ts';
import { type Call, type Option, text, texts } from '../../command.ts';
import type { Broker } from '../broker/broker.ts';
import { credentialKind, type DeviceRecord, DeviceState } from '../state/device-state.ts';
import { StateFolder } from '../state/state-folder.ts';
import { DeviceServer } from '../wire/device-server.ts';
import { openTranscript, silentTranscript, type Transcript } from '../wire/transcript.ts';

/** Options of every command that talks to a server as a device. */
export const deviceOptions: Readonly<Record<string, Option>> = {
  state: {
    type: 'string',
    value: 'FOLDER',
    help: 'Folder with the keys and tokens of the device (default: ~/.local/state/cardea/device).',
  },
  ca: {
    type: 'string',
    value: 'FILE',
    help: 'CA of the server’s TLS certificate (default: the one in the data folder).',
  },
  resolve: {
    type: 'string',
    value: 'HOST:ADDRESS',
    multiple: true,
    help: 'Connect to this address for the host, optionally with a port.',
  },
  insecure: { type: 'boolean', help: 'Accept every TLS certificate of the server. Use for tests only.' },
  verbose: {
    type: 'boolean',
    help: 'Print every request and response with explanations, without secrets, to standard error.',
  },
};

export const keyDerivation: Readonly<Record<string, Option>> = {
  'key-derivation': {
    type: 'string',
    value: 'VERSION',
    choices: ['1', '2'],
    help: 'Version of the key derivation (default: 2).',
  },
};

/** Options of commands that sign requests with the session key. */
export const sessionOptions: Readonly<Record<string, Option>> = {
  kind: {
    type: 'string',
    value: 'KIND',
    choices: credentialKind.options,
    help: 'Kind of the primary refresh token (default: the newest token).',
  },
  user: { type: 'string', value: 'UPN', help: 'User of the primary refresh token (default: the newest token).' },
  ...keyDerivation,
  'windows-api-version': {
    type: 'string',
    value: 'VERSION',
    help: 'Version of the broker protocol; up to 2.2, responses are encrypted with AES-256-CBC (default: 2.3).',
  },
};

/** What the commands of a device work with. */
export interface DeviceContext {
  readonly state: DeviceState;
  readonly network: Network;
  readonly transcript: Transcript;
  now(): Date;
}

/** @throws deviceStateExposed, deviceStateUnusable, commandMisused */
export function contextOf(call: Call): DeviceContext {
  const { output, values } = call;
  const state = new DeviceState(StateFolder.open(resolve(output.cwd, text(call, 'state') ?? defaultFolder())));
  return {
    state,
    network: networkOf(call, state),
    transcript: values.verbose ? openTranscript((lines) => output.complain(lines)) : silentTranscript,
    now: () => new Date(),
  };
}

/**
 * The XDG Base Directory for state that outlives a restart, where it holds a registration; else the folder that a sign-in to
 * this workstation made for the session, where there is one.
 */
function defaultFolder(): string {
  const base = process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  const stateFolder = join(base, 'cardea', 'device');
  const runtime = process.env.XDG_RUNTIME_DIR || `/run/user/${process.getuid?.()}`;
  const folders = [stateFolder, join(runtime, 'cardea')];
  const registration = folders.find((folder) => existsSync(join(folder, 'device.json')));
  return process.env.CARDEA_DEVICE_STATE || registration || stateFolder;
}

function networkOf(call: Call, state: DeviceState): Network {
  const isInsecure = call.values.insecure === true;
  if (isInsecure)
    call.output.complain('--insecure: the server is not authenticated. Use this option for tests only.\n');
  // The data folder of this computer can be that of another server than the one of the registration.
  const ca = (text(call, 'ca') === undefined ? state.trust() : undefined) ?? trustOf(call);
  return { ca, servers: serversOf(texts(call, 'resolve') ?? []), isInsecure };
}

/** Does the work with a broker for the registered device, and closes its connections. @throws deviceNotRegistered */
export async function withBroker<T>(
  call: Call,
  { state, network, transcript, now }: DeviceContext,
  work: (broker: Broker) => Promise<T>,
): Promise<T> {
  const record = state.record();
  const server = new DeviceServer(network, transcript);
  try {
    return await work(openBroker({ state, server, transcript, now }, record, protocolOf(call)));
  } finally {
    server.close();
  }
}

type Protocol = Pick<Broker, 'keyDerivation' | 'apiVersion'>;

/** A broker for a registration. Its keys are read when one of them signs: the folder of a session has none. */
export const openBroker = (
  { state, ...parts }: { readonly state: DeviceState } & Pick<Broker, 'server' | 'transcript' | 'now'>,
  record: DeviceRecord,
  protocol: Protocol,
): Broker => ({
  ...parts,
  ...protocol,
  record,
  get keys() {
    return state.keys();
  },
});

const protocolOf = (call: Call): Protocol => ({
  keyDerivation: text(call, 'key-derivation') === '1' ? 1 : 2,
  apiVersion: text(call, 'windows-api-version') ?? '2.3',
});
