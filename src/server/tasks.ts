import type { Logger } from 'pino';
import { watchCertificates } from '#admin/directory/sessions.ts';
import type { Oidc } from '#oidc/oidc.ts';
import type { LogSize } from '#ports/logs.ts';
import type { Config } from './config.ts';
import { demoPkiOf, type RunningDemo } from './demo.ts';
import type { OpenInstallation } from './installation.ts';
import { description } from './log.ts';
import { clock } from './process/clock.ts';

const day = 24 * 60 * 60_000;

/** Looks at live sign-ins again and again, and tells applications of those that ended. Answers how to stop. */
export function watchSignIns(
  config: Config,
  installation: OpenInstallation,
  oidc: Oidc,
  log: Logger,
): () => Promise<void> {
  const endRevoked = watchCertificates();
  const look = async () => {
    for (const { id } of await installation.tenants.list()) {
      const ports = await installation.portsOf(id);
      if (config.continuousAccessSeconds > 0) {
        for (const endedSignIns of await endRevoked({ ports, at: clock.now() }))
          log.info({ tenantId: id, ...endedSignIns }, 'sign-ins ended');
        await ports.live.endOfGone('cardea');
      }
      await oidc.sendLogoutNotices(id);
    }
  };
  return runPeriodically(look, (config.continuousAccessSeconds || 60) * 1000, (problem) =>
    log.error(description(problem), 'live sign-ins'),
  );
}

/** Does something every so often, never twice at once. The answer stops it, when the last time has ended. */
export function runPeriodically(
  work: () => Promise<void>,
  pause: number,
  onFault: (problem: unknown) => void,
): () => Promise<void> {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= work()
      .catch(onFault)
      .finally(() => {
        running = undefined;
      });
  }, pause);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/**
 * Removes what has expired, files of CRLs that the database no longer has, and what is beyond the size of the sign-in log, and publishes the
 * demo's CRLs again when they are due.
 */
export async function housekeeping(
  config: Config,
  installation: OpenInstallation,
  { demo, onLogSize }: { readonly demo: RunningDemo | undefined; onLogSize(size: LogSize): void },
): Promise<void> {
  const { storage } = installation;
  const at = await storage.removalTime();
  const ago = (days: number) => new Date(at.getTime() - days * day);
  const changesSince = config.auditLogDays === 0 ? undefined : ago(config.auditLogDays);
  await storage.prune(at, { signInsSince: ago(config.signInLogDays), changesSince });
  await installation.crls.removeUnusedFiles();
  onLogSize(await storage.limitLog(config.signInLogMegabytes * 1024 * 1024, at));
  if (demo) demo.current = demoPkiOf(config);
}
