import { z } from 'zod';
import { CardeaError, fault } from '#core/trace/fault.ts';
import { type BrowserCredential, nonceIn } from '../broker/token-use.ts';
import type { DeviceRecord, PrimaryRefreshToken } from '../state/device-state.ts';
import { type JsonObject, objectMember, textMember } from '../wire/json.ts';

/** What the host of a browser answers from. */
export interface BrowserSession {
  readonly record: DeviceRecord;
  /** The tokens of the session, the newest first. */
  readonly tokens: readonly PrimaryRefreshToken[];
  readonly version: string;
  /** A credential for the sign-in pages; the nonce is asked of the server where it is undefined. */
  credential(token: PrimaryRefreshToken, nonce: string | undefined): Promise<BrowserCredential>;
}

/** What is read of a message of either extension. */
const messageShape = z.object({
  command: textMember,
  method: textMember,
  uri: textMember,
  ssoUrl: textMember,
  account: objectMember(z.object({ localAccountId: textMember, username: textMember })),
});
type Message = Readonly<z.infer<typeof messageShape>>;

/**
 * The answer to a message of a browser extension: `{"method":"GetCookies",…}` of the Windows accounts extension
 * (windows-sign-in §3.12), `{"command":…}` of linux-entra-sso.
 */
export async function answerBrowser(open: () => BrowserSession, json: JsonObject): Promise<object> {
  const message = messageShape.parse(json);
  const { command } = message;
  if (command === undefined) return answerMethod(open, message);
  const words = await answerCommand(open, command, message).catch((thrown: unknown) => ({
    error: { context: problemIn(thrown) },
  }));
  return { command, message: words };
}

/** XHR_COOKIE_HTTPONLY and XHR_COOKIE_EVALUATE_P3P of msxml6.h: what Windows says of these cookies. */
const cookieFlags = 0x2040;

async function answerMethod(open: () => BrowserSession, message: Message): Promise<object> {
  try {
    const session = open();
    if (message.method !== 'GetCookies')
      throw fault('browserRequestRefused', { problem: 'the method is not GetCookies' });
    const cookies = await cookiesFor(session, message.uri, session.tokens);
    const { hostname } = new URL(session.record.loginOrigin);
    return {
      response: cookies.map(({ name, data }) => ({
        name,
        data: `${data}; path=/; domain=${hostname}; secure; httponly`,
        p3pHeader: 'CP="CAO"',
        flags: cookieFlags,
      })),
    };
  } catch (thrown) {
    return { status: 'Fail', code: 'NoSupport', description: problemIn(thrown), ext: { error: -1 } };
  }
}

/** Commands of linux-entra-sso, and what each answers. */
const commands: Readonly<Record<string, (session: BrowserSession, message: Message) => Promise<object>>> = {
  getVersion: async ({ version }) => ({ native: version, linuxBrokerVersion: `cardea ${version}` }),
  getAccounts: async ({ record, tokens }) => ({ accounts: accountsOf(record, tokens) }),
  async acquirePrtSsoCookie(session, message) {
    const id = message.account?.localAccountId ?? message.account?.username;
    const tokens = session.tokens.filter(
      ({ objectId, userPrincipalName }) => id === undefined || id === objectId || id === userPrincipalName,
    );
    const [cookie] = await cookiesFor(session, message.ssoUrl ?? session.record.loginOrigin, tokens);
    if (!cookie) throw fault('browserRequestRefused', { problem: 'no user of this session signs in at this address' });
    const item = { cookieName: cookie.name, cookieContent: cookie.data };
    return { ...item, cookieItems: [item] };
  },
  async acquireTokenSilently() {
    // The extension shows the picture of the user with such a token. No application registration stands for it here.
    return { brokerTokenResponse: { error: { context: 'Access tokens are not given to browsers.' } } };
  },
};

async function answerCommand(open: () => BrowserSession, command: string, message: Message): Promise<object> {
  const work = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (!work) throw fault('browserRequestRefused', { problem: 'there is no such command' });
  return work(open(), message);
}

function accountsOf({ tenantId, loginOrigin }: DeviceRecord, tokens: readonly PrimaryRefreshToken[]) {
  const byUser = new Map(tokens.map((token) => [token.objectId, token]));
  return [...byUser.values()].map(({ userPrincipalName, objectId }) => ({
    name: userPrincipalName,
    givenName: userPrincipalName.split('@')[0],
    username: userPrincipalName,
    homeAccountId: `${objectId}.${tenantId}`,
    localAccountId: objectId,
    realm: tenantId,
    environment: new URL(loginOrigin).hostname,
  }));
}

/**
 * The cookie of the newest token, for a page of the login host of this device alone: any other address gets none, as on
 * Windows.
 */
async function cookiesFor(
  { record, credential }: BrowserSession,
  address: string | undefined,
  [token]: readonly PrimaryRefreshToken[],
): Promise<readonly BrowserCredential[]> {
  const url = address !== undefined && URL.canParse(address) ? new URL(address) : undefined;
  if (!token || url?.origin !== new URL(record.loginOrigin).origin) return [];
  return [await credential(token, nonceIn(url.href))];
}

const problemIn = (thrown: unknown): string =>
  thrown instanceof CardeaError ? thrown.message : 'The request could not be completed.';
