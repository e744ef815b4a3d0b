import type { OidcRecords } from '#ports/applications.ts';

/** The record that says which primary refresh token a browser session rests on. */
const model = 'DeviceSession';

/** What a browser session that a primary refresh token began remembers of it. */
export interface BrowserSessionOfDevice {
  /** Id of the primary refresh token. */
  readonly primary: string;
  readonly accountId: string;
  /** The session key, sealed; absent in records of earlier versions. */
  readonly sessionKey?: string | undefined;
}

/** What the browser session with this uid rests on; undefined where it rests on no primary refresh token. */
export async function browserSessionOfDevice(
  sessionUid: string,
  records: Pick<OidcRecords, 'find'>,
): Promise<BrowserSessionOfDevice | undefined> {
  const record = sessionUid === '' ? undefined : await records.find(model, sessionUid);
  return typeof record?.primary === 'string' ? (record as unknown as BrowserSessionOfDevice) : undefined;
}

/** @param seconds after which the record is of no use */
export const keepBrowserSession = (
  sessionUid: string,
  session: BrowserSessionOfDevice,
  seconds: number,
  records: Pick<OidcRecords, 'upsert'>,
): Promise<void> => records.upsert(model, sessionUid, { ...session }, seconds);
