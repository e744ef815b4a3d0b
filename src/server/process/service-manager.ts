import { spawn } from 'node:child_process';

/** What systemd learns of this process. Nothing is sent where no service manager listens. */
export interface ServiceManager {
  /** The start includes an upgrade of the database, which may take longer than the unit lets a start take. */
  upgrading(): void;
  /** Startup has finished; from now on the watchdog is fed, where the unit has one. */
  ready(): void;
  stopping(): void;
}

/** Microseconds by which an upgrade extends the time of a start; a statement on SQLite may hold the event loop for a part of it. */
const upgradeTime = 3_600_000_000;

/**
 * The service manager that the environment names (sd_notify(3)): `NOTIFY_SOCKET`, and `WATCHDOG_USEC` microseconds after which
 * it restarts a process that was not heard of. Node has no datagram sockets of this kind, so `systemd-notify` sends the messages;
 * the unit needs `NotifyAccess=all`. A blocked event loop sends no ping.
 */
export function openServiceManager(
  environment: NodeJS.ProcessEnv,
  onFault: (problem: unknown) => void,
): ServiceManager {
  if (!environment.NOTIFY_SOCKET)
    return { upgrading: () => undefined, ready: () => undefined, stopping: () => undefined };
  const send = (state: string) => {
    const child = spawn('systemd-notify', [state], { stdio: 'ignore', env: environment });
    child.on('error', onFault);
  };
  const watchdog = Number(environment.WATCHDOG_USEC ?? 0) / 1000;
  let timer: NodeJS.Timeout | undefined;
  return {
    upgrading() {
      const extend = () => send(`EXTEND_TIMEOUT_USEC=${upgradeTime}`);
      extend();
      timer = setInterval(extend, upgradeTime / 1000 / 4).unref();
    },
    ready() {
      clearInterval(timer);
      send('READY=1');
      if (watchdog > 0) timer = setInterval(() => send('WATCHDOG=1'), watchdog / 3).unref();
    },
    stopping() {
      clearInterval(timer);
      send('STOPPING=1');
    },
  };
}
