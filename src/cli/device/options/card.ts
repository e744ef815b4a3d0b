import { certificateFields } from '#core/binding/identifiers/certificate-fields.ts';
import { chooseSignInName, type SignInName } from '#core/device/sign-in-name.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Certificate } from '#core/x509/certificate.ts';
import { askLine } from '../../client/ask.ts';
import { cardOf } from '../../client/card.ts';
import { readPin } from '../../client/token-card.ts';
import { type Call, type Option, text } from '../../command.ts';
import { table } from '../../output/table.ts';
import { logOnToDomain } from '../active-directory/log-on.ts';
import { type Credential, certificateCredential } from '../broker/credential.ts';
import type { Card, CardCertificate } from '../keys/card-key.ts';
import { chooseCertificate } from '../keys/choose-certificate.ts';
import { tokenCard } from '../keys/pkcs11-card.ts';
import { softwareCard } from '../keys/software-card.ts';
import type { DeviceJoin } from '../state/device-state.ts';
import type { DeviceContext } from './context.ts';

/** Options that name a card and a certificate of it. */
export const cardOptions: Readonly<Record<string, Option>> = {
  'certificate-file': { type: 'string', value: 'FILE', help: 'A card file with its key, .p12 or .pem.' },
  password: { type: 'string', value: 'TEXT', help: 'The password of the card file (default: cardea).' },
  module: { type: 'string', value: 'FILE', help: 'The PKCS #11 module of a card, such as opensc-pkcs11.so.' },
  slot: { type: 'string', value: 'ID', help: 'Use only the card in this slot of the module.' },
  'token-label': { type: 'string', value: 'LABEL', help: 'Use only the card with this label.' },
  'pin-env': {
    type: 'string',
    value: 'NAME',
    help: 'Environment variable with the PIN (default: prompt, or first line of standard input).',
  },
  certificate: {
    type: 'string',
    value: 'NUMBER',
    help: 'Number of the certificate, starting at 1, if the card contains several.',
  },
};

/** Options of the name that the device sends (entra-cba §9.2). */
export const nameOptions: Readonly<Record<string, Option>> = {
  'user-name-hint': {
    type: 'string',
    value: 'UPN',
    help: 'The name to send instead of the name in the certificate.',
  },
  'domain-hint': { type: 'string', value: 'DOMAIN', help: 'Domain of the user, for a name that is not routable.' },
  'domain-log-on': {
    type: 'boolean',
    help: 'First log on to Active Directory with the card (PKINIT, with kinit), and send the name that it accepts.',
  },
  'active-directory-name': {
    type: 'string',
    value: 'UPN',
    help: 'The name that the domain controller returned. Hybrid-joined devices send it first.',
  },
};

/** The card that the options name; undefined where they name none. @throws commandMisused and what reading a card file throws */
export function cardFrom(call: Call): Card | undefined {
  const [file, module] = [text(call, 'certificate-file'), text(call, 'module')];
  if (file !== undefined && module !== undefined)
    throw fault('commandMisused', { problem: 'Specify --certificate-file or --module, not both.' });
  if (file !== undefined) return softwareCard(cardOf(file, text(call, 'password'), call.output.cwd), file);
  if (module === undefined) return undefined;
  return tokenCard({
    module,
    slot: text(call, 'slot'),
    label: text(call, 'token-label'),
    readPin: async (warning) => {
      if (warning !== undefined) call.output.complain(`${warning}\n`);
      return pinOf(call);
    },
  });
}

const pins = new WeakMap<Call, Promise<string>>();

/** The PIN from the variable that `--pin-env` names, or from a person, who is asked once a command. @throws commandMisused */
export function pinOf(call: Call): Promise<string> {
  const known = pins.get(call);
  if (known) return known;
  const pin = secretIn(call, 'pin-env', 'PIN');
  const answer = pin === undefined ? readPin(process.stdin, process.stderr) : Promise.resolve(pin);
  pins.set(call, answer);
  return answer;
}

/**
 * The value of the environment variable that an option names; undefined where the option is absent. Other users of the
 * computer read the words of a command, and not its environment. @throws commandMisused
 */
export function secretIn(call: Call, option: string, label: string): string | undefined {
  const variable = text(call, option);
  if (variable === undefined) return undefined;
  const value = process.env[variable];
  if (!value) throw fault('commandMisused', { problem: `The environment variable ${variable} contains no ${label}.` });
  return value;
}

/** The certificate of the card that signs in. @throws what {@link chooseCertificate} and the card do */
export async function certificateFrom(call: Call, card: Card, at: Date): Promise<CardCertificate> {
  return chooseCertificate(await card.certificates(), at, text(call, 'certificate'), async (rows) => {
    if (process.stdin.isTTY) call.output.complain(table(rows, call.output));
    const line = await askLine('Which certificate? ');
    return line === undefined ? undefined : Number(line);
  });
}

/** What of a device decides the name: how it is joined, and the name that an earlier sign-in returned. */
interface Naming {
  readonly join: DeviceJoin;
  readonly cachedUserPrincipalName: string | undefined;
  /** The name that Active Directory accepted at a log-on. */
  readonly activeDirectoryName?: string | undefined;
}

/** The name that the device sends (WIN-5 to WIN-13); a person is asked for a hint where nothing else names them. */
export async function nameFrom(call: Call, certificate: Certificate, naming: Naming): Promise<SignInName> {
  const choose = (hint: string | undefined) =>
    chooseSignInName({
      join: naming.join === 'hybrid' ? 'hybrid' : 'entra',
      certificate,
      hint,
      cachedUserPrincipalName: naming.cachedUserPrincipalName,
      activeDirectoryName: naming.activeDirectoryName ?? text(call, 'active-directory-name'),
    });
  const first = choose(text(call, 'user-name-hint'));
  if (first.outcome === 'passed') return first.value;
  const hint = first.because.code === 'hintNeeded' ? await askLine('User name hint: ') : undefined;
  return orThrow(hint === undefined ? first : choose(hint));
}

/** A certificate credential with the name that the device sends, unlocked. */
export async function credentialFrom(call: Call, card: Card, { state, now }: DeviceContext): Promise<CardCredential> {
  const cardCertificate = await certificateFrom(call, card, now());
  const { certificate } = cardCertificate;
  const activeDirectoryName = call.values['domain-log-on'] ? await logOnWith(call, cardCertificate) : undefined;
  const name = await nameFrom(call, certificate, {
    join: state.record().join,
    cachedUserPrincipalName: state.cachedName(certificate.sha256Thumbprint),
    activeDirectoryName,
  });
  const unlock = async () => certificateCredential(await cardCertificate.unlock(), name, text(call, 'domain-hint'));
  return { name, unlock };
}

/**
 * Logs on to Active Directory before anything is sent to the server (WIN-7). @returns the name that it accepted
 * @throws domainLogOnRefused, commandMisused
 */
async function logOnWith(call: Call, { certificate, keyUri }: CardCertificate): Promise<string> {
  const [principalName] = certificateFields.PrincipalName.read(certificate);
  const name = text(call, 'active-directory-name') ?? text(call, 'user-name-hint') ?? principalName;
  const module = text(call, 'module');
  if (keyUri === undefined || module === undefined)
    throw fault('commandMisused', { problem: '--domain-log-on requires a card that is used through --module.' });
  if (name === undefined)
    throw fault('commandMisused', {
      problem: 'The certificate has no principal name. Specify --active-directory-name.',
    });
  await logOnToDomain({ name, keyUri, module, pin: await pinOf(call) });
  return name;
}

/** A certificate and the name that goes with it. The PIN is asked for when it is unlocked, after the server was reached. */
export interface CardCredential {
  readonly name: SignInName;
  unlock(): Promise<Credential>;
}
