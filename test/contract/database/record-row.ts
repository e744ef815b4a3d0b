/** A row of `oidc_records` that a sign-in does not read. */
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
