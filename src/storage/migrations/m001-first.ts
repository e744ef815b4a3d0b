import type { Kysely, Migration } from 'kysely';
import { createTable } from '../database/create-table.ts';

/** Every table of the first release. */
export const first: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const make = (table: string, columns: string, keys: readonly string[]) => ({ table, columns, keys });
    const tables = [
      make('tenants', 'id! display_name! created_at#!', ['primary id']),
      make('domains', 'id! tenant_id! position#! authentication_type! is_verified#!', [
        'primary id',
        'index tenant_id',
      ]),
      make('policies', 'tenant_id! kind! version! document!', ['primary tenant_id kind']),
      make(
        'authorities',
        'tenant_id! id! thumbprint! certificate! display_name! authority_type! crl_url delta_crl_url is_issuer_hint_enabled#! store! settings created_at#!',
        ['primary tenant_id id', 'unique tenant_id store thumbprint'],
      ),
      make(
        'users',
        'tenant_id! id! upn! upn_key! on_premises_upn on_premises_upn_key display_name! mail account_enabled#! sessions_valid_from password_hash last_method',
        ['primary tenant_id id', 'unique tenant_id upn_key', 'unique tenant_id on_premises_upn_key'],
      ),
      make('certificate_user_ids', 'tenant_id! value_key! user_id! position#! value!', [
        'primary tenant_id value_key',
        'index tenant_id user_id',
      ]),
      make('groups', 'tenant_id! id! display_name!', ['primary tenant_id id']),
      make('group_members', 'tenant_id! group_id! member_id! member_kind!', [
        'primary tenant_id group_id member_id',
        'index tenant_id member_id',
      ]),
      make('sign_ins', 'tenant_id! id! correlation_id! created_at#! user_id status! document!', [
        'primary tenant_id id',
        'index tenant_id created_at',
        'index correlation_id',
      ]),
      make('audits', 'tenant_id! id! at#! actor! activity! target_id! old_value new_value', [
        'primary tenant_id id',
        'index tenant_id at',
      ]),
      make('session_proofs', 'tenant_id! session_uid! position! expires_at#! document!', [
        'primary tenant_id session_uid position',
        'index expires_at',
      ]),
      make('flows', 'tenant_id! id! interaction_uid! expires_at#! document!', [
        'primary tenant_id id',
        'unique tenant_id interaction_uid',
        'index expires_at',
      ]),
      make('handoffs', 'tenant_id! id! expires_at#! taken_at# document!', ['primary tenant_id id', 'index expires_at']),
      make('applications', 'tenant_id! id! display_name! document!', ['primary tenant_id id']),
      make('identifier_uris', 'tenant_id! uri! application_id!', ['primary tenant_id uri']),
      make('oidc_records', 'model! id! tenant_id! uid user_code grant_id expires_at# consumed_at# document!', [
        'primary model id',
        'index grant_id',
        'index uid',
        'index user_code',
        'index expires_at',
      ]),
      make('signing_keys', 'tenant_id! kid! alg! created_at#! sealed!', ['primary tenant_id kid']),
      make('crls', 'url! fetched_at#! etag last_modified highest_number size#! generation!', ['primary url']),
      make('crl_chunks', 'url! generation! position#! bytes!', ['primary url generation position']),
    ];
    for (const table of tables) await createTable(db, table);
  },
};
