import type { Migration } from 'kysely';
import { first } from './m001-first.ts';
import { directoryObjects } from './m002-directory-objects.ts';
import { trust } from './m003-trust.ts';
import { secondFactors } from './m004-second-factors.ts';
import { crlClaims } from './m005-crl-claims.ts';
import { liveSignIns } from './m007-live-sign-ins.ts';
import { searchedLogs } from './m012-searched-logs.ts';
import { consumedBy } from './m013-consumed-by.ts';
import { devicePolls } from './m014-device-polls.ts';
import { repeatedSignIns } from './m015-repeated-sign-ins.ts';
import { devices } from './m016-devices.ts';
import { refusals } from './m017-refusals.ts';
import { deviceIndex } from './m018-device-index.ts';
import { mailKeys } from './m019-mail-keys.ts';
import { logReports } from './m020-m039/m020-log-reports.ts';
import { changeMarks } from './m020-m039/m021-change-marks.ts';
import { directoryIndex } from './m020-m039/m022-directory-index.ts';
import { synchronisedObjects } from './m020-m039/m023-synchronised-objects.ts';
import { visits } from './m020-m039/m024-visits.ts';
import { packedEntries } from './m020-m039/m025-packed-entries.ts';
import { authorityPurposes } from './m020-m039/m026-authority-purposes.ts';
import { crlMarks } from './m020-m039/m027-crl-marks.ts';
import { eventOutbox } from './m020-m039/m028-event-outbox.ts';
import { auditCorrelation } from './m020-m039/m029-audit-correlation.ts';
import { domainIndex } from './m020-m039/m030-domain-index.ts';
import { partyIndex } from './m020-m039/m031-party-index.ts';
import { signInDays } from './m020-m039/m032-sign-in-days.ts';
import { rolesIndex } from './m020-m039/m033-roles-index.ts';
import { countedUsers } from './m020-m039/m034-counted-users.ts';
import { auditDays } from './m020-m039/m035-audit-days.ts';
import { accessResults } from './m036-m049/m036-access-results.ts';
import { fewerPages } from './m036-m049/m037-fewer-pages.ts';
import { homepageIndex } from './m036-m049/m038-homepage-index.ts';
import { nodeReports } from './m036-m049/m039-node-reports.ts';

/** Every migration ever released, in order; additive, never edited, named so that names sort in order. */
export const migrations: Readonly<Record<string, Migration>> = {
  '001-first': first,
  '002-directory-objects': directoryObjects,
  '003-trust': trust,
  '004-second-factors': secondFactors,
  '005-crl-claims': crlClaims,
  '007-live-sign-ins': liveSignIns,
  '012-searched-logs': searchedLogs,
  '013-consumed-by': consumedBy,
  '014-device-polls': devicePolls,
  '015-repeated-sign-ins': repeatedSignIns,
  '016-devices': devices,
  '017-refusals': refusals,
  '018-device-index': deviceIndex,
  '019-mail-keys': mailKeys,
  '020-log-reports': logReports,
  '021-change-marks': changeMarks,
  '022-directory-index': directoryIndex,
  '023-synchronised-objects': synchronisedObjects,
  '024-visits': visits,
  '025-packed-entries': packedEntries,
  '026-authority-purposes': authorityPurposes,
  '027-crl-marks': crlMarks,
  '028-event-outbox': eventOutbox,
  '029-audit-correlation': auditCorrelation,
  '030-domain-index': domainIndex,
  '031-party-index': partyIndex,
  '032-sign-in-days': signInDays,
  '033-roles-index': rolesIndex,
  '034-counted-users': countedUsers,
  '035-audit-days': auditDays,
  '036-access-results': accessResults,
  '037-fewer-pages': fewerPages,
  '038-homepage-index': homepageIndex,
  '039-node-reports': nodeReports,
};
