/**
 * The checksum of each released migration: SHA-256 of its file without comments and white space, the first 16 hex digits.
 * One line a migration, added with it and never changed. `checksums.test.ts` prints the line to add.
 */
export const checksums: Readonly<Record<string, string>> = {
  '001-first': '9a5ee62421e2d0bc',
  '002-directory-objects': '15db2a81f34ce2f6',
  '003-trust': '21e37f645b889be6',
  '004-second-factors': '72bd1108c4c3da2c',
  '005-crl-claims': 'ecd9fa812c0d9d31',
  '007-live-sign-ins': '2963011f50752da5',
  '012-searched-logs': '1e29b37675e34d2a',
  '013-consumed-by': '503ebb246a4f0f87',
};
