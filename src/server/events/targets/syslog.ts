import type { TLSSocket } from 'node:tls';
import { openTlsConnection, type TlsServer } from '#net/outbound/tls-connection.ts';
import { documentOf, type EventTarget, type LogEvent } from '../event.ts';

export interface SyslogOptions extends TlsServer {
  /** The host name in each message. */
  readonly hostName: string;
}

/**
 * Sends events by RFC 5424 over TLS (RFC 5425). Syslog has no answer: each delivery is a connection of its own, whose end
 * the receiver confirms by closing its side when it has read everything. A connection that is reset is delivered again.
 */
export function syslogTarget({ hostName, ...receiver }: SyslogOptions): EventTarget {
  return {
    name: 'syslog',
    deliver: async (events, signal) =>
      sendAll(openTlsConnection(receiver, signal), Buffer.concat(events.map((event) => frameOf(event, hostName)))),
  };
}

/** Resolves when the other side has closed after it read everything. */
function sendAll(socket: TLSSocket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    let isEnded = false;
    socket.once('error', reject);
    socket.once('secureConnect', () => socket.end(bytes));
    socket.once('end', () => {
      isEnded = socket.writableFinished;
    });
    socket.once('close', (hadError: boolean) => {
      if (isEnded && !hadError) resolve();
      else reject(new Error('the receiver closed the connection before it had read everything'));
    });
    socket.resume();
  });
}

/** Facility 10: security and authorization messages (RFC 5424 §6.2.1). */
const facility = 10;
const severities = { notice: 5, warning: 4, informational: 6 } as const;

/** RFC 5425 §4.3: the length in octets, a blank, and the message. */
function frameOf(event: LogEvent, hostName: string): Buffer {
  const message = Buffer.from(syslogMessage(event, hostName));
  return Buffer.concat([Buffer.from(`${message.length} `), message]);
}

/** A message of RFC 5424. Its text is the document of the event as JSON in ASCII, so that no byte order mark is needed. */
export function syslogMessage(event: LogEvent, hostName: string): string {
  const document = documentOf(event);
  const header = [
    `<${facility * 8 + severities[severityOf(event)]}>1`,
    document.time,
    printable(hostName, 255),
    'cardea',
    String(process.pid),
    event.kind,
  ].join(' ');
  return `${header} [meta sequenceId="${sequenceId(event.order)}"] ${ascii(JSON.stringify(document))}`;
}

function severityOf(event: LogEvent): keyof typeof severities {
  if (event.kind === 'audit') return event.record.refusal ? 'warning' : 'notice';
  return event.record.status === 'failure' ? 'warning' : 'informational';
}

/** RFC 5424 §7.3.1: 1 to 2147483647, and from the beginning again. */
const sequenceId = (order: string): number => (Number(order.slice(-16)) % 2_147_483_647) + 1;

const printable = (text: string, most: number): string => text.replace(/[^!-~]/g, '').slice(0, most) || '-';

const ascii = (json: string): string =>
  json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
