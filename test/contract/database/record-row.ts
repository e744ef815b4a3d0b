/** A row of `oidc_records` that no part of a sign-in reads. */
export const recordRow = (id: string, document = '{}') => ({
  model: 'M',
  id,
  tenant_id: 't',
  uid: null,
  user_code: null,
  grant_id: null,
  expires_at: null,
  consumed_at: null,
  document,
});
