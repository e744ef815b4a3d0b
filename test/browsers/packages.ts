import { existsSync } from 'node:fs';

/** A file by which a Debian package shows that it is installed. */
const proofs = {
  chromium: ['/usr/bin/chromium'],
  'firefox-esr': ['/usr/bin/firefox-esr'],
  imagemagick: ['/usr/bin/import'],
  'libengine-pkcs11-openssl': [
    '/usr/lib/x86_64-linux-gnu/engines-3/pkcs11.so',
    '/usr/lib/aarch64-linux-gnu/engines-3/pkcs11.so',
  ],
  'libnss3-tools': ['/usr/bin/certutil', '/usr/sbin/certutil'],
  openbox: ['/usr/bin/openbox'],
  openssl: ['/usr/bin/openssl'],
  opensc: ['/usr/bin/pkcs11-tool'],
  'opensc-pkcs11': ['/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so', '/usr/lib/aarch64-linux-gnu/opensc-pkcs11.so'],
  'p11-kit': ['/usr/bin/p11-kit'],
  pcscd: ['/usr/sbin/pcscd'],
  softhsm2: ['/usr/lib/softhsm/libsofthsm2.so'],
  'vsmartcard-vpcd': ['/usr/lib/pcsc/drivers/serial/libifdvpcd.so'],
  dbus: ['/usr/bin/dbus-run-session'],
  'ca-certificates': ['/etc/ssl/certs/ca-certificates.crt'],
  'libwebkit2gtk-4.1-0': [
    '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
    '/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
  ],
  'webkit2gtk-driver': ['/usr/bin/WebKitWebDriver'],
  xdotool: ['/usr/bin/xdotool'],
  xvfb: ['/usr/bin/Xvfb'],
} as const;

export type DebianPackage = keyof typeof proofs;

/** The file of a package, or undefined where it is not installed. */
export function fileOf(name: DebianPackage): string | undefined {
  return proofs[name].find((file) => existsSync(file));
}

/** Why a test cannot run here, with what would help; false when it can. For the `skip` of `node:test`. */
export function missing(...names: readonly DebianPackage[]): string | false {
  const absent = names.filter((name) => fileOf(name) === undefined);
  return absent.length > 0 && `not installed: apt-get install ${absent.join(' ')}`;
}

/** What every test on a screen uses. */
export const screenPackages = ['xvfb', 'openbox', 'xdotool', 'imagemagick', 'libnss3-tools'] as const;
