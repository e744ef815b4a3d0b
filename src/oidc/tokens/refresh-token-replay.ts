import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { type RefreshTokenRecord, refreshTokenRecord } from '#core/token/provider-records.ts';
import { useOf } from '#core/token/refresh-token-use.ts';
import type { OidcRecords } from '#ports/applications.ts';
import type { Clock } from '#ports/clock.ts';
import { notesOf, remoteAddress } from '../endpoints/request-notes.ts';
import { currentRequest } from '../provider/internals/models.ts';

type Payload = Record<string, unknown>;

/**
 * Replay of refresh tokens (RFC 9700 §4.14.2). A redeemed token of a single-page application is never taken again. One of
 * another client is taken from the same address for a while (`reuseWindowOf`), because its threads redeem in parallel.
 * Everything else, and any token that another client presents, ends the grant. The conditional update of the database
 * decides who came first, so the rule is the same for several nodes.
 */
export class RefreshTokenReplay {
  readonly #records: OidcRecords;
  readonly #clock: Clock;
  constructor(records: OidcRecords, clock: Clock) {
    this.#records = records;
    this.#clock = clock;
  }

  /** The record as the provider shall see it. @throws InvalidGrant after it ended the grant */
  async find(id: string): Promise<Payload | undefined> {
    const payload = await this.#records.find('RefreshToken', id);
    if (!payload) return undefined;
    const client = currentRequest()?.oidc.client?.clientId;
    const record = refreshTokenRecord(payload);
    if (client !== undefined && client !== record.clientId) return this.#end(record);
    const use = this.#useOf(record);
    return use === 'replay' ? this.#end(record) : { ...payload, consumed: undefined };
  }

  /** @throws InvalidGrant after it ended the grant */
  async consume(id: string): Promise<void> {
    if (await this.#records.consume('RefreshToken', id, currentAddress())) return;
    const payload = await this.#records.find('RefreshToken', id);
    if (!payload) throw new errors.InvalidGrant('refresh token not found');
    const record = refreshTokenRecord(payload);
    if (this.#useOf(record) === 'replay') await this.#end(record);
  }

  /**
   * Whether the grant was ended while this request made its tokens. Records that it wrote after that are taken away again:
   * whichever of the two comes last sees what the other did.
   */
  async wasEndedMeanwhile({ oidc: { entities } }: KoaContextWithOIDC): Promise<boolean> {
    const newKey = entities.RotatedRefreshToken;
    if (!newKey || (await this.#records.find('RefreshToken', newKey.jti))) return false;
    await this.#revoke(String(newKey.grantId));
    return true;
  }

  #useOf(record: RefreshTokenRecord): ReturnType<typeof useOf> {
    return useOf(record, currentAddress(), this.#clock.now());
  }

  async #end({ grantId, accountId }: RefreshTokenRecord): Promise<never> {
    await this.#revoke(String(grantId));
    const request = currentRequest()?.req;
    if (request) notesOf(request).replayedFor = String(accountId);
    throw new errors.InvalidGrant('refresh token already used');
  }

  async #revoke(grantId: string): Promise<void> {
    await this.#records.revokeByGrantId(grantId);
    await this.#records.destroy('Grant', grantId);
  }
}

function currentAddress(): string {
  const request = currentRequest()?.req;
  return request ? remoteAddress(request) : '';
}
