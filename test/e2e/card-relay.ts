import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { certificateReadIn, type RunningServer } from './server.ts';

/** The connections of a browser to the hosts that ask for a certificate, which reach the server with a card. */
export interface CardRelay {
  /** Where the browser connects on 127.0.0.1 instead. */
  readonly port: number;
  close(): void;
}

/**
 * Stands before the hosts of a server that ask for a certificate, with the TLS certificate of the server, and presents the card
 * of `cardFile` (PKCS #12) instead of the browser: for tests of pages, whose browser reads no cards.
 */
export async function openCardRelay(server: RunningServer, cardFile: string): Promise<CardRelay> {
  const state = JSON.parse(readFileSync(join(server.folder, 'tls', 'tls.json'), 'utf8')) as {
    readonly certificate: string;
    readonly privateKey: string;
  };
  const card = certificateReadIn(cardFile);
  const connections = new Set<TLSSocket>();
  const pass = (from: TLSSocket, to: TLSSocket) => {
    connections.add(from);
    from.once('error', () => to.destroy());
    from.once('close', () => {
      connections.delete(from);
      to.destroy();
    });
    from.pipe(to);
  };
  const tlsOptions = { cert: state.certificate, key: state.privateKey, ALPNProtocols: ['http/1.1'] };
  const relay = createServer(tlsOptions, (browser) => {
    const servername = browser.servername || 'localhost';
    const onward = connect({ host: '127.0.0.1', port: server.port, servername, ca: server.trust, ...card });
    pass(browser, onward);
    pass(onward, browser);
  });
  await new Promise<void>((done) => relay.listen(0, '127.0.0.1', done));
  return {
    port: (relay.address() as AddressInfo).port,
    close() {
      for (const connection of connections) connection.destroy();
      relay.close();
    },
  };
}
