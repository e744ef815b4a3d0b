import { z } from 'zod';
import { serverAddress, serverUrl } from './hosts.ts';
import { megabytes, whole } from './numbers.ts';

/** The settings of the delivery of events to other systems. */
export const eventSettings = {
  eventWebhookUrl: serverUrl(
    /^https:\/\/[^/?#@]+([/?][^#]*)?$/i,
    'it must be https://host/path, without a user name and without #',
  )
    .optional()
    .describe('The address to which events of the logs are delivered by HTTPS: docs/admin/siem.md.'),
  eventWebhookSecretFile: z
    .string()
    .optional()
    .describe('The file with the secret that signs each delivery, of at least 16 characters.'),
  eventWebhookCaFile: z
    .string()
    .optional()
    .describe('The PEM file with the root CAs of this address. Without it, the roots of Node.js apply.'),
  eventSyslogServer: serverAddress
    .optional()
    .describe('The receiver of events by syslog over TLS. The default port is 6514.'),
  eventSyslogCaFile: z
    .string()
    .optional()
    .describe('The PEM file with the root CAs of this receiver. Without it, the roots of Node.js apply.'),
  eventSyslogCertificateFile: z
    .string()
    .optional()
    .describe('The PEM file with the client certificate for this receiver.'),
  eventSyslogKeyFile: z.string().optional().describe('The PEM file with the key of this client certificate.'),
  eventFile: z
    .string()
    .min(1)
    .optional()
    .describe('The file to which a line of JSON is written for each event. A relative path is below the data folder.'),
  eventFileMegabytes: megabytes
    .default(100)
    .describe('The size at which this file is renamed and a new one begins, in megabytes.'),
  eventFiles: whole(1, 1000).default(10).describe('The number of these files that are kept.'),
  eventPrivateAddresses: z
    .enum(['allow', 'refuse'])
    .default('allow')
    .describe('Whether the webhook and the syslog server can be at private addresses.'),
};
