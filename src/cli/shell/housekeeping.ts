import type { Command } from '../command.ts';
import { appAdd, appList, appRemove, appRestore } from '../commands/application/app.ts';
import { appSecretAdd, appSecretList, appSecretRemove } from '../commands/application/app-secret.ts';
import { appSet } from '../commands/application/app-set.ts';
import { deviceBrowserHost } from '../commands/device/browser-host.ts';
import { devicePam } from '../commands/device/pam.ts';
import {
  deviceComply,
  deviceDelete,
  deviceDisable,
  deviceEnable,
  deviceList,
  deviceShow,
} from '../commands/devices/device-admin.ts';
import { policyPrefer } from '../commands/directory/prefer.ts';
import { roleAdd, roleList, roleRemove } from '../commands/directory/role.ts';
import { syncConfigure, syncPlan, syncRemove, syncRun, syncStatus } from '../commands/directory/sync.ts';
import { userAdd, userList, userSet } from '../commands/directory/user.ts';
import { userBind } from '../commands/directory/user-bind.ts';
import { userRemove, userRestore } from '../commands/directory/user-remove.ts';
import { userSignOut } from '../commands/directory/user-sign-out.ts';
import { userTap } from '../commands/directory/user-tap.ts';
import { userUpgradeBindings } from '../commands/directory/user-upgrade-bindings.ts';
import { groupCreate, groupDelete, groupList, groupRestore, groupShow } from '../commands/group/group.ts';
import { groupMemberAdd, groupMemberRemove, groupOwnerAdd, groupOwnerRemove } from '../commands/group/members.ts';
import { auditList } from '../commands/logs/audit.ts';
import { signInList } from '../commands/logs/sign-in-list.ts';
import { backupCommand } from '../commands/operation/backup.ts';
import { keysReseal, keysStatus } from '../commands/operation/keys.ts';
import { importFromEntra } from '../commands/policy/import.ts';
import { importFromAdfs } from '../commands/policy/import-adfs.ts';
import { policyApply, policyGet } from '../commands/policy/policy.ts';
import { explain } from '../commands/sign-in/explain.ts';
import { signIn } from '../commands/sign-in/sign-in.ts';
import { tenantBrand } from '../commands/tenant/brand.ts';
import { domainAdd, domainFederate, domainManage, domainRemove } from '../commands/tenant/domain.ts';
import { tenantAdd, tenantList } from '../commands/tenant/tenant.ts';
import { tenantRotateKey } from '../commands/tenant/tenant-key.ts';
import { tenantRemove } from '../commands/tenant/tenant-remove.ts';
import { blockAdd, blockList, blockRemove } from '../commands/trust/block.ts';
import { caAdd, caList, caRemove, caRestore, caSet } from '../commands/trust/ca.ts';
import { caUpload } from '../commands/trust/ca-upload.ts';
import { crlImport, crlList, crlRefresh } from '../commands/trust/crl.ts';
import { doctor } from '../commands/trust/doctor.ts';
import { deviceCommands } from '../device/device-commands.ts';

/** Every command that works on an installation; `serve`, `demo` and `keys reset` are in server/commands. */
export const housekeeping: readonly Command[] = [
  explain,
  signIn,
  signInList,
  ...[caAdd, caList, caSet, caRemove, caUpload, caRestore],
  ...[blockAdd, blockList, blockRemove],
  ...[crlList, crlRefresh, crlImport],
  doctor,
  ...[userAdd, userList, userSet, userBind, userUpgradeBindings, userTap, userSignOut, userRemove, userRestore],
  ...[groupList, groupShow, groupCreate, groupDelete, groupRestore],
  ...[groupMemberAdd, groupMemberRemove, groupOwnerAdd, groupOwnerRemove],
  ...[roleAdd, roleList, roleRemove],
  ...[syncConfigure, syncPlan, syncRun, syncStatus, syncRemove],
  ...[deviceList, deviceShow, deviceEnable, deviceDisable, deviceDelete, deviceComply],
  ...[tenantAdd, tenantList, tenantBrand, tenantRotateKey, tenantRemove],
  auditList,
  ...[domainAdd, domainRemove, domainFederate, domainManage],
  ...[policyGet, policyApply, policyPrefer],
  ...[importFromEntra, importFromAdfs],
  backupCommand,
  keysReseal,
  keysStatus,
  ...[appAdd, appList, appSet, appRemove, appRestore],
  ...[appSecretAdd, appSecretList, appSecretRemove],
  ...[...deviceCommands, deviceBrowserHost, devicePam],
];
