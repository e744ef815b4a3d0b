import { openSealing } from '#keys/sealing.ts';
import { checkDataFolder } from '#storage/data-folder.ts';
import type { Config } from '../config.ts';
import { checkDemo } from '../demo.ts';
import { openTargets } from '../events/open-targets.ts';
import { checkAddresses } from '../listeners/check-addresses.ts';
import { openTls } from '../listeners/tls-files.ts';
import { proxiesOf } from '../proxies/certificate-proxies.ts';
import { secretKeyFrom } from '../settings/secrets/secret-key.ts';
import { checkSigningToken } from '../settings/secrets/signing-token.ts';
import { tracingSettings } from '../tracing/settings.ts';

/** Opens what the settings name as a start does, as far as nothing is left or connected. @throws as `serve` */
export async function checkOpeners(config: Config): Promise<void> {
  if (config.tlsCertificateFile) openTls(config);
  openTargets(config);
  proxiesOf(config);
  tracingSettings(process.env);
  await checkSigningToken(config);
  await checkAddresses(config);
}

/** Refuses what the first start cannot use, before it makes an installation. Nothing is made. @throws as `serve` */
export async function checkFirstStart(config: Config): Promise<void> {
  await checkOpeners(config);
  checkDataFolder(config.dataFolder);
  const secret = secretKeyFrom(process.env);
  if (secret) openSealing(config.dataFolder, secret.text, secret.source);
  checkDemo(config, true);
}
