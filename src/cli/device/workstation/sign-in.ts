import { evaluateSignInCertificate } from '#core/device/client/sign-in-certificate.ts';
import { chooseSignInName, type SignInName } from '#core/device/sign-in-name.ts';
import { namesFor, type ServerUser } from '#core/device/workstation/account-map.ts';
import type { LocalAccount } from '#core/device/workstation/local-account.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import { orThrow, type Ruling } from '#core/trace/ruling.ts';
import { certificateCredential } from '../broker/credential.ts';
import { requestPrimaryToken } from '../broker/primary-refresh-token.ts';
import type { CardCertificate } from '../keys/card-key.ts';
import { chooseCertificate } from '../keys/choose-certificate.ts';
import { tokenCard } from '../keys/pkcs11-card.ts';
import { openBroker } from '../options/context.ts';
import { userRealm } from '../registration/discovery.ts';
import type { PrimaryRefreshToken } from '../state/device-state.ts';
import { DeviceServer } from '../wire/device-server.ts';
import { silentTranscript } from '../wire/transcript.ts';
import { checkUser } from './check-user.ts';
import { Grants } from './grants.ts';
import { signInOffline } from './offline.ts';
import { handOver } from './session.ts';
import type { Workstation } from './workstation.ts';

/** Octets of the longest PIN that a card may have here. */
const longestPin = 64;

/**
 * Signs a user in to a local account with the card in the reader and its PIN. The server decides; what it answers must be a
 * user who may use the account. Without the server, an earlier grant may count (`offline`). The token is handed over to the
 * session. @returns the user. @throws what the card, the server and the rules refuse with
 */
export async function signInToAccount(
  workstation: Workstation,
  account: LocalAccount,
  pin: string,
): Promise<ServerUser> {
  if (pin === '' || Buffer.byteLength(pin) > longestPin) throw fault('pinMissing', {});
  const chosen = await certificateFor(workstation, account, pin);
  const { sha256Thumbprint } = chosen.certificate;
  const grants = new Grants(workstation.grants);
  let token: PrimaryRefreshToken;
  try {
    token = await requestToken(workstation, account, chosen);
  } catch (thrown) {
    if (!(thrown instanceof CardeaError)) throw thrown;
    if (thrown.because.code === 'serverUnreachable') return signInOffline(workstation, account, chosen);
    // A certificate that the server has refused signs in no more when the server cannot be reached.
    if (isRefusal(thrown)) grants.forget(account, sha256Thumbprint);
    throw thrown;
  }
  checkUser(workstation, account, token);
  workstation.state.cacheName(sha256Thumbprint, token.userPrincipalName);
  grants.remember(account, token, sha256Thumbprint, workstation.now());
  handOver(workstation, account, token);
  return token;
}

/** Whether the server said no. That it is busy or broken is neither a no nor a yes. */
const isRefusal = ({ because }: CardeaError): boolean =>
  because.code === 'deviceRealmFederated' ||
  (because.code === 'deviceServerRefused' &&
    !/^(?:HTTP 5\d\d|server_error|temporarily_unavailable)$/.test(because.evidence.error));

/** The first certificate of the card whose name leads to the account, else the first that can sign in. */
async function certificateFor(workstation: Workstation, account: LocalAccount, pin: string): Promise<CardCertificate> {
  const { settings, notify, now } = workstation;
  const card = tokenCard({
    module: settings.module,
    slot: undefined,
    label: settings.tokenLabel,
    readPin: async (warning) => {
      if (warning !== undefined) notify(warning);
      return pin;
    },
  });
  const certificates = await card.certificates();
  const suitable = certificates.filter(
    ({ certificate }) => evaluateSignInCertificate(certificate, now()).outcome === 'passed',
  );
  const names = namesFor(workstation.map, account);
  const leadsToAccount = (entry: CardCertificate) => {
    const ruling = nameOf(workstation, account, entry);
    return ruling.outcome === 'passed' && names.includes(ruling.value.name.toLowerCase());
  };
  const number = Math.max(0, suitable.findIndex(leadsToAccount)) + 1;
  return chooseCertificate(certificates, now(), `${number}`, async () => undefined);
}

/** The name that is sent (WIN-5 to WIN-13). A certificate that names no user is sent with the name that the map has. */
function nameOf(
  { state, settings, map }: Workstation,
  account: LocalAccount,
  entry: CardCertificate,
): Ruling<SignInName> {
  const { certificate } = entry;
  const { activeDirectoryDomain: domain } = settings;
  const choose = (hint: string | undefined) =>
    chooseSignInName({
      join: state.record().join === 'hybrid' ? 'hybrid' : 'entra',
      certificate,
      hint,
      cachedUserPrincipalName: state.cachedName(certificate.sha256Thumbprint),
      activeDirectoryName: domain === undefined ? undefined : `${account.name}@${domain}`,
    });
  const first = choose(undefined);
  return first.outcome === 'passed' ? first : choose(namesFor(map, account)[0]);
}

async function requestToken(
  workstation: Workstation,
  account: LocalAccount,
  chosen: CardCertificate,
): Promise<PrimaryRefreshToken> {
  const { state, network, settings, now } = workstation;
  const record = state.record();
  const { name, source } = orThrow(nameOf(workstation, account, chosen));
  const server = new DeviceServer(network, silentTranscript);
  try {
    const { isFederated, domain } = await userRealm(server, record.loginOrigin, name, settings.domainHint);
    if (isFederated) throw fault('deviceRealmFederated', { domain });
    const parts = { state, server, transcript: silentTranscript, now };
    const broker = openBroker(parts, record, { keyDerivation: 2, apiVersion: '2.3' });
    const key = await chosen.unlock();
    return await requestPrimaryToken(broker, certificateCredential(key, { name, source }, settings.domainHint));
  } finally {
    server.close();
  }
}
