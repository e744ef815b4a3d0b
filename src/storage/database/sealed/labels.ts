/** Tables with a column `sealed`, and the column that names a row beside the tenant. */
export const sealedTables = {
  signing_keys: 'kid',
  methods: 'id',
  tickets: 'id',
  device_authorities: 'id',
} as const;

export type SealedTable = keyof typeof sealedTables;

/** What the text of a row is sealed under, so that it opens in no other row. */
export const sealLabels: Readonly<Record<SealedTable, (tenantId: string, id: string) => string>> = {
  signing_keys: (tenantId, kid) => `${tenantId} ${kid}`,
  methods: (tenantId, id) => `method ${tenantId} ${id}`,
  tickets: (tenantId, id) => `ticket ${tenantId} ${id}`,
  device_authorities: (tenantId, id) => `${tenantId} device authority ${id}`,
};
