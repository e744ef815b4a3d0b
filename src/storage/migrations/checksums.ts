/**
 * The checksum of each released migration: SHA-256 of its file without imports, comments and white space, the first 16 hex digits.
 * One line a migration, added with it and never changed. `checksums.test.ts` prints the line to add.
 */
export const checksums: Readonly<Record<string, string>> = {
  '001-first': '5292ad945c8ba395',
  '002-directory-objects': 'a3788ac70fbfefbd',
  '003-trust': 'f6b3e9a77e8519a2',
  '004-second-factors': 'b598e508f441f027',
  '005-crl-claims': '827769544ff13615',
  '007-live-sign-ins': '2b4f093e340122c7',
  '012-searched-logs': '8ad9001327ba5ff2',
  '013-consumed-by': '67afacd712c96783',
  '014-device-polls': 'fcbfaff079ef8473',
  '015-repeated-sign-ins': '9baecce863f39824',
  '016-devices': '4d12ef5655f3951c',
  '017-refusals': '8acddbdf1fcbb29c',
  '018-device-index': '5755d2776be5fab3',
  '019-mail-keys': '2b33fa1b7c9432b1',
  '020-log-reports': '2ea107b2125aa351',
  '021-change-marks': '09603e296eaaabfb',
  '022-directory-index': '3c380b528accebdd',
  '023-synchronised-objects': 'af47cbdd74d89d5d',
  '024-visits': '0477cfa737fcd55e',
  '025-packed-entries': '81ef4628e86fe9c6',
  '026-authority-purposes': '4db00e7044f018cc',
  '027-crl-marks': 'f37ffefac30a97e2',
  '028-event-outbox': 'f4d465772b1bd51f',
  '029-audit-correlation': 'ae01f4947bdd1118',
  '030-domain-index': '24e6dc55dcdde951',
  '031-party-index': 'f0e31918ce2eab0c',
  '032-sign-in-days': '458b7f44ed533223',
  '033-roles-index': 'fd927bfdb01bb184',
};
