import { addDevice } from '#admin/devices/devices.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { readConfig } from '#server/config.ts';
import { openInstallation } from '#server/installation.ts';
import { logOf } from '#server/log.ts';
import type { RunningServer } from '../e2e/server.ts';

/** Brings a computer of Active Directory to the demo tenant, as a synchronization does. The server must not run. */
export async function synchroniseComputer(
  server: RunningServer,
  deviceId: string,
  sid: string,
  certificate: Uint8Array,
): Promise<void> {
  const config = readConfig({ dataFolder: server.folder }, {}, server.folder);
  const installation = await openInstallation(config, logOf('silent'));
  try {
    const tenant = await installation.tenants.find('woodgrove.test');
    const ports = await installation.adminOf(tenant!.id);
    orThrow(
      await addDevice(
        {
          ...{ deviceId, displayName: 'Computer 3', accountEnabled: true, trustType: 'ServerAd' },
          ...{ operatingSystem: 'Windows', operatingSystemVersion: '10.0.26100.1', profileType: 'RegisteredDevice' },
          ...{ isCompliant: null, isManaged: null, registrationDateTime: null, approximateLastSignInDateTime: null },
          ...{ alternativeSecurityIds: [], physicalIds: [], systemLabels: [], deviceOwnership: null },
          ...{ enrollmentType: null, mdmAppId: null, onPremisesSyncEnabled: true, onPremisesSecurityIdentifier: sid },
          onPremisesCertificates: [Buffer.from(certificate).toString('base64')],
        },
        undefined,
        { activity: 'Add device', actor: 'synchronisation' },
        ports,
      ),
    );
  } finally {
    await installation.close();
  }
}
